//! A map that forgets what was used least recently.

use std::{
	collections::{BTreeMap, HashMap},
	hash::Hash,
};

/// At most a fixed number of entries. Lookups count as uses.
pub(crate) struct Recent<K, V> {
	bound: usize,
	entries: HashMap<K, (u64, V)>,
	/// The keys by the number of their last use.
	uses: BTreeMap<u64, K>,
	next: u64,
}

impl<K: Copy + Eq + Hash, V> Recent<K, V> {
	/// An empty map of at most `bound` entries.
	pub(crate) fn new(bound: usize) -> Self {
		Self {
			bound,
			entries: HashMap::new(),
			uses: BTreeMap::new(),
			next: 0,
		}
	}

	/// The value at `key`.
	pub(crate) fn get(&mut self, key: K) -> Option<&V> {
		let (last, value) = self.entries.get_mut(&key)?;
		self.uses.remove(last);
		*last = self.next;
		self.uses.insert(self.next, key);
		self.next += 1;
		Some(value)
	}

	/// Puts `value` at `key`, and drops the entry used least recently if there is no room.
	pub(crate) fn insert(&mut self, key: K, value: V) {
		self.remove(key);
		if self.entries.len() >= self.bound {
			if let Some((_, oldest)) = self.uses.pop_first() {
				self.entries.remove(&oldest);
			}
		}
		self.entries.insert(key, (self.next, value));
		self.uses.insert(self.next, key);
		self.next += 1;
	}

	/// Drops the entry at `key`.
	pub(crate) fn remove(&mut self, key: K) {
		if let Some((last, _)) = self.entries.remove(&key) {
			self.uses.remove(&last);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::Recent;

	/// The entries at keys 1 to 5.
	fn entries(map: &mut Recent<u8, &'static str>) -> [Option<&'static str>; 5] {
		[1, 2, 3, 4, 5].map(|key| map.get(key).copied())
	}

	#[test]
	fn what_was_used_least_recently_goes_first() {
		let mut map = Recent::new(2);
		map.insert(1, "one");
		map.insert(2, "two");
		assert_eq!(map.get(1), Some(&"one"));
		map.insert(3, "three");
		assert_eq!(entries(&mut map), [Some("one"), None, Some("three"), None, None]);
		map.insert(1, "uno");
		map.insert(4, "four");
		assert_eq!(entries(&mut map), [Some("uno"), None, None, Some("four"), None]);
		map.remove(1);
		map.insert(5, "five");
		assert_eq!(entries(&mut map), [None, None, None, Some("four"), Some("five")]);
	}
}
