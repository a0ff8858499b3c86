//! `assay job prove` and `assay verify --proof`: one outcome of an answer, without the others.

use crate::{
	args::{Context, Prove},
	error::usage,
	output::{ExitStatus, Text},
	text::{fault, table, tensor},
};
use anyhow::{bail, Context as _};
use assay_client::{
	json::{CheckedProof, JobStatusName, WrittenProof},
	outcomes::{self, answer_of},
	proof::ProvenOutcome,
};
use std::path::Path;

/// Writes a proof of one outcome of a job.
pub async fn prove(args: Prove, context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let info = chain.job(args.job).await?;
	outcomes::check_item(&info, args.item).map_err(usage)?;
	let outcomes = outcomes::read(&chain, &info, &context.output).await?;
	let (answer, _) = answer_of(&info.status).context("the job has no answer")?;
	let proven = ProvenOutcome::new(info.id, answer, &outcomes, args.item)
		.context("the answer has no outcome for this input")?;
	proven.write(&args.out)?;
	let written = WrittenProof {
		job: info.id,
		item: args.item,
		items: info.items,
		file: args.out,
	};
	context.output.document(&written);
	Ok(ExitStatus::Success)
}

/// Checks a proof against the digest on chain. Nothing is run.
pub async fn verify(file: &Path, context: &Context) -> anyhow::Result<ExitStatus> {
	let (proven, outcome) = ProvenOutcome::read(file).map_err(usage)?;
	let info = context.chain().await?.job(proven.job).await?;
	let Some((_, digest)) = answer_of(&info.status) else {
		bail!(
			"job {0} is {1} and has no answer to check the proof against: `assay job show {0}` shows its status",
			info.id,
			JobStatusName::from(&info.status)
		);
	};
	let checked = CheckedProof::new(&proven, &outcome, &info, digest);
	context.output.document(&checked);
	Ok(ExitStatus::of(checked.proven))
}

impl Text for WrittenProof {
	fn text(&self) -> String {
		format!(
			"{0} proves item {1} of job {2}: check it with `assay verify --proof {0}`",
			self.file.display(),
			self.item,
			self.job
		)
	}
}

impl Text for CheckedProof {
	fn text(&self) -> String {
		let result = match self.proven {
			true => format!("proven: it is part of the answer that is {} on chain", self.status),
			false => "NOT PROVEN: it is not part of the answer on chain".to_owned(),
		};
		let mut lines = vec![
			("job", format!("{}, item {} of {}", self.job, self.item, self.items)),
			("answer", self.answer.to_string()),
			("outcome", self.digest.to_string()),
		];
		lines.extend(self.outputs.iter().flatten().map(|output| ("", tensor(output))));
		lines.extend(self.fault.map(|code| ("", format!("fault {}", fault(code)))));
		lines.push(("result", result));
		table(lines)
	}
}
