//! Random histories of everything that can happen to the protocol, with every invariant checked after every step.
//!
//! A history is a list of steps: any call by anybody, right or wrong, blocks, new sessions, and new parameters while jobs are in flight.
//! After it nobody does anything any more, and still every job must end.

use assay_primitives::{
	api::{ModelStatus, Rejection, Standing},
	probe::probe_pool,
	terms::{Periods, Pricing, Security, SlashSplit, Terms, Window},
	JobId, ModelId, OutcomeDigest,
};
use assay_protocol::{books::*, runtime::*, world::*};
use frame_support::{assert_ok, traits::fungible::Mutate};
use pallet_jobs::{Deal, JobOf, JobState, Jobs as JobMap, MAX_REPLACEMENTS};
use proptest::prelude::*;
use sp_runtime::Permill;
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::atomic::{AtomicU64, Ordering},
};

/// Histories, and the most steps of each.
const CASES: u32 = 200;
const STEPS: usize = 260;
/// The steps that all histories must have together.
const ENOUGH: u64 = 50_000;

const OWNERS: [AccountId; 2] = [10, 11];
const REQUESTERS: [AccountId; 3] = [12, 13, 14];
const CHALLENGERS: [AccountId; 3] = [15, 16, 17];
const VALIDATORS: [AccountId; 5] = [20, 21, 22, 23, 24];
const WORKERS: [AccountId; 7] = [30, 31, 32, 33, 34, 35, 36];
const MODELS: u8 = 3;

static STEPS_TAKEN: AtomicU64 = AtomicU64::new(0);
static JOBS: AtomicU64 = AtomicU64::new(0);
static REACHED: std::sync::Mutex<BTreeMap<&'static str, u64>> = std::sync::Mutex::new(BTreeMap::new());

/// Something that happens. Numbers choose among what there is, modulo its length.
#[derive(Clone, Debug)]
enum Op {
	SubmitModel(u8, u8),
	Retire(u8, u8),
	Register(u8, u8),
	BondMore(u8, u8),
	Unbond(u8, u8),
	Withdraw(u8),
	SetKey(u8, u8),
	Serve(u8, u8, u8),
	StopServing(u8, u8),
	Request {
		who: u8,
		model: u8,
		items: u8,
		checkers: u8,
		value: u32,
		window: u8,
		max_fee: bool,
	},
	Cancel(u8, u8),
	/// One participant of one job that is due commits: to what is right, or to the class that is so much off.
	Commit(u8, u8, u8),
	/// One participant of one job that is due reveals what it is bound to; or something else.
	Reveal(u8, u8, bool),
	/// All participants that are due take their next step, wrong where the bit says so.
	Everybody(u8),
	/// A worker submits a step for a job whatever the state of either.
	Nonsense(u8, u8, u8),
	Challenge(u8, u8, u8),
	Vote(u8, u8, u8),
	/// Every validator votes on one job, wrong where the bit says so.
	VoteAll(u8, u8),
	Blocks(u8),
	Session(u8),
	Price(u8),
	Time(u8),
	Secure(u8),
	Darken(bool),
	/// Whoever it is gives away all that is free.
	Drain(u8),
	Endow(u8),
}

