//! Models that once had wrong answers. Each has the correct answer beside it, or none, and then only a fault is
//! correct.

use crate::{
	common::{
		floats,
		onnx::{fractions, int, ints, long, longs, raw, text, Graph},
	},
	hostile::case::{case_on, counted, four, Case, End},
};
use assay_primitives::{DType, Tensor};

/// A model with its correct answer, or `None` if it has none.
pub type Claim = (Case, Option<Vec<f64>>);

/// Asserts that each model has its correct answer, or ends in a fault.
pub fn check(claims: impl IntoIterator<Item = Claim>) {
	let mut wrong = Vec::new();
	for (case, truth) in claims {
		match case.end() {
			End::Refused(_) | End::Fails(_) => {}
			End::Answers(elements) if Some(&elements) == truth.as_ref() => {}
			End::Answers(elements) => {
				let first: Vec<_> = elements.iter().take(4).collect();
				wrong.push(format!(
					"{}: {} elements, {first:?}, not {truth:?}",
					case.name,
					elements.len()
				));
			}
			End::Unknown(reason) => panic!("{}: {reason}", case.name),
		}
	}
	assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
}

/// Returns a model with the input [`four`] and its correct answer.
fn claim(name: impl Into<String>, truth: Option<&[f64]>, build: impl FnOnce(&mut Graph)) -> Claim {
	claim_on(name, truth, &[four()], build)
}

fn claim_on(
	name: impl Into<String>,
	truth: Option<&[f64]>,
	inputs: &[Tensor],
	build: impl FnOnce(&mut Graph),
) -> Claim {
	let unsettled = End::Answers(Vec::new());
	(case_on(name, unsettled, inputs, build), truth.map(Into::into))
}

/// Returns a vector of int64.
pub fn int64(values: &[i64]) -> Tensor {
	Tensor {
		dtype: DType::I64,
		shape: vec![values.len() as u32],
		data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
	}
}

/// 2^40, whose low 32 bits are 0.
const TERA: i64 = 1 << 40;

/// Numbers beyond 32 bits whose low 32 bits are a small number.
const BEYOND: [i64; 4] = [1 << 32, (1 << 32) + 1, 1 << 62, i64::MIN];

#[test]
fn a_cast_to_int64_keeps_the_value() {
	let one = |dtype, data: &[u8]| Tensor {
		dtype,
		shape: vec![1],
		data: data.into(),
	};
	check(
		[
			(one(DType::F32, &1e10f32.to_le_bytes()), 1e10),
			(one(DType::F32, &(-3e9f32).to_le_bytes()), -3e9),
			(one(DType::F64, &1e12f64.to_le_bytes()), 1e12),
			(one(DType::U32, &4_000_000_000u32.to_le_bytes()), 4e9),
			(one(DType::U64, &TERA.to_le_bytes()), TERA as f64),
			(one(DType::I64, &TERA.to_le_bytes()), TERA as f64),
		]
		.map(|(input, truth)| {
			claim_on(
				format!("Cast of {truth} {}", input.dtype.name()),
				Some(&[truth]),
				&[input],
				|graph| {
					graph.node_with("Cast", &["x"], &["y"], &[int("to", 7)]);
				},
			)
		}),
	);
}

#[test]
fn int64_arithmetic_has_64_bits() {
	let tera = TERA as f64;
	let two = int64(&[TERA, TERA]);
	let mut claims = vec![claim_on("ReduceSum", Some(&[2.0 * tera]), &[two], |graph| {
		graph.node("ReduceSum", &["x"], "y");
	})];
	// Seven, an int64 cast from a float, combined with 2^40, which is a weight or an input.
	for (operator, truth) in [
		("Add", tera + 7.0),
		("Mul", tera * 7.0),
		("Sub", 7.0 - tera),
		("Max", tera),
		("Min", 7.0),
	] {
		for (other, given) in [("w", "a weight"), ("x1", "an input")] {
			let inputs = [floats(&[7.0]), int64(&[TERA])];
			claims.push(claim_on(
				format!("{operator} with {given}"),
				Some(&[truth]),
				&inputs,
				|graph| {
					graph
						.weight(&longs("w", &[TERA]))
						.node_with("Cast", &["x"], &["seven"], &[int("to", 7)]);
					graph.node(operator, &["seven", other], "y");
				},
			));
		}
	}
	for (operator, truth) in [("Equal", 0.0), ("Less", 1.0), ("Greater", 0.0)] {
		claims.push(claim_on(operator, Some(&[truth]), &[floats(&[7.0])], |graph| {
			graph
				.weight(&longs("w", &[TERA + 7]))
				.node_with("Cast", &["x"], &["seven"], &[int("to", 7)]);
			graph
				.node(operator, &["seven", "w"], "b")
				.node_with("Cast", &["b"], &["y"], &[int("to", 1)]);
		}));
	}
	claims.push(claim("Add to Shape", Some(&[tera + 4.0]), |graph| {
		graph
			.weight(&longs("w", &[TERA]))
			.node("Shape", &["x"], "s")
			.node("Add", &["s", "w"], "y");
	}));
	claims.push(claim("Concat with Shape", Some(&[4.0, tera]), |graph| {
		graph.weight(&longs("w", &[TERA])).node("Shape", &["x"], "s");
		graph.node_with("Concat", &["s", "w"], &["y"], &[int("axis", 0)]);
	}));
	claims.push(claim("Where with Shape", Some(&[tera]), |graph| {
		graph
			.weight(&longs("w", &[TERA]))
			.weight(&raw("c", DType::Bool, &[1], &[0]));
		graph.node("Shape", &["x"], "s").node("Where", &["c", "s", "w"], "y");
	}));
	check(claims);
}

