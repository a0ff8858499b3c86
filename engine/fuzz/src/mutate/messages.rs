//! Changes of SCALE messages.

use super::{any, list};
use crate::ports::{fill, hostile_int, push, Filling};
use assay_primitives::{ModelSpec, Port, Tensor};
use codec::{DecodeAll, Encode};
use fastrand::Rng;

/// A changed message for `run`, or a new one that fits `ports`.
pub fn run(message: &[u8], ports: &[Port], random: &mut Rng) -> Option<Vec<u8>> {
	let fits = |tensors: &Vec<Tensor>| {
		let mut pairs = tensors.iter().zip(ports);
		tensors.len() == ports.len()
			&& pairs.all(|(tensor, port)| tensor.dtype == port.dtype && tensor.shape == port.shape)
	};
	let tensors = Vec::<Tensor>::decode_all(&mut &*message).ok();
	let mut tensors = match tensors {
		// What does not fit is refused before it reaches the model, and so is worth little.
		Some(tensors) if random.u8(0..8) != 0 && (fits(&tensors) || random.u8(0..8) == 0) => tensors,
		_ => {
			let filling = [Filling::Ones, Filling::Random, Filling::Hostile][random.usize(0..3)];
			fill(ports, filling, random)?
		}
	};
	for _ in 0..=random.usize(0..3) {
		match random.u8(0..16) {
			0 => list(&mut tensors, random, |_| Tensor {
				dtype: assay_primitives::DType::F32,
				shape: Vec::new(),
				data: vec![0; 4],
			}),
			_ => {
				if let Some(tensor) = any(&mut tensors, random) {
					change_tensor(tensor, random);
				}
			}
		}
	}
	Some(tensors.encode())
}

fn change_tensor(tensor: &mut Tensor, random: &mut Rng) {
	match random.u8(0..24) {
		0 => list(&mut tensor.shape, random, |random| hostile_int(random) as u32),
		1 => tensor.data.truncate(random.usize(0..=tensor.data.len())),
		2 => tensor.data.push(random.u8(..)),
		3 => {
			if let Some(byte) = any(&mut tensor.data, random) {
				*byte ^= 1 << random.u8(0..8);
			}
		}
		// One value for all.
		4 | 5 => {
			let mut element = Vec::new();
			push(&mut element, tensor.dtype, Filling::Hostile, random);
			for old in tensor.data.chunks_exact_mut(element.len()) {
				old.copy_from_slice(&element);
			}
		}
		_ => {
			let size = tensor.dtype.size();
			for _ in 0..random.usize(1..5) {
				let mut element = Vec::new();
				push(&mut element, tensor.dtype, Filling::Hostile, random);
				let mut elements: Vec<_> = tensor.data.chunks_exact_mut(size).collect();
				if let Some(old) = any(&mut elements, random) {
					old.copy_from_slice(&element);
				}
			}
		}
	}
}

/// A changed message for `load`.
pub fn load(message: &[u8], most: usize, random: &mut Rng) -> Option<Vec<u8>> {
	let (mut spec, mut onnx) = <(ModelSpec, Vec<u8>)>::decode_all(&mut &*message).ok()?;
	if random.bool() {
		onnx = super::file(&onnx, most, random)?;
	} else {
		let symbol = |random: &mut Rng| ["N", "M", "", "batch", "2*N", "\u{0}", "ñ"][random.usize(0..7)].to_string();
		match any(&mut spec.bindings, random).filter(|_| random.bool()) {
			Some((_, extent)) => *extent = hostile_int(random) as u32,
			None => list(&mut spec.bindings, random, |random| (symbol(random), random.u32(0..5))),
		}
	}
	Some((spec, onnx).encode()).filter(|message| message.len() <= most)
}
