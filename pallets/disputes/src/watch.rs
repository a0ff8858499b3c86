//! The second part of the off-chain worker: re-executes a share of all provisional results unasked, and challenges
//! wrong ones.
//!
//! The selection follows from the jobs' numbers and a secret of the node. So no worker can know in advance which
//! results are safe to falsify, and a node selects the same ones after a restart.

use crate::{Call, Config, Disputes, HoldReason, NewChallenge, Pallet, LOG_TARGET};
use alloc::vec::Vec;
use assay_primitives::{
	batch::Answer,
	host::{self, Purpose},
	key::watcher,
	offchain::{is_recent, SubmitError},
	traits::DisputedJobs,
	JobId,
};
use codec::{Decode, Encode};
use frame_support::traits::{fungible::hold::Inspect as _, Get};
use frame_system::{
	offchain::{AppCrypto, ForAny, Signer},
	pallet_prelude::BlockNumberFor,
};
use sp_core::sr25519;
use sp_runtime::{
	offchain::storage::{MutateStorageError, StorageRetrievalError, StorageValueRef},
	traits::Saturating,
	MultiSignature, MultiSigner, Permill,
};

/// The maximum number of jobs that are considered in one block.
const MAX_SCANNED: u64 = 512;

/// The maximum number of jobs by which the watch may lag behind. Older jobs are skipped; otherwise a node that was
/// offline for long would be too late for every new result.
const MAX_BEHIND: u64 = 4_096;

/// The maximum number of selected jobs that are watched at a time. A new one replaces the oldest.
const MAX_PENDING: usize = 1_024;

/// Blocks in which a selected job must become provisional: two hours. Most jobs that take longer have ended otherwise.
const PROVISIONAL_TIMEOUT: u32 = 2_400;

/// Where the node's secret lies in its local storage.
const SECRET: &[u8] = b"assay/watch/secret";

/// Where the watch's notes lie in the node's local storage.
const NOTES: &[u8] = b"assay/watch/notes";

/// Signs as the account of a [`watcher`] key, on chains with Substrate's usual accounts.
pub struct WatcherAppCrypto;

impl AppCrypto<MultiSigner, MultiSignature> for WatcherAppCrypto {
	type RuntimeAppPublic = watcher::Public;
	type GenericPublic = sr25519::Public;
	type GenericSignature = sr25519::Signature;
}

/// The stage of a selected job, as this node has seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
enum Stage<BlockNumber> {
	/// It was selected in this block, and has not been provisional since.
	Awaited(BlockNumber),
	/// It is provisional, and has not been compared.
	Provisional,
	/// It is wrong, and a challenge was submitted in this block.
	Challenged(BlockNumber),
}

/// The notes of the watch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Notes<BlockNumber> {
	/// The first job that has not been considered.
	cursor: JobId,
	/// The selected jobs that are still watched.
	pending: Vec<(JobId, Stage<BlockNumber>)>,
}

impl<BlockNumber> Default for Notes<BlockNumber> {
	fn default() -> Self {
		Self {
			cursor: JobId(0),
			pending: Vec::new(),
		}
	}
}

/// A result that differs from this node's answer.
struct Mismatch {
	job: JobId,
	answer: Answer,
}

impl<T: Config> Pallet<T> {
	/// Selects new jobs, compares provisional results with this node's answers, and challenges those that differ.
	pub(crate) fn watch_results(now: BlockNumberFor<T>) {
		let share = host::watch_share();
		if share.is_zero() {
			return;
		}
		let Some(secret) = secret() else {
			log::warn!(target: LOG_TARGET, "nothing is watched: the node's local storage cannot be read");
			return;
		};
		let mut mismatches = Vec::new();
		let noted = Self::update_notes(|notes| {
			Self::select_jobs(notes, &secret, share, now);
			mismatches = Self::compare_results(notes, now);
		});
		// If another run of the off-chain worker was faster, the next block continues.
		if !noted || mismatches.is_empty() {
			return;
		}
		let failed = Self::challenge_all(mismatches, now);
		if !failed.is_empty() {
			Self::update_notes(|notes| {
				for (job, stage) in &mut notes.pending {
					if failed.contains(job) && *stage == Stage::Challenged(now) {
						*stage = Stage::Provisional;
					}
				}
			});
		}
	}

	/// Changes the notes. Returns `false` and leaves them unchanged if another run of the off-chain worker changes them
	/// at the same time.
	fn update_notes(change: impl FnOnce(&mut Notes<BlockNumberFor<T>>)) -> bool {
		let written = StorageValueRef::persistent(NOTES).mutate(
			|notes: Result<Option<Notes<BlockNumberFor<T>>>, StorageRetrievalError>| -> Result<_, ()> {
				let mut notes = notes.ok().flatten().unwrap_or_default();
				change(&mut notes);
				Ok(notes)
			},
		);
		match written {
			Ok(_) => true,
			Err(MutateStorageError::ConcurrentModification(_) | MutateStorageError::ValueFunctionFailed(())) => false,
		}
	}

