//! Who takes part, and what each does when its turn comes.

use crate::{books::Ledger, runtime::*, statistics::Rng, world::*};
use assay_primitives::{
	api::{Duty, Standing},
	batch::Answer,
	JobId, ModelId, OutcomeDigest,
};
use pallet_jobs::{JobOf, JobState, Jobs, Step, MAX_STEPS};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How a worker behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
	/// Runs the task.
	Honest,
	/// Does not run the task: names any class.
	Guess,
	/// Does not run the task: repeats the last answer that was settled, as do all who act so.
	Stale,
	/// Acts as one with all others of the cartel. As an executor it gives the cartel's wrong answer. As a checker it confirms
	/// that answer if everybody drawn is of the cartel, and runs the task otherwise. It knows the whole state of the chain.
	Cartel,
	/// Never commits.
	Absent,
	/// Answers as an executor, and never commits as a checker.
	AbsentChecker,
}

/// A job that has ended.
#[derive(Clone, Debug)]
pub struct Ended {
	pub id: JobId,
	pub job: JobOf<Runtime>,
	/// The digest of the answer, if there is one.
	pub digest: Option<OutcomeDigest>,
	/// Whether the executor's claim was false; `None` if nobody claimed.
	pub lied: Option<bool>,
	/// The chance that a false claim of the cartel met nobody honest, at the moment of the draw.
	pub passing: Option<f64>,
}

impl Ended {
	/// Whether a false answer is final on chain.
	pub fn is_false(&self) -> bool {
		self.digest
			.is_some_and(|digest| digest != truth(self.job.task, self.job.items).digest())
	}
}

/// A chain whose workers, watchers and validators act block by block.
pub struct Play {
	/// Workers that are not listed here are honest.
	pub strategies: BTreeMap<AccountId, Strategy>,
	/// Run every provisional result, and challenge wrong ones.
	pub watchers: Vec<AccountId>,
	/// Challenge this share of all right results.
	pub grievers: Vec<AccountId>,
	pub grief: f64,
	/// Jobs whose executor, if it is of the cartel, does not claim yet.
	pub waiting: BTreeSet<JobId>,
	/// All vote, and all vote right.
	pub validators: Vec<AccountId>,
	pub live: BTreeSet<JobId>,
	pub ended: Vec<Ended>,
	/// Every worker that was drawn for a job.
	pub drawn: BTreeSet<(JobId, AccountId)>,
	/// What workers lost by fines, and how often.
	pub fines: BTreeMap<AccountId, (Balance, u32)>,
	/// What workers lost of bonds, and how often.
	pub slashes: BTreeMap<AccountId, (Balance, u32)>,
	/// Right results that were challenged.
	pub griefs: u32,
	pub ledger: Ledger,
	pub rng: Rng,
	answers: HashMap<(JobId, AccountId), Answer>,
	claims: HashMap<JobId, bool>,
	passing: HashMap<JobId, f64>,
	voted: BTreeSet<(JobId, AccountId)>,
	stale: Answer,
}

impl Play {
	/// To be called on a chain on which nothing has happened yet that matters.
	pub fn new(seed: u64, validators: &[AccountId]) -> Self {
		Self {
			strategies: Default::default(),
			watchers: Vec::new(),
			grievers: Vec::new(),
			grief: 1.0,
			waiting: Default::default(),
			validators: validators.to_vec(),
			live: Default::default(),
			ended: Vec::new(),
			drawn: Default::default(),
			fines: Default::default(),
			slashes: Default::default(),
			griefs: 0,
			ledger: Ledger::open(),
			rng: Rng::new(seed),
			answers: Default::default(),
			claims: Default::default(),
			passing: Default::default(),
			voted: Default::default(),
			stale: answer(0, 1),
		}
	}

	pub fn strategy(&self, worker: AccountId) -> Strategy {
		self.strategies.get(&worker).copied().unwrap_or(Strategy::Honest)
	}

	/// Lets everybody do what is due, and ends the block.
	pub fn block(&mut self) {
		self.notice();
		self.work();
		self.notice();
		self.watch();
		self.vote();
		self.weigh_draws();
		next_block();
		self.notice();
	}

	/// Plays until no job is live.
	pub fn finish(&mut self) {
		self.notice();
		while !self.live.is_empty() {
			self.block();
		}
	}

	/// Reads what has happened.
	pub fn notice(&mut self) {
		for event in take_events() {
			self.ledger.note(&event);
			let RuntimeEvent::Jobs(event) = event else {
				continue;
			};
			match event {
				pallet_jobs::Event::Requested { job, executor, .. } => {
					self.live.insert(job);
					self.drawn.insert((job, executor));
				}
				pallet_jobs::Event::Settled { job, digest, .. } => self.end(job, Some(digest)),
				pallet_jobs::Event::Refunded { job, .. } => self.end(job, None),
				pallet_jobs::Event::NoShow { worker, fine, .. } => {
					let (sum, times) = self.fines.entry(worker).or_default();
					*sum += fine;
					*times += 1;
				}
				pallet_jobs::Event::Slashed { worker, amount, .. } => {
					let (sum, times) = self.slashes.entry(worker).or_default();
					*sum += amount;
					*times += 1;
				}
				_ => {}
			}
		}
	}

	fn end(&mut self, id: JobId, digest: Option<OutcomeDigest>) {
		self.live.remove(&id);
		let job = Jobs::<Runtime>::get(id).expect("the record of a job outlives it");
		if let (Some(digest), 1) = (digest, job.items) {
			if let Some(class) = (0..CLASSES).find(|class| answer(*class, 1).digest() == digest) {
				self.stale = answer(class, 1);
			}
		}
		self.ended.push(Ended {
			id,
			job,
			digest,
			lied: self.claims.remove(&id),
			passing: self.passing.remove(&id),
		});
	}

