//! Rounds: without two thirds a dispute goes on, and nothing that is at stake moves.

use crate::{mock::*, Error, Event, VoterRecords, Votes};
use assay_primitives::{api::Verdict, key::VoterKey, JobId};
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::Inspect, OneSessionHandler},
};
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError,
};

const STALE: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Stale);

/// Returns the round, its last block, and the size of its electorate.
fn round(job: JobId) -> (u32, u64, u32) {
	let dispute = Disputes::dispute(job).unwrap();
	(dispute.round, dispute.deadline, dispute.electorate)
}

/// Starts the block in which the next round of `job` begins.
fn next_round(job: JobId) {
	let (before, deadline, _) = round(job);
	run_to(deadline + 1);
	assert!(!is_open(job) || round(job).0 == before + 1);
}

fn absences(n: u32) -> u64 {
	VoterRecords::<Test>::get(validator(n)).absent
}

#[test]
fn property_6_no_quorum_never_refunds() {
	build_and_execute(|| {
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		// A third stays away. The others agree, but two of four are too few.
		session(0..4);
		next_round(job);
		assert_ok!(vote(0, job, 1));
		assert_ok!(vote(1, job, 1));
		for number in 3..8 {
			next_round(job);
			assert_eq!(round(job).0, number);
			assert_eq!(ruling(job), None);
			assert_eq!(held(&account(1)), 100);
			assert_eq!(Disputes::dispute(job).unwrap().tally, vec![(right_is(1), 2)]);
			Disputes::do_try_state().unwrap();
		}
		// One of them comes back.
		assert_ok!(vote(3, job, 1));
		assert_eq!(ruling(job).unwrap().upheld, vec![account(1)]);
		assert_eq!(Balances::total_balance(&account(1)), RICH);
		// Absence is counted once a round: in the first round nobody had voted.
		assert_eq!([absences(0), absences(1), absences(2), absences(3)], [1, 1, 7, 5]);
	});
}

#[test]
fn property_6_a_third_absent_for_two_rounds_then_a_verdict() {
	build_and_execute(|| {
		session(0..6);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		let issuance = Balances::total_issuance();
		for voter in 0..3 {
			assert_ok!(vote(voter, job, 1));
		}
		next_round(job);
		next_round(job);
		assert_eq!((round(job).0, held(&account(1))), (3, 100));
		// The set changes: 2 leaves, 7 and 8 come. The keys of 0 and 1 change, too.
		let set = [(0, 50), (1, 51), (3, 3), (4, 4), (7, 7), (8, 8)].map(|(n, k)| (validator(n), key(k)));
		let all = || {
			set.iter()
				.map(|(validator, key): &(AccountId, VoterKey)| (validator, key.clone()))
		};
		Disputes::on_new_session(true, all(), all());
		next_round(job);
		// The carried votes of 0 and 1 stand, whatever their keys; that of 2 does not count.
		assert_eq!(Disputes::dispute(job).unwrap().tally, vec![(right_is(1), 2)]);
		assert_eq!(vote(50, job, 1), Err(STALE));
		assert_eq!(vote(2, job, 1), Err(STALE));
		assert_ok!(vote(7, job, 1));
		assert!(is_open(job));
		assert_ok!(vote(8, job, 1));
		assert_eq!(ruling(job).unwrap().verdict, right_is(1));
		assert_eq!((held(&account(1)), Balances::total_issuance()), (0, issuance));
		assert_eq!([absences(0), absences(2), absences(3), absences(5)], [0, 0, 4, 3]);
		assert_eq!(VoterRecords::<Test>::get(validator(2)).with_verdict, 1);
		assert_eq!(Votes::<Test>::iter().count(), 0);
	});
}

#[test]
fn property_6_who_has_voted_and_left_counts_again_when_it_returns() {
	build_and_execute(|| {
		let job = disputed_job();
		assert_ok!(vote(0, job, 1));
		session(1..4);
		next_round(job);
		assert!(Disputes::dispute(job).unwrap().tally.is_empty());
		assert_ok!(vote(1, job, 1));
		session(0..3);
		// The carried votes of 0 and 1 suffice, so the dispute ends when the round begins.
		let (_, deadline, _) = round(job);
		events();
		run_to(deadline + 1);
		assert_eq!(ruling(job).unwrap().verdict, right_is(1));
		assert!(matches!(
			events()[..],
			[Event::RoundBegun { round: 3, .. }, Event::Decided { votes: 2, .. }]
		));
	});
}

#[test]
fn property_6_a_smaller_electorate_may_have_agreed_already() {
	build_and_execute(|| {
		session(0..6);
		let job = disputed_job();
		for voter in 0..3 {
			assert_ok!(vote(voter, job, 1));
		}
		session(0..4);
		let (_, deadline, _) = round(job);
		run_to(deadline + 1);
		assert!(!is_open(job));
	});
}

#[test]
fn property_6_rounds_double_up_to_a_maximum() {
	build_and_execute(|| {
		let job = disputed_job();
		let mut started = 1;
		for length in [PERIOD, 2 * PERIOD, MAX_ROUND, MAX_ROUND] {
			let (_, deadline, _) = round(job);
			assert_eq!(deadline - started, length);
			next_round(job);
			started = deadline + 1;
		}
	});
}

