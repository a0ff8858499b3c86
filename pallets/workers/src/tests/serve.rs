use crate::{mock::*, Error, Event, WeightInfo, WorkerSlots, Workers as Registered};
use assay_primitives::ModelId;
use frame_support::{assert_err_ignore_postinfo, assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo};
use sp_core::H256;

fn try_serve(account: u64, model: ModelId, slots: u32) -> DispatchResultWithPostInfo {
	Workers::serve(RuntimeOrigin::signed(account), model, slots)
}

fn stop(account: u64, model: ModelId) -> DispatchResultWithPostInfo {
	Workers::stop_serving(RuntimeOrigin::signed(account), model)
}

/// Asserts that a call fails with `error` and changes nothing, whatever it charges.
fn assert_refused(call: impl FnOnce() -> DispatchResultWithPostInfo, error: Error<Test>) {
	assert_noop!(call().map_err(|failed| failed.error), error);
}

#[test]
fn offered_slots_are_in_the_pool() {
	build_and_execute(|| {
		register(ALICE, 1_000);
		serve(ALICE, DIGITS, 3);
		assert_eq!(free_slots(DIGITS), 3);
		assert_eq!(free_slots(TABLES), 0);
		System::assert_last_event(
			Event::SlotsOffered {
				worker: ALICE,
				model: DIGITS,
				slots: 3,
			}
			.into(),
		);
	});
}

#[test]
fn serving_raises_and_lowers_the_number_of_slots() {
	build_and_execute(|| {
		register(ALICE, 1_000);
		for slots in [5, 2, 2, 9, 1] {
			serve(ALICE, DIGITS, slots);
			assert_eq!(free_slots(DIGITS), slots);
			assert_eq!(Registered::<Test>::get(ALICE).unwrap().committed, slots);
			Workers::do_try_state().unwrap();
		}
	});
}

#[test]
fn slots_leave_the_middle_of_a_pool_without_a_gap() {
	build_and_execute(|| {
		for worker in [ALICE, BOB, CHARLIE] {
			register(worker, 1_000);
			serve(worker, DIGITS, 4);
		}
		serve(BOB, DIGITS, 1);
		Workers::do_try_state().unwrap();
		serve(ALICE, DIGITS, 2);
		Workers::do_try_state().unwrap();
		assert_eq!(free_slots(DIGITS), 7);
		assert_eq!(slots(CHARLIE, DIGITS).pooled(), 4);
	});
}

#[test]
fn only_a_model_that_accepts_jobs_can_be_served_but_any_can_be_left() {
	build_and_execute(|| {
		register(ALICE, 1_000);
		assert_refused(|| try_serve(ALICE, UNKNOWN, 1), Error::ModelNotOpen);
		serve(ALICE, DIGITS, 2);
		OpenModels::mutate(|open| open.remove(&DIGITS));
		assert_refused(|| try_serve(ALICE, DIGITS, 1), Error::ModelNotOpen);
		assert_ok!(stop(ALICE, DIGITS));
		assert_eq!(free_slots(DIGITS), 0);
	});
}

#[test]
fn only_a_worker_can_serve() {
	build_and_execute(|| {
		assert_refused(|| try_serve(ALICE, DIGITS, 1), Error::NotRegistered);
		assert_refused(|| stop(ALICE, DIGITS), Error::NotRegistered);
	});
}

#[test]
fn the_stake_backs_the_slots_of_all_models_together() {
	build_and_execute(|| {
		register(ALICE, 105);
		assert_refused(|| try_serve(ALICE, DIGITS, 11), Error::InsufficientStake);
		serve(ALICE, DIGITS, 6);
		assert_refused(|| try_serve(ALICE, TABLES, 5), Error::InsufficientStake);
		serve(ALICE, TABLES, 4);
		serve(ALICE, DIGITS, 1);
		serve(ALICE, TABLES, 9);
	});
}

