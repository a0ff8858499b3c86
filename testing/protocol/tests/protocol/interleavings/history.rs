//! The record of a history, and the checks after each of its steps.

use super::{accounts::*, coverage::count, JOBS, STEPS_TAKEN};
use assay_primitives::{
	api::{ModelStatus, Verdict},
	JobId,
};
use assay_protocol::{chain::*, ledger::*, runtime::*};
use frame_support::assert_ok;
use pallet_jobs::{AgreedTerms, JobOf, Jobs as JobMap, MAX_REPLACEMENTS};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::atomic::Ordering,
};

/// What a job was promised at its request: terms, requester and owner.
type Promise = (AgreedTerms<Balance>, AccountId, AccountId);

/// The record of a history.
pub struct History {
	pub ledger: Ledger,
	pub promises: BTreeMap<JobId, Promise>,
	/// The class that each participant has committed to.
	pub bound: BTreeMap<(JobId, AccountId), u8>,
	/// The key number of each account.
	pub keys: BTreeMap<AccountId, u64>,
	/// The number of the key that each commitment's salt derives from.
	pub salts: BTreeMap<(JobId, AccountId), u64>,
	pub live: BTreeSet<JobId>,
	/// The jobs that are probes.
	pub probes: BTreeSet<JobId>,
	pub ended: u64,
	/// The number of probes among the jobs that have ended.
	pub probed: u64,
	pub next_key: u64,
	pub number: u64,
}

impl History {
	pub fn new() -> Self {
		Self {
			ledger: Ledger::open(),
			promises: BTreeMap::new(),
			bound: BTreeMap::new(),
			keys: all_accounts().into_iter().map(|a| (a, a)).collect(),
			salts: BTreeMap::new(),
			live: BTreeSet::new(),
			probes: BTreeSet::new(),
			ended: 0,
			probed: 0,
			next_key: 1_000,
			number: 0,
		}
	}

	pub fn job(&self, number: u8, wanted: impl Fn(&JobOf<Runtime>) -> bool) -> Option<(JobId, JobOf<Runtime>)> {
		let fitting: Vec<JobId> = self
			.live
			.iter()
			.copied()
			.filter(|id| JobMap::<Runtime>::get(id).is_some_and(|job| wanted(&job)))
			.collect();
		let id = choose(&fitting, number)?;
		Some((id, JobMap::<Runtime>::get(id)?))
	}

	pub fn commit(&mut self, id: JobId, job: &JobOf<Runtime>, worker: AccountId, off: u8) {
		let class = (true_class(job.task) + off) % CLASSES;
		let key = self.keys[&worker];
		let step = commit_with(key, worker, id, reply(job, class).digest());
		if submit_as(key, worker, vec![step]).is_ok() {
			self.bound.insert((id, worker), class);
			self.salts.insert((id, worker), key);
		}
	}

	pub fn reveal(&mut self, id: JobId, job: &JobOf<Runtime>, worker: AccountId, rightly: bool) {
		let Some(class) = self.bound.get(&(id, worker)) else {
			return;
		};
		let salt = self.salts[&(id, worker)];
		let class = if rightly { *class } else { (class + 1) % CLASSES };
		let step = reveal_with(salt, worker, id, &reply(job, class));
		let done = submit_as(self.keys[&worker], worker, vec![step]);
		assert!(
			rightly || done.is_err(),
			"a reveal that does not match its commitment is accepted"
		);
	}

	pub fn end(&mut self, job: JobId) {
		self.ended += 1;
		self.probed += u64::from(self.probes.contains(&job));
	}

	/// Reads the new events, and checks all that must hold.
	pub fn check(&mut self) {
		for event in take_events() {
			self.ledger.record(&event);
			count(&event);
			let RuntimeEvent::Jobs(event) = event else {
				continue;
			};
			match event {
				pallet_jobs::Event::Requested { job: id, fee, .. } => {
					let job = JobMap::<Runtime>::get(id).expect("a requested job is stored");
					assert_eq!(job.terms.fee.total(), fee);
					if job.subject.statement().is_some() {
						self.probes.insert(id);
					}
					self.promises.insert(id, (job.terms, job.requester, job.owner));
					self.live.insert(id);
				}
				pallet_jobs::Event::Settled {
					job,
					to_workers,
					to_owner,
					..
				} => {
					assert!(self.live.remove(&job), "a job ends twice");
					self.end(job);
					let (terms, ..) = &self.promises[&job];
					// All workers whom the requester pays, and an auditor.
					let most = terms.fee.pay * (Balance::from(terms.fee.workers) + 1) + terms.fee.rent;
					assert!(
						to_workers <= most && to_owner <= terms.fee.royalty,
						"more is paid than agreed"
					);
				}
				pallet_jobs::Event::Refunded { job, .. } => {
					assert!(self.live.remove(&job), "a job ends twice");
					self.end(job);
				}
				pallet_jobs::Event::NoShow { job, worker, fine } => {
					let due = self.promises[&job].0.fine;
					assert!(
						fine == due || fine < due && has_nothing_left(worker),
						"{worker} is fined {fine}, and {due} was due at the time of the request"
					);
				}
				pallet_jobs::Event::Slashed { job, worker, amount } => {
					let stored = JobMap::<Runtime>::get(job).expect("a job outlives its workers' bonds");
					let role = stored.participant(&worker).expect("it takes part").role;
					let due = self.promises[&job].0.bonds_of(role);
					assert!(
						amount == due || amount < due && has_nothing_left(worker),
						"{amount} of the bonds of {worker} is slashed, and not {due}"
					);
				}
				_ => {}
			}
		}
		for (id, promise) in &self.promises {
			if let Some(job) = JobMap::<Runtime>::get(id) {
				assert_eq!(
					(&job.terms, job.requester, job.owner),
					(&promise.0, promise.1, promise.2)
				);
				assert_eq!(job.state.is_live(), self.live.contains(id));
			} else {
				assert!(!self.live.contains(id), "a live job is not stored");
			}
		}
		for model in pallet_models::Models::<Runtime>::iter_values() {
			if model.status == ModelStatus::Probation {
				assert!(
					self.live.contains(&model.probe),
					"a model is on probation without a probe"
				);
			}
		}
		try_state().unwrap();
		self.ledger.check().unwrap();
		STEPS_TAKEN.fetch_add(1, Ordering::Relaxed);
	}

