//! Which jobs the watch looks at: a fair sample of bounded size. Plain data, without access to the chain.
//!
//! Each job has a *rank*, a hash of its number and of the node's secret. A job is selected if its rank is below the
//! share to watch, and if there are more than [`MAX_WATCHED`], those of the highest ranks are dropped. So the chance of
//! a result depends on how many there are, and on nothing that anybody can choose: not on its number, nor on what came
//! before or after it.

use alloc::vec::Vec;
use assay_primitives::JobId;
use codec::{Decode, Encode};
use sp_core::H256;
use sp_runtime::{traits::Saturating, Permill};

/// The maximum number of jobs that are watched at a time.
const MAX_WATCHED: usize = 1_024;

/// The maximum number of jobs that are considered in one block. A block has room for fewer than a thousand requests, so
/// only a node that was offline for long is behind by more, and skips the oldest jobs: they can no longer be
/// challenged.
pub(super) const MAX_CONSIDERED: u64 = 16_384;

/// The number of blocks that are remembered. After a deeper reorganisation, the latest [`MAX_CONSIDERED`] jobs are
/// considered again.
const MAX_BLOCKS: usize = 64;

/// The minimum of [`Sample::max_running`].
const MIN_RUNNING: u32 = 8;

/// The number of ended jobs after which earlier ones count half for [`Tally::effective_share`].
const TALLY_PERIOD: u32 = 512;

/// The stage of a watched job, as this node has seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) enum Stage<BlockNumber> {
	/// It has no result to compare.
	Awaited,
	/// It has a result, and this node has not begun to re-execute the job.
	Provisional,
	/// This node re-executes the job.
	Running,
	/// Its result is right.
	Right,
	/// Its result is wrong, and a challenge was submitted in this block.
	Challenged(BlockNumber),
}

/// A watched job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Watched<BlockNumber> {
	rank: u64,
	pub(super) job: JobId,
	pub(super) stage: Stage<BlockNumber>,
}

/// A block in which jobs were considered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Considered<BlockNumber> {
	number: BlockNumber,
	hash: H256,
	/// The first job that was not considered.
	next: u64,
}

/// The watched jobs, and what is needed to go on after the next block.
///
/// At most [`MAX_WATCHED`] jobs, by rank, and at most [`MAX_BLOCKS`] blocks of one fork, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Sample<BlockNumber> {
	watched: Vec<Watched<BlockNumber>>,
	blocks: Vec<Considered<BlockNumber>>,
	/// The number of jobs that the node may be re-executing at a time. It follows what the node achieves, so that a
	/// result of a low rank does not wait behind many of higher ranks.
	pub(super) max_running: u32,
	pub(super) tally: Tally,
}

impl<BlockNumber> Default for Sample<BlockNumber> {
	fn default() -> Self {
		Self {
			watched: Vec::new(),
			blocks: Vec::new(),
			max_running: MIN_RUNNING,
			tally: Tally::default(),
		}
	}
}

impl<BlockNumber: Copy + PartialEq> Sample<BlockNumber> {
	/// Returns the number of watched jobs.
	pub(super) fn len(&self) -> u32 {
		self.watched.len() as u32
	}

	/// Returns the number of jobs that the node is re-executing.
	pub(super) fn running(&self) -> u32 {
		self.watched
			.iter()
			.filter(|watched| watched.stage == Stage::Running)
			.count() as u32
	}

	/// Goes back to the last block for which `is_ancestor` holds. What was seen in later ones, on a fork that lost, may
	/// be otherwise on this one: the jobs of this fork are considered, and the results compared, anew.
	pub(super) fn rewind(&mut self, is_ancestor: impl Fn(BlockNumber, H256) -> bool) {
		let common = self
			.blocks
			.iter()
			.rposition(|block| is_ancestor(block.number, block.hash));
		let kept = common.map_or(0, |last| last.saturating_add(1));
		if kept < self.blocks.len() {
			self.blocks.truncate(kept);
			for watched in &mut self.watched {
				watched.stage = Stage::Awaited;
			}
		}
	}

