//! Instances kept for the next task on the same model.

use crate::Model;
use assay_primitives::ModelId;
use std::collections::VecDeque;

/// Idle instances, by last use. A model may have several: as many as threads once worked on it at the same time.
pub(crate) struct Warm<M = Model> {
	/// Memory, in bytes, that the instances may hold together.
	bound: u64,
	/// The one used last is at the back. The list is short: an instance holds megabytes.
	idle: VecDeque<(ModelId, u64, M)>,
}

impl<M> Warm<M> {
	/// No instances yet, and never more than `bound` bytes of them.
	pub(crate) fn new(bound: u64) -> Self {
		Self {
			bound,
			idle: VecDeque::new(),
		}
	}

	/// Takes an instance of `model`, if one is idle.
	pub(crate) fn take(&mut self, model: ModelId) -> Option<M> {
		let index = self.idle.iter().rposition(|(id, ..)| *id == model)?;
		self.idle.remove(index).map(|(.., instance)| instance)
	}

	/// Keeps an instance that holds `size` bytes, and returns those that had to make room, to be dropped outside of any lock.
	#[must_use]
	pub(crate) fn put(&mut self, model: ModelId, size: u64, instance: M) -> Vec<M> {
		self.idle.push_back((model, size, instance));
		let mut held: u64 = self.idle.iter().map(|(_, size, _)| size).sum();
		let mut evicted = Vec::new();
		while held > self.bound {
			let Some((_, size, instance)) = self.idle.pop_front() else {
				break;
			};
			held -= size;
			evicted.push(instance);
		}
		evicted
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_least_recently_used_make_room() {
		let id = |n: u8| ModelId([n; 32].into());
		let mut warm = Warm::new(10);
		assert_eq!(warm.put(id(1), 4, "a"), [""; 0]);
		assert_eq!(warm.put(id(2), 4, "b"), [""; 0]);
		let a = warm.take(id(1)).unwrap();
		assert_eq!(warm.take(id(1)), None);
		assert_eq!(warm.put(id(1), 4, a), [""; 0]);
		assert_eq!(warm.put(id(3), 4, "c"), ["b"]);
		assert_eq!(warm.put(id(4), 11, "too large"), ["a", "c", "too large"]);
		assert_eq!(warm.take(id(4)), None);
	}
}
