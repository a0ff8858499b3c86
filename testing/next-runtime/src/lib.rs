//! The runtime of the next version, for tests to upgrade a running chain to: `assay-runtime` with its feature `next`, in Wasm.
//!
//! A crate of its own, since the substrate builder makes one blob of each crate.

#![cfg_attr(not(feature = "std"), no_std)]

#[cfg(not(feature = "std"))]
pub use assay_runtime::*;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
