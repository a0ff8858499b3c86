//! The ranges of parameters.

use crate::{ranges::*, terms::*};
use sp_runtime::Permill;

const UNIT: u128 = 1_000_000_000_000;
const LIVE: Limits = Limits {
	slot_bond: 10 * UNIT,
	existential_deposit: UNIT / 1_000,
	unbonding_period: 14 * 28_800,
	is_local: false,
};

fn pricing() -> Pricing<u128> {
	Pricing {
		base: UNIT / 1_000,
		per_giga_mac: UNIT / 100,
		per_block: UNIT / 100_000,
		audit_levy: Permill::from_percent(12),
		burn: Permill::from_percent(1),
	}
}

fn periods() -> Periods {
	Periods {
		commit: 20,
		reveal: 100,
		vote: 40,
		macs_per_block: 3_000_000_000,
		windows: [23, 100, 1_200],
	}
}

fn security() -> Security<u128> {
	Security {
		malicious_share: Permill::from_parts(333_333),
		audit_rate: Permill::from_percent(10),
		author_share: Permill::from_parts(333_333),
		reexecution: Permill::from_percent(90),
		slash: SlashSplit {
			burn: Permill::from_percent(50),
			requester: Permill::from_percent(20),
			reporters: Permill::from_percent(20),
		},
		no_show_fine: UNIT / 10,
		challenge_bond: 2 * UNIT,
	}
}

/// Sets each field in turn to what `choose` picks for it from its range.
fn chosen<T: Ranged>(mut value: T, choose: impl Fn(usize, Range) -> u128) -> T {
	let mut number = 0;
	value.visit(&LIVE, |_, _, range| {
		number += 1;
		choose(number, range)
	});
	value
}

/// Asserts that every combination of ends is in range, and that whatever is stored is read as one that is.
fn assert_ends<T: Ranged + PartialEq + core::fmt::Debug>(value: T) {
	assert_eq!(value.check(&LIVE), Ok(()));
	for ends in 0..1u32 << 10 {
		let is_max = |number: usize| ends >> number & 1 == 1;
		let within = chosen(value.clone(), |number, range| match is_max(number) {
			true => range.max,
			false => range.min,
		});
		assert_eq!(within.check(&LIVE), Ok(()));
		assert_eq!(within.clone().clamp(&LIVE), within);
		let beyond = chosen(value.clone(), |number, _| match is_max(number) {
			true => u128::MAX,
			false => 0,
		});
		assert!(beyond.check(&LIVE).is_err(), "{beyond:?}");
		assert_eq!(beyond.clamp(&LIVE).check(&LIVE), Ok(()));
	}
}

#[test]
fn every_end_is_in_range_and_nothing_beyond_is() {
	assert_ends(pricing());
	assert_ends(periods());
	assert_ends(security());
}

#[test]
fn a_refusal_names_the_field_its_value_and_its_range() {
	let late = Periods { reveal: 0, ..periods() };
	let refused = late.check(&LIVE).unwrap_err();
	assert_eq!(refused.to_string(), "periods.reveal is 0, and may be from 16 to 28800");
	assert_eq!(
		late.clamp(&LIVE),
		Periods {
			reveal: 16,
			..periods()
		}
	);
}

#[test]
fn windows_are_in_order_and_on_a_live_network_never_shorter_than_a_run_of_censors() {
	let with = |windows| Periods { windows, ..periods() };
	assert_eq!(
		with([24, 23, 25]).check(&LIVE).unwrap_err().field,
		Field::StandardWindow
	);
	assert_eq!(with([24, 26, 25]).check(&LIVE).unwrap_err().field, Field::LongWindow);
	assert_eq!(with([50, 10, 10]).clamp(&LIVE).windows, [50, 50, 50]);
	assert_eq!(
		with([10, 100, 1_200]).check(&LIVE).unwrap_err().field,
		Field::ShortWindow
	);
	let local = Limits { is_local: true, ..LIVE };
	assert_eq!(with([10, 100, 1_200]).check(&local), Ok(()));
	assert_eq!(
		with([0, 100, 1_200]).check(&local).unwrap_err().field,
		Field::ShortWindow
	);
	// Three blocks for a challenger, and censors of a third of all blocks in a row: one in 3.4 billion.
	assert!(3u64.pow(MIN_WINDOW - 3) > 3_400_000_000);
}

#[test]
fn a_job_ends_before_stake_can_be_withdrawn() {
	let longest = chosen(periods(), |_, range| range.max);
	let [.., long] = longest.windows;
	// The bound of docs/protocol.md.
	let life = 3 * longest.commit + 3 * (2 + 8 + longest.commit) + longest.reveal + long + longest.vote;
	assert!(life < LIVE.unbonding_period / 10 * 7, "{life}");
}

#[test]
fn the_shares_of_a_bond_are_at_most_all_of_it_and_some_is_burned() {
	let all = chosen(security(), |_, range| range.max).slash;
	assert_eq!(all.burn + all.requester + all.reporters, Permill::one());
	let greedy = SlashSplit {
		burn: Permill::zero(),
		requester: Permill::one(),
		reporters: Permill::one(),
	};
	let slash = Security {
		slash: greedy,
		..security()
	};
	let slash = slash.clamp(&LIVE).slash;
	assert_eq!(slash.burn, MIN_SLASH_BURN);
	assert_eq!(slash.burn + slash.requester + slash.reporters, Permill::one());
}

#[test]
fn the_smallest_levy_pays_for_the_most_audits() {
	let least = chosen(pricing(), |_, range| range.min);
	let most = chosen(security(), |_, range| range.max);
	let fee = Fee::new(&least, 1, 1_000_000, 0, 0, 0);
	assert!(fee.levy >= most.audit_rate.mul_floor(fee.pay));
}

#[test]
fn the_fee_of_the_largest_job_at_the_highest_prices_is_a_number() {
	let dearest = chosen(pricing(), |_, range| range.max);
	let fee = Fee::new(&dearest, 256, u64::MAX, 0, MAX_CHECKERS, u32::MAX);
	let priced = dearest.per_giga_mac * (u128::from(u64::MAX) * 256) / 1_000_000_000;
	let pay = dearest.base * 256 + priced + dearest.per_block * u128::from(u32::MAX);
	assert_eq!(fee.pay, pay);
	assert_eq!(fee.total(), pay * 13 + (pay * 13 / 2) * 2);
}
