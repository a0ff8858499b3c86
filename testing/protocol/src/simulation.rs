//! Workers, watchers and validators that act block by block, each by its strategy.

use crate::{chain::*, ledger::Ledger, runtime::*, statistics::Rng};
use assay_primitives::{
	api::{ParticipantStatus, Role},
	batch::Answer,
	JobId, ModelId, OutcomeDigest,
};
use pallet_jobs::{JobOf, JobState, Jobs, Step, MAX_STEPS};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The strategy of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
	/// Runs every task.
	Honest,
	/// Does not run the task: answers with a random class.
	Guess,
	/// Does not run the task: repeats the last settled answer, as do all workers with this strategy.
	Stale,
	/// Acts as one with all other members of the cartel. As an executor it gives the cartel's wrong answer. As a
	/// checker it confirms that answer if every participant is a member, and runs the task otherwise. It knows the
	/// whole state of the chain.
	Cartel,
	/// Never commits.
	Absent,
	/// Answers as an executor, but never commits as a checker.
	AbsentChecker,
}

/// A job that has ended.
#[derive(Clone, Debug)]
pub struct EndedJob {
	pub id: JobId,
	pub job: JobOf<Runtime>,
	/// The digest of the final answer, if there is one.
	pub digest: Option<OutcomeDigest>,
	/// Whether the executor's claim was false; `None` if there was no claim.
	pub false_claim: Option<bool>,
	/// The probability that a false claim of the cartel met no honest worker, at the time of the draw.
	pub evasion_probability: Option<f64>,
}

impl EndedJob {
	/// Returns whether a false answer is final on chain.
	pub fn is_false(&self) -> bool {
		self.digest
			.is_some_and(|digest| digest != truth(self.job.task, self.job.items).digest())
	}
}

/// A chain whose workers, watchers and validators act block by block.
pub struct Simulation {
	/// The strategies of workers. Those without one are honest.
	pub strategies: BTreeMap<AccountId, Strategy>,
	/// Accounts that re-execute every provisional result, and challenge wrong ones.
	pub watchers: Vec<AccountId>,
	/// Accounts that challenge the share `grief_rate` of all right results.
	pub grievers: Vec<AccountId>,
	pub grief_rate: f64,
	/// Jobs whose executor withholds its claim for now if it is a member of the cartel.
	pub withheld_claims: BTreeSet<JobId>,
	/// The validators, which all vote, and vote right.
	pub validators: Vec<AccountId>,
	pub live: BTreeSet<JobId>,
	pub ended: Vec<EndedJob>,
	/// Every worker that was drawn, with the job.
	pub drawn: BTreeSet<(JobId, AccountId)>,
	/// What workers lost in fines, and how many times.
	pub fines: BTreeMap<AccountId, (Balance, u32)>,
	/// What workers lost in slashes, and how many times.
	pub slashes: BTreeMap<AccountId, (Balance, u32)>,
	/// The number of right results that were challenged.
	pub grief_count: u32,
	pub ledger: Ledger,
	pub rng: Rng,
	answers: HashMap<(JobId, AccountId), Answer>,
	claims: HashMap<JobId, bool>,
	evasion_probability: HashMap<JobId, f64>,
	voted: BTreeSet<(JobId, AccountId)>,
	stale: Answer,
}

impl Simulation {
	/// Begins on a chain without jobs.
	pub fn new(seed: u64, validators: &[AccountId]) -> Self {
		Self {
			strategies: Default::default(),
			watchers: Vec::new(),
			grievers: Vec::new(),
			grief_rate: 1.0,
			withheld_claims: Default::default(),
			validators: validators.to_vec(),
			live: Default::default(),
			ended: Vec::new(),
			drawn: Default::default(),
			fines: Default::default(),
			slashes: Default::default(),
			grief_count: 0,
			ledger: Ledger::open(),
			rng: Rng::new(seed),
			answers: Default::default(),
			claims: Default::default(),
			evasion_probability: Default::default(),
			voted: Default::default(),
			stale: answer(0, 1),
		}
	}

	pub fn strategy(&self, worker: AccountId) -> Strategy {
		self.strategies.get(&worker).copied().unwrap_or(Strategy::Honest)
	}

	/// Lets everyone take the steps that are due, and ends the block.
	pub fn run_block(&mut self) {
		self.process_events();
		self.run_workers();
		self.process_events();
		self.run_watchers();
		self.run_validators();
		self.record_evasion_probabilities();
		next_block();
		self.process_events();
	}

	/// Runs blocks until no job is live.
	pub fn run_to_end(&mut self) {
		self.process_events();
		while !self.live.is_empty() {
			self.run_block();
		}
	}

