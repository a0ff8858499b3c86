//! The allocator: every buffer starts at a multiple of 64.
//!
//! tract peels the elements in front of the first 16-byte boundary off its vector loops, so the order in which a float sum is
//! taken, and with it the sum, depends on the address modulo 16. With one alignment for all buffers, a warm instance with a
//! fragmented heap adds in the same order as a fresh one.
//!
//! It also counts, and so bounds what a load may cost: a count is the same on every machine, where a time is not.

use core::{
	arch::wasm32,
	sync::atomic::{AtomicU64, Ordering::Relaxed},
};
use std::alloc::{GlobalAlloc, Layout, System};

/// Bytes of a page of linear memory.
const PAGE: u64 = 64 * 1024;

/// The alignment of every allocation.
const ALIGN: usize = 64;

/// How many blocks may still be allocated.
static LEFT: AtomicU64 = AtomicU64::new(u64::MAX);

struct Aligned;

#[global_allocator]
static ALLOCATOR: Aligned = Aligned;

/// The bytes of linear memory this instance owns. It never shrinks.
pub fn owned() -> u64 {
	wasm32::memory_size(0) as u64 * PAGE
}

/// Does `work`, which may allocate this many blocks. At one more it ends as it would without memory.
pub fn within<T>(blocks: u64, work: impl FnOnce() -> T) -> T {
	LEFT.store(blocks, Relaxed);
	let done = work();
	LEFT.store(u64::MAX, Relaxed);
	done
}

/// `layout` with the alignment raised, if there may be another block.
fn granted(layout: Layout) -> Option<Layout> {
	let left = LEFT.load(Relaxed).checked_sub(1)?;
	LEFT.store(left, Relaxed);
	aligned(layout)
}

fn aligned(layout: Layout) -> Option<Layout> {
	layout.align_to(ALIGN).ok()
}

/// What to return when there is no memory: null, after making sure that the host has seen a refused growth. The inner
/// allocator gives up on absurd sizes without asking for any.
fn refused() -> *mut u8 {
	wasm32::memory_grow(0, usize::MAX / PAGE as usize);
	core::ptr::null_mut()
}

/// Passes `pointer` on unless it is null.
fn checked(pointer: *mut u8) -> *mut u8 {
	if pointer.is_null() {
		refused()
	} else {
		pointer
	}
}

// SAFETY: every call goes to `System` with the same raised layout for one block's whole life.
unsafe impl GlobalAlloc for Aligned {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		match granted(layout) {
			Some(layout) => checked(System.alloc(layout)),
			None => refused(),
		}
	}

	unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
		match granted(layout) {
			Some(layout) => checked(System.alloc_zeroed(layout)),
			None => refused(),
		}
	}

	unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
		// A layout that could be allocated can be aligned again.
		if let Some(layout) = aligned(layout) {
			System.dealloc(pointer, layout);
		}
	}

	unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
		match granted(layout) {
			Some(layout) => checked(System.realloc(pointer, layout, new_size)),
			None => refused(),
		}
	}
}
