//! What hooks may take of a block, so that a full block stays a block.
//!
//! Each hook has a share of its own and never exceeds it: it meters with a `WeightMeter`, and starts an item only if
//! the heaviest one would still fit. Draws and changes of the pool are bounded by their number instead. The integrity
//! tests check that the heaviest item, or that number, fits an empty share, so that every hook advances in every block.
//! All shares together leave [`TRANSACTIONS`] of every block.

use sp_runtime::Perbill;
use sp_weights::Weight;

/// Jobs whose deadline has passed or whose result becomes final. If too small, deadlines pass late in busy times.
pub const DUE_JOBS: Perbill = Perbill::from_percent(11);
/// Draws at the end of the block, which no later load can delay.
pub const DRAWS: Perbill = Perbill::from_percent(16);
/// Changes of the pool of workers that take effect, which no later load can delay either.
pub const POOL_CHANGES: Perbill = Perbill::from_percent(3);
/// Disputes whose voting period is over.
pub const DISPUTES: Perbill = Perbill::from_percent(10);
/// Calls that governance has scheduled. A heavier one has to be authorised instead and applied by a transaction, as
/// upgrades are.
pub const SCHEDULER: Perbill = Perbill::from_percent(6);
/// Records of ended jobs that are removed: as many as full blocks of requests and cancellations can create.
pub const RECORDS: Perbill = Perbill::from_percent(10);
/// Jobs of quarantined models. They may also use what other hooks leave of their shares.
pub const SWEEPS: Perbill = Perbill::from_percent(2);
/// What is left for transactions and inherents at least.
pub const TRANSACTIONS: Perbill = Perbill::from_percent(40);

/// All shares of hooks.
pub const HOOKS: [Perbill; 7] = [DUE_JOBS, DRAWS, POOL_CHANGES, DISPUTES, SCHEDULER, RECORDS, SWEEPS];

/// Returns `share` of a block.
pub fn of_block(share: Perbill, max_block: Weight) -> Weight {
	Weight::from_parts(
		share.mul_floor(max_block.ref_time()),
		share.mul_floor(max_block.proof_size()),
	)
}
