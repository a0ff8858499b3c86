//! The pallets of the protocol joined in one native runtime, and what tests need to drive it: blocks, actors and books.
//!
//! Nothing here is part of the chain. `tests/interleavings` checks every invariant after every step of random histories,
//! `tests/simulation.rs` measures what each way to cheat earns, and `tests/consumer.rs` shows how a pallet decides by an answer.

pub mod actors;
pub mod books;
pub mod cells;
pub mod crowd;
pub mod escrow;
pub mod market;
pub mod runtime;
pub mod statistics;
pub mod world;
