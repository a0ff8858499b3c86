//! The pools of free slots, from which executors are drawn, and every change of slots.
//!
//! A slot enters a pool at its end. The last one takes the place of a slot that leaves, so places have no gaps and only
//! the record of the worker of that last slot changes.

use super::*;
use alloc::vec::Vec;
use assay_primitives::{
	api::Role,
	bounds::Capacity,
	key::WorkerKey,
	traits::{Named, Offence, Penalty, SlotUse, WorkerPool},
	JobId, ModelId,
};
use frame_support::{defensive, pallet_prelude::*, traits::Defensive};
use sp_core::{H256, U256};
use sp_runtime::{
	traits::{BlakeTwo256, CheckedDiv, Hash},
	SaturatedConversion,
};

/// The maximum number of workers that the draw of an executor looks at until one has as many free slots as the job
/// needs. If smaller, jobs that need many slots are refused; if larger, a request weighs more.
pub const MAX_TRIES: u32 = 8;

impl<T: Config> WorkerPool<T::AccountId, BalanceOf<T>> for Pallet<T> {
	/// Draws uniformly, if `seed` is uniform: the bias of the remainder is below 2^-224.
	fn draw_executor(
		model: &ModelId,
		job: JobId,
		seed: H256,
		excluded: &[T::AccountId],
		slots: u32,
		checks: u32,
	) -> Option<T::AccountId> {
		let pool = Pools::<T>::get(model);
		if checks > pool.free_checks() {
			return None;
		}
		let duty = BusySlots { job, slots, checks };
		let mut barred = excluded
			.iter()
			.flat_map(|worker| WorkerSlots::<T>::get(worker, model).free)
			.collect::<Vec<_>>();
		for attempt in 0..MAX_TRIES {
			barred.sort_unstable();
			barred.dedup();
			let seed = match attempt {
				0 => seed,
				_ => BlakeTwo256::hash_of(&(seed, attempt)),
			};
			let place = choose_place(seed, pool.free, &barred)?;
			let worker =
				FreeSlots::<T>::get(model, place).defensive_proof("every place below the pool's size holds a slot")?;
			let of_worker = WorkerSlots::<T>::get(&worker, model);
			if of_worker.pooled() < slots {
				barred.extend(of_worker.free);
				continue;
			}
			Self::occupy_slots(&worker, model, pool, of_worker, place, duty)
				.defensive_proof("slots in the pool can be drawn")
				.ok()?;
			return Some(worker);
		}
		None
	}

	fn draw_checkers(
		model: &ModelId,
		job: JobId,
		seeds: &[H256],
		excluded: &[T::AccountId],
	) -> Vec<Named<T::AccountId>> {
		Self::do_draw_checkers(model, job, seeds, excluded)
	}

	fn release(model: &ModelId, worker: &T::AccountId, job: JobId, slot_use: SlotUse) -> DispatchResult {
		Self::end_duty(model, worker, job)?;
		if let SlotUse::Answered { role, confirmed } = slot_use {
			Records::<T>::mutate(worker, |record| {
				record.answers = record.answers.saturating_add(1);
				record.audits = record.audits.saturating_add((role == Role::Auditor).into());
				record.disputes_won = record.disputes_won.saturating_add(confirmed.into());
			});
		}
		Ok(())
	}

	fn penalise(
		model: &ModelId,
		worker: &T::AccountId,
		job: JobId,
		offence: Offence,
		amount: BalanceOf<T>,
		payees: &[(T::AccountId, BalanceOf<T>)],
	) -> Result<Penalty<BalanceOf<T>>, DispatchError> {
		Self::do_penalise(model, worker, job, offence, amount, payees)
	}

	fn slot_bond() -> BalanceOf<T> {
		T::SlotBond::get()
	}

	fn ticket_age() -> u32 {
		T::TicketAge::get()
	}

	fn free_slots(model: &ModelId) -> u32 {
		Pools::<T>::get(model).free
	}

	fn free_checks(model: &ModelId) -> u32 {
		Pools::<T>::get(model).free_checks()
	}

