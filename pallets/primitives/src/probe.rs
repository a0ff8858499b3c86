//! Probation: a model is open to the world once others have reproduced what its owner states of it.
//!
//! The owner states a manifest and golden inputs with their outcomes. A **probe** is a job like any other, but for what is run: whoever is
//! drawn has the engine derive the manifest, runs the golden inputs, and answers with its [`Finding`]. So a probe is claimed, checked,
//! revealed, disputed and paid as an answer is, and a false finding costs a bond.

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

/// The most inputs, and the most outputs, that a registered model may have.
pub const MAX_PORTS: u32 = 32;
/// The most bytes of a port's name.
pub const MAX_PORT_NAME: u32 = 128;
/// The most axes of a port's shape.
pub const MAX_AXES: u32 = 8;
/// The most distinct operators of a registered model.
pub const MAX_OPERATORS: u32 = 128;
/// The most bytes of an operator's name.
pub const MAX_OPERATOR_NAME: u32 = 64;
/// The most golden inputs: enough to tell models apart, few enough for a registration.
pub const MAX_GOLDEN: u32 = 16;

/// Workers that repeat a probe besides the executor. Where fewer serve, the validators look as well.
pub const PROBE_CHECKERS: u8 = 2;

/// Multiply-accumulates that loading a model takes for each byte of its file, as probes are priced. A model of 14 MB loads in a quarter of
/// a second, in which a machine that just keeps up does 250 million; this is several times as much, for models that load slowly.
pub const MACS_PER_BYTE: u64 = 100;

/// [`Port`] as the chain keeps it: bounded, and with the same encoding.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct BoundedPort {
	/// UTF-8.
	pub name: BoundedVec<u8, ConstU32<MAX_PORT_NAME>>,
	pub dtype: DType,
	pub shape: BoundedVec<u32, ConstU32<MAX_AXES>>,
}

impl BoundedPort {
	/// Whether `tensor` has this port's type and shape, and as many bytes as they call for.
	pub fn fits(&self, tensor: &Tensor) -> bool {
		self.dtype == tensor.dtype
			&& self.shape.as_slice() == tensor.shape.as_slice()
			&& tensor.expected_len() == Some(tensor.data.len())
	}
}

/// Several ports, in the graph's own order.
pub type Ports = BoundedVec<BoundedPort, ConstU32<MAX_PORTS>>;

/// Whether `bytes` are `items` inputs, packed as [`batch`](crate::batch) says, for a graph with these input ports.
pub fn fit(ports: &[BoundedPort], items: u32, bytes: &[u8]) -> bool {
	let mut rest = bytes;
	if items != 1 && Compact::<u32>::decode(&mut rest).map(|n| n.0) != Ok(items) {
		return false;
	}
	(0..items.min(MAX_ITEMS)).all(|_| fits_one(ports, &mut rest)) && rest.is_empty()
}

/// Takes one input off `rest`, and says whether it fits.
fn fits_one(ports: &[BoundedPort], rest: &mut &[u8]) -> bool {
	let counted = Compact::<u32>::decode(rest).map(|n| usize::try_from(n.0)) == Ok(Ok(ports.len()));
	counted
		&& ports
			.iter()
			.all(|port| Tensor::decode(rest).is_ok_and(|tensor| port.fits(&tensor)))
}

/// [`Manifest`] as the chain keeps it: bounded, and with the same encoding.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct BoundedManifest {
	/// In the graph's own order.
	pub inputs: Ports,
	/// In the graph's own order.
	pub outputs: Ports,
	/// Version of the default ONNX operator set that the file imports.
	pub opset: u64,
	/// Distinct ONNX operators of the graph, sorted. UTF-8.
	pub operators: BoundedVec<BoundedVec<u8, ConstU32<MAX_OPERATOR_NAME>>, ConstU32<MAX_OPERATORS>>,
	/// Elements of all constant tensors of the file.
	pub parameters: u64,
	/// Multiply-accumulates of one run.
	pub macs: u64,
	/// A bound on the linear memory, in bytes, that the guest owns once it has run the model.
	pub peak_bytes: u64,
}

impl BoundedManifest {
	/// The name by which manifests are compared: BLAKE3 of the encoding, which is that of [`Manifest`].
	pub fn digest(&self) -> H256 {
		manifest_digest(&self.encode())
	}

	/// Whether all names are UTF-8, as those of any graph are.
	pub fn is_utf8(&self) -> bool {
		let is_utf8 = |name: &[u8]| core::str::from_utf8(name).is_ok();
		let mut ports = self.inputs.iter().chain(&self.outputs);
		ports.all(|port| is_utf8(&port.name)) && self.operators.iter().all(|name| is_utf8(name))
	}
}

/// The name of the manifest with this encoding.
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

