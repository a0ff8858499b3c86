//! Penalties for offences.

use super::*;
use assay_primitives::{
	traits::{Offence, Penalty},
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
	/// Takes `amount`, but at most a bond for each slot of the duty and at most what there is, from the stake of
	/// `worker`, and from its unbonding chunks where the stake does not reach. Pays each of `payees` its part, in order
	/// and as far as the amount reaches, and burns the rest. The duty in `job` ends, and a slot is lost for each bond
	/// of which something is to be taken, at least one. An error has changed nothing.
	///
	/// The slot lost to a penalty for a check is a free one, if there is one. A check shares its stake with the slots,
	/// so further free slots may leave the pools until the stake covers the others.
	pub(crate) fn do_penalise(
		model: &ModelId,
		worker: &T::AccountId,
		job: JobId,
		offence: Offence,
		amount: BalanceOf<T>,
		payees: &[(T::AccountId, BalanceOf<T>)],
	) -> Result<Penalty<BalanceOf<T>>, DispatchError> {
		let mut record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
		let mut slots = WorkerSlots::<T>::get(worker, model);
		let bonds = slots.bonds_in(job);
		let taken = record.take(amount.min(Self::required_stake(bonds)));
		let lost = (1..bonds).find(|n| Self::required_stake(*n) >= amount).unwrap_or(bonds);
		let (burned, lost) = with_storage_layer(|| {
			let (before, previous) = (slots.sums(), slots.offered);
			Self::remove_duty(worker, model, &mut slots, job)?;
			slots.set_offered(previous.saturating_sub(lost));
			Self::queue_change(worker, model, previous, slots.offered);
			Self::sync_pool(worker, model, &mut slots)?;
			record.update_sums(before, slots.sums());
			Self::store_slots(worker, model, slots);
			Self::withdraw_uncovered_slots(worker, &mut record);
			let burned = Self::confiscate(worker, taken, payees)?;
			Ok::<_, DispatchError>((burned, lost.min(previous)))
		})?;
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
		if lost > 0 {
			Self::deposit_event(Event::SlotsLost {
				worker: worker.clone(),
				model: *model,
				slots: lost,
			});
		}
		Self::store_or_remove(worker, record);
		Ok(Penalty { taken, burned })
	}

	/// Takes `amount` from the stake on hold of `worker`, pays `payees` and burns the rest. Returns what was burned.
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

	/// Pays `part` of the stake on hold of `worker` to `payee`, who may be the worker itself. Fails, and changes
	/// nothing, if the part is too small for the payee's account to exist.
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
