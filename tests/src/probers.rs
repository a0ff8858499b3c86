//! Who reproduces models.

use crate::{extrinsic::send, market::NAMED, Node, FEW};
use assay_inference::Engine;
use assay_primitives::{probe::probe_pool, ModelId};
use assay_runtime::Runtime;
use sp_keyring::Sr25519Keyring;

/// The pool of those who probe models of the engine that nodes have.
pub fn pool() -> ModelId {
	probe_pool(Engine::builtin_id())
}

/// Sees to it that these workers offer so many slots for probes, and nobody else offers any. No model may be on probation.
pub async fn only(node: &Node, offers: &[(Sr25519Keyring, u32)]) {
	let wanted = |worker: Sr25519Keyring| {
		let offer = offers.iter().find(|(who, _)| *who == worker);
		offer.map_or(0, |(_, slots)| *slots)
	};
	for worker in NAMED {
		if offered(node, worker).await != wanted(worker) {
			let (model, slots) = (pool(), wanted(worker));
			let call = match slots {
				0 => pallet_workers::Call::<Runtime>::stop_serving { model },
				_ => pallet_workers::Call::<Runtime>::serve { model, slots },
			};
			send(node, worker, call).await;
		}
	}
	node.within_for_good(
		FEW,
		&format!("these slots are offered for probes: {offers:?}"),
		|| async {
			for worker in NAMED {
				if offered(node, worker).await != wanted(worker) {
					return None;
				}
			}
			Some(())
		},
	)
	.await;
}

/// The slots that a worker offers for probes now; none if it is no worker.
pub async fn offered(node: &Node, worker: Sr25519Keyring) -> u32 {
	let worker = node.find_worker(&worker.to_account_id()).await;
	let slots = worker.into_iter().flat_map(|worker| worker.slots);
	slots
		.filter(|slots| slots.model == pool())
		.map(|slots| slots.offered)
		.sum()
}
