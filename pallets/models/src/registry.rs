//! How others see the registry: the trait that other pallets use, and the answers of the runtime API.

use super::*;
use alloc::vec::Vec;
use assay_primitives::{
	api::{ModelInfo, StatusChange, PAGE},
	probe::BoundedPort,
	traits::{ModelRegistry, Offer, Recipe},
	EngineId, ModelId, ModelRef,
};
use frame_system::pallet_prelude::BlockNumberFor;

impl<T: Config> ModelRegistry<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn resolve(model: &ModelRef) -> Option<ModelId> {
		Self::meant(model)
	}

	fn servable(model: &ModelId) -> bool {
		// The probe pool of an engine has the engine's own id.
		match Models::<T>::get(model) {
			Some(model) => Self::may_be_asked(&model),
			None => Self::engine_serves(EngineId(model.0)),
		}
	}

	fn inputs(model: &ModelId) -> Vec<BoundedPort> {
		Manifests::<T>::get(model).map_or_else(Vec::new, |manifest| manifest.inputs.into_inner())
	}

	fn offer(model: &ModelId) -> Option<Offer<T::AccountId, BalanceOf<T>>> {
		let model = Models::<T>::get(model)?;
		Self::may_be_asked(&model).then(|| Offer {
			royalty: model.royalty_at(frame_system::Pallet::<T>::block_number()),
			macs: model.macs,
			listed: model.status == ModelStatus::Listed,
			owner: model.owner,
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
		Some(Self::model_info(id, Models::<T>::get(id)?, &free_slots))
	}

	/// Up to `limit` models, and never more than [`PAGE`], that follow `after` in the order of their ids.
	pub fn page(after: Option<ModelId>, limit: u32, free_slots: impl Fn(&ModelId) -> u32) -> Vec<InfoOf<T>> {
		let models = match after {
			Some(id) => Models::<T>::iter_from(Models::<T>::hashed_key_for(id)),
			None => Models::<T>::iter(),
		};
		models
			.take(limit.min(PAGE) as usize)
			.map(|(id, model)| Self::model_info(id, model, &free_slots))
			.collect()
	}

	/// The latest changes of a model's status, oldest first.
	pub fn history(id: ModelId) -> Vec<StatusChange<BlockNumberFor<T>>> {
		History::<T>::get(id).into_inner()
	}

	/// Whether new jobs may ask `model` now.
	fn may_be_asked(model: &ModelOf<T>) -> bool {
		model.status.may_be_asked() && Self::engine_serves(model.engine)
	}

	fn model_info(id: ModelId, mut model: ModelOf<T>, free_slots: &impl Fn(&ModelId) -> u32) -> InfoOf<T> {
		model.fold(frame_system::Pallet::<T>::block_number());
		ModelInfo {
			id,
			owner: model.owner,
			engine: model.engine,
			artifact: model.artifact,
			spec: model.spec,
			metadata: Cards::<T>::get(id).unwrap_or_default(),
			manifest: Manifests::<T>::get(id),
			golden: Goldens::<T>::get(id),
			macs: model.macs,
			royalty: model.royalty,
			announced: model.announced,
			probe: model.probe,
			status: model.status,
			submitted_at: model.submitted_at,
			free_slots: free_slots(&id),
		}
	}
}
