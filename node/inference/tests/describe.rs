//! What the engine finds out about a model, against what can be worked out by hand.

mod common;

use assay_primitives::{DType, Manifest, ModelSpec, Port};
use common::{
	engine,
	figures::{figured, Figured},
	onnx::{fractions, int, ints, longs, raw, text, Graph},
	spec, AMPLE,
};

/// A quantised model of one input, uint8, whose weight `w`, scales `s` and zero points `z` are constants.
fn quantised(name: &'static str, shape: &[i64], weight: &[i64], macs: u64, build: impl FnOnce(&mut Graph)) -> Figured {
	let mut graph = Graph::new();
	let elements = weight.iter().product::<i64>();
	graph
		.input("x0", DType::U8, shape)
		.weight(&raw("w", DType::U8, weight, &vec![3; elements as usize]));
	graph
		.weight(&raw("s", DType::F32, &[], &0.1f32.to_le_bytes()))
		.weight(&raw("z", DType::U8, &[], &[1]));
	build(&mut graph);
	Figured {
		name,
		onnx: graph.output("y").file(),
		parameters: elements as u64 + 2,
		macs,
	}
}

fn products() -> Vec<Figured> {
	vec![
		figured("Gemm", &[&[4, 8]], &[&[8, 16], &[16]], 4 * 8 * 16, |graph| {
			graph.node("Gemm", &["x0", "w0", "w1"], "y");
		}),
		figured(
			"MatMul, batched",
			&[&[2, 3, 4, 5], &[2, 3, 5, 6]],
			&[],
			2 * 3 * 4 * 5 * 6,
			|graph| {
				graph.node("MatMul", &["x0", "x1"], "y");
			},
		),
		figured("Einsum", &[&[2, 3, 4], &[2, 4, 5]], &[], 2 * 3 * 4 * 5, |graph| {
			graph.node_with("Einsum", &["x0", "x1"], &["y"], &[text("equation", "bij,bjk->bik")]);
		}),
		figured(
			"perceptron",
			&[&[1, 10]],
			&[&[10, 20], &[20], &[20, 5], &[5]],
			10 * 20 + 20 * 5,
			|graph| {
				graph.node("Gemm", &["x0", "w0", "w1"], "h").node("Relu", &["h"], "r");
				graph.node("Gemm", &["r", "w2", "w3"], "y");
			},
		),
		quantised("MatMulInteger", &[3, 7], &[7, 5], 3 * 7 * 5, |graph| {
			graph.node("MatMulInteger", &["x0", "w", "z", "z"], "y");
		}),
		quantised("QLinearMatMul", &[3, 7], &[7, 5], 3 * 7 * 5, |graph| {
			graph.node("QLinearMatMul", &["x0", "s", "z", "w", "s", "z", "s", "z"], "y");
		}),
		attention(),
	]
}

/// Two heads of four over six positions: the three projections, the scores, what they weigh, and the projection of that.
fn attention() -> Figured {
	let macs = 4 * 6 * 8 * 8 + 2 * (2 * 6 * 6 * 4);
	let mut figured = figured("attention", &[&[1, 6, 8]], &[&[8, 8][..]; 4], macs, |graph| {
		graph
			.weight(&longs("heads", &[1, 6, 2, 4]))
			.weight(&longs("joined", &[1, 6, 8]));
		for (n, name, perm) in [(0, "q", [0, 2, 1, 3]), (1, "k", [0, 2, 3, 1]), (2, "v", [0, 2, 1, 3])] {
			let (projected, split) = (format!("{name}0"), format!("{name}1"));
			graph
				.node("MatMul", &["x0", &format!("w{n}")], &projected)
				.node("Reshape", &[&projected, "heads"], &split);
			graph.node_with("Transpose", &[&split], &[name], &[ints("perm", &perm)]);
		}
		graph
			.node("MatMul", &["q", "k"], "s")
			.node_with("Softmax", &["s"], &["p"], &[int("axis", -1)]);
		graph
			.node("MatMul", &["p", "v"], "o")
			.node_with("Transpose", &["o"], &["t"], &[ints("perm", &[0, 2, 1, 3])]);
		graph
			.node("Reshape", &["t", "joined"], "j")
			.node("MatMul", &["j", "w3"], "y");
	});
	figured.parameters += 4 + 3;
	figured
}

