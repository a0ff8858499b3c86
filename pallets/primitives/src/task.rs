//! The unit of work: a pure function of three hashes.

use crate::{
	abi::ModelSpec, batch::input_digest, Artifact, ArtifactId, EngineId, InputDigest, ModelId, Payload, Stated, TaskId,
};
use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{BlakeTwo256, ConstU32, Hash},
	BoundedVec,
};

/// The most symbolic dimensions a model may have.
pub const MAX_BINDINGS: u32 = 16;
/// The most bytes of a symbol's name.
pub const MAX_SYMBOL: u32 = 32;

/// [`ModelSpec`] as the chain keeps it: bounded, and with the same encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct BoundedSpec {
	/// `(symbol, extent)`, the symbol in UTF-8, sorted by symbol without repetition.
	pub bindings: BoundedVec<(BoundedVec<u8, ConstU32<MAX_SYMBOL>>, u32), ConstU32<MAX_BINDINGS>>,
}

impl BoundedSpec {
	/// Whether symbols are UTF-8, sorted and distinct, so that one meaning has one encoding.
	pub fn is_canonical(&self) -> bool {
		self.bindings
			.iter()
			.all(|(symbol, _)| core::str::from_utf8(symbol).is_ok())
			&& self
				.bindings
				.iter()
				.zip(self.bindings.iter().skip(1))
				.all(|((first, _), (second, _))| first < second)
	}
}

impl From<&BoundedSpec> for ModelSpec {
	fn from(spec: &BoundedSpec) -> Self {
		let name = |symbol: &[u8]| String::from_utf8_lossy(symbol).into_owned();
		Self {
			bindings: spec.bindings.iter().map(|(s, n)| (name(s), *n)).collect::<Vec<_>>(),
		}
	}
}

impl TryFrom<&ModelSpec> for BoundedSpec {
	type Error = &'static str;

	fn try_from(spec: &ModelSpec) -> Result<Self, Self::Error> {
		let mut bindings = spec
			.bindings
			.iter()
			.map(|(symbol, extent)| {
				let symbol =
					BoundedVec::try_from(symbol.as_bytes().to_vec()).map_err(|_| "a symbol is longer than 32 bytes")?;
				Ok((symbol, *extent))
			})
			.collect::<Result<Vec<_>, Self::Error>>()?;
		bindings.sort();
		let spec = Self {
			bindings: bindings.try_into().map_err(|_| "a spec may bind 16 symbols at most")?,
		};
		spec.is_canonical().then_some(spec).ok_or("a symbol is bound twice")
	}
}

/// Names the model that `artifact` becomes under `spec` on `engine`.
pub fn model_id(engine: EngineId, artifact: ArtifactId, spec: &BoundedSpec) -> ModelId {
	ModelId(BlakeTwo256::hash_of(&(engine, artifact, spec)))
}

/// All a machine needs to know to run a job's inference.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Task {
	pub engine: EngineId,
	/// The ONNX file.
	pub artifact: Artifact,
	pub spec: BoundedSpec,
	/// How many inputs there are, from one to [`MAX_ITEMS`](crate::batch::MAX_ITEMS).
	pub items: u32,
	/// The inputs, packed as [`batch`](crate::batch) says.
	pub input: Payload,
	/// In a [probe](crate::probe), what the model's owner states of it; the inputs are the golden ones then, and the answer is a
	/// [`Finding`](crate::Finding).
	pub stated: Option<Stated>,
}

impl Task {
	/// The model asked.
	pub fn model(&self) -> ModelId {
		model_id(self.engine, self.artifact.id, &self.spec)
	}

	/// The name of this task.
	pub fn id(&self) -> TaskId {
		let input = input_digest(self.items, self.input.content());
		match &self.stated {
			None => task_id(self.engine, self.model(), input),
			Some(stated) => probe_id(self.engine, self.model(), input, stated),
		}
	}
}

/// Names a task.
pub fn task_id(engine: EngineId, model: ModelId, input: InputDigest) -> TaskId {
	TaskId(BlakeTwo256::hash_of(&(engine, model, input)))
}

/// Names the task of comparing a model with what is `stated` of it and of the golden `input`.
pub fn probe_id(engine: EngineId, model: ModelId, input: InputDigest, stated: &Stated) -> TaskId {
	TaskId(BlakeTwo256::hash_of(&(b"assay/probe", engine, model, input, stated)))
}
