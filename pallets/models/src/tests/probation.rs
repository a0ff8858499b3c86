use crate::{mock::*, Call, Cards, Error, Event, Goldens, Manifests, ModelStatus as Status};
use assay_primitives::{
	api::{Authority, Rejection, StatusChange},
	probe::{Finding, Flaw},
	traits::{ModelRegistry, OnProbed},
	FaultCode, JobId, ModelId, OutcomeDigest,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;

const OTHER_OUTCOMES: Option<Finding> = Some(Err(Flaw::OtherOutcomes));

fn servable(model: ModelId) -> bool {
	<Models as ModelRegistry<u64, u64>>::servable(&model)
}

#[test]
fn a_model_that_was_reproduced_is_open() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.id();
		assert_ok!(submission.submit(ALICE));
		let deposit = held(ALICE);
		conclude(model, Some(Ok(())));
		assert_eq!(status(model), Status::Open);
		assert!(may_be_asked(model) && servable(model));
		assert_eq!(held(ALICE), deposit);
		System::assert_last_event(
			Event::StatusChanged {
				model,
				status: Status::Open,
				by: Authority::Committee,
				reason: None,
			}
			.into(),
		);
	});
}

#[test]
fn the_probe_is_of_what_was_submitted_and_paid_by_the_owner() {
	build_and_execute(|| {
		let submission = Submission {
			statement: statement(3),
			..Default::default()
		};
		assert_ok!(submission.submit(ALICE));
		let Submission { statement, .. } = &submission;
		let probe = Probes::get().pop().unwrap();
		assert_eq!(probe.model, submission.id());
		assert_eq!(probe.engine, submission.engine);
		assert_eq!(probe.artifact, submission.artifact);
		assert_eq!((probe.items, probe.macs), (3, statement.manifest.macs));
		assert_eq!(probe.input, statement.golden.input);
		assert_eq!(probe.stated, statement.stated());
		assert_eq!(Balances::free_balance(POT), EXISTENTIAL + 3 * PROBE_FEE);
	});
}

#[test]
fn a_probe_that_costs_more_than_the_owner_pays_is_not_begun() {
	build_and_execute(|| {
		let mut submission = Submission {
			max_fee: PROBE_FEE - 1,
			..Default::default()
		};
		assert_noop!(submission.submit(ALICE), OVERPRICED);
		submission.max_fee = PROBE_FEE;
		assert_ok!(submission.submit(ALICE));
	});
}

#[test]
fn on_probation_a_model_is_neither_asked_nor_served() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(ALICE));
		assert!(!may_be_asked(submission.id()) && !servable(submission.id()));
		// But it can be run, or nobody could probe it.
		assert!(<Models as ModelRegistry<u64, u64>>::recipe(&submission.id()).is_some());
	});
}

/// All that could be done to a model's status, and by whom.
fn verbs(model: ModelId) -> [(u64, Call<Test>); 7] {
	let reason = None;
	[
		(ALICE, Call::retire { model }),
		(ALICE, Call::transfer { model, to: BOB }),
		(REGISTRAR, Call::list { model, reason }),
		(REGISTRAR, Call::delist { model, reason }),
		(GUARD, Call::quarantine { model, reason }),
		(REGISTRAR, Call::release { model, reason }),
		(REGISTRAR, Call::force_retire { model, reason }),
	]
}

#[test]
fn on_probation_nobody_changes_anything() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(ALICE));
		for (who, verb) in verbs(submission.id()) {
			assert_noop!(dispatch(who, verb), Error::<Test>::OnProbation);
		}
	});
}

#[test]
fn a_rejected_model_is_nothing_to_vote_on_nor_to_own() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.id();
		assert_ok!(submission.submit(ALICE));
		conclude(model, OTHER_OUTCOMES);
		assert!(!may_be_asked(model) && !servable(model));
		for (who, verb) in verbs(model) {
			assert_noop!(dispatch(who, verb), Error::<Test>::Rejected);
		}
		let metadata = metadata(b"Digits", b"");
		assert_noop!(
			dispatch(ALICE, Call::describe { model, metadata }),
			Error::<Test>::Rejected
		);
		assert_noop!(
			dispatch(ALICE, Call::announce_royalty { model, royalty: 1 }),
			Error::<Test>::Rejected
		);
	});
}