fn convolutions() -> Vec<Figured> {
	vec![
		// From 9 to 5, two groups of two channels in and three out.
		figured(
			"Conv",
			&[&[1, 4, 9, 9]],
			&[&[6, 2, 3, 3], &[6]],
			(5 * 5) * 6 * (2 * 3 * 3),
			|graph| {
				let attributes = [int("group", 2), ints("strides", &[2, 2]), ints("pads", &[1; 4])];
				graph.node_with("Conv", &["x0", "w0", "w1"], &["y"], &attributes);
			},
		),
		figured(
			"Conv, depthwise",
			&[&[1, 8, 10, 10]],
			&[&[8, 1, 3, 3]],
			(10 * 10) * 8 * (3 * 3),
			|graph| {
				graph.node_with("Conv", &["x0", "w0"], &["y"], &[int("group", 8), ints("pads", &[1; 4])]);
			},
		),
		figured(
			"Conv, pointwise, batched",
			&[&[3, 4, 5, 5]],
			&[&[6, 4, 1, 1]],
			3 * (5 * 5) * 6 * 4,
			|graph| {
				graph.node("Conv", &["x0", "w0"], "y");
			},
		),
		// From 20 to 14: the kernel spans seven.
		figured(
			"Conv, 1-D, dilated",
			&[&[2, 3, 20]],
			&[&[5, 3, 4]],
			2 * 14 * 5 * (3 * 4),
			|graph| {
				graph.node_with("Conv", &["x0", "w0"], &["y"], &[ints("dilations", &[2])]);
			},
		),
		figured(
			"Conv, 3-D",
			&[&[1, 2, 4, 5, 6]],
			&[&[3, 2, 2, 2, 2]],
			(3 * 4 * 5) * 3 * (2 * 2 * 2 * 2),
			|graph| {
				graph.node("Conv", &["x0", "w0"], "y");
			},
		),
		quantised(
			"ConvInteger",
			&[1, 2, 6, 6],
			&[4, 2, 3, 3],
			(4 * 4) * 4 * (2 * 3 * 3),
			|graph| {
				graph.node("ConvInteger", &["x0", "w", "z", "z"], "y");
			},
		),
		quantised(
			"QLinearConv",
			&[1, 2, 6, 6],
			&[4, 2, 3, 3],
			(4 * 4) * 4 * (2 * 3 * 3),
			|graph| {
				graph.node("QLinearConv", &["x0", "s", "z", "w", "s", "z", "s", "z"], "y");
			},
		),
	]
}

#[test]
fn products_that_are_added_up_are_counted() {
	let all: Vec<_> = products().into_iter().chain(convolutions()).collect();
	assert!(all.len() >= 10);
	for figured in all {
		let manifest = figured.manifest();
		assert_eq!(manifest.macs, figured.macs, "{}", figured.name);
		assert_eq!(manifest.parameters, figured.parameters, "{}", figured.name);
	}
}

#[test]
fn what_is_no_product_or_is_computed_once_for_all_runs_is_not_counted() {
	let none = [
		figured("Relu", &[&[100]], &[], 0, |graph| _ = graph.node("Relu", &["x0"], "y")),
		figured("Add", &[&[100], &[100]], &[], 0, |graph| {
			_ = graph.node("Add", &["x0", "x1"], "y")
		}),
		figured("MaxPool", &[&[1, 1, 8, 8]], &[], 0, |graph| {
			graph.node_with("MaxPool", &["x0"], &["y"], &[ints("kernel_shape", &[2, 2])]);
		}),
		// The product of the weights is known before the run.
		figured("weights", &[&[2, 4]], &[&[4, 100], &[100, 4]], 2 * 4 * 4, |graph| {
			graph
				.node("MatMul", &["w0", "w1"], "w")
				.node("MatMul", &["x0", "w"], "y");
		}),
		// One product, though it is asked for twice.
		figured("twice", &[&[2, 4]], &[&[4, 4]], 2 * 4 * 4, |graph| {
			graph
				.node("MatMul", &["x0", "w0"], "a")
				.node("MatMul", &["x0", "w0"], "b")
				.node("Add", &["a", "b"], "y");
		}),
		// What follows a convolution is folded into it.
		figured(
			"folded",
			&[&[1, 4, 8, 8]],
			&[&[4, 4, 3, 3], &[4], &[4], &[4], &[4]],
			(8 * 8) * 4 * (4 * 3 * 3),
			|graph| {
				graph.node_with("Conv", &["x0", "w0"], &["c"], &[ints("pads", &[1; 4])]);
				graph
					.node("BatchNormalization", &["c", "w1", "w2", "w3", "w4"], "b")
					.node("Relu", &["b"], "y");
			},
		),
	];
	for figured in none {
		assert_eq!(figured.manifest().macs, figured.macs, "{}", figured.name);
	}
}

