//! Random interleavings of every call, verdict, block and change of parameters: invariants hold after each step, no
//! unit appears or vanishes, and every job ends within a bound that follows from its terms.

mod acts;

use crate::{mock::*, JobState, Jobs as JobsMap, Totals, DRAW_DELAY, MAX_REPLACEMENTS};
use acts::{act, chosen, take};
use assay_primitives::{api::RefundReason, JobId};
use proptest::{
	prelude::*,
	test_runner::{Config, TestRunner},
};
use std::{
	cell::{Cell, RefCell},
	collections::BTreeMap,
};

/// More blocks than the draws of a few jobs fill.
const QUEUE: u64 = 10;

/// Returns the blocks after which a job has ended if every block has randomness, the agenda has no backlog, and the
/// tribunal rules in time.
fn bound(id: JobId) -> u64 {
	let periods = job(id).terms.periods;
	let rounds = u64::from(MAX_REPLACEMENTS) + 1;
	let commit = u64::from(periods.commit) + 1;
	let draw = u64::from(DRAW_DELAY) + QUEUE;
	rounds * commit
		+ rounds * (draw + commit)
		+ u64::from(periods.reveal)
		+ u64::from(periods.window)
		+ u64::from(periods.vote)
		+ 3
}

/// Runs until all jobs have ended without further steps, except rulings at the deadline, and checks that each ends
/// within its bound.
fn check_that_jobs_end_within_their_bounds() {
	SilentBeacons::take();
	FullBlocks::take();
	Due::set(64);
	let live: Vec<_> = JobsMap::<Test>::iter()
		.filter(|(_, job)| job.state.is_live())
		.map(|(id, _)| (id, System::block_number() + bound(id)))
		.collect();
	let last = live.iter().map(|(_, by)| *by).max().unwrap_or_default();
	while System::block_number() <= last {
		for (id, by) in &live {
			match JobsMap::<Test>::get(id).map(|job| job.state) {
				Some(JobState::Disputed { since, .. })
					if since + u64::from(job(*id).terms.periods.vote) <= System::block_number() =>
				{
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
			check_that_jobs_end_within_their_bounds();
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
	// Jobs ended in every possible way.
	let reasons = [
		RefundReason::NoClaim,
		RefundReason::NoReveal,
		RefundReason::NotRunnable,
		RefundReason::AllWrong,
		RefundReason::Cancelled,
		RefundReason::Quarantined,
		RefundReason::TooFewCheckers,
	];
	for way in reasons
		.map(|reason| format!("{reason:?}"))
		.iter()
		.chain(&["settled".into(), "overturned".into()])
	{
		assert!(ends.borrow().contains_key(way), "no job ended as {way}");
	}
}
