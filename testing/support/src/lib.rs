//! Real nodes for the end-to-end tests, and what is needed to watch them.
//!
//! [`Node`] is a process of `assay-node` in a temporary folder, [`Network`] several of them; all are killed when they are
//! dropped, and their logs are printed when a test fails. [`assay`] runs the `assay` command as a user does. A [`Market`] is a
//! model with workers and somebody who asks, a [`Case`] some of its jobs and the books before and after them; [`referenda`] has token
//! holders decide. Where a test needs what no honest tool offers, [`extrinsic`] makes transactions out of the runtime's own types, and a
//! [`Draft`] a model of which something false is stated.
//!
//! Everything here panics where it cannot go on: the test has failed then. Every wait is for a condition, with a deadline
//! ([`until`]), which is one in blocks where the chain is what is waited for ([`Node::within`]).

pub mod books;
pub mod case;
pub mod chain;
pub mod cli;
pub mod dispute;
pub mod draft;
pub mod extrinsic;
pub mod files;
pub mod governance;
pub mod market;
pub mod network;
pub mod node;
pub mod probers;
pub mod referenda;
pub mod rpc;
pub mod slots;
pub mod turn;

pub use books::Books;
pub use case::{Case, Closed};
pub use chain::Chain;
pub use cli::{assay, Answer};
pub use draft::Draft;
pub use market::Market;
pub use network::Network;
pub use node::Node;
pub use turn::Turn;

use std::{future::Future, time::Duration};

/// Enough for anything that takes a few blocks, on a machine that does other things besides.
pub const SOON: Duration = Duration::from_secs(60);

/// Blocks for a transaction or two.
pub const FEW: u32 = 8;

/// What a block may take: three slots, so that a chain with two of three validators dead still moves in time.
const BLOCK: Duration = Duration::from_secs(9);

/// How often a condition is looked at: many times in a block, and seldom enough that the looking is no load.
const GLANCE: Duration = Duration::from_millis(200);

/// Waits until `probe` has an answer and returns it. Panics, naming `what` was waited for, once `limit` has passed.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, limit: Duration, mut probe: impl FnMut() -> F) -> T {
	let watch = async {
		loop {
			if let Some(answer) = probe().await {
				return answer;
			}
			tokio::time::sleep(GLANCE).await;
		}
	};
	match tokio::time::timeout(limit, watch).await {
		Ok(answer) => answer,
		Err(_) => panic!("waited {limit:?} in vain until {what}"),
	}
}

impl Node {
	/// Waits until `probe` has an answer and returns it. Panics, naming `what` was waited for, once this node's best chain has grown
	/// by more than so many `blocks`, or has all but stopped growing.
	pub async fn within<T, F: Future<Output = Option<T>>>(
		&self,
		blocks: u32,
		what: &str,
		mut probe: impl FnMut() -> F,
	) -> T {
		let last = self.height().await.saturating_add(blocks);
		let watch = async {
			loop {
				if let Some(answer) = probe().await {
					return answer;
				}
				let height = self.height().await;
				assert!(height <= last, "{blocks} blocks have passed in vain until {what}");
				tokio::time::sleep(GLANCE).await;
			}
		};
		let limit = SOON + BLOCK * blocks;
		match tokio::time::timeout(limit, watch).await {
			Ok(answer) => answer,
			Err(_) => panic!("waited {limit:?} in vain until {what}: the chain hardly moves"),
		}
	}

	/// The same, until `probe` has an answer that stays: the block that brought it may lose to another one of its slot.
	pub async fn within_for_good<T, F: Future<Output = Option<T>>>(
		&self,
		blocks: u32,
		what: &str,
		mut probe: impl FnMut() -> F,
	) -> T {
		loop {
			self.within(blocks, what, &mut probe).await;
			let number = self.height().await;
			self.within(FEW, &format!("block {number} stays"), || async {
				(self.lasting_height().await >= number).then_some(())
			})
			.await;
			if let Some(answer) = probe().await {
				return answer;
			}
		}
	}
}
