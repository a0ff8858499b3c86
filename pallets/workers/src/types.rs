//! Workers, their slots and the pools, as they are stored.

use crate::{BalanceOf, Config};
use assay_primitives::{key::WorkerKey, JobId};
use frame_support::{pallet_prelude::*, DefaultNoBound};
use frame_system::pallet_prelude::BlockNumberFor;

/// The maximum number of chunks that may be unbonding at a time. Chunks of one block count once. With fewer, a worker
/// waits to unbond more; with more, each `withdraw` reads more.
pub const MAX_CHUNKS: u32 = 8;

/// Unbonding stake.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Chunk<Balance, BlockNumber> {
	pub amount: Balance,
	/// The first block in which it may be withdrawn.
	pub matures_at: BlockNumber,
}

/// A worker.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Worker<Balance, BlockNumber> {
	/// The key with which the worker's node signs.
	pub key: WorkerKey,
	/// The active stake, which backs slots.
	pub stake: Balance,
	/// The unbonding chunks, oldest first.
	pub unbonding: BoundedVec<Chunk<Balance, BlockNumber>, ConstU32<MAX_CHUNKS>>,
	/// The slots to back: the sum of [`Slots::committed`] over the models that it serves.
	pub committed: u32,
	/// The number of models that it serves.
	pub models: u32,
}

/// [`Worker`] with the runtime's types.
pub type WorkerOf<T> = Worker<BalanceOf<T>, BlockNumberFor<T>>;

impl<Balance: Zero, BlockNumber> Worker<Balance, BlockNumber> {
	/// Returns whether neither stake nor chunks nor slots are left.
	pub fn is_empty(&self) -> bool {
		self.stake.is_zero() && self.unbonding.is_empty() && self.committed == 0
	}

	/// Updates the sums after the slots committed to one model have changed from `before` to `after`.
	pub fn update_committed(&mut self, before: u32, after: u32) {
		self.committed = self.committed.saturating_sub(before).saturating_add(after);
		match (before, after) {
			(0, 1..) => self.models = self.models.saturating_add(1),
			(1.., 0) => self.models = self.models.saturating_sub(1),
			_ => {}
		}
	}
}

/// The slots of one worker for one model.
#[derive(
	CloneNoBound, DebugNoBound, DefaultNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(MaxSlots: Get<u32>))]
#[scale_info(skip_type_params(MaxSlots))]
pub struct Slots<MaxSlots: Get<u32>> {
	/// The number of slots that the worker offers.
	pub offered: u32,
	/// The jobs that slots are busy with, one slot each, in no particular order. They may be more than are offered,
	/// until they end.
	pub busy: BoundedVec<JobId, MaxSlots>,
	/// The places of the free slots in the model's pool, in no particular order.
	pub free: BoundedVec<u32, MaxSlots>,
}

/// [`Slots`] with the runtime's bound.
pub type SlotsOf<T> = Slots<<T as Config>::MaxSlots>;

impl<MaxSlots: Get<u32>> Slots<MaxSlots> {
	/// Returns the number of slots that stake must back. If it is zero, the entry is not stored.
	pub fn committed(&self) -> u32 {
		self.offered.max(self.in_use())
	}

	/// Returns the number of busy slots.
	pub fn in_use(&self) -> u32 {
		count(&self.busy)
	}

	/// Returns the number of slots that belong into the pool.
	pub fn idle(&self) -> u32 {
		self.offered.saturating_sub(self.in_use())
	}

	/// Returns the number of slots that are in the pool.
	pub fn pooled(&self) -> u32 {
		count(&self.free)
	}

	/// Vacates the slot that is busy with `job`. Returns whether there is one.
	pub fn vacate(&mut self, job: JobId) -> bool {
		let index = self.busy.iter().position(|busy| *busy == job);
		if let Some(index) = index {
			self.busy.swap_remove(index);
		}
		index.is_some()
	}
}

/// Returns the length of a list that is bounded by a `u32`.
fn count<Item, Bound: Get<u32>>(list: &BoundedVec<Item, Bound>) -> u32 {
	u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// The summary of the slots of one model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PoolInfo {
	/// The number of slots in the pool.
	pub free: u32,
	/// The number of slots that were drawn and are neither released nor lost.
	pub busy: u32,
	/// The number of slots that jobs have reserved for the checkers that they will draw. They may be more than are
	/// free.
	pub reserved: u32,
	/// The number of workers with at least one free slot.
	pub available_workers: u32,
}

impl PoolInfo {
	/// Returns the number of free slots that are not reserved.
	pub fn available(&self) -> u32 {
		self.free.saturating_sub(self.reserved)
	}
}
