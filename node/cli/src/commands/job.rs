//! `assay job`

use super::request;
use crate::{
	args::{Context, Job, Show},
	chain::{next_block, Chain, ChainError, JobInfo},
	engine,
	output::Verdict,
	report::{has_ended, Report},
};
use assay_primitives::JobId;

/// Jobs.
pub async fn run(command: Job, context: &Context) -> anyhow::Result<Verdict> {
	match command {
		Job::Request(args) => request::run(args, context).await,
		Job::Watch(args) => {
			let chain = context.chain().await?;
			let info = watch(&chain, args.job, context).await?;
			let report = report(info, &args, &chain, context).await?;
			Ok(report.verdict())
		}
		Job::Show(args) => {
			let chain = context.chain().await?;
			let info = chain.job(args.job).await?;
			report(info, &args, &chain, context).await?;
			Ok(Verdict::Fine)
		}
	}
}

/// Waits until the job has ended.
async fn watch(chain: &Chain, job: JobId, context: &Context) -> anyhow::Result<JobInfo> {
	let mut blocks = chain.best_blocks().await?;
	let spinner = context.output.spinner("waiting for the job to end");
	loop {
		let info = chain.find_job(job).await?.ok_or(ChainError::UnknownJob(job))?;
		if has_ended(&info.status) {
			spinner.finish_and_clear();
			return Ok(info);
		}
		let block = next_block(&mut blocks).await?;
		spinner.set_message(format!("block {block}"));
	}
}

/// Shows the job, and writes its outputs where that is asked for.
async fn report(info: JobInfo, args: &Show, chain: &Chain, context: &Context) -> anyhow::Result<Report> {
	// The names of the outputs come from the model itself, which takes the engine: only files need them.
	let ports = match &args.out {
		Some(_) => {
			let model = chain.model(info.model).await?;
			Some(engine::manifest_of(chain, &model, &context.output).await?.outputs)
		}
		None => None,
	};
	let report = Report::gather(chain, info, ports, &context.output).await;
	if let Some(folder) = &args.out {
		for file in report.write(folder)? {
			context.output.note(format!("wrote {}", file.display()));
		}
	}
	context.output.result(report.text(), &report.json());
	Ok(report)
}
