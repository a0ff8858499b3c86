//! Shapes that tract takes for granted and would compute nonsense from, read beyond its buffers, or count for seconds.

use crate::abi::FaultCode;
use std::collections::HashMap;
use tract_onnx::{
	pb::{GraphProto, NodeProto},
	prelude::*,
	tract_core::ops::{einsum::EinSum, scan::Scan},
	tract_hir::infer::Factoid,
};

/// Which axes may be named by `axis`, of an operand with this many; `None` for an operator that names none.
pub fn axes(operator: &str, rank: i64) -> Option<core::ops::RangeInclusive<i64>> {
	Some(match operator {
		"Flatten" => -rank..=rank,
		"OneHot" => -rank - 1..=rank,
		"ArgMax" | "ArgMin" | "Concat" | "Gather" | "GatherElements" | "Hardmax" | "LayerNormalization"
		| "LogSoftmax" | "LpNormalization" | "RMSNormalization" | "Scatter" | "ScatterElements" | "Softmax"
		| "Split" | "TopK" => -rank..=rank - 1,
		_ => return None,
	})
}

/// Refuses nodes that name an axis their operand does not have, once the shapes of `model`, which was made of `graph`, are known.
pub fn check_axes(graph: &GraphProto, model: &InferenceModel) -> Result<(), FaultCode> {
	let of_node =
		|node: &'_ tract_onnx::tract_hir::infer::InferenceNode| node.outputs.first()?.fact.shape.rank().concretize();
	let ranks: HashMap<&str, i64> = model
		.nodes
		.iter()
		.filter_map(|node| Some((node.name.as_str(), of_node(node)?)))
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
		let range = axes(&node.op_type, rank);
		range.is_some_and(|range| axis.any(|axis| !range.contains(&axis.i)) || (range.is_empty()))
	};
	if graph.node.iter().any(is_wrong) {
		Err(FaultCode::InvalidGraph)
	} else {
		Ok(())
	}
}

/// Refuses a `perm` that is no permutation: tract would look for a way to one until its memory is full.
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

/// Whether a `TopK` gives more than it is given.
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

/// Refuses products of operands that do not have the same extent along an axis they share, which tract would read past the end of.
pub fn check_products(model: &TypedModel) -> TractResult<bool> {
	for node in &model.nodes {
		if let Some(scan) = node.op_as::<Scan>() {
			if !check_products(&scan.body)? {
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
