//! The job, its states and what workers submit.

use crate::Config;
use alloc::vec::Vec;
use assay_primitives::{api::RefundReason, JobId, ModelId, OutcomeDigest, Payload, TaskId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::fungible;
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{
	traits::{ConstU32, One, Saturating},
	BoundedVec,
};

/// The most items of one batch: bounds the work of one transaction. A worker with more sends a further batch.
pub const MAX_BATCH: u32 = 64;

pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

pub type JobOf<T> = Job<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// What a requester agrees to.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub struct Terms<Balance> {
	/// The most the requester pays. Protects it from a price that rises while the request is on its way.
	pub max_fee: Balance,
}

/// A job, on the terms it was accepted under.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Job<AccountId, Balance, BlockNumber> {
	pub requester: AccountId,
	pub executor: AccountId,
	/// Who gets the owner's share.
	pub owner: AccountId,
	pub model: ModelId,
	pub task: TaskId,
	/// Held from the requester until the job ends.
	pub fee: Balance,
	pub requested_at: BlockNumber,
	pub state: JobState<BlockNumber>,
}

/// How far a job is.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub enum JobState<BlockNumber> {
	/// The executor may commit up to and including `deadline`.
	Claiming { deadline: BlockNumber },
	/// The executor may reveal up to and including `deadline`.
	Revealing {
		commitment: H256,
		committed_at: BlockNumber,
		deadline: BlockNumber,
	},
	/// Answered and paid. The record goes at `until`.
	Settled {
		at: BlockNumber,
		digest: OutcomeDigest,
		until: BlockNumber,
	},
	/// Ended without an answer. The record goes at `until`.
	Refunded {
		at: BlockNumber,
		reason: RefundReason,
		until: BlockNumber,
	},
}

impl<BlockNumber: Copy + One + Saturating + Ord> JobState<BlockNumber> {
	/// The block at whose start the agenda acts on a job in this state.
	pub fn due(&self) -> BlockNumber {
		match self {
			Self::Claiming { deadline } | Self::Revealing { deadline, .. } => deadline.saturating_add(One::one()),
			Self::Settled { until, .. } | Self::Refunded { until, .. } => *until,
		}
	}

	/// Whether the fee is still held and the slot still taken.
	pub fn is_live(&self) -> bool {
		matches!(self, Self::Claiming { .. } | Self::Revealing { .. })
	}
}

/// The commitments of one worker.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub struct CommitBatch<AccountId> {
	pub worker: AccountId,
	/// `(job, assay_primitives::key::commitment)`, strictly ascending by job, not empty.
	pub commits: BoundedVec<(JobId, H256), ConstU32<MAX_BATCH>>,
}

impl<AccountId: Encode> CommitBatch<AccountId> {
	/// What the worker signs.
	pub fn message(&self, genesis: H256) -> Vec<u8> {
		(b"assay/commit", genesis, self).encode()
	}
}

/// The opening of one commitment.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub struct Reveal {
	pub job: JobId,
	/// SCALE-encoded [`Outcome`](assay_primitives::Outcome).
	pub outcome: Payload,
	pub salt: H256,
}

/// The openings of one worker.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub struct RevealBatch<AccountId> {
	pub worker: AccountId,
	/// Strictly ascending by job, not empty.
	pub reveals: BoundedVec<Reveal, ConstU32<MAX_BATCH>>,
}

impl<AccountId: Encode> RevealBatch<AccountId> {
	/// What the worker signs.
	pub fn message(&self, genesis: H256) -> Vec<u8> {
		(b"assay/reveal", genesis, self).encode()
	}
}
