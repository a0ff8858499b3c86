//! What may rest on an answer.

use crate::{
	bounds::*,
	terms::{Security, SlashSplit, MAX_CHECKERS},
};
use sp_runtime::Permill;

const UNIT: u128 = 1_000_000_000_000;
const BOND: u128 = 10 * UNIT;

/// Returns the odds of the runtime.
fn odds() -> Odds {
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
	.odds()
}

/// Returns a pool of `workers` workers with `tickets` tickets each, all idle.
fn pool(workers: u32, tickets: u32) -> Capacity {
	Capacity {
		tickets: workers * tickets,
		workers,
		largest: tickets,
		mean_age: 1_000,
		idle: workers * tickets,
	}
}

fn backing(capacity: Capacity, slots: u8, checkers: u8) -> Backing<u128> {
	Backing {
		odds: odds().in_pool(&capacity, checkers),
		capacity,
		bond: BOND,
		slots,
		checkers,
	}
}

/// Returns the maximum of fee and value at risk by this bound.
fn limit(backing: &Backing<u128>, bound: Bound) -> u128 {
	let mut limits = backing.limits().into_iter();
	limits.find(|(of, _)| *of == bound).unwrap().1
}

#[test]
fn the_probability_of_one_draw_follows_the_formula() {
	const ONE: u128 = 1_000_000_000_000_000_000;
	// f = 333,333 / 10^6 and p = 1 / 10, so 1 - p (1 - f) = 9,333,333 / 10^7.
	let mut expected = ONE / 10_000_000 * 9_333_333;
	for checkers in 0..=MAX_CHECKERS {
		let got = u128::from(odds().draw_probability(checkers).deconstruct());
		assert!(got.abs_diff(expected) <= 16, "{checkers}: {got} {expected}");
		expected = expected * 333_333 / 1_000_000;
	}
}

#[test]
fn authors_that_reject_draws_make_evasion_more_likely() {
	for checkers in 0..=MAX_CHECKERS {
		for g in [0.0, 0.1, 0.2, 1.0 / 3.0, 0.5] {
			let odds = Odds {
				author_share: Permill::from_parts((g * 1e6) as u32),
				..odds()
			};
			let m = odds.draw_probability(checkers).deconstruct() as f64 / 1e18;
			let rejected = 1.0 - (1.0 - g) * (1.0 - g);
			let expected = m / (1.0 - rejected * (1.0 - m));
			let got = odds.evasion_probability(checkers).deconstruct() as f64 / 1e18;
			assert!((got / expected - 1.0).abs() < 1e-5, "{checkers} {g}: {got} {expected}");
		}
	}
}

/// The table of docs/protocol.md: the maximum of fee and value at risk by each bound in ASY, for one slot and for
/// sixteen, in a pool of 90 workers with sixteen tickets each.
#[test]
fn the_table_in_the_documentation_is_right() {
	let document = include_str!("../../../../docs/protocol.md");
	let mut table = String::new();
	for checkers in [0, 1, 2, 3, 6, 12] {
		let of = |slots| {
			let backing = backing(pool(90, 16), slots, checkers);
			let limit = |bound| limit(&backing, bound) as f64 / UNIT as f64;
			(
				backing.evasion_probability().deconstruct() as f64 / 1e18,
				limit(Bound::Draw),
				limit(Bound::Capture),
				limit(Bound::Pool),
			)
		};
		let ((m, draw, capture, pool), (_, draw16, capture16, _)) = (of(1), of(16));
		let rounded = |value: f64| match value {
			v if v < 1.0 => format!("{v:.2}"),
			v if v < 10.0 => format!("{v:.1}"),
			v if v < 100.0 => format!("{v:.0}"),
			v if v < 1_000.0 => format!("{:.0}", (v / 10.0).floor() * 10.0),
			v => {
				let hundreds = (v / 100.0).floor() as u64;
				match hundreds {
					h if h < 10_000 => format!("{},{:03}", h / 10, h % 10 * 100),
					h => format!("{},{:03},000", h / 10_000, h / 10 % 1_000),
				}
			}
		};
		let chance = match m {
			m if m > 0.01 => format!("{m:.3}"),
			m if m > 0.001 => format!("{m:.4}"),
			m => format!("{m:.7}"),
		};
		let least = draw.min(capture).min(pool);
		let least16 = draw16.min(capture16).min(pool);
		table += &format!(
			"| {checkers} | {chance} | {} | {} | {} | {} |\n",
			rounded(draw),
			rounded(capture),
			rounded(least),
			rounded(least16)
		);
	}
	assert!(document.contains(&table), "docs/protocol.md lacks:\n{table}");
}

