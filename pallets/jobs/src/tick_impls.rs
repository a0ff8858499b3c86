//! What happens at the start of a block: deadlines that pass, results that become final, and pruning of old records.

use crate::{
	Agenda, Answers, BalanceOf, Config, Event, Inputs, JobOf, JobState, Jobs, NextDue, NextJob, OldestJob, Pallet,
	PreviousBeacon, Totals, WeightInfo, LOG_TARGET, MAX_PARTICIPANTS, MAX_REPLACEMENTS,
};
use alloc::vec::Vec;
use assay_primitives::{
	api::{Duty, RefundReason, Standing},
	traits::{ModelRegistry, Offence, Service, WorkerPool},
	JobId,
};
use frame_support::{traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{BlakeTwo256, Bounded, Hash, One, Saturating, Zero};

impl<T: Config> Pallet<T> {
	/// Works off what is due up to `now`: at most `DuePerBlock` jobs, as many blocks, and what `allowance` allows but for the last
	/// job. A backlog is carried over.
	pub(crate) fn work_off_agenda(now: BlockNumberFor<T>, allowance: u64) -> Weight {
		let limit = T::DuePerBlock::get();
		let mut spent = Weight::zero();
		let mut due = NextDue::<T>::get();
		let (mut jobs, mut steps) = (0u32, 0u32);
		while due <= now && steps < limit {
			steps = steps.saturating_add(1);
			let batch: Vec<JobId> = Agenda::<T>::iter_key_prefix(due)
				.take(limit.saturating_sub(jobs) as usize)
				.collect();
			for job in batch {
				if spent.ref_time() >= allowance {
					break;
				}
				jobs = jobs.saturating_add(1);
				spent.saturating_accrue(Self::fall_due(due, job, now));
			}
			if jobs >= limit || spent.ref_time() >= allowance {
				break;
			}
			due = due.saturating_add(One::one());
		}
		NextDue::<T>::put(due);
		T::WeightInfo::agenda(steps).saturating_add(spent)
	}

	/// Acts on one due job, and says what that took. Whatever happens the job leaves this place of the agenda, so that it cannot
	/// hold up the others.
	pub(crate) fn fall_due(place: BlockNumberFor<T>, id: JobId, now: BlockNumberFor<T>) -> Weight {
		Agenda::<T>::remove(place, id);
		let Some(mut job) = Jobs::<T>::get(id) else {
			frame_support::defensive!("the agenda names live jobs");
			return T::WeightInfo::prune();
		};
		job.agenda = Bounded::max_value();
		let due = job.state.due();
		let end = Self::weight_of_end(&job);
		let participants = u32::try_from(job.participants.len()).unwrap_or(MAX_PARTICIPANTS);
		match job.state.clone() {
			state if due.is_some_and(|due| due > now) => {
				Self::advance(id, job, state);
				T::WeightInfo::postpone()
			}
			JobState::Claiming { .. } => {
				Self::replace_executor(id, job, now);
				T::WeightInfo::replace_executor().saturating_add(end)
			}
			JobState::Checking { .. } => {
				Self::replace_checkers(id, job, now);
				T::WeightInfo::replace_checkers(participants)
			}
			JobState::Revealing { .. } => {
				Self::punish_silence(id, job, now);
				T::WeightInfo::punish_silence(participants).saturating_add(end)
			}
			JobState::Provisional { .. } if T::Models::is_quarantined(&job.model) => {
				// Its sweep has not come to it yet.
				Self::void(id, job);
				T::WeightInfo::void_job(participants).saturating_add(end)
			}
			JobState::Provisional { digest, .. } => {
				Self::settle(id, job, digest, None);
				T::WeightInfo::settle(participants).saturating_add(end)
			}
			JobState::Drawing { .. } => {
				// Blocks have been without randomness for long.
				Self::await_draw(id, job, now);
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
				frame_support::defensive!("the agenda names live jobs");
				T::WeightInfo::prune()
			}
		}
	}

	/// Forgets the records whose period is over, in the order of their numbers: at most `DuePerBlock`, and what `allowance` allows but
	/// for the last one. A record waits for those of older jobs.
	pub(crate) fn prune(now: BlockNumberFor<T>, allowance: u64) -> Weight {
		// That the next one stays has to be read as well.
		let base = T::WeightInfo::prune();
		let mut spent = base;
		let (first, next) = (OldestJob::<T>::get(), NextJob::<T>::get());
		let mut oldest = first;
		while oldest < next && oldest.0.saturating_sub(first.0) < T::DuePerBlock::get().into() {
			let Some(job) = Jobs::<T>::get(oldest) else {
				frame_support::defensive!("jobs have the numbers from the oldest on");
				break;
			};
			let over = |ended: BlockNumberFor<T>| ended.saturating_add(T::RecordPeriod::get()) <= now;
			let is_spent = spent.ref_time().saturating_sub(base.ref_time()) >= allowance.max(1);
			if !job.state.ended_at().is_some_and(over) || is_spent {
				break;
			}
			if let JobState::Settled { digest, .. } = job.state {
				Answers::<T>::remove(oldest, digest);
			}
			Jobs::<T>::remove(oldest);
			Inputs::<T>::remove(oldest);
			oldest = JobId(oldest.0.saturating_add(1));
			spent.saturating_accrue(T::WeightInfo::prune());
		}
		if oldest > first {
			OldestJob::<T>::put(oldest);
		}
		spent
	}

	/// The executor did not claim: fines it and draws the next one, or gives up.
	fn replace_executor(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) {
		let silent = Self::dismiss_silent(id, &mut job);
		let free = T::Workers::free_slots(&job.pool()) > 0;
		let next = if free && job.replacements < MAX_REPLACEMENTS {
			let seed = BlakeTwo256::hash_of(&(b"assay/executor", PreviousBeacon::<T>::get(), id, job.replacements));
			T::Workers::draw(&job.pool(), id, seed, &silent)
		} else {
			None
		};
		let Some(executor) = next else {
			return Self::refund(id, job, Zero::zero(), RefundReason::NoClaim, None);
		};
		job.replacements = job.replacements.saturating_add(1);
		Self::join(&mut job, executor, Duty::Executor);
		let deadline = now.saturating_add(job.deal.periods.commit.into());
		Self::advance(id, job, JobState::Claiming { deadline });
	}

	/// Some checkers did not commit: fines them and has others drawn, or calls for the tribunal.
	fn replace_checkers(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) {
		Self::dismiss_silent(id, &mut job);
		if !job.escalated && job.replacements < MAX_REPLACEMENTS && Self::queue_draw(id, &job, now) {
			job.replacements = job.replacements.saturating_add(1);
			Self::await_draw(id, job, now);
		} else {
			Self::escalate(id, job, now);
		}
	}

	/// Fines all who have not committed, and takes them out. In a probe it may be that nobody could.
	fn dismiss_silent(id: JobId, job: &mut JobOf<T>) -> Vec<T::AccountId> {
		let silent: Vec<T::AccountId> = job
			.participants
			.iter()
			.filter(|p| p.standing == Standing::Drawn)
			.map(|p| p.worker.clone())
			.collect();
		job.participants.retain(|p| p.standing != Standing::Drawn);
		let fine = job.deal.fine;
		for worker in &silent {
			if job.probation.is_some() {
				Self::free(job, id, worker, Service::Unused);
				continue;
			}
			let payees = [(T::AuditFund::get(), fine)];
			let penalised = T::Workers::penalise(&job.pool(), worker, id, Offence::NoShow, fine, &payees);
			let (taken, burned): (BalanceOf<T>, BalanceOf<T>) = match penalised {
				Ok(penalised) => (penalised.taken, penalised.burned),
				Err(error) => {
					log::error!(target: LOG_TARGET, "job {id}: {worker:?} is not fined: {error:?}");
					frame_support::defensive!("a participant's stake is there to be fined");
					Default::default()
				}
			};
			Totals::<T>::mutate(|totals| {
				totals.no_shows = totals.no_shows.saturating_add(1);
				totals.slashed = totals.slashed.saturating_add(taken);
				totals.burned = totals.burned.saturating_add(burned);
			});
			Self::deposit_event(Event::NoShow {
				job: id,
				worker: worker.clone(),
				fine: taken,
			});
		}
		silent
	}

	/// Some who are bound to an answer did not reveal it, and lose their bonds. Those who did decide how it goes on.
	fn punish_silence(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) {
		Self::slash(id, &mut job, Offence::Silence, &[], |standing| match standing {
			Standing::Committed(_) => Some(Standing::Silent),
			_ => None,
		});
		Self::conclude(id, job, now);
	}
}
