//! Re-deriving answered jobs on this machine.
//!
//! Nothing that the node says about an answer is trusted: the model and the input are checked against their hashes, the
//! ids are recomputed, and the engine of this program runs the task again.

use crate::{
	artifacts,
	chain::{Chain, JobInfo, JobStatus},
	engine::{self, Runner},
	json::{self, Finality},
	outcomes::answer_of,
	progress::Progress,
};
use assay_engine::Engine;
use assay_primitives::{probe::decode_finding, Answer, Finding, JobId, ModelId, ModelSpec, OutcomeDigest, Task};
use std::collections::{BTreeMap, BTreeSet};

/// An answer by its digest and, in a probe, the finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifiedAnswer {
	pub digest: OutcomeDigest,
	pub finding: Option<Finding>,
}

impl VerifiedAnswer {
	fn new(job: &JobInfo, answer: &Answer) -> Self {
		Self {
			digest: answer.digest(),
			finding: job.statement.and_then(|_| decode_finding(answer)),
		}
	}
}

/// The result of verifying one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
	/// This machine derives the answer on chain.
	Equal {
		answer: VerifiedAnswer,
		finality: Finality,
		items: u32,
	},
	/// This machine derives another answer.
	Differs {
		answer: VerifiedAnswer,
		derived: VerifiedAnswer,
		finality: Finality,
		items: u32,
	},
	/// The job has no answer, for this reason.
	Skipped(&'static str),
	/// The job could not be checked, or its record contradicts itself.
	Failed(String),
}

impl Check {
	/// Converts to JSON.
	pub fn report(&self, job: JobId) -> json::VerifiedJob {
		let finding = |answer: &VerifiedAnswer| answer.finding.as_ref().map(json::Finding::new);
		let mut report = json::VerifiedJob {
			job,
			status: json::CheckStatus::Skipped,
			finality: None,
			items: None,
			answer: None,
			derived: None,
			finding: None,
			derived_finding: None,
			reason: None,
		};
		match self {
			Self::Equal {
				answer,
				finality,
				items,
			} => json::VerifiedJob {
				status: json::CheckStatus::Equal,
				finality: Some(*finality),
				items: Some(*items),
				answer: Some(answer.digest),
				derived: Some(answer.digest),
				finding: finding(answer),
				..report
			},
			Self::Differs {
				answer,
				derived,
				finality,
				items,
			} => json::VerifiedJob {
				status: json::CheckStatus::Differs,
				finality: Some(*finality),
				items: Some(*items),
				answer: Some(answer.digest),
				derived: Some(derived.digest),
				finding: finding(answer),
				derived_finding: finding(derived),
				..report
			},
			Self::Skipped(reason) => {
				report.reason = Some((*reason).to_owned());
				report
			}
			Self::Failed(reason) => json::VerifiedJob {
				status: json::CheckStatus::Failed,
				reason: Some(reason.clone()),
				..report
			},
		}
	}
}

/// Verifies `jobs` and calls `on_check` after each. Jobs are run by model, so that each model is loaded once and one at
/// a time.
pub async fn verify(
	chain: &Chain,
	engine: &Engine,
	jobs: BTreeSet<JobId>,
	progress: &dyn Progress,
	mut on_check: impl FnMut(JobId, &Check),
) -> BTreeMap<JobId, Check> {
	let verifier = Verifier {
		chain,
		engine,
		progress,
	};
	let mut checks = BTreeMap::new();
	let mut add = |job, check| {
		on_check(job, &check);
		checks.insert(job, check);
	};
	let mut models: BTreeMap<ModelId, Vec<Answered>> = BTreeMap::new();
	for job in jobs {
		match answered(chain, job).await {
			Ok(answered) => models.entry(answered.job.model).or_default().push(answered),
			Err(check) => add(job, check),
		}
	}
	for jobs in models.into_values() {
		let mut runner = verifier.load(&jobs).await;
		for answered in jobs {
			add(answered.job.id, verifier.verify(&answered, &mut runner).await);
		}
	}
	checks
}

/// A job with its answer on chain.
struct Answered {
	job: JobInfo,
	answer: VerifiedAnswer,
	finality: Finality,
}

/// Returns why a job of this status has no answer to verify.
const fn unanswered(status: &JobStatus) -> &'static str {
	match status {
		JobStatus::Refunded { .. } => "refunded",
		JobStatus::Disputed { .. } => "disputed: validators are deciding, verify it again once they have",
		_ => "not answered yet",
	}
}

