//! Attributes and constants that no honest model has: axes, indices, windows and strides far out of range.

use crate::{
	common::onnx::{floats_of, fractions, int, ints, long, longs, node_with, part, raw, strings, text, Graph},
	hostile::case::{case, case_on, check, counted, Case, End, End::*},
};
use assay_primitives::{DType, FaultCode::*, Tensor};

/// Values that do not fit 32 bits, and whose low 32 bits are not a valid index either.
const HUGE: [i64; 3] = [1 << 31, i64::MAX, i64::MIN];

/// Returns a model for each value of [`HUGE`], with an input of this shape.
fn huge(name: &str, shape: &[u32], ends: [End; 3], build: impl Fn(&mut Graph, i64)) -> Vec<Case> {
	let cases = HUGE.into_iter().zip(ends).map(|(value, end)| {
		let name = format!("{name} {value}");
		case_on(name, end, &[counted(shape)], |graph| build(graph, value))
	});
	cases.collect()
}

/// Every value is refused.
const NEVER: [End; 3] = [Refused(InvalidGraph), Refused(InvalidGraph), Refused(InvalidGraph)];

#[test]
fn huge_windows_are_faults() {
	let mut cases = Vec::new();
	let image = [1, 1, 5, 5];
	for (operator, attribute, ends) in [
		("Conv", "kernel_shape", NEVER),
		("Conv", "strides", NEVER),
		("Conv", "dilations", NEVER),
		("Conv", "pads", NEVER),
		("ConvTranspose", "strides", NEVER),
		("ConvTranspose", "dilations", NEVER),
		("ConvTranspose", "pads", NEVER),
		("ConvTranspose", "output_padding", NEVER),
		("ConvTranspose", "output_shape", NEVER),
	] {
		cases.extend(huge(
			&format!("{operator} {attribute}"),
			&image,
			ends,
			|graph, value| {
				let values = if attribute == "pads" {
					vec![value, 0, value, 0]
				} else {
					vec![value, 1]
				};
				graph.weight(&fractions("w", &[1, 1, 2, 2]));
				graph.node_with(operator, &["x", "w"], &["y"], &[ints(attribute, &values)]);
			},
		));
	}
	for (operator, ends) in [("Conv", NEVER), ("ConvTranspose", NEVER)] {
		cases.extend(huge(&format!("{operator} group"), &image, ends, |graph, value| {
			graph.weight(&fractions("w", &[1, 1, 2, 2]));
			graph.node_with(operator, &["x", "w"], &["y"], &[int("group", value)]);
		}));
	}
	for operator in ["MaxPool", "AveragePool"] {
		for (attribute, ends) in [("kernel_shape", NEVER), ("strides", NEVER), ("pads", NEVER)] {
			cases.extend(huge(
				&format!("{operator} {attribute}"),
				&image,
				ends,
				|graph, value| {
					let values = if attribute == "pads" {
						vec![value, 0, value, 0]
					} else {
						vec![value, 1]
					};
					let mut attributes = vec![ints(attribute, &values)];
					if attribute != "kernel_shape" {
						attributes.push(ints("kernel_shape", &[2, 2]));
					}
					graph.node_with(operator, &["x"], &["y"], &attributes);
				},
			));
		}
	}
	check(cases);
}

