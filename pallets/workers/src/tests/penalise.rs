use crate::{mock::*, Error, Event, KeyOwners, Records, Workers as Registered};
use assay_primitives::{
	api::WorkerRecord,
	traits::{Offence, Offence::*, Penalty},
};
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision},
	},
};
use sp_runtime::TokenError;

/// Makes `worker` serve DIGITS with `slots` slots and exactly the stake that they need, of which jobs 0, 1 and so on
/// draw `busy`.
fn with_busy(worker: u64, slots: u32, busy: u64) {
	register_serving(worker, DIGITS, slots);
	for job in 0..busy {
		assert_eq!(draw(DIGITS, job), Some(worker));
	}
}

fn free(account: u64) -> u64 {
	Balances::free_balance(account)
}

fn stake(account: u64) -> u64 {
	Registered::<Test>::get(account).unwrap().stake
}

fn issuance() -> u64 {
	Balances::total_issuance()
}

fn penalty(taken: u64, burned: u64) -> Result<Penalty<u64>, sp_runtime::DispatchError> {
	Ok(Penalty { taken, burned })
}

#[test]
fn a_penalty_pays_the_payees_and_burns_the_rest() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 1);
		let before = issuance();
		assert_eq!(
			penalise(ALICE, 0, WrongAnswer, 10, &[(BOB, 3), (CHARLIE, 2)]),
			penalty(10, 5)
		);

		assert_eq!((stake(ALICE), held(ALICE), free(ALICE)), (40, 40, ENDOWMENT - 50));
		assert_eq!((free(BOB), free(CHARLIE)), (ENDOWMENT + 3, ENDOWMENT + 2));
		assert_eq!(issuance(), before - 5);
		System::assert_has_event(
			Event::Slashed {
				worker: ALICE,
				model: DIGITS,
				job: assay_primitives::JobId(0),
				amount: 10,
				burned: 5,
			}
			.into(),
		);
		System::assert_last_event(
			Event::SlotsLost {
				worker: ALICE,
				model: DIGITS,
				slots: 1,
			}
			.into(),
		);
	});
}

#[test]
fn without_payees_all_is_burned_and_with_enough_of_them_nothing() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 2);
		let before = issuance();
		assert_eq!(penalise(ALICE, 0, Silence, 10, &[]), penalty(10, 10));
		assert_eq!(
			penalise(ALICE, 1, Silence, 10, &[(BOB, 4), (CHARLIE, 6)]),
			penalty(10, 0)
		);
		assert_eq!(issuance(), before - 10);
	});
}

#[test]
fn a_fine_may_be_less_than_the_slot_bond_but_no_penalty_is_more() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 2);
		assert_eq!(penalise(ALICE, 0, NoShow, 1, &[(BOB, 1)]), penalty(1, 0));
		assert_eq!(stake(ALICE), 49);
		assert_eq!(
			penalise(ALICE, 1, WrongAnswer, u64::MAX, &[]),
			penalty(SLOT_BOND, SLOT_BOND)
		);
		assert_eq!(stake(ALICE), 39);
	});
}

#[test]
fn a_penalty_of_nothing_still_costs_the_slot() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 1);
		System::reset_events();
		assert_eq!(penalise(ALICE, 0, NoShow, 0, &[(BOB, 7)]), penalty(0, 0));
		assert_eq!((stake(ALICE), slots(ALICE, DIGITS).offered), (50, 4));
		assert_eq!(free(BOB), ENDOWMENT);
		assert_eq!(System::event_count(), 1);
	});
}

#[test]
fn payees_are_paid_in_order_as_far_as_the_amount_reaches() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 1);
		let payees = [(BOB, 7), (CHARLIE, u64::MAX), (4, 7)];
		assert_eq!(penalise(ALICE, 0, WrongAnswer, 10, &payees), penalty(10, 0));
		assert_eq!(
			(free(BOB), free(CHARLIE), free(4)),
			(ENDOWMENT + 7, ENDOWMENT + 3, ENDOWMENT)
		);
	});
}

#[test]
fn a_payee_named_twice_is_paid_twice() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 1);
		assert_eq!(
			penalise(ALICE, 0, WrongAnswer, 10, &[(BOB, 3), (BOB, 4)]),
			penalty(10, 3)
		);
		assert_eq!(free(BOB), ENDOWMENT + 7);
	});
}

