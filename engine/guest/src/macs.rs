//! Counts the multiply-accumulates of a run, by which networks are measured and work is paid. Only matrix products and
//! convolutions count: not element-wise functions, sums, comparisons or transforms.

use tract_onnx::{
	prelude::*,
	tract_core::ops::{
		cnn::{Conv, Deconv},
		einsum::EinSum,
		gru_seq::GruSeq,
		scan::{iteration_count, Scan},
	},
};

/// Counts the multiply-accumulates of one run of `model`, before tract replaces operators by kernels. A node whose
/// count depends on data counts as zero.
pub fn count(model: &TypedModel) -> TractResult<u64> {
	model
		.nodes
		.iter()
		.try_fold(0_u64, |sum, node| Ok(sum.saturating_add(count_node(model, node)?)))
}

/// Counts the multiply-accumulates of one node.
fn count_node(model: &TypedModel, node: &TypedNode) -> TractResult<u64> {
	let facts = model.node_input_facts(node.id)?;
	let elements = |operand: usize| facts.get(operand).and_then(|fact| product(fact.shape.iter()));
	let count = if let Some(op) = node.op_as::<EinSum>() {
		count_product(op, &facts)
	} else if let Some(op) = node.op_as::<Conv>() {
		// Each element of the result is a sum over the weights of its channel. Padding counts like other elements.
		let results = node
			.outputs
			.first()
			.and_then(|output| product(output.fact.shape.iter()));
		count_per_channel(results, elements(1), op.pool_spec.output_channels)
	} else if let Some(op) = node.op_as::<Deconv>() {
		// Each element of the input is multiplied by all weights of its channel.
		count_per_channel(elements(0), elements(1), op.pool_spec.input_channels)
	} else if let Some(op) = node.op_as::<GruSeq>() {
		// At each step of each sequence, input and state are multiplied by their weights. The product of the input may
		// be a node of its own, before this one.
		let steps = facts.first().and_then(|fact| product(fact.shape.iter().take(2)));
		let weights = if op.projected {
			elements(1)
		} else {
			elements(1)
				.zip(elements(2))
				.map(|(input, state)| input.saturating_add(state))
		};
		count_per_channel(steps, weights, 1)
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

/// Multiplies the number of `elements` by the number of weights in one channel.
fn count_per_channel(elements: Option<u64>, weights: Option<u64>, channels: usize) -> Option<u64> {
	let channel = weights?.checked_div(channels as u64)?;
	Some(elements?.saturating_mul(channel))
}

/// Counts the multiply-accumulates of a product. It has one term for each combination of indices, and a term multiplies
/// all operands.
fn count_product(op: &EinSum, facts: &[&TypedFact]) -> Option<u64> {
	// The two operands of a quantised product are followed by its bias, scales and zero points.
	let operands = if op.q_params.is_some() { 2 } else { facts.len() };
	let mut terms = 1_u64;
	for axis in op.axes.iter_all_axes() {
		let operands = axis.inputs.iter().zip(facts).take(operands);
		let extents = operands.flat_map(|(places, fact)| places.iter().filter_map(|place| fact.shape.get(*place)));
		// An extent of 1 broadcasts.
		let longest = extents
			.map(extent)
			.try_fold(1, |longest, extent| Some(extent?.max(longest)))?;
		terms = terms.saturating_mul(longest);
	}
	Some(terms.saturating_mul(operands.saturating_sub(1) as u64))
}

/// Multiplies extents; `None` if one is unknown before the run.
fn product<'a>(mut extents: impl Iterator<Item = &'a TDim>) -> Option<u64> {
	extents.try_fold(1_u64, |product, dim| Some(product.saturating_mul(extent(dim)?)))
}

/// Returns an extent if it is known before the run.
fn extent(dim: &TDim) -> Option<u64> {
	dim.to_i64().ok().and_then(|extent| u64::try_from(extent).ok())
}
