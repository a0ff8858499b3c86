//! What the pool and a block refuse, at no cost to honest workers.

use crate::{mock::*, Call, Error, JobState, Jobs as JobsMap, Step, MAX_STEPS};
use assay_primitives::{submission::LONGEVITY, JobId};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{GetDispatchInfo, Pays},
};
use sp_core::H256;
use sp_runtime::{
	traits::Dispatchable,
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError,
};

fn refused(with: InvalidTransaction) -> TransactionValidityError {
	TransactionValidityError::Invalid(with)
}

fn stale() -> TransactionValidityError {
	refused(InvalidTransaction::Stale)
}

fn bad_proof() -> TransactionValidityError {
	refused(InvalidTransaction::BadProof)
}

/// Gives all slots to one worker.
fn alone() {
	Pool::offer(&[(WORKER, 200)]);
}

fn commits(jobs: &[JobId]) -> Vec<Step> {
	jobs.iter().map(|job| commit_step(WORKER, *job, &right())).collect()
}

#[test]
fn a_stranger_cannot_submit_for_a_worker() {
	build_and_execute(|| {
		alone();
		let submission = submission(WORKER, commits(&[request(0)]));
		let signature = sign(OTHER, &submission.message(genesis()));
		let forged: RuntimeCall = Call::<Test>::submit { submission, signature }.into();
		assert_eq!(authorize(&forged), Err(bad_proof()));
	});
}

#[test]
fn an_account_that_is_not_a_worker_cannot_submit() {
	build_and_execute(|| {
		alone();
		let mut submission = submission(WORKER, commits(&[request(0)]));
		submission.worker = REQUESTER;
		let signature = sign(WORKER, &submission.message(genesis()));
		let call: RuntimeCall = Call::<Test>::submit { submission, signature }.into();
		assert_eq!(authorize(&call), Err(refused(InvalidTransaction::BadSigner)));
	});
}

#[test]
fn a_worker_cannot_commit_to_anothers_job() {
	build_and_execute(|| {
		alone();
		let id = request(0);
		assert_eq!(commit(OTHER, id, &right()), Err(stale()));
	});
}

#[test]
fn a_worker_cannot_take_a_step_in_the_wrong_state() {
	build_and_execute(|| {
		let id = request(1);
		let first = executor(id);
		assert_eq!(reveal(first, id, &right()), Err(stale()));
		claim(id, &right());
		assert_eq!(commit(first, id, &right()), Err(stale()));
		run(3);
		let checker = checkers(id)[0];
		assert_eq!(reveal(checker, id, &right()), Err(stale()));
		assert_eq!(commit(first, id, &right()), Err(stale()));
		assert_ok!(commit(checker, id, &right()));
		assert_eq!(commit(checker, id, &right()), Err(stale()));
	});
}

#[test]
fn a_commitment_copied_from_another_worker_cannot_be_opened() {
	build_and_execute(|| {
		let id = request(1);
		claim(id, &right());
		run(3);
		let [executor, checker] = workers(id)[..] else {
			panic!("two workers");
		};
		assert_ok!(submit(signed(checker, vec![commit_step(executor, id, &right())])));
		assert_eq!(reveal(checker, id, &right()), Err(bad_proof()));
		// Not even with the salt that the executor reveals.
		assert_ok!(reveal(executor, id, &right()));
		let copied = reveal_step(executor, id, &right(), true);
		assert_eq!(submit(signed(checker, vec![copied])), Err(bad_proof()));
	});
}

#[test]
fn a_commitment_to_one_job_cannot_be_opened_in_another() {
	build_and_execute(|| {
		alone();
		let (first, second) = (request(0), request(0));
		let Step::Commit { commitment, .. } = commit_step(WORKER, first, &right()) else {
			panic!("a commitment");
		};
		let moved = Step::Commit {
			job: second,
			task: task_of(second),
			commitment,
		};
		assert_ok!(submit(signed(WORKER, vec![moved])));
		run(3);
		assert_eq!(reveal(WORKER, second, &right()), Err(bad_proof()));
	});
}

#[test]
fn a_submission_is_valid_once() {
	build_and_execute(|| {
		alone();
		let id = request(0);
		let claim = signed(WORKER, commits(&[id]));
		assert_ok!(submit(claim.clone()));
		assert_eq!(submit(claim), Err(stale()));
		run(3);
		let opening = signed(WORKER, vec![reveal_step(WORKER, id, &right(), true)]);
		assert_ok!(submit(opening.clone()));
		assert_eq!(submit(opening), Err(stale()));
	});
}

