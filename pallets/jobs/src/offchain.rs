//! The off-chain worker: looks at the jobs drawn to this node's keys, asks the node for their outcomes and submits.
//!
//! It decides nothing that is not on chain and keeps nothing but a note of what it has submitted lately, so a node may stop at
//! any moment: outcomes are re-derived, salts follow from the key, and what was lost on its way is submitted anew.

use crate::{
	Assigned, Call, CommitBatch, Config, Inputs, JobState, Jobs, Pallet, Reveal, RevealBatch, LOG_TARGET, MAX_BATCH,
};
use alloc::vec::Vec;
use assay_primitives::{
	host::{self, Poll},
	key::{commitment, salt, salt_message, WorkerKey},
	traits::{ModelRegistry, WorkerPool},
	JobId, Payload, Task,
};
use codec::{Decode, Encode};
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use sp_core::H256;
use sp_runtime::{
	offchain::storage::{MutateStorageError, StorageRetrievalError, StorageValueRef},
	traits::Saturating,
	RuntimeAppPublic,
};

/// Blocks after which a submission that has had no effect is made again.
const RESUBMIT_AFTER: u32 = 5;

/// The most bytes of outcomes in one batch: several fit into a block beside everything else.
const MAX_BATCH_BYTES: usize = 512 * 1024;

/// Where the note on a worker's submissions lies in the node's local storage.
const NOTE_PREFIX: &[u8] = b"assay/submitted/";

/// Which of the two submissions of a job.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
enum Step {
	Commit,
	Reveal,
}

/// When which submission was last made.
type Note<BlockNumber> = Vec<(JobId, Step, BlockNumber)>;

#[derive(Debug)]
enum Failure {
	/// Another run of the off-chain worker holds the note, or it cannot be read.
	Note,
	/// The key left the keystore.
	Sign,
	/// The pool refused the submission.
	Pool,
}

impl<T: Config> Pallet<T> {
	/// Takes every job assigned to a key of this node one step further, as far as that is possible at once.
	pub(crate) fn answer_assigned(now: BlockNumberFor<T>) {
		let started = sp_io::offchain::timestamp();
		let keys = WorkerKey::all();
		for key in &keys {
			let Some(worker) = T::Workers::worker(key) else {
				continue;
			};
			if let Err(failure) = Self::answer_for(key, &keys, worker, now) {
				log::debug!(target: LOG_TARGET, "submissions deferred at {now:?}: {failure:?}");
			}
		}
		let took = sp_io::offchain::timestamp().diff(&started).millis();
		log::debug!(target: LOG_TARGET, "off-chain worker at {now:?} took {took} ms");
	}

	fn answer_for(
		key: &WorkerKey,
		keys: &[WorkerKey],
		worker: T::AccountId,
		now: BlockNumberFor<T>,
	) -> Result<(), Failure> {
		let (mut commits, mut reveals) = (Vec::new(), Vec::new());
		for (id, ()) in Assigned::<T>::iter_prefix(&worker) {
			let Some((state, outcome)) = Self::outcome(id, now) else {
				continue;
			};
			let digest = outcome.outcome_digest();
			let bind = |salt| commitment(Self::genesis(), id, &worker, digest, salt);
			match state {
				JobState::Claiming { .. } => commits.push((id, bind(Self::salt_of(key, &worker, id)?))),
				// The worker may have changed its key since it committed, so the salt may be another key's.
				JobState::Revealing { commitment, .. } => {
					let salts = keys.iter().filter_map(|key| Self::salt_of(key, &worker, id).ok());
					match salts.into_iter().find(|salt| bind(*salt) == commitment) {
						Some(salt) => reveals.push(Reveal { job: id, outcome, salt }),
						None => log::error!(
							target: LOG_TARGET,
							"job {id} cannot be revealed: it was committed with a key that this node lacks, or to another outcome",
						),
					}
				}
				JobState::Settled { .. } | JobState::Refunded { .. } => {}
			}
		}
		Self::submit_commits(key, &worker, commits, now)?;
		Self::submit_reveals(key, &worker, reveals, now)
	}

	/// The state and outcome of a job that is in time and that the node has run; sets the node to work otherwise.
	fn outcome(id: JobId, now: BlockNumberFor<T>) -> Option<(JobState<BlockNumberFor<T>>, Payload)> {
		let job = Jobs::<T>::get(id)?;
		if now >= job.state.due() {
			return None;
		}
		let recipe = T::Models::recipe(&job.model)?;
		let input = Inputs::<T>::get(id)?;
		let task = Task {
			engine: recipe.engine,
			artifact: recipe.artifact,
			spec: recipe.spec,
			input,
		};
		match host::poll(&task) {
			Poll::Ready(outcome) => Some((job.state, outcome)),
			Poll::Pending => None,
			Poll::Unavailable(reason) => {
				log::warn!(target: LOG_TARGET, "job {id} cannot be run here yet: {reason:?}");
				None
			}
		}
	}

