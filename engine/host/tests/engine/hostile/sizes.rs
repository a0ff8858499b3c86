//! Tensors that do not fit the memory, or whose size does not fit 32 bits.

use crate::{
	common::{
		floats,
		onnx::{fractions, int, long, longs, raw, text, value, Graph},
	},
	hostile::case::{case, case_on, check, counted, Case, End, End::*},
};
use assay_primitives::{DType, FaultCode::*, Tensor};

/// Adds `y`: the maximum of `big`.
fn add_maximum(graph: &mut Graph) {
	graph.node_with("ReduceMax", &["big"], &["y"], &[int("keepdims", 0)]);
}

/// Adds `y`: `x` plus the maximum of `big`, which does not depend on `x`.
fn add_shifted(graph: &mut Graph) {
	graph.node_with("ReduceMax", &["big"], &["m"], &[int("keepdims", 0)]);
	graph.node("Add", &["x", "m"], "y");
}

/// Encodes a scalar float32.
fn scalar(name: &str, value: f32) -> Vec<u8> {
	raw(name, DType::F32, &[], &value.to_le_bytes())
}

#[test]
fn a_tensor_expanded_beyond_the_memory_is_a_fault() {
	let mut cases = Vec::new();
	for (shape, end) in [
		(&[1 << 16, 1 << 16, 4][..], Refused(OutOfMemory)),
		(&[1 << 31, 4], Refused(InvalidGraph)),
		(&[i64::MAX, 4], Refused(InvalidGraph)),
		(&[-1, 4], Refused(Trap)),
		(&[-5, 4], Refused(Trap)),
		(&[3], Refused(InvalidGraph)),
	] {
		cases.push(case(format!("Expand to {shape:?}"), end, |graph| {
			graph.weight(&longs("shape", shape));
			add_maximum(graph.node("Expand", &["x", "shape"], "big"));
		}));
	}
	for (shape, end) in [
		(&[1 << 16, 1 << 16, 4][..], Refused(Trap)),
		(&[1 << 27, 4], Refused(OutOfMemory)),
	] {
		cases.push(case(format!("Expand a constant to {shape:?}"), end, |graph| {
			graph.weight(&fractions("w", &[4])).weight(&longs("shape", shape));
			add_shifted(graph.node("Expand", &["w", "shape"], "big"));
		}));
	}
	for (repeats, end) in [
		(&[1 << 31][..], Refused(InvalidGraph)),
		(&[-1], Refused(Trap)),
		(&[2, 2], Refused(InvalidGraph)),
	] {
		cases.push(case(format!("Tile {repeats:?} times"), end, |graph| {
			graph.weight(&longs("repeats", repeats));
			add_maximum(graph.node("Tile", &["x", "repeats"], "big"));
		}));
	}
	for (shape, end) in [
		(&[1 << 16, 1 << 16][..], Refused(Trap)),
		(&[1 << 16; 4], Refused(Trap)),
		(&[1 << 31], Refused(InvalidGraph)),
		(&[i64::MAX], Refused(InvalidGraph)),
		(&[-5], Refused(Trap)),
		(&[-1, -1], Refused(Trap)),
	] {
		cases.push(case(format!("ConstantOfShape {shape:?}"), end, |graph| {
			let one = value("value", &raw("", DType::F32, &[1], &1f32.to_le_bytes()));
			graph.weight(&longs("shape", shape));
			add_shifted(graph.node_with("ConstantOfShape", &["shape"], &["big"], &[one]));
		}));
	}
	check(cases);
}

