//! All strategies at once: many jobs in flight, on all terms, with honest, lazy, absent, colluding and spiteful
//! participants.

use crate::{chain::*, experiment::*, ledger::*, runtime::*, simulation::*, statistics::Rng};
use assay_primitives::{
	api::{ParticipantStatus, Role},
	terms::Window,
	JobId,
};
use frame_support::assert_ok;
use std::collections::BTreeMap;

/// The workers: strategy, number of accounts, and slots of each.
pub const POPULATION: [(Strategy, u64, u32); 6] = [
	(Strategy::Honest, 42, 2),
	(Strategy::Cartel, 24, 1),
	(Strategy::Guess, 3, 1),
	(Strategy::Stale, 3, 1),
	(Strategy::Absent, 3, 1),
	(Strategy::AbsentChecker, 3, 1),
];

/// The probability that a job is requested in a block.
const ARRIVAL: f64 = 0.8;
/// The share of jobs that are requested only to be cancelled, and of right results that are challenged.
const GRIEF: f64 = 0.02;

/// The flows of funds, in ASY.
#[derive(Clone, Debug, Default)]
pub struct Flows {
	pub fees: f64,
	pub workers: f64,
	pub owners: f64,
	pub levies: f64,
	pub fees_burned: f64,
	pub audits_paid: f64,
	pub fines: f64,
	pub slashed: f64,
	pub slashes_burned: f64,
	/// From slashes, without fines.
	pub slashes_to_fund: f64,
	/// From slashes, to requesters and reporters.
	pub slashes_to_others: f64,
	pub forfeited_burned: f64,
	pub fund_at_start: f64,
	pub fund_at_end: f64,
}

/// The results of a market.
#[derive(Clone, Debug)]
pub struct Market {
	pub jobs: u64,
	pub settled: u64,
	pub refunded: u64,
	pub disputes: u64,
	pub audits: u64,
	pub no_shows: u64,
	/// The number of false answers that were settled, whoever gave them.
	pub false_settled: u64,
	/// The number of false claims of the cartel, and of those that were settled.
	pub claims: u64,
	pub passed: u64,
	/// The evasion probabilities of these claims.
	pub chances: Vec<f64>,
	/// For each strategy: the number of draws, and the gain per draw, in ASY.
	pub by_strategy: Vec<(Strategy, u64, f64)>,
	/// The gain of the griever, who cancels jobs and challenges right results, in ASY.
	pub griever: f64,
	pub grief_count: u64,
	/// The largest loss of an honest account, in ASY.
	pub worst_honest_loss: f64,
	pub honest_punished: u32,
	/// The audit fund in ASY, by number of jobs.
	pub fund: Vec<(u64, f64)>,
	pub flows: Flows,
}

/// Runs a market of `jobs` jobs.
pub fn run(seed: u64, jobs: u64, watched: bool) -> Market {
	let mut next = WORKERS;
	let mut workers = Vec::new();
	for (strategy, accounts, slots) in POPULATION {
		workers.extend((next..next + accounts).map(|account| (account, strategy, slots)));
		next += accounts;
	}
	let mut accounts: Vec<_> = workers.iter().map(|(a, ..)| (*a, ENDOWMENT)).collect();
	accounts.extend(VALIDATORS.map(|a| (a, ENDOWMENT)));
	accounts.extend([OWNER, REQUESTER, WATCHER, OUTSIDER].map(|a| (a, ENDOWMENT)));
	new_chain(seed, &accounts, &VALIDATORS).execute_with(|| {
		keep_records();
		assert_ok!(open_model(OWNER, 1, ROYALTY, MACS));
		for (worker, _, slots) in &workers {
			employ(*worker, model(1), *slots);
		}
		let mut simulation = Simulation::new(seed, &VALIDATORS);
		simulation.strategies = workers.iter().map(|(a, strategy, _)| (*a, *strategy)).collect();
		simulation.grievers.push(OUTSIDER);
		simulation.grief_rate = GRIEF;
		if watched {
			simulation.watchers.push(WATCHER);
		}
		let market = trade(&mut simulation, &workers, jobs);
		try_state().unwrap();
		simulation.ledger.check().unwrap();
		assert_eq!(pending_holds(), 0, "funds are on hold for a job that has ended");
		market
	})
}

