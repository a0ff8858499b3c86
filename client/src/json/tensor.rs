//! Tensors, outcomes and manifests.

use crate::{
	outcomes::single_digest,
	tensors::{self, Element},
};
use assay_primitives::{abi, FaultCode, InputDigest, OutcomeDigest};
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The maximum number of elements in a document. Larger tensors have `null` instead; `--out` writes them.
const MAX_VALUES: usize = 4096;
/// The number of elements that a line of text shows.
const HEAD: usize = 10;

/// A fault of the engine, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault(pub FaultCode);

impl fmt::Display for Fault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:?}", self.0)
	}
}

impl Fault {
	/// Explains the fault.
	pub fn explanation(self) -> &'static str {
		self.0.explanation().trim()
	}
}

impl Serialize for Fault {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for Fault {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let name = String::deserialize(deserializer)?;
		(1..)
			.map_while(FaultCode::from_status)
			.map(Self)
			.find(|fault| fault.to_string() == name)
			.ok_or_else(|| D::Error::custom(format!("{name:?} is not a fault")))
	}
}

documents! {
	/// A tensor.
	pub struct Tensor {
		/// The name of its output; `output0`, `output1` and so on where the manifest is not known.
		pub name: String,
		/// The type of its elements, like `float32`.
		pub dtype: String,
		/// The extent of each axis.
		pub shape: Vec<u32>,
		/// All elements in row-major order; null if there are more than 4096.
		pub values: Option<Vec<Element>>,
		/// The first elements, for text.
		#[serde(skip)]
		pub head: Vec<Element>,
	}

	/// An input or output of a model.
	pub struct Port {
		/// The name.
		pub name: String,
		/// The type of its elements, like `float32`.
		pub dtype: String,
		/// The extent of each axis.
		pub shape: Vec<u32>,
	}

	/// The manifest, which the engine derives from a model.
	pub struct Manifest {
		/// The inputs, in the graph's order.
		pub inputs: Vec<Port>,
		/// The outputs, in the graph's order.
		pub outputs: Vec<Port>,
		/// Elements of all constant tensors of the file.
		pub parameters: u64,
		/// Multiply-accumulates of one run.
		pub macs: u64,
		/// An upper bound of the memory of one run, in bytes.
		pub peak_bytes: u64,
		/// The version of the default ONNX operator set.
		pub opset: u64,
		/// The distinct ONNX operators, sorted.
		pub operators: Vec<String>,
	}

	/// The outcome of one input: outputs or a fault.
	pub struct InferredRow {
		/// The row of the input files; null where they were used whole.
		pub row: Option<u64>,
		/// The digest of the input.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub input_digest: InputDigest,
		/// The digest of the outcome: the one that an honest worker settles.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub digest: OutcomeDigest,
		/// The outputs; null in case of a fault.
		pub outputs: Option<Vec<Tensor>>,
		/// The fault; null if there are outputs.
		pub fault: Option<Fault>,
		/// Whether the answer is correct by `--labels`.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub correct: Option<bool>,
	}
}

impl Tensor {
	/// Names a tensor.
	pub fn new(name: String, tensor: &abi::Tensor) -> Self {
		let count = tensors::element_count(tensor);
		Self {
			name,
			dtype: tensor.dtype.name().to_owned(),
			shape: tensor.shape.clone(),
			values: (count <= MAX_VALUES).then(|| tensors::elements(tensor).collect()),
			// One more than is shown, so that it is known whether there are more.
			head: tensors::elements(tensor).take(HEAD + 1).collect(),
		}
	}

	/// Returns the first elements, and whether there are more.
	pub fn first_elements(&self) -> (&[Element], bool) {
		let all = match &self.values {
			Some(values) => values,
			None => &self.head,
		};
		(&all[..all.len().min(HEAD)], all.len() > HEAD)
	}
}

impl Port {
	fn new(port: &abi::Port) -> Self {
		Self {
			name: port.name.clone(),
			dtype: port.dtype.name().to_owned(),
			shape: port.shape.clone(),
		}
	}
}

impl Manifest {
	/// Converts a manifest.
	pub fn new(manifest: &abi::Manifest) -> Self {
		Self {
			inputs: manifest.inputs.iter().map(Port::new).collect(),
			outputs: manifest.outputs.iter().map(Port::new).collect(),
			parameters: manifest.parameters,
			macs: manifest.macs,
			peak_bytes: manifest.peak_bytes,
			opset: manifest.opset,
			operators: manifest.operators.clone(),
		}
	}
}

/// Splits an outcome into outputs and fault. `ports` are the model's outputs, where they are known.
pub(super) fn split(
	outcome: &assay_primitives::Outcome,
	ports: Option<&[abi::Port]>,
) -> (Option<Vec<Tensor>>, Option<Fault>) {
	match outcome {
		assay_primitives::Outcome::Answer(outputs) => {
			let named = |(index, tensor)| Tensor::new(tensors::output_name(ports, index), tensor);
			(Some(outputs.iter().enumerate().map(named).collect()), None)
		}
		assay_primitives::Outcome::Fault(code) => (None, Some(Fault(*code))),
	}
}

impl InferredRow {
	/// Reports the outcome of one input.
	pub fn new(
		row: Option<u64>,
		input_digest: InputDigest,
		outcome: &assay_primitives::Outcome,
		ports: &[abi::Port],
	) -> Self {
		let (outputs, fault) = split(outcome, Some(ports));
		Self {
			row,
			input_digest,
			digest: single_digest(outcome),
			outputs,
			fault,
			correct: None,
		}
	}
}