	/// Considers the next jobs and notes the selected ones.
	fn select_jobs(notes: &mut Notes<BlockNumberFor<T>>, secret: &[u8; 32], share: Permill, now: BlockNumberFor<T>) {
		let JobId(next) = T::Jobs::next_job();
		// A number beyond the next one belongs to a fork that lost, or to another chain.
		let from = notes.cursor.0.min(next).max(next.saturating_sub(MAX_BEHIND));
		if notes.cursor.0 > 0 && from > notes.cursor.0 {
			log::warn!(target: LOG_TARGET, "the watch is late: jobs {} to {from} are skipped", notes.cursor);
		}
		let to = from.saturating_add(MAX_SCANNED).min(next);
		for job in (from..to).map(JobId).filter(|job| is_selected(secret, *job, share)) {
			if notes.pending.iter().any(|(known, _)| *known == job) {
				continue;
			}
			if notes.pending.len() >= MAX_PENDING {
				notes.pending.remove(0);
			}
			notes.pending.push((job, Stage::Awaited(now)));
		}
		notes.cursor = JobId(to);
	}

	/// Compares provisional results with this node's answers, as far as it has them. Returns those that differ and were
	/// not challenged recently, and removes the notes of jobs that need no further watch.
	fn compare_results(notes: &mut Notes<BlockNumberFor<T>>, now: BlockNumberFor<T>) -> Vec<Mismatch> {
		let mut mismatches = Vec::new();
		notes.pending.retain_mut(|(job, stage)| {
			if Disputes::<T>::contains_key(*job) {
				return false;
			}
			let Some(provisional) = T::Jobs::provisional_digest(*job) else {
				// A result that was provisional before can no longer be challenged.
				return matches!(stage, Stage::Awaited(since) if now < since.saturating_add(PROVISIONAL_TIMEOUT.into()));
			};
			if matches!(stage, Stage::Challenged(at) if is_recent(*at, now)) {
				return true;
			}
			*stage = Stage::Provisional;
			let Some(answer) = Self::poll_job(*job, Purpose::Watch) else {
				return true;
			};
			let digest = answer.digest();
			if digest == provisional {
				return false;
			}
			log::warn!(
				target: LOG_TARGET,
				"job {job}: the provisional result {provisional} is wrong, this node's answer is {digest}",
			);
			*stage = Stage::Challenged(now);
			mismatches.push(Mismatch { job: *job, answer });
			true
		});
		mismatches
	}

	/// Challenges results from this node's watcher accounts, each of which has one challenge in the pool at a time.
	/// Returns the jobs for which that failed.
	fn challenge_all(mismatches: Vec<Mismatch>, at: BlockNumberFor<T>) -> Vec<JobId> {
		let bond = T::ChallengeBond::get();
		let mut accounts: Vec<_> = Signer::<T, T::WatcherId, ForAny>::keystore_accounts().collect();
		let keys = accounts.len();
		let mut failed = Vec::new();
		for Mismatch { job, answer } in mismatches {
			let affordable = accounts
				.iter()
				.position(|account| T::Currency::can_hold(&HoldReason::ChallengeBond.into(), &account.id, bond));
			let (Some(affordable), Some(task)) = (affordable, T::Jobs::task_id(job)) else {
				failed.push(job);
				continue;
			};
			let account = accounts.remove(affordable);
			let challenge = NewChallenge {
				challenger: account.id.clone(),
				at,
				job,
				task,
				digest: answer.digest(),
			};
			let message = challenge.message(Self::genesis());
			let submitted = <T::WatcherId as AppCrypto<_, _>>::sign(&message, account.public)
				.ok_or(SubmitError::KeyMissing)
				.and_then(|signature| Self::submit_call(Call::challenge { challenge, signature }));
			match submitted {
				Ok(()) => log::warn!(target: LOG_TARGET, "job {job}: challenged as {:?}", account.id),
				// An earlier challenge of the account may still be on its way. The next block tries again.
				Err(refused) => {
					log::debug!(target: LOG_TARGET, "job {job}: the challenge is not in the pool: {refused:?}");
					failed.push(job);
				}
			}
		}
		if !failed.is_empty() {
			log::warn!(
				target: LOG_TARGET,
				"{} wrong results not challenged yet: {keys} watcher keys in the keystore, the bond is {bond:?}",
				failed.len(),
			);
		}
		failed
	}
}

/// Whether the node watches `job`: with probability `share`, by a hash that only this node can know.
fn is_selected(secret: &[u8; 32], job: JobId, share: Permill) -> bool {
	let hash = sp_io::hashing::blake2_128(&(secret, job).encode());
	u128::from_le_bytes(hash) % 1_000_000 < u128::from(share.deconstruct())
}

/// Returns the node's secret, and creates it on the first call; `None` if it can be neither read nor stored now.
fn secret() -> Option<[u8; 32]> {
	let store = StorageValueRef::persistent(SECRET);
	if let Ok(Some(secret)) = store.get() {
		return Some(secret);
	}
	let stored = store.mutate(
		|secret: Result<Option<[u8; 32]>, StorageRetrievalError>| -> Result<_, ()> {
			Ok(secret.ok().flatten().unwrap_or_else(sp_io::offchain::random_seed))
		},
	);
	stored.ok()
}
