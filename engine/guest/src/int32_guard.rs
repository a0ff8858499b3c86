//! Integers that a graph computes and then uses as indices, extents or counts. tract would truncate them to 32 bits, so
//! this inserts an operator of the engine's own before such a use, which lets nothing beyond 32 bits pass. Integers in
//! the file are checked by [`crate::int64_constants`], those in inputs by [`crate::tensors`].

use crate::{
	int64_constants::{clamp_to_int32, exceeds_int32},
	onnx::initializers,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use tract_onnx::{
	model::ParsingContext,
	pb::{attribute_proto::AttributeType, tensor_proto::DataType, AttributeProto, GraphProto, NodeProto},
	prelude::*,
	tract_core::internal::*,
	tract_hir::{infer::*, to_typed},
	Onnx,
};

/// Operators, and which of their operands are indices, extents or counts.
#[rustfmt::skip]
const USES: &[(&str, &[usize])] = &[
	("ConstantOfShape", &[0]), ("CumSum", &[1]), ("DFT", &[1, 2]), ("Expand", &[1]), ("Gather", &[1]),
	("GatherElements", &[1]), ("GatherND", &[1]), ("NonMaxSuppression", &[2]), ("OneHot", &[0, 1]), ("Pad", &[1, 3]),
	("Range", &[0, 1, 2]), ("Reshape", &[1]), ("Resize", &[3]), ("RotaryEmbedding", &[3]), ("Scatter", &[1]),
	("ScatterElements", &[1]), ("ScatterND", &[1]), ("Slice", &[1, 2, 3, 4]), ("Split", &[1]),
	("Squeeze", &[1]), ("STFT", &[1, 3]), ("Tile", &[1]), ("TopK", &[1]), ("Trilu", &[1]), ("Unsqueeze", &[1]),
];

/// Operators whose results tract treats as extents, to which it also casts the constants that are combined with them.
const EXTENT_OPERATORS: &[&str] = &["Shape", "Size"];

/// Operators that sum. [`crate::integer_sums`] replaces the sums that tract does not fold into constants.
#[rustfmt::skip]
const SUMS: &[&str] = &["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceMean", "ReduceSum", "ReduceSumSquare"];

/// The name of the operator. No file can contain it, since it is not a supported operator.
const GUARD: &str = "Int32Guard";

/// The prefix of the names of guarded values.
const GUARDED: &str = "int32:";

/// The attribute that holds the [`Mode`].
const MODE: &str = "mode";

/// The reaction to a number beyond 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
	/// Fail if it is an integer.
	Refuse,
	/// Replace it by the closest number of 32 bits.
	Clamp,
	/// Fail even if it is a float, which is about to be cast to an integer.
	RefuseAny,
}

impl Mode {
	/// Returns how to guard operand `slot` of `node`, or `None` if no guard is needed. `is_beside_extents` says whether
	/// an operand of the node is an extent.
	fn choose(node: &NodeProto, slot: usize, is_beside_extents: bool, values: &Values) -> Option<Self> {
		let name = node.input.get(slot)?.as_str();
		let operator = node.op_type.as_str();
		let is_used = USES
			.iter()
			.any(|(user, slots)| *user == operator && slots.contains(&slot));
		if is_used && values.computed.contains(name) {
			// Clamping has the same effect for starts, ends and steps of a slice, but not for its axes.
			let clamps = (operator == "Slice" && slot != 3) || operator == "NonMaxSuppression";
			return Some(if clamps { Self::Clamp } else { Self::Refuse });
		}
		// tract folds constants, and truncates them in a cast to extents and in a sum.
		let is_cast_to_int64 =
			operator == "Cast" && node.attribute.iter().any(is_int64) || operator == "CastLike" && is_beside_extents;
		if !values.constants.contains(name) {
			None
		} else if is_cast_to_int64 {
			Some(Self::RefuseAny)
		} else {
			(is_beside_extents || SUMS.contains(&operator)).then_some(Self::Refuse)
		}
	}
}

/// Returns whether this attribute of a `Cast` makes its result int64, which tract treats as extents.
fn is_int64(attribute: &AttributeProto) -> bool {
	attribute.name == "to" && attribute.i == i64::from(DataType::Int64 as i32)
}

/// The names of some values of a graph.
#[derive(Default)]
struct Values {
	/// The results of nodes other than `Constant`.
	computed: HashSet<String>,
	/// Constants of the file, and what is computed from constants alone.
	constants: HashSet<String>,
	/// The values that are computed from shapes.
	extents: HashSet<String>,
}

impl Values {
	fn classify(graph: &GraphProto) -> Self {
		let mut values = Self {
			constants: initializers(graph).into_iter().map(Into::into).collect(),
			..Default::default()
		};
		for node in &graph.node {
			let outputs = node.output.iter().cloned();
			let mut inputs = node.input.iter().filter(|name| !name.is_empty());
			if EXTENT_OPERATORS.contains(&node.op_type.as_str())
				|| inputs.clone().any(|name| values.extents.contains(name))
			{
				values.extents.extend(outputs.clone());
			} else if inputs.all(|name| values.constants.contains(name)) {
				values.constants.extend(outputs.clone());
			}
			if node.op_type != "Constant" {
				values.computed.extend(outputs);
			}
		}
		values
	}
}

