//! Jobs of several inputs: how inputs and outcomes are packed, and how to prove one outcome without the others.
//!
//! The input of a job of one item is SCALE(`Vec<Tensor>`), its answer is SCALE([`Outcome`]). The input of a job of `n >
//! 1` items is SCALE(`Vec<Vec<Tensor>>`), its answer is SCALE(`Vec<Outcome>`), with one outcome for each item in the
//! same order. If the bytes do not decode as `n` items, each outcome is
//! [`FaultCode::WrongInput`](crate::FaultCode::WrongInput). An outcome that could make the packed bytes longer than
//! [`MAX_ARTIFACT`](crate::payload::MAX_ARTIFACT) is replaced by
//! [`FaultCode::OutputTooLarge`](crate::FaultCode::OutputTooLarge); outcomes are considered in order.
//!
//! A single outcome that travels inline is named by the BLAKE3 hash of its bytes. Every other answer is named by a hash
//! of the root of a Merkle tree over the digests of its outcomes, of the name of its bytes, and of their length if they
//! travel as an artifact. So a commitment to an answer is also one to the way in which it travels.

use crate::{ArtifactId, InputDigest, Outcome, OutcomeDigest, Payload};
use alloc::vec::Vec;
use binary_merkle_tree::{merkle_proof_raw, merkle_root_raw, verify_proof, Leaf};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// The maximum number of items of one job: bounds what a worker must be ready to run for one slot.
pub const MAX_ITEMS: u32 = 256;

/// The answer to a job, as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Answer {
	/// The Merkle root over the digests of the outcomes; `None` in an answer to a single item.
	pub root: Option<H256>,
	/// SCALE([`Outcome`]), or SCALE(`Vec<Outcome>`) in an answer to several items.
	pub outcome: Payload,
}

impl Answer {
	/// Packs the outcomes of all items of a job. The caller stores the bytes if they travel as an artifact.
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

	/// Returns the name by which answers are compared: two honest runs of one task agree on it.
	pub fn digest(&self) -> OutcomeDigest {
		let len = match (&self.root, &self.outcome) {
			(None, Payload::Inline(_)) => return OutcomeDigest(self.outcome.content().0),
			(Some(_), Payload::Inline(_)) => None,
			(_, Payload::Artifact(artifact)) => Some(artifact.len),
		};
		packed_digest(self.root, self.outcome.content(), len)
	}
}

/// Names an answer by the `root` of its outcomes (`None` for a single one), the name of its bytes, and their length if
/// they are an artifact.
fn packed_digest(root: Option<H256>, content: ArtifactId, len: Option<u64>) -> OutcomeDigest {
	OutcomeDigest(BlakeTwo256::hash_of(&(b"assay/answer", root, content, len)))
}

/// Names an input of `items` items whose packed bytes are named `content`.
pub fn input_digest(items: u32, content: ArtifactId) -> InputDigest {
	match items {
		1 => InputDigest(content.0),
		_ => InputDigest(BlakeTwo256::hash_of(&(b"assay/inputs", items, content))),
	}
}

/// Returns the Merkle root over the digests of `outcomes`.
pub fn outcome_root(outcomes: &[Outcome]) -> H256 {
	merkle_root_raw::<BlakeTwo256, _>(outcomes.iter().map(|outcome| outcome.digest().0))
}

/// Proves that one outcome is part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct OutcomeProof {
	/// The index of the item, from zero.
	pub item: u32,
	/// The number of items of the job.
	pub items: u32,
	/// The hashes beside the path from the outcome up to the root.
	pub path: Vec<H256>,
	/// The name of the answer's bytes.
	pub content: ArtifactId,
	/// The length of these bytes, if they are an artifact.
	pub len: Option<u64>,
}

impl OutcomeProof {
	/// Makes the proof for `item` of `outcomes`, which are packed in `outcome`; `None` if there is no such item.
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

	/// Whether `outcome` belongs to item [`OutcomeProof::item`] of the answer named `digest` with this `root`.
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
