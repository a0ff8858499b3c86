//! What a history remembers, and what must hold after each of its steps.

use crate::{people::*, reached::reached, JOBS, STEPS_TAKEN};
use assay_primitives::{api::ModelStatus, JobId};
use assay_protocol::{books::*, runtime::*, world::*};
use frame_support::assert_ok;
use pallet_jobs::{Deal, JobOf, Jobs as JobMap, MAX_REPLACEMENTS};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::atomic::Ordering,
};

/// What a job was promised at its beginning.
type Promise = (Deal<Balance>, AccountId, AccountId);

/// What a history remembers.
pub struct World {
	pub ledger: Ledger,
	pub promises: BTreeMap<JobId, Promise>,
	/// The class each participant is bound to.
	pub bound: BTreeMap<(JobId, AccountId), u8>,
	/// The number of the key of each account.
	pub keys: BTreeMap<AccountId, u64>,
	/// The key with which a commitment's salt was made.
	pub salts: BTreeMap<(JobId, AccountId), u64>,
	pub live: BTreeSet<JobId>,
	/// Jobs that are probes.
	pub probes: BTreeSet<JobId>,
	pub ended: u64,
	/// Of those that have ended, the probes.
	pub probed: u64,
	pub next_key: u64,
	pub number: u64,
}

impl World {
	pub fn new() -> Self {
		Self {
			ledger: Ledger::open(),
			promises: BTreeMap::new(),
			bound: BTreeMap::new(),
			keys: everybody().into_iter().map(|a| (a, a)).collect(),
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
		let id = pick(&fitting, number)?;
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
			"a commitment is opened to what it does not bind to"
		);
	}

	pub fn end(&mut self, job: JobId) {
		self.ended += 1;
		self.probed += u64::from(self.probes.contains(&job));
	}

	/// Reads what has happened, and checks all that must hold.
	pub fn check(&mut self) {
		for event in take_events() {
			self.ledger.note(&event);
			reached(&event);
			let RuntimeEvent::Jobs(event) = event else {
				continue;
			};
			match event {
				pallet_jobs::Event::Requested { job: id, fee, .. } => {
					let job = JobMap::<Runtime>::get(id).expect("what is requested is there");
					assert_eq!(job.deal.fee.total(), fee);
					if job.probation.is_some() {
						self.probes.insert(id);
					}
					self.promises.insert(id, (job.deal, job.requester, job.owner));
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
					let (deal, ..) = &self.promises[&job];
					// All whom the requester pays, and an auditor.
					let most = deal.fee.pay * (Balance::from(deal.fee.workers) + 1);
					assert!(
						to_workers <= most && to_owner <= deal.fee.royalty,
						"more is paid than was agreed"
					);
				}
				pallet_jobs::Event::Refunded { job, .. } => {
					assert!(self.live.remove(&job), "a job ends twice");
					self.end(job);
				}
				pallet_jobs::Event::NoShow { job, fine, .. } => assert_eq!(
					fine, self.promises[&job].0.fine,
					"a fine is not the one that was in force when the job was accepted"
				),
				pallet_jobs::Event::Slashed { job, amount, .. } => {
					assert_eq!(amount, self.promises[&job].0.bond, "a bond is not taken whole")
				}
				_ => {}
			}
		}
		for (id, promise) in &self.promises {
			if let Some(job) = JobMap::<Runtime>::get(id) {
				assert_eq!(
					(&job.deal, job.requester, job.owner),
					(&promise.0, promise.1, promise.2)
				);
				assert_eq!(job.state.is_live(), self.live.contains(id));
			} else {
				assert!(!self.live.contains(id), "a live job is forgotten");
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

	/// The blocks in which every live job must end, though nobody moves a finger.
	pub fn bound(&self) -> BlockNumber {
		let longest = self.live.iter().map(|id| {
			let periods = &self.promises[id].0.periods;
			let rounds = BlockNumber::from(MAX_REPLACEMENTS) + 1;
			// Each draw waits two blocks, and eight more where the queue is full.
			let claims = rounds * (periods.commit + 1);
			let checks = rounds * (periods.commit + 11);
			claims + checks + periods.reveal + 1 + periods.window + 1 + periods.vote + 2
		});
		longest.max().unwrap_or(0) + 2
	}

	/// Nobody does anything any more. Every job ends, nothing stays on hold, and everybody can leave with its stake.
	pub fn finish(&mut self) {
		Dark::set(false);
		for _ in 0..self.bound() {
			if self.live.is_empty() {
				break;
			}
			next_block();
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
		assert_eq!(pending_holds(), 0, "funds are on hold for nothing");
		assert_eq!(
			Endings::get().len() as u64 + self.probed,
			self.ended,
			"an ending was not told, or told twice"
		);

		for worker in WORKERS {
			for number in 0..=MODELS {
				let model = served(number);
				let _ = signed(worker, pallet_workers::Call::stop_serving { model });
			}
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
		assert_eq!(held, 0, "funds are on hold when all is over");
		JOBS.fetch_add(self.ended, Ordering::Relaxed);
	}
}
