//! The off-chain worker: asks the node for the answers to the jobs for which its keys were drawn, and submits what is
//! due.
//!
//! It decides nothing that is not on chain and stores nothing except a note of recent submissions, so a node may stop
//! at any moment: answers are re-derived, salts follow from the key, and what was lost on its way is submitted again.

use crate::{Answers, Call, Config, JobOf, JobState, Jobs, Pallet, Step, Submission, LOG_TARGET, MAX_STEPS};
use alloc::vec::Vec;
use assay_primitives::{
	api::ParticipantStatus,
	batch::Answer,
	host::{self, PollContext, Purpose},
	key::{commitment, salt, salt_message, WorkerKey, WorkerSignature},
	offchain::{poll_answer, submit_due, SubmitError},
	traits::{DisputedJobs, WorkerPool},
	JobId, TaskId,
};
use codec::Encode;
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use sp_core::H256;
use sp_runtime::RuntimeAppPublic;

/// The maximum length of one submission in bytes, unless a single step is longer. Several fit into a block beside
/// everything else.
const MAX_BYTES: usize = 512 * 1024;

/// Where the note of a worker's submissions lies in the node's local storage.
const NOTE_PREFIX: &[u8] = b"assay/submitted/";

/// The secrets from which the salts of one worker derive, one for each key of this node; that of the current key first.
type Secrets = Vec<WorkerSignature>;

/// What a worker must do in a job.
struct DueStep {
	job: JobId,
	task: TaskId,
	purpose: Purpose,
	status: ParticipantStatus,
}

impl<T: Config> Pallet<T> {
	/// Takes the next step in each job for which a key of this node was drawn, if the node has the answer in a moment.
	pub(crate) fn answer_assigned_jobs(now: BlockNumberFor<T>) {
		let started = sp_io::offchain::timestamp();
		let keys = WorkerKey::all();
		let workers: Vec<_> = keys
			.iter()
			.filter_map(|key| T::Workers::worker(key).map(|worker| (key, worker)))
			.filter(|(_, worker)| Self::start_due_tasks(worker, now))
			.collect();
		if workers.is_empty() {
			return;
		}
		host::wait();
		for (key, worker) in workers {
			if let Err(error) = Self::answer_for(key, &keys, worker, now) {
				log::debug!(target: LOG_TARGET, "submissions deferred at {now:?}: {error:?}");
			}
		}
		let took = sp_io::offchain::timestamp().diff(&started).millis();
		log::debug!(target: LOG_TARGET, "off-chain worker at {now:?} took {took} ms");
	}

	/// Lets the node begin with the tasks of all steps that `worker` must take now. Returns whether there is any.
	fn start_due_tasks(worker: &T::AccountId, now: BlockNumberFor<T>) -> bool {
		let due = Self::due_steps(worker, now);
		for step in &due {
			Self::poll_job(step.job, step.purpose);
		}
		!due.is_empty()
	}

	/// Returns the steps that `worker` must take now.
	fn due_steps(worker: &T::AccountId, now: BlockNumberFor<T>) -> Vec<DueStep> {
		let due = |id| Self::due_step(id, &Jobs::<T>::get(id)?, worker, now);
		T::Workers::assigned_jobs(worker).into_iter().filter_map(due).collect()
	}

	/// Returns the step that `worker` must take in `job` now, if any.
	fn due_step(id: JobId, job: &JobOf<T>, worker: &T::AccountId, now: BlockNumberFor<T>) -> Option<DueStep> {
		let status = job.participant(worker)?.status;
		let purpose = match (&job.state, status) {
			(JobState::Claiming { .. }, ParticipantStatus::Drawn) => Purpose::Claim,
			(JobState::Checking { .. }, ParticipantStatus::Drawn) => Purpose::Check,
			(JobState::Revealing { .. }, ParticipantStatus::Committed(_)) => Purpose::Reveal,
			_ => return None,
		};
		let in_time = job.state.due().is_some_and(|due| now < due);
		in_time.then_some(DueStep {
			job: id,
			task: job.task,
			purpose,
			status,
		})
	}

