//! The acts of the interleavings.

use crate::{mock::*, Call, JobState, Jobs as JobsMap, Step, Subject};
use assay_primitives::{
	api::{ParticipantStatus, Verdict},
	probe::{encode_finding, Flaw},
	terms::{Terms, Window},
	traits::{DisputedJobs, OnQuarantine, Prober, Ruling},
	Answer, JobId,
};
use frame_support::storage::with_storage_layer;
use proptest::prelude::*;
use sp_runtime::{traits::Dispatchable, Permill};

/// What somebody does, or what changes.
#[derive(Clone, Debug)]
pub enum Act {
	Request {
		who: u64,
		items: u32,
		terms: Terms<u64>,
	},
	/// A probe of the model.
	Probe {
		who: u64,
		items: u32,
	},
	/// One worker commits to this answer.
	Commit {
		job: usize,
		worker: usize,
		answer: u8,
	},
	/// The participants in `mask` commit to the right answer, or to a wrong one if they are in `cheats`.
	CommitAll {
		job: usize,
		mask: u16,
		cheats: u16,
	},
	/// One participant opens its commitment, or claims that it was to this answer.
	Reveal {
		job: usize,
		worker: usize,
		shown: bool,
		claimed: Option<u8>,
	},
	/// All participants commit and reveal as far as they may. Those in `cheats` cheat.
	Answer {
		job: usize,
		cheats: u16,
	},
	/// The participants in `mask` open their commitments.
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
	Silent(u64),
	Slots(Vec<(usize, usize)>),
	/// These workers cannot take checks.
	Unready(Vec<usize>),
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
	/// The next blocks have no room for a challenge.
	Full(u64),
	/// The model is put into quarantine, or released from it.
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

pub fn act() -> impl Strategy<Value = Act> {
	let job = 0usize..6;
	// Most participate; few are silent or cheat.
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
		1 => (1u64..4).prop_map(Act::Silent),
		1 => prop::collection::vec((0usize..16, 0usize..4), 1..16).prop_map(Act::Slots),
		1 => prop::collection::vec(0usize..16, 0..16).prop_map(Act::Unready),
		1 => (0u64..300, 0u32..300_000, 0u64..50)
			.prop_map(|(base, levy, royalty)| Act::Prices { base, levy, royalty }),
		1 => (1u32..8, 1u32..8, 1u32..8).prop_map(|(commit, reveal, window)| Act::Times { commit, reveal, window }),
		1 => (0u32..500_000, 100_000u32..1_000_000, 0u64..5_000)
			.prop_map(|(audit, burn, fine)| Act::Threats { audit, burn, fine }),
		1 => (1u32..64, 14u32..64).prop_map(|(due, draws)| Act::Limits { due, draws }),
		1 => (1u64..6).prop_map(Act::Full),
		2 => prop::bool::weighted(0.3).prop_map(Act::Quarantine),
	]
}

/// Returns the live job with index `n`, counted around.
pub fn chosen(n: usize) -> Option<JobId> {
	let mut live: Vec<_> = JobsMap::<Test>::iter()
		.filter(|(_, job)| job.state.is_live())
		.map(|(id, _)| id)
		.collect();
	live.sort();
	live.get(n % live.len().max(1)).copied()
}

fn answer_of(id: JobId, n: u8) -> Answer {
	match (job(id).subject, n) {
		(Subject::Inference, _) => Answer::of(&vec![outcome(n); job(id).items as usize]).0,
		(Subject::Probe { .. }, 0) => encode_finding(&Ok(())),
		(Subject::Probe { .. }, 1) => encode_finding(&Err(Flaw::ManifestMismatch)),
		(Subject::Probe { .. }, _) => encode_finding(&Err(Flaw::OutcomeMismatch)),
	}
}

/// Returns the answer that opens the commitment of `worker`, if it has one.
fn opening(id: JobId, worker: u64) -> Option<Answer> {
	let ParticipantStatus::Committed(committed) = status(id, worker) else {
		return None;
	};
	(0..3).map(|n| answer_of(id, n)).find(
		|answer| matches!(commit_step(worker, id, answer), Step::Commit { commitment, .. } if commitment == committed),
	)
}

/// Takes an act, whether or not it succeeds.
pub fn take(act: Act) {
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
				let task = task_of(id);
				let _ = RuntimeCall::from(Call::cancel { job: id, task }).dispatch(RuntimeOrigin::signed(who));
			}
		}
		Act::Challenge { job } => {
			if let Some(id) = chosen(job) {
				let _ = <Jobs as DisputedJobs<u64, u64>>::begin_dispute(id);
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
				verdict: verdict.map_or(Verdict::NotRunnable, |n| Verdict::Outcome(answer_of(id, n).digest())),
				upheld,
				answer: brought.map(|n| answer_of(id, n)),
			};
			rule(id, ruling);
		}
		Act::Blocks(blocks) => run(blocks),
		Act::Silent(blocks) => {
			let now = System::block_number();
			SilentBeacons::mutate(|silent| silent.extend(now..now + blocks));
		}
		Act::Slots(slots) => {
			let offered: Vec<_> = slots
				.into_iter()
				.map(|(worker, slots)| (WORKERS[worker], slots))
				.collect();
			Pool::offer(&offered);
		}
		Act::Unready(workers) => Unready::set(workers.into_iter().map(|worker| WORKERS[worker]).collect()),
		Act::Prices { base, levy, royalty } => {
			Prices::mutate(|prices| (prices.base, prices.audit_levy) = (base, Permill::from_parts(levy)));
			TermsOfModel::mutate(|terms| terms.as_mut().unwrap().royalty = royalty);
		}
		Act::Times { commit, reveal, window } => Times::mutate(|times| {
			(times.commit, times.reveal, times.vote) = (commit, reveal, reveal);
			times.windows = [window, 2 * window, 3 * window];
		}),
		Act::Threats { audit, burn, fine } => Threats::mutate(|threats| {
			(threats.audit_rate, threats.slash.burn) = (Permill::from_parts(audit), Permill::from_parts(burn));
			threats.no_show_fine = fine;
		}),
		Act::Limits { due, draws } => {
			Due::set(due);
			// Queued draws keep to the limit of their time.
			if crate::Draws::<Test>::iter().count() == 0 {
				Draws::set(draws);
			}
		}
		Act::Full(blocks) => {
			let now = System::block_number();
			FullBlocks::mutate(|full| full.extend(now..now + blocks));
		}
		Act::Quarantine(begins) => {
			if begins && !Quarantined::get() {
				Jobs::on_quarantine(&MODEL).unwrap();
			}
			Quarantined::set(begins);
		}
	}
}
