//! Queries of referenda for clients, answered from several pallets.

use super::tracks::{TracksInfo, ROOT, TRACKS};
use crate::*;
use assay_primitives::{
	api::PAGE,
	governance::{
		Ongoing, ProposedCall, ReferendumInfo, ReferendumStatus, Stage, Threshold, TrackInfo, TrackVotes, VoteInfo,
		VoteSide, MAX_CALL_LEN,
	},
};
use codec::{Decode, Encode};
use frame_support::traits::{schedule::v3::Named, Bounded, Get, Polling, QueryPreimage, VoteTally};
use pallet_conviction_voting::{AccountVote, ClassLocksFor, Voting, VotingFor};
use pallet_referenda::{
	BoundedCallOf, ReferendumCount, ReferendumIndex, ReferendumInfo as Stored, ReferendumInfoFor, ReferendumStatusOf,
	TrackInfo as Rules, TracksInfo as _,
};
use sp_runtime::Perbill;

type Info = ReferendumInfo<AccountId, Balance, BlockNumber>;

/// Returns all tracks, in the order of their ids.
pub fn tracks() -> Vec<TrackInfo<Balance, BlockNumber>> {
	let describe = |track: Cow<pallet_referenda::Track<u16, Balance, BlockNumber>>| {
		let rules = &track.info;
		TrackInfo {
			id: track.id,
			name: rules.name.iter().copied().take_while(|byte| *byte != 0).collect(),
			origin: origin_of(track.id).map(|origin| origin.encode()),
			decision_deposit: rules.decision_deposit,
			prepare_period: rules.prepare_period,
			decision_period: rules.decision_period,
			confirm_period: rules.confirm_period,
			min_enactment_period: rules.min_enactment_period,
		}
	};
	TracksInfo::tracks().map(describe).collect()
}

/// Returns the origin of a track.
fn origin_of(track: u16) -> Option<OriginCaller> {
	match track {
		ROOT => Some(frame_system::RawOrigin::Root.into()),
		_ => super::origins::Origin::ALL
			.iter()
			.find(|origin| origin.track() == track)
			.map(|origin| (*origin).into()),
	}
}

/// Returns the referendum with this index, if there is one.
pub fn referendum(index: ReferendumIndex) -> Option<Info> {
	let status = match ReferendumInfoFor::<Runtime>::get(index)? {
		Stored::Ongoing(status) => ReferendumStatus::Ongoing(ongoing(status)?),
		Stored::Approved(at, ..) => ReferendumStatus::Approved {
			at,
			enacted_at: enactment(index),
		},
		Stored::Rejected(at, ..) => ReferendumStatus::Rejected { at },
		Stored::Cancelled(at, ..) => ReferendumStatus::Cancelled { at },
		Stored::TimedOut(at, ..) => ReferendumStatus::TimedOut { at },
		Stored::Killed(at) => ReferendumStatus::Killed { at },
	};
	Some(ReferendumInfo { index, status })
}

/// Returns up to [`PAGE`] referenda before `before`, latest first.
pub fn referenda(before: Option<ReferendumIndex>) -> Vec<Info> {
	let count = ReferendumCount::<Runtime>::get();
	let end = before.unwrap_or(count).min(count);
	(0..end).rev().take(PAGE as usize).filter_map(referendum).collect()
}

/// Returns the block in which the call of an approved referendum is dispatched. pallet-referenda schedules it under
/// this name.
fn enactment(index: ReferendumIndex) -> Option<BlockNumber> {
	let name = (*b"assembly", "enactment", index).using_encoded(sp_io::hashing::blake2_256);
	<Scheduler as Named<BlockNumber, RuntimeCall, OriginCaller>>::next_dispatch_time(name).ok()
}

