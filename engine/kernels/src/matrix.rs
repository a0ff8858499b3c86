//! Matrices as operands of products.

use crate::columns::{Gather, Gathered};
use assay_intrinsics::tile::COLS;
use std::sync::Arc;
use tract_linalg::{mmm::MMMInputFormat, pack::PackedFormat, WeightType};
use tract_onnx::{
	prelude::*,
	tract_core::{
		internal::*,
		ops::matmul::pack::{DynPackedExoticFact, OptMatMulPack},
	},
};

/// Elements of the largest tensor that is looked at: a panel of it has a layout, and what is learnt of it takes little memory.
const LARGEST: usize = 1 << 23;

/// The operator that does what `op` does on an input of this fact, if `op` is tract's and makes wide panels of what lies side by side.
pub(crate) fn replacement(op: &dyn TypedOp, input: &TypedFact) -> TractResult<Option<Box<dyn TypedOp>>> {
	let (Some(pack), Some(shape)) = (op.downcast_ref::<OptMatMulPack>(), input.shape.as_concrete()) else {
		return Ok(None);
	};
	let output = args_1!(pack.output_facts(&[input])?);
	let packers = output
		.exotic_fact()
		.and_then(|fact| fact.downcast_ref::<DynPackedExoticFact>());
	let format = match packers.map(|fact| &fact.packers[..]) {
		Some([packer]) => packer.downcast_ref::<PackedFormat>(),
		_ => None,
	};
	let Some(format) =
		format.filter(|format| format.r() == COLS && format.precursor() == WeightType::Plain(DatumType::F32))
	else {
		return Ok(None);
	};
	let axes = pack.axes_mapping(&[input], &[&output])?;
	let place = |axis: char| axes.axis_positions(InOut::In(0), axis).map(|places| places[0]);
	let (down, right) = (place('K')?, place('M')?);
	let strides: TVec<usize> = (0..shape.len())
		.map(|axis| shape[axis + 1..].iter().product())
		.collect();
	let len: usize = shape.iter().product();
	if len == 0 || len > LARGEST || strides[right] != 1 {
		return Ok(None);
	}
	let (k, n, stride) = (shape[down], shape[right], strides[down]);
	let rows = (0..k).map(|row| (row * stride) as isize).collect();
	let columns: Vec<isize> = (0..n as isize).collect();
	let layout = format.single_panel_layout(k, size_of::<f32>());
	// Nothing beyond its own last element is read of any matrix.
	let reach = (k - 1) * stride + n;
	let Some(gather) = Gather::new(rows, &columns, reach, layout, format).map(Arc::new) else {
		return Ok(None);
	};
	let mut firsts: TVec<usize> = tvec![0];
	for axis in (0..shape.len()).filter(|axis| ![down, right].contains(axis)) {
		let along = |first: &usize| {
			let (first, stride) = (*first, strides[axis]);
			(0..shape[axis]).map(move |at| first + at * stride)
		};
		firsts = firsts.iter().flat_map(along).collect();
	}
	let operands = firsts.into_iter().map(|first| (first, gather.clone())).collect();
	let outer = pack.output_shape(shape);
	Ok(Some(Box::new(Gathered::new("Matrix", op, len, outer, operands))))
}
