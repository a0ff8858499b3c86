//! Mocks for the tests of pallets: the node behind an off-chain worker, and the transactions of a test runtime.
//!
//! A pallet's own mock adds to these what only that pallet needs.

mod node;
mod transactions;

pub use node::MockNode;
pub use transactions::{authorize, authorize_in_block};

/// What [`impl_create_transactions`] names.
#[doc(hidden)]
pub use frame_system;

/// Returns a secret seed in hexadecimal. Deriving a key from it is much faster than from a phrase.
pub fn hex_seed(n: u64) -> String {
	format!("0x{n:064x}")
}
