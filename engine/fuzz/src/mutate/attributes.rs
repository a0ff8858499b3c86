//! Mutations of a node's attributes.

use super::{
	draw::{change_list, choose, nearby_int},
	pool::Pool,
	tensors,
};
use crate::{
	onnx::{Attribute, Node},
	ports::{hostile_float, hostile_int},
};
use fastrand::Rng;

/// Changes an attribute of `node`.
pub fn change(node: &mut Node, pool: &Pool, random: &mut Rng) {
	match random.u8(0..10) {
		0 if !node.attribute.is_empty() => {
			node.attribute.swap_remove(random.usize(0..node.attribute.len()));
		}
		1 | 2 => {
			if let Some(attribute) = pool.attribute(&node.op_type, random) {
				// It usually replaces one of the same name, and sometimes joins it.
				if random.u8(0..16) != 0 {
					node.attribute.retain(|other| other.name != attribute.name);
				}
				node.attribute.push(attribute);
			}
		}
		_ => {
			if let Some(attribute) = choose(&mut node.attribute, random) {
				change_value(attribute, pool, random);
			}
		}
	}
}

/// Changes the value of an attribute.
fn change_value(attribute: &mut Attribute, pool: &Pool, random: &mut Rng) {
	if random.u8(0..32) == 0 {
		attribute.kind = random.i32(0..15);
		return;
	}
	// The kinds of ONNX's `AttributeType`.
	match attribute.kind {
		1 => attribute.f = hostile_float(random) as f32,
		2 => attribute.i = nearby_int(attribute.i, random),
		3 => attribute.s = pool.string(random),
		4 => {
			if let Some(tensor) = &mut attribute.t {
				tensors::change(tensor, random);
			}
		}
		6 => change_list(&mut attribute.floats, random, |random| hostile_float(random) as f32),
		7 => {
			if random.bool() {
				change_list(&mut attribute.ints, random, hostile_int);
			} else if let Some(int) = choose(&mut attribute.ints, random) {
				*int = nearby_int(*int, random);
			}
		}
		8 => change_list(&mut attribute.strings, random, |random| pool.string(random)),
		_ => attribute.name = String::from_utf8_lossy(&pool.string(random)).into(),
	}
}
