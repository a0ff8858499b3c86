//! Workers, their slots and the pools, as they are stored.

use crate::{BalanceOf, Config};
use assay_primitives::{key::WorkerKey, JobId, ModelId};
use frame_support::{pallet_prelude::*, DefaultNoBound};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::AtLeast32BitUnsigned;

/// The maximum number of chunks that may be unbonding at a time. Chunks of one block count once. With fewer, a worker
/// waits to unbond more; with more, each `withdraw` reads more.
pub const MAX_CHUNKS: u32 = 8;

/// The maximum number of open checks of a worker for each of its tickets. With one promised check for each ticket of a
/// model, a ticket drawn at random has that many with a probability of 0.06 % (Poisson). If larger, a worker may owe
/// more work than it can do in time; if smaller, places stay empty by chance.
pub const CHECKS_PER_TICKET: u32 = 6;

/// A worker with as many queued changes of its tickets of a model may not offer it more slots; fewer it always may. If
/// smaller, a worker waits to change its mind; if larger, the queue is longer.
pub const MAX_PENDING: u32 = 4;

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
	/// The active stake, which backs slots and checks.
	pub stake: Balance,
	/// The unbonding chunks, oldest first.
	pub unbonding: BoundedVec<Chunk<Balance, BlockNumber>, ConstU32<MAX_CHUNKS>>,
	/// The slots to back: the sum of [`Slots::committed`] over the models that it serves.
	pub committed: u32,
	/// The tickets to back: the sum of [`Slots::peak`] over the models that it serves.
	pub listed: u32,
	/// The number of models that it serves: those for which [`Slots`] are stored.
	pub models: u32,
}

/// [`Worker`] with the runtime's types.
pub type WorkerOf<T> = Worker<BalanceOf<T>, BlockNumberFor<T>>;

impl<Balance: AtLeast32BitUnsigned + Copy, BlockNumber> Worker<Balance, BlockNumber> {
	/// Returns whether neither stake nor chunks, slots, tickets or checks are left.
	pub fn is_empty(&self) -> bool {
		self.stake.is_zero() && self.unbonding.is_empty() && self.models == 0
	}

	/// Updates the sums after the slots for one model have changed.
	pub fn update_sums(&mut self, before: Sums, after: Sums) {
		let updated = |sum: u32, before, after| sum.saturating_sub(before).saturating_add(after);
		self.committed = updated(self.committed, before.committed, after.committed);
		self.listed = updated(self.listed, before.listed, after.listed);
		self.models = updated(self.models, before.is_stored.into(), after.is_stored.into());
	}

	/// Returns all funds on hold.
	pub fn funds(&self) -> Balance {
		let chunks = self.unbonding.iter();
		chunks.fold(self.stake, |sum, chunk| sum.saturating_add(chunk.amount))
	}

	/// Takes `amount`, as far as the funds reach: from the stake first, then from the chunks, the youngest first.
	/// Returns what was taken.
	pub fn take(&mut self, amount: Balance) -> Balance {
		let mut left = amount;
		let mut take_from = |funds: &mut Balance| {
			let part = left.min(*funds);
			*funds = funds.saturating_sub(part);
			left = left.saturating_sub(part);
		};
		take_from(&mut self.stake);
		for chunk in self.unbonding.iter_mut().rev() {
			take_from(&mut chunk.amount);
		}
		self.unbonding.retain(|chunk| !chunk.amount.is_zero());
		amount.saturating_sub(left)
	}
}

/// What the slots of one model add to the sums of their worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
	pub committed: u32,
	pub listed: u32,
	pub is_stored: bool,
}

/// The slots that are busy with a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct BusySlots {
	pub job: JobId,
	/// Their number, at least one.
	pub slots: u32,
	/// The checks that the pool has promised to the job.
	pub checks: u32,
}

/// The slots and tickets of one worker for one model.
#[derive(
	CloneNoBound, DebugNoBound, DefaultNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(MaxSlots: Get<u32>))]
#[scale_info(skip_type_params(MaxSlots))]
pub struct Slots<MaxSlots: Get<u32>> {
	/// The number of slots that the worker offers.
	pub offered: u32,
	/// The busy slots by job, in no particular order. They may be more than are offered, until their jobs end.
	pub busy: BoundedVec<BusySlots, MaxSlots>,
	/// The places of the free slots in the model's pool, in no particular order.
	pub free: BoundedVec<u32, MaxSlots>,
	/// The places of the tickets in the model's list. Only due changes move them.
	pub tickets: BoundedVec<u32, MaxSlots>,
	/// The number of queued changes of tickets. Once all are applied, there are as many tickets as slots offered.
	pub pending: u32,
	/// At least the maximum number of tickets from now on until all queued changes are applied.
	pub peak: u32,
	/// The number of checks in which the worker has a duty.
	pub checks: u32,
}

