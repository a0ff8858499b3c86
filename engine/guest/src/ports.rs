//! The inputs of a graph, with all dimensions bound.

use crate::onnx;
use assay_abi::{DType, FaultCode, ModelSpec, Port, MEMORY_LIMIT};
use std::collections::{BTreeMap, BTreeSet};
use tract_onnx::pb::{tensor_shape_proto::dimension::Value, type_proto, GraphProto, ValueInfoProto};

/// Replaces the symbols of the graph's inputs by the spec's values, and returns the inputs that are ports. The symbol
/// of a dimension is its whole `dim_param`, even if that is an expression.
pub fn bind(graph: &mut GraphProto, spec: &ModelSpec) -> Result<Vec<Port>, FaultCode> {
	let mut unused: BTreeSet<&str> = spec.bindings.iter().map(|(symbol, _)| symbol.as_str()).collect();
	if unused.len() != spec.bindings.len() {
		return Err(FaultCode::MalformedMessage);
	}
	let values: BTreeMap<&str, u32> = spec.bindings.iter().map(|(symbol, n)| (symbol.as_str(), *n)).collect();

	// Weights may be listed among the inputs, and always are in old files. They are not ports, and tract prefers the
	// weight.
	let weights: BTreeSet<String> = onnx::initializers(graph).into_iter().map(Into::into).collect();
	let mut ports = Vec::new();
	for input in graph.input.iter_mut().filter(|input| !weights.contains(&input.name)) {
		let name = input.name.clone();
		let type_proto::Value::TensorType(tensor) = value_type(input)?;
		let dtype = onnx::dtype(tensor.elem_type).ok_or(FaultCode::UnsupportedType)?;
		let dimensions = &mut tensor.shape.as_mut().ok_or(FaultCode::UnboundDimension)?.dim;
		let mut shape = Vec::with_capacity(dimensions.len());
		for dimension in dimensions {
			let extent = match &dimension.value {
				Some(Value::DimParam(symbol)) => {
					unused.remove(symbol.as_str());
					*values.get(symbol.as_str()).ok_or(FaultCode::UnboundDimension)?
				}
				Some(Value::DimValue(extent)) if *extent >= 0 => {
					u32::try_from(*extent).map_err(|_| FaultCode::OutOfMemory)?
				}
				// Some exporters write -1 for "any".
				Some(Value::DimValue(_)) | None => return Err(FaultCode::UnboundDimension),
			};
			if extent == 0 {
				return Err(FaultCode::InvalidGraph);
			}
			dimension.value = Some(Value::DimValue(extent.into()));
			shape.push(extent);
		}
		check_size(dtype.size(), shape.iter().map(|extent| u64::from(*extent)))?;
		ports.push(Port { name, dtype, shape });
	}
	if !unused.is_empty() {
		return Err(FaultCode::UnknownBinding);
	}
	Ok(ports)
}

/// Returns the declared type of an input.
fn value_type(input: &mut ValueInfoProto) -> Result<&mut type_proto::Value, FaultCode> {
	let value = input.r#type.as_mut().and_then(|kind| kind.value.as_mut());
	// Sequences, maps and optionals are not decoded, and so have no value here.
	value.ok_or(FaultCode::UnsupportedType)
}

/// Refuses a tensor that is larger than the memory.
pub fn check_size(element: usize, mut shape: impl Iterator<Item = u64>) -> Result<(), FaultCode> {
	shape
		.try_fold(element as u64, u64::checked_mul)
		.filter(|size| *size <= u64::from(MEMORY_LIMIT))
		.map(|_| ())
		.ok_or(FaultCode::OutOfMemory)
}

/// Returns the engine's name for an element type of tract's, or `None` if the engine does not support it. tract has a
/// type of its own for the extents of shapes, and marks quantised integers.
pub fn dtype(tract: tract_onnx::prelude::DatumType) -> Option<DType> {
	use tract_onnx::prelude::DatumType;
	Some(match tract.unquantized() {
		DatumType::F32 => DType::F32,
		DatumType::U8 => DType::U8,
		DatumType::I8 => DType::I8,
		DatumType::U16 => DType::U16,
		DatumType::I16 => DType::I16,
		DatumType::I32 => DType::I32,
		DatumType::I64 | DatumType::TDim => DType::I64,
		DatumType::Bool => DType::Bool,
		DatumType::F16 => DType::F16,
		DatumType::F64 => DType::F64,
		DatumType::U32 => DType::U32,
		DatumType::U64 => DType::U64,
		_ => return None,
	})
}
