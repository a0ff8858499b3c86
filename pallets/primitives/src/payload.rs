//! Bytes that travel inline where they are small and as artifacts where they are not, and what a task comes to.

use crate::{
	abi::{FaultCode, Tensor},
	ArtifactId, OutcomeDigest,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The most bytes an input or outcome may have to travel inline. Larger ones are artifacts, so that no block carries them.
pub const MAX_INLINE: u32 = 16 * 1024;

/// The most bytes any artifact may have: bounds what a node must be ready to store and to send.
pub const MAX_ARTIFACT: u64 = 256 * 1024 * 1024;

/// Bytes known by their name.
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
}

/// An input or an outcome on its way.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Payload {
	Inline(BoundedVec<u8, ConstU32<MAX_INLINE>>),
	Artifact(Artifact),
}

impl Payload {
	/// Carries `bytes` inline if they fit; otherwise names them, and the caller must store them.
	pub fn of(bytes: Vec<u8>) -> Self {
		match BoundedVec::try_from(bytes) {
			Ok(inline) => Self::Inline(inline),
			Err(bytes) => Self::Artifact(Artifact::of(&bytes)),
		}
	}

	/// The name of the bytes, the same whichever way they travel.
	pub fn content(&self) -> ArtifactId {
		match self {
			Self::Inline(bytes) => ArtifactId::of(bytes),
			Self::Artifact(artifact) => artifact.id,
		}
	}
}

/// What a task comes to: an answer, or a fault that everybody who runs the task gets.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Outcome {
	/// The output tensors in the graph's own order.
	Answer(Vec<Tensor>),
	Fault(FaultCode),
}

impl Outcome {
	/// The name of this outcome: BLAKE3 of its encoding. Two honest runs of one input agree on it.
	pub fn digest(&self) -> OutcomeDigest {
		OutcomeDigest(ArtifactId::of(&self.encode()).0)
	}
}
