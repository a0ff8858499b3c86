//! From the records of the chain to documents.

use super::names::{FlawName, JobStatusName, ParticipantStatus, Role};
use super::{
	Assurance, Backing, FeeParts, Finding, Job, JobInput, JobOutcome, JobPeriods, Participant, ReadOutcomes, Statement,
};
use crate::{
	chain::{self, provisional_since, JobInfo},
	json::tensor::{split, Fault},
	outcomes::{answer_of, single_digest},
	terms::{Deterrence, Probability},
	Amount,
};
use assay_primitives::{abi, api, bounds, probe::decode_finding, terms::Fee, OutcomeDigest, Payload, StatementDigest};

impl FeeParts {
	/// Converts a fee.
	pub fn new(fee: &Fee<u128>) -> Self {
		Self {
			pay: Amount(fee.pay),
			rent: Amount(fee.rent),
			workers: fee.workers,
			levy: Amount(fee.levy),
			burn: Amount(fee.burn),
			royalty: Amount(fee.royalty),
		}
	}
}

impl Backing {
	/// Converts what an answer rests on.
	pub fn new(backing: &bounds::Backing<u128>) -> Self {
		let bounds::Backing {
			odds,
			capacity,
			bond,
			slots,
			checkers,
		} = backing;
		let share = |parts: u32| f64::from(parts) / 1e6;
		Self {
			malicious_share: share(odds.malicious_share.deconstruct()),
			audit_rate: share(odds.audit_rate.deconstruct()),
			author_share: share(odds.author_share.deconstruct()),
			reexecution: share(odds.reexecution.deconstruct()),
			pool_bonds: Amount(bond.saturating_mul(capacity.tickets.into())),
			workers: capacity.workers,
			largest_share: share(capacity.largest_share().deconstruct()),
			mean_age: capacity.mean_age,
			slots: *slots,
			checkers: *checkers,
			bonds: backing.bonds(),
			bond: Amount(*bond),
		}
	}
}

impl JobPeriods {
	/// Converts periods.
	pub fn new(periods: &api::JobPeriods) -> Self {
		Self {
			commit: periods.commit,
			reveal: periods.reveal,
			window: periods.window,
			vote: periods.vote,
		}
	}
}

impl Finding {
	/// Converts a finding.
	pub fn new(finding: &assay_primitives::Finding) -> Self {
		let (flaw, fault) = match finding {
			Ok(()) => (None, None),
			Err(flaw) => {
				let (flaw, fault) = FlawName::split(*flaw);
				(Some(flaw), fault)
			}
		};
		Self {
			reproduced: finding.is_ok(),
			flaw,
			fault,
		}
	}
}

impl Statement {
	fn new(statement: &StatementDigest) -> Self {
		Self {
			manifest: statement.manifest,
			outcomes: statement.answer,
		}
	}
}

impl JobInput {
	fn new(input: &Payload) -> Self {
		let (len, inline) = match input {
			Payload::Inline(bytes) => (bytes.len() as u64, true),
			Payload::Artifact(artifact) => (artifact.len, false),
		};
		Self {
			hash: input.content(),
			len,
			inline,
		}
	}
}

impl Participant {
	fn new(participant: &chain::Participant) -> Self {
		let (status, digest) = match participant.status {
			api::ParticipantStatus::Drawn => (ParticipantStatus::Drawn, None),
			api::ParticipantStatus::Committed(_) => (ParticipantStatus::Committed, None),
			api::ParticipantStatus::Revealed(digest) => (ParticipantStatus::Revealed, Some(digest)),
			api::ParticipantStatus::Silent => (ParticipantStatus::Silent, None),
			api::ParticipantStatus::Wrong(digest) => (ParticipantStatus::Wrong, Some(digest)),
		};
		Self {
			worker: participant.worker,
			role: match participant.role {
				api::Role::Executor => Role::Executor,
				api::Role::Checker => Role::Checker,
				api::Role::Auditor => Role::Auditor,
			},
			status,
			digest,
		}
	}
}

impl JobOutcome {
	/// Reports the outcome of input `item`, or that it cannot be read.
	fn new(item: u32, outcome: Option<&assay_primitives::Outcome>, ports: Option<&[abi::Port]>) -> Self {
		let (outputs, fault) = outcome.map_or((None, None), |outcome| split(outcome, ports));
		Self {
			row: None,
			item,
			digest: outcome.map(single_digest),
			outputs,
			fault,
			correct: None,
		}
	}

	/// Reports that there is no outcome of input `item`.
	pub fn missing(item: u32) -> Self {
		Self::new(item, None, None)
	}
}

impl ReadOutcomes<'_> {
	/// Reports the outcome of input `item`.
	pub fn item(&self, item: u32) -> JobOutcome {
		let outcome = match &self.outcomes {
			Some(Ok(outcomes)) => outcomes.get(item as usize),
			_ => None,
		};
		JobOutcome::new(item, outcome, self.ports)
	}
}

