//! Floods the pool with submissions that can never succeed.

use crate::{chain_view::ChainView, submission};
use assay_node::service::Handles;
use assay_primitives::{
	key::{self, WorkerSignature},
	JobId,
};
use assay_runtime::{opaque, AccountId};
use futures::StreamExt;
use sc_client_api::BlockchainEvents;
use sc_transaction_pool_api::{TransactionPool, TransactionSource};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash as _};

/// Submissions at each new block.
const FLOOD: u64 = 300;

/// The number of recent jobs that the submissions are about.
const RECENT_JOBS: u64 = 16;

/// The distance from the newest job to ids that do not exist.
const UNKNOWN_JOB_OFFSET: u64 = 1_000_000;

/// What makes a submission invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Junk {
	/// The worker participates in the job, but the signature is noise.
	Forged,
	/// The signature is valid, but the job does not exist or has ended long ago.
	Stale,
	/// The signature is valid, but the worker does not participate in the job.
	Stranger,
	/// The worker participates in the job, but the signature is from another key.
	Impostor,
}

impl Junk {
	/// Returns the kind of the `n`th submission.
	fn nth(n: u64) -> Self {
		match n % 4 {
			0 => Self::Forged,
			1 => Self::Stale,
			2 => Self::Stranger,
			_ => Self::Impostor,
		}
	}

	/// Returns the job of the `n`th submission, if `job_count` jobs were accepted so far.
	fn job(self, n: u64, job_count: u64) -> JobId {
		match self {
			Self::Stale if n % 8 < 4 => JobId(job_count.saturating_add(UNKNOWN_JOB_OFFSET).saturating_add(n)),
			Self::Stale => JobId(0),
			_ => JobId(job_count.saturating_sub(1).saturating_sub(n % RECENT_JOBS)),
		}
	}
}

/// Floods this node's pool at each new best block.
pub async fn run(handles: Handles) {
	let mut blocks = handles.client.import_notification_stream();
	while let Some(block) = blocks.next().await {
		if !block.is_new_best {
			continue;
		}
		let view = ChainView {
			handles: handles.clone(),
			at: block.hash,
		};
		let job_count = view.job_count();
		let junk: Vec<_> = (0..FLOOD).filter_map(|n| junk_extrinsic(&view, job_count, n)).collect();
		let made = junk.len();
		let results = handles.pool.submit_at(view.at, TransactionSource::External, junk).await;
		let taken = results.map_or(0, |results| results.iter().filter(|result| result.is_ok()).count());
		log::info!("Flooded: of {made} invalid submissions the pool took {taken}");
	}
}

/// Builds the `n`th submission at a block, if `job_count` jobs were accepted so far. Each differs from all others, so
/// the pool refuses none as already known. Returns `None` if it could be valid, or if this node has no key.
fn junk_extrinsic(view: &ChainView, job_count: u64, n: u64) -> Option<opaque::UncheckedExtrinsic> {
	let junk = Junk::nth(n);
	let id = junk.job(n, job_count);
	let ours = account(view)?;
	let (participants, task) = view.job(id).map(|job| (job.participants, job.task)).unwrap_or_default();
	if participants.iter().any(|participant| participant.worker == ours) {
		// With this node's signature it could be valid.
		return None;
	}
	let noise = BlakeTwo256::hash_of(&(view.at, n));
	let worker = match (junk, participants.into_iter().next()) {
		(Junk::Forged | Junk::Impostor, Some(executor)) => executor.worker,
		_ => ours,
	};
	let submission = submission::commit(view, worker, id, task, noise);
	match junk {
		Junk::Forged => Some(submission::extrinsic(submission, forge_signature(noise))),
		Junk::Stale | Junk::Stranger | Junk::Impostor => {
			let key = view.keys().into_iter().next()?;
			submission::sign(view, &key, submission)
		}
	}
}

/// Returns the account of this node's development seed, which is the account of its watcher key.
fn account(view: &ChainView) -> Option<AccountId> {
	let watchers = view.handles.keystore.sr25519_public_keys(key::WATCHER_KEY_TYPE);
	watchers.into_iter().next().map(Into::into)
}

/// Returns bytes in the form of a signature that no key made.
fn forge_signature(noise: H256) -> WorkerSignature {
	let mut bytes = [0; 64];
	bytes[..32].copy_from_slice(noise.as_bytes());
	bytes[32..].copy_from_slice(noise.as_bytes());
	sp_core::ed25519::Signature::from_raw(bytes).into()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_flood_has_every_kind_of_junk_for_known_and_unknown_jobs() {
		let submissions: Vec<_> = (0..FLOOD).map(|n| (Junk::nth(n), Junk::nth(n).job(n, 100))).collect();
		for kind in [Junk::Forged, Junk::Stale, Junk::Stranger, Junk::Impostor] {
			assert!(submissions.iter().filter(|(junk, _)| *junk == kind).count() as u64 >= FLOOD / 4);
		}
		for (junk, job) in submissions {
			let exists = job.0 < 100;
			assert_eq!(
				exists && job.0 >= 100 - RECENT_JOBS,
				junk != Junk::Stale,
				"{junk:?} {job}"
			);
		}
		// Without any job, no id is below zero.
		assert!((0..FLOOD).all(|n| Junk::nth(n) == Junk::Stale || Junk::nth(n).job(n, 0) == JobId(0)));
	}
}
