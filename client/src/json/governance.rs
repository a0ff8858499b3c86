//! Tracks, referenda and votes.

use crate::{
	chain::{encode_hex, Chain, Ongoing, ReferendumInfo, ReferendumStatus, TrackInfo, TrackVotes},
	tx::{self, TxError},
	AccountId32, Amount,
};
use assay_primitives::governance::{self, ProposedCall, Stage, Threshold};
use subxt::utils::H256;

named! {
	/// The status of a referendum.
	ReferendumStatusName {
		/// Its decision deposit is not placed.
		AwaitingDeposit = "awaiting-deposit",
		/// Its decision has not begun.
		Preparing = "preparing",
		/// Its track decides as many others as it can.
		Queued = "queued",
		/// It does not reach its thresholds.
		Deciding = "deciding",
		/// It reaches its thresholds.
		Confirming = "confirming",
		/// It is approved.
		Approved = "approved",
		/// It is rejected.
		Rejected = "rejected",
		/// It is cancelled.
		Cancelled = "cancelled",
		/// Nobody placed its decision deposit in time.
		TimedOut = "timed-out",
		/// It is killed, and its deposits are slashed.
		Killed = "killed",
	}
}

named! {
	/// The side of a vote.
	VoteSide {
		/// For the proposal.
		Aye = "aye",
		/// Against the proposal.
		Nay = "nay",
		/// A part of the tokens is for the proposal, a part against it, and a part may abstain.
		Split = "split",
	}
}

impl From<governance::VoteSide> for VoteSide {
	fn from(side: governance::VoteSide) -> Self {
		match side {
			governance::VoteSide::Aye => Self::Aye,
			governance::VoteSide::Nay => Self::Nay,
			governance::VoteSide::Split => Self::Split,
		}
	}
}

impl ReferendumStatusName {
	/// Splits a status into its name, the block in which the stage ends, and the block in which the referendum ended.
	fn split(status: &ReferendumStatus) -> (Self, Option<u32>, Option<u32>) {
		match status {
			ReferendumStatus::Ongoing(ongoing) => match ongoing.stage {
				Stage::AwaitingDeposit { until } => (Self::AwaitingDeposit, Some(until), None),
				Stage::Preparing { until } => (Self::Preparing, Some(until), None),
				Stage::Queued => (Self::Queued, None, None),
				Stage::Deciding { until } => (Self::Deciding, Some(until), None),
				Stage::Confirming { until } => (Self::Confirming, Some(until), None),
			},
			ReferendumStatus::Approved { at, .. } => (Self::Approved, None, Some(*at)),
			ReferendumStatus::Rejected { at } => (Self::Rejected, None, Some(*at)),
			ReferendumStatus::Cancelled { at } => (Self::Cancelled, None, Some(*at)),
			ReferendumStatus::TimedOut { at } => (Self::TimedOut, None, Some(*at)),
			ReferendumStatus::Killed { at } => (Self::Killed, None, Some(*at)),
		}
	}
}

