//! The numbers of multiply-accumulates and parameters.

use crate::common::{
	figures::{figured, Figured},
	onnx::{int, ints, longs, raw, text, Graph},
};
use assay_primitives::DType;

/// Asserts the numbers of multiply-accumulates and parameters.
fn check(models: impl IntoIterator<Item = Figured>) {
	let mut wrong = Vec::new();
	for model in models {
		let manifest = model.manifest();
		let (found, truth) = ((manifest.macs, manifest.parameters), (model.macs, model.parameters));
		if found != truth {
			wrong.push(format!("{}: {found:?} instead of {truth:?}", model.name));
		}
	}
	assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns a quantised model with one input, uint8, and the constants `w` (weight), `s` (scale) and `z` (zero point).
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
		figured("Einsum, of vectors", &[&[3], &[4]], &[], 3 * 4, |graph| {
			graph.node_with("Einsum", &["x0", "x1"], &["y"], &[text("equation", "i,j->ij")]);
		}),
		// Each term has two products.
		figured(
			"Einsum, of three",
			&[&[2, 3], &[3, 4], &[4, 5]],
			&[],
			2 * (2 * 3 * 4 * 5),
			|graph| {
				graph.node_with(
					"Einsum",
					&["x0", "x1", "x2"],
					&["y"],
					&[text("equation", "ij,jk,kl->il")],
				);
			},
		),
		// The first operand is broadcast over the matrices of the second.
		figured(
			"MatMul, repeated",
			&[&[4, 5], &[7, 5, 6]],
			&[],
			7 * 4 * 5 * 6,
			|graph| {
				graph.node("MatMul", &["x0", "x1"], "y");
			},
		),
		figured("MatMul, of a vector", &[&[5]], &[&[5, 6]], 5 * 6, |graph| {
			graph.node("MatMul", &["x0", "w0"], "y");
		}),
		figured("Gemm, transposed", &[&[8, 4]], &[&[16, 8]], 4 * 8 * 16, |graph| {
			graph.node_with("Gemm", &["x0", "w0"], &["y"], &[int("transA", 1), int("transB", 1)]);
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

/// Returns attention with two heads of width four over six positions: three projections, the scores, the weighted
/// values, and the output projection.
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
		// From an extent of 9 to 5, in two groups with two input channels and three output channels.
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
		figured(
			"Conv, given its kernel",
			&[&[1, 4, 9, 9], &[6, 4, 3, 3]],
			&[],
			(7 * 7) * 6 * (4 * 3 * 3),
			|graph| _ = graph.node("Conv", &["x0", "x1"], "y"),
		),
		// Only every other pixel is read.
		figured(
			"Conv, pointwise, strided",
			&[&[1, 4, 9, 9]],
			&[&[6, 4, 1, 1]],
			(5 * 5) * 6 * 4,
			|graph| {
				graph.node_with("Conv", &["x0", "w0"], &["y"], &[ints("strides", &[2, 2])]);
			},
		),
		// From an extent of 20 to 14, since the dilated kernel spans seven.
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
fn the_multiply_accumulates_of_products_and_convolutions_are_counted() {
	let all: Vec<_> = products().into_iter().chain(convolutions()).collect();
	assert!(all.len() >= 10);
	check(all);
}

#[test]
fn other_operations_and_constants_are_not_counted() {
	check([
		figured("Relu", &[&[100]], &[], 0, |graph| _ = graph.node("Relu", &["x0"], "y")),
		figured("Add", &[&[100], &[100]], &[], 0, |graph| {
			_ = graph.node("Add", &["x0", "x1"], "y")
		}),
		figured("MaxPool", &[&[1, 1, 8, 8]], &[], 0, |graph| {
			graph.node_with("MaxPool", &["x0"], &["y"], &[ints("kernel_shape", &[2, 2])]);
		}),
		// The product of the weights is folded at load.
		figured("weights", &[&[2, 4]], &[&[4, 100], &[100, 4]], 2 * 4 * 4, |graph| {
			graph
				.node("MatMul", &["w0", "w1"], "w")
				.node("MatMul", &["x0", "w"], "y");
		}),
		// Two equal products are computed once.
		figured("twice", &[&[2, 4]], &[&[4, 4]], 2 * 4 * 4, |graph| {
			graph
				.node("MatMul", &["x0", "w0"], "a")
				.node("MatMul", &["x0", "w0"], "b")
				.node("Add", &["a", "b"], "y");
		}),
		// A normalisation after a convolution is folded into it.
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
	]);
}

#[test]
fn the_multiply_accumulates_of_a_transposed_convolution_are_counted() {
	check([
		figured(
			"ConvTranspose",
			&[&[1, 3, 5, 5]],
			&[&[3, 4, 2, 2]],
			(5 * 5) * 3 * (4 * 2 * 2),
			|graph| {
				graph.node_with("ConvTranspose", &["x0", "w0"], &["y"], &[ints("strides", &[2, 2])]);
			},
		),
		figured(
			"ConvTranspose, two groups",
			&[&[1, 4, 5, 5]],
			&[&[4, 3, 3, 3]],
			(5 * 5) * 4 * (3 * 3 * 3),
			|graph| {
				graph.node_with("ConvTranspose", &["x0", "w0"], &["y"], &[int("group", 2)]);
			},
		),
		figured(
			"ConvTranspose, depthwise",
			&[&[2, 4, 5, 5]],
			&[&[4, 1, 3, 3]],
			2 * (5 * 5) * 4 * (3 * 3),
			|graph| {
				graph.node_with("ConvTranspose", &["x0", "w0"], &["y"], &[int("group", 4)]);
			},
		),
		figured(
			"ConvTranspose, 1-D, of one channel, cut",
			&[&[1, 1, 6]],
			&[&[1, 3, 4]],
			6 * (3 * 4),
			|graph| {
				graph.node_with("ConvTranspose", &["x0", "w0"], &["y"], &[ints("pads", &[2, 2])]);
			},
		),
	]);
}

/// Batches of two sequences of three numbers, with four hidden units: each gate multiplies the input and the hidden
/// state.
#[test]
fn the_multiply_accumulates_of_a_recurrent_network_are_counted() {
	let [batch, from, to] = [2, 3, 4];
	let model = |operator: &'static str, gates: i64, steps: i64, attributes: &[Vec<u8>], directions: i64| {
		let macs = steps * batch * gates * to * (from + to) * directions;
		let weights = [&[directions, gates * to, from][..], &[directions, gates * to, to]];
		figured(operator, &[&[steps, batch, from]], &weights, macs as u64, |graph| {
			let attributes = [attributes, &[int("hidden_size", to)]].concat();
			graph.node_with(operator, &["x0", "w0", "w1"], &["y"], &attributes);
		})
	};
	check([
		model("LSTM", 4, 5, &[], 1),
		model("GRU", 3, 5, &[], 1),
		model("RNN", 1, 5, &[], 1),
		model("LSTM", 4, 1, &[], 1),
		model("GRU", 3, 5, &[int("linear_before_reset", 1)], 1),
		model("LSTM", 4, 5, &[text("direction", "bidirectional")], 2),
		// Here the product with the input is separate from the one with the state.
		figured(
			"GRU, wide",
			&[&[5, 2, 3]],
			&[&[1, 3 * 80, 3], &[1, 3 * 80, 80]],
			5 * 2 * 3 * 80 * (3 + 80),
			|graph| {
				let attributes = [int("hidden_size", 80), int("linear_before_reset", 1)];
				graph.node_with("GRU", &["x0", "w0", "w1"], &["y"], &attributes);
			},
		),
	]);
}

/// Only products of matrices and convolutions count.
#[test]
fn element_wise_operations_are_not_counted() {
	let one = |name: &'static str| figured(name, &[&[100]], &[], 0, |graph| _ = graph.node(name, &["x0"], "y"));
	check([
		one("Sigmoid"),
		one("Erf"),
		one("Exp"),
		one("Softmax"),
		one("ReduceSum"),
		one("ReduceSumSquare"),
		figured("Mul", &[&[100], &[100]], &[], 0, |graph| {
			_ = graph.node("Mul", &["x0", "x1"], "y")
		}),
		figured("LayerNormalization", &[&[2, 10]], &[&[10], &[10]], 0, |graph| {
			graph.node("LayerNormalization", &["x0", "w0", "w1"], "y");
		}),
		figured("AveragePool", &[&[1, 1, 8, 8]], &[], 0, |graph| {
			graph.node_with("AveragePool", &["x0"], &["y"], &[ints("kernel_shape", &[2, 2])]);
		}),
		// This is only a sum.
		figured("Einsum, of one", &[&[10, 10]], &[], 0, |graph| {
			graph.node_with("Einsum", &["x0"], &["y"], &[text("equation", "ij->i")]);
		}),
		// A fast transform, for which there is no agreed count.
		figured("DFT", &[&[1, 64, 1]], &[], 0, |graph| {
			graph.node_with("DFT", &["x0"], &["y"], &[int("axis", 1)]);
		}),
	]);
}
