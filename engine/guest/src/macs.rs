//! How many products a run adds up: those of matrix products and convolutions, by which networks are measured and work is paid for. What is
//! done to an element alone counts nothing, and neither do sums, comparisons or transforms.

use tract_onnx::{
	prelude::*,
	tract_core::ops::{
		cnn::{Conv, Deconv},
		einsum::EinSum,
		gru_seq::GruSeq,
		scan::{iteration_count, Scan},
	},
};

/// Multiply-accumulates of one run of `model`, before it is made of kernels. What takes a number that depends on data is left out.
pub fn count(model: &TypedModel) -> TractResult<u64> {
	model
		.nodes
		.iter()
		.try_fold(0_u64, |sum, node| Ok(sum.saturating_add(of_node(model, node)?)))
}

fn of_node(model: &TypedModel, node: &TypedNode) -> TractResult<u64> {
	let facts = model.node_input_facts(node.id)?;
	let elements = |operand: usize| facts.get(operand).and_then(|fact| product(fact.shape.iter()));
	let count = if let Some(op) = node.op_as::<EinSum>() {
		of_product(op, &facts)
	} else if let Some(op) = node.op_as::<Conv>() {
		// Each element of the result is a sum over the weights of its channel; what is padded counts like the rest.
		let results = node
			.outputs
			.first()
			.and_then(|output| product(output.fact.shape.iter()));
		each(results, elements(1), op.pool_spec.output_channels)
	} else if let Some(op) = node.op_as::<Deconv>() {
		// Each element that is given meets all the weights of its channel.
		each(elements(0), elements(1), op.pool_spec.input_channels)
	} else if let Some(op) = node.op_as::<GruSeq>() {
		// At each step of each sequence, its numbers or its state meet all the weights there are for them. Those for the numbers may be in
		// a product of their own, in front.
		let steps = facts.first().and_then(|fact| product(fact.shape.iter().take(2)));
		let weights = if op.projected {
			elements(1)
		} else {
			elements(1)
				.zip(elements(2))
				.map(|(given, state)| given.saturating_add(state))
		};
		each(steps, weights, 1)
	} else if let Some(op) = node.op_as::<Scan>() {
		let body = count(&op.body)?;
		iteration_count(&op.input_mapping, &facts)
			.and_then(|iterations| extent(&iterations))
			.map(|iterations| iterations.saturating_mul(body))
	} else {
		None
	};
	Ok(count.unwrap_or(0))
}

/// `elements`, each with its channel's part of `weights`.
fn each(elements: Option<u64>, weights: Option<u64>, channels: usize) -> Option<u64> {
	let share = weights?.checked_div(channels as u64)?;
	Some(elements?.saturating_mul(share))
}

/// Terms are as many as there are values of all indices together, and each is a product of all operands.
fn of_product(op: &EinSum, facts: &[&TypedFact]) -> Option<u64> {
	// Behind the two operands of a quantised product are its bias, scales and zero points.
	let operands = if op.q_params.is_some() { 2 } else { facts.len() };
	let mut terms = 1_u64;
	for axis in op.axes.iter_all_axes() {
		let operands = axis.inputs.iter().zip(facts).take(operands);
		let extents = operands.flat_map(|(places, fact)| places.iter().filter_map(|place| fact.shape.get(*place)));
		// An extent of 1 is repeated along the others.
		let longest = extents
			.map(extent)
			.try_fold(1, |longest, extent| Some(extent?.max(longest)))?;
		terms = terms.saturating_mul(longest);
	}
	Some(terms.saturating_mul(operands.saturating_sub(1) as u64))
}

fn product<'a>(mut extents: impl Iterator<Item = &'a TDim>) -> Option<u64> {
	extents.try_fold(1_u64, |product, dim| Some(product.saturating_mul(extent(dim)?)))
}

/// An extent that is known before the run.
fn extent(dim: &TDim) -> Option<u64> {
	dim.to_i64().ok().and_then(|extent| u64::try_from(extent).ok())
}
