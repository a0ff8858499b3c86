//! `assay protocol`

use crate::{
	args::Context,
	output::{ExitStatus, Text},
	text::{self, table},
};
use assay_client::json::Protocol;
use std::time::Duration;

/// Prints the parameters of the protocol.
pub async fn run(context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let (protocol, block_time) = (chain.protocol().await?, chain.block_time().await?);
	context.output.document(&Protocol::new(&protocol, block_time));
	Ok(ExitStatus::Success)
}

/// Formats a share as percent. Shares are whole millionths, so this is exact.
pub fn percent(share: f64) -> String {
	let parts = (share * 1e6).round() as u32;
	let (whole, rest) = (parts / 10_000, parts % 10_000);
	match rest {
		0 => format!("{whole} %"),
		_ => format!("{whole}.{} %", format!("{rest:04}").trim_end_matches('0')),
	}
}

impl Text for Protocol {
	fn text(&self) -> String {
		let Self {
			pricing,
			periods,
			security,
			slot_bond,
			audit_fund,
			block_seconds,
		} = self;
		let block_time = Duration::from_secs_f64(*block_seconds);
		let blocks = |count| text::blocks(count, block_time);
		table([
			(
				"base price",
				format!("{} ASY to each worker for each input", pricing.base),
			),
			(
				"work price",
				format!(
					"{} ASY to each worker for 10^9 multiply-accumulates",
					pricing.per_giga_mac
				),
			),
			(
				"rent",
				format!(
					"{} ASY to each worker for each block beyond the short window",
					pricing.per_block
				),
			),
			(
				"audit levy",
				format!("{} of the workers' pay", percent(pricing.audit_levy)),
			),
			("burn", format!("{} of the workers' pay", percent(pricing.burn))),
			("to commit", blocks(periods.commit)),
			("to reveal", blocks(periods.reveal)),
			("to vote", blocks(periods.vote)),
			(
				"for the work",
				format!(
					"one more block for each {} multiply-accumulates",
					periods.macs_per_block
				),
			),
			("short window", blocks(periods.windows.short)),
			("standard window", blocks(periods.windows.standard)),
			("long window", blocks(periods.windows.long)),
			(
				"malicious share",
				format!(
					"{} of slots are assumed to cheat together",
					percent(security.malicious_share)
				),
			),
			("audit rate", format!("{} of jobs", percent(security.audit_rate))),
			(
				"colluding authors",
				format!("{} of blocks are assumed to be theirs", percent(security.author_share)),
			),
			(
				"re-execution",
				format!(
					"{} of results are assumed to be run again by an honest node",
					percent(security.reexecution)
				),
			),
			(
				"slot bond",
				format!("{slot_bond} ASY behind each slot, slashed for a wrong answer"),
			),
			("  burned", percent(security.slash.burn)),
			("  to requester", percent(security.slash.requester)),
			("  to reporters", percent(security.slash.reporters)),
			("  to audit fund", percent(security.slash.audit_fund)),
			("no-show fine", format!("{} ASY", security.no_show_fine)),
			("challenge bond", format!("{} ASY", security.challenge_bond)),
			("audit fund", format!("holds {audit_fund} ASY")),
		])
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn shares_are_shown_exactly() {
		for (parts, text) in [
			(333_333, "33.3333 %"),
			(100_000, "10 %"),
			(15_000, "1.5 %"),
			(0, "0 %"),
			(100, "0.01 %"),
		] {
			assert_eq!(percent(f64::from(parts) / 1e6), text);
		}
		for parts in 0..=1_000_000 {
			assert_eq!((f64::from(parts) / 1e6 * 1e6).round() as u32, parts);
		}
	}

	#[test]
	fn every_parameter_is_shown() {
		let document = r#"{
			"pricing": {
				"base": "0.001", "per_giga_mac": "0.01", "per_block": "0.00007", "audit_levy": 0.12, "burn": 0.01
			},
			"periods": {
				"commit": 20, "reveal": 100, "vote": 40, "macs_per_block": 3000000000,
				"windows": { "short": 10, "standard": 100, "long": 1200 }
			},
			"security": {
				"malicious_share": 0.333333, "audit_rate": 0.1, "author_share": 0.333333, "reexecution": 0.9,
				"slash": { "burn": 0.5, "requester": 0.2, "reporters": 0.2, "audit_fund": 0.1 },
				"no_show_fine": "0.000000000001", "challenge_bond": "0.000000000002"
			},
			"slot_bond": "10", "audit_fund": "0", "block_seconds": 3.0
		}"#;
		let text = serde_json::from_str::<Protocol>(document).unwrap().text();
		for part in [
			"0.001 ASY",
			"0.00007 ASY",
			"33.3333 %",
			"1200 blocks",
			"3000000000",
			"0.000000000002 ASY",
			"10 ASY behind",
		] {
			assert!(text.contains(part), "{part} in {text}");
		}
	}
}