#[test]
fn empty_windows_are_faults() {
	let mut cases = Vec::new();
	for (operator, attribute, value, end) in [
		("Conv", "kernel_shape", 0, Refused(InvalidGraph)),
		("Conv", "strides", 0, Refused(Trap)),
		("Conv", "strides", -1, Refused(InvalidGraph)),
		("Conv", "dilations", -1, Refused(InvalidGraph)),
		("Conv", "pads", -1, Refused(InvalidGraph)),
		("ConvTranspose", "strides", -1, Refused(InvalidGraph)),
		("ConvTranspose", "output_shape", 0, Refused(Trap)),
		("MaxPool", "kernel_shape", 0, Refused(Trap)),
		("MaxPool", "strides", 0, Refused(Trap)),
		("AveragePool", "kernel_shape", 0, Refused(Trap)),
		("AveragePool", "strides", 0, Refused(Trap)),
	] {
		cases.push(case_on(
			format!("{operator} {attribute} {value}"),
			end,
			&[counted(&[1, 1, 5, 5])],
			|graph| {
				let values = if attribute == "pads" {
					vec![value; 4]
				} else {
					vec![value, value]
				};
				let mut attributes = vec![ints(attribute, &values)];
				if operator.ends_with("Pool") {
					if attribute != "kernel_shape" {
						attributes.push(ints("kernel_shape", &[2, 2]));
					}
					graph.node_with(operator, &["x"], &["y"], &attributes);
				} else {
					graph.weight(&fractions("w", &[1, 1, 2, 2]));
					graph.node_with(operator, &["x", "w"], &["y"], &attributes);
				}
			},
		));
	}
	for (operator, attribute, value, end) in [
		("DepthToSpace", "blocksize", 0, Refused(Trap)),
		("DepthToSpace", "blocksize", -2, Refused(InvalidGraph)),
		("SpaceToDepth", "blocksize", 0, Refused(Trap)),
		("SpaceToDepth", "blocksize", -2, Refused(InvalidGraph)),
		("LRN", "size", 0, Fails(Trap)),
		("LpNormalization", "p", 0, Refused(InvalidGraph)),
		("LpNormalization", "p", 1 << 62, Refused(InvalidGraph)),
		("Cast", "to", 0, Refused(InvalidGraph)),
		("Cast", "to", 99, Refused(InvalidGraph)),
	] {
		cases.push(case_on(
			format!("{operator} {attribute} {value}"),
			end,
			&[counted(&[1, 4, 2, 2])],
			|graph| {
				graph.node_with(operator, &["x"], &["y"], &[int(attribute, value)]);
			},
		));
	}
	check(cases);
}

#[test]
fn axes_that_do_not_exist_are_faults() {
	let mut cases = Vec::new();
	for (operator, ends) in [
		("Softmax", NEVER),
		("LogSoftmax", NEVER),
		("Hardmax", NEVER),
		("ArgMax", NEVER),
		("LpNormalization", NEVER),
	] {
		cases.extend(huge(&format!("{operator} axis"), &[1, 4], ends, |graph, value| {
			graph.node_with(operator, &["x"], &["y"], &[int("axis", value)]);
		}));
	}
	for operator in ["Unsqueeze", "Squeeze"] {
		for (axis, end) in [
			(1 << 31, Refused(InvalidGraph)),
			(7, Refused(Trap)),
			(-7, Refused(Trap)),
		] {
			cases.push(case(format!("{operator} axis {axis}"), end, |graph| {
				graph
					.weight(&longs("axes", &[axis]))
					.node(operator, &["x", "axes"], "y");
			}));
		}
	}
	cases.extend(huge("ReduceSum axis", &[1, 4], NEVER, |graph, value| {
		graph
			.weight(&longs("axes", &[value]))
			.node("ReduceSum", &["x", "axes"], "y");
	}));
	cases.extend(huge("ReduceMax axis", &[1, 4], NEVER, |graph, value| {
		graph.node_with("ReduceMax", &["x"], &["y"], &[ints("axes", &[value])]);
	}));
	cases.extend(huge("CumSum axis", &[1, 4], NEVER, |graph, value| {
		graph.weight(&long("axis", value)).node("CumSum", &["x", "axis"], "y");
	}));
	cases.extend(huge("Concat axis", &[1, 4], NEVER, |graph, value| {
		graph.node_with("Concat", &["x", "x"], &["y"], &[int("axis", value)]);
	}));
	cases.extend(huge("Split axis", &[1, 4], NEVER, |graph, value| {
		graph.node_with("Split", &["x"], &["a", "y"], &[int("axis", value)]);
	}));
	cases.extend(huge("LayerNormalization axis", &[1, 4], NEVER, |graph, value| {
		graph.weight(&fractions("w", &[4]));
		graph.node_with("LayerNormalization", &["x", "w"], &["y"], &[int("axis", value)]);
	}));
	for (name, perm, end) in [
		("twice", &[0, 0][..], Refused(InvalidGraph)),
		("one short", &[0], Refused(InvalidGraph)),
		("one over", &[0, 1, 2], Refused(InvalidGraph)),
		("beyond", &[0, 2], Refused(InvalidGraph)),
		("negative", &[-1, 0], Refused(InvalidGraph)),
		("huge", &[1 << 31, 0], Refused(InvalidGraph)),
		("none", &[], Refused(InvalidGraph)),
	] {
		cases.push(case_on(
			format!("Transpose {name}"),
			end,
			&[counted(&[1, 4])],
			|graph| {
				graph.node_with("Transpose", &["x"], &["y"], &[ints("perm", perm)]);
			},
		));
	}
	check(cases);
}

