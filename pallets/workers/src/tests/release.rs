use crate::{mock::*, Error, Event, Record, Records, Workers as Registered};
use assay_primitives::traits::Service::{Answered, NoShow};
use frame_support::{assert_noop, assert_ok};

#[test]
fn an_answer_puts_the_slot_back_and_is_recorded() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 2);
		draw(DIGITS, 0).unwrap();
		assert_eq!(free_slots(DIGITS), 1);
		assert_ok!(release(DIGITS, ALICE, Answered));
		assert_eq!(free_slots(DIGITS), 2);
		assert_eq!(
			Records::<Test>::get(ALICE),
			Record {
				answers: 1,
				no_shows: 0
			}
		);
	});
}

#[test]
fn a_no_show_costs_the_slot_until_it_is_offered_anew() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 3);
		draw(DIGITS, 0).unwrap();
		assert_ok!(release(DIGITS, ALICE, NoShow));
		System::assert_last_event(
			Event::SlotLost {
				worker: ALICE,
				model: DIGITS,
			}
			.into(),
		);
		assert_eq!(free_slots(DIGITS), 2);
		assert_eq!(slots(ALICE, DIGITS).offered, 2);
		assert_eq!(
			Records::<Test>::get(ALICE),
			Record {
				answers: 0,
				no_shows: 1
			}
		);

		serve(ALICE, DIGITS, 3);
		assert_eq!(free_slots(DIGITS), 3);
	});
}

#[test]
fn a_dead_worker_drains_out_of_the_pool_and_keeps_its_stake() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 3);
		for number in 0..3 {
			draw(DIGITS, number).unwrap();
			assert_ok!(release(DIGITS, ALICE, NoShow));
		}
		assert_eq!(draw(DIGITS, 3), None);
		let worker = Registered::<Test>::get(ALICE).unwrap();
		assert_eq!((worker.committed, worker.models), (0, 0));
		assert_eq!(held(ALICE), MIN_STAKE);
	});
}

#[test]
fn a_slot_that_is_no_longer_offered_does_not_return() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 4);
		for number in 0..3 {
			draw(DIGITS, number).unwrap();
		}
		serve(ALICE, DIGITS, 2);
		assert_eq!(free_slots(DIGITS), 0);
		assert_ok!(release(DIGITS, ALICE, Answered));
		assert_eq!(free_slots(DIGITS), 0);
		assert_ok!(release(DIGITS, ALICE, Answered));
		assert_eq!(free_slots(DIGITS), 1);
		assert_ok!(release(DIGITS, ALICE, Answered));
		assert_eq!(free_slots(DIGITS), 2);
	});
}

#[test]
fn a_no_show_after_all_slots_were_withdrawn_takes_no_more_than_there_is() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		draw(DIGITS, 0).unwrap();
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		assert_ok!(release(DIGITS, ALICE, NoShow));
		assert_eq!(slots(ALICE, DIGITS), Default::default());
	});
}

#[test]
fn a_slot_that_was_not_drawn_cannot_be_released() {
	build_and_execute(|| {
		assert_noop!(release(DIGITS, ALICE, Answered), Error::<Test>::NotRegistered);
		register_serving(ALICE, DIGITS, 1);
		assert_noop!(release(DIGITS, ALICE, Answered), Error::<Test>::NotBusy);
		draw(DIGITS, 0).unwrap();
		assert_noop!(release(TABLES, ALICE, Answered), Error::<Test>::NotBusy);
		assert_ok!(release(DIGITS, ALICE, Answered));
		assert_noop!(release(DIGITS, ALICE, NoShow), Error::<Test>::NotBusy);
	});
}

#[test]
fn a_slot_is_released_even_if_its_model_was_closed_meanwhile() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		draw(DIGITS, 0).unwrap();
		OpenModels::mutate(|open| open.remove(&DIGITS));
		assert_ok!(release(DIGITS, ALICE, Answered));
		assert_eq!(free_slots(DIGITS), 1);
	});
}
