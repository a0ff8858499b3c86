//! What stands behind a model's answers, and executors with several slots.

use crate::{mock::*, BusySlots, Event, Holders};
use assay_primitives::{
	bounds::Capacity,
	traits::{Offence, SlotUse, WorkerPool},
	JobId, ModelId,
};
use frame_support::{assert_ok, assert_storage_noop};

fn capacity(model: ModelId) -> Capacity {
	<Workers as WorkerPool<u64, u64>>::capacity(&model)
}

fn draw_slots(job: u64, slots: u32) -> Option<u64> {
	Workers::draw_executor(&DIGITS, JobId(job), seed(job), &[], slots, 0)
}

#[test]
fn the_capacity_counts_tickets_holders_and_the_largest() {
	build_and_execute(|| {
		assert_eq!(capacity(DIGITS), Capacity::default());
		for (worker, slots) in [(ALICE, 2), (BOB, 5), (CHARLIE, 2)] {
			register_serving(worker, DIGITS, slots);
		}
		// Tickets count once they are listed, bonds behind free slots at once.
		assert_eq!((capacity(DIGITS).tickets, capacity(DIGITS).idle), (0, 9));
		mature();
		let Capacity {
			tickets,
			workers,
			largest,
			idle,
			..
		} = capacity(DIGITS);
		assert_eq!((tickets, workers, largest, idle), (9, 3, 5, 9));
		assert_eq!(Holders::<Test>::get(DIGITS).into_inner(), [0, 2, 0, 0, 1]);
		serve(BOB, DIGITS, 1);
		mature();
		assert_eq!((capacity(DIGITS).tickets, capacity(DIGITS).largest), (5, 2));
		for worker in [ALICE, CHARLIE] {
			assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(worker), DIGITS));
		}
		mature();
		assert_eq!(capacity(DIGITS).largest, 1);
		assert_eq!(Holders::<Test>::get(DIGITS).into_inner(), [1]);
	});
}

#[test]
fn the_mean_age_is_that_of_the_listed_tickets() {
	build_and_execute(|| {
		register(ALICE, 6 * SLOT_BOND);
		serve(ALICE, DIGITS, 4);
		mature();
		run(10);
		assert_eq!(capacity(DIGITS).mean_age, 10);
		register_serving(BOB, DIGITS, 4);
		mature();
		assert_eq!(capacity(DIGITS).mean_age, (10 + AGE as u32) / 2);
		// The youngest tickets of a worker leave first, whatever place they have.
		serve(ALICE, DIGITS, 6);
		mature();
		serve(ALICE, DIGITS, 4);
		mature();
		assert_eq!(capacity(DIGITS).mean_age, (10 + 3 * AGE as u32 + 2 * AGE as u32) / 2);
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		mature();
		assert_eq!(capacity(DIGITS).mean_age, 3 * AGE as u32);
	});
}

#[test]
fn bonds_behind_jobs_are_not_idle() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 9);
		mature();
		assert_eq!(
			Workers::draw_executor(&DIGITS, JobId(0), seed(0), &[], 3, 2),
			Some(ALICE)
		);
		assert_eq!(capacity(DIGITS).idle, 9 - 3 - 2);
		assert_ok!(release(DIGITS, ALICE, 0, SlotUse::Unused));
		assert_eq!(capacity(DIGITS).idle, 9);
	});
}

#[test]
fn an_executor_with_several_slots_has_all_of_them_busy_and_one_task_to_run() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 9);
		mature();
		assert_eq!(draw_slots(7, 4), Some(ALICE));
		let duty = BusySlots {
			job: JobId(7),
			slots: 4,
			checks: 0,
		};
		assert_eq!(slots(ALICE, DIGITS).busy.into_inner(), [duty]);
		assert_eq!((slots(ALICE, DIGITS).in_use(), free_slots(DIGITS)), (4, 5));
		assert_eq!(Workers::assigned_jobs(&ALICE), [JobId(7)]);
		assert_eq!(<Workers as WorkerPool<u64, u64>>::workload(&DIGITS, &ALICE), 1);
		Workers::do_try_state().unwrap();
		assert_ok!(release(DIGITS, ALICE, 7, SlotUse::Unused));
		assert_eq!((slots(ALICE, DIGITS).in_use(), free_slots(DIGITS)), (0, 9));
	});
}

#[test]
fn only_a_worker_with_enough_free_slots_is_drawn_for_several() {
	build_and_execute(|| {
		for worker in 1..=6 {
			register_serving(worker, DIGITS, 2);
		}
		register_serving(9, DIGITS, 5);
		for job in 0..40 {
			assert_eq!(rolled_back(|| draw_slots(job, 3)), Some(9));
		}
		assert_storage_noop!(assert_eq!(draw_slots(0, 6), None));
		assert_eq!(draw_slots(0, 4), Some(9));
		assert_storage_noop!(assert_eq!(draw_slots(1, 3), None));
		assert!(draw_slots(1, 2).is_some());
	});
}

#[test]
fn the_draw_for_several_slots_looks_at_a_bounded_number_of_workers() {
	build_and_execute(|| {
		for worker in 1..=60 {
			register_serving(worker, DIGITS, 1);
		}
		register_serving(61, DIGITS, 2);
		let drawn = (0..100)
			.filter(|job| rolled_back(|| draw_slots(*job, 2)).is_some())
			.count();
		assert!(
			(1..50).contains(&drawn),
			"{drawn} of 100 draws find one worker among 61"
		);
	});
}

#[test]
fn a_penalty_takes_a_bond_and_a_slot_for_each_slot_of_the_duty() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 9);
		for (job, amount, taken, lost) in [
			(0, 3 * SLOT_BOND, 3 * SLOT_BOND, 3),
			(1, 1, 1, 1),
			(2, SLOT_BOND + 1, SLOT_BOND + 1, 2),
			(3, 9 * SLOT_BOND, 2 * SLOT_BOND, 2),
		] {
			let (before, offered) = (held(ALICE), slots(ALICE, DIGITS).offered);
			let drawn = if job == 3 { 2 } else { 3 };
			assert_eq!(draw_slots(job, drawn), Some(ALICE));
			let penalty = penalise(ALICE, job, Offence::WrongAnswer, amount, &[]).unwrap();
			assert_eq!((penalty.taken, before - held(ALICE)), (taken, taken));
			let worker = ALICE;
			let (model, slots_lost) = (DIGITS, lost);
			System::assert_last_event(
				Event::SlotsLost {
					worker,
					model,
					slots: slots_lost,
				}
				.into(),
			);
			assert!(slots(ALICE, DIGITS).offered <= offered - lost);
			Workers::do_try_state().unwrap();
		}
	});
}
