//! A job as people and programs read it.

use crate::{
	amount::Amount,
	artifacts,
	chain::{Chain, JobInfo, JobStatus},
	output::{table, Output, Verdict},
	tensors,
};
use assay_primitives::{api::RefundReason, Outcome, OutcomeDigest, Payload, Port, Tensor};
use codec::DecodeAll;
use serde_json::{json, Value};
use std::path::{Path, PathBuf};

/// A job, and its outcome where it has one that can be read.
#[derive(Debug)]
pub struct Report {
	pub job: JobInfo,
	/// The error says why a settled job's outcome cannot be read here.
	outcome: Option<Result<Outcome, String>>,
	/// The model's outputs, where they are known.
	ports: Option<Vec<Port>>,
}

/// Whether nothing more will happen to the job.
pub fn has_ended(status: &JobStatus) -> bool {
	matches!(status, JobStatus::Settled { .. } | JobStatus::Refunded { .. })
}

impl Report {
	/// Reads the outcome of a settled job; an outcome that cannot be had is part of the report.
	pub async fn gather(chain: &Chain, job: JobInfo, ports: Option<Vec<Port>>, output: &Output) -> Self {
		let outcome = match &job.status {
			JobStatus::Settled { outcome, digest, .. } => Some(
				read_outcome(chain, outcome, *digest, output)
					.await
					.map_err(|error| format!("{error:#}")),
			),
			_ => None,
		};
		Self { job, outcome, ports }
	}

	/// Fine while the job is on its way or answered; refused where it ended in a refund or a fault.
	pub fn verdict(&self) -> Verdict {
		match (&self.job.status, &self.outcome) {
			(JobStatus::Refunded { .. }, _) | (_, Some(Ok(Outcome::Fault(_)))) => Verdict::Refused,
			_ => Verdict::Fine,
		}
	}

	/// The output tensors, where the job was answered with some.
	pub fn answer(&self) -> Option<&[Tensor]> {
		match &self.outcome {
			Some(Ok(Outcome::Answer(outputs))) => Some(outputs),
			_ => None,
		}
	}

	/// The output tensors as `.npy` files in `folder`.
	pub fn write(&self, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
		match self.answer() {
			Some(outputs) => {
				tensors::write_all(folder, &format!("job-{}-", self.job.id), self.ports.as_deref(), outputs)
			}
			None => Ok(Vec::new()),
		}
	}

	/// Blocks from the request to the end, once there is one.
	pub fn latency(&self) -> Option<u32> {
		match &self.job.status {
			JobStatus::Settled { at, .. } | JobStatus::Refunded { at, .. } => at.checked_sub(self.job.requested_at),
			_ => None,
		}
	}

	/// Everything, for programs. Amounts are decimal ASY in strings, so that no reader rounds them.
	pub fn json(&self) -> Value {
		let job = &self.job;
		let mut value = json!({
			"job": job.id,
			"status": status_name(&job.status),
			"model": job.model,
			"task": job.task,
			"requester": job.requester.to_string(),
			"executor": job.executor.to_string(),
			"fee": Amount(job.fee).to_string(),
			"requested_at": job.requested_at,
			"settled_at": null,
			"latency_blocks": self.latency(),
			"digest": null,
			"fault": null,
			"outputs": null,
		});
		match &job.status {
			JobStatus::Claiming { deadline } | JobStatus::Revealing { deadline, .. } => {
				value["deadline"] = json!(deadline)
			}
			JobStatus::Settled { at, digest, .. } => {
				value["settled_at"] = json!(at);
				value["digest"] = json!(digest);
			}
			JobStatus::Refunded { at, reason } => {
				value["refunded_at"] = json!(at);
				value["reason"] = json!(format!("{reason:?}"));
			}
		}
		match &self.outcome {
			Some(Ok(Outcome::Answer(outputs))) => value["outputs"] = self.outputs_json(outputs),
			Some(Ok(Outcome::Fault(code))) => value["fault"] = json!(format!("{code:?}")),
			Some(Err(error)) => value["error"] = json!(error),
			None => {}
		}
		value
	}

