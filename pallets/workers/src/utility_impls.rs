use super::*;
use assay_primitives::api::{SlotsInfo, WorkerInfo};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::Saturating;

impl<T: Config> Pallet<T> {
	/// A worker, its stake, its slots and its record.
	pub fn info(worker: &T::AccountId) -> Option<WorkerInfo<BalanceOf<T>, BlockNumberFor<T>>> {
		let Worker {
			key, stake, unbonding, ..
		} = Workers::<T>::get(worker)?;
		Some(WorkerInfo {
			key,
			stake,
			unbonding: unbonding.into_iter().map(|chunk| (chunk.amount, chunk.at)).collect(),
			// At most `MaxModels` of them.
			slots: Serving::<T>::iter_prefix(worker)
				.map(|(model, slots)| SlotsInfo {
					model,
					offered: slots.offered,
					busy: slots.in_use(),
				})
				.collect(),
			record: Records::<T>::get(worker),
		})
	}

	/// Stores a worker, or forgets it with its key if nothing of it is left.
	pub(crate) fn keep_or_forget(worker: &T::AccountId, record: WorkerOf<T>) {
		if record.is_gone() {
			KeyOwners::<T>::remove(&record.key);
			Workers::<T>::remove(worker);
			Self::deposit_event(Event::Left { worker: worker.clone() });
		} else {
			Workers::<T>::insert(worker, record);
		}
	}

	/// The stake that `slots` call for.
	pub(crate) fn bond_of(slots: u32) -> BalanceOf<T> {
		T::SlotBond::get().saturating_mul(slots.into())
	}
}