	fn capacity(model: &ModelId) -> Capacity {
		let pool = Pools::<T>::get(model);
		let now = frame_system::Pallet::<T>::block_number().saturated_into::<u64>();
		let ages = now.saturating_mul(pool.tickets.into()).saturating_sub(pool.joined);
		Capacity {
			tickets: pool.tickets,
			workers: pool.ticket_holders,
			largest: pool.largest,
			mean_age: ages
				.checked_div(pool.tickets.into())
				.unwrap_or_default()
				.saturated_into(),
			idle: pool.free.saturating_sub(pool.promised_checks),
		}
	}

	fn available_workers(model: &ModelId) -> u32 {
		Pools::<T>::get(model).ticket_holders
	}

	fn workload(model: &ModelId, worker: &T::AccountId) -> u32 {
		let slots = WorkerSlots::<T>::get(worker, model);
		slots.runs().div_ceil(slots.committed().max(slots.listed()).max(1))
	}

	/// Returns the jobs in ascending order: at most [`Config::MaxSlots`] as an executor, from at most
	/// [`Config::MaxModels`] entries, and at most [`CHECKS_PER_TICKET`] times as many as a checker.
	fn assigned_jobs(worker: &T::AccountId) -> Vec<JobId> {
		let mut jobs = WorkerSlots::<T>::iter_prefix_values(worker)
			.flat_map(|slots| slots.busy)
			.map(|busy| busy.job)
			.chain(Checks::<T>::iter_key_prefix(worker))
			.collect::<Vec<_>>();
		jobs.sort_unstable();
		jobs
	}

	fn key(worker: &T::AccountId) -> Option<WorkerKey> {
		Workers::<T>::get(worker).map(|record| record.key)
	}

	fn worker(key: &WorkerKey) -> Option<T::AccountId> {
		KeyOwners::<T>::get(key)
	}
}

impl<T: Config> Pallet<T> {
	/// Sets the number of slots that `worker` offers to `model`, and queues the change of its tickets. Refuses to
	/// commit more slots than the limits and the stake allow. Returns how many slots entered or left the pool. An error
	/// has changed nothing.
	pub(crate) fn set_offered(worker: &T::AccountId, model: &ModelId, offered: u32) -> Result<u32, DispatchError> {
		let mut record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
		let mut slots = WorkerSlots::<T>::get(worker, model);
		ensure!(offered > 0 || slots.committed() > 0, Error::<T>::NotServing);
		let (before, previous) = (slots.sums(), slots.offered);
		let may_offer_more = slots.pending < MAX_PENDING;
		slots.set_offered(offered);
		let after = slots.sums();
		record.update_sums(before, after);
		if after.committed > before.committed {
			ensure!(record.committed <= T::MaxSlots::get(), Error::<T>::TooManySlots);
			ensure!(record.models <= T::MaxModels::get(), Error::<T>::TooManyModels);
			ensure!(
				record.stake >= Self::required_stake(record.committed),
				Error::<T>::InsufficientStake
			);
		}
		ensure!(offered <= previous || may_offer_more, Error::<T>::TooManyPending);
		let moved = Self::sync_pool(worker, model, &mut slots)?;
		Self::queue_change(worker, model, previous, offered);
		Self::store_slots(worker, model, slots);
		Self::store_or_remove(worker, record);
		Ok(moved)
	}

	/// Ends the duty of `worker` in `job`. A vacated slot returns to the pool if it is still offered and the stake
	/// covers it. An error has changed nothing.
	fn end_duty(model: &ModelId, worker: &T::AccountId, job: JobId) -> DispatchResult {
		let mut record = Workers::<T>::get(worker).ok_or(Error::<T>::SlotNotBusy)?;
		let mut slots = WorkerSlots::<T>::get(worker, model);
		let before = slots.sums();
		Self::remove_duty(worker, model, &mut slots, job)?;
		Self::sync_pool(worker, model, &mut slots)?;
		record.update_sums(before, slots.sums());
		Self::store_slots(worker, model, slots);
		Self::withdraw_uncovered_slots(worker, &mut record);
		Self::store_or_remove(worker, record);
		Ok(())
	}

