//! Measurements of one strategy under one set of terms: one job after the other on one chain, so that every gain has one cause.

use crate::{actors::*, books::*, runtime::*, statistics::*, world::*};
use assay_primitives::{terms::Window, JobId, ModelId};
use frame_support::assert_ok;
use pallet_jobs::Jobs;

/// Slots of the model in every cell, each of another worker.
pub const SLOTS: u32 = 90;
/// Multiply-accumulates of the model that is asked: a job pays 0.011 ASY to each worker.
pub const MACS: u64 = 1_000_000_000;
/// What the model's owner gets for each input.
pub const ROYALTY: Balance = ASY / 500;

pub(crate) const OWNER: AccountId = 10;
pub(crate) const REQUESTER: AccountId = 11;
pub(crate) const WATCHER: AccountId = 12;
/// A member of the cartel that does not work: it asks, cancels, or challenges.
pub(crate) const OUTSIDER: AccountId = 13;
pub(crate) const VALIDATORS: [AccountId; 4] = [20, 21, 22, 23];
/// The first of the workers.
pub(crate) const WORKERS: AccountId = 100;
pub(crate) const ENDOWMENT: Balance = 1_000_000_000 * ASY;

/// Who asks, in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
	/// Somebody honest.
	Stranger,
	/// The cartel itself, so that a fifth of each bond comes back to it. It takes the job back unless it executes it.
	Cartel,
}

/// What is measured.
#[derive(Clone, Debug)]
pub struct Cell {
	pub name: &'static str,
	/// How the dishonest behave.
	pub strategy: Strategy,
	/// How many of the [`SLOTS`] are theirs.
	pub dishonest: u32,
	pub asks: Asks,
	pub checkers: u8,
	/// Whether an honest watcher runs every result.
	pub watched: bool,
	/// Samples to take.
	pub samples: usize,
	/// The most jobs to ask for.
	pub jobs: u64,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Finding {
	pub cell: Cell,
	/// Jobs accepted.
	pub jobs: u64,
	/// What was at risk in each job, in ASY.
	pub value_at_risk: f64,
	/// What the dishonest gained, in ASY: by false claim for the cartel, by draw for others. What was at risk is theirs if a
	/// false claim of theirs was settled.
	pub gains: Vec<f64>,
	/// The same for the samples in which a false answer was settled, and in which none was.
	pub gain_passed: Vec<f64>,
	pub gain_failed: Vec<f64>,
	/// The chance to pass of each false claim of the cartel, by the pool at its draw.
	pub chances: Vec<f64>,
	/// False claims that were settled.
	pub passed: u64,
	/// Jobs settled with a false answer, whoever gave it.
	pub false_settled: u64,
	/// Bonds taken.
	pub slashes: u64,
	/// The most that an honest worker, watcher, validator or owner lost, in ASY. The fines of honest workers are not deducted.
	pub worst_honest_loss: f64,
	/// Fines and slashes of honest workers.
	pub honest_punished: u32,
	/// Mean gain of an honest worker by each of its draws, in ASY.
	pub honest_gain: f64,
	/// The audit fund at the end, in ASY.
	pub fund: f64,
}

impl Finding {
	pub fn mean(&self) -> Mean {
		Mean::of(&self.gains)
	}

	/// The share of slots that are dishonest.
	pub fn share(&self) -> f64 {
		f64::from(self.cell.dishonest) / f64::from(SLOTS)
	}

