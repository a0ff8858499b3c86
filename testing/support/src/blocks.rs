//! Waiting for the chain, with a deadline in blocks.

use crate::{
	wait::{wait_until, POLL_INTERVAL, WAIT_TIMEOUT},
	Node,
};
use assay_runtime::BlockNumber;
use std::{future::Future, time::Duration};

/// Blocks within which one or two transactions are included. One is enough on an idle machine; the others are for
/// authors that are late, for blocks that lose to another block of the same slot, and for validators that a test has
/// killed.
pub const INCLUSION_BLOCKS: u32 = 8;

/// The longest that one block may take: three slots, so that a chain with two of three validators dead still moves in
/// time.
const MAX_BLOCK_TIME: Duration = Duration::from_secs(9);

impl Node {
	/// Polls until there is a value, and returns it. Panics, with `what` it waited for, once this node's best chain has
	/// grown by more than `blocks` or has almost stopped growing.
	pub async fn wait_within<T, F: Future<Output = Option<T>>>(
		&self,
		blocks: u32,
		what: &str,
		mut poll: impl FnMut() -> F,
	) -> T {
		let last = self.height().await.saturating_add(blocks);
		let value = async {
			loop {
				if let Some(value) = poll().await {
					return value;
				}
				let height = self.height().await;
				assert!(height <= last, "{blocks} blocks have passed, waiting until {what}");
				tokio::time::sleep(POLL_INTERVAL).await;
			}
		};
		let timeout = WAIT_TIMEOUT + MAX_BLOCK_TIME * blocks;
		match tokio::time::timeout(timeout, value).await {
			Ok(value) => value,
			Err(_) => panic!("timed out after {timeout:?}, waiting until {what}: the chain has almost stopped"),
		}
	}

	/// Does the same, but returns a value that stays: the block that brought the first value may lose to another block
	/// of the same slot.
	pub async fn wait_until_stable<T, F: Future<Output = Option<T>>>(
		&self,
		blocks: u32,
		what: &str,
		mut poll: impl FnMut() -> F,
	) -> T {
		loop {
			self.wait_within(blocks, what, &mut poll).await;
			let number = self.height().await;
			self.wait_within(INCLUSION_BLOCKS, &format!("block {number} is stable"), || async {
				(self.stable_height().await >= number).then_some(())
			})
			.await;
			if let Some(value) = poll().await {
				return value;
			}
		}
	}

	/// Waits until the best block is block `number` or a later one.
	pub async fn wait_for_block(&self, number: BlockNumber, limit: Duration) {
		wait_until(&format!("block {number}"), limit, || async {
			(self.height().await >= number).then_some(())
		})
		.await;
	}

	/// Waits until the best chain has grown by this many blocks.
	pub async fn wait_blocks(&self, blocks: u32) {
		let number = self.height().await + blocks;
		self.wait_within(blocks, &format!("block {number}"), || async {
			(self.height().await >= number).then_some(())
		})
		.await;
	}
}
