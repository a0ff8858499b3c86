//! Quarantine: no job in flight may be settled with the answer of a model that has been stopped.
//!
//! A sweep visits the jobs from the latest to the oldest that may be live, a bounded number in each block. Disputed
//! jobs stay with the tribunal, which still finds out who was wrong; the verdict refunds them.

use crate::{Config, Error, JobOf, JobState, Jobs, NextJob, OldestLive, Pallet, Sweeps, WeightInfo, MAX_PARTICIPANTS};
use assay_primitives::{
	api::{ParticipantStatus, RefundReason},
	traits::OnQuarantine,
	JobId, ModelId,
};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	dispatch::DispatchResult,
	weights::{Weight, WeightMeter},
};
use scale_info::TypeInfo;
use sp_runtime::traits::Zero;

/// The maximum number of sweeps at a time.
pub const MAX_SWEEPS: u32 = 16;

/// The maximum number of jobs that a sweep, or the search for the oldest live job, visits in a block.
pub const MAX_VISITS: u32 = 500;

/// A quarantine whose jobs in flight are being ended.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Sweep {
	pub model: ModelId,
	/// All jobs from this one on have been visited, or were requested later.
	pub from: JobId,
}

impl<T: Config> OnQuarantine for Pallet<T> {
	fn on_quarantine(model: &ModelId) -> DispatchResult {
		Sweeps::<T>::try_mutate(|sweeps| {
			sweeps.retain(|sweep| sweep.model != *model);
			let (model, from) = (*model, NextJob::<T>::get());
			let pushed = sweeps.try_push(Sweep { model, from });
			pushed.map_err(|_| Error::<T>::TooManySweeps.into())
		})
	}
}

impl<T: Config> Pallet<T> {
	/// Returns the maximum weight of visiting one job.
	fn weight_of_visit() -> Weight {
		let visit = T::WeightInfo::sweep(1).saturating_sub(T::WeightInfo::sweep(0));
		visit
			.saturating_add(T::WeightInfo::void_job(MAX_PARTICIPANTS))
			.saturating_add(Self::max_weight_of_notification())
	}

	/// Returns the maximum weight with which a sweep advances by one job.
	pub(crate) fn weight_of_sweep() -> Weight {
		T::WeightInfo::sweep(0).saturating_add(Self::weight_of_visit())
	}

	/// Continues the first sweep within `meter`.
	pub(crate) fn sweep(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::sweep(0)).is_err() {
			return;
		}
		let mut sweeps = Sweeps::<T>::get();
		let Some(sweep) = sweeps.iter_mut().next() else {
			return;
		};
		let (oldest, most) = (OldestLive::<T>::get(), Self::weight_of_visit());
		let visit = T::WeightInfo::sweep(1).saturating_sub(T::WeightInfo::sweep(0));
		let mut visits = 0u32;
		while sweep.from > oldest && visits < MAX_VISITS && meter.can_consume(most) {
			sweep.from = JobId(sweep.from.0.saturating_sub(1));
			visits = visits.saturating_add(1);
			meter.consume(visit);
			match Jobs::<T>::get(sweep.from) {
				Some(job) if job.model == sweep.model && job.state.is_live() => {
					let participants = u32::try_from(job.participants.len()).unwrap_or(MAX_PARTICIPANTS);
					meter.consume(T::WeightInfo::void_job(participants));
					meter.consume(job.subject.weight_of_notification::<T>());
					Self::void_job(sweep.from, job);
				}
				_ => {}
			}
		}
		if sweep.from <= oldest {
			sweeps.remove(0);
		}
		Sweeps::<T>::put(sweeps);
	}

	/// Ends a live job unless it is disputed: pays those who had committed to an answer out of the fee, and refunds the
	/// rest. Nobody has verified their answers, so the audit fund pays nothing: whoever is both requester and worker
	/// would be paid by it for commitments to garbage.
	pub(crate) fn void_job(id: JobId, job: JobOf<T>) {
		if matches!(job.state, JobState::Disputed { .. }) {
			return;
		}
		let paid = Self::pay_participants_from_fee(&job, Zero::zero(), |status| {
			matches!(status, ParticipantStatus::Committed(_) | ParticipantStatus::Revealed(_))
		});
		Self::refund(id, job, paid, RefundReason::Quarantined, None);
	}

	/// Moves [`OldestLive`] past the oldest jobs that have ended, within `meter`, so that sweeps need not visit them.
	pub(crate) fn skip_ended_jobs(meter: &mut WeightMeter) {
		let base = T::WeightInfo::skip_ended_jobs(0);
		let visit = T::WeightInfo::skip_ended_jobs(1).saturating_sub(base);
		if meter.try_consume(base).is_err() {
			return;
		}
		let (first, next) = (OldestLive::<T>::get(), NextJob::<T>::get());
		let mut oldest = first;
		let mut visits = 0u32;
		while oldest < next && visits < MAX_VISITS && meter.try_consume(visit).is_ok() {
			visits = visits.saturating_add(1);
			if Jobs::<T>::get(oldest).is_some_and(|job| job.state.is_live()) {
				break;
			}
			oldest = JobId(oldest.0.saturating_add(1));
		}
		if oldest > first {
			OldestLive::<T>::put(oldest);
		}
	}
}
