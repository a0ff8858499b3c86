//! Whole numbers that a graph computes, and then counts, places or measures with. tract would cut them to 32 bits and take a large one for
//! a small one; this puts an operator of the engine's own in between, which lets nothing beyond 32 bits pass. What a file or an
//! input brings is looked at where it comes in (`whole`).

use crate::{
	inspect,
	whole::{is_beyond, nearest},
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

/// Operators, and which of their operands count, place or measure. Sorted.
#[rustfmt::skip]
const USERS: &[(&str, &[usize])] = &[
	("ConstantOfShape", &[0]), ("CumSum", &[1]), ("DFT", &[1, 2]), ("Expand", &[1]), ("Gather", &[1]), ("GatherElements", &[1]),
	("GatherND", &[1]), ("NonMaxSuppression", &[2]), ("OneHot", &[0, 1]), ("Pad", &[1, 3]), ("Range", &[0, 1, 2]), ("Reshape", &[1]),
	("Resize", &[3]), ("RotaryEmbedding", &[3]), ("Scatter", &[1]), ("ScatterElements", &[1]), ("ScatterND", &[1]),
	("Slice", &[1, 2, 3, 4]), ("Split", &[1]), ("Squeeze", &[1]), ("STFT", &[1, 3]), ("Tile", &[1]), ("TopK", &[1]),
	("Trilu", &[1]), ("Unsqueeze", &[1]),
];

/// Operators whose results are extents to tract, to which it casts the constants beside them.
const EXTENTS: &[&str] = &["Shape", "Size"];

/// Operators that add up. `sums` sees to those that tract does not compute early. Sorted.
#[rustfmt::skip]
const SUMS: &[&str] = &["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceMean", "ReduceSum", "ReduceSumSquare"];

/// The name of the operator, which no file can use: it is none of those the engine offers.
const NARROW: &str = "Narrow";

/// The attribute that tells how narrow.
const MODE: &str = "mode";

/// What becomes of a number beyond 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
	/// An error, if it is whole.
	Refuse,
	/// The nearest whole number there is.
	Clamp,
	/// An error, even if it is a fraction: it is about to become whole.
	RefuseAny,
}

impl Mode {
	/// How to guard operand `slot` of `node`, which has or has not an extent among its operands; `None` if it need not be.
	fn of(node: &NodeProto, slot: usize, is_beside_extents: bool, values: &Values) -> Option<Self> {
		let name = node.input.get(slot)?.as_str();
		let operator = node.op_type.as_str();
		let is_used = USERS
			.iter()
			.any(|(user, slots)| *user == operator && slots.contains(&slot));
		if is_used && values.computed.contains(name) {
			// As near as can be is as good for where a slice starts or ends, and how it steps, but not for which axes it cuts.
			let clamps = (operator == "Slice" && slot != 3) || operator == "NonMaxSuppression";
			return Some(if clamps { Self::Clamp } else { Self::Refuse });
		}
		// tract computes constants early, and loses their upper half in a cast to extents and in a sum.
		let to_whole =
			operator == "Cast" && node.attribute.iter().any(is_int64) || operator == "CastLike" && is_beside_extents;
		if !values.constants.contains(name) {
			None
		} else if to_whole {
			Some(Self::RefuseAny)
		} else {
			(is_beside_extents || SUMS.contains(&operator)).then_some(Self::Refuse)
		}
	}
}

/// Whether this makes a `Cast` one to whole numbers of 64 bits, which are extents to tract.
fn is_int64(attribute: &AttributeProto) -> bool {
	attribute.name == "to" && attribute.i == i64::from(DataType::Int64 as i32)
}

/// Values of a graph, by name.
#[derive(Default)]
struct Values {
	computed: HashSet<String>,
	/// What a file holds, and what is computed of nothing else.
	constants: HashSet<String>,
	/// What shapes have a part in.
	extents: HashSet<String>,
}

