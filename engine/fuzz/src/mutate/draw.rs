//! Random choices that all mutations use.

use crate::ports::hostile_int;
use fastrand::Rng;

/// Returns a random element of `list`, if it has one.
pub fn choose<'a, T>(list: &'a mut [T], random: &mut Rng) -> Option<&'a mut T> {
	if list.is_empty() {
		return None;
	}
	let index = random.usize(0..list.len());
	list.get_mut(index)
}

/// Returns an integer close to `int`, or a hostile one.
pub fn nearby_int(int: i64, random: &mut Rng) -> i64 {
	match random.u8(0..6) {
		0 => int.wrapping_add(1),
		1 => int.wrapping_sub(1),
		2 => int.wrapping_neg(),
		3 => int.wrapping_mul(2),
		_ => hostile_int(random),
	}
}

/// Changes the length of `list` or one of its elements. `fresh` makes new elements.
pub fn change_list<T: Clone>(list: &mut Vec<T>, random: &mut Rng, fresh: impl FnOnce(&mut Rng) -> T) {
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
