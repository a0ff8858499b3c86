//! Keeps every n-th element of a tensor along an axis. tract splits a strided convolution with a kernel of one element
//! into this and a convolution without strides.

use crate::copy::copy;
use tract_onnx::{
	prelude::*,
	tract_core::{internal::*, ops::Downsample},
};

/// Returns the operator that replaces `op`, if that is tract's `Downsample`.
pub(crate) fn replace(op: &dyn TypedOp, _: &TypedFact) -> TractResult<Option<Box<dyn TypedOp>>> {
	let faster = |op: &Downsample| {
		let stride = usize::try_from(op.stride).ok().filter(|stride| *stride > 0)?;
		let tract = op.clone();
		Some(Box::new(FastDownsample { tract, stride }) as _)
	};
	Ok(op.downcast_ref().and_then(faster))
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct FastDownsample {
	tract: Downsample,
	stride: usize,
}

impl Op for FastDownsample {
	fn name(&self) -> StaticName {
		"FastDownsample".into()
	}

	op_as_typed_op!();
}

impl EvalOp for FastDownsample {
	op_out_of_plan!();

	fn eval(&self, context: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let input = args_1!(inputs);
		let (axis, modulo) = (self.tract.axis, self.tract.modulo);
		let extent = input.shape()[axis];
		if input.datum_type() != DatumType::F32 || modulo >= extent {
			return self.tract.eval(context, tvec!(input));
		}
		let mut shape: TVec<usize> = input.shape().into();
		shape[axis] = (extent - modulo).div_ceil(self.stride);
		let inner: usize = shape[axis + 1..].iter().product();
		let mut output = Tensor::zero_dt(DatumType::F32, &shape)?;
		if output.len() > 0 {
			let (from, mut to) = (input.try_as_plain_ram()?, output.try_as_plain_ram_mut()?);
			let from = from.as_slice::<f32>()?.chunks_exact(extent * inner);
			let to = to.as_slice_mut::<f32>()?.chunks_exact_mut(shape[axis] * inner);
			for (from, to) in from.zip(to) {
				let from = &from[modulo * inner..];
				if inner == 1 {
					let from = from.iter().step_by(self.stride);
					to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
				} else {
					let from = from.chunks_exact(inner).step_by(self.stride);
					to.chunks_exact_mut(inner)
						.zip(from)
						.for_each(|(to, from)| copy(from, to));
				}
			}
		}
		Ok(tvec!(output.into_tvalue()))
	}
}

impl TypedOp for FastDownsample {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		self.tract.output_facts(inputs)
	}

	as_op!();
}
