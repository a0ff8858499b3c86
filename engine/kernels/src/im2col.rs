//! Convolutions' images as the right operands of products.

use crate::columns::{Gather, Gathered};
use assay_intrinsics::tile::COLS;
use std::sync::Arc;
use tract_linalg::mmm::{MMMInputValue, PackedMatrixStorage};
use tract_onnx::{prelude::*, tract_core::internal::*};

/// Elements of the largest image that is learnt of, which takes as much memory again.
const LARGEST: usize = 1 << 24;

/// What tract calls its own, whose type is private.
const NAME: &str = "LazyIm2col";

/// The operator that does what `op` does on an input of this fact, if `op` is tract's. How it gathers is learnt by having it gather from
/// an image whose elements are their own places; there is none if that is not a sum of a place of the row and one of the column.
pub(crate) fn replacement(op: &dyn TypedOp, input: &TypedFact) -> TractResult<Option<Box<dyn TypedOp>>> {
	if op.name() != NAME || input.datum_type != DatumType::F32 {
		return Ok(None);
	}
	let Some(shape) = input.shape.as_concrete() else {
		return Ok(None);
	};
	let len: usize = shape.iter().product();
	if len > LARGEST {
		return Ok(None);
	}
	let places: Vec<i32> = (0..len).map(i32::try_from).collect::<Result<_, _>>()?;
	let image = Tensor::from_shape(shape, &places)?;
	drop(places);
	let packed = args_1!(op.eval(&EvalContext::out_of_plan(), tvec!(image.into_tvalue()))?);
	let packed = packed
		.try_storage_as::<PackedMatrixStorage>()
		.context("an image in columns is packed")?;
	let groups = packed
		.values()
		.iter()
		.map(|group| Ok(learn(&**group, len)?.map(|gather| (0, Arc::new(gather)))));
	let groups = groups.collect::<TractResult<Option<TVec<_>>>>()?;
	Ok(groups.map(|groups| Box::new(Gathered::new("Im2col", op, len, tvec![1, groups.len()], groups)) as _))
}

/// From what tract gathers where each element is its own place.
fn learn(value: &dyn MMMInputValue, len: usize) -> TractResult<Option<Gather>> {
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
		let place = |row: usize, col: usize| panel[row * COLS + col] as isize;
		if first == 0 {
			rows.extend((0..k).map(|row| place(row, 0) - place(0, 0)));
		}
		columns.extend((0..width).map(|col| place(0, col)));
		let sums = |(row, offset): (usize, &isize)| (0..width).all(|col| place(row, col) == place(0, col) + offset);
		if !rows.iter().enumerate().all(sums) {
			return Ok(None);
		}
	}
	Ok(Gather::new(rows, &columns, len, layout, value.format()))
}
