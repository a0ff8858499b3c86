use crate::{mock::*, PoolInfo, Pools};
use assay_primitives::traits::Offence;
use frame_support::{assert_ok, assert_storage_noop};

fn pool() -> PoolInfo {
	Pools::<Test>::get(DIGITS)
}

#[test]
fn reserved_slots_are_not_available_but_stay_in_the_pool() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 5);
		assert!(reserve(DIGITS, 3));
		assert_eq!(free_slots(DIGITS), 2);
		assert_eq!(pool().free, 5);
		unreserve(DIGITS, 2);
		assert_eq!(free_slots(DIGITS), 4);
	});
}

#[test]
fn at_most_the_available_slots_can_be_reserved() {
	build_and_execute(|| {
		assert_storage_noop!(assert!(!reserve(DIGITS, 1)));
		register_serving(ALICE, DIGITS, 5);
		assert!(reserve(DIGITS, 3));
		assert_storage_noop!(assert!(!reserve(DIGITS, 3)));
		assert_storage_noop!(assert!(!reserve(DIGITS, u32::MAX)));
		assert!(reserve(DIGITS, 2));
		assert_eq!(free_slots(DIGITS), 0);
	});
}

#[test]
fn reserving_no_slots_always_succeeds_and_stores_nothing() {
	build_and_execute(|| {
		assert_storage_noop!(assert!(reserve(UNKNOWN, 0)));
		assert_storage_noop!(unreserve(UNKNOWN, 0));
	});
}

#[test]
fn a_draw_may_take_reserved_slots() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		register_serving(BOB, DIGITS, 1);
		assert!(reserve(DIGITS, 1));
		let executor = draw(DIGITS, 0).unwrap();
		assert_eq!(free_slots(DIGITS), 0);
		assert!(draw_except(DIGITS, 0, seed(1), &[executor]).is_some());
		unreserve(DIGITS, 1);
		assert_eq!((pool().free, pool().busy), (0, 2));
	});
}

#[test]
fn slots_may_be_withdrawn_until_fewer_are_free_than_are_reserved() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 2);
		register_serving(BOB, DIGITS, 1);
		assert!(reserve(DIGITS, 3));
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		assert_eq!(free_slots(DIGITS), 0);
		assert_eq!(draw(DIGITS, 0), Some(BOB));
		assert_ok!(penalise(BOB, 0, Offence::NoShow, 1, &[]));

		// The pool is empty, and the reservations are still stored.
		let expected = PoolInfo {
			busy: 0,
			free: 0,
			reserved: 3,
			available_workers: 0,
		};
		assert_eq!(pool(), expected);
		Workers::do_try_state().unwrap();
		assert_eq!(draw(DIGITS, 1), None);

		// New slots cover the reservations first.
		serve(ALICE, DIGITS, 4);
		assert_eq!(free_slots(DIGITS), 1);
		unreserve(DIGITS, 3);
		assert_eq!(free_slots(DIGITS), 4);
	});
}

#[test]
fn reservations_for_one_model_do_not_affect_others() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 2);
		serve(ALICE, TABLES, 2);
		assert!(reserve(DIGITS, 2));
		assert_eq!((free_slots(DIGITS), free_slots(TABLES)), (0, 2));
		unreserve(DIGITS, 2);
	});
}

#[test]
fn available_workers_are_those_with_a_free_slot() {
	build_and_execute(|| {
		assert_eq!(available_workers(DIGITS), 0);
		register_serving(ALICE, DIGITS, 2);
		assert_eq!(available_workers(DIGITS), 1);
		register_serving(BOB, DIGITS, 1);
		assert_eq!((available_workers(DIGITS), available_workers(TABLES)), (2, 0));

		assert_eq!(draw_except(DIGITS, 0, seed(0), &[ALICE]), Some(BOB));
		assert_eq!(available_workers(DIGITS), 1);
		assert_eq!(draw(DIGITS, 1), Some(ALICE));
		assert_eq!(available_workers(DIGITS), 1);
		assert_eq!(draw(DIGITS, 2), Some(ALICE));
		assert_eq!(available_workers(DIGITS), 0);

		assert_ok!(release(DIGITS, BOB, 0, ANSWERED));
		assert_ok!(release(DIGITS, ALICE, 1, ANSWERED));
		assert_ok!(release(DIGITS, ALICE, 2, ANSWERED));
		assert_eq!(available_workers(DIGITS), 2);
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		assert_eq!(available_workers(DIGITS), 1);
	});
}
