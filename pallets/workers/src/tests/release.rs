use crate::{mock::*, Error, Records, Workers as Registered};
use assay_primitives::{
	api::WorkerRecord,
	traits::Service::{Answered, Unused},
	JobId,
};
use frame_support::{assert_noop, assert_ok};

#[test]
fn an_answer_puts_the_slot_back_and_is_recorded() {
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
		for (job, (audit, disputed)) in [
			(false, false),
			(true, false),
			(false, true),
			(true, true),
			(true, false),
		]
		.into_iter()
		.enumerate()
		{
			draw(DIGITS, job as u64).unwrap();
			assert_ok!(release(DIGITS, ALICE, job as u64, Answered { audit, disputed }));
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
fn a_slot_that_was_not_used_returns_and_counts_for_nothing() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		draw(DIGITS, 0).unwrap();
		assert_ok!(release(DIGITS, ALICE, 0, Unused));
		assert_eq!(free_slots(DIGITS), 1);
		assert!(!Records::<Test>::contains_key(ALICE));
	});
}

#[test]
fn a_release_ends_the_use_by_that_job_and_no_other() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 3);
		for job in 0..3 {
			draw(DIGITS, job).unwrap();
		}
		assert_ok!(release(DIGITS, ALICE, 1, ANSWERED));
		let mut busy = slots(ALICE, DIGITS).busy.into_inner();
		busy.sort();
		assert_eq!(busy, [0, 2].map(JobId));
		assert_noop!(release(DIGITS, ALICE, 1, ANSWERED), Error::<Test>::NotBusy);
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
fn the_last_slot_of_a_model_that_is_no_longer_served_is_forgotten_when_released() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		draw(DIGITS, 0).unwrap();
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		assert_ok!(release(DIGITS, ALICE, 0, Unused));
		assert_eq!(slots(ALICE, DIGITS), Default::default());
		let worker = Registered::<Test>::get(ALICE).unwrap();
		assert_eq!((worker.committed, worker.models), (0, 0));
	});
}

#[test]
fn a_slot_that_was_not_drawn_cannot_be_released() {
	build_and_execute(|| {
		assert_noop!(release(DIGITS, ALICE, 0, ANSWERED), Error::<Test>::NotBusy);
		register_serving(ALICE, DIGITS, 1);
		assert_noop!(release(DIGITS, ALICE, 0, ANSWERED), Error::<Test>::NotBusy);
		draw(DIGITS, 0).unwrap();
		assert_noop!(release(TABLES, ALICE, 0, ANSWERED), Error::<Test>::NotBusy);
		assert_noop!(release(DIGITS, ALICE, 1, ANSWERED), Error::<Test>::NotBusy);
		assert_noop!(release(DIGITS, BOB, 0, ANSWERED), Error::<Test>::NotBusy);
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert_noop!(release(DIGITS, ALICE, 0, Unused), Error::<Test>::NotBusy);
	});
}

#[test]
fn a_slot_is_released_even_if_its_model_was_closed_meanwhile() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		draw(DIGITS, 0).unwrap();
		OpenModels::mutate(|open| open.remove(&DIGITS));
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert_eq!(free_slots(DIGITS), 1);
	});
}