	fn salt_of(key: &WorkerKey, worker: &T::AccountId, job: JobId) -> Result<H256, Failure> {
		let message = salt_message(Self::genesis(), job, worker);
		key.sign(&message)
			.map(|signature| salt(&signature))
			.ok_or(Failure::Sign)
	}

	fn submit_commits(
		key: &WorkerKey,
		worker: &T::AccountId,
		mut commits: Vec<(JobId, H256)>,
		now: BlockNumberFor<T>,
	) -> Result<(), Failure> {
		let jobs = commits.iter().map(|(job, _)| *job).collect();
		let fresh = Self::take_note(worker, Step::Commit, jobs, now)?;
		commits.retain(|(job, _)| fresh.contains(job));
		commits.sort_by_key(|(job, _)| *job);
		for items in commits.chunks(MAX_BATCH as usize) {
			let commits = items.to_vec().try_into().map_err(|_| Failure::Pool)?;
			let batch = CommitBatch {
				worker: worker.clone(),
				commits,
			};
			let signature = key.sign(&batch.message(Self::genesis())).ok_or(Failure::Sign)?;
			Self::submit(Call::commit { batch, signature })?;
		}
		Ok(())
	}

	fn submit_reveals(
		key: &WorkerKey,
		worker: &T::AccountId,
		mut reveals: Vec<Reveal>,
		now: BlockNumberFor<T>,
	) -> Result<(), Failure> {
		let jobs = reveals.iter().map(|reveal| reveal.job).collect();
		let fresh = Self::take_note(worker, Step::Reveal, jobs, now)?;
		reveals.retain(|reveal| fresh.contains(&reveal.job));
		reveals.sort_by_key(|reveal| reveal.job);
		for items in batches(reveals) {
			let reveals = items.try_into().map_err(|_| Failure::Pool)?;
			let batch = RevealBatch {
				worker: worker.clone(),
				reveals,
			};
			let signature = key.sign(&batch.message(Self::genesis())).ok_or(Failure::Sign)?;
			Self::submit(Call::reveal { batch, signature })?;
		}
		Ok(())
	}

	fn submit(call: Call<T>) -> Result<(), Failure> {
		let transaction = T::create_authorized_transaction(call.into());
		SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| Failure::Pool)
	}

	/// Of `jobs`, those for which `step` has not been submitted lately; notes that it is being submitted now. Two runs of the
	/// off-chain worker cannot both take the same one.
	fn take_note(
		worker: &T::AccountId,
		step: Step,
		jobs: Vec<JobId>,
		now: BlockNumberFor<T>,
	) -> Result<Vec<JobId>, Failure> {
		if jobs.is_empty() {
			return Ok(jobs);
		}
		let key = (NOTE_PREFIX, worker).encode();
		let mut fresh = Vec::new();
		let written = StorageValueRef::persistent(&key).mutate(
			|note: Result<Option<Note<BlockNumberFor<T>>>, StorageRetrievalError>| -> Result<_, Failure> {
				let mut note = note.ok().flatten().unwrap_or_default();
				// What lies ahead of this block was noted on a fork that has lost.
				note.retain(|(_, _, at)| *at <= now && now < at.saturating_add(RESUBMIT_AFTER.into()));
				fresh = jobs
					.iter()
					.copied()
					.filter(|job| !note.iter().any(|(noted, at, _)| noted == job && *at == step))
					.collect();
				note.extend(fresh.iter().map(|job| (*job, step, now)));
				Ok(note)
			},
		);
		match written {
			Ok(_) => Ok(fresh),
			Err(MutateStorageError::ConcurrentModification(_) | MutateStorageError::ValueFunctionFailed(_)) => {
				Err(Failure::Note)
			}
		}
	}
}

/// Splits reveals into batches that hold to [`MAX_BATCH`] and, but for a batch of one, to [`MAX_BATCH_BYTES`].
fn batches(reveals: Vec<Reveal>) -> Vec<Vec<Reveal>> {
	let mut batches: Vec<Vec<Reveal>> = Vec::new();
	let mut bytes = 0usize;
	for reveal in reveals {
		let size = reveal.encoded_size();
		match batches.last_mut() {
			Some(batch) if batch.len() < MAX_BATCH as usize && bytes.saturating_add(size) <= MAX_BATCH_BYTES => {
				bytes = bytes.saturating_add(size);
				batch.push(reveal);
			}
			_ => {
				bytes = size;
				batches.push(alloc::vec![reveal]);
			}
		}
	}
	batches
}
