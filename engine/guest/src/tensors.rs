//! Converts tensors between the ABI and tract. They are checked on the way in, and canonical on the way out.

use crate::{int64_constants::exceeds_int32, ports};
use assay_abi::{DType, FaultCode, Port, Tensor};
use tract_onnx::prelude::{DatumType, Tensor as TractTensor};

/// Converts `tensor`, the value of input `port`, for tract. If `int32_only`, its int64 elements must fit 32 bits.
/// Refuses anything else as [`FaultCode::WrongInput`].
pub fn receive(port: &Port, mut tensor: Tensor, int32_only: bool) -> Result<TractTensor, FaultCode> {
	let is_right = tensor.dtype == port.dtype
		&& tensor.shape == port.shape
		&& tensor.expected_len() == Some(tensor.data.len())
		&& (tensor.dtype != DType::Bool || tensor.data.iter().all(|byte| *byte <= 1));
	let is_too_large = |bytes: &[u8; 8]| exceeds_int32(i64::from_le_bytes(*bytes));
	if !is_right || (int32_only && port.dtype == DType::I64 && tensor.data.as_chunks().0.iter().any(is_too_large)) {
		return Err(FaultCode::WrongInput);
	}
	canonicalise(tensor.dtype, &mut tensor.data);
	let shape: Vec<usize> = tensor.shape.iter().map(|extent| *extent as usize).collect();
	// SAFETY: the length is right. Any bytes are valid values of the supported types, except bools, which are 0 or 1.
	unsafe { TractTensor::from_raw_dt(datum_type(tensor.dtype), &shape, &tensor.data) }
		.map_err(|_| FaultCode::WrongInput)
}

/// Converts `tensor`, the value of output `port`, for the ABI. Fails with [`FaultCode::RunFailed`] if it is not as the
/// port describes it.
pub fn send(port: &Port, tensor: &TractTensor) -> Result<Tensor, FaultCode> {
	let tensor = if tensor.datum_type() == DatumType::TDim {
		tensor.cast_to_dt(DatumType::I64).map_err(|_| FaultCode::RunFailed)?
	} else {
		std::borrow::Cow::Borrowed(tensor)
	};
	let shape = tensor
		.shape()
		.iter()
		.map(|extent| u32::try_from(*extent))
		.collect::<Result<Vec<_>, _>>();
	let shape = shape.map_err(|_| FaultCode::RunFailed)?;
	if ports::dtype(tensor.datum_type()) != Some(port.dtype) || shape != port.shape || !tensor.is_plain() {
		return Err(FaultCode::RunFailed);
	}
	let mut data = tensor.as_bytes().to_vec();
	canonicalise(port.dtype, &mut data);
	Ok(Tensor {
		dtype: port.dtype,
		shape,
		data,
	})
}

/// Replaces every NaN by the quiet NaN without sign or payload, since WebAssembly does not define these bits.
fn canonicalise(dtype: DType, data: &mut [u8]) {
	match dtype {
		DType::F16 => {
			for bytes in data.as_chunks_mut::<2>().0 {
				if u16::from_le_bytes(*bytes) & 0x7fff > 0x7c00 {
					*bytes = 0x7e00_u16.to_le_bytes();
				}
			}
		}
		DType::F32 => {
			for bytes in data.as_chunks_mut::<4>().0 {
				if f32::from_le_bytes(*bytes).is_nan() {
					*bytes = 0x7fc0_0000_u32.to_le_bytes();
				}
			}
		}
		DType::F64 => {
			for bytes in data.as_chunks_mut::<8>().0 {
				if f64::from_le_bytes(*bytes).is_nan() {
					*bytes = 0x7ff8_0000_0000_0000_u64.to_le_bytes();
				}
			}
		}
		_ => {}
	}
}

/// Returns tract's name for an element type.
fn datum_type(dtype: DType) -> DatumType {
	match dtype {
		DType::F32 => DatumType::F32,
		DType::U8 => DatumType::U8,
		DType::I8 => DatumType::I8,
		DType::U16 => DatumType::U16,
		DType::I16 => DatumType::I16,
		DType::I32 => DatumType::I32,
		DType::I64 => DatumType::I64,
		DType::Bool => DatumType::Bool,
		DType::F16 => DatumType::F16,
		DType::F64 => DatumType::F64,
		DType::U32 => DatumType::U32,
		DType::U64 => DatumType::U64,
	}
}
