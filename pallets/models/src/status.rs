//! The transitions of a model's status as pure functions, and the one place that applies them.

use super::*;
use assay_primitives::{
	api::{Authority, ModelStatus as Status, Rejection, StatusChange},
	traits::OnQuarantine,
	ModelId,
};
use frame_support::pallet_prelude::*;
use sp_core::H256;

/// A transition of a model's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
	Open,
	Reject(Rejection),
	Resubmit,
	List,
	Delist,
	Quarantine,
	Release,
	Retire,
	Bar,
}

impl Transition {
	/// Returns the status after this transition, or why a model with `status` cannot take it.
	pub(crate) fn apply<T: Config>(self, status: Status) -> Result<Status, Error<T>> {
		match (status, self) {
			(Status::Rejected(_) | Status::Retired, Self::Resubmit) => Ok(Status::Probation),
			(Status::Barred, Self::Resubmit) => Err(Error::Barred),
			(_, Self::Resubmit) => Err(Error::AlreadySubmitted),
			(Status::Probation, Self::Open) => Ok(Status::Open),
			(Status::Probation, Self::Reject(why)) => Ok(Status::Rejected(why)),
			(_, Self::Open | Self::Reject(_)) => Err(Error::NotOnProbation),
			(Status::Barred, Self::Release) => Ok(Status::Retired),
			(Status::Barred, _) => Err(Error::Barred),
			// Otherwise an owner could retire its model before a vote is enacted, and submit it again after it.
			(Status::Probation | Status::Rejected(_) | Status::Retired, Self::Quarantine) => Ok(Status::Barred),
			(_, Self::Bar) => Ok(Status::Barred),
			(Status::Probation, _) => Err(Error::OnProbation),
			(Status::Rejected(_), _) => Err(Error::Rejected),
			(Status::Retired, _) => Err(Error::Retired),
			(Status::Open | Status::Listed, Self::Retire) => Ok(Status::Retired),
			(Status::Quarantined { .. }, Self::Retire) => Ok(Status::Barred),
			(Status::Open, Self::List) => Ok(Status::Listed),
			(Status::Listed, Self::List) => Err(Error::AlreadyListed),
			(Status::Listed, Self::Delist) => Ok(Status::Open),
			(Status::Open, Self::Delist) => Err(Error::NotListed),
			(Status::Open, Self::Quarantine) => Ok(Status::Quarantined { listed: false }),
			(Status::Listed, Self::Quarantine) => Ok(Status::Quarantined { listed: true }),
			(Status::Quarantined { listed: true }, Self::Release) => Ok(Status::Listed),
			(Status::Quarantined { listed: false }, Self::Release) => Ok(Status::Open),
			(Status::Quarantined { .. }, _) => Err(Error::Quarantined),
			(_, Self::Release) => Err(Error::NotQuarantined),
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Changes the status of the model with this id, and records the authority and the reason. An error has changed
	/// nothing.
	pub(crate) fn apply_transition(
		id: ModelId,
		transition: Transition,
		by: Authority,
		reason: Option<H256>,
	) -> DispatchResult {
		let mut model = Models::<T>::get(id).ok_or(Error::<T>::UnknownModel)?;
		let status = transition.apply::<T>(model.status)?;
		if status.is_stopped() && !model.status.is_stopped() {
			T::OnQuarantine::on_quarantine(&id)?;
		}
		if transition == Transition::Reject(Rejection::NotReproduced) {
			Self::charge_failed_probe(id, &mut model)?;
		}
		if status.has_ended() && !model.status.has_ended() {
			ModelMetadata::<T>::remove(id);
			Manifests::<T>::remove(id);
			GoldenInputs::<T>::remove(id);
			let due = Self::deposit_for_record(&model.spec).min(model.deposit);
			Self::update_deposit(&mut model, due)?;
		}
		model.reproduced |= transition == Transition::Open;
		model.status = status;
		Models::<T>::insert(id, model);
		Self::record_change(id, status, by, reason);
		Self::deposit_event(Event::StatusChanged {
			model: id,
			status,
			by,
			reason,
		});
		Ok(())
	}

	/// Records the new status of the model with this id in its history.
	pub(crate) fn record_change(id: ModelId, status: Status, by: Authority, reason: Option<H256>) {
		let at = frame_system::Pallet::<T>::block_number();
		History::<T>::mutate(id, |history| {
			if history.is_full() {
				history.remove(0);
			}
			// There is room for one more.
			let _ = history.try_push(StatusChange { at, by, status, reason });
		});
	}

	/// Returns the authority by which `origin` may quarantine a model.
	pub(crate) fn ensure_quarantine_origin(origin: T::RuntimeOrigin) -> Result<Authority, DispatchError> {
		match T::ModelOrigin::try_origin(origin) {
			Ok(_) => Ok(Authority::ModelOrigin),
			Err(origin) => {
				T::QuarantineOrigin::ensure_origin(origin)?;
				Ok(Authority::QuarantineOrigin)
			}
		}
	}
}
