//! What clients read, and what the other parts share.

use crate::{Answers, BalanceOf, Config, Inputs, JobOf, JobState, Jobs, Pallet, SubmissionOf, WeightInfo};
use assay_primitives::{
	api::{JobInfo, JobStatus, Quote},
	bounds::MAX_EXECUTOR_SLOTS,
	terms::{Terms, MAX_CHECKERS},
	traits::{ModelRegistry, WorkerPool},
	JobId, ModelId,
};
use codec::Encode;
use frame_support::weights::Weight;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::traits::Zero;

type StatusOf<T> = JobStatus<BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
	/// Quotes a request; `None` if the model is unknown or accepts no jobs.
	pub(crate) fn quote_request(
		model: ModelId,
		items: u32,
		terms: &Terms<BalanceOf<T>>,
	) -> Option<Quote<BalanceOf<T>>> {
		let of_model = T::Models::terms(&model)?;
		let (macs, royalty, capacity) = (of_model.macs, of_model.royalty, T::Workers::capacity(&model));
		let agree = |terms: &Terms<BalanceOf<T>>| Self::agree(macs, royalty, items, terms, capacity);
		let (agreed, exceeded) = agree(terms);
		let (most_at_risk, bound) = Self::most_at_risk(macs, royalty, items, terms, capacity);
		let min_checkers = (0..=MAX_CHECKERS).find(|checkers| {
			let terms = Terms {
				checkers: *checkers,
				..terms.clone()
			};
			agree(&terms).1.is_none()
		});
		Some(Quote {
			fee: agreed.fee,
			free_slots: T::Workers::free_slots(&model),
			free_checks: T::Workers::free_checks(&model),
			available_workers: T::Workers::available_workers(&model),
			backing: agreed.backing(),
			evasion_probability: agreed.evasion_probability,
			deterrence: agreed.deterrence,
			exceeded,
			most_at_risk,
			bound,
			min_checkers,
			periods: agreed.periods,
		})
	}

	/// Returns a job with its input and, once there is one, its answer; `None` if it does not exist or its record has
	/// been pruned.
	pub(crate) fn job_info(id: JobId) -> Option<JobInfo<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
		let job = Jobs::<T>::get(id)?;
		let source = T::Models::source(&job.model)?;
		Some(JobInfo {
			id,
			status: Self::status(id, &job)?,
			requester: job.requester,
			participants: job.participants.into_inner(),
			model: job.model,
			engine: source.engine,
			artifact: source.artifact,
			spec: source.spec,
			statement: job.subject.statement(),
			task: job.task,
			items: job.items,
			input: Inputs::<T>::get(id)?,
			fee: job.terms.fee,
			value_at_risk: job.terms.value_at_risk,
			periods: job.terms.periods,
			requested_at: job.requested_at,
		})
	}

	fn status(id: JobId, job: &JobOf<T>) -> Option<StatusOf<T>> {
		Some(match job.state.clone() {
			JobState::Claiming { deadline } => JobStatus::Claiming { deadline },
			JobState::Drawing { since, .. } => JobStatus::Drawing { since },
			JobState::Checking { deadline } => JobStatus::Checking { deadline },
			JobState::Revealing { deadline } => JobStatus::Revealing { deadline },
			JobState::Provisional {
				since, until, digest, ..
			} => JobStatus::Provisional {
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

	/// Returns the hash that ties signatures and commitments to this chain.
	pub(crate) fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}

	/// Returns the maximum weight of a request with an input of `bytes` bytes. Only value at risk takes several slots.
	pub(crate) fn weight_of_request(bytes: u32, value_at_risk: BalanceOf<T>) -> Weight {
		let slots = match value_at_risk.is_zero() {
			true => 1,
			false => MAX_EXECUTOR_SLOTS,
		};
		T::WeightInfo::request(bytes, slots.into())
	}

	/// Returns the maximum weight of a submission.
	pub(crate) fn weight_of(submission: &SubmissionOf<T>) -> Weight {
		let bytes = u32::try_from(submission.encoded_size()).unwrap_or(u32::MAX);
		let reveals = submission.reveals();
		T::WeightInfo::commit(submission.commits())
			.saturating_add(T::WeightInfo::reveal(reveals, bytes))
			.saturating_add(Self::max_weight_of_comparison().saturating_mul(reveals.into()))
	}
}
