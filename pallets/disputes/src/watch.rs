//! The off-chain worker's second part: re-executes a share of all provisional results, unasked, and challenges what is wrong.
//!
//! Which results it looks at follows from their numbers and a secret of the node, so nobody can know before which are safe to
//! falsify, and a node that restarts looks at the same ones.

use crate::{offchain::is_recent, BalanceOf, Call, Config, Disputes, HoldReason, Pallet, LOG_TARGET};
use alloc::vec::Vec;
use assay_primitives::{
	batch::Answer,
	host::{self, Role},
	key::watcher,
	traits::Docket,
	JobId,
};
use codec::{Decode, Encode};
use frame_support::traits::{fungible::hold::Inspect as _, Get};
use frame_system::{
	offchain::{AppCrypto, ForAny, SendSignedTransaction, Signer},
	pallet_prelude::BlockNumberFor,
};
use sp_core::sr25519;
use sp_runtime::{
	offchain::storage::{MutateStorageError, StorageRetrievalError, StorageValueRef},
	traits::Saturating,
	MultiSignature, MultiSigner, Permill,
};

/// The most job numbers that are looked at in one block.
const MAX_SCANNED: u64 = 512;

/// The most job numbers that the watch lags behind. Older ones are let go, or a node that was away long would come too late for
/// every new result.
const MAX_BEHIND: u64 = 4_096;

/// The most chosen jobs that are kept an eye on at a time. The oldest is let go for a new one.
const MAX_PENDING: usize = 1_024;

/// Blocks for which a chosen job is waited for to become provisional: two hours. Most that take longer have ended otherwise.
const PATIENCE: u32 = 2_400;

/// Where the node's secret lies in its local storage.
const SECRET: &[u8] = b"assay/watch/secret";

/// Where the watch's notes lie in the node's local storage.
const NOTES: &[u8] = b"assay/watch/notes";

/// Signs as the account of a [`watcher`] key, on chains with the usual kinds of accounts.
pub struct WatcherAppCrypto;

impl AppCrypto<MultiSigner, MultiSignature> for WatcherAppCrypto {
	type RuntimeAppPublic = watcher::Public;
	type GenericPublic = sr25519::Public;
	type GenericSignature = sr25519::Signature;
}

/// How far a chosen job is, as far as this node has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
enum Stage<BlockNumber> {
	/// It was chosen at that block, and has not been provisional since.
	Awaited(BlockNumber),
	/// It is provisional, and not compared.
	Provisional,
	/// It is wrong, and a challenge was submitted at that block.
	Challenged(BlockNumber),
}

/// What the watch remembers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Notes<BlockNumber> {
	/// The first job number not looked at.
	cursor: JobId,
	/// The jobs that were chosen and are not done with.
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

/// A result that this node finds wrong, and the answer it finds right.
struct Finding {
	job: JobId,
	answer: Answer,
}

