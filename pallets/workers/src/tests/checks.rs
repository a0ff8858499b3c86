//! The draw of checkers from the list of tickets: whom a seed names, and when nobody takes the check.

use crate::{mock::*, types::CHECKS_PER_TICKET};
use assay_primitives::{
	traits::{Named, Offence, WorkerPool},
	JobId,
};
use frame_support::{assert_ok, assert_storage_noop};
use sp_core::{H256, U256};
use std::collections::BTreeMap;

/// How often each residue is tried.
const ROUNDS: u64 = 5;

/// Returns the seed that encodes this number.
fn plain(number: u64) -> H256 {
	H256(U256::from(number).to_little_endian())
}

fn seeds(first: u64, number: u64) -> Vec<H256> {
	(first..first + number).map(seed).collect()
}

/// Registers workers that offer these numbers of slots of DIGITS, whose tickets are listed.
fn listed(offered: &[(u64, u32)]) {
	for (worker, slots) in offered {
		register_serving(*worker, DIGITS, *slots);
	}
	mature();
}

#[test]
fn an_empty_list_names_nobody() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 3);
		// The tickets are not listed yet.
		assert_storage_noop!(assert_eq!(draw_checkers(DIGITS, 0, &seeds(0, 3), &[]), []));
		assert_eq!(available_workers(DIGITS), 0);
		mature();
		assert_eq!(available_workers(DIGITS), 1);
		assert_storage_noop!(assert_eq!(draw_checkers(DIGITS, 0, &seeds(0, 3), &[ALICE]), []));
	});
}

#[test]
fn over_all_residues_every_ticket_that_is_not_barred_is_named_equally_often() {
	build_and_execute(|| {
		let offered = BTreeMap::from([(ALICE, 4), (BOB, 1), (CHARLIE, 6), (4, 2)]);
		listed(&offered.clone().into_iter().collect::<Vec<_>>());
		// The list is not in the order in which slots were offered.
		serve(ALICE, DIGITS, 2);
		mature();
		serve(ALICE, DIGITS, 4);
		mature();
		for (excluded, open) in [(vec![], 13), (vec![CHARLIE], 7), (vec![ALICE, BOB], 8)] {
			let mut named = BTreeMap::<u64, u64>::new();
			for number in 0..open * ROUNDS {
				let worker = rolled_back(|| draw_checkers(DIGITS, 0, &[plain(number)], &excluded))[0].worker;
				*named.entry(worker).or_default() += 1;
			}
			for (worker, slots) in &offered {
				let expected = if excluded.contains(worker) {
					0
				} else {
					u64::from(*slots) * ROUNDS
				};
				assert_eq!(named.get(worker).copied().unwrap_or_default(), expected);
			}
		}
	});
}

#[test]
fn several_checkers_of_one_draw_are_those_of_single_draws_one_after_the_other() {
	build_and_execute(|| {
		listed(
			&(1..=9)
				.map(|worker| (worker, worker as u32 % 4 + 1))
				.collect::<Vec<_>>(),
		);
		for first in 0..20 {
			let seeds = seeds(100 * first, 12);
			let together = rolled_back(|| draw_checkers(DIGITS, first, &seeds, &[3]));
			// There are only eight others.
			assert_eq!(together.len(), 8);
			let mut taken = vec![3];
			rolled_back(|| {
				for (seed, named) in seeds.iter().zip(&together) {
					assert_eq!(
						draw_checkers(DIGITS, first, &[*seed], &taken),
						std::slice::from_ref(named)
					);
					assert!(!taken.contains(&named.worker));
					taken.push(named.worker);
				}
			});
		}
	});
}

#[test]
fn a_check_occupies_no_slot_and_a_busy_worker_is_named_as_well() {
	build_and_execute(|| {
		listed(&[(ALICE, 1)]);
		assert_eq!(draw(DIGITS, 0), Some(ALICE));
		assert_eq!(free_slots(DIGITS), 0);
		assert_eq!(draw_checker(DIGITS, 1), ALICE);
		assert_eq!(Workers::assigned_jobs(&ALICE), [0, 1].map(JobId));
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert_eq!(free_slots(DIGITS), 1);
		assert_eq!(Workers::workload(&DIGITS, &ALICE), 1);
		draw_checker(DIGITS, 2);
		draw_checker(DIGITS, 3);
		assert_eq!(Workers::workload(&DIGITS, &ALICE), 3);
	});
}

