//! Ports, operators and parameters.

use crate::common::{
	self, engine,
	onnx::{floats_of, fractions, int, ints, longs, value, Graph},
	spec, AMPLE,
};
use assay_primitives::{DType, Manifest, ModelSpec, Port};

#[test]
fn the_figures_depend_on_the_bound_extents() {
	let onnx = common::digits("digits.onnx");
	let figures = |n: u32| {
		let mut model = engine().load(&spec(&[("N", n)]), &onnx, AMPLE).unwrap();
		model.describe(AMPLE).unwrap()
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

/// Returns a port.
pub fn port(name: &str, dtype: DType, shape: &[u32]) -> Port {
	Port {
		name: name.into(),
		dtype,
		shape: shape.into(),
	}
}

#[test]
fn ports_are_described_exactly_and_in_the_order_of_the_graph() {
	let mut graph = Graph::of(18);
	// Weights among the inputs are not ports. Declared extents of outputs may be missing or wrong.
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
	} = model.describe(AMPLE).unwrap();
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
	// The outputs of a run are as described.
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
	graph.node_with("Constant", &[], &["c"], &[value("value", &fractions("", &[4, 5]))]);
	graph.node_with("Constant", &[], &["s"], &[floats_of("value_floats", &[1.0; 5])]);
	graph.node_with("Constant", &[], &["t"], &[ints("value_ints", &[1, 2])]);
	graph.node_with("Constant", &[], &["u"], &[int("value_int", 7)]);
	graph
		.node("MatMul", &["x", "w"], "a")
		.node("MatMul", &["a", "c"], "b")
		.node("Add", &["b", "s"], "y")
		.output("y");
	let mut model = engine().load(&ModelSpec::default(), &graph.file(), AMPLE).unwrap();
	assert_eq!(model.describe(AMPLE).unwrap().parameters, 12 + 3 + 20 + (5 + 2 + 1));
}
