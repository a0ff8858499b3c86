//! Mutations of constant tensors.

use super::draw::{change_list, choose, nearby_int};
use crate::{
	onnx::Tensor,
	ports::{hostile_float, hostile_int, push_element, Filling},
};
use assay_primitives::DType;
use codec::Decode;
use fastrand::Rng;

/// Changes the type, the shape or the data of `tensor`.
pub fn change(tensor: &mut Tensor, random: &mut Rng) {
	match random.u8(0..12) {
		0 => change_list(&mut tensor.dims, random, hostile_int),
		1 => {
			if let Some(extent) = choose(&mut tensor.dims, random) {
				*extent = nearby_int(*extent, random);
			}
		}
		// A new shape, with data that fits it.
		2 => {
			tensor.dims = (0..random.usize(0..4)).map(|_| random.i64(0..6)).collect();
			refill(tensor, random);
		}
		3 => {
			tensor.data_type = random.i32(0..24);
			if random.bool() {
				refill(tensor, random);
			}
		}
		4 => refill(tensor, random),
		5 => tensor.dims.reverse(),
		6 => tensor.data_location = Some(random.i32(0..3)),
		7 => tensor.raw_data.truncate(random.usize(0..=tensor.raw_data.len())),
		_ => change_element(tensor, random),
	}
}

/// Changes one element.
fn change_element(tensor: &mut Tensor, random: &mut Rng) {
	if let Some(dtype) = dtype(tensor.data_type).filter(|_| !tensor.raw_data.is_empty()) {
		let mut element = Vec::new();
		push_element(&mut element, dtype, Filling::Hostile, random);
		let at = random.usize(0..tensor.raw_data.len()) / element.len() * element.len();
		if let Some(old) = tensor.raw_data.get_mut(at..at + element.len()) {
			old.copy_from_slice(&element);
		}
		return;
	}
	if let Some(float) = choose(&mut tensor.float_data, random) {
		*float = hostile_float(random) as f32;
	}
	if let Some(double) = choose(&mut tensor.double_data, random) {
		*double = hostile_float(random);
	}
	if let Some(int) = choose(&mut tensor.int32_data, random) {
		*int = hostile_int(random) as i32;
	}
	if let Some(int) = choose(&mut tensor.int64_data, random) {
		*int = nearby_int(*int, random);
	}
}

/// Replaces the data of `tensor` by raw data of the length that fits its type and shape, if that is small.
fn refill(tensor: &mut Tensor, random: &mut Rng) {
	let Some(dtype) = dtype(tensor.data_type) else { return };
	let elements = tensor.dims.iter().try_fold(1_usize, |product, extent| {
		product.checked_mul(usize::try_from(*extent).ok()?)
	});
	let Some(elements) = elements.filter(|elements| *elements <= 256) else {
		return;
	};
	let filling = [Filling::Ones, Filling::Random, Filling::Hostile][random.usize(0..3)];
	*tensor = Tensor {
		dims: core::mem::take(&mut tensor.dims),
		name: core::mem::take(&mut tensor.name),
		data_type: tensor.data_type,
		..Tensor::default()
	};
	for _ in 0..elements {
		push_element(&mut tensor.raw_data, dtype, filling, random);
	}
}

/// Returns the element type with this number in ONNX.
fn dtype(onnx: i32) -> Option<DType> {
	DType::decode(&mut &[u8::try_from(onnx).ok()?][..]).ok()
}
