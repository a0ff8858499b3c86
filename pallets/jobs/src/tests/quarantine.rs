//! A model is stopped while jobs are in flight: all end, work is paid for out of the fee, the rest is refunded, and
//! nothing is settled.

use super::agenda::shrink_blocks;
use crate::{mock::*, Error, JobState, OldestLive, Sweeps, WeightInfo, MAX_SWEEPS};
use assay_primitives::{
	api::{ParticipantStatus, RefundReason, Role},
	probe::encode_finding,
	shares,
	traits::{DisputedJobs, OnJobEnded, OnQuarantine, Prober, Ruling, SlotUse},
	JobId, ModelId,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{PerThing, Permill};

type Weighs = crate::weights::SubstrateWeight<Test>;

const VOIDED: RefundReason = RefundReason::Quarantined;

fn quarantine() {
	Quarantined::set(true);
	assert_ok!(Jobs::on_quarantine(&MODEL));
}

/// Returns the number of workers of these jobs that are paid if their model is quarantined now.
fn committed_workers(jobs: &[JobId]) -> u64 {
	let is_committed = |status| matches!(status, ParticipantStatus::Committed(_) | ParticipantStatus::Revealed(_));
	let participants = jobs.iter().flat_map(|id| job(*id).participants);
	participants.filter(|p| is_committed(p.status)).count() as u64
}

fn refunded_for(id: JobId) -> Option<RefundReason> {
	match state(id) {
		JobState::Refunded { reason, .. } => Some(reason),
		_ => None,
	}
}

/// The requester is also all the workers. It commits to garbage, and its model is quarantined before anybody has
/// looked.
#[test]
fn property_8_quarantine_pays_nothing_unverified_from_the_fund() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 9)));
		let funds_of_the_attacker = || free_balance(REQUESTER) + WORKERS.into_iter().map(free_balance).sum::<u64>();
		let before = (free_balance(FUND), funds_of_the_attacker());
		let jobs: Vec<_> = (0..5).map(|_| request_audited(2, Permill::one())).collect();
		for id in &jobs {
			claim(*id, &wrong(1));
		}
		run(3);
		for id in &jobs[1..] {
			for worker in &workers(*id)[1..] {
				commit(*worker, *id, &wrong(1)).unwrap();
			}
		}
		for id in &jobs[3..] {
			for worker in workers(*id) {
				reveal(worker, *id, &wrong(1)).unwrap();
			}
			assert!(matches!(state(*id), JobState::Provisional { .. }));
		}
		assert_eq!(committed_workers(&jobs), 1 + 4 * 4);
		quarantine();
		run(1);
		assert!(jobs.iter().all(|id| refunded_for(*id) == Some(VOIDED)));
		assert_eq!((free_balance(FUND), funds_of_the_attacker()), before);
	});
}

#[test]
fn quarantine_refunds_jobs_in_every_state_and_the_fee_pays_workers_that_had_committed() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 9)));
		let provisional = request(1);
		revealed(provisional, &[right()]);
		let [revealing, checking] = [request(1), request(1)];
		claim(checking, &right());
		committed(revealing, &[right()]);
		let drawing = request(1);
		claim(drawing, &right());
		let claiming = request(1);
		let fund = free_balance(FUND);
		let all = [provisional, revealing, checking, drawing, claiming];
		assert_eq!(held(REQUESTER), all.len() as u64 * fee(1));
		quarantine();
		run(1);
		assert!(all.iter().all(|id| refunded_for(*id) == Some(VOIDED)));
		// Two workers each that had revealed or committed, and one executor each of two jobs that had claimed.
		assert_eq!((held(REQUESTER), free_balance(REQUESTER)), (0, ENDOWMENT - 6 * PAY));
		let paid: u64 = WORKERS.into_iter().map(|worker| free_balance(worker) - ENDOWMENT).sum();
		assert_eq!((paid, Jobs::stats().paid_to_workers), (6 * PAY, 6 * PAY));
		assert_eq!(free_balance(FUND), fund);
		assert!(Served::get().iter().all(|(.., slot_use)| *slot_use == SlotUse::Unused));
		assert!(Punished::get().is_empty());
		assert!(Sweeps::<Test>::get().is_empty());
		check();
		// The queued draw does nothing.
		run(3);
		assert_eq!(refunded_for(drawing), Some(VOIDED));
	});
}

#[test]
fn in_quarantine_an_auditor_is_paid_what_the_fee_has_left() {
	for (checkers, left) in [(0, LEVY + BURN + ROYALTY), (7, PAY)] {
		build_and_execute(|| {
			let id = request_audited(checkers, Permill::one());
			committed(id, &[right()]);
			let fund = free_balance(FUND);
			let auditor = with_role(id, Role::Auditor)[0];
			quarantine();
			run(1);
			assert_eq!(refunded_for(id), Some(VOIDED));
			for worker in workers(id) {
				let due = if worker == auditor { left } else { PAY };
				assert_eq!(free_balance(worker), ENDOWMENT + due);
			}
			let spent = (u64::from(checkers) + 1) * PAY + left;
			assert_eq!((held(REQUESTER), free_balance(REQUESTER)), (0, ENDOWMENT - spent));
			assert_eq!(free_balance(FUND), fund);
		});
	}
}

