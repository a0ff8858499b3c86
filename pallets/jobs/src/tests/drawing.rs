//! The draw of checkers and auditors: its randomness, the drawn workers, and what happens if there are too few.

use crate::{mock::*, Draws as DrawsMap, Error, Event, JobState, Jobs as JobsMap, Totals};
use assay_primitives::{
	api::{RefundReason, Role},
	JobId,
};
use frame_support::assert_noop;
use sp_runtime::Permill;
use std::collections::BTreeSet;

/// Claims in block 5, and returns the drawn workers. The beacon of block `changed` differs.
fn drawn_with(changed: Option<u64>) -> Vec<u64> {
	let mut drawn = vec![];
	build_and_execute(|| {
		if let Some(block) = changed {
			BeaconSeedOf::mutate(|seeds| seeds.insert(block, 1));
		}
		let id = request(4);
		run_to(5);
		claim(id, &right());
		run(3);
		drawn = workers(id);
	});
	assert_eq!(drawn.len(), 5);
	drawn
}

#[test]
fn checkers_depend_on_the_two_blocks_after_the_claim_alone() {
	let drawn = drawn_with(None);
	for earlier in 1..=5 {
		assert_eq!(drawn_with(Some(earlier)), drawn, "block {earlier} matters");
	}
	for later in [6, 7] {
		assert_ne!(drawn_with(Some(later)), drawn, "block {later} does not matter");
	}
	assert_eq!(drawn_with(Some(8)), drawn);
}

#[test]
fn nobody_is_drawn_before_the_second_block_after_the_claim_ends() {
	build_and_execute(|| {
		let id = request(2);
		claim(id, &right());
		for _ in 0..2 {
			run(1);
			assert!(matches!(state(id), JobState::Drawing { since: 1, .. }));
			assert!(checkers(id).is_empty());
		}
		run(1);
		assert_eq!(state(id), JobState::Checking { deadline: 3 + 5 + WORK });
		assert!(events().contains(&Event::Drawn {
			job: id,
			workers: 2,
			audited: false
		}));
	});
}

#[test]
fn drawn_workers_are_distinct_whatever_the_beacon() {
	for seed in 0..50 {
		build_and_execute(|| {
			BeaconSeed::set(seed);
			// One account has most of the slots.
			Pool::offer(&[(WORKER, 40), (OTHER, 1), (THIRD, 1), (103, 1), (104, 2)]);
			let id = request_audited(3, Permill::one());
			claim(id, &right());
			run(3);
			let distinct: BTreeSet<_> = workers(id).into_iter().collect();
			assert_eq!(distinct.len(), 5);
			assert!(!job(id).is_understaffed());
		});
	}
}

#[test]
fn an_auditor_is_drawn_as_often_as_the_audit_rate_says() {
	build_and_execute(|| {
		Draws::set(10_000);
		Due::set(10_000);
		Pool::offer(&[(WORKER, 2_000), (OTHER, 2_000)]);
		for _ in 0..1_000 {
			let id = request_audited(0, Permill::from_percent(30));
			// So that the stakes do not run out when all jobs run into their deadlines.
			JobsMap::<Test>::mutate(id, |job| {
				let agreed = &mut job.as_mut().unwrap().terms;
				(agreed.bond, agreed.fine) = (0, 0);
			});
			claim(id, &right());
		}
		run(3);
		let audits = Totals::<Test>::get().audits;
		assert!((250..350).contains(&audits), "{audits}");
		let auditors = JobsMap::<Test>::iter_keys().map(|id| with_role(id, Role::Auditor).len() as u64);
		assert_eq!(auditors.sum::<u64>(), audits);
	});
}

#[test]
fn without_checkers_and_an_auditor_the_executor_reveals_after_the_draw() {
	build_and_execute(|| {
		let id = request(0);
		claim(id, &right());
		assert!(reveal(executor(id), id, &right()).is_err());
		run(3);
		assert!(matches!(state(id), JobState::Revealing { .. }));
		assert!(!job(id).escalated);
	});
}

