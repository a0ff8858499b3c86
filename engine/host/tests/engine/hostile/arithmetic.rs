//! Extents that are computed from constants or depend on the data, and symbols with odd names.

use crate::{
	common::onnx::{self, int, longs, node, number, part, port, raw, value, Graph},
	hostile::case::{case, check, file, four, Case, End::*},
};
use assay_primitives::{DType, FaultCode::*, ModelSpec};

/// Adds `y`: `x` plus the number of elements of a tensor with the shape `last`.
fn count(graph: &mut Graph, last: &str) {
	let one = value("value", &raw("", DType::F32, &[1], &1f32.to_le_bytes()));
	graph.node_with("ConstantOfShape", &[last], &["ones"], &[one]);
	graph
		.node_with("ReduceSum", &["ones"], &["m"], &[int("keepdims", 0)])
		.node("Add", &["x", "m"], "y");
}

#[test]
fn constant_extents_that_overflow_are_faults() {
	let plus = |count: f64| Answers([1.0, 2.0, 3.0, 4.0].map(|x| x + count).into());
	let mut cases = Vec::new();
	for (operator, by, times, end) in [
		("Mul", Some(1024), 1, plus(4096.0)),
		("Mul", Some(1024), 7, Refused(InvalidGraph)),
		("Mul", Some(1024), 40, Refused(Trap)),
		("Mul", None, 1, plus(16.0)),
		("Mul", None, 7, Refused(InvalidGraph)),
		("Mul", None, 100, Refused(Trap)),
		("Add", Some(1024), 100, plus(102_404.0)),
		("Add", None, 40, Refused(InvalidGraph)),
		("Add", None, 100, Refused(Trap)),
		("Sub", Some(1024), 1, Refused(Trap)),
		("Sub", None, 7, Refused(Trap)),
		("Div", Some(1024), 7, Refused(Trap)),
		("Pow", Some(1024), 1, Refused(OutOfMemory)),
		("Mod", None, 7, Refused(Trap)),
	] {
		cases.push(case(format!("{operator} by {by:?}, {times} times"), end, |graph| {
			graph
				.node("Shape", &["x"], "0")
				.weight(&longs("by", &[by.unwrap_or(1)]));
			for n in 0..times {
				let last = n.to_string();
				let by = if by.is_some() { "by" } else { &last };
				graph.node(operator, &[&last, by], &(n + 1).to_string());
			}
			count(graph, &times.to_string());
		}));
	}
	check(cases);
}

/// Adds `0`, a vector of one number that depends on the data of `x`: the number of its nonzero elements.
fn unknown_extent(graph: &mut Graph) {
	graph
		.weight(&longs("one", &[1]))
		.weight(&longs("two", &[2]))
		.weight(&longs("three", &[3]));
	graph.node("NonZero", &["x"], "where").node("Shape", &["where"], "both");
	graph.node("Slice", &["both", "one", "two"], "0");
}

#[test]
fn data_dependent_extents_have_no_answer() {
	let mut cases = Vec::new();
	for (operator, by, times, end) in [
		("Mul", "three", 20, Fails(RunFailed)),
		("Mul", "three", 200, Refused(Trap)),
		("Add", "three", 200, Fails(RunFailed)),
		("Add", "itself", 40, Fails(RunFailed)),
		("Add", "itself", 200, Refused(Trap)),
		("Sub", "three", 200, Fails(RunFailed)),
		("Div", "three", 40, Fails(RunFailed)),
		("Div", "three", 200, Refused(Trap)),
		("Max", "three", 200, Fails(RunFailed)),
		("Min", "itself", 200, Fails(RunFailed)),
		("Pow", "three", 3, Refused(InvalidGraph)),
	] {
		cases.push(case(
			format!("unknown extent, {operator} by {by}, {times} times"),
			end,
			|graph| {
				unknown_extent(graph);
				for n in 0..times {
					let last = n.to_string();
					let by = if by == "itself" { &last } else { by };
					graph.node(operator, &[&last, by], &(n + 1).to_string());
				}
				count(graph, &times.to_string());
			},
		));
	}
	for (operator, times, end) in [
		("Concat", 10, Answers(vec![4.0, 5.0, 6.0, 7.0])),
		("Concat", 60, Fails(OutOfMemory)),
		("Tile", 10, Answers(vec![4.0, 5.0, 6.0, 7.0])),
		("Tile", 60, Fails(OutOfMemory)),
	] {
		cases.push(case(
			format!("unknown tensor, {operator} {times} times"),
			end,
			|graph| {
				graph.weight(&longs("twice", &[1, 2])).node("NonZero", &["x"], "where");
				graph.node_with("Cast", &["where"], &["0"], &[int("to", 1)]);
				for n in 0..times {
					let (last, next) = (n.to_string(), (n + 1).to_string());
					if operator == "Tile" {
						graph.node("Tile", &[&last, "twice"], &next);
					} else {
						graph.node_with("Concat", &[&last, &last], &[&next], &[int("axis", 1)]);
					}
				}
				graph.node_with("ReduceMax", &[&times.to_string()], &["m"], &[int("keepdims", 0)]);
				graph.node("Add", &["x", "m"], "y");
			},
		));
	}
	check(cases);
}

/// Encodes an input or output whose only extent is a symbol.
fn symbolic(name: &str, symbol: &str) -> Vec<u8> {
	let shape = part(2, part(1, part(2, symbol)));
	[part(1, name), part(2, part(1, [number(1, 1), shape].concat()))].concat()
}

#[test]
fn a_symbol_is_only_a_name_even_if_it_looks_like_an_expression() {
	let symbols = [
		("a product", vec!["N"; 100_000].join("*")),
		(
			"parentheses",
			format!("{}N{}", "(".repeat(100_000), ")".repeat(100_000)),
		),
		("signs", "-".repeat(100_000)),
		("a megabyte", "N".repeat(1 << 20)),
		("a division by zero", "1/0".into()),
		("nothing", String::new()),
		("a zero byte", "\0".into()),
	];
	let relu = part(1, node("Relu", &["x"], "y"));
	let mut cases = Vec::new();
	for (name, symbol) in symbols {
		let onnx = onnx::file(&[
			part(11, symbolic("x", &symbol)),
			relu.clone(),
			part(12, symbolic("y", &symbol)),
		]);
		let answers = || Answers(vec![1.0, 2.0, 3.0, 4.0]);
		cases.push(file(
			format!("{name}, unbound"),
			Refused(UnboundDimension),
			onnx.clone(),
		));
		cases.push(Case {
			spec: ModelSpec {
				bindings: vec![(symbol.clone(), 4)],
			},
			..file(format!("{name}, bound"), answers(), onnx)
		});
		let known = port("x", DType::F32, &[4]);
		let onnx = onnx::file(&[part(11, known), relu.clone(), part(12, symbolic("y", &symbol))]);
		cases.push(file(format!("{name}, of an output"), answers(), onnx));
	}
	let bindings = (0..100_000).map(|n| (format!("S{n}"), 1)).collect();
	let onnx = onnx::file(&[
		part(11, port("x", DType::F32, &[4])),
		relu,
		part(12, symbolic("y", "N")),
	]);
	cases.push(Case {
		spec: ModelSpec { bindings },
		..file("bindings", Refused(UnknownBinding), onnx)
	});
	assert!(cases.iter().all(|case| case.inputs == [four()]));
	check(cases);
}
