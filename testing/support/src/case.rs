//! Some jobs from their acceptance to their end, and what must hold of them whatever was done to them in between.

use crate::{
	books::{Books, Changes},
	governance::{BOND, COMMIT, REVEAL, VOTE, WINDOW},
	market::{Market, REQUESTER},
	rpc::{Job, JobStatus},
	Node, FEW,
};
use assay_primitives::{
	api::{Participant, Standing},
	JobId,
};
use assay_runtime::{AccountId, BlockNumber, RuntimeEvent};
use pallet_disputes::Event as InDisputes;
use pallet_jobs::Event as InJobs;

/// The most blocks that a job takes under the rules of these tests: three executors, a draw, three rounds of checkers with their
/// draws, reveals, and then a window and votes after it, with a few blocks to spare for each submission that was lost.
pub const LONGEST: u32 = 6 * COMMIT + 4 * 2 + REVEAL + WINDOW + VOTE + 10;

/// Jobs under way, and the books when they had just been accepted.
pub struct Case {
	pub jobs: Vec<JobId>,
	before: Books,
	since: BlockNumber,
}

/// Jobs that have ended, all that happened meanwhile, and the books before and after.
pub struct Closed {
	pub jobs: Vec<Job>,
	pub events: Vec<RuntimeEvent>,
	pub before: Books,
	pub after: Books,
}

impl Case {
	/// Asks `count` questions with so many checkers.
	pub async fn open(node: &Node, market: &Market, checkers: u8, count: usize) -> Self {
		let since = node.height().await;
		let jobs = market.ask(node, checkers, count).await;
		Self::of(since, node, market, jobs).await
	}

	/// Takes up jobs that are under way, and have been paid for.
	pub async fn resume(node: &Node, market: &Market, jobs: Vec<JobId>) -> Self {
		Self::of(node.height().await, node, market, jobs).await
	}

	/// The block that brought the jobs may lose to another one of its slot, so the books are those of a block that has them.
	async fn of(since: BlockNumber, node: &Node, market: &Market, jobs: Vec<JobId>) -> Self {
		let before = node
			.within(FEW, "the books are read within one block", || async {
				let best = node.best().await;
				for job in &jobs {
					node.find_job(*job).await?;
				}
				let books = Books::of(node, market).await;
				(node.best().await == best).then_some(books)
			})
			.await;
		Self { jobs, before, since }
	}

	/// The only job.
	pub fn job(&self) -> JobId {
		assert_eq!(self.jobs.len(), 1);
		self.jobs[0]
	}

	/// Waits until all jobs have ended, and checks what no fault may change: that no wrong answer is settled, that each who was wrong
	/// or silent is slashed once and by the bond, that nobody else is, and that everybody has what is due to the last unit.
	pub async fn close(self, node: &Node, market: &Market) -> Closed {
		let mut jobs = Vec::new();
		for job in &self.jobs {
			jobs.push(node.ended(*job, LONGEST).await);
		}
		let events = node.events(self.since..=node.height().await).await;
		let after = Books::of(node, market).await;
		let held = node.funds(&REQUESTER.to_account_id()).await.held;
		assert_eq!(held, 0, "a fee is still held");

		let protocol = node.protocol().await;
		let closed = Closed {
			jobs,
			events,
			before: self.before,
			after,
		};
		for job in &closed.jobs {
			if let JobStatus::Settled { digest, .. } = job.status {
				assert_eq!(
					digest,
					market.right(job),
					"job {} is settled with a wrong answer",
					job.id
				);
			}
		}
		closed.assert_slashed_once();
		Changes::due(&closed.jobs, &closed.events, &protocol).assert_are(&closed.before, &closed.after);
		closed
	}
}

impl Closed {
	/// The only job.
	pub fn job(&self) -> &Job {
		assert_eq!(self.jobs.len(), 1);
		&self.jobs[0]
	}

	/// Everybody who lost its bond, and in which job.
	pub fn slashed(&self) -> Vec<(JobId, AccountId)> {
		self.events
			.iter()
			.filter_map(|event| match event {
				RuntimeEvent::Jobs(InJobs::Slashed { job, worker, .. }) => Some((*job, worker.clone())),
				_ => None,
			})
			.collect()
	}

	/// Everybody who did not commit in time, and in which job.
	pub fn no_shows(&self) -> Vec<(JobId, AccountId)> {
		self.events
			.iter()
			.filter_map(|event| match event {
				RuntimeEvent::Jobs(InJobs::NoShow { job, worker, .. }) => Some((*job, worker.clone())),
				_ => None,
			})
			.collect()
	}

	/// Everybody who challenged a result, and which.
	pub fn challenges(&self) -> Vec<(JobId, AccountId)> {
		self.events
			.iter()
			.filter_map(|event| match event {
				RuntimeEvent::Disputes(InDisputes::Challenged { job, challenger, .. }) => {
					Some((*job, challenger.clone()))
				}
				_ => None,
			})
			.collect()
	}

	/// The jobs that the tribunal was asked about.
	pub fn disputed(&self) -> Vec<JobId> {
		self.events
			.iter()
			.filter_map(|event| match event {
				RuntimeEvent::Disputes(InDisputes::Opened { job, .. }) => Some(*job),
				_ => None,
			})
			.collect()
	}

	/// That all jobs were answered.
	#[track_caller]
	pub fn assert_settled(&self) {
		for job in &self.jobs {
			assert!(matches!(job.status, JobStatus::Settled { .. }), "{job:?}");
		}
	}

	/// That nobody was slashed or fined, and nothing disputed.
	#[track_caller]
	pub fn assert_peaceful(&self) {
		assert_eq!(
			(self.slashed(), self.no_shows(), self.disputed()),
			(vec![], vec![], vec![])
		);
	}

	/// One event for each who is marked as wrong or silent, each over the bond; the same in the totals.
	fn assert_slashed_once(&self) {
		let mut due = Vec::new();
		for job in &self.jobs {
			let guilty = |p: &&Participant<AccountId>| matches!(p.standing, Standing::Wrong(_) | Standing::Silent);
			due.extend(
				job.participants
					.iter()
					.filter(guilty)
					.map(|p| (job.id, p.worker.clone())),
			);
		}
		due.sort();
		let mut slashed = self.slashed();
		slashed.sort();
		assert_eq!(slashed, due, "whom the records call guilty, and who was slashed");
		for event in &self.events {
			if let RuntimeEvent::Jobs(InJobs::Slashed { job, worker, amount }) = event {
				assert_eq!(*amount, BOND, "{worker} in job {job}");
			}
		}
		let (before, after) = (&self.before.stats, &self.after.stats);
		assert_eq!(after.wrong - before.wrong, due.len() as u64);
		assert_eq!(after.no_shows - before.no_shows, self.no_shows().len() as u64);
		assert_eq!(after.disputes - before.disputes, self.disputed().len() as u64);
	}
}

/// What `worker` is in a job.
pub fn part_of<'a>(job: &'a Job, worker: &AccountId) -> Option<&'a Participant<AccountId>> {
	job.participants
		.iter()
		.find(|participant| participant.worker == *worker)
}