	/// The chance to pass by the protocol's formula.
	pub fn formula(&self) -> f64 {
		passing(self.share(), self.cell.checkers, 0.1)
	}
}

/// In ASY.
pub fn asy(amount: Balance) -> f64 {
	amount as f64 / ASY as f64
}

/// In ASY, between two states.
pub(crate) fn change(before: Balance, after: Balance) -> f64 {
	match after >= before {
		true => asy(after - before),
		false => -asy(before - after),
	}
}

/// Keeps the records of all jobs. A test chain never forgets that something was removed, and walks over all that was whenever it looks
/// for what is next.
pub(crate) fn keep_records() {
	RecordPeriod::set(100_000_000);
}

/// Takes the samples of one cell.
pub fn measure(seed: u64, cell: Cell) -> Finding {
	let workers: Vec<AccountId> = (0..SLOTS).map(|n| WORKERS + AccountId::from(n)).collect();
	let (dishonest, honest) = workers.split_at(cell.dishonest as usize);
	let mut accounts: Vec<_> = workers.iter().chain(&VALIDATORS).map(|a| (*a, ENDOWMENT)).collect();
	accounts.extend([OWNER, REQUESTER, WATCHER, OUTSIDER].map(|a| (a, ENDOWMENT)));
	new_chain(seed, &accounts, &VALIDATORS).execute_with(|| {
		keep_records();
		assert_ok!(open_model(OWNER, 1, ROYALTY, MACS));
		let model = model(1);
		for worker in &workers {
			employ(*worker, model, 1);
		}
		let mut play = Play::new(seed, &VALIDATORS);
		play.strategies = dishonest.iter().map(|worker| (*worker, cell.strategy)).collect();
		if cell.watched {
			play.watchers.push(WATCHER);
		}
		let finding = run(&mut play, cell.clone(), model, dishonest, honest);
		try_state().unwrap();
		play.ledger.check().unwrap();
		assert_eq!(pending_holds(), 0, "nothing is held for a job that has ended");
		finding
	})
}

fn run(play: &mut Play, cell: Cell, model: ModelId, dishonest: &[AccountId], honest: &[AccountId]) -> Finding {
	let at_risk = most_at_risk(cell.checkers, MACS, ROYALTY);
	let group: Vec<AccountId> = dishonest.iter().copied().chain([OUTSIDER]).collect();
	let bystanders: Vec<AccountId> = honest
		.iter()
		.chain(&VALIDATORS)
		.copied()
		.chain([OWNER, WATCHER])
		.collect();
	let start: Vec<Balance> = bystanders.iter().map(|account| balance(*account)).collect();
	let mut finding = Finding {
		value_at_risk: asy(at_risk),
		jobs: 0,
		gains: Vec::new(),
		gain_passed: Vec::new(),
		gain_failed: Vec::new(),
		chances: Vec::new(),
		passed: 0,
		false_settled: 0,
		slashes: 0,
		worst_honest_loss: 0.0,
		honest_punished: 0,
		honest_gain: 0.0,
		fund: 0.0,
		cell: cell.clone(),
	};
	let mut before = wealth(&group);
	while finding.gains.len() < cell.samples && finding.jobs < cell.jobs {
		top_up(model, dishonest);
		finding.jobs += 1;
		let (id, own) = ask(play, &cell, model, at_risk, finding.jobs);
		if !own {
			continue;
		}
		play.drawn.clear();
		play.finish();
		let ended = play.ended.pop().expect("a job ends");
		assert_eq!(ended.id, id);
		let drawn = play
			.drawn
			.iter()
			.filter(|(_, worker)| dishonest.contains(worker))
			.count();
		let is_false = ended.is_false();
		finding.false_settled += u64::from(is_false);
		let sampled = match cell.strategy {
			Strategy::Cartel => ended.lied == Some(true),
			_ => drawn > 0,
		};
		let after = wealth(&group);
		if sampled {
			let by = match cell.strategy {
				Strategy::Cartel => 1.0,
				_ => drawn as f64,
			};
			let loot = if is_false { finding.value_at_risk } else { 0.0 };
			let gain = (change(before, after) + loot) / by;
			finding.gains.push(gain);
			finding.chances.extend(ended.passing);
			finding.passed += u64::from(is_false);
			match is_false {
				true => finding.gain_passed.push(gain),
				false => finding.gain_failed.push(gain),
			}
		}
		if sampled || cell.asks == Asks::Stranger {
			before = after;
		}
	}
	let lost = |(account, start): (&AccountId, &Balance)| -change(*start, balance(*account));
	finding.worst_honest_loss = bystanders.iter().zip(&start).map(lost).fold(f64::MIN, f64::max);
	let punished = |book: &std::collections::BTreeMap<AccountId, (Balance, u32)>| {
		honest
			.iter()
			.filter_map(|worker| book.get(worker))
			.map(|(_, times)| times)
			.sum::<u32>()
	};
	finding.honest_punished = punished(&play.fines) + punished(&play.slashes);
	finding.slashes = play.slashes.values().map(|(_, times)| u64::from(*times)).sum();
	finding.honest_gain = {
		let earned: f64 = honest.iter().zip(&start).map(|(a, s)| change(*s, balance(*a))).sum();
		let answers: u64 = honest
			.iter()
			.map(|a| pallet_workers::Records::<Runtime>::get(a).answers)
			.sum();
		earned / answers.max(1) as f64
	};
	finding.fund = asy(balance(FUND));
	finding
}

/// Asks once. Returns the job's number and whether it goes on: the cartel takes back what it does not execute.
fn ask(play: &mut Play, cell: &Cell, model: ModelId, at_risk: Balance, number: u64) -> (JobId, bool) {
	let requester = match cell.asks {
		Asks::Stranger => REQUESTER,
		Asks::Cartel => OUTSIDER,
	};
	let id = request(
		requester,
		model,
		1,
		number,
		terms(cell.checkers, at_risk, Window::Short),
	)
	.expect("the chain accepts what deters");
	play.notice();
	let executor = Jobs::<Runtime>::get(id)
		.map(|job| job.participants[0].worker)
		.expect("a job has an executor");
	let own = cell.asks == Asks::Stranger || play.strategy(executor) == cell.strategy;
	if !own {
		assert_ok!(cancel(requester, id));
		play.notice();
		play.ended.pop();
	}
	(id, own)
}

/// Brings the dishonest back to one slot each, whatever they lost.
pub(crate) fn top_up(model: ModelId, dishonest: &[AccountId]) {
	for worker in dishonest {
		let record = pallet_workers::Workers::<Runtime>::get(worker).expect("a slashed worker is a worker");
		if record.stake < MIN_STAKE {
			let amount = MIN_STAKE - record.stake;
			assert_ok!(signed(*worker, pallet_workers::Call::bond_more { amount }));
		}
		if record.committed == 0 {
			assert_ok!(serve(*worker, model, 1));
		}
	}
}

/// What somebody loses who challenges right results: gains by challenge, in ASY.
pub fn grieve_by_challenge(seed: u64, jobs: u64) -> Vec<f64> {
	grieve(seed, jobs, |play, model, number| {
		assert_ok!(request(REQUESTER, model, 1, number, terms(1, ASY, Window::Short)));
		play.finish();
	})
}

/// What somebody loses who opens jobs and takes them back: gains by job, in ASY.
pub fn grieve_by_cancelling(seed: u64, jobs: u64) -> Vec<f64> {
	grieve(seed, jobs, |play, model, number| {
		let id = request(OUTSIDER, model, 1, number, terms(1, ASY, Window::Short)).unwrap();
		next_block();
		assert_ok!(cancel(OUTSIDER, id));
		play.notice();
	})
}

fn grieve(seed: u64, jobs: u64, act: impl Fn(&mut Play, ModelId, u64)) -> Vec<f64> {
	let workers: Vec<AccountId> = (0..10).map(|n| WORKERS + n).collect();
	let mut accounts: Vec<_> = workers.iter().chain(&VALIDATORS).map(|a| (*a, ENDOWMENT)).collect();
	accounts.extend([OWNER, REQUESTER, OUTSIDER].map(|a| (a, ENDOWMENT)));
	new_chain(seed, &accounts, &VALIDATORS).execute_with(|| {
		keep_records();
		assert_ok!(open_model(OWNER, 1, ROYALTY, MACS));
		let model = model(1);
		for worker in &workers {
			employ(*worker, model, 1);
		}
		let bystanders: Vec<AccountId> = workers.iter().chain(&VALIDATORS).copied().collect();
		let start: Vec<Balance> = bystanders.iter().map(|account| balance(*account)).collect();
		let mut play = Play::new(seed, &VALIDATORS);
		play.grievers.push(OUTSIDER);
		let gains = (0..jobs)
			.map(|number| {
				let before = balance(OUTSIDER);
				act(&mut play, model, number);
				change(before, balance(OUTSIDER))
			})
			.collect();
		for (account, start) in bystanders.iter().zip(start) {
			assert!(balance(*account) >= start, "a griever costs nobody honest anything");
		}
		assert!(
			play.ended.iter().all(|ended| !ended.is_false()),
			"no griever makes an answer false"
		);
		try_state().unwrap();
		play.ledger.check().unwrap();
		gains
	})
}
