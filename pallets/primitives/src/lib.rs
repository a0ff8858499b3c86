//! What Assay's pallets and node agree on: identifiers, the messages of the engine, outcomes, the traits by which
//! the pallets meet, the `inference` host interface and the runtime API.
//!
//! Nothing here stores or decides anything. Data flows one way: this crate is known to the pallets, the runtime and the
//! node, and knows none of them.

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

pub mod api;
pub mod batch;
pub mod governance;
pub mod host;
pub mod ids;
pub mod key;
pub mod metadata;
pub mod names;
pub mod payload;
pub mod probe;
pub mod task;
pub mod terms;
#[cfg(test)]
mod tests;
pub mod traits;

pub use assay_abi as abi;
pub use assay_abi::{DType, FaultCode, Manifest, ModelSpec, Port, Tensor};
pub use batch::Answer;
pub use ids::{ArtifactId, EngineId, InputDigest, JobId, ModelId, OutcomeDigest, TaskId};
pub use names::ModelRef;
pub use payload::{Artifact, Outcome, Payload, MAX_INLINE};
pub use probe::{Finding, Stated};
pub use task::{BoundedSpec, Task};
