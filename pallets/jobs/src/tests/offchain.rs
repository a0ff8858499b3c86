//! The off-chain worker, driven as a node drives it.

use crate::{mock::*, Call, JobState, Jobs as JobsMap, MAX_BATCH};
use assay_primitives::{
	host::{Poll, Unavailable},
	JobId,
};
use codec::Decode;
use frame_support::{assert_ok, traits::Hooks};

/// Lets the off-chain worker run on the current block and returns what it submitted.
fn tick(node: &Node) -> Vec<RuntimeCall> {
	Jobs::offchain_worker(System::block_number());
	let submitted = std::mem::take(&mut node.pool.write().transactions);
	submitted
		.iter()
		.map(|bytes| Extrinsic::decode(&mut &bytes[..]).unwrap().function)
		.collect()
}

fn settled(job: JobId) -> bool {
	matches!(JobsMap::<Test>::get(job).unwrap().state, JobState::Settled { .. })
}

#[test]
fn a_job_is_answered_without_help() {
	build_with_node(|node| {
		let job = request();
		assert_eq!(tick(&node), vec![]);
		assert_eq!(node.asked.lock().len(), 1);
		*node.answer.lock() = Poll::Ready(outcome());
		for _ in 0..2 {
			run_to(System::block_number() + 1);
			for call in tick(&node) {
				assert_ok!(submit(call));
			}
		}
		assert!(settled(job));
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn what_is_under_way_is_not_submitted_twice_until_it_seems_lost() {
	build_with_node(|node| {
		request();
		*node.answer.lock() = Poll::Ready(outcome());
		assert_eq!(tick(&node).len(), 1);
		for block in 2..6 {
			System::set_block_number(block);
			assert_eq!(tick(&node), vec![], "at {block}");
		}
		System::set_block_number(6);
		assert_eq!(tick(&node).len(), 1);
	});
}

#[test]
fn a_later_job_does_not_wait_for_one_under_way() {
	build_with_node(|node| {
		request();
		*node.answer.lock() = Poll::Ready(outcome());
		assert_eq!(tick(&node).len(), 1);
		let second = request();
		let calls = tick(&node);
		assert!(matches!(&calls[..], [RuntimeCall::Jobs(Call::commit { batch, .. })] if batch.commits[0].0 == second));
	});
}

#[test]
fn a_node_that_lost_its_memory_can_still_reveal() {
	build_with_node(|node| {
		let job = request();
		*node.answer.lock() = Poll::Ready(outcome());
		assert_ok!(submit(tick(&node).remove(0)));
		// A restart: the note of submissions is gone, the outcome is run again.
		sp_io::offchain::local_storage_clear(
			sp_core::offchain::StorageKind::PERSISTENT,
			&codec::Encode::encode(&(b"assay/submitted/", WORKER)),
		);
		*node.answer.lock() = Poll::Pending;
		assert_eq!(tick(&node), vec![]);
		*node.answer.lock() = Poll::Ready(outcome());
		assert_ok!(submit(tick(&node).remove(0)));
		assert!(settled(job));
	});
}

#[test]
fn what_cannot_be_run_here_is_not_submitted() {
	build_with_node(|node| {
		request();
		*node.answer.lock() = Poll::Unavailable(Unavailable::NoModel);
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn an_outcome_that_differs_from_the_commitment_is_kept_back() {
	build_with_node(|node| {
		let job = request();
		assert_ok!(commit(WORKER, &[job]));
		*node.answer.lock() = Poll::Ready(other_outcome());
		assert_eq!(tick(&node), vec![]);
	});
}

#[test]
fn jobs_of_keys_elsewhere_are_left_alone() {
	build_with_node(|node| {
		FreeSlots::set(vec![OTHER_WORKER]);
		request();
		*node.answer.lock() = Poll::Ready(outcome());
		assert_eq!(tick(&node), vec![]);
		assert!(node.asked.lock().is_empty());
	});
}

#[test]
fn many_jobs_travel_in_few_batches() {
	build_with_node(|node| {
		Price::set(Some(1));
		FreeSlots::set(vec![WORKER; 100]);
		for _ in 0..100 {
			request();
		}
		*node.answer.lock() = Poll::Ready(outcome());
		let sizes: Vec<_> = tick(&node)
			.into_iter()
			.map(|call| match call {
				RuntimeCall::Jobs(Call::commit { batch, .. }) => batch.commits.len(),
				other => panic!("{other:?}"),
			})
			.collect();
		assert_eq!(sizes, vec![MAX_BATCH as usize, 36]);
	});
}
