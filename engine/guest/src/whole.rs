//! Whole numbers beyond 32 bits. What counts, places or measures has no more in this engine: tract would cut such a number to its lower
//! half and take it for a small one. It is refused, unless it is data to arithmetic, or a bound such as the end of a slice, which
//! it is as well once it is as near as it can be.

use crate::{abi::FaultCode, inspect};
use std::collections::{BTreeMap, BTreeSet};
use tract_onnx::{
	pb::{tensor_proto::DataType, AttributeProto, GraphProto, NodeProto, TensorProto},
	prelude::*,
	tract_core::{internal::*, ops::cast::Cast},
};

/// Operators whose every operand is data.
#[rustfmt::skip]
const ARITHMETIC: &[&str] = &[
	"Abs", "Add", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "Cast", "Clip", "Div", "Equal", "Greater", "GreaterOrEqual",
	"Less", "LessOrEqual", "Max", "Min", "Mod", "Mul", "Neg", "Pow", "Sign", "Sub", "Sum", "Where",
];

/// Operators whose results are extents to tract, and have constants beside them become extents too.
const EXTENTS: &[&str] = &["CastLike", "Shape", "Size"];

/// What becomes of a value: the uses that nodes make of it.
#[derive(Clone, Copy, Default)]
struct Uses {
	/// As where a slice starts, ends, or how it steps; or as how many boxes are kept at most.
	bounds: bool,
	arithmetic: bool,
	others: bool,
}

impl Uses {
	fn add(&mut self, more: Self) {
		self.bounds |= more.bounds;
		self.arithmetic |= more.arithmetic;
		self.others |= more.others;
	}
}

/// Checks whole numbers that a file holds, and brings bounds within 32 bits. Returns the inputs that must stay within them.
pub fn check(graph: &mut GraphProto) -> Result<BTreeSet<String>, FaultCode> {
	let uses = uses(graph);
	let has_extents = graph.node.iter().any(gives_extents);
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
	let weights = inspect::initializers(graph);
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

fn gives_extents(node: &NodeProto) -> bool {
	let is_int64 =
		|attribute: &AttributeProto| attribute.name == "to" && attribute.i == i64::from(DataType::Int64 as i32);
	EXTENTS.contains(&node.op_type.as_str()) || (node.op_type == "Cast" && node.attribute.iter().any(is_int64))
}

fn uses(graph: &GraphProto) -> BTreeMap<String, Uses> {
	let mut all: BTreeMap<String, Uses> = BTreeMap::new();
	for output in &graph.output {
		all.entry(output.name.clone()).or_default().arithmetic = true;
	}
	// From the end, since what becomes of a value that is only passed on is what becomes of it there.
	for node in graph.node.iter().rev() {
		let passed_on = node
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
				"Identity" => uses.add(passed_on),
				operator if ARITHMETIC.contains(&operator) => uses.arithmetic = true,
				_ => uses.others = true,
			}
		}
	}
	all
}

fn check_attributes(node: &mut NodeProto) -> Result<(), FaultCode> {
	// What a constant is, is data.
	if node.op_type == "Constant" {
		return Ok(());
	}
	let is_slice = node.op_type == "Slice";
	for attribute in &mut node.attribute {
		if is_slice && matches!(attribute.name.as_str(), "starts" | "ends") {
			attribute.ints.iter_mut().for_each(|number| *number = nearest(*number));
		}
		if is_beyond(attribute.i) || attribute.ints.iter().copied().any(is_beyond) {
			return Err(FaultCode::InvalidGraph);
		}
	}
	Ok(())
}

fn check_tensor(tensor: &mut TensorProto, uses: Uses, has_extents: bool) -> Result<(), FaultCode> {
	if tensor.dims.iter().copied().any(is_beyond) {
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
	let is_wide = raw().chain(tensor.int64_data.iter().copied()).any(is_beyond);
	match uses {
		_ if !is_wide => Ok(()),
		Uses {
			bounds: true,
			arithmetic: false,
			others: false,
		} => {
			for bytes in tensor.raw_data.as_chunks_mut().0 {
				*bytes = nearest(i64::from_le_bytes(*bytes)).to_le_bytes();
			}
			tensor
				.int64_data
				.iter_mut()
				.for_each(|number| *number = nearest(*number));
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

/// Whether a number has more than 32 bits.
pub fn is_beyond(number: i64) -> bool {
	i32::try_from(number).is_err()
}

/// The number of 32 bits that is next to `number`.
pub fn nearest(number: i64) -> i64 {
	number.clamp(i32::MIN.into(), i32::MAX.into())
}

/// Has whole numbers become tract's extents without losing their upper half on the way, as they do in tract's own `Cast`.
pub fn keep_whole(model: &mut TypedModel) {
	for node in &mut model.nodes {
		if node.op_as::<Cast>().is_some_and(|cast| cast.to == DatumType::TDim) {
			node.op = Box::new(Whole);
		}
	}
}

/// To an extent, by way of 64 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Whole;

impl Op for Whole {
	fn name(&self) -> StaticName {
		"Whole".into()
	}

	op_as_typed_op!();
}

impl EvalOp for Whole {
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

impl TypedOp for Whole {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		Cast::new(DatumType::TDim).output_facts(inputs)
	}

	as_op!();
}
