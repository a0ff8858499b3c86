//! Probation: a model opens once others have reproduced its owner's statement.
//!
//! The owner states a manifest, and golden inputs with their outcomes. A **probe** is a job like any other, except for
//! what is run: the drawn workers let the engine derive the manifest, run the golden inputs, and answer with their
//! [`Finding`]. So a probe is claimed, checked, revealed, disputed and paid like an inference, and a false finding
//! costs a bond.

use crate::{
	abi::{DType, FaultCode, Manifest, Port, Tensor},
	batch::{Answer, MAX_ITEMS},
	ids::{EngineId, ModelId, OutcomeDigest},
	Artifact, Payload,
};
use alloc::{string::String, vec::Vec};
use codec::{Compact, Decode, DecodeAll, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The maximum number of inputs, and of outputs, of a registered model.
pub const MAX_PORTS: u32 = 32;
/// The maximum length of a port's name, in bytes.
pub const MAX_PORT_NAME: u32 = 128;
/// The maximum number of axes of a port's shape.
pub const MAX_AXES: u32 = 8;
/// The maximum number of distinct operators of a registered model.
pub const MAX_OPERATORS: u32 = 128;
/// The maximum length of an operator's name, in bytes.
pub const MAX_OPERATOR_NAME: u32 = 64;
/// The maximum number of golden inputs: enough to tell models apart, few enough for a registration.
pub const MAX_GOLDEN: u32 = 16;

/// The number of checkers of a probe. If fewer workers are available, the validators re-execute it as well.
pub const PROBE_CHECKERS: u8 = 2;

/// Multiply-accumulates that a probe is charged for each byte of the model's file, for loading it. A model of 14 MB
/// loads in a quarter of a second, in which a machine that just keeps up does 250 million. This is several times as
/// much, for models that load slowly.
pub const MACS_PER_BYTE: u64 = 100;

/// [`Port`] as the chain stores it: bounded, and with the same encoding.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct BoundedPort {
	/// UTF-8.
	pub name: BoundedVec<u8, ConstU32<MAX_PORT_NAME>>,
	pub dtype: DType,
	pub shape: BoundedVec<u32, ConstU32<MAX_AXES>>,
}

impl BoundedPort {
	/// Whether `tensor` has this port's type and shape, and the number of bytes that they require.
	pub fn fits(&self, tensor: &Tensor) -> bool {
		self.dtype == tensor.dtype
			&& self.shape.as_slice() == tensor.shape.as_slice()
			&& tensor.expected_len() == Some(tensor.data.len())
	}
}

/// Ports in the graph's own order.
pub type Ports = BoundedVec<BoundedPort, ConstU32<MAX_PORTS>>;

/// Whether `bytes` are `items` inputs for a graph with these input ports, packed as [`batch`](crate::batch) describes.
pub fn inputs_fit(ports: &[BoundedPort], items: u32, bytes: &[u8]) -> bool {
	let mut rest = bytes;
	if items != 1 && Compact::<u32>::decode(&mut rest).map(|n| n.0) != Ok(items) {
		return false;
	}
	(0..items.min(MAX_ITEMS)).all(|_| next_input_fits(ports, &mut rest)) && rest.is_empty()
}

/// Decodes one input from the start of `rest`. Returns whether it fits.
fn next_input_fits(ports: &[BoundedPort], rest: &mut &[u8]) -> bool {
	let counted = Compact::<u32>::decode(rest).map(|n| usize::try_from(n.0)) == Ok(Ok(ports.len()));
	counted
		&& ports
			.iter()
			.all(|port| Tensor::decode(rest).is_ok_and(|tensor| port.fits(&tensor)))
}

/// [`Manifest`] as the chain stores it: bounded, and with the same encoding.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct BoundedManifest {
	/// In the graph's own order.
	pub inputs: Ports,
	/// In the graph's own order.
	pub outputs: Ports,
	/// Version of the default ONNX operator set that the file imports.
	pub opset: u64,
	/// The distinct ONNX operators of the graph, sorted, in UTF-8.
	pub operators: BoundedVec<BoundedVec<u8, ConstU32<MAX_OPERATOR_NAME>>, ConstU32<MAX_OPERATORS>>,
	/// The number of elements of all constant tensors of the file.
	pub parameters: u64,
	/// The number of multiply-accumulates of one run.
	pub macs: u64,
	/// An upper bound on the guest's linear memory after it has run the model, in bytes.
	pub peak_bytes: u64,
}

impl BoundedManifest {
	/// Returns the name by which manifests are compared: BLAKE3 of the encoding, which is that of [`Manifest`].
	pub fn digest(&self) -> H256 {
		manifest_digest(&self.encode())
	}

	/// Whether all names are UTF-8, as in any graph.
	pub fn is_utf8(&self) -> bool {
		let is_utf8 = |name: &[u8]| core::str::from_utf8(name).is_ok();
		let mut ports = self.inputs.iter().chain(&self.outputs);
		ports.all(|port| is_utf8(&port.name)) && self.operators.iter().all(|name| is_utf8(name))
	}
}

/// Names the manifest with this encoding.
pub fn manifest_digest(encoded: &[u8]) -> H256 {
	blake3::hash(encoded).as_bytes().into()
}

impl TryFrom<&Manifest> for BoundedManifest {
	type Error = &'static str;