#[test]
fn property_4_every_claim_is_kept_and_drawn_in_the_first_block_with_room() {
	build_and_execute(|| {
		Draws::set(14);
		Pool::offer(&WORKERS.map(|worker| (worker, 20)));
		// Each draw takes a whole block.
		let jobs: Vec<JobId> = (0..12).map(|_| request(12)).collect();
		for id in &jobs {
			claim(*id, &right());
			assert!(matches!(state(*id), JobState::Drawing { since: 1, .. }));
		}
		check();
		for (block, id) in (3..).zip(&jobs) {
			run_to(block);
			assert!(checkers(*id).is_empty());
			run(1);
			assert_eq!(checkers(*id).len(), 12, "block {block}");
		}
		assert!(Punished::get().iter().all(|(worker, id, ..)| *worker != executor(*id)));
	});
}

#[test]
fn small_draws_share_a_block_and_none_overtakes() {
	build_and_execute(|| {
		Draws::set(14);
		Pool::offer(&WORKERS.map(|worker| (worker, 20)));
		let jobs = [request(4), request(4), request(12), request(0)];
		for id in &jobs {
			claim(*id, &right());
		}
		let queued: Vec<_> = (3..6)
			.map(|block| DrawsMap::<Test>::get(block).jobs.into_inner())
			.collect();
		let [first, second, large, small] = jobs;
		assert_eq!(
			queued,
			[vec![(first, 5), (second, 5)], vec![(large, 13), (small, 1)], vec![]]
		);
	});
}

#[test]
fn requests_are_refused_while_more_draws_may_come_than_fit_before_tickets_age() {
	build_and_execute(|| {
		Draws::set(14);
		Age::set(40);
		Pool::offer(&WORKERS.map(|worker| (worker, 20)));
		// Two draws are certain to fit into each of twenty blocks.
		let jobs: Vec<JobId> = (0..3).map(|_| request(12)).collect();
		assert_noop!(ask(REQUESTER, 1, terms(12)), Error::<Test>::DrawsExhausted);
		let small = request(0);
		assert_noop!(ask(REQUESTER, 1, terms(0)), Error::<Test>::DrawsExhausted);
		// A job that is drawn and has its commitments needs no more.
		settled(small);
		request(0);
		for id in jobs {
			// Every draw may follow up to the last commitment.
			assert!(state(id).may_draw() || !state(id).is_live());
		}
	});
}

#[test]
fn a_draw_waits_until_two_blocks_in_a_row_have_randomness() {
	// Block 2 is the first after the claim, block 3 the second.
	for (silent, drawn_in) in [(2, 5), (3, 5), (1, 3)] {
		build_and_execute(|| {
			SilentBeacons::mutate(|blocks| blocks.insert(silent));
			let id = request(2);
			claim(id, &right());
			run_to(drawn_in);
			assert!(matches!(state(id), JobState::Drawing { .. }));
			run(1);
			assert!(matches!(state(id), JobState::Checking { .. }), "silent {silent}");
			assert_eq!(checkers(id).len(), 2);
		});
	}
}

#[test]
fn a_long_time_without_randomness_delays_a_draw_and_nobody_is_fined() {
	build_and_execute(|| {
		SilentBeacons::set((1..40).collect());
		let id = request(1);
		claim(id, &right());
		run_to(39);
		assert!(matches!(state(id), JobState::Drawing { .. }));
		check();
		run_to(44);
		assert!(matches!(state(id), JobState::Checking { .. }));
		assert!(Punished::get().is_empty());
	});
}

#[test]
fn a_draw_without_randomness_is_queued_again_behind_the_others() {
	build_and_execute(|| {
		Draws::set(14);
		Times::mutate(|times| times.commit = 50);
		Pool::offer(&WORKERS.map(|worker| (worker, 40)));
		let delayed = request(12);
		claim(delayed, &right());
		let others: Vec<_> = (0..6).map(|_| request(12)).collect();
		for id in &others {
			claim(*id, &right());
		}
		SilentBeacons::set([3].into());
		run_to(4);
		// Block 4 lacks the randomness of block 3, so that its draw waits too.
		assert!(matches!(state(delayed), JobState::Drawing { .. }));
		check();
		run_to(12);
		for id in others.iter().chain([&delayed]) {
			assert!(job(*id).participants.len() == 13, "{id}");
		}
	});
}

