use crate::{mock::*, Call, Error, Event, ModelMetadata, ModelStatus};
use assay_primitives::{api::Authority, metadata::Metadata, ModelId};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchResult, TokenError};

fn set_metadata(who: u64, model: ModelId, metadata: Metadata) -> DispatchResult {
	dispatch(who, Call::set_metadata { model, metadata })
}

/// Returns metadata with a description of `bytes` bytes, under 64.
fn of_length(bytes: usize) -> Metadata {
	metadata(b"Digits", &vec![b'x'; bytes])
}

#[test]
fn new_metadata_replaces_all_of_the_old() {
	with_model(|model| {
		let mut said = of_length(3);
		said.tags.try_push(b"digits".to_vec().try_into().unwrap()).unwrap();
		assert_ok!(set_metadata(ALICE, model, said.clone()));
		assert_eq!(ModelMetadata::<Test>::get(model), Some(said));
		System::assert_last_event(Event::MetadataUpdated { model }.into());
	});
}

#[test]
fn new_metadata_makes_a_listed_model_open() {
	with_model(|model| {
		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_ok!(set_metadata(ALICE, model, of_length(3)));
		assert_eq!(record(model).status, ModelStatus::Open);
		let last = Models::history(model).pop().unwrap();
		assert_eq!((last.by, last.status), (Authority::Owner, ModelStatus::Open));
		// A quarantined model stays quarantined.
		assert_ok!(Models::quarantine(RuntimeOrigin::signed(GUARD), model, None));
		assert_ok!(set_metadata(ALICE, model, of_length(4)));
		assert_eq!(record(model).status, ModelStatus::Quarantined { listed: false });
	});
}

#[test]
fn the_deposit_grows_and_shrinks_with_the_description() {
	with_model(|model| {
		assert_ok!(set_metadata(ALICE, model, of_length(10)));
		let before = held(ALICE);
		assert_ok!(set_metadata(ALICE, model, of_length(60)));
		assert_eq!(held(ALICE), before + 50 * PER_BYTE);
		assert_eq!(record(model).deposit, held(ALICE));
		assert_ok!(set_metadata(ALICE, model, of_length(0)));
		assert_eq!(held(ALICE), before - 10 * PER_BYTE);
		assert_eq!(Balances::free_balance(ALICE) + held(ALICE), ENDOWMENT - PROBE_FEE);
	});
}

#[test]
fn the_deposit_is_that_of_a_model_submitted_with_the_new_metadata() {
	build_and_execute(|| {
		let submission = Submission {
			metadata: of_length(20),
			..Default::default()
		};
		let model = Submission::default().open(ALICE);
		assert_ok!(dispatch(ALICE, Call::announce_royalty { model, royalty: 1 }));
		assert_ok!(Models::quarantine(RuntimeOrigin::signed(GUARD), model, None));
		assert_ok!(set_metadata(ALICE, model, of_length(20)));
		assert_eq!(held(ALICE), submission.quote().0);
	});
}

#[test]
fn longer_metadata_is_refused_without_funds_for_the_deposit() {
	with_model(|model| {
		let card = ModelMetadata::<Test>::get(model);
		assert_ok!(Balances::force_set_balance(
			RuntimeOrigin::root(),
			ALICE,
			EXISTENTIAL + 2
		));
		assert_noop!(set_metadata(ALICE, model, of_length(60)), TokenError::FundsUnavailable);
		assert_eq!(ModelMetadata::<Test>::get(model), card);
	});
}

#[test]
fn metadata_needs_a_title_and_utf8() {
	with_model(|model| {
		assert_noop!(
			set_metadata(ALICE, model, metadata(b"", b"untitled")),
			Error::<Test>::MissingTitle
		);
		let mut unreadable = of_length(3);
		unreadable.links.try_push(b"\xff".to_vec().try_into().unwrap()).unwrap();
		assert_noop!(set_metadata(ALICE, model, unreadable), Error::<Test>::MetadataNotUtf8);
	});
}

#[test]
fn only_the_owner_sets_the_metadata_and_only_until_the_model_ends() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.id();
		assert_noop!(set_metadata(ALICE, model, of_length(1)), Error::<Test>::UnknownModel);
		assert_ok!(submission.submit(ALICE));
		assert_noop!(set_metadata(BOB, model, of_length(1)), Error::<Test>::NotOwner);
		// Also during the probe: the metadata is not part of the statement.
		assert_ok!(set_metadata(ALICE, model, of_length(1)));
		conclude(model, Some(Ok(())));
		assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
		assert_noop!(set_metadata(ALICE, model, of_length(1)), Error::<Test>::Retired);
	});
}
