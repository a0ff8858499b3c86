//! One of many requests as a state machine: events and records go in, its stage comes out.

use crate::{
	chain::{has_ended, provisional_since, JobInfo, JobStatus, ModelInfo},
	json::JobStatusName,
	tx::TxError,
	AccountId32,
};
use assay_primitives::{batch::input_digest, task::task_id, JobId, ModelRef, Payload, TaskId};

/// Blocks for which a job may be missing from the best chain, as it is around a reorganisation, before it counts as
/// lost.
pub(super) const MISSING_TIMEOUT: u32 = 20;
/// The number of times that one request is sent when others take its slot.
pub(super) const MAX_TRIES: u32 = 10;

/// The stage of all requests to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
	/// Every request is in a block.
	Placed,
	/// Every job has an answer, though it may still be challenged.
	Provisional,
	/// Every job has ended.
	Ended,
}

/// The input of one job.
#[derive(Clone, Debug)]
pub struct JobInput {
	/// The number of inputs.
	pub items: u32,
	/// The inputs, packed.
	pub input: Payload,
	/// The most the job may cost.
	pub max_fee: u128,
}

/// A job that a request became.
#[derive(Debug)]
pub struct Placed {
	pub job: JobInfo,
	/// The block since which its answer was provisional, where that was seen.
	pub provisional_at: Option<u32>,
}

/// The progress of a request.
#[derive(Debug)]
pub(super) enum Stage {
	/// Not sent, or to be sent again.
	Waiting,
	/// On its way into a block.
	Sent,
	/// In a block, as this job. The record is that of the best chain; `missing` counts blocks without one.
	Placed {
		job: JobId,
		record: Option<Box<JobInfo>>,
		missing: u32,
	},
	/// Given up.
	Failed(String),
}

/// An event of a request's transaction.
#[derive(Debug)]
pub(super) enum TxEvent {
	/// It is in a block, as this job.
	Placed(JobId),
	/// Its block is no longer on the best chain.
	Retracted,
	/// It had no effect.
	Failed(TxError),
}

/// One request.
#[derive(Debug)]
pub struct Request {
	pub(super) input: JobInput,
	pub(super) stage: Stage,
	/// The task of its job; `None` if the model's name may stand for another model before the request is in a block.
	pub(super) task: Option<TaskId>,
	tries: u32,
	/// The block since which its answer was provisional, once that was seen.
	provisional_at: Option<u32>,
}

impl Request {
	/// Prepares a request to `model` by this name.
	pub(super) fn new(name: &ModelRef, model: &ModelInfo, input: JobInput) -> Self {
		let digest = input_digest(input.items, input.input.content());
		let is_fixed = !matches!(name, ModelRef::Latest(_));
		Self {
			task: is_fixed.then(|| task_id(model.engine, model.id, digest)),
			input,
			stage: Stage::Waiting,
			tries: 0,
			provisional_at: None,
		}
	}

	/// Notes that the pool has accepted it.
	pub(super) fn on_sent(&mut self) {
		self.tries += 1;
		self.stage = Stage::Sent;
	}

	/// Notes what happened to its transaction.
	pub(super) fn on_event(&mut self, event: TxEvent) {
		match (event, &self.stage) {
			// Reported again when the block is final, and anew when a reorganisation has moved the request to another
			// block.
			(TxEvent::Placed(job), Stage::Placed { job: known, .. }) if job == *known => {}
			(TxEvent::Placed(job), _) => {
				self.provisional_at = None;
				self.stage = Stage::Placed {
					job,
					record: None,
					missing: 0,
				}
			}
			(TxEvent::Retracted, _) => self.stage = Stage::Sent,
			(TxEvent::Failed(TxError::Refused(refusal)), _) if refusal.is_temporary() && self.tries < MAX_TRIES => {
				self.stage = Stage::Waiting
			}
			// The pool cannot lose a transaction that is in a block.
			(TxEvent::Failed(TxError::Lost(_)), Stage::Placed { .. }) => {}
			(TxEvent::Failed(error), _) => self.stage = Stage::Failed(error.to_string()),
		}
	}

