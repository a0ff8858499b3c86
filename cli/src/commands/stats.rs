//! `assay stats`

use crate::{
	args::Context,
	output::{ExitStatus, Text},
	text::{count, table},
};
use assay_client::json::Stats;

/// Prints the totals of the chain.
pub async fn run(context: &Context) -> anyhow::Result<ExitStatus> {
	let stats = context.chain().await?.stats().await?;
	context.output.document(&Stats::new(&stats));
	Ok(ExitStatus::Success)
}

impl Text for Stats {
	fn text(&self) -> String {
		table([
			("jobs requested", self.requested.to_string()),
			("  settled", self.settled.to_string()),
			("  refunded", self.refunded.to_string()),
			("  in progress", self.in_progress.to_string()),
			("inputs answered", self.answered_items.to_string()),
			(
				"probes",
				format!("{} reproduced or found flawed", count(self.probes, "model")),
			),
			("audits", self.audits.to_string()),
			("disputes", self.disputes.to_string()),
			("overturned", count(self.overturned, "provisional answer")),
			("no-shows", self.no_shows.to_string()),
			("slashed answers", self.slashed_answers.to_string()),
			("slashed", format!("{} ASY", self.slashed)),
			("burned", format!("{} ASY", self.burned)),
			("paid to workers", format!("{} ASY", self.paid_to_workers)),
			("paid to owners", format!("{} ASY", self.paid_to_owners)),
		])
	}
}
