//! The dispute, its challenges, and the ballot with which a validator votes.

use crate::Config;
use alloc::vec::Vec;
use assay_primitives::{
	api::Verdict,
	key::{challenge_message, VoterKey},
	JobId, OutcomeDigest, TaskId,
};
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

/// The maximum number of challengers of one result, each with another digest. One is enough: who finds no place loses
/// the reporter's reward and nothing else, because the validators find the right answer and anybody may bring it.
pub const MAX_CHALLENGES: u32 = 8;

/// Blocks after its `at` in which a challenge is valid: long enough for a run of full blocks or of authors that censor,
/// short enough that a forgotten one does not surprise its signer.
pub const CHALLENGE_LIFETIME: u32 = 64;

/// Blocks for which the tribunal waits for the right answer after its verdict. If too short, a right answer is refunded
/// instead of settled; if too long, bonds stay on hold for nothing.
pub const ANSWER_PERIOD: u32 = 100;

pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// The validators of a session, each with the key with which it votes.
pub type ElectorateOf<T> = BoundedVec<(<T as frame_system::Config>::AccountId, VoterKey), <T as Config>::MaxValidators>;

/// Why a dispute was opened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Cause {
	/// The job's workers disagree, or are fewer than a probe needs.
	Disagreement,
	/// A challenger claims that the result with this digest, on which all workers agree, is wrong.
	Challenge { provisional: OutcomeDigest },
}

/// A claim, backed by a bond, that a provisional result is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Challenge<AccountId, Balance> {
	pub who: AccountId,
	/// The digest of the answer that the challenger holds to be right.
	pub digest: OutcomeDigest,
	/// On hold in the account `who` until the dispute ends.
	pub bond: Balance,
}

/// [`NewChallenge`] with the runtime's types.
pub type NewChallengeOf<T> = NewChallenge<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// A challenge as its account signs it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct NewChallenge<AccountId, BlockNumber> {
	pub challenger: AccountId,
	/// The block on which the challenge is based. It is valid for [`CHALLENGE_LIFETIME`] blocks. A challenge that seems
	/// lost is signed again with a later block: pools that did not know this one yet have refused the first for good.
	pub at: BlockNumber,
	pub job: JobId,
	/// The task of the job, which another fork may have given to another one.
	pub task: TaskId,
	/// The digest of the answer that the challenger holds to be right.
	pub digest: OutcomeDigest,
}

impl<AccountId: Encode, BlockNumber: Encode + Copy> NewChallenge<AccountId, BlockNumber> {
	/// Returns the message that the challenger's account signs.
	pub fn message(&self, genesis: H256) -> Vec<u8> {
		let Self {
			challenger,
			at,
			job,
			task,
			digest,
		} = self;
		challenge_message(genesis, challenger, *at, *job, *task, *digest)
	}
}

/// An open dispute.
#[derive(CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub struct Dispute<T: Config> {
	/// The task of the job.
	pub task: TaskId,
	pub cause: Cause,
	pub opened_at: BlockNumberFor<T>,
	/// The round of votes, from 1 on.
	pub round: u32,
	/// The number of blocks of this round.
	pub period: BlockNumberFor<T>,
	/// The last block of the round at the earliest: votes count until the next one begins. The same for an awaited
	/// answer.
	pub deadline: BlockNumberFor<T>,
	/// The number of the electorate of this round.
	pub electorate: u32,
	/// The number of validators in the electorate.
	pub size: u32,
	/// What the validators of the electorate voted for, each with its number of votes.
	pub tally: BoundedVec<(Verdict, u32), T::MaxValidators>,
	/// In the order in which they were made, each by a different account and with a different digest.
	pub challenges: BoundedVec<Challenge<T::AccountId, BalanceOf<T>>, ConstU32<MAX_CHALLENGES>>,
	/// The verdict, if the job lacks the answer with this digest. Votes no longer count.
	pub awaited: Option<OutcomeDigest>,
}

impl<T: Config> Dispute<T> {
	/// Returns the block at the start of which the next round begins, or the dispute ends without the awaited answer.
	pub fn due(&self) -> BlockNumberFor<T> {
		self.deadline.saturating_add(One::one())
	}

	/// Returns the number of agreeing votes that make a verdict: two thirds of the electorate, rounded up, and at least
	/// one.
	pub fn quorum(&self) -> u32 {
		self.size.saturating_mul(2).div_ceil(3).max(1)
	}

	/// Counts a vote. Returns the number of votes for `verdict` now; `None` if there is no room, which cannot happen
	/// while every validator of the electorate votes once.
	pub fn count(&mut self, verdict: Verdict) -> Option<u32> {
		if let Some((_, votes)) = self.tally.iter_mut().find(|(counted, _)| *counted == verdict) {
			*votes = votes.saturating_add(1);
			return Some(*votes);
		}
		self.tally.try_push((verdict, 1)).ok().map(|()| 1)
	}

	/// Takes back a vote that was counted.
	pub fn discount(&mut self, verdict: Verdict) {
		for (counted, votes) in self.tally.iter_mut() {
			if *counted == verdict {
				*votes = votes.saturating_sub(1);
			}
		}
		self.tally.retain(|(_, votes)| *votes > 0);
	}

	/// Returns what a quorum of the electorate voted for.
	pub fn agreed(&self) -> Option<Verdict> {
		let quorum = self.quorum();
		let agreed = self.tally.iter().find(|(_, votes)| *votes >= quorum);
		agreed.map(|(verdict, _)| *verdict)
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
	/// Strictly ascending by job, not empty.
	pub votes: BoundedVec<Vote, ConstU32<MAX_VOTES>>,
}

/// A vote in one dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Vote {
	pub job: JobId,
	/// The task that the validator ran. Another fork may give the same number to another task.
	pub task: TaskId,
	/// The digest of the validator's own answer, or that it cannot run the task.
	pub verdict: Verdict,
}

impl<BlockNumber: Encode> Ballot<BlockNumber> {
	/// Returns the message that the validator signs. It names the chain and each task, so that a vote counts on no
	/// other chain and for no other fork's task.
	pub fn message(&self, genesis: H256) -> Vec<u8> {
		(b"assay/vote", genesis, self).encode()
	}
}
