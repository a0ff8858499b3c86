use crate::{BalanceOf, Config};
use assay_primitives::key::WorkerKey;
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

/// The slots of one worker for one model.
#[derive(
	CloneNoBound, DebugNoBound, DefaultNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(MaxSlots: Get<u32>))]
#[scale_info(skip_type_params(MaxSlots))]
pub struct Slots<MaxSlots: Get<u32>> {
	/// Slots the worker keeps in service.
	pub offered: u32,
	/// Slots drawn and not released. They may be more than are offered, for as long as their jobs last.
	pub busy: u32,
	/// The places of the free slots in the model's pool, in no order that means anything.
	pub free: BoundedVec<u32, MaxSlots>,
}

/// [`Slots`] with the runtime's bound.
pub type SlotsOf<T> = Slots<<T as Config>::MaxSlots>;

impl<MaxSlots: Get<u32>> Slots<MaxSlots> {
	/// Slots that stake must back. With none, there is nothing to remember.
	pub fn committed(&self) -> u32 {
		self.offered.max(self.busy)
	}

	/// The number of slots that belong into the pool.
	pub fn idle(&self) -> u32 {
		self.offered.saturating_sub(self.busy)
	}

	/// The number of slots that stand in the pool.
	pub fn pooled(&self) -> u32 {
		// Bounded by `MaxSlots`, so the length always fits.
		u32::try_from(self.free.len()).unwrap_or(u32::MAX)
	}
}

/// How an account has served since genesis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Record {
	/// Jobs answered in time.
	pub answers: u64,
	/// Jobs left silent.
	pub no_shows: u64,
}
