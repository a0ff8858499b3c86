//! Every invariant of this pallet, each with its check.

use crate::{
	Agenda, Answers, BalanceOf, Config, DrawCursor, Draws, HoldReason, Inputs, JobState, Jobs, NextDue, NextJob,
	OldestLive, OldestRecord, Pallet, Records, ReservedDraws, Sweeps, Totals, DRAW_DELAY,
};
use alloc::{collections::BTreeMap, collections::BTreeSet};
use assay_primitives::{
	api::{ParticipantStatus, Role},
	traits::WorkerPool,
};
use frame_support::{
	ensure,
	traits::{fungible::hold::Inspect as _, Get},
};
use sp_runtime::{traits::Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks the invariants stated at the storage items.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_jobs()?;
		Self::try_state_records()?;
		Self::try_state_participants()?;
		Self::try_state_answers()?;
		Self::try_state_agenda()?;
		Self::try_state_draws()?;
		Self::try_state_sweeps()?;
		Self::try_state_holds()
	}

	/// Checks that jobs and inputs agree with each other and with the totals.
	fn try_state_jobs() -> Result<(), TryRuntimeError> {
		let mut live = 0u64;
		let next = NextJob::<T>::get();
		for (id, job) in Jobs::<T>::iter() {
			ensure!(id < next, "a job has a number that is not in use");
			ensure!(Inputs::<T>::contains_key(id), "a job has no input");
			live = live.saturating_add(u64::from(job.state.is_live()));
		}
		let jobs = Jobs::<T>::iter_keys().count();
		ensure!(Inputs::<T>::iter_keys().count() == jobs, "an input has no job");
		let totals = Totals::<T>::get();
		let ended = totals.settled.saturating_add(totals.refunded);
		ensure!(next.0 == ended.saturating_add(live), "the totals miss a job");
		ensure!(totals.requested == 0, "the number of requests is stored twice");
		Ok(())
	}

	/// Checks that the records are those of the jobs that have ended and are stored, in the order of their ends.
	fn try_state_records() -> Result<(), TryRuntimeError> {
		let (oldest, next) = (OldestRecord::<T>::get(), Self::ended_jobs());
		let records: BTreeMap<u64, _> = Records::<T>::iter().collect();
		ensure!(
			records.keys().copied().eq(oldest..next),
			"a record has a number that is not in use, or is missing"
		);
		let mut previous = None;
		for id in records.values() {
			let job = Jobs::<T>::get(id).ok_or("a record has no job")?;
			let ended = job.state.ended_at();
			ensure!(ended.is_some(), "a live job has a record");
			ensure!(previous <= ended, "records are not in the order of their ends");
			previous = ended;
		}
		let distinct: BTreeSet<_> = records.values().collect();
		let ended = Jobs::<T>::iter_values().filter(|job| !job.state.is_live()).count();
		ensure!(
			distinct.len() == records.len() && ended == records.len(),
			"a job that has ended has no record, or two"
		);
		Ok(())
	}

	/// Checks that participants are distinct, are not more than promised, and have a duty exactly while the job is
	/// undecided for them.
	fn try_state_participants() -> Result<(), TryRuntimeError> {
		for (id, job) in Jobs::<T>::iter() {
			let workers: BTreeSet<_> = job.participants.iter().map(|p| &p.worker).collect();
			ensure!(workers.len() == job.participants.len(), "a worker takes part twice");
			ensure!(
				job.participants
					.iter()
					.enumerate()
					.all(|(n, p)| (n == 0) == (p.role == Role::Executor)),
				"the executor is not the first participant, or not the only executor"
			);
			ensure!(
				job.count(Role::Checker) <= job.terms.checkers(),
				"more checkers than promised"
			);
			ensure!(
				job.count(Role::Auditor) <= u8::from(job.audited),
				"there is an auditor without an audit"
			);
			for participant in &job.participants {
				let undecided = job.state.is_live()
					&& matches!(
						participant.status,
						ParticipantStatus::Drawn | ParticipantStatus::Committed(_) | ParticipantStatus::Revealed(_)
					);
				ensure!(
					T::Workers::assigned_jobs(&participant.worker).contains(&id) == undecided,
					"a worker has a duty in a decided job, or none in an undecided one"
				);
			}
		}
		Ok(())
	}

	/// Checks that the stored answers are those that were revealed and may still settle the job, or the one that did.
	fn try_state_answers() -> Result<(), TryRuntimeError> {
		for (id, digest, answer) in Answers::<T>::iter() {
			ensure!(answer.digest() == digest, "an answer is stored under another digest");
			let job = Jobs::<T>::get(id).ok_or("an answer has no job")?;
			match job.state {
				JobState::Settled { digest: settled, .. } => ensure!(settled == digest, "a wrong answer is stored"),
				JobState::Refunded { .. } => return Err("a refunded job has an answer".into()),
				_ => ensure!(job.revealed().contains(&digest), "an answer was not revealed"),
			}
		}
		for (id, job) in Jobs::<T>::iter() {
			let is_stored = match job.state {
				JobState::Settled { digest, .. } => Answers::<T>::contains_key(id, digest),
				JobState::Refunded { .. } => true,
				_ => job
					.revealed()
					.iter()
					.all(|digest| Answers::<T>::contains_key(id, digest)),
			};
			ensure!(is_stored, "a revealed answer is not stored");
		}
		Ok(())
	}

	/// Checks that the agenda lists each live job that is not disputed once, not after it is due, and nothing else.
	fn try_state_agenda() -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number();
		let mut live = 0usize;
		for (id, job) in Jobs::<T>::iter() {
			let Some(due) = job.state.due() else {
				ensure!(
					job.agenda.is_none(),
					"a job that has ended or is disputed has a place on the agenda"
				);
				continue;
			};
			live = live.saturating_add(1);
			let place = job.agenda.ok_or("a live job has no place on the agenda")?;
			ensure!(Agenda::<T>::contains_key(place, id), "a job is missing from the agenda");
			ensure!(place <= due || due <= now, "the agenda lists a job after it is due");
		}
		ensure!(
			Agenda::<T>::iter_keys().count() == live,
			"the agenda lists a job twice, or one that has no deadline"
		);
		let next = NextDue::<T>::get();
		ensure!(
			Agenda::<T>::iter_keys().all(|(due, _)| due >= next),
			"an entry of the agenda was skipped"
		);
		Ok(())
	}

	/// Checks that the queued draws are those of the jobs that wait for one, besides draws of jobs that have ended, and
	/// that every job which may have more draws has reserved them.
	fn try_state_draws() -> Result<(), TryRuntimeError> {
		ensure!(
			T::Workers::ticket_age() > 2 * (DRAW_DELAY + 1),
			"tickets change before checkers are drawn from them"
		);
		let now = frame_system::Pallet::<T>::block_number();
		let (cursor, mut queued) = (DrawCursor::<T>::get(), BTreeSet::new());
		for (block, list) in Draws::<T>::iter() {
			ensure!(block >= now, "a draw was skipped");
			ensure!(block <= cursor, "a draw is queued behind the cursor");
			ensure!(list.workers() <= T::MaxDraws::get(), "too many draws for one block");
			for (job, _) in list.jobs {
				ensure!(queued.insert(job), "two draws are queued for a job");
			}
		}
		let drawing: BTreeSet<_> = Jobs::<T>::iter()
			.filter(|(_, job)| matches!(job.state, JobState::Drawing { .. }))
			.map(|(id, _)| id)
			.collect();
		ensure!(
			queued.is_superset(&drawing),
			"a job waits for a draw that is not queued"
		);
		ensure!(
			queued
				.difference(&drawing)
				.all(|id| Jobs::<T>::get(id).is_some_and(|job| !job.state.is_live())),
			"a draw is queued for a job that does not wait for it"
		);
		let reserved = Jobs::<T>::iter()
			.filter(|(id, job)| job.state.may_draw() || queued.contains(id))
			.fold(0u32, |sum, (_, job)| sum.saturating_add(job.terms.draws()));
		ensure!(
			ReservedDraws::<T>::get() == reserved,
			"the reserved draws are not those of the jobs"
		);
		Ok(())
	}

	/// Checks that all jobs before the oldest live one have ended, and that no model is swept twice.
	fn try_state_sweeps() -> Result<(), TryRuntimeError> {
		let oldest = OldestLive::<T>::get();
		ensure!(
			Jobs::<T>::iter().all(|(id, job)| id >= oldest || !job.state.is_live()),
			"a live job was skipped"
		);
		let sweeps = Sweeps::<T>::get();
		let models: BTreeSet<_> = sweeps.iter().map(|sweep| sweep.model).collect();
		ensure!(models.len() == sweeps.len(), "a model is swept twice");
		Ok(())
	}

	/// Checks that the balance on hold of each requester is what its live jobs cost.
	fn try_state_holds() -> Result<(), TryRuntimeError> {
		let mut fees = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for job in Jobs::<T>::iter_values() {
			let fee = if job.state.is_live() {
				job.terms.fee.total()
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
				"the fees on hold of a requester are not those of its live jobs"
			);
		}
		Ok(())
	}
}
