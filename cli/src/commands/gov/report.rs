//! A referendum, for people and for programs.

use crate::{
	amount::Amount,
	calls,
	chain::{Chain, Ongoing, ReferendumInfo, ReferendumStatus, TrackInfo},
	governance::subject,
	output::table,
	terms::blocks,
};
use assay_primitives::governance::{Bar, ProposedCall, Stage};
use serde_json::{json, Value};
use std::time::Duration;

/// The name of a track.
pub fn track_name(tracks: &[TrackInfo], id: u16) -> String {
	let track = tracks.iter().find(|track| track.id == id);
	track.map_or_else(
		|| id.to_string(),
		|track| String::from_utf8_lossy(&track.name).into_owned(),
	)
}

/// What it takes to speak of referenda.
pub struct Reporter {
	tracks: Vec<TrackInfo>,
	block_time: Duration,
	now: u32,
}

impl Reporter {
	/// As of the best block.
	pub async fn new(chain: &Chain) -> anyhow::Result<Self> {
		Ok(Self {
			tracks: chain.tracks().await?,
			block_time: chain.block_time().await?,
			now: chain.now().await?,
		})
	}

	/// All that is known of a referendum.
	pub async fn whole(&self, chain: &Chain, info: &ReferendumInfo) -> anyhow::Result<(String, Value)> {
		let mut lines = vec![("referendum", info.index.to_string())];
		if let ReferendumStatus::Ongoing(ongoing) = &info.status {
			lines.extend([
				("track", track_name(&self.tracks, ongoing.track)),
				("would do", self.call(chain, &ongoing.call).await?),
				(
					"proposed",
					format!("by {} in block {}", ongoing.proposer, ongoing.submitted_at),
				),
				("approval", bar(&ongoing.approval)),
				("support", bar(&ongoing.support)),
				(
					"votes",
					format!(
						"{} aye, {} nay, weighted by conviction",
						Amount(ongoing.ayes),
						Amount(ongoing.nays)
					),
				),
			]);
		}
		lines.push(("status", self.status(info)));
		if let Some(hint) = hint(info) {
			lines.push(("next", hint));
		}
		Ok((table(lines), self.json(chain, info).await?))
	}

	/// A referendum in one line.
	pub async fn line(&self, chain: &Chain, info: &ReferendumInfo) -> anyhow::Result<(String, Value)> {
		let what = match &info.status {
			ReferendumStatus::Ongoing(ongoing) => format!(
				"{:<12} {}  ",
				track_name(&self.tracks, ongoing.track),
				self.call(chain, &ongoing.call).await?
			),
			_ => String::new(),
		};
		let line = format!("{:>4}  {what}{}", info.index, self.status(info));
		Ok((line, self.json(chain, info).await?))
	}

	async fn call(&self, chain: &Chain, call: &ProposedCall) -> anyhow::Result<String> {
		Ok(match call {
			ProposedCall::Known(bytes) => {
				let name = calls::name(chain, bytes).await?;
				match (name, subject(call)) {
					(Some(name), Some(subject)) => format!("{name} {subject}"),
					(Some(name), None) => format!("{name} 0x{}", hex::encode(bytes.get(2..).unwrap_or_default())),
					(None, _) => "what this runtime cannot".to_owned(),
				}
			}
			ProposedCall::Long(len) => format!("a call of {len} bytes"),
			ProposedCall::Missing(hash) => {
				format!("a call that nobody has left on chain, {hash:?}: it could not be made")
			}
		})
	}

	/// When a block comes.
	fn when(&self, block: u32) -> String {
		format!(
			"block {block}, in {}",
			blocks(block.saturating_sub(self.now), self.block_time)
		)
	}

	fn status(&self, info: &ReferendumInfo) -> String {
		match &info.status {
			ReferendumStatus::Ongoing(ongoing) => self.stage(ongoing),
			ReferendumStatus::Approved {
				enacted_at: Some(block),
				..
			} => {
				format!("approved; takes effect in {}", self.when(*block))
			}
			ReferendumStatus::Approved { at, enacted_at: None } => format!("approved in block {at}, and made"),
			ReferendumStatus::Rejected { at } => format!("rejected in block {at}"),
			ReferendumStatus::Cancelled { at } => format!("cancelled in block {at}"),
			ReferendumStatus::TimedOut { at } => format!("void since block {at}: nobody paid for the decision"),
			ReferendumStatus::Killed { at } => format!("killed in block {at}: its deposits went to the treasury"),
		}
	}

	fn stage(&self, ongoing: &Ongoing) -> String {
		let track = self.tracks.iter().find(|track| track.id == ongoing.track);
		match ongoing.stage {
			Stage::Unpaid { until } => {
				let deposit = track.map_or_else(String::new, |track| {
					format!(" of {} ASY", Amount(track.decision_deposit))
				});
				format!("waits for its decision deposit{deposit}; void in {}", self.when(until))
			}
			Stage::Preparing { until } => format!("prepares; the decision begins in {}", self.when(until)),
			Stage::Queued => "waits until the track decides fewer others".to_owned(),
			Stage::Deciding { until } => {
				format!(
					"falls short of its thresholds, which fall; rejected in {}",
					self.when(until)
				)
			}
			Stage::Confirming { until } => {
				let enact = track.map_or(0, |track| track.enact);
				format!(
					"passes; approved in {}, and takes effect {} later",
					self.when(until),
					blocks(enact, self.block_time)
				)
			}
		}
	}

