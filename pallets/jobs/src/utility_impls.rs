//! What clients read.

use crate::{Answers, BalanceOf, Config, Inputs, JobOf, JobState, Jobs, Pallet};
use assay_primitives::{
	api::{JobInfo, JobStatus, Quote},
	terms::{Terms, MAX_CHECKERS},
	traits::{ModelRegistry, WorkerPool},
	JobId, ModelId,
};
use frame_system::pallet_prelude::BlockNumberFor;

type StatusOf<T> = JobStatus<BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
	pub(crate) fn quotation(model: ModelId, items: u32, terms: &Terms<BalanceOf<T>>) -> Option<Quote<BalanceOf<T>>> {
		let offer = T::Models::offer(&model)?;
		let (deal, _) = Self::deal(offer.macs, offer.royalty, items, terms);
		let fewest_checkers = (0..=MAX_CHECKERS).find(|checkers| {
			let terms = Terms {
				checkers: *checkers,
				..terms.clone()
			};
			Self::deal(offer.macs, offer.royalty, items, &terms).1
		});
		Some(Quote {
			fee: deal.fee,
			free_slots: T::Workers::free_slots(&model),
			servers: T::Workers::servers(&model),
			passing: deal.passing,
			deterrence: deal.deterrence,
			fewest_checkers,
			periods: deal.periods,
		})
	}

	/// A job with its input and, once there is one, its answer; `None` if it never was or its record is pruned.
	pub fn job(id: JobId) -> Option<JobInfo<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
		let job = Jobs::<T>::get(id)?;
		let recipe = T::Models::recipe(&job.model)?;
		let stated = job.stated();
		Some(JobInfo {
			id,
			status: Self::status(id, &job)?,
			requester: job.requester,
			participants: job.participants.into_inner(),
			model: job.model,
			engine: recipe.engine,
			artifact: recipe.artifact,
			spec: recipe.spec,
			stated,
			task: job.task,
			items: job.items,
			input: Inputs::<T>::get(id)?,
			fee: job.deal.fee,
			value_at_risk: job.deal.value_at_risk,
			periods: job.deal.periods,
			requested_at: job.requested_at,
		})
	}

	fn status(id: JobId, job: &JobOf<T>) -> Option<StatusOf<T>> {
		Some(match job.state.clone() {
			JobState::Claiming { deadline } => JobStatus::Claiming { deadline },
			JobState::Drawing { since, .. } => JobStatus::Drawing { since },
			JobState::Checking { deadline } => JobStatus::Checking { deadline },
			JobState::Revealing { deadline } => JobStatus::Revealing { deadline },
			JobState::Provisional { since, until, digest } => JobStatus::Provisional {
				since,
				until,
				digest,
				answer: Answers::<T>::get(id, digest)?,
			},
			JobState::Disputed { since, .. } => JobStatus::Disputed { since },
			JobState::Settled {
				at, digest, verdict, ..
			} => JobStatus::Settled {
				at,
				digest,
				answer: Answers::<T>::get(id, digest)?,
				assurance: Self::assurance(job, digest, verdict),
			},
			JobState::Refunded {
				at, reason, verdict, ..
			} => JobStatus::Refunded { at, reason, verdict },
		})
	}
}
