//! Referenda, tracks and votes as text.

use crate::text::{blocks, table};
use assay_client::{
	chain::{decode_hex, TrackInfo},
	governance::first_id,
	json::{Referendum, ReferendumCall, ReferendumStatusName, Track, VoteShare, Votes, VotesOnTrack},
	Amount, Chain,
};
use std::time::Duration;

/// The tracks and the time of the chain, to which the text of referenda and votes refers.
pub struct Environment {
	tracks: Vec<TrackInfo>,
	block_time: Duration,
	now: u32,
}

impl Environment {
	/// Reads the environment at the best block.
	pub async fn read(chain: &Chain) -> anyhow::Result<Self> {
		Ok(Self {
			tracks: chain.tracks().await?,
			block_time: chain.block_time().await?,
			now: chain.best_block().await?,
		})
	}

	/// Returns the tracks.
	pub fn tracks(&self) -> &[TrackInfo] {
		&self.tracks
	}

	/// Reads a referendum.
	pub async fn referendum(&self, chain: &Chain, index: u32) -> anyhow::Result<Referendum> {
		Ok(Referendum::new(chain, &self.tracks, &chain.referendum(index).await?).await?)
	}

	/// Returns everything that is known of a referendum.
	pub fn text(&self, referendum: &Referendum) -> String {
		let mut lines = vec![("referendum", referendum.referendum.to_string())];
		lines.extend(referendum.track.iter().map(|track| ("track", track.clone())));
		lines.extend(referendum.call.iter().map(|it| ("would do", call(it))));
		if let (Some(proposer), Some(block)) = (referendum.proposer, referendum.submitted_at) {
			lines.push(("proposed", format!("by {proposer} in block {block}")));
		}
		lines.extend(referendum.approval.iter().map(|share| ("approval", vote_share(share))));
		lines.extend(referendum.support.iter().map(|share| ("support", vote_share(share))));
		if let (Some(ayes), Some(nays)) = (referendum.ayes, referendum.nays) {
			lines.push(("votes", format!("{ayes} aye, {nays} nay, weighted by conviction")));
		}
		lines.push(("status", self.status(referendum)));
		lines.push(("next", hint(referendum)));
		table(lines)
	}

	/// Describes a referendum in one line, for a list.
	pub fn line(&self, referendum: &Referendum) -> String {
		let what = match (&referendum.track, &referendum.call) {
			(Some(track), Some(it)) => format!("{track:<12} {}  ", call(it)),
			_ => String::new(),
		};
		format!("{:>4}  {what}{}", referendum.referendum, self.status(referendum))
	}

	/// Describes a track in one line, for a list.
	pub fn track(&self, track: &Track) -> String {
		let blocks = |count| blocks(count, self.block_time);
		format!(
			"{:<12} deposit {} ASY; prepares {}, decides within {}, confirms {}, takes effect after {}",
			track.name,
			track.decision_deposit,
			blocks(track.prepare_period),
			blocks(track.decision_period),
			blocks(track.confirm_period),
			blocks(track.min_enactment_period),
		)
	}

	/// Describes what an account has at stake in votes.
	pub fn votes(&self, votes: &Votes) -> String {
		if votes.tracks.is_empty() {
			return "no tokens are locked by votes".to_owned();
		}
		let lines: Vec<_> = votes.tracks.iter().flat_map(|on| self.votes_on_track(on)).collect();
		table(lines.iter().map(|(name, text)| (name.as_str(), text.clone())))
	}

	fn votes_on_track(&self, on: &VotesOnTrack) -> Vec<(String, String)> {
		let until = match on.locked_until.filter(|until| *until > self.now) {
			Some(until) => format!(
				", a part of it by votes that won, until block {until}, in {}",
				blocks(until - self.now, self.block_time)
			),
			None => String::new(),
		};
		let mut lines = vec![(on.track.clone(), format!("{} ASY locked{until}", on.locked))];
		lines.extend(on.votes.iter().map(|vote| {
			let decided = match vote.decided {
				true => ", decided: `assay gov unlock` removes it",
				false => "",
			};
			let text = format!(
				"{} on referendum {} with {} ASY{decided}",
				vote.side, vote.referendum, vote.amount
			);
			(String::new(), text)
		}));
		lines.extend(on.delegation.iter().map(|delegation| {
			let text = format!("{} votes with {} ASY of it", delegation.to, delegation.amount);
			(String::new(), text)
		}));
		lines
	}

	/// Formats a block that is to come.
	fn when(&self, block: u32) -> String {
		format!(
			"block {block}, in {}",
			blocks(block.saturating_sub(self.now), self.block_time)
		)
	}

