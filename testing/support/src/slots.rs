//! The slots that workers offer.

use crate::{extrinsic::send, Node, INCLUSION_BLOCKS};
use assay_primitives::ModelId;
use assay_runtime::{BlockNumber, Runtime};
use pallet_workers::{QueueEnds, QueueOfChanges};
use sp_keyring::Sr25519Keyring;

/// Workers, and how many slots each offers.
pub type Offers = [(Sr25519Keyring, u32)];

/// Has these workers offer this many slots each for a model, or for a probe pool, and all others of `all` none.
pub async fn offer_only(node: &Node, model: ModelId, all: &[Sr25519Keyring], offers: &Offers) {
	let slots = |worker| {
		let offer = offers.iter().find(|(who, _)| *who == worker);
		offer.map_or(0, |(_, slots)| *slots)
	};
	let wanted: Vec<_> = all.iter().map(|worker| (*worker, slots(*worker))).collect();
	offer(node, model, &wanted).await;
}

/// Blocks within which changes of slots become changes of tickets, from which checkers are drawn.
const TICKET_BLOCKS: u32 = 30;

/// Has these workers offer this many slots each. Waits until they do, and until their tickets have followed.
pub async fn offer(node: &Node, model: ModelId, offers: &Offers) {
	change_offers(node, model, offers).await;
	node.wait_until_stable(
		TICKET_BLOCKS,
		"all changes of slots have become changes of tickets",
		|| async {
			let key = QueueOfChanges::<Runtime>::hashed_key();
			let ends: QueueEnds<BlockNumber> = node.storage(&key, None).await.unwrap_or_default();
			(ends.first == ends.next).then_some(())
		},
	)
	.await;
}

/// Has these workers offer this many slots each. Waits until they do.
async fn change_offers(node: &Node, model: ModelId, offers: &Offers) {
	let mut is_changed = false;
	for (worker, slots) in offers.iter().copied() {
		if offered_slots(node, model, worker).await != slots {
			is_changed = true;
			let call = match slots {
				0 => pallet_workers::Call::<Runtime>::stop_serving { model },
				_ => pallet_workers::Call::<Runtime>::serve { model, slots },
			};
			send(node, worker, call).await;
		}
	}
	if !is_changed {
		return;
	}
	let what = format!("these slots are offered: {offers:?}");
	node.wait_until_stable(INCLUSION_BLOCKS, &what, || async {
		for (worker, slots) in offers.iter().copied() {
			if offered_slots(node, model, worker).await != slots {
				return None;
			}
		}
		Some(())
	})
	.await;
}

/// Returns the slots that an account offers now: none if it is not a worker.
pub async fn offered_slots(node: &Node, model: ModelId, worker: Sr25519Keyring) -> u32 {
	let worker = node.find_worker(&worker.to_account_id()).await;
	let slots = worker.into_iter().flat_map(|worker| worker.slots);
	slots
		.filter(|slots| slots.model == model)
		.map(|slots| slots.offered)
		.sum()
}
