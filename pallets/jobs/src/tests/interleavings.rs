//! Random interleavings of every call, verdict, block and change of parameters: invariants hold after each step, no unit appears
//! or vanishes, every job ends within a bound that is computed from its terms.

use crate::{mock::*, Call, JobState, Jobs as JobsMap, Step, Totals, DRAW_DELAY, MAX_REPLACEMENTS};
use assay_primitives::{
	api::{RefundReason, Standing},
	probe::{finding_answer, Flaw},
	terms::{Terms, Window},
	traits::{Docket, OnQuarantine, Prober, Ruling},
	Answer, JobId,
};
use frame_support::storage::with_storage_layer;
use proptest::{
	prelude::*,
	test_runner::{Config, TestRunner},
};
use sp_runtime::{traits::Dispatchable, Permill};
use std::{
	cell::{Cell, RefCell},
	collections::BTreeMap,
};

/// Blocks in which a draw is sought a place.
const TRIES: u64 = 8;

#[derive(Clone, Debug)]
enum Act {
	Request {
		who: u64,
		items: u32,
		terms: Terms<u64>,
	},
	/// The model is reproduced.
	Probe {
		who: u64,
		items: u32,
	},
	/// One worker of a job commits to this answer.
	Commit {
		job: usize,
		worker: usize,
		answer: u8,
	},
	/// All do whose place is in the mask, to the right answer or, by the other mask, to a wrong one.
	CommitAll {
		job: usize,
		mask: u16,
		cheats: u16,
	},
	/// One worker of a job opens its commitment, or says that it was to this answer.
	Reveal {
		job: usize,
		worker: usize,
		shown: bool,
		claimed: Option<u8>,
	},
	/// All commit, are checked, and reveal, as far as the job lets them; by the mask some cheat.
	Answer {
		job: usize,
		cheats: u16,
	},
	/// All open theirs whose place is in the mask.
	RevealAll {
		job: usize,
		mask: u16,
	},
	Cancel {
		job: usize,
		who: u64,
	},
	Challenge {
		job: usize,
	},
	Rule {
		job: usize,
		verdict: Option<u8>,
		upheld: Vec<u64>,
		brought: Option<u8>,
	},
	Blocks(u64),
	/// The next blocks have no randomness.
	Dark(u64),
	Slots(Vec<(usize, usize)>),
	Prices {
		base: u64,
		levy: u32,
		royalty: u64,
	},
	Times {
		commit: u32,
		reveal: u32,
		window: u32,
	},
	Threats {
		audit: u32,
		burn: u32,
		fine: u64,
	},
	Limits {
		due: u32,
		draws: u32,
	},
	TribunalFails(bool),
	/// The model is put in quarantine, or released from it.
	Quarantine(bool),
}

fn requester() -> impl Strategy<Value = u64> {
	prop_oneof![4 => Just(REQUESTER), 1 => Just(OTHER_REQUESTER), 1 => Just(WORKER)]
}

fn terms_of() -> impl Strategy<Value = Terms<u64>> {
	let window = prop_oneof![Just(Window::Short), Just(Window::Standard), Just(Window::Long)];
	let checkers = prop_oneof![4 => 0u8..4, 1 => 0u8..14];
	let max_fee = prop_oneof![5 => Just(u64::MAX), 1 => 0u64..2_000];
	(checkers, max_fee, 0u64..5_000, window).prop_map(|(checkers, max_fee, value_at_risk, window)| Terms {
		checkers,
		max_fee,
		value_at_risk,
		window,
		allow_unlisted: false,
	})
}

fn act() -> impl Strategy<Value = Act> {
	let job = 0usize..6;
	// Most take part; few are silent or cheat.
	let mask = prop_oneof![6 => Just(u16::MAX), 1 => any::<u16>()];
	let cheats = prop_oneof![3 => Just(0u16), 1 => any::<u16>()];
	let upheld = prop::sample::subsequence(vec![CHALLENGER, OTHER_CHALLENGER, POOR, REQUESTER], 0..3);
	prop_oneof![
		4 => (requester(), 0u32..4, terms_of()).prop_map(|(who, items, terms)| Act::Request { who, items, terms }),
		1 => (requester(), 0u32..3).prop_map(|(who, items)| Act::Probe { who, items }),
		2 => (job.clone(), 0usize..14, 0u8..3)
			.prop_map(|(job, worker, answer)| Act::Commit { job, worker, answer }),
		8 => (job.clone(), cheats.clone()).prop_map(|(job, cheats)| Act::Answer { job, cheats }),
		8 => (job.clone(), mask.clone(), cheats).prop_map(|(job, mask, cheats)| Act::CommitAll { job, mask, cheats }),
		2 => (job.clone(), 0usize..14, any::<bool>(), prop::option::of(0u8..3))
			.prop_map(|(job, worker, shown, claimed)| Act::Reveal { job, worker, shown, claimed }),
		8 => (job.clone(), mask).prop_map(|(job, mask)| Act::RevealAll { job, mask }),
		1 => (job.clone(), requester()).prop_map(|(job, who)| Act::Cancel { job, who }),
		2 => job.clone().prop_map(|job| Act::Challenge { job }),
		3 => (job, prop::option::weighted(0.8, 0u8..3), upheld, prop::option::of(0u8..3))
			.prop_map(|(job, verdict, upheld, brought)| Act::Rule { job, verdict, upheld, brought }),
		10 => (1u64..4).prop_map(Act::Blocks),
		1 => (5u64..20).prop_map(Act::Blocks),
		1 => (1u64..4).prop_map(Act::Dark),
		1 => prop::collection::vec((0usize..16, 0usize..4), 1..16).prop_map(Act::Slots),
		1 => (0u64..300, 0u32..300_000, 0u64..50)
			.prop_map(|(base, levy, royalty)| Act::Prices { base, levy, royalty }),
		1 => (1u32..8, 1u32..8, 1u32..8).prop_map(|(commit, reveal, window)| Act::Times { commit, reveal, window }),
		1 => (0u32..500_000, 100_000u32..1_000_000, 0u64..5_000)
			.prop_map(|(audit, burn, fine)| Act::Threats { audit, burn, fine }),
		1 => (1u32..64, 14u32..64).prop_map(|(due, draws)| Act::Limits { due, draws }),
		1 => any::<bool>().prop_map(Act::TribunalFails),
		2 => prop::bool::weighted(0.3).prop_map(Act::Quarantine),
	]
}

