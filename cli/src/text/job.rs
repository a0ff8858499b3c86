//! Jobs.

use super::{count, fault, table, tensor, terms};
use crate::commands::protocol::percent;
use crate::{output::Text, text::model::finding};
use assay_client::json::{
	Assurance, Backing, Fault, Job, JobOutcome, JobStatusName, Participant, ParticipantStatus, RefundReason, Tensor,
};

impl Text for Job {
	/// Returns everything that is known, a line for each fact, then why to believe the answer.
	fn text(&self) -> String {
		let bytes = self.input.len;
		let input = match self.input.inline {
			true => format!("{bytes} bytes, inline"),
			false => format!("{bytes} bytes, artifact {}", self.input.hash),
		};
		let input = match self.items {
			1 => input,
			items => format!("{items} inputs in {input}"),
		};
		let mut lines = vec![
			("job", self.job.to_string()),
			("status", status(self)),
			("model", self.model.to_string()),
			("task", self.task.to_string()),
			("input", input),
			("requester", self.requester.to_string()),
		];
		if let Some(statement) = &self.statement {
			lines.push((
				"probe",
				"whether the model is as its owner states, with golden inputs".to_owned(),
			));
			lines.push((
				"  statement",
				format!("manifest {:?}, outcomes {}", statement.manifest, statement.outcomes),
			));
		}
		lines.extend(self.participants.iter().map(|participant| {
			(
				participant.role.name(),
				format!("{} {}", participant.worker, participant_status(self, participant)),
			)
		}));
		lines.push(("requested", format!("in block {}", self.requested_at)));
		lines.extend(terms::fee_lines(self.fee, &self.fee_parts));
		if self.value_at_risk.0 > 0 {
			lines.push(("value at risk", format!("{} ASY", self.value_at_risk)));
		}
		lines.push(("periods", terms::periods(&self.periods)));
		lines.extend(self.digest.map(|digest| ("digest", digest.to_string())));
		lines.extend(self.finding.iter().map(|found| ("finding", finding(found))));
		lines.extend(outcome_lines(self));
		let reasons = match (&self.assurance, self.challenge_until) {
			(Some(assurance), _) => assurance_lines(self, assurance),
			(None, Some(until)) => format!(
				"confirmed {}, and not challenged; it is final after block {until}",
				confirmation(true, self.confirmations.unwrap_or(0), self.audited)
			),
			(None, None) => return table(lines),
		};
		format!("{}\n\nWhy believe this\n{reasons}", table(lines))
	}
}

/// Says how far a participant is, compared with the job's answer.
fn participant_status(job: &Job, participant: &Participant) -> String {
	let digest = participant.digest.map_or_else(String::new, |digest| digest.to_string());
	match participant.status {
		ParticipantStatus::Drawn => "has not committed to an answer yet".to_owned(),
		ParticipantStatus::Committed => "has committed to an answer that nobody else knows yet".to_owned(),
		ParticipantStatus::Revealed if participant.digest == job.digest => "gave this answer".to_owned(),
		ParticipantStatus::Revealed => format!("gave the answer {digest}"),
		ParticipantStatus::Silent => "did not reveal its answer, and lost its bond".to_owned(),
		ParticipantStatus::Wrong => format!("gave the wrong answer {digest}, and lost its bond"),
	}
}

/// Says why to believe a settled answer.
fn assurance_lines(job: &Job, assurance: &Assurance) -> String {
	let verdict = match job.verdict {
		None => "none: nobody disagreed".to_owned(),
		Some(_) if job.verdict == job.digest => "validators ran it again and confirmed this answer".to_owned(),
		Some(verdict) => format!("validators ran it again and decided for {verdict}, not for this answer"),
	};
	let confirmed = confirmation(job.is_executors_answer(), job.confirmations.unwrap_or(0), job.audited);
	table([
		(
			"engine",
			format!("{}, which gives this answer wherever it runs", assurance.engine),
		),
		("confirmed", confirmed),
		(
			"at risk",
			format!(
				"{} ASY, which would have been lost had it been wrong",
				assurance.bond_at_risk
			),
		),
		("judged by", assumptions(&assurance.backing)),
		("pool", pool(&assurance.backing)),
		(
			"evasion",
			format!(
				"if the claim had been false, the chance that no honest worker checked it was {}, under these \
				 assumptions",
				assurance.evasion_probability
			),
		),
		("deterrence", assurance.deterrence.to_string()),
		("verdict", verdict),
	])
}

/// Says what is assumed about cheats.
pub fn assumptions(backing: &Backing) -> String {
	format!(
		"{} of slots and {} of block authors cheat together, and {} of results are run again by an honest node",
		percent(backing.malicious_share),
		percent(backing.author_share),
		percent(backing.reexecution)
	)
}

/// Says what stands behind the answers of a model.
pub fn pool(backing: &Backing) -> String {
	format!(
		"{} ASY of {} accounts, {} of it of the largest, for {} blocks on average; accounts are not parties",
		backing.pool_bonds,
		backing.workers,
		percent(backing.largest_share),
		backing.mean_age
	)
}

