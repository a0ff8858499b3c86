//! Whether a worker's submission may enter the pool or a block. Cheap checks first, the signature last.
//!
//! A batch is authorised only if every item in it would succeed now, so nobody can make a block carry free failures. What
//! becomes stale on its way is dropped by the pool, and the worker submits the rest anew.

use crate::{CommitBatch, Config, Error, JobOf, JobState, Jobs, Pallet, Reveal, RevealBatch};
use alloc::vec::Vec;
use assay_primitives::{
	key::{commitment, WorkerSignature},
	traits::WorkerPool,
	JobId, Payload,
};
use codec::Encode;
use frame_support::{ensure, pallet_prelude::*};
use sp_core::H256;
use sp_runtime::{
	traits::Zero,
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

type Authorization = Result<(ValidTransaction, Weight), TransactionValidityError>;

impl<T: Config> Pallet<T> {
	pub(crate) fn authorize_commit(
		_source: TransactionSource,
		batch: &CommitBatch<T::AccountId>,
		signature: &WorkerSignature,
	) -> Authorization {
		let jobs: Vec<JobId> = batch.commits.iter().map(|(job, _)| *job).collect();
		ensure_ascending(&jobs)?;
		for job in &jobs {
			Self::claimable(&batch.worker, *job).map_err(|_| InvalidTransaction::Stale)?;
		}
		Self::verify(&batch.worker, &batch.message(Self::genesis()), signature)?;
		Self::valid("assay/commit", &jobs)
	}

	pub(crate) fn authorize_reveal(
		_source: TransactionSource,
		batch: &RevealBatch<T::AccountId>,
		signature: &WorkerSignature,
	) -> Authorization {
		let jobs: Vec<JobId> = batch.reveals.iter().map(|reveal| reveal.job).collect();
		ensure_ascending(&jobs)?;
		for reveal in &batch.reveals {
			Self::revealable(&batch.worker, reveal).map_err(|error| match error {
				Error::Mismatch => InvalidTransaction::BadProof,
				_ => InvalidTransaction::Stale,
			})?;
		}
		Self::verify(&batch.worker, &batch.message(Self::genesis()), signature)?;
		Self::valid("assay/reveal", &jobs)
	}

	/// The job, if `worker` may commit to it now.
	pub(crate) fn claimable(worker: &T::AccountId, job: JobId) -> Result<JobOf<T>, Error<T>> {
		let job = Jobs::<T>::get(job).ok_or(Error::NotDue)?;
		let now = frame_system::Pallet::<T>::block_number();
		match job.state {
			JobState::Claiming { deadline } if job.executor == *worker && now <= deadline => Ok(job),
			_ => Err(Error::NotDue),
		}
	}

	/// The job, if `reveal` opens the commitment of `worker` in time.
	pub(crate) fn revealable(worker: &T::AccountId, reveal: &Reveal) -> Result<JobOf<T>, Error<T>> {
		let job = Jobs::<T>::get(reveal.job).ok_or(Error::NotDue)?;
		let now = frame_system::Pallet::<T>::block_number();
		match job.state {
			JobState::Revealing {
				commitment: committed,
				deadline,
				..
			} if job.executor == *worker && now <= deadline => {
				ensure!(Self::is_storable(&reveal.outcome), Error::BadArtifact);
				let digest = reveal.outcome.outcome_digest();
				let opened = commitment(Self::genesis(), reveal.job, worker, digest, reveal.salt);
				ensure!(opened == committed, Error::Mismatch);
				Ok(job)
			}
			_ => Err(Error::NotDue),
		}
	}

	/// Whether `payload` is inline or names an artifact of a size that nodes store.
	pub(crate) fn is_storable(payload: &Payload) -> bool {
		match payload {
			Payload::Inline(_) => true,
			Payload::Artifact(artifact) => (1..=assay_primitives::payload::MAX_ARTIFACT).contains(&artifact.len),
		}
	}

	/// The hash that keeps signatures and commitments on this chain.
	pub(crate) fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero())
	}

	fn verify(
		worker: &T::AccountId,
		message: &[u8],
		signature: &WorkerSignature,
	) -> Result<(), TransactionValidityError> {
		let key = T::Workers::key(worker).ok_or(InvalidTransaction::BadSigner)?;
		ensure!(key.verify(&message, signature), InvalidTransaction::BadProof);
		Ok(())
	}

	/// One tag an item: a second submission for a job and step that is already in the pool finds no place there.
	fn valid(step: &'static str, jobs: &[JobId]) -> Authorization {
		let builder = ValidTransaction::with_tag_prefix(step)
			.priority(PRIORITY)
			.longevity(LONGEVITY)
			.propagate(true);
		let valid = jobs
			.iter()
			.fold(builder, |builder, job| builder.and_provides(job.encode()))
			.build()?;
		Ok((valid, Weight::zero()))
	}
}

/// One meaning, one encoding; and nothing twice.
fn ensure_ascending(jobs: &[JobId]) -> Result<(), TransactionValidityError> {
	let ascending = jobs
		.iter()
		.zip(jobs.iter().skip(1))
		.all(|(first, second)| first < second);
	ensure!(ascending && !jobs.is_empty(), InvalidTransaction::Call);
	Ok(())
}
