//! What the tribunal knows about jobs and does to them, and inference for other pallets.

use crate::{Answers, BalanceOf, Config, Error, Inputs, JobState, Jobs, NextJob, Pallet, Totals};
use alloc::vec::Vec;
use assay_primitives::{
	api::{Assurance, ParticipantStatus, RefundReason, Verdict},
	batch::Answer,
	terms::Terms,
	traits::{DisputedJobs, Inference, ModelRegistry, Offence, Ruling},
	JobId, ModelRef, OutcomeDigest, Payload, Task, TaskId,
};
use frame_support::storage::with_storage_layer;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Zero, DispatchError};

impl<T: Config> DisputedJobs<T::AccountId, BlockNumberFor<T>> for Pallet<T> {
	fn task(id: JobId) -> Option<Task> {
		let job = Jobs::<T>::get(id)?;
		let source = T::Models::source(&job.model)?;
		Some(Task {
			engine: source.engine,
			artifact: source.artifact,
			spec: source.spec,
			items: job.items,
			input: Inputs::<T>::get(id)?,
			statement: job.subject.statement(),
		})
	}

	fn task_id(id: JobId) -> Option<TaskId> {
		Jobs::<T>::get(id).map(|job| job.task)
	}

	fn next_job() -> JobId {
		NextJob::<T>::get()
	}

	fn provisional_digest(id: JobId) -> Option<OutcomeDigest> {
		match Jobs::<T>::get(id)?.state {
			JobState::Provisional { closes_at, digest, .. } if Self::missing_room(closes_at) > 0 => Some(digest),
			_ => None,
		}
	}

	fn has_ended(id: JobId) -> bool {
		Jobs::<T>::get(id).is_none_or(|job| !job.state.is_live())
	}

	fn begin_dispute(id: JobId) -> Result<BlockNumberFor<T>, DispatchError> {
		let digest = Self::provisional_digest(id).ok_or(Error::<T>::NotProvisional)?;
		let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
		let period = job.terms.periods.vote.into();
		Self::await_ruling(id, job, Some(digest), frame_system::Pallet::<T>::block_number());
		Ok(period)
	}

	fn lacks_answer(id: JobId, digest: OutcomeDigest) -> bool {
		let Some(job) = Jobs::<T>::get(id) else {
			return false;
		};
		!T::Models::is_quarantined(&job.model)
			&& job.subject.answer_of_verdict(digest).is_none()
			&& !Answers::<T>::contains_key(id, digest)
	}

	fn apply_ruling(id: JobId, ruling: Ruling<T::AccountId>) -> Vec<T::AccountId> {
		let Some(mut job) = Jobs::<T>::get(id) else {
			frame_support::defensive!("a disputed job exists");
			return Vec::new();
		};
		let JobState::Disputed { challenged, .. } = job.state else {
			frame_support::defensive!("a job that is ruled on is disputed");
			return Vec::new();
		};
		let Verdict::Outcome(verdict) = ruling.verdict else {
			Self::refund_not_runnable(id, job);
			return Vec::new();
		};
		let confirmed: Vec<_> = job
			.participants
			.iter()
			.filter(|p| p.status == ParticipantStatus::Revealed(verdict))
			.map(|p| p.worker.clone())
			.collect();
		let reporters = match ruling.upheld.as_slice() {
			[] => &confirmed,
			_ => &ruling.upheld,
		};
		Self::slash(id, &mut job, Offence::WrongAnswer, reporters, |status| match status {
			ParticipantStatus::Revealed(digest) if digest != verdict => Some(ParticipantStatus::Wrong(digest)),
			_ => None,
		});
		if challenged.is_some_and(|digest| digest != verdict) {
			Totals::<T>::mutate(|totals| totals.overturned = totals.overturned.saturating_add(1));
		}
		if T::Models::is_quarantined(&job.model) {
			let paid = Self::pay_participants_from_fee(&job, Zero::zero(), |status| {
				status == ParticipantStatus::Revealed(verdict)
			});
			Self::refund(id, job, paid, RefundReason::Quarantined, Some(verdict));
			return confirmed;
		}
		let brought = ruling.answer.filter(|answer| answer.digest() == verdict);
		if let Some(answer) = job.subject.answer_of_verdict(verdict).or(brought) {
			Self::store_answer(id, verdict, answer);
		}
		match Answers::<T>::contains_key(id, verdict) {
			true => Self::settle(id, job, verdict, Some(verdict)),
			false => Self::refund(id, job, Zero::zero(), RefundReason::AllWrong, Some(verdict)),
		}
		confirmed
	}
}

impl<T: Config> Inference<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn request(
		requester: &T::AccountId,
		model: ModelRef,
		items: u32,
		input: Payload,
		terms: Terms<BalanceOf<T>>,
	) -> Result<JobId, DispatchError> {
		with_storage_layer(|| Self::do_request(requester.clone(), model, items, input, terms))
	}

	fn answer(id: JobId) -> Option<(Answer, Assurance<BalanceOf<T>>)> {
		let job = Jobs::<T>::get(id)?;
		match job.state {
			JobState::Settled { digest, verdict, .. } => {
				Some((Answers::<T>::get(id, digest)?, Self::assurance(&job, digest, verdict)))
			}
			_ => None,
		}
	}
}
