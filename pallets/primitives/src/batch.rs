//! Jobs of several inputs: how inputs and outcomes are packed, and how one outcome is shown without the others.
//!
//! A job of one input asks with SCALE(`Vec<Tensor>`) and is answered by SCALE([`Outcome`]). A job of `n > 1` inputs asks with
//! SCALE(`Vec<Vec<Tensor>>`) and is answered by SCALE(`Vec<Outcome>`), one outcome an input in the same order; if its bytes do not
//! decode as `n` inputs, each outcome is [`FaultCode::WrongInput`](crate::FaultCode::WrongInput). In order, an outcome with which the
//! packed bytes could outgrow [`MAX_ARTIFACT`](crate::payload::MAX_ARTIFACT) is
//! [`FaultCode::OutputTooLarge`](crate::FaultCode::OutputTooLarge) instead.
//!
//! A single outcome that travels inline is named by the BLAKE3 hash of its bytes. Every other answer is named by a hash of the root
//! of a Merkle tree over the digests of its outcomes, of the name of its bytes, and of their length if they travel as an artifact:
//! so whoever is bound to an answer is bound to the way in which it is shown.

use crate::{ArtifactId, InputDigest, Outcome, OutcomeDigest, Payload};
use alloc::vec::Vec;
use binary_merkle_tree::{merkle_proof_raw, merkle_root_raw, verify_proof, Leaf};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// The most inputs of one job: bounds what a worker must be ready to run for one slot.
pub const MAX_ITEMS: u32 = 256;

/// What a job is answered, as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Answer {
	/// The Merkle root over the digests of the outcomes; `None` in an answer to a single input.
	pub root: Option<H256>,
	/// SCALE([`Outcome`]), or SCALE(`Vec<Outcome>`) in an answer to several inputs.
	pub outcome: Payload,
}

impl Answer {
	/// Packs the outcomes of all inputs of a job. The caller stores the bytes if they travel as an artifact.
	pub fn of(outcomes: &[Outcome]) -> (Self, Vec<u8>) {
		let (root, bytes) = match outcomes {
			[single] => (None, single.encode()),
			_ => (Some(outcome_root(outcomes)), outcomes.encode()),
		};
		let answer = Self {
			root,
			outcome: Payload::of(bytes.clone()),
		};
		(answer, bytes)
	}

	/// The name by which answers are compared: two honest runs of one task agree on it.
	pub fn digest(&self) -> OutcomeDigest {
		let len = match (&self.root, &self.outcome) {
			(None, Payload::Inline(_)) => return OutcomeDigest(self.outcome.content().0),
			(Some(_), Payload::Inline(_)) => None,
			(_, Payload::Artifact(artifact)) => Some(artifact.len),
		};
		packed_digest(self.root, self.outcome.content(), len)
	}
}

/// Names the answer whose outcomes have this `root`, if they are several, and are packed in the bytes named `content`, which are an
/// artifact of that `len` or travel inline.
fn packed_digest(root: Option<H256>, content: ArtifactId, len: Option<u64>) -> OutcomeDigest {
	OutcomeDigest(BlakeTwo256::hash_of(&(b"assay/answer", root, content, len)))
}

/// Names `items` inputs whose packed bytes are `content`.
pub fn input_digest(items: u32, content: ArtifactId) -> InputDigest {
	match items {
		1 => InputDigest(content.0),
		_ => InputDigest(BlakeTwo256::hash_of(&(b"assay/inputs", items, content))),
	}
}

/// The root over the digests of `outcomes`.
pub fn outcome_root(outcomes: &[Outcome]) -> H256 {
	merkle_root_raw::<BlakeTwo256, _>(outcomes.iter().map(|outcome| outcome.digest().0))
}

/// Shows that one outcome is part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct OutcomeProof {
	/// Which of the inputs, from zero.
	pub item: u32,
	/// How many inputs the job has.
	pub items: u32,
	/// The hashes beside the path from the outcome to the root, from below.
	pub path: Vec<H256>,
	/// The name of the answer's bytes.
	pub content: ArtifactId,
	/// Their length, if they are an artifact.
	pub len: Option<u64>,
}

impl OutcomeProof {
	/// The proof for `item` of `outcomes`, which are packed in `outcome`; `None` if there is no such item.
	pub fn new(outcomes: &[Outcome], item: u32, outcome: &Payload) -> Option<Self> {
		let items = u32::try_from(outcomes.len()).ok()?;
		if item >= items {
			return None;
		}
		let proof = merkle_proof_raw::<BlakeTwo256, _>(
			outcomes.iter().map(|outcome| outcome.digest().0).collect::<Vec<_>>(),
			item,
		);
		Some(Self {
			item,
			items,
			path: proof.proof,
			content: outcome.content(),
			len: match outcome {
				Payload::Inline(_) => None,
				Payload::Artifact(artifact) => Some(artifact.len),
			},
		})
	}

	/// Whether `outcome` is item [`OutcomeProof::item`] of the answer named `digest` with this `root`.
	pub fn verifies(&self, outcome: &Outcome, root: H256, digest: OutcomeDigest) -> bool {
		let leaf = outcome.digest().0;
		packed_digest(Some(root), self.content, self.len) == digest
			&& verify_proof::<BlakeTwo256, _, _>(
				&root,
				self.path.iter().copied(),
				self.items,
				self.item,
				Leaf::Hash(leaf),
			)
	}
}
