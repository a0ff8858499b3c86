//! Quantises floats to 8-bit integers, and dequantises them. tract's own operators handle one element at a time, and
//! adding the zero point to an element far out of range wraps around, where ONNX requires saturation.

use tract_onnx::{
	prelude::*,
	tract_core::{
		internal::*,
		ops::{
			element_wise::ElementWiseOp,
			quant::{DequantizeLinearF32, QuantizeLinearI8, QuantizeLinearU8},
		},
	},
};

/// Replaces tract's operators by those of this module.
pub fn replace(model: &mut TypedModel) {
	for node in &mut model.nodes {
		let op: Option<Box<dyn TypedOp>> = if let Some(op) = node.op_as::<DequantizeLinearF32>() {
			Some(Box::new(Dequantise {
				scale: op.scale,
				zero_point: op.zero_point,
			}))
		} else {
			node.op_as::<ElementWiseOp>().and_then(replace_quantise)
		};
		if let Some(op) = op {
			node.op = op;
		}
	}
}

/// Returns the replacement of `op`, if it is tract's `QuantizeLinear`.
fn replace_quantise(op: &ElementWiseOp) -> Option<Box<dyn TypedOp>> {
	let quantise = if let Some(op) = op.0.downcast_ref::<QuantizeLinearU8>() {
		Quantise {
			factor: op.scale,
			zero_point: op.zero_point.into(),
			dtype: DatumType::U8,
		}
	} else {
		let op = op.0.downcast_ref::<QuantizeLinearI8>()?;
		Quantise {
			factor: op.scale,
			zero_point: op.zero_point.into(),
			dtype: DatumType::I8,
		}
	};
	Some(Box::new(quantise))
}

/// Computes `saturate(round(x * factor) + zero_point)`, with ties to even.
#[derive(Clone, Debug, PartialEq)]
struct Quantise {
	/// One over the scale.
	factor: f32,
	zero_point: i32,
	/// `U8` or `I8`.
	dtype: DatumType,
}

impl Eq for Quantise {}

impl Quantise {
	fn apply<T: Copy, Q>(
		&self,
		from: &[T],
		to: &mut [Q],
		float: impl Fn(T) -> f32,
		narrow: impl Fn(i32) -> Q,
		range: (i32, i32),
	) {
		// The zero point is within the range. Shifting the range by it therefore cannot overflow, nor can adding it to
		// a clamped number.
		let (min, max) = (range.0 - self.zero_point, range.1 - self.zero_point);
		for (to, from) in to.iter_mut().zip(from) {
			let rounded = (float(*from) * self.factor).round_ties_even() as i32;
			*to = narrow(rounded.clamp(min, max).wrapping_add(self.zero_point));
		}
	}

	/// Applies this to any type of float, to integers of the type `dtype`.
	fn apply_any<T: Copy>(&self, from: &[T], to: &mut Tensor, float: impl Fn(T) -> f32) -> TractResult<()> {
		let mut to = to.try_as_plain_ram_mut()?;
		if self.dtype == DatumType::U8 {
			self.apply(from, to.as_slice_mut::<u8>()?, float, |q| q as u8, (0, 255));
		} else {
			self.apply(from, to.as_slice_mut::<i8>()?, float, |q| q as i8, (-128, 127));
		}
		Ok(())
	}
}

impl Op for Quantise {
	fn name(&self) -> StaticName {
		"Quantise".into()
	}

	op_as_typed_op!();
}

impl EvalOp for Quantise {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let input = args_1!(inputs);
		let mut output = Tensor::zero_dt(self.dtype, input.shape())?;
		let plain = input.try_as_plain_ram()?;
		match input.datum_type() {
			DatumType::F32 => self.apply_any(plain.as_slice::<f32>()?, &mut output, |x| x)?,
			DatumType::F16 => self.apply_any(plain.as_slice::<f16>()?, &mut output, |x| x.to_f32())?,
			DatumType::I32 => self.apply_any(plain.as_slice::<i32>()?, &mut output, |x| x as f32)?,
			other => bail!("cannot quantise {other:?}"),
		}
		Ok(tvec!(output.into_tvalue()))
	}
}

impl TypedOp for Quantise {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		Ok(tvec!(self.dtype.fact(inputs[0].shape.clone())))
	}

	as_op!();
}

/// Computes `(x - zero_point) * scale`, where the difference is one of integers.
#[derive(Clone, Debug, PartialEq)]
struct Dequantise {
	scale: f32,
	zero_point: i32,
}

impl Eq for Dequantise {}

impl Dequantise {
	fn apply<Q: Copy>(&self, from: &[Q], to: &mut [f32], widen: impl Fn(Q) -> i32) {
		for (to, from) in to.iter_mut().zip(from) {
			*to = widen(*from).wrapping_sub(self.zero_point) as f32 * self.scale;
		}
	}
}

impl Op for Dequantise {
	fn name(&self) -> StaticName {
		"Dequantise".into()
	}

	op_as_typed_op!();
}

impl EvalOp for Dequantise {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let input = args_1!(inputs);
		let mut output = Tensor::zero_dt(DatumType::F32, input.shape())?;
		let plain = input.try_as_plain_ram()?;
		let mut floats = output.try_as_plain_ram_mut()?;
		let to = floats.as_slice_mut::<f32>()?;
		match input.datum_type() {
			DatumType::I8 => self.apply(plain.as_slice::<i8>()?, to, i32::from),
			DatumType::U8 => self.apply(plain.as_slice::<u8>()?, to, i32::from),
			DatumType::I32 => self.apply(plain.as_slice::<i32>()?, to, |x| x),
			other => bail!("cannot dequantise {other:?}"),
		}
		Ok(tvec!(output.into_tvalue()))
	}
}

impl TypedOp for Dequantise {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		Ok(tvec!(DatumType::F32.fact(inputs[0].shape.clone())))
	}

	as_op!();
}
