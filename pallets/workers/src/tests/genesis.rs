use crate::mock::*;
use assay_primitives::traits::WorkerPool;

#[test]
fn the_workers_of_the_genesis_are_registered_with_their_stake_held() {
	new_test_ext(vec![(ALICE, 500, key(ALICE)), (BOB, 700, key(BOB))]).execute_with(|| {
		assert_eq!(held(ALICE), 500);
		assert_eq!(Workers::key(&BOB), Some(key(BOB)));
		assert_eq!(Workers::worker(&key(BOB)), Some(BOB));
		Workers::do_try_state().unwrap();
	});
}

#[test]
#[should_panic(expected = "genesis worker 2 cannot be registered")]
fn a_genesis_that_gives_one_key_to_two_workers_is_refused() {
	new_test_ext(vec![(ALICE, 500, key(ALICE)), (BOB, 500, key(ALICE))]);
}
