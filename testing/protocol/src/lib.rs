//! The pallets of the protocol joined in one native runtime, and what tests need to drive it: a chain, actors and a
//! ledger.
//!
//! Nothing here is part of the chain. In `tests/protocol`, `interleavings` checks every invariant after every step of
//! random histories, `economics` measures what each way to cheat earns, and `consumer` shows how a pallet acts on an
//! answer.

pub mod chain;
pub mod crowding;
pub mod escrow;
pub mod experiment;
pub mod ledger;
pub mod market;
pub mod runtime;
pub mod simulation;
pub mod statistics;
