//! Elements of tensors, and `.npy` files of outputs.

use crate::npy::{self, FileError};
use assay_primitives::{DType, Port, Tensor};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use std::{
	fmt, fs,
	path::{Path, PathBuf},
};

/// One element of a tensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Element {
	Bool(bool),
	/// An integer, or the shortest decimal that reads back as the same float.
	Number(Number),
	/// A float for which JSON has no number: `NaN`, `inf` or `-inf`.
	NonFinite(String),
}

impl Element {
	fn as_f64(&self) -> Option<f64> {
		match self {
			Self::Number(number) => number.as_f64(),
			Self::Bool(_) | Self::NonFinite(_) => None,
		}
	}
}

impl fmt::Display for Element {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Bool(value) => write!(f, "{value}"),
			Self::Number(value) => write!(f, "{value}"),
			Self::NonFinite(value) => write!(f, "{value}"),
		}
	}
}

/// Returns the name of output `index`: its port's where the manifest is known.
pub fn output_name(ports: Option<&[Port]>, index: usize) -> String {
	ports
		.and_then(|ports| ports.get(index))
		.map_or_else(|| format!("output{index}"), |port| port.name.clone())
}

/// Writes each tensor to `folder/{prefix}{name}.npy` and returns the paths.
pub fn write_all(
	folder: &Path,
	prefix: &str,
	ports: Option<&[Port]>,
	tensors: &[Tensor],
) -> Result<Vec<PathBuf>, FileError> {
	let failed = |path: &Path, error: std::io::Error| FileError {
		path: path.to_owned(),
		error: error.into(),
	};
	fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
	tensors
		.iter()
		.enumerate()
		.map(|(index, tensor)| {
			let path = folder.join(format!("{prefix}{}.npy", file_name(&output_name(ports, index))));
			npy::write(&path, tensor).map_err(|error| failed(&path, error))?;
			Ok(path)
		})
		.collect()
}

/// Returns a port's name without characters that could lead out of the folder. Names come from the model's author.
fn file_name(name: &str) -> String {
	name.chars()
		.map(|c| {
			if c.is_ascii_alphanumeric() || "._-".contains(c) {
				c
			} else {
				'_'
			}
		})
		.collect()
}

/// Returns the index of the largest element, the first of several; `None` if no element is a number.
pub fn argmax(tensor: &Tensor) -> Option<usize> {
	elements(tensor)
		.enumerate()
		.filter_map(|(index, element)| Some((index, element.as_f64()?)))
		.reduce(|best, next| if next.1 > best.1 { next } else { best })
		.map(|(index, _)| index)
}

/// Returns all elements; `None` unless each is a non-negative integer.
pub fn unsigned_integers(tensor: &Tensor) -> Option<Vec<u64>> {
	elements(tensor)
		.map(|element| match element {
			Element::Number(number) => number.as_u64(),
			Element::Bool(_) | Element::NonFinite(_) => None,
		})
		.collect()
}

/// Returns the number of elements.
pub fn element_count(tensor: &Tensor) -> usize {
	tensor.data.len() / tensor.dtype.size()
}

/// Returns the elements in row-major order.
pub fn elements(tensor: &Tensor) -> impl Iterator<Item = Element> + '_ {
	let dtype = tensor.dtype;
	tensor
		.data
		.chunks_exact(dtype.size())
		.map(move |bytes| element(dtype, bytes))
}

fn element(dtype: DType, bytes: &[u8]) -> Element {
	// The bytes of one element, zero-extended.
	let mut wide = [0; 8];
	wide[..bytes.len()].copy_from_slice(bytes);
	let bits = u64::from_le_bytes(wide);
	match dtype {
		DType::Bool => Element::Bool(bits != 0),
		DType::U8 | DType::U16 | DType::U32 | DType::U64 => Element::Number(bits.into()),
		DType::I8 => Element::Number((bits as i8).into()),
		DType::I16 => Element::Number((bits as i16).into()),
		DType::I32 => Element::Number((bits as i32).into()),
		DType::I64 => Element::Number((bits as i64).into()),
		DType::F16 => float32(half_to_f32(bits as u16)),
		DType::F32 => float32(f32::from_bits(bits as u32)),
		DType::F64 => float64(f64::from_bits(bits)),
	}
}

/// Returns the shortest decimal that reads back as the same float32, not the long one of its float64 value.
fn float32(value: f32) -> Element {
	float64(value.to_string().parse().unwrap_or(f64::from(value)))
}

fn float64(value: f64) -> Element {
	Number::from_f64(value).map_or_else(|| Element::NonFinite(value.to_string()), Element::Number)
}

/// Converts IEEE 754 binary16 to binary32, exactly.
fn half_to_f32(bits: u16) -> f32 {
	let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
	let (exponent, fraction) = ((bits >> 10 & 0x1f) as i32, f32::from(bits & 0x3ff));
	let magnitude = match exponent {
		0 => fraction * 2f32.powi(-24),
		31 if fraction == 0.0 => f32::INFINITY,
		31 => f32::NAN,
		_ => (1024.0 + fraction) * 2f32.powi(exponent - 25),
	};
	sign * magnitude
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::{json, Value};

	fn values(dtype: DType, data: Vec<u8>) -> Value {
		let shape = vec![(data.len() / dtype.size()) as u32];
		let tensor = Tensor { dtype, shape, data };
		assert_eq!(element_count(&tensor), elements(&tensor).count());
		serde_json::to_value(elements(&tensor).collect::<Vec<_>>()).unwrap()
	}

	#[test]
	fn elements_read_as_numpy_shows_them() {
		let floats = [0.1f32, -2.5, f32::NAN, f32::INFINITY].map(f32::to_le_bytes).concat();
		assert_eq!(values(DType::F32, floats), json!([0.1, -2.5, "NaN", "inf"]));
		assert_eq!(values(DType::I16, (-3i16).to_le_bytes().to_vec()), json!([-3]));
		assert_eq!(values(DType::U64, u64::MAX.to_le_bytes().to_vec()), json!([u64::MAX]));
		assert_eq!(values(DType::I64, i64::MIN.to_le_bytes().to_vec()), json!([i64::MIN]));
		assert_eq!(values(DType::Bool, vec![0, 1]), json!([false, true]));
	}

	#[test]
	fn halves_convert_exactly() {
		for (bits, value) in [
			(0x0000, 0.0),
			(0x0001, 5.960_464_5e-8),
			(0x3c00, 1.0),
			(0xc000, -2.0),
			(0x3555, 0.333_251_95),
			(0x7bff, 65504.0),
			(0x7c00, f32::INFINITY),
		] {
			assert_eq!(half_to_f32(bits), value, "{bits:#x}");
		}
		assert!(half_to_f32(0x7e00).is_nan());
	}

	#[test]
	fn a_ports_name_never_leads_out_of_the_folder() {
		assert_eq!(file_name("../a/b:0"), ".._a_b_0");
		assert_eq!(output_name(None, 3), "output3");
	}
}
