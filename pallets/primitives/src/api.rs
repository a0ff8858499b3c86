//! What clients read: one runtime API over all pallets, with every answer whole in one call.

// The macro writes the bounds of a trait's types again at each method.
#![allow(clippy::multiple_bound_locations)]

use crate::{key::WorkerKey, Artifact, BoundedSpec, EngineId, JobId, ModelId, OutcomeDigest, Payload, TaskId};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;

/// The most entries a listing returns at once.
pub const PAGE: u32 = 100;

/// Whether a model may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ModelStatus {
	Open,
	Retired,
}

/// A model as the registry knows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ModelInfo<AccountId, Balance, BlockNumber> {
	pub id: ModelId,
	pub owner: AccountId,
	pub engine: EngineId,
	pub artifact: Artifact,
	pub spec: BoundedSpec,
	/// UTF-8.
	pub name: Vec<u8>,
	/// UTF-8.
	pub description: Vec<u8>,
	/// What one answer costs.
	pub price: Balance,
	pub status: ModelStatus,
	/// The block in which the model was submitted.
	pub submitted_at: BlockNumber,
	/// Slots that a request could draw now.
	pub free_slots: u32,
}

/// What a request would meet now.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Quote<Balance> {
	/// What one answer costs.
	pub fee: Balance,
	/// Slots that a request could draw now. With none, a request is refused.
	pub free_slots: u32,
}

/// Slots of one worker for one model.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct SlotsInfo {
	pub model: ModelId,
	/// Slots the worker keeps in service.
	pub offered: u32,
	/// Slots drawn by jobs that are not settled.
	pub busy: u32,
}

/// A worker, its stake and its record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WorkerInfo<Balance, BlockNumber> {
	pub key: WorkerKey,
	/// Stake that backs slots.
	pub stake: Balance,
	/// Stake on its way out, with the block from which it may be withdrawn.
	pub unbonding: Vec<(Balance, BlockNumber)>,
	pub slots: Vec<SlotsInfo>,
	/// Jobs answered in time.
	pub answers: u64,
	/// Jobs left silent.
	pub no_shows: u64,
}

/// Why a job ended without an answer. The fee went back in full.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, codec::DecodeWithMemTracking, codec::MaxEncodedLen, TypeInfo,
)]
pub enum RefundReason {
	/// The executor did not commit in time.
	NoCommit,
	/// The executor committed and did not reveal in time.
	NoReveal,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum JobStatus<BlockNumber> {
	/// The executor is to commit up to and including block `deadline`.
	Claiming { deadline: BlockNumber },
	/// The executor has committed in block `committed_at` and is to reveal up to and including block `deadline`.
	Revealing {
		committed_at: BlockNumber,
		deadline: BlockNumber,
	},
	/// The answer is final on chain.
	Settled {
		at: BlockNumber,
		digest: OutcomeDigest,
		outcome: Payload,
	},
	/// The fee went back to the requester.
	Refunded { at: BlockNumber, reason: RefundReason },
}

/// A job, its input and, once settled, its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct JobInfo<AccountId, Balance, BlockNumber> {
	pub id: JobId,
	pub requester: AccountId,
	pub executor: AccountId,
	pub model: ModelId,
	pub engine: EngineId,
	pub artifact: Artifact,
	pub spec: BoundedSpec,
	pub task: TaskId,
	pub input: Payload,
	/// Held until the job ends.
	pub fee: Balance,
	pub requested_at: BlockNumber,
	pub status: JobStatus<BlockNumber>,
}

/// Totals since genesis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, codec::MaxEncodedLen, TypeInfo)]
pub struct Stats<Balance> {
	pub requested: u64,
	pub settled: u64,
	pub refunded: u64,
	/// Paid to workers.
	pub paid_to_workers: Balance,
	/// Paid to model owners.
	pub paid_to_owners: Balance,
}

sp_api::decl_runtime_apis! {
	/// Everything a client of Assay reads.
	pub trait AssayApi<AccountId: Codec, Balance: Codec, BlockNumber: Codec> {
		/// What a request to `model` would cost and meet; `None` if the model is unknown or not open.
		fn quote(model: ModelId) -> Option<Quote<Balance>>;
		/// A model, whatever its status.
		fn model(model: ModelId) -> Option<ModelInfo<AccountId, Balance, BlockNumber>>;
		/// Up to [`PAGE`] models whose ids follow `after`, in no order that means anything.
		fn models(after: Option<ModelId>) -> Vec<ModelInfo<AccountId, Balance, BlockNumber>>;
		/// A worker.
		fn worker(account: AccountId) -> Option<WorkerInfo<Balance, BlockNumber>>;
		/// A job; `None` if it never was or its record has been pruned.
		fn job(job: JobId) -> Option<JobInfo<AccountId, Balance, BlockNumber>>;
		/// Totals since genesis.
		fn stats() -> Stats<Balance>;
		/// The engines the network stands behind.
		fn engines() -> Vec<EngineId>;
	}
}
