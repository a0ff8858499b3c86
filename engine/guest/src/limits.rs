//! How large a graph may be, beside the memory it needs. tract takes a time that grows with the square of some counts, and faster
//! with the number of axes; without these limits a file of some kilobytes would keep a node busy for as long as it lets it.

use crate::{abi::FaultCode, inspect::initializers};
use std::collections::{BTreeSet, HashMap};
use tract_onnx::pb::{type_proto, GraphProto, NodeProto, TensorProto};

/// Nodes, constants apart.
const NODES: usize = 4096;

/// Constants.
const CONSTANTS: usize = 16_384;

/// Inputs that are no weights, and outputs, each.
const PORTS: usize = 256;

/// Operands or results of one node.
const OPERANDS: usize = 1024;

/// Uses of one value.
const USES: usize = 1024;

/// Axes of a tensor.
pub const AXES: usize = 64;

/// Blocks that may be allocated between the file and the plan. Models of a hundred operators or more need 150,000 to 250,000; files made
/// to keep tract at work need that many in a blink, and go on.
pub const BLOCKS: u64 = 2_000_000;

/// Attributes that have one entry for each axis, or two.
#[rustfmt::skip]
const BY_AXIS: &[&str] = &[
	"axes", "dilations", "ends", "kernel_shape", "output_padding", "output_shape", "pads", "perm", "starts", "strides",
];

/// Operators whose second operand has one entry for each axis of the result.
const SHAPED: &[&str] = &["Expand", "Reshape", "Squeeze", "Tile", "Unsqueeze"];

/// Refuses a graph that is too large. The fault is that of what does not fit, except for axes, of which no model has so many.
pub fn check(graph: &GraphProto) -> Result<(), FaultCode> {
	let weights = initializers(graph);
	let nodes = graph.node.iter().filter(|node| node.op_type != "Constant").count();
	let inputs = graph
		.input
		.iter()
		.filter(|input| !weights.contains(input.name.as_str()));
	let is_wide = |node: &NodeProto| node.input.len() > OPERANDS || node.output.len() > OPERANDS;
	let constants = tensors(graph).count();
	let mut uses: HashMap<&str, usize> = HashMap::new();
	for name in graph
		.node
		.iter()
		.flat_map(|node| &node.input)
		.filter(|name| !name.is_empty())
	{
		*uses.entry(name).or_default() += 1;
	}
	let is_popular = uses.values().any(|uses| *uses > USES);
	if nodes > NODES
		|| is_popular
		|| constants > CONSTANTS
		|| inputs.count() > PORTS
		|| graph.output.len() > PORTS
		|| graph.node.iter().any(is_wide)
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
		lists.any(|list| list.ints.len() > 2 * AXES) || shape.is_some_and(|shape| shapes.contains(shape.as_str()))
	};
	if tensors(graph).any(|(_, tensor)| tensor.dims.len() > AXES)
		|| graph.input.iter().any(|input| axes(input) > AXES)
		|| graph.node.iter().any(has_many_axes)
	{
		return Err(FaultCode::InvalidGraph);
	}
	Ok(())
}

/// The constants of a graph, each with the name of its value.
pub fn tensors(graph: &GraphProto) -> impl Iterator<Item = (&str, &TensorProto)> {
	let initializers = graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor));
	let constants = graph
		.node
		.iter()
		.filter(|node| node.op_type == "Constant")
		.filter_map(|node| {
			let tensor = node.attribute.iter().find_map(|attribute| attribute.t.as_ref())?;
			Some((node.output.first()?.as_str(), tensor))
		});
	initializers.chain(constants)
}

/// Constants with more elements than a tensor may have axes.
fn long_vectors(graph: &GraphProto) -> BTreeSet<&str> {
	let is_long = |tensor: &TensorProto| {
		let elements = tensor
			.dims
			.iter()
			.try_fold(1_i64, |product, extent| product.checked_mul(*extent));
		elements.is_none_or(|elements| elements > AXES as i64)
	};
	tensors(graph)
		.filter(|(_, tensor)| is_long(tensor))
		.map(|(name, _)| name)
		.collect()
}

fn axes(input: &tract_onnx::pb::ValueInfoProto) -> usize {
	let value = input.r#type.as_ref().and_then(|kind| kind.value.as_ref());
	let Some(type_proto::Value::TensorType(tensor)) = value else {
		return 0;
	};
	tensor.shape.as_ref().map_or(0, |shape| shape.dim.len())
}
