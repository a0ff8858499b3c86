//! Vectors of x86-64, and the intrinsics compiled for three generations of it.
//!
//! `minps` and `maxps` return their second operand if either is NaN or both are zeros, so each is computed with its
//! operands in both orders.

use crate::{
	depthwise::{AxisRun, ChannelRun},
	depthwise_lanes,
	lanes::Lanes,
	tile::{LiveRegion, Op},
	tile_lanes, Memory,
};
use core::arch::x86_64::*;

/// Four floats.
#[derive(Clone, Copy)]
pub struct Sse2(__m128);

// SAFETY: the functions use no instructions beyond SSE2.
unsafe impl Lanes for Sse2 {
	const N: usize = 4;
	#[inline(always)]
	unsafe fn splat(value: f32) -> Self {
		Self(_mm_set1_ps(value))
	}
	#[inline(always)]
	unsafe fn load(from: *const f32) -> Self {
		Self(_mm_loadu_ps(from))
	}
	#[inline(always)]
	unsafe fn store(self, to: *mut f32) {
		_mm_storeu_ps(to, self.0);
	}
	#[inline(always)]
	unsafe fn add(self, other: Self) -> Self {
		Self(_mm_add_ps(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn sub(self, other: Self) -> Self {
		Self(_mm_sub_ps(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn mul(self, other: Self) -> Self {
		Self(_mm_mul_ps(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn min(self, other: Self) -> Self {
		Self(_mm_or_ps(_mm_min_ps(self.0, other.0), _mm_min_ps(other.0, self.0)))
	}
	#[inline(always)]
	unsafe fn max(self, other: Self) -> Self {
		let nan = _mm_cmpunord_ps(self.0, other.0);
		let max = _mm_and_ps(_mm_max_ps(self.0, other.0), _mm_max_ps(other.0, self.0));
		Self(_mm_or_ps(nan, max))
	}
	#[inline(always)]
	unsafe fn if_positive(self, other: Self) -> Self {
		let positive = _mm_cmpgt_ps(self.0, _mm_setzero_ps());
		Self(_mm_or_ps(
			_mm_and_ps(positive, self.0),
			_mm_andnot_ps(positive, other.0),
		))
	}
}

/// Eight floats.
#[derive(Clone, Copy)]
pub struct Avx2(__m256);

// SAFETY: the functions use no instructions beyond AVX2.
unsafe impl Lanes for Avx2 {
	const N: usize = 8;
	#[inline(always)]
	unsafe fn splat(value: f32) -> Self {
		Self(_mm256_set1_ps(value))
	}
	#[inline(always)]
	unsafe fn load(from: *const f32) -> Self {
		Self(_mm256_loadu_ps(from))
	}
	#[inline(always)]
	unsafe fn store(self, to: *mut f32) {
		_mm256_storeu_ps(to, self.0);
	}
	#[inline(always)]
	unsafe fn add(self, other: Self) -> Self {
		Self(_mm256_add_ps(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn sub(self, other: Self) -> Self {
		Self(_mm256_sub_ps(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn mul(self, other: Self) -> Self {
		Self(_mm256_mul_ps(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn min(self, other: Self) -> Self {
		Self(_mm256_or_ps(
			_mm256_min_ps(self.0, other.0),
			_mm256_min_ps(other.0, self.0),
		))
	}
	#[inline(always)]
	unsafe fn max(self, other: Self) -> Self {
		let nan = _mm256_cmp_ps::<_CMP_UNORD_Q>(self.0, other.0);
		let max = _mm256_and_ps(_mm256_max_ps(self.0, other.0), _mm256_max_ps(other.0, self.0));
		Self(_mm256_or_ps(nan, max))
	}
	#[inline(always)]
	unsafe fn if_positive(self, other: Self) -> Self {
		let positive = _mm256_cmp_ps::<_CMP_GT_OQ>(self.0, _mm256_setzero_ps());
		Self(_mm256_blendv_ps(other.0, self.0, positive))
	}
}

/// Sixteen floats.
#[derive(Clone, Copy)]
pub struct Avx512(__m512);

// SAFETY: the functions use no instructions beyond AVX-512F.
unsafe impl Lanes for Avx512 {
	const N: usize = 16;
	#[inline(always)]
	unsafe fn prefetch(from: *const f32) {
		_mm_prefetch::<_MM_HINT_T0>(from as *const i8);
	}
	#[inline(always)]
	unsafe fn splat(value: f32) -> Self {
		Self(_mm512_set1_ps(value))
	}
	#[inline(always)]
	unsafe fn load(from: *const f32) -> Self {
		Self(_mm512_loadu_ps(from))
	}
	#[inline(always)]
	unsafe fn store(self, to: *mut f32) {
		_mm512_storeu_ps(to, self.0);
	}
	#[inline(always)]
	unsafe fn store_transposed<const R: usize>(rows: [Self; R], column: impl Fn(usize) -> *mut f32) {
		let (fours, rest) = rows.as_chunks::<4>();
		for (n, four) in fours.iter().enumerate() {
			for (c, values) in transpose(four.map(|row| row.0)).into_iter().enumerate() {
				_mm_storeu_ps(column(c).wrapping_add(4 * n), values);
			}
		}
		for (r, row) in rest.iter().enumerate() {
			row.scatter(|c| column(c).wrapping_add(4 * fours.len() + r));
		}
	}
	#[inline(always)]
	unsafe fn add(self, other: Self) -> Self {
		Self(_mm512_add_ps(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn sub(self, other: Self) -> Self {
		Self(_mm512_sub_ps(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn mul(self, other: Self) -> Self {
		Self(_mm512_mul_ps(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn min(self, other: Self) -> Self {
		let (one, two) = (_mm512_min_ps(self.0, other.0), _mm512_min_ps(other.0, self.0));
		Self(_mm512_castsi512_ps(_mm512_or_si512(
			_mm512_castps_si512(one),
			_mm512_castps_si512(two),
		)))
	}
	#[inline(always)]
	unsafe fn max(self, other: Self) -> Self {
		let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(self.0, other.0);
		let (one, two) = (_mm512_max_ps(self.0, other.0), _mm512_max_ps(other.0, self.0));
		let max = _mm512_and_si512(_mm512_castps_si512(one), _mm512_castps_si512(two));
		Self(_mm512_mask_blend_ps(
			nan,
			_mm512_castsi512_ps(max),
			_mm512_set1_ps(f32::NAN),
		))
	}
	#[inline(always)]
	unsafe fn if_positive(self, other: Self) -> Self {
		let positive = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, _mm512_setzero_ps());
		Self(_mm512_mask_blend_ps(positive, other.0, self.0))
	}
}

/// Transposes four rows.
#[inline(always)]
unsafe fn transpose([a, b, c, d]: [__m512; 4]) -> [__m128; 16] {
	// For each group of four columns, interleave the first two and the last two of two rows.
	let (ab_first, ab_last) = (_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
	let (cd_first, cd_last) = (_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
	let first = (_mm512_castps_pd(ab_first), _mm512_castps_pd(cd_first));
	let last = (_mm512_castps_pd(ab_last), _mm512_castps_pd(cd_last));
	// Register n holds columns n, n + 4, n + 8 and n + 12.
	let columns = [
		_mm512_unpacklo_pd(first.0, first.1),
		_mm512_unpackhi_pd(first.0, first.1),
		_mm512_unpacklo_pd(last.0, last.1),
		_mm512_unpackhi_pd(last.0, last.1),
	];
	let mut transposed = [_mm_setzero_ps(); 16];
	for (n, columns) in columns.into_iter().enumerate() {
		let columns = _mm512_castpd_ps(columns);
		transposed[n] = _mm512_extractf32x4_ps::<0>(columns);
		transposed[n + 4] = _mm512_extractf32x4_ps::<1>(columns);
		transposed[n + 8] = _mm512_extractf32x4_ps::<2>(columns);
		transposed[n + 12] = _mm512_extractf32x4_ps::<3>(columns);
	}
	transposed
}

/// Compiles the intrinsics for a machine with `$feature`, with vectors of `$lanes`, or of `$short` where an axis is
/// shorter. A tile is computed `$rows` rows by `$vectors` vectors at a time, and the rest of it with `$rest` vectors of
/// `$half`.
macro_rules! intrinsics {
	(
		$name:ident: $feature:literal, $lanes:ident, $short:ident;
		$rows:literal by $vectors:literal, then $rest:literal $half:ident
	) => {
		pub mod $name {
			use super::*;

			#[target_feature(enable = $feature)]
			pub unsafe fn tile_f32(memory: Memory, program: &[Op], live: LiveRegion) {
				tile_lanes::tile_f32::<$lanes, $half, $rows, $vectors, $rest>(memory, program, live);
			}

			#[target_feature(enable = $feature)]
			pub unsafe fn depthwise_along_axis(memory: Memory, run: AxisRun) {
				depthwise_lanes::along_axis::<$lanes, $short>(memory, run);
			}

			#[target_feature(enable = $feature)]
			pub unsafe fn depthwise_along_channels(memory: Memory, run: ChannelRun) {
				depthwise_lanes::along_channels::<$lanes, $short>(memory, run);
			}
		}
	};
}

intrinsics!(sse2: "sse2", Sse2, Sse2; 4 by 2, then 2 Sse2);
intrinsics!(avx2: "avx2", Avx2, Sse2; 4 by 2, then 1 Avx2);
intrinsics!(avx512: "avx512f", Avx512, Sse2; 8 by 2, then 1 Avx2);
