//! Reads the tempo of votes from where this version stores it.

use super::pallet_custom_origins::Tempo;
use crate::Runtime;

/// Returns the number by which every period of governance is divided on this chain.
pub fn current() -> u32 {
	Tempo::<Runtime>::get()
}
