//! Two sibling blocks that have the same requests under swapped numbers. A node may have worked on one of them when the
//! other one wins, and nobody loses anything by that.

use super::offchain::{steps, tick};
use crate::{mock::*, Call, Error, JobState, Jobs as JobsMap, NextJob, Step};
use assay_mocks::MockNode;
use assay_primitives::{api::ParticipantStatus, key::commitment, Answer, DType, JobId, Payload, Tensor};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use sp_core::offchain::StorageKind;
use sp_io::{
	offchain::{local_storage_get, local_storage_set},
	TestExternalities,
};
use sp_runtime::{
	traits::Dispatchable,
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	Permill,
};

const FIRST: JobId = JobId(0);
const SECOND: JobId = JobId(1);
const STALE: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Stale);

/// One fork, with a node of its own.
struct Fork {
	ext: TestExternalities,
	node: MockNode,
}

impl Fork {
	/// Extends the genesis that all forks have in common by block 1, in which these questions are asked. The node's
	/// worker has all slots.
	fn new(questions: [u8; 2]) -> Self {
		let (mut ext, node) = new_test_ext();
		ext.execute_with(|| {
			Pool::offer(&[(WORKER, 20)]);
			System::set_block_number(1);
			Jobs::on_initialize(1);
			questions.into_iter().for_each(request_about);
		});
		Self { ext, node }
	}

	/// Makes the fork that loses and the one that wins: with the same questions under swapped numbers.
	fn swapped() -> [Self; 2] {
		[Self::new([1, 2]), Self::new([2, 1])]
	}

	/// Lets every job of this fork end, and checks all invariants.
	fn finish(mut self) {
		self.ext.execute_with(|| {
			check();
			end_all();
			check();
			check_idle();
		});
	}
}

/// Requests an answer to a question: each has an input of its own, and so a task of its own.
fn request_about(question: u8) {
	let job = NextJob::<Test>::get();
	let input = vec![Tensor {
		dtype: DType::U8,
		shape: vec![5],
		data: vec![question; 5],
	}];
	let call = Call::request {
		model: MODEL.into(),
		items: 1,
		input: Payload::of(input.encode()),
		terms: terms(0),
	};
	assert_ok!(RuntimeCall::from(call).dispatch(RuntimeOrigin::signed(REQUESTER)));
	JobsMap::<Test>::mutate(job, |entry| {
		entry.as_mut().unwrap().terms.odds.audit_rate = Permill::zero()
	});
}

/// Returns the right answer to a question: another one for each.
fn answer_to(question: u8) -> Answer {
	wrong(question)
}

/// Returns the claims of both jobs with the right answers to these questions.
fn claims(questions: [u8; 2]) -> RuntimeCall {
	let [first, second] = questions.map(answer_to);
	signed(
		WORKER,
		vec![commit_step(WORKER, FIRST, &first), commit_step(WORKER, SECOND, &second)],
	)
}

/// Returns the reveals of both jobs with the right answers to these questions.
fn reveals(questions: [u8; 2]) -> RuntimeCall {
	let [first, second] = questions.map(answer_to);
	signed(
		WORKER,
		vec![
			reveal_step(WORKER, FIRST, &first, true),
			reveal_step(WORKER, SECOND, &second, true),
		],
	)
}

/// Checks that both jobs were answered and paid, and that the worker lost nothing.
fn assert_paid() {
	run(8);
	for job in [FIRST, SECOND] {
		assert!(matches!(state(job), JobState::Settled { .. }), "{:?}", state(job));
	}
	assert!(Punished::get().is_empty());
	assert_eq!(free_balance(WORKER), ENDOWMENT + 2 * PAY);
	assert_eq!(free_balance(stake_of(WORKER)), 100 * BOND);
	assert_eq!(free_balance(REQUESTER), ENDOWMENT - 2 * fee(0));
}

