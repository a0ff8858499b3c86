//! Accounts for every token and hold, and checks the invariants of every pallet.

use crate::runtime::*;
use frame_support::traits::fungible::Inspect;

/// The tokens that should exist.
#[derive(Clone, Debug)]
pub struct Ledger {
	initial: Balance,
	/// Burned from challengers' bonds. The totals of pallet-jobs do not include these.
	pub forfeited: Balance,
	/// Burned from the deposits of models that were not reproduced. The totals do not include these either.
	pub failed_probes: Balance,
	/// Lost with accounts below the existential deposit.
	pub dust: Balance,
}

impl Ledger {
	/// Begins with the current issuance.
	pub fn open() -> Self {
		Self {
			initial: pallet_balances::TotalIssuance::<Runtime>::get(),
			forfeited: 0,
			failed_probes: 0,
			dust: 0,
		}
	}

	/// Records what `event` says was burned.
	pub fn record(&mut self, event: &RuntimeEvent) {
		match event {
			RuntimeEvent::Balances(pallet_balances::Event::DustLost { amount, .. }) => self.dust += amount,
			RuntimeEvent::Disputes(pallet_disputes::Event::BondForfeited { burned, .. }) => self.forfeited += burned,
			RuntimeEvent::Models(pallet_models::Event::FailedProbeCharged { burned, .. }) => {
				self.failed_probes += burned
			}
			_ => {}
		}
	}

	/// Checks that the issuance is what it should be, and that accounts own all of it.
	pub fn check(&self) -> Result<(), String> {
		let issued = pallet_balances::TotalIssuance::<Runtime>::get();
		let burned = pallet_jobs::Totals::<Runtime>::get().burned;
		let due = self.initial - burned - self.forfeited - self.failed_probes - self.dust;
		if issued != due {
			return Err(format!("{issued} is issued, expected {due}: {self:?}, burned {burned}"));
		}
		let owned: Balance = frame_system::Account::<Runtime>::iter_values()
			.map(|account| account.data.free + account.data.reserved)
			.sum();
		match owned == issued {
			true => Ok(()),
			false => Err(format!("{issued} is issued, but accounts own {owned}")),
		}
	}
}

/// Checks the invariants of every pallet.
pub fn try_state() -> Result<(), sp_runtime::TryRuntimeError> {
	Models::do_try_state()?;
	Workers::do_try_state()?;
	Jobs::do_try_state()?;
	Disputes::do_try_state()
}

/// Returns what is on hold for something that must end: fees, challengers' bonds and escrow deposits.
pub fn pending_holds() -> Balance {
	pallet_balances::Holds::<Runtime>::iter_values()
		.flat_map(|holds| holds.into_iter())
		.filter(|hold| !matches!(hold.id, RuntimeHoldReason::Workers(_) | RuntimeHoldReason::Models(_)))
		.map(|hold| hold.amount)
		.sum()
}

/// Returns what an account owns, free and on hold.
pub fn balance(account: AccountId) -> Balance {
	<Balances as Inspect<AccountId>>::total_balance(&account)
}

/// Returns what `accounts` own together, free and on hold.
pub fn total_balance(accounts: &[AccountId]) -> Balance {
	accounts.iter().map(|account| balance(*account)).sum()
}
