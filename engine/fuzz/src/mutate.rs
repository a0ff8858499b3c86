//! Changes of inputs that keep most of their structure, so that they get further than the decoder.

pub mod attributes;
pub mod graph;
pub mod messages;
pub mod pool;
pub mod tensors;

use crate::onnx::Model;
use fastrand::Rng;
use pool::Pool;
use prost::Message;

/// The most changes to one input.
const CHANGES: usize = 4;

/// A changed copy of the ONNX file `bytes`; `None` if it is none, or has become longer than `most`.
pub fn file(bytes: &[u8], most: usize, random: &mut Rng) -> Option<Vec<u8>> {
	let mut model = Model::decode(bytes).ok()?;
	for _ in 0..=random.usize(0..CHANGES) {
		change(&mut model, Pool::get(), random);
	}
	Some(model.encode_to_vec()).filter(|bytes| bytes.len() <= most)
}

/// One change.
fn change(model: &mut Model, pool: &Pool, random: &mut Rng) {
	match random.u8(0..32) {
		0 => {
			if let Some(import) = any(&mut model.opset_import, random) {
				import.version = random.i64(5..25);
			}
			return;
		}
		1 => {
			*model = pool.model(random).clone();
			return;
		}
		_ => {}
	}
	if let Some(graph) = &mut model.graph {
		graph::change(graph, pool, random);
	}
}

/// An element, if there is one.
pub fn any<'a, T>(list: &'a mut [T], random: &mut Rng) -> Option<&'a mut T> {
	if list.is_empty() {
		return None;
	}
	let index = random.usize(0..list.len());
	list.get_mut(index)
}

/// Changes the length or one element of `list`.
pub fn list<T: Clone>(list: &mut Vec<T>, random: &mut Rng, fresh: impl FnOnce(&mut Rng) -> T) {
	let at = random.usize(0..=list.len());
	match random.u8(0..8) {
		0 if at < list.len() => {
			list.remove(at);
		}
		1 => {
			let value = fresh(random);
			list.insert(at, value);
		}
		2 if at < list.len() => list.push(list[at].clone()),
		3 if !list.is_empty() => {
			let other = random.usize(0..list.len());
			let last = list.len() - 1;
			list.swap(at.min(last), other);
		}
		4 => list.truncate(at),
		_ => {
			let value = fresh(random);
			match list.get_mut(at) {
				Some(element) => *element = value,
				None => list.push(value),
			}
		}
	}
}
