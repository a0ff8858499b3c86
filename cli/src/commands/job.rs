//! `assay job`

use super::{challenge, execute, proof, request};
use crate::{
	answered::AnsweredJob,
	args::{Context, Job as Command, Show},
	error::usage,
	output::{ExitStatus, Text},
	text::job,
};
use anyhow::bail;
use assay_client::{
	calls,
	chain::{has_ended, next_block, provisional_since, JobInfo},
	json::{CancelledJob, Job, JobStatusName, RefundReason},
	outcomes, Chain,
};
use assay_primitives::{JobId, Manifest};

/// Requests, watches, shows, cancels, challenges and proves jobs.
pub async fn run(command: Command, context: &Context) -> anyhow::Result<ExitStatus> {
	match command {
		Command::Request(args) => request::run(args, context).await,
		Command::Watch(args) => {
			let chain = context.chain().await?;
			let (info, provisional_at) = watch(&chain, args.show.job, args.provisional, context).await?;
			let is_success = show(info, provisional_at, &args.show, &chain, context).await?;
			Ok(ExitStatus::of(is_success))
		}
		Command::Show(args) => {
			let chain = context.chain().await?;
			let info = chain.job(args.job).await?;
			show(info, None, &args, &chain, context).await?;
			Ok(ExitStatus::Success)
		}
		Command::Cancel { job } => cancel(job, context).await,
		Command::Challenge(args) => challenge::run(args, context).await,
		Command::Prove(args) => proof::prove(args, context).await,
	}
}

/// Waits until the job has ended, or with `provisional` until it is provisional. Returns it, and the block since which
/// it was provisional, where that was seen.
async fn watch(
	chain: &Chain,
	job: JobId,
	provisional: bool,
	context: &Context,
) -> anyhow::Result<(JobInfo, Option<u32>)> {
	let mut blocks = chain.best_blocks().await?;
	let spinner = context.output.spinner("waiting for the job");
	let (mut provisional_at, mut last) = (None, String::new());
	loop {
		let info = chain.job(job).await?;
		let since = provisional_since(&info.status);
		provisional_at = since.or(provisional_at);
		if has_ended(&info.status) || (provisional && since.is_some()) {
			spinner.finish_and_clear();
			return Ok((info, provisional_at));
		}
		let status = job::status(&Job::new(&info, None));
		context.output.note_state(&format!("job {job} {status}"), &mut last);
		let block = next_block(&mut blocks).await?;
		spinner.set_message(format!("block {block}, {status}"));
	}
}

/// Prints the job, and writes its outputs where that is wanted. Returns whether it is a success.
async fn show(
	info: JobInfo,
	provisional_at: Option<u32>,
	args: &Show,
	chain: &Chain,
	context: &Context,
) -> anyhow::Result<bool> {
	if let Some(item) = args.item {
		outcomes::check_item(&info, item).map_err(usage)?;
	}
	// A probe has no outputs to name.
	let ports = match info.statement {
		Some(_) => None,
		None => chain
			.model(info.model)
			.await?
			.manifest
			.map(|manifest| Manifest::from(&manifest).outputs),
	};
	let answered = AnsweredJob::read(chain, info, ports, provisional_at, &context.output).await;
	if let Some(folder) = &args.out {
		for file in answered.write(folder, args.item)? {
			context.output.note(format!("wrote {}", file.display()));
		}
	}
	let mut report = answered.report();
	let is_success = report.is_success();
	match args.item {
		None => context.output.document(&report),
		Some(item) => {
			let outcome = answered.outcome(item);
			report.outcomes = Some(vec![outcome.clone()]);
			context.output.result(&report, |report| job::item(report, &outcome));
		}
	}
	Ok(is_success)
}

async fn cancel(job: JobId, context: &Context) -> anyhow::Result<ExitStatus> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let info = chain.job(job).await?;
	if info.requester != signer.account {
		bail!(
			"job {job} was requested by {}, not by {}: sign as the requester (--suri)",
			info.requester,
			signer.account
		);
	}
	execute(
		context,
		&chain,
		&signer,
		&calls::cancel(job, info.task),
		"waiting until it is final",
	)
	.await?;
	context.output.document(&CancelledJob {
		job,
		status: JobStatusName::Refunded,
		reason: RefundReason::Cancelled,
	});
	Ok(ExitStatus::Success)
}

impl Text for CancelledJob {
	fn text(&self) -> String {
		format!(
			"job {} is cancelled: the executor was paid for work it may have done, the rest of the fee is refunded",
			self.job
		)
	}
}