	/// Removes the duty in `job` from `slots`: the check, or the busy slots with the checks promised to them. An error
	/// has changed nothing.
	pub(crate) fn remove_duty(
		worker: &T::AccountId,
		model: &ModelId,
		slots: &mut SlotsOf<T>,
		job: JobId,
	) -> DispatchResult {
		if Checks::<T>::get(worker, job).as_ref() == Some(model) {
			Checks::<T>::remove(worker, job);
			slots.checks = slots.checks.saturating_sub(1);
			return Ok(());
		}
		let vacated = slots.vacate(job).ok_or(Error::<T>::SlotNotBusy)?;
		if vacated.checks > 0 {
			let mut pool = Pools::<T>::get(model);
			pool.promised_checks = pool.promised_checks.saturating_sub(vacated.checks);
			Self::store_pool(model, pool);
		}
		Ok(())
	}

	/// Takes free slots out of the pools until the stake covers those that are left, or none is free. Reads at most
	/// [`Config::MaxModels`] entries, and none if the stake covers all.
	pub(crate) fn withdraw_uncovered_slots(worker: &T::AccountId, record: &mut WorkerOf<T>) {
		if record.stake >= Self::required_stake(record.committed) {
			return;
		}
		let covered = record.stake.checked_div(&T::SlotBond::get()).unwrap_or_default();
		let covered = u32::try_from(covered.saturated_into::<u128>()).unwrap_or(u32::MAX);
		let models: Vec<_> = WorkerSlots::<T>::iter_key_prefix(worker).collect();
		for model in models {
			let surplus = record.committed.saturating_sub(covered);
			if surplus == 0 {
				break;
			}
			let mut slots = WorkerSlots::<T>::get(worker, model);
			let withdrawn = surplus.min(slots.idle());
			if withdrawn == 0 {
				continue;
			}
			let (before, previous) = (slots.sums(), slots.offered);
			slots.set_offered(previous.saturating_sub(withdrawn));
			let offered = slots.offered;
			if Self::sync_pool(worker, &model, &mut slots).is_err() {
				defensive!("a free slot can leave the pool");
				continue;
			}
			record.update_sums(before, slots.sums());
			Self::queue_change(worker, &model, previous, offered);
			Self::store_slots(worker, &model, slots);
			Self::deposit_event(Event::SlotsOffered {
				worker: worker.clone(),
				model,
				slots: offered,
			});
		}
	}

	/// Moves slots of `worker` in or out of the pool until all idle ones are in it. Returns how many moved, at most
	/// [`Config::MaxSlots`].
	pub(crate) fn sync_pool(
		worker: &T::AccountId,
		model: &ModelId,
		slots: &mut SlotsOf<T>,
	) -> Result<u32, DispatchError> {
		let missing = slots.idle().saturating_sub(slots.pooled());
		let surplus = slots.pooled().saturating_sub(slots.idle());
		let moved = missing.saturating_add(surplus);
		if moved == 0 {
			return Ok(0);
		}
		let mut pool = Pools::<T>::get(model);
		for _ in 0..missing {
			Self::push_free_slot(worker, model, &mut pool, slots)?;
		}
		for _ in 0..surplus {
			let place = *slots.free.last().ok_or(Error::<T>::InconsistentState)?;
			Self::remove_free_slot(worker, model, &mut pool, slots, place)?;
		}
		Self::store_pool(model, pool);
		Ok(moved)
	}

