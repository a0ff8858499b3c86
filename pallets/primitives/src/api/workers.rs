//! Workers, as clients read them.

use crate::{key::WorkerKey, ModelId};
use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Slots of one worker for one model.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct SlotsInfo {
	pub model: ModelId,
	/// The number of slots in service.
	pub offered: u32,
	/// The number of slots that are busy with a job.
	pub busy: u32,
	/// The number of tickets from which checkers are drawn. It follows the number of slots offered after some blocks.
	pub tickets: u32,
	/// The number of checks that are open.
	pub checks: u32,
}

/// A worker, its stake and its record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WorkerInfo<Balance, BlockNumber> {
	pub key: WorkerKey,
	/// The stake that backs slots.
	pub stake: Balance,
	/// The stake that is unbonding, with the block from which it may be withdrawn.
	pub unbonding: Vec<(Balance, BlockNumber)>,
	pub slots: Vec<SlotsInfo>,
	/// Counts of the jobs it was drawn for, by their end.
	pub record: WorkerRecord,
}

/// A worker's record since genesis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct WorkerRecord {
	/// Jobs answered in time and not found wrong, audits included.
	pub answers: u64,
	/// Jobs in which it did not commit in time.
	pub no_shows: u64,
	/// Answers found wrong or not revealed.
	pub wrong: u64,
	/// Audits completed.
	pub audits: u64,
	/// Disputes whose verdict confirmed its answer.
	pub disputes_won: u64,
	/// Disputes whose verdict contradicted its answer.
	pub disputes_lost: u64,
}