fn op() -> impl Strategy<Value = Op> {
	let n = any::<u8>;
	prop_oneof![
		3 => (n(), n()).prop_map(|(a, b)| Op::SubmitModel(a, b)),
		1 => (n(), n()).prop_map(|(a, b)| Op::Retire(a, b)),
		2 => (n(), n()).prop_map(|(a, b)| Op::Register(a, b)),
		2 => (n(), n()).prop_map(|(a, b)| Op::BondMore(a, b)),
		2 => (n(), n()).prop_map(|(a, b)| Op::Unbond(a, b)),
		2 => n().prop_map(Op::Withdraw),
		1 => (n(), n()).prop_map(|(a, b)| Op::SetKey(a, b)),
		5 => (n(), n(), n()).prop_map(|(a, b, c)| Op::Serve(a, b, c)),
		1 => (n(), n()).prop_map(|(a, b)| Op::StopServing(a, b)),
		14 => (n(), n(), n(), n(), any::<u32>(), n(), prop::bool::weighted(0.05)).prop_map(
			|(who, model, items, checkers, value, window, max_fee)| Op::Request {
				who, model, items, checkers, value, window, max_fee
			}
		),
		2 => (n(), n()).prop_map(|(a, b)| Op::Cancel(a, b)),
		10 => (n(), n(), prop_oneof![3 => Just(0u8), 1 => 1u8..3]).prop_map(|(a, b, c)| Op::Commit(a, b, c)),
		10 => (n(), n(), prop::bool::weighted(0.9)).prop_map(|(a, b, c)| Op::Reveal(a, b, c)),
		8 => prop_oneof![2 => Just(0u8), 1 => n()].prop_map(Op::Everybody),
		2 => (n(), n(), n()).prop_map(|(a, b, c)| Op::Nonsense(a, b, c)),
		6 => (n(), n(), 0u8..4).prop_map(|(a, b, c)| Op::Challenge(a, b, c)),
		6 => (n(), n(), prop_oneof![2 => Just(0u8), 1 => 1u8..3]).prop_map(|(a, b, c)| Op::Vote(a, b, c)),
		3 => (n(), prop_oneof![3 => Just(0u8), 1 => n()]).prop_map(|(a, b)| Op::VoteAll(a, b)),
		14 => prop_oneof![6 => 1u8..4, 1 => 4u8..20].prop_map(Op::Blocks),
		1 => n().prop_map(Op::Session),
		1 => n().prop_map(Op::Price),
		1 => n().prop_map(Op::Time),
		1 => n().prop_map(Op::Secure),
		1 => prop::bool::weighted(0.3).prop_map(Op::Darken),
		1 => n().prop_map(Op::Drain),
		2 => n().prop_map(Op::Endow),
	]
}

fn pick<T: Copy>(all: &[T], number: u8) -> Option<T> {
	all.get(usize::from(number).checked_rem(all.len())?).copied()
}

/// What a worker may serve: a model, or probes.
fn served(number: u8) -> ModelId {
	match number % (MODELS + 1) {
		MODELS => probe_pool(ENGINE),
		number => model(number),
	}
}

fn everybody() -> Vec<AccountId> {
	[&OWNERS[..], &REQUESTERS, &CHALLENGERS, &VALIDATORS, &WORKERS].concat()
}

/// What a job was promised at its beginning.
type Promise = (Deal<Balance>, AccountId, AccountId);

/// What a history remembers.
struct World {
	ledger: Ledger,
	promises: BTreeMap<JobId, Promise>,
	/// The class each participant is bound to.
	bound: BTreeMap<(JobId, AccountId), u8>,
	/// The number of the key of each account.
	keys: BTreeMap<AccountId, u64>,
	/// The key with which a commitment's salt was made.
	salts: BTreeMap<(JobId, AccountId), u64>,
	live: BTreeSet<JobId>,
	/// Jobs that are probes.
	probes: BTreeSet<JobId>,
	ended: u64,
	/// Of those that have ended, the probes.
	probed: u64,
	next_key: u64,
	number: u64,
}

