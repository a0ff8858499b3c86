//! ONNX files, encoded by hand so that they may be invalid.

use assay_primitives::DType;

/// The default operator set.
pub const OPSET: i64 = 17;

/// Encodes an integer as a protobuf varint.
fn varint(mut value: u64) -> Vec<u8> {
	let mut bytes = Vec::new();
	while value > 0x7f {
		bytes.push(value as u8 | 0x80);
		value >>= 7;
	}
	bytes.push(value as u8);
	bytes
}

/// Encodes the tag of a protobuf field.
pub fn tag(number: u32, wire_type: u32) -> Vec<u8> {
	varint(u64::from(number << 3 | wire_type))
}

/// Encodes a protobuf field of wire type 2, with a length.
pub fn part(number: u32, bytes: impl AsRef<[u8]>) -> Vec<u8> {
	let bytes = bytes.as_ref();
	let mut field = tag(number, 2);
	field.extend(varint(bytes.len() as u64));
	field.extend(bytes);
	field
}

/// Encodes a protobuf field of wire type 0, an integer.
pub fn number(number: u32, value: i64) -> Vec<u8> {
	[tag(number, 0), varint(value as u64)].concat()
}

/// Encodes an input or output of a graph that is a vector of two float32.
pub fn pair(name: &str) -> Vec<u8> {
	port(name, DType::F32, &[2])
}

/// Encodes an input or output of a graph.
pub fn port(name: &str, dtype: DType, shape: &[i64]) -> Vec<u8> {
	let extents = shape.iter().flat_map(|extent| part(1, number(1, *extent)));
	let tensor = [number(1, code(dtype)), part(2, extents.collect::<Vec<_>>())].concat();
	[part(1, name), part(2, part(1, tensor))].concat()
}

/// Encodes a node of a graph.
pub fn node(operator: &str, inputs: &[&str], output: &str) -> Vec<u8> {
	node_with(operator, inputs, &[output], &[])
}

/// Encodes a node of a graph, with attributes.
pub fn node_with(operator: &str, inputs: &[&str], outputs: &[&str], attributes: &[Vec<u8>]) -> Vec<u8> {
	let inputs = inputs.iter().flat_map(|input| part(1, input));
	let outputs = outputs.iter().flat_map(|output| part(2, output));
	let attributes = attributes.iter().flat_map(|attribute| part(5, attribute));
	inputs
		.chain(outputs)
		.chain(part(4, operator))
		.chain(attributes)
		.collect()
}

/// Encodes an attribute of type INT.
pub fn int(name: &str, value: i64) -> Vec<u8> {
	[part(1, name), number(3, value), number(20, 2)].concat()
}

/// Encodes an attribute of type INTS.
pub fn ints(name: &str, values: &[i64]) -> Vec<u8> {
	let values = values.iter().flat_map(|value| number(8, *value));
	part(1, name).into_iter().chain(values).chain(number(20, 7)).collect()
}

/// Encodes an attribute of type STRING.
pub fn text(name: &str, value: &str) -> Vec<u8> {
	[part(1, name), part(4, value), number(20, 3)].concat()
}

/// Encodes an attribute of type STRINGS.
pub fn strings(name: &str, values: &[&str]) -> Vec<u8> {
	let values = values.iter().flat_map(|value| part(9, value));
	part(1, name).into_iter().chain(values).chain(number(20, 8)).collect()
}

/// Encodes an attribute of type FLOATS.
pub fn floats_of(name: &str, values: &[f32]) -> Vec<u8> {
	let values: Vec<_> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
	[part(1, name), part(7, values), number(20, 6)].concat()
}

/// Encodes an attribute of type TENSOR.
pub fn value(name: &str, tensor: &[u8]) -> Vec<u8> {
	[part(1, name), part(5, tensor), number(20, 4)].concat()
}

