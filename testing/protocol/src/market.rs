//! Everybody at once: many jobs in flight, on all terms, asked of honest, lazy, absent, colluding and spiteful workers alike.

use crate::{actors::*, books::*, cells::*, runtime::*, statistics::Rng, world::*};
use assay_primitives::{
	api::{Duty, Standing},
	terms::Window,
	JobId,
};
use frame_support::assert_ok;
use std::collections::BTreeMap;

/// Who works, each with one slot but for the honest, who have two.
pub const POPULATION: [(Strategy, u64, u32); 6] = [
	(Strategy::Honest, 42, 2),
	(Strategy::Cartel, 24, 1),
	(Strategy::Guess, 3, 1),
	(Strategy::Stale, 3, 1),
	(Strategy::Absent, 3, 1),
	(Strategy::AbsentChecker, 3, 1),
];

/// The chance that somebody asks in a block.
const ARRIVAL: f64 = 0.8;
/// The share of jobs that are opened to be taken back, and of right results that are challenged.
const GRIEF: f64 = 0.02;

/// Where the money went, in ASY.
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
	/// Out of slashes, without fines.
	pub slashes_to_fund: f64,
	/// Out of slashes, to requesters and provers.
	pub slashes_to_others: f64,
	pub forfeited_burned: f64,
	pub fund_at_start: f64,
	pub fund_at_end: f64,
}

/// What a market came to.
#[derive(Clone, Debug)]
pub struct Market {
	pub jobs: u64,
	pub settled: u64,
	pub refunded: u64,
	pub disputes: u64,
	pub audits: u64,
	pub no_shows: u64,
	/// False answers that were settled, whoever gave them.
	pub false_settled: u64,
	/// False claims of the cartel, and how many of them were settled.
	pub claims: u64,
	pub passed: u64,
	/// The chances to pass of these claims.
	pub chances: Vec<f64>,
	/// By strategy: times drawn, and what the strategy gained by each, in ASY.
	pub by_strategy: Vec<(Strategy, u64, f64)>,
	/// What was lost by opening jobs and taking them back and by challenging what is right, in ASY.
	pub griever: f64,
	pub griefs: u64,
	/// The most that an honest account lost, in ASY.
	pub worst_honest_loss: f64,
	pub honest_punished: u32,
	/// The audit fund in ASY, after so many jobs.
	pub fund: Vec<(u64, f64)>,
	pub flows: Flows,
}

/// Plays a market of so many jobs.
pub fn play(seed: u64, jobs: u64, watched: bool) -> Market {
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
		let mut play = Play::new(seed, &VALIDATORS);
		play.strategies = workers.iter().map(|(a, strategy, _)| (*a, *strategy)).collect();
		play.grievers.push(OUTSIDER);
		play.grief = GRIEF;
		if watched {
			play.watchers.push(WATCHER);
		}
		let market = trade(&mut play, &workers, jobs);
		try_state().unwrap();
		play.ledger.check().unwrap();
		assert_eq!(pending_holds(), 0, "nothing is held for a job that has ended");
		market
	})
}

fn trade(play: &mut Play, workers: &[(AccountId, Strategy, u32)], jobs: u64) -> Market {
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
	let mut rng = Rng::new(play.rng.number());
	let mut fund = vec![(0, asy(balance(FUND)))];
	let mut at_risk = BTreeMap::<JobId, Balance>::new();
	let (mut asked, mut griefs) = (0, 0);
	let mut to_cancel = None;
	while asked < jobs {
		top_up(model(1), &dishonest);
		if let Some(id) = to_cancel.take() {
			// Refused where a quick executor has claimed already.
			griefs += u64::from(cancel(OUTSIDER, id).is_ok());
		}
		if rng.falls(ARRIVAL) {
			let checkers = rng.below(4) as u8;
			let value = most_at_risk(checkers, MACS, ROYALTY) * Balance::from(rng.below(101)) / 100;
			let spiteful = rng.falls(GRIEF);
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
		play.block();
	}
	play.finish();
	fund.push((asked, asy(balance(FUND))));

	let loot: f64 = play
		.ended
		.iter()
		.filter(|ended| ended.is_false() && ended.lied == Some(true))
		.filter_map(|ended| at_risk.get(&ended.id))
		.map(|value| asy(*value))
		.sum();
	let by_strategy = POPULATION
		.iter()
		.map(|(strategy, ..)| {
			let accounts = of(*strategy);
			let drawn = play
				.drawn
				.iter()
				.filter(|(_, worker)| accounts.contains(worker))
				.count() as u64;
			let gained: f64 = accounts.iter().map(|a| change(start[a], balance(*a))).sum();
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
	let by_cartel = |ended: &&Ended| {
		let executor = ended.job.participants.first().map(|p| p.worker);
		ended.lied == Some(true) && executor.is_some_and(|worker| play.strategy(worker) == Strategy::Cartel)
	};
	Market {
		jobs: totals.requested,
		settled: totals.settled,
		refunded: totals.refunded,
		disputes: totals.disputes,
		audits: totals.audits,
		no_shows: totals.no_shows,
		claims: play.ended.iter().filter(by_cartel).count() as u64,
		passed: play
			.ended
			.iter()
			.filter(by_cartel)
			.filter(|ended| ended.is_false())
			.count() as u64,
		false_settled: play.ended.iter().filter(|ended| ended.is_false()).count() as u64,
		chances: play
			.ended
			.iter()
			.filter(by_cartel)
			.filter_map(|ended| ended.passing)
			.collect(),
		by_strategy,
		griever: change(start[&OUTSIDER], balance(OUTSIDER)),
		griefs: griefs + u64::from(play.griefs),
		worst_honest_loss: bystanders
			.iter()
			.map(|a| -change(start[a], balance(*a)))
			.fold(f64::MIN, f64::max),
		honest_punished: punished(&play.fines) + punished(&play.slashes),
		fund,
		flows: flows(play, start[&FUND]),
	}
}

/// Adds up what jobs paid, by what was agreed in them.
fn flows(play: &Play, fund_at_start: Balance) -> Flows {
	let totals = Jobs::stats();
	let sum = |book: &BTreeMap<AccountId, (Balance, u32)>| asy(book.values().map(|(amount, _)| amount).sum());
	let mut flows = Flows {
		fines: sum(&play.fines),
		slashed: sum(&play.slashes),
		forfeited_burned: asy(play.ledger.forfeited),
		fund_at_start: asy(fund_at_start),
		fund_at_end: asy(balance(FUND)),
		..Default::default()
	};
	for Ended { job, digest, .. } in &play.ended {
		let Some(digest) = digest else {
			continue;
		};
		let fee = job.deal.fee;
		for participant in job
			.participants
			.iter()
			.filter(|p| p.standing == Standing::Revealed(*digest))
		{
			match participant.duty {
				Duty::Auditor => flows.audits_paid += asy(fee.pay),
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
