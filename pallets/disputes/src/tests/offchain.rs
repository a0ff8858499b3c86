//! The off-chain worker's votes, driven as a node drives it.

use crate::{mock::*, Call};
use assay_primitives::{
	host::{Poll, Purpose, Role, Unavailable},
	key::VoterKey,
};
use codec::{Decode, Encode};
use frame_support::{assert_ok, traits::Hooks};

/// Lets the off-chain worker run on the current block and returns what it submitted.
fn tick(node: &Node) -> Vec<RuntimeCall> {
	Disputes::offchain_worker(System::block_number());
	let submitted = std::mem::take(&mut node.pool.write().transactions);
	submitted
		.iter()
		.map(|bytes| Extrinsic::decode(&mut &bytes[..]).unwrap().function)
		.collect()
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
		// Once to begin with it, and once for the answer.
		assert_eq!(*node.asked.lock(), vec![Purpose { job, role: Role::Vote }; 2]);
		*node.answer.lock() = Poll::Ready(outcome(1));
		run_to(2);
		for call in tick(&node) {
			assert_ok!(submit(call));
		}
		assert_eq!(ruling(job).unwrap().verdict, Some(outcome(1).digest()));
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn a_vote_under_way_is_not_submitted_twice_until_it_seems_lost() {
	build_with_node(|node| {
		disputed_job();
		*node.answer.lock() = Poll::Ready(outcome(1));
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
fn a_vote_noted_on_a_lost_fork_is_submitted_again() {
	build_with_node(|node| {
		disputed_job();
		*node.answer.lock() = Poll::Ready(outcome(1));
		System::set_block_number(4);
		assert_eq!(tick(&node).len(), 1);
		System::set_block_number(3);
		assert_eq!(tick(&node).len(), 1);
	});
}

#[test]
fn a_later_dispute_does_not_wait_for_one_under_way() {
	build_with_node(|node| {
		disputed_job();
		*node.answer.lock() = Poll::Ready(outcome(1));
		assert_eq!(tick(&node).len(), 1);
		let second = disputed_job();
		let calls = tick(&node);
		assert!(
			matches!(&calls[..], [RuntimeCall::Disputes(Call::vote { ballot, .. })] if ballot.votes[0].0 == second)
		);
		assert_eq!(sizes(calls), vec![(key(0), 1)]);
	});
}

#[test]
fn a_node_that_lost_its_memory_still_votes() {
	build_with_node(|node| {
		disputed_job();
		*node.answer.lock() = Poll::Ready(outcome(1));
		assert_eq!(tick(&node).len(), 1);
		let note = (&b"assay/voted/"[..], key(0)).encode();
		sp_io::offchain::local_storage_clear(sp_core::offchain::StorageKind::PERSISTENT, &note);
		assert_ok!(submit(tick(&node).remove(0)));
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn what_cannot_be_run_here_is_not_voted_on() {
	build_with_node(|node| {
		disputed_job();
		*node.answer.lock() = Poll::Unavailable(Unavailable::NoModel);
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn disputes_of_electorates_without_our_keys_are_left_alone() {
	build_with_node(|node| {
		session(1..4);
		disputed_job();
		*node.answer.lock() = Poll::Ready(outcome(1));
		assert_eq!(tick(&node), vec![]);
		assert!(node.asked.lock().is_empty());
	});
}

#[test]
fn a_validator_that_left_still_votes_in_disputes_of_its_time() {
	build_with_node(|node| {
		let job = disputed_job();
		session(1..4);
		*node.answer.lock() = Poll::Ready(outcome(1));
		assert_ok!(submit(tick(&node).remove(0)));
		assert_eq!(Disputes::info(job).unwrap().tally, vec![(outcome(1).digest(), 1)]);
	});
}

#[test]
fn a_dispute_whose_deadline_has_passed_is_left_alone() {
	build_with_node(|node| {
		disputed_job();
		System::set_block_number(2 + PERIOD);
		*node.answer.lock() = Poll::Ready(outcome(1));
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn the_node_is_asked_for_all_its_keys_at_once() {
	build(&[0, 1, 2], false, |node| {
		disputed_job();
		tick(&node);
		assert_eq!(node.asked.lock().len(), 2);
	});
}

#[test]
fn many_votes_travel_in_few_ballots_that_a_block_has_room_for() {
	build_with_node(|node| {
		for _ in 0..100 {
			disputed_job();
		}
		*node.answer.lock() = Poll::Ready(outcome(1));
		let most = Disputes::ballot_size();
		assert!(most > 1 && Disputes::weight_of(most as u32).all_lte(Disputes::max_weight()));
		let calls = tick(&node);
		assert_eq!(calls.len(), 100usize.div_ceil(most));
		assert_eq!(sizes(calls.clone()).iter().map(|(_, votes)| votes).sum::<usize>(), 100);
		for call in calls {
			assert_ok!(submit(call));
		}
	});
}
