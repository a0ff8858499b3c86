//! The draw of checkers and auditors: its randomness, the drawn workers, and what happens if there are too few.

use crate::{mock::*, Draws as DrawsMap, Event, JobState, Jobs as JobsMap, Totals};
use assay_primitives::{api::Role, terms::Terms, JobId};
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
			assert!(!job(id).escalated);
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
fn a_job_without_available_checkers_goes_to_the_tribunal() {
	build_and_execute(|| {
		let id = request(2);
		// All other workers leave between the claim and the draw.
		claim(id, &right());
		Pool::offer(&[]);
		run(3);
		assert!(job(id).escalated && checkers(id).is_empty());
		assert_eq!(Pool::get().reserved, 0);
		reveal(executor(id), id, &right()).unwrap();
		assert!(matches!(state(id), JobState::Disputed { challenged: None, .. }));
		assert_eq!(Opened::get(), vec![(id, 6 + WORK)]);
	});
}

#[test]
fn a_job_with_one_available_checker_of_two_uses_it_and_still_goes_to_the_tribunal() {
	build_and_execute(|| {
		let id = request(2);
		claim(id, &right());
		let other = WORKERS.into_iter().find(|worker| *worker != executor(id)).unwrap();
		Pool::offer(&[(other, 5)]);
		run(3);
		assert_eq!(checkers(id), vec![other]);
		assert!(matches!(state(id), JobState::Checking { .. }));
		commit(other, id, &right()).unwrap();
		for worker in workers(id) {
			reveal(worker, id, &right()).unwrap();
		}
		assert!(matches!(state(id), JobState::Disputed { .. }));
	});
}

#[test]
fn a_job_without_an_available_auditor_goes_to_the_tribunal() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 4), (OTHER, 4)]);
		let id = request_audited(1, Permill::one());
		assert_eq!(Pool::get().reserved, 1);
		claim(id, &right());
		run(3);
		assert!(job(id).audited && job(id).escalated);
		assert_eq!(checkers(id).len(), 1);
		assert!(events().contains(&Event::Drawn {
			job: id,
			workers: 1,
			audited: true
		}));
	});
}

#[test]
fn a_claim_that_finds_the_next_blocks_full_succeeds_later() {
	build_and_execute(|| {
		Draws::set(14);
		Pool::offer(&WORKERS.map(|worker| (worker, 20)));
		// Each draw takes a whole block, and eight blocks are tried.
		let jobs: Vec<JobId> = (0..9).map(|_| request(12)).collect();
		for id in &jobs {
			claim(*id, &right());
		}
		let last = jobs[8];
		assert!(matches!(state(last), JobState::Claiming { .. }));
		assert_eq!(DrawsMap::<Test>::iter().count(), 8);
		check();
		run(1);
		claim(last, &right());
		assert!(matches!(state(last), JobState::Drawing { .. }));
		run(10);
		let drawn = events()
			.into_iter()
			.filter(|event| matches!(event, Event::Drawn { workers: 12, .. }));
		assert_eq!(drawn.count(), 9);
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
fn a_delayed_draw_that_finds_no_block_escalates_its_job() {
	build_and_execute(|| {
		Draws::set(14);
		Pool::offer(&WORKERS.map(|worker| (worker, 40)));
		let delayed = request(12);
		claim(delayed, &right());
		run(1);
		// Every block to which the draw could be moved is full.
		for _ in 0..8 {
			claim(request(12), &right());
		}
		run(1);
		for _ in 0..2 {
			claim(request(12), &right());
		}
		SilentBeacons::set([3].into());
		run(1);
		assert!(job(delayed).escalated);
		assert!(matches!(state(delayed), JobState::Revealing { .. }));
		check();
	});
}

#[test]
fn a_draw_while_a_cheat_may_keep_honest_slots_busy_escalates_its_job() {
	for (others, escalated) in [(0, false), (9, true)] {
		build_and_execute(|| {
			// One checker deters this if it is drawn from at least three quarters of the slots.
			let wished = Terms {
				value_at_risk: 600_000,
				..terms(1)
			};
			ask(REQUESTER, 1, wished).unwrap();
			let id = JobId(0);
			JobsMap::<Test>::mutate(id, |job| job.as_mut().unwrap().terms.odds.audit_rate = Permill::zero());
			for _ in 0..others {
				request(0);
			}
			claim(id, &right());
			run(3);
			assert_eq!(checkers(id).len(), 1);
			assert_eq!(job(id).escalated, escalated, "{others} others");
		});
	}
}
