//! A model that means no good, and what it comes to.

use crate::common::{assert_usable, engine, floats, onnx::Graph};
use assay_engine::{Failure, NoAnswer, ServiceConfig};
use assay_primitives::{abi::MEMORY_LIMIT, DType, FaultCode, ModelSpec, Tensor};
use std::time::Duration;

/// What a model comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
	/// It does not load.
	Refused(FaultCode),
	/// It loads, and does not run.
	Fails(FaultCode),
	/// It runs. The elements of all outputs.
	Answers(Vec<f64>),
	/// This machine cannot tell.
	Unknown(NoAnswer),
}

pub struct Case {
	pub name: String,
	pub onnx: Vec<u8>,
	pub spec: ModelSpec,
	pub inputs: Vec<Tensor>,
	pub end: End,
}

/// A model that takes [`four`] as `x` and gives `y`.
pub fn case(name: impl Into<String>, end: End, build: impl FnOnce(&mut Graph)) -> Case {
	case_on(name, end, &[four()], build)
}

/// A model that takes these as `x0`, `x1` and so on, the first as `x`, and gives `y`.
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

/// A file, given [`four`].
pub fn file(name: impl Into<String>, end: End, onnx: Vec<u8>) -> Case {
	Case {
		name: name.into(),
		onnx,
		spec: ModelSpec::default(),
		inputs: vec![four()],
		end,
	}
}

/// 1, 2, 3, 4.
pub fn four() -> Tensor {
	floats(&[1.0, 2.0, 3.0, 4.0])
}

/// 0, 1, 2 and so on.
pub fn counted(shape: &[u32]) -> Tensor {
	let elements: u32 = shape.iter().product();
	Tensor {
		shape: shape.into(),
		..floats(&(0..elements).map(|n| n as f32).collect::<Vec<_>>())
	}
}

pub fn signed(shape: &[u32]) -> Vec<i64> {
	shape.iter().map(|extent| i64::from(*extent)).collect()
}

impl Case {
	/// What it comes to in a fresh instance, in the time a node gives to an input.
	pub fn end(&self) -> End {
		self.end_within(ServiceConfig::default().deadline)
	}

	/// As [`Self::end`], with this time to load and as much to run.
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

/// Checks that each comes to its end, twice, and that nothing is the worse for it.
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
