//! What clients read: one runtime API over all pallets, in which one call returns a complete answer.

// The macro writes the bounds of a trait's types again at each method.
#![allow(clippy::multiple_bound_locations)]

mod disputes;
mod jobs;
mod models;
mod workers;

pub use disputes::*;
pub use jobs::*;
pub use models::*;
pub use workers::*;

use crate::{
	metadata::Metadata,
	names::FamilyName,
	probe::Statement,
	ranges::Limits,
	terms::{Fee, Periods, Pricing, Security, Terms},
	Artifact, BoundedSpec, EngineId, JobId, ModelId, ModelRef,
};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;

/// The maximum number of entries that a listing returns at once.
pub const PAGE: u32 = 100;

/// The parameters that governance sets.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Protocol<Balance> {
	pub pricing: Pricing<Balance>,
	pub periods: Periods,
	pub security: Security<Balance>,
	/// The stake behind each slot.
	pub slot_bond: Balance,
	/// The balance of the audit fund.
	pub audit_fund: Balance,
	/// The minimum balance of an account.
	pub existential_deposit: Balance,
	/// The blocks for which withdrawn stake stays locked.
	pub unbonding_period: u32,
	/// Whether votes are faster on this chain than on a live network.
	pub is_local: bool,
}

impl Protocol<u128> {
	/// Returns what the ranges of parameters depend on.
	pub fn limits(&self) -> Limits {
		Limits {
			slot_bond: self.slot_bond,
			existential_deposit: self.existential_deposit,
			unbonding_period: self.unbonding_period,
			is_local: self.is_local,
		}
	}
}

sp_api::decl_runtime_apis! {
	/// Everything that a client of Assay reads.
	pub trait AssayApi<AccountId: Codec, Balance: Codec, BlockNumber: Codec> {
		/// Returns the model that `model` names now; `None` if there is no family or version of that name.
		fn resolve(model: ModelRef) -> Option<ModelId>;
		/// Returns a model family.
		fn family(name: FamilyName) -> Option<FamilyInfo<AccountId>>;
		/// Returns at most [`PAGE`] families that follow `after`, in an arbitrary order.
		fn families(after: Option<FamilyName>) -> Vec<FamilyInfo<AccountId>>;
		/// Returns what a submission would cost: the deposit, and the maximum fee of the probe. The model need not be
		/// known.
		fn submission_quote(
			engine: EngineId,
			artifact: Artifact,
			spec: BoundedSpec,
			metadata: Metadata,
			statement: Statement,
		) -> (Balance, Fee<Balance>);
		/// Returns what a request of `items` items on these terms would cost; `None` if the model is unknown or accepts
		/// no jobs.
		fn quote(model: ModelId, items: u32, terms: Terms<Balance>) -> Option<Quote<Balance>>;
		/// Returns a model, whatever its status.
		fn model(model: ModelId) -> Option<ModelInfo<AccountId, Balance, BlockNumber>>;
		/// Returns at most [`PAGE`] models that follow `after`, in an arbitrary order.
		fn models(after: Option<ModelId>) -> Vec<ModelInfo<AccountId, Balance, BlockNumber>>;
		/// Returns a worker.
		fn worker(account: AccountId) -> Option<WorkerInfo<Balance, BlockNumber>>;
		/// Returns a job; `None` if it does not exist or its record has been pruned.
		fn job(job: JobId) -> Option<JobInfo<AccountId, Balance, BlockNumber>>;
		/// Returns the open dispute over a job.
		fn dispute(job: JobId) -> Option<DisputeInfo<AccountId, Balance, BlockNumber>>;
		/// Returns a validator's record.
		fn voter(account: AccountId) -> VoterRecord;
		/// Returns the current parameters.
		fn protocol() -> Protocol<Balance>;
		/// Returns totals since genesis.
		fn stats() -> Stats<Balance>;
		/// Returns the listed engines.
		fn engines() -> Vec<EngineId>;
		/// Returns the latest changes of a model's status, the oldest first. A model without any is on probation.
		fn model_history(model: ModelId) -> Vec<StatusChange<BlockNumber>>;
	}
}
