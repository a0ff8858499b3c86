//! Files that protobuf or ONNX forbids, or that it allows and no exporter writes.

use crate::{
	common::onnx::{self, int, node, number, part, port, raw, tag, Graph},
	hostile::case::{case, check, file, Case, End, End::*},
};
use assay_primitives::{DType, FaultCode::*};

fn answers() -> End {
	Answers(vec![1.0, 2.0, 3.0, 4.0])
}

/// Returns the fields of an honest graph: `y = relu(x)`.
fn honest() -> Vec<u8> {
	[
		part(11, port("x", DType::F32, &[4])),
		part(1, node("Relu", &["x"], "y")),
		part(12, part(1, "y")),
	]
	.concat()
}

/// Returns an honest file, followed by these bytes.
fn before(bytes: impl AsRef<[u8]>) -> Vec<u8> {
	[&onnx::file(&[honest()]), bytes.as_ref()].concat()
}

/// Returns the file of an honest graph with additional fields.
fn beside(fields: impl AsRef<[u8]>) -> Vec<u8> {
	onnx::file(&[honest(), fields.as_ref().to_vec()])
}

#[test]
fn a_constant_must_have_the_size_that_it_declares() {
	let mut cases = Vec::new();
	for (dims, bytes, end) in [
		(&[1 << 30][..], 16, Refused(OutOfMemory)),
		(&[1 << 30], 0, Refused(InvalidGraph)),
		(&[1 << 31], 16, Refused(InvalidGraph)),
		(&[1 << 16, 1 << 16], 0, Refused(InvalidGraph)),
		(&[1 << 16, 1 << 16, 4], 16, Refused(InvalidGraph)),
		(&[1 << 32, 1 << 32], 0, Refused(InvalidGraph)),
		(&[1 << 62, 4], 0, Refused(InvalidGraph)),
		(&[i64::MAX], 0, Refused(InvalidGraph)),
		(&[-5], 0, Refused(InvalidGraph)),
		(&[-1, -4], 16, Refused(InvalidGraph)),
		(&[4], 15, Refused(InvalidGraph)),
		(&[4], 17, Refused(InvalidGraph)),
	] {
		let name = format!("{bytes} bytes of {dims:?}");
		cases.push(constant(name, end, raw("w", DType::F32, dims, &vec![0; bytes])));
	}
	check(cases);
}

#[test]
fn a_constant_must_have_the_type_that_it_declares() {
	let seven = 7f32.to_le_bytes();
	let of = |dtype: i64, fields: Vec<u8>| [number(1, 1), number(2, dtype), part(8, "w"), fields].concat();
	check([
		constant("floats for an int64", Refused(InvalidGraph), of(7, part(4, seven))),
		constant("text as bytes", Refused(Trap), of(8, part(9, seven))),
		constant("text that is none", Refused(InvalidGraph), of(8, part(6, [0xff; 4]))),
		constant("bfloat16", Refused(UnsupportedType), of(16, part(9, [0; 2]))),
		constant("no type", Refused(UnsupportedType), of(0, part(9, seven))),
		constant("type 99", Refused(UnsupportedType), of(99, part(9, seven))),
		constant("type -1", Refused(UnsupportedType), of(-1, part(9, seven))),
		// Every byte other than 0 is true.
		constant(
			"a bool of 255",
			Answers(vec![2.0, 3.0, 4.0, 5.0]),
			raw("w", DType::Bool, &[1], &[255]),
		),
	]);
}

/// Returns a model of `y`: `x` plus the maximum of this constant, which is named `w`.
fn constant(name: impl Into<String>, end: End, tensor: Vec<u8>) -> Case {
	case(name, end, |graph| {
		graph.weight(&tensor).node_with("Cast", &["w"], &["f"], &[int("to", 1)]);
		graph
			.node_with("ReduceMax", &["f"], &["m"], &[int("keepdims", 0)])
			.node("Add", &["x", "m"], "y");
	})
}