#[test]
fn property_6_votes_of_those_who_left_are_bounded() {
	build_and_execute(|| {
		session(0..100);
		let job = disputed_job();
		// Nobody ever agrees, and every round has other validators.
		for number in 0..4u32 {
			for voter in number * 100..number * 100 + 100 {
				assert_ok!(vote(voter, job, voter));
			}
			session((number + 1) * 100..(number + 2) * 100);
			next_round(job);
			Disputes::do_try_state().unwrap();
			assert!(Votes::<Test>::iter().count() <= 200);
		}
	});
}

#[test]
fn property_6_a_vote_that_the_task_cannot_be_run_may_be_replaced_by_an_answer() {
	build_and_execute(|| {
		let job = disputed_job();
		assert_ok!(vote_not_runnable(0, job));
		assert_eq!(vote_not_runnable(0, job), Err(STALE));
		assert_ok!(vote(0, job, 1));
		assert_eq!(Disputes::dispute(job).unwrap().tally, vec![(right_is(1), 1)]);
		assert_eq!(vote_not_runnable(0, job), Err(STALE));
		assert_eq!(vote(0, job, 2), Err(STALE));
		assert_ok!(vote_not_runnable(1, job));
		assert_ok!(vote(2, job, 1));
		assert_eq!(ruling(job).unwrap().verdict, right_is(1));
		// It contradicted no answer.
		let record = VoterRecords::<Test>::get(validator(1));
		assert_eq!((record.with_verdict, record.against_verdict, record.absent), (0, 0, 0));
	});
}

#[test]
fn property_6_that_a_task_cannot_be_run_is_a_verdict() {
	build_and_execute(|| {
		AnswersKnown::set(false);
		let job = disputed_job();
		assert_ok!(vote_not_runnable(0, job));
		assert_ok!(vote_not_runnable(1, job));
		assert_eq!(ruling(job).unwrap().verdict, Verdict::NotRunnable);
		assert_eq!(VoterRecords::<Test>::get(validator(0)).with_verdict, 1);
	});
}

#[test]
fn property_6_a_referendum_decides_what_the_validators_do_not() {
	build_and_execute(|| {
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		assert_ok!(vote(0, job, 1));
		assert_ok!(vote(1, job, 2));
		next_round(job);
		let (this, other) = (task(job), task(JobId(77)));
		assert_noop!(
			Disputes::rule(RuntimeOrigin::signed(account(1)), job, this, right_is(1)),
			DispatchError::BadOrigin
		);
		assert_eq!(rule(JobId(77), right_is(1)), Err(Error::<Test>::NotDisputed.into()));
		Fork::set(9);
		assert_eq!(rule(job, right_is(1)), Err(Error::<Test>::WrongTask.into()));
		Fork::set(0);
		assert_ne!(this, other);
		assert_ok!(rule(job, right_is(2)));
		assert_eq!(ruling(job).unwrap().verdict, right_is(2));
		assert_eq!(
			(held(&account(1)), Balances::total_balance(&account(1))),
			(0, RICH - 100)
		);
		let records = [0, 1, 2].map(|n| VoterRecords::<Test>::get(validator(n)));
		assert_eq!(
			records.map(|r| (r.with_verdict, r.against_verdict)),
			[(0, 1), (1, 0), (0, 0)]
		);
	});
}

#[test]
fn property_6_a_ruling_waits_for_its_answer_like_a_verdict() {
	build_and_execute(|| {
		AnswersKnown::set(false);
		let job = disputed_job();
		assert_ok!(rule(job, right_is(1)));
		assert_eq!(rule(job, right_is(2)), Err(Error::<Test>::AlreadyDecided.into()));
		assert_ok!(bring(job, outcome(1)));
		assert_eq!(ruling(job).unwrap().answer, Some(outcome(1)));
	});
}

#[test]
fn property_6_a_flood_of_disputes_delays_and_loses_nothing() {
	build_and_execute(|| {
		session(0..6);
		Bond::set(1);
		let jobs: Vec<_> = (0..300).map(|_| provisional_job()).collect();
		for (n, job) in jobs.iter().enumerate() {
			assert_ok!(challenge(n as u32 % 20, *job, outcome(1)));
		}
		let issuance = Balances::total_issuance();
		// Two of six vote in the first round, which many disputes outlast.
		for (n, job) in jobs.iter().enumerate() {
			assert_ok!(vote(n as u32 % 6, *job, 1));
			assert_ok!(vote((n as u32 + 1) % 6, *job, 1));
		}
		run_to(2 + PERIOD + 300 / u64::from(DUE_PER_BLOCK));
		assert!(jobs.iter().all(|job| round(*job).0 > 1));
		assert_eq!(held(&account(0)), 15);
		Disputes::do_try_state().unwrap();
		for job in &jobs {
			for voter in 0..6 {
				if is_open(*job) {
					let _ = vote(voter, *job, 1);
				}
			}
		}
		assert!(!jobs.iter().any(|job| is_open(*job)));
		assert_eq!(Rulings::get().len(), 300);
		assert!((0..20).all(|who| held(&account(who)) == 0 && Balances::total_balance(&account(who)) == RICH));
		assert_eq!(Balances::total_issuance(), issuance);
	});
}
