//! Short rows, copied without a call.

use core::arch::wasm32::*;

/// Floats of a vector.
const LANES: usize = 4;

/// Rows longer than this are left to the machine's own way of copying, which costs a call.
const SHORT: usize = 128;

/// Copies `from` to `to`, which are of one length.
#[inline]
pub(crate) fn copy(from: &[f32], to: &mut [f32]) {
	if from.len() > SHORT || from.len() < LANES || from.len() != to.len() {
		return to.copy_from_slice(from);
	}
	let last = from.len() - LANES;
	for at in (0..last).step_by(LANES).chain([last]) {
		// SAFETY: `at` is not beyond `last`, which is a vector's length before the end of both.
		unsafe { v128_store(to.as_mut_ptr().add(at).cast(), v128_load(from.as_ptr().add(at).cast())) };
	}
}