#[test]
fn a_part_below_the_existential_deposit_of_a_new_payee_is_burned() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 2);
		let before = issuance();
		let payees = [(NOBODY, EXISTENTIAL - 1), (BOB, 4)];
		assert_eq!(penalise(ALICE, 0, WrongAnswer, 10, &payees), penalty(10, 6));
		assert_eq!((free(NOBODY), free(BOB)), (0, ENDOWMENT + 4));
		assert!(!System::account_exists(&NOBODY));
		assert_eq!(issuance(), before - 6);

		assert_eq!(
			penalise(ALICE, 1, WrongAnswer, 10, &[(NOBODY, EXISTENTIAL)]),
			penalty(10, 7)
		);
		assert_eq!(free(NOBODY), EXISTENTIAL);
	});
}

#[test]
fn a_worker_that_is_its_own_payee_gets_its_part_back() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 1);
		let before = issuance();
		assert_eq!(
			penalise(ALICE, 0, WrongAnswer, 10, &[(ALICE, 2), (BOB, 2)]),
			penalty(10, 6)
		);
		assert_eq!((held(ALICE), free(ALICE)), (40, ENDOWMENT - 50 + 2));
		assert_eq!(issuance(), before - 6);
	});
}

#[test]
fn the_kind_of_offence_is_recorded() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 5);
		for (job, offence) in [NoShow, Silence, WrongAnswer, WrongAnswer].into_iter().enumerate() {
			assert_ok!(penalise(ALICE, job as u64, offence, 1, &[]));
		}
		assert_eq!(
			Records::<Test>::get(ALICE),
			WorkerRecord {
				no_shows: 1,
				wrong: 3,
				disputes_lost: 2,
				..Default::default()
			}
		);
	});
}

#[test]
fn a_lost_slot_does_not_return_until_it_is_offered_again() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 3);
		draw(DIGITS, 0).unwrap();
		assert_ok!(penalise(ALICE, 0, NoShow, 1, &[]));
		assert_eq!((free_slots(DIGITS), slots(ALICE, DIGITS).offered), (2, 2));
		assert_eq!(Registered::<Test>::get(ALICE).unwrap().committed, 2);
		serve(ALICE, DIGITS, 3);
		assert_eq!(free_slots(DIGITS), 3);
	});
}

#[test]
fn a_penalty_does_not_affect_other_slots_of_the_worker() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, TABLES, 2);
		serve(ALICE, DIGITS, 4);
		for (model, job) in [(DIGITS, 0), (DIGITS, 1), (TABLES, 2)] {
			draw(model, job).unwrap();
		}
		assert_ok!(penalise(ALICE, 0, WrongAnswer, 10, &[]));
		assert_eq!((free_slots(DIGITS), free_slots(TABLES)), (2, 1));
		assert_ok!(release(DIGITS, ALICE, 1, ANSWERED));
		assert_ok!(release(TABLES, ALICE, 2, ANSWERED));
		assert_eq!((free_slots(DIGITS), free_slots(TABLES)), (3, 2));
	});
}

#[test]
fn a_penalty_after_all_slots_were_withdrawn_takes_at_most_what_there_is() {
	build_and_execute(|| {
		with_busy(ALICE, 2, 2);
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		assert_ok!(penalise(ALICE, 0, NoShow, 1, &[]));
		assert_eq!(slots(ALICE, DIGITS).in_use(), 1);
		assert_ok!(penalise(ALICE, 1, NoShow, 1, &[]));
		assert_eq!(slots(ALICE, DIGITS).committed(), 0);
		mature();
		assert_eq!(slots(ALICE, DIGITS), Default::default());
		let worker = Registered::<Test>::get(ALICE).unwrap();
		assert_eq!((worker.committed, worker.models), (0, 0));
	});
}

#[test]
fn a_dead_worker_drains_out_of_the_pool_and_loses_only_fines() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 3);
		for job in 0..3 {
			draw(DIGITS, job).unwrap();
			assert_ok!(penalise(ALICE, job, NoShow, 1, &[]));
		}
		assert_eq!(draw(DIGITS, 3), None);
		mature();
		let worker = Registered::<Test>::get(ALICE).unwrap();
		assert_eq!((worker.committed, worker.models, worker.stake), (0, 0, MIN_STAKE - 3));
	});
}

#[test]
fn after_a_penalty_the_stake_covers_the_remaining_slots() {
	build_and_execute(|| {
		with_busy(ALICE, 8, 4);
		for job in 0..4 {
			assert_ok!(penalise(ALICE, job, WrongAnswer, 10, &[]));
			Workers::do_try_state().unwrap();
		}
		assert_eq!((stake(ALICE), free_slots(DIGITS)), (40, 4));
		let more = Workers::serve(RuntimeOrigin::signed(ALICE), DIGITS, 5);
		assert_eq!(more.unwrap_err().error, Error::<Test>::InsufficientStake.into());
		let out = Workers::unbond(RuntimeOrigin::signed(ALICE), 40);
		assert_eq!(out, Err(Error::<Test>::StakeInUse.into()));
	});
}

