//! The calls of a model's owner: replace its metadata, transfer it, retire it.

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
		Self::ensure_owner(id, &owner)?;
		Self::apply_transition(id, Transition::Retire, Authority::Owner, None)
	}

	pub(crate) fn do_set_metadata(owner: T::AccountId, id: ModelId, metadata: Metadata) -> DispatchResult {
		let mut model = Self::ensure_owner(id, &owner)?;
		Self::ensure_valid_metadata(&metadata)?;
		let statement = Self::statement(&id).ok_or(Error::<T>::UnknownModel)?;
		let due = Self::deposit_for(&model.spec, &metadata, &statement);
		Self::update_deposit(&mut model, due)?;
		let status = model.status;
		Models::<T>::insert(id, model);
		ModelMetadata::<T>::insert(id, metadata);
		Self::deposit_event(Event::MetadataUpdated { model: id });
		Self::delist_if_listed(id, status)
	}

	pub(crate) fn do_transfer(owner: T::AccountId, id: ModelId, to: T::AccountId) -> DispatchResult {
		let mut model = Self::ensure_owner(id, &owner)?;
		ensure!(model.status != Status::Probation, Error::<T>::OnProbation);
		Self::move_deposit(HoldReason::ModelDeposit, &owner, &to, model.deposit)?;
		model.owner = to.clone();
		let status = model.status;
		Models::<T>::insert(id, model);
		Self::deposit_event(Event::Transferred {
			model: id,
			from: owner,
			to,
		});
		Self::delist_if_listed(id, status)
	}

	/// Delists a listed model: token holders voted for the old owner or metadata, and may vote again.
	fn delist_if_listed(id: ModelId, status: Status) -> DispatchResult {
		match status {
			Status::Listed => Self::apply_transition(id, Transition::Delist, Authority::Owner, None),
			_ => Ok(()),
		}
	}

	/// Returns the model with this id. Refuses if `owner` does not own it, or if it has ended.
	pub(crate) fn ensure_owner(id: ModelId, owner: &T::AccountId) -> Result<ModelOf<T>, Error<T>> {
		let model = Models::<T>::get(id).ok_or(Error::<T>::UnknownModel)?;
		ensure!(model.owner == *owner, Error::<T>::NotOwner);
		match model.status {
			Status::Rejected(_) => Err(Error::Rejected),
			Status::Retired => Err(Error::Retired),
			Status::Barred => Err(Error::Barred),
			_ => Ok(model),
		}
	}

	/// Returns the statement of the model with this id.
	pub(crate) fn statement(id: &ModelId) -> Option<Statement> {
		Some(Statement {
			manifest: Manifests::<T>::get(id)?,
			golden: GoldenInputs::<T>::get(id)?,
		})
	}
}
