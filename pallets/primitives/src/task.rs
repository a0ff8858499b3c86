//! The unit of work: a pure function of engine, model and input.

use crate::{
	abi::ModelSpec, batch::input_digest, Artifact, ArtifactId, EngineId, InputDigest, ModelId, Payload,
	StatementDigest, TaskId,
};
use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{BlakeTwo256, ConstU32, Hash},
	BoundedVec,
};

/// The maximum number of symbolic dimensions of a model.
pub const MAX_BINDINGS: u32 = 16;
/// The maximum length of a symbol's name, in bytes.
pub const MAX_SYMBOL: u32 = 32;

/// [`ModelSpec`] as the chain stores it: bounded, and with the same encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct BoundedSpec {
	/// `(symbol, extent)`, the symbol in UTF-8, sorted by symbol without duplicates.
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
			bindings: bindings.try_into().map_err(|_| "a spec binds more than 16 symbols")?,
		};
		spec.is_canonical().then_some(spec).ok_or("a symbol is bound twice")
	}
}

/// Names the model that consists of `artifact`, `spec` and `engine`.
pub fn model_id(engine: EngineId, artifact: ArtifactId, spec: &BoundedSpec) -> ModelId {
	ModelId(BlakeTwo256::hash_of(&(engine, artifact, spec)))
}

/// Everything a node needs to run a job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Task {
	pub engine: EngineId,
	/// The ONNX file.
	pub artifact: Artifact,
	pub spec: BoundedSpec,
	/// The number of items in `input`, from one to [`MAX_ITEMS`](crate::batch::MAX_ITEMS).
	pub items: u32,
	/// The items, packed as [`batch`](crate::batch) describes.
	pub input: Payload,
	/// The owner's statement, in a [probe](crate::probe). The input is the golden one then, and the answer is a
	/// [`Finding`](crate::Finding).
	pub statement: Option<StatementDigest>,
}

impl Task {
	/// Returns the model's id.
	pub fn model(&self) -> ModelId {
		model_id(self.engine, self.artifact.id, &self.spec)
	}

	/// Returns the name of this task.
	pub fn id(&self) -> TaskId {
		let input = input_digest(self.items, self.input.content());
		match &self.statement {
			None => task_id(self.engine, self.model(), input),
			Some(statement) => probe_id(self.engine, self.model(), input, statement),
		}
	}
}

/// Names the task of running a model on an input.
pub fn task_id(engine: EngineId, model: ModelId, input: InputDigest) -> TaskId {
	TaskId(BlakeTwo256::hash_of(&(engine, model, input)))
}

/// Names the task of comparing a model with its owner's `statement`, which covers the golden `input`.
pub fn probe_id(engine: EngineId, model: ModelId, input: InputDigest, statement: &StatementDigest) -> TaskId {
	TaskId(BlakeTwo256::hash_of(&(b"assay/probe", engine, model, input, statement)))
}
