//! Small models of many kinds, honest and hostile, with inputs for them.

use super::{
	digits,
	onnx::{fraction, fractions, int, ints, longs, raw, Graph},
	spec,
};
use assay_primitives::{DType, ModelSpec, Tensor};
use std::sync::OnceLock;

/// A model and its inputs.
pub struct Kind {
	pub name: &'static str,
	pub spec: ModelSpec,
	pub onnx: Vec<u8>,
	input: fn(u32) -> Vec<Tensor>,
}

impl Kind {
	/// Returns input number `n`. Every number has one, and it is always the same.
	pub fn input(&self, n: u32) -> Vec<Tensor> {
		(self.input)(n)
	}
}

/// Returns one model of each kind.
pub fn kinds() -> &'static [Kind] {
	static KINDS: OnceLock<Vec<Kind>> = OnceLock::new();
	KINDS.get_or_init(|| {
		vec![
			Kind {
				name: "digits",
				spec: spec(&[("N", 1)]),
				onnx: digits("digits.onnx"),
				input: |n| floats(n, &[1, 1, 8, 8]),
			},
			// Sums over a length that is not a multiple of any vector width.
			kind(
				"sums",
				&[1037],
				|n| floats(n, &[1037]),
				|graph| {
					graph
						.node("ReduceSum", &["x"], "sum")
						.node("CumSum", &["x", "axis"], "sums");
					graph
						.weight(&raw("axis", DType::I32, &[], &[0; 4]))
						.node("Add", &["sum", "sums"], "y");
				},
			),
			kind(
				"functions",
				&[3, 77],
				|n| floats(n, &[3, 77]),
				|graph| {
					graph
						.node("Softmax", &["x"], "p")
						.node("Log", &["x"], "l")
						.node("Erf", &["p"], "e")
						.node("Tanh", &["l"], "t");
					graph.node("Exp", &["t"], "u").node("Sum", &["e", "u", "p"], "y");
				},
			),
			kind(
				"norms",
				&[5, 33],
				|n| floats(n, &[5, 33]),
				|graph| {
					graph
						.weight(&fractions("scale", &[33]))
						.weight(&fractions("bias", &[33]));
					graph.node("LayerNormalization", &["x", "scale", "bias"], "n");
					graph.node_with("LpNormalization", &["n"], &["y"], &[int("axis", 0)]);
				},
			),
			kind(
				"perceptron",
				&[3, 37],
				|n| floats(n, &[3, 37]),
				|graph| {
					graph
						.weight(&fractions("w", &[37, 29]))
						.weight(&fractions("b", &[29]))
						.weight(&fractions("v", &[29, 11]));
					graph
						.node("Gemm", &["x", "w", "b"], "h")
						.node("Gelu", &["h"], "g")
						.node("MatMul", &["g", "v"], "y");
				},
			),
			kind(
				"convolutions",
				&[1, 3, 11, 13],
				|n| floats(n, &[1, 3, 11, 13]),
				|graph| {
					graph
						.weight(&fractions("w", &[7, 3, 3, 3]))
						.weight(&fractions("d", &[7, 1, 3, 3]));
					graph.weight(&fractions("t", &[7, 5, 2, 2])).node_with(
						"Conv",
						&["x", "w"],
						&["a"],
						&[ints("pads", &[1; 4])],
					);
					graph
						.node("Relu", &["a"], "b")
						.node_with("Conv", &["b", "d"], &["c"], &[int("group", 7)]);
					graph.node_with("ConvTranspose", &["c", "t"], &["e"], &[ints("strides", &[2, 2])]);
					graph.node_with("AveragePool", &["e"], &["y"], &[ints("kernel_shape", &[3, 3])]);
				},
			),
			kind(
				"gates",
				&[7, 1, 5],
				|n| floats(n, &[7, 1, 5]),
				|graph| {
					graph
						.weight(&fractions("w", &[1, 18, 5]))
						.weight(&fractions("r", &[1, 18, 6]));
					graph.node_with("GRU", &["x", "w", "r"], &["y"], &[int("hidden_size", 6)]);
				},
			),
			kind(
				"bytes",
				&[5, 19],
				|n| floats(n, &[5, 19]),
				|graph| {
					let weights: Vec<_> = (0..19 * 7).map(|n| (n * 37 % 251) as u8).collect();
					graph
						.weight(&raw("w", DType::I8, &[19, 7], &weights))
						.weight(&raw("z", DType::I8, &[], &[3]));
					graph.node_with("DynamicQuantizeLinear", &["x"], &["q", "s", "o"], &[]);
					graph.node("MatMulInteger", &["q", "w", "o", "z"], "p").node_with(
						"Cast",
						&["p"],
						&["f"],
						&[int("to", 1)],
					);
					graph.node("Mul", &["f", "s"], "y");
				},
			),
			// Sorting with NaNs has one outcome.
			kind(
				"order",
				&[31],
				|n| nans(n, 31),
				|graph| {
					graph
						.weight(&longs("k", &[4]))
						.node_with("TopK", &["x", "k"], &["v", "y"], &[])
						.output("v");
				},
			),
			// Needs more memory to run than to load.
			kind(
				"large",
				&[4],
				|n| floats(n, &[4]),
				|graph| {
					graph
						.weight(&longs("shape", &[1 << 16, 4]))
						.node("Expand", &["x", "shape"], "wide");
					graph
						.node("Sin", &["wide"], "s")
						.node_with("ReduceMean", &["s"], &["y"], &[ints("axes", &[0])]);
				},
			),
			// Every third input divides by zero, which breaks the instance.
			Kind {
				input: |n| vec![int64(n.into(), 1), int64((n % 3).into(), 1)],
				..of_int64("quotients", &[1], |graph| _ = graph.node("Div", &["x", "by"], "y"))
			},
			// Every other index is out of range, and fails the run.
			Kind {
				input: |n| vec![int64(i64::from(n % 2) * 9, 1), int64(n.into(), 1)],
				..of_int64("table", &[1], |graph| {
					graph
						.weight(&longs("table", &[5, 6, 7]))
						.weight(&longs("one", &[1, 1]))
						.node("Reshape", &["x", "one"], "at");
					graph.node("ScatterND", &["table", "at", "by"], "y");
				})
			},
			// Some inputs do not fit this model.
			kind(
				"strict",
				&[4],
				|n| floats(n, &[if n.is_multiple_of(2) { 4 } else { 5 }]),
				|graph| {
					graph.node("Neg", &["x"], "y");
				},
			),
			kind(
				"refused",
				&[4],
				|n| floats(n, &[4]),
				|graph| _ = graph.node("NonZero", &["x"], "y"),
			),
		]
	})
}