#[test]
fn a_tensor_that_doubles_many_times_is_a_fault() {
	let mut cases = Vec::new();
	for (operator, from, times, end) in [
		("Tile", "x", 40, Refused(OutOfMemory)),
		("Tile", "w", 40, Refused(OutOfMemory)),
		("Concat", "x", 40, Refused(OutOfMemory)),
		("Concat", "w", 40, Refused(OutOfMemory)),
		("Concat", "x", 100, Refused(Trap)),
		("Concat", "x", 20, Answers(vec![5.0, 6.0, 7.0, 8.0])),
	] {
		cases.push(case(format!("{operator} of {from}, {times} times"), end, |graph| {
			graph.weight(&longs("two", &[2])).weight(&fractions("w", &[4]));
			let mut last = from.to_string();
			for n in 1..=times {
				let next = if n == times { "big".into() } else { format!("{n}") };
				if operator == "Tile" {
					graph.node("Tile", &[&last, "two"], &next);
				} else {
					graph.node_with("Concat", &[&last, &last], &[&next], &[int("axis", 0)]);
				}
				last = next;
			}
			add_shifted(graph);
		}));
	}
	check(cases);
}

#[test]
fn a_range_without_end_is_a_fault() {
	let mut cases = Vec::new();
	for (start, end, step, expected) in [
		(0, 1 << 27, 1, Refused(OutOfMemory)),
		(0, 1 << 31, 1, Refused(InvalidGraph)),
		(0, 1 << 40, 1, Refused(InvalidGraph)),
		(i64::MIN, i64::MAX, 1, Refused(InvalidGraph)),
		(i64::MAX - 4, i64::MAX, 3, Refused(InvalidGraph)),
		(4, 0, i64::MIN, Refused(InvalidGraph)),
		(0, 4, 0, Refused(Trap)),
		(0, 4, -1, Refused(InvalidGraph)),
	] {
		cases.push(case(format!("Range({start}, {end}, {step})"), expected, |graph| {
			let bounds = [long("start", start), long("end", end), long("step", step)];
			bounds.iter().for_each(|bound| _ = graph.weight(bound));
			graph.node("Range", &["start", "end", "step"], "long");
			add_shifted(graph.node_with("Cast", &["long"], &["big"], &[int("to", 1)]));
		}));
	}
	for (end, step, expected) in [
		(1.0, 1e-30, Refused(Trap)),
		(1.0, 0.0, Refused(Trap)),
		(1.0, f32::NAN, Refused(Trap)),
		(f32::INFINITY, 1.0, Refused(OutOfMemory)),
	] {
		cases.push(case(format!("Range(0, {end}, {step})"), expected, |graph| {
			let bounds = [scalar("start", 0.0), scalar("end", end), scalar("step", step)];
			bounds.iter().for_each(|bound| _ = graph.weight(bound));
			add_shifted(graph.node("Range", &["start", "end", "step"], "big"));
		}));
	}
	check(cases);
}

#[test]
fn an_image_enlarged_beyond_the_memory_is_a_fault() {
	let image = [counted(&[1, 1, 2, 2])];
	let mut cases = Vec::new();
	for (scale, end) in [
		(1e5, Refused(OutOfMemory)),
		(1e20, Refused(OutOfMemory)),
		(f32::INFINITY, Refused(OutOfMemory)),
	] {
		cases.push(case_on(format!("Resize by {scale}"), end, &image, |graph| {
			let scales: Vec<_> = [1.0, 1.0, scale, scale]
				.into_iter()
				.flat_map(f32::to_le_bytes)
				.collect();
			graph.weight(&raw("scales", DType::F32, &[4], &scales));
			add_maximum(graph.node_with("Resize", &["x", "", "scales"], &["big"], &[text("mode", "nearest")]));
		}));
	}
	for (size, end) in [(1 << 20, Refused(OutOfMemory)), (-1, Refused(Trap))] {
		cases.push(case_on(format!("Resize to {size}"), end, &image, |graph| {
			graph.weight(&longs("sizes", &[1, 1, size, size]));
			add_maximum(graph.node_with("Resize", &["x", "", "", "sizes"], &["big"], &[text("mode", "linear")]));
		}));
	}
	for (before, after, end) in [
		(0, 1 << 31, Refused(InvalidGraph)),
		(-1, -1, Refused(InvalidGraph)),
		(-5, -5, Refused(InvalidGraph)),
	] {
		cases.push(case(format!("Pad by {before} and {after}"), end, |graph| {
			graph.weight(&longs("pads", &[before, after]));
			add_maximum(graph.node("Pad", &["x", "pads"], "big"));
		}));
	}
	check(cases);
}

