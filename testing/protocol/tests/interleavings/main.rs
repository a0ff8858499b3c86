//! Random histories of everything that can happen to the protocol, with every invariant checked after every step.
//!
//! A history is a list of steps: any call by anybody, right or wrong, blocks, new sessions, and new parameters while jobs are in flight.
//! After it nobody does anything any more, and still every job must end.

mod act;
mod history;
mod op;
mod people;
mod reached;

use assay_primitives::{probe::probe_pool, terms::Periods};
use assay_protocol::{runtime::*, world::*};
use frame_support::assert_ok;
use history::World;
use op::{op, Op};
use people::*;
use proptest::prelude::*;
use reached::REACHED;
use std::sync::atomic::{AtomicU64, Ordering};

/// Histories, and the most steps of each.
const CASES: u32 = 200;
const STEPS: usize = 260;
/// The steps that all histories must have together.
const ENOUGH: u64 = 50_000;

static STEPS_TAKEN: AtomicU64 = AtomicU64::new(0);
static JOBS: AtomicU64 = AtomicU64::new(0);

/// A chain with models and workers, on which `steps` happen.
fn history(seed: u64, steps: Vec<Op>) {
	let accounts: Vec<_> = everybody().into_iter().map(|a| (a, 2_000 * ASY)).collect();
	new_chain(seed, &accounts, &VALIDATORS).execute_with(|| {
		RecordPeriod::set(12);
		Unbonding::set(40);
		CurrentPeriods::set(Periods {
			commit: 4,
			reveal: 6,
			vote: 8,
			macs_per_block: 3_000_000_000,
			windows: [3, 10, 30],
		});
		let mut world = World::new();
		for number in 0..2 {
			assert_ok!(open_model(OWNERS[0], number, ASY / 100, 50_000_000));
			for worker in &WORKERS[usize::from(number)..] {
				let _ = register(*worker, 110 * ASY);
				assert_ok!(serve(*worker, model(number), 3));
			}
		}
		for worker in &WORKERS[3..] {
			assert_ok!(serve(*worker, probe_pool(ENGINE), 2));
		}
		world.check();
		for step in steps {
			world.apply(step);
		}
		world.finish();
	});
}

#[test]
fn whatever_happens_every_job_ends_and_every_token_is_accounted_for() {
	let config = ProptestConfig {
		cases: CASES,
		failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::Direct(
			concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/interleavings.txt"),
		))),
		..Default::default()
	};
	proptest!(config, |(seed in any::<u64>(), steps in prop::collection::vec(op(), STEPS / 2..STEPS))| {
		history(seed, steps);
	});
	let steps = STEPS_TAKEN.load(Ordering::Relaxed);
	let reached = REACHED.lock().unwrap();
	eprintln!("{steps} steps, {} jobs: {:?}", JOBS.load(Ordering::Relaxed), *reached);
	assert!(steps >= ENOUGH, "only {steps} steps");
	for name in [
		"settled",
		"refunded: no claim",
		"refunded: no reveal",
		"refunded: no quorum",
		"refunded: all wrong",
		"refunded: cancelled",
		"verdict",
		"bond forfeited",
		"bond returned",
		"slashed",
		"no-show",
		"reproduced",
		"not reproduced",
		"found flawed",
	] {
		assert!(reached.contains_key(name), "no history got to: {name}");
	}
}
