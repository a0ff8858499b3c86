//! What the calls do.

use crate::{
	electorate::Seats, Answers, Ballot, BallotOf, Cause, Challenge, Config, Dispute, Disputes, Error, Event,
	HoldReason, Pallet, Votes, WeightInfo,
};
use assay_primitives::{batch::Answer, traits::DisputedJobs, JobId, OutcomeDigest};
use frame_support::{
	pallet_prelude::*,
	traits::{fungible::hold::Mutate as _, Get},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_challenge(who: T::AccountId, job: JobId, answer: Answer) -> DispatchResult {
		ensure!(answer.outcome.is_storable(), Error::<T>::InvalidArtifact);
		let digest = answer.digest();
		match Disputes::<T>::get(job) {
			Some(dispute) => Self::join_challenge(who, job, dispute, digest)?,
			None => {
				let provisional = T::Jobs::provisional_digest(job).ok_or(Error::<T>::NotChallengeable)?;
				ensure!(digest != provisional, Error::<T>::SameResult);
				let challenge = Self::hold_bond(who, job, digest)?;
				let period = T::Jobs::begin_dispute(job)?;
				Self::open_dispute(job, period, Cause::Challenge { provisional }, Some(challenge))?;
			}
		}
		Answers::<T>::insert(job, digest, answer);
		Ok(())
	}

	/// Adds a challenge to a dispute that another one opened.
	fn join_challenge(who: T::AccountId, job: JobId, mut dispute: Dispute<T>, digest: OutcomeDigest) -> DispatchResult {
		let Cause::Challenge { provisional } = dispute.cause else {
			return Err(Error::<T>::NotChallengeable.into());
		};
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(
			dispute.tally.is_empty() && now <= dispute.deadline,
			Error::<T>::ChallengesClosed
		);
		ensure!(digest != provisional, Error::<T>::SameResult);
		let joined = dispute.challenges.iter().any(|challenge| challenge.who == who);
		ensure!(!joined, Error::<T>::AlreadyChallenged);
		ensure!(!dispute.challenges.is_full(), Error::<T>::TooManyChallenges);
		let challenge = Self::hold_bond(who, job, digest)?;
		dispute
			.challenges
			.try_push(challenge)
			.map_err(|_| Error::<T>::TooManyChallenges)?;
		Disputes::<T>::insert(job, dispute);
		Ok(())
	}

	/// Puts the bond of a challenge on hold.
	fn hold_bond(
		who: T::AccountId,
		job: JobId,
		digest: OutcomeDigest,
	) -> Result<Challenge<T::AccountId, crate::BalanceOf<T>>, DispatchError> {
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
		for (job, digest) in votes {
			let (dispute, seat, validator) = Self::votable_dispute(&mut seats, job)?;
			let deciding = Self::count_vote(job, dispute, seat, digest, validator)?;
			weight.saturating_accrue(deciding);
		}
		Ok(Some(weight).into())
	}

	/// Counts a vote, and decides if it completes the quorum. Returns the weight of deciding.
	fn count_vote(
		job: JobId,
		mut dispute: Dispute<T>,
		seat: u32,
		digest: OutcomeDigest,
		validator: T::AccountId,
	) -> Result<Weight, DispatchError> {
		let votes = dispute.count(digest).ok_or(Error::<T>::NotDue)?;
		Votes::<T>::insert(job, seat, digest);
		Self::deposit_event(Event::Voted { job, validator, digest });
		if votes >= dispute.quorum() {
			return Ok(Self::decide(job, dispute, Some(digest)));
		}
		Disputes::<T>::insert(job, dispute);
		Ok(Weight::zero())
	}
}
