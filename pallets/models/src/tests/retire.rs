use crate::{mock::*, Error, Event, ModelStatus as Status, Models as Registered};
use assay_primitives::{api::Authority, traits::ModelRegistry};
use frame_support::{assert_noop, assert_ok};

#[test]
fn retiring_releases_the_deposit_and_keeps_the_record() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.clone().submit(ALICE));
		assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), submission.id()));

		assert_eq!(held(ALICE), 0);
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT);
		let model = Registered::<Test>::get(submission.id()).unwrap();
		assert_eq!(model.status, Status::Retired);
		assert_eq!(model.deposit, 0);
		assert_eq!(model.metadata, submission.metadata);
		System::assert_last_event(
			Event::StatusChanged {
				model: submission.id(),
				status: Status::Retired,
				by: Authority::Owner,
				reason: None,
			}
			.into(),
		);
	});
}

#[test]
fn a_retired_model_is_offered_no_more_and_stays_re_derivable() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.clone().submit(ALICE));
		assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), submission.id()));

		assert_eq!(<Models as ModelRegistry<_, _>>::offer(&submission.id()), None);
		let recipe = <Models as ModelRegistry<u64, u64>>::recipe(&submission.id()).unwrap();
		assert_eq!(recipe.artifact, submission.artifact);
	});
}

#[test]
fn only_the_owner_retires_a_model() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.clone().submit(ALICE));
		assert_noop!(
			Models::retire(RuntimeOrigin::signed(BOB), submission.id()),
			Error::<Test>::NotOwner
		);
	});
}

#[test]
fn an_unknown_model_cannot_be_retired() {
	build_and_execute(|| {
		assert_noop!(
			Models::retire(RuntimeOrigin::signed(ALICE), Submission::default().id()),
			Error::<Test>::UnknownModel
		);
	});
}

#[test]
fn a_model_is_retired_once_and_for_ever() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.clone().submit(ALICE));
		assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), submission.id()));
		assert_noop!(
			Models::retire(RuntimeOrigin::signed(ALICE), submission.id()),
			Error::<Test>::AlreadyRetired
		);
		assert_noop!(submission.submit(BOB), Error::<Test>::AlreadySubmitted);
	});
}

#[test]
fn retiring_one_model_leaves_the_deposit_of_another() {
	build_and_execute(|| {
		let first = Submission::default();
		let second = Submission {
			engine: OTHER_ENGINE,
			..Default::default()
		};
		assert_ok!(first.clone().submit(ALICE));
		assert_ok!(second.clone().submit(ALICE));
		assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), first.id()));
		assert_eq!(held(ALICE), Registered::<Test>::get(second.id()).unwrap().deposit);
	});
}
