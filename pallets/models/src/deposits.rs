//! The deposits that owners hold for the state they occupy.

use super::*;
use assay_primitives::{metadata::Metadata, probe::Statement, BoundedSpec, ModelId};
use frame_support::{
	pallet_prelude::*,
	traits::{
		fungible::hold::{Inspect, Mutate},
		tokens::{Fortitude, Precision, Restriction},
	},
};
use sp_core::H256;
use sp_runtime::{
	traits::{UniqueSaturatedInto, Zero},
	Saturating,
};

impl<T: Config> Pallet<T> {
	/// Returns the deposit for a model with this spec, metadata and statement, until it ends.
	pub(crate) fn deposit_for(spec: &BoundedSpec, metadata: &Metadata, statement: &Statement) -> BalanceOf<T> {
		Self::deposit_for_record(spec)
			.saturating_add(price_of::<T>(metadata.encoded_size()))
			.saturating_add(price_of::<T>(statement.encoded_size()))
			.saturating_add(T::ModelDepositBase::get())
	}

	/// Returns the deposit for what stays of a model with this spec once it has ended: the record and the history.
	/// Except for the spec, both count at their maximum size, so that only new metadata changes the deposit. The
	/// history counts without its reasons, which only votes bring.
	pub fn deposit_for_record(spec: &BoundedSpec) -> BalanceOf<T> {
		let record = ModelOf::<T>::max_encoded_len().saturating_sub(BoundedSpec::max_encoded_len());
		let history = HistoryOf::<T>::max_encoded_len();
		let reasons = H256::max_encoded_len().saturating_mul(usize::try_from(MAX_HISTORY).unwrap_or(usize::MAX));
		price_of::<T>(
			record
				.saturating_add(spec.encoded_size())
				.saturating_add(history.saturating_sub(reasons)),
		)
	}

	/// Burns what the probe of `model` costs because nobody could reproduce the model: the price of the blocks that it
	/// took, up to the part of the deposit that would be released.
	pub(crate) fn charge_failed_probe(id: ModelId, model: &mut ModelOf<T>) -> DispatchResult {
		let now = frame_system::Pallet::<T>::block_number();
		let blocks: u32 = now.saturating_sub(model.submitted_at).unique_saturated_into();
		let price = T::FailedProbePrice::get().saturating_mul(blocks.into());
		let amount = price.min(model.deposit.saturating_sub(Self::deposit_for_record(&model.spec)));
		if amount.is_zero() {
			return Ok(());
		}
		let reason = HoldReason::ModelDeposit.into();
		T::Currency::burn_held(&reason, &model.owner, amount, Precision::Exact, Fortitude::Force)?;
		model.deposit = model.deposit.saturating_sub(amount);
		let owner = model.owner.clone();
		Self::deposit_event(Event::FailedProbeCharged {
			model: id,
			owner,
			burned: amount,
		});
		Ok(())
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

/// Returns the deposit for `bytes` bytes.
fn price_of<T: Config>(bytes: usize) -> BalanceOf<T> {
	// Records are under 64 KiB, so their size fits into any integer.
	let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
	T::ModelDepositPerByte::get().saturating_mul(bytes.into())
}
