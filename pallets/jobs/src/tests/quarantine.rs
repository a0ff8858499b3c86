//! A model is stopped while jobs ask it: all end, the fee goes back, work is paid for, and nothing is settled any more.

use crate::{mock::*, Error, JobState, OldestLive, Sweeps, WeightInfo, MAX_SWEEPS};
use assay_primitives::{
	api::RefundReason,
	traits::{Docket, OnQuarantine, OnSettled, Ruling, Service},
	JobId, ModelId,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;

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
fn jobs_in_every_state_are_refunded_in_full_and_those_bound_to_an_answer_are_paid_by_the_fund() {
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
		// Two each who revealed and who committed, one executor each that had claimed.
		assert_eq!(free_balance(FUND), fund - 6 * PAY);
		assert!(Served::get().iter().all(|(.., service)| *service == Service::Unused));
		assert!(Punished::get().is_empty());
		assert!(Sweeps::<Test>::get().is_empty());
		check();
		// The draw that was to come does nothing.
		run(3);
		assert_eq!(refunded_for(drawing), Some(VOIDED));
	});
}

#[test]
fn the_tribunal_goes_on_and_its_verdict_refunds() {
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
fn an_answer_that_a_challenger_brings_is_not_kept_for_a_refund() {
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
fn a_result_that_falls_due_before_its_sweep_is_not_settled() {
	build_and_execute(|| {
		let id = request(0);
		revealed(id, &[right()]);
		// The sweep has yet to come, and the window ends.
		Quarantined::set(true);
		run(12);
		assert_eq!(refunded_for(id), Some(VOIDED));
		assert_eq!(held(REQUESTER), 0);
	});
}

#[test]
fn what_is_released_in_time_is_settled_by_its_verdict() {
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
fn jobs_that_come_after_a_release_are_left_alone() {
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
fn many_jobs_are_ended_so_many_a_block_and_none_is_forgotten() {
	build_and_execute(|| {
		let one = (Weighs::void_job(1) + Recorder::weight()).ref_time();
		// A quarter of a block takes two and a half jobs.
		let block = frame_support::weights::Weight::from_parts(10 * one, u64::MAX);
		Weights::set(frame_system::limits::BlockWeights::simple_max(block));
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
	});
}

#[test]
fn a_sweep_does_not_look_at_what_has_ended_long_ago() {
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
fn a_model_is_swept_once_and_too_many_at_a_time_are_refused() {
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
		assert_eq!(<Jobs as Docket<u64, u64>>::next(), JobId(0));
	});
}
