//! The pools of free slots, and every change of slots.
//!
//! A slot enters a pool at its end. The last one takes the place of a slot that leaves, so places have no gaps and only
//! the record of the worker of that last slot changes.

use super::*;
use alloc::vec::Vec;
use assay_primitives::{
	api::Role,
	key::WorkerKey,
	traits::{Offence, Penalty, SlotUse, WorkerPool},
	JobId, ModelId,
};
use frame_support::{defensive, pallet_prelude::*, traits::Defensive};
use sp_core::{H256, U256};

impl<T: Config> WorkerPool<T::AccountId, BalanceOf<T>> for Pallet<T> {
	/// Draws uniformly from the free slots of workers that are not excluded, if `seed` is uniform: the bias of the
	/// remainder is below 2^-224.
	///
	/// Ignores reservations: they exist for draws that exclude workers. A caller that may only draw unreserved slots
	/// reads [`free_slots`](WorkerPool::free_slots) first.
	fn draw(model: &ModelId, job: JobId, seed: H256, excluded: &[T::AccountId]) -> Option<T::AccountId> {
		let pool = Pools::<T>::get(model);
		let mut barred = excluded
			.iter()
			.flat_map(|worker| WorkerSlots::<T>::get(worker, model).free)
			.collect::<Vec<_>>();
		barred.sort_unstable();
		barred.dedup();
		let open = pool.free.checked_sub(u32::try_from(barred.len()).ok()?)?;
		let nth = U256::from_little_endian(seed.as_bytes())
			.checked_rem(open.into())?
			.low_u32();
		// The place of the `nth` slot that is not barred.
		let place = barred
			.into_iter()
			.fold(nth, |place, barred| place.saturating_add((barred <= place).into()));
		let worker =
			FreeSlots::<T>::get(model, place).defensive_proof("every place below the pool's size holds a slot")?;
		Self::occupy_slot(&worker, model, pool, place, job)
			.defensive_proof("a slot in the pool can be drawn")
			.ok()?;
		Some(worker)
	}

	fn reserve(model: &ModelId, slots: u32) -> bool {
		let mut pool = Pools::<T>::get(model);
		if slots > pool.available() {
			return false;
		}
		if slots > 0 {
			pool.reserved = pool.reserved.saturating_add(slots);
			Self::store_pool(model, pool);
		}
		true
	}

	fn unreserve(model: &ModelId, slots: u32) {
		if slots == 0 {
			return;
		}
		let mut pool = Pools::<T>::get(model);
		if slots > pool.reserved {
			defensive!("more is unreserved than was reserved");
		}
		pool.reserved = pool.reserved.saturating_sub(slots);
		Self::store_pool(model, pool);
	}

