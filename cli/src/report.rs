//! A job as people and programs read it.

mod json;
mod words;

use crate::{
	amount::Amount,
	chain::{Assurance, Chain, JobInfo, JobStatus, Participant},
	findings::finding_text,
	outcomes::{self, answer_of, digest_alone},
	output::{printable, table, Output, Verdict},
	tensors,
	terms::{fee_lines, periods_text},
};
use assay_primitives::{
	api::{Duty, RefundReason, Standing},
	probe::finding_of,
	Finding, Outcome, OutcomeDigest, Payload, Port, Tensor,
};
use std::path::{Path, PathBuf};
use words::{belief, confirmed_text, duty_name, refund_text, standing_text};

pub use words::{status_name, status_text};

/// A job, and its outcomes where it has some that can be read.
#[derive(Debug)]
pub struct Report {
	pub job: JobInfo,
	/// One for each input. The error says why an answered job's outcomes cannot be read here. A probe has none.
	outcomes: Option<Result<Vec<Outcome>, String>>,
	/// The model's outputs, where they are known.
	ports: Option<Vec<Port>>,
	/// The block since which the job was provisional, where somebody looked then.
	provisional_at: Option<u32>,
}

/// Whether nothing more will happen to the job.
pub fn has_ended(status: &JobStatus) -> bool {
	matches!(status, JobStatus::Settled { .. } | JobStatus::Refunded { .. })
}

/// The block since which the job is provisional.
pub fn provisional_since(status: &JobStatus) -> Option<u32> {
	match status {
		JobStatus::Provisional { since, .. } => Some(*since),
		_ => None,
	}
}

impl Report {
	/// Reads the outcomes of an answered job; that they cannot be had is part of the report. `provisional_at` is the block since
	/// which the job was provisional, where somebody looked then.
	pub async fn gather(
		chain: &Chain,
		job: JobInfo,
		ports: Option<Vec<Port>>,
		provisional_at: Option<u32>,
		output: &Output,
	) -> Self {
		let outcomes = match (answer_of(&job.status), job.stated) {
			(Some(_), None) => Some(
				outcomes::read(chain, &job, output)
					.await
					.map_err(|error| format!("{error:#}")),
			),
			_ => None,
		};
		Self {
			provisional_at: provisional_at.or(provisional_since(&job.status)),
			job,
			outcomes,
			ports,
		}
	}

	/// Fine while the job is on its way or answered; refused where it ended in a refund or a fault, or found a flaw.
	pub fn verdict(&self) -> Verdict {
		let faulted = |outcome: &Outcome| matches!(outcome, Outcome::Fault(_));
		let refused = matches!(self.job.status, JobStatus::Refunded { .. })
			|| self.outcomes().iter().any(faulted)
			|| self.finding().is_some_and(|finding| finding.is_err());
		if refused {
			Verdict::Refused
		} else {
			Verdict::Fine
		}
	}

	/// The outcomes, none where there are none to be had.
	pub fn outcomes(&self) -> &[Outcome] {
		match &self.outcomes {
			Some(Ok(outcomes)) => outcomes,
			_ => &[],
		}
	}

	/// What an answered probe found.
	pub fn finding(&self) -> Option<Finding> {
		self.job.stated?;
		finding_of(answer_of(&self.job.status)?.0)
	}

	/// The output tensors for one input, where it was answered with some.
	pub fn answer(&self, item: u32) -> Option<&[Tensor]> {
		match self.outcomes().get(item as usize) {
			Some(Outcome::Answer(outputs)) => Some(outputs),
			_ => None,
		}
	}

	/// The output tensors as `.npy` files in `folder`, those of one input or of all.
	pub fn write(&self, folder: &Path, item: Option<u32>) -> anyhow::Result<Vec<PathBuf>> {
		let mut files = Vec::new();
		for index in (0..self.job.items).filter(|index| item.is_none_or(|item| item == *index)) {
			let prefix = match self.job.items {
				1 => format!("job-{}-", self.job.id),
				_ => format!("job-{}-item-{index}-", self.job.id),
			};
			if let Some(outputs) = self.answer(index) {
				files.extend(tensors::write_all(folder, &prefix, self.ports.as_deref(), outputs)?);
			}
		}
		Ok(files)
	}

	/// Blocks from the request to the end, once there is one.
	pub fn latency(&self) -> Option<u32> {
		match &self.job.status {
			JobStatus::Settled { at, .. } | JobStatus::Refunded { at, .. } => at.checked_sub(self.job.requested_at),
			_ => None,
		}
	}

	/// Blocks from the request to the answer, where somebody looked then.
	pub fn provisional_latency(&self) -> Option<u32> {
		self.provisional_at?.checked_sub(self.job.requested_at)
	}

