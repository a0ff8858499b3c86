//! Sums of whole numbers. tract adds them up in 32 bits, whatever they have.

use tract_onnx::{
	prelude::*,
	tract_core::{
		internal::*,
		ndarray::Axis,
		num_traits::{CheckedAdd, Zero},
		ops::nn::{Reduce, Reducer},
	},
};

/// Has whole numbers of more than 32 bits, and those without a sign, added up in their own type.
pub fn replace(model: &mut TypedModel) -> TractResult<()> {
	for node in 0..model.nodes.len() {
		let is_wide = model
			.node_input_facts(node)?
			.first()
			.is_some_and(|fact| matches!(fact.datum_type, DatumType::I64 | DatumType::U32 | DatumType::U64));
		let sum = model.node(node).op_as::<Reduce>();
		let sum = sum.filter(|reduce| is_wide && reduce.reducer == Reducer::Sum);
		if let Some(sum) = sum.cloned() {
			model.node_mut(node).op = Box::new(Sum(sum));
		}
	}
	Ok(())
}

/// A sum along some axes, each of which is 1 afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sum(Reduce);

impl Sum {
	fn of<T: Datum + Copy + CheckedAdd + Zero>(&self, input: &Tensor) -> TractResult<Tensor> {
		let mut array = input.to_plain_array_view::<T>()?.to_owned();
		let mut is_beyond = false;
		for axis in self.0.axes.iter().map(|axis| Axis(*axis)) {
			let sums = array.fold_axis(axis, T::zero(), |sum, number| {
				sum.checked_add(number).unwrap_or_else(|| {
					is_beyond = true;
					T::zero()
				})
			});
			array = sums.insert_axis(axis);
		}
		ensure!(!is_beyond, "a sum is larger than its type");
		Ok(array.into_tensor())
	}
}

impl Op for Sum {
	fn name(&self) -> StaticName {
		"Sum".into()
	}

	op_as_typed_op!();
}

impl EvalOp for Sum {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let input = args_1!(inputs);
		let sum = match input.datum_type() {
			DatumType::I64 => self.of::<i64>(&input)?,
			DatumType::U32 => self.of::<u32>(&input)?,
			DatumType::U64 => self.of::<u64>(&input)?,
			other => bail!("no sum of {other:?}"),
		};
		Ok(tvec!(sum.into_tvalue()))
	}
}

impl TypedOp for Sum {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		self.0.output_facts(inputs)
	}

	as_op!();
}
