//! Vectors of WebAssembly, with which the guest computes by itself.

use crate::lanes::Lanes;
use core::arch::wasm32::*;

/// Four floats.
#[derive(Clone, Copy)]
pub struct Simd128(v128);

// SAFETY: the functions use no instructions beyond simd128.
unsafe impl Lanes for Simd128 {
	const N: usize = 4;
	#[inline(always)]
	unsafe fn splat(value: f32) -> Self {
		Self(f32x4_splat(value))
	}
	#[inline(always)]
	unsafe fn load(from: *const f32) -> Self {
		Self(v128_load(from as *const v128))
	}
	#[inline(always)]
	unsafe fn store(self, to: *mut f32) {
		v128_store(to as *mut v128, self.0);
	}
	#[inline(always)]
	unsafe fn add(self, other: Self) -> Self {
		Self(f32x4_add(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn sub(self, other: Self) -> Self {
		Self(f32x4_sub(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn mul(self, other: Self) -> Self {
		Self(f32x4_mul(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn min(self, other: Self) -> Self {
		Self(f32x4_min(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn max(self, other: Self) -> Self {
		Self(f32x4_max(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn if_positive(self, other: Self) -> Self {
		Self(v128_bitselect(self.0, other.0, f32x4_gt(self.0, f32x4_splat(0.0))))
	}
}
