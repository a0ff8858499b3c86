//! The pools of free slots, and every way in which slots change.
//!
//! A slot enters a pool at its end. One that leaves gives its place to the last one, so places stay without gaps and only the
//! worker of that last slot has to learn of it.

use super::*;
use alloc::vec::Vec;
use assay_primitives::{
	key::WorkerKey,
	traits::{Offence, Penalised, Service, WorkerPool},
	JobId, ModelId,
};
use frame_support::{defensive, pallet_prelude::*, traits::Defensive};
use sp_core::{H256, U256};

impl<T: Config> WorkerPool<T::AccountId, BalanceOf<T>> for Pallet<T> {
	/// Uniform over the free slots of workers that are not excluded, if `seed` is uniform: the bias of the remainder is below 2^-224.
	///
	/// Reservations do not matter here: a draw that excludes workers is what they are for, and whoever may only have what is
	/// not reserved asks for [`free_slots`](WorkerPool::free_slots) first.
	fn draw(model: &ModelId, job: JobId, seed: H256, excluded: &[T::AccountId]) -> Option<T::AccountId> {
		let pool = Pools::<T>::get(model);
		let mut barred = excluded
			.iter()
			.flat_map(|worker| Serving::<T>::get(worker, model).free)
			.collect::<Vec<_>>();
		barred.sort_unstable();
		barred.dedup();
		let open = pool.free.checked_sub(u32::try_from(barred.len()).ok()?)?;
		let nth = U256::from_little_endian(seed.as_bytes())
			.checked_rem(open.into())?
			.low_u32();
		// The place of the open slot with this number, counted from the front.
		let place = barred
			.into_iter()
			.fold(nth, |place, barred| place.saturating_add((barred <= place).into()));
		let worker = Pool::<T>::get(model, place).defensive_proof("every place below the pool's size holds a slot")?;
		Self::take(&worker, model, pool, place, job)
			.defensive_proof("a slot that stands in the pool can be taken")
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

	fn release(model: &ModelId, worker: &T::AccountId, job: JobId, service: Service) -> DispatchResult {
		Self::change(worker, model, |slots| {
			ensure!(slots.vacate(job), Error::<T>::NotBusy);
			Ok(())
		})?;
		Self::count_vacated(model);
		if let Service::Answered { audit, disputed } = service {
			Records::<T>::mutate(worker, |record| {
				record.answers = record.answers.saturating_add(1);
				record.audits = record.audits.saturating_add(audit.into());
				record.disputes_won = record.disputes_won.saturating_add(disputed.into());
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
	) -> Result<Penalised<BalanceOf<T>>, DispatchError> {
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

	fn servers(model: &ModelId) -> u32 {
		Pools::<T>::get(model).servers
	}

	/// In the order of their numbers. They are at most [`Config::MaxSlots`], read out of at most [`Config::MaxModels`] entries.
	fn assigned(worker: &T::AccountId) -> Vec<JobId> {
		let mut jobs = Serving::<T>::iter_prefix_values(worker)
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
	/// Sets the slots that `worker` offers to `model`. Returns how many entered or left the pool.
	pub(crate) fn set_offered(worker: &T::AccountId, model: &ModelId, offered: u32) -> Result<u32, DispatchError> {
		ensure!(Workers::<T>::contains_key(worker), Error::<T>::NotRegistered);
		Self::change(worker, model, |slots| {
			ensure!(offered > 0 || slots.committed() > 0, Error::<T>::NotServing);
			slots.offered = offered;
			Ok(())
		})
	}

	/// Applies `change` to the slots of `worker` for `model`, refuses it if more would be committed than may be, and fits the
	/// pool to it. Returns how many slots entered or left the pool. Where at most one of them does, nothing has changed on an
	/// error.
	fn change(
		worker: &T::AccountId,
		model: &ModelId,
		change: impl FnOnce(&mut SlotsOf<T>) -> DispatchResult,
	) -> Result<u32, DispatchError> {
		let mut slots = Serving::<T>::get(worker, model);
		let before = slots.committed();
		change(&mut slots)?;
		let record = Self::recommitted(worker, before, slots.committed())?;
		let moved = Self::fit_pool(worker, model, &mut slots)?;
		Self::store(worker, model, slots);
		if let Some(record) = record {
			Workers::<T>::insert(worker, record);
		}
		Ok(moved)
	}

	/// What to store of `worker` when the slots committed to a model go from `before` to `after`, if they may; `None` if they
	/// stay as many, which is so for most that are drawn and released.
	fn recommitted(worker: &T::AccountId, before: u32, after: u32) -> Result<Option<WorkerOf<T>>, DispatchError> {
		if before == after {
			return Ok(None);
		}
		let mut record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
		record.recommit(before, after);
		if after > before {
			ensure!(record.committed <= T::MaxSlots::get(), Error::<T>::TooManySlots);
			ensure!(record.models <= T::MaxModels::get(), Error::<T>::TooManyModels);
			ensure!(
				record.stake >= Self::bond_of(record.committed),
				Error::<T>::InsufficientStake
			);
		}
		Ok(Some(record))
	}

	/// Moves slots of `worker` in or out of the pool until all that are idle stand in it. Returns how many moved; they are
	/// never more than [`Config::MaxSlots`].
	fn fit_pool(worker: &T::AccountId, model: &ModelId, slots: &mut SlotsOf<T>) -> Result<u32, DispatchError> {
		let missing = slots.idle().saturating_sub(slots.pooled());
		let surplus = slots.pooled().saturating_sub(slots.idle());
		let moved = missing.saturating_add(surplus);
		if moved == 0 {
			return Ok(0);
		}
		let mut pool = Pools::<T>::get(model);
		for _ in 0..missing {
			Self::join(worker, model, &mut pool, slots)?;
		}
		for _ in 0..surplus {
			let place = *slots.free.last().ok_or(Error::<T>::Corrupt)?;
			Self::leave(worker, model, &mut pool, slots, place)?;
		}
		Self::store_pool(model, pool);
		Ok(moved)
	}

	/// Takes the slot of `worker` at `place` out of the pool of `model` and makes it busy with `job`. On an error nothing has
	/// changed.
	fn take(worker: &T::AccountId, model: &ModelId, mut pool: PoolInfo, place: u32, job: JobId) -> DispatchResult {
		let mut slots = Serving::<T>::get(worker, model);
		// So that a job and a worker always name one slot.
		ensure!(!slots.busy.contains(&job), Error::<T>::Corrupt);
		slots.busy.try_push(job).map_err(|_| Error::<T>::Corrupt)?;
		pool.busy = pool.busy.saturating_add(1);
		Self::leave(worker, model, &mut pool, &mut slots, place)?;
		Self::store(worker, model, slots);
		Self::store_pool(model, pool);
		Ok(())
	}

	/// Takes note that a slot of `model` is busy no longer.
	pub(crate) fn count_vacated(model: &ModelId) {
		let mut pool = Pools::<T>::get(model);
		pool.busy = pool.busy.saturating_sub(1);
		Self::store_pool(model, pool);
	}

	/// Adds a slot of `worker` to the end of the pool. On an error nothing has changed.
	fn join(worker: &T::AccountId, model: &ModelId, pool: &mut PoolInfo, slots: &mut SlotsOf<T>) -> DispatchResult {
		let place = pool.free;
		let free = place.checked_add(1).ok_or(Error::<T>::TooManySlots)?;
		slots.free.try_push(place).map_err(|_| Error::<T>::TooManySlots)?;
		Pool::<T>::insert(model, place, worker);
		pool.free = free;
		if slots.free.len() == 1 {
			pool.servers = pool.servers.saturating_add(1);
		}
		Ok(())
	}

	/// Takes the slot at `place`, which is one of `slots`, out of the pool, and moves the last one there. On an error nothing
	/// has changed.
	fn leave(
		worker: &T::AccountId,
		model: &ModelId,
		pool: &mut PoolInfo,
		slots: &mut SlotsOf<T>,
		place: u32,
	) -> DispatchResult {
		let last = pool.free.checked_sub(1).ok_or(Error::<T>::Corrupt)?;
		let mover = Pool::<T>::get(model, last).ok_or(Error::<T>::Corrupt)?;
		let index = slots
			.free
			.iter()
			.position(|free| *free == place)
			.ok_or(Error::<T>::Corrupt)?;

		slots.free.swap_remove(index);
		if place != last {
			if mover == *worker {
				renumber(slots, last, place);
			} else {
				Serving::<T>::mutate(&mover, model, |slots| renumber(slots, last, place));
			}
			Pool::<T>::insert(model, place, mover);
		}
		Pool::<T>::remove(model, last);
		pool.free = last;
		if slots.free.is_empty() {
			pool.servers = pool.servers.saturating_sub(1);
		}
		Ok(())
	}

	/// Stores `slots`, or forgets them if there is nothing to remember.
	pub(crate) fn store(worker: &T::AccountId, model: &ModelId, slots: SlotsOf<T>) {
		match slots.committed() {
			0 => Serving::<T>::remove(worker, model),
			_ => Serving::<T>::insert(worker, model, slots),
		}
	}

	/// Stores `pool`, or forgets it if nobody is in it or counts on it.
	fn store_pool(model: &ModelId, pool: PoolInfo) {
		if pool == PoolInfo::default() {
			Pools::<T>::remove(model);
		} else {
			Pools::<T>::insert(model, pool);
		}
	}
}

/// Notes that a free slot has moved from one place to another.
fn renumber<MaxSlots: Get<u32>>(slots: &mut Slots<MaxSlots>, from: u32, to: u32) {
	match slots.free.iter_mut().find(|place| **place == from) {
		Some(place) => *place = to,
		None => {
			defensive!("a worker does not know of its slot in the pool");
		}
	}
}
