//! What a file must be before tract may see it. Each refusal has a name, and where several apply, the first check below
//! gives it: everybody must refuse a file for the same reason.

use crate::{
	abi::{DType, FaultCode},
	flaws, limits, operators, shapes, trees,
};
use prost::Message;
use std::collections::BTreeSet;
use tract_onnx::pb::{
	attribute_proto::AttributeType, tensor_proto::DataLocation, tensor_proto::DataType, GraphProto, ModelProto,
	NodeProto, TensorProto,
};

/// Reads `file`, and returns it only if the engine may build it.
pub fn decode(file: &[u8]) -> Result<ModelProto, FaultCode> {
	let model = ModelProto::decode(file).map_err(|_| FaultCode::NotOnnx)?;
	// Protobuf takes a file that ends between two fields for a whole one; these three are in every ONNX file, the last of them
	// behind the graph.
	if model.ir_version <= 0 || model.graph.is_none() || model.opset_import.is_empty() {
		return Err(FaultCode::NotOnnx);
	}
	Ok(model)
}

/// Refuses what the engine does not offer. Returns the graph.
pub fn check(model: &ModelProto) -> Result<&GraphProto, FaultCode> {
	let graph = model.graph.as_ref().ok_or(FaultCode::NotOnnx)?;
	let parts = Parts::of(model, graph);
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

/// The version of the default operator set that `model` imports; 0 if it imports none.
pub fn opset(model: &ModelProto) -> i64 {
	model
		.opset_import
		.iter()
		.find(|import| operators::is_default_domain(&import.domain))
		.map_or(0, |import| import.version)
}

/// The names of the graph's initializers. An input that has one is a weight, not a port.
pub fn initializers(graph: &GraphProto) -> BTreeSet<&str> {
	graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect()
}

/// Every node and tensor of a file, however deep in subgraphs and functions.
#[derive(Default)]
struct Parts<'a> {
	nodes: Vec<&'a NodeProto>,
	tensors: Vec<&'a TensorProto>,
	/// Whether an attribute holds a graph.
	subgraphs: bool,
	/// Whether a weight is sparse.
	sparse: bool,
}

impl<'a> Parts<'a> {
	fn of(model: &'a ModelProto, graph: &'a GraphProto) -> Self {
		let mut parts = Self::default();
		parts.add_graph(graph);
		for function in &model.functions {
			parts.add_nodes(&function.node);
		}
		parts
	}

	// The depth of this recursion is bounded by the protobuf decoder, which refuses messages nested over 100 deep.
	fn add_graph(&mut self, graph: &'a GraphProto) {
		self.tensors.extend(&graph.initializer);
		self.add_nodes(&graph.node);
		for sparse in &graph.sparse_initializer {
			self.sparse = true;
			self.tensors.extend(sparse.values.iter().chain(&sparse.indices));
		}
	}

