//! `assay stats`

use crate::{
	amount::Amount,
	args::Context,
	output::{table, Verdict},
};
use serde_json::json;

/// Totals of the chain.
pub async fn run(context: &Context) -> anyhow::Result<Verdict> {
	let stats = context.chain().await?.stats().await?;
	// Every job ends settled or refunded, so what is neither is under way.
	let open = stats
		.requested
		.saturating_sub(stats.settled)
		.saturating_sub(stats.refunded);
	let asy = |amount: u128| format!("{} ASY", Amount(amount));
	let exact = |amount: u128| Amount(amount).to_string();
	context.output.result(
		table([
			("jobs requested", stats.requested.to_string()),
			("  settled", stats.settled.to_string()),
			("  refunded", stats.refunded.to_string()),
			("  under way", open.to_string()),
			("inputs answered", stats.answered.to_string()),
			("probes", format!("{} models reproduced or found flawed", stats.probes)),
			("audits", stats.audits.to_string()),
			("disputes", stats.disputes.to_string()),
			("overturned", format!("{} provisional answers", stats.overturned)),
			("no-shows", stats.no_shows.to_string()),
			("wrong", format!("{} answers", stats.wrong)),
			("slashed", asy(stats.slashed)),
			("burned", asy(stats.burned)),
			("paid to workers", asy(stats.paid_to_workers)),
			("paid to owners", asy(stats.paid_to_owners)),
		]),
		&json!({
			"requested": stats.requested,
			"settled": stats.settled,
			"refunded": stats.refunded,
			"under_way": open,
			"answered": stats.answered,
			"probes": stats.probes,
			"audits": stats.audits,
			"disputes": stats.disputes,
			"overturned": stats.overturned,
			"no_shows": stats.no_shows,
			"wrong": stats.wrong,
			"slashed": exact(stats.slashed),
			"burned": exact(stats.burned),
			"paid_to_workers": exact(stats.paid_to_workers),
			"paid_to_owners": exact(stats.paid_to_owners),
		}),
	);
	Ok(Verdict::Fine)
}