	/// Workers commit and reveal, each in one submission.
	fn work(&mut self) {
		let mut steps = BTreeMap::<AccountId, Vec<Step>>::new();
		for id in self.live.clone() {
			let Some(job) = Jobs::<Runtime>::get(id) else {
				continue;
			};
			for participant in &job.participants {
				let worker = participant.worker;
				self.drawn.insert((id, worker));
				let step = match (&job.state, participant.standing) {
					(JobState::Claiming { .. } | JobState::Checking { .. }, Standing::Drawn) => {
						self.decide(id, &job, worker, participant.duty)
					}
					(JobState::Revealing { .. }, Standing::Committed(_)) => {
						self.answers.get(&(id, worker)).map(|answer| reveal(worker, id, answer))
					}
					_ => None,
				};
				steps.entry(worker).or_default().extend(step);
			}
		}
		for (worker, steps) in steps {
			for steps in steps.chunks(MAX_STEPS as usize) {
				submit(worker, steps.to_vec()).expect("every step is due");
			}
		}
	}

	/// The commitment of a worker that is drawn, if it does not stay away.
	fn decide(&mut self, id: JobId, job: &JobOf<Runtime>, worker: AccountId, duty: Duty) -> Option<Step> {
		let executes = duty == Duty::Executor;
		let right = truth(job.task, job.items);
		let lie = answer((true_class(job.task) + 1) % CLASSES, job.items);
		let chosen = match self.strategy(worker) {
			Strategy::Absent => return None,
			Strategy::AbsentChecker if !executes => return None,
			Strategy::Cartel if executes && self.waiting.contains(&id) => return None,
			Strategy::Honest | Strategy::AbsentChecker => right.clone(),
			Strategy::Guess => match self.answers.get(&(id, worker)) {
				Some(answer) => answer.clone(),
				None => answer(self.rng.below(CLASSES.into()) as u8, job.items),
			},
			Strategy::Stale => self.stale.clone(),
			Strategy::Cartel => {
				let alone = job
					.participants
					.iter()
					.all(|p| self.strategy(p.worker) == Strategy::Cartel);
				match alone {
					true => lie,
					false => right.clone(),
				}
			}
		};
		if executes {
			self.claims.insert(id, chosen != right);
		}
		let digest = chosen.digest();
		self.answers.insert((id, worker), chosen);
		Some(commit(worker, id, digest))
	}

	/// Watchers challenge what is wrong, grievers what is right.
	fn watch(&mut self) {
		for id in self.live.clone() {
			let Some(job) = Jobs::<Runtime>::get(id) else {
				continue;
			};
			let JobState::Provisional { digest, .. } = job.state else {
				continue;
			};
			let right = truth(job.task, job.items);
			let wrong = answer((true_class(job.task) + 1) % CLASSES, job.items);
			let right_digest = right.digest();
			let (challengers, claim) = match digest == right_digest {
				true if Rng::new(id.0).falls(self.grief) => (&self.grievers, wrong),
				true => continue,
				false => (&self.watchers, right),
			};
			if let Some(challenger) = challengers.first() {
				challenge(*challenger, id, claim).expect("a provisional result can be challenged");
				self.griefs += u32::from(digest == right_digest);
			}
		}
	}

	/// Validators run what is disputed and vote.
	fn vote(&mut self) {
		for validator in self.validators.clone() {
			let votes: Vec<_> = self
				.live
				.iter()
				.filter(|id| !self.voted.contains(&(**id, validator)))
				.filter_map(|id| Some((*id, Jobs::<Runtime>::get(id)?)))
				.filter(|(_, job)| matches!(job.state, JobState::Disputed { .. }))
				.map(|(id, job)| (id, truth(job.task, job.items).digest()))
				.take(MAX_STEPS as usize)
				.collect();
			if votes.is_empty() {
				continue;
			}
			self.voted.extend(votes.iter().map(|(id, _)| (*id, validator)));
			vote(validator, votes).expect("every vote is due");
		}
	}

	/// Works out the chance that a false claim will meet nobody honest, for the draws at the end of this block.
	fn weigh_draws(&mut self) {
		let now = System::block_number();
		for (id, _) in pallet_jobs::Draws::<Runtime>::get(now).jobs {
			if self.claims.get(&id) != Some(&true) {
				continue;
			}
			let Some(job) = Jobs::<Runtime>::get(id) else {
				continue;
			};
			let executor = job.participants.first().map(|p| p.worker);
			let audit = f64::from(job.deal.odds.audit.deconstruct()) / 1e6;
			let (bad, all) = self.free_slots(job.model, executor);
			let chance = crate::statistics::passing_exactly(bad, all, job.deal.checkers(), audit);
			self.passing.insert(id, chance);
		}
	}

	/// Free slots of the cartel, and of all who will answer, that are not of `except`. Whoever stays away is replaced, so it does
	/// not count.
	pub fn free_slots(&self, model: ModelId, except: Option<AccountId>) -> (u32, u32) {
		let (mut bad, mut all) = (0, 0);
		for worker in pallet_workers::Pool::<Runtime>::iter_prefix_values(model) {
			let strategy = self.strategy(worker);
			if Some(worker) != except && !matches!(strategy, Strategy::Absent | Strategy::AbsentChecker) {
				all += 1;
				bad += u32::from(strategy == Strategy::Cartel);
			}
		}
		(bad, all)
	}
}
