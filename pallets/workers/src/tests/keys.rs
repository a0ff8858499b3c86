use crate::{mock::*, Error, Event};
use assay_primitives::{key::owner_message, traits::WorkerPool};
use frame_support::{assert_noop, assert_ok};
use sp_core::{Pair, H256};

#[test]
fn a_worker_is_found_by_its_key_and_its_key_by_the_worker() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_eq!(Workers::key(&ALICE), Some(key(ALICE)));
		assert_eq!(Workers::worker(&key(ALICE)), Some(ALICE));
	});
}

#[test]
fn a_key_that_has_not_agreed_cannot_be_registered() {
	build_and_execute(|| {
		let register = |number, proof| Workers::register(RuntimeOrigin::signed(ALICE), 100, key(number), proof);
		// Signed by another key.
		assert_noop!(register(1, proof(2, ALICE)), Error::<Test>::InvalidProof);
		// Agreed to serve another account.
		assert_noop!(register(1, proof(1, BOB)), Error::<Test>::InvalidProof);
		// Agreed on another chain.
		let elsewhere = pair(1).sign(&owner_message(H256::repeat_byte(7), &ALICE));
		assert_noop!(register(1, elsewhere), Error::<Test>::InvalidProof);
	});
}

#[test]
fn a_key_serves_one_worker() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_noop!(
			Workers::register(RuntimeOrigin::signed(BOB), 100, key(ALICE), proof(ALICE, BOB)),
			Error::<Test>::KeyTaken
		);
		register(BOB, 100);
		assert_noop!(
			Workers::set_key(RuntimeOrigin::signed(BOB), key(ALICE), proof(ALICE, BOB)),
			Error::<Test>::KeyTaken
		);
	});
}

#[test]
fn a_new_key_replaces_the_old_one_which_is_free_again() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_ok!(Workers::set_key(
			RuntimeOrigin::signed(ALICE),
			key(77),
			proof(77, ALICE)
		));
		System::assert_last_event(
			Event::KeySet {
				worker: ALICE,
				key: key(77),
			}
			.into(),
		);
		assert_eq!(Workers::key(&ALICE), Some(key(77)));
		assert_eq!(Workers::worker(&key(ALICE)), None);
		assert_ok!(Workers::register(
			RuntimeOrigin::signed(BOB),
			100,
			key(ALICE),
			proof(ALICE, BOB)
		));
	});
}

#[test]
fn a_new_key_must_agree_to_serve_the_worker() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_noop!(
			Workers::set_key(RuntimeOrigin::signed(ALICE), key(77), proof(77, BOB)),
			Error::<Test>::InvalidProof
		);
	});
}

#[test]
fn jobs_in_flight_stay_with_a_worker_that_changes_its_key() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		assert_eq!(draw(DIGITS, 0), Some(ALICE));
		assert_ok!(Workers::set_key(
			RuntimeOrigin::signed(ALICE),
			key(77),
			proof(77, ALICE)
		));
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert_eq!(free_slots(DIGITS), 1);
	});
}

#[test]
fn only_workers_can_change_their_key() {
	build_and_execute(|| {
		assert_noop!(
			Workers::set_key(RuntimeOrigin::signed(ALICE), key(77), proof(77, ALICE)),
			Error::<Test>::NotRegistered
		);
	});
}
