//! The queue of changes of tickets: its order, its pace, and what bounds it.

use crate::{mock::*, types::MAX_PENDING, Error, QueuedChanges, TicketChange};
use assay_primitives::traits::Offence;
use frame_support::{assert_noop, assert_ok};

fn queued() -> Vec<(u64, TicketChange, u64)> {
	let ends = crate::QueueOfChanges::<Test>::get();
	(ends.first..ends.next)
		.map(|number| QueuedChanges::<Test>::get(number).unwrap())
		.map(|queued| (queued.worker, queued.change, queued.due))
		.collect()
}

#[test]
fn tickets_follow_the_slots_after_their_age() {
	build_and_execute(|| {
		register(ALICE, 200);
		serve(ALICE, DIGITS, 7);
		assert_eq!((free_slots(DIGITS), tickets(ALICE, DIGITS)), (7, 0));
		run(AGE - 1);
		assert_eq!(tickets(ALICE, DIGITS), 0);
		run(1);
		assert_eq!(tickets(ALICE, DIGITS), 7);
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		assert_eq!((free_slots(DIGITS), tickets(ALICE, DIGITS)), (0, 7));
		run(AGE);
		assert_eq!(tickets(ALICE, DIGITS), 0);
	});
}

#[test]
fn changes_take_effect_in_their_order_and_none_is_revoked() {
	build_and_execute(|| {
		register(ALICE, 200);
		for slots in [5, 2, 6] {
			serve(ALICE, DIGITS, slots);
			run(1);
		}
		let expected = [
			(ALICE, TicketChange::Join(5), 1 + AGE),
			(ALICE, TicketChange::Leave(3), 2 + AGE),
			(ALICE, TicketChange::Join(4), 3 + AGE),
		];
		assert_eq!(queued(), expected);
		for (block, listed) in [(AGE, 0), (1 + AGE, 5), (2 + AGE, 2), (3 + AGE, 6)] {
			run_to(block);
			assert_eq!(tickets(ALICE, DIGITS), listed, "block {block}");
			Workers::do_try_state().unwrap();
		}
	});
}

#[test]
fn a_block_applies_a_bounded_number_of_tickets_and_the_rest_waits_in_order() {
	build_and_execute(|| {
		for (worker, slots) in [(ALICE, 10), (BOB, 10), (CHARLIE, 1)] {
			register_serving(worker, DIGITS, slots);
		}
		let listed = || [ALICE, BOB, CHARLIE].map(|worker| tickets(worker, DIGITS));
		run(AGE);
		assert_eq!(listed(), [10, 2, 0]);
		Workers::do_try_state().unwrap();
		// What is queued now waits behind them.
		serve(ALICE, DIGITS, 1);
		run(1);
		assert_eq!(listed(), [10, 10, 1]);
		run(AGE);
		assert_eq!(listed(), [1, 10, 1]);
	});
}

#[test]
fn with_many_queued_changes_a_worker_may_offer_a_model_fewer_slots_but_not_more() {
	build_and_execute(|| {
		register(ALICE, 200);
		for slots in 1..=MAX_PENDING {
			serve(ALICE, DIGITS, slots);
		}
		let serve_more = || Workers::serve(RuntimeOrigin::signed(ALICE), DIGITS, 9).map_err(|failed| failed.error);
		assert_noop!(serve_more(), Error::<Test>::TooManyPending);
		serve(ALICE, DIGITS, 2);
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		serve(ALICE, TABLES, 1);
		assert_noop!(serve_more(), Error::<Test>::TooManyPending);
		mature();
		assert_ok!(serve_more());
	});
}

#[test]
fn lost_slots_are_queued_however_many_changes_are_pending() {
	build_and_execute(|| {
		register(ALICE, 200);
		for slots in 5..5 + MAX_PENDING {
			serve(ALICE, DIGITS, slots);
		}
		for job in 0..8 {
			draw(DIGITS, job).unwrap();
			assert_ok!(penalise(ALICE, job, Offence::NoShow, 1, &[]));
		}
		assert_eq!(queued().len() as u32, MAX_PENDING + 8);
		Workers::do_try_state().unwrap();
		run(AGE);
		assert_eq!(tickets(ALICE, DIGITS), 4);
		mature();
		assert_eq!(slots(ALICE, DIGITS), Default::default());
	});
}

#[test]
fn a_stake_that_moves_to_another_model_has_its_tickets_in_one_list_at_a_time() {
	build_and_execute(|| {
		register(ALICE, 50);
		serve(ALICE, DIGITS, 5);
		mature();
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		serve(ALICE, TABLES, 5);
		for _ in 0..2 * AGE {
			run(1);
			assert!(tickets(ALICE, DIGITS) + tickets(ALICE, TABLES) <= 5);
		}
		assert_eq!(tickets(ALICE, TABLES), 5);
	});
}
