//! Disputes and votes, as clients read them.

use crate::{JobId, OutcomeDigest, TaskId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What the tribunal decides, and what a validator votes for.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Verdict {
	/// The right answer has this digest.
	Outcome(OutcomeDigest),
	/// The task cannot be run, so that no answer can be shown to be right or wrong.
	NotRunnable,
}

impl Verdict {
	/// Returns the digest of the right answer; `None` if the task cannot be run.
	pub fn digest(&self) -> Option<OutcomeDigest> {
		match self {
			Self::Outcome(digest) => Some(*digest),
			Self::NotRunnable => None,
		}
	}
}

/// A challenge of a provisional result.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ChallengeInfo<AccountId, Balance> {
	pub challenger: AccountId,
	/// The digest of the answer that the challenger holds to be right.
	pub digest: OutcomeDigest,
	/// On hold until the dispute ends.
	pub bond: Balance,
}

/// An open dispute.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DisputeInfo<AccountId, Balance, BlockNumber> {
	pub job: JobId,
	pub task: TaskId,
	pub opened_at: BlockNumber,
	/// The round of votes, from 1 on.
	pub round: u32,
	/// The last block of the round. Without a verdict, the next round follows.
	pub deadline: BlockNumber,
	/// The number of validators that may vote in this round.
	pub electorate: u32,
	/// The number of agreeing votes that make a verdict.
	pub quorum: u32,
	/// The votes of these validators, those of earlier rounds included.
	pub tally: Vec<(Verdict, u32)>,
	/// The verdict, while the tribunal waits up to `deadline` for somebody to bring the answer with this digest.
	pub awaited: Option<OutcomeDigest>,
	pub challenges: Vec<ChallengeInfo<AccountId, Balance>>,
}

/// A validator's record in disputes since genesis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct VoterRecord {
	/// Votes that agreed with the verdict.
	pub with_verdict: u64,
	/// Votes for another answer than that of the verdict.
	pub against_verdict: u64,
	/// Rounds that ended without its vote.
	pub absent: u64,
}
