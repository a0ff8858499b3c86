//! Vectors of floats.

use crate::tile::COLS;

/// A vector of [`Lanes::N`] floats. Every operation is that of IEEE 754 on each lane, rounded to nearest, ties to even,
/// with subnormals. Addresses need not be aligned.
///
/// # Safety
///
/// Callers of any function here run on a machine that has its instructions.
pub unsafe trait Lanes: Copy {
	/// The number of lanes, at most [`COLS`].
	const N: usize;
	/// Hints to the caches that an address will be read soon. Any address is allowed.
	#[inline(always)]
	unsafe fn prefetch(_: *const f32) {}
	/// Puts `value` into every lane.
	unsafe fn splat(value: f32) -> Self;
	/// Loads contiguous floats.
	unsafe fn load(from: *const f32) -> Self;
	/// Stores contiguous floats.
	unsafe fn store(self, to: *mut f32);
	/// Loads lane `c` from `place(c)`.
	#[inline(always)]
	unsafe fn gather(place: impl Fn(usize) -> *const f32) -> Self {
		let mut lanes = [0.0; COLS];
		for (c, lane) in lanes.iter_mut().enumerate().take(Self::N) {
			*lane = place(c).read_unaligned();
		}
		Self::load(lanes.as_ptr())
	}
	/// Stores the transpose of `rows`: lane `c` of every row, contiguously, from `column(c)` on.
	#[inline(always)]
	unsafe fn store_transposed<const R: usize>(rows: [Self; R], column: impl Fn(usize) -> *mut f32) {
		for (r, row) in rows.into_iter().enumerate() {
			row.scatter(|c| column(c).wrapping_add(r));
		}
	}
	/// Stores lane `c` to `place(c)`.
	#[inline(always)]
	unsafe fn scatter(self, place: impl Fn(usize) -> *mut f32) {
		let mut lanes = [0.0; COLS];
		self.store(lanes.as_mut_ptr());
		for (c, lane) in lanes.into_iter().enumerate().take(Self::N) {
			place(c).write_unaligned(lane);
		}
	}
	/// Adds lane by lane.
	unsafe fn add(self, other: Self) -> Self;
	/// Subtracts `other` lane by lane.
	unsafe fn sub(self, other: Self) -> Self;
	/// Multiplies lane by lane.
	unsafe fn mul(self, other: Self) -> Self;
	/// Applies `f32.min` of WebAssembly lane by lane.
	unsafe fn min(self, other: Self) -> Self;
	/// Applies `f32.max` of WebAssembly lane by lane.
	unsafe fn max(self, other: Self) -> Self;
	/// Selects the lanes of `self` that are greater than zero, and those of `other` elsewhere.
	unsafe fn if_positive(self, other: Self) -> Self;
}
