//! What an offence costs.

use super::*;
use assay_primitives::{
	traits::{Offence, Penalised},
	JobId, ModelId,
};
use frame_support::{
	pallet_prelude::*,
	storage::with_storage_layer,
	traits::{
		fungible::hold::Mutate,
		tokens::{Fortitude, Precision, Restriction},
	},
};
use sp_runtime::Saturating;

impl<T: Config> Pallet<T> {
	/// Takes `amount`, but no more than the slot bond and than there is, from the active stake of `worker`. Pays each of
	/// `payees` its part, in their order and as far as it reaches, and burns the rest. The slot that is busy with `job` is
	/// lost. On an error nothing has changed.
	///
	/// No slot enters or leaves the pool: a slot more than are offered does not return to it, and one that is offered is offered no
	/// more. As one slot fewer is committed and no more than its bond is taken, what is left of the stake covers what is left
	/// of the slots.
	pub(crate) fn do_penalise(
		model: &ModelId,
		worker: &T::AccountId,
		job: JobId,
		offence: Offence,
		amount: BalanceOf<T>,
		payees: &[(T::AccountId, BalanceOf<T>)],
	) -> Result<Penalised<BalanceOf<T>>, DispatchError> {
		let mut record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
		let mut slots = Serving::<T>::get(worker, model);
		let before = slots.committed();
		ensure!(slots.vacate(job), Error::<T>::NotBusy);
		slots.offered = slots.offered.saturating_sub(1);
		record.recommit(before, slots.committed());

		let taken = amount.min(T::SlotBond::get()).min(record.stake);
		record.stake = record.stake.saturating_sub(taken);
		let burned = with_storage_layer(|| Self::confiscate(worker, taken, payees))?;

		Self::store(worker, model, slots);
		Self::count_vacated(model);
		Records::<T>::mutate(worker, |record| match offence {
			Offence::NoShow => record.no_shows = record.no_shows.saturating_add(1),
			Offence::Silence => record.wrong = record.wrong.saturating_add(1),
			Offence::WrongAnswer => {
				record.wrong = record.wrong.saturating_add(1);
				record.disputes_lost = record.disputes_lost.saturating_add(1);
			}
		});
		if !taken.is_zero() {
			Self::deposit_event(Event::Slashed {
				worker: worker.clone(),
				model: *model,
				job,
				amount: taken,
				burned,
			});
		}
		Self::deposit_event(Event::SlotLost {
			worker: worker.clone(),
			model: *model,
		});
		Self::keep_or_forget(worker, record);
		Ok(Penalised { taken, burned })
	}

	/// Takes `amount` out of the held stake of `worker`, pays `payees` and burns the rest. Returns what was burned.
	fn confiscate(
		worker: &T::AccountId,
		amount: BalanceOf<T>,
		payees: &[(T::AccountId, BalanceOf<T>)],
	) -> Result<BalanceOf<T>, DispatchError> {
		let mut rest = amount;
		for (payee, part) in payees {
			let part = rest.min(*part);
			if !part.is_zero() && Self::pay(worker, payee, part).is_ok() {
				rest = rest.saturating_sub(part);
			}
		}
		if !rest.is_zero() {
			T::Currency::burn_held(
				&HoldReason::Stake.into(),
				worker,
				rest,
				Precision::Exact,
				Fortitude::Force,
			)?;
		}
		Ok(rest)
	}

	/// Pays `part` of the held stake of `worker` to `payee`, who may be the worker itself. On an error nothing has changed: the
	/// payee's account cannot exist with so little.
	fn pay(worker: &T::AccountId, payee: &T::AccountId, part: BalanceOf<T>) -> DispatchResult {
		let reason = HoldReason::Stake.into();
		with_storage_layer(|| {
			if payee == worker {
				T::Currency::release(&reason, worker, part, Precision::Exact)?;
			} else {
				T::Currency::transfer_on_hold(
					&reason,
					worker,
					payee,
					part,
					Precision::Exact,
					Restriction::Free,
					Fortitude::Force,
				)?;
			}
			Ok(())
		})
	}
}
