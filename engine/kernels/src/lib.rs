//! What tract is given to compute with. Products and depthwise convolutions are computed by the host where it offers to and by the guest
//! itself elsewhere, with the same bits (`assay-intrinsics`). What moves and compares is done here: [`replace`].

mod columns;
mod copy;
mod depthwise;
mod downsample;
mod im2col;
mod matrix;
mod max_pool;
mod pad;
mod product;
mod sigmoid;
mod softmax;

use assay_intrinsics::tile::Op;
use std::cell::Cell;
use tract_onnx::prelude::{TractResult, TypedFact, TypedModel, TypedOp};

/// Above what tract gives its own routines for WebAssembly.
const BOOST: isize = 1000;

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

/// Puts operators that do the same faster in the place of some of tract's. To be called on an optimised model.
pub fn replace(model: &mut TypedModel) -> TractResult<()> {
	for id in 0..model.nodes.len() {
		if let Some(op) = replacement(model, id)? {
			model.nodes[id].op = op;
		}
	}
	Ok(())
}

/// What to put in the place of a node's operator.
fn replacement(model: &TypedModel, id: usize) -> TractResult<Option<Box<dyn TypedOp>>> {
	type Replacement = fn(&dyn TypedOp, &TypedFact) -> TractResult<Option<Box<dyn TypedOp>>>;
	const ALL: [Replacement; 5] = [
		downsample::replacement,
		pad::replacement,
		max_pool::replacement,
		im2col::replacement,
		matrix::replacement,
	];
	let node = model.node(id);
	let [input] = node.inputs[..] else {
		return Ok(None);
	};
	let (op, input) = (&*node.op, model.outlet_fact(input)?);
	for replacement in ALL {
		let op = replacement(op, input)?;
		if op.is_some() {
			return Ok(op);
		}
	}
	Ok(None)
}

/// Whether the host computes the intrinsics of `bit`.
fn is_offered(bit: u32) -> bool {
	CAPS.get() & bit != 0
}
