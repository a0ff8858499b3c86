//! Vectors of floats.

use crate::tile::COLS;

/// A vector of [`Lanes::N`] floats. Every operation is that of IEEE 754 on each lane, rounded to nearest, ties to even, with subnormals.
///
/// # Safety
///
/// Callers of any function here run on a machine that has its instructions.
pub unsafe trait Lanes: Copy {
	/// At most [`COLS`].
	const N: usize;
	/// Tells the caches that an address is read soon. Any address will do.
	#[inline(always)]
	unsafe fn prefetch(_: *const f32) {}
	unsafe fn splat(value: f32) -> Self;
	/// Loads from any address.
	unsafe fn load(from: *const f32) -> Self;
	/// Stores to any address.
	unsafe fn store(self, to: *mut f32);
	/// Loads lane `c` from `place(c)`. Any addresses.
	#[inline(always)]
	unsafe fn load_apart(place: impl Fn(usize) -> *const f32) -> Self {
		let mut lanes = [0.0; COLS];
		for (c, lane) in lanes.iter_mut().enumerate().take(Self::N) {
			*lane = place(c).read_unaligned();
		}
		Self::load(lanes.as_ptr())
	}
	/// Stores the columns of `rows`: lane `c` of each, one behind the other, from `column(c)` on. Any addresses.
	#[inline(always)]
	unsafe fn store_columns<const R: usize>(rows: [Self; R], column: impl Fn(usize) -> *mut f32) {
		for (r, row) in rows.into_iter().enumerate() {
			row.store_apart(|c| column(c).wrapping_add(r));
		}
	}
	/// Stores lane `c` to `place(c)`. Any addresses.
	#[inline(always)]
	unsafe fn store_apart(self, place: impl Fn(usize) -> *mut f32) {
		let mut lanes = [0.0; COLS];
		self.store(lanes.as_mut_ptr());
		for (c, lane) in lanes.into_iter().enumerate().take(Self::N) {
			place(c).write_unaligned(lane);
		}
	}
	unsafe fn add(self, other: Self) -> Self;
	unsafe fn sub(self, other: Self) -> Self;
	unsafe fn mul(self, other: Self) -> Self;
	/// `f32.min` of WebAssembly on each lane.
	unsafe fn min(self, other: Self) -> Self;
	/// `f32.max` of WebAssembly on each lane.
	unsafe fn max(self, other: Self) -> Self;
	/// `self` where it is greater than zero, `other` elsewhere.
	unsafe fn if_positive(self, other: Self) -> Self;
}
