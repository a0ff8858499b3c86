//! The off-chain worker's watch over provisional results.

use crate::{mock::*, Call};
use assay_mocks::MockNode;
use assay_primitives::{
	host::{Poll, PollContext, Purpose},
	JobId,
};
use frame_support::{assert_ok, traits::Hooks};
use sp_runtime::Permill;

/// Lets the off-chain worker run on the current block and returns the challenges it submitted, with challenger.
pub(super) fn tick(node: &MockNode) -> Vec<(JobId, AccountId)> {
	// On a chain, the changes of the off-chain worker to the state are lost.
	let submitted = frame_support::storage::with_transaction(|| {
		Disputes::offchain_worker(System::block_number());
		let submitted = node.take_transactions::<Extrinsic>();
		sp_runtime::TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(submitted))
	});
	let challenges = submitted.unwrap().into_iter().map(|extrinsic| {
		assert_ok!(authorize(&extrinsic.function));
		match extrinsic.function {
			RuntimeCall::Disputes(Call::challenge { challenge, .. }) => {
				assert_eq!(challenge.digest, outcome(1).digest());
				(challenge.job, challenge.challenger)
			}
			other => panic!("{other:?}"),
		}
	});
	challenges.collect()
}

pub(super) fn watch_all(node: &MockNode) {
	node.set_watch_share(Permill::one());
	node.set_ready(outcome(1));
}

pub(super) fn watched(node: &MockNode) -> Vec<JobId> {
	let mut jobs: Vec<_> = node.polls().iter().map(|context| context.job).collect();
	jobs.sort();
	jobs.dedup();
	jobs
}

