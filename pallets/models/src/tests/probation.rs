use crate::{mock::*, Call, Error, Event, GoldenInputs, Manifests, ModelMetadata, ModelStatus as Status};
use assay_primitives::{
	api::{Authority, Rejection, StatusChange},
	probe::{Finding, Flaw},
	traits::{ModelRegistry, OnProbed},
	FaultCode, JobId, ModelId, OutcomeDigest,
};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use sp_core::H256;

const OUTCOME_MISMATCH: Option<Finding> = Some(Err(Flaw::OutcomeMismatch));

fn is_servable(model: ModelId) -> bool {
	<Models as ModelRegistry<u64, u64>>::is_servable(&model)
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
		assert!(accepts_jobs(model) && is_servable(model));
		assert_eq!(held(ALICE), deposit);
		System::assert_last_event(
			Event::StatusChanged {
				model,
				status: Status::Open,
				by: Authority::Probe,
				reason: None,
			}
			.into(),
		);
	});
}

#[test]
fn the_probe_is_that_of_the_submission_and_the_owner_pays_it() {
	build_and_execute(|| {
		let submission = Submission {
			statement: statement(3),
			..Default::default()
		};
		assert_ok!(submission.submit(ALICE));
		let Submission { statement, .. } = &submission;
		let (_, probe) = Probes::get().pop().unwrap();
		assert_eq!(probe.model, submission.id());
		assert_eq!(probe.engine, submission.engine);
		assert_eq!(probe.artifact, submission.artifact);
		assert_eq!((probe.items, probe.macs), (3, statement.manifest.macs));
		assert_eq!(probe.input, statement.golden.input);
		assert_eq!(probe.statement, statement.digest());
		assert_eq!(Balances::free_balance(POT), EXISTENTIAL + 3 * PROBE_FEE);
	});
}

#[test]
fn a_probe_above_the_max_fee_does_not_begin() {
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
fn a_model_on_probation_accepts_no_jobs_and_no_slots() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(ALICE));
		assert!(!accepts_jobs(submission.id()) && !is_servable(submission.id()));
		// But its source is readable, or nobody could probe it.
		assert!(<Models as ModelRegistry<u64, u64>>::source(&submission.id()).is_some());
	});
}

/// Returns the calls that change the status or the owner of a model in use, and who may make them.
fn status_calls(model: ModelId) -> [(u64, Call<Test>); 5] {
	let reason = None;
	[
		(ALICE, Call::retire { model }),
		(ALICE, Call::transfer { model, to: BOB }),
		(REGISTRAR, Call::list { model, reason }),
		(REGISTRAR, Call::delist { model, reason }),
		(REGISTRAR, Call::release { model, reason }),
	]
}

#[test]
fn a_model_on_probation_is_neither_voted_for_nor_retired() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(ALICE));
		for (who, verb) in status_calls(submission.id()) {
			assert_noop!(dispatch(who, verb), Error::<Test>::OnProbation);
		}
	});
}

#[test]
fn a_rejected_model_can_be_neither_voted_for_nor_changed() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.id();
		assert_ok!(submission.submit(ALICE));
		conclude(model, OUTCOME_MISMATCH);
		assert!(!accepts_jobs(model) && !is_servable(model));
		for (who, verb) in status_calls(model) {
			assert_noop!(dispatch(who, verb), Error::<Test>::Rejected);
		}
		let metadata = metadata(b"Digits", b"");
		assert_noop!(
			dispatch(ALICE, Call::set_metadata { model, metadata }),
			Error::<Test>::Rejected
		);
		assert_noop!(
			dispatch(ALICE, Call::announce_royalty { model, royalty: 1 }),
			Error::<Test>::Rejected
		);
	});
}

#[test]
fn a_model_is_rejected_with_a_reason_and_what_is_removed_is_released_at_once() {
	let cases = [
		(None, Rejection::NotReproduced),
		(
			Some(Flaw::DoesNotLoad(FaultCode::ControlFlow)),
			Rejection::Flawed(Flaw::DoesNotLoad(FaultCode::ControlFlow)),
		),
		(Some(Flaw::ManifestMismatch), Rejection::Flawed(Flaw::ManifestMismatch)),
		(
			Some(Flaw::GoldenFault(FaultCode::WrongInput)),
			Rejection::Flawed(Flaw::GoldenFault(FaultCode::WrongInput)),
		),
		(Some(Flaw::OutcomeMismatch), Rejection::Flawed(Flaw::OutcomeMismatch)),
	];
	for (flaw, why) in cases {
		build_and_execute(|| {
			let submission = Submission::default();
			let model = submission.id();
			assert_ok!(submission.submit(ALICE));
			conclude(model, flaw.map(Err));
			assert_eq!(status(model), Status::Rejected(why));
			let rest = record_deposit(&submission.spec);
			assert_eq!((held(ALICE), record(model).deposit), (rest, rest));
			let kept = (
				ModelMetadata::<Test>::get(model),
				Manifests::<Test>::get(model),
				GoldenInputs::<Test>::get(model),
			);
			assert_eq!(kept, (None, None, None), "state is stored without a deposit");
			// The fee is kept: the work was done, or at least begun.
			assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - PROBE_FEE - rest);
			System::assert_last_event(
				Event::StatusChanged {
					model,
					status: Status::Rejected(why),
					by: Authority::Probe,
					reason: None,
				}
				.into(),
			);
		});
	}
}

