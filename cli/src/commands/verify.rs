//! `assay verify`

use super::proof;
use crate::{
	args::{Context, Verify},
	artifacts,
	chain::{Chain, JobInfo, JobStatus},
	engine::{self, Runner},
	error::usage,
	findings::{finding_json, finding_text},
	outcomes::answer_of,
	output::{Output, Verdict},
	values::Jobs,
};
use assay_engine::Engine;
use assay_primitives::{probe::finding_of, Answer, Finding, JobId, ModelId, ModelSpec, OutcomeDigest, Task};
use serde_json::{json, Value};
use std::{
	collections::{BTreeMap, BTreeSet},
	fmt,
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

/// An answer by its name; in a probe, with what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
	digest: OutcomeDigest,
	finding: Option<Finding>,
}

impl Told {
	fn new(job: &JobInfo, answer: &Answer) -> Self {
		Self {
			digest: answer.digest(),
			finding: job.stated.and_then(|_| finding_of(answer)),
		}
	}

	fn finding_json(&self) -> Value {
		self.finding.as_ref().map_or(Value::Null, finding_json)
	}
}

impl fmt::Display for Told {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match &self.finding {
			None => write!(f, "{}", self.digest),
			Some(finding) => write!(f, "{} ({})", self.digest, finding_text(finding)),
		}
	}
}