#[test]
fn a_probe_that_is_voided_pays_those_who_committed_or_else_the_fund() {
	build_and_execute(|| {
		let claiming = <Jobs as Prober<u64, u64>>::probe(&OWNER, probe(1), u64::MAX).unwrap();
		let revealing = <Jobs as Prober<u64, u64>>::probe(&OWNER, probe(1), u64::MAX).unwrap();
		crate::Jobs::<Test>::mutate(revealing, |job| {
			job.as_mut().unwrap().terms.odds.audit_rate = Permill::zero()
		});
		committed(revealing, &[encode_finding(&Ok(()))]);
		let paid = committed_workers(&[revealing]);
		quarantine();
		run(1);
		assert!([claiming, revealing].iter().all(|id| refunded_for(*id) == Some(VOIDED)));
		assert_eq!((held(OWNER), free_balance(OWNER)), (0, ENDOWMENT - (paid + 1) * PAY));
		assert_eq!(free_balance(FUND), ENDOWMENT + PAY);
		assert_eq!(Probed::get(), [None, None]);
	});
}

#[test]
fn in_quarantine_the_tribunal_still_decides_and_its_verdict_refunds() {
	build_and_execute(|| {
		let id = request(1);
		revealed(id, &[right(), wrong(1)]);
		let fund = free_balance(FUND);
		quarantine();
		run(1);
		assert!(matches!(state(id), JobState::Disputed { .. }));
		rule(id, verdict(Some(right().digest())));
		assert_eq!(refunded_for(id), Some(VOIDED));
		assert_eq!(Punished::get().len(), 1);
		// The fee pays the worker whom the verdict confirms, and the requester gets its share of the bond.
		assert_eq!(
			(held(REQUESTER), free_balance(REQUESTER)),
			(0, ENDOWMENT + BOND / 5 - PAY)
		);
		assert_eq!(free_balance(FUND), fund + BOND / 10);
	});
}

#[test]
fn a_challengers_answer_is_not_stored_for_a_refund() {
	build_and_execute(|| {
		let id = request(1);
		revealed(id, &[wrong(1), wrong(2)]);
		quarantine();
		run(1);
		let brought = Ruling {
			answer: Some(right()),
			upheld: vec![CHALLENGER],
			..verdict(Some(right().digest()))
		};
		rule(id, brought);
		assert_eq!(refunded_for(id), Some(VOIDED));
		assert_eq!(crate::Answers::<Test>::iter().count(), 0);
	});
}

#[test]
fn a_result_that_is_due_before_its_sweep_is_not_settled() {
	build_and_execute(|| {
		let id = request(0);
		revealed(id, &[right()]);
		// The window ends before the sweep.
		Quarantined::set(true);
		run(12);
		assert_eq!(refunded_for(id), Some(VOIDED));
		assert_eq!(held(REQUESTER), 0);
	});
}

#[test]
fn a_dispute_over_a_released_model_is_settled_by_its_verdict() {
	build_and_execute(|| {
		let id = request(1);
		revealed(id, &[right(), wrong(1)]);
		quarantine();
		run(1);
		Quarantined::set(false);
		rule(id, verdict(Some(right().digest())));
		assert!(matches!(state(id), JobState::Settled { .. }));
	});
}

#[test]
fn a_sweep_spares_jobs_requested_after_a_release() {
	build_and_execute(|| {
		let before = request(0);
		quarantine();
		Quarantined::set(false);
		let after = request(0);
		run(1);
		assert_eq!(refunded_for(before), Some(VOIDED));
		assert!(matches!(state(after), JobState::Claiming { .. }));
	});
}

#[test]
fn a_sweep_ends_a_bounded_number_of_jobs_in_a_block_and_forgets_none() {
	build_and_execute(|| {
		let one = Weighs::void_job(1) + Recorder::weight() + Weighs::sweep(1) - Weighs::sweep(0);
		// After two and a half jobs, and a look at the oldest record, there is room for the heaviest.
		let room = Jobs::weight_of_sweep() + one * 5 / 2 + Weighs::prune();
		shrink_blocks(shares::TRANSACTIONS.left_from_one(), room);
		Pool::offer(&WORKERS.map(|worker| (worker, 9)));
		let jobs: Vec<_> = (0..7).map(|_| request(0)).collect();
		quarantine();
		for left in [4, 1, 0] {
			run(1);
			assert_eq!(jobs.iter().filter(|id| state(**id).is_live()).count(), left);
			check();
		}
		run(1);
		assert!(Sweeps::<Test>::get().is_empty());
		Weights::set(Default::default());
	});
}

#[test]
fn a_sweep_does_not_visit_jobs_that_ended_long_ago() {
	build_and_execute(|| {
		let id = request(0);
		settled(id);
		run(1);
		assert_eq!(OldestLive::<Test>::get(), JobId(1));
		let live = request(0);
		run(1);
		assert_eq!(OldestLive::<Test>::get(), live);
	});
}

#[test]
fn a_model_is_swept_once_and_too_many_sweeps_at_a_time_are_refused() {
	build_and_execute(|| {
		let model = |n: u32| ModelId(H256::from_low_u64_be(n.into()));
		for n in 0..MAX_SWEEPS {
			assert_ok!(Jobs::on_quarantine(&model(n)));
		}
		assert_ok!(Jobs::on_quarantine(&model(0)));
		assert_eq!(Sweeps::<Test>::get().len(), MAX_SWEEPS as usize);
		assert_noop!(Jobs::on_quarantine(&model(MAX_SWEEPS)), Error::<Test>::TooManySweeps);
		run(u64::from(MAX_SWEEPS));
		assert_ok!(Jobs::on_quarantine(&model(MAX_SWEEPS)));
		run(1);
		assert_eq!(<Jobs as DisputedJobs<u64, u64>>::next_job(), JobId(0));
	});
}