impl Job {
	/// Reports a job without its outcomes. `provisional_at` is the block since which it was provisional, where that was
	/// seen.
	pub fn new(job: &JobInfo, provisional_at: Option<u32>) -> Self {
		let answer = answer_of(&job.status);
		let digest = answer.map(|(_, digest)| digest);
		let participants: Vec<_> = job.participants.iter().map(Participant::new).collect();
		let provisional_at = provisional_at.or(provisional_since(&job.status));
		let mut report = Self {
			job: job.id,
			status: (&job.status).into(),
			deadline: None,
			claimed_at: None,
			challenge_until: None,
			disputed_at: None,
			refunded_at: None,
			reason: None,
			row: None,
			model: job.model,
			task: job.task,
			statement: job.statement.as_ref().map(Statement::new),
			finding: job
				.statement
				.and_then(|_| decode_finding(answer?.0))
				.as_ref()
				.map(Finding::new),
			items: job.items,
			input: JobInput::new(&job.input),
			requester: job.requester,
			executor: participants
				.iter()
				.find(|participant| participant.role == Role::Executor)
				.map(|participant| participant.worker),
			checkers: job.fee.workers.saturating_sub(1),
			fee: Amount(job.fee.total()),
			fee_parts: FeeParts::new(&job.fee),
			value_at_risk: Amount(job.value_at_risk),
			periods: JobPeriods::new(&job.periods),
			requested_at: job.requested_at,
			provisional_at,
			settled_at: None,
			latency_blocks: None,
			provisional_blocks: provisional_at.and_then(|at| at.checked_sub(job.requested_at)),
			digest,
			confirmations: digest.map(|digest| {
				let confirms =
					|participant: &&Participant| participant.role != Role::Executor && participant.has_revealed(digest);
				participants.iter().filter(confirms).count() as u8
			}),
			audited: participants.iter().any(|participant| participant.role == Role::Auditor),
			disputed: false,
			verdict: None,
			assurance: None,
			participants,
			outputs: None,
			fault: None,
			outcomes: None,
			correct: None,
			error: None,
		};
		report.set_status(job);
		report
	}

	fn set_status(&mut self, job: &JobInfo) {
		match &job.status {
			chain::JobStatus::Claiming { deadline }
			| chain::JobStatus::Checking { deadline }
			| chain::JobStatus::Revealing { deadline } => self.deadline = Some(*deadline),
			chain::JobStatus::Drawing { since } => self.claimed_at = Some(*since),
			chain::JobStatus::Provisional { until, .. } => self.challenge_until = Some(*until),
			chain::JobStatus::Disputed { since } => {
				self.disputed_at = Some(*since);
				self.disputed = true;
			}
			chain::JobStatus::Settled { at, assurance, .. } => {
				self.settled_at = Some(*at);
				self.latency_blocks = at.checked_sub(job.requested_at);
				self.confirmations = Some(assurance.confirmations);
				self.audited = assurance.audited;
				self.verdict = assurance.verdict;
				self.disputed = assurance.verdict.is_some();
				self.assurance = Some(Assurance {
					engine: assurance.engine,
					bond_at_risk: Amount(assurance.bond_at_risk),
					backing: Backing::new(&assurance.backing),
					evasion_probability: Probability::from_parts(assurance.evasion_probability.deconstruct()),
					deterrence: Deterrence::from_parts(assurance.deterrence.into_inner()),
				});
			}
			chain::JobStatus::Refunded { at, reason, verdict } => {
				self.refunded_at = Some(*at);
				self.reason = Some((*reason).into());
				self.latency_blocks = at.checked_sub(job.requested_at);
				self.verdict = *verdict;
				self.disputed = verdict.is_some() || *reason == api::RefundReason::NotRunnable;
			}
		}
	}

	/// Adds the outcomes.
	pub fn with_outcomes(mut self, read: &ReadOutcomes) -> Self {
		match &read.outcomes {
			Some(Err(error)) => self.error = Some(error.clone()),
			Some(Ok(_)) if self.items == 1 => {
				let outcome = read.item(0);
				(self.outputs, self.fault) = (outcome.outputs, outcome.fault);
			}
			Some(Ok(_)) => self.outcomes = Some((0..self.items).map(|item| read.item(item)).collect()),
			None => {}
		}
		self
	}

	/// Returns whether the answer is the executor's.
	pub fn is_executors_answer(&self) -> bool {
		self.digest.is_some_and(|digest| {
			self.participants
				.iter()
				.any(|participant| participant.role == Role::Executor && participant.has_revealed(digest))
		})
	}

	/// Returns the inputs whose outcome is a fault.
	pub fn faults(&self) -> Vec<(u32, Fault)> {
		match &self.outcomes {
			Some(outcomes) => outcomes
				.iter()
				.filter_map(|outcome| Some((outcome.item, outcome.fault?)))
				.collect(),
			None => self.fault.iter().map(|fault| (0, *fault)).collect(),
		}
	}

	/// Returns whether the job is in progress or was answered without a fault or a flaw.
	pub fn is_success(&self) -> bool {
		self.status != JobStatusName::Refunded
			&& self.faults().is_empty()
			&& self.finding.as_ref().is_none_or(|finding| finding.reproduced)
	}
}

impl Participant {
	fn has_revealed(&self, digest: OutcomeDigest) -> bool {
		self.status == ParticipantStatus::Revealed && self.digest == Some(digest)
	}
}
