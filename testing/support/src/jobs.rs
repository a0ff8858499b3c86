//! Some jobs from their acceptance to their end, and what must hold of them whatever anybody did in between.

use crate::{
	balances::{BalanceSnapshot, ExpectedChanges},
	market::{Market, REQUESTER},
	parameters::{MAX_JOB_BLOCKS, SLOT_BOND},
	rpc::{Job, JobStatus},
	Node, INCLUSION_BLOCKS,
};
use assay_primitives::{
	api::{Participant, ParticipantStatus},
	JobId,
};
use assay_runtime::{AccountId, BlockNumber, RuntimeEvent};

/// Jobs under way, and the balances just after they were accepted.
pub struct PendingJobs {
	pub jobs: Vec<JobId>,
	before: BalanceSnapshot,
	since: BlockNumber,
}

/// Jobs that have ended, all events since they were accepted, and the balances before and after.
pub struct EndedJobs {
	pub jobs: Vec<Job>,
	pub events: Vec<RuntimeEvent>,
	pub before: BalanceSnapshot,
	pub after: BalanceSnapshot,
}

impl PendingJobs {
	/// Requests `count` jobs with this many checkers each.
	pub async fn request(node: &Node, market: &Market, checkers: u8, count: usize) -> Self {
		let since = node.height().await;
		let jobs = market.request_jobs(node, checkers, count).await;
		Self::new(since, node, market, jobs).await
	}

	/// Takes over jobs that are under way.
	pub async fn adopt(node: &Node, market: &Market, jobs: Vec<JobId>) -> Self {
		Self::new(node.height().await, node, market, jobs).await
	}

	/// Reads the balances in one block that has the jobs: the block that brought them may lose to another one of its
	/// slot.
	async fn new(since: BlockNumber, node: &Node, market: &Market, jobs: Vec<JobId>) -> Self {
		let before = node
			.wait_within(INCLUSION_BLOCKS, "the balances are read within one block", || async {
				let best = node.best_hash().await;
				for job in &jobs {
					node.find_job(*job).await?;
				}
				let balances = BalanceSnapshot::take(node, market).await;
				(node.best_hash().await == best).then_some(balances)
			})
			.await;
		Self { jobs, before, since }
	}

	/// Returns the only job.
	pub fn only_job(&self) -> JobId {
		assert_eq!(self.jobs.len(), 1);
		self.jobs[0]
	}

	/// Waits until all jobs have ended, and checks what no misbehaviour may change: no wrong answer is settled,
	/// everybody who was wrong or silent is slashed once by the whole bond, nobody else is slashed, and every balance
	/// is right to the last unit.
	pub async fn wait_for_end(self, node: &Node, market: &Market) -> EndedJobs {
		let mut jobs = Vec::new();
		for job in &self.jobs {
			jobs.push(node.wait_for_end(*job, MAX_JOB_BLOCKS).await);
		}
		let events = node.events(self.since..=node.height().await).await;
		let after = BalanceSnapshot::take(node, market).await;
		let held = node.funds(&REQUESTER.to_account_id()).await.held;
		assert_eq!(held, 0, "a fee is still held");

		let protocol = node.protocol().await;
		let ended = EndedJobs {
			jobs,
			events,
			before: self.before,
			after,
		};
		for job in &ended.jobs {
			if let JobStatus::Settled { digest, .. } = job.status {
				assert_eq!(
					digest,
					market.expected_digest(job),
					"job {} is settled with a wrong answer",
					job.id
				);
			}
		}
		ended.assert_slashed_once();
		ExpectedChanges::compute(&ended.jobs, &ended.events, &protocol).assert_match(&ended.before, &ended.after);
		ended
	}
}

impl EndedJobs {
	/// Returns the only job.
	pub fn only_job(&self) -> &Job {
		assert_eq!(self.jobs.len(), 1);
		&self.jobs[0]
	}

	/// Returns everybody who lost a bond, with the job.
	pub fn slashes(&self) -> Vec<(JobId, AccountId)> {
		self.filter_events(|event| match event {
			RuntimeEvent::Jobs(pallet_jobs::Event::Slashed { job, worker, .. }) => Some((*job, worker.clone())),
			_ => None,
		})
	}

	/// Returns everybody who did not commit in time, with the job.
	pub fn no_shows(&self) -> Vec<(JobId, AccountId)> {
		self.filter_events(|event| match event {
			RuntimeEvent::Jobs(pallet_jobs::Event::NoShow { job, worker, .. }) => Some((*job, worker.clone())),
			_ => None,
		})
	}

	/// Returns everybody who challenged a result, with the job.
	pub fn challenges(&self) -> Vec<(JobId, AccountId)> {
		self.filter_events(|event| match event {
			RuntimeEvent::Disputes(pallet_disputes::Event::Challenged { job, challenger, .. }) => {
				Some((*job, challenger.clone()))
			}
			_ => None,
		})
	}

	/// Returns the jobs that came before the tribunal.
	pub fn disputed_jobs(&self) -> Vec<JobId> {
		self.filter_events(|event| match event {
			RuntimeEvent::Disputes(pallet_disputes::Event::Opened { job, .. }) => Some(*job),
			_ => None,
		})
	}

	fn filter_events<T>(&self, select: impl Fn(&RuntimeEvent) -> Option<T>) -> Vec<T> {
		self.events.iter().filter_map(select).collect()
	}

	/// Asserts that all jobs were answered.
	#[track_caller]
	pub fn assert_settled(&self) {
		for job in &self.jobs {
			assert!(matches!(job.status, JobStatus::Settled { .. }), "{job:?}");
		}
	}

	/// Asserts that nobody was slashed or fined, and nothing was disputed.
	#[track_caller]
	pub fn assert_uneventful(&self) {
		assert_eq!(
			(self.slashes(), self.no_shows(), self.disputed_jobs()),
			(vec![], vec![], vec![])
		);
	}

	/// Asserts that there is one event for each participant whose status is wrong or silent, each over the whole bond,
	/// and that the chain's totals agree.
	fn assert_slashed_once(&self) {
		let mut guilty = Vec::new();
		for job in &self.jobs {
			let is_guilty = |p: &&Participant<AccountId>| {
				matches!(p.status, ParticipantStatus::Wrong(_) | ParticipantStatus::Silent)
			};
			let workers = job.participants.iter().filter(is_guilty);
			guilty.extend(workers.map(|p| (job.id, p.worker.clone())));
		}
		guilty.sort();
		let mut slashes = self.slashes();
		slashes.sort();
		assert_eq!(
			slashes, guilty,
			"those who were slashed, and those whom the records call guilty"
		);
		for event in &self.events {
			if let RuntimeEvent::Jobs(pallet_jobs::Event::Slashed { job, worker, amount }) = event {
				assert_eq!(*amount, SLOT_BOND, "{worker} in job {job}");
			}
		}
		let (before, after) = (&self.before.stats, &self.after.stats);
		assert_eq!(after.wrong - before.wrong, guilty.len() as u64);
		assert_eq!(after.no_shows - before.no_shows, self.no_shows().len() as u64);
		assert_eq!(after.disputes - before.disputes, self.disputed_jobs().len() as u64);
	}
}

/// Returns `worker` as a participant of a job, if it is one.
pub fn find_participant<'a>(job: &'a Job, worker: &AccountId) -> Option<&'a Participant<AccountId>> {
	job.participants
		.iter()
		.find(|participant| participant.worker == *worker)
}
