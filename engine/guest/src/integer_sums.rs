//! Sums of integers. tract adds all of them in 32 bits, whatever their type.

use tract_onnx::{
	prelude::*,
	tract_core::{
		internal::*,
		ndarray::Axis,
		num_traits::{CheckedAdd, Zero},
		ops::nn::{Reduce, Reducer},
	},
};

/// Replaces sums of 64-bit and of unsigned integers by ones that add in the type of the integers.
pub fn replace(model: &mut TypedModel) -> TractResult<()> {
	for node in 0..model.nodes.len() {
		let is_wide = model
			.node_input_facts(node)?
			.first()
			.is_some_and(|fact| matches!(fact.datum_type, DatumType::I64 | DatumType::U32 | DatumType::U64));
		let sum = model.node(node).op_as::<Reduce>();
		let sum = sum.filter(|reduce| is_wide && reduce.reducer == Reducer::Sum);
		if let Some(sum) = sum.cloned() {
			model.node_mut(node).op = Box::new(IntegerSum(sum));
		}
	}
	Ok(())
}

/// A sum along some axes, whose extents become 1.
#[derive(Clone, Debug, PartialEq, Eq)]
struct IntegerSum(Reduce);

impl IntegerSum {
	fn sum<T: Datum + Copy + CheckedAdd + Zero>(&self, input: &Tensor) -> TractResult<Tensor> {
		let mut array = input.to_plain_array_view::<T>()?.to_owned();
		let mut has_overflowed = false;
		for axis in self.0.axes.iter().map(|axis| Axis(*axis)) {
			let sums = array.fold_axis(axis, T::zero(), |sum, number| {
				sum.checked_add(number).unwrap_or_else(|| {
					has_overflowed = true;
					T::zero()
				})
			});
			array = sums.insert_axis(axis);
		}
		ensure!(!has_overflowed, "a sum does not fit its type");
		Ok(array.into_tensor())
	}
}

impl Op for IntegerSum {
	fn name(&self) -> StaticName {
		"IntegerSum".into()
	}

	op_as_typed_op!();
}

impl EvalOp for IntegerSum {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let input = args_1!(inputs);
		let sum = match input.datum_type() {
			DatumType::I64 => self.sum::<i64>(&input)?,
			DatumType::U32 => self.sum::<u32>(&input)?,
			DatumType::U64 => self.sum::<u64>(&input)?,
			other => bail!("cannot sum {other:?}"),
		};
		Ok(tvec!(sum.into_tvalue()))
	}
}

impl TypedOp for IntegerSum {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		self.0.output_facts(inputs)
	}

	as_op!();
}