/// Describes the status of a job, and what comes next.
pub fn status(job: &Job) -> String {
	let block = |block: Option<u32>| block.map_or_else(|| "?".to_owned(), |block| block.to_string());
	match job.status {
		JobStatusName::Claiming => format!(
			"claiming: the executor has until block {} to commit to an answer",
			block(job.deadline)
		),
		JobStatusName::Drawing => format!(
			"drawing: the claim is locked since block {}, and checkers are drawn from later blocks",
			block(job.claimed_at)
		),
		JobStatusName::Checking => format!(
			"checking: the checkers have until block {} to commit to their answers",
			block(job.deadline)
		),
		JobStatusName::Revealing => {
			format!(
				"revealing: all have until block {} to reveal their answers",
				block(job.deadline)
			)
		}
		JobStatusName::Provisional => format!(
			"provisional since block {}: all agree, and anybody may challenge until block {}",
			block(job.provisional_at),
			block(job.challenge_until)
		),
		JobStatusName::Disputed => format!(
			"disputed since block {}: validators run it again, `assay dispute show {}` shows their votes",
			block(job.disputed_at),
			job.job
		),
		JobStatusName::Settled => format!("settled in block {}", block(job.settled_at)),
		JobStatusName::Refunded => format!("refunded in block {}: {}", block(job.refunded_at), refund(job)),
	}
}

/// Says why a job was refunded.
fn refund(job: &Job) -> &'static str {
	match job.reason {
		Some(RefundReason::NoClaim) if job.statement.is_some() => {
			"no worker that was drawn reproduced the model in time; the fee was refunded, except for the pay of one \
			 worker, which went to the audit fund"
		}
		Some(RefundReason::NoClaim) => "no worker that was drawn answered in time; the fee was refunded",
		Some(RefundReason::NoReveal) => {
			"no worker that had answered revealed its answer; the fee was refunded, and their bonds were slashed"
		}
		Some(RefundReason::NotRunnable) => {
			"validators decided that the job cannot be run; workers that had answered were paid, the rest of the fee \
			 was refunded"
		}
		Some(RefundReason::AllWrong) => "the answers were wrong, and nobody had the right one; the fee was refunded",
		Some(RefundReason::Cancelled) => "the requester cancelled it; the executor was paid",
		Some(RefundReason::Quarantined) => {
			"the model was quarantined; workers that had committed to an answer were paid, the rest of the fee was \
			 refunded"
		}
		Some(RefundReason::TooFewCheckers) => {
			"fewer checkers than asked for could be found, so the answer does not count; workers that had answered \
			 were paid, the rest of the fee was refunded"
		}
		None => "the fee was refunded",
	}
}

/// Says which workers gave the answer, and whether the executor is one of them.
fn confirmation(is_executors: bool, confirmations: u8, audited: bool) -> String {
	match (is_executors, confirmations, audited) {
		(true, 0, _) => "by no worker besides the executor".to_owned(),
		(true, 1, true) => "by one worker besides the executor: an auditor, drawn by chance".to_owned(),
		(true, 1, false) => "by one worker besides the executor, independently".to_owned(),
		(true, n, true) => {
			format!("by {n} workers besides the executor, independently, one of them an auditor, drawn by chance")
		}
		(true, n, false) => format!("by {n} workers besides the executor, independently"),
		(false, 0, _) => "by none of the workers: a challenger gave it".to_owned(),
		(false, 1, _) => "by one checker, against the executor".to_owned(),
		(false, n, _) => format!("by {n} checkers, against the executor"),
	}
}

fn outcome_lines(job: &Job) -> Vec<(&'static str, String)> {
	if let Some(error) = &job.error {
		return vec![("answer", format!("cannot be read: {error}"))];
	}
	match &job.outcomes {
		None => result_lines(job.outputs.as_deref(), job.fault),
		Some(outcomes) => {
			let mut lines = vec![(
				"answer",
				format!(
					"{} outcomes: `assay job show {} --item I` shows one, --out DIR writes all",
					outcomes.len(),
					job.job
				),
			)];
			lines.extend(
				job.faults()
					.iter()
					.map(|(item, fault)| ("fault", format!("item {item}: {fault}"))),
			);
			lines
		}
	}
}

fn result_lines(outputs: Option<&[Tensor]>, code: Option<Fault>) -> Vec<(&'static str, String)> {
	let answers = outputs
		.unwrap_or_default()
		.iter()
		.map(|output| ("answer", tensor(output)));
	answers.chain(code.map(|code| ("fault", fault(code)))).collect()
}

