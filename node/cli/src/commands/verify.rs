//! `assay verify`

use crate::{
	args::{Context, Verify},
	artifacts,
	chain::{Chain, JobInfo, JobStatus},
	engine::{self, Runner},
	error::usage,
	output::{Output, Verdict},
	values::Jobs,
};
use assay_inference::Engine;
use assay_primitives::{
	task::{model_id, task_id},
	JobId, ModelId, ModelSpec, OutcomeDigest,
};
use serde_json::{json, Value};
use std::{
	collections::{BTreeMap, BTreeSet},
	time::Instant,
};

/// The most jobs of one run: what a range with a slip of the finger would not end before.
const MAX_JOBS: u64 = 1_000_000;

/// What came of one job.
enum Finding {
	/// This machine derives the digest that was settled.
	Equal(OutcomeDigest),
	/// It derives another.
	Differs {
		settled: OutcomeDigest,
		derived: OutcomeDigest,
	},
	/// There is no settled answer: nothing to verify.
	Skipped(&'static str),
	/// It could not be checked, or contradicts itself.
	Failed(String),
}

/// Re-derives settled jobs on this machine.
pub async fn run(args: Verify, context: &Context) -> anyhow::Result<Verdict> {
	let output = &context.output;
	let started = Instant::now();
	if args
		.jobs
		.iter()
		.fold(0, |sum: u64, jobs| sum.saturating_add(jobs.0.end - jobs.0.start))
		> MAX_JOBS
	{
		return Err(usage(format!("name at most {MAX_JOBS} jobs at a time")));
	}
	let jobs: BTreeSet<JobId> = args.jobs.iter().flat_map(Jobs::ids).collect();
	let chain = context.chain().await?;
	let verifier = Verifier {
		chain: &chain,
		output,
		engine: engine::start(output)?,
	};
	let bar = output.bar(jobs.len() as u64, "verifying");
	let mut findings = BTreeMap::new();
	let mut note = |job, finding| {
		findings.insert(job, finding);
		bar.inc(1);
	};

	// By model, so that each is loaded once and one at a time.
	let mut models: BTreeMap<ModelId, Vec<Settled>> = BTreeMap::new();
	for job in jobs {
		match settled(&chain, job).await {
			Ok(settled) => models.entry(settled.job.model).or_default().push(settled),
			Err(finding) => note(job, finding),
		}
	}
	for jobs in models.into_values() {
		let mut runner = verifier.load(&jobs).await;
		for settled in jobs {
			note(settled.job.id, verifier.verify(&settled, &mut runner).await);
		}
	}
	bar.finish_and_clear();

	let count = |wanted: fn(&Finding) -> bool| findings.values().filter(|finding| wanted(finding)).count();
	let equal = count(|finding| matches!(finding, Finding::Equal(_)));
	let differ = count(|finding| matches!(finding, Finding::Differs { .. }));
	let failed = count(|finding| matches!(finding, Finding::Failed(_)));
	let skipped = count(|finding| matches!(finding, Finding::Skipped(_)));
	let seconds = started.elapsed().as_secs_f64();
	let mut lines: Vec<_> = findings.iter().map(line).collect();
	lines.push(format!(
		"{equal} re-derived with equal digests, {differ} differ, {failed} could not be checked, {skipped} without an answer, \
		 in {seconds:.1} s"
	));
	output.result(
		lines.join("\n"),
		&json!({
			"jobs": findings.iter().map(to_json).collect::<Value>(),
			"verified": equal,
			"differs": differ,
			"failed": failed,
			"skipped": skipped,
			"seconds": seconds,
		}),
	);
	// A run that has checked nothing has not verified anything.
	Ok(if differ + failed == 0 && equal > 0 {
		Verdict::Fine
	} else {
		Verdict::Refused
	})
}

/// A job with its answer on chain.
struct Settled {
	job: JobInfo,
	digest: OutcomeDigest,
}

/// Reads a job and checks that its names belong together, or tells why there is nothing to run.
async fn settled(chain: &Chain, job: JobId) -> Result<Settled, Finding> {
	let job = chain
		.job(job)
		.await
		.map_err(|error| Finding::Failed(error.to_string()))?;
	let (digest, outcome) = match &job.status {
		JobStatus::Settled { digest, outcome, .. } => (*digest, outcome),
		JobStatus::Refunded { .. } => return Err(Finding::Skipped("refunded")),
		JobStatus::Claiming { .. } | JobStatus::Revealing { .. } => return Err(Finding::Skipped("not settled yet")),
	};
	let wrong = |what: &str| Err(Finding::Failed(what.to_owned()));
	if model_id(job.engine, job.artifact.id, &job.spec) != job.model {
		return wrong("the model's id is not that of its engine, file and bindings");
	}
	if task_id(job.engine, job.model, job.input.input_digest()) != job.task {
		return wrong("the task's id is not that of its engine, model and input");
	}
	if outcome.outcome_digest() != digest {
		return wrong("the outcome is not the one whose digest was settled");
	}
	Ok(Settled { job, digest })
}

struct Verifier<'a> {
	chain: &'a Chain,
	output: &'a Output,
	engine: Engine,
}

impl Verifier<'_> {
	/// Gets the model that `jobs` share ready. The error holds for all of them.
	async fn load(&self, jobs: &[Settled]) -> Result<Runner<'_>, String> {
		let Some(Settled { job, .. }) = jobs.first() else {
			return Err("no job asks this model".to_owned());
		};
		let onnx = match engine::check_id(job.engine) {
			Ok(()) => artifacts::fetch(self.chain, job.artifact.id, self.output).await,
			Err(error) => Err(error),
		};
		let onnx = onnx.map_err(|error| format!("{error:#}"))?;
		Ok(Runner::new(&self.engine, ModelSpec::from(&job.spec), onnx))
	}

	async fn verify(&self, settled: &Settled, runner: &mut Result<Runner<'_>, String>) -> Finding {
		let runner = match runner {
			Ok(runner) => runner,
			Err(error) => return Finding::Failed(error.clone()),
		};
		let outcome = match artifacts::resolve(self.chain, &settled.job.input, self.output).await {
			Ok(input) => runner.outcome(&input),
			Err(error) => Err(error),
		};
		match outcome {
			Ok(outcome) if outcome.digest() == settled.digest => Finding::Equal(settled.digest),
			Ok(outcome) => Finding::Differs {
				settled: settled.digest,
				derived: outcome.digest(),
			},
			Err(error) => Finding::Failed(format!("{error:#}")),
		}
	}
}

fn line((job, finding): (&JobId, &Finding)) -> String {
	let finding = match finding {
		Finding::Equal(digest) => format!("equal    {digest}"),
		Finding::Differs { settled, derived } => format!("DIFFERS  settled {settled}, derived here {derived}"),
		Finding::Skipped(why) => format!("skipped  {why}"),
		Finding::Failed(error) => format!("FAILED   {error}"),
	};
	format!("job {:<6} {finding}", job.to_string())
}

fn to_json((job, finding): (&JobId, &Finding)) -> Value {
	match finding {
		Finding::Equal(digest) => json!({ "job": job, "verdict": "equal", "settled": digest, "derived": digest }),
		Finding::Differs { settled, derived } => {
			json!({ "job": job, "verdict": "differs", "settled": settled, "derived": derived })
		}
		Finding::Skipped(why) => json!({ "job": job, "verdict": "skipped", "reason": why }),
		Finding::Failed(error) => json!({ "job": job, "verdict": "failed", "reason": error }),
	}
}
