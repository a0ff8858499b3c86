//! The off-chain worker, driven as a node drives it.

use crate::{mock::*, Call, JobState, Step, MAX_STEPS};
use assay_primitives::{
	host::{Poll, Role, Unavailable},
	key::{salt, salt_message},
	Answer, Artifact, JobId, Payload,
};
use codec::{Decode, Encode};
use frame_support::{
	assert_ok,
	traits::{Authorize, Hooks},
};
use sp_runtime::transaction_validity::TransactionSource;

/// Lets the off-chain worker run on the current block and returns what it submitted.
fn tick(node: &Node) -> Vec<RuntimeCall> {
	Jobs::offchain_worker(System::block_number());
	let submitted = std::mem::take(&mut node.pool.write().transactions);
	submitted
		.iter()
		.map(|bytes| Extrinsic::decode(&mut &bytes[..]).unwrap().function)
		.collect()
}

fn steps(call: &RuntimeCall) -> Vec<Step> {
	match call {
		RuntimeCall::Jobs(Call::submit { submission, .. }) => submission.steps.to_vec(),
		other => panic!("{other:?}"),
	}
}

fn ready(node: &Node, answer: Answer) {
	*node.answer.lock() = Poll::Ready(answer);
}

/// The node's worker has all slots.
fn alone() {
	Pool::offer(&[(WORKER, 200)]);
}

/// Runs blocks with the off-chain worker until nothing is submitted any more for so many.
fn live(node: &Node, blocks: u64) {
	for _ in 0..blocks {
		for call in tick(node) {
			assert_ok!(submit(call));
		}
		run(1);
	}
}

