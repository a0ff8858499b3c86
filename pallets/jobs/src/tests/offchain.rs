//! The off-chain worker, driven as a node drives it.

use crate::{mock::*, Call, JobState, Step, MAX_STEPS};
use assay_mocks::MockNode;
use assay_primitives::{
	host::{Poll, Purpose, Unavailable},
	key::{salt, salt_message},
	Answer, Artifact, JobId, Payload,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	traits::{Authorize, Hooks},
};
use sp_runtime::{traits::Dispatchable, transaction_validity::TransactionSource};

/// Lets the off-chain worker run on the current block and returns what it submitted.
pub(super) fn tick(node: &MockNode) -> Vec<RuntimeCall> {
	Jobs::offchain_worker(System::block_number());
	let submitted = node.take_transactions::<Extrinsic>();
	submitted.into_iter().map(|extrinsic| extrinsic.function).collect()
}

pub(super) fn steps(call: &RuntimeCall) -> Vec<Step> {
	match call {
		RuntimeCall::Jobs(Call::submit { submission, .. }) => submission.steps.to_vec(),
		other => panic!("{other:?}"),
	}
}

/// Gives all slots to the node's worker.
fn alone() {
	Pool::offer(&[(WORKER, 200)]);
}

/// Runs this number of blocks with the off-chain worker.
fn live(node: &MockNode, blocks: u64) {
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
		assert_eq!(node.polls().len(), 2);
		node.set_ready(right());
		live(&node, 12);
		assert!(matches!(state(id), JobState::Settled { digest, .. } if digest == right().digest()));
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn an_answer_that_is_ready_after_the_wait_is_submitted_in_the_same_block() {
	build_with_node(|node| {
		alone();
		request(0);
		node.set_ready_after_wait(right());
		assert_eq!(tick(&node).len(), 1);
		assert_eq!(node.polls().len(), 2);
	});
}

#[test]
fn each_poll_names_the_purpose_of_the_task() {
	build_with_node(|node| {
		Pool::offer(&[(WORKER, 1), (OTHER, 1)]);
		let purposes = |node: &MockNode| {
			let polls = node.take_polls().into_iter();
			polls.map(|poll| (poll.job, poll.purpose)).collect::<Vec<_>>()
		};
		let mut seen = vec![];
		for _ in 0..8 {
			let id = request(1);
			let claims = executor(id) == WORKER;
			assert_eq!(tick(&node), vec![]);
			assert_eq!(purposes(&node).contains(&(id, Purpose::Claim)), claims);
			claim(id, &right());
			assert!(tick(&node).is_empty() && purposes(&node).is_empty());
			run(3);
			tick(&node);
			assert_eq!(purposes(&node).contains(&(id, Purpose::Check)), !claims);
			commit(checkers(id)[0], id, &right()).unwrap();
			tick(&node);
			// One poll starts the task, the other one gets the answer.
			assert_eq!(purposes(&node), vec![(id, Purpose::Reveal); 2]);
			for worker in workers(id) {
				reveal(worker, id, &right()).unwrap();
			}
			tick(&node);
			assert!(purposes(&node).is_empty());
			run(6);
			seen.push(claims);
		}
		assert!(seen.contains(&true) && seen.contains(&false));
	});
}

#[test]
fn a_step_is_not_submitted_twice_until_it_seems_lost() {
	build_with_node(|node| {
		alone();
		request(0);
		node.set_ready(right());
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
fn a_step_noted_on_a_fork_that_lost_is_submitted_again() {
	build_with_node(|node| {
		alone();
		run_to(4);
		request(0);
		node.set_ready(right());
		assert_eq!(tick(&node).len(), 1);
		System::set_block_number(3);
		assert_eq!(tick(&node).len(), 1);
		System::set_block_number(4);
	});
}

#[test]
fn a_later_job_does_not_wait_for_a_pending_submission() {
	build_with_node(|node| {
		alone();
		request(0);
		node.set_ready(right());
		assert_eq!(tick(&node).len(), 1);
		let second = request(0);
		// One submission is valid for each block.
		assert_eq!(tick(&node), vec![]);
		run(1);
		let calls = tick(&node);
		assert_eq!(calls.len(), 1);
		assert!(matches!(steps(&calls[0])[..], [Step::Commit { job, .. }] if job == second));
	});
}

#[test]
fn all_steps_of_a_block_travel_in_one_transaction_with_salts_from_one_secret() {
	build_with_node(|node| {
		alone();
		let older: Vec<_> = (0..5).map(|_| request(0)).collect();
		node.set_ready(right());
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
		// All salts derive from one signature.
		let secret = sign(WORKER, &salt_message(genesis(), &WORKER));
		let mut reveals = 0;
		for step in &steps {
			match step {
				Step::Reveal {
					job, task, salt: shown, ..
				} => {
					reveals += 1;
					assert_eq!(*task, task_of(*job));
					assert_eq!(*shown, salt(&secret, *job, *task));
				}
				commit => assert_eq!(*commit, commit_step(WORKER, commit.job(), &right())),
			}
		}
		assert_eq!(reveals, older.len());
		assert_ok!(submit(calls[0].clone()));
	});
}

#[test]
fn too_many_steps_for_one_submission_travel_in_several_blocks() {
	build_with_node(|node| {
		alone();
		for _ in 0..MAX_STEPS + 36 {
			request(0);
		}
		node.set_ready(right());
		for size in [MAX_STEPS as usize, 36] {
			let sizes: Vec<_> = tick(&node).iter().map(|call| steps(call).len()).collect();
			assert_eq!(sizes, vec![size]);
			run(1);
		}
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn too_many_bytes_for_one_submission_travel_in_several_blocks() {
	build_with_node(|node| {
		alone();
		let jobs: Vec<_> = (0..40).map(|_| request(0)).collect();
		let large = Answer {
			root: None,
			outcome: Payload::of(vec![7; 16 * 1024]),
		};
		node.set_ready(large);
		for call in tick(&node) {
			assert_ok!(submit(call));
		}
		run(3);
		let mut submitted = 0;
		for _ in 0..2 {
			let calls = tick(&node);
			assert_eq!(calls.len(), 1);
			assert!(calls[0].encoded_size() < 600 * 1024);
			submitted += steps(&calls[0]).len();
			run(1);
		}
		assert_eq!(submitted, jobs.len());
	});
}

#[test]
fn an_answer_that_is_on_chain_is_not_sent_again() {
	build_with_node(|node| {
		Pool::offer(&[(WORKER, 1), (OTHER, 1)]);
		let id = request(1);
		committed(id, &[right()]);
		reveal(OTHER, id, &right()).unwrap();
		node.set_ready(right());
		let calls = tick(&node);
		assert!(matches!(&steps(&calls[0])[..], [Step::Reveal { answer: None, .. }]));
		assert_ok!(submit(calls[0].clone()));
	});
}

#[test]
fn a_reveal_that_was_overtaken_follows_at_once_without_the_answer() {
	build_with_node(|node| {
		Pool::offer(&[(WORKER, 2), (OTHER, 2)]);
		let jobs = [request(1), request(1)];
		for job in jobs {
			claim(job, &right());
		}
		run(3);
		for job in jobs {
			commit(checkers(job)[0], job, &right()).unwrap();
		}
		node.set_ready(right());
		let late = tick(&node).remove(0);
		assert!(steps(&late).iter().all(Step::has_answer));
		reveal(OTHER, jobs[0], &right()).unwrap();
		run(1);
		// The other step was in the same submission, which the pool has dropped.
		assert!(authorize(&late).is_err());
		let again = tick(&node).remove(0);
		let answers: Vec<_> = steps(&again).iter().map(Step::has_answer).collect();
		assert_eq!(answers, vec![false, true]);
		assert_ok!(authorize(&again));
		assert_ok!(submit(again));
	});
}

#[test]
fn a_step_follows_at_once_if_another_one_has_made_its_submission_invalid() {
	build_with_node(|node| {
		alone();
		let [cancelled, kept] = [request(0), request(0)];
		node.set_ready(right());
		assert_eq!(steps(&tick(&node)[0]).len(), 2);
		let call = Call::cancel {
			job: cancelled,
			task: task_of(cancelled),
		};
		assert_ok!(RuntimeCall::from(call).dispatch(RuntimeOrigin::signed(REQUESTER)));
		run(1);
		let calls = tick(&node);
		assert_eq!(calls.len(), 1);
		assert!(matches!(steps(&calls[0])[..], [Step::Commit { job, .. }] if job == kept));
		assert_ok!(submit(calls[0].clone()));
	});
}

#[test]
fn a_large_answer_travels_as_an_artifact() {
	build_with_node(|node| {
		alone();
		let id = request(0);
		let named = Answer {
			root: None,
			outcome: Payload::Artifact(Artifact::of(&[1; 20_000])),
		};
		node.set_ready(named.clone());
		live(&node, 12);
		assert!(matches!(state(id), JobState::Settled { digest, .. } if digest == named.digest()));
	});
}

#[test]
fn a_node_without_its_note_can_still_reveal() {
	build_with_node(|node| {
		alone();
		let id = request(0);
		node.set_ready(right());
		assert_ok!(submit(tick(&node).remove(0)));
		run(3);
		assert_eq!(tick(&node).len(), 1);
		// A restart: the note of submissions is lost, and the task runs again.
		let note = Encode::encode(&(b"assay/submitted/".as_slice(), WORKER));
		sp_io::offchain::local_storage_clear(sp_core::offchain::StorageKind::PERSISTENT, &note);
		node.set_answer(Poll::Pending);
		assert_eq!(tick(&node), vec![]);
		node.set_ready(right());
		assert_ok!(submit(tick(&node).remove(0)));
		assert!(matches!(state(id), JobState::Provisional { .. }));
	});
}

#[test]
fn a_worker_that_changed_its_key_between_commit_and_reveal_can_still_reveal() {
	build_with_node(|node| {
		alone();
		let id = request(0);
		node.set_ready(right());
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
fn a_task_that_cannot_run_here_is_not_submitted() {
	build_with_node(|node| {
		alone();
		request(0);
		node.set_answer(Poll::Unavailable(Unavailable::NoModel));
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn an_answer_that_differs_from_the_commitment_is_not_revealed() {
	build_with_node(|node| {
		alone();
		let id = request(0);
		commit(WORKER, id, &right()).unwrap();
		run(3);
		node.set_ready(wrong(1));
		assert_eq!(tick(&node), vec![]);
		assert_eq!(node.polls().len(), 2);
	});
}

#[test]
fn jobs_of_workers_on_other_nodes_are_ignored() {
	build_with_node(|node| {
		Pool::offer(&[(OTHER, 5)]);
		request(0);
		node.set_ready(right());
		assert_eq!(tick(&node), vec![]);
		assert!(node.polls().is_empty());
	});
}

#[test]
fn a_job_past_its_deadline_is_not_run() {
	build_with_node(|node| {
		Due::set(1);
		alone();
		let jobs: Vec<JobId> = (0..4).map(|_| request(0)).collect();
		node.set_ready(right());
		run_to(8);
		let open = jobs
			.iter()
			.filter(|id| matches!(state(**id), JobState::Claiming { .. }));
		assert!(open.count() > 0);
		assert_eq!(tick(&node), vec![]);
		assert!(node.polls().is_empty());
	});
}

#[test]
fn a_submission_is_valid_in_the_pools_of_other_nodes() {
	build_with_node(|node| {
		alone();
		request(0);
		node.set_ready(right());
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
