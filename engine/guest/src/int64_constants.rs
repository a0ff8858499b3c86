//! Integers beyond 32 bits in a file. Where an integer is an index, an extent or a count, this engine limits it to 32
//! bits: tract would truncate it to its lower half. A larger one is refused, unless it is data of arithmetic, or a
//! bound such as the end of a slice, which is clamped to 32 bits with the same effect.

use crate::onnx::initializers;
use assay_abi::FaultCode;
use std::collections::{BTreeMap, BTreeSet};
use tract_onnx::{
	pb::{tensor_proto::DataType, AttributeProto, GraphProto, NodeProto, TensorProto},
	prelude::*,
	tract_core::{internal::*, ops::cast::Cast},
};

/// Operators whose operands are all data.
#[rustfmt::skip]
const ARITHMETIC: &[&str] = &[
	"Abs", "Add", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "Cast", "Clip", "Div", "Equal", "Greater",
	"GreaterOrEqual", "Less", "LessOrEqual", "Max", "Min", "Mod", "Mul", "Neg", "Pow", "Sign", "Sub", "Sum", "Where",
];

/// Operators whose results tract treats as extents, together with the constants that are combined with them.
const EXTENT_OPERATORS: &[&str] = &["CastLike", "Shape", "Size"];

/// How the nodes of a graph use a value.
#[derive(Clone, Copy, Default)]
struct Uses {
	/// As the start, end or step of a slice, or as a maximum number of boxes.
	bounds: bool,
	/// As an operand of arithmetic, or as an output.
	arithmetic: bool,
	/// In any other way.
	others: bool,
}

impl Uses {
	fn add(&mut self, more: Self) {
		self.bounds |= more.bounds;
		self.arithmetic |= more.arithmetic;
		self.others |= more.others;
	}
}

/// Checks the integers in a file, and clamps bounds to 32 bits. Returns the names of the inputs whose integers must fit
/// 32 bits.
pub fn check(graph: &mut GraphProto) -> Result<BTreeSet<String>, FaultCode> {
	let uses = collect_uses(graph);
	let has_extents = graph.node.iter().any(returns_extents);
	let of = |name: &str| uses.get(name).copied().unwrap_or_default();
	for node in &mut graph.node {
		check_attributes(node)?;
		if node.op_type == "Constant" {
			let uses = node.output.first().map(|name| of(name)).unwrap_or_default();
			let mut tensors = node.attribute.iter_mut().filter_map(|attribute| attribute.t.as_mut());
			tensors.try_for_each(|tensor| check_tensor(tensor, uses, has_extents))?;
		}
	}
	for tensor in &mut graph.initializer {
		let uses = of(&tensor.name);
		check_tensor(tensor, uses, has_extents)?;
	}
	let weights = initializers(graph);
	let inputs = graph
		.input
		.iter()
		.map(|input| &input.name)
		.filter(|name| !weights.contains(name.as_str()));
	Ok(inputs
		.filter(|name| of(name).others || of(name).bounds)
		.cloned()
		.collect())
}

/// Returns whether tract treats the result of `node` as extents.
fn returns_extents(node: &NodeProto) -> bool {
	let is_int64 =
		|attribute: &AttributeProto| attribute.name == "to" && attribute.i == i64::from(DataType::Int64 as i32);
	EXTENT_OPERATORS.contains(&node.op_type.as_str()) || (node.op_type == "Cast" && node.attribute.iter().any(is_int64))
}

/// Returns the uses of each value, by name.
fn collect_uses(graph: &GraphProto) -> BTreeMap<String, Uses> {
	let mut all: BTreeMap<String, Uses> = BTreeMap::new();
	for output in &graph.output {
		all.entry(output.name.clone()).or_default().arithmetic = true;
	}
	// In reverse, since an operand of `Identity` has the uses of its result.
	for node in graph.node.iter().rev() {
		let result_uses = node
			.output
			.first()
			.and_then(|name| all.get(name))
			.copied()
			.unwrap_or_default();
		for (slot, name) in node.input.iter().enumerate() {
			let uses = all.entry(name.clone()).or_default();
			match node.op_type.as_str() {
				"Slice" if matches!(slot, 1 | 2 | 4) => uses.bounds = true,
				"NonMaxSuppression" if slot == 2 => uses.bounds = true,
				"Identity" => uses.add(result_uses),
				operator if ARITHMETIC.contains(&operator) => uses.arithmetic = true,
				_ => uses.others = true,
			}
		}
	}
	all
}