#[test]
fn a_graph_that_contradicts_itself_is_refused() {
	let nodes = |name: &str, end: End, nodes: &[(&str, &[&str], &[&str])]| {
		case(name, end, |graph: &mut Graph| {
			for (operator, inputs, outputs) in nodes {
				graph.node_with(operator, inputs, outputs, &[]);
			}
		})
	};
	let refused = || Refused(InvalidGraph);
	let unsupported = || Refused(UnsupportedOperator);
	check([
		nodes("a loop of one", refused(), &[("Add", &["x", "y"], &["y"])]),
		nodes(
			"a loop of three",
			refused(),
			&[
				("Add", &["x", "c"], &["a"]),
				("Relu", &["a"], &["b"]),
				("Relu", &["b"], &["c"]),
				("Relu", &["c"], &["y"]),
			],
		),
		nodes(
			"a loop that nothing needs",
			refused(),
			&[
				("Add", &["x", "b"], &["a"]),
				("Relu", &["a"], &["b"]),
				("Relu", &["x"], &["y"]),
			],
		),
		nodes(
			"a value defined twice",
			refused(),
			&[("Relu", &["x"], &["y"]), ("Neg", &["x"], &["y"])],
		),
		nodes(
			"an input defined again",
			refused(),
			&[("Relu", &["x"], &["x"]), ("Neg", &["x"], &["y"])],
		),
		nodes(
			"a use before the definition",
			refused(),
			&[("Neg", &["a"], &["y"]), ("Relu", &["x"], &["a"])],
		),
		nodes("an output that no node computes", refused(), &[("Neg", &["x"], &["a"])]),
		nodes("no nodes", refused(), &[]),
		nodes(
			"a node without outputs",
			refused(),
			&[("Neg", &["x"], &[]), ("Neg", &["x"], &["y"])],
		),
		nodes("a node without inputs", refused(), &[("Relu", &[], &["y"])]),
		nodes("too few inputs", refused(), &[("Add", &["x"], &["y"])]),
		nodes("too many inputs", refused(), &[("Relu", &["x", "x", "x"], &["y"])]),
		nodes("too many outputs", refused(), &[("Relu", &["x"], &["y", "z"])]),
		nodes("an input left out", refused(), &[("Add", &["", "x"], &["y"])]),
		nodes("no operator", unsupported(), &[("", &["x"], &["y"])]),
		nodes(
			"an operator in small letters",
			unsupported(),
			&[("relu", &["x"], &["y"])],
		),
	]);
}

#[test]
fn functions_are_refused() {
	let function = |name: &str, calls: &str| {
		part(
			25,
			[
				part(1, name),
				part(4, "x"),
				part(5, "y"),
				part(7, node(calls, &["x"], "y")),
			]
			.concat(),
		)
	};
	let refused = || Refused(UnsupportedOperator);
	check([
		file("a function", refused(), before(function("f", "Relu"))),
		file("a function that calls itself", refused(), before(function("f", "f"))),
		file(
			"functions that call each other",
			refused(),
			before([function("f", "g"), function("g", "f")].concat()),
		),
		file(
			"a function named as an operator",
			refused(),
			before(function("Relu", "Relu")),
		),
		file(
			"a sparse weight",
			refused(),
			beside(part(15, part(1, raw("s", DType::F32, &[1], &[0; 4])))),
		),
	]);
}

#[test]
fn a_file_that_nests_too_deeply_is_not_onnx() {
	let groups = |depth: usize| [tag(30, 3).repeat(depth), tag(30, 4).repeat(depth)].concat();
	let graphs = |depth: usize| {
		let attribute = |graph: Vec<u8>| part(5, [part(1, "a"), part(6, graph), number(20, 5)].concat());
		(0..depth).fold(Vec::new(), |graph, _| part(1, attribute(graph)))
	};
	let not_onnx = || Refused(NotOnnx);
	check([
		file("50 groups", answers(), before(groups(50))),
		file("1,000 groups", not_onnx(), before(groups(1000))),
		file("1,000,000 groups", not_onnx(), before(groups(1_000_000))),
		file("groups without end", not_onnx(), before(tag(30, 3).repeat(50))),
		file("an end without a group", not_onnx(), before(tag(30, 4))),
		file(
			"a group that ends as another",
			not_onnx(),
			before([tag(30, 3), tag(31, 4)].concat()),
		),
		file("33 graphs", Refused(ControlFlow), beside(graphs(33))),
		file("34 graphs", not_onnx(), beside(graphs(34))),
		file("10,000 graphs", not_onnx(), beside(graphs(10_000))),
	]);
}

