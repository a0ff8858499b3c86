//! How disputes open and end, with their bonds and records.

use crate::{
	Agenda, BalanceOf, Cause, Challenge, Config, Dispute, Disputes, Electorates, Event, HoldReason, Pallet,
	VoterRecords, Votes, WeightInfo, ANSWER_PERIOD, LOG_TARGET, MAX_CHALLENGES,
};
use alloc::vec::Vec;
use assay_primitives::{
	api::{Verdict, VoterRecord},
	batch::Answer,
	traits::{DisputedJobs, Ruling, Tribunal},
	JobId,
};
use frame_support::{
	pallet_prelude::*,
	traits::{
		fungible::hold::Mutate as _,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
	BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{CheckedDiv, Saturating, Zero};

impl<T: Config> Tribunal<BlockNumberFor<T>> for Pallet<T> {
	fn open(job: JobId, period: BlockNumberFor<T>) {
		Self::open_dispute(job, period, Cause::Disagreement, None);
	}
}

impl<T: Config> Pallet<T> {
	/// Opens a dispute over `job` before the validators of the current session.
	pub(crate) fn open_dispute(
		job: JobId,
		period: BlockNumberFor<T>,
		cause: Cause,
		challenge: Option<Challenge<T::AccountId, BalanceOf<T>>>,
	) {
		if Disputes::<T>::contains_key(job) {
			frame_support::defensive!("a job is disputed once at a time");
			return;
		}
		let now = frame_system::Pallet::<T>::block_number();
		let (electorate, size) = Self::acquire_electorate();
		let dispute = Dispute::<T> {
			task: T::Jobs::task_id(job).unwrap_or_default(),
			cause,
			opened_at: now,
			round: 1,
			period,
			deadline: now.saturating_add(period),
			electorate,
			size,
			tally: BoundedVec::new(),
			challenges: BoundedVec::truncate_from(challenge.into_iter().collect()),
			awaited: None,
		};
		Agenda::<T>::insert(dispute.due(), job, ());
		Self::deposit_event(Event::Opened {
			job,
			electorate: size,
			deadline: dispute.deadline,
		});
		Disputes::<T>::insert(job, dispute);
	}

	/// Ends a dispute with `verdict`, or waits for the right answer if the job lacks it. Returns the weight of that.
	pub(crate) fn conclude(job: JobId, mut dispute: Dispute<T>, verdict: Verdict) -> Weight {
		let Some(digest) = verdict.digest().filter(|digest| T::Jobs::lacks_answer(job, *digest)) else {
			return Self::decide(job, dispute, verdict, None);
		};
		Agenda::<T>::remove(dispute.due(), job);
		dispute.awaited = Some(digest);
		dispute.deadline = frame_system::Pallet::<T>::block_number().saturating_add(ANSWER_PERIOD.into());
		Agenda::<T>::insert(dispute.due(), job, ());
		Self::deposit_event(Event::AnswerAwaited {
			job,
			digest,
			until: dispute.deadline,
		});
		Disputes::<T>::insert(job, dispute);
		T::WeightInfo::await_answer()
	}

	/// Ends a dispute and returns the weight of that. Nothing here may fail halfway: a dispute must always end.
	pub(crate) fn decide(job: JobId, dispute: Dispute<T>, verdict: Verdict, answer: Option<Answer>) -> Weight {
		Disputes::<T>::remove(job);
		Agenda::<T>::remove(dispute.due(), job);
		let votes = Self::record_votes(job, &dispute, verdict);
		Self::release_electorate(dispute.electorate);
		Self::deposit_event(Event::Decided { job, verdict, votes });

		// Votes of validators that have left are as many as the electorate at most.
		let voters = dispute.size.max(votes.saturating_sub(dispute.size));
		let challengers = u32::try_from(dispute.challenges.len()).unwrap_or(MAX_CHALLENGES);
		let is_right = |challenge: &Challenge<_, _>| verdict.digest() == Some(challenge.digest);
		let upheld: Vec<_> = dispute
			.challenges
			.iter()
			.filter(|challenge| is_right(challenge))
			.map(|challenge| challenge.who.clone())
			.collect();
		let ruling = Ruling {
			verdict,
			upheld,
			answer,
		};
		let confirmed = T::Jobs::apply_ruling(job, ruling);
		for challenge in dispute.challenges {
			match verdict {
				Verdict::Outcome(_) if !is_right(&challenge) => Self::forfeit_bond(job, challenge, &confirmed),
				_ => Self::release_bond(job, challenge),
			}
		}
		Self::weight_of_decision(voters, challengers)
	}

	/// Moves the votes of a dispute into the records of the validators. Returns the number of votes.
	fn record_votes(job: JobId, dispute: &Dispute<T>, verdict: Verdict) -> u32 {
		Self::record_absence(job, dispute);
		let mut cast = 0u32;
		for (validator, vote) in Votes::<T>::drain_prefix(job) {
			cast = cast.saturating_add(1);
			VoterRecords::<T>::mutate(validator, |record| match (vote, verdict) {
				(vote, verdict) if vote == verdict => record.with_verdict = record.with_verdict.saturating_add(1),
				(Verdict::Outcome(_), Verdict::Outcome(_)) => {
					record.against_verdict = record.against_verdict.saturating_add(1);
				}
				// That a task cannot be run contradicts no answer, nor the reverse.
				_ => {}
			});
		}
		cast
	}

	/// Records the absence of each validator of the electorate that has not voted.
	pub(crate) fn record_absence(job: JobId, dispute: &Dispute<T>) {
		for (validator, _) in Electorates::<T>::get(dispute.electorate).unwrap_or_default() {
			if !Votes::<T>::contains_key(job, &validator) {
				VoterRecords::<T>::mutate(validator, |record: &mut VoterRecord| {
					record.absent = record.absent.saturating_add(1);
				});
			}
		}
	}

	/// Releases the bond of a challenger that was not wrong.
	fn release_bond(job: JobId, challenge: Challenge<T::AccountId, BalanceOf<T>>) {
		let Challenge { who, bond, .. } = challenge;
		let released = T::Currency::release(&HoldReason::ChallengeBond.into(), &who, bond, Precision::BestEffort);
		if released != Ok(bond) {
			log::error!(target: LOG_TARGET, "job {job}: the bond {bond:?} of {who:?} is not released: {released:?}");
			frame_support::defensive!("the bond of an open challenge is on hold, and its account can receive it");
			// The account cannot receive the bond, which is burned, because it would stay on hold forever.
			let rest = bond.saturating_sub(released.unwrap_or_default());
			Self::burn_bond(&who, rest);
		}
		Self::deposit_event(Event::BondReleased {
			job,
			challenger: who,
			amount: released.unwrap_or_default(),
		});
	}

	/// Burns a share of the bond of a challenger that was wrong, and pays the rest to the accused workers in equal
	/// parts. What remains or cannot be received is burned, too.
	fn forfeit_bond(job: JobId, challenge: Challenge<T::AccountId, BalanceOf<T>>, confirmed: &[T::AccountId]) {
		let Challenge { who, bond, .. } = challenge;
		let heads = BalanceOf::<T>::from(u32::try_from(confirmed.len()).unwrap_or(u32::MAX));
		let to_accused = bond.saturating_sub(T::ForfeitBurn::get().mul_floor(bond));
		let part = to_accused.checked_div(&heads).unwrap_or_default();
		let mut rest = bond;
		for worker in confirmed {
			let paid = T::Currency::transfer_on_hold(
				&HoldReason::ChallengeBond.into(),
				&who,
				worker,
				part,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			);
			match paid {
				Ok(paid) => rest = rest.saturating_sub(paid),
				Err(error) => log::debug!(target: LOG_TARGET, "job {job}: {worker:?} cannot receive a bond: {error:?}"),
			}
		}
		Self::burn_bond(&who, rest);
		Self::deposit_event(Event::BondForfeited {
			job,
			challenger: who,
			amount: bond,
			burned: rest,
		});
	}

	/// Burns the rest of a bond.
	fn burn_bond(who: &T::AccountId, rest: BalanceOf<T>) {
		if rest.is_zero() {
			return;
		}
		let burned = T::Currency::burn_held(
			&HoldReason::ChallengeBond.into(),
			who,
			rest,
			Precision::BestEffort,
			Fortitude::Force,
		);
		if burned != Ok(rest) {
			log::error!(target: LOG_TARGET, "the rest {rest:?} of a bond of {who:?} is not burned: {burned:?}");
			frame_support::defensive!("the bond of an open challenge is on hold");
		}
	}

	/// Returns the weight of a decision, including the job's part of it.
	pub(crate) fn weight_of_decision(validators: u32, challenges: u32) -> Weight {
		T::WeightInfo::decide(validators, challenges).saturating_add(T::RulingWeight::get())
	}
}
