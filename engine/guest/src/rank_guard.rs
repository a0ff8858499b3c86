//! Checks that operands have enough axes. tract's rules access the channel axis, the axes after it, or the axes before
//! a named one, before anything has checked that they exist: they would read beyond the end of the shape, or count to
//! 2^32.

use crate::{
	limits::MAX_AXES,
	shapes::{allowed_axes, has_valid_products},
};
use std::collections::HashMap;
use tract_onnx::{
	pb::{GraphProto, NodeProto},
	prelude::*,
	tract_core::internal::*,
	tract_hir::internal::{expand, Expansion, InferenceModel, InferenceNode, InferenceResult, Solver, TensorProxy},
};

/// One more axis than any operand may have.
const TOO_MANY: i64 = MAX_AXES as i64 + 1;

/// Returns the minimum rank of the first operand of a node.
fn min_rank(node: &NodeProto) -> i64 {
	let named = node.attribute.iter().find(|attribute| attribute.name == "axis");
	let axis = named.map(|axis| axis.i).or_else(|| default_axis(&node.op_type));
	let has_axis =
		|rank: &i64| axis.is_none_or(|axis| allowed_axes(&node.op_type, *rank).is_none_or(|axes| axes.contains(&axis)));
	operator_min_rank(&node.op_type).max((0..TOO_MANY).find(has_axis).unwrap_or(TOO_MANY))
}

/// Returns the default of `axis` for operators that iterate from it.
fn default_axis(operator: &str) -> Option<i64> {
	match operator {
		"LayerNormalization" | "RMSNormalization" => Some(-1),
		_ => None,
	}
}

/// Returns the minimum rank of an operator's first operand, whatever its attributes are.
fn operator_min_rank(operator: &str) -> i64 {
	match operator {
		"DepthToSpace" | "GridSample" | "SpaceToDepth" => 4,
		"AveragePool"
		| "Conv"
		| "ConvInteger"
		| "ConvTranspose"
		| "GRU"
		| "GlobalAveragePool"
		| "GlobalMaxPool"
		| "GroupNormalization"
		| "InstanceNormalization"
		| "LRN"
		| "LSTM"
		| "MaxPool"
		| "QLinearConv"
		| "RNN" => 3,
		"BatchNormalization" => 2,
		_ => 0,
	}
}

/// Makes the analysis of `model`, which was parsed from `graph`, fail at an operand with too few axes before the rules
/// of its operator apply.
pub fn insert_guards(graph: &GraphProto, model: &mut InferenceModel) {
	// tract names a node after its first output.
	let names = graph
		.node
		.iter()
		.filter_map(|node| Some((node.output.first()?.as_str(), min_rank(node))));
	let min_ranks: HashMap<&str, i64> = names.filter(|(_, min_rank)| *min_rank > 0).collect();
	for node in &mut model.nodes {
		let Some(min_rank) = min_ranks.get(node.name.as_str()).copied() else {
			continue;
		};
		if let Some(inner) = node.op_as::<Box<dyn Expansion>>().cloned() {
			node.op = expand(Guarded { min_rank, inner });
		}
	}
}

/// An operator whose first operand must have at least `min_rank` axes.
#[derive(Clone, Debug)]
struct Guarded {
	min_rank: i64,
	inner: Box<dyn Expansion>,
}

impl Expansion for Guarded {
	fn name(&self) -> StaticName {
		self.inner.name()
	}

	fn validation(&self) -> Validation {
		self.inner.validation()
	}

	fn info(&self) -> TractResult<Vec<String>> {
		self.inner.info()
	}

	fn nboutputs(&self) -> TractResult<usize> {
		self.inner.nboutputs()
	}

	fn rules<'r, 'p: 'r, 's: 'r>(
		&'s self,
		solver: &mut Solver<'r>,
		inputs: &'p [TensorProxy],
		outputs: &'p [TensorProxy],
	) -> InferenceResult {
		// Rules apply in order, and this is the first.
		if let Some(input) = inputs.first() {
			solver.given(&input.rank, move |_, rank| {
				ensure!(rank >= self.min_rank, "too few axes");
				Ok(())
			})?;
		}
		self.inner.rules(solver, inputs, outputs)
	}

	/// Wires the operator. tract folds an operator on constants in a graph of its own, before the check of the whole
	/// graph.
	fn wire(&self, prefix: &str, model: &mut TypedModel, inputs: &[OutletId]) -> TractResult<TVec<OutletId>> {
		let outputs = self.inner.wire(prefix, model, inputs)?;
		ensure!(has_valid_products(model)?, "operands of a product differ in length");
		Ok(outputs)
	}

	fn wire_with_inference_model_and_node(
		&self,
		prefix: &str,
		model: &InferenceModel,
		node: &InferenceNode,
		typed: &mut TypedModel,
		inputs: &[OutletId],
	) -> TractResult<TVec<OutletId>> {
		self.inner
			.wire_with_inference_model_and_node(prefix, model, node, typed, inputs)
	}

	fn runs_out_of_plan(&self) -> bool {
		self.inner.runs_out_of_plan()
	}
}
