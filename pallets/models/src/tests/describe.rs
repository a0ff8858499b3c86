use crate::{mock::*, Call, Cards, Error, Event, ModelStatus};
use assay_primitives::{api::Authority, metadata::Metadata, ModelId};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchResult, TokenError};

fn describe(who: u64, model: ModelId, metadata: Metadata) -> DispatchResult {
	dispatch(who, Call::describe { model, metadata })
}

/// With a description of so many bytes, under 64.
fn of_length(bytes: usize) -> Metadata {
	metadata(b"Digits", &vec![b'x'; bytes])
}

#[test]
fn a_description_replaces_all_that_was_said_before() {
	with_model(|model| {
		let mut said = of_length(3);
		said.tags.try_push(b"digits".to_vec().try_into().unwrap()).unwrap();
		assert_ok!(describe(ALICE, model, said.clone()));
		assert_eq!(Cards::<Test>::get(model), Some(said));
		System::assert_last_event(Event::Described { model }.into());
	});
}

#[test]
fn a_listed_model_that_is_described_anew_is_an_open_one_again() {
	with_model(|model| {
		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_ok!(describe(ALICE, model, of_length(3)));
		assert_eq!(record(model).status, ModelStatus::Open);
		let last = Models::history(model).pop().unwrap();
		assert_eq!((last.by, last.status), (Authority::Owner, ModelStatus::Open));
		// Nothing is undone in quarantine.
		assert_ok!(Models::quarantine(RuntimeOrigin::signed(GUARD), model, None));
		assert_ok!(describe(ALICE, model, of_length(4)));
		assert_eq!(record(model).status, ModelStatus::Quarantined { listed: false });
	});
}

#[test]
fn the_deposit_grows_and_shrinks_with_the_description() {
	with_model(|model| {
		assert_ok!(describe(ALICE, model, of_length(10)));
		let before = held(ALICE);
		assert_ok!(describe(ALICE, model, of_length(60)));
		assert_eq!(held(ALICE), before + 50 * PER_BYTE);
		assert_eq!(record(model).deposit, held(ALICE));
		assert_ok!(describe(ALICE, model, of_length(0)));
		assert_eq!(held(ALICE), before - 10 * PER_BYTE);
		assert_eq!(Balances::free_balance(ALICE) + held(ALICE), ENDOWMENT - PROBE_FEE);
	});
}

#[test]
fn the_deposit_is_that_of_a_model_submitted_so_whatever_happened_to_it_meanwhile() {
	build_and_execute(|| {
		let submission = Submission {
			metadata: of_length(20),
			..Default::default()
		};
		let model = Submission::default().open(ALICE);
		assert_ok!(dispatch(ALICE, Call::announce_royalty { model, royalty: 1 }));
		assert_ok!(Models::quarantine(RuntimeOrigin::signed(GUARD), model, None));
		assert_ok!(describe(ALICE, model, of_length(20)));
		assert_eq!(held(ALICE), submission.quote().0);
	});
}

#[test]
fn who_cannot_pay_for_a_longer_description_keeps_the_old_one() {
	with_model(|model| {
		let card = Cards::<Test>::get(model);
		assert_ok!(Balances::force_set_balance(
			RuntimeOrigin::root(),
			ALICE,
			EXISTENTIAL + 2
		));
		assert_noop!(describe(ALICE, model, of_length(60)), TokenError::FundsUnavailable);
		assert_eq!(Cards::<Test>::get(model), card);
	});
}

#[test]
fn a_description_has_a_title_and_is_text() {
	with_model(|model| {
		assert_noop!(
			describe(ALICE, model, metadata(b"", b"untitled")),
			Error::<Test>::Untitled
		);
		let mut unreadable = of_length(3);
		unreadable.links.try_push(b"\xff".to_vec().try_into().unwrap()).unwrap();
		assert_noop!(describe(ALICE, model, unreadable), Error::<Test>::NotUtf8);
	});
}

#[test]
fn a_model_is_described_by_its_owner_alone_and_not_once_it_has_ended() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.id();
		assert_noop!(describe(ALICE, model, of_length(1)), Error::<Test>::UnknownModel);
		assert_ok!(submission.submit(ALICE));
		assert_noop!(describe(BOB, model, of_length(1)), Error::<Test>::NotOwner);
		// While it is probed, too: the description is no part of what is stated.
		assert_ok!(describe(ALICE, model, of_length(1)));
		conclude(model, Some(Ok(())));
		assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
		assert_noop!(describe(ALICE, model, of_length(1)), Error::<Test>::AlreadyRetired);
	});
}
