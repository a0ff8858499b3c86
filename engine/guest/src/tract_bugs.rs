//! Nodes that tract accepts and miscomputes: it ignores some attributes, and interprets others differently from ONNX.
//! Such a node is refused like an unsupported operator, since the answer would be the same everywhere, and wrong.
//!
//! `scripts/corpus.sh` and `scripts/conformance.sh` search for such bugs.

use assay_abi::FaultCode;
use tract_onnx::{
	pb::{AttributeProto, NodeProto},
	prelude::*,
};

/// The first operator set in which operands broadcast as in NumPy, and in which operators are in inference mode by
/// default.
const MODERN_OPSET: i64 = 7;

/// Operators with an attribute for broadcasting before [`MODERN_OPSET`].
#[rustfmt::skip]
const BROADCASTING: &[&str] = &["Add", "And", "Div", "Equal", "Greater", "Less", "Mul", "Or", "Pow", "Sub", "Xor"];

/// Returns whether tract would miscompute `node`, an operator of the default domain in version `opset`.
pub fn is_miscomputed(node: &NodeProto, opset: i64) -> bool {
	let attribute = |name: &str| node.attribute.iter().find(|attribute| attribute.name == name);
	let is_given = |name: &str| attribute(name).is_some();
	let is_set = |name: &str| attribute(name).is_some_and(|attribute| attribute.i != 0);
	let says = |name: &str, value: &str| attribute(name).is_some_and(|attribute| attribute.s == value.as_bytes());
	match node.op_type.as_str() {
		// tract does not count the padding that it adds for `auto_pad`.
		"AveragePool" => {
			is_set("count_include_pad") && (says("auto_pad", "SAME_UPPER") || says("auto_pad", "SAME_LOWER"))
		}
		// tract normalises with the running statistics only.
		"BatchNormalization" => is_set("training_mode") || (opset < MODERN_OPSET && !is_set("is_test")),
		// tract's result is too small by a factor of alpha where x is negative.
		"Celu" => attribute("alpha").is_some_and(|alpha| alpha.f != 1.0),
		// tract moves a point onto the border before it looks up its neighbours.
		"GridSample" => says("padding_mode", "border") && (says("mode", "bicubic") || says("mode", "cubic")),
		"GRU" | "LSTM" | "RNN" => {
			says("direction", "reverse")
				|| is_set("input_forget")
				|| ["clip", "activation_alpha", "activation_beta", "output_sequence"]
					.into_iter()
					.any(is_given)
				|| attribute("activations").is_some_and(|names| !are_default_activations(&node.op_type, names))
		}
		// One slope for each channel used to be aligned with axis 1, and is now aligned with the last axis.
		"PRelu" => opset < MODERN_OPSET,
		"DequantizeLinear" | "QuantizeLinear" => is_set("output_dtype") || is_set("precision"),
		operator => opset < MODERN_OPSET && BROADCASTING.contains(&operator) && is_given("axis"),
	}
}

/// A value with which tract miscomputes a node if the value has a certain extent, which only shape inference reveals.
pub struct SuspectValue {
	/// The name of the value.
	value: String,
	/// How many leading axes are ignored.
	skip: usize,
	/// The extent that no other axis may have.
	extent: i64,
	/// The fault if one has it.
	fault: FaultCode,
}

impl SuspectValue {
	/// Lists the values to check for `node`.
	pub fn list(node: &NodeProto) -> impl Iterator<Item = Self> {
		let says = |name: &str, value: &str| {
			let mut attributes = node.attribute.iter();
			attributes.any(|attribute| attribute.name == name && attribute.s == value.as_bytes())
		};
		let empty = |value: Option<&String>, skip| (value.cloned(), skip, 0, FaultCode::InvalidGraph);
		let (input, output) = (node.input.first(), node.output.first());
		let extents = match node.op_type.as_str() {
			// A window that does not fit the image is an error in ONNX. tract returns an empty tensor.
			"AveragePool" | "Conv" | "ConvInteger" | "ConvTranspose" | "MaxPool" | "QLinearConv" => {
				Some(empty(output, 2))
			}
			"STFT" => Some(empty(output, 1)),
			// An empty tensor has no maximum.
			"ArgMax" | "ArgMin" | "ReduceMax" | "ReduceMin" | "Resize" => Some(empty(input, 0)),
			_ => None,
		};
		let resize = (node.op_type == "Resize").then(|| empty(output, 0));
		// To resize to a single pixel, ONNX samples the first pixel, and tract half a pixel before it.
		let is_affected = says("mode", "cubic") && says("coordinate_transformation_mode", "pytorch_half_pixel");
		let cubic =
			(node.op_type == "Resize" && is_affected).then(|| (output.cloned(), 2, 1, FaultCode::UnsupportedOperator));
		[extents, resize, cubic]
			.into_iter()
			.flatten()
			.filter_map(|(value, skip, extent, fault)| {
				let value = value?;
				Some(Self {
					value,
					skip,
					extent,
					fault,
				})
			})
	}

	/// Refuses `model` if the value has the extent.
	pub fn check(&self, model: &TypedModel) -> Result<(), FaultCode> {
		let Some(outlet) = model.find_outlet_label(&self.value) else {
			return Ok(());
		};
		let fact = model.outlet_fact(outlet).map_err(|_| FaultCode::InvalidGraph)?;
		let mut extents = fact.shape.iter().skip(self.skip);
		if extents.any(|dim| dim.to_i64().is_ok_and(|extent| extent == self.extent)) {
			Err(self.fault)
		} else {
			Ok(())
		}
	}
}

/// Returns whether a `Dropout` without a third input drops elements.
pub fn drops_by_default(dropout: &NodeProto, opset: i64) -> bool {
	let is_test = dropout.attribute.iter().find(|attribute| attribute.name == "is_test");
	opset < MODERN_OPSET && is_test.is_none_or(|is_test| is_test.i == 0)
}

/// Returns whether `names` are the default activations of a recurrent operator, the only ones that tract supports.
fn are_default_activations(operator: &str, names: &AttributeProto) -> bool {
	let default: &[&str] = match operator {
		"GRU" => &["Sigmoid", "Tanh"],
		"LSTM" => &["Sigmoid", "Tanh", "Tanh"],
		_ => &["Tanh"],
	};
	let mut expected = default.iter().cycle();
	names
		.strings
		.iter()
		.all(|name| expected.next().is_some_and(|default| name == default.as_bytes()))
}
