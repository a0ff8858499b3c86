//! How disputes open and end.

use crate::{mock::*, Event, OpenDisputes, VoterRecords, Votes, WeightInfo, ANSWER_PERIOD};
use assay_primitives::{
	api::VoterRecord, payload::MAX_ARTIFACT, traits::Ruling, Answer, Artifact, ArtifactId, Payload,
};
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

const STALE: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Stale);

fn record(with_verdict: u64, against_verdict: u64, absent: u64) -> VoterRecord {
	VoterRecord {
		with_verdict,
		against_verdict,
		absent,
	}
}

#[test]
fn a_disagreement_opens_a_dispute() {
	build_and_execute(|| {
		let job = disputed_job();
		let dispute = Disputes::dispute(job).unwrap();
		assert_eq!((dispute.opened_at, dispute.deadline), (1, 1 + PERIOD));
		assert_eq!((dispute.electorate, dispute.quorum), (3, 2));
		assert!(dispute.tally.is_empty() && dispute.challenges.is_empty());
		let (electorate, deadline) = (3, 1 + PERIOD);
		assert_eq!(
			events(),
			vec![Event::Opened {
				job,
				electorate,
				deadline
			}]
		);
	});
}

#[test]
fn the_vote_that_completes_two_thirds_decides_at_once() {
	build_and_execute(|| {
		let job = disputed_job();
		assert_ok!(vote(0, job, 1));
		assert_eq!(Disputes::dispute(job).unwrap().tally, vec![(right_is(1), 1)]);
		events();
		assert_ok!(vote(2, job, 1));
		let verdict = right_is(1);
		assert_eq!(
			events(),
			vec![
				Event::Voted {
					job,
					validator: validator(2),
					verdict
				},
				Event::Decided { job, verdict, votes: 2 }
			]
		);
		assert_eq!(
			ruling(job),
			Some(Ruling {
				verdict,
				upheld: vec![],
				answer: None
			})
		);
		assert_eq!(Disputes::dispute(job), None);
		assert_eq!(Votes::<Test>::iter().count(), 0);
		assert_eq!(OpenDisputes::<Test>::iter().count(), 0);
	});
}

#[test]
fn two_thirds_are_rounded_up() {
	for (validators, quorum) in [(1, 1), (2, 2), (3, 2), (4, 3), (6, 4), (100, 67)] {
		build_and_execute(|| {
			session(0..validators);
			let job = disputed_job();
			assert_eq!(Disputes::dispute(job).unwrap().quorum, quorum);
			for voter in 0..quorum {
				assert!(is_open(job), "decided by {voter} of {validators}");
				assert_ok!(vote(voter, job, 1));
			}
			assert_eq!(ruling(job).unwrap().verdict, right_is(1));
		});
	}
}

#[test]
fn a_third_that_never_votes_cannot_stop_a_verdict() {
	build_and_execute(|| {
		session(0..100);
		let job = disputed_job();
		for voter in 33..100 {
			assert_ok!(vote(voter, job, 1));
		}
		assert!(!is_open(job));
		assert_eq!(VoterRecords::<Test>::get(validator(0)), record(0, 0, 1));
		assert_eq!(VoterRecords::<Test>::get(validator(99)), record(1, 0, 0));
	});
}

#[test]
fn a_third_that_votes_wrongly_cannot_stop_a_verdict_and_is_recorded() {
	build_and_execute(|| {
		session(0..4);
		let job = disputed_job();
		assert_ok!(vote(0, job, 7));
		for voter in 1..4 {
			assert_ok!(vote(voter, job, 1));
		}
		assert_eq!(ruling(job).unwrap().verdict, right_is(1));
		assert_eq!(Disputes::voter(validator(0)), record(0, 1, 0));
		assert_eq!(Disputes::voter(validator(1)), record(1, 0, 0));
	});
}

#[test]
fn every_validator_may_vote_for_a_different_digest() {
	build_and_execute(|| {
		session(0..100);
		let job = disputed_job();
		for voter in 0..100 {
			assert_ok!(vote(voter, job, voter));
		}
		assert_eq!(Disputes::dispute(job).unwrap().tally.len(), 100);
		Disputes::do_try_state().unwrap();
		run_to(2 + PERIOD);
		let dispute = Disputes::dispute(job).unwrap();
		assert_eq!((dispute.round, dispute.tally.len()), (2, 100));
		assert_ok!(rule(job, right_is(1)));
		assert_eq!(Votes::<Test>::iter().count(), 0);
	});
}

#[test]
fn votes_count_up_to_and_including_the_deadline() {
	build_and_execute(|| {
		let job = disputed_job();
		run_to(1 + PERIOD);
		assert_ok!(vote(0, job, 1));
		assert_ok!(vote(1, job, 1));
		assert!(!is_open(job));
		run_to(5 + PERIOD);
		assert_eq!(Rulings::get().len(), 1);
	});
}

