//! The parts of an ONNX file that are worth mutating, as protobuf messages. Other fields are lost when a file is
//! written back; only mutations of single bytes reach them.

use prost::{Message, Oneof};

/// `ModelProto`.
#[derive(Clone, PartialEq, Message)]
pub struct Model {
	#[prost(int64, tag = "1")]
	pub ir_version: i64,
	#[prost(message, repeated, tag = "8")]
	pub opset_import: Vec<OperatorSet>,
	#[prost(message, optional, tag = "7")]
	pub graph: Option<Graph>,
}

/// `OperatorSetIdProto`.
#[derive(Clone, PartialEq, Message)]
pub struct OperatorSet {
	#[prost(string, tag = "1")]
	pub domain: String,
	#[prost(int64, tag = "2")]
	pub version: i64,
}

/// `GraphProto`.
#[derive(Clone, PartialEq, Message)]
pub struct Graph {
	#[prost(message, repeated, tag = "1")]
	pub node: Vec<Node>,
	#[prost(string, tag = "2")]
	pub name: String,
	#[prost(message, repeated, tag = "5")]
	pub initializer: Vec<Tensor>,
	#[prost(message, repeated, tag = "11")]
	pub input: Vec<Value>,
	#[prost(message, repeated, tag = "12")]
	pub output: Vec<Value>,
}

/// `NodeProto`.
#[derive(Clone, PartialEq, Message)]
pub struct Node {
	#[prost(string, repeated, tag = "1")]
	pub input: Vec<String>,
	#[prost(string, repeated, tag = "2")]
	pub output: Vec<String>,
	#[prost(string, tag = "3")]
	pub name: String,
	#[prost(string, tag = "4")]
	pub op_type: String,
	#[prost(string, tag = "7")]
	pub domain: String,
	#[prost(message, repeated, tag = "5")]
	pub attribute: Vec<Attribute>,
}

/// `AttributeProto`.
#[derive(Clone, PartialEq, Message)]
pub struct Attribute {
	#[prost(string, tag = "1")]
	pub name: String,
	#[prost(int32, tag = "20")]
	pub kind: i32,
	#[prost(float, tag = "2")]
	pub f: f32,
	#[prost(int64, tag = "3")]
	pub i: i64,
	#[prost(bytes = "vec", tag = "4")]
	pub s: Vec<u8>,
	#[prost(message, optional, tag = "5")]
	pub t: Option<Tensor>,
	#[prost(message, optional, tag = "6")]
	pub g: Option<Graph>,
	#[prost(float, repeated, tag = "7")]
	pub floats: Vec<f32>,
	#[prost(int64, repeated, tag = "8")]
	pub ints: Vec<i64>,
	#[prost(bytes = "vec", repeated, tag = "9")]
	pub strings: Vec<Vec<u8>>,
}

/// `TensorProto`.
#[derive(Clone, PartialEq, Message)]
pub struct Tensor {
	#[prost(int64, repeated, tag = "1")]
	pub dims: Vec<i64>,
	#[prost(int32, tag = "2")]
	pub data_type: i32,
	#[prost(float, repeated, tag = "4")]
	pub float_data: Vec<f32>,
	#[prost(int32, repeated, tag = "5")]
	pub int32_data: Vec<i32>,
	#[prost(bytes = "vec", repeated, tag = "6")]
	pub string_data: Vec<Vec<u8>>,
	#[prost(int64, repeated, tag = "7")]
	pub int64_data: Vec<i64>,
	#[prost(string, tag = "8")]
	pub name: String,
	#[prost(bytes = "vec", tag = "9")]
	pub raw_data: Vec<u8>,
	#[prost(double, repeated, tag = "10")]
	pub double_data: Vec<f64>,
	#[prost(uint64, repeated, tag = "11")]
	pub uint64_data: Vec<u64>,
	#[prost(int32, optional, tag = "14")]
	pub data_location: Option<i32>,
}

/// `ValueInfoProto`: an input or output of a graph.
#[derive(Clone, PartialEq, Message)]
pub struct Value {
	#[prost(string, tag = "1")]
	pub name: String,
	#[prost(message, optional, tag = "2")]
	pub kind: Option<Type>,
}

/// `TypeProto`.
#[derive(Clone, PartialEq, Message)]
pub struct Type {
	#[prost(message, optional, tag = "1")]
	pub tensor: Option<TensorType>,
}

/// `TypeProto.Tensor`.
#[derive(Clone, PartialEq, Message)]
pub struct TensorType {
	#[prost(int32, tag = "1")]
	pub elem_type: i32,
	#[prost(message, optional, tag = "2")]
	pub shape: Option<Shape>,
}

/// `TensorShapeProto`.
#[derive(Clone, PartialEq, Message)]
pub struct Shape {
	#[prost(message, repeated, tag = "1")]
	pub dim: Vec<Dimension>,
}

/// `TensorShapeProto.Dimension`.
#[derive(Clone, PartialEq, Message)]
pub struct Dimension {
	#[prost(oneof = "Extent", tags = "1, 2")]
	pub extent: Option<Extent>,
}

/// The value of a dimension.
#[derive(Clone, PartialEq, Oneof)]
pub enum Extent {
	#[prost(int64, tag = "1")]
	Fixed(i64),
	#[prost(string, tag = "2")]
	Symbol(String),
}

impl Model {
	/// Returns the symbols in the inputs of the graph, each once.
	pub fn symbols(&self) -> Vec<String> {
		let inputs = self.graph.iter().flat_map(|graph| &graph.input);
		let shapes = inputs.filter_map(|input| input.kind.as_ref()?.tensor.as_ref()?.shape.as_ref());
		let mut symbols = Vec::new();
		for dimension in shapes.flat_map(|shape| &shape.dim) {
			if let Some(Extent::Symbol(symbol)) = &dimension.extent {
				if !symbols.contains(symbol) {
					symbols.push(symbol.clone());
				}
			}
		}
		symbols
	}
}