#[test]
fn a_job_is_answered_without_help() {
	build_with_node(|node| {
		alone();
		let id = request(0);
		assert_eq!(tick(&node), vec![]);
		assert_eq!(node.asked.lock().len(), 2);
		ready(&node, right());
		live(&node, 12);
		assert!(matches!(state(id), JobState::Settled { digest, .. } if digest == right().digest()));
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn what_is_answered_within_a_moment_is_submitted_in_the_same_block() {
	build_with_node(|node| {
		alone();
		request(0);
		*node.soon.lock() = Some(Poll::Ready(right()));
		assert_eq!(tick(&node).len(), 1);
		assert_eq!(node.asked.lock().len(), 2);
	});
}

#[test]
fn the_node_is_told_what_it_runs_a_task_for() {
	build_with_node(|node| {
		Pool::offer(&[(WORKER, 1), (OTHER, 1)]);
		let roles = |node: &Node| {
			let asked = std::mem::take(&mut *node.asked.lock());
			asked
				.into_iter()
				.map(|(_, purpose)| (purpose.job, purpose.role))
				.collect::<Vec<_>>()
		};
		let mut seen = vec![];
		for _ in 0..8 {
			let id = request(1);
			let claims = executor(id) == WORKER;
			assert_eq!(tick(&node), vec![]);
			assert_eq!(roles(&node).contains(&(id, Role::Claim)), claims);
			claim(id, &right());
			assert!(tick(&node).is_empty() && roles(&node).is_empty());
			run(3);
			tick(&node);
			assert_eq!(roles(&node).contains(&(id, Role::Check)), !claims);
			commit(checkers(id)[0], id, &right()).unwrap();
			tick(&node);
			// Once to begin with it, and once for the answer.
			assert_eq!(roles(&node), vec![(id, Role::Reveal); 2]);
			for worker in workers(id) {
				reveal(worker, id, &right()).unwrap();
			}
			tick(&node);
			assert!(roles(&node).is_empty());
			run(6);
			seen.push(claims);
		}
		assert!(seen.contains(&true) && seen.contains(&false));
	});
}

#[test]
fn what_is_under_way_is_not_submitted_twice_until_it_seems_lost() {
	build_with_node(|node| {
		alone();
		request(0);
		ready(&node, right());
		assert_eq!(tick(&node).len(), 1);
		for block in 2..4 {
			run_to(block);
			assert_eq!(tick(&node), vec![], "at {block}");
		}
		run_to(4);
		assert_eq!(tick(&node).len(), 1);
	});
}

#[test]
fn a_step_that_was_noted_on_a_fork_that_lost_is_submitted_again() {
	build_with_node(|node| {
		alone();
		run_to(4);
		request(0);
		ready(&node, right());
		assert_eq!(tick(&node).len(), 1);
		System::set_block_number(3);
		assert_eq!(tick(&node).len(), 1);
		System::set_block_number(4);
	});
}

#[test]
fn a_later_job_does_not_wait_for_one_under_way() {
	build_with_node(|node| {
		alone();
		request(0);
		ready(&node, right());
		assert_eq!(tick(&node).len(), 1);
		let second = request(0);
		let calls = tick(&node);
		assert_eq!(calls.len(), 1);
		assert!(matches!(steps(&calls[0])[..], [Step::Commit { job, .. }] if job == second));
	});
}

#[test]
fn all_steps_of_a_block_travel_in_one_transaction_under_one_secret() {
	build_with_node(|node| {
		alone();
		let older: Vec<_> = (0..5).map(|_| request(0)).collect();
		ready(&node, right());
		for call in tick(&node) {
			assert_ok!(submit(call));
		}
		run(3);
		let newer: Vec<_> = (0..5).map(|_| request(0)).collect();
		let calls = tick(&node);
		assert_eq!(calls.len(), 1);
		let steps = steps(&calls[0]);
		let jobs: Vec<_> = steps.iter().map(Step::job).collect();
		assert_eq!(jobs, [older.clone(), newer].concat());
		// One signature is behind all salts.
		let secret = sign(WORKER, &salt_message(genesis(), &WORKER));
		let mut reveals = 0;
		for step in &steps {
			match step {
				Step::Reveal { job, salt: shown, .. } => {
					reveals += 1;
					assert_eq!(*shown, salt(&secret, *job));
				}
				commit => assert_eq!(*commit, commit_step(WORKER, commit.job(), &right())),
			}
		}
		assert_eq!(reveals, older.len());
		assert_ok!(submit(calls[0].clone()));
	});
}

#[test]
fn more_steps_than_a_submission_holds_travel_in_several() {
	build_with_node(|node| {
		alone();
		for _ in 0..100 {
			request(0);
		}
		ready(&node, right());
		let sizes: Vec<_> = tick(&node).iter().map(|call| steps(call).len()).collect();
		assert_eq!(sizes, vec![MAX_STEPS as usize, 100 - MAX_STEPS as usize]);
	});
}

#[test]
fn more_bytes_than_a_submission_should_have_travel_in_several() {
	build_with_node(|node| {
		alone();
		let jobs: Vec<_> = (0..40).map(|_| request(0)).collect();
		let large = Answer {
			root: None,
			outcome: Payload::of(vec![7; 16 * 1024]),
		};
		ready(&node, large);
		let submitted: usize = {
			for call in tick(&node) {
				assert_ok!(submit(call));
			}
			run(3);
			let calls = tick(&node);
			assert_eq!(calls.len(), 2);
			assert!(calls.iter().all(|call| call.encoded_size() < 600 * 1024));
			calls.iter().map(|call| steps(call).len()).sum()
		};
		assert_eq!(submitted, jobs.len());
	});
}

#[test]
fn an_answer_that_the_chain_has_is_not_sent_again() {
	build_with_node(|node| {
		Pool::offer(&[(WORKER, 1), (OTHER, 1)]);
		let id = request(1);
		committed(id, &[right()]);
		reveal(OTHER, id, &right()).unwrap();
		ready(&node, right());
		let calls = tick(&node);
		assert!(matches!(&steps(&calls[0])[..], [Step::Reveal { answer: None, .. }]));
		assert_ok!(submit(calls[0].clone()));
	});
}

#[test]
fn a_large_answer_is_named_and_not_sent() {
	build_with_node(|node| {
		alone();
		let id = request(0);
		let named = Answer {
			root: None,
			outcome: Payload::Artifact(Artifact::of(&[1; 20_000])),
		};
		ready(&node, named.clone());
		live(&node, 12);
		assert!(matches!(state(id), JobState::Settled { digest, .. } if digest == named.digest()));
	});
}

#[test]
fn a_node_that_lost_its_memory_can_still_reveal() {
	build_with_node(|node| {
		alone();
		let id = request(0);
		ready(&node, right());
		assert_ok!(submit(tick(&node).remove(0)));
		run(3);
		assert_eq!(tick(&node).len(), 1);
		// A restart: the note of submissions is gone, the task is run again.
		let note = Encode::encode(&(b"assay/submitted/".as_slice(), WORKER));
		sp_io::offchain::local_storage_clear(sp_core::offchain::StorageKind::PERSISTENT, &note);
		*node.answer.lock() = Poll::Pending;
		assert_eq!(tick(&node), vec![]);
		ready(&node, right());
		assert_ok!(submit(tick(&node).remove(0)));
		assert!(matches!(state(id), JobState::Provisional { .. }));
	});
}

#[test]
fn a_worker_that_changed_its_key_between_commit_and_reveal_can_still_reveal() {
	build_with_node(|node| {
		alone();
		let id = request(0);
		ready(&node, right());
		assert_ok!(submit(tick(&node).remove(0)));
		run(3);
		KeyChanges::mutate(|changes| changes.insert(WORKER, 1));
		let calls = tick(&node);
		assert_eq!(calls.len(), 1);
		assert_ok!(submit(calls[0].clone()));
		assert!(matches!(state(id), JobState::Provisional { .. }));
		KeyChanges::take();
	});
}

#[test]
fn what_cannot_be_run_here_is_not_submitted() {
	build_with_node(|node| {
		alone();
		request(0);
		*node.answer.lock() = Poll::Unavailable(Unavailable::NoModel);
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn an_answer_that_differs_from_the_commitment_is_kept_back() {
	build_with_node(|node| {
		alone();
		let id = request(0);
		commit(WORKER, id, &right()).unwrap();
		run(3);
		ready(&node, wrong(1));
		assert_eq!(tick(&node), vec![]);
		assert_eq!(node.asked.lock().len(), 2);
	});
}

#[test]
fn jobs_of_keys_elsewhere_are_left_alone() {
	build_with_node(|node| {
		Pool::offer(&[(OTHER, 5)]);
		request(0);
		ready(&node, right());
		assert_eq!(tick(&node), vec![]);
		assert!(node.asked.lock().is_empty());
	});
}

#[test]
fn what_is_too_late_is_not_even_run() {
	build_with_node(|node| {
		Due::set(1);
		alone();
		let jobs: Vec<JobId> = (0..4).map(|_| request(0)).collect();
		ready(&node, right());
		run_to(8);
		let open = jobs
			.iter()
			.filter(|id| matches!(state(**id), JobState::Claiming { .. }));
		assert!(open.count() > 0);
		assert_eq!(tick(&node), vec![]);
		assert!(node.asked.lock().is_empty());
	});
}

#[test]
fn what_the_node_submits_the_pool_of_another_takes() {
	build_with_node(|node| {
		alone();
		request(0);
		ready(&node, right());
		for call in tick(&node) {
			for source in [
				TransactionSource::Local,
				TransactionSource::External,
				TransactionSource::InBlock,
			] {
				let (valid, _) = call.authorize(source).unwrap().unwrap();
				assert!(valid.propagate);
			}
		}
	});
}
