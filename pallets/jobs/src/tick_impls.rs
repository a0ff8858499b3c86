//! What happens at the start of a block: deadlines pass, results become final, and old records are pruned.

use crate::{
	Agenda, Answers, Config, Event, Inputs, JobOf, JobState, Jobs, NextDue, NextJob, OldestJob, Pallet, PreviousBeacon,
	WeightInfo, MAX_PARTICIPANTS, MAX_REPLACEMENTS,
};
use alloc::vec::Vec;
use assay_primitives::{
	agenda::{self, Allowance},
	api::{ParticipantStatus, RefundReason, Role},
	traits::{ModelRegistry, Offence, SlotUse},
	JobId,
};
use frame_support::{traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{BlakeTwo256, Hash, Saturating, Zero};

impl<T: Config> Pallet<T> {
	/// Acts on the jobs that are due up to `now`: at most `DuePerBlock` jobs, of at most as many blocks, until
	/// `allowance` is spent. The last job may exceed it. A backlog is carried over.
	pub(crate) fn service_agendas(now: BlockNumberFor<T>, allowance: u64) -> Weight {
		let mut allowance = Allowance::new(allowance);
		let serviced = agenda::service(
			NextDue::<T>::get(),
			now,
			T::DuePerBlock::get(),
			&mut allowance,
			Agenda::<T>::iter_key_prefix,
			|due, job| Self::service_job(due, job, now),
		);
		NextDue::<T>::put(serviced.next_due);
		T::WeightInfo::service_agendas(serviced.blocks).saturating_add(allowance.consumed())
	}

	/// Acts on one due job and returns the weight of that. The job always leaves this place of the agenda, so that it
	/// cannot hold up the others.
	pub(crate) fn service_job(place: BlockNumberFor<T>, id: JobId, now: BlockNumberFor<T>) -> Weight {
		Agenda::<T>::remove(place, id);
		let Some(mut job) = Jobs::<T>::get(id) else {
			frame_support::defensive!("the agenda lists live jobs");
			return T::WeightInfo::prune();
		};
		job.agenda = None;
		let due = job.state.due();
		let notification = job.subject.weight_of_notification::<T>();
		let participants = u32::try_from(job.participants.len()).unwrap_or(MAX_PARTICIPANTS);
		match job.state.clone() {
			state if due.is_some_and(|due| due > now) => {
				Self::advance(id, job, state);
				T::WeightInfo::postpone()
			}
			JobState::Claiming { .. } => {
				Self::replace_executor(id, job, now);
				T::WeightInfo::replace_executor().saturating_add(notification)
			}
			JobState::Checking { .. } => {
				Self::replace_checkers(id, job, now);
				T::WeightInfo::replace_checkers(participants)
			}
			JobState::Revealing { .. } => {
				Self::punish_silence(id, job, now);
				T::WeightInfo::punish_silence(participants).saturating_add(notification)
			}
			JobState::Provisional { .. } if T::Models::is_quarantined(&job.model) => {
				// The sweep has not visited it yet.
				Self::void_job(id, job);
				T::WeightInfo::void_job(participants).saturating_add(notification)
			}
			JobState::Provisional { digest, .. } => {
				Self::settle(id, job, digest, None);
				T::WeightInfo::settle(participants).saturating_add(notification)
			}
			JobState::Drawing { since, .. } => {
				// Blocks have lacked randomness for a long time.
				let until = now.saturating_add(job.terms.periods.commit.into());
				Self::advance(id, job, JobState::Drawing { since, until });
				T::WeightInfo::postpone()
			}
			JobState::Disputed { since, challenged, .. } => {
				// The tribunal has a backlog.
				let until = now;
				Self::advance(
					id,
					job,
					JobState::Disputed {
						since,
						until,
						challenged,
					},
				);
				T::WeightInfo::postpone()
			}
			JobState::Settled { .. } | JobState::Refunded { .. } => {
				frame_support::defensive!("the agenda lists live jobs");
				T::WeightInfo::prune()
			}
		}
	}

	/// Removes the records whose period is over, in the order of their numbers: at most `DuePerBlock`, until
	/// `allowance` is spent. The last record may exceed it. A record waits for those of older jobs.
	pub(crate) fn prune(now: BlockNumberFor<T>, allowance: u64) -> Weight {
		let mut allowance = Allowance::new(allowance.max(1));
		let (first, next) = (OldestJob::<T>::get(), NextJob::<T>::get());
		let mut oldest = first;
		while oldest < next && oldest.0.saturating_sub(first.0) < T::DuePerBlock::get().into() {
			let Some(job) = Jobs::<T>::get(oldest) else {
				frame_support::defensive!("jobs are numbered consecutively from the oldest on");
				break;
			};
			let over = |ended: BlockNumberFor<T>| ended.saturating_add(T::RecordPeriod::get()) <= now;
			if !job.state.ended_at().is_some_and(over) || allowance.is_exhausted() {
				break;
			}
			if let JobState::Settled { digest, .. } = job.state {
				Answers::<T>::remove(oldest, digest);
			}
			Jobs::<T>::remove(oldest);
			Inputs::<T>::remove(oldest);
			oldest = JobId(oldest.0.saturating_add(1));
			allowance.consume(T::WeightInfo::prune());
		}
		if oldest > first {
			OldestJob::<T>::put(oldest);
		}
		// Reading that the next record stays weighs as much as removing one.
		allowance.consumed().saturating_add(T::WeightInfo::prune())
	}

	/// Fines an executor that did not claim, and draws the next one or refunds the job.
	fn replace_executor(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) {
		let silent = Self::remove_silent(id, &mut job);
		let next = if job.replacements < MAX_REPLACEMENTS {
			let seed = BlakeTwo256::hash_of(&(b"assay/executor", PreviousBeacon::<T>::get(), id, job.replacements));
			Self::draw_executor(id, &job, seed, &silent)
		} else {
			None
		};
		let Some(executor) = next else {
			return Self::refund(id, job, Zero::zero(), RefundReason::NoClaim, None);
		};
		job.replacements = job.replacements.saturating_add(1);
		Self::add_participant(&mut job, executor, Role::Executor);
		let deadline = now.saturating_add(job.terms.periods.commit.into());
		Self::advance(id, job, JobState::Claiming { deadline });
	}

	/// Fines the checkers that did not commit, and lets others be drawn for their places.
	fn replace_checkers(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) {
		Self::remove_silent(id, &mut job);
		Self::fill_places(id, job, now);
	}

	/// Removes the participants that have not committed, and fines them unless the subject excuses them. Returns their
	/// accounts.
	fn remove_silent(id: JobId, job: &mut JobOf<T>) -> Vec<T::AccountId> {
		let silent: Vec<T::AccountId> = job
			.participants
			.iter()
			.filter(|p| p.status == ParticipantStatus::Drawn)
			.map(|p| p.worker.clone())
			.collect();
		job.participants.retain(|p| p.status != ParticipantStatus::Drawn);
		for worker in &silent {
			if job.subject.excuses_no_shows() {
				Self::release_slot(id, job, worker, SlotUse::Unused);
				continue;
			}
			let fine = Self::fine(id, job, worker);
			job.fines = job.fines.saturating_add(fine);
			Self::deposit_event(Event::NoShow {
				job: id,
				worker: worker.clone(),
				fine,
			});
		}
		silent
	}

	/// Slashes the participants that did not reveal. The answers of the others decide how the job continues.
	fn punish_silence(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) {
		Self::slash(id, &mut job, Offence::Silence, &[], |status| match status {
			ParticipantStatus::Committed(_) => Some(ParticipantStatus::Silent),
			_ => None,
		});
		Self::compare_answers(id, job, now);
	}
}
