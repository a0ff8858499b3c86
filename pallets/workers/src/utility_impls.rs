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
		let Record { answers, no_shows } = Records::<T>::get(worker);
		Some(WorkerInfo {
			key,
			stake,
			unbonding: unbonding.into_iter().map(|chunk| (chunk.amount, chunk.at)).collect(),
			// At most `MaxModels` of them.
			slots: Serving::<T>::iter_prefix(worker)
				.map(|(model, slots)| SlotsInfo {
					model,
					offered: slots.offered,
					busy: slots.busy,
				})
				.collect(),
			answers,
			no_shows,
		})
	}

	/// The stake that `slots` call for.
	pub(crate) fn bond_of(slots: u32) -> BalanceOf<T> {
		T::SlotBond::get().saturating_mul(slots.into())
	}
}