/// What came of one job.
enum Check {
	/// This machine derives the digest that the chain has.
	Equal {
		answer: Told,
		standing: Standing,
		items: u32,
	},
	/// It derives another.
	Differs {
		claimed: Told,
		derived: Told,
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
	let mut checks = BTreeMap::new();
	let mut note = |job, check| {
		checks.insert(job, check);
		bar.inc(1);
	};

	// By model, so that each is loaded once and one at a time.
	let mut models: BTreeMap<ModelId, Vec<Answered>> = BTreeMap::new();
	for job in jobs {
		match answered(&chain, job).await {
			Ok(answered) => models.entry(answered.job.model).or_default().push(answered),
			Err(check) => note(job, check),
		}
	}
	for jobs in models.into_values() {
		let mut runner = verifier.load(&jobs).await;
		for answered in jobs {
			note(answered.job.id, verifier.verify(&answered, &mut runner).await);
		}
	}
	bar.finish_and_clear();

	let count = |wanted: fn(&Check) -> bool| checks.values().filter(|check| wanted(check)).count();
	let equal = count(|check| matches!(check, Check::Equal { .. }));
	let differ = count(|check| matches!(check, Check::Differs { .. }));
	let failed = count(|check| matches!(check, Check::Failed(_)));
	let skipped = count(|check| matches!(check, Check::Skipped(_)));
	let provisional = count(Check::is_provisional);
	let outcomes: u32 = checks.values().map(Check::outcomes).sum();
	let seconds = started.elapsed().as_secs_f64();
	let mut lines: Vec<_> = checks.iter().map(line).collect();
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
			"jobs": checks.iter().map(to_json).collect::<Value>(),
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

impl Check {
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
	answer: Told,
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
async fn answered(chain: &Chain, job: JobId) -> Result<Answered, Check> {
	let job = chain.job(job).await.map_err(|error| Check::Failed(error.to_string()))?;
	let Some((answer, digest)) = answer_of(&job.status) else {
		return Err(Check::Skipped(unanswered(&job.status)));
	};
	let standing = match &job.status {
		JobStatus::Provisional { .. } => Standing::Provisional,
		_ => Standing::Settled,
	};
	let wrong = |what: &str| Err(Check::Failed(what.to_owned()));
	let task = Task {
		engine: job.engine,
		artifact: job.artifact,
		spec: job.spec.clone(),
		items: job.items,
		input: job.input.clone(),
		stated: job.stated,
	};
	if task.model() != job.model {
		return wrong("the model's id is not that of its engine, file and bindings");
	}
	if task.id() != job.task {
		return wrong("the task's id is not that of its engine, model and input");
	}
	let answer = Told::new(&job, answer);
	if answer.digest != digest {
		return wrong("the answer is not the one whose digest is on chain");
	}
	Ok(Answered { job, answer, standing })
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

	async fn verify(&self, answered: &Answered, runner: &mut Result<Runner<'_>, String>) -> Check {
		let Answered { job, answer, standing } = answered;
		let (answer, standing, items) = (*answer, *standing, job.items);
		let runner = match runner {
			Ok(runner) => runner,
			Err(error) => return Check::Failed(error.clone()),
		};
		let derived = match artifacts::resolve(self.chain, &job.input, self.output).await {
			Ok(input) => runner.answer(job, &input),
			Err(error) => Err(error),
		};
		match derived.map(|(derived, _)| Told::new(job, &derived)) {
			Ok(derived) if derived.digest == answer.digest => Check::Equal {
				answer,
				standing,
				items,
			},
			Ok(derived) => Check::Differs {
				claimed: answer,
				derived,
				standing,
				items,
			},
			Err(error) => Check::Failed(format!("{error:#}")),
		}
	}
}

fn line((job, check): (&JobId, &Check)) -> String {
	let check = match check {
		Check::Equal { answer, standing, .. } => format!("equal    {answer}{}", note(*standing)),
		Check::Differs {
			claimed,
			derived,
			standing,
			..
		} => format!("DIFFERS  {} {claimed}, derived here {derived}", standing.name()),
		Check::Skipped(why) => format!("skipped  {why}"),
		Check::Failed(error) => format!("FAILED   {error}"),
	};
	format!("job {:<6} {check}", job.to_string())
}

const fn note(standing: Standing) -> &'static str {
	match standing {
		Standing::Provisional => " (provisional)",
		Standing::Settled => "",
	}
}

fn to_json((job, check): (&JobId, &Check)) -> Value {
	match check {
		Check::Equal {
			answer,
			standing,
			items,
		} => json!({
			"job": job, "verdict": "equal", "status": standing.name(), "items": items,
			"settled": answer.digest, "derived": answer.digest, "finding": answer.finding_json(),
		}),
		Check::Differs {
			claimed,
			derived,
			standing,
			items,
		} => json!({
			"job": job, "verdict": "differs", "status": standing.name(), "items": items,
			"settled": claimed.digest, "derived": derived.digest,
			"finding": claimed.finding_json(), "derived_finding": derived.finding_json(),
		}),
		Check::Skipped(why) => json!({ "job": job, "verdict": "skipped", "reason": why }),
		Check::Failed(error) => json!({ "job": job, "verdict": "failed", "reason": error }),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::{
		probe::{finding_answer, Flaw},
		FaultCode,
	};

	#[test]
	fn a_probe_is_told_by_what_it_found() {
		let told = |finding: Finding| Told {
			digest: finding_answer(&finding).digest(),
			finding: Some(finding),
		};
		let (good, bad) = (told(Ok(())), told(Err(Flaw::GoldenFault(FaultCode::Trap))));
		let check = Check::Differs {
			claimed: good,
			derived: bad,
			standing: Standing::Provisional,
			items: 2,
		};
		let line = line((&JobId(7), &check));
		assert!(
			line.contains("(reproduced: ") && line.contains("(flawed: ") && line.contains("DIFFERS  provisional"),
			"{line}"
		);
		let json = to_json((&JobId(7), &check));
		assert_eq!(
			(&json["finding"]["reproduced"], &json["derived_finding"]["flaw"]),
			(&json!(true), &json!("GoldenFault"))
		);
		assert_ne!(json["settled"], json["derived"]);
	}

	#[test]
	fn an_answer_is_told_by_its_digest_alone() {
		let answer = Told {
			digest: OutcomeDigest([7; 32].into()),
			finding: None,
		};
		assert_eq!(answer.to_string(), answer.digest.to_string());
		assert_eq!(answer.finding_json(), Value::Null);
	}
}
