//! Submission of models, and their probes.

use super::*;
use assay_primitives::{
	api::{Authority, ModelStatus as Status, Rejection},
	metadata::Metadata,
	probe::{Finding, Probe, Statement},
	task::model_id,
	terms::Fee,
	traits::{ModelSource, OnProbed, Prober},
	Artifact, BoundedSpec, EngineId, JobId, ModelId,
};
use frame_support::{
	defensive,
	pallet_prelude::*,
	traits::{fungible::hold::Mutate, tokens::Precision},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_submit(
		owner: T::AccountId,
		source: ModelSource,
		metadata: Metadata,
		royalty: BalanceOf<T>,
		statement: Statement,
		max_fee: BalanceOf<T>,
	) -> DispatchResult {
		let payer = owner.clone();
		let prober = |probe| T::Prober::probe(&payer, probe, max_fee);
		Self::put_on_probation(owner, source, metadata, royalty, statement, prober).map(|_| ())
	}

	/// Registers a model on probation, with the job that `prober` starts. Returns its id. May have changed state
	/// when it fails; a dispatchable rolls that back.
	pub fn put_on_probation(
		owner: T::AccountId,
		source: ModelSource,
		metadata: Metadata,
		royalty: BalanceOf<T>,
		statement: Statement,
		prober: impl FnOnce(Probe) -> Result<JobId, DispatchError>,
	) -> Result<ModelId, DispatchError> {
		Self::ensure_valid_submission(&source, &metadata, &statement)?;
		Self::ensure_listed_engine(source.engine)?;
		let probe = probe_of(&source, &statement);
		let id = probe.model;
		let former = Models::<T>::get(id);
		let hold = HoldReason::ModelDeposit.into();
		if let Some(model) = &former {
			Transition::Resubmit.apply::<T>(model.status)?;
			// Old jobs are re-derived from the same record.
			ensure!(
				!model.reproduced || model.artifact == source.artifact,
				Error::<T>::LengthMismatch
			);
			// From now on the new owner's deposit is held for the record.
			T::Currency::release(&hold, &model.owner, model.deposit, Precision::Exact)?;
		}

		let deposit = Self::deposit_for(&source.spec, &metadata, &statement);
		T::Currency::hold(&hold, &owner, deposit)?;
		let job = prober(probe)?;
		let model = Model {
			owner: owner.clone(),
			artifact: source.artifact,
			engine: source.engine,
			spec: source.spec,
			royalty,
			announced: None,
			macs: statement.manifest.macs,
			deposit,
			status: Status::Probation,
			reproduced: former.as_ref().is_some_and(|model| model.reproduced),
			submitted_at: frame_system::Pallet::<T>::block_number(),
			probe: job,
		};
		Models::<T>::insert(id, model);
		ModelMetadata::<T>::insert(id, metadata);
		Manifests::<T>::insert(id, statement.manifest);
		GoldenInputs::<T>::insert(id, statement.golden);
		if former.is_some() {
			Self::record_change(id, Status::Probation, Authority::Owner, None);
		}
		Self::deposit_event(Event::Submitted {
			model: id,
			owner,
			probe: job,
		});
		Ok(id)
	}

	/// Returns the cost of a submission: the deposit, and the maximum fee of the probe.
	pub fn submission_quote(
		engine: EngineId,
		artifact: Artifact,
		spec: BoundedSpec,
		metadata: Metadata,
		statement: Statement,
	) -> (BalanceOf<T>, Fee<BalanceOf<T>>) {
		let deposit = Self::deposit_for(&spec, &metadata, &statement);
		let source = ModelSource { engine, artifact, spec };
		(deposit, T::Prober::quote(&probe_of(&source, &statement)))
	}
}

/// Returns the probe that checks the statement of a model.
fn probe_of(source: &ModelSource, statement: &Statement) -> Probe {
	Probe {
		model: model_id(source.engine, source.artifact.id, &source.spec),
		engine: source.engine,
		artifact: source.artifact,
		items: statement.golden.items,
		input: statement.golden.input.clone(),
		macs: statement.manifest.macs,
		statement: statement.digest(),
	}
}

impl<T: Config> OnProbed for Pallet<T> {
	fn on_probed(probe: JobId, model: &ModelId, finding: Option<Finding>) {
		let is_current = |model: ModelOf<T>| (model.status, model.probe) == (Status::Probation, probe);
		if !Models::<T>::get(model).is_some_and(is_current) {
			// Token holders have barred the model in the meantime.
			return;
		}
		let transition = match finding {
			Some(Ok(())) => Transition::Open,
			Some(Err(flaw)) => Transition::Reject(Rejection::Flawed(flaw)),
			None => Transition::Reject(Rejection::NotReproduced),
		};
		if let Err(error) = Self::apply_transition(*model, transition, Authority::Probe, None) {
			defensive!("a probed model is on probation, and its deposit is on hold", error);
		}
	}

	fn weight() -> Weight {
		T::WeightInfo::on_probed()
	}
}
