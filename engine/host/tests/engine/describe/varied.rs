//! Types and shapes of outputs, in models of every kind.

use crate::{
	common::{
		engine,
		figures::ones,
		onnx::{fractions, int, ints, long, longs, raw, text, Graph},
		AMPLE,
	},
	describe::ports::port,
};
use assay_primitives::{DType, ModelSpec, Port};

fn varied() -> Vec<Varied> {
	use DType::*;
	vec![
		Varied::new(
			"classifier",
			&[("c", F32, &[1, 3, 4, 4]), ("y", F32, &[1, 5])],
			|graph| {
				graph
					.input("x", F32, &[1, 2, 4, 4])
					.weight(&fractions("w", &[3, 2, 1, 1]));
				graph
					.weight(&fractions("d", &[3, 5]))
					.node("Conv", &["x", "w"], "c")
					.node("GlobalAveragePool", &["c"], "g");
				graph
					.node("Flatten", &["g"], "f")
					.node("Gemm", &["f", "d"], "s")
					.node("Softmax", &["s"], "y");
			},
		),
		Varied::new(
			"states",
			&[
				("y", F32, &[5, 2, 2, 4]),
				("h", F32, &[2, 2, 4]),
				("c", F32, &[2, 2, 4]),
			],
			|graph| {
				graph
					.input("x", F32, &[5, 2, 3])
					.weight(&fractions("w", &[2, 16, 3]))
					.weight(&fractions("r", &[2, 16, 4]));
				let attributes = [int("hidden_size", 4), text("direction", "bidirectional")];
				graph.node_with("LSTM", &["x", "w", "r"], &["y", "h", "c"], &attributes);
			},
		),
		Varied::new(
			"bytes",
			&[
				("q", U8, &[3, 4]),
				("s", F32, &[]),
				("z", U8, &[]),
				("p", I32, &[3, 2]),
				("i", I8, &[3, 4]),
			],
			|graph| {
				graph
					.input("x", F32, &[3, 4])
					.weight(&raw("w", I8, &[4, 2], &[3; 8]))
					.weight(&raw("o", I8, &[], &[1]));
				graph.weight(&raw("t", F32, &[], &0.5f32.to_le_bytes())).node_with(
					"DynamicQuantizeLinear",
					&["x"],
					&["q", "s", "z"],
					&[],
				);
				graph
					.node("MatMulInteger", &["q", "w", "z", "o"], "p")
					.node("QuantizeLinear", &["x", "t", "o"], "i");
			},
		),
		Varied::new(
			"types",
			&[
				("to16", I16, &[2]),
				("to8", I8, &[2]),
				("to32", I32, &[2]),
				("to64", I64, &[2]),
				("tou16", U16, &[2]),
				("tou32", U32, &[2]),
				("tou64", U64, &[2]),
				("half", F16, &[2]),
				("double", F64, &[2]),
				("bool", Bool, &[2]),
			],
			|graph| {
				graph.input("x", F32, &[2]);
				for (name, code) in [
					("to16", 5),
					("to8", 3),
					("to32", 6),
					("to64", 7),
					("tou16", 4),
					("tou32", 12),
					("tou64", 13),
					("half", 10),
					("double", 11),
					("bool", 9),
				] {
					graph.node_with("Cast", &["x"], &[name], &[int("to", code)]);
				}
			},
		),
		Varied::new(
			"extents",
			&[
				("shape", I64, &[3]),
				("size", I64, &[]),
				("narrow", I32, &[3]),
				("last", I64, &[]),
				("real", F32, &[3]),
				("sum", I64, &[1]),
				("slice", I64, &[2]),
			],
			|graph| {
				graph
					.input("x", F32, &[2, 3, 4])
					.weight(&long("two", 2))
					.weight(&longs("one", &[1]))
					.weight(&longs("three", &[3]));
				graph
					.node("Shape", &["x"], "shape")
					.node("Size", &["x"], "size")
					.node_with("Cast", &["shape"], &["narrow"], &[int("to", 6)]);
				graph
					.node("Gather", &["shape", "two"], "last")
					.node_with("Cast", &["shape"], &["real"], &[int("to", 1)])
					.node("ReduceSum", &["shape"], "sum")
					.node("Slice", &["shape", "one", "three"], "slice");
			},
		),
		Varied::new(
			"order",
			&[
				("v", F32, &[2, 3]),
				("i", I64, &[2, 3]),
				("least", I64, &[2]),
				("p", F32, &[1, 1, 2, 2]),
				("at", I64, &[1, 1, 2, 2]),
			],
			|graph| {
				graph
					.input("x", F32, &[2, 5])
					.input("m", F32, &[1, 1, 4, 4])
					.weight(&longs("k", &[3]));
				graph.node_with("TopK", &["x", "k"], &["v", "i"], &[]).node_with(
					"ArgMin",
					&["x"],
					&["least"],
					&[int("axis", 1), int("keepdims", 0)],
				);
				let window = [ints("kernel_shape", &[2, 2]), ints("strides", &[2, 2])];
				graph.node_with("MaxPool", &["m"], &["p", "at"], &window);
			},
		),
		Varied::new(
			"choices",
			&[
				("both", Bool, &[3, 4]),
				("nan", Bool, &[4]),
				("chosen", I64, &[3, 4]),
				("same", Bool, &[4]),
			],
			|graph| {
				graph
					.input("x", F32, &[4])
					.input("b", Bool, &[3, 1])
					.input("n", I64, &[4])
					.weight(&longs("zero", &[0]));
				graph
					.node("IsNaN", &["x"], "nan")
					.node("Equal", &["n", "n"], "same")
					.node("And", &["b", "nan"], "both");
				graph.node("Where", &["both", "n", "zero"], "chosen");
			},
		),
		// A constant may be an output itself; an input may be one through `Identity`.
		Varied::new(
			"as they are",
			&[("w", F32, &[3]), ("same", F32, &[2]), ("c", I64, &[2]), ("e", F32, &[])],
			|graph| {
				graph
					.input("x", F32, &[2])
					.input("scalar", F32, &[])
					.weight(&fractions("w", &[3]))
					.node("Identity", &["x"], "same")
					.node("Identity", &["scalar"], "e");
				graph.node_with("Constant", &[], &["c"], &[ints("value_ints", &[4, 5])]);
			},
		),
		Varied::new(
			"parts",
			&[
				("a", F32, &[1, 5]),
				("b", F32, &[3, 5]),
				("t", F32, &[5, 4]),
				("wide", F32, &[4, 10]),
				("tall", F32, &[6, 5]),
			],
			|graph| {
				graph
					.input("x", F32, &[4, 5])
					.weight(&longs("split", &[1, 3]))
					.weight(&longs("pads", &[1, 0, 1, 0]));
				graph
					.node_with("Split", &["x", "split"], &["a", "b"], &[])
					.node("Transpose", &["x"], "t")
					.node_with("Concat", &["x", "x"], &["wide"], &[int("axis", 1)])
					.node("Pad", &["x", "pads"], "tall");
			},
		),
		Varied::new(
			"made up",
			&[
				("range", I64, &[3]),
				("zeros", F32, &[2, 3]),
				("eye", I32, &[3, 3]),
				("hot", F32, &[2, 4]),
				("mask", Bool, &[2]),
				("kept", F32, &[2]),
			],
			|graph| {
				graph
					.input("i", I64, &[2])
					.input("m", F64, &[3, 3])
					.input("x", F32, &[2]);
				for (name, number) in [("zero", 0), ("one", 1), ("three", 3), ("four", 4)] {
					graph.weight(&long(name, number));
				}
				graph
					.weight(&longs("shape", &[2, 3]))
					.weight(&raw("values", F32, &[2], &[0; 8]))
					.node("Range", &["zero", "three", "one"], "range")
					.node("ConstantOfShape", &["shape"], "zeros");
				graph
					.node_with("EyeLike", &["m"], &["eye"], &[int("dtype", 6)])
					.node("OneHot", &["i", "four", "values"], "hot")
					.node_with("Dropout", &["x"], &["kept", "mask"], &[]);
			},
		),
	]
}