#[test]
fn property_1_a_commitment_is_about_a_task() {
	let [mut losing, mut winning] = Fork::swapped();
	let claimed = losing.ext.execute_with(|| {
		let call = claims([1, 2]);
		assert_ok!(submit(call.clone()));
		call
	});
	winning.ext.execute_with(|| {
		// The worker could never open them here.
		assert_eq!(authorize(&claimed), Err(STALE));
		assert_eq!(authorize_in_block(&claimed), Err(STALE));
		let RuntimeCall::Jobs(Call::submit { submission, .. }) = claimed else {
			unreachable!("made above")
		};
		assert_noop!(Jobs::do_submit(submission), Error::<Test>::WrongTask);
		assert_ok!(submit(claims([2, 1])));
		run(3);
		assert_ok!(submit(reveals([2, 1])));
		assert_paid();
	});
	winning.finish();
}

#[test]
fn property_1_a_reveal_on_one_fork_opens_no_commitment_on_another() {
	let [mut losing, mut winning] = Fork::swapped();
	let revealed = losing.ext.execute_with(|| {
		assert_ok!(submit(claims([1, 2])));
		run(3);
		let call = reveals([1, 2]);
		assert_ok!(submit(call.clone()));
		call
	});
	winning.ext.execute_with(|| {
		assert_ok!(submit(claims([2, 1])));
		run(3);
		// What it shows does not help anybody to guess to what the worker has committed here.
		for (step, question) in steps(&revealed).into_iter().zip([2, 1]) {
			let Step::Reveal { job, salt, .. } = step else {
				unreachable!("made above")
			};
			let digest = answer_to(question).digest();
			let guess = commitment(genesis(), job, task_of(job), &WORKER, digest, salt);
			assert_ne!(status(job, WORKER), ParticipantStatus::Committed(guess));
		}
		assert_eq!(authorize(&revealed), Err(STALE));
		assert_ok!(submit(reveals([2, 1])));
		assert_paid();
	});
	winning.finish();
}

#[test]
fn property_1_cancelling_a_request_cancels_no_other_one() {
	let [mut losing, mut winning] = Fork::swapped();
	let unwanted = losing.ext.execute_with(|| task_of(FIRST));
	winning.ext.execute_with(|| {
		let cancel = |job, task| Jobs::cancel(RuntimeOrigin::signed(REQUESTER), job, task);
		assert_noop!(cancel(FIRST, unwanted), Error::<Test>::WrongTask);
		// Here the request has the other number.
		assert_ok!(cancel(SECOND, unwanted));
		let is_cancelled = |job| matches!(state(job), JobState::Refunded { .. });
		assert_eq!([FIRST, SECOND].map(is_cancelled), [false, true]);
	});
	winning.finish();
}

#[test]
fn property_1_the_off_chain_worker_does_not_wait_for_what_it_did_on_another_fork() {
	let [mut losing, mut winning] = Fork::swapped();
	let note = (&b"assay/submitted/"[..], WORKER).encode();
	losing.node.set_ready(right());
	let noted = losing.ext.execute_with(|| {
		assert_eq!(steps(&tick(&losing.node)[0]).len(), 2);
		local_storage_get(StorageKind::PERSISTENT, &note).expect("it was noted")
	});
	winning.node.set_ready(right());
	winning.ext.execute_with(|| {
		local_storage_set(StorageKind::PERSISTENT, &note, &noted);
		for _ in 0..2 {
			let calls = tick(&winning.node);
			assert_eq!(steps(&calls[0]).len(), 2);
			assert_ok!(submit(calls[0].clone()));
			run(3);
		}
		assert_paid();
	});
	winning.finish();
}

#[test]
fn a_submission_is_valid_on_all_forks_that_have_the_same_requests() {
	let [mut losing, mut winning] = [Fork::new([1, 2]), Fork::new([1, 2])];
	let claimed = losing.ext.execute_with(|| claims([1, 2]));
	let revealed = losing.ext.execute_with(|| {
		assert_ok!(submit(claimed.clone()));
		run(3);
		reveals([1, 2])
	});
	winning.ext.execute_with(|| {
		assert_ok!(submit(claimed));
		run(3);
		assert_ok!(submit(revealed));
		assert_paid();
	});
	winning.finish();
}
