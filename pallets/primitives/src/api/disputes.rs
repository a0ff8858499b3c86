//! Disputes and votes, as clients read them.

use crate::{JobId, OutcomeDigest};
use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

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
	pub opened_at: BlockNumber,
	/// The last block in which votes count.
	pub deadline: BlockNumber,
	/// The number of validators that may vote.
	pub electorate: u32,
	/// The number of agreeing votes that make a verdict.
	pub quorum: u32,
	pub tally: Vec<(OutcomeDigest, u32)>,
	pub challenges: Vec<ChallengeInfo<AccountId, Balance>>,
}

/// A validator's record in disputes since genesis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct VoterRecord {
	/// Votes that agreed with the verdict.
	pub with_verdict: u64,
	/// Votes that contradicted it.
	pub against_verdict: u64,
	/// Disputes that ended without its vote.
	pub absent: u64,
}
