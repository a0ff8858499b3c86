use crate::{
	mock::*, Error, Event, GoldenInputs, Manifests, ModelMetadata, ModelStatus as Status, Models as Registered,
};
use assay_primitives::{payload::MAX_ARTIFACT, traits::ModelRegistry, Artifact, EngineId, JobId};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::TokenError;

#[test]
fn a_submitted_model_is_on_probation_under_the_hash_of_its_content() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(ALICE));

		let model = submission.record();
		assert_eq!(model.owner, ALICE);
		assert_eq!(model.artifact, submission.artifact);
		assert_eq!((model.royalty, model.announced, model.macs), (50, None, 7_000));
		assert_eq!(model.status, Status::Probation);
		assert_eq!((model.submitted_at, model.probe), (1, JobId(0)));
		assert_eq!(
			ModelMetadata::<Test>::get(submission.id()),
			Some(submission.metadata.clone())
		);
		assert_eq!(
			Manifests::<Test>::get(submission.id()),
			Some(submission.statement.manifest.clone())
		);
		assert_eq!(
			GoldenInputs::<Test>::get(submission.id()),
			Some(submission.statement.golden.clone())
		);
		System::assert_last_event(
			Event::Submitted {
				model: submission.id(),
				owner: ALICE,
				probe: JobId(0),
			}
			.into(),
		);
	});
}

#[test]
fn the_deposit_is_the_base_plus_the_price_of_each_stored_byte() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(ALICE));

		let deposit = submission.record().deposit;
		let said = (&submission.metadata, &submission.statement).encoded_size();
		assert_eq!(
			deposit,
			BASE + record_deposit(&submission.spec) + PER_BYTE * said as u64
		);
		assert_eq!(held(ALICE), deposit);
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - deposit - PROBE_FEE);
	});
}

#[test]
fn longer_metadata_and_more_golden_inputs_cost_a_larger_deposit() {
	build_and_execute(|| {
		let short = Submission {
			metadata: metadata(b"Digits", &[b'x'; 10]),
			..Default::default()
		};
		let long = Submission {
			metadata: metadata(b"Digits", &[b'x'; 60]),
			..Submission::batch(2)
		};
		let proven = Submission {
			statement: statement(3),
			metadata: short.metadata.clone(),
			..Submission::batch(3)
		};
		for submission in [&short, &long, &proven] {
			assert_ok!(submission.submit(ALICE));
		}
		let base = short.record().deposit;
		assert_eq!(long.record().deposit, base + 50 * PER_BYTE);
		let more = proven.statement.encoded_size() - short.statement.encoded_size();
		assert_eq!(proven.record().deposit, base + more as u64 * PER_BYTE);
	});
}

#[test]
fn the_deposits_of_an_owner_add_up() {
	build_and_execute(|| {
		let (first, second) = (Submission::default(), Submission::batch(2));
		assert_ok!(first.submit(ALICE));
		assert_ok!(second.submit(ALICE));
		assert_eq!(held(ALICE), first.record().deposit + second.record().deposit);
	});
}

#[test]
fn a_different_spec_engine_or_byte_makes_a_different_model() {
	build_and_execute(|| {
		assert_ok!(Submission::default().submit(ALICE));
		assert_ok!(Submission::batch(2).submit(ALICE));
		let moved = Submission {
			engine: OTHER_ENGINE,
			..Default::default()
		};
		assert_ok!(moved.submit(ALICE));
		let touched = Submission {
			artifact: Artifact::of(b"some onnX"),
			..Default::default()
		};
		assert_ok!(touched.submit(BOB));
		assert_eq!(Registered::<Test>::iter().count(), 4);
	});
}

#[test]
fn the_same_model_is_refused_whoever_submits_it_and_whatever_its_metadata() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(ALICE));
		let renamed = Submission {
			metadata: metadata(b"Mine", b""),
			royalty: 1,
			statement: statement(2),
			..Default::default()
		};
		assert_noop!(renamed.submit(BOB), Error::<Test>::AlreadySubmitted);
		assert_noop!(renamed.submit(ALICE), Error::<Test>::AlreadySubmitted);
		conclude(submission.id(), Some(Ok(())));
		assert_noop!(renamed.submit(BOB), Error::<Test>::AlreadySubmitted);
		assert_eq!(submission.record().owner, ALICE);
	});
}

#[test]
fn a_wrong_length_does_not_make_a_different_model() {
	build_and_execute(|| {
		assert_ok!(Submission::default().submit(ALICE));
		let mut stretched = Submission::default();
		stretched.artifact.len += 1;
		assert_noop!(stretched.submit(BOB), Error::<Test>::AlreadySubmitted);
	});
}

