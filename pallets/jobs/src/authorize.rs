//! Whether a worker's submission may enter the pool or a block. Cheap checks come first, the signature last.
//!
//! A submission is authorised only if every step in it is due now, so blocks cannot be filled with free failures. The
//! pool drops what becomes stale, and the worker submits the rest again.
//!
//! The pool also refuses an answer that is on chain already. A block does not: workers that reveal the same answer at
//! the same time do not wait for each other, and none can invalidate the submission of another, with all other steps
//! in it, by being faster.

use crate::{Answers, Config, Error, JobOf, JobState, Jobs, Pallet, Step, SubmissionOf};
use assay_primitives::{
	api::ParticipantStatus,
	batch::Answer,
	key::{commitment, WorkerSignature},
	submission,
	traits::WorkerPool,
	JobId, OutcomeDigest, TaskId,
};
use frame_support::{ensure, pallet_prelude::*};
use sp_core::H256;
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn authorize_submit(
		source: TransactionSource,
		submission: &SubmissionOf<T>,
		signature: &WorkerSignature,
	) -> Result<(ValidTransaction, Weight), TransactionValidityError> {
		let (worker, steps) = (&submission.worker, &submission.steps);
		let now = frame_system::Pallet::<T>::block_number();
		submission::ensure_well_formed(submission.at, now, steps.iter().map(Step::job))?;
		let key = T::Workers::key(worker).ok_or(InvalidTransaction::BadSigner)?;
		for step in steps {
			Self::job_for_step(worker, step).map_err(|error| match error {
				Error::InvalidReveal => InvalidTransaction::BadProof,
				_ => InvalidTransaction::Stale,
			})?;
			let is_repeated = source != TransactionSource::InBlock && Self::repeats_answer(step);
			ensure!(!is_repeated, InvalidTransaction::Stale);
		}
		submission::ensure_signed(&key, &submission.message(Self::genesis()), signature)?;
		let entries = steps.iter().map(|step| (step.job(), step.task(), step.is_reveal()));
		let valid = submission::describe("assay/step", worker, submission.at, entries)?;
		Ok((valid, Weight::zero()))
	}

	/// Returns the job of `step`, if `worker` may take the step now.
	fn job_for_step(worker: &T::AccountId, step: &Step) -> Result<JobOf<T>, Error<T>> {
		match step {
			Step::Commit { job, task, .. } => Self::job_to_commit(worker, *job, *task),
			Step::Reveal {
				job,
				task,
				digest,
				salt,
				answer,
			} => Self::job_to_reveal(worker, *job, *task, *digest, *salt, answer.as_ref()),
		}
	}

	/// Whether `step` carries an answer that is on chain already.
	fn repeats_answer(step: &Step) -> bool {
		matches!(step, Step::Reveal { job, digest, answer: Some(_), .. } if Answers::<T>::contains_key(job, digest))
	}

	/// Returns the job with this number, if it has this task.
	fn job_with_task(job: JobId, task: TaskId) -> Result<JobOf<T>, Error<T>> {
		let job = Jobs::<T>::get(job).ok_or(Error::NotDue)?;
		ensure!(job.task == task, Error::WrongTask);
		Ok(job)
	}

	/// Returns the job, if it has this `task` and `worker` may commit to an answer now.
	pub(crate) fn job_to_commit(worker: &T::AccountId, job: JobId, task: TaskId) -> Result<JobOf<T>, Error<T>> {
		let job = Self::job_with_task(job, task)?;
		let now = frame_system::Pallet::<T>::block_number();
		let in_time = match job.state {
			JobState::Claiming { deadline } | JobState::Checking { deadline } => now <= deadline,
			_ => false,
		};
		let drawn = job
			.participant(worker)
			.is_some_and(|p| p.status == ParticipantStatus::Drawn);
		ensure!(in_time && drawn, Error::NotDue);
		Ok(job)
	}

	/// Returns the job, if it has this `task`, `worker` may reveal now, `digest` and `salt` open its commitment, and
	/// `answer` is the one that `digest` names.
	pub(crate) fn job_to_reveal(
		worker: &T::AccountId,
		id: JobId,
		task: TaskId,
		digest: OutcomeDigest,
		salt: H256,
		answer: Option<&Answer>,
	) -> Result<JobOf<T>, Error<T>> {
		let job = Self::job_with_task(id, task)?;
		let now = frame_system::Pallet::<T>::block_number();
		let in_time = matches!(job.state, JobState::Revealing { deadline } if now <= deadline);
		let Some(ParticipantStatus::Committed(committed)) = job.participant(worker).map(|p| p.status) else {
			return Err(Error::NotDue);
		};
		ensure!(in_time, Error::NotDue);
		match answer {
			Some(answer) => {
				ensure!(answer.digest() == digest, Error::InvalidReveal);
				ensure!(job.subject.accepts(answer, job.items), Error::InvalidReveal);
				ensure!(answer.outcome.is_storable(), Error::InvalidArtifact);
			}
			None => ensure!(Answers::<T>::contains_key(id, digest), Error::NotDue),
		}
		let opened = commitment(Self::genesis(), id, task, worker, digest, salt);
		ensure!(opened == committed, Error::InvalidReveal);
		Ok(job)
	}
}
