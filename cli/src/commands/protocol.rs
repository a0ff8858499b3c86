//! `assay protocol`

use crate::{
	amount::Amount,
	args::Context,
	chain::Protocol,
	output::{table, Verdict},
	terms,
};
use serde_json::{json, Value};
use std::time::Duration;

/// The parameters in force.
pub async fn run(context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let protocol = chain.protocol().await?;
	let block_time = chain.block_time().await?;
	context
		.output
		.result(text(&protocol, block_time), &to_json(&protocol, block_time));
	Ok(Verdict::Fine)
}

/// Parts of a million as percent, exactly.
fn percent(parts: u32) -> String {
	let (whole, rest) = (parts / 10_000, parts % 10_000);
	match rest {
		0 => format!("{whole} %"),
		_ => format!("{whole}.{} %", format!("{rest:04}").trim_end_matches('0')),
	}
}

/// What neither burning, requester nor provers get of a slashed bond.
fn to_fund(protocol: &Protocol) -> u32 {
	let split = &protocol.security.slash;
	[split.burn, split.requester, split.provers]
		.iter()
		.fold(1_000_000, |left: u32, share| left.saturating_sub(share.deconstruct()))
}

fn text(protocol: &Protocol, block_time: Duration) -> String {
	let Protocol {
		pricing,
		periods,
		security,
		slot_bond,
		audit_fund,
	} = protocol;
	let asy = |amount: u128| format!("{} ASY", Amount(amount));
	let blocks = |count| terms::blocks(count, block_time);
	let [short, standard, long] = periods.windows;
	table([
		(
			"base price",
			format!("{} to each worker for each input", asy(pricing.base)),
		),
		(
			"work price",
			format!("{} to each worker for 10^9 multiply-adds", asy(pricing.per_giga_mac)),
		),
		(
			"rent",
			format!(
				"{} to each worker for each block beyond the short window",
				asy(pricing.per_block)
			),
		),
		(
			"audit levy",
			format!("{} of the workers' pay", percent(pricing.audit_levy.deconstruct())),
		),
		(
			"burn",
			format!("{} of the workers' pay", percent(pricing.burn.deconstruct())),
		),
		("to commit", blocks(periods.commit)),
		("to reveal", blocks(periods.reveal)),
		("to vote", blocks(periods.vote)),
		(
			"for the work",
			format!("a block more for each {} multiply-adds", periods.macs_per_block),
		),
		("short window", blocks(short)),
		("standard window", blocks(standard)),
		("long window", blocks(long)),
		(
			"malicious",
			format!(
				"{} of slots are assumed to cheat as one",
				percent(security.malicious.deconstruct())
			),
		),
		("audits", format!("{} of jobs", percent(security.audit.deconstruct()))),
		(
			"slot bond",
			format!("{} behind each slot, lost for a wrong answer", asy(*slot_bond)),
		),
		("  burned", percent(security.slash.burn.deconstruct())),
		("  to requester", percent(security.slash.requester.deconstruct())),
		("  to provers", percent(security.slash.provers.deconstruct())),
		("  to audit fund", percent(to_fund(protocol))),
		("no-show fine", asy(security.no_show_fine)),
		("challenge bond", asy(security.challenge_bond)),
		("audit fund", format!("holds {}", asy(*audit_fund))),
	])
}

fn to_json(protocol: &Protocol, block_time: Duration) -> Value {
	let asy = |amount: u128| Amount(amount).to_string();
	let share = |parts: u32| f64::from(parts) / 1e6;
	let Protocol {
		pricing,
		periods,
		security,
		slot_bond,
		audit_fund,
	} = protocol;
	let [short, standard, long] = periods.windows;
	json!({
		"pricing": {
			"base": asy(pricing.base),
			"per_giga_mac": asy(pricing.per_giga_mac),
			"per_block": asy(pricing.per_block),
			"audit_levy": share(pricing.audit_levy.deconstruct()),
			"burn": share(pricing.burn.deconstruct()),
		},
		"periods": {
			"commit": periods.commit,
			"reveal": periods.reveal,
			"vote": periods.vote,
			"macs_per_block": periods.macs_per_block,
			"windows": { "short": short, "standard": standard, "long": long },
		},
		"security": {
			"malicious": share(security.malicious.deconstruct()),
			"audit": share(security.audit.deconstruct()),
			"slash": {
				"burn": share(security.slash.burn.deconstruct()),
				"requester": share(security.slash.requester.deconstruct()),
				"provers": share(security.slash.provers.deconstruct()),
				"audit_fund": share(to_fund(protocol)),
			},
			"no_show_fine": asy(security.no_show_fine),
			"challenge_bond": asy(security.challenge_bond),
		},
		"slot_bond": asy(*slot_bond),
		"audit_fund": asy(*audit_fund),
		"block_seconds": block_time.as_secs_f64(),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::{Decode, Encode};

	/// Shares are made of what they are encoded as.
	fn protocol() -> Protocol {
		let pricing = (
			1_000_000_000u128,
			10_000_000_000u128,
			70_000_000u128,
			120_000u32,
			10_000u32,
		);
		let periods = (20u32, 100u32, 40u32, 3_000_000_000u64, [10u32, 100, 1200]);
		let slash = (500_000u32, 200_000u32, 200_000u32);
		let security = (333_333u32, 100_000u32, slash, 1u128, 2u128);
		let parts = (pricing, periods, security, 10_000_000_000_000u128, 0u128);
		Protocol::decode(&mut &parts.encode()[..]).unwrap()
	}

	#[test]
	fn shares_are_told_exactly() {
		for (parts, text) in [
			(333_333, "33.3333 %"),
			(100_000, "10 %"),
			(15_000, "1.5 %"),
			(0, "0 %"),
			(100, "0.01 %"),
		] {
			assert_eq!(percent(parts), text);
		}
	}

	#[test]
	fn every_parameter_is_told() {
		let (protocol, three) = (protocol(), Duration::from_secs(3));
		let text = text(&protocol, three);
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
		let json = to_json(&protocol, three);
		assert_eq!(json["security"]["slash"]["audit_fund"], 0.1);
		assert_eq!(json["periods"]["windows"]["standard"], 100);
	}
}
