//! The images of convolutions as right operands of matrix products.

use crate::gather::{GatherPanels, GatherPlan};
use assay_intrinsics::tile::COLS;
use std::sync::Arc;
use tract_linalg::mmm::{MMMInputValue, PackedMatrixStorage};
use tract_onnx::{prelude::*, tract_core::internal::*};

/// Elements of the largest image that is analysed. The analysis takes as much memory again.
const MAX_ELEMENTS: usize = 1 << 24;

/// tract's name for its operator, whose type is private.
const TRACT_NAME: &str = "LazyIm2col";

/// Returns the operator that replaces `op` on an `input` of this fact, if `op` is tract's. To learn what it gathers,
/// this runs it on an image whose elements are their own positions. There is no replacement if a position is not the
/// sum of a row's and a column's.
pub(crate) fn replace(op: &dyn TypedOp, input: &TypedFact) -> TractResult<Option<Box<dyn TypedOp>>> {
	if op.name() != TRACT_NAME || input.datum_type != DatumType::F32 {
		return Ok(None);
	}
	let Some(shape) = input.shape.as_concrete() else {
		return Ok(None);
	};
	let len: usize = shape.iter().product();
	if len > MAX_ELEMENTS {
		return Ok(None);
	}
	let places: Vec<i32> = (0..len).map(i32::try_from).collect::<Result<_, _>>()?;
	let image = Tensor::from_shape(shape, &places)?;
	drop(places);
	let packed = args_1!(op.eval(&EvalContext::out_of_plan(), tvec!(image.into_tvalue()))?);
	let packed = packed
		.try_storage_as::<PackedMatrixStorage>()
		.context("im2col does not give packed matrices")?;
	let groups = packed
		.values()
		.iter()
		.map(|group| Ok(analyse(&**group, len)?.map(|plan| (0, Arc::new(plan)))));
	let groups = groups.collect::<TractResult<Option<TVec<_>>>>()?;
	Ok(groups.map(|groups| Box::new(GatherPanels::new("Im2col", op, len, tvec![1, groups.len()], groups)) as _))
}

/// Derives what tract gathers from the panels of an image whose elements are their own positions.
fn analyse(value: &dyn MMMInputValue, len: usize) -> TractResult<Option<GatherPlan>> {
	let (k, n) = (value.k(), value.mn());
	let Some(layout) = value.scratch_panel_buffer_layout() else {
		return Ok(None);
	};
	if k == 0 || n == 0 || value.format().r() != COLS || layout.size() < k * COLS * size_of::<i32>() {
		return Ok(None);
	}
	let mut panel = vec![0_i32; layout.size().div_ceil(size_of::<i32>())];
	let mut rows: Vec<isize> = Vec::new();
	let mut columns: Vec<isize> = Vec::with_capacity(n);
	for first in (0..n).step_by(COLS) {
		value.panel_bytes(first / COLS, Some(panel.as_mut_ptr().cast()))?;
		let width = COLS.min(n - first);
		let position = |row: usize, col: usize| panel[row * COLS + col] as isize;
		if first == 0 {
			rows.extend((0..k).map(|row| position(row, 0) - position(0, 0)));
		}
		columns.extend((0..width).map(|col| position(0, col)));
		let sums =
			|(row, offset): (usize, &isize)| (0..width).all(|col| position(row, col) == position(0, col) + offset);
		if !rows.iter().enumerate().all(sums) {
			return Ok(None);
		}
	}
	Ok(GatherPlan::new(rows, &columns, len, layout, value.format()))
}
