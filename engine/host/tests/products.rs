//! That products of whole numbers are right, with operands too large to be at hand at once.

mod common;

use assay_primitives::{DType, Tensor};
use common::{
	as_floats, engine,
	onnx::{int, ints, Graph},
	spec, AMPLE,
};

/// A tensor of small whole numbers.
fn whole(shape: &[usize], scatter: usize) -> Tensor {
	let elements: usize = shape.iter().product();
	let number = |n: usize| (n * scatter % 23) as f32 - 11.0;
	Tensor {
		dtype: DType::F32,
		shape: shape.iter().map(|extent| *extent as u32).collect(),
		data: (0..elements).flat_map(|n| number(n).to_le_bytes()).collect(),
	}
}

fn signed(shape: &[u32]) -> Vec<i64> {
	shape.iter().map(|extent| i64::from(*extent)).collect()
}

/// What the nodes of `build` make of `inputs`, which are `a`, `b` and so on: `y`, and `z` if there is one.
fn run(inputs: &[Tensor], outputs: &[&str], build: impl FnOnce(&mut Graph)) -> Vec<Vec<f32>> {
	let mut graph = Graph::new();
	for (name, input) in ["a", "b", "c"].into_iter().zip(inputs) {
		graph.input(name, DType::F32, &signed(&input.shape));
	}
	build(&mut graph);
	outputs.iter().for_each(|name| _ = graph.output(name));
	let mut model = engine().load(&spec(&[]), &graph.file(), AMPLE).unwrap();
	// The second run is on what the first has left.
	let first = model.run(inputs, AMPLE).unwrap();
	assert_eq!(first, model.run(inputs, AMPLE).unwrap());
	first.iter().map(as_floats).collect()
}

/// The products of some m by k matrices and some k by n ones.
fn product(a: &Tensor, b: &Tensor) -> Vec<f32> {
	let [_, m, k] = a.shape[..] else { panic!("three axes") };
	let n = b.shape[2];
	let (m, k, n) = (m as usize, k as usize, n as usize);
	let (a, b) = (as_floats(a), as_floats(b));
	let mut y = Vec::new();
	for (a, b) in a.chunks_exact(m * k).zip(b.chunks_exact(k * n)) {
		for row in a.chunks_exact(k) {
			let mut sums = vec![0.0; n];
			for (factor, column) in row.iter().zip(b.chunks_exact(n)) {
				sums.iter_mut().zip(column).for_each(|(sum, x)| *sum += factor * x);
			}
			y.extend(sums);
		}
	}
	y
}

#[test]
fn of_matrices_of_many_panels() {
	let shapes = [
		(1, 16, 64, 2500),
		(3, 20, 300, 1000),
		(2, 5, 4700, 45),
		(4, 33, 1, 97),
		(5, 1, 70, 33),
	];
	for (count, m, k, n) in shapes {
		let (a, b) = (whole(&[count, m, k], 7), whole(&[count, k, n], 5));
		let right = product(&a, &b);
		let y = run(&[a, b], &["y"], |graph| _ = graph.node("MatMul", &["a", "b"], "y"));
		assert!(y == [right], "{count} of {m} by {k} by {n}");
	}
}

#[test]
fn of_one_matrix_with_two() {
	let (a, b, c) = (
		whole(&[2, 18, 300], 7),
		whole(&[2, 300, 1000], 5),
		whole(&[2, 40, 300], 3),
	);
	let right = [product(&a, &b), product(&c, &b)];
	let both = run(&[a, b, c], &["y", "z"], |graph| {
		graph.node("MatMul", &["a", "b"], "y").node("MatMul", &["c", "b"], "z");
	});
	assert!(both == right);
}

#[test]
fn of_a_kernel_and_each_group_of_a_large_image() {
	const SIDE: usize = 70;
	let (image, kernel) = (whole(&[1, 8, SIDE, SIDE], 7), whole(&[6, 4, 3, 3], 5));
	let (x, w) = (as_floats(&image), as_floats(&kernel));
	let mut right = Vec::new();
	for out in 0..6 {
		for (row, col) in (0..SIDE).flat_map(|row| (0..SIDE).map(move |col| (row, col))) {
			let mut sum = 0.0;
			for (channel, down, along) in (0..36).map(|tap| (tap / 9, tap / 3 % 3, tap % 3)) {
				// The image has a margin of one.
				let place = (row + down).checked_sub(1).zip((col + along).checked_sub(1));
				if let Some((row, col)) = place.filter(|(row, col)| *row < SIDE && *col < SIDE) {
					let pixel = ((out / 3 * 4 + channel) * SIDE + row) * SIDE + col;
					sum += x[pixel] * w[out * 36 + channel * 9 + down * 3 + along];
				}
			}
			right.push(sum);
		}
	}
	let y = run(&[image, kernel], &["y"], |graph| {
		let attributes = [ints("pads", &[1, 1, 1, 1]), int("group", 2)];
		graph.node_with("Conv", &["a", "b"], &["y"], &attributes);
	});
	assert!(y == [right]);
}
