//! Who reproduces models.

use crate::{
	market::NAMED,
	slots::{self, Offers},
	Node,
};
use assay_engine::Engine;
use assay_primitives::{probe::probe_pool, ModelId};
use sp_keyring::Sr25519Keyring;

/// The pool of those who probe models of the engine that nodes have.
pub fn pool() -> ModelId {
	probe_pool(Engine::builtin_id())
}

/// Sees to it that these workers offer so many slots for probes, and nobody else offers any. No model may be on probation.
pub async fn only(node: &Node, offers: &Offers) {
	slots::only(node, pool(), &NAMED, offers).await;
}

/// The slots that a worker offers for probes now; none if it is no worker.
pub async fn offered(node: &Node, worker: Sr25519Keyring) -> u32 {
	slots::offered(node, pool(), worker).await
}
