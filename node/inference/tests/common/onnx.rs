//! Small ONNX files, byte by byte.

/// A protobuf field of wire type 2.
pub fn part(number: u8, bytes: impl AsRef<[u8]>) -> Vec<u8> {
	let bytes = bytes.as_ref();
	let mut field = vec![number << 3 | 2];
	let mut len = bytes.len();
	while len > 0x7f {
		field.push(len as u8 | 0x80);
		len >>= 7;
	}
	field.push(len as u8);
	[&field, bytes].concat()
}

/// A protobuf field of wire type 0, whose value is at most 127.
pub fn number(number: u8, value: u8) -> Vec<u8> {
	vec![number << 3, value]
}

/// A vector of two float32, as an input or output of a graph.
pub fn pair(name: &str) -> Vec<u8> {
	let dimension = part(1, number(1, 2));
	let vector = part(1, [number(1, 1), part(2, dimension)].concat());
	[part(1, name), part(2, vector)].concat()
}

/// A node of a graph.
pub fn node(operator: &str, inputs: &[&str], output: &str) -> Vec<u8> {
	let inputs = inputs.iter().flat_map(|input| part(1, input));
	inputs.chain(part(2, output)).chain(part(4, operator)).collect()
}

/// The file of a graph, which is given as its fields.
pub fn file(graph: &[Vec<u8>]) -> Vec<u8> {
	[number(1, 8), part(7, graph.concat()), part(8, number(2, 17))].concat()
}