documents! {
	/// The call that a referendum proposes. It is known, or too long, or missing.
	pub struct ReferendumCall {
		/// `Pallet.call`; null if the node's runtime does not know the call. Only if it is known.
		#[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "super::job::present")]
		#[cfg_attr(test, schemars(with = "Option<String>"))]
		pub name: Option<Option<String>>,
		/// The SCALE-encoded call, in hexadecimal. Only if it is known.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub encoded: Option<String>,
		/// The number of its bytes. Only if they are too many to be shown.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub len: Option<u32>,
		/// Its hash. Only if nobody has stored it on chain.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		#[serde(skip_serializing_if = "Option::is_none")]
		pub missing: Option<H256>,
	}

	/// A share of votes, and the share that is needed now.
	pub struct VoteShare {
		/// The share that is reached.
		pub reached: f64,
		/// The share that is needed now.
		pub needed: f64,
	}

	/// A referendum. While it is ongoing it has all keys except `enacted_at`.
	pub struct Referendum {
		/// Its number.
		pub referendum: u32,
		/// Its status.
		pub status: ReferendumStatusName,
		/// The block in which its stage ends; null if it is queued or has ended.
		pub stage_ends_at: Option<u32>,
		/// The block in which it ended; null while it is ongoing.
		pub ended_at: Option<u32>,
		/// Its track.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub track: Option<String>,
		/// The call that it proposes.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub call: Option<ReferendumCall>,
		/// The account that proposed it.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Account>"))]
		#[serde(skip_serializing_if = "Option::is_none")]
		pub proposer: Option<AccountId32>,
		/// The block in which it was proposed.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub submitted_at: Option<u32>,
		/// Votes for it, weighted by conviction.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub ayes: Option<Amount>,
		/// Votes against it, weighted by conviction.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub nays: Option<Amount>,
		/// The share of ayes.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub approval: Option<VoteShare>,
		/// The share of all tokens that voted aye or abstained.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub support: Option<VoteShare>,
		/// The block in which it takes effect; null if it has. Only if it is approved.
		#[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "super::job::present")]
		#[cfg_attr(test, schemars(with = "Option<u32>"))]
		pub enacted_at: Option<Option<u32>>,
		/// The track's decision deposit. Only in `assay gov propose`.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub decision_deposit: Option<Amount>,
	}

	/// A track of governance.
	pub struct Track {
		/// Its number.
		pub id: u16,
		/// Its name.
		pub name: String,
		/// The deposit without which nothing is decided.
		pub decision_deposit: Amount,
		/// Blocks from the proposal to the decision, at least.
		pub prepare_period: u32,
		/// Blocks of the decision, at most.
		pub decision_period: u32,
		/// Consecutive blocks in which the thresholds must be reached.
		pub confirm_period: u32,
		/// Blocks from the approval to the effect, at least.
		pub min_enactment_period: u32,
	}

	/// A vote of an account.
	pub struct Vote {
		/// The referendum.
		pub referendum: u32,
		/// Its side.
		pub side: VoteSide,
		/// The tokens.
		pub amount: Amount,
		/// Whether the referendum is decided.
		pub decided: bool,
	}

	/// A delegation of an account's votes.
	pub struct Delegation {
		/// The account that votes.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub to: AccountId32,
		/// The tokens with which it votes.
		pub amount: Amount,
	}

	/// An account's votes on one track.
	pub struct VotesOnTrack {
		/// The track.
		pub track: String,
		/// Tokens that are locked.
		pub locked: Amount,
		/// The block until which removed votes that won lock tokens; null if none do.
		pub locked_until: Option<u32>,
		/// The votes.
		pub votes: Vec<Vote>,
		/// The delegation; null if there is none.
		pub delegation: Option<Delegation>,
	}

	/// The votes of an account, and the tokens that they lock.
	pub struct Votes {
		/// The account.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub account: AccountId32,
		/// Its votes on each track.
		pub tracks: Vec<VotesOnTrack>,
	}

	/// A delegation that began.
	pub struct Delegated {
		/// The account that votes.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub to: AccountId32,
		/// The track.
		pub track: String,
		/// The tokens with which it votes.
		pub amount: Amount,
		/// The conviction, from 0 to 6.
		pub conviction: u8,
		/// Blocks for which the tokens stay locked after the delegation ends.
		pub locked_blocks: u32,
	}

	/// A delegation that ended.
	pub struct Undelegated {
		/// The track.
		pub track: String,
	}

	/// An upgrade that was applied.
	pub struct AppliedUpgrade {
		/// Always true.
		pub upgraded: bool,
	}
}

/// Returns the name of a track.
pub fn track_name(tracks: &[TrackInfo], id: u16) -> String {
	let track = tracks.iter().find(|track| track.id == id);
	track.map_or_else(
		|| id.to_string(),
		|track| String::from_utf8_lossy(&track.name).into_owned(),
	)
}

impl ReferendumCall {
	async fn new(chain: &Chain, call: &ProposedCall) -> Result<Self, TxError> {
		let mut report = Self {
			name: None,
			encoded: None,
			len: None,
			missing: None,
		};
		match call {
			ProposedCall::Known(bytes) => {
				report.name = Some(tx::call_name(chain, bytes).await?);
				report.encoded = Some(encode_hex(bytes));
			}
			ProposedCall::Long(len) => report.len = Some(*len),
			ProposedCall::Missing(hash) => report.missing = Some(*hash),
		}
		Ok(report)
	}
}

