//! The canonical engine in its sandbox.
//!
//! The engine (`engine/guest`) is a WebAssembly guest; this crate builds it, runs it and keeps its answers. There are two ways in:
//!
//! * [`Engine`] runs one input at a time on the caller's thread, [`batch`] makes a task of several, and [`probe`] compares a model with
//!   what is stated of it: what the `assay` command does.
//! * [`InferenceService`] has a queue, threads, warm models and metrics: what a node offers to its off-chain worker.
//!
//! Three things can come of a task. Output tensors. A *fault*, which is a function of engine, model and input, and which everybody who
//! runs the task gets. Or no answer, because a deadline passed or the machine failed; that is never shown to the chain.
//! Running out of the guest's memory is a fault, since the protocol fixes how much there is.

pub mod batch;
mod cache;
mod deadline;
mod engine;
mod failure;
mod intrinsics;
mod metrics;
pub mod probe;
mod queue;
mod recent;
mod run;
mod runner;
mod sandbox;
mod service;
mod warm;

pub use assay_intrinsics::machine::Machine;
pub use engine::{config, Engine};
pub use failure::{EngineError, Failure, NoAnswer};
pub use sandbox::Model;
pub use service::{InferenceService, ServiceConfig};
