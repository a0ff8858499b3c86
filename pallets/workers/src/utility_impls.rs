//! What clients read, and what the other parts share.

use super::*;
use assay_primitives::api::{SlotsInfo, WorkerInfo};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::Saturating;

impl<T: Config> Pallet<T> {
	/// Returns a worker: its stake, its slots and its record.
	pub fn info(worker: &T::AccountId) -> Option<WorkerInfo<BalanceOf<T>, BlockNumberFor<T>>> {
		let Worker {
			key, stake, unbonding, ..
		} = Workers::<T>::get(worker)?;
		Some(WorkerInfo {
			key,
			stake,
			unbonding: unbonding
				.into_iter()
				.map(|chunk| (chunk.amount, chunk.matures_at))
				.collect(),
			// At most `MaxModels` of them.
			slots: WorkerSlots::<T>::iter_prefix(worker)
				.map(|(model, slots)| SlotsInfo {
					model,
					offered: slots.offered,
					busy: slots.in_use(),
					tickets: slots.listed(),
					checks: slots.checks,
				})
				.collect(),
			record: Records::<T>::get(worker),
		})
	}

	/// Stores a worker, or removes it with its key if nothing of it is left.
	pub(crate) fn store_or_remove(worker: &T::AccountId, record: WorkerOf<T>) {
		if record.is_empty() {
			KeyOwners::<T>::remove(&record.key);
			Workers::<T>::remove(worker);
			Self::deposit_event(Event::Deregistered { worker: worker.clone() });
		} else {
			Workers::<T>::insert(worker, record);
		}
	}

	/// Returns the stake that `slots` slots require.
	pub(crate) fn required_stake(slots: u32) -> BalanceOf<T> {
		T::SlotBond::get().saturating_mul(slots.into())
	}
}
