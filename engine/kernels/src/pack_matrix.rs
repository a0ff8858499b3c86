//! Matrices as operands of matrix products.

use crate::gather::{GatherPanels, GatherPlan};
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

/// Elements of the largest tensor that is replaced. Up to this size a panel has a valid layout, and the plan takes
/// little memory.
const MAX_ELEMENTS: usize = 1 << 23;

/// Returns the operator that replaces `op` on an `input` of this fact, if `op` is tract's and packs contiguous elements
/// into wide panels.
pub(crate) fn replace(op: &dyn TypedOp, input: &TypedFact) -> TractResult<Option<Box<dyn TypedOp>>> {
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
	if len == 0 || len > MAX_ELEMENTS || strides[right] != 1 {
		return Ok(None);
	}
	let (k, n, stride) = (shape[down], shape[right], strides[down]);
	let rows = (0..k).map(|row| (row * stride) as isize).collect();
	let columns: Vec<isize> = (0..n as isize).collect();
	let layout = format.single_panel_layout(k, size_of::<f32>());
	// No matrix is read beyond its own last element.
	let reach = (k - 1) * stride + n;
	let Some(plan) = GatherPlan::new(rows, &columns, reach, layout, format).map(Arc::new) else {
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
	let operands = firsts.into_iter().map(|first| (first, plan.clone())).collect();
	let outer = pack.output_shape(shape);
	Ok(Some(Box::new(GatherPanels::new(
		"PackMatrix",
		op,
		len,
		outer,
		operands,
	))))
}
