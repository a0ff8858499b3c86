//! The off-chain worker's votes, driven as a node drives it.

use crate::{mock::*, Call, Vote};
use assay_mocks::MockNode;
use assay_primitives::{
	api::Verdict,
	host::{Poll, PollContext, Purpose, Unavailable},
	key::VoterKey,
};
use codec::Encode;
use frame_support::{assert_ok, traits::Hooks};

/// Lets the off-chain worker run on the current block and returns what it submitted.
fn tick(node: &MockNode) -> Vec<RuntimeCall> {
	Disputes::offchain_worker(System::block_number());
	let submitted = node.take_transactions::<Extrinsic>();
	submitted.into_iter().map(|extrinsic| extrinsic.function).collect()
}

fn sizes(calls: Vec<RuntimeCall>) -> Vec<(VoterKey, usize)> {
	calls
		.into_iter()
		.map(|call| match call {
			RuntimeCall::Disputes(Call::vote { ballot, .. }) => (ballot.voter, ballot.votes.len()),
			other => panic!("{other:?}"),
		})
		.collect()
}

#[test]
fn a_validator_votes_without_help() {
	build(&[0, 1], false, |node| {
		let job = disputed_job();
		assert_eq!(tick(&node), vec![]);
		// One poll starts the task, the other one gets the answer.
		assert_eq!(
			node.polls(),
			vec![
				PollContext {
					job,
					purpose: Purpose::Vote
				};
				2
			]
		);
		node.set_ready(outcome(1));
		run_to(2);
		for call in tick(&node) {
			assert_ok!(submit(call));
		}
		assert_eq!(ruling(job).unwrap().verdict, right_is(1));
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn a_vote_is_not_submitted_twice_until_it_seems_lost() {
	build_with_node(|node| {
		disputed_job();
		node.set_ready(outcome(1));
		assert_eq!(tick(&node).len(), 1);
		for block in 2..4 {
			System::set_block_number(block);
			assert_eq!(tick(&node), vec![], "at {block}");
		}
		System::set_block_number(4);
		assert_eq!(tick(&node).len(), 1);
	});
}

#[test]
fn a_vote_noted_on_a_fork_that_lost_is_submitted_again() {
	build_with_node(|node| {
		disputed_job();
		node.set_ready(outcome(1));
		System::set_block_number(4);
		assert_eq!(tick(&node).len(), 1);
		System::set_block_number(3);
		assert_eq!(tick(&node).len(), 1);
	});
}

#[test]
fn a_later_dispute_does_not_wait_for_a_pending_ballot() {
	build_with_node(|node| {
		disputed_job();
		node.set_ready(outcome(1));
		assert_eq!(tick(&node).len(), 1);
		let second = disputed_job();
		assert_eq!(tick(&node), vec![], "a voter has one ballot for each block");
		System::set_block_number(2);
		let calls = tick(&node);
		assert!(
			matches!(&calls[..], [RuntimeCall::Disputes(Call::vote { ballot, .. })] if ballot.votes[0].job == second)
		);
		assert_eq!(sizes(calls), vec![(key(0), 1)]);
	});
}

#[test]
fn a_node_without_its_note_still_votes() {
	build_with_node(|node| {
		disputed_job();
		node.set_ready(outcome(1));
		assert_eq!(tick(&node).len(), 1);
		let note = (&b"assay/voted/"[..], key(0)).encode();
		sp_io::offchain::local_storage_clear(sp_core::offchain::StorageKind::PERSISTENT, &note);
		assert_ok!(submit(tick(&node).remove(0)));
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn property_6_a_missing_file_or_engine_is_reported_from_the_second_round_on() {
	for reason in [Unavailable::NoModel, Unavailable::NoInput, Unavailable::UnknownEngine] {
		build_with_node(|node| {
			let job = disputed_job();
			node.set_answer(Poll::Unavailable(reason));
			assert_eq!(tick(&node), vec![]);
			run_to(2 + PERIOD);
			assert_ok!(submit(tick(&node).remove(0)));
			assert_eq!(Disputes::dispute(job).unwrap().tally, vec![(Verdict::NotRunnable, 1)]);
			// It says so once, and takes it back when the file arrives.
			run_to(6 + PERIOD);
			assert_eq!(tick(&node), vec![]);
			node.set_ready(outcome(1));
			assert_ok!(submit(tick(&node).remove(0)));
			assert_eq!(Disputes::dispute(job).unwrap().tally, vec![(right_is(1), 1)]);
		});
	}
}

#[test]
fn a_failure_of_this_machine_is_never_a_vote() {
	for reason in [Unavailable::Failed, Unavailable::Busy, Unavailable::NoProvider] {
		build_with_node(|node| {
			disputed_job();
			node.set_answer(Poll::Unavailable(reason));
			run_to(2 + 3 * PERIOD);
			assert_eq!(tick(&node), vec![]);
		});
	}
}

#[test]
fn property_5_validators_bring_the_answer_for_which_the_tribunal_waits() {
	build(&[0], false, |node| {
		AnswersKnown::set(false);
		let job = disputed_job();
		assert_ok!(vote(0, job, 1));
		assert_ok!(vote(1, job, 1));
		node.set_ready(outcome(2));
		assert_eq!(tick(&node), vec![]);
		node.set_ready(outcome(1));
		let calls = tick(&node);
		assert_eq!(calls.len(), 1);
		assert_eq!(tick(&node), vec![], "it was brought recently");
		assert_ok!(submit(calls[0].clone()));
		assert_eq!(ruling(job).unwrap().answer, Some(outcome(1)));
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn property_1_the_note_of_submissions_names_the_task() {
	build_with_node(|node| {
		let job = disputed_job();
		node.set_ready(outcome(1));
		let call = |fork| {
			Fork::set(fork);
			crate::Disputes::<Test>::mutate(job, |dispute| dispute.as_mut().unwrap().task = task(job));
			tick(&node)
		};
		assert_eq!(call(0).len(), 1);
		assert_eq!(call(0), vec![]);
		// On a fork with another task under the same number, another vote is due.
		let verdict = right_is(1);
		let calls = call(1);
		let task = task(job);
		assert!(matches!(
			&calls[..],
			[RuntimeCall::Disputes(Call::vote { ballot, .. })] if ballot.votes.to_vec() == [Vote { job, task, verdict }]
		));
	});
}

#[test]
fn disputes_of_electorates_without_the_nodes_keys_are_ignored() {
	build_with_node(|node| {
		session(1..4);
		disputed_job();
		node.set_ready(outcome(1));
		assert_eq!(tick(&node), vec![]);
		assert!(node.polls().is_empty());
	});
}

#[test]
fn a_validator_that_left_still_votes_in_earlier_disputes() {
	build_with_node(|node| {
		let job = disputed_job();
		session(1..4);
		node.set_ready(outcome(1));
		assert_ok!(submit(tick(&node).remove(0)));
		assert_eq!(Disputes::dispute(job).unwrap().tally, vec![(right_is(1), 1)]);
	});
}

#[test]
fn a_vote_is_due_even_if_the_next_round_is_late() {
	build_with_node(|node| {
		disputed_job();
		System::set_block_number(2 + PERIOD);
		node.set_ready(outcome(1));
		assert_ok!(submit(tick(&node).remove(0)));
	});
}

#[test]
fn the_node_is_polled_once_for_all_its_keys() {
	build(&[0, 1, 2], false, |node| {
		disputed_job();
		tick(&node);
		assert_eq!(node.polls().len(), 2);
	});
}

#[test]
fn many_votes_travel_in_one_ballot_a_block_that_fits_into_it() {
	build_with_node(|node| {
		for _ in 0..100 {
			disputed_job();
		}
		node.set_ready(outcome(1));
		let most = Disputes::ballot_size();
		assert!(most > 1 && Disputes::weight_of(most as u32).all_lte(Disputes::max_weight()));
		let mut voted = 0;
		for block in 1..=100u64.div_ceil(most as u64) {
			System::set_block_number(block);
			let calls = tick(&node);
			assert_eq!(sizes(calls.clone()), vec![(key(0), most.min(100 - voted))]);
			voted += most.min(100 - voted);
			assert_ok!(submit(calls[0].clone()));
		}
		assert_eq!(voted, 100);
	});
}
