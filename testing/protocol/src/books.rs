//! What must add up: tokens, holds, and the invariants of every pallet.

use crate::runtime::*;
use assay_primitives::{
	traits::{Ending, OnSettled},
	JobId, OutcomeDigest,
};
use frame_support::{parameter_types, traits::fungible::Inspect, weights::Weight};

parameter_types! {
	/// Every ending that was told, with the digest of the answer where there is one.
	pub static Endings: Vec<(JobId, AccountId, Option<OutcomeDigest>)> = Vec::new();
}

/// Writes down how jobs end.
pub struct Observer;

impl OnSettled<AccountId, Balance> for Observer {
	fn on_settled(job: JobId, requester: &AccountId, ending: &Ending<Balance>) {
		let digest = match ending {
			Ending::Settled { answer, .. } => Some(answer.digest()),
			Ending::Refunded => None,
		};
		Endings::mutate(|endings| endings.push((job, *requester, digest)));
	}

	fn weight() -> Weight {
		Weight::zero()
	}
}

/// The tokens there should be.
#[derive(Clone, Debug)]
pub struct Ledger {
	initial: Balance,
	/// Burned of bonds of challengers. The totals of pallet-jobs do not know these.
	pub forfeited: Balance,
	/// Lost with accounts that were too poor to exist.
	pub dust: Balance,
}

impl Ledger {
	/// Begins with what is issued now.
	pub fn open() -> Self {
		Self {
			initial: pallet_balances::TotalIssuance::<Runtime>::get(),
			forfeited: 0,
			dust: 0,
		}
	}

	/// Writes down what `event` says was burned.
	pub fn note(&mut self, event: &RuntimeEvent) {
		match event {
			RuntimeEvent::Balances(pallet_balances::Event::DustLost { amount, .. }) => self.dust += amount,
			RuntimeEvent::Disputes(pallet_disputes::Event::Forfeited { burned, .. }) => self.forfeited += burned,
			_ => {}
		}
	}

	/// Whether the tokens there are are those there should be, and every one is somewhere.
	pub fn check(&self) -> Result<(), String> {
		let issued = pallet_balances::TotalIssuance::<Runtime>::get();
		let burned = pallet_jobs::Totals::<Runtime>::get().burned;
		let due = self.initial - burned - self.forfeited - self.dust;
		if issued != due {
			return Err(format!(
				"{issued} is issued where {due} should be: {self:?}, burned {burned}"
			));
		}
		let owned: Balance = frame_system::Account::<Runtime>::iter_values()
			.map(|account| account.data.free + account.data.reserved)
			.sum();
		match owned == issued {
			true => Ok(()),
			false => Err(format!("{issued} is issued and {owned} owned")),
		}
	}
}

/// The invariants that every pallet states.
pub fn try_state() -> Result<(), sp_runtime::TryRuntimeError> {
	Models::do_try_state()?;
	Workers::do_try_state()?;
	Jobs::do_try_state()?;
	Disputes::do_try_state()
}

/// What is on hold for something that must end: fees, bonds of challengers and deposits of escrows.
pub fn pending_holds() -> Balance {
	pallet_balances::Holds::<Runtime>::iter_values()
		.flat_map(|holds| holds.into_iter())
		.filter(|hold| !matches!(hold.id, RuntimeHoldReason::Workers(_) | RuntimeHoldReason::Models(_)))
		.map(|hold| hold.amount)
		.sum()
}

/// What an account owns, free and on hold.
pub fn balance(account: AccountId) -> Balance {
	<Balances as Inspect<AccountId>>::total_balance(&account)
}

/// What `accounts` own together, free and on hold.
pub fn wealth(accounts: &[AccountId]) -> Balance {
	accounts.iter().map(|account| balance(*account)).sum()
}