#[test]
fn a_model_is_rejected_for_a_reason_and_the_deposit_goes_back_at_once() {
	let cases = [
		(None, Rejection::NotReproduced),
		(
			Some(Flaw::DoesNotLoad(FaultCode::ControlFlow)),
			Rejection::Flawed(Flaw::DoesNotLoad(FaultCode::ControlFlow)),
		),
		(Some(Flaw::OtherManifest), Rejection::Flawed(Flaw::OtherManifest)),
		(
			Some(Flaw::GoldenFault(FaultCode::WrongInput)),
			Rejection::Flawed(Flaw::GoldenFault(FaultCode::WrongInput)),
		),
		(Some(Flaw::OtherOutcomes), Rejection::Flawed(Flaw::OtherOutcomes)),
	];
	for (flaw, why) in cases {
		build_and_execute(|| {
			let submission = Submission::default();
			let model = submission.id();
			assert_ok!(submission.submit(ALICE));
			conclude(model, flaw.map(Err));
			assert_eq!(status(model), Status::Rejected(why));
			assert_eq!((held(ALICE), record(model).deposit), (0, 0));
			let kept = (
				Cards::<Test>::get(model),
				Manifests::<Test>::get(model),
				Goldens::<Test>::get(model),
			);
			assert_eq!(kept, (None, None, None), "state that nobody pays for");
			// The work was done, or at least begun.
			assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - PROBE_FEE);
			System::assert_last_event(
				Event::StatusChanged {
					model,
					status: Status::Rejected(why),
					by: Authority::Committee,
					reason: None,
				}
				.into(),
			);
		});
	}
}

#[test]
fn a_wrong_golden_outcome_keeps_a_model_out_until_somebody_states_the_right_one() {
	build_and_execute(|| {
		let mut submission = Submission::default();
		let right = submission.statement.golden.answer;
		submission.statement.golden.answer = OutcomeDigest(H256::repeat_byte(0xee));
		assert_ok!(submission.submit(ALICE));
		conclude(submission.id(), OTHER_OUTCOMES);
		assert!(!may_be_asked(submission.id()));

		submission.statement.golden.answer = right;
		let model = submission.open(BOB);
		assert!(may_be_asked(model));
		assert_eq!(Goldens::<Test>::get(model), Some(submission.statement.golden));
	});
}

#[test]
fn a_rejected_model_may_be_submitted_by_anybody_and_nothing_of_it_but_its_history_is_left() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.id();
		assert_ok!(submission.submit(ALICE));
		assert_ok!(dispatch(ALICE, Call::announce_royalty { model, royalty: 9 }));
		System::set_block_number(4);
		conclude(model, None);

		System::set_block_number(6);
		let anew = Submission {
			metadata: metadata(b"Bob's digits", b""),
			royalty: 3,
			statement: statement(2),
			..Default::default()
		};
		assert_ok!(anew.submit(BOB));
		let record = anew.record();
		assert_eq!((record.owner, record.status), (BOB, Status::Probation));
		assert_eq!((record.royalty, record.announced), (3, None));
		assert_eq!((record.submitted_at, record.probe), (6, JobId(1)));
		assert_eq!(held(BOB), record.deposit);
		assert_eq!(Cards::<Test>::get(model), Some(anew.metadata));

		System::set_block_number(8);
		conclude(model, Some(Ok(())));
		let change = |at, by, status| StatusChange {
			at,
			by,
			status,
			reason: None,
		};
		assert_eq!(
			Models::history(model),
			[
				change(4, Authority::Committee, Status::Rejected(Rejection::NotReproduced)),
				change(6, Authority::Owner, Status::Probation),
				change(8, Authority::Committee, Status::Open),
			]
		);
	});
}

#[test]
fn a_model_may_be_rejected_more_often_than_its_history_remembers() {
	build_and_execute(|| {
		let submission = Submission::default();
		for _ in 0..crate::MAX_HISTORY {
			assert_ok!(submission.submit(ALICE));
			Models::do_try_state().unwrap();
			conclude(submission.id(), OTHER_OUTCOMES);
			Models::do_try_state().unwrap();
		}
		submission.open(ALICE);
	});
}

#[test]
fn a_finding_on_a_model_that_is_not_on_probation_changes_nothing() {
	with_model(|model| {
		let unknown = Submission::batch(2).id();
		for finding in [Some(Ok(())), OTHER_OUTCOMES, None] {
			Models::on_probed(&model, finding);
			Models::on_probed(&unknown, finding);
		}
		assert_eq!(status(model), Status::Open);
		assert_eq!(Models::history(unknown), []);
	});
}

#[test]
fn two_models_are_probed_at_once_and_neither_hears_of_the_other() {
	build_and_execute(|| {
		let (first, second) = (Submission::default(), Submission::batch(2));
		assert_ok!(first.submit(ALICE));
		assert_ok!(second.submit(ALICE));
		conclude(second.id(), None);
		assert_eq!(status(first.id()), Status::Probation);
		assert_eq!(held(ALICE), first.record().deposit);
		conclude(first.id(), Some(Ok(())));
		assert_eq!(status(first.id()), Status::Open);
		assert_eq!((first.record().probe, second.record().probe), (JobId(0), JobId(1)));
	});
}