#[test]
fn a_tensor_whose_size_is_a_number_is_bounded() {
	let mut cases = Vec::new();
	for (depth, end) in [
		(1 << 31, Refused(InvalidGraph)),
		((1 << 32) + 5, Refused(InvalidGraph)),
		(1 << 62, Refused(InvalidGraph)),
		(-1, Refused(InvalidGraph)),
	] {
		cases.push(case(format!("OneHot of depth {depth}"), end, |graph| {
			let values = [0f32.to_le_bytes(), 1f32.to_le_bytes()].concat();
			graph
				.weight(&raw("values", DType::F32, &[2], &values))
				.weight(&long("depth", depth));
			graph.node_with("Cast", &["x"], &["i"], &[int("to", 7)]);
			add_maximum(graph.node("OneHot", &["i", "depth", "values"], "big"));
		}));
	}
	for (size, end) in [
		((1 << 28) + 7, Refused(OutOfMemory)),
		(1 << 31, Refused(InvalidGraph)),
		((1 << 32) + 4, Refused(InvalidGraph)),
		(1 << 62, Refused(InvalidGraph)),
		(0, Refused(Trap)),
		(-1, Refused(OutOfMemory)),
	] {
		for operator in ["HannWindow", "BlackmanWindow"] {
			cases.push(case(format!("{operator} of {size}"), end.clone(), |graph| {
				add_shifted(graph.weight(&long("size", size)).node(operator, &["size"], "big"));
			}));
		}
	}
	for (bins, length, rate, end) in [
		(1 << 31, 16, 8000, Refused(InvalidGraph)),
		((1 << 32) + 4, 16, 8000, Refused(InvalidGraph)),
		(1 << 62, 1 << 62, 1, Refused(InvalidGraph)),
		(-1, 16, 8000, Refused(Trap)),
		(4, 1 << 31, 8000, Refused(InvalidGraph)),
		(4, (1 << 32) + 16, 8000, Refused(InvalidGraph)),
		(4, 16, 0, Refused(Trap)),
	] {
		cases.push(case(
			format!("MelWeightMatrix {bins}, {length}, {rate}"),
			end,
			|graph| {
				graph
					.weight(&long("bins", bins))
					.weight(&long("length", length))
					.weight(&long("rate", rate));
				graph.weight(&scalar("low", 0.0)).weight(&scalar("high", 4000.0));
				add_shifted(graph.node("MelWeightMatrix", &["bins", "length", "rate", "low", "high"], "big"));
			},
		));
	}
	for (k, end) in [(-1, Refused(Trap)), (4, Answers(vec![4.0, 3.0, 2.0, 1.0]))] {
		cases.push(case(format!("TopK {k} of 4"), end, |graph| {
			graph
				.weight(&longs("k", &[k]))
				.node_with("TopK", &["x", "k"], &["y", "i"], &[]);
		}));
	}
	check(cases);
}