/// Returns a model with the float32 input `x` and the output `y`.
fn kind(name: &'static str, shape: &[i64], input: fn(u32) -> Vec<Tensor>, build: impl FnOnce(&mut Graph)) -> Kind {
	let mut graph = Graph::of(20);
	graph.input("x", DType::F32, shape);
	build(&mut graph);
	Kind {
		name,
		spec: ModelSpec::default(),
		onnx: graph.output("y").file(),
		input,
	}
}

/// Returns a model with two int64 inputs, `x` and `by`. The caller sets `input`.
fn of_int64(name: &'static str, shape: &[i64], build: impl FnOnce(&mut Graph)) -> Kind {
	let mut graph = Graph::of(20);
	graph.input("x", DType::I64, shape).input("by", DType::I64, shape);
	build(&mut graph);
	Kind {
		name,
		spec: ModelSpec::default(),
		onnx: graph.output("y").file(),
		input: |_| Vec::new(),
	}
}

/// Returns a float32 tensor of fractions that `n` determines.
fn floats(n: u32, shape: &[u32]) -> Vec<Tensor> {
	let elements: u32 = shape.iter().product();
	let data = (0..elements).flat_map(|at| fraction(n.wrapping_mul(1_000_003).wrapping_add(at)).to_le_bytes());
	vec![Tensor {
		dtype: DType::F32,
		shape: shape.into(),
		data: data.collect(),
	}]
}

/// Returns the same as [`floats`], with a few NaNs.
fn nans(n: u32, elements: u32) -> Vec<Tensor> {
	let mut inputs = floats(n, &[elements]);
	for at in (n as usize % 5..elements as usize).step_by(11) {
		inputs[0].data[4 * at..4 * at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
	}
	inputs
}

fn int64(value: i64, elements: u32) -> Tensor {
	Tensor {
		dtype: DType::I64,
		shape: vec![elements],
		data: value.to_le_bytes().repeat(elements as usize),
	}
}
