//! The engine's intrinsics: exact arithmetic on the guest's memory that it may leave to its host, which has wider vectors.
//!
//! Each is defined by [`reference`](mod@reference), to the bit but for the bits of a NaN, which the engine makes canonical where bytes leave it.
//! An implementation may take any instruction that gives those bits: vectors hold different accumulators and never parts of one sum,
//! and a product is rounded before it is added. The guest holds one of its own ([`local`]) for where there is no host to ask.

#![allow(clippy::missing_safety_doc, reason = "the module says what all of them need")]

#[cfg(target_arch = "aarch64")]
mod arm;
#[cfg(not(target_arch = "wasm32"))]
mod check;
pub mod depthwise;
mod depthwise_lanes;
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
	//! The guest's own.

	use crate::{
		depthwise::{AlongAxis, AlongChannels},
		depthwise_lanes,
		tile::{Live, Op},
		tile_lanes,
		wasm::Simd128,
		Memory,
	};

	/// The guest's own memory.
	const MEMORY: Memory = Memory(core::ptr::null_mut());

	/// Runs `program` as `reference::tile_f32` does, on the guest's own memory.
	///
	/// # Safety
	///
	/// As for the reference.
	pub unsafe fn tile_f32(program: &[Op], live: Live) {
		tile_lanes::tile_f32::<Simd128, Simd128, 4, 2, 2>(MEMORY, program, live);
	}

	/// Computes what `reference::depthwise_along_axis` does.
	///
	/// # Safety
	///
	/// As for the reference.
	pub unsafe fn depthwise_along_axis(run: AlongAxis) {
		depthwise_lanes::along_axis::<Simd128, Simd128>(MEMORY, run);
	}

	/// Computes what `reference::depthwise_along_channels` does.
	///
	/// # Safety
	///
	/// As for the reference.
	pub unsafe fn depthwise_along_channels(run: AlongChannels) {
		depthwise_lanes::along_channels::<Simd128, Simd128>(MEMORY, run);
	}
}

/// The bits by which a host says what it computes.
pub mod caps {
	/// `tile_f32`.
	pub const TILE_F32: u32 = 1;
	/// Both functions for depthwise convolutions.
	pub const DEPTHWISE_F32: u32 = 2;
	/// All there are.
	pub const ALL: u32 = TILE_F32 | DEPTHWISE_F32;
}

/// Linear memory, as its first byte.
#[derive(Clone, Copy)]
pub struct Memory(pub *mut u8);

impl Memory {
	/// The floats at an address of the guest.
	#[inline(always)]
	fn floats(self, pointer: u32) -> *const f32 {
		self.0.wrapping_add(pointer as usize) as *const f32
	}

	/// The floats at an address of the guest, to be written.
	#[inline(always)]
	fn floats_mut(self, pointer: u32) -> *mut f32 {
		self.0.wrapping_add(pointer as usize) as *mut f32
	}

	/// The `n`-th word at an address of the guest.
	#[inline(always)]
	unsafe fn word(self, pointer: u32, n: usize) -> i32 {
		(self.0.wrapping_add(pointer as usize) as *const i32)
			.add(n)
			.read_unaligned()
	}

	/// The `n`-th float at an address of the guest.
	#[inline(always)]
	unsafe fn float(self, pointer: u32, n: usize) -> f32 {
		self.floats(pointer).add(n).read_unaligned()
	}

	/// The float at a row and a column of what starts at `pointer`; strides are signed.
	#[inline(always)]
	fn place(self, pointer: u32, row: usize, row_stride: u32, col: usize, col_stride: u32) -> *mut f32 {
		let down = row as isize * row_stride as i32 as isize;
		let right = col as isize * col_stride as i32 as isize;
		self.0.wrapping_add(pointer as usize).wrapping_offset(down + right) as *mut f32
	}
}
