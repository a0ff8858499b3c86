//! A model that takes one tensor of bytes, for tests and benchmarks.

#![allow(clippy::expect_used)] // A test or benchmark that cannot be set up must not run.

use crate::*;
use alloc::vec;
use assay_primitives::{
	metadata::Metadata,
	probe::{BoundedManifest, BoundedPort, Golden, Statement},
	traits::{ModelSource, OnProbed},
	Artifact, BoundedSpec, DType, EngineId, JobId, ModelId, Payload, Tensor,
};
use codec::Encode;

/// The default number of bytes of the tensor: an encoded input then has about 250.
pub const WIDTH: u32 = 240;

/// Returns `items` inputs of a model that takes tensors of `width` bytes.
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

/// Returns the statement of a model that takes tensors of `width` bytes.
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

/// Returns metadata with this title.
pub fn metadata(title: &str) -> Metadata {
	Metadata {
		title: title.as_bytes().to_vec().try_into().expect("short enough"),
		..Default::default()
	}
}

/// Registers a model of `owner` that accepts jobs, as if a probe had reproduced it: a different one for each `file`.
pub fn open_model(owner: AccountId, file: &[u8], royalty: Balance, statement: Statement, listed: bool) -> ModelId {
	let engine = EngineId::default();
	pallet_models::Engines::<Runtime>::insert(engine, pallet_models::EngineStatus::Listed);
	let source = ModelSource {
		engine,
		artifact: Artifact::of(file),
		spec: BoundedSpec::default(),
	};
	let no_probe = |_| Ok(JobId::default());
	let model = Models::put_on_probation(owner, source, metadata("digits"), royalty, statement, no_probe)
		.expect("the model is new and its owner can pay");
	Models::on_probed(JobId::default(), &model, Some(Ok(())));
	if listed {
		Models::list(RuntimeOrigin::root(), model, None).expect("an open model can be listed");
	}
	model
}
