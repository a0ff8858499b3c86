//! What a model's status may become: pure transitions, and the one place that makes them.

use super::*;
use assay_primitives::{
	api::{Authority, ModelStatus as Status, StatusChange},
	traits::OnQuarantine,
	ModelId,
};
use frame_support::{
	pallet_prelude::*,
	traits::{fungible::hold::Mutate, tokens::Precision},
};
use sp_core::H256;
use sp_runtime::traits::Zero;

/// What can be done to a model's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
	List,
	Delist,
	Quarantine,
	Release,
	Retire,
}

impl Change {
	/// All there are.
	#[cfg(any(feature = "std", feature = "try-runtime"))]
	pub(crate) const ALL: [Self; 5] = [Self::List, Self::Delist, Self::Quarantine, Self::Release, Self::Retire];

	/// What a model of this status becomes, or why it cannot change so.
	pub(crate) fn apply<T: Config>(self, status: Status) -> Result<Status, Error<T>> {
		match (status, self) {
			(Status::Retired, _) => Err(Error::AlreadyRetired),
			(_, Self::Retire) => Ok(Status::Retired),
			(Status::Open, Self::List) => Ok(Status::Listed),
			(Status::Listed, Self::List) => Err(Error::AlreadyListed),
			(Status::Listed, Self::Delist) => Ok(Status::Open),
			(Status::Open, Self::Delist) => Err(Error::NotListed),
			(Status::Open, Self::Quarantine) => Ok(Status::Quarantined { listed: false }),
			(Status::Listed, Self::Quarantine) => Ok(Status::Quarantined { listed: true }),
			(Status::Quarantined { listed: true }, Self::Release) => Ok(Status::Listed),
			(Status::Quarantined { listed: false }, Self::Release) => Ok(Status::Open),
			(Status::Quarantined { .. }, _) => Err(Error::InQuarantine),
			(_, Self::Release) => Err(Error::NotQuarantined),
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Changes the status of the model called `id`, and notes who did it and why.
	pub(crate) fn do_change(id: ModelId, change: Change, by: Authority, reason: Option<H256>) -> DispatchResult {
		let mut model = Models::<T>::get(id).ok_or(Error::<T>::UnknownModel)?;
		let status = change.apply::<T>(model.status)?;
		if change == Change::Quarantine {
			T::OnQuarantine::on_quarantine(&id)?;
		}
		if status == Status::Retired {
			T::Currency::release(
				&HoldReason::Deposit.into(),
				&model.owner,
				model.deposit,
				Precision::Exact,
			)?;
			model.deposit = Zero::zero();
		}
		model.status = status;
		Models::<T>::insert(id, model);
		let at = frame_system::Pallet::<T>::block_number();
		History::<T>::mutate(id, |history| {
			if history.is_full() {
				history.remove(0);
			}
			// There is room now.
			let _ = history.try_push(StatusChange { at, by, status, reason });
		});
		Self::deposit_event(Event::StatusChanged {
			model: id,
			status,
			by,
			reason,
		});
		Ok(())
	}

	/// By which right `origin` may quarantine a model.
	pub(crate) fn ensure_may_quarantine(origin: T::RuntimeOrigin) -> Result<Authority, DispatchError> {
		match T::ModelOrigin::try_origin(origin) {
			Ok(_) => Ok(Authority::ModelOrigin),
			Err(origin) => {
				T::QuarantineOrigin::ensure_origin(origin)?;
				Ok(Authority::QuarantineOrigin)
			}
		}
	}
}
