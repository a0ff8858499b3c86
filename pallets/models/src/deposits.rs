//! The deposits that owners hold for the state they occupy.

use super::*;
use assay_primitives::{metadata::Metadata, probe::Statement, BoundedSpec};
use frame_support::{
	pallet_prelude::*,
	traits::{
		fungible::hold::{Inspect, Mutate},
		tokens::{Fortitude, Precision, Restriction},
	},
};
use sp_runtime::Saturating;

impl<T: Config> Pallet<T> {
	/// Returns the deposit for a model with this spec, metadata and statement. Each of their bytes counts; the rest of
	/// the record counts at its maximum size, so that only new metadata changes the deposit.
	pub(crate) fn deposit_for(spec: &BoundedSpec, metadata: &Metadata, statement: &Statement) -> BalanceOf<T> {
		let rest = ModelOf::<T>::max_encoded_len().saturating_sub(BoundedSpec::max_encoded_len());
		let bytes = [spec.encoded_size(), metadata.encoded_size(), statement.encoded_size()]
			.into_iter()
			.fold(rest, usize::saturating_add);
		// Records are under 64 KiB, so their size fits into any integer.
		let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
		T::ModelDepositPerByte::get()
			.saturating_mul(bytes.into())
			.saturating_add(T::ModelDepositBase::get())
	}

	/// Holds or releases the difference between the deposit of `model` and `due`.
	pub(crate) fn update_deposit(model: &mut ModelOf<T>, due: BalanceOf<T>) -> DispatchResult {
		let reason = HoldReason::ModelDeposit.into();
		if due > model.deposit {
			T::Currency::hold(&reason, &model.owner, due.saturating_sub(model.deposit))?;
		} else {
			let rest = model.deposit.saturating_sub(due);
			T::Currency::release(&reason, &model.owner, rest, Precision::Exact)?;
		}
		model.deposit = due;
		Ok(())
	}

	/// Moves a deposit, still on hold, to a new owner.
	pub(crate) fn move_deposit(
		reason: HoldReason,
		from: &T::AccountId,
		to: &T::AccountId,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		let reason = reason.into();
		ensure!(T::Currency::hold_available(&reason, to), Error::<T>::UnknownRecipient);
		T::Currency::transfer_on_hold(
			&reason,
			from,
			to,
			amount,
			Precision::Exact,
			Restriction::OnHold,
			Fortitude::Polite,
		)?;
		Ok(())
	}
}
