//! The invariants of the registry, each checked against the whole state.

use super::*;
use alloc::collections::BTreeMap;
use assay_primitives::{
	api::{ModelStatus as Status, StatusChange},
	names::{is_family, is_version, skeleton},
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

/// What is held of each owner.
type Deposits<T> = BTreeMap<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<T: Config> Pallet<T> {
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut deposits = Deposits::<T>::new();
		for (id, model) in Models::<T>::iter() {
			Self::ensure_model(id, &model)?;
			add::<T>(&mut deposits, model.owner, model.deposit);
		}
		Self::ensure_held(HoldReason::Deposit, deposits)?;
		Self::ensure_no_strays()?;
		for (_, history) in History::<T>::iter() {
			Self::ensure_connected(&history)?;
		}
		Self::try_state_of_families()
	}

	/// A model is kept under its own id, with all that belongs to it, and was submitted in good form.
	fn ensure_model(id: ModelId, model: &ModelOf<T>) -> Result<(), TryRuntimeError> {
		ensure!(
			id == model_id(model.engine, model.artifact.id, &model.spec),
			"a model is stored under an id that is not its own"
		);
		ensure!(
			Engines::<T>::contains_key(model.engine),
			"a model names an unknown engine"
		);
		let recipe = <Self as ModelRegistry<_, _>>::recipe(&id).ok_or("a model has no recipe")?;
		let (card, manifest, golden) = (Cards::<T>::get(id), Manifests::<T>::get(id), Goldens::<T>::get(id));
		let rejected = matches!(model.status, Status::Rejected(_));
		ensure!(
			(card.is_none(), manifest.is_none()) == (rejected, rejected),
			"a model has no card or manifest, or a rejected one has"
		);
		ensure!(
			manifest.as_ref().is_none_or(|manifest| manifest.macs == model.macs),
			"a model's work is not that of its manifest"
		);
		let ended = rejected || model.status == Status::Retired;
		ensure!(
			golden.is_none() == ended,
			"a model has no golden inputs, or one that has ended has"
		);
		if let (Some(card), Some(manifest), Some(golden)) = (card, manifest, golden) {
			Self::ensure_well_formed(&recipe, &card, &Statement { manifest, golden })?;
		}
		ensure!(
			!ended || model.deposit.is_zero(),
			"a retired or rejected model has a deposit"
		);
		let last = History::<T>::get(id).last().map(|change| change.status);
		ensure!(
			last.unwrap_or(Status::Probation) == model.status,
			"a model's status is not the last of its history"
		);
		Ok(())
	}

	/// Whatever is kept beside a model belongs to one.
	fn ensure_no_strays() -> Result<(), TryRuntimeError> {
		let mut keys = Cards::<T>::iter_keys()
			.chain(Manifests::<T>::iter_keys())
			.chain(Goldens::<T>::iter_keys())
			.chain(History::<T>::iter_keys());
		ensure!(
			keys.all(Models::<T>::contains_key),
			"something is kept of an unknown model"
		);
		Ok(())
	}

	/// Each status in a model's history follows from the one before, and nothing happens before what it follows.
	fn ensure_connected(history: &HistoryOf<T>) -> Result<(), TryRuntimeError> {
		// What a full history has forgotten is not known to have been on probation.
		let mut before: Option<&StatusChange<_>> = None;
		for change in history {
			let from = before.map(|before| before.status);
			let known = from.or((!history.is_full()).then_some(Status::Probation));
			ensure!(
				known.is_none_or(|from| leads::<T>(from, change.status)),
				"a model became what it could not become"
			);
			ensure!(
				before.is_none_or(|before| before.at <= change.at),
				"a model's history is not in the order of blocks"
			);
			before = Some(change);
		}
		Ok(())
	}

	/// A family is kept under the skeleton of a name that is one; it counts its versions, and its latest is one of them. One without
	/// an owner has versions and no deposit. Versions belong to families, and name models that have been reproduced.
	fn try_state_of_families() -> Result<(), TryRuntimeError> {
		let mut deposits = Deposits::<T>::new();
		for (key, family) in Families::<T>::iter() {
			ensure!(
				is_family(&family.name) && key == skeleton(&family.name),
				"a family is stored under a skeleton that is not its name's"
			);
			let versions = Versions::<T>::iter_key_prefix(&key).count();
			ensure!(
				usize::try_from(family.versions) == Ok(versions) && family.versions <= MAX_VERSIONS,
				"a family's versions are not counted"
			);
			let latest = family.latest.as_ref();
			ensure!(
				latest.is_none_or(|latest| Versions::<T>::contains_key(&key, latest)),
				"a family's latest version is none of its versions"
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
				Families::<T>::contains_key(key) && is_version(&version),
				"a version belongs to no family or has no name"
			);
			let status = Models::<T>::get(model).map(|model| model.status);
			ensure!(
				!matches!(status, None | Some(Status::Probation | Status::Rejected(_))),
				"a version names a model that was not reproduced"
			);
		}
		Self::ensure_held(HoldReason::Family, deposits)
	}

	/// Of each owner is held for `reason` what the records say.
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

/// Adds to what is held of `owner`.
fn add<T: Config>(deposits: &mut Deposits<T>, owner: T::AccountId, deposit: BalanceOf<T>) {
	let sum = deposits.entry(owner).or_default();
	*sum = sum.saturating_add(deposit);
}

/// Whether a model can become `to` that was `from` before.
fn leads<T: Config>(from: Status, to: Status) -> bool {
	let rejection = match to {
		Status::Rejected(why) => Some(Change::Reject(why)),
		_ => None,
	};
	[
		Change::Open,
		Change::Resubmit,
		Change::List,
		Change::Delist,
		Change::Quarantine,
		Change::Release,
		Change::Retire,
	]
	.into_iter()
	.chain(rejection)
	.any(|change| change.apply::<T>(from).ok() == Some(to))
}
