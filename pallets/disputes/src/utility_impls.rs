//! What clients read, and what the other parts share.

use crate::{BalanceOf, Config, Disputes, Pallet, WeightInfo, MAX_CHALLENGES};
use assay_primitives::{
	api::{ChallengeInfo, DisputeInfo},
	JobId,
};
use frame_support::{dispatch::DispatchClass, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;

impl<T: Config> Pallet<T> {
	/// Returns the open dispute over a job.
	pub(crate) fn dispute_info(job: JobId) -> Option<DisputeInfo<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
		let dispute = Disputes::<T>::get(job)?;
		Some(DisputeInfo {
			job,
			task: dispute.task,
			opened_at: dispute.opened_at,
			round: dispute.round,
			deadline: dispute.deadline,
			electorate: dispute.size,
			quorum: dispute.quorum(),
			tally: dispute.tally.into_inner(),
			challenges: dispute
				.challenges
				.into_iter()
				.map(|challenge| ChallengeInfo {
					challenger: challenge.who,
					digest: challenge.digest,
					bond: challenge.bond,
				})
				.collect(),
			awaited: dispute.awaited,
		})
	}

	/// Returns the maximum weight of a ballot with this number of votes: as if each concluded a dispute.
	pub(crate) fn weight_of(votes: u32) -> Weight {
		T::WeightInfo::vote(votes).saturating_add(Self::weight_of_conclusion().saturating_mul(votes.into()))
	}

	/// Returns the maximum weight of the end of a dispute.
	pub(crate) fn weight_of_conclusion() -> Weight {
		Self::weight_of_decision(T::MaxValidators::get(), MAX_CHALLENGES).max(T::WeightInfo::await_answer())
	}

	/// Returns the maximum weight of a challenge, without its authorisation.
	pub(crate) fn weight_of_challenge() -> Weight {
		T::WeightInfo::challenge().max(T::WeightInfo::join_challenge())
	}

	/// Returns the maximum weight of a transaction.
	pub(crate) fn max_weight() -> Weight {
		let weights = T::BlockWeights::get();
		let class = weights.get(DispatchClass::Normal);
		class.max_extrinsic.or(class.max_total).unwrap_or(weights.max_block)
	}
}
