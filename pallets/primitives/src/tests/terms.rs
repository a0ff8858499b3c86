//! The price of jobs, and the condition under which cheating does not pay.

use crate::terms::*;
use sp_runtime::Permill;

const UNIT: u128 = 1_000_000_000_000;

fn security() -> Security<u128> {
	Security {
		malicious_share: Permill::from_parts(333_333),
		audit_rate: Permill::from_percent(10),
		slash: SlashSplit {
			burn: Permill::from_percent(50),
			requester: Permill::from_percent(20),
			reporters: Permill::from_percent(20),
		},
		no_show_fine: UNIT / 10,
		challenge_bond: 5 * UNIT,
	}
}

#[test]
fn the_evasion_probability_follows_the_formula() {
	const ONE: u128 = 1_000_000_000_000_000_000;
	// f = 333,333 / 10^6 and p = 1 / 10, so 1 - p (1 - f) = 9,333,333 / 10^7.
	let mut expected = ONE / 10_000_000 * 9_333_333;
	for checkers in 0..=MAX_CHECKERS {
		let got = u128::from(security().odds().evasion_probability(checkers).deconstruct());
		assert!(got.abs_diff(expected) <= 16, "{checkers}: {got} {expected}");
		expected = expected * 333_333 / 1_000_000;
	}
}

#[test]
fn more_checkers_deter_more() {
	let deters =
		|checkers, value| Deterrence::new(security().odds(), 10 * UNIT, checkers, UNIT / 100, value).is_sufficient();
	assert!(deters(0, UNIT / 3) && !deters(0, UNIT / 2));
	assert!(deters(1, 10 * UNIT) && !deters(1, 12 * UNIT));
	assert!(deters(12, 1_000_000 * UNIT));
}

#[test]
fn without_audit_and_checkers_cheating_is_not_deterred() {
	let unwatched = Security {
		audit_rate: Permill::zero(),
		..security()
	};
	assert!(!Deterrence::new(unwatched.odds(), 10 * UNIT, 0, 0, 0).is_sufficient());
}

#[test]
fn the_fee_grows_with_workers_work_and_items() {
	let pricing = Pricing {
		base: 100u128,
		per_giga_mac: 1_000,
		per_block: 5,
		audit_levy: Permill::from_percent(10),
		burn: Permill::from_percent(1),
	};
	let fee = Fee::new(&pricing, 2, 500_000_000, 7, 1, 0);
	assert_eq!(
		(fee.pay, fee.workers, fee.levy, fee.burn, fee.royalty),
		(1_200, 2, 240, 24, 14)
	);
	assert_eq!(fee.total(), 2_678);
	// Each further block of the window is paid for, however many items were answered.
	assert_eq!(Fee::new(&pricing, 2, 500_000_000, 7, 1, 40).pay, 1_400);
	assert_eq!(
		Fee::new(&pricing, u32::MAX, u64::MAX, u128::MAX, 12, u32::MAX).total(),
		u128::MAX
	);
}

#[test]
fn work_is_rounded_up_to_whole_blocks() {
	let periods = Periods {
		commit: 1,
		reveal: 1,
		vote: 1,
		macs_per_block: 1_000,
		windows: [1, 2, 3],
	};
	assert_eq!(
		(
			periods.work_blocks(1, 0),
			periods.work_blocks(1, 1),
			periods.work_blocks(3, 1_000)
		),
		(0, 1, 3)
	);
	let extra = [Window::Short, Window::Standard, Window::Long].map(|window| periods.extra_window(window));
	assert_eq!(extra, [0, 1, 2]);
	let never = Periods {
		macs_per_block: 0,
		..periods
	};
	assert_eq!(never.work_blocks(u32::MAX, u64::MAX), u32::MAX);
}