#[test]
fn a_submission_must_be_ascending_and_not_empty() {
	build_and_execute(|| {
		alone();
		let jobs = [request(0), request(0)];
		let call = refused(InvalidTransaction::Call);
		assert_eq!(submit(signed(WORKER, vec![])), Err(call));
		assert_eq!(submit(signed(WORKER, commits(&[jobs[1], jobs[0]]))), Err(call));
		assert_eq!(submit(signed(WORKER, commits(&[jobs[0], jobs[0]]))), Err(call));
		assert_ok!(submit(signed(WORKER, commits(&jobs))));
	});
}

#[test]
fn a_full_submission_may_mix_commitments_and_reveals() {
	build_and_execute(|| {
		Draws::set(1_000);
		alone();
		let older: Vec<_> = (0..MAX_STEPS / 2).map(|_| request(0)).collect();
		assert_ok!(submit(signed(WORKER, commits(&older))));
		run(3);
		let newer: Vec<_> = (0..MAX_STEPS / 2).map(|_| request(0)).collect();
		let mut steps: Vec<_> = older
			.iter()
			.map(|id| reveal_step(WORKER, *id, &right(), true))
			.collect();
		steps.extend(commits(&newer));
		assert_ok!(submit(signed(WORKER, steps)));
		assert!(older
			.iter()
			.all(|id| matches!(state(*id), JobState::Provisional { .. })));
		assert!(newer.iter().all(|id| matches!(state(*id), JobState::Drawing { .. })));
	});
}

#[test]
fn a_step_that_is_not_due_invalidates_the_whole_submission() {
	build_and_execute(|| {
		alone();
		let id = request(0);
		let before = JobsMap::<Test>::get(id);
		assert_eq!(submit(signed(WORKER, commits(&[id, JobId(99)]))), Err(stale()));
		assert_eq!(JobsMap::<Test>::get(id), before);
	});
}

#[test]
fn a_signature_for_another_chain_is_invalid() {
	build_and_execute(|| {
		alone();
		let submission = submission(WORKER, commits(&[request(0)]));
		let signature = sign(WORKER, &submission.message(H256::repeat_byte(1)));
		let foreign: RuntimeCall = Call::<Test>::submit { submission, signature }.into();
		assert_eq!(authorize(&foreign), Err(bad_proof()));
	});
}

#[test]
fn a_signature_by_a_replaced_key_is_invalid() {
	build_and_execute(|| {
		alone();
		let id = request(0);
		let old = signed(WORKER, commits(&[id]));
		KeyChanges::mutate(|changes| changes.insert(WORKER, 1));
		assert_eq!(submit(old), Err(bad_proof()));
		assert_ok!(commit(WORKER, id, &right()));
	});
}

#[test]
fn two_submissions_of_one_step_exclude_each_other_in_the_pool() {
	build_and_execute(|| {
		alone();
		let jobs = [request(0), request(0)];
		let one = authorize(&signed(WORKER, commits(&jobs[..1]))).unwrap();
		let both = authorize(&signed(WORKER, commits(&jobs))).unwrap();
		// Each step has a tag, and so has the block.
		assert_eq!((one.provides.len(), both.provides.len()), (2, 3));
		assert!(one.provides.iter().all(|tag| both.provides.contains(tag)));
		assert_eq!(one.priority, both.priority);
		// A reveal is a different step from the commitment before it.
		assert_ok!(submit(signed(WORKER, commits(&jobs[..1]))));
		run(3);
		let opening = authorize(&signed(WORKER, vec![reveal_step(WORKER, jobs[0], &right(), true)])).unwrap();
		assert!(!opening.provides.iter().any(|tag| both.provides.contains(tag)));
	});
}

#[test]
fn a_later_submission_replaces_an_earlier_one_and_future_ones_are_refused() {
	build_and_execute(|| {
		alone();
		let id = request(0);
		let earlier = signed(WORKER, commits(&[id]));
		run(1);
		let later = signed(WORKER, commits(&[id]));
		assert_ne!(earlier, later);
		let [earlier, later] = [earlier, later].map(|call| authorize(&call).unwrap());
		assert_eq!(earlier.provides[1..], later.provides[1..]);
		assert!(earlier.priority < later.priority);
		run(1);
		let early = signed(WORKER, commits(&[id]));
		System::set_block_number(System::block_number() - 1);
		assert_eq!(authorize(&early), Err(refused(InvalidTransaction::Future)));
		System::set_block_number(System::block_number() + 1);
	});
}

