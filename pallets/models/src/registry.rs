//! How others see the registry: the trait that other pallets use, and the answers of the runtime API.

use super::*;
use alloc::vec::Vec;
use assay_primitives::{
	api::{ModelInfo, StatusChange, PAGE},
	traits::{ModelRegistry, Offer, Recipe},
	ModelId,
};
use frame_system::pallet_prelude::BlockNumberFor;

impl<T: Config> ModelRegistry<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn offer(model: &ModelId) -> Option<Offer<T::AccountId, BalanceOf<T>>> {
		let model = Models::<T>::get(model)?;
		(model.status.may_be_asked() && Self::engine_serves(model.engine)).then_some(Offer {
			owner: model.owner,
			royalty: model.royalty,
			macs: model.macs,
		})
	}

	fn recipe(model: &ModelId) -> Option<Recipe> {
		let model = Models::<T>::get(model)?;
		Some(Recipe {
			engine: model.engine,
			artifact: model.artifact,
			spec: model.spec,
		})
	}

	fn is_quarantined(model: &ModelId) -> bool {
		let status = Models::<T>::get(model).map(|model| model.status);
		matches!(status, Some(ModelStatus::Quarantined { .. }))
	}
}

/// What the runtime API returns for a model.
type InfoOf<T> = ModelInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
	/// A model, whatever its status. How many slots it can draw is known elsewhere: `free_slots` tells.
	pub fn info(id: ModelId, free_slots: impl Fn(&ModelId) -> u32) -> Option<InfoOf<T>> {
		Models::<T>::get(id).map(|model| Self::describe(id, model, &free_slots))
	}

	/// Up to `limit` models, and never more than [`PAGE`], that follow `after` in the order of their ids.
	pub fn page(after: Option<ModelId>, limit: u32, free_slots: impl Fn(&ModelId) -> u32) -> Vec<InfoOf<T>> {
		let models = match after {
			Some(id) => Models::<T>::iter_from(Models::<T>::hashed_key_for(id)),
			None => Models::<T>::iter(),
		};
		models
			.take(limit.min(PAGE) as usize)
			.map(|(id, model)| Self::describe(id, model, &free_slots))
			.collect()
	}

	/// The latest changes of a model's status, oldest first.
	pub fn history(id: ModelId) -> Vec<StatusChange<BlockNumberFor<T>>> {
		History::<T>::get(id).into_inner()
	}

	fn describe(id: ModelId, model: ModelOf<T>, free_slots: &impl Fn(&ModelId) -> u32) -> InfoOf<T> {
		ModelInfo {
			id,
			owner: model.owner,
			engine: model.engine,
			artifact: model.artifact,
			spec: model.spec,
			name: model.metadata.name.into_inner(),
			description: model.metadata.description.into_inner(),
			royalty: model.royalty,
			macs: model.macs,
			status: model.status,
			submitted_at: model.submitted_at,
			free_slots: free_slots(&id),
		}
	}
}