#[test]
fn a_wrong_result_is_challenged_without_help() {
	build_with_node(|node| {
		node.set_watch_share(Permill::one());
		let job = provisional_job();
		assert_eq!(tick(&node), vec![]);
		assert_eq!(
			node.polls(),
			vec![PollContext {
				job,
				purpose: Purpose::Watch
			}]
		);
		node.set_ready(outcome(1));
		run_to(2);
		assert_eq!(tick(&node), vec![(job, watcher())]);
		assert_ok!(challenge_as_watcher(job, outcome(1)));
		node.set_answer(Poll::Pending);
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn a_right_result_is_compared_once() {
	build_with_node(|node| {
		node.set_watch_share(Permill::one());
		node.set_ready(outcome(0));
		provisional_job();
		for block in 1..4 {
			System::set_block_number(block);
			assert_eq!(tick(&node), vec![]);
		}
		assert_eq!(node.polls().len(), 1);
	});
}

#[test]
fn a_node_that_does_not_watch_polls_nothing() {
	build_with_node(|node| {
		watch_all(&node);
		node.set_watch_share(Permill::zero());
		provisional_job();
		assert_eq!(tick(&node), vec![]);
		assert!(node.polls().is_empty());
	});
}

#[test]
fn a_challenge_is_not_repeated_until_it_seems_lost() {
	build_with_node(|node| {
		watch_all(&node);
		provisional_job();
		assert_eq!(tick(&node).len(), 1);
		for block in 2..4 {
			System::set_block_number(block);
			assert_eq!(tick(&node), vec![], "at {block}");
		}
		System::set_block_number(4);
		assert_eq!(tick(&node).len(), 1);
		System::set_block_number(7);
		assert_eq!(tick(&node), vec![], "the window is over");
	});
}

#[test]
fn a_slow_job_does_not_stop_the_watch() {
	build_with_node(|node| {
		watch_all(&node);
		let slow = running_job();
		let quick = provisional_job();
		assert_eq!(tick(&node), vec![(quick, watcher())]);
		run_to(100);
		assert_eq!(tick(&node), vec![]);
		finish(slow);
		assert_eq!(tick(&node), vec![(slow, watcher())]);
	});
}

#[test]
fn a_result_that_can_no_longer_be_challenged_is_not_watched_any_more() {
	build_with_node(|node| {
		node.set_watch_share(Permill::one());
		let job = provisional_job();
		tick(&node);
		run_to(10);
		Stages::insert(job, Stage::Ended);
		tick(&node);
		// Even if the result became provisional again, which cannot happen, it would not be watched.
		finish(job);
		node.take_polls();
		tick(&node);
		assert!(node.polls().is_empty());
	});
}

#[test]
fn a_disputed_job_is_not_watched() {
	build(&[], true, |node| {
		watch_all(&node);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(2)));
		disputed_job();
		assert_eq!(tick(&node), vec![]);
		assert!(node.polls().is_empty());
	});
}

#[test]
fn a_watcher_challenges_one_result_in_a_block() {
	build(&[], true, |node| {
		watch_all(&node);
		let jobs = [provisional_job(), provisional_job(), provisional_job()];
		let mut challenged = vec![];
		for block in 1..=jobs.len() as u64 {
			let challenges = tick(&node);
			let [(job, ref who)] = challenges[..] else {
				panic!("{challenges:?}");
			};
			assert_eq!(*who, watcher());
			assert_ok!(challenge_as_watcher(job, outcome(1)));
			challenged.push(job);
			run_to(block + 1);
		}
		challenged.sort();
		assert_eq!(challenged, jobs);
	});
}

#[test]
fn a_watcher_challenges_as_far_as_its_balance_allows_and_the_rest_later() {
	build(&[], true, |node| {
		watch_all(&node);
		Bond::set(600);
		let jobs = [provisional_job(), provisional_job()];
		let challenges = tick(&node);
		let [(first, _)] = challenges[..] else {
			panic!("{challenges:?}");
		};
		let second = jobs[usize::from(first == jobs[0])];
		assert_ok!(challenge_as_watcher(first, outcome(1)));
		run_to(2);
		assert_eq!(tick(&node), vec![]);
		Bond::set(100);
		run_to(3);
		assert_eq!(tick(&node), vec![(second, watcher())]);
	});
}

#[test]
fn without_a_watcher_key_nothing_is_challenged() {
	build(&[0], false, |node| {
		watch_all(&node);
		provisional_job();
		for block in 1..4 {
			System::set_block_number(block);
			assert_eq!(tick(&node), vec![]);
		}
	});
}

#[test]
fn about_the_share_is_watched_and_the_same_jobs_after_a_restart() {
	build_with_node(|node| {
		node.set_watch_share(Permill::from_percent(20));
		node.set_ready(outcome(0));
		for _ in 0..1_000 {
			provisional_job();
		}
		tick(&node);
		let first = watched(&node);
		assert!((140..260).contains(&first.len()), "{}", first.len());

		// The notes are lost, but not the secret.
		let forget = |key: &[u8]| {
			sp_io::offchain::local_storage_clear(sp_core::offchain::StorageKind::PERSISTENT, key);
		};
		forget(b"assay/watch/notes");
		node.take_polls();
		tick(&node);
		assert_eq!(watched(&node), first);
	});
}

#[test]
fn another_secret_selects_other_jobs() {
	let chosen = |secret: [u8; 32]| {
		let mut jobs = vec![];
		build_with_node(|node| {
			node.set_watch_share(Permill::from_percent(50));
			node.set_ready(outcome(0));
			let kind = sp_core::offchain::StorageKind::PERSISTENT;
			sp_io::offchain::local_storage_set(kind, b"assay/watch/secret", &secret);
			for _ in 0..200 {
				provisional_job();
			}
			tick(&node);
			jobs = watched(&node);
		});
		jobs
	};
	assert_eq!(chosen([1; 32]), chosen([1; 32]));
	assert_ne!(chosen([1; 32]), chosen([2; 32]));
}

#[test]
fn a_node_that_was_offline_for_long_watches_new_jobs() {
	build_with_node(|node| {
		watch_all(&node);
		tick(&node);
		NextJob::put(JobId(1_000_000));
		let mut found = vec![];
		let job = provisional_job();
		for block in 1..12 {
			System::set_block_number(block);
			finish(job);
			found.extend(tick(&node));
		}
		assert_eq!(found.first(), Some(&(job, watcher())));
	});
}

#[test]
fn a_reorganisation_to_fewer_jobs_skips_none() {
	build_with_node(|node| {
		watch_all(&node);
		for _ in 0..5 {
			running_job();
		}
		tick(&node);
		NextJob::put(JobId(3));
		tick(&node);
		let job = provisional_job();
		assert_eq!(job, JobId(3));
		assert_eq!(tick(&node), vec![(job, watcher())]);
	});
}