	/// Notes the record that the best chain has under its job's number.
	pub(super) fn on_record(&mut self, found: Option<JobInfo>, requester: AccountId32) {
		let Stage::Placed { job, record, missing } = &mut self.stage else {
			return;
		};
		// Around a reorganisation the number may belong to another job for some blocks.
		let (task, input) = (self.task, &self.input);
		let is_own = |found: &JobInfo| {
			found.requester == requester
				&& task.is_none_or(|task| found.task == task)
				&& (found.items, &found.input) == (input.items, &input.input)
		};
		*record = found.filter(is_own).map(Box::new);
		if let Some(since) = record.as_ref().and_then(|record| provisional_since(&record.status)) {
			self.provisional_at = Some(since);
		}
		*missing = if record.is_some() { 0 } else { *missing + 1 };
		if *missing > MISSING_TIMEOUT {
			self.stage = Stage::Failed(format!(
				"job {job} is no longer on the best chain: `assay job show {job}` shows whether it comes back, else \
					 request it again"
			));
		}
	}

	/// Returns its job, if that may still change.
	pub(super) fn open_job(&self) -> Option<JobId> {
		match &self.stage {
			Stage::Placed { job, .. } if !self.has_ended() => Some(*job),
			_ => None,
		}
	}

	/// Returns its job, once it is in a block.
	pub fn job(&self) -> Option<JobId> {
		match &self.stage {
			Stage::Placed { job, .. } => Some(*job),
			_ => None,
		}
	}

	/// Returns the latest record of its job, once there is one.
	pub fn record(&self) -> Option<&JobInfo> {
		match &self.stage {
			Stage::Placed { record, .. } => record.as_deref(),
			_ => None,
		}
	}

	fn has_ended(&self) -> bool {
		self.record().is_some_and(|record| has_ended(&record.status))
	}

	pub(super) fn is_waiting(&self) -> bool {
		matches!(self.stage, Stage::Waiting)
	}

	pub(super) fn is_sent(&self) -> bool {
		matches!(self.stage, Stage::Sent)
	}

	/// Returns whether it holds a slot or is about to.
	pub(super) fn is_in_progress(&self) -> bool {
		self.is_sent() || self.open_job().is_some()
	}

	/// Returns whether there is nothing left to wait for.
	pub(super) fn is_done(&self, wait: Wait) -> bool {
		let is_provisional = || {
			self.record()
				.is_some_and(|record| provisional_since(&record.status).is_some())
		};
		let has_failed = matches!(self.stage, Stage::Failed(_));
		has_failed
			|| match wait {
				Wait::Placed => self.record().is_some(),
				Wait::Provisional => is_provisional() || self.has_ended(),
				Wait::Ended => self.has_ended(),
			}
	}

	/// Returns the stage's position in the order of stages, and its name.
	pub fn stage_name(&self) -> (u8, &'static str) {
		let status = match &self.stage {
			Stage::Waiting => return (0, "waiting for a slot"),
			Stage::Sent => return (1, "sent"),
			Stage::Failed(_) => return (10, "failed"),
			Stage::Placed { record: None, .. } => return (2, "placed"),
			Stage::Placed {
				record: Some(record), ..
			} => &record.status,
		};
		let position = match status {
			JobStatus::Claiming { .. } => 3,
			JobStatus::Drawing { .. } => 4,
			JobStatus::Checking { .. } => 5,
			JobStatus::Revealing { .. } => 6,
			JobStatus::Provisional { .. } => 7,
			JobStatus::Disputed { .. } => 8,
			JobStatus::Settled { .. } | JobStatus::Refunded { .. } => 9,
		};
		(position, JobStatusName::from(status).name())
	}

	/// Returns the job it became, or why it became none.
	pub(super) fn into_result(self) -> Result<Placed, String> {
		match self.stage {
			Stage::Placed {
				record: Some(record), ..
			} => Ok(Placed {
				job: *record,
				provisional_at: self.provisional_at,
			}),
			Stage::Failed(reason) => Err(reason),
			_ => Err("not in a block yet".to_owned()),
		}
	}
}
