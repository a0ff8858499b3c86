//! Real nodes for the end-to-end tests, and what is needed to watch them.
//!
//! [`Node`] is a process of `assay-node` in a temporary folder, [`Network`] three of them; both are killed when they are
//! dropped, and their logs are printed when a test fails. [`assay`] runs the `assay` command as a user does. Where a test needs
//! what no honest tool offers, [`extrinsic`] makes transactions out of the runtime's own types.
//!
//! Everything here panics where it cannot go on: the test has failed then. Every wait is for a condition, with a deadline
//! ([`until`]).

pub mod cli;
pub mod extrinsic;
pub mod files;
pub mod network;
pub mod node;
pub mod rpc;

pub use cli::{assay, Answer};
pub use network::Network;
pub use node::Node;

use std::{future::Future, time::Duration};

/// Enough for anything that takes a few blocks, on a machine that does other things besides.
pub const SOON: Duration = Duration::from_secs(60);

/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(50);

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
