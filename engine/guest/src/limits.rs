//! Limits on the size of a graph, besides the memory it needs. The time that tract takes grows with the square of some
//! counts, and faster with the number of axes. Without these limits, a file of a few kilobytes could keep a node busy
//! indefinitely.

use crate::onnx::{constants, initializers};
use assay_abi::FaultCode;
use std::collections::{BTreeSet, HashMap};
use tract_onnx::pb::{type_proto, GraphProto, NodeProto, TensorProto, ValueInfoProto};

/// Nodes, not counting constants.
const MAX_NODES: usize = 4096;

/// Constants.
const MAX_CONSTANTS: usize = 16_384;

/// Inputs, not counting weights; also outputs.
const MAX_PORTS: usize = 256;

/// Operands of one node; also results.
const MAX_OPERANDS: usize = 1024;

/// Uses of one value.
const MAX_USES: usize = 1024;

/// Axes of a tensor.
pub const MAX_AXES: usize = 64;

/// Allocations while a file is turned into a plan. Models of a hundred operators or more need 150,000 to 250,000. Files
/// made to keep tract busy exceed that within a moment, and go on.
pub const MAX_ALLOCATIONS: u64 = 2_000_000;

/// Attributes that have one entry for each axis, or two.
#[rustfmt::skip]
const BY_AXIS: &[&str] = &[
	"axes", "dilations", "ends", "kernel_shape", "output_padding", "output_shape", "pads", "perm", "starts", "strides",
];

/// Operators whose second operand has at most one entry for each axis of the operand or the result.
const SHAPED: &[&str] = &["Expand", "Reshape", "Squeeze", "Tile", "Unsqueeze"];

/// Refuses a graph that is too large: as [`FaultCode::OutOfMemory`], or as [`FaultCode::InvalidGraph`] if it has too
/// many axes, which no real model does.
pub fn check(graph: &GraphProto) -> Result<(), FaultCode> {
	let weights = initializers(graph);
	let nodes = graph.node.iter().filter(|node| node.op_type != "Constant").count();
	let inputs = graph
		.input
		.iter()
		.filter(|input| !weights.contains(input.name.as_str()));
	let has_many_operands = |node: &NodeProto| node.input.len() > MAX_OPERANDS || node.output.len() > MAX_OPERANDS;
	let constant_count = constants(graph).count();
	let mut uses: HashMap<&str, usize> = HashMap::new();
	for name in graph
		.node
		.iter()
		.flat_map(|node| &node.input)
		.filter(|name| !name.is_empty())
	{
		*uses.entry(name).or_default() += 1;
	}
	let has_many_uses = uses.values().any(|uses| *uses > MAX_USES);
	if nodes > MAX_NODES
		|| has_many_uses
		|| constant_count > MAX_CONSTANTS
		|| inputs.count() > MAX_PORTS
		|| graph.output.len() > MAX_PORTS
		|| graph.node.iter().any(has_many_operands)
	{
		return Err(FaultCode::OutOfMemory);
	}
	let shapes = long_vectors(graph);
	let has_many_axes = |node: &NodeProto| {
		let attributes = node.attribute.iter();
		let mut lists = attributes.filter(|attribute| BY_AXIS.contains(&attribute.name.as_str()));
		let shape = match node.op_type.as_str() {
			"ConstantOfShape" => node.input.first(),
			operator if SHAPED.contains(&operator) => node.input.get(1),
			_ => None,
		};
		lists.any(|list| list.ints.len() > 2 * MAX_AXES) || shape.is_some_and(|shape| shapes.contains(shape.as_str()))
	};
	if constants(graph).any(|(_, tensor)| tensor.dims.len() > MAX_AXES)
		|| graph.input.iter().any(|input| axis_count(input) > MAX_AXES)
		|| graph.node.iter().any(has_many_axes)
	{
		return Err(FaultCode::InvalidGraph);
	}
	Ok(())
}

/// Returns the names of the constants with more elements than a tensor may have axes.
fn long_vectors(graph: &GraphProto) -> BTreeSet<&str> {
	let is_long = |tensor: &TensorProto| {
		let elements = tensor
			.dims
			.iter()
			.try_fold(1_i64, |product, extent| product.checked_mul(*extent));
		elements.is_none_or(|elements| elements > MAX_AXES as i64)
	};
	constants(graph)
		.filter(|(_, tensor)| is_long(tensor))
		.map(|(name, _)| name)
		.collect()
}

/// Returns the number of axes that an input declares.
fn axis_count(input: &ValueInfoProto) -> usize {
	let value = input.r#type.as_ref().and_then(|kind| kind.value.as_ref());
	let Some(type_proto::Value::TensorType(tensor)) = value else {
		return 0;
	};
	tensor.shape.as_ref().map_or(0, |shape| shape.dim.len())
}