	fn try_from(manifest: &Manifest) -> Result<Self, Self::Error> {
		Ok(Self {
			inputs: ports(&manifest.inputs)?,
			outputs: ports(&manifest.outputs)?,
			opset: manifest.opset,
			operators: manifest
				.operators
				.iter()
				.map(|name| name.as_bytes().to_vec().try_into())
				.collect::<Result<Vec<_>, _>>()
				.map_err(|_| "an operator's name is longer than 64 bytes")?
				.try_into()
				.map_err(|_| "the graph has more than 128 kinds of operators")?,
			parameters: manifest.parameters,
			macs: manifest.macs,
			peak_bytes: manifest.peak_bytes,
		})
	}
}

fn ports(ports: &[Port]) -> Result<Ports, &'static str> {
	let bounded = |port: &Port| {
		Ok(BoundedPort {
			name: port
				.name
				.as_bytes()
				.to_vec()
				.try_into()
				.map_err(|_| "the name of an input or output is longer than 128 bytes")?,
			dtype: port.dtype,
			shape: port
				.shape
				.clone()
				.try_into()
				.map_err(|_| "an input or output has more than 8 axes")?,
		})
	};
	let all = ports.iter().map(bounded).collect::<Result<Vec<_>, &'static str>>()?;
	all.try_into()
		.map_err(|_| "the graph has more than 32 inputs or outputs")
}

impl From<&BoundedManifest> for Manifest {
	fn from(manifest: &BoundedManifest) -> Self {
		let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
		let ports = |ports: &Ports| {
			ports
				.iter()
				.map(|port| Port {
					name: text(&port.name),
					dtype: port.dtype,
					shape: port.shape.to_vec(),
				})
				.collect()
		};
		Self {
			inputs: ports(&manifest.inputs),
			outputs: ports(&manifest.outputs),
			opset: manifest.opset,
			operators: manifest.operators.iter().map(|name| text(name)).collect(),
			parameters: manifest.parameters,
			macs: manifest.macs,
			peak_bytes: manifest.peak_bytes,
		}
	}
}

/// An owner's claims about its model, for others to reproduce.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Statement {
	/// The manifest that the engine derives from the file under its spec.
	pub manifest: BoundedManifest,
	pub golden: Golden,
}

/// Inputs of a model, with their outcomes as the owner states them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Golden {
	/// The number of golden inputs, from one to [`MAX_GOLDEN`].
	pub items: u32,
	/// The golden inputs, packed as [`batch`](crate::batch) describes.
	pub input: Payload,
	/// The name of their outcomes, packed as an [`Answer`]. No outcome is a fault.
	pub answer: OutcomeDigest,
}

impl Statement {
	/// Returns the digests that probes are compared with.
	pub fn digest(&self) -> StatementDigest {
		StatementDigest {
			manifest: self.manifest.digest(),
			answer: self.golden.answer,
		}
	}
}

/// A [`Statement`] by the names of its parts, without the golden inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct StatementDigest {
	/// [`BoundedManifest::digest`].
	pub manifest: H256,
	/// [`Answer::digest`] of the golden outcomes.
	pub answer: OutcomeDigest,
}

/// What a probe runs, and what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
	pub model: ModelId,
	pub engine: EngineId,
	pub artifact: Artifact,
	/// The number of golden inputs.
	pub items: u32,
	pub input: Payload,
	/// The number of multiply-accumulates of one run, as stated. A probe that derives another manifest runs nothing.
	pub macs: u64,
	pub statement: StatementDigest,
}

impl Probe {
	/// Returns the multiply-accumulates charged for each golden input: those of a run, and a share of loading the
	/// model.
	pub fn macs_per_item(&self) -> u64 {
		let loading = self.artifact.len.saturating_mul(MACS_PER_BYTE);
		self.macs.saturating_add(loading.div_ceil(self.items.max(1).into()))
	}
}

/// How a model differs from its owner's statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Flaw {
	/// The engine refuses the file under its spec.
	DoesNotLoad(FaultCode),
	/// The engine derives another manifest than stated.
	ManifestMismatch,
	/// A golden input results in a fault. This is the first such fault.
	GoldenFault(FaultCode),
	/// The golden inputs have other outcomes than stated.
	OutcomeMismatch,
}

/// The result of a probe. Like an outcome, it depends on engine, model and statement alone.
pub type Finding = Result<(), Flaw>;

/// Encodes a finding as the answer to a probe.
pub fn encode_finding(finding: &Finding) -> Answer {
	Answer {
		root: None,
		outcome: Payload::of(finding.encode()),
	}
}

/// Finds the answer to a probe with this digest among all possible ones, which are few; `None` if there is none.
pub fn find_encoded_finding(digest: OutcomeDigest) -> Option<Answer> {
	let faults = || (1..=u8::MAX).map_while(|status| FaultCode::from_status(status.into()));
	[Ok(()), Err(Flaw::ManifestMismatch), Err(Flaw::OutcomeMismatch)]
		.into_iter()
		.chain(faults().map(|fault| Err(Flaw::DoesNotLoad(fault))))
		.chain(faults().map(|fault| Err(Flaw::GoldenFault(fault))))
		.map(|finding| encode_finding(&finding))
		.find(|answer| answer.digest() == digest)
}

/// Decodes the answer to a probe; `None` if `answer` is not one.
pub fn decode_finding(answer: &Answer) -> Option<Finding> {
	match (&answer.root, &answer.outcome) {
		(None, Payload::Inline(bytes)) => Finding::decode_all(&mut &bytes[..]).ok(),
		_ => None,
	}
}

/// Returns the pool of the workers that probe models of `engine`: they offer slots for it as they do for a model.
pub fn probe_pool(engine: EngineId) -> ModelId {
	ModelId(engine.0)
}