#[test]
fn without_validators_there_is_no_verdict() {
	build_and_execute(|| {
		session([]);
		let job = disputed_job();
		assert_eq!(Disputes::dispute(job).unwrap().electorate, 0);
		run_to(2 + PERIOD);
		assert_eq!(ruling(job), None);
		// The next round has some.
		session(0..3);
		run_to(3 + 3 * PERIOD);
		assert_ok!(vote(0, job, 1));
		assert_ok!(vote(1, job, 1));
		assert!(!is_open(job));
	});
}

#[test]
fn a_backlog_is_carried_over_in_order() {
	build_and_execute(|| {
		let early: Vec<_> = (0..DUE_PER_BLOCK + 1).map(|_| disputed_job()).collect();
		System::set_block_number(2);
		let late = disputed_job();
		System::set_block_number(PERIOD + 1);
		// The agenda also reads a bounded number of blocks, and begins at block 0.
		while crate::NextDue::<Test>::get() <= PERIOD + 1 {
			Disputes::on_initialize(System::block_number());
		}
		let waiting = || {
			let first = |job: &&_| Disputes::dispute(**job).unwrap().round == 1;
			early.iter().filter(first).count()
		};
		run_to(2 + PERIOD);
		assert_eq!(waiting(), 1);
		Disputes::do_try_state().unwrap();
		run_to(3 + PERIOD);
		assert_eq!(waiting(), 0);
		assert_eq!(Disputes::dispute(late).unwrap().round, 2);
	});
}

#[test]
fn a_block_begins_a_bounded_number_of_rounds_and_returns_their_weight() {
	build_and_execute(|| {
		for _ in 0..10 {
			disputed_job();
		}
		run_to(1 + PERIOD);
		System::set_block_number(2 + PERIOD);
		type Weighs = crate::weights::SubstrateWeight<Test>;
		let idle = Weighs::service_agendas(0, 1) + Weighs::count_room();
		let weight = Disputes::on_initialize(2 + PERIOD);
		assert!(weight.all_gte(Weighs::begin_round(3) * u64::from(DUE_PER_BLOCK) + idle));
		let begun = events()
			.into_iter()
			.filter(|event| matches!(event, Event::RoundBegun { .. }));
		assert_eq!(begun.count(), DUE_PER_BLOCK as usize);
	});
}

#[test]
fn property_5_eight_wrong_challenges_do_not_shut_out_the_right_answer() {
	build_and_execute(|| {
		AnswersKnown::set(false);
		let job = provisional_job();
		for who in 0..crate::MAX_CHALLENGES {
			assert_ok!(challenge(who, job, outcome(10 + who)));
		}
		let right = outcome(1);
		assert_noop!(
			challenge(9, job, right.clone()),
			crate::Error::<Test>::TooManyChallenges
		);
		assert_ok!(vote(0, job, 1));
		assert_ok!(vote(1, job, 1));
		let until = 1 + u64::from(ANSWER_PERIOD);
		let digest = right.digest();
		assert_eq!(events().last(), Some(&Event::AnswerAwaited { job, digest, until }));
		// Votes no longer count, and every bond stays where it is.
		assert_eq!(vote(2, job, 2), Err(STALE));
		assert_eq!(held(&account(0)), 100);
		run_to(until);
		assert_eq!(bring(job, outcome(2)), Err(STALE));
		assert_ok!(bring(job, right.clone()));
		assert_eq!(
			ruling(job).unwrap(),
			Ruling {
				verdict: right_is(1),
				upheld: vec![],
				answer: Some(right)
			}
		);
		assert!((0..8).all(|who| held(&account(who)) == 0));
		assert_eq!(bring(job, outcome(1)), Err(STALE));
	});
}

#[test]
fn an_answer_that_nobody_brings_is_awaited_for_a_time() {
	build_and_execute(|| {
		AnswersKnown::set(false);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		assert_ok!(vote(0, job, 1));
		assert_ok!(vote(1, job, 1));
		assert_eq!(Disputes::dispute(job).unwrap().awaited, Some(outcome(1).digest()));
		run_to(1 + u64::from(ANSWER_PERIOD));
		assert!(is_open(job));
		run_to(2 + u64::from(ANSWER_PERIOD));
		let ruling = ruling(job).unwrap();
		assert_eq!((ruling.verdict, ruling.answer), (right_is(1), None));
		assert_eq!(ruling.upheld, vec![account(1)]);
		assert_eq!(held(&account(1)), 0);
	});
}

#[test]
fn an_awaited_artifact_must_have_a_length_that_nodes_store() {
	build_and_execute(|| {
		AnswersKnown::set(false);
		let artifact = |len| Answer {
			root: None,
			outcome: Payload::Artifact(Artifact {
				id: ArtifactId::of(b"large"),
				len,
			}),
		};
		for (len, brought) in [(0, Err(STALE)), (MAX_ARTIFACT + 1, Err(STALE)), (MAX_ARTIFACT, Ok(()))] {
			let job = disputed_job();
			let digest = artifact(len).digest();
			for voter in 0..2 {
				assert_ok!(submit(vote_call(voter, &[(job, digest)])));
			}
			assert_eq!(bring(job, artifact(len)), brought);
		}
	});
}