#[test]
fn a_place_whose_worker_cannot_take_the_check_is_drawn_again_from_a_younger_seed() {
	build_and_execute(|| {
		let id = request(2);
		claim(id, &right());
		Unready::set(WORKERS.into());
		run_to(4);
		assert!(checkers(id).is_empty());
		assert_eq!(job(id).replacements, 1);
		assert!(matches!(state(id), JobState::Drawing { since: 3, .. }));
		Unready::take();
		run(2);
		assert_eq!(checkers(id).len(), 2);
		assert!(matches!(state(id), JobState::Checking { .. }));
	});
}

#[test]
fn an_empty_place_does_not_change_who_is_named_for_the_others() {
	let drawn = |unready: Option<u64>| {
		let mut drawn = vec![];
		build_and_execute(|| {
			let id = request(6);
			claim(id, &right());
			Unready::set(unready.into_iter().collect());
			run_to(4);
			drawn = checkers(id);
		});
		drawn
	};
	let all = drawn(None);
	assert_eq!(all.len(), 6);
	for gap in 0..6 {
		let mut expected = all.clone();
		let worker = expected.remove(gap);
		assert_eq!(drawn(Some(worker)), expected);
	}
}

/// Claims a job with two checkers and no auditor, of which one place stays empty, and returns the job once the other
/// checker is to commit.
fn with_an_empty_place() -> JobId {
	let id = request(2);
	let others: Vec<_> = WORKERS.into_iter().filter(|worker| *worker != executor(id)).collect();
	claim(id, &right());
	Unready::set(others[1..].iter().copied().collect());
	Pool::offer(&[(others[0], 1), (others[1], 1)]);
	// Three draws, each from the two blocks before.
	run_to(4 + 2 + 2);
	assert_eq!(checkers(id), [others[0]]);
	assert!(matches!(state(id), JobState::Checking { .. }), "{:?}", state(id));
	assert_eq!((job(id).replacements, job(id).is_understaffed()), (2, true));
	id
}

#[test]
fn a_job_with_an_empty_place_and_equal_answers_is_refunded_and_summons_no_tribunal() {
	build_and_execute(|| {
		let id = with_an_empty_place();
		let all = workers(id);
		commit(all[1], id, &right()).unwrap();
		for worker in &all {
			reveal(*worker, id, &right()).unwrap();
		}
		assert!(matches!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::TooFewCheckers,
				..
			}
		));
		assert!(Opened::get().is_empty() && Punished::get().is_empty());
		// Those who answered are paid from the fee, since nobody was fined.
		assert!(all.iter().all(|worker| free_balance(*worker) == ENDOWMENT + PAY));
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - 2 * PAY - 3 * (LEVY + BURN));
		assert_eq!(free_balance(FUND), ENDOWMENT + 3 * LEVY);
		assert_eq!(Totals::<Test>::get().paid_to_workers, 2 * PAY);
	});
}

#[test]
fn a_job_with_an_empty_place_and_unequal_answers_goes_to_the_tribunal() {
	build_and_execute(|| {
		let id = with_an_empty_place();
		let all = workers(id);
		commit(all[1], id, &wrong(1)).unwrap();
		reveal(all[0], id, &right()).unwrap();
		reveal(all[1], id, &wrong(1)).unwrap();
		assert!(matches!(state(id), JobState::Disputed { .. }));
	});
}

#[test]
fn workers_that_owe_more_runs_have_more_time_to_commit() {
	build_and_execute(|| {
		let id = request(2);
		claim(id, &right());
		Workload::set(4);
		run(3);
		assert_eq!(
			state(id),
			JobState::Checking {
				deadline: 3 + 5 + 4 * WORK
			}
		);
	});
}

#[test]
fn without_a_worker_to_spare_nobody_is_audited_and_the_record_says_so() {
	build_and_execute(|| {
		Threats::mutate(|threats| threats.audit_rate = Permill::one());
		Pool::offer(&[(WORKER, 4), (OTHER, 4)]);
		ask(REQUESTER, 1, terms(1)).unwrap();
		let id = JobId(0);
		assert_eq!(Pool::get().promised(), 1);
		settled(id);
		assert!(!job(id).audited);
		let mut odds = Threats::get().odds();
		(odds.audit_rate, odds.malicious_share) = (Permill::zero(), Permill::from_percent(50));
		assert_eq!(assurance(id).evasion_probability, odds.evasion_probability(1));
	});
}
