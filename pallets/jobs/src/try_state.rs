//! Every invariant of this pallet, each with its check.

use crate::{
	Agenda, Answers, BalanceOf, Config, Draws, HoldReason, Inputs, JobState, Jobs, NextDue, NextJob, OldestJob,
	OldestLive, Pallet, Sweeps, Totals,
};
use alloc::{collections::BTreeMap, collections::BTreeSet};
use assay_primitives::{
	api::{Duty, Standing},
	traits::WorkerPool,
};
use frame_support::{
	ensure,
	traits::{fungible::hold::Inspect as _, Get},
};
use sp_runtime::{traits::Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks the invariants that the storage items state.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_jobs()?;
		Self::try_state_participants()?;
		Self::try_state_answers()?;
		Self::try_state_agenda()?;
		Self::try_state_draws()?;
		Self::try_state_sweeps()?;
		Self::try_state_holds()
	}

	/// Jobs and inputs agree with one another and with the totals.
	fn try_state_jobs() -> Result<(), TryRuntimeError> {
		let mut live = 0u64;
		let (oldest, next) = (OldestJob::<T>::get(), NextJob::<T>::get());
		for (id, job) in Jobs::<T>::iter() {
			ensure!(
				(oldest..next).contains(&id),
				"a job has a number that was not given out, or was passed over"
			);
			ensure!(Inputs::<T>::contains_key(id), "a job has no input");
			live = live.saturating_add(u64::from(job.state.is_live()));
		}
		let jobs = Jobs::<T>::iter_keys().count();
		ensure!(
			u64::try_from(jobs).ok() == next.0.checked_sub(oldest.0),
			"a job is missing"
		);
		ensure!(Inputs::<T>::iter_keys().count() == jobs, "an input has no job");
		let totals = Totals::<T>::get();
		let ended = totals.settled.saturating_add(totals.refunded);
		ensure!(next.0 == ended.saturating_add(live), "the totals miss a job");
		ensure!(totals.requested == 0, "how many were requested is kept twice");
		Ok(())
	}

	/// Participants are distinct, as many as promised at most, and hold a slot exactly while they may still win or lose by it.
	fn try_state_participants() -> Result<(), TryRuntimeError> {
		for (id, job) in Jobs::<T>::iter() {
			let workers: BTreeSet<_> = job.participants.iter().map(|p| &p.worker).collect();
			ensure!(workers.len() == job.participants.len(), "a worker takes part twice");
			ensure!(
				job.participants
					.iter()
					.enumerate()
					.all(|(n, p)| (n == 0) == (p.duty == Duty::Executor)),
				"the first participant, and no other, is the executor"
			);
			ensure!(
				job.count(Duty::Checker) <= job.deal.checkers(),
				"more checkers than promised"
			);
			ensure!(
				job.count(Duty::Auditor) <= u8::from(job.audited),
				"an auditor without audit"
			);
			for participant in &job.participants {
				let at_work = job.state.is_live()
					&& matches!(
						participant.standing,
						Standing::Drawn | Standing::Committed(_) | Standing::Revealed(_)
					);
				ensure!(
					T::Workers::assigned(&participant.worker).contains(&id) == at_work,
					"a slot is busy with a job exactly while its worker may win or lose by it"
				);
			}
		}
		Ok(())
	}

	/// The answers kept are those that were revealed and may yet settle the job, or that did.
	fn try_state_answers() -> Result<(), TryRuntimeError> {
		for (id, digest, answer) in Answers::<T>::iter() {
			ensure!(answer.digest() == digest, "an answer stands under another's digest");
			let job = Jobs::<T>::get(id).ok_or("an answer has no job")?;
			match job.state {
				JobState::Settled { digest: settled, .. } => ensure!(settled == digest, "a wrong answer is kept"),
				JobState::Refunded { .. } => return Err("a refunded job has an answer".into()),
				_ => ensure!(job.revealed().contains(&digest), "an answer that nobody revealed"),
			}
		}
		for (id, job) in Jobs::<T>::iter() {
			let known = match job.state {
				JobState::Settled { digest, .. } => Answers::<T>::contains_key(id, digest),
				JobState::Refunded { .. } => true,
				_ => job
					.revealed()
					.iter()
					.all(|digest| Answers::<T>::contains_key(id, digest)),
			};
			ensure!(known, "a revealed answer is not kept");
		}
		Ok(())
	}

	/// Each live job stands on the agenda once, not after it is due, and nothing else does.
	fn try_state_agenda() -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number();
		let mut live = 0usize;
		for (id, job) in Jobs::<T>::iter() {
			let Some(due) = job.state.due() else {
				continue;
			};
			live = live.saturating_add(1);
			ensure!(
				Agenda::<T>::contains_key(job.agenda, id),
				"a job is missing from the agenda"
			);
			ensure!(
				job.agenda <= due || due <= now,
				"a job stands on the agenda after it is due"
			);
		}
		ensure!(
			Agenda::<T>::iter_keys().count() == live,
			"the agenda names a job twice, or one that has ended"
		);
		let next = NextDue::<T>::get();
		ensure!(
			Agenda::<T>::iter_keys().all(|(due, _)| due >= next),
			"the agenda was passed over"
		);
		Ok(())
	}

	/// The jobs to draw for are those whose state says so, besides such as have ended.
	fn try_state_draws() -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number();
		let mut queued = BTreeSet::new();
		for (block, list) in Draws::<T>::iter() {
			ensure!(block >= now, "a draw was passed over");
			ensure!(list.workers() <= T::MaxDraws::get(), "too many draws for one block");
			for (job, _) in list.jobs {
				ensure!(queued.insert(job), "a job is to be drawn for twice");
			}
		}
		let drawing: BTreeSet<_> = Jobs::<T>::iter()
			.filter(|(_, job)| matches!(job.state, JobState::Drawing { .. }))
			.map(|(id, _)| id)
			.collect();
		ensure!(
			queued.is_superset(&drawing),
			"a job waits for a draw that is not to come"
		);
		ensure!(
			queued
				.difference(&drawing)
				.all(|id| Jobs::<T>::get(id).is_some_and(|job| !job.state.is_live())),
			"a draw is to come for a job that does not wait for it"
		);
		Ok(())
	}

	/// All jobs before the oldest live one have ended, and no model is swept twice.
	fn try_state_sweeps() -> Result<(), TryRuntimeError> {
		let oldest = OldestLive::<T>::get();
		ensure!(
			Jobs::<T>::iter().all(|(id, job)| id >= oldest || !job.state.is_live()),
			"a live job was passed over"
		);
		let sweeps = Sweeps::<T>::get();
		let models: BTreeSet<_> = sweeps.iter().map(|sweep| sweep.model).collect();
		ensure!(models.len() == sweeps.len(), "a model is swept twice");
		Ok(())
	}

	/// What is held from each requester is what its live jobs cost.
	fn try_state_holds() -> Result<(), TryRuntimeError> {
		let mut fees = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for job in Jobs::<T>::iter_values() {
			let fee = if job.state.is_live() {
				job.deal.fee.total()
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
