//! The bound on peak memory, compared with what runs take.

use crate::common::{
	engine,
	figures::{figured, ones},
	onnx::{int, ints, long, longs, text, Graph},
	AMPLE,
};
use assay_primitives::ModelSpec;

type Shapes = &'static [&'static [i64]];

/// A name, the shapes of inputs and of weights, and a function that adds the nodes.
type Large = (&'static str, Shapes, Shapes, fn(&mut Graph));

/// Models that need most of their memory in the run.
const LARGE: &[Large] = &[
	("perceptron", &[&[64, 512]], &[&[512, 512], &[512, 512]], |graph| {
		graph
			.node("MatMul", &["x0", "w0"], "h")
			.node("Relu", &["h"], "r")
			.node("MatMul", &["r", "w1"], "y");
	}),
	("convolution", &[&[1, 64, 64, 64]], &[&[64, 64, 5, 5]], |graph| {
		graph.node_with("Conv", &["x0", "w0"], &["y"], &[ints("pads", &[2; 4])]);
	}),
	(
		"convolution, batched",
		&[&[8, 16, 64, 64]],
		&[&[16, 16, 3, 3]],
		|graph| _ = graph.node("Conv", &["x0", "w0"], "y"),
	),
	(
		"convolution, depthwise",
		&[&[1, 64, 112, 112]],
		&[&[64, 1, 3, 3]],
		|graph| {
			graph.node_with(
				"Conv",
				&["x0", "w0"],
				&["y"],
				&[int("group", 64), ints("pads", &[1; 4])],
			);
		},
	),
	(
		"convolution, transposed",
		&[&[1, 16, 64, 64]],
		&[&[16, 16, 4, 4]],
		|graph| {
			graph.node_with("ConvTranspose", &["x0", "w0"], &["y"], &[ints("strides", &[2, 2])]);
		},
	),
	("scores", &[&[8, 256, 64], &[8, 64, 256]], &[], |graph| {
		graph
			.node("MatMul", &["x0", "x1"], "s")
			.node_with("Softmax", &["s"], &["p"], &[int("axis", -1)]);
		graph.node_with("ReduceMean", &["p"], &["y"], &[ints("axes", &[1])]);
	}),
	("many at once", &[&[1 << 10, 1024]], &[], |graph| {
		let mut last = "x0";
		for function in ["Cos", "Sin", "Atan", "Tanh", "Erf"] {
			graph.node(function, &[last], function);
			last = function;
		}
		graph.node("Sum", &["Erf", "Tanh", "Atan", "Sin", "Cos", "x0"], "s");
		graph.node_with("ReduceMax", &["s"], &["y"], &[ints("axes", &[0])]);
	}),
	("large ports", &[&[1 << 18, 8]], &[], |graph| {
		_ = graph.node("Neg", &["x0"], "y")
	}),
	("pool", &[&[1, 16, 256, 256]], &[], |graph| {
		graph.node_with("AveragePool", &["x0"], &["y"], &[ints("kernel_shape", &[3, 3])]);
	}),
	(
		"gates",
		&[&[16, 64, 512]],
		&[&[1, 1024, 512], &[1, 1024, 256]],
		|graph| {
			graph.node_with("LSTM", &["x0", "w0", "w1"], &["y"], &[int("hidden_size", 256)]);
		},
	),
	("resized", &[&[1, 4, 256, 256]], &[], |graph| {
		graph.weight(&longs("sizes", &[1, 4, 512, 512]));
		graph.node_with("Resize", &["x0", "", "", "sizes"], &["big"], &[text("mode", "linear")]);
		graph.node_with("ReduceMax", &["big"], &["y"], &[ints("axes", &[2, 3])]);
	}),
	("spectrum", &[&[1, 1 << 18, 1]], &[], |graph| {
		graph.node_with("DFT", &["x0"], &["f"], &[int("axis", 1)]);
		graph.node_with("ReduceMax", &["f"], &["y"], &[ints("axes", &[1])]);
	}),
	// Each output exists as a tensor and in the message.
	("many outputs", &[&[1 << 18, 4]], &[], |graph| {
		for function in ["Cos", "Sin", "Atan", "Tanh", "Erf", "Abs", "Exp"] {
			graph.node(function, &["x0"], function).output(function);
		}
		graph.node("Neg", &["x0"], "y");
	}),
	("products, batched", &[&[32, 256, 64], &[32, 64, 16]], &[], |graph| {
		graph
			.node("MatMul", &["x0", "x1"], "p")
			.node_with("ReduceMax", &["p"], &["y"], &[ints("axes", &[1, 2])]);
	}),
	(
		"convolution, in groups",
		&[&[4, 32, 64, 64]],
		&[&[32, 8, 3, 3]],
		|graph| {
			graph.node_with("Conv", &["x0", "w0"], &["c"], &[int("group", 4)]);
			graph.node_with("ReduceMax", &["c"], &["y"], &[ints("axes", &[2, 3])]);
		},
	),
	// An iteration of the loop takes more memory than its result.
	(
		"last state",
		&[&[4, 2048, 64]],
		&[&[1, 1024, 64], &[1, 1024, 256]],
		|graph| {
			graph.node_with("LSTM", &["x0", "w0", "w1"], &["", "h"], &[int("hidden_size", 256)]);
			graph.node_with("ReduceMax", &["h"], &["y"], &[ints("axes", &[1, 2])]);
		},
	),
	(
		"gates of all steps at once",
		&[&[1 << 14, 1, 2]],
		&[&[1, 192, 2], &[1, 192, 64]],
		|graph| {
			let attributes = [int("hidden_size", 64), int("linear_before_reset", 1)];
			graph.node_with("GRU", &["x0", "w0", "w1"], &["", "h"], &attributes);
			graph.node_with("ReduceMax", &["h"], &["y"], &[ints("axes", &[1, 2])]);
		},
	),
	("enlarged", &[&[1, 1, 64, 64]], &[], |graph| {
		graph.weight(&longs("sizes", &[1, 1, 2048, 2048]));
		graph.node_with("Resize", &["x0", "", "", "sizes"], &["big"], &[text("mode", "cubic")]);
		graph.node_with("ReduceMax", &["big"], &["y"], &[ints("axes", &[2, 3])]);
	}),
	("frames", &[&[1, 1 << 16, 1]], &[], |graph| {
		graph.weight(&long("step", 64)).weight(&long("length", 256));
		graph.node("STFT", &["x0", "step", "", "length"], "f");
		graph.node_with("ReduceMax", &["f"], &["y"], &[ints("axes", &[1, 2])]);
	}),
	("running sums", &[&[1024, 1024]], &[], |graph| {
		graph.weight(&long("axis", 1)).node("CumSum", &["x0", "axis"], "s");
		graph.node_with("ReduceMax", &["s"], &["y"], &[ints("axes", &[1])]);
	}),
	// A prime length is transformed by way of a longer one.
	("spectrum, of a prime length", &[&[1, 262_139, 1]], &[], |graph| {
		graph.node_with("DFT", &["x0"], &["f"], &[int("axis", 1)]);
		graph.node_with("ReduceMax", &["f"], &["y"], &[ints("axes", &[1])]);
	}),
	("resized, of half the precision", &[&[1, 4, 512, 512]], &[], |graph| {
		graph.weight(&longs("sizes", &[1, 4, 1024, 1024]));
		graph.node_with("Cast", &["x0"], &["half"], &[int("to", 10)]);
		graph.node_with("Resize", &["half", "", "", "sizes"], &["big"], &[text("mode", "cubic")]);
		graph.node_with("ReduceMax", &["big"], &["y"], &[ints("axes", &[2, 3])]);
	}),
	("order of one axis", &[&[1]], &[], |graph| {
		graph.weight(&longs("shape", &[1 << 20])).weight(&longs("k", &[4]));
		graph
			.node("Expand", &["x0", "shape"], "wide")
			.node_with("TopK", &["wide", "k"], &["y", "i"], &[]);
	}),
	("order", &[&[64, 1 << 14]], &[], |graph| {
		graph
			.weight(&longs("k", &[1 << 13]))
			.node_with("TopK", &["x0", "k"], &["y", "i"], &[]);
	}),
	("extents", &[&[256, 1024]], &[], |graph| {
		graph
			.node_with("Cast", &["x0"], &["i"], &[int("to", 7)])
			.node("Add", &["i", "i"], "j");
		graph.node_with("Cast", &["j"], &["y"], &[int("to", 1)]);
	}),
];

#[test]
fn no_run_needs_more_memory_than_the_manifest_says() {
	let mut wrong = Vec::new();
	for (name, inputs, weights, build) in LARGE {
		let figured = figured(name, inputs, weights, 0, build);
		let mut model = engine().load(&ModelSpec::default(), &figured.onnx, AMPLE).unwrap();
		let manifest = model.describe(AMPLE).unwrap();
		let inputs: Vec<_> = manifest.inputs.iter().map(ones).collect();
		for _ in 0..3 {
			model
				.run(&inputs, AMPLE)
				.unwrap_or_else(|failure| panic!("{name}: {failure}"));
		}
		let (says, needs) = (manifest.peak_bytes, model.size());
		// A bound that fits every model would be useless.
		if needs > says || says > 16 * needs {
			wrong.push(format!("{name}: {says} bytes stated, {needs} bytes needed"));
		}
	}
	assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
