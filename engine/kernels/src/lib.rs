//! The kernels that tract computes with. Matrix products and depthwise convolutions are computed by the host where it
//! offers to, and by the guest itself elsewhere, with the same bits (`assay-intrinsics`). Operators that only move and
//! compare data are replaced by faster ones of this crate: [`replace_operators`].

mod copy;
mod depthwise;
mod downsample;
mod gather;
mod im2col;
mod matmul;
mod max_pool;
mod pack_matrix;
mod pad;
mod sigmoid;
mod softmax;

use assay_intrinsics::tile::Op;
use std::cell::Cell;
use tract_onnx::prelude::{TractResult, TypedFact, TypedModel, TypedOp};

/// The boost of this crate's routines, above that of tract's own routines for WebAssembly.
const BOOST: isize = 1000;

#[link(wasm_import_module = "assay")]
extern "C" {
	/// Returns the intrinsics that the host offers, as the bits of `assay_intrinsics::caps`.
	fn caps() -> u32;
	/// Runs a program of `len` operations on the first `rows` rows and `cols` columns of a tile of zeros.
	fn tile_f32(program: *const Op, len: u32, rows: u32, cols: u32);
	/// Computes an `assay_intrinsics::depthwise::AxisRun`.
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
	/// Computes an `assay_intrinsics::depthwise::ChannelRun`.
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

/// Asks the host which intrinsics it offers. The call also keeps the linker from dropping the kernels, to which nothing
/// else refers.
pub fn init() {
	// SAFETY: the function takes nothing and returns a number.
	CAPS.set(unsafe { caps() });
}

/// Replaces some of tract's operators in an optimised `model` by faster ones that give the same bits.
pub fn replace_operators(model: &mut TypedModel) -> TractResult<()> {
	for id in 0..model.nodes.len() {
		if let Some(op) = find_replacement(model, id)? {
			model.nodes[id].op = op;
		}
	}
	Ok(())
}

/// Returns what to replace the operator of node `id` by, if anything.
fn find_replacement(model: &TypedModel, id: usize) -> TractResult<Option<Box<dyn TypedOp>>> {
	type Replace = fn(&dyn TypedOp, &TypedFact) -> TractResult<Option<Box<dyn TypedOp>>>;
	const ALL: [Replace; 5] = [
		downsample::replace,
		pad::replace,
		max_pool::replace,
		im2col::replace,
		pack_matrix::replace,
	];
	let node = model.node(id);
	let [input] = node.inputs[..] else {
		return Ok(None);
	};
	let (op, input) = (&*node.op, model.outlet_fact(input)?);
	for replace in ALL {
		let op = replace(op, input)?;
		if op.is_some() {
			return Ok(op);
		}
	}
	Ok(None)
}

/// Returns whether the host offers the intrinsics of `bit`.
fn is_offered(bit: u32) -> bool {
	CAPS.get() & bit != 0
}
