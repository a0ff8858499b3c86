//! A model ends: what stays of it is paid for, and it is anyone's to submit again.

use crate::{
	mock::*, Call, Error, Event, GoldenInputs, History, Manifests, ModelMetadata, ModelStatus as Status,
	Models as Registered,
};
use assay_primitives::{
	api::{Authority, Rejection},
	names::{FamilyName, VersionName},
	probe::Flaw,
	traits::ModelRegistry,
	JobId, ModelId, ModelRef,
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;

fn retire(who: u64, submission: &Submission) -> DispatchResult {
	Models::retire(RuntimeOrigin::signed(who), submission.id())
}

/// Returns the bytes that are stored for a model.
fn stored(model: ModelId) -> u64 {
	let bytes = [
		Registered::<Test>::get(model).encoded_size(),
		ModelMetadata::<Test>::get(model).encoded_size(),
		Manifests::<Test>::get(model).encoded_size(),
		GoldenInputs::<Test>::get(model).encoded_size(),
		History::<Test>::get(model).encoded_size(),
	];
	bytes.iter().sum::<usize>() as u64
}

#[test]
fn property_8_what_stays_of_a_model_is_paid_for_however_it_ends() {
	let ends: [fn(ModelId); 4] = [
		|model| {
			conclude(model, Some(Ok(())));
			assert_ok!(dispatch(ALICE, Call::retire { model }));
		},
		|model| {
			conclude(model, Some(Ok(())));
			assert_ok!(dispatch(GUARD, Call::quarantine { model, reason: None }));
			assert_ok!(dispatch(ALICE, Call::retire { model }));
		},
		|model| conclude(model, Some(Err(Flaw::OutcomeMismatch))),
		|model| conclude(model, None),
	];
	for end in ends {
		build_and_execute(|| {
			let submission = Submission {
				metadata: metadata(b"Digits", &[b'x'; 200]),
				statement: statement(16),
				..Default::default()
			};
			let model = submission.id();
			assert_ok!(submission.submit(ALICE));
			assert!(held(ALICE) >= PER_BYTE * stored(model));
			end(model);
			assert!(
				held(ALICE) >= PER_BYTE * stored(model),
				"{} on hold, {} bytes stay",
				held(ALICE),
				stored(model)
			);
		});
	}
}

#[test]
fn property_8_a_model_that_its_owner_retires_is_anyones_to_submit_again() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.open(ALICE);
		assert_ok!(retire(ALICE, &submission));
		assert_eq!(submission.open(BOB), model);
		assert!(accepts_jobs(model));
		assert_eq!(record(model).owner, BOB);
	});
}

#[test]
fn retiring_releases_the_deposit_for_what_is_removed_and_keeps_the_record() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.open(ALICE);
		assert_ok!(retire(ALICE, &submission));

		let rest = record_deposit(&submission.spec);
		assert_eq!((held(ALICE), record(model).deposit), (rest, rest));
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - PROBE_FEE - rest);
		assert_eq!(status(model), Status::Retired);
		assert_eq!(ModelMetadata::<Test>::get(model), None);
		assert_eq!(Manifests::<Test>::get(model), None);
		assert_eq!(GoldenInputs::<Test>::get(model), None);
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
	});
}

#[test]
fn retiring_one_model_keeps_the_deposit_of_another() {
	build_and_execute(|| {
		let (first, second) = (Submission::default(), Submission::batch(2));
		first.open(ALICE);
		second.open(ALICE);
		assert_ok!(retire(ALICE, &first));
		assert_eq!(held(ALICE), second.record().deposit + record_deposit(&first.spec));
	});
}

#[test]
fn a_model_that_is_submitted_again_is_probed_again_and_belongs_to_whoever_submitted_it() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.open(ALICE);
		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_ok!(dispatch(ALICE, Call::announce_royalty { model, royalty: 9 }));
		assert_ok!(retire(ALICE, &submission));

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
		// The deposit of the new owner takes the place of the old one's.
		assert_eq!((held(ALICE), held(BOB)), (0, record.deposit));
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - PROBE_FEE);
		assert!(!accepts_jobs(model));

		conclude(model, Some(Ok(())));
		assert_eq!(status(model), Status::Open, "token holders voted for the old one");
		assert_noop!(retire(ALICE, &submission), Error::<Test>::NotOwner);
		assert_noop!(submission.submit(ALICE), Error::<Test>::AlreadySubmitted);
		let history: Vec<_> = Models::history(model).into_iter().map(|c| (c.by, c.status)).collect();
		assert_eq!(
			history[2..],
			[
				(Authority::Owner, Status::Retired),
				(Authority::Owner, Status::Probation),
				(Authority::Probe, Status::Open),
			]
		);
	});
}

#[test]
fn an_owner_may_submit_a_retired_model_again_with_the_funds_of_its_deposit() {
	build_and_execute(|| {
		let submission = Submission::default();
		submission.open(ALICE);
		let deposit = held(ALICE);
		assert_ok!(retire(ALICE, &submission));
		let enough = deposit - held(ALICE) + PROBE_FEE + EXISTENTIAL;
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), ALICE, enough));
		assert_ok!(submission.submit(ALICE));
		assert_eq!((held(ALICE), Balances::free_balance(ALICE)), (deposit, EXISTENTIAL));
	});
}

#[test]
fn a_retired_model_that_is_not_reproduced_again_keeps_its_source_and_its_versions() {
	let family: FamilyName = b"digits".to_vec().try_into().unwrap();
	let version: VersionName = b"1.0".to_vec().try_into().unwrap();
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.open(ALICE);
		assert_ok!(dispatch(ALICE, Call::claim_family { name: family.clone() }));
		let publish = Call::publish {
			family: family.clone(),
			version: version.clone(),
			model,
			latest: true,
		};
		assert_ok!(dispatch(ALICE, publish));
		assert_ok!(retire(ALICE, &submission));
		assert_ok!(submission.submit(BOB));
		conclude(model, None);
		assert_eq!(status(model), Status::Rejected(Rejection::NotReproduced));

		for name in [
			ModelRef::Latest(family.clone()),
			ModelRef::Version(family.clone(), version.clone()),
		] {
			assert_eq!(resolve(name), Some(model));
		}
		assert!(!accepts_jobs(model));
		let source = <Models as ModelRegistry<u64, u64>>::source(&model).unwrap();
		assert_eq!(source.artifact, submission.artifact);
		assert_eq!(submission.open(ALICE), model);
	});
}

/// Nodes fetch the file by its hash and its length, for old jobs as well.
#[test]
fn a_model_that_was_reproduced_keeps_the_length_of_its_file() {
	build_and_execute(|| {
		let submission = Submission::default();
		let mut stretched = submission.clone();
		stretched.artifact.len += 1;
		// A wrong length cannot be reproduced.
		assert_ok!(stretched.submit(BOB));
		conclude(submission.id(), None);

		submission.open(ALICE);
		assert_ok!(retire(ALICE, &submission));
		assert_noop!(stretched.submit(BOB), Error::<Test>::LengthMismatch);
		assert_ok!(submission.submit(BOB));
		conclude(submission.id(), None);
		assert_noop!(stretched.submit(BOB), Error::<Test>::LengthMismatch);
	});
}
