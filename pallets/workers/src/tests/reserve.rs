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
fn no_more_can_be_reserved_than_are_available() {
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
fn to_reserve_nothing_always_succeeds_and_leaves_no_trace() {
	build_and_execute(|| {
		assert_storage_noop!(assert!(reserve(UNKNOWN, 0)));
		assert_storage_noop!(unreserve(UNKNOWN, 0));
	});
}

#[test]
fn a_draw_takes_reserved_slots_as_well() {
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
fn slots_may_leave_until_fewer_are_free_than_are_reserved() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 2);
		register_serving(BOB, DIGITS, 1);
		assert!(reserve(DIGITS, 3));
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		assert_eq!(free_slots(DIGITS), 0);
		assert_eq!(draw(DIGITS, 0), Some(BOB));
		assert_ok!(penalise(BOB, 0, Offence::NoShow, 1, &[]));

		// Nothing stands in the pool any more, and what is reserved is still known.
		let expected = PoolInfo {
			busy: 0,
			free: 0,
			reserved: 3,
			servers: 0,
		};
		assert_eq!(pool(), expected);
		Workers::do_try_state().unwrap();
		assert_eq!(draw(DIGITS, 1), None);

		// Slots that come are owed first.
		serve(ALICE, DIGITS, 4);
		assert_eq!(free_slots(DIGITS), 1);
		unreserve(DIGITS, 3);
		assert_eq!(free_slots(DIGITS), 4);
	});
}

#[test]
fn reservations_of_one_model_leave_the_others() {
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
fn servers_are_the_workers_with_a_free_slot() {
	build_and_execute(|| {
		assert_eq!(servers(DIGITS), 0);
		register_serving(ALICE, DIGITS, 2);
		assert_eq!(servers(DIGITS), 1);
		register_serving(BOB, DIGITS, 1);
		assert_eq!((servers(DIGITS), servers(TABLES)), (2, 0));

		assert_eq!(draw_except(DIGITS, 0, seed(0), &[ALICE]), Some(BOB));
		assert_eq!(servers(DIGITS), 1);
		assert_eq!(draw(DIGITS, 1), Some(ALICE));
		assert_eq!(servers(DIGITS), 1);
		assert_eq!(draw(DIGITS, 2), Some(ALICE));
		assert_eq!(servers(DIGITS), 0);

		assert_ok!(release(DIGITS, BOB, 0, ANSWERED));
		assert_ok!(release(DIGITS, ALICE, 1, ANSWERED));
		assert_ok!(release(DIGITS, ALICE, 2, ANSWERED));
		assert_eq!(servers(DIGITS), 2);
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		assert_eq!(servers(DIGITS), 1);
	});
}
