use crate::{mock::*, Call, Error, Event, ModelStatus};
use assay_primitives::{traits::ModelRegistry, ModelId};
use frame_support::{
	assert_noop, assert_ok,
	traits::{LockableCurrency, WithdrawReasons},
};
use sp_runtime::{DispatchResult, TokenError};

fn transfer(who: u64, model: ModelId, to: u64) -> DispatchResult {
	dispatch(who, Call::transfer { model, to })
}

fn retire(who: u64, model: ModelId) -> DispatchResult {
	dispatch(who, Call::retire { model })
}

#[test]
fn a_model_goes_to_its_new_owner_with_its_deposit_which_stays_on_hold() {
	with_model(|model| {
		let deposit = record(model).deposit;
		assert_ok!(transfer(ALICE, model, BOB));
		assert_eq!(record(model).owner, BOB);
		assert_eq!((held(ALICE), held(BOB)), (0, deposit));
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - PROBE_FEE - deposit);
		assert_eq!(Balances::free_balance(BOB), ENDOWMENT);
		System::assert_last_event(
			Event::Transferred {
				model,
				from: ALICE,
				to: BOB,
			}
			.into(),
		);
	});
}

#[test]
fn a_listed_model_that_is_transferred_is_an_open_one_again() {
	with_model(|model| {
		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_ok!(transfer(ALICE, model, BOB));
		assert_eq!(record(model).status, ModelStatus::Open);
	});
}

#[test]
fn the_new_owner_is_paid_and_decides_and_the_old_one_is_nobody() {
	with_model(|model| {
		assert_ok!(transfer(ALICE, model, BOB));
		assert_eq!(Models::offer(&model).unwrap().owner, BOB);
		assert_noop!(retire(ALICE, model), Error::<Test>::NotOwner);
		assert_noop!(transfer(ALICE, model, ALICE), Error::<Test>::NotOwner);
		assert_ok!(retire(BOB, model));
		assert_eq!(held(BOB), 0);
	});
}

#[test]
fn nobody_transfers_what_is_not_theirs() {
	with_model(|model| {
		assert_noop!(transfer(BOB, model, BOB), Error::<Test>::NotOwner);
		assert_noop!(transfer(ALICE, ModelId::default(), BOB), Error::<Test>::UnknownModel);
	});
}

#[test]
fn a_receiver_without_an_account_gets_nothing_and_nothing_is_lost() {
	with_model(|model| {
		let deposit = record(model).deposit;
		assert_noop!(transfer(ALICE, model, NOBODY), Error::<Test>::NoAccount);
		assert_eq!((record(model).owner, held(ALICE)), (ALICE, deposit));

		// The least balance makes an account that can have it.
		assert_ok!(Balances::transfer_allow_death(
			RuntimeOrigin::signed(BOB),
			NOBODY,
			EXISTENTIAL
		));
		assert_ok!(transfer(ALICE, model, NOBODY));
		assert_eq!((Balances::free_balance(NOBODY), held(NOBODY)), (EXISTENTIAL, deposit));
	});
}

#[test]
fn a_deposit_that_is_locked_stays() {
	with_model(|model| {
		Balances::set_lock(*b"votes123", &ALICE, ENDOWMENT, WithdrawReasons::all());
		assert_noop!(transfer(ALICE, model, BOB), TokenError::Frozen);
		Balances::remove_lock(*b"votes123", &ALICE);
		assert_ok!(transfer(ALICE, model, BOB));
	});
}

#[test]
fn a_model_may_be_transferred_in_any_status_but_probation_and_the_end() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.id();
		assert_ok!(submission.submit(ALICE));
		assert_noop!(transfer(ALICE, model, BOB), Error::<Test>::OnProbation);
		conclude(model, None);
		assert_noop!(transfer(ALICE, model, BOB), Error::<Test>::Rejected);
		submission.open(ALICE);
		assert_ok!(transfer(ALICE, model, BOB));
		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_ok!(transfer(BOB, model, ALICE));
		assert_ok!(Models::quarantine(RuntimeOrigin::signed(GUARD), model, None));
		assert_ok!(transfer(ALICE, model, BOB));
		assert_ok!(retire(BOB, model));
		assert_noop!(transfer(BOB, model, ALICE), Error::<Test>::AlreadyRetired);
	});
}

#[test]
fn one_of_several_models_goes_and_the_deposits_of_the_others_stay() {
	build_and_execute(|| {
		let (first, second, third) = (Submission::default(), Submission::batch(2), Submission::batch(3));
		let given = first.open(ALICE);
		second.open(ALICE);
		third.open(BOB);
		assert_ok!(transfer(ALICE, given, BOB));
		assert_eq!(held(ALICE), second.record().deposit);
		assert_eq!(held(BOB), first.record().deposit + third.record().deposit);
	});
}

#[test]
fn a_gift_to_oneself_changes_nothing() {
	with_model(|model| {
		let deposit = held(ALICE);
		assert_ok!(transfer(ALICE, model, ALICE));
		assert_eq!((record(model).owner, held(ALICE)), (ALICE, deposit));
	});
}

#[test]
fn an_announced_royalty_goes_along() {
	with_model(|model| {
		assert_ok!(dispatch(ALICE, Call::announce_royalty { model, royalty: 80 }));
		assert_ok!(transfer(ALICE, model, BOB));
		assert_eq!(Models::offer(&model).unwrap().royalty, 50);
		System::set_block_number(NOTICE + 1);
		assert_eq!(Models::offer(&model).unwrap().royalty, 80);
	});
}
