//! What a program that embeds the node can change about it.

use crate::types::{FullClient, FullPool};
use assay_artifacts::ArtifactStore;
use assay_primitives::host::InferenceExt;
use assay_runtime::Hash;
use sc_service::{Configuration, Error, SpawnTaskHandle};
use sp_keystore::KeystorePtr;
use std::sync::Arc;

/// The components of a running node.
#[derive(Clone)]
pub struct Handles {
	pub client: Arc<FullClient>,
	pub pool: Arc<FullPool>,
	pub keystore: KeystorePtr,
	pub artifacts: ArtifactStore,
	pub spawn_handle: SpawnTaskHandle,
}

/// Changes to a node. Each method's default changes nothing.
///
/// The node calls them through a trait object, so that a program that embeds it does not compile it a second time.
pub trait Customisation: Send + Sync {
	/// Refuses a configuration before the node opens its database.
	fn check(&self, _config: &Configuration) -> Result<(), Error> {
		Ok(())
	}

	/// Runs once, when the node has spawned all of its tasks.
	fn on_started(&self, _handles: &Handles) {}

	/// Returns the inference that the off-chain worker of block `at` uses, given the node's own.
	fn wrap_inference(&self, _handles: &Handles, _at: Hash, inference: InferenceExt) -> InferenceExt {
		inference
	}
}

/// Changes nothing.
pub struct Standard;

impl Customisation for Standard {}
