use crate::{mock::*, pool::places, Pools, MAX_TRIES};
use assay_primitives::JobId;
use frame_support::{assert_ok, assert_storage_noop};
use sp_core::{H256, U256};
use std::collections::BTreeMap;

/// Draws once per seed, releasing each slot again, and counts who was drawn.
fn tally(draws: u64) -> BTreeMap<u64, u64> {
	let mut drawn = BTreeMap::new();
	for job in 0..draws {
		let worker = draw(DIGITS, job).unwrap();
		assert_ok!(release(DIGITS, worker, job, ANSWERED));
		*drawn.entry(worker).or_default() += 1;
	}
	drawn
}

/// The seed that is this number.
fn plain(number: u64) -> H256 {
	H256(U256::from(number).to_little_endian())
}

#[test]
fn an_empty_pool_gives_nobody() {
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
		assert_eq!(Pools::<Test>::iter().count(), 0);
	});
}

#[test]
fn a_drawn_slot_is_busy_with_the_job() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 2);
		draw(DIGITS, 7).unwrap();
		assert_eq!(slots(ALICE, DIGITS).busy.into_inner(), [JobId(7)]);
	});
}

#[test]
fn a_draw_for_one_model_leaves_the_others() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 1);
		serve(ALICE, TABLES, 1);
		assert_eq!(draw(DIGITS, 0), Some(ALICE));
		assert_eq!(free_slots(TABLES), 1);
	});
}

#[test]
fn a_draw_depends_on_nothing_but_pool_and_seed() {
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
	const ROUNDS: u64 = 5;
	build_and_execute(|| {
		let offered = BTreeMap::from([(ALICE, 4), (BOB, 1), (CHARLIE, 6)]);
		for (worker, slots) in &offered {
			register_serving(*worker, DIGITS, *slots);
		}
		// The pool is not in the order in which slots came.
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
fn whoever_is_excluded_every_other_slot_is_drawn_equally_often() {
	build_and_execute(|| {
		let offered = BTreeMap::from([(ALICE, 3), (BOB, 1), (CHARLIE, 2), (4, 2)]);
		for (worker, slots) in &offered {
			register_serving(*worker, DIGITS, *slots);
		}
		let pool = Pools::<Test>::get(DIGITS);
		let excluded = [CHARLIE, ALICE];
		let (n, barred) = (u64::from(pool.free), 5);
		let mut drawn = BTreeMap::<Option<u64>, u64>::new();
		// All pairs of places for two tries: a slot is hit by the first, or by the second after a miss.
		for first in 0..pool.free {
			for second in 0..pool.free {
				let places = [first, second].into_iter();
				let worker = rolled_back(|| Workers::draw_at(&DIGITS, pool, JobId(0), &excluded, places));
				*drawn.entry(worker).or_default() += 1;
			}
		}
		assert_eq!(
			drawn,
			BTreeMap::from([
				(None, barred * barred),
				(Some(BOB), n + barred),
				(Some(4), 2 * (n + barred))
			])
		);
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
fn a_worker_busy_with_the_job_is_not_drawn_for_it_again_whoever_is_excluded() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 3);
		register_serving(BOB, DIGITS, 3);
		let first = draw_except(DIGITS, 0, seed(0), &[]).unwrap();
		let second = draw_except(DIGITS, 0, seed(1), &[]).unwrap();
		assert_ne!(first, second);
		assert_eq!(draw_except(DIGITS, 0, seed(2), &[]), None);
		assert!(draw_except(DIGITS, 1, seed(2), &[]).is_some());
	});
}

#[test]
fn excluding_somebody_who_is_not_there_changes_nothing() {
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
fn a_draw_tries_a_bounded_number_of_places_and_then_finds_nobody() {
	build_and_execute(|| {
		// Somebody with all slots of the pool but one, so that misses happen.
		register_serving(ALICE, DIGITS, MAX_SLOTS);
		register_serving(BOB, DIGITS, 1);
		let size = MAX_SLOTS + 1;
		let (mut missed, mut hit_late) = (0, 0);
		for number in 0..200 {
			let tries = places(seed(number), size).position(|place| place == MAX_SLOTS);
			let drawn = rolled_back(|| draw_except(DIGITS, 0, seed(number), &[ALICE]));
			assert_eq!(drawn, tries.map(|_| BOB));
			missed += u32::from(drawn.is_none());
			hit_late += u32::from(tries.is_some_and(|tries| tries > 10));
		}
		// A seventh of them misses.
		assert!((10..60).contains(&missed) && hit_late > 50, "{missed} {hit_late}");
	});
}

#[test]
fn the_places_tried_begin_with_the_seed_and_are_bounded_in_number_and_size() {
	assert_eq!(places(plain(12), 0).count(), 0);
	assert_eq!(places(plain(12), 1).collect::<Vec<_>>(), vec![0; MAX_TRIES]);
	assert_eq!(places(plain(12), 5).next(), Some(2));
	let tried = places(plain(12), u32::MAX).collect::<std::collections::BTreeSet<_>>();
	assert_eq!(tried.len(), MAX_TRIES);
	assert!(places(seed(3), 7).all(|place| place < 7));
}

#[test]
fn each_worker_is_drawn_in_proportion_to_its_slots() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 10);
		register_serving(BOB, DIGITS, 30);
		let drawn = tally(4_000);
		// Expected 1000 with a standard deviation of 27.4: within four of them.
		assert!((890..=1_110).contains(&drawn[&ALICE]), "{drawn:?}");
	});
}