impl<T: Config> Pallet<T> {
	/// Chooses among new jobs, compares provisional results with this node's answers, and challenges those that differ.
	pub(crate) fn watch_results(now: BlockNumberFor<T>) {
		let share = host::watch_share();
		if share.is_zero() {
			return;
		}
		let Some(secret) = secret() else {
			log::warn!(target: LOG_TARGET, "nothing is watched: the node's local storage cannot be read");
			return;
		};
		let mut findings = Vec::new();
		let noted = Self::update_notes(|notes| {
			Self::choose(notes, &secret, share, now);
			findings = Self::compare(notes, now);
		});
		// Another run of the off-chain worker was faster; what it has not done is done at the next block.
		if !noted || findings.is_empty() {
			return;
		}
		let failed = Self::challenge_all(findings);
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

	/// Changes the notes; `false`, and they are as they were, if another run of the off-chain worker changes them meanwhile.
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

	/// Looks at the next job numbers and keeps those that fall to this node.
	fn choose(notes: &mut Notes<BlockNumberFor<T>>, secret: &[u8; 32], share: Permill, now: BlockNumberFor<T>) {
		let JobId(next) = T::Jobs::next();
		// A number beyond the next one was seen on a fork that has lost, or on another chain.
		let from = notes.cursor.0.min(next).max(next.saturating_sub(MAX_BEHIND));
		if notes.cursor.0 > 0 && from > notes.cursor.0 {
			log::warn!(target: LOG_TARGET, "the watch is late: jobs {} to {from} are let go", notes.cursor);
		}
		let to = from.saturating_add(MAX_SCANNED).min(next);
		for job in (from..to).map(JobId).filter(|job| falls_to(secret, *job, share)) {
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

	/// Compares what is provisional with this node's answers, as far as it has them. Returns what differs and was not challenged
	/// lately, and forgets what is done with.
	fn compare(notes: &mut Notes<BlockNumberFor<T>>, now: BlockNumberFor<T>) -> Vec<Finding> {
		let mut findings = Vec::new();
		notes.pending.retain_mut(|(job, stage)| {
			if Disputes::<T>::contains_key(*job) {
				return false;
			}
			let Some(provisional) = T::Jobs::provisional(*job) else {
				// What was provisional once can be challenged no longer.
				return matches!(stage, Stage::Awaited(since) if now < since.saturating_add(PATIENCE.into()));
			};
			if matches!(stage, Stage::Challenged(at) if is_recent(*at, now)) {
				return true;
			}
			*stage = Stage::Provisional;
			let Some(answer) = Self::answer(*job, Role::Watch) else {
				return true;
			};
			let digest = answer.digest();
			if digest == provisional {
				return false;
			}
			log::warn!(
				target: LOG_TARGET,
				"job {job}: the provisional result {provisional} is wrong, this node finds {digest}",
			);
			*stage = Stage::Challenged(now);
			findings.push(Finding { job: *job, answer });
			true
		});
		findings
	}

	/// Challenges results in the name of this node's watcher accounts. Returns the jobs for which that did not work.
	fn challenge_all(findings: Vec<Finding>) -> Vec<JobId> {
		let bond = T::ChallengeBond::get();
		let accounts: Vec<_> = Signer::<T, T::WatcherId, ForAny>::keystore_accounts().collect();
		let (mut charged, mut failed) = (Vec::new(), Vec::new());
		for Finding { job, answer } in findings {
			let affordable = accounts.iter().find(|account| {
				let before = charged.iter().filter(|who| **who == account.id).count();
				let bonds = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
				let sum = bond.saturating_mul(BalanceOf::<T>::from(bonds));
				T::Currency::can_hold(&HoldReason::Challenge.into(), &account.id, sum)
			});
			let Some(account) = affordable else {
				failed.push(job);
				continue;
			};
			let signer = Signer::<T, T::WatcherId, ForAny>::any_account();
			match signer.send_single_signed_transaction(account, Call::challenge { job, answer }) {
				Some(Ok(())) => {
					log::warn!(target: LOG_TARGET, "job {job}: challenged as {:?}", account.id);
					charged.push(account.id.clone());
				}
				// An earlier challenge with the same nonce may be on its way still. The next block tries again.
				refused => {
					log::debug!(target: LOG_TARGET, "job {job}: the challenge is not in the pool: {refused:?}");
					failed.push(job);
				}
			}
		}
		if !failed.is_empty() {
			let accounts = accounts.len();
			log::warn!(
				target: LOG_TARGET,
				"{} wrong results could not be challenged yet: {accounts} watcher keys in the keystore, the bond is {bond:?}",
				failed.len(),
			);
		}
		failed
	}
}

/// Whether the node watches `job`: with a chance of `share`, by a hash that only this node can know.
fn falls_to(secret: &[u8; 32], job: JobId, share: Permill) -> bool {
	let hash = sp_io::hashing::blake2_128(&(secret, job).encode());
	u128::from_le_bytes(hash) % 1_000_000 < u128::from(share.deconstruct())
}

/// The node's secret, made once; `None` if it can be neither read nor stored now.
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
