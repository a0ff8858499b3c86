//! Products of integers are exact, with operands too large for the processor's caches.

use crate::common::{
	as_floats, engine,
	onnx::{int, ints, Graph},
	spec, AMPLE,
};
use assay_primitives::{DType, Tensor};

/// Returns a float32 tensor of small integers.
fn integers(shape: &[usize], scatter: usize) -> Tensor {
	let elements: usize = shape.iter().product();
	let number = |n: usize| (n * scatter % 23) as f32 - 11.0;
	Tensor {
		dtype: DType::F32,
		shape: shape.iter().map(|extent| *extent as u32).collect(),
		data: (0..elements).flat_map(|n| number(n).to_le_bytes()).collect(),
	}
}

/// Converts extents to ONNX's type.
fn signed(shape: &[u32]) -> Vec<i64> {
	shape.iter().map(|extent| i64::from(*extent)).collect()
}

/// Runs the nodes that `build` adds on `inputs`, which are named `a`, `b` and so on. Returns the elements of `outputs`.
fn run(inputs: &[Tensor], outputs: &[&str], build: impl FnOnce(&mut Graph)) -> Vec<Vec<f32>> {
	let mut graph = Graph::new();
	for (name, input) in ["a", "b", "c"].into_iter().zip(inputs) {
		graph.input(name, DType::F32, &signed(&input.shape));
	}
	build(&mut graph);
	outputs.iter().for_each(|name| _ = graph.output(name));
	let mut model = engine().load(&spec(&[]), &graph.file(), AMPLE).unwrap();
	// The second run is in the memory that the first one left.
	let first = model.run(inputs, AMPLE).unwrap();
	assert_eq!(first, model.run(inputs, AMPLE).unwrap());
	first.iter().map(as_floats).collect()
}

/// Returns the products of the m by k matrices in `a` and the k by n matrices in `b`.
fn product(a: &Tensor, b: &Tensor) -> Vec<f32> {
	let [_, m, k] = a.shape[..] else {
		panic!("a has {} axes, not three", a.shape.len())
	};
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
fn products_of_matrices_of_many_panels_are_exact() {
	let shapes = [
		(1, 16, 64, 2500),
		(3, 20, 300, 1000),
		(2, 5, 4700, 45),
		(4, 33, 1, 97),
		(5, 1, 70, 33),
	];
	for (count, m, k, n) in shapes {
		let (a, b) = (integers(&[count, m, k], 7), integers(&[count, k, n], 5));
		let expected = product(&a, &b);
		let y = run(&[a, b], &["y"], |graph| _ = graph.node("MatMul", &["a", "b"], "y"));
		assert!(y == [expected], "{count} products of {m} by {k} by {n}");
	}
}

#[test]
fn the_products_of_one_matrix_with_two_others_are_exact() {
	let (a, b, c) = (
		integers(&[2, 18, 300], 7),
		integers(&[2, 300, 1000], 5),
		integers(&[2, 40, 300], 3),
	);
	let expected = [product(&a, &b), product(&c, &b)];
	let both = run(&[a, b, c], &["y", "z"], |graph| {
		graph.node("MatMul", &["a", "b"], "y").node("MatMul", &["c", "b"], "z");
	});
	assert!(both == expected);
}

#[test]
fn a_grouped_convolution_of_a_large_image_is_exact() {
	const SIDE: usize = 70;
	let (image, kernel) = (integers(&[1, 8, SIDE, SIDE], 7), integers(&[6, 4, 3, 3], 5));
	let (x, w) = (as_floats(&image), as_floats(&kernel));
	let mut expected = Vec::new();
	for out in 0..6 {
		for (row, col) in (0..SIDE).flat_map(|row| (0..SIDE).map(move |col| (row, col))) {
			let mut sum = 0.0;
			for (channel, down, along) in (0..36).map(|tap| (tap / 9, tap / 3 % 3, tap % 3)) {
				// The image has a padding of one.
				let place = (row + down).checked_sub(1).zip((col + along).checked_sub(1));
				if let Some((row, col)) = place.filter(|(row, col)| *row < SIDE && *col < SIDE) {
					let pixel = ((out / 3 * 4 + channel) * SIDE + row) * SIDE + col;
					sum += x[pixel] * w[out * 36 + channel * 9 + down * 3 + along];
				}
			}
			expected.push(sum);
		}
	}
	let y = run(&[image, kernel], &["y"], |graph| {
		let attributes = [ints("pads", &[1, 1, 1, 1]), int("group", 2)];
		graph.node_with("Conv", &["a", "b"], &["y"], &attributes);
	});
	assert!(y == [expected]);
}
