use crate::{mock::*, Error, Event, ModelMetadata, ModelStatus as Status};
use assay_primitives::{api::Authority, traits::ModelRegistry};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;

fn retire(who: u64, submission: &Submission) -> DispatchResult {
	Models::retire(RuntimeOrigin::signed(who), submission.id())
}

#[test]
fn retiring_releases_the_deposit_and_keeps_the_record() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.open(ALICE);
		assert_ok!(retire(ALICE, &submission));

		assert_eq!(held(ALICE), 0);
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - PROBE_FEE);
		assert_eq!(status(model), Status::Retired);
		assert_eq!(record(model).deposit, 0);
		assert_eq!(ModelMetadata::<Test>::get(model), Some(submission.metadata));
		System::assert_last_event(
			Event::StatusChanged {
				model,
				status: Status::Retired,
				by: Authority::Owner,
				reason: None,
			}
			.into(),
		);
	});
}

#[test]
fn a_retired_model_accepts_no_jobs_and_stays_re_derivable() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.open(ALICE);
		assert_ok!(retire(ALICE, &submission));

		assert!(!accepts_jobs(model));
		let source = <Models as ModelRegistry<u64, u64>>::source(&model).unwrap();
		assert_eq!(source.artifact, submission.artifact);
	});
}

#[test]
fn only_the_owner_retires_a_model() {
	build_and_execute(|| {
		let submission = Submission::default();
		submission.open(ALICE);
		assert_noop!(retire(BOB, &submission), Error::<Test>::NotOwner);
	});
}

#[test]
fn an_unknown_model_cannot_be_retired() {
	build_and_execute(|| {
		assert_noop!(retire(ALICE, &Submission::default()), Error::<Test>::UnknownModel);
	});
}

#[test]
fn a_retired_model_cannot_be_retired_again() {
	build_and_execute(|| {
		let submission = Submission::default();
		submission.open(ALICE);
		assert_ok!(retire(ALICE, &submission));
		assert_noop!(retire(ALICE, &submission), Error::<Test>::Retired);
		assert_noop!(submission.submit(BOB), Error::<Test>::AlreadySubmitted);
	});
}

#[test]
fn retiring_one_model_keeps_the_deposit_of_another() {
	build_and_execute(|| {
		let (first, second) = (Submission::default(), Submission::batch(2));
		first.open(ALICE);
		second.open(ALICE);
		assert_ok!(retire(ALICE, &first));
		assert_eq!(held(ALICE), second.record().deposit);
	});
}
