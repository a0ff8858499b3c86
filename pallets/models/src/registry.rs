//! The registry as others see it: the trait that other pallets use, and the queries of the runtime API.

use super::*;
use alloc::vec::Vec;
use assay_primitives::{
	api::{ModelInfo, StatusChange, PAGE},
	probe::BoundedPort,
	traits::{ModelRegistry, ModelSource, ModelTerms},
	EngineId, ModelId, ModelRef,
};
use frame_system::pallet_prelude::BlockNumberFor;

impl<T: Config> ModelRegistry<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn resolve(model: &ModelRef) -> Option<ModelId> {
		match model {
			ModelRef::Id(id) => Some(*id),
			ModelRef::Latest(family) => Self::find_version(family, None),
			ModelRef::Version(family, version) => Self::find_version(family, Some(version)),
		}
	}

	fn is_servable(model: &ModelId) -> bool {
		// The probe pool of an engine has the id of the engine.
		match Models::<T>::get(model) {
			Some(model) => Self::accepts_jobs(&model),
			None => Self::is_engine_active(EngineId(model.0)),
		}
	}

	fn inputs(model: &ModelId) -> Vec<BoundedPort> {
		Manifests::<T>::get(model).map_or_else(Vec::new, |manifest| manifest.inputs.into_inner())
	}

	fn terms(model: &ModelId) -> Option<ModelTerms<T::AccountId, BalanceOf<T>>> {
		let model = Models::<T>::get(model)?;
		Self::accepts_jobs(&model).then(|| ModelTerms {
			royalty: model.royalty_at(frame_system::Pallet::<T>::block_number()),
			macs: model.macs,
			listed: model.status == ModelStatus::Listed,
			owner: model.owner,
		})
	}

	fn source(model: &ModelId) -> Option<ModelSource> {
		let model = Models::<T>::get(model)?;
		Some(ModelSource {
			engine: model.engine,
			artifact: model.artifact,
			spec: model.spec,
		})
	}

	fn is_quarantined(model: &ModelId) -> bool {
		Models::<T>::get(model).is_some_and(|model| model.status.is_stopped())
	}
}

/// [`ModelInfo`] with the runtime's types.
type InfoOf<T> = ModelInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
	/// Returns a model, whatever its status. `free_slots` returns the number of its free slots, which this pallet does
	/// not know.
	pub fn info(id: ModelId, free_slots: impl Fn(&ModelId) -> u32) -> Option<InfoOf<T>> {
		Some(Self::model_info(id, Models::<T>::get(id)?, &free_slots))
	}

	/// Returns up to `limit` models, and at most [`PAGE`], that follow `after` in the order of their ids.
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

	/// Returns the latest changes of a model's status, oldest first.
	pub fn history(id: ModelId) -> Vec<StatusChange<BlockNumberFor<T>>> {
		History::<T>::get(id).into_inner()
	}

	/// Returns whether `model` accepts new jobs now.
	fn accepts_jobs(model: &ModelOf<T>) -> bool {
		model.status.accepts_jobs() && Self::is_engine_active(model.engine)
	}

	fn model_info(id: ModelId, mut model: ModelOf<T>, free_slots: &impl Fn(&ModelId) -> u32) -> InfoOf<T> {
		model.apply_due_royalty(frame_system::Pallet::<T>::block_number());
		ModelInfo {
			id,
			owner: model.owner,
			engine: model.engine,
			artifact: model.artifact,
			spec: model.spec,
			metadata: ModelMetadata::<T>::get(id).unwrap_or_default(),
			manifest: Manifests::<T>::get(id),
			golden: GoldenInputs::<T>::get(id),
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
