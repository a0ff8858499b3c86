//! A cartel that makes honest slots busy before its checkers are drawn: it asks the same model cheap questions, takes back those that
//! its own members would answer, and leaves honest workers bound for a long challenge window. Draws know free slots only.

use crate::{actors::*, books::*, cells::*, runtime::*, world::*};
use assay_primitives::{terms::Window, ModelId};
use frame_support::assert_ok;
use pallet_jobs::{JobState, Jobs};

/// When the cartel crowds honest workers out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
	/// Before the valuable job is requested.
	BeforeTheRequest,
	/// While its member, drawn as the executor, has not claimed.
	BeforeTheClaim,
}

/// Blocks that the cartel takes to crowd honest workers out.
const CROWDING: u32 = 12;

/// What the cartel gains by each valuable job that it executes, in ASY, with all it pays for crowding, and how many false answers were
/// settled. Jobs that the chain refuses count as a gain of what the attempt cost.
pub fn crowd(seed: u64, moment: Moment, checkers: u8, samples: usize) -> (Vec<f64>, u64) {
	let workers: Vec<AccountId> = (0..SLOTS).map(|n| WORKERS + AccountId::from(n)).collect();
	let (dishonest, _) = workers.split_at(SLOTS as usize / 3);
	let group: Vec<AccountId> = dishonest.iter().copied().chain([OUTSIDER]).collect();
	let mut accounts: Vec<_> = workers.iter().chain(&VALIDATORS).map(|a| (*a, ENDOWMENT)).collect();
	accounts.extend([OWNER, REQUESTER, OUTSIDER].map(|a| (a, ENDOWMENT)));
	let (mut gains, mut passed) = (Vec::new(), 0);
	for sample in 0..samples {
		new_chain(seed + sample as u64, &accounts, &VALIDATORS).execute_with(|| {
			assert_ok!(open_model(OWNER, 1, ROYALTY, MACS));
			let model = model(1);
			for worker in &workers {
				employ(*worker, model, 1);
			}
			let mut play = Play::new(seed, &VALIDATORS);
			play.strategies = dishonest.iter().map(|worker| (*worker, Strategy::Cartel)).collect();
			let before = wealth(&group);
			let at_risk = most_at_risk(checkers, MACS, ROYALTY);
			let ask = || request(REQUESTER, model, 1, 0, terms(checkers, at_risk, Window::Short));
			let accepted = match moment {
				Moment::BeforeTheRequest => {
					fill(&mut play, model);
					ask()
				}
				Moment::BeforeTheClaim => {
					// The valuable job is asked until a member is drawn; the cartel waits for such a job.
					let mut job = ask();
					while let Ok(id) = job {
						let executor = Jobs::<Runtime>::get(id).expect("it is live").participants[0].worker;
						if play.strategy(executor) == Strategy::Cartel {
							break;
						}
						assert_ok!(cancel(REQUESTER, id));
						job = ask();
					}
					play.notice();
					play.waiting.extend(job);
					fill(&mut play, model);
					play.waiting.clear();
					job
				}
			};
			play.notice();
			if let Ok(id) = accepted {
				while play.live.contains(&id) {
					play.block();
				}
				let ended = play.ended.iter().find(|ended| ended.id == id).expect("it has ended");
				let is_false = ended.is_false();
				passed += u64::from(is_false);
				rest(&mut play);
				let loot = if is_false { asy(at_risk) } else { 0.0 };
				gains.push(change(before, wealth(&group)) + loot);
			} else {
				rest(&mut play);
				gains.push(change(before, wealth(&group)));
			}
			try_state().unwrap();
			play.ledger.check().unwrap();
		});
	}
	(gains, passed)
}

/// Makes honest slots busy until none is free, for as many blocks as a cartel has before its member must claim. What is reserved
/// for auditors of the cheap questions becomes free when they are drawn.
fn fill(play: &mut Play, model: ModelId) {
	for _ in 0..CROWDING {
		fill_block(play, model);
		play.block();
	}
}

/// Asks until no honest slot is free, or the chain refuses.
fn fill_block(play: &mut Play, model: ModelId) {
	for number in 0..10 * SLOTS {
		let (bad, all) = play.free_slots(model, None);
		if bad == all {
			break;
		}
		let Ok(id) = request(OUTSIDER, model, 1, number.into(), terms(0, 0, Window::Long)) else {
			break;
		};
		let executor = Jobs::<Runtime>::get(id).expect("it is live").participants[0].worker;
		if play.strategy(executor) == Strategy::Cartel {
			assert_ok!(cancel(OUTSIDER, id));
		}
	}
	play.notice();
}

/// Plays until no job is live. Nobody does anything while all that is left are windows to wait for.
fn rest(play: &mut Play) {
	while !play.live.is_empty() {
		let waits = |id| {
			let state = Jobs::<Runtime>::get(id).map(|job| job.state);
			matches!(state, Some(JobState::Provisional { .. }))
		};
		if play.live.iter().all(waits) {
			for _ in 0..20 {
				next_block();
			}
			play.notice();
		} else {
			play.block();
		}
	}
}
