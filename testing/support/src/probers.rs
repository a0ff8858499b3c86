//! The workers that probe models.

use crate::{
	market::POTENTIAL_WORKERS,
	slots::{self, Offers},
	Node,
};
use assay_engine::Engine;
use assay_primitives::{probe::probe_pool, ModelId};
use sp_keyring::Sr25519Keyring;

/// Returns the pool of those who probe models of the engine that nodes have.
pub fn pool() -> ModelId {
	probe_pool(Engine::builtin_id())
}

/// Has these workers offer this many slots each for probes, and no other worker any. No model may be on probation.
pub async fn offer_only(node: &Node, offers: &Offers) {
	slots::offer_only(node, pool(), &POTENTIAL_WORKERS, offers).await;
}

/// Returns the slots that an account offers for probes now: none if it is not a worker.
pub async fn offered_slots(node: &Node, worker: Sr25519Keyring) -> u32 {
	slots::offered_slots(node, pool(), worker).await
}
