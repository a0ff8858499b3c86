//! The engine's intrinsics: exact arithmetic on the guest's memory that the guest may leave to its host, whose vectors
//! are wider.
//!
//! [`reference`](mod@reference) defines each intrinsic to the bit, except for the bits of a NaN, which the engine makes
//! canonical where bytes leave it. An implementation may use any instruction that gives those bits: the lanes of a
//! vector hold different accumulators, never parts of one sum, and a product is rounded before it is added. The guest
//! has an implementation of its own (`local`) for hosts that offer none.

#![allow(
	clippy::missing_safety_doc,
	reason = "`reference` states the conditions of all of them"
)]

#[cfg(target_arch = "aarch64")]
mod arm;
#[cfg(not(target_arch = "wasm32"))]
pub mod check;
pub mod depthwise;
mod depthwise_lanes;
#[cfg(not(target_arch = "wasm32"))]
mod generate;
mod lanes;
#[cfg(not(target_arch = "wasm32"))]
pub mod machine;
pub mod reference;
pub mod tile;
mod tile_lanes;
#[cfg(target_arch = "wasm32")]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "wasm32")]
pub mod local {
	//! The guest's own implementation, on its own memory.

	use crate::{
		depthwise::{AxisRun, ChannelRun},
		depthwise_lanes,
		tile::{LiveRegion, Op},
		tile_lanes,
		wasm::Simd128,
		Memory,
	};

	/// The guest's own memory.
	const MEMORY: Memory = Memory(core::ptr::null_mut());

	/// Runs `program` as [`crate::reference::tile_f32`] does.
	///
	/// # Safety
	///
	/// The conditions of the reference hold.
	pub unsafe fn tile_f32(program: &[Op], live: LiveRegion) {
		tile_lanes::tile_f32::<Simd128, Simd128, 4, 2, 2>(MEMORY, program, live);
	}

	/// Computes what [`crate::reference::depthwise_along_axis`] does.
	///
	/// # Safety
	///
	/// The conditions of the reference hold.
	pub unsafe fn depthwise_along_axis(run: AxisRun) {
		depthwise_lanes::along_axis::<Simd128, Simd128>(MEMORY, run);
	}

	/// Computes what [`crate::reference::depthwise_along_channels`] does.
	///
	/// # Safety
	///
	/// The conditions of the reference hold.
	pub unsafe fn depthwise_along_channels(run: ChannelRun) {
		depthwise_lanes::along_channels::<Simd128, Simd128>(MEMORY, run);
	}
}

/// The capability bits with which a host says which intrinsics it offers.
pub mod caps {
	/// `tile_f32`.
	pub const TILE_F32: u32 = 1;
	/// `depthwise_along_axis` and `depthwise_along_channels`.
	pub const DEPTHWISE_F32: u32 = 2;
	/// All intrinsics.
	pub const ALL: u32 = TILE_F32 | DEPTHWISE_F32;
}

/// The guest's linear memory, as a pointer to its first byte.
#[derive(Clone, Copy)]
pub struct Memory(pub *mut u8);

impl Memory {
	/// Returns a pointer to floats that are read, at an address of the guest.
	#[inline(always)]
	fn floats(self, pointer: u32) -> *const f32 {
		self.0.wrapping_add(pointer as usize) as *const f32
	}

	/// Returns a pointer to floats that are written, at an address of the guest.
	#[inline(always)]
	fn floats_mut(self, pointer: u32) -> *mut f32 {
		self.0.wrapping_add(pointer as usize) as *mut f32
	}

	/// Reads the `n`-th word from an address of the guest on.
	#[inline(always)]
	unsafe fn word(self, pointer: u32, n: usize) -> i32 {
		(self.0.wrapping_add(pointer as usize) as *const i32)
			.add(n)
			.read_unaligned()
	}

	/// Reads the `n`-th float from an address of the guest on.
	#[inline(always)]
	unsafe fn float(self, pointer: u32, n: usize) -> f32 {
		self.floats(pointer).add(n).read_unaligned()
	}

	/// Returns a pointer to the float at `row` and `col` of a matrix that starts at `pointer`. Strides are signed and
	/// in bytes.
	#[inline(always)]
	fn place(self, pointer: u32, row: usize, row_stride: u32, col: usize, col_stride: u32) -> *mut f32 {
		let down = row as isize * row_stride as i32 as isize;
		let right = col as isize * col_stride as i32 as isize;
		self.0.wrapping_add(pointer as usize).wrapping_offset(down + right) as *mut f32
	}
}
