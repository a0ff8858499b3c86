//! What happens at the start of a block: deadlines pass and results become final; and what may wait: old records are
//! pruned.

use crate::{
	Agenda, Answers, Config, Event, Inputs, JobOf, JobState, Jobs, NextDue, OldestRecord, Pallet, PreviousBeacon,
	Records, Totals, WeightInfo, MAX_PARTICIPANTS, MAX_REPLACEMENTS,
};
use alloc::vec::Vec;
use assay_primitives::{
	agenda::{self, Costs},
	api::{ParticipantStatus, RefundReason, Role},
	shares,
	traits::{ModelRegistry, Offence, OnJobEnded, OnProbed, SlotUse},
	JobId,
};
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{BlakeTwo256, Hash, One, Saturating, Zero},
	Perbill,
};

impl<T: Config> Pallet<T> {
	/// Returns this share of a block.
	pub(crate) fn share(share: Perbill) -> Weight {
		shares::of_block(share, T::BlockWeights::get().max_block)
	}

	/// Returns the maximum weight of notifying others of the end of a job.
	pub(crate) fn max_weight_of_notification() -> Weight {
		T::OnJobEnded::weight().max(T::OnProbed::weight())
	}

	/// Returns what the agenda has to have left before it goes on.
	fn agenda_costs() -> Costs {
		let ends = [
			T::WeightInfo::replace_executor(),
			T::WeightInfo::replace_checkers(MAX_PARTICIPANTS),
			T::WeightInfo::punish_silence(MAX_PARTICIPANTS),
			T::WeightInfo::void_job(MAX_PARTICIPANTS),
			T::WeightInfo::settle(MAX_PARTICIPANTS),
			T::WeightInfo::postpone(),
		];
		let heaviest = ends.into_iter().fold(Weight::zero(), |most, end| most.max(end));
		Costs {
			block: T::WeightInfo::service_agendas(1).saturating_sub(T::WeightInfo::service_agendas(0)),
			entry: heaviest.saturating_add(Self::max_weight_of_notification()),
		}
	}

	/// Returns the maximum weight with which the agenda advances by one job.
	pub(crate) fn weight_of_agenda() -> Weight {
		let costs = Self::agenda_costs();
		T::WeightInfo::service_agendas(0)
			.saturating_add(costs.block)
			.saturating_add(costs.entry)
	}

	/// Acts on the jobs that are due up to `now`: at most `DuePerBlock` jobs, of at most as many blocks, within
	/// `meter`. A backlog is carried over.
	pub(crate) fn service_agendas(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::service_agendas(0)).is_err() {
			return;
		}
		let next_due = agenda::service(
			NextDue::<T>::get(),
			now,
			T::DuePerBlock::get(),
			meter,
			Self::agenda_costs(),
			Agenda::<T>::iter_key_prefix,
			|due, job| Self::service_job(due, job, now),
		);
		NextDue::<T>::put(next_due);
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
			JobState::Provisional {
				since,
				closes_at,
				digest,
				..
			} if Self::missing_room(closes_at) > 0 => {
				// Blocks had no room for a challenge: the window is longer by as many.
				let missing = u32::try_from(Self::missing_room(closes_at)).unwrap_or(u32::MAX);
				let until = now.saturating_add(missing.into()).saturating_sub(One::one());
				Self::advance(
					id,
					job,
					JobState::Provisional {
						since,
						until,
						closes_at,
						digest,
					},
				);
				T::WeightInfo::postpone()
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
			JobState::Disputed { .. } | JobState::Settled { .. } | JobState::Refunded { .. } => {
				frame_support::defensive!("the agenda lists live jobs that are not disputed");
				T::WeightInfo::prune()
			}
		}
	}

	/// Returns the number of jobs that have ended.
	pub(crate) fn ended_jobs() -> u64 {
		let totals = Totals::<T>::get();
		totals.settled.saturating_add(totals.refunded)
	}

	/// Removes the records whose period is over, in the order in which the jobs ended, within `meter`.
	pub(crate) fn prune(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
		let (first, next) = (OldestRecord::<T>::get(), Self::ended_jobs());
		let mut oldest = first;
		// Reading that the next record stays weighs as much as removing one.
		while oldest < next && meter.try_consume(T::WeightInfo::prune()).is_ok() {
			if !Self::prune_record(oldest, now) {
				break;
			}
			oldest = oldest.saturating_add(1);
		}
		if oldest > first {
			OldestRecord::<T>::put(oldest);
		}
	}

	/// Removes the record with this number. Returns `false` and does nothing if its period is not over.
	fn prune_record(number: u64, now: BlockNumberFor<T>) -> bool {
		let id = Records::<T>::get(number);
		let Some((id, job)) = id.and_then(|id| Some((id, Jobs::<T>::get(id)?))) else {
			frame_support::defensive!("each job that has ended has a record");
			return true;
		};
		let over = |ended: BlockNumberFor<T>| ended.saturating_add(T::RecordPeriod::get()) <= now;
		if !job.state.ended_at().is_some_and(over) {
			return false;
		}
		if let JobState::Settled { digest, .. } = job.state {
			Answers::<T>::remove(id, digest);
		}
		Jobs::<T>::remove(id);
		Inputs::<T>::remove(id);
		Records::<T>::remove(number);
		true
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
