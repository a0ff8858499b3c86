//! The logistic function, accurate to the last few bits everywhere. tract's quotient of polynomials stops at 4.8e-7
//! below and at 1 minus that above: a closed gate would leak, and a probability would never be small.

use core::arch::wasm32::*;
use tract_linalg::{
	element_wise::ElementWiseKer,
	isa::{Arch, IsaReq},
	routines::{Func, Routine, RoutineFactory},
};

/// Floats of a vector.
const LANES: usize = 4;

inventory::submit! {
	Routine {
		func: Func::Sigmoid,
		arch: Some(Arch::Wasm32Simd128),
		isa: IsaReq::ANY,
		boost: super::BOOST,
		round_trip: false,
		factory: RoutineFactory::F32(Sigmoid::ew),
	}
}

#[derive(Clone, Debug)]
struct Sigmoid;

impl ElementWiseKer<f32> for Sigmoid {
	fn name() -> &'static str {
		"assay_sigmoid_f32"
	}

	fn alignment_items() -> usize {
		LANES
	}

	fn nr() -> usize {
		LANES
	}

	fn run(values: &mut [f32], (): ()) {
		for vector in values.as_chunks_mut::<LANES>().0 {
			let [a, b, c, d] = *vector;
			let result = sigmoid(f32x4(a, b, c, d));
			// SAFETY: four floats are a vector.
			unsafe { v128_store(vector.as_mut_ptr().cast(), result) };
		}
	}
}

/// Computes 1 / (1 + e^-x), and below zero the equal e^x / (1 + e^x), which loses no precision. The result is zero
/// below -87, where normal floats end, and NaN for NaN.
#[inline(always)]
fn sigmoid(x: v128) -> v128 {
	let power = exp(f32x4_neg(f32x4_abs(x)));
	let is_negative = f32x4_lt(x, f32x4_splat(0.0));
	let numerator = v128_bitselect(power, f32x4_splat(1.0), is_negative);
	f32x4_div(numerator, f32x4_add(f32x4_splat(1.0), power))
}

/// Computes e to the power of `x`, which is at most zero, as `expf` of S. Moshier's Cephes library does.
#[allow(clippy::excessive_precision, reason = "these are the digits in Cephes")]
#[inline(always)]
fn exp(x: v128) -> v128 {
	let is_zero = f32x4_lt(x, f32x4_splat(-87.0));
	let x = v128_andnot(x, is_zero);
	let whole = f32x4_nearest(f32x4_mul(x, f32x4_splat(core::f32::consts::LOG2_E)));
	let rest = f32x4_sub(x, f32x4_mul(whole, f32x4_splat(0.693_359_4)));
	let rest = f32x4_sub(rest, f32x4_mul(whole, f32x4_splat(-2.121_944_4e-4)));
	let polynomial = [
		1.398_199_95e-3,
		8.333_452e-3,
		4.166_579_6e-2,
		1.666_666_5e-1,
		5.000_000_1e-1,
	]
	.into_iter()
	.fold(f32x4_splat(1.987_569_1e-4), |sum, term| {
		f32x4_add(f32x4_splat(term), f32x4_mul(sum, rest))
	});
	let power = f32x4_mul(polynomial, f32x4_mul(rest, rest));
	let power = f32x4_add(f32x4_add(power, rest), f32x4_splat(1.0));
	let exponent = i32x4_add(i32x4_trunc_sat_f32x4(whole), i32x4_splat(127));
	v128_andnot(f32x4_mul(power, i32x4_shl(exponent, 23)), is_zero)
}
