//! The off-chain worker: looks at the jobs this node's keys were drawn for, asks the node for their answers and submits.
//!
//! It decides nothing that is not on chain and keeps nothing but a note of what it has submitted lately, so a node may stop at
//! any moment: answers are re-derived, salts follow from the key, and what was lost on its way is submitted anew.

use crate::{Answers, Call, Config, JobOf, JobState, Jobs, Pallet, Step, Submission, LOG_TARGET, MAX_STEPS};
use alloc::vec::Vec;
use assay_primitives::{
	api::Standing,
	batch::Answer,
	host::{self, Poll, Purpose, Role},
	key::{commitment, salt, salt_message, WorkerKey, WorkerSignature},
	traits::{Docket, WorkerPool},
	JobId,
};
use codec::{Decode, Encode};
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use sp_core::H256;
use sp_runtime::{
	offchain::storage::{MutateStorageError, StorageRetrievalError, StorageValueRef},
	traits::Saturating,
	RuntimeAppPublic,
};

/// Blocks after which a submission that has had no effect is made again. It takes the place of the earlier one in every pool.
const RESUBMIT_AFTER: u32 = 3;

/// The most bytes of one submission, unless a single step is larger: several fit into a block beside everything else.
const MAX_BYTES: usize = 512 * 1024;

/// Where the note on a worker's submissions lies in the node's local storage.
const NOTE_PREFIX: &[u8] = b"assay/submitted/";

/// A step as the note remembers it.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
struct Noted {
	job: JobId,
	reveals: bool,
}

impl From<&Step> for Noted {
	fn from(step: &Step) -> Self {
		Self {
			job: step.job(),
			reveals: matches!(step, Step::Reveal { .. }),
		}
	}
}

/// When which step was last submitted.
type Note<BlockNumber> = Vec<(Noted, BlockNumber)>;

#[derive(Debug)]
enum Failure {
	/// Another run of the off-chain worker holds the note, or it cannot be read.
	Note,
	/// The key left the keystore.
	Sign,
	/// The pool refused the submission.
	Pool,
}

/// What the salts of one worker derive from, for each key of this node; the key in use first.
type Secrets = Vec<WorkerSignature>;

impl<T: Config> Pallet<T> {
	/// Takes every job that a key of this node was drawn for one step further, as far as that is possible in a moment.
	pub(crate) fn answer_assigned(now: BlockNumberFor<T>) {
		let started = sp_io::offchain::timestamp();
		let keys = WorkerKey::all();
		let workers: Vec<_> = keys
			.iter()
			.filter_map(|key| T::Workers::worker(key).map(|worker| (key, worker)))
			.filter(|(_, worker)| Self::set_to_work(worker, now))
			.collect();
		if workers.is_empty() {
			return;
		}
		host::wait();
		for (key, worker) in workers {
			if let Err(failure) = Self::answer_for(key, &keys, worker, now) {
				log::debug!(target: LOG_TARGET, "submissions deferred at {now:?}: {failure:?}");
			}
		}
		let took = sp_io::offchain::timestamp().diff(&started).millis();
		log::debug!(target: LOG_TARGET, "off-chain worker at {now:?} took {took} ms");
	}

	/// Has the node begin with what is due of `worker`. Returns whether anything is.
	fn set_to_work(worker: &T::AccountId, now: BlockNumberFor<T>) -> bool {
		Self::due_steps(worker, now)
			.into_iter()
			.fold(false, |_, (id, role, _)| {
				Self::ask(id, role);
				true
			})
	}

	/// The jobs in which `worker` is to do something now, and what.
	fn due_steps(worker: &T::AccountId, now: BlockNumberFor<T>) -> Vec<(JobId, Role, Standing)> {
		let due = |id| {
			let (role, standing) = Self::role_in(&Jobs::<T>::get(id)?, worker, now)?;
			Some((id, role, standing))
		};
		T::Workers::assigned(worker).into_iter().filter_map(due).collect()
	}

	fn answer_for(
		key: &WorkerKey,
		keys: &[WorkerKey],
		worker: T::AccountId,
		now: BlockNumberFor<T>,
	) -> Result<(), Failure> {
		let mut secrets = Secrets::new();
		let mut steps = Vec::new();
		for (id, role, standing) in Self::due_steps(&worker, now) {
			let Some(answer) = Self::ask(id, role) else {
				continue;
			};
			if secrets.is_empty() {
				secrets = Self::secrets(key, keys, &worker)?;
			}
			steps.extend(Self::step(id, &worker, standing, answer, &secrets));
		}
		steps.sort_by_key(Step::job);
		Self::submit_steps(key, &worker, steps, now)
	}

	/// What `worker` is to do in `job` now, if anything.
	fn role_in(job: &JobOf<T>, worker: &T::AccountId, now: BlockNumberFor<T>) -> Option<(Role, Standing)> {
		let standing = job.participant(worker)?.standing;
		let role = match (&job.state, standing) {
			(JobState::Claiming { .. }, Standing::Drawn) => Role::Claim,
			(JobState::Checking { .. }, Standing::Drawn) => Role::Check,
			(JobState::Revealing { .. }, Standing::Committed(_)) => Role::Reveal,
			_ => return None,
		};
		job.state.due().is_some_and(|due| now < due).then_some((role, standing))
	}