#[test]
fn slots_and_models_of_a_worker_are_bounded() {
	build_and_execute(|| {
		register(ALICE, ENDOWMENT / 2);
		assert_refused(|| try_serve(ALICE, DIGITS, MAX_SLOTS + 1), Error::TooManySlots);
		assert_refused(|| try_serve(ALICE, DIGITS, u32::MAX), Error::TooManySlots);
		serve(ALICE, DIGITS, MAX_SLOTS - 2);
		serve(ALICE, TABLES, 1);
		assert_refused(|| try_serve(ALICE, TABLES, 3), Error::TooManySlots);
		serve(ALICE, SPEECH, 1);

		let fourth = ModelId(H256::repeat_byte(4));
		OpenModels::mutate(|open| open.insert(fourth));
		serve(ALICE, DIGITS, 1);
		assert_refused(|| try_serve(ALICE, fourth, 1), Error::TooManyModels);
		assert_ok!(stop(ALICE, SPEECH));
		// Its ticket of that model is still to be listed, and to leave.
		assert_refused(|| try_serve(ALICE, fourth, 1), Error::TooManyModels);
		mature();
		serve(ALICE, fourth, 1);
	});
}

#[test]
fn a_busy_slot_counts_against_the_stake_even_if_no_longer_offered() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 10);
		for number in 0..4 {
			assert_eq!(draw(DIGITS, number), Some(ALICE));
		}
		assert_ok!(stop(ALICE, DIGITS));
		assert_eq!(free_slots(DIGITS), 0);
		assert_refused(|| try_serve(ALICE, TABLES, 7), Error::InsufficientStake);
		serve(ALICE, TABLES, 6);
	});
}

#[test]
fn lowering_the_offer_removes_free_slots_and_keeps_busy_ones() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 4);
		draw(DIGITS, 0).unwrap();
		draw(DIGITS, 1).unwrap();
		serve(ALICE, DIGITS, 3);
		assert_eq!(free_slots(DIGITS), 1);
		serve(ALICE, DIGITS, 1);
		assert_eq!(free_slots(DIGITS), 0);
		assert_eq!(slots(ALICE, DIGITS).in_use(), 2);
	});
}

#[test]
fn raising_the_offer_counts_busy_slots() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 2);
		draw(DIGITS, 0).unwrap();
		serve(ALICE, DIGITS, 5);
		assert_eq!(free_slots(DIGITS), 4);
	});
}

#[test]
fn the_entry_of_a_worker_that_stops_stays_until_its_busy_slots_are_released() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 2);
		draw(DIGITS, 0).unwrap();
		assert_ok!(stop(ALICE, DIGITS));
		mature();
		assert!(WorkerSlots::<Test>::contains_key(ALICE, DIGITS));
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert!(!WorkerSlots::<Test>::contains_key(ALICE, DIGITS));
		assert_eq!(Registered::<Test>::get(ALICE).unwrap().models, 0);
	});
}

#[test]
fn a_worker_cannot_stop_serving_a_model_that_it_does_not_serve() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_refused(|| stop(ALICE, DIGITS), Error::NotServing);
		assert_refused(|| try_serve(ALICE, DIGITS, 0), Error::NotServing);
	});
}

#[test]
fn serving_is_charged_by_the_number_of_moved_slots() {
	build_and_execute(|| {
		register(ALICE, 1_000);
		let charged = |result: DispatchResultWithPostInfo| result.unwrap().actual_weight.unwrap();
		assert_eq!(charged(try_serve(ALICE, DIGITS, 9)), <() as WeightInfo>::serve(9));
		assert_eq!(charged(try_serve(ALICE, DIGITS, 7)), <() as WeightInfo>::serve(2));
		assert_eq!(charged(stop(ALICE, DIGITS)), <() as WeightInfo>::serve(7));

		let failed = stop(ALICE, DIGITS);
		assert_err_ignore_postinfo!(failed, Error::<Test>::NotServing);
		assert_eq!(
			failed.unwrap_err().post_info.actual_weight,
			Some(<() as WeightInfo>::serve(0))
		);
	});
}
