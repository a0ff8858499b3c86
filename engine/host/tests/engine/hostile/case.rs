//! A hostile model, and its expected outcome.

use crate::common::{assert_usable, engine, floats, onnx::Graph};
use assay_engine::{Failure, NoAnswer, ServiceConfig};
use assay_primitives::{abi::MEMORY_LIMIT, DType, FaultCode, ModelSpec, Tensor};
use std::time::Duration;

/// The end of running a model.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
	/// It does not load.
	Refused(FaultCode),
	/// It loads, but does not run.
	Fails(FaultCode),
	/// It runs, with these elements in all outputs together.
	Answers(Vec<f64>),
	/// This machine has no answer.
	Unknown(NoAnswer),
}

/// A model with its inputs and its expected end.
pub struct Case {
	pub name: String,
	pub onnx: Vec<u8>,
	pub spec: ModelSpec,
	pub inputs: Vec<Tensor>,
	pub end: End,
}

/// Returns a model with the input `x`, which is [`four`], and the output `y`.
pub fn case(name: impl Into<String>, end: End, build: impl FnOnce(&mut Graph)) -> Case {
	case_on(name, end, &[four()], build)
}

/// Returns a model with these inputs, named `x`, `x1`, `x2` and so on, and the output `y`.
pub fn case_on(name: impl Into<String>, end: End, inputs: &[Tensor], build: impl FnOnce(&mut Graph)) -> Case {
	let mut graph = Graph::new();
	for (n, input) in inputs.iter().enumerate() {
		let name = if n == 0 { "x".into() } else { format!("x{n}") };
		graph.input(&name, input.dtype, &signed(&input.shape));
	}
	build(&mut graph);
	graph.output("y");
	Case {
		inputs: inputs.to_vec(),
		..file(name, end, graph.file())
	}
}

/// Returns the model in a file, with the input [`four`].
pub fn file(name: impl Into<String>, end: End, onnx: Vec<u8>) -> Case {
	Case {
		name: name.into(),
		onnx,
		spec: ModelSpec::default(),
		inputs: vec![four()],
		end,
	}
}

/// Returns the vector 1, 2, 3, 4.
pub fn four() -> Tensor {
	floats(&[1.0, 2.0, 3.0, 4.0])
}

/// Returns a tensor with the elements 0, 1, 2 and so on.
pub fn counted(shape: &[u32]) -> Tensor {
	let elements: u32 = shape.iter().product();
	Tensor {
		shape: shape.into(),
		..floats(&(0..elements).map(|n| n as f32).collect::<Vec<_>>())
	}
}

/// Converts extents to ONNX's type.
pub fn signed(shape: &[u32]) -> Vec<i64> {
	shape.iter().map(|extent| i64::from(*extent)).collect()
}

impl Case {
	/// Runs the model in a fresh instance, within the deadline that a node has for an input.
	pub fn end(&self) -> End {
		self.end_within(ServiceConfig::default().deadline)
	}

	/// Does the same as [`Self::end`], within `deadline` to load and again to run.
	pub fn end_within(&self, deadline: Duration) -> End {
		let mut model = match engine().load(&self.spec, &self.onnx, deadline) {
			Ok(model) => model,
			Err(Failure::Fault(fault)) => return End::Refused(fault),
			Err(Failure::NoAnswer(reason)) => return End::Unknown(reason),
		};
		let outputs = model.run(&self.inputs, deadline);
		assert!(model.size() <= u64::from(MEMORY_LIMIT), "{}", self.name);
		match outputs {
			Ok(outputs) => End::Answers(outputs.iter().flat_map(elements).collect()),
			Err(Failure::Fault(fault)) => End::Fails(fault),
			Err(Failure::NoAnswer(reason)) => End::Unknown(reason),
		}
	}
}

/// Asserts that each case has its expected end, twice, and that the engine is still usable.
pub fn check(cases: impl IntoIterator<Item = Case>) {
	let mut others = Vec::new();
	for case in cases {
		let ends = [case.end(), case.end()];
		if ends.iter().any(|end| *end != case.end) {
			others.push(format!("{}: {ends:?}, not {:?}", case.name, case.end));
		}
	}
	assert!(others.is_empty(), "{}", others.join("\n"));
	assert_usable();
}

/// Returns the elements of an output.
fn elements(tensor: &Tensor) -> Vec<f64> {
	let bytes = tensor.data.chunks_exact(tensor.dtype.size());
	let elements = bytes.map(|bytes| match tensor.dtype {
		DType::F32 => f32::from_le_bytes(bytes.try_into().unwrap()).into(),
		DType::I64 => i64::from_le_bytes(bytes.try_into().unwrap()) as f64,
		DType::U32 => u32::from_le_bytes(bytes.try_into().unwrap()).into(),
		DType::U8 => bytes[0].into(),
		other => panic!("no model here gives {other:?}"),
	});
	elements.collect()
}
