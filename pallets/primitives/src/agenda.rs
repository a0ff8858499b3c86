//! The agenda of a pallet: jobs or disputes, sorted by the block at the start of which they are due, and serviced in
//! bounded portions.

use crate::JobId;
use alloc::vec::Vec;
use sp_runtime::traits::{One, Saturating};
use sp_weights::Weight;

/// Meters a hook whose items are weighed once they are done, so that the last item may exceed the limit.
///
/// `sp_weights::WeightMeter` refuses an item that does not fit. A hook that used it would stop forever at an item
/// heavier than its share of a block; with this one every call services at least one item.
#[derive(Debug)]
pub struct Allowance {
	limit: u64,
	consumed: Weight,
}

impl Allowance {
	/// Allows `limit` picoseconds of execution time.
	pub fn new(limit: u64) -> Self {
		Self {
			limit,
			consumed: Weight::zero(),
		}
	}

	/// Adds what an item weighed.
	pub fn consume(&mut self, weight: Weight) {
		self.consumed.saturating_accrue(weight);
	}

	/// Whether no further item may start.
	pub fn is_exhausted(&self) -> bool {
		self.consumed.ref_time() >= self.limit
	}

	/// Returns the picoseconds that are left.
	pub fn remaining(&self) -> u64 {
		self.limit.saturating_sub(self.consumed.ref_time())
	}

	/// Returns what all items weighed together.
	pub fn consumed(&self) -> Weight {
		self.consumed
	}
}

/// How far a call of [`service`] got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Serviced<BlockNumber> {
	/// The first block whose agenda is not finished.
	pub next_due: BlockNumber,
	/// Blocks whose agenda was read.
	pub blocks: u32,
	/// Entries that were acted on.
	pub entries: u32,
}

/// Acts on what is due from block `next_due` to block `now`, in order: on at most `limit` entries, of at most `limit`
/// blocks, and until `allowance` is exhausted. What is left waits for the next call.
///
/// `due` lists the entries of a block. `act` must remove its entry and returns what it weighed.
pub fn service<BlockNumber, Entries>(
	next_due: BlockNumber,
	now: BlockNumber,
	limit: u32,
	allowance: &mut Allowance,
	due: impl Fn(BlockNumber) -> Entries,
	mut act: impl FnMut(BlockNumber, JobId) -> Weight,
) -> Serviced<BlockNumber>
where
	BlockNumber: Copy + Ord + One + Saturating,
	Entries: Iterator<Item = JobId>,
{
	let mut serviced = Serviced {
		next_due,
		blocks: 0,
		entries: 0,
	};
	while serviced.next_due <= now && serviced.blocks < limit {
		serviced.blocks = serviced.blocks.saturating_add(1);
		let room = limit.saturating_sub(serviced.entries);
		let entries: Vec<_> = due(serviced.next_due).take(room as usize).collect();
		for entry in entries {
			if allowance.is_exhausted() {
				break;
			}
			serviced.entries = serviced.entries.saturating_add(1);
			allowance.consume(act(serviced.next_due, entry));
		}
		if serviced.entries >= limit || allowance.is_exhausted() {
			break;
		}
		serviced.next_due = serviced.next_due.saturating_add(One::one());
	}
	serviced
}