#[test]
fn a_model_with_a_wrong_golden_outcome_is_rejected_until_it_is_submitted_with_the_right_one() {
	build_and_execute(|| {
		let mut submission = Submission::default();
		let right = submission.statement.golden.answer;
		submission.statement.golden.answer = OutcomeDigest(H256::repeat_byte(0xee));
		assert_ok!(submission.submit(ALICE));
		conclude(submission.id(), OUTCOME_MISMATCH);
		assert!(!accepts_jobs(submission.id()));

		submission.statement.golden.answer = right;
		let model = submission.open(BOB);
		assert!(accepts_jobs(model));
		assert_eq!(GoldenInputs::<Test>::get(model), Some(submission.statement.golden));
	});
}

#[test]
fn anyone_may_resubmit_a_rejected_model_and_only_its_history_stays() {
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
		assert_eq!((held(ALICE), held(BOB)), (0, record.deposit));
		assert_eq!(ModelMetadata::<Test>::get(model), Some(anew.metadata));

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
				change(4, Authority::Probe, Status::Rejected(Rejection::NotReproduced)),
				change(6, Authority::Owner, Status::Probation),
				change(8, Authority::Probe, Status::Open),
			]
		);
	});
}

#[test]
fn a_model_may_be_rejected_more_often_than_its_history_holds() {
	build_and_execute(|| {
		let submission = Submission::default();
		for _ in 0..crate::MAX_HISTORY {
			assert_ok!(submission.submit(ALICE));
			Models::do_try_state().unwrap();
			conclude(submission.id(), OUTCOME_MISMATCH);
			Models::do_try_state().unwrap();
		}
		submission.open(ALICE);
	});
}

#[test]
fn a_finding_on_a_model_that_is_not_on_probation_changes_nothing() {
	with_model(|model| {
		let unknown = Submission::batch(2).id();
		for finding in [Some(Ok(())), OUTCOME_MISMATCH, None] {
			Models::on_probed(record(model).probe, &model, finding);
			Models::on_probed(JobId(7), &unknown, finding);
		}
		assert_eq!(status(model), Status::Open);
		assert_eq!(Models::history(unknown), []);
	});
}

#[test]
fn probes_of_two_models_do_not_affect_each_other() {
	build_and_execute(|| {
		let (first, second) = (Submission::default(), Submission::batch(2));
		assert_ok!(first.submit(ALICE));
		assert_ok!(second.submit(ALICE));
		conclude(second.id(), None);
		assert_eq!(status(first.id()), Status::Probation);
		assert_eq!(held(ALICE), first.record().deposit + record_deposit(&second.spec));
		conclude(first.id(), Some(Ok(())));
		assert_eq!(status(first.id()), Status::Open);
		assert_eq!((first.record().probe, second.record().probe), (JobId(0), JobId(1)));
	});
}

#[test]
fn a_finding_of_an_earlier_probe_changes_nothing() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.id();
		assert_ok!(submission.submit(ALICE));
		assert_ok!(dispatch(REGISTRAR, Call::bar { model, reason: None }));
		assert_ok!(dispatch(REGISTRAR, Call::release { model, reason: None }));
		assert_ok!(submission.submit(BOB));
		conclude_job(JobId(0), Some(Ok(())));
		assert_eq!(status(model), Status::Probation);
		conclude_job(JobId(1), OUTCOME_MISMATCH);
		assert_eq!(
			status(model),
			Status::Rejected(Rejection::Flawed(Flaw::OutcomeMismatch))
		);
	});
}

#[test]
fn each_block_of_a_probe_in_vain_is_burned_from_the_deposit() {
	for blocks in [1, 50, 1_000_000] {
		build_and_execute(|| {
			let submission = Submission::default();
			assert_ok!(submission.submit(ALICE));
			let (deposit, rest) = (held(ALICE), record_deposit(&submission.spec));
			let issuance = Balances::total_issuance();
			System::set_block_number(1 + blocks);
			conclude(submission.id(), None);

			let burned = (FAILED_PROBE * blocks).min(deposit - rest);
			assert_eq!((held(ALICE), record(submission.id()).deposit), (rest, rest));
			assert_eq!(Balances::total_balance(&ALICE), ENDOWMENT - PROBE_FEE - burned);
			assert_eq!(Balances::total_issuance(), issuance - burned);
			System::assert_has_event(
				Event::FailedProbeCharged {
					model: submission.id(),
					owner: ALICE,
					burned,
				}
				.into(),
			);
		});
	}
}

#[test]
fn a_probe_that_found_the_file_costs_nothing_more_however_long_it_took() {
	for finding in [Some(Ok(())), OUTCOME_MISMATCH] {
		build_and_execute(|| {
			let submission = Submission::default();
			assert_ok!(submission.submit(ALICE));
			System::set_block_number(1_000);
			conclude(submission.id(), finding);
			assert_eq!(Balances::total_balance(&ALICE), ENDOWMENT - PROBE_FEE);
		});
	}
}