fn ongoing(status: ReferendumStatusOf<Runtime, ()>) -> Option<Ongoing<AccountId, Balance, BlockNumber>> {
	let rules = TracksInfo::info(status.track)?;
	let elapsed = status
		.deciding
		.as_ref()
		.map_or(0, |deciding| System::block_number().saturating_sub(deciding.since));
	let progress = Perbill::from_rational(elapsed.min(rules.decision_period), rules.decision_period);
	let tally = &status.tally;
	Some(Ongoing {
		track: status.track,
		stage: stage(&status, &rules),
		approval: Threshold {
			reached: tally.approval(status.track),
			needed: rules.min_approval.threshold(progress),
		},
		support: Threshold {
			reached: tally.support(status.track),
			needed: rules.min_support.threshold(progress),
		},
		ayes: tally.ayes,
		nays: tally.nays,
		submitted_at: status.submitted,
		call: proposed(&status.proposal),
		proposer: status.submission_deposit.who,
	})
}

fn stage(status: &ReferendumStatusOf<Runtime, ()>, rules: &Rules<Balance, BlockNumber>) -> Stage<BlockNumber> {
	match &status.deciding {
		Some(deciding) => match deciding.confirming {
			Some(until) => Stage::Confirming { until },
			None => Stage::Deciding {
				until: deciding.since.saturating_add(rules.decision_period),
			},
		},
		None if status.in_queue => Stage::Queued,
		None if status.decision_deposit.is_none() => Stage::AwaitingDeposit {
			until: status
				.submitted
				.saturating_add(<Runtime as pallet_referenda::Config>::UndecidingTimeout::get()),
		},
		None => Stage::Preparing {
			until: status.submitted.saturating_add(rules.prepare_period),
		},
	}
}

fn proposed(call: &BoundedCallOf<Runtime, ()>) -> ProposedCall {
	match call {
		Bounded::Inline(bytes) => ProposedCall::Known(bytes.to_vec()),
		Bounded::Lookup { hash, len } if *len <= MAX_CALL_LEN => match Preimage::fetch(hash, Some(*len)) {
			Ok(bytes) => ProposedCall::Known(bytes.into_owned()),
			Err(_) => ProposedCall::Missing(*hash),
		},
		Bounded::Lookup { hash, len } => match Preimage::len(hash) {
			Some(_) => ProposedCall::Long(*len),
			None => ProposedCall::Missing(*hash),
		},
		Bounded::Legacy { hash, .. } => ProposedCall::Missing(*hash),
	}
}

/// Returns the votes and locks of `account`, by track.
pub fn votes(account: &AccountId) -> Vec<TrackVotes<AccountId, Balance, BlockNumber>> {
	let locks = ClassLocksFor::<Runtime>::get(account);
	let on = |track: u16| {
		let locked = locks
			.iter()
			.find(|(class, _)| *class == track)
			.map_or(0, |(_, amount)| *amount);
		let (prior, votes, delegate) = match VotingFor::<Runtime>::get(account, track) {
			Voting::Casting(casting) => (
				casting.prior,
				casting
					.votes
					.into_iter()
					.map(|(referendum, vote)| vote_info(referendum, vote))
					.collect(),
				None,
			),
			Voting::Delegating(delegating) => (
				delegating.prior,
				Vec::new(),
				Some((delegating.target, delegating.balance)),
			),
		};
		// The pallet has no getter, so decode the fields: until when, and how much.
		let (locked_until, _) = <(BlockNumber, Balance)>::decode(&mut &prior.encode()[..]).unwrap_or_default();
		TrackVotes {
			track,
			locked,
			locked_until: (locked_until > 0).then_some(locked_until),
			votes,
			delegate,
		}
	};
	TRACKS
		.iter()
		.map(|track| on(track.id))
		.filter(|on| on.locked > 0 || !on.votes.is_empty() || on.delegate.is_some())
		.collect()
}

fn vote_info(referendum: ReferendumIndex, vote: AccountVote<Balance>) -> VoteInfo<Balance> {
	VoteInfo {
		referendum,
		side: match vote.as_standard() {
			Some(true) => VoteSide::Aye,
			Some(false) => VoteSide::Nay,
			None => VoteSide::Split,
		},
		amount: vote.balance(),
		ended: Referenda::as_ongoing(referendum).is_none(),
	}
}