#[test]
fn a_worker_with_too_many_open_checks_leaves_a_gap_and_the_seed_names_no_other() {
	build_and_execute(|| {
		listed(&[(ALICE, 2), (BOB, 2)]);
		let most = u64::from(2 * CHECKS_PER_TICKET);
		for job in 0..most {
			assert_eq!(
				draw_checkers(DIGITS, job, &[plain(0)], &[]),
				[Named {
					worker: ALICE,
					is_drawn: true
				}]
			);
		}
		let gap = Named {
			worker: ALICE,
			is_drawn: false,
		};
		assert_storage_noop!(assert_eq!(
			draw_checkers(DIGITS, most, &[plain(0)], &[]),
			std::slice::from_ref(&gap)
		));
		// The worker that left the gap is not named again, so that the next place is the same as if it had room.
		let next = |ready: bool| Named {
			worker: BOB,
			is_drawn: ready,
		};
		assert_eq!(
			draw_checkers(DIGITS, most, &[plain(0), plain(0)], &[]),
			[gap, next(true)]
		);
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert!(draw_checkers(DIGITS, 99, &[plain(0)], &[])[0].is_drawn);
	});
}

#[test]
fn a_worker_without_the_stake_for_a_bond_leaves_a_gap() {
	build_and_execute(|| {
		listed(&[(ALICE, 5), (BOB, 1)]);
		for job in 0..4 {
			draw_checkers(DIGITS, job, &[plain(0)], &[BOB]);
			assert_ok!(penalise(ALICE, job, Offence::WrongAnswer, SLOT_BOND, &[]));
		}
		draw_checkers(DIGITS, 4, &[plain(0)], &[BOB]);
		assert_ok!(penalise(ALICE, 4, Offence::NoShow, 1, &[]));
		// Its tickets are listed until their leave is due.
		assert_eq!(tickets(ALICE, DIGITS), 5);
		let named = rolled_back(|| draw_checkers(DIGITS, 5, &[plain(0), plain(1)], &[]));
		assert_eq!(
			named
				.iter()
				.map(|named| (named.worker, named.is_drawn))
				.collect::<Vec<_>>(),
			[(ALICE, false), (BOB, true)]
		);
		assert_ok!(Workers::bond_more(RuntimeOrigin::signed(ALICE), 1));
		assert!(draw_checkers(DIGITS, 5, &[plain(0)], &[])[0].is_drawn);
	});
}

#[test]
fn a_pool_promises_one_check_for_each_ticket() {
	build_and_execute(|| {
		listed(&[(ALICE, 3), (BOB, 2)]);
		let executor = |job, checks| Workers::draw_executor(&DIGITS, JobId(job), seed(job), &[], 1, checks);
		assert_eq!(Workers::free_checks(&DIGITS), 5);
		assert_storage_noop!(assert_eq!(executor(0, 6), None));
		let first = executor(0, 3).unwrap();
		assert_eq!(Workers::free_checks(&DIGITS), 2);
		assert_storage_noop!(assert_eq!(executor(1, 3), None));
		let second = executor(1, 2).unwrap();
		assert!(executor(2, 0).is_some());
		assert_ok!(release(DIGITS, first, 0, ANSWERED));
		assert_ok!(penalise(second, 1, Offence::NoShow, 1, &[]));
		assert_eq!(Workers::free_checks(&DIGITS), 5);
	});
}

#[test]
fn a_named_worker_is_no_second_time_in_its_job() {
	build_and_execute(|| {
		listed(&[(ALICE, 3)]);
		assert_eq!(draw(DIGITS, 0), Some(ALICE));
		let named = draw_checkers(DIGITS, 0, &[seed(0)], &[]);
		assert_eq!(
			named,
			[Named {
				worker: ALICE,
				is_drawn: false
			}]
		);
	});
}
