//! `assay verify`

use super::proof;
use crate::{
	args::{Context, Verify},
	error::usage,
	local::start_engine,
	output::{ExitStatus, Text},
	text::{count, model::finding},
	values::Jobs,
};
use assay_client::{
	json::{CheckStatus, Finality, Finding, Verification, VerifiedJob},
	verify::verify,
};
use assay_primitives::{JobId, OutcomeDigest};
use std::{collections::BTreeSet, time::Instant};

/// The maximum number of jobs at a time. A range with a typing error would never end without it.
const MAX_JOBS: u64 = 1_000_000;

/// Re-derives answered jobs on this machine, or checks a proof.
pub async fn run(args: Verify, context: &Context) -> anyhow::Result<ExitStatus> {
	if let Some(file) = &args.proof {
		return proof::verify(file, context).await;
	}
	let output = &context.output;
	let started = Instant::now();
	let count = args
		.jobs
		.iter()
		.fold(0, |sum: u64, jobs| sum.saturating_add(jobs.0.end - jobs.0.start));
	if count > MAX_JOBS {
		return Err(usage(format!(
			"{count} jobs are too many: give at most {MAX_JOBS} at a time"
		)));
	}
	let jobs: BTreeSet<JobId> = args.jobs.iter().flat_map(Jobs::ids).collect();
	let chain = context.chain().await?;
	let engine = start_engine(output)?;
	let bar = output.bar(jobs.len() as u64, "verifying");
	let checks = verify(&chain, &engine, jobs, output, |_, _| bar.inc(1)).await;
	bar.finish_and_clear();
	let jobs = checks.iter().map(|(job, check)| check.report(*job)).collect();
	let verification = Verification::new(jobs, started.elapsed().as_secs_f64());
	output.document(&verification);
	Ok(ExitStatus::of(verification.is_success()))
}

impl Text for Verification {
	fn text(&self) -> String {
		let mut lines: Vec<_> = self.jobs.iter().map(line).collect();
		lines.push(format!(
			"{} re-derived with equal digests, {} differ, {} could not be checked, {} without an answer; {} in \
			 {:.1} s",
			self.equal,
			self.differs,
			self.failed,
			self.skipped,
			count(self.items, "input"),
			self.seconds
		));
		if self.provisional > 0 {
			lines.push(format!(
				"{} of them provisional: `assay job challenge JOB` challenges one that differs, until its window \
					 ends",
				self.provisional
			));
		}
		lines.join("\n")
	}
}

fn line(job: &VerifiedJob) -> String {
	let answer = |digest: Option<OutcomeDigest>, found: &Option<Finding>| {
		let digest = digest.unwrap_or_default();
		match found {
			None => digest.to_string(),
			Some(found) => format!("{digest} ({})", finding(found)),
		}
	};
	let reason = job.reason.as_deref().unwrap_or_default();
	let result = match job.status {
		CheckStatus::Equal => {
			let note = match job.finality {
				Some(Finality::Provisional) => " (provisional)",
				_ => "",
			};
			format!("equal    {}{note}", answer(job.answer, &job.finding))
		}
		CheckStatus::Differs => format!(
			"DIFFERS  {} {}, derived here {}",
			job.finality.map_or("", Finality::name),
			answer(job.answer, &job.finding),
			answer(job.derived, &job.derived_finding)
		),
		CheckStatus::Skipped => format!("skipped  {reason}"),
		CheckStatus::Failed => format!("FAILED   {reason}"),
	};
	format!("job {:<6} {result}", job.job.to_string())
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_client::json::FlawName;

	fn differing() -> VerifiedJob {
		let finding = |flaw: Option<FlawName>| Finding {
			reproduced: flaw.is_none(),
			flaw,
			fault: None,
		};
		VerifiedJob {
			job: JobId(7),
			status: CheckStatus::Differs,
			finality: Some(Finality::Provisional),
			items: Some(2),
			answer: Some(OutcomeDigest([7; 32].into())),
			derived: Some(OutcomeDigest([8; 32].into())),
			finding: Some(finding(None)),
			derived_finding: Some(finding(Some(FlawName::GoldenFault))),
			reason: None,
		}
	}

	#[test]
	fn a_probe_is_shown_with_both_findings() {
		let line = line(&differing());
		assert!(
			line.contains("(reproduced: ") && line.contains("(flawed: ") && line.contains("DIFFERS  provisional"),
			"{line}"
		);
	}

	#[test]
	fn other_answers_are_shown_by_their_digests() {
		let job = VerifiedJob {
			finding: None,
			derived_finding: None,
			..differing()
		};
		let digest = job.answer.unwrap();
		assert!(line(&job).contains(&format!("provisional {digest}, derived here 0x08")));
	}

	#[test]
	fn a_run_that_verified_nothing_is_no_success() {
		assert!(!Verification::new(Vec::new(), 0.0).is_success());
		let differs = Verification::new(vec![differing()], 0.0);
		assert!(!differs.is_success() && differs.text().contains("assay job challenge"));
	}
}
