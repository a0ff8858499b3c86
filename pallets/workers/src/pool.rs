//! The pools of free slots, and every way in which slots change.
//!
//! A slot enters a pool at its end. One that leaves gives its place to the last one, so places stay without gaps and only the
//! worker of that last slot has to learn of it.

use super::*;
use assay_primitives::{
	key::WorkerKey,
	traits::{Service, WorkerPool},
	ModelId,
};
use frame_support::{defensive, pallet_prelude::*};
use sp_core::{H256, U256};

impl<T: Config> WorkerPool<T::AccountId> for Pallet<T> {
	/// Uniform over the free slots if `seed` is uniform: the bias of the remainder is below 2^-224.
	fn draw(model: &ModelId, seed: H256) -> Option<T::AccountId> {
		let size = PoolSize::<T>::get(model);
		let place = U256::from_little_endian(seed.as_bytes())
			.checked_rem(size.into())?
			.low_u32();
		let drawn = Self::take(model, place);
		if drawn.is_none() {
			defensive!("a place below the pool's size holds no slot");
		}
		drawn
	}

	fn release(model: &ModelId, worker: &T::AccountId, service: Service) -> DispatchResult {
		Self::change(worker, model, |slots| {
			slots.busy = slots.busy.checked_sub(1).ok_or(Error::<T>::NotBusy)?;
			if service == Service::NoShow {
				slots.offered = slots.offered.saturating_sub(1);
			}
			Ok(())
		})?;
		Records::<T>::mutate(worker, |record| match service {
			Service::Answered => record.answers = record.answers.saturating_add(1),
			Service::NoShow => record.no_shows = record.no_shows.saturating_add(1),
		});
		if service == Service::NoShow {
			Self::deposit_event(Event::SlotLost {
				worker: worker.clone(),
				model: *model,
			});
		}
		Ok(())
	}

	fn free_slots(model: &ModelId) -> u32 {
		PoolSize::<T>::get(model)
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
		Self::change(worker, model, |slots| {
			ensure!(offered > 0 || slots.committed() > 0, Error::<T>::NotServing);
			slots.offered = offered;
			Ok(())
		})
	}

	/// Applies `change` to the slots of `worker` for `model`, refuses it if more would be committed than may be, and fits the
	/// pool to it. Returns how many slots entered or left the pool.
	fn change(
		worker: &T::AccountId,
		model: &ModelId,
		change: impl FnOnce(&mut SlotsOf<T>) -> DispatchResult,
	) -> Result<u32, DispatchError> {
		let mut record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
		let mut slots = Serving::<T>::get(worker, model);
		let before = slots.committed();
		change(&mut slots)?;
		let after = slots.committed();

		record.committed = record.committed.saturating_sub(before).saturating_add(after);
		match (before, after) {
			(0, 1..) => record.models = record.models.saturating_add(1),
			(1.., 0) => record.models = record.models.saturating_sub(1),
			_ => {}
		}
		if after > before {
			ensure!(record.committed <= T::MaxSlots::get(), Error::<T>::TooManySlots);
			ensure!(record.models <= T::MaxModels::get(), Error::<T>::TooManyModels);
			ensure!(
				record.stake >= Self::bond_of(record.committed),
				Error::<T>::InsufficientStake
			);
		}

		let moved = Self::fit_pool(worker, model, &mut slots)?;
		Self::store(worker, model, slots);
		Workers::<T>::insert(worker, record);
		Ok(moved)
	}

	/// Moves slots of `worker` in or out of the pool until all that are idle stand in it. Returns how many moved; they are
	/// never more than [`Config::MaxSlots`].
	fn fit_pool(worker: &T::AccountId, model: &ModelId, slots: &mut SlotsOf<T>) -> Result<u32, DispatchError> {
		let missing = slots.idle().saturating_sub(slots.pooled());
		for _ in 0..missing {
			Self::join(worker, model, slots)?;
		}
		let surplus = slots.pooled().saturating_sub(slots.idle());
		for _ in 0..surplus {
			let place = *slots.free.last().ok_or(Error::<T>::Corrupt)?;
			Self::leave(worker, model, slots, place)?;
		}
		Ok(missing.saturating_add(surplus))
	}

	/// Takes the slot at `place` out of the pool of `model` and counts it as busy. Changes nothing if there is none.
	fn take(model: &ModelId, place: u32) -> Option<T::AccountId> {
		let worker = Pool::<T>::get(model, place)?;
		let mut slots = Serving::<T>::get(&worker, model);
		Self::leave(&worker, model, &mut slots, place).ok()?;
		slots.busy = slots.busy.saturating_add(1);
		Self::store(&worker, model, slots);
		Some(worker)
	}

	/// Adds a slot of `worker` to the end of the pool.
	fn join(worker: &T::AccountId, model: &ModelId, slots: &mut SlotsOf<T>) -> DispatchResult {
		let place = PoolSize::<T>::get(model);
		let size = place.checked_add(1).ok_or(Error::<T>::TooManySlots)?;
		slots.free.try_push(place).map_err(|_| Error::<T>::TooManySlots)?;
		Pool::<T>::insert(model, place, worker);
		PoolSize::<T>::insert(model, size);
		Ok(())
	}

	/// Takes the slot at `place`, which is one of `slots`, out of the pool, and moves the last one there. On an error nothing
	/// has changed.
	fn leave(worker: &T::AccountId, model: &ModelId, slots: &mut SlotsOf<T>, place: u32) -> DispatchResult {
		let last = PoolSize::<T>::get(model).checked_sub(1).ok_or(Error::<T>::Corrupt)?;
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
		match last {
			0 => PoolSize::<T>::remove(model),
			size => PoolSize::<T>::insert(model, size),
		}
		Ok(())
	}

	/// Stores `slots`, or forgets them if there is nothing to remember.
	fn store(worker: &T::AccountId, model: &ModelId, slots: SlotsOf<T>) {
		match slots.committed() {
			0 => Serving::<T>::remove(worker, model),
			_ => Serving::<T>::insert(worker, model, slots),
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
