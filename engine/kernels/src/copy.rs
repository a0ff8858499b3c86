//! Copies short rows without a call.

use core::arch::wasm32::*;

/// Floats of a vector.
const LANES: usize = 4;

/// The longest row that is copied here. `memory.copy`, which copies longer ones, costs a call.
const MAX_LEN: usize = 128;

/// Copies `from` to `to`, which have the same length.
#[inline]
pub(crate) fn copy(from: &[f32], to: &mut [f32]) {
	if from.len() > MAX_LEN || from.len() < LANES || from.len() != to.len() {
		return to.copy_from_slice(from);
	}
	let last = from.len() - LANES;
	for at in (0..last).step_by(LANES).chain([last]) {
		// SAFETY: `at` is at most `last`, and one vector fits between `last` and the end of either slice.
		unsafe { v128_store(to.as_mut_ptr().add(at).cast(), v128_load(from.as_ptr().add(at).cast())) };
	}
}