/// Encodes a tensor with the bytes of its elements, which need not fit its extents.
pub fn raw(name: &str, dtype: DType, dims: &[i64], data: &[u8]) -> Vec<u8> {
	let dims = dims.iter().flat_map(|extent| number(1, *extent));
	dims.chain(number(2, code(dtype)))
		.chain(part(8, name))
		.chain(part(9, data))
		.collect()
}

/// Encodes a vector of int64.
pub fn longs(name: &str, values: &[i64]) -> Vec<u8> {
	raw(name, DType::I64, &[values.len() as i64], &bytes_of(values))
}

/// Encodes a scalar int64.
pub fn long(name: &str, value: i64) -> Vec<u8> {
	raw(name, DType::I64, &[], &value.to_le_bytes())
}

/// Encodes a tensor of float32 whose elements differ from each other, and from those of tensors with other names, with
/// high probability.
pub fn fractions(name: &str, dims: &[i64]) -> Vec<u8> {
	let elements: i64 = dims.iter().product();
	let first = name
		.bytes()
		.fold(0, |first: u32, byte| first.wrapping_mul(31).wrapping_add(byte.into()));
	let data = (0..elements).flat_map(|n| fraction(first.wrapping_mul(1 << 16).wrapping_add(n as u32)).to_le_bytes());
	raw(name, DType::F32, dims, &data.collect::<Vec<_>>())
}

/// Returns number `n` of a fixed sequence between -1 and 1.
pub fn fraction(n: u32) -> f32 {
	let scattered = n.wrapping_add(1).wrapping_mul(0x9e37_79b9) >> 8;
	scattered as f32 / (1 << 23) as f32 - 1.0
}

fn bytes_of(values: &[i64]) -> Vec<u8> {
	values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Returns the number of an element type in ONNX.
fn code(dtype: DType) -> i64 {
	i64::from(codec::Encode::encode(&dtype)[0])
}

/// Encodes the file of a graph, which is given as its fields.
pub fn file(graph: &[Vec<u8>]) -> Vec<u8> {
	of_opset(OPSET, &graph.concat())
}

fn of_opset(opset: i64, graph: &[u8]) -> Vec<u8> {
	[number(1, 8), part(7, graph), part(8, number(2, opset))].concat()
}

/// A graph under construction.
pub struct Graph {
	opset: i64,
	fields: Vec<u8>,
}

impl Graph {
	/// Creates an empty graph of [`OPSET`].
	pub fn new() -> Self {
		Self::of(OPSET)
	}

	/// Creates an empty graph of an operator set.
	pub fn of(opset: i64) -> Self {
		Self {
			opset,
			fields: part(2, "g"),
		}
	}

	/// Adds a field of `GraphProto`.
	pub fn field(&mut self, number: u32, bytes: &[u8]) -> &mut Self {
		self.fields.extend(part(number, bytes));
		self
	}

	/// Adds an input.
	pub fn input(&mut self, name: &str, dtype: DType, shape: &[i64]) -> &mut Self {
		self.field(11, &port(name, dtype, shape))
	}

	/// Adds an output that is declared by its name only.
	pub fn output(&mut self, name: &str) -> &mut Self {
		self.field(12, &part(1, name))
	}

	/// Adds a constant tensor.
	pub fn weight(&mut self, tensor: &[u8]) -> &mut Self {
		self.field(5, tensor)
	}

	/// Adds a node.
	pub fn node(&mut self, operator: &str, inputs: &[&str], output: &str) -> &mut Self {
		self.node_with(operator, inputs, &[output], &[])
	}

	/// Adds a node with attributes.
	pub fn node_with(
		&mut self,
		operator: &str,
		inputs: &[&str],
		outputs: &[&str],
		attributes: &[Vec<u8>],
	) -> &mut Self {
		self.field(1, &node_with(operator, inputs, outputs, attributes))
	}

	/// Encodes the file.
	pub fn file(&self) -> Vec<u8> {
		of_opset(self.opset, &self.fields)
	}
}
