//! Which items an off-chain worker submits in which block.

use crate::{
	offchain::{submit_due, SubmitError, RESUBMIT_AFTER},
	submission::LONGEVITY,
};
use sp_core::offchain::{testing::TestOffchainExt, OffchainDbExt};
use sp_io::TestExternalities;

/// The number of items that fit into one submission.
const FIT: usize = 3;

fn with_local_storage(test: impl FnOnce()) {
	let mut ext = TestExternalities::default();
	let (offchain, _) = TestOffchainExt::with_offchain_db(ext.offchain_db());
	ext.register_extension(OffchainDbExt::new(offchain));
	ext.execute_with(test);
}

/// Runs in block `now` while these items are due, on a pool with this answer. Returns what was submitted.
fn run(due: &[u32], now: u32, pool: Result<(), SubmitError>) -> Vec<u32> {
	let mut submitted = Vec::new();
	let (id, fit) = (|item: &u32| *item, |items: &[u32]| items.len().min(FIT));
	let result = submit_due(b"note", due.to_vec(), id, fit, now, |items| {
		submitted = items;
		pool
	});
	match submitted.is_empty() {
		true => assert_eq!(result, Ok(())),
		false => assert_eq!(result, pool),
	}
	submitted
}

fn submitted(due: &[u32], now: u32) -> Vec<u32> {
	run(due, now, Ok(()))
}

#[test]
fn a_block_has_one_submission_and_the_rest_follows() {
	with_local_storage(|| {
		let due = [1, 2, 3, 4, 5, 6, 7];
		assert_eq!(submitted(&due, 10), [1, 2, 3]);
		assert!(submitted(&due, 10).is_empty());
		assert_eq!(submitted(&due, 11), [4, 5, 6]);
		assert_eq!(submitted(&due, 12), [7]);
	});
}

#[test]
fn what_had_no_effect_is_submitted_again_after_some_blocks() {
	with_local_storage(|| {
		assert_eq!(submitted(&[1, 2], 10), [1, 2]);
		for block in 11..10 + RESUBMIT_AFTER {
			assert!(submitted(&[1, 2], block).is_empty());
		}
		assert_eq!(submitted(&[1, 2], 10 + RESUBMIT_AFTER), [1, 2]);
	});
}

#[test]
fn items_of_an_invalid_submission_are_submitted_again_at_once() {
	with_local_storage(|| {
		assert_eq!(submitted(&[1, 2, 3], 10), [1, 2, 3]);
		// Without item 2, the submission is in a block or invalid; and it is in no block, since items 1 and 3 are due.
		assert_eq!(submitted(&[1, 3, 4], 11), [1, 3, 4]);
		assert!(submitted(&[1, 3, 4], 12).is_empty());
	});
}

#[test]
fn no_submission_replaces_two() {
	with_local_storage(|| {
		assert_eq!(submitted(&[2], 10), [2]);
		assert_eq!(submitted(&[1, 2], 11), [1]);
		// No run of the off-chain worker for some blocks: both are old.
		assert_eq!(submitted(&[1, 2, 3], 15), [2, 3]);
		assert_eq!(submitted(&[1, 2, 3], 16), [1]);
		// None is in a pool any more.
		assert_eq!(submitted(&[1, 2, 3], 17 + LONGEVITY), [1, 2, 3]);
	});
}

#[test]
fn what_the_pool_refuses_is_submitted_again_in_the_next_block() {
	with_local_storage(|| {
		let refused = Err(SubmitError::PoolRefused);
		assert_eq!(run(&[1], 10, refused), [1]);
		assert_eq!(run(&[1], 11, refused), [1]);
		assert_eq!(submitted(&[1], 12), [1]);
		assert!(submitted(&[1], 13).is_empty());
	});
}

#[test]
fn what_was_submitted_on_a_later_block_belongs_to_a_fork_that_lost() {
	with_local_storage(|| {
		assert_eq!(submitted(&[1], 10), [1]);
		assert_eq!(submitted(&[1], 9), [1]);
	});
}
