//! Inspects a file before tract sees it. Each refusal is a named fault. If several apply, the order of the checks
//! decides which one it is: everybody must refuse a file for the same reason.

use crate::{
	limits,
	onnx::{constants, dtype, is_default_domain, opset},
	operators, shapes, tract_bugs, tree_ensembles,
};
use assay_abi::{DType, FaultCode};
use prost::Message;
use std::collections::BTreeSet;
use tract_onnx::pb::{
	attribute_proto::AttributeType, tensor_proto::DataLocation, tensor_proto::DataType, GraphProto, ModelProto,
	NodeProto, TensorProto,
};

/// Decodes `file`, and refuses it as [`FaultCode::NotOnnx`] if it is not an ONNX model or is truncated.
pub fn decode(file: &[u8]) -> Result<ModelProto, FaultCode> {
	let model = ModelProto::decode(file).map_err(|_| FaultCode::NotOnnx)?;
	// Protobuf accepts a file that ends between two fields. Every ONNX file has these three fields, and the last of
	// them comes after the graph.
	if model.ir_version <= 0 || model.graph.is_none() || model.opset_import.is_empty() {
		return Err(FaultCode::NotOnnx);
	}
	Ok(model)
}

/// Refuses what the engine does not support, and returns the graph of what it does.
pub fn check(model: &ModelProto) -> Result<&GraphProto, FaultCode> {
	let graph = model.graph.as_ref().ok_or(FaultCode::NotOnnx)?;
	let parts = Parts::collect(model, graph);
	check_external_data(&parts)?;
	check_control_flow(&parts)?;
	check_random(&parts, graph, opset(model))?;
	check_operators(model, &parts)?;
	check_types(&parts)?;
	check_names(graph)?;
	limits::check(graph)?;
	shapes::check_permutations(graph)?;
	Ok(graph)
}

/// All nodes and tensors of a file, at any depth of subgraphs and functions.
#[derive(Default)]
struct Parts<'a> {
	nodes: Vec<&'a NodeProto>,
	tensors: Vec<&'a TensorProto>,
	/// Whether an attribute contains a graph.
	has_subgraphs: bool,
	/// Whether a tensor is sparse.
	has_sparse: bool,
}

impl<'a> Parts<'a> {
	fn collect(model: &'a ModelProto, graph: &'a GraphProto) -> Self {
		let mut parts = Self::default();
		parts.add_graph(graph);
		for function in &model.functions {
			parts.add_nodes(&function.node);
		}
		parts
	}

	// The protobuf decoder bounds the depth of this recursion: it refuses messages that are nested more than 100 deep.
	fn add_graph(&mut self, graph: &'a GraphProto) {
		self.tensors.extend(&graph.initializer);
		self.add_nodes(&graph.node);
		for sparse in &graph.sparse_initializer {
			self.has_sparse = true;
			self.tensors.extend(sparse.values.iter().chain(&sparse.indices));
		}
	}

	fn add_nodes(&mut self, nodes: &'a [NodeProto]) {
		for node in nodes {
			self.nodes.push(node);
			for attribute in &node.attribute {
				let kind = attribute.r#type;
				self.has_subgraphs |= kind == AttributeType::Graph as i32 || kind == AttributeType::Graphs as i32;
				self.tensors.extend(attribute.t.iter().chain(&attribute.tensors));
				for sparse in attribute.sparse_tensor.iter().chain(&attribute.sparse_tensors) {
					self.has_sparse = true;
					self.tensors.extend(sparse.values.iter().chain(&sparse.indices));
				}
				for graph in attribute.g.iter().chain(&attribute.graphs) {
					self.has_subgraphs = true;
					self.add_graph(graph);
				}
			}
		}
	}
}

fn check_external_data(parts: &Parts) -> Result<(), FaultCode> {
	let is_external = |tensor: &&TensorProto| {
		!tensor.external_data.is_empty() || tensor.data_location == Some(DataLocation::External as i32)
	};
	refuse_if(parts.tensors.iter().any(is_external), FaultCode::ExternalData)
}

fn check_control_flow(parts: &Parts) -> Result<(), FaultCode> {
	let is_control_flow = |node: &&NodeProto| operators::is_control_flow(&node.op_type);
	refuse_if(
		parts.has_subgraphs || parts.nodes.iter().any(is_control_flow),
		FaultCode::ControlFlow,
	)
}

fn check_random(parts: &Parts, graph: &GraphProto, opset: i64) -> Result<(), FaultCode> {
	let zeros = zero_constants(graph);
	let is_random = |node: &&NodeProto| {
		let is_dropout = node.op_type == "Dropout";
		operators::is_random(&node.op_type)
			|| (is_dropout && (may_be_training(node, &zeros) || tract_bugs::drops_by_default(node, opset)))
	};
	refuse_if(parts.nodes.iter().any(is_random), FaultCode::RandomOperator)
}

