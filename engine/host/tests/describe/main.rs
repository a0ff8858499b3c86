//! What the engine finds out about a model, against what can be worked out by hand.

#[path = "../common/mod.rs"]
mod common;

mod macs;
mod memory;
mod ports;
mod varied;