	fn outputs_json(&self, outputs: &[Tensor]) -> Value {
		outputs
			.iter()
			.enumerate()
			.map(|(index, tensor)| tensors::to_json(&tensors::output_name(self.ports.as_deref(), index), tensor))
			.collect()
	}

	/// One line, for a list of many.
	pub fn line(&self) -> String {
		let job = &self.job;
		let end = match (&job.status, &self.outcome) {
			(JobStatus::Settled { digest, .. }, Some(Ok(Outcome::Fault(code)))) => {
				format!("fault {code:?}, digest {digest}")
			}
			(JobStatus::Settled { digest, .. }, _) => format!("digest {digest}"),
			(JobStatus::Refunded { reason, .. }, _) => refund_text(*reason).to_owned(),
			_ => String::new(),
		};
		let latency = self
			.latency()
			.map_or_else(String::new, |blocks| format!(" in {blocks} blocks"));
		format!(
			"job {:<6} {}{latency}  {end}",
			job.id.to_string(),
			status_name(&job.status)
		)
		.trim_end()
		.to_owned()
	}

	/// All that is known, a line for each.
	pub fn text(&self) -> String {
		let job = &self.job;
		let status = match &job.status {
			JobStatus::Claiming { deadline } => format!("claiming: the executor has until block {deadline} to commit"),
			JobStatus::Revealing { committed_at, deadline } => {
				format!("revealing: committed in block {committed_at}, to be revealed until block {deadline}")
			}
			JobStatus::Settled { at, .. } => format!("settled in block {at}"),
			JobStatus::Refunded { at, reason } => format!("refunded in block {at}: {}", refund_text(*reason)),
		};
		let input = match &job.input {
			Payload::Inline(bytes) => format!("{} bytes, inline", bytes.len()),
			Payload::Artifact(artifact) => format!("{} bytes, artifact {}", artifact.len, artifact.id),
		};
		let mut lines = vec![
			("job", job.id.to_string()),
			("status", status),
			("model", job.model.to_string()),
			("task", job.task.to_string()),
			("requester", job.requester.to_string()),
			("executor", job.executor.to_string()),
			("fee", format!("{} ASY", Amount(job.fee))),
			("requested", format!("in block {}", job.requested_at)),
			("input", input),
		];
		if let JobStatus::Settled { digest, .. } = &job.status {
			lines.push(("digest", digest.to_string()));
		}
		match &self.outcome {
			Some(Ok(Outcome::Answer(outputs))) => lines.extend(outputs.iter().enumerate().map(|(index, tensor)| {
				let name = tensors::output_name(self.ports.as_deref(), index);
				("answer", format!("{name} {}", tensors::summary(tensor)))
			})),
			Some(Ok(Outcome::Fault(code))) => lines.push(("fault", format!("{code:?}: {}", code.explanation().trim()))),
			Some(Err(error)) => lines.push(("answer", format!("cannot be read here: {error}"))),
			None => {}
		}
		table(lines)
	}
}

async fn read_outcome(
	chain: &Chain,
	outcome: &Payload,
	digest: OutcomeDigest,
	output: &Output,
) -> anyhow::Result<Outcome> {
	anyhow::ensure!(
		outcome.outcome_digest() == digest,
		"the outcome that the node sent is not the one settled"
	);
	let bytes = artifacts::resolve(chain, outcome, output).await?;
	Ok(Outcome::decode_all(&mut &bytes[..])?)
}

fn status_name(status: &JobStatus) -> &'static str {
	match status {
		JobStatus::Claiming { .. } => "claiming",
		JobStatus::Revealing { .. } => "revealing",
		JobStatus::Settled { .. } => "settled",
		JobStatus::Refunded { .. } => "refunded",
	}
}

const fn refund_text(reason: RefundReason) -> &'static str {
	match reason {
		RefundReason::NoCommit => "the executor did not answer in time, the fee went back",
		RefundReason::NoReveal => "the executor committed and never revealed, the fee went back",
	}
}