#[test]
fn indices_out_of_range_are_faults() {
	let mut cases = Vec::new();
	for (operator, ends) in [("Gather", NEVER), ("GatherElements", NEVER)] {
		cases.extend(huge(&format!("{operator} of"), &[2, 2], ends, |graph, value| {
			let rank = if operator == "Gather" { 1 } else { 2 };
			graph.weight(&raw("i", DType::I64, &vec![1; rank], &value.to_le_bytes()));
			graph.node(operator, &["x", "i"], "y");
		}));
	}
	cases.extend(huge("Gather of a constant", &[4], NEVER, |graph, value| {
		graph.weight(&fractions("w", &[4])).weight(&longs("i", &[value]));
		graph.node("Gather", &["w", "i"], "g").node("Add", &["x", "g"], "y");
	}));
	cases.extend(huge("ScatterElements at", &[2, 2], NEVER, |graph, value| {
		graph
			.weight(&raw("i", DType::I64, &[1, 1], &value.to_le_bytes()))
			.weight(&fractions("u", &[1, 1]));
		graph.node("ScatterElements", &["x", "i", "u"], "y");
	}));
	cases.extend(huge("ScatterND at", &[2], NEVER, |graph, value| {
		graph
			.weight(&raw("i", DType::I64, &[1, 1], &value.to_le_bytes()))
			.weight(&fractions("u", &[1]));
		graph.node("ScatterND", &["x", "i", "u"], "y");
	}));
	cases.extend(huge(
		"Slice every",
		&[4],
		[Refused(Trap), Refused(Trap), Refused(Trap)],
		|graph, value| {
			let bounds = [
				longs("start", &[1]),
				longs("end", &[3]),
				longs("axis", &[0]),
				longs("step", &[value]),
			];
			bounds.iter().for_each(|bound| _ = graph.weight(bound));
			graph.node("Slice", &["x", "start", "end", "axis", "step"], "y");
		},
	));
	check(cases);
}

#[test]
fn einsum_refuses_invalid_equations() {
	let letters: String = ('a'..='z').chain('A'..='Z').collect();
	let backwards: String = letters.chars().rev().collect();
	let mut cases = Vec::new();
	for (name, equation, shape, end) in [
		(
			"52 axes",
			format!("{letters}->{backwards}"),
			&[1; 52][..],
			Answers(vec![0.0]),
		),
		("52 axes in one", format!("{letters}->"), &[1; 52], Answers(vec![0.0])),
		(
			"an axis 5,000 times",
			format!("{}->a", "a".repeat(5000)),
			&[4],
			Refused(InvalidGraph),
		),
		(
			"5,000 operands",
			format!("{}->a", vec!["a"; 5000].join(",")),
			&[4],
			Refused(InvalidGraph),
		),
		("100,000 operands", "a,".repeat(100_000), &[4], Refused(InvalidGraph)),
		("nothing", "".into(), &[4], Refused(InvalidGraph)),
		("an arrow", "->".into(), &[4], Refused(InvalidGraph)),
		("two arrows", "a->a->a".into(), &[4], Refused(InvalidGraph)),
		("parentheses", "(((((->a".into(), &[4], Refused(InvalidGraph)),
		("a trace", "ii->i".into(), &[2, 2], Answers(vec![0.0, 3.0])),
		("an ellipsis", "...a->...".into(), &[2, 2], Answers(vec![1.0, 5.0])),
	] {
		cases.push(case_on(format!("Einsum of {name}"), end, &[counted(shape)], |graph| {
			graph.node_with("Einsum", &["x"], &["y"], &[text("equation", &equation)]);
		}));
	}
	check(cases);
}