impl World {
	fn new() -> Self {
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

	fn job(&self, number: u8, wanted: impl Fn(&JobOf<Runtime>) -> bool) -> Option<(JobId, JobOf<Runtime>)> {
		let fitting: Vec<JobId> = self
			.live
			.iter()
			.copied()
			.filter(|id| JobMap::<Runtime>::get(id).is_some_and(|job| wanted(&job)))
			.collect();
		let id = pick(&fitting, number)?;
		Some((id, JobMap::<Runtime>::get(id)?))
	}

	fn commit(&mut self, id: JobId, job: &JobOf<Runtime>, worker: AccountId, off: u8) {
		let class = (true_class(job.task) + off) % CLASSES;
		let key = self.keys[&worker];
		let step = commit_with(key, worker, id, reply(job, class).digest());
		if submit_as(key, worker, vec![step]).is_ok() {
			self.bound.insert((id, worker), class);
			self.salts.insert((id, worker), key);
		}
	}

	fn reveal(&mut self, id: JobId, job: &JobOf<Runtime>, worker: AccountId, rightly: bool) {
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

	fn apply(&mut self, op: Op) {
		match op {
			Op::SubmitModel(owner, number) => {
				let owner = pick(&OWNERS, owner).unwrap();
				let macs = u64::from(number) * 20_000_000;
				let _ = submit_model(owner, number % MODELS, ASY * Balance::from(number) / 1_000, macs);
			}
			Op::Retire(owner, number) => {
				let (owner, model) = (pick(&OWNERS, owner).unwrap(), model(number % MODELS));
				let _ = signed(owner, pallet_models::Call::retire { model });
			}
			Op::Register(who, stake) => {
				let who = pick(&WORKERS, who).unwrap();
				self.next_key += 1;
				let stake = ASY * Balance::from(stake) * 2;
				if register_with(self.next_key, who, stake).is_ok() {
					self.keys.insert(who, self.next_key);
				}
			}
			Op::BondMore(who, amount) => {
				let amount = ASY * Balance::from(amount) / 4;
				let _ = signed(pick(&WORKERS, who).unwrap(), pallet_workers::Call::bond_more { amount });
			}
			Op::Unbond(who, amount) => {
				let amount = ASY * Balance::from(amount) / 2;
				let _ = signed(pick(&WORKERS, who).unwrap(), pallet_workers::Call::unbond { amount });
			}
			Op::Withdraw(who) => {
				let _ = signed(pick(&WORKERS, who).unwrap(), pallet_workers::Call::withdraw {});
			}
			Op::SetKey(who, other) => {
				let who = pick(&WORKERS, who).unwrap();
				// Now and then the key of somebody else.
				self.next_key += 1;
				let key = if other < 30 {
					self.keys[&pick(&WORKERS, other).unwrap()]
				} else {
					self.next_key
				};
				let call = pallet_workers::Call::set_key {
					key: public(key),
					proof: proof(key, who),
				};
				if signed(who, call).is_ok() {
					self.keys.insert(who, key);
				}
			}
			Op::Serve(who, number, slots) => {
				let _ = serve(pick(&WORKERS, who).unwrap(), served(number), u32::from(slots % 6));
			}
			Op::StopServing(who, number) => {
				let model = served(number);
				let _ = signed(
					pick(&WORKERS, who).unwrap(),
					pallet_workers::Call::stop_serving { model },
				);
			}
			Op::Request {
				who,
				model: number,
				items,
				checkers,
				value,
				window,
				max_fee,
			} => {
				let askers = [&REQUESTERS[..], &WORKERS[..1], &OWNERS[..1], &[FUND]].concat();
				let terms = Terms {
					checkers: checkers % 6 + checkers / 250 * 9,
					max_fee: if max_fee { ASY / 100 } else { Balance::MAX },
					value_at_risk: Balance::from(value) * 60,
					window: [Window::Short, Window::Standard, Window::Long][usize::from(window) % 3],
					allow_unlisted: !max_fee,
				};
				self.number += 1;
				let items = if items < 5 { 0 } else { u32::from(items % 3) + 1 };
				let _ = request(
					pick(&askers, who).unwrap(),
					model(number % MODELS),
					items,
					self.number,
					terms,
				);
			}
			Op::Cancel(who, job) => {
				if let Some((id, job)) = self.job(job, |_| true) {
					let who = if who < 30 {
						pick(&REQUESTERS, who).unwrap()
					} else {
						job.requester
					};
					let _ = cancel(who, id);
				}
			}
			Op::Commit(job, who, off) => {
				if let Some((id, job)) = self.job(job, committable) {
					let drawn = standing(&job, |s| s == Standing::Drawn);
					if let Some(worker) = pick(&drawn, who) {
						self.commit(id, &job, worker, off);
					}
				}
			}
			Op::Reveal(job, who, rightly) => {
				if let Some((id, job)) = self.job(job, revealable) {
					let committed = standing(&job, |s| matches!(s, Standing::Committed(_)));
					if let Some(worker) = pick(&committed, who) {
						self.reveal(id, &job, worker, rightly);
					}
				}
			}
			Op::Everybody(wrong) => {
				for id in self.live.clone() {
					let Some(job) = JobMap::<Runtime>::get(id) else {
						continue;
					};
					for (n, participant) in job.participants.iter().enumerate() {
						let off = u8::from(wrong >> (n % 8) & 1 == 1);
						match participant.standing {
							Standing::Drawn if committable(&job) => self.commit(id, &job, participant.worker, off),
							Standing::Committed(_) if revealable(&job) => {
								self.reveal(id, &job, participant.worker, true)
							}
							_ => {}
						}
					}
				}
			}
			Op::Nonsense(who, job, kind) => {
				let worker = pick(&everybody(), who).unwrap();
				let id = JobId(u64::from(job));
				let key = self.keys[&worker];
				let step = match kind % 2 {
					0 => commit_with(key, worker, id, OutcomeDigest::default()),
					_ => reveal_with(key, worker, id, &answer(0, 1)),
				};
				// Signed by somebody else, it must be refused whatever it is.
				let other = if kind < 128 { key } else { key + 1 };
				let before = pallet_jobs::NextJob::<Runtime>::get();
				let done = submit_as(other, worker, vec![step.clone()]);
				assert!(other == key || done.is_err(), "another's signature counts");
				assert_eq!(before, pallet_jobs::NextJob::<Runtime>::get());
				if done.is_ok() && kind % 2 == 0 {
					// It was due after all, and is bound to an answer that nobody has.
					self.bound.remove(&(id, worker));
				}
			}
			Op::Challenge(who, job, off) => {
				let challenged = |job: &JobOf<Runtime>| {
					matches!(job.state, JobState::Provisional { .. } | JobState::Disputed { .. })
				};
				if let Some((id, job)) = self.job(job, challenged) {
					let challengers = [&CHALLENGERS[..], &WORKERS, &REQUESTERS].concat();
					let class = (true_class(job.task) + off % 3) % CLASSES;
					let _ = challenge(pick(&challengers, who).unwrap(), id, reply(&job, class));
				}
			}
			Op::Vote(who, job, off) => {
				if let Some((id, job)) = self.job(job, disputed) {
					let class = (true_class(job.task) + off) % CLASSES;
					let digest = reply(&job, class).digest();
					let _ = vote(pick(&VALIDATORS, who).unwrap(), vec![(id, digest)]);
				}
			}
			Op::VoteAll(job, wrong) => {
				if let Some((id, job)) = self.job(job, disputed) {
					for (n, validator) in VALIDATORS.into_iter().enumerate() {
						let class = (true_class(job.task) + (wrong >> n & 1)) % CLASSES;
						let _ = vote(validator, vec![(id, reply(&job, class).digest())]);
					}
				}
			}
			Op::Blocks(blocks) => {
				for _ in 0..blocks {
					next_block();
					self.check();
				}
			}
			Op::Session(members) => {
				let set: Vec<_> = VALIDATORS
					.into_iter()
					.enumerate()
					.filter(|(n, _)| members >> n & 1 == 1)
					.map(|(_, validator)| validator)
					.collect();
				set_validators(&set);
			}
			Op::Price(x) => CurrentPricing::set(Pricing {
				base: ASY * Balance::from(x) / 2_000,
				per_giga_mac: ASY * Balance::from(x % 16) / 100,
				per_block: ASY * Balance::from(x % 5) / 10_000,
				audit_levy: Permill::from_percent(u32::from(x) % 30),
				burn: Permill::from_percent(u32::from(x) % 7),
			}),
			Op::Time(x) => {
				let x = u32::from(x);
				CurrentPeriods::set(Periods {
					commit: x % 5,
					reveal: x % 7,
					vote: x % 9,
					macs_per_block: 1_000_000_000,
					windows: [x % 4, x % 11, x % 23],
				});
			}
			Op::Secure(x) => {
				let percent = |most: u8| Permill::from_percent(u32::from(x % most));
				CurrentSecurity::set(Security {
					malicious: percent(50),
					audit: percent(100),
					slash: SlashSplit {
						burn: percent(101),
						requester: percent(61),
						provers: percent(81),
					},
					no_show_fine: ASY * Balance::from(x) / 10,
					challenge_bond: ASY * Balance::from(x % 9),
				});
			}
			Op::Darken(dark) => Dark::set(dark),
			Op::Drain(who) => {
				let who = pick(&everybody(), who).unwrap();
				let call = pallet_balances::Call::transfer_all {
					dest: OWNERS[0],
					keep_alive: false,
				};
				let _ = signed(who, call);
			}
			Op::Endow(who) => {
				let amount = 300 * ASY;
				let rich = OWNERS[0];
				let who = pick(&everybody(), who).unwrap();
				let _ = <Balances as Mutate<_>>::transfer(
					&rich,
					&who,
					amount,
					frame_support::traits::tokens::Preservation::Preserve,
				);
			}
		}
		self.check();
	}

	fn end(&mut self, job: JobId) {
		self.ended += 1;
		self.probed += u64::from(self.probes.contains(&job));
	}

	/// Reads what has happened, and checks all that must hold.
	fn check(&mut self) {
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
	fn bound(&self) -> BlockNumber {
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
	fn finish(&mut self) {
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

fn committable(job: &JobOf<Runtime>) -> bool {
	matches!(job.state, JobState::Claiming { .. } | JobState::Checking { .. })
}

fn revealable(job: &JobOf<Runtime>) -> bool {
	matches!(job.state, JobState::Revealing { .. })
}

fn disputed(job: &JobOf<Runtime>) -> bool {
	matches!(job.state, JobState::Disputed { .. })
}

fn standing(job: &JobOf<Runtime>, wanted: impl Fn(Standing) -> bool) -> Vec<AccountId> {
	job.participants
		.iter()
		.filter(|p| wanted(p.standing))
		.map(|p| p.worker)
		.collect()
}

/// Counts what histories get to, so that a test that reaches nothing is seen.
fn reached(event: &RuntimeEvent) {
	use assay_primitives::api::RefundReason::*;
	let name = match event {
		RuntimeEvent::Jobs(event) => match event {
			pallet_jobs::Event::Requested { .. } => "requested",
			pallet_jobs::Event::Provisional { .. } => "provisional",
			pallet_jobs::Event::Settled { .. } => "settled",
			pallet_jobs::Event::NoShow { .. } => "no-show",
			pallet_jobs::Event::Slashed { .. } => "slashed",
			pallet_jobs::Event::Refunded { reason, .. } => match reason {
				NoClaim => "refunded: no claim",
				NoReveal => "refunded: no reveal",
				NoQuorum => "refunded: no quorum",
				AllWrong => "refunded: all wrong",
				Cancelled => "refunded: cancelled",
				Quarantined => "refunded: quarantined",
			},
			_ => return,
		},
		RuntimeEvent::Models(pallet_models::Event::StatusChanged { status, .. }) => match status {
			ModelStatus::Open => "reproduced",
			ModelStatus::Rejected(Rejection::NotReproduced) => "not reproduced",
			ModelStatus::Rejected(Rejection::Flawed(_)) => "found flawed",
			_ => return,
		},
		RuntimeEvent::Disputes(event) => match event {
			pallet_disputes::Event::Opened { .. } => "dispute",
			pallet_disputes::Event::Challenged { .. } => "challenge",
			pallet_disputes::Event::Decided { verdict: Some(_), .. } => "verdict",
			pallet_disputes::Event::Forfeited { .. } => "bond forfeited",
			pallet_disputes::Event::Returned { .. } => "bond returned",
			_ => return,
		},
		_ => return,
	};
	*REACHED.lock().unwrap().entry(name).or_default() += 1;
}

/// A chain with models and workers, on which `steps` happen.
fn history(seed: u64, steps: Vec<Op>) {
	let accounts: Vec<_> = everybody().into_iter().map(|a| (a, 2_000 * ASY)).collect();
	new_chain(seed, &accounts, &VALIDATORS).execute_with(|| {
		RecordPeriod::set(12);
		Unbonding::set(40);
		CurrentPeriods::set(Periods {
			commit: 4,
			reveal: 6,
			vote: 8,
			macs_per_block: 3_000_000_000,
			windows: [3, 10, 30],
		});
		let mut world = World::new();
		for number in 0..2 {
			assert_ok!(open_model(OWNERS[0], number, ASY / 100, 50_000_000));
			for worker in &WORKERS[usize::from(number)..] {
				let _ = register(*worker, 110 * ASY);
				assert_ok!(serve(*worker, model(number), 3));
			}
		}
		for worker in &WORKERS[3..] {
			assert_ok!(serve(*worker, probe_pool(ENGINE), 2));
		}
		world.check();
		for step in steps {
			world.apply(step);
		}
		world.finish();
	});
}

#[test]
fn whatever_happens_every_job_ends_and_every_token_is_accounted_for() {
	let config = ProptestConfig {
		cases: CASES,
		failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::Direct(
			concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/interleavings.txt"),
		))),
		..Default::default()
	};
	proptest!(config, |(seed in any::<u64>(), steps in prop::collection::vec(op(), STEPS / 2..STEPS))| {
		history(seed, steps);
	});
	let steps = STEPS_TAKEN.load(Ordering::Relaxed);
	let reached = REACHED.lock().unwrap();
	eprintln!("{steps} steps, {} jobs: {:?}", JOBS.load(Ordering::Relaxed), *reached);
	assert!(steps >= ENOUGH, "only {steps} steps");
	for name in [
		"settled",
		"refunded: no claim",
		"refunded: no reveal",
		"refunded: no quorum",
		"refunded: all wrong",
		"refunded: cancelled",
		"verdict",
		"bond forfeited",
		"bond returned",
		"slashed",
		"no-show",
		"reproduced",
		"not reproduced",
		"found flawed",
	] {
		assert!(reached.contains_key(name), "no history got to: {name}");
	}
}
