//! How a model comes in: by being reproduced.

use super::*;
use assay_primitives::{
	api::{Authority, ModelStatus as Status, Rejection},
	metadata::Metadata,
	probe::{Finding, Probe, Statement},
	task::model_id,
	terms::Fee,
	traits::{OnProbed, Prober, Recipe},
	Artifact, BoundedSpec, EngineId, JobId, ModelId,
};
use frame_support::{defensive, pallet_prelude::*, traits::fungible::hold::Mutate};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_submit(
		owner: T::AccountId,
		recipe: Recipe,
		metadata: Metadata,
		royalty: BalanceOf<T>,
		statement: Statement,
		max_fee: BalanceOf<T>,
	) -> DispatchResult {
		let payer = owner.clone();
		let prober = |probe| T::Prober::probe(&payer, probe, max_fee);
		Self::admit(owner, recipe, metadata, royalty, statement, prober).map(|_| ())
	}

	/// Puts a model on probation, with the job that `prober` starts.
	pub(crate) fn admit(
		owner: T::AccountId,
		recipe: Recipe,
		metadata: Metadata,
		royalty: BalanceOf<T>,
		statement: Statement,
		prober: impl FnOnce(Probe) -> Result<JobId, DispatchError>,
	) -> Result<ModelId, DispatchError> {
		Self::ensure_well_formed(&recipe, &metadata, &statement)?;
		Self::ensure_listed_engine(recipe.engine)?;
		let probe = probe_of(&recipe, &statement);
		let id = probe.model;
		let rejected = Models::<T>::get(id);
		if let Some(model) = &rejected {
			Change::Resubmit.apply::<T>(model.status)?;
		}

		let deposit = Self::deposit_for(&recipe.spec, &metadata, &statement);
		T::Currency::hold(&HoldReason::Deposit.into(), &owner, deposit)?;
		let job = prober(probe)?;
		let model = Model {
			owner: owner.clone(),
			artifact: recipe.artifact,
			engine: recipe.engine,
			spec: recipe.spec,
			royalty,
			announced: None,
			macs: statement.manifest.macs,
			deposit,
			status: Status::Probation,
			submitted_at: frame_system::Pallet::<T>::block_number(),
			probe: job,
		};
		Models::<T>::insert(id, model);
		Cards::<T>::insert(id, metadata);
		Manifests::<T>::insert(id, statement.manifest);
		Goldens::<T>::insert(id, statement.golden);
		if rejected.is_some() {
			Self::note(id, Status::Probation, Authority::Owner, None);
		}
		Self::deposit_event(Event::Submitted {
			model: id,
			owner,
			probe: job,
		});
		Ok(id)
	}

	/// What a submission would cost: the deposit, and what the probe costs at most.
	pub fn submission_quote(
		engine: EngineId,
		artifact: Artifact,
		spec: BoundedSpec,
		metadata: Metadata,
		statement: Statement,
	) -> (BalanceOf<T>, Fee<BalanceOf<T>>) {
		let deposit = Self::deposit_for(&spec, &metadata, &statement);
		let recipe = Recipe { engine, artifact, spec };
		(deposit, T::Prober::quote(&probe_of(&recipe, &statement)))
	}
}

/// What finds out whether the model made so is what is stated of it.
fn probe_of(recipe: &Recipe, statement: &Statement) -> Probe {
	Probe {
		model: model_id(recipe.engine, recipe.artifact.id, &recipe.spec),
		engine: recipe.engine,
		artifact: recipe.artifact,
		items: statement.golden.items,
		input: statement.golden.input.clone(),
		macs: statement.manifest.macs,
		stated: statement.stated(),
	}
}

impl<T: Config> OnProbed for Pallet<T> {
	fn on_probed(model: &ModelId, finding: Option<Finding>) {
		let change = match finding {
			Some(Ok(())) => Change::Open,
			Some(Err(flaw)) => Change::Reject(Rejection::Flawed(flaw)),
			None => Change::Reject(Rejection::NotReproduced),
		};
		if let Err(error) = Self::do_change(*model, change, Authority::Committee, None) {
			defensive!("a model that is probed is on probation, and its deposit is held", error);
		}
	}

	fn weight() -> Weight {
		T::WeightInfo::on_probed()
	}
}
