//! Random histories of everything that can happen to the protocol, with every invariant checked after every step.
//!
//! A history is a list of steps: any call by anybody, right or wrong, blocks, new sessions, and new parameters while
//! jobs are in flight. After the last step nobody acts, and still every job must end.

mod accounts;
mod apply;
mod coverage;
mod history;
mod op;

use accounts::*;
use assay_primitives::{probe::probe_pool, terms::Periods};
use assay_protocol::{chain::*, runtime::*};
use coverage::REACHED;
use frame_support::assert_ok;
use history::History;
use op::{op, Op};
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of histories, and the maximum number of steps of each.
const CASES: u32 = 200;
const STEPS: usize = 260;
/// The minimum number of steps of all histories together.
const MIN_STEPS: u64 = 50_000;

static STEPS_TAKEN: AtomicU64 = AtomicU64::new(0);
static JOBS: AtomicU64 = AtomicU64::new(0);

/// Applies `steps` on a chain with models and workers.
fn run_history(seed: u64, steps: Vec<Op>) {
	let accounts: Vec<_> = all_accounts().into_iter().map(|a| (a, 2_000 * ASY)).collect();
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
		let mut history = History::new();
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
		list_tickets();
		history.check();
		for step in steps {
			history.apply(step);
		}
		history.finish();
	});
}

#[test]
fn in_any_history_every_job_ends_and_every_token_is_accounted_for() {
	let config = ProptestConfig {
		cases: CASES,
		failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::Direct(
			concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/interleavings.txt"),
		))),
		..Default::default()
	};
	proptest!(config, |(seed in any::<u64>(), steps in prop::collection::vec(op(), STEPS / 2..STEPS))| {
		run_history(seed, steps);
	});
	let steps = STEPS_TAKEN.load(Ordering::Relaxed);
	let reached = REACHED.lock().unwrap();
	eprintln!("{steps} steps, {} jobs: {:?}", JOBS.load(Ordering::Relaxed), *reached);
	assert!(steps >= MIN_STEPS, "only {steps} steps");
	for name in [
		"settled",
		"refunded: no claim",
		"refunded: no reveal",
		"refunded: too few checkers",
		"next round",
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
		assert!(reached.contains_key(name), "no history reached: {name}");
	}
}