/// The live jobs in their order, and the one that `n` means.
fn chosen(n: usize) -> Option<JobId> {
	let mut live: Vec<_> = JobsMap::<Test>::iter()
		.filter(|(_, job)| job.state.is_live())
		.map(|(id, _)| id)
		.collect();
	live.sort();
	live.get(n % live.len().max(1)).copied()
}

fn answer_of(id: JobId, n: u8) -> Answer {
	match (job(id).probation, n) {
		(None, _) => Answer::of(&vec![outcome(n); job(id).items as usize]).0,
		(Some(_), 0) => finding_answer(&Ok(())),
		(Some(_), 1) => finding_answer(&Err(Flaw::OtherManifest)),
		(Some(_), _) => finding_answer(&Err(Flaw::OtherOutcomes)),
	}
}

/// The answer that opens the commitment of `worker`, if it has one.
fn opening(id: JobId, worker: u64) -> Option<Answer> {
	let Standing::Committed(committed) = standing(id, worker) else {
		return None;
	};
	(0..3).map(|n| answer_of(id, n)).find(
		|answer| matches!(commit_step(worker, id, answer), Step::Commit { commitment, .. } if commitment == committed),
	)
}

fn take(act: Act) {
	match act {
		Act::Request { who, items, terms } => {
			let _ = ask(who, items, terms);
		}
		Act::Probe { who, items } => {
			let _ = with_storage_layer(|| <Jobs as Prober<u64, u64>>::probe(&who, probe(items), u64::MAX));
		}
		Act::Commit { job, worker, answer } => {
			if let Some(id) = chosen(job) {
				let _ = commit(WORKERS[worker], id, &answer_of(id, answer));
			}
		}
		Act::CommitAll { job, mask, cheats } => {
			let Some(id) = chosen(job) else { return };
			for (place, worker) in workers(id).into_iter().enumerate() {
				if mask & (1 << place) != 0 {
					let answer = answer_of(id, u8::from(cheats & (1 << place) != 0));
					let _ = commit(worker, id, &answer);
				}
			}
		}
		Act::Reveal {
			job,
			worker,
			shown,
			claimed,
		} => {
			let Some(id) = chosen(job) else { return };
			let all = workers(id);
			let Some(worker) = all.get(worker % all.len().max(1)) else {
				return;
			};
			let answer = claimed.map(|n| answer_of(id, n)).or_else(|| opening(id, *worker));
			if let Some(answer) = answer {
				let _ = submit(signed(*worker, vec![reveal_step(*worker, id, &answer, shown)]));
			}
		}
		Act::Answer { job, cheats } => {
			let mask = u16::MAX;
			for act in [
				Act::CommitAll { job, mask, cheats },
				Act::Blocks(3),
				Act::CommitAll { job, mask, cheats },
				Act::RevealAll { job, mask },
			] {
				take(act);
				check();
			}
		}
		Act::RevealAll { job, mask } => {
			let Some(id) = chosen(job) else { return };
			for (place, worker) in workers(id).into_iter().enumerate() {
				if let Some(answer) = opening(id, worker).filter(|_| mask & (1 << place) != 0) {
					let _ = reveal(worker, id, &answer);
				}
			}
		}
		Act::Cancel { job, who } => {
			if let Some(id) = chosen(job) {
				let _ = RuntimeCall::from(Call::cancel { job: id }).dispatch(RuntimeOrigin::signed(who));
			}
		}
		Act::Challenge { job } => {
			if let Some(id) = chosen(job) {
				let _ = <Jobs as Docket<u64, u64>>::suspend(id);
			}
		}
		Act::Rule {
			job,
			verdict,
			upheld,
			brought,
		} => {
			let Some(id) = chosen(job).filter(|id| matches!(state(*id), JobState::Disputed { .. })) else {
				return;
			};
			let ruling = Ruling {
				verdict: verdict.map(|n| answer_of(id, n).digest()),
				upheld,
				answer: brought.map(|n| answer_of(id, n)),
			};
			rule(id, ruling);
		}
		Act::Blocks(blocks) => run(blocks),
		Act::Dark(blocks) => {
			let now = System::block_number();
			Dark::mutate(|dark| dark.extend(now..now + blocks));
		}
		Act::Slots(slots) => {
			let offered: Vec<_> = slots
				.into_iter()
				.map(|(worker, slots)| (WORKERS[worker], slots))
				.collect();
			Pool::offer(&offered);
		}
		Act::Prices { base, levy, royalty } => {
			Prices::mutate(|prices| (prices.base, prices.audit_levy) = (base, Permill::from_parts(levy)));
			ModelOffer::mutate(|offer| offer.as_mut().unwrap().royalty = royalty);
		}
		Act::Times { commit, reveal, window } => Times::mutate(|times| {
			(times.commit, times.reveal, times.vote) = (commit, reveal, reveal);
			times.windows = [window, 2 * window, 3 * window];
		}),
		Act::Threats { audit, burn, fine } => Threats::mutate(|threats| {
			(threats.audit, threats.slash.burn) = (Permill::from_parts(audit), Permill::from_parts(burn));
			threats.no_show_fine = fine;
		}),
		Act::Limits { due, draws } => {
			Due::set(due);
			// What is queued already was within the limit of its time.
			if crate::Draws::<Test>::iter().count() == 0 {
				Draws::set(draws);
			}
		}
		Act::TribunalFails(fails) => TribunalFails::set(fails),
		Act::Quarantine(begins) => {
			if begins && !Quarantined::get() {
				Jobs::on_quarantine(&MODEL).unwrap();
			}
			Quarantined::set(begins);
		}
	}
}

