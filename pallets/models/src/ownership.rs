//! What an owner may do to its model: describe it anew, hand it on, end it.

use super::*;
use assay_primitives::{
	api::{Authority, ModelStatus as Status},
	metadata::Metadata,
	probe::Statement,
	ModelId,
};
use frame_support::pallet_prelude::*;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_retire(owner: T::AccountId, id: ModelId) -> DispatchResult {
		Self::tended(id, &owner)?;
		Self::do_change(id, Change::Retire, Authority::Owner, None)
	}

	pub(crate) fn do_describe(owner: T::AccountId, id: ModelId, metadata: Metadata) -> DispatchResult {
		let mut model = Self::tended(id, &owner)?;
		Self::ensure_readable(&metadata)?;
		let statement = Self::statement(&id).ok_or(Error::<T>::UnknownModel)?;
		let due = Self::deposit_for(&model.spec, &metadata, &statement);
		Self::adjust_deposit(&mut model, due)?;
		let status = model.status;
		Models::<T>::insert(id, model);
		Cards::<T>::insert(id, metadata);
		Self::deposit_event(Event::Described { model: id });
		Self::leave_list(id, status)
	}

	pub(crate) fn do_transfer(owner: T::AccountId, id: ModelId, to: T::AccountId) -> DispatchResult {
		let mut model = Self::tended(id, &owner)?;
		ensure!(model.status != Status::Probation, Error::<T>::OnProbation);
		Self::move_deposit(HoldReason::Deposit, &owner, &to, model.deposit)?;
		model.owner = to.clone();
		let status = model.status;
		Models::<T>::insert(id, model);
		Self::deposit_event(Event::Transferred {
			model: id,
			from: owner,
			to,
		});
		Self::leave_list(id, status)
	}

	/// Token holders voted for a model of this owner that is so described. For another they may vote anew.
	fn leave_list(id: ModelId, status: Status) -> DispatchResult {
		match status {
			Status::Listed => Self::do_change(id, Change::Delist, Authority::Owner, None),
			_ => Ok(()),
		}
	}

	/// The model called `id`, if `owner` has it and it has not ended.
	pub(crate) fn tended(id: ModelId, owner: &T::AccountId) -> Result<ModelOf<T>, Error<T>> {
		let model = Models::<T>::get(id).ok_or(Error::<T>::UnknownModel)?;
		ensure!(model.owner == *owner, Error::<T>::NotOwner);
		match model.status {
			Status::Rejected(_) => Err(Error::Rejected),
			Status::Retired => Err(Error::AlreadyRetired),
			_ => Ok(model),
		}
	}

	/// What the owner of the model called `id` states of it.
	pub(crate) fn statement(id: &ModelId) -> Option<Statement> {
		Some(Statement {
			manifest: Manifests::<T>::get(id)?,
			golden: Goldens::<T>::get(id)?,
		})
	}
}
