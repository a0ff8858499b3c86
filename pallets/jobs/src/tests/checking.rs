//! Checkers and auditors: they commit without seeing an answer, and silent ones are fined and replaced.

use crate::{mock::*, Event, JobState, Totals};
use assay_primitives::{
	api::{ParticipantStatus, RefundReason, Role},
	traits::Offence,
	JobId,
};
use sp_runtime::Permill;

/// Blocks from one draw to the next: the period to commit, and the two blocks whose randomness decides.
const ROUND: u64 = 5 + WORK + 3;

/// Returns a job in the state `Checking`.
fn checking(checkers: u8, audit: Permill) -> JobId {
	let id = request_audited(checkers, audit);
	claim(id, &right());
	run(3);
	assert!(matches!(state(id), JobState::Checking { .. }));
	id
}

#[test]
fn the_reveal_begins_with_the_last_commitment() {
	build_and_execute(|| {
		let id = checking(3, Permill::zero());
		for worker in checkers(id) {
			assert!(matches!(state(id), JobState::Checking { .. }));
			assert!(reveal(executor(id), id, &right()).is_err());
			commit(worker, id, &right()).unwrap();
			assert_eq!(events().last(), Some(&Event::Committed { job: id, worker }));
		}
		assert_eq!(state(id), JobState::Revealing { deadline: 4 + 8 + WORK });
	});
}

#[test]
fn a_silent_checker_is_fined_and_another_is_drawn() {
	build_and_execute(|| {
		let id = checking(2, Permill::zero());
		let [present, silent] = checkers(id)[..] else {
			panic!("two checkers");
		};
		commit(present, id, &right()).unwrap();
		let JobState::Checking { deadline } = state(id) else {
			panic!("checking");
		};
		run_to(deadline);
		assert!(checkers(id).contains(&silent));
		run(1);
		assert!(matches!(state(id), JobState::Drawing { since, .. } if since == deadline + 1));
		assert_eq!(Punished::get(), vec![(silent, id, Offence::NoShow, 1_000)]);
		assert_eq!(checkers(id), vec![present]);
		run(3);
		let [first, second] = checkers(id)[..] else {
			panic!("two checkers again");
		};
		assert_eq!(first, present);
		commit(second, id, &right()).unwrap();
		for worker in workers(id) {
			reveal(worker, id, &right()).unwrap();
		}
		assert!(matches!(state(id), JobState::Provisional { .. }));
		assert_eq!(free_balance(FUND), ENDOWMENT + 1_000);
	});
}

#[test]
fn replacements_are_drawn_from_randomness_younger_than_the_gap() {
	let drawn = |changed: Option<u64>| {
		let mut drawn = 0;
		build_and_execute(|| {
			// The checkers are drawn at the end of block 3 and removed at the start of block 10.
			if let Some(block) = changed {
				BeaconSeedOf::mutate(|seeds| seeds.insert(block, 1));
			}
			let id = checking(1, Permill::zero());
			run_to(10);
			assert!(matches!(state(id), JobState::Drawing { since: 10, .. }));
			run(3);
			drawn = checkers(id)[0];
		});
		drawn
	};
	let usual = drawn(None);
	assert_eq!(drawn(Some(9)), usual);
	assert_eq!(drawn(Some(10)), usual);
	assert_ne!((drawn(Some(11)), drawn(Some(12))), (usual, usual));
}

#[test]
fn after_three_rounds_with_a_silent_checker_the_others_are_paid_from_the_fines_and_the_job_is_refunded() {
	build_and_execute(|| {
		let id = checking(1, Permill::zero());
		for round in 1..=2 {
			run(ROUND);
			assert_eq!(Totals::<Test>::get().no_shows, round);
			assert!(matches!(state(id), JobState::Checking { .. }));
		}
		run(ROUND);
		assert_eq!(Totals::<Test>::get().no_shows, 3);
		assert!(matches!(state(id), JobState::Revealing { .. }));
		let executor = executor(id);
		reveal(executor, id, &right()).unwrap();
		assert!(matches!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::TooFewCheckers,
				..
			}
		));
		assert!(Opened::get().is_empty());
		assert_eq!(free_balance(executor), ENDOWMENT + PAY);
		// Levy and burn are due: a worker of its own that stays away gives the requester no audit for free.
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - 2 * (LEVY + BURN));
		assert_eq!(free_balance(FUND), ENDOWMENT + 3 * 1_000 - PAY + 2 * LEVY);
	});
}

#[test]
fn a_silent_auditor_is_replaced_by_an_auditor_without_another_lottery() {
	build_and_execute(|| {
		let id = checking(0, Permill::one());
		let silent = with_role(id, Role::Auditor)[0];
		run(ROUND);
		assert_eq!(with_role(id, Role::Auditor).len(), 1);
		assert!(checkers(id).is_empty());
		assert_eq!(Punished::get()[0].0, silent);
		assert_eq!(Totals::<Test>::get().audits, 1);
	});
}

#[test]
fn the_audit_is_decided_once_although_every_checker_was_silent() {
	build_and_execute(|| {
		let id = checking(1, Permill::zero());
		// This would call for an auditor if chance were asked again.
		crate::Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().terms.odds.audit_rate = Permill::one());
		run(ROUND);
		assert!(!job(id).audited);
		assert_eq!(checkers(id).len(), 1);
	});
}

#[test]
fn workers_that_committed_in_time_stay_in_every_round() {
	build_and_execute(|| {
		let id = checking(4, Permill::one());
		let bound: Vec<_> = workers(id)[1..3].to_vec();
		for worker in &bound {
			commit(*worker, id, &right()).unwrap();
		}
		for _ in 0..2 {
			run(ROUND);
			assert_eq!(workers(id)[1..3], bound);
			assert_eq!(workers(id).len(), 6);
			check();
		}
		assert!(bound
			.iter()
			.all(|worker| matches!(status(id, *worker), ParticipantStatus::Committed(_))));
		assert_eq!(Totals::<Test>::get().no_shows, 2 * 3);
	});
}

#[test]
fn a_fine_never_exceeds_the_bond() {
	build_and_execute(|| {
		Threats::mutate(|threats| threats.no_show_fine = 5 * BOND);
		let id = checking(1, Permill::zero());
		run(ROUND);
		assert_eq!(Punished::get()[0].3, BOND);
		assert_eq!(job(id).terms.fine, BOND);
	});
}
