//! Bytes that travel inline if they are small and as artifacts otherwise, and the outcome of a task.

use crate::{
	abi::{FaultCode, Tensor},
	ArtifactId, OutcomeDigest,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The maximum length of an input or outcome that travels inline, in bytes. Larger ones are artifacts, so that no block
/// carries them.
pub const MAX_INLINE: u32 = 16 * 1024;

/// The maximum length of an artifact, in bytes: bounds what a node must be ready to store and to send.
pub const MAX_ARTIFACT: u64 = 256 * 1024 * 1024;

/// Bytes that are known by their name.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	serde::Serialize,
	serde::Deserialize,
)]
pub struct Artifact {
	pub id: ArtifactId,
	/// Length in bytes, at most [`MAX_ARTIFACT`].
	pub len: u64,
}

impl Artifact {
	/// Names `bytes`.
	pub fn of(bytes: &[u8]) -> Self {
		Self {
			id: ArtifactId::of(bytes),
			len: bytes.len() as u64,
		}
	}

	/// Whether nodes store artifacts of this length: neither empty nor longer than [`MAX_ARTIFACT`].
	pub fn is_storable(&self) -> bool {
		(1..=MAX_ARTIFACT).contains(&self.len)
	}
}

/// An input or an outcome as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Payload {
	Inline(BoundedVec<u8, ConstU32<MAX_INLINE>>),
	Artifact(Artifact),
}

impl Payload {
	/// Carries `bytes` inline if they fit. Otherwise names them, and the caller must store them.
	pub fn of(bytes: Vec<u8>) -> Self {
		match BoundedVec::try_from(bytes) {
			Ok(inline) => Self::Inline(inline),
			Err(bytes) => Self::Artifact(Artifact::of(&bytes)),
		}
	}

	/// Returns the name of the bytes, the same whichever way they travel.
	pub fn content(&self) -> ArtifactId {
		match self {
			Self::Inline(bytes) => ArtifactId::of(bytes),
			Self::Artifact(artifact) => artifact.id,
		}
	}

	/// Whether the bytes are inline, or an artifact of a length that nodes store.
	pub fn is_storable(&self) -> bool {
		match self {
			Self::Inline(_) => true,
			Self::Artifact(artifact) => artifact.is_storable(),
		}
	}
}

/// The result of a task: an answer, or a fault in which every run of the task ends.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Outcome {
	/// The output tensors in the graph's own order.
	Answer(Vec<Tensor>),
	Fault(FaultCode),
}

impl Outcome {
	/// Returns the name of this outcome: BLAKE3 of its encoding. Two honest runs of one input agree on it.
	pub fn digest(&self) -> OutcomeDigest {
		OutcomeDigest(ArtifactId::of(&self.encode()).0)
	}
}
