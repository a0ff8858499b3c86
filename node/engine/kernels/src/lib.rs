//! The kernels that tract is given: computed by the host where it offers to and by the guest itself elsewhere, with the same bits
//! (`assay-intrinsics`).

mod depthwise;
mod product;

use assay_intrinsics::tile::Op;
use std::cell::Cell;

#[link(wasm_import_module = "assay")]
extern "C" {
	/// The intrinsics that the host offers, by the bits of `assay_intrinsics::caps`.
	fn caps() -> u32;
	/// Runs a program of `len` operations on the first `rows` and `cols` of a tile of zeros.
	fn tile_f32(program: *const Op, len: u32, rows: u32, cols: u32);
	fn depthwise_along_axis(
		input: u32,
		output: u32,
		kernel: u32,
		offsets: u32,
		taps: u32,
		bias: f32,
		len: u32,
		in_stride: i32,
	);
	fn depthwise_along_channels(
		input: u32,
		output: u32,
		kernel: u32,
		indices: u32,
		offsets: u32,
		taps: u32,
		bias: u32,
		channels: u32,
		k_stride: u32,
		len: u32,
		in_stride: i32,
		out_stride: i32,
	);
}

thread_local! {
	static CAPS: Cell<u32> = const { Cell::new(0) };
}

/// Asks the host what it offers. That this is called also keeps the linker from dropping the kernels, which nothing else names.
pub fn init() {
	// SAFETY: it takes nothing and returns a number.
	CAPS.set(unsafe { caps() });
}

/// Whether the host computes the intrinsics of `bit`.
fn is_offered(bit: u32) -> bool {
	CAPS.get() & bit != 0
}
