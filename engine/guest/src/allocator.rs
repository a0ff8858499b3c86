//! The global allocator, which aligns every allocation to 64 bytes.
//!
//! tract's vector loops treat the elements before the first 16-byte boundary separately. The order in which floats are
//! added, and with it their sum, therefore depends on the address modulo 16. With one alignment for all allocations, a
//! warm instance with a fragmented heap adds in the same order as a fresh one.
//!
//! The allocator also counts allocations, and so limits the cost of a load: unlike time, a count is the same on every
//! machine.

use core::{
	arch::wasm32,
	sync::atomic::{AtomicU64, Ordering::Relaxed},
};
use std::alloc::{GlobalAlloc, Layout, System};

/// The size of a page of linear memory, in bytes.
const PAGE: u64 = 64 * 1024;

/// The alignment of every allocation.
const ALIGN: usize = 64;

/// The number of allocations that are still allowed.
static REMAINING: AtomicU64 = AtomicU64::new(u64::MAX);

struct Aligned;

#[global_allocator]
static ALLOCATOR: Aligned = Aligned;

/// Returns the size of this instance's linear memory, in bytes. It never shrinks.
pub fn owned_bytes() -> u64 {
	wasm32::memory_size(0) as u64 * PAGE
}

/// Calls `work`, which may make `limit` allocations. One more fails as if there were no memory.
pub fn with_allocation_limit<T>(limit: u64, work: impl FnOnce() -> T) -> T {
	REMAINING.store(limit, Relaxed);
	let result = work();
	REMAINING.store(u64::MAX, Relaxed);
	result
}

/// Counts an allocation and returns its layout with the alignment raised, or `None` if no more are allowed.
fn count_allocation(layout: Layout) -> Option<Layout> {
	let remaining = REMAINING.load(Relaxed).checked_sub(1)?;
	REMAINING.store(remaining, Relaxed);
	raise_alignment(layout)
}

/// Returns `layout` with the alignment raised.
fn raise_alignment(layout: Layout) -> Option<Layout> {
	layout.align_to(ALIGN).ok()
}

/// Returns null for a failed allocation, after a growth that the host refuses and thereby sees. The inner allocator
/// rejects absurd sizes without asking for memory.
fn fail() -> *mut u8 {
	wasm32::memory_grow(0, usize::MAX / PAGE as usize);
	core::ptr::null_mut()
}

/// Returns `pointer`, and reports a failure if it is null.
fn check(pointer: *mut u8) -> *mut u8 {
	if pointer.is_null() {
		fail()
	} else {
		pointer
	}
}

// SAFETY: every call for one allocation goes to `System` with the same raised layout.
unsafe impl GlobalAlloc for Aligned {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		match count_allocation(layout) {
			Some(layout) => check(System.alloc(layout)),
			None => fail(),
		}
	}

	unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
		match count_allocation(layout) {
			Some(layout) => check(System.alloc_zeroed(layout)),
			None => fail(),
		}
	}

	unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
		// The layout of an allocation has been aligned before, so this succeeds.
		if let Some(layout) = raise_alignment(layout) {
			System.dealloc(pointer, layout);
		}
	}

	unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
		match count_allocation(layout) {
			Some(layout) => check(System.realloc(pointer, layout, new_size)),
			None => fail(),
		}
	}
}