	/// Moves the slot of `worker` at `place` and as many others as the duty has out of the pool of `model`, and makes
	/// them busy. An error has changed nothing.
	fn occupy_slots(
		worker: &T::AccountId,
		model: &ModelId,
		mut pool: PoolInfo,
		mut slots: SlotsOf<T>,
		place: u32,
		duty: BusySlots,
	) -> DispatchResult {
		// A job and a worker always identify one duty.
		ensure!(
			duty.slots <= slots.pooled() && !slots.busy.iter().any(|other| other.job == duty.job),
			Error::<T>::InconsistentState
		);
		slots.busy.try_push(duty).map_err(|_| Error::<T>::InconsistentState)?;
		pool.promised_checks = pool.promised_checks.saturating_add(duty.checks);
		Self::remove_free_slot(worker, model, &mut pool, &mut slots, place)?;
		for _ in 1..duty.slots {
			let place = *slots.free.last().ok_or(Error::<T>::InconsistentState)?;
			Self::remove_free_slot(worker, model, &mut pool, &mut slots, place)?;
		}
		Self::store_slots(worker, model, slots);
		Self::store_pool(model, pool);
		Ok(())
	}

	/// Adds a slot of `worker` to the end of the pool. An error has changed nothing.
	fn push_free_slot(
		worker: &T::AccountId,
		model: &ModelId,
		pool: &mut PoolInfo,
		slots: &mut SlotsOf<T>,
	) -> DispatchResult {
		let place = pool.free;
		let free = place.checked_add(1).ok_or(Error::<T>::TooManySlots)?;
		slots.free.try_push(place).map_err(|_| Error::<T>::TooManySlots)?;
		FreeSlots::<T>::insert(model, place, worker);
		pool.free = free;
		Ok(())
	}

	/// Removes the slot at `place`, which is one of `slots`, from the pool, and moves the last one there. An error has
	/// changed nothing.
	fn remove_free_slot(
		worker: &T::AccountId,
		model: &ModelId,
		pool: &mut PoolInfo,
		slots: &mut SlotsOf<T>,
		place: u32,
	) -> DispatchResult {
		let last = pool.free.checked_sub(1).ok_or(Error::<T>::InconsistentState)?;
		let mover = FreeSlots::<T>::get(model, last).ok_or(Error::<T>::InconsistentState)?;
		let index = slots
			.free
			.iter()
			.position(|free| *free == place)
			.ok_or(Error::<T>::InconsistentState)?;

		slots.free.swap_remove(index);
		if place != last {
			if mover == *worker {
				renumber(&mut slots.free, last, place);
			} else {
				WorkerSlots::<T>::mutate(&mover, model, |slots| renumber(&mut slots.free, last, place));
			}
			FreeSlots::<T>::insert(model, place, mover);
		}
		FreeSlots::<T>::remove(model, last);
		pool.free = last;
		Ok(())
	}

	/// Stores `slots`, or removes the entry if nothing is left.
	pub(crate) fn store_slots(worker: &T::AccountId, model: &ModelId, slots: SlotsOf<T>) {
		if slots.is_empty() {
			WorkerSlots::<T>::remove(worker, model);
		} else {
			WorkerSlots::<T>::insert(worker, model, slots);
		}
	}

	/// Stores `pool`, or removes the entry if it is empty.
	pub(crate) fn store_pool(model: &ModelId, pool: PoolInfo) {
		if pool == PoolInfo::default() {
			Pools::<T>::remove(model);
		} else {
			Pools::<T>::insert(model, pool);
		}
	}
}

/// Returns the place that `seed` chooses uniformly among those below `size` that are not `barred`; `None` if there is
/// none. `barred` is strictly ascending.
pub(crate) fn choose_place(seed: H256, size: u32, barred: &[u32]) -> Option<u32> {
	let open = size.checked_sub(u32::try_from(barred.len()).ok()?)?;
	let nth = U256::from_little_endian(seed.as_bytes())
		.checked_rem(open.into())?
		.low_u32();
	// The place of the `nth` one that is not barred.
	let place = barred
		.iter()
		.fold(nth, |place, barred| place.saturating_add((*barred <= place).into()));
	Some(place)
}

/// Records that a slot or ticket has moved from one place to another.
pub(crate) fn renumber<MaxSlots: Get<u32>>(places: &mut BoundedVec<u32, MaxSlots>, from: u32, to: u32) {
	match places.iter_mut().find(|place| **place == from) {
		Some(place) => *place = to,
		None => {
			defensive!("a place is not in its worker's record");
		}
	}
}