/// Reads a job and checks that its ids match, or returns why it cannot be run.
async fn answered(chain: &Chain, job: JobId) -> Result<Answered, Check> {
	let job = chain.job(job).await.map_err(|error| Check::Failed(error.to_string()))?;
	let Some((answer, digest)) = answer_of(&job.status) else {
		return Err(Check::Skipped(unanswered(&job.status)));
	};
	let finality = match &job.status {
		JobStatus::Provisional { .. } => Finality::Provisional,
		_ => Finality::Settled,
	};
	let contradiction = |what: &str| Err(Check::Failed(what.to_owned()));
	let task = Task {
		engine: job.engine,
		artifact: job.artifact,
		spec: job.spec.clone(),
		items: job.items,
		input: job.input.clone(),
		statement: job.statement,
	};
	if task.model() != job.model {
		return contradiction("the model's id is not that of its engine, file and bindings");
	}
	if task.id() != job.task {
		return contradiction("the task's id is not that of its engine, model and input");
	}
	let answer = VerifiedAnswer::new(&job, answer);
	if answer.digest != digest {
		return contradiction("the answer is not the one whose digest is on chain");
	}
	Ok(Answered { job, answer, finality })
}

struct Verifier<'a> {
	chain: &'a Chain,
	engine: &'a Engine,
	progress: &'a dyn Progress,
}

impl Verifier<'_> {
	/// Prepares the model that `jobs` share. The error applies to all of them.
	async fn load(&self, jobs: &[Answered]) -> Result<Runner<'_>, String> {
		let Some(Answered { job, .. }) = jobs.first() else {
			return Err("there are no jobs of this model".to_owned());
		};
		engine::check_id(job.engine).map_err(|error| error.to_string())?;
		let onnx = artifacts::fetch(self.chain, job.artifact.id, self.progress)
			.await
			.map_err(|error| error.to_string())?;
		Ok(Runner::new(self.engine, ModelSpec::from(&job.spec), onnx))
	}

	async fn verify(&self, answered: &Answered, runner: &mut Result<Runner<'_>, String>) -> Check {
		match self.derive(&answered.job, runner).await {
			Ok(derived) => compare(answered, derived),
			Err(reason) => Check::Failed(reason),
		}
	}

	async fn derive(&self, job: &JobInfo, runner: &mut Result<Runner<'_>, String>) -> Result<VerifiedAnswer, String> {
		let runner = runner.as_mut().map_err(|error| error.clone())?;
		let input = artifacts::resolve(self.chain, &job.input, self.progress)
			.await
			.map_err(|error| error.to_string())?;
		let (answer, _) = runner.answer(job, &input).map_err(|error| error.to_string())?;
		Ok(VerifiedAnswer::new(job, &answer))
	}
}

fn compare(answered: &Answered, derived: VerifiedAnswer) -> Check {
	let (answer, finality, items) = (answered.answer, answered.finality, answered.job.items);
	match derived.digest == answer.digest {
		true => Check::Equal {
			answer,
			finality,
			items,
		},
		false => Check::Differs {
			answer,
			derived,
			finality,
			items,
		},
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::{probe, settled_finding};
	use assay_primitives::{probe::Flaw, FaultCode};

	fn answer(finding: Finding) -> VerifiedAnswer {
		let status = settled_finding(&finding);
		let (answer, _) = answer_of(&status).unwrap();
		VerifiedAnswer::new(&probe(settled_finding(&finding)), answer)
	}

	#[test]
	fn a_probe_is_compared_by_its_finding() {
		let (on_chain, derived) = (answer(Ok(())), answer(Err(Flaw::GoldenFault(FaultCode::Trap))));
		let answered = Answered {
			job: probe(settled_finding(&Ok(()))),
			answer: on_chain,
			finality: Finality::Provisional,
		};
		let check = compare(&answered, derived);
		let report = check.report(JobId(7));
		assert_eq!(
			(report.status, report.finality, report.items),
			(json::CheckStatus::Differs, Some(Finality::Provisional), Some(2))
		);
		assert!(report.finding.unwrap().reproduced);
		let flaw = report.derived_finding.unwrap();
		assert_eq!((flaw.reproduced, flaw.flaw), (false, Some(json::FlawName::GoldenFault)));
		assert_ne!(report.answer, report.derived);
	}

	#[test]
	fn an_answer_that_is_derived_again_is_equal() {
		let answered = Answered {
			job: probe(settled_finding(&Ok(()))),
			answer: answer(Ok(())),
			finality: Finality::Settled,
		};
		let report = compare(&answered, answer(Ok(()))).report(JobId(7));
		assert_eq!(report.status, json::CheckStatus::Equal);
		assert_eq!(report.answer, report.derived);
		assert_eq!(report.derived_finding, None);
	}

	#[test]
	fn a_job_without_an_answer_is_skipped_with_the_reason() {
		let report = Check::Skipped(unanswered(&JobStatus::Disputed { since: 1 })).report(JobId(7));
		assert_eq!(report.status, json::CheckStatus::Skipped);
		assert!(report.reason.unwrap().starts_with("disputed"));
	}
}