impl VoteShare {
	fn new(threshold: &Threshold) -> Self {
		let share = |parts: u32| f64::from(parts) / 1e9;
		Self {
			reached: share(threshold.reached.deconstruct()),
			needed: share(threshold.needed.deconstruct()),
		}
	}
}

impl Referendum {
	/// Reports a referendum. The node names its call.
	pub async fn new(chain: &Chain, tracks: &[TrackInfo], info: &ReferendumInfo) -> Result<Self, TxError> {
		let mut report = Self::ended(info);
		if let ReferendumStatus::Ongoing(ongoing) = &info.status {
			let Ongoing { call, proposer, .. } = ongoing;
			report.track = Some(track_name(tracks, ongoing.track));
			report.call = Some(ReferendumCall::new(chain, call).await?);
			report.proposer = Some(*proposer);
			report.submitted_at = Some(ongoing.submitted_at);
			report.ayes = Some(Amount(ongoing.ayes));
			report.nays = Some(Amount(ongoing.nays));
			report.approval = Some(VoteShare::new(&ongoing.approval));
			report.support = Some(VoteShare::new(&ongoing.support));
		}
		Ok(report)
	}

	/// Reports the number and the status of a referendum: all there is once it has ended.
	fn ended(info: &ReferendumInfo) -> Self {
		let (status, stage_ends_at, ended_at) = ReferendumStatusName::split(&info.status);
		Self {
			referendum: info.index,
			status,
			stage_ends_at,
			ended_at,
			track: None,
			call: None,
			proposer: None,
			submitted_at: None,
			ayes: None,
			nays: None,
			approval: None,
			support: None,
			enacted_at: match &info.status {
				ReferendumStatus::Approved { enacted_at, .. } => Some(*enacted_at),
				_ => None,
			},
			decision_deposit: None,
		}
	}
}

impl Track {
	/// Converts a track.
	pub fn new(track: &TrackInfo) -> Self {
		Self {
			id: track.id,
			name: String::from_utf8_lossy(&track.name).into_owned(),
			decision_deposit: Amount(track.decision_deposit),
			prepare_period: track.prepare_period,
			decision_period: track.decision_period,
			confirm_period: track.confirm_period,
			min_enactment_period: track.min_enactment_period,
		}
	}
}

impl Votes {
	/// Converts votes.
	pub fn new(account: AccountId32, votes: &[TrackVotes], tracks: &[TrackInfo]) -> Self {
		let on_track = |on: &TrackVotes| VotesOnTrack {
			track: track_name(tracks, on.track),
			locked: Amount(on.locked),
			locked_until: on.locked_until,
			votes: on
				.votes
				.iter()
				.map(|vote| Vote {
					referendum: vote.referendum,
					side: vote.side.into(),
					amount: Amount(vote.amount),
					decided: vote.ended,
				})
				.collect(),
			delegation: on.delegate.as_ref().map(|(to, amount)| Delegation {
				to: *to,
				amount: Amount(*amount),
			}),
		};
		Self {
			account,
			tracks: votes.iter().map(on_track).collect(),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn approved(enacted_at: Option<u32>) -> ReferendumInfo {
		ReferendumInfo {
			index: 4,
			status: ReferendumStatus::Approved { at: 80, enacted_at },
		}
	}

	#[test]
	fn an_approved_referendum_says_when_it_takes_effect() {
		let report = Referendum::ended(&approved(Some(100)));
		assert_eq!(
			(report.status, report.ended_at, report.enacted_at),
			(ReferendumStatusName::Approved, Some(80), Some(Some(100)))
		);
		let json = serde_json::to_value(Referendum::ended(&approved(None))).unwrap();
		assert_eq!(
			json,
			serde_json::json!({
				"referendum": 4,
				"status": "approved",
				"stage_ends_at": null,
				"ended_at": 80,
				"enacted_at": null,
			})
		);
	}

	#[test]
	fn tracks_have_names() {
		let track = TrackInfo {
			id: 11,
			name: b"model".to_vec(),
			origin: Some(vec![17, 2]),
			decision_deposit: 200_000_000_000_000,
			prepare_period: 1,
			decision_period: 42,
			confirm_period: 3,
			min_enactment_period: 2,
		};
		assert_eq!(track_name(std::slice::from_ref(&track), 11), "model");
		assert_eq!(track_name(&[track], 99), "99");
	}
}
