//! Mutations of SCALE messages.

use super::draw::{change_list, choose};
use crate::ports::{fill, hostile_int, push_element, Filling};
use assay_primitives::{ModelSpec, Port, Tensor};
use codec::{DecodeAll, Encode};
use fastrand::Rng;

/// Returns a changed message for `run`, or a new one that fits `ports`. Returns `None` if the ports are too large.
pub fn change_run(message: &[u8], ports: &[Port], random: &mut Rng) -> Option<Vec<u8>> {
	let fits = |tensors: &Vec<Tensor>| {
		let mut pairs = tensors.iter().zip(ports);
		tensors.len() == ports.len()
			&& pairs.all(|(tensor, port)| tensor.dtype == port.dtype && tensor.shape == port.shape)
	};
	let tensors = Vec::<Tensor>::decode_all(&mut &*message).ok();
	let mut tensors = match tensors {
		// A message that does not fit is refused before it reaches the model, so most of them are replaced.
		Some(tensors) if random.u8(0..8) != 0 && (fits(&tensors) || random.u8(0..8) == 0) => tensors,
		_ => {
			let filling = [Filling::Ones, Filling::Random, Filling::Hostile][random.usize(0..3)];
			fill(ports, filling, random)?
		}
	};
	for _ in 0..=random.usize(0..3) {
		match random.u8(0..16) {
			0 => change_list(&mut tensors, random, |_| Tensor {
				dtype: assay_primitives::DType::F32,
				shape: Vec::new(),
				data: vec![0; 4],
			}),
			_ => {
				if let Some(tensor) = choose(&mut tensors, random) {
					change_tensor(tensor, random);
				}
			}
		}
	}
	Some(tensors.encode())
}

/// Changes the shape or the data of a tensor.
fn change_tensor(tensor: &mut Tensor, random: &mut Rng) {
	match random.u8(0..24) {
		0 => change_list(&mut tensor.shape, random, |random| hostile_int(random) as u32),
		1 => tensor.data.truncate(random.usize(0..=tensor.data.len())),
		2 => tensor.data.push(random.u8(..)),
		3 => {
			if let Some(byte) = choose(&mut tensor.data, random) {
				*byte ^= 1 << random.u8(0..8);
			}
		}
		// The same value for all elements.
		4 | 5 => {
			let mut element = Vec::new();
			push_element(&mut element, tensor.dtype, Filling::Hostile, random);
			for old in tensor.data.chunks_exact_mut(element.len()) {
				old.copy_from_slice(&element);
			}
		}
		_ => {
			let size = tensor.dtype.size();
			for _ in 0..random.usize(1..5) {
				let mut element = Vec::new();
				push_element(&mut element, tensor.dtype, Filling::Hostile, random);
				let mut elements: Vec<_> = tensor.data.chunks_exact_mut(size).collect();
				if let Some(old) = choose(&mut elements, random) {
					old.copy_from_slice(&element);
				}
			}
		}
	}
}

/// Returns a changed message for `load`. Returns `None` if it does not decode, or is longer than `max_len`.
pub fn change_load(message: &[u8], max_len: usize, random: &mut Rng) -> Option<Vec<u8>> {
	let (mut spec, mut onnx) = <(ModelSpec, Vec<u8>)>::decode_all(&mut &*message).ok()?;
	if random.bool() {
		onnx = super::change_file(&onnx, max_len, random)?;
	} else {
		let symbol = |random: &mut Rng| ["N", "M", "", "batch", "2*N", "\u{0}", "ñ"][random.usize(0..7)].to_string();
		match choose(&mut spec.bindings, random).filter(|_| random.bool()) {
			Some((_, extent)) => *extent = hostile_int(random) as u32,
			None => change_list(&mut spec.bindings, random, |random| (symbol(random), random.u32(0..5))),
		}
	}
	Some((spec, onnx).encode()).filter(|message| message.len() <= max_len)
}