/// Returns whether a `Dropout` may be in training mode. It is not if its third input is missing or a constant false.
fn may_be_training(dropout: &NodeProto, zeros: &BTreeSet<&str>) -> bool {
	let mode = dropout.input.get(2).filter(|name| !name.is_empty());
	mode.is_some_and(|mode| !zeros.contains(mode.as_str()))
}

/// Returns the names of the constants of which every element is zero or false.
fn zero_constants(graph: &GraphProto) -> BTreeSet<&str> {
	let is_zero = |tensor: &TensorProto| {
		matches!(
			DataType::try_from(tensor.data_type),
			Ok(DataType::Bool | DataType::Int64)
		) && tensor.raw_data.iter().all(|byte| *byte == 0)
			&& tensor.int32_data.iter().all(|value| *value == 0)
			&& tensor.int64_data.iter().all(|value| *value == 0)
	};
	let zeros = constants(graph).filter(|(_, tensor)| is_zero(tensor));
	zeros.map(|(name, _)| name).collect()
}

fn check_operators(model: &ModelProto, parts: &Parts) -> Result<(), FaultCode> {
	let opset = opset(model);
	let zeros = model.graph.as_ref().map(zero_constants).unwrap_or_default();
	let is_supported = |node: &&NodeProto| {
		// A file without operators of the default domain need not import it.
		let is_understood = !is_default_domain(&node.domain)
			|| (operators::OPSETS.contains(&opset) && !tract_bugs::is_miscomputed(node, opset));
		let is_sound = match node.op_type.as_str() {
			"TreeEnsembleClassifier" => tree_ensembles::are_trees(node),
			// Where the maximum number of boxes is missing or zero, ONNX selects none and tract all.
			"NonMaxSuppression" => node
				.input
				.get(2)
				.is_some_and(|max| !max.is_empty() && !zeros.contains(max.as_str())),
			_ => true,
		};
		operators::is_supported(&node.domain, &node.op_type) && is_understood && is_sound
	};
	// A function is an operator that the file itself defines. It could even redefine a standard one.
	let refused = parts.has_sparse || !model.functions.is_empty() || !parts.nodes.iter().all(is_supported);
	refuse_if(refused, FaultCode::UnsupportedOperator)
}

fn check_types(parts: &Parts) -> Result<(), FaultCode> {
	let is_supported = |tensor: &&TensorProto| {
		let is_string = tensor.data_type == DataType::String as i32;
		// tract reads these two types from the wrong field unless they are in `raw_data`.
		let is_wide = matches!(dtype(tensor.data_type), Some(DType::U32 | DType::U64));
		(is_string || dtype(tensor.data_type).is_some()) && !(is_wide && tensor.raw_data.is_empty())
	};
	refuse_if(!parts.tensors.iter().all(is_supported), FaultCode::UnsupportedType)
}

/// Refuses a graph unless every value has exactly one definition, before its uses. tract assumes that.
fn check_names(graph: &GraphProto) -> Result<(), FaultCode> {
	let mut defined = BTreeSet::new();
	for tensor in &graph.initializer {
		refuse_if(!defined.insert(tensor.name.as_str()), FaultCode::InvalidGraph)?;
	}
	let mut inputs = BTreeSet::new();
	for input in &graph.input {
		refuse_if(!inputs.insert(input.name.as_str()), FaultCode::InvalidGraph)?;
		defined.insert(input.name.as_str());
	}
	for node in &graph.node {
		let mut used = node.input.iter().filter(|name| !name.is_empty());
		refuse_if(
			!used.all(|name| defined.contains(name.as_str())),
			FaultCode::InvalidGraph,
		)?;
		let mut outputs = 0;
		for output in node.output.iter().filter(|name| !name.is_empty()) {
			refuse_if(!defined.insert(output.as_str()), FaultCode::InvalidGraph)?;
			outputs += 1;
		}
		refuse_if(outputs == 0, FaultCode::InvalidGraph)?;
	}
	let mut outputs = BTreeSet::new();
	for output in &graph.output {
		let is_valid = defined.contains(output.name.as_str()) && outputs.insert(output.name.as_str());
		refuse_if(!is_valid, FaultCode::InvalidGraph)?;
	}
	refuse_if(outputs.is_empty(), FaultCode::InvalidGraph)
}

/// Fails with `fault` if `condition` holds.
fn refuse_if(condition: bool, fault: FaultCode) -> Result<(), FaultCode> {
	if condition {
		Err(fault)
	} else {
		Ok(())
	}
}
