//! Models whose figures can be worked out by hand.

use super::onnx::{fractions, Graph};
use assay_primitives::{DType, Manifest, ModelSpec, Port, Tensor};

/// A model, and its figures.
pub struct Figured {
	pub name: &'static str,
	pub onnx: Vec<u8>,
	/// The number of elements of its weights.
	pub parameters: u64,
	/// The number of multiply-accumulates of a run.
	pub macs: u64,
}

/// Returns a model with the float32 inputs `x0`, `x1` and so on, the weights `w0`, `w1` and so on, and the output `y`.
pub fn figured(
	name: &'static str,
	inputs: &[&[i64]],
	weights: &[&[i64]],
	macs: u64,
	build: impl FnOnce(&mut Graph),
) -> Figured {
	let mut graph = Graph::new();
	for (n, shape) in inputs.iter().enumerate() {
		graph.input(&format!("x{n}"), DType::F32, shape);
	}
	for (n, dims) in weights.iter().enumerate() {
		graph.weight(&fractions(&format!("w{n}"), dims));
	}
	build(&mut graph);
	let parameters = weights.iter().map(|dims| dims.iter().product::<i64>() as u64).sum();
	Figured {
		name,
		onnx: graph.output("y").file(),
		parameters,
		macs,
	}
}

impl Figured {
	/// Has the engine describe the model.
	pub fn manifest(&self) -> Manifest {
		let mut model = super::engine()
			.load(&ModelSpec::default(), &self.onnx, super::AMPLE)
			.unwrap_or_else(|failure| panic!("{}: {failure}", self.name));
		model.describe(super::AMPLE).unwrap()
	}
}

/// Returns a tensor of ones for a port.
pub fn ones(port: &Port) -> Tensor {
	let elements: usize = port.shape.iter().map(|extent| *extent as usize).product();
	let one = match port.dtype {
		DType::F32 => 1f32.to_le_bytes().to_vec(),
		DType::F64 => 1f64.to_le_bytes().to_vec(),
		DType::F16 => 0x3c00_u16.to_le_bytes().to_vec(),
		// Little-endian.
		dtype => [&[1], &[0; 8][1..dtype.size()]].concat(),
	};
	Tensor {
		dtype: port.dtype,
		shape: port.shape.clone(),
		data: one.repeat(elements),
	}
}