#[test]
fn an_unknown_engine_is_refused() {
	build_and_execute(|| {
		let submission = Submission {
			engine: EngineId(H256::repeat_byte(9)),
			..Default::default()
		};
		assert_noop!(submission.submit(ALICE), Error::<Test>::UnknownEngine);
	});
}

#[test]
fn a_model_must_have_between_one_byte_and_the_maximum() {
	build_and_execute(|| {
		let mut submission = Submission::default();
		submission.artifact.len = 0;
		assert_noop!(submission.submit(ALICE), Error::<Test>::EmptyModel);
		submission.artifact.len = MAX_ARTIFACT + 1;
		assert_noop!(submission.submit(ALICE), Error::<Test>::ModelTooLarge);
		submission.artifact.len = MAX_ARTIFACT;
		assert_ok!(submission.submit(ALICE));
	});
}

#[test]
fn a_spec_must_be_sorted_without_repetition_and_without_zero_extents() {
	build_and_execute(|| {
		let mut unsorted = Submission {
			spec: spec(&[("a", 1), ("b", 1)]),
			..Default::default()
		};
		unsorted.spec.bindings.sort_by(|first, second| second.cmp(first));
		assert_noop!(unsorted.submit(ALICE), Error::<Test>::InvalidSpec);

		let mut repeated = Submission::default();
		let binding = repeated.spec.bindings[0].clone();
		repeated.spec.bindings.try_push(binding).unwrap();
		assert_noop!(repeated.submit(ALICE), Error::<Test>::InvalidSpec);

		let mut unreadable = Submission::default();
		unreadable.spec.bindings[0].0 = vec![0xff].try_into().unwrap();
		assert_noop!(unreadable.submit(ALICE), Error::<Test>::InvalidSpec);

		assert_noop!(Submission::batch(0).submit(ALICE), Error::<Test>::InvalidSpec);
	});
}

#[test]
fn a_model_without_symbolic_dimensions_needs_no_bindings() {
	build_and_execute(|| {
		let submission = Submission {
			spec: spec(&[]),
			..Default::default()
		};
		assert_ok!(submission.submit(ALICE));
	});
}

#[test]
fn a_title_must_not_be_empty_and_all_text_must_be_utf8() {
	build_and_execute(|| {
		for (title, description, error) in [
			(&b""[..], &b"untitled"[..], Error::<Test>::MissingTitle),
			(b"\xff", b"", Error::MetadataNotUtf8),
			(b"Digits", b"\xc3\x28", Error::MetadataNotUtf8),
		] {
			let submission = Submission {
				metadata: metadata(title, description),
				..Default::default()
			};
			assert_noop!(submission.submit(ALICE), error);
		}
	});
}

#[test]
fn a_card_must_have_a_storable_length() {
	build_and_execute(|| {
		let mut submission = Submission::default();
		let mut card = Artifact::of(b"# Digits");
		for len in [0, MAX_ARTIFACT + 1] {
			card.len = len;
			submission.metadata.card = Some(card);
			assert_noop!(submission.submit(ALICE), Error::<Test>::InvalidCardLength);
		}
		card.len = 8;
		submission.metadata.card = Some(card);
		assert_ok!(submission.submit(ALICE));
	});
}

#[test]
fn a_model_may_have_no_royalty_and_no_work() {
	build_and_execute(|| {
		let mut submission = Submission {
			royalty: 0,
			..Default::default()
		};
		submission.statement.manifest.macs = 0;
		let model = submission.open(ALICE);
		let offer = Models::terms(&model).unwrap();
		assert_eq!((offer.royalty, offer.macs), (0, 0));
	});
}

#[test]
fn submitting_fails_without_funds_for_the_deposit() {
	build_and_execute(|| {
		assert_noop!(Submission::default().submit(POOR), TokenError::FundsUnavailable);
	});
}

#[test]
fn submitting_fails_without_funds_for_the_probe_and_holds_no_deposit() {
	build_and_execute(|| {
		let deposit = Submission::default().quote().0;
		let rest = EXISTENTIAL + PROBE_FEE - 1;
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), BOB, deposit + rest));
		assert!(Submission::default().submit(BOB).is_err());
		assert_eq!((held(BOB), Balances::free_balance(BOB)), (0, deposit + rest));
		assert_eq!(Registered::<Test>::iter().count(), 0);
	});
}
