//! The whole runtime: presets build, invariants hold, a job is answered and paid, and no block can be overfull of submissions.

mod blocks;
mod chain;
mod storage;
mod genesis;
mod jobs;
