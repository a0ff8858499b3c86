//! The second part of the off-chain worker: re-executes a share of all provisional results unasked, and challenges
//! wrong ones.
//!
//! Which results these are follows from a secret of the node, and is a fair [sample](sample) under any load. What a
//! node can neither hold nor re-execute lowers the chance of all results alike, and the node is notified of it.

mod sample;

use crate::{Call, Config, Disputes, HoldReason, NewChallenge, Pallet, LOG_TARGET};
use alloc::vec::Vec;
use assay_primitives::{
	batch::Answer,
	host::{self, Poll, PollContext, Purpose, Unavailable},
	key::watcher,
	offchain::{is_recent, SubmitError},
	traits::DisputedJobs,
	watch::{WatchReport, WatcherAccount, WATCH_REPORT},
	JobId,
};
use frame_support::traits::{fungible::hold::Inspect as _, Get};
use frame_system::{
	offchain::{AppCrypto, ForAny, Signer},
	pallet_prelude::BlockNumberFor,
};
use sample::{Sample, Selection, Stage};
use sp_core::sr25519;
use sp_runtime::{
	offchain::storage::{MutateStorageError, StorageRetrievalError, StorageValueRef},
	MultiSignature, MultiSigner, Permill,
};

/// The maximum number of watcher accounts in a report.
const MAX_REPORTED_ACCOUNTS: usize = 16;

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
			Self::select_jobs(notes, &Selection { secret, share }, now);
			mismatches = Self::compare_results(notes, now);
			Self::report_watch(notes, share, now);
		});
		// If another run of the off-chain worker was faster, the next block continues.
		if !noted || mismatches.is_empty() {
			return;
		}
		let failed = Self::challenge_all(mismatches, now);
		if !failed.is_empty() {
			Self::update_notes(|notes| {
				for watched in notes.iter_mut() {
					if failed.contains(&watched.job) && watched.stage == Stage::Challenged(now) {
						watched.stage = Stage::Provisional;
					}
				}
			});
		}
	}

	/// Changes the notes. Returns `false` and leaves them unchanged if another run of the off-chain worker changes them
	/// at the same time.
	fn update_notes(change: impl FnOnce(&mut Sample<BlockNumberFor<T>>)) -> bool {
		let written = StorageValueRef::persistent(NOTES).mutate(
			|notes: Result<Option<Sample<BlockNumberFor<T>>>, StorageRetrievalError>| -> Result<_, ()> {
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

	/// Considers the jobs that are new on this fork and notes the selected ones.
	fn select_jobs(notes: &mut Sample<BlockNumberFor<T>>, selection: &Selection, now: BlockNumberFor<T>) {
		// For the off-chain worker, the executive adds the hash of the block itself.
		let hash_of = |number: BlockNumberFor<T>| frame_system::Pallet::<T>::block_hash(number);
		notes.rewind(|number, hash| hash_of(number) == hash);
		let skipped = notes.consider((now, hash_of(now)), T::Jobs::next_job(), selection, |job| {
			!T::Jobs::has_ended(job)
		});
		if skipped > 0 {
			log::warn!(target: LOG_TARGET, "the watch was away for long: {skipped} jobs are skipped");
		}
	}

	/// Compares provisional results with this node's answers, as far as it has them. Returns those that differ and were
	/// not challenged recently, and removes the notes of jobs that have ended.
	fn compare_results(notes: &mut Sample<BlockNumberFor<T>>, now: BlockNumberFor<T>) -> Vec<Mismatch> {
		let (mut mismatches, mut finished) = (Vec::new(), 0u32);
		let mut running = notes.running();
		let max_running = notes.max_running;
		notes.retain(|watched, tally| {
			let job = watched.job;
			let Some(provisional) = T::Jobs::provisional_digest(job) else {
				if T::Jobs::has_ended(job) {
					if watched.stage != Stage::Awaited {
						tally.count(watched.stage == Stage::Right);
					}
					return false;
				}
				if Disputes::<T>::contains_key(job) {
					// The tribunal decides, so there is nothing left to compare.
					watched.stage = Stage::Awaited;
				}
				return true;
			};
			let was_running = match watched.stage {
				Stage::Right => return true,
				Stage::Challenged(at) if is_recent(at, now) => return true,
				Stage::Running => true,
				Stage::Awaited | Stage::Provisional | Stage::Challenged(_) => false,
			};
			watched.stage = Stage::Provisional;
			if !was_running && running >= max_running {
				return true;
			}
			match Self::poll_watched(job) {
				Poll::Pending => {
					watched.stage = Stage::Running;
					if !was_running {
						running = running.saturating_add(1);
					}
				}
				Poll::Ready(answer) => {
					if was_running {
						finished = finished.saturating_add(1);
					}
					let digest = answer.digest();
					if digest == provisional {
						watched.stage = Stage::Right;
					} else {
						log::warn!(
							target: LOG_TARGET,
							"job {job}: the provisional result {provisional} is wrong, this node's answer is {digest}",
						);
						watched.stage = Stage::Challenged(now);
						mismatches.push(Mismatch { job, answer });
					}
				}
				// The node would refuse the others, too.
				Poll::Unavailable(Unavailable::Busy) => running = max_running,
				Poll::Unavailable(reason) => {
					log::debug!(target: LOG_TARGET, "job {job} cannot be watched here yet: {reason:?}");
				}
			}
			true
		});
		notes.set_max_running(finished);
		mismatches
	}

	/// Asks the node for the answer to a watched job. The node begins with the task if it can.
	fn poll_watched(job: JobId) -> Poll {
		let purpose = Purpose::Watch;
		match T::Jobs::task(job) {
			Some(task) => host::poll(&task, PollContext { job, purpose }),
			None => Poll::Unavailable(Unavailable::NoModel),
		}
	}

	/// Reports to the node how the watch is doing, and whether it could challenge a wrong result.
	fn report_watch(notes: &Sample<BlockNumberFor<T>>, share: Permill, now: BlockNumberFor<T>) {
		let bond = T::ChallengeBond::get();
		let accounts = Signer::<T, T::WatcherId, ForAny>::keystore_accounts()
			.take(MAX_REPORTED_ACCOUNTS)
			.map(|account| WatcherAccount {
				can_challenge: T::Currency::can_hold(&HoldReason::ChallengeBond.into(), &account.id, bond),
				account: account.id,
			});
		StorageValueRef::persistent(WATCH_REPORT).set(&WatchReport {
			at: now,
			share,
			effective_share: notes.tally.effective_share(share),
			watched: notes.len(),
			compared: notes.tally.compared,
			missed: notes.tally.missed,
			bond,
			accounts: accounts.collect(),
		});
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
