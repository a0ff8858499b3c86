//! What a node's watch over provisional results reports to the node, for its log and its metrics.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_runtime::Permill;

/// Where the latest [`WatchReport`] lies in the node's local storage.
pub const WATCH_REPORT: &[u8] = b"assay/watch/report";

/// The state of the watch after a block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WatchReport<AccountId, Balance, BlockNumber> {
	/// The block.
	pub at: BlockNumber,
	/// The share of results that the node is to watch.
	pub share: Permill,
	/// The share that it has watched of late. It is smaller if more results were selected than the node can hold or
	/// re-execute, or if the node lacked the files of some.
	pub effective_share: Permill,
	/// The jobs that are watched now.
	pub watched: u32,
	/// The watched results that were compared in time, since the node began to watch.
	pub compared: u64,
	/// The selected results that were not, since the node began to watch.
	pub missed: u64,
	/// The bond of a challenge, in the smallest unit.
	pub bond: Balance,
	/// The accounts of the watcher keys in the node's keystore.
	pub accounts: Vec<WatcherAccount<AccountId>>,
}

/// An account from which a node challenges wrong results.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WatcherAccount<AccountId> {
	pub account: AccountId,
	/// Whether its balance covers the bond of a challenge.
	pub can_challenge: bool,
}