/// Describes one input of a job.
pub fn item(job: &Job, outcome: &JobOutcome) -> String {
	let mut lines = vec![
		("job", format!("{}, item {} of {}", job.job, outcome.item, job.items)),
		("status", status(job)),
	];
	match (&outcome.digest, &job.error) {
		(Some(digest), _) => {
			lines.push(("digest", digest.to_string()));
			lines.extend(result_lines(outcome.outputs.as_deref(), outcome.fault));
		}
		(None, Some(error)) => lines.push(("answer", format!("cannot be read: {error}"))),
		(None, None) => {}
	}
	table(lines)
}

/// Describes a job in one line, for a list.
pub fn line(job: &Job) -> String {
	let faults = job.faults();
	let result = match (&job.finding, job.digest, job.items) {
		_ if job.status == JobStatusName::Refunded => refund(job).to_owned(),
		(Some(found), ..) => finding(found),
		(None, Some(digest), 1) => match faults.first() {
			Some((_, fault)) => format!("fault {fault}, digest {digest}"),
			None => format!("digest {digest}"),
		},
		(None, Some(digest), items) => match faults.len() {
			0 => format!("{items} answers, digest {digest}"),
			faults => format!("{items} outcomes, {faults} of them faults, digest {digest}"),
		},
		(None, None, _) => String::new(),
	};
	let latency = job
		.latency_blocks
		.or(job.provisional_blocks)
		.map_or_else(String::new, |blocks| format!(" in {}", count(blocks, "block")));
	format!("job {:<6} {}{latency}  {result}", job.job.to_string(), job.status)
		.trim_end()
		.to_owned()
}

/// Returns the position of a status in the order of steps of a probe, out of [`STEPS`].
pub const fn step(status: JobStatusName) -> u64 {
	match status {
		JobStatusName::Claiming => 0,
		JobStatusName::Drawing => 1,
		JobStatusName::Checking => 2,
		JobStatusName::Revealing => 3,
		JobStatusName::Provisional | JobStatusName::Disputed => 4,
		JobStatusName::Settled | JobStatusName::Refunded => STEPS,
	}
}

/// The steps of a job that is not disputed.
pub const STEPS: u64 = 5;

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::{job, probe, refunded_probe, settled};
	use assay_client::json::{Finding, FlawName, Role};
	use assay_primitives::{FaultCode, OutcomeDigest};

	#[test]
	fn a_probe_is_described_by_its_finding() {
		let good = probe(Finding {
			reproduced: true,
			flaw: None,
			fault: None,
		});
		assert!(good.text().contains("reproduced: it is as its owner states") && line(&good).contains("reproduced"));
		let bad = probe(Finding {
			reproduced: false,
			flaw: Some(FlawName::GoldenFault),
			fault: Some(Fault(FaultCode::RunFailed)),
		});
		assert!(bad
			.text()
			.contains("flawed: a golden input results in a fault (RunFailed)"));
	}

	#[test]
	fn a_probe_that_nobody_claimed_costs_the_pay_of_one_worker() {
		assert!(refunded_probe().text().contains("except for the pay of one worker"));
		let mut other = refunded_probe();
		other.statement = None;
		assert!(!other.text().contains("except for"));
	}

	#[test]
	fn an_answer_that_is_not_the_executors_is_not_called_its_own() {
		for audited in [false, true] {
			for confirmations in 0..3 {
				assert!(confirmation(true, confirmations, audited).contains("besides the executor"));
				assert!(!confirmation(false, confirmations, audited).contains("besides the executor"));
			}
		}
		assert!(confirmation(true, 2, true).contains("auditor"));
		assert!(!confirmation(true, 2, false).contains("auditor"));
	}

	#[test]
	fn a_participant_is_compared_with_the_jobs_answer() {
		let (right, other) = (OutcomeDigest([1; 32].into()), OutcomeDigest([2; 32].into()));
		let mut job = settled();
		job.digest = Some(right);
		let text = |status, digest| {
			participant_status(
				&job,
				&Participant {
					worker: job.requester,
					role: Role::Executor,
					status,
					digest,
				},
			)
		};
		assert_eq!(text(ParticipantStatus::Revealed, Some(right)), "gave this answer");
		assert!(text(ParticipantStatus::Revealed, Some(other)).contains(&other.to_string()));
		assert!(text(ParticipantStatus::Wrong, Some(other)).contains("lost its bond"));
		assert!(text(ParticipantStatus::Silent, None).contains("lost its bond"));
	}

	#[test]
	fn a_settled_job_says_why_to_believe_it() {
		let text = settled().text();
		assert!(
			text.contains("Why believe this") && text.contains("nobody disagreed"),
			"{text}"
		);
		assert!(!job().text().contains("Why believe this"));
	}

	#[test]
	fn the_steps_of_a_probe_have_an_order() {
		let steps = [
			JobStatusName::Claiming,
			JobStatusName::Drawing,
			JobStatusName::Checking,
			JobStatusName::Revealing,
			JobStatusName::Disputed,
			JobStatusName::Settled,
		]
		.map(step);
		assert_eq!(steps, [0, 1, 2, 3, 4, STEPS]);
	}
}