fn trade(simulation: &mut Simulation, workers: &[(AccountId, Strategy, u32)], jobs: u64) -> Market {
	let of = |wanted: Strategy| -> Vec<AccountId> {
		workers
			.iter()
			.filter(|(_, s, _)| *s == wanted)
			.map(|(a, ..)| *a)
			.collect()
	};
	let dishonest: Vec<AccountId> = workers
		.iter()
		.filter(|(_, s, _)| *s != Strategy::Honest)
		.map(|(a, ..)| *a)
		.collect();
	let bystanders: Vec<AccountId> = of(Strategy::Honest)
		.into_iter()
		.chain(VALIDATORS)
		.chain([OWNER, WATCHER])
		.collect();
	let start: BTreeMap<AccountId, Balance> = workers
		.iter()
		.map(|(a, ..)| *a)
		.chain(bystanders.iter().copied())
		.chain([OUTSIDER, FUND])
		.map(|account| (account, balance(account)))
		.collect();
	let mut rng = Rng::new(simulation.rng.next_u64());
	let mut fund = vec![(0, asy(balance(FUND)))];
	let mut at_risk = BTreeMap::<JobId, Balance>::new();
	let (mut asked, mut grief_count) = (0, 0);
	let mut to_cancel = None;
	while asked < jobs {
		restore_slots(model(1), &dishonest);
		if let Some(id) = to_cancel.take() {
			// Refused if a quick executor has claimed already.
			grief_count += u64::from(cancel(OUTSIDER, id).is_ok());
		}
		if rng.next_bool(ARRIVAL) {
			let checkers = rng.below(4) as u8;
			let value = most_at_risk(checkers, model(1)) * Balance::from(rng.below(101)) / 100;
			let spiteful = rng.next_bool(GRIEF);
			let requester = if spiteful { OUTSIDER } else { REQUESTER };
			if let Ok(id) = request(requester, model(1), 1, asked, terms(checkers, value, Window::Short)) {
				asked += 1;
				at_risk.insert(id, value);
				if spiteful {
					to_cancel = Some(id);
				}
				if asked % 50 == 0 {
					fund.push((asked, asy(balance(FUND))));
				}
			}
		}
		simulation.run_block();
	}
	simulation.run_to_end();
	fund.push((asked, asy(balance(FUND))));

	let loot: f64 = simulation
		.ended
		.iter()
		.filter(|ended| ended.is_false() && ended.false_claim == Some(true))
		.filter_map(|ended| at_risk.get(&ended.id))
		.map(|value| asy(*value))
		.sum();
	let by_strategy = POPULATION
		.iter()
		.map(|(strategy, ..)| {
			let accounts = of(*strategy);
			let drawn = simulation
				.drawn
				.iter()
				.filter(|(_, worker)| accounts.contains(worker))
				.count() as u64;
			let gained: f64 = accounts.iter().map(|a| difference(start[a], balance(*a))).sum();
			let loot = if *strategy == Strategy::Cartel { loot } else { 0.0 };
			(*strategy, drawn, (gained + loot) / drawn.max(1) as f64)
		})
		.collect();
	let punished = |book: &BTreeMap<AccountId, (Balance, u32)>| {
		of(Strategy::Honest)
			.iter()
			.filter_map(|a| book.get(a))
			.map(|(_, times)| times)
			.sum::<u32>()
	};
	let totals = Jobs::stats();
	let by_cartel = |ended: &&EndedJob| {
		let executor = ended.job.participants.first().map(|p| p.worker);
		ended.false_claim == Some(true)
			&& executor.is_some_and(|worker| simulation.strategy(worker) == Strategy::Cartel)
	};
	Market {
		jobs: totals.requested,
		settled: totals.settled,
		refunded: totals.refunded,
		disputes: totals.disputes,
		audits: totals.audits,
		no_shows: totals.no_shows,
		claims: simulation.ended.iter().filter(by_cartel).count() as u64,
		passed: simulation
			.ended
			.iter()
			.filter(by_cartel)
			.filter(|ended| ended.is_false())
			.count() as u64,
		false_settled: simulation.ended.iter().filter(|ended| ended.is_false()).count() as u64,
		chances: simulation
			.ended
			.iter()
			.filter(by_cartel)
			.filter_map(|ended| ended.evasion_probability)
			.collect(),
		by_strategy,
		griever: difference(start[&OUTSIDER], balance(OUTSIDER)),
		grief_count: grief_count + u64::from(simulation.grief_count),
		worst_honest_loss: bystanders
			.iter()
			.map(|a| -difference(start[a], balance(*a)))
			.fold(f64::MIN, f64::max),
		honest_punished: punished(&simulation.fines) + punished(&simulation.slashes),
		fund,
		flows: flows(simulation, start[&FUND]),
	}
}

/// Adds up what jobs paid under their agreed terms.
fn flows(simulation: &Simulation, fund_at_start: Balance) -> Flows {
	let totals = Jobs::stats();
	let sum = |book: &BTreeMap<AccountId, (Balance, u32)>| asy(book.values().map(|(amount, _)| amount).sum());
	let mut flows = Flows {
		fines: sum(&simulation.fines),
		slashed: sum(&simulation.slashes),
		forfeited_burned: asy(simulation.ledger.forfeited),
		fund_at_start: asy(fund_at_start),
		fund_at_end: asy(balance(FUND)),
		..Default::default()
	};
	for EndedJob { job, digest, .. } in &simulation.ended {
		let Some(digest) = digest else {
			continue;
		};
		let fee = job.terms.fee;
		for participant in job
			.participants
			.iter()
			.filter(|p| p.status == ParticipantStatus::Revealed(*digest))
		{
			match participant.role {
				Role::Auditor => flows.audits_paid += asy(fee.pay),
				_ => flows.workers += asy(fee.pay),
			}
		}
		flows.owners += asy(fee.royalty);
		flows.levies += asy(fee.levy);
		flows.fees_burned += asy(fee.burn);
	}
	flows.fees = flows.workers + flows.owners + flows.levies + flows.fees_burned;
	flows.slashes_burned = asy(totals.burned) - flows.fees_burned;
	flows.slashes_to_fund = flows.fund_at_end - flows.fund_at_start - flows.levies - flows.fines + flows.audits_paid;
	flows.slashes_to_others = flows.slashed - flows.slashes_burned - flows.slashes_to_fund;
	flows
}