/// A model with its expected outputs.
struct Varied {
	name: &'static str,
	onnx: Vec<u8>,
	outputs: Vec<Port>,
}

impl Varied {
	fn new(name: &'static str, outputs: &[(&str, DType, &[u32])], build: impl FnOnce(&mut Graph)) -> Self {
		let mut graph = Graph::of(18);
		build(&mut graph);
		for (name, ..) in outputs {
			graph.output(name);
		}
		let outputs = outputs.iter().map(|(name, dtype, shape)| port(name, *dtype, shape));
		Self {
			name,
			onnx: graph.file(),
			outputs: outputs.collect(),
		}
	}
}

#[test]
fn outputs_are_as_described_and_as_onnx_specifies() {
	let mut wrong = Vec::new();
	for varied in varied() {
		let mut model = match engine().load(&ModelSpec::default(), &varied.onnx, AMPLE) {
			Ok(model) => model,
			Err(failure) => {
				wrong.push(format!("{}: {failure}", varied.name));
				continue;
			}
		};
		let manifest = model.describe(AMPLE).unwrap();
		let inputs: Vec<_> = manifest.inputs.iter().map(ones).collect();
		let given = model.run(&inputs, AMPLE).unwrap();
		for ((says, truth), tensor) in manifest.outputs.iter().zip(&varied.outputs).zip(&given) {
			if says != truth || (tensor.dtype, &tensor.shape) != (says.dtype, &says.shape) {
				wrong.push(format!(
					"{}: {says:?}, {truth:?}, {:?} {:?}",
					varied.name, tensor.dtype, tensor.shape
				));
			}
		}
		assert_eq!(
			(manifest.outputs.len(), given.len()),
			(varied.outputs.len(), varied.outputs.len())
		);
	}
	assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
