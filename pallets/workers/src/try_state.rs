//! The invariants of workers and pools, each checked against the whole state.

use super::*;
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{
	ensure,
	traits::{fungible::hold::Inspect, Get},
};
use sp_runtime::{SaturatedConversion, TryRuntimeError};

impl<T: Config> Pallet<T> {
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_stakes()?;
		Self::try_state_sums()?;
		Self::try_state_keys()?;
		Self::try_state_slots()?;
		Self::try_state_checks()?;
		Self::try_state_pools()?;
		Self::try_state_queue()
	}

	/// Checks that the funds on hold match the records, and that the stake covers the committed slots or none is free.
	fn try_state_stakes() -> Result<(), TryRuntimeError> {
		for (account, worker) in Workers::<T>::iter() {
			ensure!(!worker.is_empty(), "a worker of which nothing is left is stored");
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::Stake.into(), &account) == worker.funds(),
				"the funds on hold are not the active stake plus all chunks"
			);
			let free = WorkerSlots::<T>::iter_prefix_values(&account).any(|slots| !slots.free.is_empty());
			ensure!(
				worker.stake >= Self::required_stake(worker.committed) || !free,
				"a slot is free although the active stake does not cover the committed slots"
			);
		}
		Ok(())
	}

	/// Checks that the sums of each worker are those over its models.
	fn try_state_sums() -> Result<(), TryRuntimeError> {
		for (account, worker) in Workers::<T>::iter() {
			let (mut committed, mut listed, mut models) = (0u32, 0u32, 0u32);
			let mut jobs = BTreeSet::new();
			for slots in WorkerSlots::<T>::iter_prefix_values(&account) {
				committed = committed.saturating_add(slots.committed());
				listed = listed.saturating_add(slots.peak);
				models = models.saturating_add(1);
				for busy in slots.busy {
					ensure!(
						jobs.insert(busy.job) && busy.slots > 0,
						"a job is listed twice, or with no slot, among those with which a worker is busy"
					);
				}
			}
			for job in Checks::<T>::iter_key_prefix(&account) {
				ensure!(jobs.insert(job), "a worker has two duties in a job");
			}
			ensure!(
				worker.committed == committed,
				"a worker's committed slots are not the sum over its models"
			);
			ensure!(
				worker.listed == listed,
				"a worker's tickets are not the sum over its models"
			);
			ensure!(worker.models == models, "a worker miscounts its models");
			ensure!(committed <= T::MaxSlots::get(), "a worker has committed too many slots");
			ensure!(models <= T::MaxModels::get(), "a worker serves too many models");
		}
		Ok(())
	}

	/// Checks that keys and workers refer to each other.
	fn try_state_keys() -> Result<(), TryRuntimeError> {
		for (account, worker) in Workers::<T>::iter() {
			ensure!(
				KeyOwners::<T>::get(&worker.key) == Some(account),
				"a worker's key does not belong to it"
			);
		}
		ensure!(
			KeyOwners::<T>::iter_keys().count() == Workers::<T>::iter_keys().count(),
			"a key belongs to no worker"
		);
		Ok(())
	}

	/// Checks that all idle slots are in the pool, and that places in workers' records are those in pools and lists.
	fn try_state_slots() -> Result<(), TryRuntimeError> {
		for (worker, model, slots) in WorkerSlots::<T>::iter() {
			ensure!(Workers::<T>::contains_key(&worker), "slots belong to no worker");
			ensure!(!slots.is_empty(), "slots of which nothing is left are stored");
			ensure!(
				slots.pooled() == slots.idle(),
				"a worker's slots in the pool are not its idle ones"
			);
			let places = slots.free.iter().collect::<BTreeSet<_>>();
			ensure!(places.len() == slots.free.len(), "two slots of a worker share a place");
			for place in places {
				ensure!(
					FreeSlots::<T>::get(model, place).as_ref() == Some(&worker),
					"a slot is not at the place in its worker's record"
				);
			}
			let places = slots.tickets.iter().collect::<BTreeSet<_>>();
			ensure!(
				places.len() == slots.tickets.len(),
				"two tickets of a worker share a place"
			);
			for place in places {
				ensure!(
					Tickets::<T>::get(model, place).is_some_and(|ticket| ticket.worker == worker),
					"a ticket is not at the place in its worker's record"
				);
			}
		}
		Ok(())
	}

	/// Checks that the checks of each worker and model are counted right, and never more than its tickets allowed.
	fn try_state_checks() -> Result<(), TryRuntimeError> {
		let mut checks = BTreeMap::<_, u32>::new();
		for (worker, _, model) in Checks::<T>::iter() {
			let sum = checks.entry((worker, model)).or_default();
			*sum = sum.saturating_add(1);
		}
		for (worker, model, slots) in WorkerSlots::<T>::iter() {
			ensure!(
				checks.remove(&(worker, model)).unwrap_or_default() == slots.checks,
				"a worker miscounts its checks"
			);
			ensure!(
				slots.checks <= T::MaxSlots::get().saturating_mul(CHECKS_PER_TICKET),
				"a worker has too many checks"
			);
		}
		ensure!(checks.is_empty(), "a check belongs to no slots");
		Ok(())
	}

	/// Checks that pools and lists have no gaps, hold only what is in workers' records, and that their sums are right.
	fn try_state_pools() -> Result<(), TryRuntimeError> {
		let mut sums = BTreeMap::<_, PoolInfo>::new();
		for (model, place, _) in FreeSlots::<T>::iter() {
			ensure!(
				place < Pools::<T>::get(model).free,
				"a slot is beyond the end of its pool"
			);
			let sum = sums.entry(model).or_default();
			sum.free = sum.free.saturating_add(1);
		}
		for (model, place, ticket) in Tickets::<T>::iter() {
			ensure!(
				place < Pools::<T>::get(model).tickets,
				"a ticket is beyond the end of its list"
			);
			let sum = sums.entry(model).or_default();
			sum.tickets = sum.tickets.saturating_add(1);
			sum.joined = sum.joined.saturating_add(ticket.since.saturated_into());
		}
		let mut recorded = BTreeMap::<_, (u32, u32)>::new();
		let mut holders = BTreeMap::<_, BTreeMap<u32, u32>>::new();
		for (_, model, slots) in WorkerSlots::<T>::iter() {
			let sum = sums.entry(model).or_default();
			sum.largest = sum.largest.max(slots.listed());
			if slots.listed() > 0 {
				sum.ticket_holders = sum.ticket_holders.saturating_add(1);
				let number = holders.entry(model).or_default().entry(slots.listed()).or_default();
				*number = number.saturating_add(1);
			}
			for busy in &slots.busy {
				sum.promised_checks = sum.promised_checks.saturating_add(busy.checks);
			}
			let (free, tickets) = recorded.entry(model).or_default();
			*free = free.saturating_add(slots.pooled());
			*tickets = tickets.saturating_add(slots.listed());
		}
		let stored = sums.keys().copied().collect::<BTreeSet<_>>();
		for (model, sum) in sums {
			ensure!(
				Pools::<T>::get(model) == sum,
				"the summary of a model is not the sum over its slots and tickets"
			);
			ensure!(
				recorded.remove(&model).unwrap_or_default() == (sum.free, sum.tickets),
				"a slot or ticket is in no worker's record"
			);
		}
		for (model, counts) in Holders::<T>::iter() {
			ensure!(
				counts.last().is_some_and(|last| *last > 0),
				"a number of holders is missing"
			);
			let counted = (1u32..).zip(counts).filter(|(_, number)| *number > 0).collect();
			ensure!(
				holders.remove(&model) == Some(counted),
				"the numbers of holders are not those of the workers with tickets"
			);
		}
		ensure!(holders.is_empty(), "the holders of a model's tickets are not counted");
		for (model, pool) in Pools::<T>::iter() {
			ensure!(pool != PoolInfo::default(), "an empty pool is stored");
			ensure!(stored.contains(&model), "a pool without slots and tickets is stored");
		}
		Ok(())
	}

	/// Checks that the queue has no gaps, is ordered by due block, and makes the tickets of each worker and model as
	/// many as it offers slots, within the recorded peak.
	fn try_state_queue() -> Result<(), TryRuntimeError> {
		let ends = QueueOfChanges::<T>::get();
		ensure!(
			u64::try_from(QueuedChanges::<T>::iter_keys().count()).ok() == ends.next.checked_sub(ends.first),
			"the queue of changes has a gap"
		);
		let mut after = BTreeMap::<_, (u32, u32)>::new();
		let mut last_due = Default::default();
		for number in ends.first..ends.next {
			let queued = QueuedChanges::<T>::get(number).ok_or("the queue of changes has a gap")?;
			ensure!(last_due <= queued.due, "a change is due before an earlier one");
			ensure!(queued.change.tickets() > 0, "a change of no tickets is queued");
			last_due = queued.due;
			let slots = WorkerSlots::<T>::get(&queued.worker, queued.model);
			let key = (queued.worker, queued.model);
			let (tickets, pending) = after.entry(key).or_insert((slots.listed(), 0));
			*pending = pending.saturating_add(1);
			*tickets = match queued.change {
				TicketChange::Join(joining) => tickets.saturating_add(joining),
				TicketChange::Leave(leaving) => tickets
					.checked_sub(leaving)
					.ok_or("more tickets are to leave than there are")?,
			};
			ensure!(*tickets <= slots.peak, "more tickets are listed than the recorded peak");
		}
		ensure!(last_due <= ends.last_due, "a change is due after the last one");
		for (worker, model, slots) in WorkerSlots::<T>::iter() {
			let (tickets, pending) = after.remove(&(worker, model)).unwrap_or((slots.listed(), 0));
			ensure!(pending == slots.pending, "a worker miscounts its queued changes");
			ensure!(
				tickets == slots.offered,
				"the tickets do not follow the number of slots offered"
			);
			ensure!(
				slots.listed() <= slots.peak && (pending > 0 || slots.listed() == slots.peak),
				"the recorded peak is wrong"
			);
		}
		ensure!(after.is_empty(), "a change is queued for slots that are not stored");
		Ok(())
	}
}
