//! Identifiers. Content is named by BLAKE3 (verifiable while it streams), combinations of names by Blake2b-256.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

macro_rules! hash_ids {
	($($(#[$doc:meta])+ $name:ident,)+) => {
		$(
			$(#[$doc])+
			#[derive(
				Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, core::hash::Hash,
				Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
			)]
			#[derive(serde::Serialize, serde::Deserialize)]
			pub struct $name(pub H256);

			impl core::fmt::Display for $name {
				fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
					write!(f, "{:?}", self.0)
				}
			}

			#[cfg(feature = "std")]
			impl core::str::FromStr for $name {
				type Err = <H256 as core::str::FromStr>::Err;

				/// Parses 64 hexadecimal digits, with or without `0x`.
				fn from_str(text: &str) -> Result<Self, Self::Err> {
					text.strip_prefix("0x").unwrap_or(text).parse().map(Self)
				}
			}
		)+
	};
}

hash_ids! {
	/// Blake2b-256 of an engine's wasm blob.
	EngineId,
	/// Blake2b-256 of SCALE(engine, artifact id, spec).
	ModelId,
	/// Blake2b-256 of SCALE(engine, model, input digest), and of the statement in a probe. See
	/// [`Task::id`](crate::Task::id).
	TaskId,
	/// BLAKE3 of the bytes.
	ArtifactId,
	/// BLAKE3 of the SCALE-encoded input tensors, or a hash of that and of the number of items. See
	/// [`input_digest`](crate::batch::input_digest).
	InputDigest,
	/// BLAKE3 of a SCALE-encoded [`Outcome`](crate::Outcome), or the name of an answer that is packed otherwise. See
	/// [`Answer::digest`](crate::Answer::digest).
	OutcomeDigest,
}

impl EngineId {
	/// Names the engine with this wasm blob.
	pub fn of(blob: &[u8]) -> Self {
		Self(BlakeTwo256::hash(blob))
	}
}

impl ArtifactId {
	/// Names `bytes`.
	pub fn of(bytes: &[u8]) -> Self {
		Self(blake3::hash(bytes).as_bytes().into())
	}
}

/// The number of a job. Jobs are numbered in the order in which they were accepted.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	core::hash::Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	serde::Serialize,
	serde::Deserialize,
)]
pub struct JobId(pub u64);

impl core::fmt::Display for JobId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "{}", self.0)
	}
}