	/// What stands behind the answer, once it is settled.
	fn assurance(&self) -> Option<&Assurance> {
		match &self.job.status {
			JobStatus::Settled { assurance, .. } => Some(assurance),
			_ => None,
		}
	}

	/// What the tribunal found, if it was called and came to an end.
	fn found(&self) -> Option<OutcomeDigest> {
		match &self.job.status {
			JobStatus::Settled { assurance, .. } => assurance.verdict,
			JobStatus::Refunded { verdict, .. } => *verdict,
			_ => None,
		}
	}

	/// Whether the job is or was before the tribunal.
	pub fn disputed(&self) -> bool {
		let no_quorum = RefundReason::NoQuorum;
		match &self.job.status {
			JobStatus::Disputed { .. } => true,
			JobStatus::Refunded { reason, .. } if *reason == no_quorum => true,
			_ => self.found().is_some(),
		}
	}

	/// Workers besides the executor that came to the job's answer.
	fn confirmations(&self) -> Option<u8> {
		let (_, digest) = answer_of(&self.job.status)?;
		let confirms = |p: &&Participant| p.duty != Duty::Executor && p.standing == Standing::Revealed(digest);
		Some(match self.assurance() {
			Some(assurance) => assurance.confirmations,
			None => self.job.participants.iter().filter(confirms).count() as u8,
		})
	}

	/// Whether the answer is the executor's.
	fn by_executor(&self) -> bool {
		answer_of(&self.job.status).is_some_and(|(_, digest)| {
			let gave = |p: &Participant| p.duty == Duty::Executor && p.standing == Standing::Revealed(digest);
			self.job.participants.iter().any(gave)
		})
	}

	/// Whether one of them was drawn by chance.
	fn audited(&self) -> bool {
		match self.assurance() {
			Some(assurance) => assurance.audited,
			None => self.job.participants.iter().any(|p| p.duty == Duty::Auditor),
		}
	}

	/// One line, for a list of many.
	pub fn line(&self) -> String {
		let job = &self.job;
		let faults: Vec<_> = self.faults().collect();
		let digest = answer_of(&job.status).map(|(_, digest)| digest);
		let finding = self.finding();
		let end = match (&job.status, digest, job.items) {
			(JobStatus::Refunded { reason, .. }, ..) => refund_text(job, *reason).to_owned(),
			(_, Some(_), _) if finding.is_some() => finding.as_ref().map_or_else(String::new, finding_text),
			(_, Some(digest), 1) => match faults.first() {
				Some((_, code)) => format!("fault {code}, digest {digest}"),
				None => format!("digest {digest}"),
			},
			(_, Some(digest), items) => match faults.len() {
				0 => format!("{items} answers, digest {digest}"),
				faults => format!("{items} outcomes, {faults} of them faults, digest {digest}"),
			},
			(_, None, _) => String::new(),
		};
		let latency = self
			.latency()
			.or(self.provisional_latency())
			.map_or_else(String::new, |blocks| format!(" in {blocks} blocks"));
		format!(
			"job {:<6} {}{latency}  {end}",
			job.id.to_string(),
			status_name(&job.status)
		)
		.trim_end()
		.to_owned()
	}