/// Blocks after which a job has ended, if every block has randomness, the agenda no backlog, and the tribunal rules in time.
fn bound(id: JobId) -> u64 {
	let periods = job(id).deal.periods;
	let rounds = u64::from(MAX_REPLACEMENTS) + 1;
	let commit = u64::from(periods.commit) + 1;
	let draw = u64::from(DRAW_DELAY) + TRIES;
	rounds * commit
		+ rounds * (draw + commit)
		+ u64::from(periods.reveal)
		+ u64::from(periods.window)
		+ u64::from(periods.vote)
		+ 3
}

/// Nobody does anything any more, but the tribunal, which rules at its deadline.
fn runs_out_within_its_bound() {
	Dark::take();
	Due::set(64);
	let live: Vec<_> = JobsMap::<Test>::iter()
		.filter(|(_, job)| job.state.is_live())
		.map(|(id, _)| (id, System::block_number() + bound(id)))
		.collect();
	let last = live.iter().map(|(_, by)| *by).max().unwrap_or_default();
	while System::block_number() <= last {
		for (id, by) in &live {
			match JobsMap::<Test>::get(id).map(|job| job.state) {
				Some(JobState::Disputed { until, .. }) if until <= System::block_number() => {
					rule(*id, verdict(None));
				}
				Some(state) if state.is_live() => {
					assert!(System::block_number() < *by, "{id:?} has not ended: {state:?}")
				}
				_ => {}
			}
		}
		run(1);
		check();
	}
	assert!(chosen(0).is_none());
}

#[test]
fn every_interleaving_keeps_the_invariants_and_ends_every_job_in_time() {
	let steps = Cell::new(0u64);
	let ends = RefCell::new(BTreeMap::<String, u64>::new());
	let mut runner = TestRunner::new(Config::with_source_file(file!()));
	let lives = prop::collection::vec(act(), 1..150);
	let result = runner.run(&lives, |acts| {
		build_and_execute(|| {
			for act in acts {
				take(act);
				check();
				steps.set(steps.get() + 1);
			}
			let totals = Totals::<Test>::get();
			runs_out_within_its_bound();
			let mut ends = ends.borrow_mut();
			let mut count = |what: &str, n: u64| *ends.entry(what.into()).or_default() += n;
			for event in events() {
				if let crate::Event::Refunded { reason, .. } = event {
					count(&format!("{reason:?}"), 1);
				}
			}
			count("requested", Jobs::stats().requested);
			count("settled", totals.settled);
			count("disputes", totals.disputes);
			count("overturned", totals.overturned);
			count("audits", totals.audits);
			count("no-shows", totals.no_shows);
			count("wrong", totals.wrong);
		});
		Ok(())
	});
	if let Err(failure) = result {
		panic!("{failure}");
	}
	println!("{} steps; {:?}", steps.get(), ends.borrow());
	// Every way to end was taken.
	let reasons = [
		RefundReason::NoClaim,
		RefundReason::NoReveal,
		RefundReason::NoQuorum,
		RefundReason::AllWrong,
		RefundReason::Cancelled,
		RefundReason::Quarantined,
	];
	for way in reasons
		.map(|reason| format!("{reason:?}"))
		.iter()
		.chain(&["settled".into(), "overturned".into()])
	{
		assert!(ends.borrow().contains_key(way), "no job ended as {way}");
	}
}
