use crate::{BalanceOf, Config};
use assay_primitives::{key::WorkerKey, JobId};
use frame_support::{pallet_prelude::*, DefaultNoBound};
use frame_system::pallet_prelude::BlockNumberFor;

/// The most chunks that may be unbonding at a time. Chunks of one block count once.
pub const MAX_CHUNKS: u32 = 8;

/// Stake on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Chunk<Balance, BlockNumber> {
	pub amount: Balance,
	/// The block from which it may be withdrawn.
	pub at: BlockNumber,
}

/// A worker.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Worker<Balance, BlockNumber> {
	/// By which the worker's node signs.
	pub key: WorkerKey,
	/// Active stake: what backs slots.
	pub stake: Balance,
	/// In the order in which they were made.
	pub unbonding: BoundedVec<Chunk<Balance, BlockNumber>, ConstU32<MAX_CHUNKS>>,
	/// Slots to back: the sum of [`Slots::committed`] over the models it serves.
	pub committed: u32,
	/// The number of models it serves.
	pub models: u32,
}

/// [`Worker`] with the runtime's types.
pub type WorkerOf<T> = Worker<BalanceOf<T>, BlockNumberFor<T>>;

impl<Balance: Zero, BlockNumber> Worker<Balance, BlockNumber> {
	/// Whether nothing is left for which to remember it.
	pub fn is_gone(&self) -> bool {
		self.stake.is_zero() && self.unbonding.is_empty() && self.committed == 0
	}

	/// Sums up anew after the slots committed to one model have gone from `before` to `after`.
	pub fn recommit(&mut self, before: u32, after: u32) {
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
	/// Slots the worker keeps in service.
	pub offered: u32,
	/// The jobs for which slots were drawn that are neither released nor lost, one slot each, in no order that means anything.
	/// They may be more than are offered, for as long as they last.
	pub busy: BoundedVec<JobId, MaxSlots>,
	/// The places of the free slots in the model's pool, in no order that means anything.
	pub free: BoundedVec<u32, MaxSlots>,
}

/// [`Slots`] with the runtime's bound.
pub type SlotsOf<T> = Slots<<T as Config>::MaxSlots>;

impl<MaxSlots: Get<u32>> Slots<MaxSlots> {
	/// Slots that stake must back. With none, there is nothing to remember.
	pub fn committed(&self) -> u32 {
		self.offered.max(self.in_use())
	}

	/// The number of slots that jobs use.
	pub fn in_use(&self) -> u32 {
		count(&self.busy)
	}

	/// The number of slots that belong into the pool.
	pub fn idle(&self) -> u32 {
		self.offered.saturating_sub(self.in_use())
	}

	/// The number of slots that stand in the pool.
	pub fn pooled(&self) -> u32 {
		count(&self.free)
	}

	/// Ends the use of the slot that is busy with `job`. Returns whether there is one.
	pub fn vacate(&mut self, job: JobId) -> bool {
		let index = self.busy.iter().position(|busy| *busy == job);
		if let Some(index) = index {
			self.busy.swap_remove(index);
		}
		index.is_some()
	}
}

/// The length of a list that is bounded by a `u32`.
fn count<Item, Bound: Get<u32>>(list: &BoundedVec<Item, Bound>) -> u32 {
	u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// The free slots of one model, summed up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PoolInfo {
	/// Slots that stand in the pool.
	pub free: u32,
	/// Slots drawn and not given back.
	pub busy: u32,
	/// Slots that jobs count on for the checkers they will draw. They may be more than are free.
	pub reserved: u32,
	/// Workers with at least one free slot.
	pub servers: u32,
}

impl PoolInfo {
	/// Free slots that nobody counts on.
	pub fn available(&self) -> u32 {
		self.free.saturating_sub(self.reserved)
	}
}