#[test]
fn a_shape_beyond_32_bits_is_not_truncated() {
	let mut claims = Vec::new();
	for n in BEYOND {
		claims.push(claim(format!("Expand to {n}"), None, |graph| {
			graph
				.weight(&longs("n", &[n, 4]))
				.node("Expand", &["x", "n"], "big")
				.node("ReduceMax", &["big"], "y");
		}));
		claims.push(claim(format!("Tile {n} times"), None, |graph| {
			graph
				.weight(&longs("n", &[n]))
				.node("Tile", &["x", "n"], "big")
				.node("ReduceMax", &["big"], "y");
		}));
		claims.push(claim(format!("ConstantOfShape {n}"), None, |graph| {
			graph.weight(&longs("n", &[n])).node("ConstantOfShape", &["n"], "big");
			graph.node("ReduceSum", &["big"], "m").node("Add", &["x", "m"], "y");
		}));
		claims.push(claim(format!("Pad by {n}"), None, |graph| {
			graph
				.weight(&longs("n", &[0, n]))
				.node("Pad", &["x", "n"], "big")
				.node("ReduceMax", &["big"], "y");
		}));
		claims.push(claim(format!("Reshape to {n}"), None, |graph| {
			graph.weight(&longs("n", &[n, n])).node("Reshape", &["x", "n"], "y");
		}));
		claims.push(claim(format!("TopK {n}"), None, |graph| {
			graph
				.weight(&longs("n", &[n]))
				.node_with("TopK", &["x", "n"], &["y", "i"], &[]);
		}));
		claims.push(claim(format!("Split at {n}"), None, |graph| {
			graph
				.weight(&longs("n", &[n, 4]))
				.node_with("Split", &["x", "n"], &["a", "y"], &[]);
		}));
		claims.push(claim_on(
			format!("Resize to {n}"),
			None,
			&[counted(&[1, 1, 2, 2])],
			|graph| {
				graph.weight(&longs("n", &[1, 1, n, n]));
				graph.node_with("Resize", &["x", "", "", "n"], &["big"], &[text("mode", "nearest")]);
				graph.node("ReduceMax", &["big"], "y");
			},
		));
	}
	claims.push(claim("Reshape to the maximum of int64", None, |graph| {
		graph
			.weight(&longs("n", &[i64::MAX, 4]))
			.node("Reshape", &["x", "n"], "y");
	}));
	check(claims);
}

#[test]
fn the_extent_of_a_weight_beyond_32_bits_is_not_truncated() {
	let weight = |dims: &[i64], bytes: usize| {
		claim(format!("{dims:?} in {bytes} bytes"), None, |graph| {
			graph.weight(&raw("w", DType::F32, dims, &vec![0; bytes]));
			graph.node("ReduceSum", &["w"], "m").node("Add", &["x", "m"], "y");
		})
	};
	check([
		weight(&[1 << 32], 0),
		weight(&[(1 << 32) + 4], 16),
		weight(&[(1 << 32) + 1, 4], 16),
	]);
}

#[test]
fn an_index_beyond_32_bits_is_out_of_range() {
	let mut claims = Vec::new();
	for n in BEYOND {
		// The index is a weight in one model and an input in the other.
		for name in ["n", "x1"] {
			let inputs = [
				four(),
				Tensor {
					shape: vec![1, 1],
					..int64(&[n])
				},
			];
			let mut of = |operator: &str, operands: &[&str]| {
				claims.push(claim_on(format!("{operator} at {n}, {name}"), None, &inputs, |graph| {
					graph
						.weight(&raw("n", DType::I64, &[1, 1], &n.to_le_bytes()))
						.weight(&longs("flat", &[1]));
					graph
						.weight(&fractions("u", &[1]))
						.node("Reshape", &[name, "flat"], "vector");
					graph.node(operator, operands, "y");
				}));
			};
			of("Gather", &["x", name]);
			of("GatherElements", &["x", "vector"]);
			of("GatherND", &["x", name]);
			of("ScatterElements", &["x", "vector", "u"]);
			of("ScatterND", &["x", name, "u"]);
		}
	}
	check(claims);
}

