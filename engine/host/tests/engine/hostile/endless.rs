//! Small files that once had neither an answer nor a fault in time.

use crate::{
	common::onnx::{floats_of, fractions, int, ints, longs, node_with, part, raw, strings, Graph},
	hostile::case::{case, case_on, counted, Case, End},
};
use assay_primitives::DType;
use std::time::Duration;

/// A third of the deadline that a node has for an input.
const DEADLINE: Duration = Duration::from_secs(10);

/// Asserts that each case ends in time, in an answer or in a fault.
pub fn check(cases: impl IntoIterator<Item = Case>) {
	let mut endless = Vec::new();
	for case in cases {
		if let End::Unknown(reason) = case.end_within(DEADLINE) {
			endless.push(format!("{}, {} bytes: {reason}", case.name, case.onnx.len()));
		}
	}
	assert!(endless.is_empty(), "{}", endless.join("\n"));
}

/// Returns a model that takes four numbers, and whose end does not matter.
pub fn model(name: impl Into<String>, build: impl FnOnce(&mut Graph)) -> Case {
	case(name, End::Answers(Vec::new()), build)
}

#[test]
fn a_tree_with_a_cycle_ends() {
	let attributes = [
		ints("nodes_treeids", &[0; 2]),
		ints("nodes_nodeids", &[0, 1]),
		ints("nodes_featureids", &[0; 2]),
		strings("nodes_modes", &["BRANCH_LEQ", "LEAF"]),
		floats_of("nodes_values", &[0.0; 2]),
		ints("nodes_truenodeids", &[0; 2]),
		ints("nodes_falsenodeids", &[0; 2]),
		ints("class_treeids", &[0]),
		ints("class_nodeids", &[1]),
		ints("class_ids", &[0]),
		floats_of("class_weights", &[1.0]),
		ints("classlabels_int64s", &[0, 1]),
	];
	let node = node_with("TreeEnsembleClassifier", &["x"], &["label", "y"], &attributes);
	check([case_on(
		"a tree",
		End::Answers(Vec::new()),
		&[counted(&[1, 4])],
		|graph| {
			graph.field(1, &[node, part(7, "ai.onnx.ml")].concat());
		},
	)]);
}

#[test]
fn many_axes_end() {
	let mut cases = Vec::new();
	for rank in [128, 1000] {
		cases.push(model(format!("Reshape to {rank} axes"), |graph| {
			graph
				.weight(&longs("four", &[4]))
				.weight(&longs("many", &vec![1; rank]));
			graph
				.node("ReduceMax", &["x"], "m")
				.node("Reshape", &["m", "many"], "r");
			graph
				.node("Transpose", &["r"], "t")
				.node("Reshape", &["t", "one"], "s")
				.node("Add", &["x", "s"], "y");
			graph.weight(&longs("one", &[1]));
		}));
		cases.push(model(format!("Unsqueeze to {rank} axes"), |graph| {
			graph.weight(&longs("axes", &(1..rank as i64).collect::<Vec<_>>()));
			graph
				.node("Unsqueeze", &["x", "axes"], "many")
				.node("Flatten", &["many"], "y");
		}));
	}
	cases.push(model("a weight of 10,000 axes", |graph| {
		graph
			.weight(&raw("w", DType::F32, &[1; 10_000], &[0; 4]))
			.node("ReduceMax", &["w"], "m");
		graph.node("Add", &["x", "m"], "y");
	}));
	check(cases);
}

#[test]
fn arithmetic_on_a_data_dependent_extent_ends() {
	let mut cases = Vec::new();
	for (name, times) in [
		("squared", 20),
		("squared, plus one", 10),
		("twice itself and one, at least three", 10),
		("less than n, more than two", 200),
	] {
		cases.push(model(format!("{name}, {times} times"), |graph| {
			graph
				.weight(&longs("one", &[1]))
				.weight(&longs("two", &[2]))
				.weight(&longs("three", &[3]));
			graph.node("NonZero", &["x"], "where").node("Shape", &["where"], "both");
			graph
				.node("Slice", &["both", "one", "two"], "0")
				.weight(&fractions("w", &[1]));
			for n in 0..times {
				let (last, half, next) = (n.to_string(), format!("h{n}"), (n + 1).to_string());
				match name {
					"squared" => graph.node("Mul", &[&last, &last], &next),
					"squared, plus one" => {
						graph
							.node("Mul", &[&last, &last], &half)
							.node("Add", &[&half, "one"], &next)
					}
					"twice itself and one, at least three" => {
						let other = if n % 2 == 0 { "one" } else { &last };
						graph
							.node("Max", &[&last, "three"], &half)
							.node("Add", &[&half, other], &next)
					}
					_ => {
						graph.weight(&longs(&format!("n{n}"), &[n + 5]));
						graph
							.node("Min", &[&last, &format!("n{n}")], &half)
							.node("Max", &[&half, "two"], &next)
					}
				};
			}
			graph
				.node("Expand", &["w", &times.to_string()], "big")
				.node("ReduceMax", &["big"], "m");
			graph.node("Add", &["x", "m"], "y");
		}));
	}
	check(cases);
}

