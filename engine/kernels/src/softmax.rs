//! Softmax of rows, with the same bits as tract's.
//!
//! tract computes the exponential of elements that a mask has pushed far down, and discards the result. It is often
//! subnormal, and arithmetic on subnormal numbers takes a hundred times as long. This computes the exponential of zero
//! instead, or skips the vector.

use core::arch::wasm32::*;
use tract_linalg::{
	isa::{Arch, IsaReq},
	routines::{Func, Routine, RoutineFactory},
};

/// Floats of a vector.
const LANES: usize = 4;

inventory::submit! {
	Routine {
		func: Func::SoftmaxRows,
		arch: Some(Arch::Wasm32Simd128),
		isa: IsaReq::ANY,
		boost: super::BOOST,
		round_trip: false,
		factory: RoutineFactory::SoftmaxRowsF32 { name: "assay_softmax_rows_f32", run: softmax },
	}
}

/// Computes the softmax of each row of `rows`, whose length is a multiple of four.
fn softmax(rows: &mut [f32], length: usize) {
	if length == 0 {
		return;
	}
	for row in rows.chunks_exact_mut(length) {
		let (vectors, _) = row.as_chunks_mut::<LANES>();
		let max = splat(row_max(vectors));
		let mut sums = splat(0.0);
		for vector in &mut *vectors {
			let x = f32x4_sub(load(vector), max);
			let zeros = zero_mask(x);
			if i32x4_all_true(zeros) {
				// Adding zeros would change nothing.
				store(vector, splat(0.0));
				continue;
			}
			let value = v128_andnot(exp(v128_andnot(x, zeros)), zeros);
			store(vector, value);
			sums = f32x4_add(sums, value);
		}
		let [a, b, c, d] = lanes(sums);
		let factor = splat((a + b + c + d).recip());
		for vector in vectors {
			store(vector, f32x4_mul(load(vector), factor));
		}
	}
}

/// Returns the maximum of a row. A NaN counts only if it is the first of its lane, which makes no difference: the sum
/// becomes NaN anyway.
fn row_max(vectors: &[[f32; LANES]]) -> f32 {
	let least = splat(f32::NEG_INFINITY);
	let [a, b, c, d] = lanes(vectors.iter().fold(least, |max, vector| f32x4_pmax(max, load(vector))));
	a.max(b).max(c).max(d)
}

/// Returns a mask of the lanes where tract's exponential is zero: below -103, and above zero.
#[inline(always)]
fn zero_mask(x: v128) -> v128 {
	v128_or(f32x4_lt(x, splat(-103.0)), f32x4_gt(x, splat(0.0)))
}

/// Computes e to the power of `x`, which is from -103 to 0, with tract's polynomial.
#[allow(
	clippy::approx_constant,
	clippy::excessive_precision,
	reason = "these are the digits in tract's source"
)]
#[inline(always)]
fn exp(x: v128) -> v128 {
	let whole = f32x4_nearest(f32x4_mul(x, splat(1.442_695_04)));
	let rest = f32x4_sub(x, f32x4_mul(whole, splat(0.693_145_75)));
	let rest = f32x4_sub(rest, f32x4_mul(whole, splat(1.428_606_8e-6)));
	let power = [
		4.191538191e-02,
		1.666757475e-01,
		4.999889485e-01,
		9.999996920e-01,
		1.000000072e+00,
	]
	.into_iter()
	.fold(splat(8.297653546e-03), |sum, term| {
		f32x4_add(splat(term), f32x4_mul(sum, rest))
	});
	let exponent = i32x4_add(i32x4_trunc_sat_f32x4(whole), i32x4_splat(127));
	let exponent = i32x4_max(i32x4_min(exponent, i32x4_splat(254)), i32x4_splat(1));
	f32x4_mul(power, i32x4_shl(exponent, 23))
}

fn splat(value: f32) -> v128 {
	f32x4_splat(value)
}

fn load(from: &[f32; LANES]) -> v128 {
	// SAFETY: four floats are a vector.
	unsafe { v128_load(from.as_ptr().cast()) }
}

fn store(to: &mut [f32; LANES], value: v128) {
	// SAFETY: four floats are a vector.
	unsafe { v128_store(to.as_mut_ptr().cast(), value) };
}

fn lanes(vector: v128) -> [f32; LANES] {
	let mut lanes = [0.0; LANES];
	store(&mut lanes, vector);
	lanes
}