	/// The answer to a job, if the node has run it; sets it to work otherwise.
	fn ask(id: JobId, role: Role) -> Option<Answer> {
		let task = <Self as Docket<_, _>>::task(id)?;
		match host::poll(&task, Purpose { job: id, role }) {
			Poll::Ready(answer) => Some(answer),
			Poll::Pending => None,
			Poll::Unavailable(reason) => {
				log::warn!(target: LOG_TARGET, "job {id} cannot be run here yet: {reason:?}");
				None
			}
		}
	}

	/// The secrets of all keys: the worker may have changed its key since it committed, so a salt may be another key's.
	fn secrets(key: &WorkerKey, keys: &[WorkerKey], worker: &T::AccountId) -> Result<Secrets, Failure> {
		let message = salt_message(Self::genesis(), worker);
		let present = key.sign(&message).ok_or(Failure::Sign)?;
		let others = keys.iter().filter(|other| *other != key);
		Ok(core::iter::once(present)
			.chain(others.filter_map(|other| other.sign(&message)))
			.collect())
	}

	/// What to submit for a job with this answer.
	fn step(
		id: JobId,
		worker: &T::AccountId,
		standing: Standing,
		answer: Answer,
		secrets: &[WorkerSignature],
	) -> Option<Step> {
		let digest = answer.digest();
		let bind = |salt: H256| commitment(Self::genesis(), id, worker, digest, salt);
		let mut salts = secrets.iter().map(|secret| salt(secret, id));
		let Standing::Committed(committed) = standing else {
			return Some(Step::Commit {
				job: id,
				commitment: bind(salts.next()?),
			});
		};
		let Some(salt) = salts.find(|salt| bind(*salt) == committed) else {
			log::error!(
				target: LOG_TARGET,
				"job {id} cannot be revealed: it was committed with a key that this node lacks, or to another answer",
			);
			return None;
		};
		Some(Step::Reveal {
			job: id,
			digest,
			salt,
			answer: (!Answers::<T>::contains_key(id, digest)).then_some(answer),
		})
	}

	/// Submits those steps that are not under way, in as few transactions as hold them.
	fn submit_steps(
		key: &WorkerKey,
		worker: &T::AccountId,
		steps: Vec<Step>,
		now: BlockNumberFor<T>,
	) -> Result<(), Failure> {
		let fresh = Self::take_note(worker, steps, now)?;
		for steps in batches(fresh) {
			let submission = Submission {
				worker: worker.clone(),
				at: now,
				steps: steps.try_into().map_err(|_| Failure::Pool)?,
			};
			let signature = key.sign(&submission.message(Self::genesis())).ok_or(Failure::Sign)?;
			let call = Call::submit { submission, signature };
			let transaction = T::create_authorized_transaction(call.into());
			SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| Failure::Pool)?;
		}
		Ok(())
	}

	/// Of `steps`, those that have not been submitted lately; notes that they are being submitted now. Two runs of the off-chain
	/// worker cannot both take the same one.
	fn take_note(worker: &T::AccountId, steps: Vec<Step>, now: BlockNumberFor<T>) -> Result<Vec<Step>, Failure> {
		if steps.is_empty() {
			return Ok(steps);
		}
		let key = (NOTE_PREFIX, worker).encode();
		let mut fresh = Vec::new();
		let written = StorageValueRef::persistent(&key).mutate(
			|note: Result<Option<Note<BlockNumberFor<T>>>, StorageRetrievalError>| -> Result<_, Failure> {
				let mut note = note.ok().flatten().unwrap_or_default();
				// What lies ahead of this block was noted on a fork that has lost.
				note.retain(|(_, at)| *at <= now && now < at.saturating_add(RESUBMIT_AFTER.into()));
				let known = |step: &Step| note.iter().any(|(noted, _)| *noted == Noted::from(step));
				fresh = steps.iter().filter(|step| !known(step)).cloned().collect();
				note.extend(fresh.iter().map(|step| (Noted::from(step), now)));
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

/// Splits steps into batches that hold to [`MAX_STEPS`] and, but for a batch of one, to [`MAX_BYTES`].
fn batches(steps: Vec<Step>) -> Vec<Vec<Step>> {
	let mut batches: Vec<Vec<Step>> = Vec::new();
	let mut bytes = 0usize;
	for step in steps {
		let size = step.encoded_size();
		match batches.last_mut() {
			Some(batch) if batch.len() < MAX_STEPS as usize && bytes.saturating_add(size) <= MAX_BYTES => {
				bytes = bytes.saturating_add(size);
				batch.push(step);
			}
			_ => {
				bytes = size;
				batches.push(alloc::vec![step]);
			}
		}
	}
	batches
}
