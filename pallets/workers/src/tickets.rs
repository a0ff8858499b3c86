//! The lists of tickets, from which checkers are drawn, and the queue of their changes.
//!
//! Only [`Pallet::apply_changes`] moves tickets: in the order in which the changes were queued, a fixed number in each
//! block, whatever else happens. So the list at block D follows from the changes that were queued before block D less
//! the age.

use super::{
	pool::{choose_place, renumber},
	*,
};
use alloc::vec::Vec;
use assay_primitives::{traits::Named, JobId, ModelId};
use frame_support::{defensive, pallet_prelude::*, traits::Defensive};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{traits::Saturating, SaturatedConversion};

impl<MaxSlots: Get<u32>> Slots<MaxSlots> {
	/// Sets the number of slots offered, and counts the change of tickets that must be queued for it.
	pub(crate) fn set_offered(&mut self, offered: u32) {
		if offered != self.offered {
			self.offered = offered;
			self.pending = self.pending.saturating_add(1);
			self.peak = self.peak.max(offered);
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Queues the change of a worker's tickets after the number of slots that it offers has changed. No queued change
	/// can be revoked.
	pub(crate) fn queue_change(worker: &T::AccountId, model: &ModelId, previous: u32, offered: u32) {
		let change = match offered.checked_sub(previous) {
			Some(0) => return,
			Some(joining) => TicketChange::Join(joining),
			None => TicketChange::Leave(previous.saturating_sub(offered)),
		};
		let mut ends = QueueOfChanges::<T>::get();
		let aged = frame_system::Pallet::<T>::block_number().saturating_add(T::TicketAge::get().into());
		ends.last_due = ends.last_due.max(aged);
		let queued = QueuedChange {
			worker: worker.clone(),
			model: *model,
			change,
			due: ends.last_due,
		};
		QueuedChanges::<T>::insert(ends.next, queued);
		ends.next = ends.next.saturating_add(1);
		QueueOfChanges::<T>::put(ends);
	}

	/// Applies the changes that are due, in order, until `limit` tickets have joined or left. The last change may be
	/// applied in part. Returns the number of tickets.
	pub fn apply_changes(now: BlockNumberFor<T>, limit: u32) -> u32 {
		let mut ends = QueueOfChanges::<T>::get();
		let first = ends.first;
		let mut applied = 0u32;
		while ends.first < ends.next && applied < limit {
			let Some(queued) = QueuedChanges::<T>::get(ends.first) else {
				defensive!("the queue of changes has no gaps");
				break;
			};
			if queued.due > now {
				break;
			}
			let tickets = queued.change.tickets().min(limit.saturating_sub(applied));
			applied = applied.saturating_add(tickets);
			if Self::apply_change(ends.first, queued, tickets) {
				ends.first = ends.first.saturating_add(1);
			}
		}
		if ends.first > first {
			QueueOfChanges::<T>::put(ends);
		}
		applied
	}

	/// Lets `tickets` tickets of a change join or leave, at most those that it has. Returns whether the change is
	/// complete.
	fn apply_change(number: u64, queued: QueuedChangeOf<T>, tickets: u32) -> bool {
		let (worker, model) = (&queued.worker, &queued.model);
		let mut pool = Pools::<T>::get(model);
		let mut slots = WorkerSlots::<T>::get(worker, model);
		let (before, listed) = (slots.sums(), slots.listed());
		for _ in 0..tickets {
			let moved = match queued.change {
				TicketChange::Join(_) => Self::add_ticket(worker, model, &mut pool, &mut slots),
				TicketChange::Leave(_) => Self::remove_ticket(worker, model, &mut pool, &mut slots),
			};
			if moved.is_err() {
				defensive!("a queued change of tickets can be applied");
			}
		}
		Self::count_holder(model, &mut pool, listed, slots.listed());
		let change = queued.change.after(tickets);
		let is_complete = change.tickets() == 0;
		if is_complete {
			QueuedChanges::<T>::remove(number);
			slots.pending = slots.pending.saturating_sub(1);
			if slots.pending == 0 {
				slots.peak = slots.listed();
			}
		} else {
			QueuedChanges::<T>::insert(
				number,
				QueuedChange {
					change,
					..queued.clone()
				},
			);
		}
		Self::store_pool(model, pool);
		let after = slots.sums();
		Self::store_slots(worker, model, slots);
		if before != after {
			Self::update_record(worker, before, after);
		}
		is_complete
	}

	/// Counts a worker that has `after` tickets instead of `before`.
	fn count_holder(model: &ModelId, pool: &mut PoolInfo, before: u32, after: u32) {
		let mut holders = Holders::<T>::get(model).into_inner();
		let place = |tickets: u32| usize::try_from(tickets.saturating_sub(1)).unwrap_or(usize::MAX);
		if before > 0 {
			match holders.get_mut(place(before)) {
				Some(number) => *number = number.saturating_sub(1),
				None => {
					defensive!("every worker with tickets is counted");
				}
			}
		}
		if after > 0 {
			if holders.len() <= place(after) {
				holders.resize(place(after).saturating_add(1), 0);
			}
			if let Some(number) = holders.get_mut(place(after)) {
				*number = number.saturating_add(1);
			}
		}
		while holders.last() == Some(&0) {
			holders.pop();
		}
		pool.ticket_holders = pool
			.ticket_holders
			.saturating_add((after > 0).into())
			.saturating_sub((before > 0).into());
		pool.largest = u32::try_from(holders.len()).unwrap_or(u32::MAX);
		if holders.is_empty() {
			Holders::<T>::remove(model);
		} else {
			// A worker has at most `MaxSlots` tickets.
			Holders::<T>::insert(model, BoundedVec::truncate_from(holders));
		}
	}

	/// Updates the sums of `worker` after its slots for one model have changed.
	fn update_record(worker: &T::AccountId, before: Sums, after: Sums) {
		let Some(mut record) = Workers::<T>::get(worker) else {
			defensive!("slots and tickets belong to a worker");
			return;
		};
		record.update_sums(before, after);
		Self::store_or_remove(worker, record);
	}

	/// Adds a ticket of `worker` to the end of the list. An error has changed nothing.
	fn add_ticket(
		worker: &T::AccountId,
		model: &ModelId,
		pool: &mut PoolInfo,
		slots: &mut SlotsOf<T>,
	) -> DispatchResult {
		let place = pool.tickets;
		let tickets = place.checked_add(1).ok_or(Error::<T>::TooManySlots)?;
		slots.tickets.try_push(place).map_err(|_| Error::<T>::TooManySlots)?;
		let since = frame_system::Pallet::<T>::block_number();
		let ticket = Ticket {
			worker: worker.clone(),
			since,
		};
		Tickets::<T>::insert(model, place, ticket);
		pool.tickets = tickets;
		pool.joined = pool.joined.saturating_add(since.saturated_into());
		Ok(())
	}

	/// Removes the last ticket of `worker`, and moves the last one of the list to its place. An error has changed
	/// nothing.
	fn remove_ticket(
		worker: &T::AccountId,
		model: &ModelId,
		pool: &mut PoolInfo,
		slots: &mut SlotsOf<T>,
	) -> DispatchResult {
		let last = pool.tickets.checked_sub(1).ok_or(Error::<T>::InconsistentState)?;
		let mover = Tickets::<T>::get(model, last).ok_or(Error::<T>::InconsistentState)?;
		let place = *slots.tickets.last().ok_or(Error::<T>::InconsistentState)?;
		let leaver = Tickets::<T>::get(model, place).ok_or(Error::<T>::InconsistentState)?;
		slots.tickets.pop();
		if place != last {
			if mover.worker == *worker {
				renumber(&mut slots.tickets, last, place);
			} else {
				WorkerSlots::<T>::mutate(&mover.worker, model, |slots| renumber(&mut slots.tickets, last, place));
			}
			Tickets::<T>::insert(model, place, mover);
		}
		Tickets::<T>::remove(model, last);
		pool.tickets = last;
		pool.joined = pool.joined.saturating_sub(leaver.since.saturated_into());
		Ok(())
	}

	/// Names the owner of one ticket for each seed, and gives it the check unless it lacks stake or room. Reads the
	/// slots of each worker excluded or named once.
	pub(crate) fn do_draw_checkers(
		model: &ModelId,
		job: JobId,
		seeds: &[H256],
		excluded: &[T::AccountId],
	) -> Vec<Named<T::AccountId>> {
		let size = Pools::<T>::get(model).tickets;
		let mut barred = excluded
			.iter()
			.flat_map(|worker| WorkerSlots::<T>::get(worker, model).tickets)
			.collect::<Vec<_>>();
		let mut named = Vec::new();
		for seed in seeds {
			barred.sort_unstable();
			barred.dedup();
			let Some(place) = choose_place(*seed, size, &barred) else {
				break;
			};
			let Some(Ticket { worker, .. }) =
				Tickets::<T>::get(model, place).defensive_proof("every place below the list's size holds a ticket")
			else {
				break;
			};
			let slots = WorkerSlots::<T>::get(&worker, model);
			barred.extend(slots.tickets.iter().copied());
			let is_drawn = Self::assign_check(&worker, model, job, slots);
			named.push(Named { worker, is_drawn });
		}
		named
	}

	/// Gives `worker` a check of `job`, unless it lacks stake or room. Returns whether it has got it.
	fn assign_check(worker: &T::AccountId, model: &ModelId, job: JobId, mut slots: SlotsOf<T>) -> bool {
		let has_stake = Workers::<T>::get(worker).is_some_and(|record| record.stake >= T::SlotBond::get());
		// A job and a worker always identify one duty.
		let is_free = !slots.busy.iter().any(|busy| busy.job == job) && !Checks::<T>::contains_key(worker, job);
		if !has_stake || !is_free || !slots.has_room_for_check() {
			return false;
		}
		slots.checks = slots.checks.saturating_add(1);
		Checks::<T>::insert(worker, job, model);
		Self::store_slots(worker, model, slots);
		true
	}
}