/// Registers the operator with tract.
pub fn register(onnx: &mut Onnx) {
	onnx.op_register.insert(GUARD, |_: &ParsingContext, node: &NodeProto| {
		let mode = match node.get_attr_opt::<i64>(MODE)? {
			Some(1) => Mode::Clamp,
			Some(2) => Mode::RefuseAny,
			_ => Mode::Refuse,
		};
		Ok((Box::new(Int32Guard(mode)) as Box<dyn InferenceOp>, Vec::new()))
	});
}

/// Inserts a guard before every use that needs one.
pub fn insert_guards(graph: &mut GraphProto) {
	let values = Values::classify(graph);
	let mut names = BTreeSet::new();
	names.extend(graph.initializer.iter().map(|tensor| tensor.name.clone()));
	names.extend(graph.input.iter().map(|input| input.name.clone()));
	names.extend(graph.node.iter().flat_map(|node| node.output.iter().cloned()));
	let mut fresh = (0_u64..)
		.map(|n| format!("{GUARDED} {n}"))
		.filter(|name| !names.contains(name));

	let mut guarded = BTreeMap::new();
	for mut node in core::mem::take(&mut graph.node) {
		let is_beside_extents = node.input.iter().any(|name| values.extents.contains(name.as_str()));
		let modes: Vec<_> = (0..node.input.len())
			.map(|slot| Mode::choose(&node, slot, is_beside_extents, &values))
			.collect();
		for (name, mode) in node.input.iter_mut().zip(modes) {
			let Some(mode) = mode else {
				continue;
			};
			let output = guarded.entry((name.clone(), mode)).or_insert_with(|| {
				let output = fresh.next().unwrap_or_default();
				graph.node.push(guard_node(name, &output, mode));
				output
			});
			*name = output.clone();
		}
		graph.node.push(node);
	}
}

/// Returns a node that guards the value `input` and names the result `output`.
fn guard_node(input: &str, output: &str, mode: Mode) -> NodeProto {
	NodeProto {
		op_type: GUARD.into(),
		input: vec![input.into()],
		output: vec![output.into()],
		attribute: vec![AttributeProto {
			name: MODE.into(),
			r#type: AttributeType::Int as i32,
			i: mode as i64,
			..Default::default()
		}],
		..Default::default()
	}
}

/// Returns its operand, unless that holds a number beyond 32 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Int32Guard(Mode);

impl Int32Guard {
	fn guard_number(&self, number: i64) -> TractResult<i64> {
		ensure!(
			self.0 == Mode::Clamp || !exceeds_int32(number),
			"{number} does not fit 32 bits"
		);
		Ok(clamp_to_int32(number))
	}

	/// An extent that is known only when the model runs is checked then.
	fn guard_extent(&self, extent: &TDim) -> TractResult<TDim> {
		let number = extent.as_i64().map(|number| self.guard_number(number)).transpose()?;
		Ok(number.map_or_else(|| extent.clone(), TDim::from))
	}
}

impl Op for Int32Guard {
	fn name(&self) -> StaticName {
		GUARD.into()
	}

	op_as_typed_op!();
}

impl EvalOp for Int32Guard {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let input = args_1!(inputs);
		let output = match input.datum_type() {
			DatumType::I64 => {
				let numbers = input.try_as_plain_ram()?.as_slice::<i64>()?.iter();
				tensor1(
					&numbers
						.map(|n| self.guard_number(*n))
						.collect::<TractResult<Vec<_>>>()?,
				)
			}
			DatumType::TDim => {
				let extents = input.try_as_plain_ram()?.as_slice::<TDim>()?.iter();
				tensor1(&extents.map(|e| self.guard_extent(e)).collect::<TractResult<Vec<_>>>()?)
			}
			_ if self.0 == Mode::RefuseAny && input.datum_type().is_number() => {
				let floats = input.cast_to::<f64>()?;
				let mut floats = floats.try_as_plain_ram()?.as_slice::<f64>()?.iter();
				ensure!(
					floats.all(|n| (f64::from(i32::MIN)..=i32::MAX.into()).contains(n)),
					"a number does not fit 32 bits"
				);
				return Ok(tvec!(input));
			}
			_ => return Ok(tvec!(input)),
		};
		Ok(tvec!(output.into_shape(input.shape())?.into_tvalue()))
	}
}

impl TypedOp for Int32Guard {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		Ok(inputs.iter().map(|input| input.without_value()).collect())
	}

	as_op!();
}

impl InferenceRulesOp for Int32Guard {
	fn rules<'r, 'p: 'r, 's: 'r>(
		&'s self,
		s: &mut Solver<'r>,
		inputs: &'p [TensorProxy],
		outputs: &'p [TensorProxy],
	) -> InferenceResult {
		check_input_arity(inputs, 1)?;
		check_output_arity(outputs, 1)?;
		s.equals(&inputs[0].datum_type, &outputs[0].datum_type)?;
		s.equals(&inputs[0].shape, &outputs[0].shape)
	}

	as_op!();
	to_typed!();
}
