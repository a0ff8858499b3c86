//! Operands with fewer axes than their operator needs.

use crate::{
	common::onnx::{fractions, int, ints, raw, Graph},
	hostile::case::{case_on, check, counted, Case, End::*},
};
use assay_primitives::{DType, FaultCode::*, Tensor};

/// Returns two models with an operand of the type and shape of `input`: in one it is the input, in the other it is
/// computed.
fn both(name: &str, input: &Tensor, build: impl Fn(&mut Graph, &str)) -> [Case; 2] {
	let inputs = std::slice::from_ref(input);
	let of = |given: &str| {
		format!(
			"{name} of {} axes of {}, {given}",
			input.shape.len(),
			input.dtype.name()
		)
	};
	[
		case_on(of("given"), Refused(InvalidGraph), inputs, |graph| build(graph, "x")),
		case_on(of("computed"), Refused(InvalidGraph), inputs, |graph| {
			build(graph.node("Abs", &["x"], "computed"), "computed");
		}),
	]
}

/// Returns the elements 0, 1, 2 and so on in each numeric type that some operator takes.
fn numbers(shape: &[u32]) -> [Tensor; 4] {
	let floats = counted(shape);
	let elements = floats.data.len() / 4;
	let integers = |dtype: DType| {
		let data = (0..elements).flat_map(|n| (n as u64).to_le_bytes().into_iter().take(dtype.size()));
		Tensor {
			dtype,
			shape: shape.into(),
			data: data.collect(),
		}
	};
	[
		floats.clone(),
		integers(DType::I32),
		integers(DType::I64),
		integers(DType::U8),
	]
}

#[test]
fn a_normalisation_needs_a_channel_axis() {
	let mut cases = Vec::new();
	for input in [numbers(&[4]), numbers(&[])].into_iter().flatten() {
		cases.extend(both("BatchNormalization", &input, |graph, x| {
			for name in ["scale", "bias", "mean", "variance"] {
				let bytes = vec![1; 4 * input.dtype.size()];
				graph.weight(&raw(name, input.dtype, &[4], &bytes));
			}
			graph.node("BatchNormalization", &[x, "scale", "bias", "mean", "variance"], "y");
		}));
	}
	for shape in [&[][..], &[4], &[2, 4]] {
		cases.extend(both("InstanceNormalization", &counted(shape), |graph, x| {
			graph.weight(&fractions("scale", &[4])).weight(&fractions("bias", &[4]));
			graph.node("InstanceNormalization", &[x, "scale", "bias"], "y");
		}));
	}
	check(cases);
}

#[test]
fn an_axis_that_is_named_must_exist() {
	let operators: [(&str, &[&str]); 4] = [
		("LayerNormalization", &["x", "scale"]),
		("RMSNormalization", &["x", "scale"]),
		("Softmax", &["x"]),
		("Concat", &["x", "x"]),
	];
	let mut cases = Vec::new();
	for (shape, axes) in [(&[][..], &[-1, 0, 1][..]), (&[4], &[-2, 1, i64::MAX, i64::MIN])] {
		for (axis, (operator, operands)) in axes.iter().flat_map(|axis| operators.map(|operator| (*axis, operator))) {
			cases.extend(both(
				&format!("{operator} along axis {axis}"),
				&counted(shape),
				|graph, x| {
					let operands: Vec<_> = operands
						.iter()
						.map(|name| if *name == "x" { x } else { name })
						.collect();
					graph.weight(&fractions("scale", &[4]));
					graph.node_with(operator, &operands, &["y"], &[int("axis", axis)]);
				},
			));
		}
	}
	for operator in ["LayerNormalization", "RMSNormalization"] {
		cases.extend(both(&format!("{operator} along no axis"), &counted(&[]), |graph, x| {
			graph
				.weight(&fractions("scale", &[4]))
				.node(operator, &[x, "scale"], "y");
		}));
	}
	check(cases);
}

#[test]
fn a_window_needs_spatial_axes() {
	let mut cases = Vec::new();
	for shape in [&[][..], &[4], &[2, 4]] {
		let input = counted(shape);
		for operator in ["Conv", "ConvTranspose"] {
			cases.extend(both(operator, &input, |graph, x| {
				graph.weight(&fractions("w", &[4, 4, 3])).node(operator, &[x, "w"], "y");
			}));
		}
		for operator in ["MaxPool", "AveragePool"] {
			cases.extend(both(operator, &input, |graph, x| {
				graph.node_with(operator, &[x], &["y"], &[ints("kernel_shape", &[2])]);
			}));
		}
		for operator in ["GlobalAveragePool", "GlobalMaxPool"] {
			cases.extend(both(operator, &input, |graph, x| _ = graph.node(operator, &[x], "y")));
		}
		cases.extend(both("LRN", &input, |graph, x| {
			graph.node_with("LRN", &[x], &["y"], &[int("size", 3)]);
		}));
	}
	check(cases);
}
