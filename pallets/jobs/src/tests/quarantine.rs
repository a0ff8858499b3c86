//! A model is stopped while jobs are in flight: all end, the fee is refunded, work is paid for, and nothing is settled.

use super::agenda::shrink_blocks;
use crate::{mock::*, Error, JobState, OldestLive, Sweeps, WeightInfo, MAX_SWEEPS};
use assay_primitives::{
	api::RefundReason,
	shares,
	traits::{DisputedJobs, OnJobEnded, OnQuarantine, Ruling, SlotUse},
	JobId, ModelId,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::PerThing;

type Weighs = crate::weights::SubstrateWeight<Test>;

const VOIDED: RefundReason = RefundReason::Quarantined;

fn quarantine() {
	Quarantined::set(true);
	assert_ok!(Jobs::on_quarantine(&MODEL));
}

fn refunded_for(id: JobId) -> Option<RefundReason> {
	match state(id) {
		JobState::Refunded { reason, .. } => Some(reason),
		_ => None,
	}
}

#[test]
fn quarantine_refunds_jobs_in_every_state_and_the_fund_pays_workers_that_had_committed() {
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
		assert_eq!((held(REQUESTER), free_balance(REQUESTER)), (0, ENDOWMENT));
		// Two workers each that had revealed or committed, and one executor each of two jobs that had claimed.
		assert_eq!(free_balance(FUND), fund - 6 * PAY);
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
		assert_eq!(held(REQUESTER), 0);
		let to_fund = BOND / 10;
		assert_eq!(free_balance(FUND), fund + to_fund - PAY);
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
