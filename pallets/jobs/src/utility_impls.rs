//! What the runtime API reads.

use crate::{BalanceOf, Config, Inputs, JobState, Jobs, Outcomes, Pallet, Totals};
use assay_primitives::{
	api::{JobInfo, JobStatus, Quote, Stats},
	traits::{ModelRegistry, WorkerPool},
	JobId, ModelId,
};
use frame_system::pallet_prelude::BlockNumberFor;

impl<T: Config> Pallet<T> {
	/// What a request to `model` would cost and meet now; `None` if it is unknown or not open.
	pub fn quote(model: ModelId) -> Option<Quote<BalanceOf<T>>> {
		let offer = T::Models::offer(&model)?;
		Some(Quote {
			fee: offer.price,
			free_slots: T::Workers::free_slots(&model),
		})
	}

	/// A job with its input and, once settled, its outcome; `None` if it never was or its record is pruned.
	pub fn job(id: JobId) -> Option<JobInfo<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
		let job = Jobs::<T>::get(id)?;
		let recipe = T::Models::recipe(&job.model)?;
		let status = match job.state {
			JobState::Claiming { deadline } => JobStatus::Claiming { deadline },
			JobState::Revealing {
				committed_at, deadline, ..
			} => JobStatus::Revealing { committed_at, deadline },
			JobState::Settled { at, digest, .. } => JobStatus::Settled {
				at,
				digest,
				outcome: Outcomes::<T>::get(id)?,
			},
			JobState::Refunded { at, reason, .. } => JobStatus::Refunded { at, reason },
		};
		Some(JobInfo {
			id,
			requester: job.requester,
			executor: job.executor,
			model: job.model,
			engine: recipe.engine,
			artifact: recipe.artifact,
			spec: recipe.spec,
			task: job.task,
			input: Inputs::<T>::get(id)?,
			fee: job.fee,
			requested_at: job.requested_at,
			status,
		})
	}

	/// Totals since genesis.
	pub fn stats() -> Stats<BalanceOf<T>> {
		Totals::<T>::get()
	}
}
