//! The invariants of the registry, each checked against the whole state.

use super::*;
use alloc::collections::BTreeMap;
use assay_primitives::{
	api::{ModelStatus as Status, StatusChange},
	names::{is_family_name, is_version_name, skeleton},
	probe::Statement,
	task::model_id,
	traits::ModelRegistry,
	ModelId,
};
use frame_support::{ensure, traits::fungible::hold::Inspect};
use sp_runtime::{
	traits::{Saturating, Zero},
	TryRuntimeError,
};

/// The deposits of each owner.
type Deposits<T> = BTreeMap<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<T: Config> Pallet<T> {
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut deposits = Deposits::<T>::new();
		for (id, model) in Models::<T>::iter() {
			Self::ensure_model(id, &model)?;
			add::<T>(&mut deposits, model.owner, model.deposit);
		}
		Self::ensure_held(HoldReason::ModelDeposit, deposits)?;
		Self::ensure_no_orphans()?;
		for (_, history) in History::<T>::iter() {
			Self::ensure_valid_history(&history)?;
		}
		Self::try_state_families()
	}

	/// Checks that a model is stored under its own id, with everything that belongs to it, and passes the checks of a
	/// submission.
	fn ensure_model(id: ModelId, model: &ModelOf<T>) -> Result<(), TryRuntimeError> {
		ensure!(
			id == model_id(model.engine, model.artifact.id, &model.spec),
			"a model is not stored under its own id"
		);
		ensure!(
			Engines::<T>::contains_key(model.engine),
			"a model names an unknown engine"
		);
		let source = <Self as ModelRegistry<_, _>>::source(&id).ok_or("a model has no source")?;
		let (metadata, manifest, golden) = (
			ModelMetadata::<T>::get(id),
			Manifests::<T>::get(id),
			GoldenInputs::<T>::get(id),
		);
		let ended = model.status.has_ended();
		ensure!(
			(metadata.is_none(), manifest.is_none(), golden.is_none()) == (ended, ended, ended),
			"a model has no metadata, manifest or golden inputs, or one that has ended has"
		);
		ensure!(
			manifest.as_ref().is_none_or(|manifest| manifest.macs == model.macs),
			"a model's work differs from its manifest"
		);
		let due = match (metadata, manifest, golden) {
			(Some(metadata), Some(manifest), Some(golden)) => {
				let statement = Statement { manifest, golden };
				Self::ensure_valid_submission(&source, &metadata, &statement)?;
				Self::deposit_for(&model.spec, &metadata, &statement)
			}
			_ => Self::deposit_for_record(&model.spec),
		};
		ensure!(
			model.deposit == due,
			"a model's deposit is not the price of what is stored for it"
		);
		ensure!(
			model.reproduced || model.status == Status::Probation || ended,
			"a model is open, listed or quarantined, and was never reproduced"
		);
		let last = History::<T>::get(id).last().map(|change| change.status);
		ensure!(
			last.unwrap_or(Status::Probation) == model.status,
			"a model's status is not the last one in its history"
		);
		Ok(())
	}

	/// Checks that every other record belongs to a model.
	fn ensure_no_orphans() -> Result<(), TryRuntimeError> {
		let mut keys = ModelMetadata::<T>::iter_keys()
			.chain(Manifests::<T>::iter_keys())
			.chain(GoldenInputs::<T>::iter_keys())
			.chain(History::<T>::iter_keys());
		ensure!(
			keys.all(Models::<T>::contains_key),
			"a record belongs to an unknown model"
		);
		Ok(())
	}

	/// Checks that each status in a model's history follows from the one before, in the order of blocks.
	fn ensure_valid_history(history: &HistoryOf<T>) -> Result<(), TryRuntimeError> {
		// The status before the first entry of a full history is unknown; before that of any other it was probation.
		let mut before: Option<&StatusChange<_>> = None;
		for change in history {
			let from = before.map(|before| before.status);
			let known = from.or((!history.is_full()).then_some(Status::Probation));
			ensure!(
				known.is_none_or(|from| can_become::<T>(from, change.status)),
				"a model has made an invalid transition"
			);
			ensure!(
				before.is_none_or(|before| before.at <= change.at),
				"a model's history is not in the order of blocks"
			);
			before = Some(change);
		}
		Ok(())
	}

	/// Checks that a family is stored under the skeleton of its valid name, that it counts its versions, and that its
	/// latest is one of them. One without an owner has versions and no deposit. Versions belong to families, and name
	/// models that have been reproduced.
	fn try_state_families() -> Result<(), TryRuntimeError> {
		let mut deposits = Deposits::<T>::new();
		for (key, family) in Families::<T>::iter() {
			ensure!(
				is_family_name(&family.name) && key == skeleton(&family.name),
				"a family is not stored under the skeleton of a valid name"
			);
			let versions = Versions::<T>::iter_key_prefix(&key).count();
			ensure!(
				usize::try_from(family.versions) == Ok(versions) && family.versions <= MAX_VERSIONS,
				"a family miscounts its versions"
			);
			let latest = family.latest.as_ref();
			ensure!(
				latest.is_none_or(|latest| Versions::<T>::contains_key(&key, latest)),
				"a family's latest version does not exist"
			);
			match family.owner {
				Some(owner) => add::<T>(&mut deposits, owner, family.deposit),
				None => ensure!(
					family.deposit.is_zero() && family.versions > 0,
					"a closed family has a deposit or no versions"
				),
			}
		}
		for (key, version, model) in Versions::<T>::iter() {
			ensure!(
				Families::<T>::contains_key(key) && is_version_name(&version),
				"a version belongs to no family or has an invalid name"
			);
			ensure!(
				Models::<T>::get(model).is_some_and(|model| model.reproduced),
				"a version names a model that was never reproduced"
			);
		}
		Self::ensure_held(HoldReason::FamilyDeposit, deposits)
	}

	/// Checks that the balance on hold of each owner for `reason` is the sum of its deposits.
	fn ensure_held(reason: HoldReason, deposits: Deposits<T>) -> Result<(), TryRuntimeError> {
		let reason = reason.into();
		for (owner, sum) in deposits {
			ensure!(
				T::Currency::balance_on_hold(&reason, &owner) == sum,
				"an owner's hold is not the sum of its deposits"
			);
		}
		Ok(())
	}
}

/// Adds to the deposits of `owner`.
fn add<T: Config>(deposits: &mut Deposits<T>, owner: T::AccountId, deposit: BalanceOf<T>) {
	let sum = deposits.entry(owner).or_default();
	*sum = sum.saturating_add(deposit);
}

/// Returns whether a model with the status `from` can change to `to`.
fn can_become<T: Config>(from: Status, to: Status) -> bool {
	let rejection = match to {
		Status::Rejected(why) => Some(Transition::Reject(why)),
		_ => None,
	};
	[
		Transition::Open,
		Transition::Resubmit,
		Transition::List,
		Transition::Delist,
		Transition::Quarantine,
		Transition::Release,
		Transition::Retire,
		Transition::Bar,
	]
	.into_iter()
	.chain(rejection)
	.any(|transition| transition.apply::<T>(from).ok() == Some(to))
}