#[test]
fn a_submission_needs_authorisation() {
	build_and_execute(|| {
		alone();
		let id = request(0);
		let call = signed(WORKER, commits(&[id]));
		for origin in [
			RuntimeOrigin::signed(WORKER),
			RuntimeOrigin::none(),
			RuntimeOrigin::root(),
		] {
			let outcome = call.clone().dispatch(origin).map(|_| ()).map_err(|error| error.error);
			assert_noop!(outcome, DispatchError::BadOrigin);
		}
		assert_noop!(
			Jobs::do_submit(submission(WORKER, vec![reveal_step(WORKER, JobId(5), &right(), true)])),
			Error::<Test>::NotDue
		);
	});
}

#[test]
fn a_submission_signed_like_an_ordinary_transaction_would_be_charged() {
	build_and_execute(|| {
		alone();
		let call = signed(WORKER, commits(&[request(0)]));
		assert_eq!(call.get_dispatch_info().pays_fee, Pays::Yes);
		assert!(call.get_dispatch_info().call_weight.ref_time() > 0);
	});
}

#[test]
fn a_submission_weighs_more_with_each_step_and_byte() {
	build_and_execute(|| {
		alone();
		let jobs = [request(0), request(0)];
		let weight = |steps| signed(WORKER, steps).get_dispatch_info().call_weight.ref_time();
		let shown = |shown| vec![reveal_step(WORKER, jobs[0], &right(), shown)];
		assert!(weight(commits(&jobs)) > weight(commits(&jobs[..1])));
		assert!(weight(shown(true)) > weight(shown(false)));
	});
}

#[test]
fn property_4_a_submission_expires_and_is_replaced_a_bounded_number_of_times() {
	build_and_execute(|| {
		Times::mutate(|times| times.commit = 60);
		alone();
		let id = request(0);
		let old = signed(WORKER, commits(&[id]));
		run_to(1 + u64::from(LONGEVITY));
		assert_ok!(authorize(&old));
		run(1);
		assert_eq!(authorize(&old), Err(stale()));
		// Whoever replaces a submission by a later one, again and again, comes to an end.
		run_to(50);
		let based_on = |at| {
			let submission = crate::Submission {
				at,
				..submission(WORKER, commits(&[id]))
			};
			let signature = sign(WORKER, &submission.message(genesis()));
			RuntimeCall::from(Call::<Test>::submit { submission, signature })
		};
		let valid = (0..=50).filter(|at| authorize(&based_on(*at)).is_ok());
		assert_eq!(valid.count(), 1 + LONGEVITY as usize);
	});
}

#[test]
fn property_4_the_pool_refuses_an_answer_that_is_on_chain() {
	build_and_execute(|| {
		let id = request(2);
		committed(id, &[right()]);
		let [first, second, third] = workers(id)[..] else {
			panic!("three workers");
		};
		let opening = |worker, shown| signed(worker, vec![reveal_step(worker, id, &right(), shown)]);
		let [early, late] = [second, third].map(|worker| opening(worker, true));
		assert_ok!(authorize(&early));
		assert_ok!(reveal(first, id, &right()));
		for repeated in [&early, &late] {
			assert_eq!(authorize(repeated), Err(stale()));
		}
		// Without the answer it is welcome, and in the block of the first reveal, nobody was too late.
		assert_ok!(authorize(&opening(third, false)));
		assert_ok!(submit(early));
		assert_ok!(submit(opening(third, false)));
		assert!(matches!(state(id), JobState::Provisional { .. }));
	});
}

#[test]
fn property_4_a_worker_has_one_submission_in_the_pool_for_each_block() {
	build_and_execute(|| {
		alone();
		let jobs = [request(0), request(0)];
		let tags = |steps| authorize(&signed(WORKER, steps)).unwrap().provides;
		let [one, other] = jobs.map(|job| tags(commits(&[job])));
		assert!(one.iter().any(|tag| other.contains(tag)));
		// Not of different workers, nor of different blocks.
		run(1);
		let next = tags(commits(&jobs[1..]));
		assert!(!one.iter().any(|tag| next.contains(tag)));
		Pool::offer(&[(OTHER, 200)]);
		let foreign = authorize(&signed(OTHER, vec![commit_step(OTHER, request(0), &right())])).unwrap();
		assert!(!foreign.provides.iter().any(|tag| next.contains(tag)));
	});
}