/// Refuses attributes beyond 32 bits, except for the bounds of a slice, which are clamped.
fn check_attributes(node: &mut NodeProto) -> Result<(), FaultCode> {
	// The value of a constant is checked by its uses.
	if node.op_type == "Constant" {
		return Ok(());
	}
	let is_slice = node.op_type == "Slice";
	for attribute in &mut node.attribute {
		if is_slice && matches!(attribute.name.as_str(), "starts" | "ends") {
			attribute
				.ints
				.iter_mut()
				.for_each(|number| *number = clamp_to_int32(*number));
		}
		if exceeds_int32(attribute.i) || attribute.ints.iter().copied().any(exceeds_int32) {
			return Err(FaultCode::InvalidGraph);
		}
	}
	Ok(())
}

/// Refuses a constant beyond 32 bits, unless its `uses` allow that or allow clamping.
fn check_tensor(tensor: &mut TensorProto, uses: Uses, has_extents: bool) -> Result<(), FaultCode> {
	if tensor.dims.iter().copied().any(exceeds_int32) {
		return Err(FaultCode::InvalidGraph);
	}
	if tensor.data_type != DataType::Int64 as i32 {
		return Ok(());
	}
	let raw = || {
		tensor
			.raw_data
			.as_chunks()
			.0
			.iter()
			.map(|bytes| i64::from_le_bytes(*bytes))
	};
	let is_wide = raw().chain(tensor.int64_data.iter().copied()).any(exceeds_int32);
	match uses {
		_ if !is_wide => Ok(()),
		Uses {
			bounds: true,
			arithmetic: false,
			others: false,
		} => {
			for bytes in tensor.raw_data.as_chunks_mut().0 {
				*bytes = clamp_to_int32(i64::from_le_bytes(*bytes)).to_le_bytes();
			}
			tensor
				.int64_data
				.iter_mut()
				.for_each(|number| *number = clamp_to_int32(*number));
			Ok(())
		}
		Uses {
			bounds: false,
			others: false,
			..
		} if !has_extents => Ok(()),
		_ => Err(FaultCode::InvalidGraph),
	}
}

/// Returns whether a number does not fit 32 bits.
pub fn exceeds_int32(number: i64) -> bool {
	i32::try_from(number).is_err()
}

/// Returns the number of 32 bits that is closest to `number`.
pub fn clamp_to_int32(number: i64) -> i64 {
	number.clamp(i32::MIN.into(), i32::MAX.into())
}

/// Replaces tract's casts to extents, which truncate integers to 32 bits, by ones that do not.
pub fn replace_extent_casts(model: &mut TypedModel) {
	for node in &mut model.nodes {
		if node.op_as::<Cast>().is_some_and(|cast| cast.to == DatumType::TDim) {
			node.op = Box::new(CastToExtent);
		}
	}
}

/// Casts to tract's type of extents by way of 64 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CastToExtent;

impl Op for CastToExtent {
	fn name(&self) -> StaticName {
		"CastToExtent".into()
	}

	op_as_typed_op!();
}

impl EvalOp for CastToExtent {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let input = args_1!(inputs);
		if input.datum_type() == DatumType::TDim {
			return Ok(tvec!(input));
		}
		let numbers = input.cast_to_dt(DatumType::I64)?;
		let extents: Vec<TDim> = numbers
			.try_as_plain_ram()?
			.as_slice::<i64>()?
			.iter()
			.map(TDim::from)
			.collect();
		Ok(tvec!(tensor1(&extents).into_shape(input.shape())?.into_tvalue()))
	}
}

impl TypedOp for CastToExtent {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		Cast::new(DatumType::TDim).output_facts(inputs)
	}

	as_op!();
}
