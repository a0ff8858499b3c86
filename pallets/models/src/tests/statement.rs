//! Which statements are valid.

use crate::{mock::*, Error};
use assay_primitives::{payload::MAX_ARTIFACT, probe::MAX_GOLDEN, Artifact, DType, Payload, Tensor};
use codec::{Compact, Encode};
use frame_support::{assert_noop, assert_ok};

/// Returns a submission with these golden inputs.
fn with_golden(items: u32, input: Payload) -> Submission {
	let mut submission = Submission::default();
	submission.statement.golden.items = items;
	submission.statement.golden.input = input;
	submission
}

fn inline(value: impl Encode) -> Payload {
	Payload::Inline(value.encode().try_into().unwrap())
}

fn assert_refused(submission: &Submission, error: Error<Test>) {
	assert_noop!(submission.submit(ALICE), error);
}

#[test]
fn there_are_between_one_and_sixteen_golden_inputs() {
	build_and_execute(|| {
		for items in [0, MAX_GOLDEN + 1, u32::MAX] {
			assert_refused(
				&with_golden(items, inline(vec![input(); 17])),
				Error::InvalidGoldenCount,
			);
			let away = Payload::Artifact(Artifact::of(b"golden"));
			assert_refused(&with_golden(items, away), Error::InvalidGoldenCount);
		}
		let fewest = Submission {
			statement: statement(1),
			..Submission::batch(1)
		};
		let most = Submission {
			statement: statement(MAX_GOLDEN),
			..Submission::batch(2)
		};
		assert_ok!(fewest.submit(ALICE));
		assert_ok!(most.submit(ALICE));
	});
}

#[test]
fn the_number_of_golden_inputs_matches_the_statement() {
	build_and_execute(|| {
		assert_refused(&with_golden(1, inline(vec![input(); 2])), Error::GoldenInputMismatch);
		assert_refused(&with_golden(2, inline(input())), Error::GoldenInputMismatch);
		assert_refused(&with_golden(2, inline(vec![input(); 3])), Error::GoldenInputMismatch);
		// States one more than there are.
		assert_refused(
			&with_golden(2, inline((Compact(2u32), input()))),
			Error::GoldenInputMismatch,
		);
		assert_refused(&with_golden(1, inline((input(), 0u8))), Error::GoldenInputMismatch);
		assert_refused(&with_golden(1, inline(())), Error::GoldenInputMismatch);
	});
}

#[test]
fn golden_inputs_match_the_stated_inputs_in_number_type_and_shape() {
	build_and_execute(|| {
		let tensor = |dtype, shape: &[u32], bytes| Tensor {
			dtype,
			shape: shape.to_vec(),
			data: vec![0; bytes],
		};
		let right = || tensor(DType::F32, &[1, 4], 16);
		for wrong in [
			vec![],
			vec![right(), right()],
			vec![tensor(DType::I32, &[1, 4], 16)],
			vec![tensor(DType::F32, &[4, 1], 16)],
			vec![tensor(DType::F32, &[4], 16)],
			vec![tensor(DType::F32, &[1, 4], 15)],
			vec![tensor(DType::F32, &[u32::MAX, u32::MAX, u32::MAX], 16)],
		] {
			assert_refused(&with_golden(1, inline(wrong)), Error::GoldenInputMismatch);
		}
		assert_ok!(with_golden(1, inline(vec![right()])).submit(ALICE));
	});
}

#[test]
fn golden_inputs_in_an_artifact_have_a_storable_length() {
	build_and_execute(|| {
		let mut golden = Artifact::of(b"golden");
		for len in [0, MAX_ARTIFACT + 1] {
			golden.len = len;
			assert_refused(&with_golden(1, Payload::Artifact(golden)), Error::InvalidGoldenLength);
		}
		golden.len = MAX_ARTIFACT;
		assert_ok!(with_golden(MAX_GOLDEN, Payload::Artifact(golden)).submit(ALICE));
	});
}

#[test]
fn the_names_in_a_manifest_are_utf8() {
	build_and_execute(|| {
		let mut unreadable = Submission::default();
		unreadable.statement.manifest.outputs[0].name = b"\xff".to_vec().try_into().unwrap();
		assert_refused(&unreadable, Error::ManifestNotUtf8);

		let mut unreadable = Submission::default();
		unreadable.statement.manifest.operators[0] = b"\xc3\x28".to_vec().try_into().unwrap();
		assert_refused(&unreadable, Error::ManifestNotUtf8);
	});
}

#[test]
fn a_graph_without_inputs_can_have_golden_runs() {
	build_and_execute(|| {
		let mut constant = with_golden(1, inline(Vec::<Tensor>::new()));
		constant.statement.manifest.inputs = Default::default();
		assert_ok!(constant.submit(ALICE));
	});
}
