//! How many axes an operand has at least. tract's rules look for the axis of channels, for those behind it or for those before the one that is
//! named, before anything says that there are such: they read beyond the end of the shape, or count to 2^32.

use crate::{
	limits::AXES,
	shapes::{axes, check_products},
};
use std::collections::HashMap;
use tract_onnx::{
	pb::{GraphProto, NodeProto},
	prelude::*,
	tract_core::internal::*,
	tract_hir::internal::{expand, Expansion, InferenceModel, InferenceNode, InferenceResult, Solver, TensorProxy},
};

/// More axes than any operand may have.
const TOO_MANY: i64 = AXES as i64 + 1;

/// How many axes the first operand of a node has at least.
fn least(node: &NodeProto) -> i64 {
	let named = node.attribute.iter().find(|attribute| attribute.name == "axis");
	let axis = named.map(|axis| axis.i).or_else(|| unnamed(&node.op_type));
	let has = |rank: &i64| axis.is_none_or(|axis| axes(&node.op_type, *rank).is_none_or(|axes| axes.contains(&axis)));
	least_of(&node.op_type).max((0..TOO_MANY).find(has).unwrap_or(TOO_MANY))
}

/// The axis of an operator that counts up to the one it is given, where none is named.
fn unnamed(operator: &str) -> Option<i64> {
	match operator {
		"LayerNormalization" | "RMSNormalization" => Some(-1),
		_ => None,
	}
}

/// How many axes the first operand of an operator has at least, whatever its attributes are.
fn least_of(operator: &str) -> i64 {
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

/// Has the analysis of `model`, which was made of `graph`, fail at an operand with too few axes before the rules of its operator apply.
pub fn guard(graph: &GraphProto, model: &mut InferenceModel) {
	// tract names a node after its first output.
	let names = graph
		.node
		.iter()
		.filter_map(|node| Some((node.output.first()?.as_str(), least(node))));
	let least: HashMap<&str, i64> = names.filter(|(_, least)| *least > 0).collect();
	for node in &mut model.nodes {
		let Some(least) = least.get(node.name.as_str()).copied() else {
			continue;
		};
		if let Some(inner) = node.op_as::<Box<dyn Expansion>>().cloned() {
			node.op = expand(Guarded { least, inner });
		}
	}
}

/// An operator whose first operand has `least` axes or more.
#[derive(Clone, Debug)]
struct Guarded {
	least: i64,
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
		// Rules apply in their order, so this one is first.
		if let Some(input) = inputs.first() {
			solver.given(&input.rank, move |_, rank| {
				ensure!(rank >= self.least, "too few axes");
				Ok(())
			})?;
		}
		self.inner.rules(solver, inputs, outputs)
	}

	/// Of an operator on constants, which is computed with a graph of its own before the one it belongs to is whole and looked at.
	fn wire(&self, prefix: &str, model: &mut TypedModel, inputs: &[OutletId]) -> TractResult<TVec<OutletId>> {
		let outputs = self.inner.wire(prefix, model, inputs)?;
		ensure!(check_products(model)?, "operands of a product differ in length");
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
