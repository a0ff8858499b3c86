//! Integers beyond 32 bits that are neither in the file nor in an input, but computed. Each must be exact, or end in a
//! fault.

use crate::{
	common::onnx::{fractions, int, long, longs, raw, text, Graph},
	hostile::case::{case_on, four, End},
	hostile::untrue::{check, int64, Claim},
};
use assay_primitives::DType;

/// The origins of the number one that is multiplied.
const SOURCES: [&str; 3] = ["weight", "input", "cast"];

/// 2^32, whose low 32 bits are 0.
const POWER: f64 = (1_u64 << 32) as f64;

/// Returns a model for each of [`SOURCES`]. Its inputs are [`four`] as `x` and the number one as `x1`, and `n` is a
/// vector of one element, 2^32 plus `more`.
fn claims(operator: &str, more: i64, truth: Option<f64>, build: impl Fn(&mut Graph)) -> Vec<Claim> {
	let claim = |source: &&str| {
		let case = case_on(
			format!("{operator}, of a {source}"),
			End::Answers(Vec::new()),
			&[four(), int64(&[1])],
			|graph| {
				graph
					.weight(&longs("one", &[1]))
					.weight(&longs("half", &[1 << 16]))
					.weight(&longs("more", &[more]));
				graph
					.node_with("Cast", &["x1"], &["fraction"], &[int("to", 1)])
					.node_with("Cast", &["fraction"], &["i"], &[int("to", 7)]);
				let one = match *source {
					"weight" => "one",
					"input" => "x1",
					_ => "i",
				};
				graph
					.node("Mul", &[one, "half"], "h")
					.node("Mul", &["h", "half"], "p")
					.node("Add", &["p", "more"], "n");
				build(graph);
			},
		);
		(case, truth.map(|truth| vec![truth]))
	};
	SOURCES.iter().map(claim).collect()
}

#[test]
fn a_computed_index_beyond_32_bits_is_out_of_range() {
	let at = |operator: &'static str| {
		claims(operator, 1, None, move |graph| {
			graph
				.weight(&longs("square", &[1, 1]))
				.weight(&fractions("u", &[1]))
				.node("Reshape", &["n", "square"], "at");
			match operator {
				"Gather" | "GatherElements" => graph.node(operator, &["x", "n"], "y"),
				"GatherND" => graph.node("GatherND", &["x", "at"], "y"),
				"ScatterElements" => graph.node("ScatterElements", &["x", "n", "u"], "y"),
				_ => graph.node("ScatterND", &["x", "at", "u"], "y"),
			};
		})
	};
	let operators = ["Gather", "GatherElements", "GatherND", "ScatterElements", "ScatterND"];
	check(operators.into_iter().flat_map(at));
	// An index out of range gives a row of zeros.
	check(claims("OneHot", 1, Some(0.0), |graph| {
		graph
			.weight(&raw("values", DType::F32, &[2], &[0, 0, 0, 0, 0, 0, 0x80, 0x3f]))
			.weight(&long("depth", 3));
		graph.node("OneHot", &["n", "depth", "values"], "hot").node_with(
			"ReduceSum",
			&["hot"],
			&["y"],
			&[int("keepdims", 0)],
		);
	}));
}