#[test]
fn a_file_with_wrong_lengths_is_not_onnx() {
	let not_onnx = || Refused(NotOnnx);
	let length = |number: u32, length: &[u8]| before([&tag(number, 2), length].concat());
	check([
		file(
			"2^32 + 1 bytes of a graph",
			not_onnx(),
			length(7, &[0x81, 0x80, 0x80, 0x80, 0x10, 0]),
		),
		file(
			"2^32 + 1 bytes of a field unknown",
			not_onnx(),
			length(30, &[0x81, 0x80, 0x80, 0x80, 0x10, 0]),
		),
		file(
			"2^63 - 1 bytes",
			not_onnx(),
			length(30, &[&[0xff; 8][..], &[0x7f]].concat()),
		),
		file(
			"2^64 - 1 bytes",
			not_onnx(),
			length(30, &[&[0xff; 9][..], &[1]].concat()),
		),
		file(
			"a number that does not end",
			not_onnx(),
			before([&tag(30, 0)[..], &[0x80; 20], &[0]].concat()),
		),
		file("wire type 6", not_onnx(), before(tag(30, 6))),
		file("field 0", not_onnx(), before([2, 0])),
		file("a number for a graph", not_onnx(), before(number(7, 1))),
		file("a name that is not UTF-8", not_onnx(), beside(part(2, [0xff, 0xfe]))),
		file("zeros", not_onnx(), vec![0; 4096]),
		file("ones", not_onnx(), vec![0xff; 4096]),
	]);
}

#[test]
fn a_repeated_field_has_one_meaning() {
	let second = |output: &str| part(7, part(1, node("Neg", &["x"], output)));
	let opset = |version: i64| part(8, number(2, version));
	let refused = || Refused(UnsupportedOperator);
	let first = |version: i64| [opset(version), before([])].concat();
	check([
		file("another graph beside", answers(), before(second("z"))),
		file(
			"another graph for the same value",
			Refused(InvalidGraph),
			before(second("y")),
		),
		file("another operator set behind", answers(), before(opset(6))),
		file("operator set 5 before", refused(), first(5)),
		file("operator set 99 before", refused(), first(99)),
		file("operator set -1 before", refused(), first(-1)),
		file("operator set 2^32 + 17 before", refused(), first((1 << 32) + 17)),
		file("version -1", Refused(NotOnnx), before(number(1, -1))),
		file("version 2^62", answers(), before(number(1, 1 << 62))),
		file(
			"a field unknown",
			answers(),
			before([part(999, [0; 100]), number(998, 7)].concat()),
		),
	]);
}

#[test]
fn inputs_larger_than_the_memory_are_faults() {
	let mut cases = Vec::new();
	for (shape, end) in [
		(&[0][..], Refused(InvalidGraph)),
		(&[-1], Refused(UnboundDimension)),
		(&[-5], Refused(UnboundDimension)),
		(&[i64::MIN], Refused(UnboundDimension)),
		(&[1 << 26], Refused(OutputTooLarge)),
		(&[1 << 28], Refused(OutputTooLarge)),
		(&[(1 << 28) + 1], Refused(OutOfMemory)),
		(&[1 << 31], Refused(OutOfMemory)),
		(&[1 << 32], Refused(OutOfMemory)),
		(&[(1 << 32) + 4], Refused(OutOfMemory)),
		(&[i64::MAX], Refused(OutOfMemory)),
		(&[1 << 16, 1 << 16], Refused(OutOfMemory)),
		(&[1 << 16; 4], Refused(OutOfMemory)),
	] {
		let mut graph = Graph::new();
		graph
			.input("x", DType::F32, shape)
			.node("Relu", &["x"], "y")
			.output("y");
		cases.push(file(format!("an input of {shape:?}"), end, graph.file()));
	}
	check(cases);
}
