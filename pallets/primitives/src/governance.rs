//! What clients read about referenda: the tracks, the proposals and their progress, and an account's votes.

// The macro writes the bounds of a trait's types again at each method.
#![allow(clippy::multiple_bound_locations)]

use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::Perbill;

/// The maximum length of a call that is returned with its referendum, in bytes. Only the length of a longer one
/// is returned.
pub const MAX_CALL_LEN: u32 = 4_096;

/// A track, with the periods of this chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TrackInfo<Balance, BlockNumber> {
	pub id: u16,
	/// UTF-8.
	pub name: Vec<u8>,
	/// The origin of its calls, encoded as `Referenda.submit` takes it; `None` if the track no longer has one.
	pub origin: Option<Vec<u8>>,
	/// A referendum without it is not decided.
	pub decision_deposit: Balance,
	/// The minimum number of blocks from the submission to the decision.
	pub prepare_period: BlockNumber,
	/// The maximum number of blocks of the decision.
	pub decision_period: BlockNumber,
	/// The number of blocks for which the thresholds must be reached without a break.
	pub confirm_period: BlockNumber,
	/// The minimum number of blocks from the approval to the enactment.
	pub min_enactment_period: BlockNumber,
}

/// The stage of an undecided referendum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Stage<BlockNumber> {
	/// The decision deposit has not been placed. The referendum times out in block `until`.
	AwaitingDeposit { until: BlockNumber },
	/// The decision begins in block `until`.
	Preparing { until: BlockNumber },
	/// The track is deciding its maximum number of other referenda.
	Queued,
	/// It does not reach its thresholds, and is rejected in block `until` if that lasts.
	Deciding { until: BlockNumber },
	/// It reaches its thresholds, and is approved in block `until` if that lasts.
	Confirming { until: BlockNumber },
}

/// The call that a referendum proposes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ProposedCall {
	/// The call, encoded.
	Known(Vec<u8>),
	/// The length of a call longer than [`MAX_CALL_LEN`], in bytes.
	Long(u32),
	/// The preimage of this hash is not on chain. Without it the enactment does nothing.
	Missing(H256),
}

/// A share, and the threshold that it must reach now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Threshold {
	pub reached: Perbill,
	pub needed: Perbill,
}

/// An undecided referendum.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Ongoing<AccountId, Balance, BlockNumber> {
	pub track: u16,
	pub call: ProposedCall,
	pub proposer: AccountId,
	pub submitted_at: BlockNumber,
	pub stage: Stage<BlockNumber>,
	/// Votes for it, weighted by conviction.
	pub ayes: Balance,
	/// Votes against it, weighted by conviction.
	pub nays: Balance,
	/// The share of ayes among the weighted votes.
	pub approval: Threshold,
	/// The share of all tokens that vote aye or abstain.
	pub support: Threshold,
}

/// The status of a referendum.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ReferendumStatus<AccountId, Balance, BlockNumber> {
	Ongoing(Ongoing<AccountId, Balance, BlockNumber>),
	/// Its call is dispatched in block `enacted_at`; `None` once that has happened.
	Approved {
		at: BlockNumber,
		enacted_at: Option<BlockNumber>,
	},
	Rejected {
		at: BlockNumber,
	},
	Cancelled {
		at: BlockNumber,
	},
	TimedOut {
		at: BlockNumber,
	},
	Killed {
		at: BlockNumber,
	},
}

/// A referendum.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReferendumInfo<AccountId, Balance, BlockNumber> {
	pub index: u32,
	pub status: ReferendumStatus<AccountId, Balance, BlockNumber>,
}

/// The side of a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum VoteSide {
	/// For the proposal.
	Aye,
	/// Against the proposal.
	Nay,
	/// A part of the tokens is for the proposal, a part against it, and a part may abstain.
	Split,
}

/// One vote of an account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct VoteInfo<Balance> {
	pub referendum: u32,
	pub side: VoteSide,
	/// The tokens behind it.
	pub amount: Balance,
	/// Whether the referendum is decided. The vote no longer counts then.
	pub ended: bool,
}

/// An account's votes and locks on one track.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TrackVotes<AccountId, Balance, BlockNumber> {
	pub track: u16,
	/// Tokens that cannot be moved because of the votes. The locks of several tracks overlap.
	pub locked: Balance,
	/// The block until which removed votes that won still lock tokens; `None` if there are none.
	pub locked_until: Option<BlockNumber>,
	pub votes: Vec<VoteInfo<Balance>>,
	/// The account that votes for this one, and the tokens with which it does.
	pub delegate: Option<(AccountId, Balance)>,
}

sp_api::decl_runtime_apis! {
	/// Everything a client reads about governance.
	pub trait GovernanceApi<AccountId: Codec, Balance: Codec, BlockNumber: Codec> {
		/// Returns all tracks in the order of their ids.
		fn tracks() -> Vec<TrackInfo<Balance, BlockNumber>>;
		/// Returns the referendum with this index; `None` if there never was one.
		fn referendum(index: u32) -> Option<ReferendumInfo<AccountId, Balance, BlockNumber>>;
		/// Returns at most [`PAGE`](crate::api::PAGE) referenda with indices smaller than `before`, the latest first.
		fn referenda(before: Option<u32>) -> Vec<ReferendumInfo<AccountId, Balance, BlockNumber>>;
		/// Returns the votes and locks of `account`, by track. Tracks without any are left out.
		fn votes(account: AccountId) -> Vec<TrackVotes<AccountId, Balance, BlockNumber>>;
	}
}
