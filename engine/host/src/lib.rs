//! The canonical engine in its sandbox.
//!
//! The engine (`engine/guest`) is a WebAssembly guest. This crate builds it, runs it and caches its answers. It offers
//! two interfaces:
//!
//! * [`Engine`] runs one input at a time on the caller's thread, [`batch`] runs a task of several inputs, and [`probe`]
//!   compares a model with its owner's statement. The `assay` command uses these.
//! * [`InferenceService`] has a queue, threads, warm models and metrics. A node offers it to its off-chain worker.
//!
//! A task ends in one of three ways. It has output tensors. Or it has a *fault*, which is a function of engine, model
//! and input, so that everybody who runs the task gets the same one. Or this machine has no answer, because a deadline
//! passed or the machine failed; that is never reported to the chain. Running out of the guest's memory is a fault,
//! since the protocol fixes how much there is.

pub mod batch;
mod cache;
mod deadline;
mod engine;
mod failure;
mod intrinsics;
mod limiter;
mod lru;
mod metrics;
pub mod probe;
mod queue;
mod result;
mod run;
mod runner;
mod sandbox;
mod service;
mod warm;

pub use assay_intrinsics::machine::Machine;
pub use engine::{config, Engine};
pub use failure::{EngineError, Failure, NoAnswer};
pub use limiter::MemoryLimiter;
pub use sandbox::Model;
pub use service::{InferenceService, ServiceConfig};
