//! Hooks keep their share of a block, and advance all the same.

use crate::{
	agenda::{service, Costs},
	shares, JobId,
};
use sp_runtime::{PerThing, Perbill};
use sp_weights::{Weight, WeightMeter};
use std::{cell::RefCell, collections::BTreeMap};

fn weight(units: u64) -> Weight {
	Weight::from_parts(units, 0)
}

/// Services an agenda of jobs with these blocks and weights, of which the heaviest weighs 10. Returns the jobs acted
/// on, the next block, and what was consumed.
fn serviced(jobs: &[(u32, u64)], now: u32, limit: u32, share: u64) -> (Vec<u64>, u32, u64) {
	let mut agenda = BTreeMap::<u32, Vec<JobId>>::new();
	for (id, (due, _)) in (0..).zip(jobs) {
		agenda.entry(*due).or_default().push(JobId(id));
	}
	let agenda = RefCell::new(agenda);
	let mut acted = Vec::new();
	let mut meter = WeightMeter::with_limit(weight(share));
	let costs = Costs {
		block: weight(1),
		entry: weight(10),
	};
	let next = service(
		1,
		now,
		limit,
		&mut meter,
		costs,
		|block| agenda.borrow().get(&block).cloned().unwrap_or_default().into_iter(),
		|block, id| {
			agenda
				.borrow_mut()
				.get_mut(&block)
				.unwrap()
				.retain(|entry| *entry != id);
			acted.push(id.0);
			weight(jobs[id.0 as usize].1)
		},
	);
	(acted, next, meter.consumed().ref_time())
}

#[test]
fn an_entry_starts_only_if_the_heaviest_would_fit() {
	let jobs = [(1, 4), (1, 4), (1, 4), (2, 4)];
	// One for the block, and 4 each: after two there are 8 left.
	assert_eq!(serviced(&jobs, 2, 9, 17), (vec![0, 1], 1, 9));
	assert_eq!(serviced(&jobs, 2, 9, 19), (vec![0, 1, 2], 2, 14));
	assert_eq!(serviced(&jobs, 2, 9, 100), (vec![0, 1, 2, 3], 3, 18));
}

#[test]
fn a_share_of_the_heaviest_entry_advances_by_one() {
	assert_eq!(serviced(&[(1, 10), (1, 10)], 1, 9, 11), (vec![0], 1, 11));
	assert_eq!(serviced(&[(1, 10)], 1, 9, 10), (vec![], 1, 1));
}

#[test]
fn entries_and_blocks_are_limited_in_number() {
	assert_eq!(serviced(&[(1, 1), (1, 1), (2, 1)], 9, 2, 100), (vec![0, 1], 1, 3));
	assert_eq!(serviced(&[(4, 1)], 9, 3, 100), (vec![], 4, 3));
}

#[test]
fn property_10_all_hooks_together_leave_two_fifths_of_a_block() {
	let hooks: u32 = shares::HOOKS.iter().map(|share| share.deconstruct()).sum();
	// One hundredth for what every block does.
	let every_block = Perbill::from_percent(1).deconstruct();
	assert!(hooks + every_block + shares::TRANSACTIONS.deconstruct() <= Perbill::ACCURACY);
}
