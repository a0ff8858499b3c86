//! What the calls do.

use crate::{
	authorize::DueVote, electorate::Seats, Ballot, BallotOf, Cause, Challenge, Config, Dispute, Disputes, Error, Event,
	HoldReason, NewChallengeOf, Pallet, Votes, WeightInfo,
};
use assay_primitives::{api::Verdict, batch::Answer, traits::DisputedJobs, JobId, OutcomeDigest, TaskId};
use frame_support::{
	pallet_prelude::*,
	traits::{fungible::hold::Mutate as _, Get},
};

/// What a challenge contests.
pub(crate) enum Target<T: Config> {
	/// A provisional result with this digest.
	Result(OutcomeDigest),
	/// The result that this dispute is about already.
	Dispute(Dispute<T>),
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_challenge(new: NewChallengeOf<T>) -> DispatchResult {
		let job = new.job;
		match Self::challenge_target(&new)? {
			Target::Dispute(mut dispute) => {
				let challenge = Self::hold_bond(new)?;
				dispute
					.challenges
					.try_push(challenge)
					.map_err(|_| Error::<T>::TooManyChallenges)?;
				Disputes::<T>::insert(job, dispute);
			}
			Target::Result(provisional) => {
				let challenge = Self::hold_bond(new)?;
				let period = T::Jobs::begin_dispute(job)?;
				Self::open_dispute(job, period, Cause::Challenge { provisional }, Some(challenge));
			}
		}
		Ok(())
	}

	/// Returns what `new` contests, if it may be made now by an account that can hold the bond.
	pub(crate) fn challenge_target(new: &NewChallengeOf<T>) -> Result<Target<T>, Error<T>> {
		let Some(dispute) = Disputes::<T>::get(new.job) else {
			let provisional = T::Jobs::provisional_digest(new.job).ok_or(Error::NotChallengeable)?;
			ensure!(T::Jobs::task_id(new.job) == Some(new.task), Error::WrongTask);
			ensure!(new.digest != provisional, Error::SameResult);
			return Ok(Target::Result(provisional));
		};
		let Cause::Challenge { provisional } = dispute.cause else {
			return Err(Error::NotChallengeable);
		};
		ensure!(dispute.task == new.task, Error::WrongTask);
		let now = frame_system::Pallet::<T>::block_number();
		let joinable = dispute.round == 1 && dispute.tally.is_empty() && now <= dispute.deadline;
		ensure!(joinable && dispute.awaited.is_none(), Error::ChallengesClosed);
		ensure!(new.digest != provisional, Error::SameResult);
		let mut challenges = dispute.challenges.iter();
		ensure!(
			!challenges.clone().any(|challenge| challenge.who == new.challenger),
			Error::AlreadyChallenged
		);
		ensure!(
			!challenges.any(|challenge| challenge.digest == new.digest),
			Error::DigestTaken
		);
		ensure!(!dispute.challenges.is_full(), Error::TooManyChallenges);
		Ok(Target::Dispute(dispute))
	}

	/// Puts the bond of a challenge on hold.
	fn hold_bond(new: NewChallengeOf<T>) -> Result<Challenge<T::AccountId, crate::BalanceOf<T>>, DispatchError> {
		let (who, job, digest) = (new.challenger, new.job, new.digest);
		let bond = T::ChallengeBond::get();
		T::Currency::hold(&HoldReason::ChallengeBond.into(), &who, bond)?;
		Self::deposit_event(Event::Challenged {
			job,
			challenger: who.clone(),
			digest,
			bond,
		});
		Ok(Challenge { who, digest, bond })
	}

	pub(crate) fn do_vote(ballot: BallotOf<T>) -> DispatchResultWithPostInfo {
		let Ballot { voter, votes, .. } = ballot;
		let mut weight = T::WeightInfo::vote(u32::try_from(votes.len()).unwrap_or(u32::MAX));
		let mut seats = Seats::<T>::of(&voter);
		for vote in votes {
			let due = Self::ensure_due(&mut seats, &vote)?;
			weight.saturating_accrue(Self::count_vote(vote.job, due, vote.verdict)?);
		}
		Ok(Some(weight).into())
	}

	/// Counts a vote, and concludes the dispute if it completes the quorum. Returns the weight of concluding.
	fn count_vote(job: JobId, due: DueVote<T>, verdict: Verdict) -> Result<Weight, DispatchError> {
		let DueVote {
			mut dispute,
			validator,
			previous,
		} = due;
		if let Some(previous) = previous {
			dispute.discount(previous);
		}
		let votes = dispute.count(verdict).ok_or(Error::<T>::NotDue)?;
		Votes::<T>::insert(job, &validator, verdict);
		Self::deposit_event(Event::Voted {
			job,
			validator,
			verdict,
		});
		if votes >= dispute.quorum() {
			return Ok(Self::conclude(job, dispute, verdict));
		}
		Disputes::<T>::insert(job, dispute);
		Ok(Weight::zero())
	}

	/// Brings the answer for which the dispute waits, and ends it.
	pub(crate) fn do_bring_answer(job: JobId, task: TaskId, answer: Answer) -> DispatchResultWithPostInfo {
		let bytes = u32::try_from(answer.encoded_size()).unwrap_or(u32::MAX);
		let dispute = Self::awaiting_dispute(job, task, &answer)?;
		let decision = Self::decide(job, dispute, Verdict::Outcome(answer.digest()), Some(answer));
		Ok(Some(T::WeightInfo::bring_answer(bytes).saturating_add(decision)).into())
	}

	/// Decides an open dispute from outside.
	pub(crate) fn do_rule(job: JobId, task: TaskId, verdict: Verdict) -> DispatchResultWithPostInfo {
		let dispute = Disputes::<T>::get(job).ok_or(Error::<T>::NotDisputed)?;
		ensure!(dispute.task == task, Error::<T>::WrongTask);
		ensure!(dispute.awaited.is_none(), Error::<T>::AlreadyDecided);
		let conclusion = Self::conclude(job, dispute, verdict);
		Ok(Some(T::WeightInfo::rule().saturating_add(conclusion)).into())
	}
}
