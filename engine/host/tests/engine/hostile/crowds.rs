//! Too many nodes, weights and attributes, and too long names.

use crate::{
	common::onnx::{fractions, int, longs, number, part, raw, text, Graph},
	hostile::case::{case, check, file, Case, End, End::*},
};
use assay_primitives::{DType, FaultCode::*};

const MILLION: usize = 1_000_000;

fn answers() -> End {
	Answers(vec![1.0, 2.0, 3.0, 4.0])
}

/// Returns a model with a chain of nodes from `x` to `y`. If they take a second operand, it is `w`.
fn chain(operator: &str, length: usize, end: End) -> Case {
	case(format!("{length} {operator} in a row"), end, |graph| {
		graph.weight(&fractions("w", &[4]));
		for n in 0..length {
			let last = if n == 0 { "x".into() } else { n.to_string() };
			let next = if n + 1 == length {
				"y".into()
			} else {
				(n + 1).to_string()
			};
			match operator {
				"Add" => graph.node("Add", &[&last, "w"], &next),
				_ => graph.node(operator, &[&last], &next),
			};
		}
	})
}

/// Returns a model of `y = relu(x)`, with whatever `build` adds.
fn relu(name: &str, end: End, build: impl FnOnce(&mut Graph)) -> Case {
	case(name, end, |graph| {
		build(graph);
		graph.node("Relu", &["x"], "y");
	})
}

#[test]
fn a_million_nodes_are_a_fault() {
	check([
		chain("Identity", MILLION, Refused(OutOfMemory)),
		chain("Add", MILLION, Refused(OutOfMemory)),
	]);
}

#[test]
fn a_million_branches_are_a_fault() {
	check([
		relu("a million of a constant", Refused(OutOfMemory), |graph| {
			graph.weight(&fractions("w", &[4]));
			(0..MILLION).for_each(|n| _ = graph.node("Sin", &["w"], &format!("c{n}")));
		}),
		relu("a million parts", Refused(OutOfMemory), |graph| {
			graph
				.weight(&longs("shape", &[MILLION as i64 / 4, 4]))
				.weight(&longs("flat", &[-1]));
			graph
				.node("Expand", &["x", "shape"], "wide")
				.node("Reshape", &["wide", "flat"], "long");
			let parts: Vec<_> = (0..MILLION).map(|n| format!("p{n}")).collect();
			let parts: Vec<_> = parts.iter().map(String::as_str).collect();
			graph.node_with("Split", &["long"], &parts, &[int("axis", 0)]);
		}),
	]);
}

#[test]
fn many_weights_and_attributes_are_allowed_up_to_a_limit() {
	check([
		relu("1,000 weights", answers(), |graph| {
			(0..MILLION / 1000).for_each(|n| _ = graph.weight(&fractions(&format!("w{n}"), &[1])));
		}),
		relu("100,000 attributes", answers(), |graph| {
			let attributes: Vec<_> = (0..MILLION / 10).map(|n| int(&format!("a{n}"), 1)).collect();
			graph.node_with("Relu", &["x"], &["z"], &attributes);
		}),
		relu("a million attributes", Refused(OutOfMemory), |graph| {
			let attributes: Vec<_> = (0..MILLION).map(|n| int(&format!("a{n}"), 1)).collect();
			graph.node_with("Relu", &["x"], &["z"], &attributes);
		}),
	]);
}

#[test]
fn long_names_are_allowed_where_onnx_ignores_them() {
	let long = "long".repeat(16 * MILLION);
	check([
		relu("a value", answers(), |graph| _ = graph.node("Relu", &["x"], &long)),
		relu("an operator", Refused(UnsupportedOperator), |graph| {
			_ = graph.node(&long, &["x"], "z")
		}),
		relu("a mode", Refused(InvalidGraph), |graph| {
			graph.node_with("Resize", &["x"], &["z"], &[text("mode", &long)]);
		}),
		relu("a comment", answers(), |graph| _ = graph.field(10, long.as_bytes())),
	]);
}

#[test]
fn files_that_expand_when_parsed_are_faults() {
	let weight = |fields: Vec<u8>| relu("", Refused(OutOfMemory), |graph| _ = graph.weight(&fields)).onnx;
	let many = |size: usize| vec![0; size];
	let of = |dtype: i64, fields: &[u8]| weight([&number(2, dtype), &part(8, "w"), fields].concat());
	check([
		// Each byte becomes eight.
		file("int64, packed", Refused(OutOfMemory), of(7, &part(7, many(100 << 20)))),
		file(
			"extents, packed",
			Refused(OutOfMemory),
			of(7, &part(1, many(100 << 20))),
		),
		// Two bytes become twelve, and even more for a node.
		file(
			"empty texts",
			Refused(OutOfMemory),
			of(8, &part(6, []).repeat(50 << 20)),
		),
		relu("empty nodes", Refused(OutOfMemory), |graph| {
			(0..10 * MILLION).for_each(|_| _ = graph.field(1, &[]))
		}),
		relu("weights of 200 MiB", answers(), |graph| {
			graph.weight(&raw("w", DType::F32, &[50 << 20], &many(200 << 20)));
		}),
	]);
}

/// The time to look at the operands must not grow with their square.
#[test]
fn a_million_operands_end() {
	let names: Vec<_> = (0..1024).map(|n| format!("w{n}")).collect();
	let names: Vec<_> = names.iter().map(String::as_str).collect();
	check([relu("a million operands", Refused(OutOfMemory), |graph| {
		names.iter().for_each(|name| _ = graph.weight(&fractions(name, &[1])));
		for n in 0..1024 {
			graph.node_with("Concat", &names, &[&format!("c{n}")], &[int("axis", 0)]);
		}
	})]);
}
