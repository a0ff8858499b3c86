//! Whether a worker's submission may enter the pool or a block. Cheap checks first, the signature last.
//!
//! A submission is authorised only if every step in it is due now, so nobody can make a block carry free failures. What becomes
//! stale on its way is dropped by the pool, and the worker submits the rest anew.

use crate::{Answers, Config, Error, Job, JobOf, JobState, Jobs, Pallet, Step, SubmissionOf, WeightInfo};
use assay_primitives::{
	api::Standing,
	batch::Answer,
	key::{commitment, WorkerSignature},
	payload::MAX_ARTIFACT,
	probe::finding_of,
	traits::WorkerPool,
	JobId, OutcomeDigest, Payload,
};
use codec::Encode;
use frame_support::{ensure, pallet_prelude::*};
use sp_core::H256;
use sp_runtime::{
	traits::{SaturatedConversion, Zero},
	transaction_validity::{
		InvalidTransaction, TransactionLongevity, TransactionPriority, TransactionSource, TransactionValidityError,
		ValidTransaction,
	},
	RuntimeAppPublic,
};

/// Blocks for which a submission may wait in the pool. The off-chain worker submits anew before that.
const LONGEVITY: TransactionLongevity = 16;

/// Above ordinary transactions: a worker's deadline must not fall to others' tips.
const PRIORITY: TransactionPriority = TransactionPriority::MAX / 2;

impl<T: Config> Pallet<T> {
	pub(crate) fn authorize_submit(
		_source: TransactionSource,
		submission: &SubmissionOf<T>,
		signature: &WorkerSignature,
	) -> Result<(ValidTransaction, Weight), TransactionValidityError> {
		let (worker, steps) = (&submission.worker, &submission.steps);
		ensure!(
			submission.at <= frame_system::Pallet::<T>::block_number(),
			InvalidTransaction::Future
		);
		// One meaning, one encoding; and nothing twice.
		let ascending = steps
			.iter()
			.zip(steps.iter().skip(1))
			.all(|(first, second)| first.job() < second.job());
		ensure!(ascending && !steps.is_empty(), InvalidTransaction::Call);
		let key = T::Workers::key(worker).ok_or(InvalidTransaction::BadSigner)?;
		for step in steps {
			Self::taken_now(worker, step).map_err(|error| match error {
				Error::Mismatch => InvalidTransaction::BadProof,
				_ => InvalidTransaction::Stale,
			})?;
		}
		let message = submission.message(Self::genesis());
		ensure!(key.verify(&message, signature), InvalidTransaction::BadProof);

		// One tag a step: a second submission of a step that is already in the pool finds no place there, unless it is a later one.
		let priority = PRIORITY.saturating_add(submission.at.saturated_into());
		let builder = ValidTransaction::with_tag_prefix("assay/step")
			.priority(priority)
			.longevity(LONGEVITY)
			.propagate(true);
		let valid = steps
			.iter()
			.fold(builder, |builder, step| {
				let reveals = matches!(step, Step::Reveal { .. });
				builder.and_provides((worker, step.job(), reveals).encode())
			})
			.build()?;
		Ok((valid, Weight::zero()))
	}

	/// The job, if `worker` may take this step now.
	fn taken_now(worker: &T::AccountId, step: &Step) -> Result<JobOf<T>, Error<T>> {
		match step {
			Step::Commit { job, .. } => Self::committable(worker, *job),
			Step::Reveal {
				job,
				digest,
				salt,
				answer,
			} => Self::revealable(worker, *job, *digest, *salt, answer.as_ref()),
		}
	}

	/// The job, if `worker` may commit to an answer now.
	pub(crate) fn committable(worker: &T::AccountId, job: JobId) -> Result<JobOf<T>, Error<T>> {
		let job = Jobs::<T>::get(job).ok_or(Error::NotDue)?;
		let now = frame_system::Pallet::<T>::block_number();
		let in_time = match job.state {
			JobState::Claiming { deadline } | JobState::Checking { deadline } => now <= deadline,
			_ => false,
		};
		let drawn = job.participant(worker).is_some_and(|p| p.standing == Standing::Drawn);
		ensure!(in_time && drawn, Error::NotDue);
		Ok(job)
	}

	/// The job, if `worker` may reveal now, digest and salt open its commitment, and the answer is that of the digest.
	pub(crate) fn revealable(
		worker: &T::AccountId,
		id: JobId,
		digest: OutcomeDigest,
		salt: H256,
		answer: Option<&Answer>,
	) -> Result<JobOf<T>, Error<T>> {
		let job = Jobs::<T>::get(id).ok_or(Error::NotDue)?;
		let now = frame_system::Pallet::<T>::block_number();
		let in_time = matches!(job.state, JobState::Revealing { deadline } if now <= deadline);
		let Some(Standing::Committed(committed)) = job.participant(worker).map(|p| p.standing) else {
			return Err(Error::NotDue);
		};
		ensure!(in_time, Error::NotDue);
		match answer {
			Some(answer) => {
				ensure!(answer.digest() == digest, Error::Mismatch);
				ensure!(answers(&job, answer), Error::Mismatch);
				ensure!(Self::is_storable(&answer.outcome), Error::BadArtifact);
			}
			None => ensure!(Answers::<T>::contains_key(id, digest), Error::NotDue),
		}
		let opened = commitment(Self::genesis(), id, worker, digest, salt);
		ensure!(opened == committed, Error::Mismatch);
		Ok(job)
	}

	/// Whether `payload` is inline or names an artifact of a size that nodes store.
	pub(crate) fn is_storable(payload: &Payload) -> bool {
		match payload {
			Payload::Inline(_) => true,
			Payload::Artifact(artifact) => (1..=MAX_ARTIFACT).contains(&artifact.len),
		}
	}

	/// The hash that keeps signatures and commitments on this chain.
	pub(crate) fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero())
	}

	/// What a submission weighs at most.
	pub(crate) fn weight_of(submission: &SubmissionOf<T>) -> Weight {
		let bytes = u32::try_from(submission.encoded_size()).unwrap_or(u32::MAX);
		let reveals = submission.reveals();
		T::WeightInfo::commit(submission.commits())
			.saturating_add(T::WeightInfo::reveal(reveals, bytes))
			.saturating_add(T::WeightInfo::open_dispute().saturating_mul(reveals.into()))
	}
}

/// Whether `answer` has the form of one to `job`.
fn answers<AccountId, Balance, BlockNumber>(job: &Job<AccountId, Balance, BlockNumber>, answer: &Answer) -> bool {
	match job.probation {
		Some(_) => finding_of(answer).is_some(),
		None => answer.root.is_some() == (job.items > 1),
	}
}
