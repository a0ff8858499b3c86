//! What Assay's pallets and node share: identifiers, the engine's messages, outcomes, the traits through which the
//! pallets meet, the `inference` host interface, the runtime APIs, and the helpers of both off-chain workers.
//!
//! This crate stores nothing and decides nothing. Data flows one way: the pallets, the runtime and the node depend on
//! this crate; it depends on none of them.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::arithmetic_side_effects,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::unwrap_used
	)
)]

extern crate alloc;

pub mod agenda;
pub mod api;
pub mod batch;
pub mod bounds;
pub mod governance;
pub mod host;
pub mod ids;
pub mod key;
pub mod metadata;
pub mod names;
pub mod offchain;
pub mod payload;
pub mod probe;
pub mod ranges;
pub mod shares;
pub mod submission;
pub mod task;
pub mod terms;
#[cfg(test)]
mod tests;
pub mod traits;
pub mod watch;

pub use assay_abi as abi;
pub use assay_abi::{DType, FaultCode, Manifest, ModelSpec, Port, Tensor};
pub use batch::Answer;
pub use ids::{ArtifactId, EngineId, InputDigest, JobId, ModelId, OutcomeDigest, TaskId};
pub use names::ModelRef;
pub use payload::{Artifact, Outcome, Payload, MAX_INLINE};
pub use probe::{Finding, StatementDigest};
pub use task::{BoundedSpec, Task};
