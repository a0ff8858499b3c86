//! The whole runtime: presets build, invariants hold, a job is answered and paid, no block can be overfull of submissions, and votes
//! have their effect.

mod genesis;
mod governance;
mod jobs;
mod tracks;