	async fn json(&self, chain: &Chain, info: &ReferendumInfo) -> anyhow::Result<Value> {
		let (status, at) = status_name(&info.status);
		let mut value = json!({ "referendum": info.index, "status": status, "at": at });
		match &info.status {
			ReferendumStatus::Ongoing(ongoing) => {
				let call = match &ongoing.call {
					ProposedCall::Known(bytes) => json!({
						"name": calls::name(chain, bytes).await?,
						"bytes": format!("0x{}", hex::encode(bytes)),
					}),
					ProposedCall::Long(len) => json!({ "len": len }),
					ProposedCall::Missing(hash) => json!({ "missing": format!("{hash:?}") }),
				};
				let share = |bar: &Bar| {
					let of_one = |parts: u32| f64::from(parts) / 1e9;
					json!({ "reached": of_one(bar.reached.deconstruct()), "needed": of_one(bar.needed.deconstruct()) })
				};
				value["track"] = json!(track_name(&self.tracks, ongoing.track));
				value["call"] = call;
				value["proposer"] = json!(ongoing.proposer.to_string());
				value["submitted_at"] = json!(ongoing.submitted_at);
				value["ayes"] = json!(Amount(ongoing.ayes).to_string());
				value["nays"] = json!(Amount(ongoing.nays).to_string());
				value["approval"] = share(&ongoing.approval);
				value["support"] = share(&ongoing.support);
			}
			ReferendumStatus::Approved { enacted_at, .. } => value["enacted_at"] = json!(enacted_at),
			_ => {}
		}
		Ok(value)
	}
}

/// What a program calls a status, and the block that it is about.
fn status_name(status: &ReferendumStatus) -> (&'static str, Option<u32>) {
	match status {
		ReferendumStatus::Ongoing(ongoing) => match ongoing.stage {
			Stage::Unpaid { until } => ("unpaid", Some(until)),
			Stage::Preparing { until } => ("preparing", Some(until)),
			Stage::Queued => ("queued", None),
			Stage::Deciding { until } => ("deciding", Some(until)),
			Stage::Confirming { until } => ("confirming", Some(until)),
		},
		ReferendumStatus::Approved { at, .. } => ("approved", Some(*at)),
		ReferendumStatus::Rejected { at } => ("rejected", Some(*at)),
		ReferendumStatus::Cancelled { at } => ("cancelled", Some(*at)),
		ReferendumStatus::TimedOut { at } => ("timed-out", Some(*at)),
		ReferendumStatus::Killed { at } => ("killed", Some(*at)),
	}
}

/// What a person can do about a referendum.
fn hint(info: &ReferendumInfo) -> Option<String> {
	let index = info.index;
	match &info.status {
		ReferendumStatus::Ongoing(ongoing) => Some(match ongoing.stage {
			Stage::Unpaid { .. } => format!("`assay gov deposit {index}` pays for the decision"),
			_ => format!("`assay gov vote {index} aye|nay --amount ASY` votes"),
		}),
		_ => Some("`assay gov unlock` frees the tokens that your votes bind no longer".to_owned()),
	}
}

/// What is reached of what is needed.
fn bar(bar: &Bar) -> String {
	format!(
		"{}, needs {} now",
		percent(bar.reached.deconstruct()),
		percent(bar.needed.deconstruct())
	)
}

/// Parts of a thousand million as percent, to a tenth.
fn percent(parts: u32) -> String {
	let tenths = parts / 1_000_000;
	format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn shares_are_told_to_a_tenth_of_a_percent() {
		for (parts, text) in [(0, "0.0 %"), (1_000_000_000, "100.0 %"), (123_456_789, "12.3 %")] {
			assert_eq!(percent(parts), text);
		}
	}

	fn reporter() -> Reporter {
		let track = TrackInfo {
			id: 11,
			name: b"model".to_vec(),
			origin: vec![17, 2],
			decision_deposit: 200_000_000_000_000,
			prepare: 1,
			decide: 42,
			confirm: 3,
			enact: 2,
		};
		Reporter {
			tracks: vec![track],
			block_time: Duration::from_secs(3),
			now: 90,
		}
	}

	fn approved(enacted_at: Option<u32>) -> ReferendumInfo {
		ReferendumInfo {
			index: 4,
			status: ReferendumStatus::Approved { at: 80, enacted_at },
		}
	}

	#[test]
	fn a_decided_referendum_says_when_it_takes_effect() {
		let reporter = reporter();
		assert_eq!(
			reporter.status(&approved(Some(100))),
			"approved; takes effect in block 100, in 10 blocks (30 s)"
		);
		assert_eq!(reporter.status(&approved(None)), "approved in block 80, and made");
		assert_eq!(status_name(&approved(None).status), ("approved", Some(80)));
	}

	#[test]
	fn tracks_go_by_their_names() {
		let reporter = reporter();
		assert_eq!(track_name(&reporter.tracks, 11), "model");
		assert_eq!(track_name(&reporter.tracks, 99), "99");
	}
}
