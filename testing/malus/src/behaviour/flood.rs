//! Hundreds of submissions in each block, none of which could ever succeed.

use super::{submit, view::View, Tools};
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

/// Submissions of one block.
const FLOOD: u64 = 300;

/// Recent jobs that are flooded.
const JOBS: u64 = 16;

/// Jobs that do not exist, counted from the next one.
const BEYOND: u64 = 1_000_000;

/// What is wrong with a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Junk {
	/// The worker is one of the job, the signature is noise.
	Forged,
	/// All in order, for a job that does not exist or is long over.
	Stale,
	/// All in order, by somebody who has no part in the job.
	Stranger,
	/// In the name of a worker of the job, signed with another's key.
	Impostor,
}

impl Junk {
	/// The `n`th piece.
	fn nth(n: u64) -> Self {
		match n % 4 {
			0 => Self::Forged,
			1 => Self::Stale,
			2 => Self::Stranger,
			_ => Self::Impostor,
		}
	}

	/// The job it is about, where `jobs` were accepted so far.
	fn job(self, n: u64, jobs: u64) -> JobId {
		match self {
			Self::Stale if n % 8 < 4 => JobId(jobs.saturating_add(BEYOND).saturating_add(n)),
			Self::Stale => JobId(0),
			_ => JobId(jobs.saturating_sub(1).saturating_sub(n % JOBS)),
		}
	}
}

/// Floods this node's pool at each new best block.
pub async fn run(tools: Tools) {
	let mut blocks = tools.client.import_notification_stream();
	while let Some(block) = blocks.next().await {
		if !block.is_new_best {
			continue;
		}
		let view = View {
			tools: tools.clone(),
			at: block.hash,
		};
		let jobs = view.jobs();
		let junk: Vec<_> = (0..FLOOD).filter_map(|n| piece(&view, jobs, n)).collect();
		let made = junk.len();
		let results = tools.pool.submit_at(view.at, TransactionSource::External, junk).await;
		let taken = results.map_or(0, |results| results.iter().filter(|result| result.is_ok()).count());
		log::info!("Flooded: of {made} invalid submissions the pool took {taken}");
	}
}

/// The `n`th submission to make at a block, where `jobs` were accepted so far. No two are alike, so that none is refused as known.
fn piece(view: &View, jobs: u64, n: u64) -> Option<opaque::UncheckedExtrinsic> {
	let junk = Junk::nth(n);
	let id = junk.job(n, jobs);
	let ours = account(view)?;
	let participants = view.job(id).map(|job| job.participants).unwrap_or_default();
	if participants.iter().any(|participant| participant.worker == ours) {
		// Signed with this node's key, it might be valid.
		return None;
	}
	let noise = BlakeTwo256::hash_of(&(view.at, n));
	let worker = match (junk, participants.into_iter().next()) {
		(Junk::Forged | Junk::Impostor, Some(executor)) => executor.worker,
		_ => ours,
	};
	let submission = submit::commit(worker, id, noise);
	match junk {
		Junk::Forged => Some(submit::extrinsic(submission, forged(noise))),
		Junk::Stale | Junk::Stranger | Junk::Impostor => {
			let key = view.keys().into_iter().next()?;
			submit::signed_by(view, &key, submission)
		}
	}
}

/// The account of the seed that this node was started with: the one of its watcher.
fn account(view: &View) -> Option<AccountId> {
	let watchers = view.tools.keystore.sr25519_public_keys(key::WATCHER_KEY_TYPE);
	watchers.into_iter().next().map(Into::into)
}

/// A signature that is none.
fn forged(noise: H256) -> WorkerSignature {
	let mut bytes = [0; 64];
	bytes[..32].copy_from_slice(noise.as_bytes());
	bytes[32..].copy_from_slice(noise.as_bytes());
	sp_core::ed25519::Signature::from_raw(bytes).into()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_flood_has_every_kind_of_junk_about_jobs_that_are_and_are_not() {
		let pieces: Vec<_> = (0..FLOOD).map(|n| (Junk::nth(n), Junk::nth(n).job(n, 100))).collect();
		for kind in [Junk::Forged, Junk::Stale, Junk::Stranger, Junk::Impostor] {
			assert!(pieces.iter().filter(|(junk, _)| *junk == kind).count() as u64 >= FLOOD / 4);
		}
		for (junk, job) in pieces {
			let exists = job.0 < 100;
			assert_eq!(exists && job.0 >= 100 - JOBS, junk != Junk::Stale, "{junk:?} {job}");
		}
		// Before there is any job, no number is below zero.
		assert!((0..FLOOD).all(|n| Junk::nth(n) == Junk::Stale || Junk::nth(n).job(n, 0) == JobId(0)));
	}
}
