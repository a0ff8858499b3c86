//! Measures one strategy under one set of terms: one job after another on one chain, so that every gain has one cause.

use crate::{chain::*, ledger::*, runtime::*, simulation::*, statistics::*};
use assay_primitives::{terms::Window, JobId, ModelId};
use frame_support::assert_ok;
use pallet_jobs::Jobs;

/// Slots of the model in every cell, each of a different worker.
pub const SLOTS: u32 = 90;
/// Multiply-accumulates of the model: a job pays 0.011 ASY to each worker.
pub const MACS: u64 = 1_000_000_000;
/// The royalty for each item.
pub const ROYALTY: Balance = ASY / 500;

pub(crate) const OWNER: AccountId = 10;
pub(crate) const REQUESTER: AccountId = 11;
pub(crate) const WATCHER: AccountId = 12;
/// A member of the cartel that does not work: it requests, cancels, or challenges.
pub(crate) const OUTSIDER: AccountId = 13;
pub(crate) const VALIDATORS: [AccountId; 4] = [20, 21, 22, 23];
/// The first worker.
pub(crate) const WORKERS: AccountId = 100;
pub(crate) const ENDOWMENT: Balance = 1_000_000_000 * ASY;

/// Who requests the jobs of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requester {
	/// An honest account.
	Stranger,
	/// The cartel itself, which so gets a fifth of each bond back. It cancels the jobs that it does not execute.
	Cartel,
}

/// One cell of the table: a strategy under one set of terms.
#[derive(Clone, Debug)]
pub struct Cell {
	pub name: &'static str,
	/// The strategy of the dishonest workers.
	pub strategy: Strategy,
	/// The number of dishonest slots among the [`SLOTS`].
	pub dishonest: u32,
	pub requester: Requester,
	pub checkers: u8,
	/// Whether an honest watcher re-executes every result.
	pub watched: bool,
	/// The number of samples to take.
	pub samples: usize,
	/// The maximum number of jobs to request.
	pub jobs: u64,
}

/// The measurement of one cell.
#[derive(Clone, Debug)]
pub struct Measurement {
	pub cell: Cell,
	/// The number of jobs accepted.
	pub jobs: u64,
	/// The value at risk in each job, in ASY.
	pub value_at_risk: f64,
	/// What the dishonest gained, in ASY: per false claim for the cartel, per draw for others. It includes the value at
	/// risk if a false claim was settled.
	pub gains: Vec<f64>,
	/// The gains of the samples in which a false answer was settled, and of those in which none was.
	pub gains_of_passed: Vec<f64>,
	pub gains_of_failed: Vec<f64>,
	/// The evasion probability of each false claim of the cartel, given the pool at its draw.
	pub chances: Vec<f64>,
	/// The number of false claims that were settled.
	pub passed: u64,
	/// The number of jobs settled with a false answer, whoever gave it.
	pub false_settled: u64,
	/// The number of slashed bonds.
	pub slashes: u64,
	/// The largest loss of an honest worker, watcher, validator or owner, in ASY, fines of honest workers included.
	pub worst_honest_loss: f64,
	/// The number of fines and slashes of honest workers.
	pub honest_punished: u32,
	/// The mean gain of an honest worker per answer, in ASY.
	pub honest_gain: f64,
	/// The audit fund at the end, in ASY.
	pub fund: f64,
}

impl Measurement {
	pub fn mean(&self) -> Mean {
		Mean::of(&self.gains)
	}

	/// Returns the share of dishonest slots.
	pub fn share(&self) -> f64 {
		f64::from(self.cell.dishonest) / f64::from(SLOTS)
	}

	/// Returns the evasion probability by the protocol's formula.
	pub fn formula(&self) -> f64 {
		evasion_probability(self.share(), self.cell.checkers, 0.1)
	}
}

/// Converts an amount to ASY.
pub fn asy(amount: Balance) -> f64 {
	amount as f64 / ASY as f64
}

/// Returns the difference between two balances, in ASY.
pub(crate) fn difference(before: Balance, after: Balance) -> f64 {
	match after >= before {
		true => asy(after - before),
		false => -asy(before - after),
	}
}

/// Keeps the records of all jobs. A test chain never forgets removed keys, and walks over all of them whenever it looks
/// for the next key.
pub(crate) fn keep_records() {
	RecordPeriod::set(100_000_000);
}

/// Takes the samples of one cell.
pub fn measure(seed: u64, cell: Cell) -> Measurement {
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
		let mut simulation = Simulation::new(seed, &VALIDATORS);
		simulation.strategies = dishonest.iter().map(|worker| (*worker, cell.strategy)).collect();
		if cell.watched {
			simulation.watchers.push(WATCHER);
		}
		let measurement = run(&mut simulation, cell.clone(), model, dishonest, honest);
		try_state().unwrap();
		simulation.ledger.check().unwrap();
		assert_eq!(pending_holds(), 0, "funds are on hold for a job that has ended");
		measurement
	})
}

