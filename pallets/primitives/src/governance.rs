//! What clients read of referenda: the tracks, what is proposed and how far it is, and what an account has voted.

// The macro writes the bounds of a trait's types again at each method.
#![allow(clippy::multiple_bound_locations)]

use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::Perbill;

/// The longest call that is returned with its referendum; of longer ones only the length.
pub const MAX_SHOWN: u32 = 4_096;

/// A track, in the tempo of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TrackInfo<Balance, BlockNumber> {
	pub id: u16,
	/// UTF-8.
	pub name: Vec<u8>,
	/// The origin that it speaks as, encoded as `Referenda.submit` takes it. Empty if it has none any more.
	pub origin: Vec<u8>,
	/// Without it a referendum is not decided.
	pub decision_deposit: Balance,
	/// Blocks from the submission to the decision, at least.
	pub prepare: BlockNumber,
	/// Blocks of the decision, at most.
	pub decide: BlockNumber,
	/// Blocks for which the thresholds must be reached without a break.
	pub confirm: BlockNumber,
	/// Blocks from the approval to its effect.
	pub enact: BlockNumber,
}

/// How far an undecided referendum is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Stage<BlockNumber> {
	/// Nobody has paid the decision deposit. It is void in block `until`.
	Unpaid { until: BlockNumber },
	/// The decision begins in block `until`.
	Preparing { until: BlockNumber },
	/// The track decides as many others as it may.
	Queued,
	/// It is not reaching its thresholds, and is rejected in block `until` if that lasts.
	Deciding { until: BlockNumber },
	/// It is reaching its thresholds, and is approved in block `until` if that lasts.
	Confirming { until: BlockNumber },
}

/// What a referendum proposes to do.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ProposedCall {
	/// The call, encoded.
	Known(Vec<u8>),
	/// So many bytes: more than [`MAX_SHOWN`].
	Long(u32),
	/// No preimage of this hash is there. If none is when it comes to that, nothing happens.
	Missing(H256),
}

/// A share and the threshold that it must reach now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Bar {
	pub reached: Perbill,
	pub needed: Perbill,
}

/// A referendum that is not decided.
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
	/// The share of ayes.
	pub approval: Bar,
	/// The share of all tokens that say aye or abstain.
	pub support: Bar,
}

/// What a referendum has come to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ReferendumStatus<AccountId, Balance, BlockNumber> {
	Ongoing(Ongoing<AccountId, Balance, BlockNumber>),
	/// Its call is made in block `enacted_at`; `None` once it has been.
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

/// A vote of an account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct VoteInfo<Balance> {
	pub referendum: u32,
	/// `None` if it is split.
	pub aye: Option<bool>,
	/// The tokens that it is made with.
	pub amount: Balance,
	/// Whether the referendum is decided, so that the vote no longer counts.
	pub ended: bool,
}

/// What an account has at stake in the votes of one track.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TrackVotes<AccountId, Balance, BlockNumber> {
	pub track: u16,
	/// Tokens that cannot be moved meanwhile. Locks of several tracks overlap.
	pub locked: Balance,
	/// The block until which tokens are bound by votes that were won and removed. Zero if by none.
	pub bound_until: BlockNumber,
	pub votes: Vec<VoteInfo<Balance>>,
	/// Who votes for this account, and with how much of its tokens.
	pub delegate: Option<(AccountId, Balance)>,
}

sp_api::decl_runtime_apis! {
	/// Everything a client reads of governance.
	pub trait GovernanceApi<AccountId: Codec, Balance: Codec, BlockNumber: Codec> {
		/// All tracks, in the order of their ids.
		fn tracks() -> Vec<TrackInfo<Balance, BlockNumber>>;
		/// A referendum; `None` if there never was one of this number.
		fn referendum(index: u32) -> Option<ReferendumInfo<AccountId, Balance, BlockNumber>>;
		/// Up to [`PAGE`](crate::api::PAGE) referenda with numbers smaller than `before`, the latest first.
		fn referenda(before: Option<u32>) -> Vec<ReferendumInfo<AccountId, Balance, BlockNumber>>;
		/// What `account` has at stake, by track; nothing of tracks that it has nothing to do with.
		fn votes(account: AccountId) -> Vec<TrackVotes<AccountId, Balance, BlockNumber>>;
	}
}