	/// Considers the jobs before `next` that were not considered before, and watches those that are selected and live.
	/// Notes that for the block of this `number` and `hash`. Returns the number of jobs that were skipped.
	pub(super) fn consider(
		&mut self,
		(number, hash): (BlockNumber, H256),
		JobId(next): JobId,
		selection: &Selection,
		is_live: impl Fn(JobId) -> bool,
	) -> u64 {
		let earliest = next.saturating_sub(MAX_CONSIDERED);
		let from = self.blocks.last().map_or(earliest, |block| block.next.min(next));
		let skipped = earliest.saturating_sub(from);
		for job in (from.max(earliest)..next).map(JobId) {
			if let Some(rank) = selection.rank(job).filter(|_| is_live(job)) {
				self.watch(rank, job);
			}
		}
		self.tally.missed(selection.share.mul_floor(skipped));
		self.blocks.retain(|block| block.number != number);
		if self.blocks.len() >= MAX_BLOCKS {
			self.blocks.remove(0);
		}
		self.blocks.push(Considered { number, hash, next });
		skipped
	}

	/// Watches a job, unless it is watched already. If there are too many, one that needs no further look is dropped,
	/// or else that of the highest rank.
	fn watch(&mut self, rank: u64, job: JobId) {
		let key = (rank, job);
		let Err(at) = self
			.watched
			.binary_search_by_key(&key, |watched| (watched.rank, watched.job))
		else {
			return;
		};
		let stage = Stage::Awaited;
		self.watched.insert(at, Watched { rank, job, stage });
		if self.watched.len() > MAX_WATCHED {
			let compared = self.watched.iter().rposition(|watched| watched.stage == Stage::Right);
			let dropped = match compared {
				Some(compared) => Some(self.watched.remove(compared)),
				None => self.watched.pop(),
			};
			if let Some(dropped) = dropped {
				self.tally.count(dropped.stage == Stage::Right);
			}
		}
	}

	/// Lets `keep` look at the watched jobs, those of the lowest ranks first, and drops those for which it returns
	/// false.
	pub(super) fn retain(&mut self, mut keep: impl FnMut(&mut Watched<BlockNumber>, &mut Tally) -> bool) {
		let tally = &mut self.tally;
		self.watched.retain_mut(|watched| keep(watched, tally));
	}

	/// Returns the watched jobs.
	pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Watched<BlockNumber>> {
		self.watched.iter_mut()
	}

	/// Sets how many jobs the node may be re-executing, after `finished` of them have ended in this block: twice as
	/// many.
	pub(super) fn set_max_running(&mut self, finished: u32) {
		self.max_running = finished.saturating_mul(2).clamp(MIN_RUNNING, MAX_WATCHED as u32);
	}
}

/// Which jobs a node selects.
pub(super) struct Selection {
	/// A number that only this node knows. So nobody knows in advance which results are safe to falsify, and the node
	/// selects the same ones after a restart.
	pub(super) secret: [u8; 32],
	/// The share of jobs to select.
	pub(super) share: Permill,
}

impl Selection {
	/// Returns the rank of `job`, or `None` if it is not selected.
	fn rank(&self, job: JobId) -> Option<u64> {
		let [a, b, c, d, e, f, g, h, ..] = sp_io::hashing::blake2_128(&(self.secret, job).encode());
		let rank = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
		// Every rank is below 2^64, which stands for the whole.
		let parts = u128::from(rank).saturating_mul(1_000_000) >> 64u32;
		(parts < u128::from(self.share.deconstruct())).then_some(rank)
	}
}

/// How many selected results were compared in time, and how many were not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Tally {
	pub(super) compared: u64,
	pub(super) missed: u64,
	/// The same of late.
	lately_compared: u32,
	lately_missed: u32,
}

impl Tally {
	/// Counts a result.
	pub(super) fn count(&mut self, compared: bool) {
		match compared {
			true => {
				self.compared = self.compared.saturating_add(1);
				self.lately_compared = self.lately_compared.saturating_add(1);
				self.age();
			}
			false => self.missed(1),
		}
	}

	/// Counts `results` that were not compared in time.
	fn missed(&mut self, results: u64) {
		self.missed = self.missed.saturating_add(results);
		let lately = u32::try_from(results).unwrap_or(u32::MAX);
		self.lately_missed = self.lately_missed.saturating_add(lately);
		self.age();
	}

	/// Halves the recent numbers once there are enough of them.
	fn age(&mut self) {
		if self.lately_compared.saturating_add(self.lately_missed) >= TALLY_PERIOD {
			self.lately_compared /= 2;
			self.lately_missed /= 2;
		}
	}

	/// Returns the share of results that were compared of late, if `share` was to be.
	pub(super) fn effective_share(&self, share: Permill) -> Permill {
		match self.lately_compared.saturating_add(self.lately_missed) {
			0 => share,
			all => share.saturating_mul(Permill::from_rational(self.lately_compared, all)),
		}
	}
}
