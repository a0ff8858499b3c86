//! The invariants of the registry, each checked against the whole state.

use super::*;
use alloc::collections::BTreeMap;
use assay_primitives::task::model_id;
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
				model.status == Status::Open || model.deposit.is_zero(),
				"a retired model has a deposit"
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
		Ok(())
	}
}
