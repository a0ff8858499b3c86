//! Pads a tensor with one value and copies it row by row.

use crate::copy::copy;
use tract_onnx::{
	prelude::*,
	tract_core::{
		internal::*,
		ops::array::{Pad, PadMode},
	},
};

/// Returns the operator that replaces `op`, if that is tract's `Pad` of float32 with a constant value.
pub(crate) fn replace(op: &dyn TypedOp, input: &TypedFact) -> TractResult<Option<Box<dyn TypedOp>>> {
	let Some(tract) = op.downcast_ref::<Pad>() else {
		return Ok(None);
	};
	let PadMode::Constant(value) = &tract.mode else {
		return Ok(None);
	};
	if input.datum_type != DatumType::F32 || input.rank() == 0 || tract.pads.len() != input.rank() {
		return Ok(None);
	}
	Ok(Some(Box::new(PadConstant {
		tract: tract.clone(),
		bits: value.cast_to_scalar::<f32>()?.to_bits(),
	})))
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct PadConstant {
	tract: Pad,
	/// The bits of the value.
	bits: u32,
}

/// Copies `from`, a tensor of `shape`, into the middle of `to`, which has the extents of `shape` plus `pads`.
fn copy_into_padded(pads: &[(usize, usize)], shape: &[usize], from: &[f32], to: &mut [f32]) {
	let (&[(before, after), ref pads @ ..], &[extent, ref shape @ ..]) = (pads, shape) else {
		return copy(from, to);
	};
	// Elements of one step along this axis, without padding and with it.
	let inner: usize = shape.iter().product();
	let outer = to.len() / (before + extent + after).max(1);
	let to = &mut to[before * outer..][..extent * outer];
	if inner == outer {
		copy(from, to);
	} else if inner > 0 {
		let parts = from.chunks_exact(inner).zip(to.chunks_exact_mut(outer));
		parts.for_each(|(from, to)| copy_into_padded(pads, shape, from, to));
	}
}

impl Op for PadConstant {
	fn name(&self) -> StaticName {
		"PadConstant".into()
	}

	op_as_typed_op!();
}

impl EvalOp for PadConstant {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let input = args_1!(inputs);
		let pads = &self.tract.pads;
		ensure!(input.rank() == pads.len());
		let padded = input
			.shape()
			.iter()
			.zip(pads)
			.map(|(extent, (a, b))| extent.checked_add(*a)?.checked_add(*b));
		let shape: Option<TVec<usize>> = padded.collect();
		let shape = shape.context("a padded tensor is too large")?;
		let mut output = Tensor::zero_dt(DatumType::F32, &shape)?;
		if output.len() > 0 {
			let (from, mut to) = (input.try_as_plain_ram()?, output.try_as_plain_ram_mut()?);
			let to = to.as_slice_mut::<f32>()?;
			if self.bits != 0 {
				to.fill(f32::from_bits(self.bits));
			}
			copy_into_padded(pads, input.shape(), from.as_slice::<f32>()?, to);
		}
		Ok(tvec!(output.into_tvalue()))
	}
}

impl TypedOp for PadConstant {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		self.tract.output_facts(inputs)
	}

	as_op!();
}
