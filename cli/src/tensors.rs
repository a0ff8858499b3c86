//! Tensors as people and programs read them: elements as JSON numbers, a line of summary, `.npy` files.

use crate::npy;
use anyhow::Context as _;
use assay_primitives::{DType, Port, Tensor};
use serde_json::{json, Number, Value};
use std::path::{Path, PathBuf};

/// The most elements that a summary line shows.
const SHOWN: usize = 10;
/// The most elements that JSON output spells out. Larger tensors carry `null`; `--out` writes them.
const SPELLED: usize = 4096;

/// The name of output `index`: its port's where the manifest is known.
pub fn output_name(ports: Option<&[Port]>, index: usize) -> String {
	ports
		.and_then(|ports| ports.get(index))
		.map_or_else(|| format!("output{index}"), |port| port.name.clone())
}

/// `float32 [1, 10]: 0.1 0.9 …`
pub fn summary(tensor: &Tensor) -> String {
	let all = elements(tensor);
	let mut shown: Vec<_> = all.iter().take(SHOWN).map(plain).collect();
	if all.len() > SHOWN {
		shown.push("…".into());
	}
	format!("{} {:?}: {}", tensor.dtype.name(), tensor.shape, shown.join(" "))
}

/// `{name, dtype, shape, values}`, the values flat in row-major order.
pub fn to_json(name: &str, tensor: &Tensor) -> Value {
	let values = elements(tensor);
	json!({
		"name": name,
		"dtype": tensor.dtype.name(),
		"shape": tensor.shape,
		"values": (values.len() <= SPELLED).then_some(values),
	})
}

/// Writes each tensor to `folder/{prefix}{name}.npy` and returns the files.
pub fn write_all(
	folder: &Path,
	prefix: &str,
	ports: Option<&[Port]>,
	tensors: &[Tensor],
) -> anyhow::Result<Vec<PathBuf>> {
	std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
	tensors
		.iter()
		.enumerate()
		.map(|(index, tensor)| {
			let path = folder.join(format!("{prefix}{}.npy", file_name(&output_name(ports, index))));
			npy::write(&path, tensor).with_context(|| format!("cannot write {}", path.display()))?;
			Ok(path)
		})
		.collect()
}

/// A port's name without what would lead out of the folder. Names come from the model's author.
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

/// The place of the greatest element, the first of several; `None` if there is no number among the elements.
pub fn greatest(tensor: &Tensor) -> Option<usize> {
	let numbers = elements(tensor);
	let numbers = numbers
		.iter()
		.enumerate()
		.filter_map(|(place, value)| Some((place, value.as_f64()?)));
	numbers
		.reduce(|best, next| if next.1 > best.1 { next } else { best })
		.map(|(place, _)| place)
}

/// All elements; `None` unless each is an integer that is not negative.
pub fn integers(tensor: &Tensor) -> Option<Vec<u64>> {
	elements(tensor).iter().map(Value::as_u64).collect()
}

/// Elements as JSON numbers; what JSON has no number for (NaN, infinities) as a string.
fn elements(tensor: &Tensor) -> Vec<Value> {
	tensor
		.data
		.chunks_exact(tensor.dtype.size())
		.map(|bytes| element(tensor.dtype, bytes))
		.collect()
}

fn element(dtype: DType, bytes: &[u8]) -> Value {
	// The bytes of one element, zero-extended.
	let mut wide = [0; 8];
	wide[..bytes.len()].copy_from_slice(bytes);
	let bits = u64::from_le_bytes(wide);
	match dtype {
		DType::Bool => json!(bits != 0),
		DType::U8 | DType::U16 | DType::U32 | DType::U64 => json!(bits),
		DType::I8 => json!(bits as i8),
		DType::I16 => json!(bits as i16),
		DType::I32 => json!(bits as i32),
		DType::I64 => json!(bits as i64),
		DType::F16 => float32(half_to_f32(bits as u16)),
		DType::F32 => float32(f32::from_bits(bits as u32)),
		DType::F64 => float64(f64::from_bits(bits)),
	}
}

/// The shortest decimal that reads back as the same float32, not the long one of its float64 value.
fn float32(value: f32) -> Value {
	float64(value.to_string().parse().unwrap_or(f64::from(value)))
}

fn float64(value: f64) -> Value {
	Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number)
}

/// IEEE 754 binary16 to binary32, exactly.
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

fn plain(value: &Value) -> String {
	match value {
		Value::String(text) => text.clone(),
		value => value.to_string(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn values(dtype: DType, data: Vec<u8>) -> Value {
		let shape = vec![(data.len() / dtype.size()) as u32];
		to_json("x", &Tensor { dtype, shape, data })["values"].clone()
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
