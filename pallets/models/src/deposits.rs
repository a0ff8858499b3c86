//! What owners put up for the state they take, and how it moves.

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
	/// The deposit for a model with this spec, so described and stated. Each byte of these counts, and all others of the record as if
	/// it were at its largest, so that nothing but a new description changes what is due.
	pub(crate) fn deposit_for(spec: &BoundedSpec, metadata: &Metadata, statement: &Statement) -> BalanceOf<T> {
		let rest = ModelOf::<T>::max_encoded_len().saturating_sub(BoundedSpec::max_encoded_len());
		let bytes = [spec.encoded_size(), metadata.encoded_size(), statement.encoded_size()]
			.into_iter()
			.fold(rest, usize::saturating_add);
		// Records are under 64 KiB, so their size fits any integer.
		let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
		T::ModelDepositPerByte::get()
			.saturating_mul(bytes.into())
			.saturating_add(T::ModelDepositBase::get())
	}

	/// Makes `due` the deposit for `model`.
	pub(crate) fn adjust_deposit(model: &mut ModelOf<T>, due: BalanceOf<T>) -> DispatchResult {
		let reason = HoldReason::Deposit.into();
		if due > model.deposit {
			T::Currency::hold(&reason, &model.owner, due.saturating_sub(model.deposit))?;
		} else {
			let rest = model.deposit.saturating_sub(due);
			T::Currency::release(&reason, &model.owner, rest, Precision::Exact)?;
		}
		model.deposit = due;
		Ok(())
	}

	/// Moves a deposit to a new owner, of whom it is held from then on.
	pub(crate) fn move_deposit(
		reason: HoldReason,
		from: &T::AccountId,
		to: &T::AccountId,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		let reason = reason.into();
		ensure!(T::Currency::hold_available(&reason, to), Error::<T>::NoAccount);
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