#[test]
fn integers_that_overflow_wrap_as_specified_or_end_in_a_fault() {
	let max = i64::MAX as f64;
	let (wrapped, min) = (Answers(vec![0.0]), Answers(vec![-max]));
	let mut cases = Vec::new();
	for (operator, left, right, end) in [
		("Add", i64::MAX, 1, Fails(Trap)),
		("Add", i64::MIN, -1, Fails(Trap)),
		("Sub", i64::MIN, 1, Fails(Trap)),
		("Mul", i64::MIN, 2, wrapped),
		("Div", 1, 0, Fails(Trap)),
		("Div", i64::MIN, -1, min),
		("Mod", 1, 0, Fails(Trap)),
		("Mod", i64::MIN, -1, Answers(vec![0.0])),
		("Pow", 2, 64, Fails(Trap)),
		("Pow", 2, -1, Fails(Trap)),
	] {
		let input = Tensor {
			dtype: DType::I64,
			shape: vec![1],
			data: left.to_le_bytes().to_vec(),
		};
		cases.push(case_on(
			format!("{operator}({left}, {right})"),
			end,
			&[input],
			|graph| {
				graph.weight(&longs("w", &[right])).node(operator, &["x", "w"], "y");
			},
		));
	}
	for operator in ["Abs", "Neg"] {
		let input = Tensor {
			dtype: DType::I64,
			shape: vec![1],
			data: i64::MIN.to_le_bytes().to_vec(),
		};
		cases.push(case_on(operator, Fails(Trap), &[input], |graph| {
			graph.node(operator, &["x"], "y");
		}));
	}
	for (by, end) in [(8, Fails(Trap)), (7, Answers(vec![128.0]))] {
		let input = Tensor {
			dtype: DType::U8,
			shape: vec![1],
			data: vec![1],
		};
		cases.push(case_on(format!("BitShift by {by}"), end, &[input], |graph| {
			graph.weight(&raw("w", DType::U8, &[1], &[by]));
			graph.node_with("BitShift", &["x", "w"], &["y"], &[text("direction", "LEFT")]);
		}));
	}
	let pair = Tensor {
		dtype: DType::I32,
		shape: vec![2, 1],
		data: [i32::MAX.to_le_bytes(), 1i32.to_le_bytes()].concat(),
	};
	for (operator, end) in [
		("ReduceSum", Fails(Trap)),
		("CumSum", Fails(Trap)),
		("MatMul", Fails(Trap)),
	] {
		cases.push(case_on(
			format!("{operator} of int32"),
			end,
			std::slice::from_ref(&pair),
			|graph| {
				match operator {
					"ReduceSum" => graph.node("ReduceSum", &["x"], "y"),
					"CumSum" => graph.weight(&long("axis", 0)).node("CumSum", &["x", "axis"], "y"),
					_ => graph.node("Transpose", &["x"], "t").node("MatMul", &["x", "t"], "y"),
				};
			},
		));
	}
	check(cases);
}

#[test]
fn a_tree_with_a_missing_node_is_a_fault() {
	let input = [counted(&[1, 4])];
	let tree = |yes: i64, no: i64| {
		let attributes = [
			ints("nodes_treeids", &[0; 3]),
			ints("nodes_nodeids", &[0, 1, 2]),
			ints("nodes_featureids", &[0; 3]),
			strings("nodes_modes", &["BRANCH_LEQ", "LEAF", "LEAF"]),
			floats_of("nodes_values", &[1e9, 0.0, 0.0]),
			ints("nodes_truenodeids", &[yes, 0, 0]),
			ints("nodes_falsenodeids", &[no, 0, 0]),
			ints("class_treeids", &[0, 0]),
			ints("class_nodeids", &[1, 2]),
			ints("class_ids", &[0, 1]),
			floats_of("class_weights", &[1.0, 1.0]),
			ints("classlabels_int64s", &[0, 1]),
		];
		[
			node_with("TreeEnsembleClassifier", &["x"], &["label", "y"], &attributes),
			part(7, "ai.onnx.ml"),
		]
		.concat()
	};
	let mut cases = Vec::new();
	for (yes, no, end) in [
		(1, 2, Answers(vec![1.0, 0.0])),
		(7, 2, Fails(Trap)),
		(-1, 2, Refused(InvalidGraph)),
	] {
		cases.push(case_on(format!("a tree to {yes} and {no}"), end, &input, |graph| {
			_ = graph.field(1, &tree(yes, no))
		}));
	}
	check(cases);
}
