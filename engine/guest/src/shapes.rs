//! Checks shapes that tract does not check: it would compute nonsense, read beyond its buffers, or loop for seconds.

use assay_abi::FaultCode;
use std::collections::HashMap;
use tract_onnx::{
	pb::{GraphProto, NodeProto},
	prelude::*,
	tract_core::ops::{einsum::EinSum, scan::Scan},
	tract_hir::infer::{Factoid, InferenceNode},
};

/// Returns the allowed values of the attribute `axis` for an operand of this rank, or `None` for an operator without
/// that attribute.
pub fn allowed_axes(operator: &str, rank: i64) -> Option<core::ops::RangeInclusive<i64>> {
	Some(match operator {
		"Flatten" => -rank..=rank,
		"OneHot" => -rank - 1..=rank,
		"ArgMax" | "ArgMin" | "Concat" | "Gather" | "GatherElements" | "Hardmax" | "LayerNormalization"
		| "LogSoftmax" | "LpNormalization" | "RMSNormalization" | "Scatter" | "ScatterElements" | "Softmax"
		| "Split" | "TopK" => -rank..=rank - 1,
		_ => return None,
	})
}

/// Refuses nodes of `graph` that name an axis which their operand does not have. `model` was parsed from `graph`, and
/// its shapes are known.
pub fn check_axes(graph: &GraphProto, model: &InferenceModel) -> Result<(), FaultCode> {
	let rank = |node: &InferenceNode| node.outputs.first()?.fact.shape.rank().concretize();
	let ranks: HashMap<&str, i64> = model
		.nodes
		.iter()
		.filter_map(|node| Some((node.name.as_str(), rank(node)?)))
		.collect();
	let shapes: HashMap<&str, TVec<TDim>> = model
		.nodes
		.iter()
		.filter_map(|node| Some((node.name.as_str(), node.outputs.first()?.fact.shape.concretize()?)))
		.collect();
	let is_wrong = |node: &NodeProto| {
		if node.op_type == "TopK" && takes_too_many(node, &shapes) {
			return true;
		}
		let rank = node.input.first().and_then(|name| ranks.get(name.as_str())).copied();
		let Some(rank) = rank else {
			return false;
		};
		let mut axis = node.attribute.iter().filter(|attribute| attribute.name == "axis");
		let range = allowed_axes(&node.op_type, rank);
		range.is_some_and(|range| axis.any(|axis| !range.contains(&axis.i)) || (range.is_empty()))
	};
	if graph.node.iter().any(is_wrong) {
		Err(FaultCode::InvalidGraph)
	} else {
		Ok(())
	}
}

/// Refuses a `perm` that is not a permutation: tract would search for one until its memory is full.
pub fn check_permutations(graph: &GraphProto) -> Result<(), FaultCode> {
	let is_permutation = |axes: &[i64]| {
		let mut sorted = axes.to_vec();
		sorted.sort_unstable();
		sorted.into_iter().eq(0..axes.len() as i64)
	};
	let transposes = graph.node.iter().filter(|node| node.op_type == "Transpose");
	let mut orders = transposes
		.flat_map(|node| &node.attribute)
		.filter(|attribute| attribute.name == "perm");
	if orders.all(|order| is_permutation(&order.ints)) {
		Ok(())
	} else {
		Err(FaultCode::InvalidGraph)
	}
}

/// Returns whether a `TopK` returns more elements than its operand has.
fn takes_too_many(node: &NodeProto, shapes: &HashMap<&str, TVec<TDim>>) -> bool {
	let shape = |name: Option<&String>| shapes.get(name?.as_str());
	let (Some(input), Some(output)) = (shape(node.input.first()), shape(node.output.first())) else {
		return false;
	};
	let mut extents = input
		.iter()
		.zip(output)
		.filter_map(|(input, output)| Some((input.to_i64().ok()?, output.to_i64().ok()?)));
	extents.any(|(input, output)| output > input)
}

/// Returns whether the operands of every product have equal extents along the axes they share. tract would read beyond
/// the end of the shorter one.
pub fn has_valid_products(model: &TypedModel) -> TractResult<bool> {
	for node in &model.nodes {
		if let Some(scan) = node.op_as::<Scan>() {
			if !has_valid_products(&scan.body)? {
				return Ok(false);
			}
		}
		let Some(product) = node.op_as::<EinSum>() else {
			continue;
		};
		let facts = model.node_input_facts(node.id)?;
		for axis in product.axes.iter_all_axes() {
			let is_kept = axis.outputs.iter().any(|places| !places.is_empty());
			let operands = axis.inputs.iter().zip(&facts);
			let extents = operands.flat_map(|(places, fact)| places.iter().filter_map(|place| fact.shape.get(*place)));
			let mut extents: Vec<i64> = extents.filter_map(|extent| extent.to_i64().ok()).collect();
			if is_kept {
				extents.retain(|extent| *extent != 1);
			}
			extents.dedup();
			if extents.len() > 1 {
				return Ok(false);
			}
		}
	}
	Ok(true)
}
