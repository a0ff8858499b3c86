//! The whole runtime: presets build, invariants hold, a job is answered and paid, and no block can be overfull of submissions.

mod genesis;
mod jobs;
