//! The manifest that the engine derives from a model, compared with figures worked out by hand.

mod macs;
mod memory;
mod ports;
mod varied;
