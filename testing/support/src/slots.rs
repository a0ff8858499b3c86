//! What workers offer.

use crate::{extrinsic::send, Node, FEW};
use assay_primitives::ModelId;
use assay_runtime::Runtime;
use sp_keyring::Sr25519Keyring;

/// Workers, and how many slots each offers.
pub type Offers = [(Sr25519Keyring, u32)];

/// Sees to it that these workers offer so many slots for a model, or for the probes of a pool, and others of `all` none.
pub async fn only(node: &Node, model: ModelId, all: &[Sr25519Keyring], offers: &Offers) {
	let slots = |worker| {
		let offer = offers.iter().find(|(who, _)| *who == worker);
		offer.map_or(0, |(_, slots)| *slots)
	};
	let wanted: Vec<_> = all.iter().map(|worker| (*worker, slots(*worker))).collect();
	offer(node, model, &wanted).await;
}

/// Sees to it that these workers offer so many slots.
pub async fn offer(node: &Node, model: ModelId, offers: &Offers) {
	let mut is_so = true;
	for (worker, slots) in offers.iter().copied() {
		if offered(node, model, worker).await != slots {
			is_so = false;
			let call = match slots {
				0 => pallet_workers::Call::<Runtime>::stop_serving { model },
				_ => pallet_workers::Call::<Runtime>::serve { model, slots },
			};
			send(node, worker, call).await;
		}
	}
	if is_so {
		return;
	}
	node.within_for_good(FEW, &format!("these slots are offered: {offers:?}"), || async {
		for (worker, slots) in offers.iter().copied() {
			if offered(node, model, worker).await != slots {
				return None;
			}
		}
		Some(())
	})
	.await;
}

/// The slots that a worker offers now; none if it is no worker.
pub async fn offered(node: &Node, model: ModelId, worker: Sr25519Keyring) -> u32 {
	let worker = node.find_worker(&worker.to_account_id()).await;
	let slots = worker.into_iter().flat_map(|worker| worker.slots);
	slots
		.filter(|slots| slots.model == model)
		.map(|slots| slots.offered)
		.sum()
}
