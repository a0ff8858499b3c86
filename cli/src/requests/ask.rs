//! One of many requests as a state machine: what it is told and sees goes in, how far it is comes out.

use super::Wait;
use crate::{
	calls::CallError,
	chain::{JobInfo, JobStatus, ModelInfo},
	report::{has_ended, provisional_since, status_name, status_text},
};
use assay_primitives::{batch::input_digest, task::task_id, JobId, ModelRef, Payload, TaskId};
use subxt::utils::AccountId32;

/// Blocks for which a job may be missing from the best chain, as it is around a reorganisation, before it counts as lost.
const MISSING_PATIENCE: u32 = 20;
/// How often one request is sent when others take its slot.
const MAX_TRIES: u32 = 10;

/// What one job is asked.
#[derive(Clone, Debug)]
pub struct Question {
	/// How many inputs there are.
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

/// How far a request is.
#[derive(Debug)]
pub enum Stage {
	/// Not sent, or to be sent again.
	Waiting,
	/// On its way into a block.
	Sent,
	/// In a block as this job. The record is that of the best chain; `missing` counts blocks without one.
	Placed {
		job: JobId,
		record: Option<Box<JobInfo>>,
		missing: u32,
	},
	/// Given up.
	Failed(String),
}

/// What the watch over a transaction has to tell.
#[derive(Debug)]
pub enum News {
	/// It is in a block, as this job.
	Placed(JobId),
	/// Its block is no longer on the best chain.
	Retracted,
	/// It had no effect.
	Failed(CallError),
}

/// One request.
#[derive(Debug)]
pub struct Ask {
	pub question: Question,
	pub stage: Stage,
	/// What its job is about; `None` if the model's name may come to mean another model before it is in a block.
	task: Option<TaskId>,
	tries: u32,
	/// The block since which its answer was provisional, once that was seen.
	provisional_at: Option<u32>,
}

impl Ask {
	/// A request of `model` by this name, not sent yet.
	pub fn new(name: &ModelRef, model: &ModelInfo, question: Question) -> Self {
		let input = input_digest(question.items, question.input.content());
		let is_fixed = !matches!(name, ModelRef::Latest(_));
		Self {
			task: is_fixed.then(|| task_id(model.engine, model.id, input)),
			question,
			stage: Stage::Waiting,
			tries: 0,
			provisional_at: None,
		}
	}

	/// The pool has taken it.
	pub fn sent(&mut self) {
		self.tries += 1;
		self.stage = Stage::Sent;
	}

	/// Takes in what became of its transaction.
	pub fn hear(&mut self, news: News) {
		match (news, &self.stage) {
			// Told again when the block is final, and anew when a reorganisation has put the request elsewhere.
			(News::Placed(job), Stage::Placed { job: known, .. }) if job == *known => {}
			(News::Placed(job), _) => {
				self.provisional_at = None;
				self.stage = Stage::Placed {
					job,
					record: None,
					missing: 0,
				}
			}
			(News::Retracted, _) => self.stage = Stage::Sent,
			(News::Failed(CallError::Refused(refusal)), _) if refusal.is_for_now() && self.tries < MAX_TRIES => {
				self.stage = Stage::Waiting
			}
			// A transaction in a block is no longer the pool's to lose.
			(News::Failed(CallError::Lost(_)), Stage::Placed { .. }) => {}
			(News::Failed(error), _) => self.stage = Stage::Failed(error.to_string()),
		}
	}

	/// Takes in the record that the best chain has under its job's number.
	pub fn see(&mut self, found: Option<JobInfo>, requester: AccountId32) {
		let Stage::Placed { job, record, missing } = &mut self.stage else {
			return;
		};
		// Around a reorganisation the number may belong to another job for some blocks.
		let (task, question) = (self.task, &self.question);
		let is_own = |found: &JobInfo| {
			found.requester == requester
				&& task.is_none_or(|task| found.task == task)
				&& (found.items, &found.input) == (question.items, &question.input)
		};
		*record = found.filter(is_own).map(Box::new);
		if let Some(since) = record.as_ref().and_then(|record| provisional_since(&record.status)) {
			self.provisional_at = Some(since);
		}
		*missing = if record.is_some() { 0 } else { *missing + 1 };
		if *missing > MISSING_PATIENCE {
			self.stage = Stage::Failed(format!(
				"job {job} is no longer on the best chain: look again with `assay job show {job}`"
			));
		}
	}

	/// The job whose record is to be read at the next block.
	pub fn open_job(&self) -> Option<JobId> {
		match &self.stage {
			Stage::Placed { job, .. } if !self.has_ended() => Some(*job),
			_ => None,
		}
	}

	/// The job it is in a block as.
	pub fn job(&self) -> Option<JobId> {
		match &self.stage {
			Stage::Placed { job, .. } => Some(*job),
			_ => None,
		}
	}

	fn record(&self) -> Option<&JobInfo> {
		match &self.stage {
			Stage::Placed { record, .. } => record.as_deref(),
			_ => None,
		}
	}

	fn has_ended(&self) -> bool {
		self.record().is_some_and(|record| has_ended(&record.status))
	}

	pub fn is_waiting(&self) -> bool {
		matches!(self.stage, Stage::Waiting)
	}

	pub fn is_sent(&self) -> bool {
		matches!(self.stage, Stage::Sent)
	}

	/// Whether it holds a slot or will take one.
	pub fn is_under_way(&self) -> bool {
		self.is_sent() || self.open_job().is_some()
	}

	/// Whether there is nothing left to wait for.
	pub fn is_done(&self, wait: Wait) -> bool {
		let is_provisional = || {
			self.record()
				.is_some_and(|record| provisional_since(&record.status).is_some())
		};
		let failed = matches!(self.stage, Stage::Failed(_));
		failed
			|| match wait {
				Wait::Placed => self.record().is_some(),
				Wait::Provisional => is_provisional() || self.has_ended(),
				Wait::Ended => self.has_ended(),
			}
	}

	/// The stage's place in the order of events, and its name.
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
		let place = match status {
			JobStatus::Claiming { .. } => 3,
			JobStatus::Drawing { .. } => 4,
			JobStatus::Checking { .. } => 5,
			JobStatus::Revealing { .. } => 6,
			JobStatus::Provisional { .. } => 7,
			JobStatus::Disputed { .. } => 8,
			JobStatus::Settled { .. } | JobStatus::Refunded { .. } => 9,
		};
		(place, status_name(status))
	}

	/// The stage and what it waits for.
	pub fn text(&self) -> String {
		match self.record() {
			Some(record) => format!("job {} {}", record.id, status_text(record)),
			None => self.stage_name().1.to_owned(),
		}
	}

	/// The job it became, or why it became none.
	pub fn result(self) -> Result<Placed, String> {
		match self.stage {
			Stage::Placed {
				record: Some(record), ..
			} => Ok(Placed {
				job: *record,
				provisional_at: self.provisional_at,
			}),
			Stage::Failed(reason) => Err(reason),
			_ => Err("still on its way".to_owned()),
		}
	}
}

#[cfg(test)]
mod tests;
