//! A backlog: more work than the hooks may do in one block.

use super::{
	jobs::{job, largest_submission, Staff},
	tribunal::Tribunal,
};
use crate::tests::chain::{open_model, Worker};
use crate::*;
use alloc::collections::BTreeMap;
use assay_primitives::JobId;
use core::mem::{discriminant, Discriminant};
use frame_support::{
	assert_ok,
	traits::{Get, Hooks},
};
use pallet_jobs::{JobState, MAX_PARTICIPANTS};

/// The number of blocks in each of which more jobs become due than the hooks may act on.
const CROWDED: u32 = 3;
/// The number of blocks at whose end the maximum number of workers is drawn.
const DRAWING: u32 = 2;

fn jobs_a_block() -> u32 {
	let limit: u32 = <Runtime as pallet_jobs::Config>::DuePerBlock::get();
	limit + 20
}

/// Returns the number of disputes that are due in a block: more rounds than may end in one block for the first, and
/// some for each later one.
fn disputes_in(block: u32) -> u32 {
	let limit: u32 = <Runtime as pallet_disputes::Config>::DuePerBlock::get();
	match block {
		0 => limit + 5,
		_ => limit / 5,
	}
}

/// Returns the number of jobs that wait for a draw.
fn draws() -> u32 {
	let limit: u32 = <Runtime as pallet_jobs::Config>::MaxDraws::get();
	DRAWING * limit
}

/// The work that is left.
pub struct Backlog {
	/// Jobs on the agenda: their block, and their state until then.
	jobs: BTreeMap<JobId, (BlockNumber, Discriminant<JobState<BlockNumber>>)>,
	/// Disputes whose first round ends without a verdict, and in which block.
	disputes: BTreeMap<JobId, BlockNumber>,
	/// Records whose period is over.
	records: Vec<JobId>,
	/// Jobs of a quarantined model.
	stopped: Vec<JobId>,
}

impl Backlog {
	/// Returns the number of slots that all of it occupies at a time.
	pub fn slots() -> u32 {
		let staffed = CROWDED * jobs_a_block() + (0..CROWDED).map(disputes_in).sum::<u32>();
		staffed * MAX_PARTICIPANTS + 2 * draws()
	}

	/// Creates all of it, due from the block after the next one on.
	pub fn create(staff: &Staff, tribunal: &Tribunal) -> Self {
		let records = old_records(staff);
		let first = System::block_number() + 2;
		let mut jobs = BTreeMap::new();
		let mut disputes = BTreeMap::new();
		for block in 0..CROWDED {
			let last = first + block - 1;
			for number in 0..jobs_a_block() {
				let id = match number % 3 {
					0 => staff.agreed(last).0,
					1 => staff.silent(last),
					_ => staff.absent(last),
				};
				jobs.insert(id, (last + 1, discriminant(&job(id).state)));
			}
			for _ in 0..disputes_in(block) {
				disputes.insert(tribunal.divided(staff, last), last + 1);
			}
		}
		for _ in 0..draws() {
			staff.claimed();
		}
		let stopped = stopped_jobs();
		Self {
			jobs,
			disputes,
			records,
			stopped,
		}
	}

	/// Returns how many jobs, disputes, records and jobs of quarantined models are left.
	pub fn left(&self) -> [usize; 4] {
		[
			self.jobs.len(),
			self.disputes.len(),
			self.records.len(),
			self.stopped.len(),
		]
	}

	/// Returns how many of those jobs and disputes are due.
	pub fn due(&self) -> [usize; 2] {
		let now = System::block_number();
		let jobs = self.jobs.values().filter(|(due, _)| *due <= now).count();
		let disputes = self.disputes.values().filter(|due| **due <= now).count();
		[jobs, disputes]
	}

	/// Records what the hooks have done, and asserts that they did first what was due first.
	pub fn update(&mut self) {
		let jobs = self
			.jobs
			.extract_if(.., |id, (_, state)| discriminant(&job(*id).state) != *state);
		let latest = jobs.map(|(_, (due, _))| due).max();
		assert!(
			self.jobs.values().all(|(due, _)| latest <= Some(*due)),
			"a job ended before one that was due earlier"
		);
		let waits = |id: &JobId| pallet_disputes::Disputes::<Runtime>::get(id).is_some_and(|open| open.round == 1);
		let disputes = self.disputes.extract_if(.., |id, _| !waits(id));
		let latest = disputes.map(|(_, due)| due).max();
		assert!(
			self.disputes.values().all(|due| latest <= Some(*due)),
			"a round ended before one that was due earlier"
		);
		self.stopped.retain(|id| job(*id).state.is_live());
		self.records.retain(|id| pallet_jobs::Jobs::<Runtime>::contains_key(id));
	}
}

/// Returns jobs in flight of a model that is then quarantined.
fn stopped_jobs() -> Vec<JobId> {
	let model = open_model(b"stopped");
	let worker = Worker::register(3_000).serve(model);
	let first = pallet_jobs::NextJob::<Runtime>::get();
	let _ = largest_submission(&worker, model);
	let next = pallet_jobs::NextJob::<Runtime>::get();
	assert_ok!(Models::quarantine(RuntimeOrigin::root(), model, None));
	(first.0..next.0).map(JobId).collect()
}

/// Settles jobs, and advances to two blocks before the period of all their records is over.
fn old_records(staff: &Staff) -> Vec<JobId> {
	let now = System::block_number();
	let records: Vec<_> = (0..jobs_a_block()).map(|_| staff.agreed(now).0).collect();
	while records.iter().any(|id| job(*id).state.is_live()) {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Jobs::on_initialize(next);
	}
	let settled = System::block_number();
	for id in &records {
		pallet_jobs::Jobs::<Runtime>::mutate(id, |job| match job.as_mut().map(|job| &mut job.state) {
			Some(JobState::Settled { at, .. }) => *at = settled,
			state => panic!("{state:?}"),
		});
	}
	let period: BlockNumber = <Runtime as pallet_jobs::Config>::RecordPeriod::get();
	let almost = settled + period - 2;
	System::set_block_number(almost);
	// Nothing was due in between, and the agendas would take hundreds of blocks to find out.
	pallet_jobs::NextDue::<Runtime>::put(almost + 1);
	pallet_disputes::NextDue::<Runtime>::put(almost + 1);
	records
}
