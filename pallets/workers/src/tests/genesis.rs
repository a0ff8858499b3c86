use crate::mock::*;
use assay_primitives::traits::WorkerPool;

#[test]
fn genesis_workers_are_registered_with_their_stake_on_hold() {
	new_test_ext(vec![(ALICE, 500, key(ALICE)), (BOB, 700, key(BOB))]).execute_with(|| {
		assert_eq!(held(ALICE), 500);
		assert_eq!(Workers::key(&BOB), Some(key(BOB)));
		assert_eq!(Workers::worker(&key(BOB)), Some(BOB));
		Workers::do_try_state().unwrap();
	});
}

#[test]
#[should_panic(expected = "genesis worker 2 cannot be registered")]
fn a_genesis_with_one_key_for_two_workers_is_refused() {
	new_test_ext(vec![(ALICE, 500, key(ALICE)), (BOB, 500, key(ALICE))]);
}

#[test]
fn genesis_workers_can_serve_from_the_first_block() {
	let workers = vec![(ALICE, 500, key(ALICE)), (BOB, 700, key(BOB))];
	genesis(workers, vec![(ALICE, DIGITS, 3), (BOB, DIGITS, 4)]).execute_with(|| {
		assert_eq!(Workers::free_slots(&DIGITS), 7);
		assert_eq!(Workers::available_workers(&DIGITS), 2);
		assert_eq!((tickets(ALICE, DIGITS), tickets(BOB, DIGITS)), (3, 4));
		Workers::do_try_state().unwrap();
	});
}

#[test]
#[should_panic(expected = "genesis worker 1 cannot serve")]
fn a_genesis_in_which_a_worker_serves_more_than_its_stake_backs_is_refused() {
	genesis(vec![(ALICE, 50, key(ALICE))], vec![(ALICE, DIGITS, 6)]);
}