#[test]
fn ten_thousand_nodes_end() {
	let mut cases = Vec::new();
	for (operator, length) in [("Reshape", 10_000), ("Relu", 30_000), ("Transpose", 3000)] {
		cases.push(model(format!("{length} {operator} in a row"), |graph| {
			graph
				.weight(&longs("to4", &[4]))
				.weight(&longs("to22", &[2, 2]))
				.weight(&longs("to14", &[1, 4]));
			let mut last = "x".to_string();
			if operator == "Transpose" {
				graph.node("Reshape", &["x", "to22"], "first");
				last = "first".into();
			}
			for n in 0..length {
				let next = n.to_string();
				match operator {
					"Reshape" => graph.node("Reshape", &[&last, if n % 2 == 0 { "to22" } else { "to14" }], &next),
					"Transpose" => {
						let turned = format!("t{n}");
						graph
							.node("Transpose", &[&last], &turned)
							.node("Sin", &[&turned], &next)
					}
					_ => graph.node(operator, &[&last], &next),
				};
				last = next;
			}
			graph.node("Reshape", &[&last, "to4"], "y");
		}));
	}
	for (operator, width) in [("Relu", 10_000), ("Sin", 10_000)] {
		cases.push(model(format!("{width} {operator} side by side"), |graph| {
			(0..width).for_each(|n| _ = graph.node(operator, &["x"], &n.to_string()));
			let names: Vec<_> = (0..width).map(|n| n.to_string()).collect();
			graph.node("Sum", &names.iter().map(String::as_str).collect::<Vec<_>>(), "y");
		}));
	}
	check(cases);
}

#[test]
fn a_node_with_many_operands_ends() {
	let many = vec!["x"; 30_000];
	check([
		model("Sum", |graph| _ = graph.node("Sum", &many, "y")),
		model("Concat", |graph| {
			graph
				.node_with("Concat", &many, &["big"], &[int("axis", 0)])
				.node("ReduceMax", &["big"], "y");
		}),
		model("Split", |graph| {
			graph.weight(&longs("wide", &[25_000, 4])).weight(&longs("flat", &[-1]));
			graph
				.node("Expand", &["x", "wide"], "e")
				.node("Reshape", &["e", "flat"], "long");
			let names: Vec<_> = (0..100_000).map(|n| n.to_string()).collect();
			let parts: Vec<_> = names.iter().map(String::as_str).collect();
			graph
				.node_with("Split", &["long"], &parts, &[int("axis", 0)])
				.node("Relu", &["0"], "y");
		}),
	]);
}

#[test]
fn many_inputs_and_outputs_end() {
	check([
		model("100,000 inputs", |graph| {
			(0..100_000).for_each(|n| _ = graph.input(&n.to_string(), DType::F32, &[1]));
			graph.node("Relu", &["x"], "y");
		}),
		model("10,000 outputs", |graph| {
			(0..10_000).for_each(|n| _ = graph.node("Relu", &["x"], &n.to_string()).output(&n.to_string()));
			graph.node("Relu", &["x"], "y");
		}),
	]);
}

/// The engine looks up the third input of each in `inspect::may_be_training`, among as many weights.
#[test]
fn many_dropouts_end() {
	check([model("100,000 dropouts", |graph| {
		const MANY: usize = 100_000;
		graph.weight(&raw("ratio", DType::F32, &[], &[0; 4]));
		(0..MANY).for_each(|n| _ = graph.weight(&raw(&format!("m{n}"), DType::Bool, &[], &[0])));
		for n in 0..MANY {
			graph.node(
				"Dropout",
				&["x", "ratio", &format!("m{}", MANY - 1 - n)],
				&format!("d{n}"),
			);
		}
		graph.node("Relu", &["d0"], "y");
	})]);
}
