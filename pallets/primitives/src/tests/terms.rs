//! What jobs cost, and when cheating cannot pay.

use crate::terms::*;
use sp_runtime::{Permill, Perquintill};

const UNIT: u128 = 1_000_000_000_000;

fn security() -> Security<u128> {
	Security {
		malicious: Permill::from_parts(333_333),
		audit: Permill::from_percent(10),
		slash: SlashSplit {
			burn: Permill::from_percent(50),
			requester: Permill::from_percent(20),
			provers: Permill::from_percent(20),
		},
		no_show_fine: UNIT / 10,
		challenge_bond: 5 * UNIT,
	}
}

#[test]
fn the_chance_to_pass_is_the_formulas() {
	const ONE: u128 = 1_000_000_000_000_000_000;
	// f = 333,333 / 10^6 and p = 1 / 10, so 1 - p (1 - f) = 9,333,333 / 10^7.
	let mut expected = ONE / 10_000_000 * 9_333_333;
	for checkers in 0..=MAX_CHECKERS {
		let got = u128::from(security().odds().passing(checkers).deconstruct());
		assert!(got.abs_diff(expected) <= 16, "{checkers}: {got} {expected}");
		expected = expected * 333_333 / 1_000_000;
	}
}

#[test]
fn more_checkers_deter_more() {
	let deters = |checkers, value| Deterrence::new(security().odds(), 10 * UNIT, checkers, UNIT / 100, value).holds();
	assert!(deters(0, UNIT / 3) && !deters(0, UNIT / 2));
	assert!(deters(1, 10 * UNIT) && !deters(1, 12 * UNIT));
	assert!(deters(12, 1_000_000 * UNIT));
}

#[test]
fn a_crowd_makes_cheats_of_those_that_are_left() {
	let odds = security().odds();
	assert_eq!(odds.crowded(90, 90), odds);
	assert_eq!(odds.crowded(45, 90).malicious, Permill::from_parts(666_666));
	assert!(odds.crowded(30, 90).malicious < Permill::one());
	assert_eq!(odds.crowded(29, 90).malicious, Permill::one());
	assert_eq!(odds.crowded(0, u32::MAX).passing(12), Perquintill::one());
}

#[test]
fn without_audit_and_checkers_nothing_deters() {
	let unwatched = Security {
		audit: Permill::zero(),
		..security()
	};
	assert!(!Deterrence::new(unwatched.odds(), 10 * UNIT, 0, 0, 0).holds());
}

#[test]
fn the_fee_follows_workers_work_and_inputs() {
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
	// A slot that waits longer is paid for each block, however many inputs it answered.
	assert_eq!(Fee::new(&pricing, 2, 500_000_000, 7, 1, 40).pay, 1_400);
	assert_eq!(
		Fee::new(&pricing, u32::MAX, u64::MAX, u128::MAX, 12, u32::MAX).total(),
		u128::MAX
	);
}

#[test]
fn work_takes_whole_blocks() {
	let periods = Periods {
		commit: 1,
		reveal: 1,
		vote: 1,
		macs_per_block: 1_000,
		windows: [1, 2, 3],
	};
	assert_eq!(
		(periods.work(1, 0), periods.work(1, 1), periods.work(3, 1_000)),
		(0, 1, 3)
	);
	let waits = [Window::Short, Window::Standard, Window::Long].map(|window| periods.wait(window));
	assert_eq!(waits, [0, 1, 2]);
	let never = Periods {
		macs_per_block: 0,
		..periods
	};
	assert_eq!(never.work(u32::MAX, u64::MAX), u32::MAX);
}
