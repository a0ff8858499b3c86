//! Idle instances, kept warm for the next task on the same model.

use crate::Model;
use assay_primitives::ModelId;
use std::collections::VecDeque;

/// Idle instances, ordered by their last use. A model may have several: as many as threads once ran it at the same
/// time.
pub(crate) struct WarmInstances<M = Model> {
	/// The maximum size in bytes of all instances together.
	max_bytes: u64,
	/// Model, size in bytes and instance; the last one used is at the back. The list is short, since an instance takes
	/// megabytes.
	idle: VecDeque<(ModelId, u64, M)>,
}

impl<M> WarmInstances<M> {
	/// Creates an empty list that holds at most `max_bytes` bytes of instances.
	pub(crate) fn new(max_bytes: u64) -> Self {
		Self {
			max_bytes,
			idle: VecDeque::new(),
		}
	}

	/// Removes an instance of `model` and returns it, if one is idle.
	pub(crate) fn take(&mut self, model: ModelId) -> Option<M> {
		let index = self.idle.iter().rposition(|(id, ..)| *id == model)?;
		self.idle.remove(index).map(|(.., instance)| instance)
	}

	/// Adds an instance of `size` bytes. Returns the least recently used ones that it displaces, to be dropped outside
	/// any lock.
	#[must_use]
	pub(crate) fn put(&mut self, model: ModelId, size: u64, instance: M) -> Vec<M> {
		self.idle.push_back((model, size, instance));
		let mut total: u64 = self.idle.iter().map(|(_, size, _)| size).sum();
		let mut evicted = Vec::new();
		while total > self.max_bytes {
			let Some((_, size, instance)) = self.idle.pop_front() else {
				break;
			};
			total -= size;
			evicted.push(instance);
		}
		evicted
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_least_recently_used_instances_are_evicted() {
		let id = |n: u8| ModelId([n; 32].into());
		let mut warm = WarmInstances::new(10);
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
