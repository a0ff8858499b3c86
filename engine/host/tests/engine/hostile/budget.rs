//! Small files, within all size limits, that would keep tract busy for minutes or hours. The engine counts their cost,
//! so that they end in the same fault everywhere.

use crate::{
	common::onnx::{fractions, int, ints, long, longs, raw, Graph},
	hostile::case::{case_on, four, Case, End},
	hostile::endless::{check, model},
};
use assay_primitives::{DType, Tensor};

/// Returns a model with a chain of `length` nodes, from `x` in the given shape to `y`. `step` adds one from its second
/// argument to its third.
fn chain(name: &str, length: usize, shape: &[i64], step: impl Fn(&mut Graph, &str, &str)) -> Case {
	model(format!("{length} {name} in a row"), |graph| {
		graph
			.weight(&longs("shape", shape))
			.weight(&fractions("kernel", &[1, 1, 3]))
			.weight(&fractions("square", &[2, 2]))
			.node("Reshape", &["x", "shape"], "0");
		for n in 0..length {
			let next = if n + 1 == length {
				"y".into()
			} else {
				(n + 1).to_string()
			};
			step(graph, &n.to_string(), &next);
		}
	})
}

#[test]
fn thousands_of_nodes_end() {
	for nodes in [512, 1024, 4096] {
		check([
			chain("pairs of Transpose, Sin", nodes / 2, &[2, 2], |graph, last, next| {
				let turned = format!("t{last}");
				graph.node("Transpose", &[last], &turned).node("Sin", &[&turned], next);
			}),
			chain("MatMul", nodes, &[2, 2], |graph, last, next| {
				_ = graph.node("MatMul", &[last, "square"], next)
			}),
			chain("Conv", nodes, &[1, 1, 4], |graph, last, next| {
				graph.node_with("Conv", &[last, "kernel"], &[next], &[ints("pads", &[1, 1])]);
			}),
			model(format!("{nodes} Sin side by side"), |graph| {
				let names: Vec<_> = (0..nodes).map(|n| format!("sin{n}")).collect();
				let mut sums = Vec::new();
				for (n, names) in names.chunks(512).enumerate() {
					names.iter().for_each(|name| _ = graph.node("Sin", &["x"], name));
					sums.push(format!("sum{n}"));
					let names: Vec<_> = names.iter().map(String::as_str).collect();
					graph.node("Sum", &names, &sums[n]);
				}
				let sums: Vec<_> = sums.iter().map(String::as_str).collect();
				graph.node("Sum", &sums, "y");
			}),
		]);
	}
}

#[test]
fn a_value_that_is_used_too_often_ends() {
	check([1, 40].map(|times| {
		model(format!("{times} Concat of 1,000"), |graph| {
			let names: Vec<_> = (0..times).map(|n| n.to_string()).collect();
			for name in &names {
				graph.node_with("Concat", &["x"; 1000], &[name], &[int("axis", 0)]);
			}
			let names: Vec<_> = names.iter().map(String::as_str).collect();
			graph
				.node_with("Concat", &names, &["big"], &[int("axis", 0)])
				.node("ReduceMax", &["big"], "y");
		})
	}));
}

#[test]
fn too_many_axes_from_several_constants_end() {
	let shape = |graph: &mut Graph| {
		graph.weight(&longs("ones", &[1; 60])).weight(&longs("four", &[4]));
		graph.node_with(
			"Concat",
			&["ones", "ones", "ones", "four"],
			&["shape"],
			&[int("axis", 0)],
		);
	};
	let turned = |graph: &mut Graph| _ = graph.node("Transpose", &["many"], "t").node("Flatten", &["t"], "y");
	check([
		model("Reshape", |graph| {
			shape(graph);
			turned(graph.node("Reshape", &["x", "shape"], "many"));
		}),
		model("Expand", |graph| {
			shape(graph);
			turned(graph.node("Expand", &["x", "shape"], "many"));
		}),
		model("ConstantOfShape", |graph| {
			shape(graph);
			turned(
				graph
					.node("ConstantOfShape", &["shape"], "zeros")
					.node("Add", &["x", "zeros"], "many"),
			);
		}),
		model("Gather", |graph| {
			graph
				.weight(&raw("i", DType::I64, &[1; 60], &[0; 8]))
				.node("Gather", &["x", "i"], "a");
			turned(
				graph
					.node("Gather", &["a", "i"], "b")
					.node("Gather", &["b", "i"], "many"),
			);
		}),
	]);
}

#[test]
fn arithmetic_on_data_dependent_extents_ends() {
	let two = Tensor {
		dtype: DType::I64,
		shape: vec![1],
		data: 2_i64.to_le_bytes().into(),
	};
	let mut cases = Vec::new();
	for from in ["Range", "TopK"] {
		for by in [
			"squared, plus one",
			"twice itself and one, at least three",
			"less than n, more than two",
		] {
			let name = format!("{from}, {by}, 8 times");
			cases.push(case_on(
				name,
				End::Answers(Vec::new()),
				&[four(), two.clone()],
				|graph| {
					graph
						.weight(&longs("one", &[1]))
						.weight(&longs("two", &[2]))
						.weight(&longs("three", &[3]));
					graph.weight(&long("from", 0)).weight(&long("step", 1));
					if from == "Range" {
						graph
							.node("Squeeze", &["x1"], "to")
							.node("Range", &["from", "to", "step"], "r")
							.node("Shape", &["r"], "0");
					} else {
						graph
							.node_with("TopK", &["x", "x1"], &["v", "i"], &[])
							.node("Shape", &["v"], "0");
					}
					for n in 0..8 {
						let (last, half, next) = (n.to_string(), format!("h{n}"), (n + 1).to_string());
						match by {
							"squared, plus one" => {
								graph
									.node("Mul", &[&last, &last], &half)
									.node("Add", &[&half, "one"], &next)
							}
							"less than n, more than two" => {
								graph.weight(&longs(&format!("n{n}"), &[n + 5]));
								graph
									.node("Min", &[&last, &format!("n{n}")], &half)
									.node("Max", &[&half, "two"], &next)
							}
							_ => {
								let other = if n % 2 == 0 { "one" } else { &last };
								graph
									.node("Max", &[&last, "three"], &half)
									.node("Add", &[&half, other], &next)
							}
						};
					}
					graph
						.node("Min", &["8", "two"], "small")
						.node("ConstantOfShape", &["small"], "big");
					graph.node("ReduceMax", &["big"], "m").node("Add", &["x", "m"], "y");
				},
			));
		}
	}
	// Only tract itself computes extents here: a vector of unknown length is multiplied by itself, again and again.
	cases.push(model("outer products, 20 times", |graph| {
		graph
			.weight(&longs("flat", &[1, -1]))
			.node("NonZero", &["x"], "where")
			.node_with("Cast", &["where"], &["0"], &[int("to", 1)]);
		for n in 0..20 {
			let (last, column, square) = (n.to_string(), format!("c{n}"), format!("s{n}"));
			graph
				.node("Transpose", &[&last], &column)
				.node("Mul", &[&column, &last], &square);
			graph.node("Reshape", &[&square, "flat"], &(n + 1).to_string());
		}
		graph.node("ReduceMax", &["20"], "m").node("Add", &["x", "m"], "y");
	}));
	check(cases);
}

/// The weights are 30,000 different numbers, since equal ones would be merged.
#[test]
fn many_weights_end() {
	check([model("30,000 weights", |graph| {
		(0..30_000).for_each(|n| _ = graph.weight(&fractions(&format!("w{n}"), &[1])));
		graph.node("Relu", &["x"], "y");
	})]);
}
