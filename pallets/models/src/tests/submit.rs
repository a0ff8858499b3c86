use crate::{mock::*, Error, Event, ModelOf, ModelStatus as Status, Models as Registered};
use assay_primitives::{payload::MAX_ARTIFACT, EngineId};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::TokenError;

fn record(submission: &Submission) -> ModelOf<Test> {
	Registered::<Test>::get(submission.id()).unwrap()
}

#[test]
fn a_submitted_model_is_open_at_once_under_the_id_of_its_content() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.clone().submit(ALICE));

		let model = record(&submission);
		assert_eq!(model.owner, ALICE);
		assert_eq!(model.artifact, submission.artifact);
		assert_eq!((model.royalty, model.macs), (50, 7_000));
		assert_eq!(model.status, Status::Open);
		assert_eq!(model.submitted_at, 1);
		System::assert_last_event(
			Event::Submitted {
				model: submission.id(),
				owner: ALICE,
			}
			.into(),
		);
	});
}

#[test]
fn the_deposit_is_the_base_and_the_price_of_each_byte_of_the_record() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.clone().submit(ALICE));

		let model = record(&submission);
		assert_eq!(
			model.deposit,
			DepositBase::get() + DepositPerByte::get() * model.encoded_size() as u64
		);
		assert_eq!(held(ALICE), model.deposit);
	});
}

#[test]
fn a_longer_description_costs_a_larger_deposit() {
	build_and_execute(|| {
		let short = Submission {
			metadata: metadata(b"digits", &[b'x'; 10]),
			..Default::default()
		};
		let long = Submission {
			metadata: metadata(b"digits", &[b'x'; 60]),
			spec: spec(&[("batch", 2)]),
			..Default::default()
		};
		assert_ok!(short.clone().submit(ALICE));
		assert_ok!(long.clone().submit(BOB));
		assert_eq!(
			record(&long).deposit,
			record(&short).deposit + 50 * DepositPerByte::get()
		);
	});
}

#[test]
fn the_deposits_of_an_owner_add_up() {
	build_and_execute(|| {
		let first = Submission::default();
		let second = Submission {
			engine: OTHER_ENGINE,
			..Default::default()
		};
		assert_ok!(first.clone().submit(ALICE));
		assert_ok!(second.clone().submit(ALICE));
		assert_eq!(held(ALICE), record(&first).deposit + record(&second).deposit);
	});
}

#[test]
fn another_spec_or_engine_makes_another_model_of_the_same_file() {
	build_and_execute(|| {
		assert_ok!(Submission::default().submit(ALICE));
		let respecced = Submission {
			spec: spec(&[("batch", 2)]),
			..Default::default()
		};
		assert_ok!(respecced.submit(ALICE));
		let moved = Submission {
			engine: OTHER_ENGINE,
			..Default::default()
		};
		assert_ok!(moved.submit(ALICE));
		assert_eq!(Registered::<Test>::iter().count(), 3);
	});
}

#[test]
fn the_same_model_is_refused_whoever_submits_it_and_whatever_it_is_called() {
	build_and_execute(|| {
		assert_ok!(Submission::default().submit(ALICE));
		let renamed = Submission {
			metadata: metadata(b"mine", b""),
			royalty: 1,
			macs: 1,
			..Default::default()
		};
		assert_noop!(renamed.submit(BOB), Error::<Test>::AlreadySubmitted);
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
fn an_artifact_must_have_a_length_between_one_byte_and_the_maximum() {
	build_and_execute(|| {
		let mut submission = Submission::default();
		submission.artifact.len = 0;
		assert_noop!(submission.clone().submit(ALICE), Error::<Test>::Empty);
		submission.artifact.len = MAX_ARTIFACT + 1;
		assert_noop!(submission.clone().submit(ALICE), Error::<Test>::TooLarge);
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
		assert_noop!(unsorted.submit(ALICE), Error::<Test>::NotCanonical);

		let mut repeated = Submission::default();
		let binding = repeated.spec.bindings[0].clone();
		repeated.spec.bindings.try_push(binding).unwrap();
		assert_noop!(repeated.submit(ALICE), Error::<Test>::NotCanonical);

		let mut unreadable = Submission::default();
		unreadable.spec.bindings[0].0 = vec![0xff].try_into().unwrap();
		assert_noop!(unreadable.submit(ALICE), Error::<Test>::NotCanonical);

		let flat = Submission {
			spec: spec(&[("batch", 0)]),
			..Default::default()
		};
		assert_noop!(flat.submit(ALICE), Error::<Test>::NotCanonical);
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
fn a_name_must_not_be_empty_and_all_text_must_be_utf8() {
	build_and_execute(|| {
		for (name, description, error) in [
			(&b""[..], &b"nameless"[..], Error::<Test>::Unnamed),
			(b"\xff", b"", Error::NotUtf8),
			(b"digits", b"\xc3\x28", Error::NotUtf8),
		] {
			let submission = Submission {
				metadata: metadata(name, description),
				..Default::default()
			};
			assert_noop!(submission.submit(ALICE), error);
		}
	});
}

#[test]
fn a_model_that_takes_no_work_is_refused() {
	build_and_execute(|| {
		let idle = Submission {
			macs: 0,
			..Default::default()
		};
		assert_noop!(idle.submit(ALICE), Error::<Test>::NoWork);
		for (batch, macs) in [(2, 1), (3, u64::MAX)] {
			let working = Submission {
				macs,
				spec: spec(&[("batch", batch)]),
				..Default::default()
			};
			assert_ok!(working.clone().submit(ALICE));
			assert_eq!(record(&working).macs, macs);
		}
	});
}

#[test]
fn a_model_may_be_free_of_charge() {
	build_and_execute(|| {
		let submission = Submission {
			royalty: 0,
			..Default::default()
		};
		assert_ok!(submission.submit(ALICE));
	});
}

#[test]
fn who_cannot_pay_the_deposit_submits_nothing() {
	build_and_execute(|| {
		assert_noop!(Submission::default().submit(POOR), TokenError::FundsUnavailable);
	});
}
