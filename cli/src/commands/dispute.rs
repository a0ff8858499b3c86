//! `assay dispute`

use super::account;
use crate::{
	args::{Context, Dispute as Command},
	output::{ExitStatus, Text},
	text::{job, table},
};
use assay_client::json::{Dispute, Job, JobStatusName, Voter};
use assay_primitives::JobId;

/// Shows disputes and voters.
pub async fn run(command: Command, context: &Context) -> anyhow::Result<ExitStatus> {
	match command {
		Command::Show { job } => show(job, context).await,
		Command::Voter { account: given } => {
			let account = account(given, context)?;
			let record = context.chain().await?.voter(account).await?;
			context.output.document(&Voter::new(account, &record));
			Ok(ExitStatus::Success)
		}
	}
}

async fn show(job: JobId, context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let info = chain.job(job).await?;
	match chain.dispute(job).await? {
		Some(dispute) => context.output.result(&Dispute::open(&dispute), open_text),
		None => {
			let job = Job::new(&info, None);
			context
				.output
				.result(&Dispute::closed(&info), |dispute| closed_text(dispute, &job));
		}
	}
	Ok(ExitStatus::Success)
}

fn open_text(dispute: &Dispute) -> String {
	let number = |number: Option<u32>| number.unwrap_or_default();
	let tally = dispute.tally.as_deref().unwrap_or_default();
	let not_runnable = number(dispute.not_runnable);
	let voted = tally.iter().map(|answer| answer.votes).sum::<u32>() + not_runnable;
	let mut lines = vec![
		("job", dispute.job.to_string()),
		("disputed", format!("since block {}", number(dispute.opened_at))),
		(
			"votes",
			format!(
				"{voted} of {} validators in round {}, until block {}; {} votes for one answer decide",
				number(dispute.electorate),
				number(dispute.round),
				number(dispute.deadline),
				number(dispute.quorum)
			),
		),
	];
	lines.extend(
		tally
			.iter()
			.map(|answer| ("", format!("{} for {}", answer.votes, answer.digest))),
	);
	if not_runnable > 0 {
		lines.push(("", format!("{not_runnable} that the job cannot be run")));
	}
	lines.extend(
		dispute
			.verdict
			.map(|verdict| ("verdict", format!("{verdict}, whose answer a validator has to bring"))),
	);
	let challenges = dispute.challenges.as_deref().unwrap_or_default();
	lines.extend(challenges.iter().map(|challenge| {
		(
			"challenger",
			format!(
				"{} with {}, {} ASY held",
				challenge.challenger, challenge.digest, challenge.bond
			),
		)
	}));
	if challenges.is_empty() {
		lines.push(("opened", "because the workers did not agree".to_owned()));
	}
	table(lines)
}

/// Describes a job that is not disputed now.
fn closed_text(dispute: &Dispute, job: &Job) -> String {
	let result = match (job.status, &dispute.verdict) {
		(JobStatusName::Settled, Some(_)) => "over: validators decided for the answer that settled",
		(JobStatusName::Refunded, Some(_)) => "over: validators decided, and nobody had the right answer",
		(JobStatusName::Refunded, None) if job.disputed => "over: validators decided that the job cannot be run",
		(JobStatusName::Settled | JobStatusName::Refunded, None) => "none: nobody disagreed",
		_ => "none",
	};
	let mut lines = vec![
		("job", dispute.job.to_string()),
		("status", job::status(job)),
		("dispute", result.to_owned()),
	];
	lines.extend(dispute.verdict.map(|verdict| ("verdict", verdict.to_string())));
	table(lines)
}

impl Text for Voter {
	fn text(&self) -> String {
		table([
			("validator", self.validator.to_string()),
			("votes with the verdict", self.with_verdict.to_string()),
			("votes against it", self.against_verdict.to_string()),
			("absent", self.absent.to_string()),
		])
	}
}