#[test]
fn one_party_that_owns_the_pool_takes_no_more_than_re_execution_deters() {
	// 2.8 million units pass the draw of twelve checkers, whoever the workers are.
	let backing = backing(pool(90, 1), 1, MAX_CHECKERS);
	assert!(backing.deterrence(0, 1_000_000 * UNIT).is_sufficient());
	assert_eq!(backing.exceeded(0, 1_000_000 * UNIT), Some(Bound::Capture));
	// 13 bonds of 10, half of which is burned, nine times as much.
	assert_eq!(limit(&backing, Bound::Capture), 585 * UNIT);
	// Only 445 in a pool of 90: half of the bonds of the others.
	assert_eq!(backing.most_at_risk(UNIT), (444 * UNIT, Bound::Pool));
}

#[test]
fn a_large_account_counts_with_all_its_tickets() {
	let mut capacity = pool(40, 2);
	let even = backing(capacity, 1, 2);
	assert_eq!(even.odds.malicious_share, odds().malicious_share);
	(capacity.tickets, capacity.largest) = (40, 30);
	let uneven = backing(capacity, 1, 2);
	assert_eq!(uneven.odds.malicious_share, Permill::from_percent(75));
	assert!(uneven.most_at_risk(0).0 < even.most_at_risk(0).0 / 4);
	assert_eq!(limit(&uneven, Bound::Pool), 50 * UNIT);
	// One account has the pool.
	(capacity.tickets, capacity.largest) = (40, 40);
	assert_eq!(backing(capacity, 1, 2).most_at_risk(0), (0, Bound::Draw));
}

#[test]
fn nothing_is_at_risk_where_everybody_can_foresee_the_draw() {
	for checkers in 0..=MAX_CHECKERS {
		let enough = 2 * (u32::from(checkers) + 1);
		assert_eq!(
			backing(pool(enough - 1, 100), 16, checkers).exceeded(0, 1),
			Some(Bound::Workers)
		);
		assert_eq!(
			backing(pool(enough - 1, 100), 16, checkers).most_at_risk(0),
			(0, Bound::Workers)
		);
		assert_eq!(backing(pool(enough, 100), 16, checkers).exceeded(0, 1), None);
	}
}

#[test]
fn bonds_behind_other_jobs_do_not_count() {
	let mut capacity = pool(90, 16);
	let captured = |capacity| limit(&backing(capacity, 16, 12), Bound::Capture);
	assert_eq!(captured(capacity), 28 * 45 * UNIT);
	capacity.idle = 5;
	assert_eq!(captured(capacity), 5 * 45 * UNIT);
	capacity.idle = 0;
	assert_eq!(backing(capacity, 16, 12).most_at_risk(0), (0, Bound::Capture));
}

#[test]
fn the_most_that_may_be_at_risk_is_accepted_and_one_more_is_not() {
	let mut state = 1u64;
	let mut below = |bound: u64| {
		// A linear congruential generator, by Knuth.
		state = state
			.wrapping_mul(6_364_136_223_846_793_005)
			.wrapping_add(1_442_695_040_888_963_407);
		(state >> 33) % bound
	};
	let mut limited = [0; 4];
	for _ in 0..20_000 {
		let workers = 1 + below(200) as u32;
		let largest = 1 + below(40) as u32;
		let capacity = Capacity {
			tickets: largest + (workers - 1) * (1 + below(u64::from(largest)) as u32),
			workers,
			largest,
			mean_age: 0,
			idle: below(400) as u32,
		};
		let checkers = below(13) as u8;
		let share = |from: u64, to: u64, below: u64| Permill::from_parts((from + below % (to - from + 1)) as u32);
		let assumed = Odds {
			malicious_share: share(200_000, 660_000, below(1 << 30)),
			audit_rate: share(0, 120_000, below(1 << 30)),
			author_share: share(100_000, 500_000, below(1 << 30)),
			reexecution: share(500_000, 990_000, below(1 << 30)),
			..odds()
		};
		let backing = Backing {
			odds: assumed.in_pool(&capacity, checkers),
			capacity,
			bond: 1 + u128::from(below(1 << 31)) * 1_000,
			slots: 1 + below(16) as u8,
			checkers,
		};
		let fee = u128::from(below(1 << 31));
		let (most, bound) = backing.most_at_risk(fee);
		if most > 0 {
			assert_eq!(backing.exceeded(fee, most), None, "{backing:?} {fee}");
		}
		assert!(backing.exceeded(fee, most + 1).is_some(), "{backing:?} {fee}");
		limited[bound as usize] += 1;
	}
	assert!(limited.iter().all(|times| *times > 300), "{limited:?}");
}