	/// Reads the events since the last call.
	pub fn process_events(&mut self) {
		for event in take_events() {
			self.ledger.record(&event);
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
		self.ended.push(EndedJob {
			id,
			job,
			digest,
			false_claim: self.claims.remove(&id),
			evasion_probability: self.evasion_probability.remove(&id),
		});
	}

	/// Lets workers commit and reveal, each in one submission.
	fn run_workers(&mut self) {
		let mut steps = BTreeMap::<AccountId, Vec<Step>>::new();
		for id in self.live.clone() {
			let Some(job) = Jobs::<Runtime>::get(id) else {
				continue;
			};
			for participant in &job.participants {
				let worker = participant.worker;
				self.drawn.insert((id, worker));
				let step = match (&job.state, participant.status) {
					(JobState::Claiming { .. } | JobState::Checking { .. }, ParticipantStatus::Drawn) => {
						self.choose_commitment(id, &job, worker, participant.role)
					}
					(JobState::Revealing { .. }, ParticipantStatus::Committed(_)) => {
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

	/// Returns the commitment of a drawn worker, unless it stays away.
	fn choose_commitment(&mut self, id: JobId, job: &JobOf<Runtime>, worker: AccountId, role: Role) -> Option<Step> {
		let executes = role == Role::Executor;
		let right = truth(job.task, job.items);
		let lie = answer((true_class(job.task) + 1) % CLASSES, job.items);
		let chosen = match self.strategy(worker) {
			Strategy::Absent => return None,
			Strategy::AbsentChecker if !executes => return None,
			Strategy::Cartel if executes && self.withheld_claims.contains(&id) => return None,
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

	/// Lets watchers challenge wrong results, and grievers right ones.
	fn run_watchers(&mut self) {
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
				true if Rng::new(id.0).next_bool(self.grief_rate) => (&self.grievers, wrong),
				true => continue,
				false => (&self.watchers, right),
			};
			if let Some(challenger) = challengers.first() {
				challenge(*challenger, id, claim.digest()).expect("a provisional result can be challenged");
				self.grief_count += u32::from(digest == right_digest);
			}
		}
	}

	/// Lets validators re-execute disputed tasks, vote, and bring the answers that are awaited.
	fn run_validators(&mut self) {
		for validator in self.validators.clone() {
			let votes: Vec<_> = self
				.live
				.iter()
				.filter(|id| !self.voted.contains(&(**id, validator)))
				.filter_map(|id| Some((*id, Jobs::<Runtime>::get(id)?)))
				.filter(|(id, _)| {
					pallet_disputes::Disputes::<Runtime>::get(id).is_some_and(|dispute| dispute.awaited.is_none())
				})
				.map(|(id, job)| (id, truth(job.task, job.items).digest()))
				.take(MAX_STEPS as usize)
				.collect();
			if votes.is_empty() {
				continue;
			}
			self.voted.extend(votes.iter().map(|(id, _)| (*id, validator)));
			vote(validator, votes).expect("every vote is due");
		}
		for id in self.live.clone() {
			let awaited = pallet_disputes::Disputes::<Runtime>::get(id).and_then(|dispute| dispute.awaited);
			if let (Some(_), Some(job)) = (awaited, Jobs::<Runtime>::get(id)) {
				bring_answer(id, truth(job.task, job.items)).expect("the answer is awaited");
			}
		}
	}

	/// Computes the probability that each false claim meets no honest worker, for the draws at the end of this block.
	fn record_evasion_probabilities(&mut self) {
		let now = System::block_number();
		for (id, _) in pallet_jobs::Draws::<Runtime>::get(now).jobs {
			if self.claims.get(&id) != Some(&true) {
				continue;
			}
			let Some(job) = Jobs::<Runtime>::get(id) else {
				continue;
			};
			let executor = job.participants.first().map(|p| p.worker);
			let audit = f64::from(job.terms.odds.audit_rate.deconstruct()) / 1e6;
			let tickets = pallet_workers::Tickets::<Runtime>::iter_prefix_values(job.model);
			let tickets = tickets.map(|ticket| ticket.worker);
			let (bad, all) = self.count_cartel(tickets, executor);
			let chance = crate::statistics::exact_evasion_probability(bad, all, job.terms.checkers(), audit);
			self.evasion_probability.insert(id, chance);
		}
	}

	/// Returns the number of free slots of the cartel, and of all workers that will answer.
	pub fn free_slots(&self, model: ModelId) -> (u32, u32) {
		self.count_cartel(pallet_workers::FreeSlots::<Runtime>::iter_prefix_values(model), None)
	}

	/// Returns how many of the slots or tickets of these `workers` belong to the cartel, and how many to all workers
	/// that will answer, without those of `except`. A worker that stays away is replaced, so it does not count.
	fn count_cartel(&self, workers: impl Iterator<Item = AccountId>, except: Option<AccountId>) -> (u32, u32) {
		let (mut bad, mut all) = (0, 0);
		for worker in workers {
			let strategy = self.strategy(worker);
			if Some(worker) != except && !matches!(strategy, Strategy::Absent | Strategy::AbsentChecker) {
				all += 1;
				bad += u32::from(strategy == Strategy::Cartel);
			}
		}
		(bad, all)
	}
}
