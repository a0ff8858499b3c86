//! A model for tests and benchmarks: takes one tensor of bytes.

use crate::*;
use alloc::vec;
use assay_primitives::{
	metadata::Metadata,
	probe::{BoundedManifest, BoundedPort, Golden, Statement},
	Artifact, BoundedSpec, DType, EngineId, ModelId, Payload, Tensor,
};
use codec::Encode;

/// Bytes of the tensor that a model takes, where it does not matter: an input has some 250 then.
pub const WIDTH: u32 = 240;

/// So many inputs of a model that takes tensors of so many bytes.
pub fn input(width: u32, items: u32) -> Payload {
	let one = vec![Tensor {
		dtype: DType::U8,
		shape: vec![width],
		data: vec![7; width as usize],
	}];
	Payload::of(match items {
		1 => one.encode(),
		_ => vec![one; items as usize].encode(),
	})
}

/// What the owner of a model states that takes a tensor of so many bytes.
pub fn statement(width: u32, macs: u64) -> Statement {
	let port = BoundedPort {
		name: b"x".to_vec().try_into().expect("short enough"),
		dtype: DType::U8,
		shape: vec![width].try_into().expect("few enough"),
	};
	let ports = || vec![port.clone()].try_into().expect("few enough");
	let operators =
		["Conv", "Gemm", "Relu", "Softmax"].map(|name| name.as_bytes().to_vec().try_into().expect("short enough"));
	Statement {
		manifest: BoundedManifest {
			inputs: ports(),
			outputs: ports(),
			opset: 17,
			operators: operators.to_vec().try_into().expect("few enough"),
			parameters: 1_000,
			macs,
			peak_bytes: 1 << 20,
		},
		golden: Golden {
			items: 1,
			input: input(width, 1),
			answer: Default::default(),
		},
	}
}

/// A model as a hub shows it.
pub fn metadata(title: &str) -> Metadata {
	Metadata {
		title: title.as_bytes().to_vec().try_into().expect("short enough"),
		..Default::default()
	}
}

/// A model of `owner` that may be asked, as if it had been reproduced, another for each `file`.
pub fn open_model(owner: AccountId, file: &[u8], royalty: Balance, statement: Statement, listed: bool) -> ModelId {
	let engine = EngineId::default();
	pallet_models::Engines::<Runtime>::insert(engine, pallet_models::EngineStatus::Listed);
	let (artifact, spec) = (Artifact::of(file), BoundedSpec::default());
	Models::open_unproven(
		owner,
		spec,
		artifact,
		engine,
		metadata("digits"),
		royalty,
		statement,
		listed,
	)
	.expect("the model is new and its owner can pay")
}
