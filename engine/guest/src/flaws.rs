//! What tract takes and would get wrong: attributes that it does not read, and those that it reads otherwise than ONNX means them. A
//! node with such a flaw is refused like an operator that is not offered, since a wrong answer would be the same wrong answer everywhere.
//!
//! `scripts/corpus.sh` and `scripts/conformance.sh` look for them.

use crate::abi::FaultCode;
use tract_onnx::{
	pb::{AttributeProto, NodeProto},
	prelude::*,
};

/// The first operator set in which operands broadcast as in NumPy, and in which a model is in inference mode unless it says otherwise.
const MODERN: i64 = 7;

/// Operators that broadcast by an attribute of their own before [`MODERN`].
#[rustfmt::skip]
const BROADCASTING: &[&str] = &["Add", "And", "Div", "Equal", "Greater", "Less", "Mul", "Or", "Pow", "Sub", "Xor"];

/// Whether tract would get `node` wrong, which is of the default domain's version `opset`.
pub fn has_flaw(node: &NodeProto, opset: i64) -> bool {
	let attribute = |name: &str| node.attribute.iter().find(|attribute| attribute.name == name);
	let is_given = |name: &str| attribute(name).is_some();
	let is_set = |name: &str| attribute(name).is_some_and(|attribute| attribute.i != 0);
	let says = |name: &str, value: &str| attribute(name).is_some_and(|attribute| attribute.s == value.as_bytes());
	match node.op_type.as_str() {
		// tract does not count what it pads by itself.
		"AveragePool" => {
			is_set("count_include_pad") && (says("auto_pad", "SAME_UPPER") || says("auto_pad", "SAME_LOWER"))
		}
		// Running statistics are all that tract normalises with.
		"BatchNormalization" => is_set("training_mode") || (opset < MODERN && !is_set("is_test")),
		// tract's is alpha times too small where x is negative.
		"Celu" => attribute("alpha").is_some_and(|alpha| alpha.f != 1.0),
		// tract moves a point onto the border before it looks for its neighbours.
		"GridSample" => says("padding_mode", "border") && (says("mode", "bicubic") || says("mode", "cubic")),
		"GRU" | "LSTM" | "RNN" => {
			says("direction", "reverse")
				|| is_set("input_forget")
				|| ["clip", "activation_alpha", "activation_beta", "output_sequence"]
					.into_iter()
					.any(is_given)
				|| attribute("activations").is_some_and(|names| !are_default(&node.op_type, names))
		}
		// One slope a channel was aligned with axis 1, and now is with the last.
		"PRelu" => opset < MODERN,
		"DequantizeLinear" | "QuantizeLinear" => is_set("output_dtype") || is_set("precision"),
		operator => opset < MODERN && BROADCASTING.contains(&operator) && is_given("axis"),
	}
}

/// A value whose extents may show what the attributes of its node do not.
pub struct Suspect {
	value: String,
	/// The axes that are not looked at come first.
	skip: usize,
	/// An extent that it must not have.
	extent: i64,
	fault: FaultCode,
}

impl Suspect {
	/// What to suspect of `node`.
	pub fn of(node: &NodeProto) -> impl Iterator<Item = Self> {
		let says = |name: &str, value: &str| {
			let mut attributes = node.attribute.iter();
			attributes.any(|attribute| attribute.name == name && attribute.s == value.as_bytes())
		};
		let empty = |value: Option<&String>, skip| (value.cloned(), skip, 0, FaultCode::InvalidGraph);
		let (input, output) = (node.input.first(), node.output.first());
		let suspect = match node.op_type.as_str() {
			// A window that does not fit its image leaves nothing to tract, and is an error to ONNX.
			"AveragePool" | "Conv" | "ConvInteger" | "ConvTranspose" | "MaxPool" | "QLinearConv" => {
				Some(empty(output, 2))
			}
			"STFT" => Some(empty(output, 1)),
			// Nothing has no greatest element.
			"ArgMax" | "ArgMin" | "ReduceMax" | "ReduceMin" | "Resize" => Some(empty(input, 0)),
			_ => None,
		};
		let resize = (node.op_type == "Resize").then(|| empty(output, 0));
		// ONNX takes the only pixel from the first one, tract from half a pixel before it.
		let only = says("mode", "cubic") && says("coordinate_transformation_mode", "pytorch_half_pixel");
		let cubic = (node.op_type == "Resize" && only).then(|| (output.cloned(), 2, 1, FaultCode::UnsupportedOperator));
		[suspect, resize, cubic]
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

	/// Refuses `model` if the suspicion holds.
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

/// Whether a `Dropout` without a third input drops anything.
pub fn drops(dropout: &NodeProto, opset: i64) -> bool {
	let is_test = dropout.attribute.iter().find(|attribute| attribute.name == "is_test");
	opset < MODERN && is_test.is_none_or(|is_test| is_test.i == 0)
}

/// Whether `names` are the functions a recurrent operator has by itself, the only ones that tract knows.
fn are_default(operator: &str, names: &AttributeProto) -> bool {
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
