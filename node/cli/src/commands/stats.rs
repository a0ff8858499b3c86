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
	let (workers, owners) = (Amount(stats.paid_to_workers), Amount(stats.paid_to_owners));
	context.output.result(
		table([
			("requested", stats.requested.to_string()),
			("settled", stats.settled.to_string()),
			("refunded", stats.refunded.to_string()),
			("under way", open.to_string()),
			("paid to workers", format!("{workers} ASY")),
			("paid to owners", format!("{owners} ASY")),
		]),
		&json!({
			"requested": stats.requested,
			"settled": stats.settled,
			"refunded": stats.refunded,
			"under_way": open,
			"paid_to_workers": workers.to_string(),
			"paid_to_owners": owners.to_string(),
		}),
	);
	Ok(Verdict::Fine)
}