#[test]
fn unbonding_stake_is_safe_but_stake_behind_busy_slots_cannot_be_unbonded() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 5);
		draw(DIGITS, 0).unwrap();
		let unbond = |amount| Workers::unbond(RuntimeOrigin::signed(ALICE), amount);
		assert_noop!(unbond(51), Error::<Test>::StakeInUse);
		assert_ok!(unbond(50));
		assert_ok!(penalise(ALICE, 0, WrongAnswer, 10, &[(BOB, 5)]));
		assert_eq!((stake(ALICE), held(ALICE)), (40, 90));
		System::set_block_number(1 + UNBONDING);
		assert_ok!(Workers::withdraw(RuntimeOrigin::signed(ALICE)));
		assert_eq!((held(ALICE), free(ALICE)), (40, ENDOWMENT - 50));
	});
}

#[test]
fn a_worker_below_the_minimum_serves_what_its_stake_covers() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 3);
		for job in 0..3 {
			assert_ok!(penalise(ALICE, job, WrongAnswer, 10, &[]));
		}
		assert_eq!((stake(ALICE), free_slots(DIGITS)), (20, 2));
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		serve(ALICE, TABLES, 2);
	});
}

#[test]
fn a_worker_below_the_minimum_may_add_any_amount_and_unbond_only_everything() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 1);
		assert_ok!(penalise(ALICE, 0, WrongAnswer, 10, &[]));
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		mature();
		assert_ok!(Workers::bond_more(RuntimeOrigin::signed(ALICE), 1));
		assert_eq!(stake(ALICE), 41);
		let unbond = |amount| Workers::unbond(RuntimeOrigin::signed(ALICE), amount);
		assert_noop!(unbond(1), Error::<Test>::BelowMinStake);
		assert_ok!(unbond(41));
		assert_eq!(stake(ALICE), 0);
	});
}

#[test]
fn a_worker_that_lost_everything_is_removed_with_its_key_but_not_its_record() {
	build_and_execute(|| {
		with_busy(ALICE, 5, 5);
		for job in 0..5 {
			assert!(Registered::<Test>::contains_key(ALICE));
			assert_ok!(penalise(ALICE, job, WrongAnswer, 10, &[]));
		}
		mature();
		System::assert_last_event(Event::Deregistered { worker: ALICE }.into());
		assert!(!Registered::<Test>::contains_key(ALICE));
		assert!(!KeyOwners::<Test>::contains_key(key(ALICE)));
		assert_eq!((held(ALICE), free(ALICE)), (0, ENDOWMENT - 50));
		assert_eq!(Records::<Test>::get(ALICE).wrong, 5);
		register(ALICE, MIN_STAKE);
	});
}

#[test]
fn a_worker_that_lost_its_stake_stays_while_some_is_unbonding() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_ok!(Workers::unbond(RuntimeOrigin::signed(ALICE), 50));
		serve(ALICE, DIGITS, 5);
		for job in 0..5 {
			draw(DIGITS, job).unwrap();
			assert_ok!(penalise(ALICE, job, Silence, 10, &[]));
		}
		assert_eq!((stake(ALICE), held(ALICE)), (0, 50));
		let bond_more = |amount| Workers::bond_more(RuntimeOrigin::signed(ALICE), amount);
		assert_noop!(bond_more(MIN_STAKE - 1), Error::<Test>::BelowMinStake);
		run(UNBONDING);
		assert_ok!(Workers::withdraw(RuntimeOrigin::signed(ALICE)));
		System::assert_last_event(Event::Deregistered { worker: ALICE }.into());
		assert_eq!(free(ALICE), ENDOWMENT - 50);
	});
}

#[test]
fn a_penalty_for_a_check_takes_a_free_slot_and_stake_behind_the_others() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 5);
		mature();
		for job in 0..3 {
			draw(DIGITS, job).unwrap();
			assert_eq!(draw_checker(DIGITS, 10 + job), ALICE);
		}
		assert_eq!(penalise(ALICE, 10, WrongAnswer, 10, &[]), penalty(10, 10));
		assert_eq!((stake(ALICE), free_slots(DIGITS)), (40, 1));
		assert_eq!(penalise(ALICE, 11, WrongAnswer, 10, &[]), penalty(10, 10));
		assert_eq!((stake(ALICE), free_slots(DIGITS)), (30, 0));
		// The stake no longer covers the three busy slots, of which none returns before it does.
		assert_eq!(penalise(ALICE, 12, WrongAnswer, 10, &[]), penalty(10, 10));
		assert_eq!((stake(ALICE), free_slots(DIGITS)), (20, 0));
		Workers::do_try_state().unwrap();
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert_eq!(free_slots(DIGITS), 0);
		assert_ok!(release(DIGITS, ALICE, 1, ANSWERED));
		assert_ok!(release(DIGITS, ALICE, 2, ANSWERED));
		assert_eq!((free_slots(DIGITS), slots(ALICE, DIGITS).offered), (2, 2));
		mature();
		assert_eq!(tickets(ALICE, DIGITS), 2);
	});
}

