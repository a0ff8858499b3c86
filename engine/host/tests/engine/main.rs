//! Tests of the engine in its sandbox and of the service around it.
//!
//! They are one program, since each program would link wasmtime and the engine again. `.config/nextest.toml` runs
//! some of the modules alone, by their names.

mod answers;
mod common;
mod corpus;
mod describe;
mod faults;
mod flood;
mod hostile;
mod intrinsics;
mod probes;
mod products;
mod regressions;
mod sameness;
mod service;
