//! A group gains nothing by splitting its stake over accounts.
//!
//! Let a model have N tickets, g of them of accounts of one group, f = g / N. However the g tickets are split over
//! accounts:
//!
//! 1. A worker named first belongs to the group with probability f, exactly; so does the executor, if as many of its
//!    slots are free.
//! 2. Given that the executor belongs to the group, the probability that all c checkers do too is at most f^c. Proof:
//!    let the accounts named so far have s tickets together. The next draw is uniform over the N - s tickets of the
//!    others, g - s of them the group's, and (g - s) / (N - s) <= g / N. The f of this bound counts the executor's own
//!    tickets. Whether a worker named takes its check does not matter: a gap helps nobody.
//! 3. The finest split, one ticket per account, is the best for the group, since s is then minimal; the probability is
//!    then (g - 1) / (N - 1) * ... * (g - c) / (N - c). A single account cannot fill any job that has a checker.
//!
//! So no split exceeds what the deterrence condition grants a group of share f. A group that keeps many slots in one
//! account only loses: it is excluded from its own jobs more easily.
//!
//! The tests compute these probabilities exactly: they enumerate every residue of the seed of every draw, which are
//! equally likely.

use crate::{mock::*, Pools};
use proptest::prelude::*;
use sp_core::{H256, U256};
use std::cmp::Ordering;

const JOB: u64 = 0;

/// The group's accounts have at least this number, all others a smaller one.
const GROUP: u64 = 50;

/// An exact fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fraction(u128, u128);

impl Fraction {
	const ZERO: Self = Self(0, 1);
	const ONE: Self = Self(1, 1);

	fn new(numerator: u128, denominator: u128) -> Self {
		let (mut a, mut b) = (numerator, denominator);
		while b > 0 {
			(a, b) = (b, a % b);
		}
		Self(numerator / a, denominator / a)
	}

	fn plus(self, other: Self) -> Self {
		Self::new(self.0 * other.1 + other.0 * self.1, self.1 * other.1)
	}

	fn times(self, other: Self) -> Self {
		Self::new(self.0 * other.0, self.1 * other.1)
	}

	fn pow(self, exponent: u32) -> Self {
		Self::new(self.0.pow(exponent), self.1.pow(exponent))
	}
}

impl PartialOrd for Fraction {
	fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
		(self.0 * other.1).partial_cmp(&(other.0 * self.1))
	}
}

/// Returns the probability that the next `draws` workers named for the job, after those `taken`, all belong to the
/// group.
fn all_in_group(taken: &mut Vec<u64>, draws: u32) -> Fraction {
	if draws == 0 {
		return Fraction::ONE;
	}
	let barred: u32 = taken.iter().map(|worker| tickets(*worker, DIGITS)).sum();
	let open = u128::from(Pools::<Test>::get(DIGITS).tickets - barred);
	let mut sum = Fraction::ZERO;
	for residue in 0..open as u64 {
		rolled_back(|| {
			let seed = H256(U256::from(residue).to_little_endian());
			let worker = draw_checkers(DIGITS, JOB, &[seed], taken)[0].worker;
			if worker >= GROUP {
				taken.push(worker);
				sum = sum.plus(all_in_group(taken, draws - 1));
				taken.pop();
			}
		});
	}
	sum.times(Fraction::new(1, open.max(1)))
}

/// Returns the probabilities that the first worker, the first two and so on up to `up_to` belong to a group with this
/// split.
fn probabilities(others: &[u32], group: &[u32], up_to: u32) -> Vec<Fraction> {
	let mut probabilities = Vec::new();
	build_and_execute(|| {
		// The group's slots are among those of the others.
		let accounts = (1..).zip(others).map(|(account, slots)| (account, *slots));
		let group = (GROUP..).zip(group).map(|(account, slots)| (account, *slots));
		let mut all = accounts.chain(group).collect::<Vec<_>>();
		all.sort_by_key(|(account, slots)| (*slots, *account));
		for (account, slots) in all {
			register_serving(account, DIGITS, slots);
		}
		mature();
		probabilities = (1..=up_to).map(|draws| all_in_group(&mut Vec::new(), draws)).collect();
	});
	probabilities
}

/// Returns all ways to split `slots` over accounts, none with more than `largest`.
fn splits(slots: u32, largest: u32) -> Vec<Vec<u32>> {
	if slots == 0 {
		return vec![Vec::new()];
	}
	(1..=largest.min(slots))
		.flat_map(|first| {
			splits(slots - first, first).into_iter().map(move |mut rest| {
				rest.push(first);
				rest
			})
		})
		.collect()
}

/// Returns `g / n * (g - 1) / (n - 1) * ...`, with `draws` factors.
fn hypergeometric(g: u32, n: u32, draws: u32) -> Fraction {
	(0..draws)
		.map(|drawn| Fraction::new(g.saturating_sub(drawn).into(), (n - drawn).into()))
		.fold(Fraction::ONE, Fraction::times)
}

#[test]
fn the_finest_split_is_best_for_the_group_and_one_account_is_worst() {
	let (others, slots) = ([3, 1], 5);
	let n = slots + 4;
	let finest = probabilities(&others, &[1; 5], 3);
	assert_eq!(finest, [1, 2, 3].map(|draws| hypergeometric(slots, n, draws)));
	let whole = probabilities(&others, &[slots], 3);
	assert_eq!(whole, [Fraction::new(5, 9), Fraction::ZERO, Fraction::ZERO]);

	let all = splits(slots, slots);
	assert_eq!(all.len(), 7);
	for split in all {
		for (probability, best) in probabilities(&others, &split, 3).iter().zip(&finest) {
			assert!(probability <= best, "{split:?}: {probability:?} exceeds {best:?}");
		}
	}
}

#[test]
fn a_group_with_every_slot_fills_every_job_while_it_has_accounts() {
	assert_eq!(
		probabilities(&[], &[2, 1, 1], 4),
		[Fraction::ONE, Fraction::ONE, Fraction::ONE, Fraction::ZERO]
	);
}

/// Returns any split of at most `most` slots over accounts.
fn some_split(most: u32) -> impl Strategy<Value = Vec<u32>> {
	(1..=most, prop::collection::vec(1..=most, 1..=most as usize)).prop_map(|(mut left, parts)| {
		let mut split = Vec::new();
		for part in parts {
			let part = part.min(left);
			if part > 0 {
				split.push(part);
			}
			left -= part;
		}
		split
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn no_split_of_a_groups_slots_beats_its_share(others in some_split(5), group in some_split(5)) {
		let slots = group.iter().sum::<u32>();
		let n = slots + others.iter().sum::<u32>();
		let share = Fraction::new(slots.into(), n.into());
		let probabilities = probabilities(&others, &group, 4);

		prop_assert_eq!(probabilities[0], share);
		for (checkers, probability) in (0..).zip(&probabilities) {
			// All belong to the group: the executor with f and, given that, the checkers with at most f^c.
			let bound = share.times(share.pow(checkers));
			prop_assert!(*probability <= bound, "{:?} {:?}: {:?}", others, group, probability);
		}
	}
}
