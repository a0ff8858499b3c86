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
fn a_transferred_model_takes_its_deposit_along_on_hold() {
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
fn a_transfer_makes_a_listed_model_open() {
	with_model(|model| {
		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_ok!(transfer(ALICE, model, BOB));
		assert_eq!(record(model).status, ModelStatus::Open);
	});
}

#[test]
fn the_new_owner_has_the_rights_and_the_old_one_has_none() {
	with_model(|model| {
		assert_ok!(transfer(ALICE, model, BOB));
		assert_eq!(Models::terms(&model).unwrap().owner, BOB);
		assert_noop!(retire(ALICE, model), Error::<Test>::NotOwner);
		assert_noop!(transfer(ALICE, model, ALICE), Error::<Test>::NotOwner);
		assert_ok!(retire(BOB, model));
		assert_eq!((held(ALICE), held(BOB)), (0, record_deposit(&record(model).spec)));
	});
}

#[test]
fn only_the_owner_transfers_a_model() {
	with_model(|model| {
		assert_noop!(transfer(BOB, model, BOB), Error::<Test>::NotOwner);
		assert_noop!(transfer(ALICE, ModelId::default(), BOB), Error::<Test>::UnknownModel);
	});
}

#[test]
fn a_model_cannot_be_transferred_to_an_unknown_account() {
	with_model(|model| {
		let deposit = record(model).deposit;
		assert_noop!(transfer(ALICE, model, NOBODY), Error::<Test>::UnknownRecipient);
		assert_eq!((record(model).owner, held(ALICE)), (ALICE, deposit));

		// The existential deposit creates an account that can own it.
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
fn a_locked_deposit_cannot_be_transferred() {
	with_model(|model| {
		Balances::set_lock(*b"votes123", &ALICE, ENDOWMENT, WithdrawReasons::all());
		assert_noop!(transfer(ALICE, model, BOB), TokenError::Frozen);
		Balances::remove_lock(*b"votes123", &ALICE);
		assert_ok!(transfer(ALICE, model, BOB));
	});
}

#[test]
fn a_model_may_be_transferred_unless_it_is_on_probation_or_has_ended() {
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
		assert_noop!(transfer(BOB, model, ALICE), Error::<Test>::Barred);
		assert_ok!(Models::release(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_noop!(transfer(BOB, model, ALICE), Error::<Test>::Retired);
	});
}

#[test]
fn transferring_one_model_keeps_the_deposits_of_the_others() {
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
fn a_transfer_to_oneself_changes_nothing() {
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
		assert_eq!(Models::terms(&model).unwrap().royalty, 50);
		System::set_block_number(NOTICE + 1);
		assert_eq!(Models::terms(&model).unwrap().royalty, 80);
	});
}
