//! The agenda: due jobs are serviced in bounded portions, and none is lost.

use crate::{mock::*, Agenda, JobState, Jobs as JobsMap, NextDue, OldestRecord, WeightInfo};
use assay_primitives::{shares, traits::OnJobEnded, JobId};
use frame_support::{
	traits::Hooks,
	weights::{Weight, WeightMeter},
};
use frame_system::limits::BlockWeights;
use sp_runtime::Perbill;

type Weighs = crate::weights::SubstrateWeight<Test>;

/// Blocks from a request to the replacement of a silent executor.
const CLAIM_PERIOD: u64 = 5 + WORK + 1;

/// Makes blocks so small that `share` of one has room for `weight`.
pub(super) fn shrink_blocks(share: Perbill, weight: Weight) {
	let block = share.saturating_reciprocal_mul_ceil(weight.ref_time());
	Weights::set(BlockWeights::simple_max(Weight::from_parts(block, u64::MAX)));
}

fn no_shows() -> usize {
	Punished::get().len()
}

#[test]
fn due_jobs_beyond_the_limit_of_a_block_are_serviced_in_the_next() {
	build_and_execute(|| {
		Due::set(3);
		for _ in 0..7 {
			request(0);
		}
		run(CLAIM_PERIOD);
		assert_eq!(no_shows(), 3);
		check();
		run(1);
		assert_eq!(no_shows(), 6);
		run(1);
		assert_eq!(no_shows(), 7);
		run(1);
		assert_eq!(NextDue::<Test>::get(), System::block_number() + 1);
	});
}

#[test]
fn a_backlog_of_blocks_is_caught_up_with() {
	build_and_execute(|| {
		Due::set(1);
		Pool::offer(&WORKERS.map(|worker| (worker, 9)));
		let jobs: Vec<_> = (0..20).map(|_| request(0)).collect();
		run(CLAIM_PERIOD + 60);
		check();
		assert!(NextDue::<Test>::get() < System::block_number());
		Due::set(64);
		run(60);
		assert_eq!(NextDue::<Test>::get(), System::block_number() + 1);
		assert!(jobs
			.iter()
			.all(|id| JobsMap::<Test>::get(id).is_none_or(|job| !job.state.is_live())));
	});
}

#[test]
fn property_10_the_agenda_keeps_its_share_of_a_block() {
	build_and_execute(|| {
		let one = Weighs::replace_executor() + Recorder::weight();
		// After two and a half jobs there is room for the heaviest: a fourth does not start.
		shrink_blocks(shares::DUE_JOBS, Jobs::weight_of_agenda() + one * 5 / 2);
		for _ in 0..8 {
			request(0);
		}
		run(CLAIM_PERIOD - 1);
		Jobs::on_finalize(System::block_number());
		System::set_block_number(CLAIM_PERIOD + 1);
		let spent = Jobs::on_initialize(CLAIM_PERIOD + 1);
		assert_eq!(no_shows(), 3);
		assert_eq!(spent, one * 3 + Weighs::service_agendas(1) + Weighs::beacon());
		assert!(spent.all_lte(Jobs::share(shares::DUE_JOBS) + Weighs::beacon()));
		run(1);
		assert_eq!(no_shows(), 6);
	});
}

#[test]
fn property_10_what_may_wait_keeps_its_share_and_what_the_block_has_left() {
	build_and_execute(|| {
		let jobs: Vec<_> = (0..4).map(|_| request(0)).collect();
		for id in jobs {
			Jobs::cancel(RuntimeOrigin::signed(REQUESTER), id, task_of(id)).unwrap();
		}
		let known = || JobsMap::<Test>::iter().count();
		run(49);
		let polled = |limit| {
			let mut meter = WeightMeter::with_limit(limit);
			Jobs::on_poll(System::block_number() + 1, &mut meter);
			meter.consumed()
		};
		let for_transactions = Jobs::share(shares::TRANSACTIONS);
		assert_eq!(polled(for_transactions), Weight::zero());
		assert_eq!(known(), 4);
		let left = Weighs::prune() * 5 / 2;
		assert!(polled(for_transactions + left).all_lte(left));
		assert_eq!(known(), 2);
		shrink_blocks(shares::RECORDS, Weighs::prune());
		let limit = Weights::get().max_block - Jobs::share(shares::TRANSACTIONS);
		assert!(polled(Weight::MAX).all_lte(limit));
		assert_eq!(known(), 1);
		Weights::set(Default::default());
	});
}

