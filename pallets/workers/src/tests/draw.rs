//! The draw of executors from the pool of free slots.

use crate::{mock::*, BusySlots};
use assay_primitives::JobId;
use frame_support::{assert_ok, assert_storage_noop};
use sp_core::{H256, U256};
use std::collections::BTreeMap;

/// How often each residue is tried.
const ROUNDS: u64 = 5;

/// Draws once per seed, releases each slot again, and counts the draws of each worker.
fn tally(draws: u64) -> BTreeMap<u64, u64> {
	let mut drawn = BTreeMap::new();
	for job in 0..draws {
		let worker = draw(DIGITS, job).unwrap();
		assert_ok!(release(DIGITS, worker, job, ANSWERED));
		*drawn.entry(worker).or_default() += 1;
	}
	drawn
}

/// Returns the seed that encodes this number.
fn plain(number: u64) -> H256 {
	H256(U256::from(number).to_little_endian())
}

#[test]
fn a_draw_from_an_empty_pool_finds_nobody() {
	build_and_execute(|| {
		assert_storage_noop!(assert_eq!(draw(DIGITS, 0), None));
		register_serving(ALICE, TABLES, 1);
		assert_storage_noop!(assert_eq!(draw(DIGITS, 0), None));
	});
}

#[test]
fn a_drawn_slot_is_not_drawn_again() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 2);
		register_serving(BOB, DIGITS, 3);
		let mut drawn = BTreeMap::<u64, u32>::new();
		for job in 0..5 {
			*drawn.entry(draw(DIGITS, job).unwrap()).or_default() += 1;
			Workers::do_try_state().unwrap();
		}
		assert_eq!(drawn, BTreeMap::from([(ALICE, 2), (BOB, 3)]));
		assert_eq!(draw(DIGITS, 5), None);
		assert_eq!(free_slots(DIGITS), 0);
	});
}

#[test]
fn a_drawn_slot_is_busy_with_the_job() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 2);
		draw(DIGITS, 7).unwrap();
		let busy = BusySlots {
			job: JobId(7),
			slots: 1,
			checks: 0,
		};
		assert_eq!(slots(ALICE, DIGITS).busy.into_inner(), [busy]);
	});
}

#[test]
fn a_draw_for_one_model_does_not_affect_others() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 1);
		serve(ALICE, TABLES, 1);
		assert_eq!(draw(DIGITS, 0), Some(ALICE));
		assert_eq!(free_slots(TABLES), 1);
	});
}

#[test]
fn a_draw_depends_only_on_pool_and_seed() {
	let run = || {
		let mut drawn = Vec::new();
		build_and_execute(|| {
			for worker in 1..=10 {
				register_serving(worker, DIGITS, 3);
			}
			drawn = (0..20).map(|job| draw(DIGITS, job)).collect();
		});
		drawn
	};
	assert_eq!(run(), run());
}

#[test]
fn every_seed_hits_a_slot() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 3);
		for byte in 0..=255 {
			let job = byte.into();
			assert_eq!(draw_except(DIGITS, job, H256::repeat_byte(byte), &[]), Some(ALICE));
			assert_ok!(release(DIGITS, ALICE, job, ANSWERED));
		}
	});
}

#[test]
fn over_all_residues_every_free_slot_is_drawn_equally_often() {
	build_and_execute(|| {
		let offered = BTreeMap::from([(ALICE, 4), (BOB, 1), (CHARLIE, 6)]);
		for (worker, slots) in &offered {
			register_serving(*worker, DIGITS, *slots);
		}
		// The pool is not in the order in which slots were offered.
		serve(ALICE, DIGITS, 2);
		serve(ALICE, DIGITS, 4);
		let mut drawn = BTreeMap::<u64, u64>::new();
		for number in 0..11 * ROUNDS {
			let worker = rolled_back(|| draw_except(DIGITS, 0, plain(number), &[])).unwrap();
			*drawn.entry(worker).or_default() += 1;
		}
		for (worker, slots) in offered {
			assert_eq!(drawn[&worker], u64::from(slots) * ROUNDS);
		}
	});
}

#[test]
fn with_any_worker_excluded_the_other_slots_are_drawn_equally_often() {
	build_and_execute(|| {
		let offered = BTreeMap::from([(ALICE, 3), (BOB, 1), (CHARLIE, 2), (4, 2)]);
		for (worker, slots) in &offered {
			register_serving(*worker, DIGITS, *slots);
		}
		let mut drawn = BTreeMap::<u64, u64>::new();
		for number in 0..3 * ROUNDS {
			let worker = rolled_back(|| draw_except(DIGITS, 0, plain(number), &[CHARLIE, ALICE])).unwrap();
			*drawn.entry(worker).or_default() += 1;
		}
		assert_eq!(drawn, BTreeMap::from([(BOB, ROUNDS), (4, 2 * ROUNDS)]));
	});
}

#[test]
fn the_only_slot_that_is_not_barred_is_always_found() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, MAX_SLOTS);
		register_serving(BOB, DIGITS, 1);
		for number in 0..50 {
			assert_eq!(
				rolled_back(|| draw_except(DIGITS, 0, seed(number), &[ALICE])),
				Some(BOB)
			);
		}
	});
}

#[test]
fn the_workers_of_a_job_are_distinct_until_there_are_no_more() {
	build_and_execute(|| {
		for worker in 1..=6 {
			register_serving(worker, DIGITS, worker as u32);
		}
		let mut taken = Vec::new();
		for number in 0..6 {
			let worker = draw_except(DIGITS, 0, seed(number), &taken).unwrap();
			assert!(!taken.contains(&worker));
			taken.push(worker);
			Workers::do_try_state().unwrap();
		}
		assert_eq!(free_slots(DIGITS), 21 - 6);
		assert_storage_noop!(assert_eq!(draw_except(DIGITS, 0, seed(6), &taken), None));
	});
}

#[test]
fn excluding_a_worker_without_slots_changes_nothing() {
	build_and_execute(|| {
		for worker in 1..=5 {
			register_serving(worker, DIGITS, 3);
		}
		for number in 0..50 {
			let with = |excluded: &[u64]| rolled_back(|| draw_except(DIGITS, 0, seed(number), excluded));
			assert_eq!(with(&[]), with(&[77, NOBODY]));
		}
	});
}

#[test]
fn each_worker_is_drawn_in_proportion_to_its_slots() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 10);
		register_serving(BOB, DIGITS, 30);
		let drawn = tally(4_000);
		// 1000 are expected with a standard deviation of 27.4: allows four of them.
		assert!((890..=1_110).contains(&drawn[&ALICE]), "{drawn:?}");
	});
}