#[test]
fn the_figures_are_those_of_the_extents_that_are_bound() {
	let onnx = common::digits("digits.onnx");
	let figures = |n: u32| {
		let mut model = engine().load(&spec(&[("N", n)]), &onnx, AMPLE).unwrap();
		model.manifest(AMPLE).unwrap()
	};
	let (one, five) = (figures(1), figures(5));
	assert_eq!(five.macs, 5 * one.macs);
	assert_eq!(five.parameters, one.parameters);
	assert_eq!(
		(&one.inputs[0].shape[..], &five.inputs[0].shape[..]),
		(&[1, 1, 8, 8][..], &[5, 1, 8, 8][..])
	);
	assert_eq!(
		(&one.outputs[0].shape[..], &five.outputs[0].shape[..]),
		(&[1, 10][..], &[5, 10][..])
	);
}

fn port(name: &str, dtype: DType, shape: &[u32]) -> Port {
	Port {
		name: name.into(),
		dtype,
		shape: shape.into(),
	}
}

#[test]
fn ports_are_described_as_they_are_and_in_the_graphs_order() {
	let mut graph = Graph::of(18);
	// Weights among the inputs are none; declared extents of outputs may be missing, or lie.
	graph
		.input("b", DType::F32, &[2, 3])
		.input("w", DType::F32, &[3, 4])
		.input("a", DType::U8, &[5]);
	graph.weight(&fractions("w", &[3, 4]));
	graph
		.node("MatMul", &["b", "w"], "product")
		.node_with("Cast", &["a"], &["wide"], &[int("to", 11)]);
	graph
		.node("Shape", &["product"], "shape")
		.node_with("ArgMax", &["product"], &["best"], &[int("axis", 1)]);
	graph.node("Greater", &["product", "product"], "more");
	graph
		.output("wide")
		.field(12, &common::onnx::port("product", DType::F32, &[7]))
		.output("more");
	graph.output("best").output("shape");
	let mut model = engine().load(&ModelSpec::default(), &graph.file(), AMPLE).unwrap();
	let Manifest {
		inputs,
		outputs,
		opset,
		operators,
		parameters,
		..
	} = model.manifest(AMPLE).unwrap();
	assert_eq!(inputs, [port("b", DType::F32, &[2, 3]), port("a", DType::U8, &[5])]);
	let expected = [
		port("wide", DType::F64, &[5]),
		port("product", DType::F32, &[2, 4]),
		port("more", DType::Bool, &[2, 4]),
		port("best", DType::I64, &[2, 1]),
		port("shape", DType::I64, &[2]),
	];
	assert_eq!(outputs, expected);
	assert_eq!((opset, parameters), (18, 12));
	assert_eq!(operators, ["ArgMax", "Cast", "Greater", "MatMul", "Shape"]);
	// And the outputs of a run are what is described.
	let b = common::floats(&[1.0; 6]);
	let inputs = [
		assay_primitives::Tensor { shape: vec![2, 3], ..b },
		assay_primitives::Tensor {
			dtype: DType::U8,
			shape: vec![5],
			data: vec![9; 5],
		},
	];
	let given = model.run(&inputs, AMPLE).unwrap();
	for (tensor, port) in given.iter().zip(&outputs) {
		assert_eq!(
			(tensor.dtype, &tensor.shape),
			(port.dtype, &port.shape),
			"{}",
			port.name
		);
	}
	assert_eq!(given.len(), outputs.len());
}

#[test]
fn constants_count_as_parameters_wherever_they_are() {
	let mut graph = Graph::new();
	graph
		.input("x", DType::F32, &[2, 3])
		.weight(&fractions("w", &[3, 4]))
		.weight(&longs("unused", &[1, 2, 3]));
	graph.node_with(
		"Constant",
		&[],
		&["c"],
		&[common::onnx::value("value", &fractions("", &[4, 5]))],
	);
	graph
		.node("MatMul", &["x", "w"], "a")
		.node("MatMul", &["a", "c"], "y")
		.output("y");
	let mut model = engine().load(&ModelSpec::default(), &graph.file(), AMPLE).unwrap();
	assert_eq!(model.manifest(AMPLE).unwrap().parameters, 12 + 3 + 20);
}
