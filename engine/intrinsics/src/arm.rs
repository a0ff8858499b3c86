//! Vectors of 64-bit ARM, whose `fmin` and `fmax` are those of WebAssembly.

use crate::{
	depthwise::{AxisRun, ChannelRun},
	depthwise_lanes,
	lanes::Lanes,
	tile::{LiveRegion, Op},
	tile_lanes, Memory,
};
use core::arch::aarch64::*;

/// Four floats.
#[derive(Clone, Copy)]
struct Neon(float32x4_t);

// SAFETY: the functions use no instructions beyond NEON.
unsafe impl Lanes for Neon {
	const N: usize = 4;
	#[inline(always)]
	unsafe fn splat(value: f32) -> Self {
		Self(vdupq_n_f32(value))
	}
	#[inline(always)]
	unsafe fn load(from: *const f32) -> Self {
		Self(vld1q_f32(from))
	}
	#[inline(always)]
	unsafe fn store(self, to: *mut f32) {
		vst1q_f32(to, self.0);
	}
	#[inline(always)]
	unsafe fn add(self, other: Self) -> Self {
		Self(vaddq_f32(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn sub(self, other: Self) -> Self {
		Self(vsubq_f32(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn mul(self, other: Self) -> Self {
		Self(vmulq_f32(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn min(self, other: Self) -> Self {
		Self(vminq_f32(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn max(self, other: Self) -> Self {
		Self(vmaxq_f32(self.0, other.0))
	}
	#[inline(always)]
	unsafe fn if_positive(self, other: Self) -> Self {
		Self(vbslq_f32(vcgtzq_f32(self.0), self.0, other.0))
	}
}

/// The intrinsics with NEON.
pub mod neon {
	use super::*;

	#[target_feature(enable = "neon")]
	pub unsafe fn tile_f32(memory: Memory, program: &[Op], live: LiveRegion) {
		tile_lanes::tile_f32::<Neon, Neon, 4, 4, 2>(memory, program, live);
	}

	#[target_feature(enable = "neon")]
	pub unsafe fn depthwise_along_axis(memory: Memory, run: AxisRun) {
		depthwise_lanes::along_axis::<Neon, Neon>(memory, run);
	}

	#[target_feature(enable = "neon")]
	pub unsafe fn depthwise_along_channels(memory: Memory, run: ChannelRun) {
		depthwise_lanes::along_channels::<Neon, Neon>(memory, run);
	}
}