	fn add_nodes(&mut self, nodes: &'a [NodeProto]) {
		for node in nodes {
			self.nodes.push(node);
			for attribute in &node.attribute {
				let kind = attribute.r#type;
				self.subgraphs |= kind == AttributeType::Graph as i32 || kind == AttributeType::Graphs as i32;
				self.tensors.extend(attribute.t.iter().chain(&attribute.tensors));
				for sparse in attribute.sparse_tensor.iter().chain(&attribute.sparse_tensors) {
					self.sparse = true;
					self.tensors.extend(sparse.values.iter().chain(&sparse.indices));
				}
				for graph in attribute.g.iter().chain(&attribute.graphs) {
					self.subgraphs = true;
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
		parts.subgraphs || parts.nodes.iter().any(is_control_flow),
		FaultCode::ControlFlow,
	)
}

fn check_random(parts: &Parts, graph: &GraphProto, opset: i64) -> Result<(), FaultCode> {
	let zeros = zeros(graph);
	let is_random = |node: &&NodeProto| {
		let is_dropout = node.op_type == "Dropout";
		operators::is_random(&node.op_type) || (is_dropout && (may_train(node, &zeros) || flaws::drops(node, opset)))
	};
	refuse_if(parts.nodes.iter().any(is_random), FaultCode::RandomOperator)
}

/// Whether a `Dropout` may be in training mode: its third input, if there is one, must be a constant false.
fn may_train(dropout: &NodeProto, zeros: &BTreeSet<&str>) -> bool {
	let mode = dropout.input.get(2).filter(|name| !name.is_empty());
	mode.is_some_and(|mode| !zeros.contains(mode.as_str()))
}

/// The names of the constants that are all zero, or false.
fn zeros(graph: &GraphProto) -> BTreeSet<&str> {
	let is_zero = |tensor: &TensorProto| {
		matches!(
			DataType::try_from(tensor.data_type),
			Ok(DataType::Bool | DataType::Int64)
		) && tensor.raw_data.iter().all(|byte| *byte == 0)
			&& tensor.int32_data.iter().all(|value| *value == 0)
			&& tensor.int64_data.iter().all(|value| *value == 0)
	};
	let zeros = limits::tensors(graph).filter(|(_, tensor)| is_zero(tensor));
	zeros.map(|(name, _)| name).collect()
}

fn check_operators(model: &ModelProto, parts: &Parts) -> Result<(), FaultCode> {
	let opset = opset(model);
	let zeros = model.graph.as_ref().map(zeros).unwrap_or_default();
	let is_offered = |node: &&NodeProto| {
		// A file without operators of the default domain need not import it.
		let is_understood = !operators::is_default_domain(&node.domain)
			|| (operators::OPSETS.contains(&opset) && !flaws::has_flaw(node, opset));
		let is_sound = match node.op_type.as_str() {
			"TreeEnsembleClassifier" => trees::are_trees(node),
			// Without a number of boxes, or with none, ONNX keeps none and tract all.
			"NonMaxSuppression" => node
				.input
				.get(2)
				.is_some_and(|most| !most.is_empty() && !zeros.contains(most.as_str())),
			_ => true,
		};
		operators::is_offered(&node.domain, &node.op_type) && is_understood && is_sound
	};
	// A function is an operator that the file defines for itself; it could even redefine one of ours.
	let refused = parts.sparse || !model.functions.is_empty() || !parts.nodes.iter().all(is_offered);
	refuse_if(refused, FaultCode::UnsupportedOperator)
}

fn check_types(parts: &Parts) -> Result<(), FaultCode> {
	let is_offered = |tensor: &&TensorProto| {
		let is_string = tensor.data_type == DataType::String as i32;
		// tract reads these two from the wrong field unless they are raw.
		let is_wide = matches!(dtype(tensor.data_type), Some(DType::U32 | DType::U64));
		(is_string || dtype(tensor.data_type).is_some()) && !(is_wide && tensor.raw_data.is_empty())
	};
	refuse_if(!parts.tensors.iter().all(is_offered), FaultCode::UnsupportedType)
}

/// Checks that every value has one definition, in front of its uses: tract takes that for granted.
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

/// The engine's name for an ONNX element type; `None` for one it does not offer.
pub fn dtype(onnx: i32) -> Option<DType> {
	Some(match DataType::try_from(onnx).ok()? {
		DataType::Float => DType::F32,
		DataType::Uint8 => DType::U8,
		DataType::Int8 => DType::I8,
		DataType::Uint16 => DType::U16,
		DataType::Int16 => DType::I16,
		DataType::Int32 => DType::I32,
		DataType::Int64 => DType::I64,
		DataType::Bool => DType::Bool,
		DataType::Float16 => DType::F16,
		DataType::Double => DType::F64,
		DataType::Uint32 => DType::U32,
		DataType::Uint64 => DType::U64,
		_ => return None,
	})
}

fn refuse_if(condition: bool, fault: FaultCode) -> Result<(), FaultCode> {
	if condition {
		Err(fault)
	} else {
		Ok(())
	}
}