	/// Returns the number of blocks in which every live job must end, even if nobody acts.
	pub fn bound(&self) -> BlockNumber {
		let longest = self.live.iter().map(|id| {
			let periods = &self.promises[id].0.periods;
			let rounds = BlockNumber::from(MAX_REPLACEMENTS) + 1;
			// Each draw waits two blocks, and eight more where the queue is full. The busiest worker may have six more
			// runs of a block to do.
			let claims = rounds * (periods.commit + 1);
			let checks = rounds * (periods.commit + 17);
			claims + checks + periods.reveal + 1 + periods.window + 1 + pallet_disputes::ANSWER_PERIOD + 2
		});
		longest.max().unwrap_or(0) + 2
	}

	/// Runs blocks in which nobody acts, except that a referendum decides open disputes: every job ends, nothing stays
	/// on hold, and every worker can leave with its stake.
	pub fn finish(&mut self) {
		BeaconSilent::set(false);
		for _ in 0..self.bound() {
			if self.live.is_empty() {
				break;
			}
			next_block();
			let disputed: Vec<_> = pallet_disputes::Disputes::<Runtime>::iter().collect();
			for (id, dispute) in disputed {
				let root = frame_system::RawOrigin::Root.into();
				// Refused while the right answer is awaited.
				let _ = Disputes::rule(root, id, dispute.task, Verdict::NotRunnable);
			}
			self.check();
		}
		assert!(
			self.live.is_empty(),
			"jobs are live after all deadlines: {:?}",
			self.live
		);
		assert_eq!(
			pallet_disputes::Disputes::<Runtime>::iter().count(),
			0,
			"a dispute is open without a job"
		);
		assert_eq!(pending_holds(), 0, "funds are on hold without a job");
		assert_eq!(
			NotifiedResults::get().len() as u64 + self.probed,
			self.ended,
			"consumers were not notified exactly once of each job"
		);

		for worker in WORKERS {
			for number in 0..=MODELS {
				let model = servable(number);
				let _ = signed(worker, pallet_workers::Call::stop_serving { model });
			}
			list_tickets();
			if let Some(record) = pallet_workers::Workers::<Runtime>::get(worker) {
				assert_eq!(record.committed, 0, "a slot is busy without a job");
				if record.unbonding.is_full() {
					System::set_block_number(System::block_number() + Unbonding::get());
					assert_ok!(signed(worker, pallet_workers::Call::withdraw {}));
				}
				if record.stake > 0 {
					assert_ok!(signed(worker, pallet_workers::Call::unbond { amount: record.stake }));
				}
			}
		}
		System::set_block_number(System::block_number() + Unbonding::get());
		for worker in WORKERS {
			if pallet_workers::Workers::<Runtime>::contains_key(worker) {
				assert_ok!(signed(worker, pallet_workers::Call::withdraw {}));
			}
		}
		assert_eq!(
			pallet_workers::Workers::<Runtime>::iter().count(),
			0,
			"a worker cannot leave"
		);
		for number in 0..MODELS {
			for owner in OWNERS {
				let model = model(number);
				let _ = signed(owner, pallet_models::Call::retire { model });
			}
		}
		self.ledger.check().unwrap();
		let held: Balance = pallet_balances::Holds::<Runtime>::iter_values()
			.flat_map(|holds| holds.into_iter().map(|hold| hold.amount).collect::<Vec<_>>())
			.sum();
		let records: Balance = pallet_models::Models::<Runtime>::iter_values()
			.map(|model| pallet_models::Pallet::<Runtime>::deposit_for_record(&model.spec))
			.sum();
		assert_eq!(
			held, records,
			"more than the deposits of records is on hold after all jobs and workers are gone"
		);
		JOBS.fetch_add(self.ended, Ordering::Relaxed);
	}
}

/// Whether a worker has lost all that it had: checks share their worker's stake, so many penalties at once may exceed
/// it.
fn has_nothing_left(worker: AccountId) -> bool {
	pallet_workers::Workers::<Runtime>::get(worker)
		.is_none_or(|worker| worker.stake == 0 && worker.unbonding.is_empty())
}
