//! The dispute, its challenges, and the ballot with which a validator votes.

use crate::Config;
use alloc::vec::Vec;
use assay_primitives::{key::VoterKey, JobId, OutcomeDigest};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{fungible, ConstU32},
	BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{One, Saturating};

/// The maximum number of votes in one ballot: bounds the work of one transaction. A validator with more sends another
/// ballot.
pub const MAX_VOTES: u32 = 64;

/// The maximum number of challengers of one result. One is enough; each further one brings at most another answer.
pub const MAX_CHALLENGES: u32 = 8;

pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// The validators of a session, each with the key with which it votes.
pub type ElectorateOf<T> = BoundedVec<(<T as frame_system::Config>::AccountId, VoterKey), <T as Config>::MaxValidators>;

/// Why a dispute was opened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Cause {
	/// The job's workers disagree, or are fewer than promised.
	Disagreement,
	/// A challenger claims that the result with this digest, on which all workers agree, is wrong.
	Challenge { provisional: OutcomeDigest },
}

/// A claim, backed by a bond, that a provisional result is wrong. The answer that it brings instead is stored beside
/// the dispute.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Challenge<AccountId, Balance> {
	pub who: AccountId,
	/// The digest of the answer that the challenger holds to be right.
	pub digest: OutcomeDigest,
	/// On hold in the account `who` until the dispute ends.
	pub bond: Balance,
}

/// An open dispute.
#[derive(CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub struct Dispute<T: Config> {
	pub cause: Cause,
	pub opened_at: BlockNumberFor<T>,
	/// The last block in which votes count.
	pub deadline: BlockNumberFor<T>,
	/// The number of the electorate that decides.
	pub electorate: u32,
	/// The number of validators in the electorate.
	pub size: u32,
	/// The digests voted for, each with its number of votes.
	pub tally: BoundedVec<(OutcomeDigest, u32), T::MaxValidators>,
	/// In the order in which they were made, each by a different account.
	pub challenges: BoundedVec<Challenge<T::AccountId, BalanceOf<T>>, ConstU32<MAX_CHALLENGES>>,
}

impl<T: Config> Dispute<T> {
	/// Returns the block at the start of which the dispute ends without a verdict.
	pub fn due(&self) -> BlockNumberFor<T> {
		self.deadline.saturating_add(One::one())
	}

	/// Returns the number of agreeing votes that make a verdict: two thirds of the electorate, rounded up, and at least
	/// one.
	pub fn quorum(&self) -> u32 {
		self.size.saturating_mul(2).div_ceil(3).max(1)
	}

	/// Counts a vote. Returns the number of votes for `digest` now; `None` if there is no room, which cannot happen
	/// while every validator votes once.
	pub fn count(&mut self, digest: OutcomeDigest) -> Option<u32> {
		if let Some((_, votes)) = self.tally.iter_mut().find(|(counted, _)| *counted == digest) {
			*votes = votes.saturating_add(1);
			return Some(*votes);
		}
		self.tally.try_push((digest, 1)).ok().map(|()| 1)
	}
}

/// [`Ballot`] with the runtime's block number.
pub type BallotOf<T> = Ballot<BlockNumberFor<T>>;

/// The votes of one validator.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Ballot<BlockNumber> {
	pub voter: VoterKey,
	/// The block on which the ballot is based. A later ballot replaces an earlier one in the pool: some pools may have
	/// refused the earlier one because they did not know its block yet.
	pub at: BlockNumber,
	/// The digest of the validator's own answer to each job, strictly ascending by job, not empty.
	pub votes: BoundedVec<(JobId, OutcomeDigest), ConstU32<MAX_VOTES>>,
}

impl<BlockNumber: Encode> Ballot<BlockNumber> {
	/// Returns the message that the validator signs. It names the chain, so that a vote counts on no other.
	pub fn message(&self, genesis: H256) -> Vec<u8> {
		(b"assay/vote", genesis, self).encode()
	}
}
