//! How disputes open and end.

use crate::{mock::*, Error, Event, OpenDisputes, VoterRecords, Votes, WeightInfo};
use assay_primitives::{
	api::VoterRecord,
	traits::{Ruling, Tribunal},
};
use frame_support::{assert_noop, assert_ok, traits::Hooks};

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
fn a_job_is_disputed_once_at_a_time() {
	build_and_execute(|| {
		let job = disputed_job();
		assert_noop!(
			<Disputes as Tribunal<u64>>::open(job, 5),
			Error::<Test>::AlreadyDisputed
		);
	});
}

#[test]
fn the_vote_that_completes_two_thirds_decides_at_once() {
	build_and_execute(|| {
		let job = disputed_job();
		assert_ok!(vote(0, job, 1));
		assert_eq!(Disputes::dispute(job).unwrap().tally, vec![(outcome(1).digest(), 1)]);
		events();
		assert_ok!(vote(2, job, 1));
		let digest = outcome(1).digest();
		assert_eq!(
			events(),
			vec![
				Event::Voted {
					job,
					validator: validator(2),
					digest
				},
				Event::Decided {
					job,
					verdict: Some(digest),
					votes: 2
				}
			]
		);
		assert_eq!(
			ruling(job),
			Some(Ruling {
				verdict: Some(digest),
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
			assert_eq!(ruling(job).unwrap().verdict, Some(outcome(1).digest()));
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
		assert_eq!(ruling(job).unwrap().verdict, Some(outcome(1).digest()));
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
		assert_eq!(ruling(job).unwrap().verdict, None);
		assert_eq!(Votes::<Test>::iter().count(), 0);
	});
}

#[test]
fn without_a_quorum_a_dispute_ends_after_its_deadline() {
	build_and_execute(|| {
		let job = disputed_job();
		assert_ok!(vote(0, job, 1));
		assert_ok!(vote(1, job, 2));
		run_to(1 + PERIOD);
		assert!(is_open(job));
		events();
		run_to(2 + PERIOD);
		assert_eq!(
			events(),
			vec![Event::Decided {
				job,
				verdict: None,
				votes: 2
			}]
		);
		assert_eq!(
			ruling(job),
			Some(Ruling {
				verdict: None,
				upheld: vec![],
				answer: None
			})
		);
		// Only absence is recorded, because nobody knows who was right.
		assert_eq!(Disputes::voter(validator(0)), record(0, 0, 0));
		assert_eq!(Disputes::voter(validator(2)), record(0, 0, 1));
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
		assert_eq!(ruling(job).unwrap().verdict, None);
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
		run_to(2 + PERIOD);
		assert_eq!(early.iter().filter(|job| is_open(**job)).count(), 1);
		Disputes::do_try_state().unwrap();
		run_to(3 + PERIOD);
		assert!(!early.into_iter().any(is_open) && !is_open(late));
		assert_eq!(Rulings::get().last().map(|(job, _)| *job), Some(late));
	});
}

#[test]
fn a_block_ends_a_bounded_number_of_disputes_and_returns_their_weight() {
	build_and_execute(|| {
		for _ in 0..10 {
			disputed_job();
		}
		run_to(1 + PERIOD);
		System::set_block_number(2 + PERIOD);
		let idle = crate::weights::SubstrateWeight::<Test>::service_agendas(0, 1);
		let one = Disputes::weight_of_decision(3, 0);
		let weight = Disputes::on_initialize(2 + PERIOD);
		assert!(weight.all_gte(one.saturating_mul(DUE_PER_BLOCK.into()).saturating_add(idle)));
		assert_eq!(Rulings::get().len(), DUE_PER_BLOCK as usize);
	});
}