fn run(
	simulation: &mut Simulation,
	cell: Cell,
	model: ModelId,
	dishonest: &[AccountId],
	honest: &[AccountId],
) -> Measurement {
	let at_risk = most_at_risk(cell.checkers, model);
	let group: Vec<AccountId> = dishonest.iter().copied().chain([OUTSIDER]).collect();
	let bystanders: Vec<AccountId> = honest
		.iter()
		.chain(&VALIDATORS)
		.copied()
		.chain([OWNER, WATCHER])
		.collect();
	let start: Vec<Balance> = bystanders.iter().map(|account| balance(*account)).collect();
	let mut measurement = Measurement {
		value_at_risk: asy(at_risk),
		jobs: 0,
		gains: Vec::new(),
		gains_of_passed: Vec::new(),
		gains_of_failed: Vec::new(),
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
	let mut before = total_balance(&group);
	while measurement.gains.len() < cell.samples && measurement.jobs < cell.jobs {
		restore_slots(model, dishonest);
		measurement.jobs += 1;
		let (id, own) = ask(simulation, &cell, model, at_risk, measurement.jobs);
		if !own {
			continue;
		}
		simulation.drawn.clear();
		simulation.run_to_end();
		let ended = simulation.ended.pop().expect("a job ends");
		assert_eq!(ended.id, id);
		let drawn = simulation
			.drawn
			.iter()
			.filter(|(_, worker)| dishonest.contains(worker))
			.count();
		let is_false = ended.is_false();
		measurement.false_settled += u64::from(is_false);
		let sampled = match cell.strategy {
			Strategy::Cartel => ended.false_claim == Some(true),
			_ => drawn > 0,
		};
		let after = total_balance(&group);
		if sampled {
			let by = match cell.strategy {
				Strategy::Cartel => 1.0,
				_ => drawn as f64,
			};
			let loot = if is_false { measurement.value_at_risk } else { 0.0 };
			let gain = (difference(before, after) + loot) / by;
			measurement.gains.push(gain);
			measurement.chances.extend(ended.evasion_probability);
			measurement.passed += u64::from(is_false);
			match is_false {
				true => measurement.gains_of_passed.push(gain),
				false => measurement.gains_of_failed.push(gain),
			}
		}
		if sampled || cell.requester == Requester::Stranger {
			before = after;
		}
	}
	let lost = |(account, start): (&AccountId, &Balance)| -difference(*start, balance(*account));
	measurement.worst_honest_loss = bystanders.iter().zip(&start).map(lost).fold(f64::MIN, f64::max);
	let punished = |book: &std::collections::BTreeMap<AccountId, (Balance, u32)>| {
		honest
			.iter()
			.filter_map(|worker| book.get(worker))
			.map(|(_, times)| times)
			.sum::<u32>()
	};
	measurement.honest_punished = punished(&simulation.fines) + punished(&simulation.slashes);
	measurement.slashes = simulation.slashes.values().map(|(_, times)| u64::from(*times)).sum();
	measurement.honest_gain = {
		let earned: f64 = honest
			.iter()
			.zip(&start)
			.map(|(a, s)| difference(*s, balance(*a)))
			.sum();
		let answers: u64 = honest
			.iter()
			.map(|a| pallet_workers::Records::<Runtime>::get(a).answers)
			.sum();
		earned / answers.max(1) as f64
	};
	measurement.fund = asy(balance(FUND));
	measurement
}

/// Requests one job. Returns its id and whether it goes on: the cartel cancels what it does not execute.
fn ask(simulation: &mut Simulation, cell: &Cell, model: ModelId, at_risk: Balance, number: u64) -> (JobId, bool) {
	let requester = match cell.requester {
		Requester::Stranger => REQUESTER,
		Requester::Cartel => OUTSIDER,
	};
	let id = request(
		requester,
		model,
		1,
		number,
		terms(cell.checkers, at_risk, Window::Short),
	)
	.expect("the chain accepts terms that deter");
	simulation.process_events();
	let executor = Jobs::<Runtime>::get(id)
		.map(|job| job.participants[0].worker)
		.expect("a job has an executor");
	let own = cell.requester == Requester::Stranger || simulation.strategy(executor) == cell.strategy;
	if !own {
		assert_ok!(cancel(requester, id));
		simulation.process_events();
		simulation.ended.pop();
	}
	(id, own)
}

/// Restores one slot of each dishonest worker, whatever it lost.
pub(crate) fn restore_slots(model: ModelId, dishonest: &[AccountId]) {
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
	list_tickets();
}

/// Measures what challenging right results costs: gains per challenge, in ASY.
pub fn measure_griefing_by_challenge(seed: u64, jobs: u64) -> Vec<f64> {
	measure_griefing(seed, jobs, |simulation, model, number| {
		assert_ok!(request(REQUESTER, model, 1, number, terms(1, ASY, Window::Short)));
		simulation.run_to_end();
	})
}

/// Measures what requesting and cancelling jobs costs: gains per job, in ASY.
pub fn measure_griefing_by_cancelling(seed: u64, jobs: u64) -> Vec<f64> {
	measure_griefing(seed, jobs, |simulation, model, number| {
		let id = request(OUTSIDER, model, 1, number, terms(1, ASY, Window::Short)).unwrap();
		next_block();
		assert_ok!(cancel(OUTSIDER, id));
		simulation.process_events();
	})
}

fn measure_griefing(seed: u64, jobs: u64, act: impl Fn(&mut Simulation, ModelId, u64)) -> Vec<f64> {
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
		let mut simulation = Simulation::new(seed, &VALIDATORS);
		simulation.grievers.push(OUTSIDER);
		let gains = (0..jobs)
			.map(|number| {
				let before = balance(OUTSIDER);
				act(&mut simulation, model, number);
				difference(before, balance(OUTSIDER))
			})
			.collect();
		for (account, start) in bystanders.iter().zip(start) {
			assert!(
				balance(*account) >= start,
				"a griever has cost an honest account something"
			);
		}
		assert!(
			simulation.ended.iter().all(|ended| !ended.is_false()),
			"a griever has made an answer false"
		);
		try_state().unwrap();
		simulation.ledger.check().unwrap();
		gains
	})
}
