//! The guest's coverage, copied to where libFuzzer reads it.

use std::{cell::UnsafeCell, sync::Mutex};

/// The maximum number of edges, more than the guest has.
const MAX_EDGES: usize = 1 << 20;

/// Memory that libFuzzer reads after each input and clears before the next.
#[repr(C, align(64))]
struct Counters(UnsafeCell<[u8; MAX_EDGES]>);

// SAFETY: only the fuzzing thread accesses it.
unsafe impl Sync for Counters {}

#[link_section = "__libfuzzer_extra_counters"]
#[used]
static COUNTERS: Counters = Counters(UnsafeCell::new([0; MAX_EDGES]));

/// Everything that has been counted: a bit for each range of counts of each edge.
static SEEN: Mutex<Seen> = Mutex::new(Seen {
	ranges: Vec::new(),
	edges: 0,
});

struct Seen {
	ranges: Vec<u8>,
	edges: usize,
}

/// Adds the counters of an instance to those of the current input.
pub fn add(guest: &[u8]) {
	// SAFETY: libFuzzer does not use the memory while an input runs.
	let counters = unsafe { &mut *COUNTERS.0.get() };
	assert!(
		guest.len() <= counters.len(),
		"the guest has {} edges, more than {MAX_EDGES}: raise MAX_EDGES",
		guest.len()
	);
	for (sum, count) in counters.iter_mut().zip(guest) {
		*sum = sum.saturating_add(*count);
	}
}

/// Returns whether the current input has reached something new.
pub fn is_new() -> bool {
	// SAFETY: libFuzzer does not use the memory while an input runs.
	let counters = unsafe { &*COUNTERS.0.get() };
	let mut seen = SEEN.lock().expect("no holder panics");
	let seen = &mut *seen;
	seen.ranges.resize(MAX_EDGES, 0);
	let mut is_new = false;
	for (counts, ranges) in counters.chunks_exact(64).zip(seen.ranges.chunks_exact_mut(64)) {
		if counts.iter().all(|count| *count == 0) {
			continue;
		}
		for (count, ranges) in counts.iter().zip(ranges) {
			let range = range(*count);
			if range & !*ranges != 0 {
				is_new = true;
				seen.edges += usize::from(*ranges == 0);
				*ranges |= range;
			}
		}
	}
	is_new
}

/// Returns the number of edges that inputs have reached so far.
pub fn reached_edges() -> usize {
	SEEN.lock().expect("no holder panics").edges
}

/// Returns the bit of the range of a count. The ranges are those of libFuzzer: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32
/// to 127, more.
fn range(count: u8) -> u8 {
	match count {
		0 => 0,
		1 => 1,
		2 => 2,
		3 => 4,
		4..=7 => 8,
		8..=15 => 16,
		16..=31 => 32,
		32..=127 => 64,
		128.. => 128,
	}
}
