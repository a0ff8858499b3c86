//! The whole runtime: presets build, invariants hold, a job is answered and paid, no block is overfull, and state stays small.

mod blocks;
mod chain;
mod genesis;
mod jobs;
mod storage;