#[test]
fn a_penalty_for_a_check_takes_free_slots_of_other_models_if_the_stake_does_not_cover_them() {
	build_and_execute(|| {
		register(ALICE, 60);
		serve(ALICE, DIGITS, 1);
		serve(ALICE, TABLES, 5);
		mature();
		draw(DIGITS, 0).unwrap();
		draw_checker(DIGITS, 1);
		draw_checker(DIGITS, 2);
		assert_eq!(penalise(ALICE, 1, WrongAnswer, 10, &[]), penalty(10, 10));
		assert_eq!((free_slots(DIGITS), free_slots(TABLES)), (0, 4));
		// Even a small fine costs a whole slot.
		assert_eq!(penalise(ALICE, 2, NoShow, 1, &[]), penalty(1, 1));
		assert_eq!((free_slots(TABLES), stake(ALICE)), (3, 49));
	});
}

#[test]
fn a_penalty_takes_unbonding_chunks_where_the_stake_does_not_reach() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 2);
		mature();
		for job in 0..11 {
			draw_checker(DIGITS, job);
		}
		assert_ok!(Workers::unbond(RuntimeOrigin::signed(ALICE), 20));
		run(1);
		assert_ok!(Workers::unbond(RuntimeOrigin::signed(ALICE), 25));
		for job in 0..11 {
			let left = 100 - 10 * job;
			assert_eq!(
				penalise(ALICE, job, Silence, 10, &[]),
				penalty(10.min(left), 10.min(left))
			);
			Workers::do_try_state().unwrap();
		}
		assert_eq!(held(ALICE), 0);
		mature();
		assert!(!Registered::<Test>::contains_key(ALICE));
	});
}

#[test]
fn a_worker_that_lost_everything_stays_until_its_duties_have_ended() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 5);
		mature();
		for job in 0..6 {
			draw_checker(DIGITS, job);
		}
		for job in 0..5 {
			assert_ok!(penalise(ALICE, job, WrongAnswer, 10, &[]));
		}
		mature();
		assert!(Registered::<Test>::contains_key(ALICE));
		assert_eq!(penalise(ALICE, 5, WrongAnswer, 10, &[(BOB, 5)]), penalty(0, 0));
		assert!(!Registered::<Test>::contains_key(ALICE));
	});
}

#[test]
fn only_a_worker_with_a_duty_in_the_job_can_be_penalised() {
	build_and_execute(|| {
		let penalise = |worker, job| penalise(worker, job, NoShow, 1, &[(BOB, 1)]);
		assert_noop!(penalise(ALICE, 0), Error::<Test>::NotRegistered);
		with_busy(ALICE, 2, 1);
		register(BOB, MIN_STAKE);
		assert_noop!(penalise(ALICE, 1), Error::<Test>::SlotNotBusy);
		assert_noop!(penalise(BOB, 0), Error::<Test>::SlotNotBusy);
		assert_ok!(penalise(ALICE, 0));
		assert_noop!(penalise(ALICE, 0), Error::<Test>::SlotNotBusy);
	});
}

#[test]
fn a_failed_penalty_changes_nothing() {
	new_test_ext(Vec::new()).execute_with(|| {
		with_busy(ALICE, 5, 1);
		// As if a bug elsewhere had taken funds on hold: the payee could be paid, but there is not enough to burn.
		let stake = crate::HoldReason::Stake.into();
		assert_ok!(Balances::burn_held(
			&stake,
			&ALICE,
			45,
			Precision::Exact,
			Fortitude::Force
		));
		assert_noop!(
			penalise(ALICE, 0, WrongAnswer, 10, &[(BOB, 4), (ALICE, 1)]),
			TokenError::Frozen
		);
	});
}

#[test]
fn every_offence_costs_the_slot() {
	build_and_execute(|| {
		let offences: [Offence; 3] = [NoShow, Silence, WrongAnswer];
		for (worker, offence) in (1..).zip(offences) {
			with_busy(worker, 1, 1);
			assert_eq!(penalise(worker, 0, offence, 10, &[]), penalty(10, 10));
			assert_eq!(slots(worker, DIGITS).committed(), 0);
		}
	});
}
