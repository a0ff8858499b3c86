//! The invariants of the registry, each checked against the whole state.

use super::*;
use alloc::collections::BTreeMap;
use assay_primitives::{
	api::{ModelStatus as Status, StatusChange},
	task::model_id,
};
use frame_support::{ensure, traits::fungible::hold::Inspect};
use sp_runtime::{
	traits::{Saturating, Zero},
	TryRuntimeError,
};

impl<T: Config> Pallet<T> {
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut deposits = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for (id, model) in Models::<T>::iter() {
			ensure!(
				id == model_id(model.engine, model.artifact.id, &model.spec),
				"a model is stored under an id that is not its own"
			);
			ensure!(
				Engines::<T>::contains_key(model.engine),
				"a model names an unknown engine"
			);
			Self::ensure_well_formed(&model.spec, &model.artifact, &model.metadata)?;
			ensure!(model.macs > 0, "a model takes no work");
			ensure!(
				model.status != Status::Retired || model.deposit.is_zero(),
				"a retired model has a deposit"
			);
			let last = History::<T>::get(id).last().map(|change| change.status);
			ensure!(
				last.unwrap_or(Status::Open) == model.status,
				"a model's status is not the last of its history"
			);
			let sum = deposits.entry(model.owner).or_default();
			*sum = sum.saturating_add(model.deposit);
		}
		for (owner, sum) in deposits {
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::Deposit.into(), &owner) == sum,
				"an owner's hold is not the sum of its models' deposits"
			);
		}
		for (id, history) in History::<T>::iter() {
			ensure!(Models::<T>::contains_key(id), "an unknown model has a history");
			Self::ensure_connected(&history)?;
		}
		Ok(())
	}

	/// Each status in a model's history follows from the one before, and nothing happens before what it follows.
	fn ensure_connected(history: &HistoryOf<T>) -> Result<(), TryRuntimeError> {
		let leads = |from: Status, to: Status| {
			Change::ALL
				.iter()
				.any(|change| change.apply::<T>(from).ok() == Some(to))
		};
		// What a full history has forgotten is not known to have been open.
		let mut before: Option<&StatusChange<_>> = None;
		for change in history {
			let from = before.map(|before| before.status);
			let known = from.or((!history.is_full()).then_some(Status::Open));
			ensure!(
				known.is_none_or(|from| leads(from, change.status)),
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
}
