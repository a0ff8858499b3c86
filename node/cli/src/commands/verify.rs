//! `assay verify`

use super::proof;
use crate::{
	args::{Context, Verify},
	artifacts,
	chain::{Chain, JobInfo, JobStatus},
	engine::{self, Runner},
	error::usage,
	outcomes::answer_of,
	output::{Output, Verdict},
	values::Jobs,
};
use assay_inference::Engine;
use assay_primitives::{
	batch::input_digest,
	task::{model_id, task_id},
	Answer, JobId, ModelId, ModelSpec, OutcomeDigest,
};
use serde_json::{json, Value};
use std::{
	collections::{BTreeMap, BTreeSet},
	time::Instant,
};

/// The most jobs of one run: what a range with a slip of the finger would not end before.
const MAX_JOBS: u64 = 1_000_000;

/// How sure the chain is of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
	/// It may be challenged still.
	Provisional,
	Settled,
}

impl Standing {
	const fn name(self) -> &'static str {
		match self {
			Self::Provisional => "provisional",
			Self::Settled => "settled",
		}
	}
}

/// What came of one job.
enum Finding {
	/// This machine derives the digest that the chain has.
	Equal {
		digest: OutcomeDigest,
		standing: Standing,
		items: u32,
	},
	/// It derives another.
	Differs {
		claimed: OutcomeDigest,
		derived: OutcomeDigest,
		standing: Standing,
		items: u32,
	},
	/// There is no answer: nothing to verify.
	Skipped(&'static str),
	/// It could not be checked, or contradicts itself.
	Failed(String),
}

/// Re-derives answered jobs on this machine, or checks a proof.
pub async fn run(args: Verify, context: &Context) -> anyhow::Result<Verdict> {
	if let Some(file) = &args.proof {
		return proof::verify(file, context).await;
	}
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
	let mut models: BTreeMap<ModelId, Vec<Answered>> = BTreeMap::new();
	for job in jobs {
		match answered(&chain, job).await {
			Ok(answered) => models.entry(answered.job.model).or_default().push(answered),
			Err(finding) => note(job, finding),
		}
	}
	for jobs in models.into_values() {
		let mut runner = verifier.load(&jobs).await;
		for answered in jobs {
			note(answered.job.id, verifier.verify(&answered, &mut runner).await);
		}
	}
	bar.finish_and_clear();

	let count = |wanted: fn(&Finding) -> bool| findings.values().filter(|finding| wanted(finding)).count();
	let equal = count(|finding| matches!(finding, Finding::Equal { .. }));
	let differ = count(|finding| matches!(finding, Finding::Differs { .. }));
	let failed = count(|finding| matches!(finding, Finding::Failed(_)));
	let skipped = count(|finding| matches!(finding, Finding::Skipped(_)));
	let provisional = count(Finding::is_provisional);
	let outcomes: u32 = findings.values().map(Finding::outcomes).sum();
	let seconds = started.elapsed().as_secs_f64();
	let mut lines: Vec<_> = findings.iter().map(line).collect();
	lines.push(format!(
		"{equal} re-derived with equal digests, {differ} differ, {failed} could not be checked, {skipped} without an answer; \
		 {outcomes} outcomes in {seconds:.1} s"
	));
	if provisional > 0 {
		lines.push(format!(
			"{provisional} of them are provisional: `assay job challenge JOB` disputes one that differs, while its window lasts"
		));
	}
	output.result(
		lines.join("\n"),
		&json!({
			"jobs": findings.iter().map(to_json).collect::<Value>(),
			"verified": equal,
			"differs": differ,
			"failed": failed,
			"skipped": skipped,
			"provisional": provisional,
			"outcomes": outcomes,
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

impl Finding {
	/// Whether it is about an answer that may be challenged still.
	fn is_provisional(&self) -> bool {
		matches!(
			self,
			Self::Equal {
				standing: Standing::Provisional,
				..
			} | Self::Differs {
				standing: Standing::Provisional,
				..
			}
		)
	}

	/// How many inputs were run.
	fn outcomes(&self) -> u32 {
		match self {
			Self::Equal { items, .. } | Self::Differs { items, .. } => *items,
			Self::Skipped(_) | Self::Failed(_) => 0,
		}
	}
}

/// A job with its answer on chain.
struct Answered {
	job: JobInfo,
	digest: OutcomeDigest,
	standing: Standing,
}

/// Why a job in this state has nothing to verify.
const fn unanswered(status: &JobStatus) -> &'static str {
	match status {
		JobStatus::Refunded { .. } => "refunded",
		JobStatus::Disputed { .. } => "disputed: validators are deciding, look again when they have",
		_ => "not answered yet",
	}
}

/// Reads a job and checks that its names belong together, or tells why there is nothing to run.
async fn answered(chain: &Chain, job: JobId) -> Result<Answered, Finding> {
	let job = chain
		.job(job)
		.await
		.map_err(|error| Finding::Failed(error.to_string()))?;
	let Some((answer, digest)) = answer_of(&job.status) else {
		return Err(Finding::Skipped(unanswered(&job.status)));
	};
	let standing = match &job.status {
		JobStatus::Provisional { .. } => Standing::Provisional,
		_ => Standing::Settled,
	};
	let wrong = |what: &str| Err(Finding::Failed(what.to_owned()));
	if model_id(job.engine, job.artifact.id, &job.spec) != job.model {
		return wrong("the model's id is not that of its engine, file and bindings");
	}
	if task_id(job.engine, job.model, input_digest(job.items, job.input.content())) != job.task {
		return wrong("the task's id is not that of its engine, model and input");
	}
	if answer.digest() != digest {
		return wrong("the answer is not the one whose digest is on chain");
	}
	Ok(Answered { job, digest, standing })
}

struct Verifier<'a> {
	chain: &'a Chain,
	output: &'a Output,
	engine: Engine,
}

impl Verifier<'_> {
	/// Gets the model that `jobs` share ready. The error holds for all of them.
	async fn load(&self, jobs: &[Answered]) -> Result<Runner<'_>, String> {
		let Some(Answered { job, .. }) = jobs.first() else {
			return Err("no job asks this model".to_owned());
		};
		let onnx = match engine::check_id(job.engine) {
			Ok(()) => artifacts::fetch(self.chain, job.artifact.id, self.output).await,
			Err(error) => Err(error),
		};
		let onnx = onnx.map_err(|error| format!("{error:#}"))?;
		Ok(Runner::new(&self.engine, ModelSpec::from(&job.spec), onnx))
	}

	async fn verify(&self, answered: &Answered, runner: &mut Result<Runner<'_>, String>) -> Finding {
		let Answered { job, digest, standing } = answered;
		let (digest, standing, items) = (*digest, *standing, job.items);
		let runner = match runner {
			Ok(runner) => runner,
			Err(error) => return Finding::Failed(error.clone()),
		};
		let outcomes = match artifacts::resolve(self.chain, &job.input, self.output).await {
			Ok(input) => runner.outcomes(items, &input),
			Err(error) => Err(error),
		};
		match outcomes.map(|outcomes| Answer::of(&outcomes).0.digest()) {
			Ok(derived) if derived == digest => Finding::Equal {
				digest,
				standing,
				items,
			},
			Ok(derived) => Finding::Differs {
				claimed: digest,
				derived,
				standing,
				items,
			},
			Err(error) => Finding::Failed(format!("{error:#}")),
		}
	}
}

fn line((job, finding): (&JobId, &Finding)) -> String {
	let finding = match finding {
		Finding::Equal { digest, standing, .. } => format!("equal    {digest}{}", note(*standing)),
		Finding::Differs {
			claimed,
			derived,
			standing,
			..
		} => format!("DIFFERS  {} {claimed}, derived here {derived}", standing.name()),
		Finding::Skipped(why) => format!("skipped  {why}"),
		Finding::Failed(error) => format!("FAILED   {error}"),
	};
	format!("job {:<6} {finding}", job.to_string())
}

const fn note(standing: Standing) -> &'static str {
	match standing {
		Standing::Provisional => " (provisional)",
		Standing::Settled => "",
	}
}

fn to_json((job, finding): (&JobId, &Finding)) -> Value {
	match finding {
		Finding::Equal {
			digest,
			standing,
			items,
		} => json!({
			"job": job, "verdict": "equal", "status": standing.name(), "items": items, "settled": digest, "derived": digest,
		}),
		Finding::Differs {
			claimed,
			derived,
			standing,
			items,
		} => json!({
			"job": job, "verdict": "differs", "status": standing.name(), "items": items, "settled": claimed, "derived": derived,
		}),
		Finding::Skipped(why) => json!({ "job": job, "verdict": "skipped", "reason": why }),
		Finding::Failed(error) => json!({ "job": job, "verdict": "failed", "reason": error }),
	}
}