#[test]
fn a_spectrum_without_end_is_a_fault() {
	let signal = |length: u32| {
		let ones = floats(&vec![1.0; length as usize]);
		[Tensor {
			shape: vec![1, length, 1],
			..ones
		}]
	};
	let mut cases = Vec::new();
	for (length, end) in [
		(8, Refused(InvalidGraph)),
		(1 << 28, Refused(InvalidGraph)),
		(1 << 31, Refused(InvalidGraph)),
		((1 << 32) + 4, Refused(InvalidGraph)),
		(1 << 62, Refused(InvalidGraph)),
		(0, Refused(InvalidGraph)),
		(-1, Refused(InvalidGraph)),
		(4, Answers(vec![4.0])),
	] {
		cases.push(case_on(format!("DFT of length {length}"), end, &signal(4), |graph| {
			graph.weight(&long("length", length));
			add_maximum(graph.node_with("DFT", &["x", "length"], &["big"], &[int("axis", 1)]));
		}));
	}
	for (length, end) in [
		(1 << 28, Refused(Trap)),
		((1 << 32) + 4, Refused(InvalidGraph)),
		(0, Refused(Trap)),
		(-1, Refused(Trap)),
	] {
		cases.push(case_on(
			format!("inverse DFT of length {length}"),
			end,
			&signal(4),
			|graph| {
				graph.weight(&long("length", length));
				let attributes = [int("axis", 1), int("inverse", 1), int("onesided", 1)];
				add_maximum(graph.node_with("DFT", &["x", "length"], &["big"], &attributes));
			},
		));
	}
	for (step, length, end) in [
		(0, 4, Refused(Trap)),
		(-1, -1, Refused(InvalidGraph)),
		((1 << 32) + 1, 4, Refused(InvalidGraph)),
		(1 << 31, 4, Refused(InvalidGraph)),
		(1, 1 << 31, Refused(InvalidGraph)),
		(1, (1 << 32) + 4, Refused(InvalidGraph)),
		(1, 0, Refused(InvalidGraph)),
		(1, -1, Refused(Trap)),
		(4, 8, Answers(vec![8.0])),
	] {
		cases.push(case_on(
			format!("STFT every {step}, {length} long"),
			end,
			&signal(64),
			|graph| {
				graph.weight(&long("step", step)).weight(&long("length", length));
				add_maximum(graph.node("STFT", &["x", "step", "", "length"], "big"));
			},
		));
	}
	check(cases);
}

#[test]
fn a_large_tensor_that_fits_is_answered() {
	let mut cases = Vec::new();
	for (elements, end) in [
		(1 << 24, Answers(vec![f64::from(1 << 24)])),
		(1 << 28, Fails(OutOfMemory)),
	] {
		cases.push(case_on(
			format!("CumSum of {elements}"),
			end,
			&[floats(&[1.0])],
			|graph| {
				graph.weight(&longs("shape", &[elements])).weight(&long("axis", 0));
				graph.node("Expand", &["x", "shape"], "wide");
				add_maximum(graph.node("CumSum", &["wide", "axis"], "big"));
			},
		));
	}
	for (extent, end) in [
		(1 << 11, Answers(vec![1.0])),
		(1 << 14, Refused(OutOfMemory)),
		(1 << 15, Refused(Trap)),
	] {
		cases.push(case_on(
			format!("EyeLike of {extent} x {extent}"),
			end,
			&[floats(&[1.0])],
			|graph| {
				graph.weight(&longs("shape", &[extent, extent]));
				graph.node("Expand", &["x", "shape"], "wide");
				add_maximum(graph.node("EyeLike", &["wide"], "big"));
			},
		));
	}
	check(cases.into_iter().chain(suppressions()));
}

/// Returns models that keep a number of four boxes that do not overlap, and answer with the index of the last one kept.
fn suppressions() -> Vec<Case> {
	let boxes = (0..4)
		.flat_map(|n| [2.0 * n as f32, 0.0, 2.0 * n as f32 + 1.0, 1.0])
		.collect::<Vec<_>>();
	let inputs = [
		Tensor {
			shape: vec![1, 4, 4],
			..floats(&boxes)
		},
		Tensor {
			shape: vec![1, 1, 4],
			..floats(&[0.9, 0.8, 0.7, 0.6])
		},
	];
	let last = |kept: f64| -> End { Answers(vec![kept]) };
	[(1, last(0.0)), (1 << 31, last(3.0)), (1 << 62, last(3.0))]
		.into_iter()
		.map(|(most, end)| {
			case_on(format!("NonMaxSuppression to {most}"), end, &inputs, |graph| {
				graph.weight(&longs("most", &[most]));
				add_maximum(graph.node("NonMaxSuppression", &["x", "x1", "most"], "big"));
			})
		})
		.collect()
}
