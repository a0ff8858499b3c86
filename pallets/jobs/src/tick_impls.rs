//! What happens at the start of a block: refunds of jobs whose executor stayed silent, and pruning of old records.

use crate::{
	Agenda, Config, Event, HoldReason, Inputs, JobOf, JobState, Jobs, NextDue, Outcomes, Pallet, Totals, WeightInfo,
	LOG_TARGET,
};
use assay_primitives::{
	api::RefundReason,
	traits::{Service, WorkerPool},
	JobId,
};
use frame_support::{
	traits::{fungible::hold::Mutate as _, tokens::Precision, Get},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{One, Saturating};

impl<T: Config> Pallet<T> {
	/// Works off what is due up to `now`, at most `DuePerBlock` jobs and as many empty blocks. A backlog is carried over.
	pub(crate) fn work_off_agenda(now: BlockNumberFor<T>) -> Weight {
		let limit = T::DuePerBlock::get();
		let mut due = NextDue::<T>::get();
		let (mut jobs, mut steps) = (0u32, 0u32);
		while due <= now && steps < limit {
			steps = steps.saturating_add(1);
			for (job, ()) in Agenda::<T>::iter_prefix(due)
				.take(limit.saturating_sub(jobs) as usize)
				.collect::<alloc::vec::Vec<_>>()
			{
				jobs = jobs.saturating_add(1);
				Self::fall_due(due, job, now);
			}
			if jobs >= limit {
				break;
			}
			due = due.saturating_add(One::one());
		}
		NextDue::<T>::put(due);
		T::WeightInfo::on_initialize(jobs, steps)
	}

	/// Acts on one due job. Whatever happens the job leaves this place of the agenda, so that it cannot hold up the others.
	fn fall_due(due: BlockNumberFor<T>, id: JobId, now: BlockNumberFor<T>) {
		let Some(job) = Jobs::<T>::get(id) else {
			Agenda::<T>::remove(due, id);
			return;
		};
		match job.state {
			JobState::Claiming { .. } => Self::refund(id, job, RefundReason::NoCommit, now),
			JobState::Revealing { .. } => Self::refund(id, job, RefundReason::NoReveal, now),
			JobState::Settled { .. } | JobState::Refunded { .. } => {
				Agenda::<T>::remove(due, id);
				Jobs::<T>::remove(id);
				Inputs::<T>::remove(id);
				Outcomes::<T>::remove(id);
			}
		}
	}

	/// Gives the fee back and the slot up. Nothing here may fail halfway: a job must always end.
	fn refund(id: JobId, job: JobOf<T>, reason: RefundReason, at: BlockNumberFor<T>) {
		let released = T::Currency::release(&HoldReason::Fee.into(), &job.requester, job.fee, Precision::BestEffort);
		let freed = T::Workers::release(&job.model, &job.executor, Service::NoShow);
		if released != Ok(job.fee) || freed.is_err() {
			log::error!(target: LOG_TARGET, "job {id}: fee released {released:?}, slot freed {freed:?}");
			frame_support::defensive!("a live job's fee is held and its slot is drawn");
		}
		Totals::<T>::mutate(|totals| totals.refunded = totals.refunded.saturating_add(1));
		Self::advance(
			id,
			job,
			JobState::Refunded {
				at,
				reason,
				until: at.saturating_add(T::RecordPeriod::get()),
			},
		);
		Self::deposit_event(Event::Refunded { job: id, reason });
	}
}
