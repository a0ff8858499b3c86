//! Quarantine: no job in flight may be settled with the answer of a model that has been stopped.
//!
//! A sweep goes through the jobs from the latest to the oldest that may be live, so many a block however many there are. What is
//! disputed stays with the tribunal, which still finds out who was wrong; such a job is refunded by the verdict.

use crate::{
	BalanceOf, Config, Error, JobOf, JobState, Jobs, NextJob, OldestJob, OldestLive, Pallet, Sweeps, Totals, WeightInfo,
};
use assay_primitives::{
	api::{RefundReason, Standing},
	traits::OnQuarantine,
	JobId, ModelId,
};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{dispatch::DispatchResult, weights::Weight};
use scale_info::TypeInfo;
use sp_runtime::traits::{Saturating, Zero};

/// The most sweeps at a time.
pub const MAX_SWEEPS: u32 = 16;

/// The most jobs that are looked at in a block, by sweeps and to find the oldest live one.
pub const MAX_LOOKS: u32 = 500;

/// The end of the jobs in flight of one model.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Sweep {
	pub model: ModelId,
	/// All jobs from this one on have been looked at, or were requested later.
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
	/// Goes on with the first sweep, until `allowance` is spent, but at least with one job.
	pub(crate) fn sweep(allowance: u64) -> Weight {
		let mut sweeps = Sweeps::<T>::get();
		let Some(sweep) = sweeps.iter_mut().next() else {
			return T::WeightInfo::sweep(0);
		};
		let oldest = OldestLive::<T>::get().max(OldestJob::<T>::get());
		let (mut looks, mut spent) = (0u32, Weight::zero());
		while sweep.from > oldest && looks < MAX_LOOKS && (looks == 0 || spent.ref_time() < allowance) {
			sweep.from = JobId(sweep.from.0.saturating_sub(1));
			looks = looks.saturating_add(1);
			match Jobs::<T>::get(sweep.from) {
				Some(job) if job.model == sweep.model && job.state.is_live() => {
					let participants = u32::try_from(job.participants.len()).unwrap_or(u32::MAX);
					let weight = T::WeightInfo::void_job(participants).saturating_add(Self::weight_of_end(&job));
					spent.saturating_accrue(weight);
					Self::void(sweep.from, job);
				}
				_ => {}
			}
		}
		if sweep.from <= oldest {
			sweeps.remove(0);
		}
		Sweeps::<T>::put(sweeps);
		spent.saturating_add(T::WeightInfo::sweep(looks))
	}

	/// Ends a live job that is not disputed: the fee goes back in full, and those who had bound themselves to an answer are paid out of
	/// the audit fund.
	pub(crate) fn void(id: JobId, job: JobOf<T>) {
		if matches!(job.state, JobState::Disputed { .. }) {
			return;
		}
		Self::pay_out_of_fund(&job, |standing| {
			matches!(standing, Standing::Committed(_) | Standing::Revealed(_))
		});
		Self::refund(id, job, Zero::zero(), RefundReason::Quarantined, None);
	}

	/// Pays those of `job` whose standing is `due` what their work costs, as far as the audit fund reaches.
	pub(crate) fn pay_out_of_fund(job: &JobOf<T>, due: impl Fn(Standing) -> bool) {
		let mut paid = BalanceOf::<T>::zero();
		for participant in job.participants.iter().filter(|p| due(p.standing)) {
			paid = paid.saturating_add(Self::pay_auditor(&participant.worker, job.deal.fee.pay));
		}
		Totals::<T>::mutate(|totals| totals.paid_to_workers = totals.paid_to_workers.saturating_add(paid));
	}

	/// Goes past the oldest jobs that have ended, so that sweeps need not look at them.
	pub(crate) fn pass_ended() -> Weight {
		let (first, next) = (OldestLive::<T>::get(), NextJob::<T>::get());
		let mut oldest = first;
		let mut looks = 0u32;
		while oldest < next && looks < MAX_LOOKS {
			looks = looks.saturating_add(1);
			if Jobs::<T>::get(oldest).is_some_and(|job| job.state.is_live()) {
				break;
			}
			oldest = JobId(oldest.0.saturating_add(1));
		}
		if oldest > first {
			OldestLive::<T>::put(oldest);
		}
		T::WeightInfo::pass_ended(looks)
	}
}
