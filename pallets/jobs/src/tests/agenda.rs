//! The agenda: what is due is done, in bounded portions, and nothing is lost.

use crate::{mock::*, Agenda, JobState, Jobs as JobsMap, NextDue, OldestJob, WeightInfo};
use assay_primitives::{traits::OnSettled, JobId};
use frame_support::{traits::Hooks, weights::Weight};

type Weighs = crate::weights::SubstrateWeight<Test>;

/// Blocks from a request to the end of the patience with its executor.
const PATIENCE: u64 = 5 + WORK + 1;

fn claimed_by_nobody() -> usize {
	Punished::get().len()
}

#[test]
fn more_due_jobs_than_a_block_takes_are_worked_off_in_the_next() {
	build_and_execute(|| {
		Due::set(3);
		for _ in 0..7 {
			request(0);
		}
		run(PATIENCE);
		assert_eq!(claimed_by_nobody(), 3);
		check();
		run(1);
		assert_eq!(claimed_by_nobody(), 6);
		run(1);
		assert_eq!(claimed_by_nobody(), 7);
		run(1);
		assert_eq!(NextDue::<Test>::get(), System::block_number() + 1);
	});
}

#[test]
fn a_backlog_of_blocks_is_made_up_for() {
	build_and_execute(|| {
		Due::set(1);
		Pool::offer(&WORKERS.map(|worker| (worker, 9)));
		let jobs: Vec<_> = (0..20).map(|_| request(0)).collect();
		run(PATIENCE + 60);
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
fn a_block_spends_no_more_than_a_quarter_on_the_agenda_but_for_the_last_job() {
	build_and_execute(|| {
		let one = Weighs::replace_executor() + Recorder::weight();
		// Two and a half jobs make a quarter of this.
		let block = Weight::from_parts(10 * one.ref_time(), u64::MAX);
		Weights::set(frame_system::limits::BlockWeights::simple_max(block));
		for _ in 0..8 {
			request(0);
		}
		run(PATIENCE - 1);
		Jobs::on_finalize(System::block_number());
		System::set_block_number(PATIENCE + 1);
		let spent = Jobs::on_initialize(PATIENCE + 1);
		assert_eq!(claimed_by_nobody(), 3);
		// What every block takes besides.
		let besides = Weighs::agenda(1) + Weighs::sweep(0) + Weighs::prune() + Weighs::pass_ended(1) + Weighs::beacon();
		let spent = spent.ref_time() - besides.ref_time();
		assert!((3 * one.ref_time()..4 * one.ref_time()).contains(&spent));
		run(1);
		assert_eq!(claimed_by_nobody(), 6);
	});
}

#[test]
fn the_weight_of_a_block_holds_what_others_do_when_told_of_the_end() {
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
		let least = Weighs::settle(1) + Recorder::weight() + Weighs::agenda(1) + Weighs::beacon();
		assert!(spent.all_gte(least), "{spent:?} {least:?}");
	});
}

#[test]
fn the_weight_of_a_block_holds_the_draws_at_its_end() {
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
fn a_job_stands_on_the_agenda_once_while_it_lives() {
	build_and_execute(|| {
		let id = request(2);
		let once = || {
			let places: Vec<_> = Agenda::<Test>::iter_keys().collect();
			let job = job(id);
			let expected: Vec<_> = job.state.is_live().then_some((job.agenda, id)).into_iter().collect();
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
fn a_job_whose_time_has_not_come_is_put_further_back_and_nothing_else() {
	build_and_execute(|| {
		let id = request(1);
		claim(id, &right());
		run(3);
		commit(checkers(id)[0], id, &right()).unwrap();
		let before = job(id);
		// Its place is that of the claim, which was due first.
		assert_eq!((before.agenda, before.state.due()), (8, Some(14)));
		run_to(8);
		let after = job(id);
		assert_eq!((after.agenda, after.state), (14, before.state));
	});
}

#[test]
fn what_was_pruned_leaves_nothing() {
	build_and_execute(|| {
		let jobs: Vec<JobId> = (0..5).map(|_| request(1)).collect();
		for id in &jobs[..3] {
			revealed(*id, &[right()]);
		}
		revealed(jobs[3], &[right(), wrong(1)]);
		rule(jobs[3], verdict(Some(right().digest())));
		run(200);
		assert_eq!(OldestJob::<Test>::get(), JobId(5));
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
fn a_record_waits_for_those_of_older_jobs_and_no_block_forgets_too_many() {
	build_and_execute(|| {
		Due::set(2);
		Pool::offer(&WORKERS.map(|worker| (worker, 9)));
		let disputed = request(1);
		revealed(disputed, &[right(), wrong(1)]);
		let others: Vec<_> = (0..4).map(|_| request(0)).collect();
		for id in &others {
			Jobs::cancel(RuntimeOrigin::signed(REQUESTER), *id).unwrap();
		}
		let known = || JobsMap::<Test>::iter().count();
		run(60);
		assert_eq!(known(), 5, "the oldest has not ended");
		rule(disputed, verdict(None));
		run(49);
		assert_eq!(known(), 5);
		for left in [3, 1, 0] {
			run(1);
			assert_eq!(known(), left);
			check();
		}
	});
}
