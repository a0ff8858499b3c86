use crate::{mock::*, Error, Records, Workers as Registered};
use assay_primitives::{
	api::{Role, WorkerRecord},
	traits::SlotUse::{Answered, Unused},
	JobId,
};
use frame_support::{assert_noop, assert_ok};

#[test]
fn an_answer_returns_the_slot_and_is_recorded() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 2);
		draw(DIGITS, 0).unwrap();
		assert_eq!(free_slots(DIGITS), 1);
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert_eq!(free_slots(DIGITS), 2);
		assert_eq!(
			Records::<Test>::get(ALICE),
			WorkerRecord {
				answers: 1,
				..Default::default()
			}
		);
	});
}

#[test]
fn audits_and_disputes_won_are_counted_among_the_answers() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		for (job, (role, confirmed)) in [
			(Role::Checker, false),
			(Role::Auditor, false),
			(Role::Executor, true),
			(Role::Auditor, true),
			(Role::Auditor, false),
		]
		.into_iter()
		.enumerate()
		{
			draw(DIGITS, job as u64).unwrap();
			assert_ok!(release(DIGITS, ALICE, job as u64, Answered { role, confirmed }));
		}
		assert_eq!(
			Records::<Test>::get(ALICE),
			WorkerRecord {
				answers: 5,
				audits: 3,
				disputes_won: 2,
				..Default::default()
			}
		);
	});
}

#[test]
fn an_unused_slot_returns_and_is_not_recorded() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		draw(DIGITS, 0).unwrap();
		assert_ok!(release(DIGITS, ALICE, 0, Unused));
		assert_eq!(free_slots(DIGITS), 1);
		assert!(!Records::<Test>::contains_key(ALICE));
	});
}

#[test]
fn a_release_vacates_only_the_slot_of_that_job() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 3);
		for job in 0..3 {
			draw(DIGITS, job).unwrap();
		}
		assert_ok!(release(DIGITS, ALICE, 1, ANSWERED));
		let mut busy: Vec<_> = slots(ALICE, DIGITS).busy.iter().map(|busy| busy.job).collect();
		busy.sort();
		assert_eq!(busy, [0, 2].map(JobId));
		assert_noop!(release(DIGITS, ALICE, 1, ANSWERED), Error::<Test>::SlotNotBusy);
	});
}

#[test]
fn a_slot_that_is_no_longer_offered_does_not_return() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 4);
		for job in 0..3 {
			draw(DIGITS, job).unwrap();
		}
		serve(ALICE, DIGITS, 2);
		assert_eq!(free_slots(DIGITS), 0);
		for (job, free) in [(0, 0), (1, 1), (2, 2)] {
			assert_ok!(release(DIGITS, ALICE, job, ANSWERED));
			assert_eq!(free_slots(DIGITS), free);
		}
	});
}

#[test]
fn the_entry_of_a_model_that_is_no_longer_served_is_removed_with_its_last_slot() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		draw(DIGITS, 0).unwrap();
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		assert_ok!(release(DIGITS, ALICE, 0, Unused));
		mature();
		assert_eq!(slots(ALICE, DIGITS), Default::default());
		let worker = Registered::<Test>::get(ALICE).unwrap();
		assert_eq!((worker.committed, worker.models), (0, 0));
	});
}

#[test]
fn a_slot_that_was_not_drawn_cannot_be_released() {
	build_and_execute(|| {
		assert_noop!(release(DIGITS, ALICE, 0, ANSWERED), Error::<Test>::SlotNotBusy);
		register_serving(ALICE, DIGITS, 1);
		assert_noop!(release(DIGITS, ALICE, 0, ANSWERED), Error::<Test>::SlotNotBusy);
		draw(DIGITS, 0).unwrap();
		assert_noop!(release(TABLES, ALICE, 0, ANSWERED), Error::<Test>::SlotNotBusy);
		assert_noop!(release(DIGITS, ALICE, 1, ANSWERED), Error::<Test>::SlotNotBusy);
		assert_noop!(release(DIGITS, BOB, 0, ANSWERED), Error::<Test>::SlotNotBusy);
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert_noop!(release(DIGITS, ALICE, 0, Unused), Error::<Test>::SlotNotBusy);
	});
}

#[test]
fn a_released_check_leaves_the_slots_alone() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 2);
		mature();
		draw(DIGITS, 0).unwrap();
		assert_eq!(draw_checker(DIGITS, 1), ALICE);
		assert_noop!(release(TABLES, ALICE, 1, ANSWERED), Error::<Test>::SlotNotBusy);
		assert_ok!(release(DIGITS, ALICE, 1, ANSWERED));
		assert_eq!((free_slots(DIGITS), slots(ALICE, DIGITS).checks), (1, 0));
		assert_eq!(Records::<Test>::get(ALICE).answers, 1);
		assert_noop!(release(DIGITS, ALICE, 1, ANSWERED), Error::<Test>::SlotNotBusy);
	});
}

#[test]
fn a_slot_is_released_even_if_its_model_no_longer_accepts_jobs() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		draw(DIGITS, 0).unwrap();
		OpenModels::mutate(|open| open.remove(&DIGITS));
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert_eq!(free_slots(DIGITS), 1);
	});
}