#[test]
fn an_axis_beyond_32_bits_does_not_exist() {
	let mut claims = Vec::new();
	for n in BEYOND {
		for operator in ["Unsqueeze", "Squeeze", "ReduceSum"] {
			claims.push(claim_on(
				format!("{operator} {n}"),
				None,
				&[counted(&[1, 4])],
				|graph| {
					graph.weight(&longs("n", &[n])).node(operator, &["x", "n"], "y");
				},
			));
		}
		for operator in ["Flatten", "Gather", "Softmax", "ArgMax"] {
			claims.push(claim_on(
				format!("{operator} {n}"),
				None,
				&[counted(&[2, 2])],
				|graph| {
					let operands = if operator == "Gather" { &["x", "i"][..] } else { &["x"] };
					graph
						.weight(&longs("i", &[0]))
						.node_with(operator, operands, &["y"], &[int("axis", n)]);
				},
			));
		}
		claims.push(claim_on(format!("GatherND {n}"), None, &[counted(&[2, 2])], |graph| {
			graph.weight(&raw("i", DType::I64, &[2, 1], &[0; 16]));
			graph.node_with("GatherND", &["x", "i"], &["y"], &[int("batch_dims", n)]);
		}));
		claims.push(claim(format!("CumSum {n}"), None, |graph| {
			graph.weight(&long("n", n)).node("CumSum", &["x", "n"], "y");
		}));
		claims.push(claim(format!("Slice {n}"), None, |graph| {
			graph
				.weight(&longs("a", &[1]))
				.weight(&longs("b", &[2]))
				.weight(&longs("n", &[n]));
			graph.node("Slice", &["x", "a", "b", "n"], "y");
		}));
		claims.push(claim_on(format!("Transpose {n}"), None, &[counted(&[1, 4])], |graph| {
			graph.node_with("Transpose", &["x"], &["y"], &[ints("perm", &[n, 0])]);
		}));
		claims.push(claim_on(format!("DFT {n}"), None, &[counted(&[1, 4, 1])], |graph| {
			graph.node_with("DFT", &["x"], &["y"], &[int("axis", n)]);
		}));
	}
	check(claims);
}

#[test]
fn a_slice_ends_where_the_axis_does() {
	let mut claims = Vec::new();
	for (start, end, truth) in [
		(1 << 31, 4, &[][..]),
		(1 << 32, 4, &[]),
		((1 << 32) + 1, 4, &[]),
		(1 << 62, 4, &[]),
		(1, i64::MIN, &[]),
		(1, -(1 << 32), &[]),
		(1, 1 << 32, &[2.0, 3.0, 4.0]),
		(i64::MIN, 4, &[1.0, 2.0, 3.0, 4.0]),
	] {
		claims.push(claim(format!("Slice from {start} to {end}"), Some(truth), |graph| {
			graph
				.weight(&longs("a", &[start]))
				.weight(&longs("b", &[end]))
				.node("Slice", &["x", "a", "b"], "y");
		}));
	}
	// With a step of 2^32 + 1, only the first element remains.
	claims.push(claim("Slice every 2^32 + 1", Some(&[2.0]), |graph| {
		for (name, number) in [("a", 1), ("b", 4), ("c", 0), ("d", (1 << 32) + 1)] {
			graph.weight(&longs(name, &[number]));
		}
		graph.node("Slice", &["x", "a", "b", "c", "d"], "y");
	}));
	check(claims);
}

