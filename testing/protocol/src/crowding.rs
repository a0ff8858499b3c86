//! A cartel that keeps honest slots busy before its checkers are drawn: it requests cheap jobs from the same model,
//! cancels those that its own members would answer, and so ties up honest workers for a long challenge window. It pays
//! for nothing: checkers are drawn from the tickets of busy workers as well.

use crate::{chain::*, experiment::*, ledger::*, runtime::*, simulation::*};
use assay_primitives::{terms::Window, ModelId};
use frame_support::assert_ok;
use pallet_jobs::{JobState, Jobs};

/// When the cartel occupies honest slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
	/// Before the valuable job is requested.
	BeforeTheRequest,
	/// After one of its members was drawn as the executor, and before that member claims.
	BeforeTheClaim,
}

/// Blocks for which the cartel keeps occupying honest slots.
const CROWDING: u32 = 12;

/// Measures what the cartel gains from each valuable job that it executes, in ASY, net of what crowding costs and
/// without what is at risk, how many false answers were settled, and what is at risk on average, in ASY: nothing in a
/// job that the chain refuses, where the gain is what the attempt cost.
pub fn measure_crowding(seed: u64, moment: Moment, checkers: u8, samples: usize) -> (Vec<f64>, u64, f64) {
	let workers: Vec<AccountId> = (0..SLOTS).map(|n| WORKERS + AccountId::from(n)).collect();
	let (dishonest, _) = workers.split_at(SLOTS as usize / 3);
	let group: Vec<AccountId> = dishonest.iter().copied().chain([OUTSIDER]).collect();
	let mut accounts: Vec<_> = workers.iter().chain(&VALIDATORS).map(|a| (*a, ENDOWMENT)).collect();
	accounts.extend([OWNER, REQUESTER, OUTSIDER].map(|a| (a, ENDOWMENT)));
	let (mut gains, mut passed, mut value) = (Vec::new(), 0, 0.0);
	for sample in 0..samples {
		new_chain(seed + sample as u64, &accounts, &VALIDATORS).execute_with(|| {
			assert_ok!(open_model(OWNER, 1, ROYALTY, MACS));
			let model = model(1);
			for worker in &workers {
				employ(*worker, model, 1);
			}
			let mut simulation = Simulation::new(seed, &VALIDATORS);
			simulation.strategies = dishonest.iter().map(|worker| (*worker, Strategy::Cartel)).collect();
			let before = total_balance(&group);
			let at_risk = most_at_risk(checkers, model);
			let ask = || request(REQUESTER, model, 1, 0, terms(checkers, at_risk, Window::Short));
			let accepted = match moment {
				Moment::BeforeTheRequest => {
					occupy_honest_slots(&mut simulation, model);
					ask()
				}
				Moment::BeforeTheClaim => {
					// The cartel requests the valuable job, and cancels it, until one of its members is drawn.
					let mut job = ask();
					while let Ok(id) = job {
						let executor = Jobs::<Runtime>::get(id).expect("it is live").participants[0].worker;
						if simulation.strategy(executor) == Strategy::Cartel {
							break;
						}
						assert_ok!(cancel(REQUESTER, id));
						job = ask();
					}
					simulation.process_events();
					simulation.withheld_claims.extend(job);
					occupy_honest_slots(&mut simulation, model);
					simulation.withheld_claims.clear();
					job
				}
			};
			simulation.process_events();
			if let Ok(id) = accepted {
				value += asy(at_risk) / samples as f64;
				while simulation.live.contains(&id) {
					simulation.run_block();
				}
				let ended = simulation
					.ended
					.iter()
					.find(|ended| ended.id == id)
					.expect("it has ended");
				let is_false = ended.is_false();
				passed += u64::from(is_false);
				settle_all(&mut simulation);
				gains.push(difference(before, total_balance(&group)));
			} else {
				settle_all(&mut simulation);
				gains.push(difference(before, total_balance(&group)));
			}
			try_state().unwrap();
			simulation.ledger.check().unwrap();
		});
	}
	(gains, passed, value)
}

/// Occupies honest slots until none is free, for as many blocks as the cartel has before its member must claim.
fn occupy_honest_slots(simulation: &mut Simulation, model: ModelId) {
	for _ in 0..CROWDING {
		occupy_honest_slots_once(simulation, model);
		simulation.run_block();
	}
}

/// Requests jobs until no honest slot is free, or the chain refuses.
fn occupy_honest_slots_once(simulation: &mut Simulation, model: ModelId) {
	for number in 0..10 * SLOTS {
		let (bad, all) = simulation.free_slots(model);
		if bad == all {
			break;
		}
		let Ok(id) = request(OUTSIDER, model, 1, number.into(), terms(0, 0, Window::Long)) else {
			break;
		};
		let executor = Jobs::<Runtime>::get(id).expect("it is live").participants[0].worker;
		if simulation.strategy(executor) == Strategy::Cartel {
			assert_ok!(cancel(OUTSIDER, id));
		}
	}
	simulation.process_events();
}

/// Runs until no job is live. Nobody acts while all live jobs only wait for the end of their challenge windows.
fn settle_all(simulation: &mut Simulation) {
	while !simulation.live.is_empty() {
		let waits = |id| {
			let state = Jobs::<Runtime>::get(id).map(|job| job.state);
			matches!(state, Some(JobState::Provisional { .. }))
		};
		if simulation.live.iter().all(waits) {
			for _ in 0..20 {
				next_block();
			}
			simulation.process_events();
		} else {
			simulation.run_block();
		}
	}
}
