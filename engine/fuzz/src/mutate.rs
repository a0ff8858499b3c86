//! Mutations that keep most of an input's structure, so that it passes the decoder.

pub mod attributes;
pub mod draw;
pub mod graph;
pub mod messages;
pub mod pool;
pub mod tensors;

use crate::onnx::Model;
use draw::choose;
use fastrand::Rng;
use pool::Pool;
use prost::Message;

/// The maximum number of changes to one input.
const MAX_CHANGES: usize = 4;

/// Returns a changed copy of the ONNX file `bytes`. Returns `None` if it does not parse, or the copy is longer than
/// `max_len`.
pub fn change_file(bytes: &[u8], max_len: usize, random: &mut Rng) -> Option<Vec<u8>> {
	let mut model = Model::decode(bytes).ok()?;
	for _ in 0..=random.usize(0..MAX_CHANGES) {
		change(&mut model, Pool::get(), random);
	}
	Some(model.encode_to_vec()).filter(|bytes| bytes.len() <= max_len)
}

/// Makes one change.
fn change(model: &mut Model, pool: &Pool, random: &mut Rng) {
	match random.u8(0..32) {
		0 => {
			if let Some(import) = choose(&mut model.opset_import, random) {
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