	fn answer_for(
		key: &WorkerKey,
		keys: &[WorkerKey],
		worker: T::AccountId,
		now: BlockNumberFor<T>,
	) -> Result<(), SubmitError> {
		let mut secrets = Secrets::new();
		let mut steps = Vec::new();
		for due in Self::due_steps(&worker, now) {
			let Some(answer) = Self::poll_job(due.job, due.purpose) else {
				continue;
			};
			if secrets.is_empty() {
				secrets = Self::secrets(key, keys, &worker)?;
			}
			steps.extend(Self::make_step(due, &worker, answer, &secrets));
		}
		steps.sort_by_key(Step::job);
		Self::submit_steps(key, &worker, steps, now)
	}

	/// Returns the answer to a job, if the node has it, and lets the node begin with the task otherwise.
	fn poll_job(job: JobId, purpose: Purpose) -> Option<Answer> {
		let task = <Self as DisputedJobs<_, _>>::task(job)?;
		poll_answer(LOG_TARGET, &task, PollContext { job, purpose })
	}

	/// Returns the secrets of all keys: the worker may have changed its key since it committed, so a salt may derive
	/// from another one.
	fn secrets(key: &WorkerKey, keys: &[WorkerKey], worker: &T::AccountId) -> Result<Secrets, SubmitError> {
		let message = salt_message(Self::genesis(), worker);
		let current = key.sign(&message).ok_or(SubmitError::KeyMissing)?;
		let others = keys.iter().filter(|other| *other != key);
		Ok(core::iter::once(current)
			.chain(others.filter_map(|other| other.sign(&message)))
			.collect())
	}

	/// Makes the step that commits to `answer` or opens the commitment to it.
	fn make_step(due: DueStep, worker: &T::AccountId, answer: Answer, secrets: &[WorkerSignature]) -> Option<Step> {
		let (job, task, digest) = (due.job, due.task, answer.digest());
		let commit = |salt: H256| commitment(Self::genesis(), job, task, worker, digest, salt);
		let mut salts = secrets.iter().map(|secret| salt(secret, job, task));
		let ParticipantStatus::Committed(committed) = due.status else {
			let commitment = commit(salts.next()?);
			return Some(Step::Commit { job, task, commitment });
		};
		let Some(salt) = salts.find(|salt| commit(*salt) == committed) else {
			log::error!(
				target: LOG_TARGET,
				"job {job} cannot be revealed: this node lacks the key of its commitment, or got another answer",
			);
			return None;
		};
		Some(Step::Reveal {
			job,
			task,
			digest,
			salt,
			answer: (!Answers::<T>::contains_key(job, digest)).then_some(answer),
		})
	}

	/// Submits the first steps that are not on their way already.
	fn submit_steps(
		key: &WorkerKey,
		worker: &T::AccountId,
		steps: Vec<Step>,
		now: BlockNumberFor<T>,
	) -> Result<(), SubmitError> {
		let note = (NOTE_PREFIX, worker).encode();
		// A reveal without its answer is another item: it follows at once when the one with the answer is refused.
		let id = |step: &Step| (step.job(), step.task(), step.is_reveal(), step.has_answer());
		submit_due(&note, steps, id, batch_size, now, |steps| {
			let submission = Submission {
				worker: worker.clone(),
				at: now,
				steps: steps.try_into().map_err(|_| SubmitError::PoolRefused)?,
			};
			let signature = key
				.sign(&submission.message(Self::genesis()))
				.ok_or(SubmitError::KeyMissing)?;
			let call = Call::submit { submission, signature };
			let transaction = T::create_authorized_transaction(call.into());
			SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| SubmitError::PoolRefused)
		})
	}
}

/// Returns the number of the first steps that travel together: at most [`MAX_STEPS`] and, unless it is only one, of at
/// most [`MAX_BYTES`] bytes.
fn batch_size(steps: &[Step]) -> usize {
	let mut bytes = 0usize;
	let fits = |step: &&Step| {
		let is_first = bytes == 0;
		bytes = bytes.saturating_add(step.encoded_size());
		is_first || bytes <= MAX_BYTES
	};
	steps.iter().take(MAX_STEPS as usize).take_while(fits).count()
}