#[test]
fn the_weight_of_a_block_includes_the_notification_of_the_end() {
	build_and_execute(|| {
		let id = request(0);
		revealed(id, &[right()]);
		let JobState::Provisional { until, .. } = state(id) else {
			panic!("provisional");
		};
		run_to(until);
		Jobs::on_finalize(until);
		System::set_block_number(until + 1);
		let spent = Jobs::on_initialize(until + 1);
		assert!(matches!(state(id), JobState::Settled { .. }));
		let least = Weighs::settle(1) + Recorder::weight() + Weighs::service_agendas(1) + Weighs::beacon();
		assert!(spent.all_gte(least), "{spent:?} {least:?}");
	});
}

#[test]
fn the_weight_of_a_block_includes_the_draws_at_its_end() {
	build_and_execute(|| {
		let weight_of = |block| {
			Jobs::on_finalize(block - 1);
			System::set_block_number(block);
			Jobs::on_initialize(block)
		};
		let id = request(12);
		claim(id, &right());
		let idle = weight_of(2);
		let drawing = weight_of(3);
		assert_eq!(drawing - idle, Weighs::draw(13));
		assert_ne!(drawing, Weight::zero());
	});
}

#[test]
fn the_agenda_lists_a_live_job_once() {
	build_and_execute(|| {
		let id = request(2);
		let once = || {
			let places: Vec<_> = Agenda::<Test>::iter_keys().collect();
			let job = job(id);
			let expected: Vec<_> = job.agenda.map(|place| (place, id)).into_iter().collect();
			assert_eq!(job.agenda.is_some(), job.state.is_live());
			assert_eq!(places, expected);
			check();
		};
		once();
		claim(id, &right());
		once();
		for _ in 0..3 {
			run(1);
			once();
		}
		for worker in checkers(id) {
			commit(worker, id, &right()).unwrap();
			once();
		}
		for worker in workers(id) {
			reveal(worker, id, &right()).unwrap();
			once();
		}
		for _ in 0..12 {
			run(1);
			once();
		}
		assert!(matches!(state(id), JobState::Settled { .. }));
	});
}

#[test]
fn a_job_that_is_not_due_yet_is_postponed_and_otherwise_unchanged() {
	build_and_execute(|| {
		let id = request(1);
		claim(id, &right());
		run(3);
		commit(checkers(id)[0], id, &right()).unwrap();
		let before = job(id);
		// The agenda still lists it at the deadline of the claim.
		assert_eq!((before.agenda, before.state.due()), (Some(8), Some(14)));
		run_to(8);
		let after = job(id);
		assert_eq!((after.agenda, after.state), (Some(14), before.state));
	});
}

#[test]
fn a_pruned_record_leaves_nothing_behind() {
	build_and_execute(|| {
		let jobs: Vec<JobId> = (0..5).map(|_| request(1)).collect();
		for id in &jobs[..3] {
			revealed(*id, &[right()]);
		}
		revealed(jobs[3], &[right(), wrong(1)]);
		rule(jobs[3], verdict(Some(right().digest())));
		run(200);
		assert_eq!(OldestRecord::<Test>::get(), 5);
		assert_eq!(JobsMap::<Test>::iter().count(), 0);
		assert_eq!(Agenda::<Test>::iter().count(), 0);
		assert_eq!(crate::Inputs::<Test>::iter().count(), 0);
		assert_eq!(crate::Answers::<Test>::iter().count(), 0);
		assert_eq!(crate::Draws::<Test>::iter().count(), 0);
		let totals = Jobs::stats();
		assert_eq!((totals.requested, totals.settled, totals.refunded), (5, 4, 1));
	});
}

#[test]
fn property_10_a_job_that_takes_long_holds_up_no_other_record() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 9)));
		let disputed = request(1);
		revealed(disputed, &[right(), wrong(1)]);
		let others: Vec<_> = (0..4).map(|_| request(0)).collect();
		for id in others.iter().rev() {
			Jobs::cancel(RuntimeOrigin::signed(REQUESTER), *id, task_of(*id)).unwrap();
		}
		let known = || JobsMap::<Test>::iter().count();
		run(49);
		assert_eq!(known(), 5);
		run(1);
		assert_eq!(known(), 1, "the oldest job has not ended");
		check();
		rule(disputed, verdict(None));
		run(49);
		assert_eq!(known(), 1);
		run(1);
		assert_eq!(known(), 0);
	});
}
