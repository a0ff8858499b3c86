//! A bounded map that evicts the least recently used entry.

use std::{
	collections::{BTreeMap, HashMap},
	hash::Hash,
};

/// A map of at most a fixed number of entries. Lookups count as uses.
pub(crate) struct LruCache<K, V> {
	max_entries: usize,
	/// Each value with the number of its last use.
	entries: HashMap<K, (u64, V)>,
	/// The keys by the number of their last use.
	uses: BTreeMap<u64, K>,
	next_use: u64,
}

impl<K: Copy + Eq + Hash, V> LruCache<K, V> {
	/// Creates an empty map of at most `max_entries` entries.
	pub(crate) fn new(max_entries: usize) -> Self {
		Self {
			max_entries,
			entries: HashMap::new(),
			uses: BTreeMap::new(),
			next_use: 0,
		}
	}

	/// Returns the value at `key`.
	pub(crate) fn get(&mut self, key: K) -> Option<&V> {
		let (last_use, value) = self.entries.get_mut(&key)?;
		self.uses.remove(last_use);
		*last_use = self.next_use;
		self.uses.insert(self.next_use, key);
		self.next_use += 1;
		Some(value)
	}

	/// Inserts `value` at `key`. Evicts the least recently used entry if the map is full.
	pub(crate) fn insert(&mut self, key: K, value: V) {
		self.remove(key);
		if self.entries.len() >= self.max_entries {
			if let Some((_, oldest)) = self.uses.pop_first() {
				self.entries.remove(&oldest);
			}
		}
		self.entries.insert(key, (self.next_use, value));
		self.uses.insert(self.next_use, key);
		self.next_use += 1;
	}

	/// Removes the entry at `key`.
	pub(crate) fn remove(&mut self, key: K) {
		if let Some((last_use, _)) = self.entries.remove(&key) {
			self.uses.remove(&last_use);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::LruCache;

	/// Returns the entries at keys 1 to 5.
	fn entries(map: &mut LruCache<u8, &'static str>) -> [Option<&'static str>; 5] {
		[1, 2, 3, 4, 5].map(|key| map.get(key).copied())
	}

	#[test]
	fn the_least_recently_used_entry_is_evicted() {
		let mut map = LruCache::new(2);
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
