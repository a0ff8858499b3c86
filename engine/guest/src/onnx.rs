//! Reads what several checks need from an ONNX file.

use assay_abi::DType;
use std::collections::BTreeSet;
use tract_onnx::pb::{tensor_proto::DataType, GraphProto, ModelProto, TensorProto};

/// Returns whether `domain` is that of ONNX's own operators.
pub fn is_default_domain(domain: &str) -> bool {
	matches!(domain, "" | "ai.onnx")
}

/// Returns the version of the default operator set that `model` imports, or 0 if it imports none.
pub fn opset(model: &ModelProto) -> i64 {
	model
		.opset_import
		.iter()
		.find(|import| is_default_domain(&import.domain))
		.map_or(0, |import| import.version)
}

/// Returns the names of the graph's initializers. An input that has an initializer is a weight, not a port.
pub fn initializers(graph: &GraphProto) -> BTreeSet<&str> {
	graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect()
}

/// Returns the constant tensors of a graph, each with the name of its value.
pub fn constants(graph: &GraphProto) -> impl Iterator<Item = (&str, &TensorProto)> {
	let initializers = graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor));
	let constants = graph
		.node
		.iter()
		.filter(|node| node.op_type == "Constant")
		.filter_map(|node| {
			let tensor = node.attribute.iter().find_map(|attribute| attribute.t.as_ref())?;
			Some((node.output.first()?.as_str(), tensor))
		});
	initializers.chain(constants)
}

/// Returns the engine's name for an ONNX element type, or `None` if the engine does not support it.
pub fn dtype(onnx: i32) -> Option<DType> {
	Some(match DataType::try_from(onnx).ok()? {
		DataType::Float => DType::F32,
		DataType::Uint8 => DType::U8,
		DataType::Int8 => DType::I8,
		DataType::Uint16 => DType::U16,
		DataType::Int16 => DType::I16,
		DataType::Int32 => DType::I32,
		DataType::Int64 => DType::I64,
		DataType::Bool => DType::Bool,
		DataType::Float16 => DType::F16,
		DataType::Double => DType::F64,
		DataType::Uint32 => DType::U32,
		DataType::Uint64 => DType::U64,
		_ => return None,
	})
}