	fn status(&self, referendum: &Referendum) -> String {
		let ends_at = referendum.stage_ends_at.unwrap_or_default();
		let at = referendum.ended_at.unwrap_or_default();
		let track = referendum.track.as_ref();
		let track = track.and_then(|name| self.tracks.iter().find(|track| track.name == name.as_bytes()));
		match referendum.status {
			ReferendumStatusName::AwaitingDeposit => {
				let deposit = track.map_or_else(String::new, |track| {
					format!(" of {} ASY", Amount(track.decision_deposit))
				});
				format!(
					"waits for its decision deposit{deposit}; times out in {}",
					self.when(ends_at)
				)
			}
			ReferendumStatusName::Preparing => format!("prepares; the decision begins in {}", self.when(ends_at)),
			ReferendumStatusName::Queued => "waits until its track decides fewer others".to_owned(),
			ReferendumStatusName::Deciding => format!(
				"does not reach its thresholds, which fall over time; rejected in {}",
				self.when(ends_at)
			),
			ReferendumStatusName::Confirming => {
				let enact = track.map_or(0, |track| track.min_enactment_period);
				format!(
					"reaches its thresholds; approved in {}, and takes effect {} later",
					self.when(ends_at),
					blocks(enact, self.block_time)
				)
			}
			ReferendumStatusName::Approved => match referendum.enacted_at.flatten() {
				Some(block) => format!("approved; takes effect in {}", self.when(block)),
				None => format!("approved in block {at}, and in effect"),
			},
			ReferendumStatusName::Rejected => format!("rejected in block {at}"),
			ReferendumStatusName::Cancelled => format!("cancelled in block {at}"),
			ReferendumStatusName::TimedOut => {
				format!("timed out in block {at}: nobody placed the decision deposit")
			}
			ReferendumStatusName::Killed => format!("killed in block {at}: its deposits went to the treasury"),
		}
	}
}

/// Describes a proposed call.
fn call(call: &ReferendumCall) -> String {
	if let Some(len) = call.len {
		return format!("a call of {len} bytes");
	}
	if let Some(hash) = call.missing {
		return format!("a call that nobody has stored on chain, {hash:?}: it cannot be dispatched");
	}
	let bytes = call.encoded.as_deref().and_then(|bytes| decode_hex(bytes).ok());
	let bytes = bytes.unwrap_or_default();
	match (call.name.as_ref().and_then(Option::as_ref), first_id(&bytes)) {
		(Some(name), Some(id)) => format!("{name} {id}"),
		(Some(name), None) => format!(
			"{name} {}",
			assay_client::chain::encode_hex(bytes.get(2..).unwrap_or_default())
		),
		(None, _) => "a call that this runtime does not have".to_owned(),
	}
}

/// Says what a person can do about a referendum.
fn hint(referendum: &Referendum) -> String {
	let index = referendum.referendum;
	match referendum.status {
		ReferendumStatusName::AwaitingDeposit => format!("`assay gov deposit {index}` places the decision deposit"),
		ReferendumStatusName::Preparing
		| ReferendumStatusName::Queued
		| ReferendumStatusName::Deciding
		| ReferendumStatusName::Confirming => format!("`assay gov vote {index} aye|nay --amount ASY` votes"),
		_ => "`assay gov unlock` unlocks the tokens that your votes no longer lock".to_owned(),
	}
}

/// Formats the share that is reached and the share that is needed.
fn vote_share(share: &VoteShare) -> String {
	format!("{}, needs {} now", percent(share.reached), percent(share.needed))
}

/// Formats a share as percent, rounded down to a tenth. Shares are whole parts of 10^9.
fn percent(share: f64) -> String {
	let tenths = (share * 1e9).round() as u32 / 1_000_000;
	format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn shares_are_shown_to_a_tenth_of_a_percent() {
		for (parts, text) in [
			(0, "0.0 %"),
			(1_000_000_000, "100.0 %"),
			(123_456_789, "12.3 %"),
			(499_999_999, "49.9 %"),
		] {
			assert_eq!(percent(f64::from(parts) / 1e9), text);
		}
	}

	fn environment() -> Environment {
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
		Environment {
			tracks: vec![track],
			block_time: Duration::from_secs(3),
			now: 90,
		}
	}

	fn referendum(document: &str) -> Referendum {
		serde_json::from_str(document).unwrap()
	}

	#[test]
	fn an_approved_referendum_says_when_it_takes_effect() {
		let approved = |enacted_at: &str| {
			let document = format!(r#"{{"referendum":4,"status":"approved","ended_at":80,"enacted_at":{enacted_at}}}"#);
			environment().status(&referendum(&document))
		};
		assert_eq!(
			approved("100"),
			"approved; takes effect in block 100, in 10 blocks (30 s)"
		);
		assert_eq!(approved("null"), "approved in block 80, and in effect");
	}

	#[test]
	fn an_unpaid_referendum_names_its_deposit() {
		let unpaid = referendum(r#"{"referendum":4,"status":"awaiting-deposit","stage_ends_at":100,"track":"model"}"#);
		let text = environment().text(&unpaid);
		assert!(
			text.contains("deposit of 200 ASY") && text.contains("assay gov deposit 4"),
			"{text}"
		);
	}

	#[test]
	fn a_call_is_shown_with_the_id_that_it_is_about() {
		let document = format!(r#"{{"name":"Models.list","encoded":"0x0102{}00"}}"#, "07".repeat(32));
		let known: ReferendumCall = serde_json::from_str(&document).unwrap();
		assert_eq!(call(&known), format!("Models.list 0x{}", "07".repeat(32)));
		let unknown: ReferendumCall = serde_json::from_str(r#"{"name":null,"encoded":"0x0102"}"#).unwrap();
		assert!(call(&unknown).contains("does not have"));
	}
}