impl Values {
	fn of(graph: &GraphProto) -> Self {
		let mut values = Self {
			constants: inspect::initializers(graph).into_iter().map(Into::into).collect(),
			..Default::default()
		};
		for node in &graph.node {
			let outputs = node.output.iter().cloned();
			let mut inputs = node.input.iter().filter(|name| !name.is_empty());
			if EXTENTS.contains(&node.op_type.as_str()) || inputs.clone().any(|name| values.extents.contains(name)) {
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

/// Teaches tract the operator.
pub fn register(onnx: &mut Onnx) {
	onnx.op_register.insert(NARROW, |_: &ParsingContext, node: &NodeProto| {
		let mode = match node.get_attr_opt::<i64>(MODE)? {
			Some(1) => Mode::Clamp,
			Some(2) => Mode::RefuseAny,
			_ => Mode::Refuse,
		};
		Ok((Box::new(Narrow(mode)) as Box<dyn InferenceOp>, Vec::new()))
	});
}

/// Puts the operator in front of every such use of a value that `graph` computes.
pub fn guard(graph: &mut GraphProto) {
	let values = Values::of(graph);
	let mut names = BTreeSet::new();
	names.extend(graph.initializer.iter().map(|tensor| tensor.name.clone()));
	names.extend(graph.input.iter().map(|input| input.name.clone()));
	names.extend(graph.node.iter().flat_map(|node| node.output.iter().cloned()));
	let mut fresh = (0_u64..)
		.map(|n| format!("{NARROW} {n}"))
		.filter(|name| !names.contains(name));

	let mut guarded = BTreeMap::new();
	for mut node in core::mem::take(&mut graph.node) {
		let is_beside_extents = node.input.iter().any(|name| values.extents.contains(name.as_str()));
		let modes: Vec<_> = (0..node.input.len())
			.map(|slot| Mode::of(&node, slot, is_beside_extents, &values))
			.collect();
		for (name, mode) in node.input.iter_mut().zip(modes) {
			let Some(mode) = mode else {
				continue;
			};
			let narrowed = guarded.entry((name.clone(), mode)).or_insert_with(|| {
				let narrowed = fresh.next().unwrap_or_default();
				graph.node.push(narrow(name, &narrowed, mode));
				narrowed
			});
			*name = narrowed.clone();
		}
		graph.node.push(node);
	}
}

fn narrow(input: &str, output: &str, mode: Mode) -> NodeProto {
	NodeProto {
		op_type: NARROW.into(),
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

/// Passes on what it is given, unless that has more than 32 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Narrow(Mode);

impl Narrow {
	fn number(&self, number: i64) -> TractResult<i64> {
		ensure!(
			self.0 == Mode::Clamp || !is_beyond(number),
			"{number} has more than 32 bits"
		);
		Ok(nearest(number))
	}

	/// An extent that is known only at the run is looked at there.
	fn extent(&self, extent: &TDim) -> TractResult<TDim> {
		let number = extent.as_i64().map(|number| self.number(number)).transpose()?;
		Ok(number.map_or_else(|| extent.clone(), TDim::from))
	}
}

impl Op for Narrow {
	fn name(&self) -> StaticName {
		NARROW.into()
	}

	op_as_typed_op!();
}

impl EvalOp for Narrow {
	op_out_of_plan!();

	fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
		let input = args_1!(inputs);
		let narrowed = match input.datum_type() {
			DatumType::I64 => {
				let numbers = input.try_as_plain_ram()?.as_slice::<i64>()?.iter();
				tensor1(&numbers.map(|n| self.number(*n)).collect::<TractResult<Vec<_>>>()?)
			}
			DatumType::TDim => {
				let extents = input.try_as_plain_ram()?.as_slice::<TDim>()?.iter();
				tensor1(&extents.map(|e| self.extent(e)).collect::<TractResult<Vec<_>>>()?)
			}
			_ if self.0 == Mode::RefuseAny && input.datum_type().is_number() => {
				let fractions = input.cast_to::<f64>()?;
				let mut fractions = fractions.try_as_plain_ram()?.as_slice::<f64>()?.iter();
				ensure!(
					fractions.all(|n| (f64::from(i32::MIN)..=i32::MAX.into()).contains(n)),
					"a number has more than 32 bits"
				);
				return Ok(tvec!(input));
			}
			_ => return Ok(tvec!(input)),
		};
		Ok(tvec!(narrowed.into_shape(input.shape())?.into_tvalue()))
	}
}

impl TypedOp for Narrow {
	fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
		Ok(inputs.iter().map(|input| input.without_value()).collect())
	}

	as_op!();
}

impl InferenceRulesOp for Narrow {
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
