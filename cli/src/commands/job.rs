//! `assay job`

use super::{challenge, proof, request};
use crate::{
	args::{Context, Job, Show},
	calls,
	chain::{next_block, Chain, ChainError, JobInfo},
	error::usage,
	output::Verdict,
	report::{has_ended, provisional_since, status_text, Report},
};
use anyhow::bail;
use assay_primitives::{JobId, Manifest};
use serde_json::json;

/// Jobs.
pub async fn run(command: Job, context: &Context) -> anyhow::Result<Verdict> {
	match command {
		Job::Request(args) => request::run(args, context).await,
		Job::Watch(args) => {
			let chain = context.chain().await?;
			let (info, provisional_at) = watch(&chain, args.show.job, args.provisional, context).await?;
			let report = report(info, provisional_at, &args.show, &chain, context).await?;
			Ok(report.verdict())
		}
		Job::Show(args) => {
			let chain = context.chain().await?;
			let info = chain.job(args.job).await?;
			report(info, None, &args, &chain, context).await?;
			Ok(Verdict::Fine)
		}
		Job::Cancel { job } => cancel(job, context).await,
		Job::Challenge(args) => challenge::run(args, context).await,
		Job::Prove(args) => proof::prove(args, context).await,
	}
}

/// Waits until the job has ended, or is `provisional` where that is enough. Tells the block since which it was provisional, where
/// that was seen.
async fn watch(
	chain: &Chain,
	job: JobId,
	provisional: bool,
	context: &Context,
) -> anyhow::Result<(JobInfo, Option<u32>)> {
	let mut blocks = chain.best_blocks().await?;
	let spinner = context.output.spinner("waiting for the job");
	let mut provisional_at = None;
	loop {
		let info = chain.find_job(job).await?.ok_or(ChainError::UnknownJob(job))?;
		let since = provisional_since(&info.status);
		provisional_at = since.or(provisional_at);
		if has_ended(&info.status) || (provisional && since.is_some()) {
			spinner.finish_and_clear();
			return Ok((info, provisional_at));
		}
		let block = next_block(&mut blocks).await?;
		spinner.set_message(format!("block {block}, {}", status_text(&info)));
	}
}

/// Shows the job, and writes its outputs where that is asked for.
async fn report(
	info: JobInfo,
	provisional_at: Option<u32>,
	args: &Show,
	chain: &Chain,
	context: &Context,
) -> anyhow::Result<Report> {
	check_item(&info, args.item)?;
	// A probe has no outputs to name.
	let ports = match info.stated {
		Some(_) => None,
		None => chain
			.model(info.model)
			.await?
			.manifest
			.map(|manifest| Manifest::from(&manifest).outputs),
	};
	let report = Report::gather(chain, info, ports, provisional_at, &context.output).await;
	if let Some(folder) = &args.out {
		for file in report.write(folder, args.item)? {
			context.output.note(format!("wrote {}", file.display()));
		}
	}
	match args.item {
		None => context.output.result(report.text(), &report.json()),
		Some(item) => {
			let mut json = report.json();
			json["outcomes"] = json!([report.item_json(item)]);
			context.output.result(report.item_text(item), &json);
		}
	}
	Ok(report)
}

/// That the job has the input asked for.
pub fn check_item(info: &JobInfo, item: Option<u32>) -> anyhow::Result<()> {
	match item {
		Some(_) if info.stated.is_some() => Err(usage(format!(
			"job {0} is a probe and has no answer for each input: `assay job show {0}` tells what it found",
			info.id
		))),
		Some(item) if item >= info.items => Err(usage(format!(
			"job {} has {} inputs, counted from 0: --item goes up to {}",
			info.id,
			info.items,
			info.items.saturating_sub(1)
		))),
		_ => Ok(()),
	}
}

async fn cancel(job: JobId, context: &Context) -> anyhow::Result<Verdict> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let info = chain.job(job).await?;
	if info.requester != signer.account {
		bail!("{} requested job {job}: sign as that account (--suri)", info.requester);
	}
	let spinner = context.output.spinner("waiting until it is final");
	calls::execute(&chain, &signer, &calls::cancel(job)).await?;
	spinner.finish_and_clear();
	context.output.result(
		format!("job {job} is taken back: the executor drawn was paid for work it may have done, the rest of the fee is free again"),
		&json!({ "job": job, "status": "refunded", "reason": "Cancelled" }),
	);
	Ok(Verdict::Fine)
}