/// [`Slots`] with the runtime's bound.
pub type SlotsOf<T> = Slots<<T as Config>::MaxSlots>;

impl<MaxSlots: Get<u32>> Slots<MaxSlots> {
	/// Returns the number of slots that stake must back.
	pub fn committed(&self) -> u32 {
		self.offered.max(self.in_use())
	}

	/// Returns the number of busy slots.
	pub fn in_use(&self) -> u32 {
		self.busy.iter().fold(0u32, |sum, busy| sum.saturating_add(busy.slots))
	}

	/// Returns the number of tasks that the worker has to run: one for each job, however many slots it takes.
	pub fn runs(&self) -> u32 {
		count(&self.busy).saturating_add(self.checks)
	}

	/// Returns the number of slots, and so of bonds, of the duty in `job`: one for a check.
	pub fn bonds_in(&self, job: JobId) -> u32 {
		let busy = self.busy.iter().find(|busy| busy.job == job);
		busy.map_or(1, |busy| busy.slots)
	}

	/// Returns the number of slots that belong into the pool.
	pub fn idle(&self) -> u32 {
		self.offered.saturating_sub(self.in_use())
	}

	/// Returns the number of slots that are in the pool.
	pub fn pooled(&self) -> u32 {
		count(&self.free)
	}

	/// Returns the number of tickets in the model's list.
	pub fn listed(&self) -> u32 {
		count(&self.tickets)
	}

	/// Whether nothing is left, so that the entry is not stored.
	pub fn is_empty(&self) -> bool {
		self.committed() == 0 && self.tickets.is_empty() && self.pending == 0 && self.checks == 0
	}

	/// Returns what the entry adds to the sums of its worker.
	pub fn sums(&self) -> Sums {
		Sums {
			committed: self.committed(),
			listed: self.peak,
			is_stored: !self.is_empty(),
		}
	}

	/// Whether the worker may take another check.
	pub fn has_room_for_check(&self) -> bool {
		self.checks < self.listed().saturating_mul(CHECKS_PER_TICKET)
	}

	/// Vacates the slots that are busy with `job`, and returns them, if there are any.
	pub fn vacate(&mut self, job: JobId) -> Option<BusySlots> {
		let index = self.busy.iter().position(|busy| busy.job == job)?;
		Some(self.busy.swap_remove(index))
	}
}

/// Returns the length of a list that is bounded by a `u32`.
fn count<Item, Bound: Get<u32>>(list: &BoundedVec<Item, Bound>) -> u32 {
	u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// The summary of the slots and tickets of one model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PoolInfo {
	/// The number of slots in the pool.
	pub free: u32,
	/// The number of tickets in the list.
	pub tickets: u32,
	/// The number of workers with at least one ticket.
	pub ticket_holders: u32,
	/// The number of tickets of the worker with the most.
	pub largest: u32,
	/// The sum of the blocks in which the tickets joined the list.
	pub joined: u64,
	/// The number of checks promised to the jobs of busy slots.
	pub promised_checks: u32,
}

impl PoolInfo {
	/// Returns the number of checks that can still be promised: one for each ticket, so that the workers named have one
	/// open check for each ticket on average, whoever requests.
	pub fn free_checks(&self) -> u32 {
		self.tickets.saturating_sub(self.promised_checks)
	}
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Ticket<AccountId, BlockNumber> {
	pub worker: AccountId,
	/// The block in which it joined the list.
	pub since: BlockNumber,
}

/// [`Ticket`] with the runtime's types.
pub type TicketOf<T> = Ticket<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// What a queued change does to a worker's tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum TicketChange {
	/// This number joins the list.
	Join(u32),
	/// This number leaves the list.
	Leave(u32),
}

impl TicketChange {
	/// Returns the number of tickets that have not joined or left yet.
	pub fn tickets(&self) -> u32 {
		match self {
			Self::Join(tickets) | Self::Leave(tickets) => *tickets,
		}
	}

	/// Returns what is left of the change after `applied` tickets have joined or left.
	pub fn after(&self, applied: u32) -> Self {
		match self {
			Self::Join(tickets) => Self::Join(tickets.saturating_sub(applied)),
			Self::Leave(tickets) => Self::Leave(tickets.saturating_sub(applied)),
		}
	}
}

/// A queued change of a worker's tickets of a model.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QueuedChange<AccountId, BlockNumber> {
	pub worker: AccountId,
	pub model: ModelId,
	pub change: TicketChange,
	/// The first block at the start of which it may be applied.
	pub due: BlockNumber,
}

/// [`QueuedChange`] with the runtime's types.
pub type QueuedChangeOf<T> = QueuedChange<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// The ends of the queue of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QueueEnds<BlockNumber> {
	/// The number of the first change that is not applied.
	pub first: u64,
	/// The number of the next change.
	pub next: u64,
	/// When the last change is due, applied or not.
	pub last_due: BlockNumber,
}