/// What an owner states of its model, for others to reproduce.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Statement {
	/// What the engine derives from the file under its spec.
	pub manifest: BoundedManifest,
	pub golden: Golden,
}

/// Inputs of a model whose outcomes its owner states.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Golden {
	/// How many golden inputs there are, from one to [`MAX_GOLDEN`].
	pub items: u32,
	/// They themselves, packed as [`batch`](crate::batch) says.
	pub input: Payload,
	/// The name of their outcomes, packed as an [`Answer`]. None of them is a fault.
	pub answer: OutcomeDigest,
}

impl Statement {
	/// What findings are about.
	pub fn stated(&self) -> Stated {
		Stated {
			manifest: self.manifest.digest(),
			answer: self.golden.answer,
		}
	}
}

/// A [`Statement`] by its names, beside the golden inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Stated {
	/// [`BoundedManifest::digest`].
	pub manifest: H256,
	/// [`Answer::digest`] of the golden outcomes.
	pub answer: OutcomeDigest,
}

/// What a probe is to be run with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
	pub model: ModelId,
	pub engine: EngineId,
	pub artifact: Artifact,
	/// How many golden inputs there are.
	pub items: u32,
	pub input: Payload,
	/// Multiply-accumulates of one run, as stated. A probe that finds another manifest runs nothing.
	pub macs: u64,
	pub stated: Stated,
}

impl Probe {
	/// Multiply-accumulates that are priced for each golden input: the run, and its part of loading the model.
	pub fn macs_per_item(&self) -> u64 {
		let loading = self.artifact.len.saturating_mul(MACS_PER_BYTE);
		self.macs.saturating_add(loading.div_ceil(self.items.max(1).into()))
	}
}

/// Why a model is not what its owner states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Flaw {
	/// The engine refuses the file under its spec.
	DoesNotLoad(FaultCode),
	/// The engine derives another manifest.
	OtherManifest,
	/// A golden input has no answer but this fault, the first of them.
	GoldenFault(FaultCode),
	/// The golden inputs have other outcomes.
	OtherOutcomes,
}

/// What reproducing a model comes to. Like an outcome it is a function of engine, model and statement alone.
pub type Finding = Result<(), Flaw>;

/// The answer to a probe.
pub fn finding_answer(finding: &Finding) -> Answer {
	Answer {
		root: None,
		outcome: Payload::of(finding.encode()),
	}
}

/// The answer to a probe that has this digest, since there are few; `None` if none has.
pub fn finding_called(digest: OutcomeDigest) -> Option<Answer> {
	let faults = || (1..=u8::MAX).map_while(|status| FaultCode::from_status(status.into()));
	[Ok(()), Err(Flaw::OtherManifest), Err(Flaw::OtherOutcomes)]
		.into_iter()
		.chain(faults().map(|fault| Err(Flaw::DoesNotLoad(fault))))
		.chain(faults().map(|fault| Err(Flaw::GoldenFault(fault))))
		.map(|finding| finding_answer(&finding))
		.find(|answer| answer.digest() == digest)
}

/// What a probe was answered; `None` if `answer` is to no probe.
pub fn finding_of(answer: &Answer) -> Option<Finding> {
	match (&answer.root, &answer.outcome) {
		(None, Payload::Inline(bytes)) => Finding::decode_all(&mut &bytes[..]).ok(),
		_ => None,
	}
}

/// The pool of those who probe models of `engine`: they offer slots for it as for a model.
pub fn probe_pool(engine: EngineId) -> ModelId {
	ModelId(engine.0)
}

macro_rules! enum_info {
	($name:ident: $($variant:ident),+ $(,)?) => {
		impl TypeInfo for $name {
			type Identity = Self;

			fn type_info() -> scale_info::Type {
				let variants = scale_info::build::Variants::new();
				$(let variants = variants.variant(stringify!($variant), |variant| variant.index(Self::$variant.encode().first().copied().unwrap_or_default()));)+
				scale_info::Type::builder()
					.path(scale_info::Path::new(stringify!($name), "assay_primitives::abi"))
					.variant(variants)
			}
		}

		impl MaxEncodedLen for $name {
			fn max_encoded_len() -> usize {
				1
			}
		}

		impl DecodeWithMemTracking for $name {}
	};
}

// The boundary's own file knows nothing but the codec.
enum_info!(DType: F32, U8, I8, U16, I16, I32, I64, Bool, F16, F64, U32, U64);
enum_info!(
	FaultCode: NotOnnx, InvalidGraph, ExternalData, ControlFlow, RandomOperator, UnsupportedOperator, UnboundDimension,
	UnsupportedType, WrongInput, MalformedMessage, OutOfMemory, Trap, OutputTooLarge, RunFailed, UnknownBinding,
);
