//! Vectors of floats.

/// A vector of [`Lanes::N`] floats. Every operation is that of IEEE 754 on each lane, rounded to nearest, ties to even, with subnormals.
///
/// # Safety
///
/// Callers of any function here run on a machine that has its instructions.
pub unsafe trait Lanes: Copy {
	const N: usize;
	/// Whether it has a quicker way to store columns than lane by lane.
	const TURNS: bool = false;
	/// Tells the caches that an address is read soon. Any address will do.
	#[inline(always)]
	unsafe fn prefetch(_: *const f32) {}
	unsafe fn splat(value: f32) -> Self;
	/// Loads from any address.
	unsafe fn load(from: *const f32) -> Self;
	/// Stores to any address.
	unsafe fn store(self, to: *mut f32);
	/// Stores the columns of `rows`: lane `c` of each, one behind the other, from `column(c)` on. Any addresses. Only where it [`Lanes::TURNS`].
	#[inline(always)]
	unsafe fn store_columns<const R: usize>(_rows: [Self; R], _column: impl Fn(usize) -> *mut f32) {}
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
