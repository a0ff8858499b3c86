//! The agenda of a pallet: jobs or disputes, sorted by the block at the start of which they are due, and serviced in
//! bounded portions.

use crate::JobId;
use alloc::vec::Vec;
use sp_runtime::traits::{One, Saturating};
use sp_weights::{Weight, WeightMeter};

/// What [`service`] has to have left before it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
	/// The weight of reading the agenda of one block.
	pub block: Weight,
	/// The maximum weight of one entry.
	pub entry: Weight,
}

/// Acts on what is due from block `next_due` to block `now`, in order: on at most `limit` entries, of at most `limit`
/// blocks, while `meter` has room for the heaviest entry. Returns the first block whose agenda is not finished; what is
/// left waits for the next call.
///
/// `due` lists the entries of a block. `act` must remove its entry and returns what it weighed.
pub fn service<BlockNumber, Entries>(
	mut next_due: BlockNumber,
	now: BlockNumber,
	limit: u32,
	meter: &mut WeightMeter,
	costs: Costs,
	due: impl Fn(BlockNumber) -> Entries,
	mut act: impl FnMut(BlockNumber, JobId) -> Weight,
) -> BlockNumber
where
	BlockNumber: Copy + Ord + One + Saturating,
	Entries: Iterator<Item = JobId>,
{
	let (mut blocks, mut room) = (limit, limit);
	while next_due <= now && blocks > 0 && meter.try_consume(costs.block).is_ok() {
		blocks = blocks.saturating_sub(1);
		let entries: Vec<_> = due(next_due).take(room as usize).collect();
		for entry in entries {
			if !meter.can_consume(costs.entry) {
				return next_due;
			}
			room = room.saturating_sub(1);
			meter.consume(act(next_due, entry));
		}
		if room == 0 {
			break;
		}
		next_due = next_due.saturating_add(One::one());
	}
	next_due
}