#[test]
fn a_computed_shape_beyond_32_bits_is_not_truncated() {
	let sum = |graph: &mut Graph| _ = graph.node_with("ReduceSum", &["big"], &["y"], &[int("keepdims", 0)]);
	let mut all = Vec::new();
	all.extend(claims("Expand", 1, None, |graph| {
		graph
			.weight(&longs("four", &[4]))
			.node_with("Concat", &["n", "four"], &["shape"], &[int("axis", 0)]);
		sum(graph.node("Expand", &["x", "shape"], "big"));
	}));
	all.extend(claims("Tile", 1, None, |graph| {
		sum(graph.node("Tile", &["x", "n"], "big"))
	}));
	all.extend(claims("Pad", 1, None, |graph| {
		graph
			.weight(&longs("none", &[0]))
			.node_with("Concat", &["none", "n"], &["pads"], &[int("axis", 0)]);
		sum(graph.node("Pad", &["x", "pads"], "big"));
	}));
	all.extend(claims("Reshape", 4, None, |graph| {
		sum(graph.node("Reshape", &["x", "n"], "big"))
	}));
	all.extend(claims("TopK", 2, None, |graph| {
		sum(graph.node_with("TopK", &["x", "n"], &["big", "places"], &[]));
	}));
	all.extend(claims("Split", 4, None, |graph| {
		graph
			.weight(&longs("none", &[0]))
			.node_with("Concat", &["none", "n"], &["parts"], &[int("axis", 0)]);
		sum(graph.node_with("Split", &["x", "parts"], &["a", "big"], &[]));
	}));
	all.extend(claims("Resize", 3, None, |graph| {
		graph
			.weight(&longs("image", &[1, 1, 2, 2]))
			.weight(&longs("ones", &[1, 1]))
			.node("Reshape", &["x", "image"], "i2");
		graph.node_with("Concat", &["ones", "n", "n"], &["sizes"], &[int("axis", 0)]);
		sum(graph.node_with("Resize", &["i2", "", "", "sizes"], &["big"], &[text("mode", "nearest")]));
	}));
	for operator in ["Unsqueeze", "Squeeze"] {
		all.extend(claims(operator, 0, None, |graph| {
			graph.weight(&longs("row", &[1, 4])).node("Reshape", &["x", "row"], "r");
			sum(graph.node(operator, &["r", "n"], "big"));
		}));
	}
	// The slice starts after the end.
	all.extend(claims("Slice", 1, Some(0.0), |graph| {
		graph
			.weight(&longs("end", &[4]))
			.node("Slice", &["x", "n", "end"], "big");
		sum(graph);
	}));
	check(all);
}

#[test]
fn a_computed_integer_keeps_its_upper_half() {
	let mut all = Vec::new();
	for operator in [
		"ReduceSum",
		"ReduceMean",
		"ReduceMax",
		"ReduceProd",
		"Identity",
		"CastLike",
	] {
		all.extend(claims(operator, 1, Some(POWER + 1.0), |graph| {
			let like = if operator == "CastLike" {
				&["n", "n"][..]
			} else {
				&["n"]
			};
			graph.node(operator, like, "y");
		}));
	}
	all.extend(claims("Cast", 1, Some(POWER + 1.0), |graph| {
		graph.node_with("Cast", &["n"], &["y"], &[int("to", 7)]);
	}));
	all.extend(claims("Cast of a fraction", 0, Some(POWER), |graph| {
		graph
			.node_with("Cast", &["n"], &["f"], &[int("to", 1)])
			.node_with("Cast", &["f"], &["y"], &[int("to", 7)]);
	}));
	all.extend(claims("Cast of a weight", 0, Some(POWER), |graph| {
		graph
			.weight(&raw("f", DType::F32, &[1], &(POWER as f32).to_le_bytes()))
			.node_with("Cast", &["f"], &["y"], &[int("to", 7)]);
	}));
	all.extend(claims("ReduceSum of two", 1, Some(2.0 * POWER + 2.0), |graph| {
		graph
			.node_with("Concat", &["n", "n"], &["both"], &[int("axis", 0)])
			.node("ReduceSum", &["both"], "y");
	}));
	all.extend(claims("Add to Shape", 1, Some(POWER + 5.0), |graph| {
		graph.node("Shape", &["x"], "shape").node("Add", &["shape", "n"], "y");
	}));
	all.extend(claims("Concat with Shape", 1, Some(POWER + 5.0), |graph| {
		graph
			.node("Shape", &["x"], "shape")
			.node_with("Concat", &["shape", "n"], &["both"], &[int("axis", 0)]);
		graph
			.node_with("Cast", &["both"], &["floats"], &[int("to", 11)])
			.node("ReduceSum", &["floats"], "sum");
		graph.node_with("Cast", &["sum"], &["y"], &[int("to", 7)]);
	}));
	all.extend(claims("Where with Shape", 1, Some(POWER + 1.0), |graph| {
		graph
			.weight(&raw("no", DType::Bool, &[1], &[0]))
			.node("Shape", &["x"], "shape");
		graph.node("Where", &["no", "shape", "n"], "y");
	}));
	check(all);
}
