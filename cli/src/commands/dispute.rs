//! `assay dispute`

use super::account;
use crate::{
	amount::Amount,
	args::{Context, Dispute},
	chain::{DisputeInfo, JobInfo, JobStatus},
	output::{table, Verdict},
	report::{status_name, status_text},
};
use assay_primitives::{api::VoterRecord, JobId};
use serde_json::{json, Value};
use subxt::utils::AccountId32;

/// Disputes.
pub async fn run(command: Dispute, context: &Context) -> anyhow::Result<Verdict> {
	match command {
		Dispute::Show { job } => show(job, context).await,
		Dispute::Voter { account: name } => {
			let account = account(name, context)?;
			let record = context.chain().await?.voter(account).await?;
			context
				.output
				.result(voter_text(&account, &record), &voter_json(&account, &record));
			Ok(Verdict::Fine)
		}
	}
}

async fn show(job: JobId, context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let info = chain.job(job).await?;
	match chain.dispute(job).await? {
		Some(dispute) => context.output.result(text(&dispute), &to_json(&dispute)),
		None => context.output.result(ended_text(&info), &ended_json(&info)),
	}
	Ok(Verdict::Fine)
}

fn text(dispute: &DisputeInfo) -> String {
	let voted: u32 = dispute.tally.iter().map(|(_, votes)| votes).sum();
	let mut lines = vec![
		("job", dispute.job.to_string()),
		("disputed", format!("since block {}", dispute.opened_at)),
		(
			"votes",
			format!(
				"{voted} of {} validators, until block {}; {} that agree decide",
				dispute.electorate, dispute.deadline, dispute.quorum
			),
		),
	];
	lines.extend(
		dispute
			.tally
			.iter()
			.map(|(digest, votes)| ("", format!("{votes} for {digest}"))),
	);
	lines.extend(dispute.challenges.iter().map(|c| {
		let bond = Amount(c.bond);
		(
			"challenger",
			format!("{} with {}, {bond} ASY held", c.challenger, c.digest),
		)
	}));
	if dispute.challenges.is_empty() {
		lines.push(("opened", "because those asked did not agree".to_owned()));
	}
	table(lines)
}

fn to_json(dispute: &DisputeInfo) -> Value {
	json!({
		"job": dispute.job,
		"open": true,
		"status": "disputed",
		"opened_at": dispute.opened_at,
		"deadline": dispute.deadline,
		"electorate": dispute.electorate,
		"quorum": dispute.quorum,
		"tally": dispute.tally.iter()
			.map(|(digest, votes)| json!({ "digest": digest, "votes": votes }))
			.collect::<Value>(),
		"challenges": dispute.challenges.iter()
			.map(|c| json!({
				"challenger": c.challenger.to_string(),
				"digest": c.digest,
				"bond": Amount(c.bond).to_string(),
			}))
			.collect::<Value>(),
		"verdict": null,
	})
}

/// Of a job that is not disputed now.
fn ended_text(info: &JobInfo) -> String {
	let dispute = match &info.status {
		JobStatus::Settled { assurance, .. } if assurance.verdict.is_some() => {
			"over: validators decided for the answer settled"
		}
		JobStatus::Refunded { verdict: Some(_), .. } => "over: validators decided, and nobody had the right answer",
		JobStatus::Refunded { .. } | JobStatus::Settled { .. } => "none that was decided",
		_ => "none",
	};
	let mut lines = vec![
		("job", info.id.to_string()),
		("status", status_text(info)),
		("dispute", dispute.to_owned()),
	];
	lines.extend(verdict(info).map(|verdict| ("verdict", verdict)));
	table(lines)
}

fn ended_json(info: &JobInfo) -> Value {
	json!({
		"job": info.id,
		"open": false,
		"status": status_name(&info.status),
		"verdict": verdict(info),
	})
}

fn verdict(info: &JobInfo) -> Option<String> {
	match &info.status {
		JobStatus::Settled { assurance, .. } => assurance.verdict,
		JobStatus::Refunded { verdict, .. } => *verdict,
		_ => None,
	}
	.map(|digest| digest.to_string())
}

fn voter_text(account: &AccountId32, record: &VoterRecord) -> String {
	table([
		("validator", account.to_string()),
		("votes with the verdict", record.with_verdict.to_string()),
		("votes against it", record.against_verdict.to_string()),
		("absent", record.absent.to_string()),
	])
}

fn voter_json(account: &AccountId32, record: &VoterRecord) -> Value {
	json!({
		"validator": account.to_string(),
		"with_verdict": record.with_verdict,
		"against_verdict": record.against_verdict,
		"absent": record.absent,
	})
}