	fn release(model: &ModelId, worker: &T::AccountId, job: JobId, slot_use: SlotUse) -> DispatchResult {
		Self::update_slots(worker, model, |slots| {
			ensure!(slots.vacate(job), Error::<T>::SlotNotBusy);
			Ok(())
		})?;
		Self::decrement_busy(model);
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

	fn free_slots(model: &ModelId) -> u32 {
		Pools::<T>::get(model).available()
	}

	fn idle_slots(model: &ModelId) -> u32 {
		Pools::<T>::get(model).free
	}

	fn slots_in_service(model: &ModelId) -> u32 {
		let pool = Pools::<T>::get(model);
		pool.free.saturating_add(pool.busy)
	}

	fn available_workers(model: &ModelId) -> u32 {
		Pools::<T>::get(model).available_workers
	}

	/// Returns the jobs in ascending order: at most [`Config::MaxSlots`], from at most [`Config::MaxModels`] entries.
	fn assigned_jobs(worker: &T::AccountId) -> Vec<JobId> {
		let mut jobs = WorkerSlots::<T>::iter_prefix_values(worker)
			.flat_map(|slots| slots.busy)
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
	/// Sets the number of slots that `worker` offers to `model`. Returns how many entered or left the pool.
	pub(crate) fn set_offered(worker: &T::AccountId, model: &ModelId, offered: u32) -> Result<u32, DispatchError> {
		ensure!(Workers::<T>::contains_key(worker), Error::<T>::NotRegistered);
		Self::update_slots(worker, model, |slots| {
			ensure!(offered > 0 || slots.committed() > 0, Error::<T>::NotServing);
			slots.offered = offered;
			Ok(())
		})
	}

	/// Applies `change` to the slots of `worker` for `model`, and updates the pool. Refuses to commit more slots than
	/// the limits and the stake allow. Returns how many slots entered or left the pool. If at most one does, an error
	/// has changed nothing.
	fn update_slots(
		worker: &T::AccountId,
		model: &ModelId,
		change: impl FnOnce(&mut SlotsOf<T>) -> DispatchResult,
	) -> Result<u32, DispatchError> {
		let mut slots = WorkerSlots::<T>::get(worker, model);
		let before = slots.committed();
		change(&mut slots)?;
		let record = Self::updated_record(worker, before, slots.committed())?;
		let moved = Self::sync_pool(worker, model, &mut slots)?;
		Self::store_slots(worker, model, slots);
		if let Some(record) = record {
			Workers::<T>::insert(worker, record);
		}
		Ok(moved)
	}

	/// Returns the updated record of `worker` after the slots committed to a model have changed from `before` to
	/// `after`, or `None` if their number is unchanged, as for most draws and releases. Refuses if they exceed the
	/// limits or the stake.
	fn updated_record(worker: &T::AccountId, before: u32, after: u32) -> Result<Option<WorkerOf<T>>, DispatchError> {
		if before == after {
			return Ok(None);
		}
		let mut record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
		record.update_committed(before, after);
		if after > before {
			ensure!(record.committed <= T::MaxSlots::get(), Error::<T>::TooManySlots);
			ensure!(record.models <= T::MaxModels::get(), Error::<T>::TooManyModels);
			ensure!(
				record.stake >= Self::required_stake(record.committed),
				Error::<T>::InsufficientStake
			);
		}
		Ok(Some(record))
	}

	/// Moves slots of `worker` in or out of the pool until all idle ones are in it. Returns how many moved, at most
	/// [`Config::MaxSlots`].
	fn sync_pool(worker: &T::AccountId, model: &ModelId, slots: &mut SlotsOf<T>) -> Result<u32, DispatchError> {
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

	/// Moves the slot of `worker` at `place` out of the pool of `model`, and makes it busy with `job`. An error has
	/// changed nothing.
	fn occupy_slot(
		worker: &T::AccountId,
		model: &ModelId,
		mut pool: PoolInfo,
		place: u32,
		job: JobId,
	) -> DispatchResult {
		let mut slots = WorkerSlots::<T>::get(worker, model);
		// A job and a worker always identify one slot.
		ensure!(!slots.busy.contains(&job), Error::<T>::InconsistentState);
		slots.busy.try_push(job).map_err(|_| Error::<T>::InconsistentState)?;
		pool.busy = pool.busy.saturating_add(1);
		Self::remove_free_slot(worker, model, &mut pool, &mut slots, place)?;
		Self::store_slots(worker, model, slots);
		Self::store_pool(model, pool);
		Ok(())
	}

	/// Decrements the number of busy slots of `model`.
	pub(crate) fn decrement_busy(model: &ModelId) {
		let mut pool = Pools::<T>::get(model);
		pool.busy = pool.busy.saturating_sub(1);
		Self::store_pool(model, pool);
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
		if slots.free.len() == 1 {
			pool.available_workers = pool.available_workers.saturating_add(1);
		}
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
				renumber(slots, last, place);
			} else {
				WorkerSlots::<T>::mutate(&mover, model, |slots| renumber(slots, last, place));
			}
			FreeSlots::<T>::insert(model, place, mover);
		}
		FreeSlots::<T>::remove(model, last);
		pool.free = last;
		if slots.free.is_empty() {
			pool.available_workers = pool.available_workers.saturating_sub(1);
		}
		Ok(())
	}

	/// Stores `slots`, or removes the entry if none are committed.
	pub(crate) fn store_slots(worker: &T::AccountId, model: &ModelId, slots: SlotsOf<T>) {
		match slots.committed() {
			0 => WorkerSlots::<T>::remove(worker, model),
			_ => WorkerSlots::<T>::insert(worker, model, slots),
		}
	}

	/// Stores `pool`, or removes the entry if it is empty.
	fn store_pool(model: &ModelId, pool: PoolInfo) {
		if pool == PoolInfo::default() {
			Pools::<T>::remove(model);
		} else {
			Pools::<T>::insert(model, pool);
		}
	}
}

/// Records that a free slot has moved from one place to another.
fn renumber<MaxSlots: Get<u32>>(slots: &mut Slots<MaxSlots>, from: u32, to: u32) {
	match slots.free.iter_mut().find(|place| **place == from) {
		Some(place) => *place = to,
		None => {
			defensive!("a slot in the pool is not in its worker's record");
		}
	}
}
