//! The whole runtime: presets build, invariants hold, a job is answered and paid, no block is overfull, state stays small, and votes have
//! their effect.

mod blocks;
mod chain;
mod costs;
mod genesis;
mod governance;
mod jobs;
mod registry;
mod storage;
mod tracks;
