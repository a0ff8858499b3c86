//! The whole runtime: presets build, invariants hold, a job is answered and paid, no block exceeds its limits, state
//! stays small, and votes take effect.

mod blocks;
mod chain;
mod costs;
mod genesis;
mod governance;
mod jobs;
mod parameters;
mod registry;
mod storage;
mod tracks;
