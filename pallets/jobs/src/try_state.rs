//! Every invariant of this pallet, each with its check.

use crate::{
	Agenda, Assigned, BalanceOf, Config, HoldReason, Inputs, JobState, Jobs, NextDue, NextJob, Outcomes, Pallet, Totals,
};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::hold::Inspect as _};
use sp_runtime::{traits::Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks the invariants that the storage items state.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_jobs()?;
		Self::try_state_agenda()?;
		Self::try_state_holds()
	}

	/// Jobs, inputs, outcomes and assignments agree with one another and with the totals.
	fn try_state_jobs() -> Result<(), TryRuntimeError> {
		let mut live = 0u64;
		for (id, job) in Jobs::<T>::iter() {
			ensure!(id < NextJob::<T>::get(), "a job has a number that was not given out");
			ensure!(Inputs::<T>::contains_key(id), "a job has no input");
			let assigned = Assigned::<T>::contains_key(&job.executor, id);
			ensure!(
				assigned == job.state.is_live(),
				"a job is assigned exactly while it is alive"
			);
			live = live.saturating_add(u64::from(job.state.is_live()));
			match (job.state, Outcomes::<T>::get(id)) {
				(JobState::Settled { digest, .. }, Some(outcome)) => {
					ensure!(outcome.outcome_digest() == digest, "a record names another outcome")
				}
				(JobState::Settled { .. }, None) => return Err("a settled job has no outcome".into()),
				(_, Some(_)) => return Err("a job that is not settled has an outcome".into()),
				(_, None) => {}
			}
		}
		let jobs = Jobs::<T>::iter_keys().count();
		ensure!(Inputs::<T>::iter_keys().count() == jobs, "an input has no job");
		ensure!(
			Assigned::<T>::iter_keys().count() as u64 == live,
			"an assignment has no live job"
		);
		ensure!(
			Outcomes::<T>::iter_keys().all(Jobs::<T>::contains_key),
			"an outcome has no job"
		);
		let totals = Totals::<T>::get();
		let ended = totals.settled.saturating_add(totals.refunded);
		ensure!(totals.requested == ended.saturating_add(live), "the totals miss a job");
		Ok(())
	}

	/// Each job stands on the agenda once, where its state says, and nothing else does.
	fn try_state_agenda() -> Result<(), TryRuntimeError> {
		for (id, job) in Jobs::<T>::iter() {
			ensure!(
				Agenda::<T>::contains_key(job.state.due(), id),
				"a job is missing from the agenda"
			);
		}
		ensure!(
			Agenda::<T>::iter_keys().count() == Jobs::<T>::iter_keys().count(),
			"the agenda names a job twice"
		);
		let next = NextDue::<T>::get();
		ensure!(
			Agenda::<T>::iter_keys().all(|(due, _)| due >= next),
			"the agenda was passed over"
		);
		Ok(())
	}

	/// What is held from each requester is what its live jobs cost.
	fn try_state_holds() -> Result<(), TryRuntimeError> {
		let mut fees = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for job in Jobs::<T>::iter_values() {
			let fee = if job.state.is_live() {
				job.fee
			} else {
				Default::default()
			};
			let sum = fees.entry(job.requester).or_default();
			*sum = sum.saturating_add(fee);
		}
		for (requester, sum) in fees {
			let held = T::Currency::balance_on_hold(&HoldReason::Fee.into(), &requester);
			ensure!(
				held == sum,
				"the fees held from a requester are not those of its live jobs"
			);
		}
		Ok(())
	}
}
