//! Reads the tempo of votes from where the next version stores it.

use frame_support::storage_alias;

/// The tempo in a wider type than that of the current version, and under another key of pallet `Origins`.
#[storage_alias]
pub type WideTempo = StorageValue<Origins, u64>;

/// Returns the number by which every period of governance is divided on this chain.
pub fn current() -> u32 {
	WideTempo::get().and_then(|tempo| tempo.try_into().ok()).unwrap_or(1)
}