#[test]
fn an_attribute_beyond_32_bits_is_not_truncated() {
	let mut claims = Vec::new();
	for n in BEYOND {
		for (operator, attribute) in [
			("Conv", "strides"),
			("Conv", "dilations"),
			("Conv", "pads"),
			("Conv", "group"),
			("ConvTranspose", "strides"),
			("ConvTranspose", "dilations"),
			("ConvTranspose", "pads"),
			("ConvTranspose", "group"),
			("ConvTranspose", "output_padding"),
			("MaxPool", "strides"),
			("MaxPool", "dilations"),
			("MaxPool", "pads"),
			("AveragePool", "strides"),
			("AveragePool", "dilations"),
			("AveragePool", "pads"),
		] {
			claims.push(claim_on(
				format!("{operator} {attribute} {n}"),
				None,
				&[counted(&[1, 1, 5, 5])],
				|graph| {
					let mut attributes = vec![match attribute {
						"group" => int(attribute, n),
						"pads" => ints(attribute, &[n, 0, n, 0]),
						_ => ints(attribute, &[n, 1]),
					}];
					if operator.ends_with("Pool") {
						attributes.push(ints("kernel_shape", &[2, 2]));
					}
					let operands = if operator.ends_with("Pool") {
						&["x"][..]
					} else {
						&["x", "w"]
					};
					graph
						.weight(&fractions("w", &[1, 1, 2, 2]))
						.node_with(operator, operands, &["y"], &attributes);
				},
			));
		}
		for (operator, attribute) in [("DepthToSpace", "blocksize"), ("SpaceToDepth", "blocksize")] {
			claims.push(claim_on(
				format!("{operator} {attribute} {n}"),
				None,
				&[counted(&[1, 4, 2, 2])],
				|graph| {
					graph.node_with(operator, &["x"], &["y"], &[int(attribute, n)]);
				},
			));
		}
	}
	check(claims);
}

#[test]
fn missing_elements_are_not_made_up() {
	let boxes = Tensor {
		shape: vec![1, 2, 4],
		..floats(&[0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0])
	};
	let scores = Tensor {
		shape: vec![1, 1, 2],
		..floats(&[0.9, 0.8])
	};
	let infinite = f64::INFINITY;
	let reduced = |operator: &str, truth: f64| {
		claim(format!("{operator} of nothing"), Some(&[truth]), |graph| {
			graph
				.weight(&longs("a", &[2]))
				.node("Slice", &["x", "a", "a"], "none")
				.node(operator, &["none"], "y");
		})
	};
	let resized = |scale: f32| {
		claim_on(format!("Resize by {scale}"), None, &[counted(&[1, 1, 2, 2])], |graph| {
			let scales: Vec<_> = [1.0, 1.0, scale, scale]
				.into_iter()
				.flat_map(f32::to_le_bytes)
				.collect();
			graph.weight(&raw("s", DType::F32, &[4], &scales));
			graph.node_with("Resize", &["x", "", "s"], &["big"], &[text("mode", "nearest")]);
			graph.node("ReduceMax", &["big"], "y");
		})
	};
	check([
		claim("the five greatest of four", None, |graph| {
			graph
				.weight(&longs("k", &[5]))
				.node_with("TopK", &["x", "k"], &["y", "i"], &[]);
		}),
		reduced("ReduceMax", -infinite),
		reduced("ReduceMin", infinite),
		// An empty vector has no maximum, and so no index of it.
		claim("ArgMax of nothing", None, |graph| {
			graph
				.weight(&longs("a", &[2]))
				.node("Slice", &["x", "a", "a"], "none")
				.node("ArgMax", &["none"], "y");
		}),
		// No box is kept, and the maximum of no integers is the smallest integer.
		claim_on(
			"NonMaxSuppression to 0",
			Some(&[i64::MIN as f64]),
			&[boxes, scores],
			|graph| {
				graph
					.weight(&longs("most", &[0]))
					.node("NonMaxSuppression", &["x", "x1", "most"], "kept");
				graph.node_with("ReduceMax", &["kept"], &["y"], &[int("keepdims", 0)]);
			},
		),
		resized(f32::NAN),
		resized(0.0),
		resized(-1.0),
		claim_on(
			"STFT of frames longer than the signal",
			None,
			&[counted(&[1, 4, 1])],
			|graph| {
				graph.weight(&long("step", 1)).weight(&long("length", 5));
				graph
					.node("STFT", &["x", "step", "", "length"], "big")
					.node("ReduceMax", &["big"], "y");
			},
		),
	]);
}

#[test]
fn a_recurrent_step_refuses_weights_of_another_length_than_its_input() {
	let mut claims = Vec::new();
	for (operator, gates) in [("RNN", 1), ("GRU", 3), ("LSTM", 4)] {
		for (input, expected) in [(2, 5), (5, 2)] {
			let name = |x| format!("{operator} of {x}, {input} long for {expected}");
			let recurrent = |graph: &mut Graph, x: &str| {
				graph
					.weight(&fractions("w", &[1, 2 * gates, expected]))
					.weight(&fractions("r", &[1, 2 * gates, 2]));
				graph.node_with(operator, &[x, "w", "r"], &["y"], &[int("hidden_size", 2)]);
			};
			let shape = [3, 4, input];
			claims.push(claim_on(name("an input"), None, &[counted(&shape)], |graph| {
				recurrent(graph, "x")
			}));
			// A constant is folded while the model loads.
			claims.push(claim(name("a constant"), None, |graph| {
				graph.weight(&fractions("c", &shape.map(i64::from)));
				recurrent(graph, "c");
			}));
		}
	}
	check(claims);
}