	/// The inputs that came to a fault.
	fn faults(&self) -> impl Iterator<Item = (usize, String)> + '_ {
		self.outcomes()
			.iter()
			.enumerate()
			.filter_map(|(item, outcome)| match outcome {
				Outcome::Fault(code) => Some((item, format!("{code:?}"))),
				Outcome::Answer(_) => None,
			})
	}

	/// All that is known, a line for each fact, then why to believe the answer.
	pub fn text(&self) -> String {
		let job = &self.job;
		let input = match &job.input {
			Payload::Inline(bytes) => format!("{} bytes, inline", bytes.len()),
			Payload::Artifact(artifact) => format!("{} bytes, artifact {}", artifact.len, artifact.id),
		};
		let input = match job.items {
			1 => input,
			items => format!("{items} inputs in {input}"),
		};
		let digest = answer_of(&job.status).map(|(_, digest)| digest);
		let mut lines = vec![
			("job", job.id.to_string()),
			("status", status_text(job)),
			("model", job.model.to_string()),
			("task", job.task.to_string()),
			("input", input),
			("requester", job.requester.to_string()),
		];
		if let Some(stated) = &job.stated {
			let (manifest, answer) = (stated.manifest, stated.answer);
			lines.push((
				"probe",
				"whether the model is what its owner states, the inputs being golden ones".to_owned(),
			));
			lines.push(("  stated", format!("manifest {manifest:?}, outcomes {answer}")));
		}
		lines.extend(job.participants.iter().map(|p| {
			(
				duty_name(p.duty),
				format!("{} {}", p.worker, standing_text(&p.standing, digest)),
			)
		}));
		lines.push(("requested", format!("in block {}", job.requested_at)));
		lines.extend(fee_lines(&job.fee));
		if job.value_at_risk > 0 {
			lines.push(("value at risk", format!("{} ASY", Amount(job.value_at_risk))));
		}
		lines.push(("periods", periods_text(&job.periods)));
		lines.extend(digest.map(|digest| ("digest", digest.to_string())));
		lines.extend(self.finding().map(|finding| ("found", finding_text(&finding))));
		lines.extend(self.outcome_lines());
		let belief = match (&job.status, self.assurance()) {
			(_, Some(assurance)) => belief(assurance, self.by_executor(), digest),
			(JobStatus::Provisional { until, .. }, _) => format!(
				"confirmed {}, and nobody has challenged it yet; it is final after block {until}",
				confirmed_text(true, self.confirmations().unwrap_or(0), self.audited())
			),
			_ => return table(lines),
		};
		format!("{}\n\nWhy believe this\n{belief}", table(lines))
	}

	/// One of the job's inputs, for people.
	pub fn item_text(&self, item: u32) -> String {
		let mut lines = vec![
			("job", format!("{}, item {item} of {}", self.job.id, self.job.items)),
			("status", status_text(&self.job)),
		];
		match self.outcomes().get(item as usize) {
			Some(outcome) => {
				lines.push(("digest", digest_alone(outcome).to_string()));
				lines.extend(self.lines_of(outcome));
			}
			None => lines.extend(self.outcome_lines()),
		}
		table(lines)
	}

	fn outcome_lines(&self) -> Vec<(&'static str, String)> {
		match &self.outcomes {
			Some(Ok(outcomes)) => match outcomes.as_slice() {
				[outcome] => self.lines_of(outcome),
				outcomes => {
					let mut lines = vec![(
						"answer",
						format!(
							"{} outcomes: `assay job show {} --item I` shows one, --out DIR writes all",
							outcomes.len(),
							self.job.id
						),
					)];
					lines.extend(
						self.faults()
							.map(|(item, code)| ("fault", format!("item {item}: {code}"))),
					);
					lines
				}
			},
			Some(Err(error)) => vec![("answer", format!("cannot be read here: {error}"))],
			None => Vec::new(),
		}
	}

	fn lines_of(&self, outcome: &Outcome) -> Vec<(&'static str, String)> {
		match outcome {
			Outcome::Answer(outputs) => outputs
				.iter()
				.enumerate()
				.map(|(index, tensor)| {
					let name = tensors::output_name(self.ports.as_deref(), index);
					(
						"answer",
						format!("{} {}", printable(name.as_bytes()), tensors::summary(tensor)),
					)
				})
				.collect(),
			Outcome::Fault(code) => vec![("fault", format!("{code:?}: {}", code.explanation().trim()))],
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::{found, job, probe};
	use assay_primitives::{probe::Flaw, FaultCode};

	fn report(job: JobInfo) -> Report {
		Report {
			job,
			outcomes: None,
			ports: None,
			provisional_at: None,
		}
	}

	#[test]
	fn a_probe_is_told_by_what_it_found() {
		let good = report(probe(found(&Ok(()))));
		assert_eq!(good.verdict(), Verdict::Fine);
		assert!(good.text().contains("reproduced: it is what its owner states") && good.line().contains("reproduced"));
		assert_eq!(good.json()["finding"]["reproduced"], true);

		let bad = report(probe(found(&Err(Flaw::GoldenFault(FaultCode::RunFailed)))));
		assert_eq!(bad.verdict(), Verdict::Refused);
		assert!(bad
			.text()
			.contains("flawed: a golden input has no answer but a fault (RunFailed)"));
		assert_eq!(bad.json()["finding"]["fault"], "RunFailed");
		assert!(bad.json()["stated"]["manifest"].is_string());
	}

	#[test]
	fn a_probe_on_its_way_has_found_nothing_yet_and_no_other_job_ever_does() {
		let claiming = || JobStatus::Claiming { deadline: 9 };
		assert!(report(probe(claiming())).finding().is_none());
		let other = report(job(found(&Ok(()))));
		assert!(other.finding().is_none() && other.json()["stated"].is_null());
	}

	#[test]
	fn a_probe_that_nobody_claimed_costs_one_workers_pay() {
		let refunded = || JobStatus::Refunded {
			at: 9,
			reason: RefundReason::NoClaim,
			verdict: None,
		};
		assert!(report(probe(refunded())).text().contains("but for one worker's pay"));
		assert!(!report(job(refunded())).text().contains("but for"));
	}
}
