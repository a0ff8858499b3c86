//! One request of a batch as a state machine: what it is told and sees goes in, how far it is comes out.

use super::Wait;
use crate::{
	calls::CallError,
	chain::{JobInfo, ModelInfo},
	report::has_ended,
};
use assay_primitives::{task::task_id, JobId, Payload, TaskId};
use subxt::utils::AccountId32;

/// Blocks for which a job may be missing from the best chain, as it is around a reorganisation, before it counts as lost.
const MISSING_PATIENCE: u32 = 20;
/// How often one request is sent when others take its slot.
const MAX_TRIES: u32 = 10;

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
	pub input: Payload,
	pub stage: Stage,
	task: TaskId,
	tries: u32,
}

impl Ask {
	/// A request of `model`, not sent yet.
	pub fn new(model: &ModelInfo, input: Payload) -> Self {
		Self {
			task: task_id(model.engine, model.id, input.input_digest()),
			input,
			stage: Stage::Waiting,
			tries: 0,
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
				self.stage = Stage::Placed {
					job,
					record: None,
					missing: 0,
				}
			}
			(News::Retracted, _) => self.stage = Stage::Sent,
			(News::Failed(CallError::Refused(refusal)), _) if refusal.is_no_free_slot() && self.tries < MAX_TRIES => {
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
		*record = found
			.filter(|found| found.task == self.task && found.requester == requester)
			.map(Box::new);
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
		match wait {
			Wait::Placed => matches!(self.stage, Stage::Failed(_)) || self.record().is_some(),
			Wait::Ended => matches!(self.stage, Stage::Failed(_)) || self.has_ended(),
		}
	}

	/// The job it became, or why it became none.
	pub fn result(self) -> Result<JobInfo, String> {
		match self.stage {
			Stage::Placed {
				record: Some(record), ..
			} => Ok(*record),
			Stage::Failed(reason) => Err(reason),
			_ => Err("still on its way".to_owned()),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{chain::JobStatus, hints::Refusal};
	use assay_primitives::{api, Artifact, BoundedSpec, EngineId, ModelId};

	const ALICE: AccountId32 = AccountId32([1; 32]);
	const BOB: AccountId32 = AccountId32([2; 32]);

	fn ask() -> Ask {
		let model = ModelInfo {
			id: ModelId::default(),
			owner: BOB,
			engine: EngineId::default(),
			artifact: Artifact::of(b"onnx"),
			spec: BoundedSpec::default(),
			name: Vec::new(),
			description: Vec::new(),
			price: 1,
			status: api::ModelStatus::Open,
			submitted_at: 1,
			free_slots: 1,
		};
		Ask::new(&model, Payload::of(vec![0]))
	}

	fn record(ask: &Ask, job: u64, status: JobStatus) -> JobInfo {
		JobInfo {
			id: JobId(job),
			requester: ALICE,
			executor: BOB,
			model: ModelId::default(),
			engine: EngineId::default(),
			artifact: Artifact::of(b"onnx"),
			spec: BoundedSpec::default(),
			task: ask.task,
			input: ask.input.clone(),
			fee: 1,
			requested_at: 1,
			status,
		}
	}

	const CLAIMING: JobStatus = JobStatus::Claiming { deadline: 9 };
	const REFUNDED: JobStatus = JobStatus::Refunded {
		at: 9,
		reason: api::RefundReason::NoCommit,
	};

	fn refusal(name: &str) -> News {
		News::Failed(CallError::Refused(Refusal {
			name: name.into(),
			doc: String::new(),
			hint: "",
		}))
	}

	#[test]
	fn a_request_waits_is_sent_placed_and_ends() {
		let mut ask = ask();
		assert!(ask.is_waiting() && !ask.is_under_way());
		ask.sent();
		assert!(ask.is_sent() && ask.is_under_way());
		ask.hear(News::Placed(JobId(7)));
		assert_eq!(ask.open_job(), Some(JobId(7)));
		assert!(!ask.is_done(Wait::Placed), "a job is placed once its record is seen");
		ask.see(Some(record(&ask, 7, CLAIMING)), ALICE);
		assert!(ask.is_done(Wait::Placed) && !ask.is_done(Wait::Ended) && ask.is_under_way());
		ask.see(Some(record(&ask, 7, REFUNDED)), ALICE);
		assert!(ask.is_done(Wait::Ended) && !ask.is_under_way());
		assert_eq!(ask.open_job(), None);
		assert_eq!(ask.result().unwrap().status, REFUNDED);
	}

	#[test]
	fn a_request_that_lost_its_slot_is_sent_again_but_not_for_ever() {
		let mut ask = ask();
		for _ in 1..MAX_TRIES {
			ask.sent();
			ask.hear(refusal("Jobs::NoFreeSlot"));
			assert!(ask.is_waiting());
		}
		ask.sent();
		ask.hear(refusal("Jobs::NoFreeSlot"));
		assert!(ask.is_done(Wait::Ended) && ask.result().is_err());
	}

	#[test]
	fn any_other_refusal_is_the_end() {
		let mut ask = ask();
		ask.sent();
		ask.hear(refusal("Jobs::Overpriced"));
		assert!(ask.result().unwrap_err().contains("Jobs::Overpriced"));
	}

	#[test]
	fn a_reorganisation_moves_a_request_to_another_job() {
		let mut ask = ask();
		ask.sent();
		ask.hear(News::Placed(JobId(7)));
		ask.see(Some(record(&ask, 7, REFUNDED)), ALICE);
		ask.hear(News::Placed(JobId(7)));
		assert!(ask.is_done(Wait::Ended), "the same news again changes nothing");
		ask.hear(News::Retracted);
		assert!(ask.is_sent());
		ask.hear(News::Placed(JobId(8)));
		assert_eq!(ask.open_job(), Some(JobId(8)));
	}

	#[test]
	fn the_pool_cannot_lose_what_is_in_a_block() {
		let mut ask = ask();
		ask.sent();
		ask.hear(News::Placed(JobId(7)));
		ask.hear(News::Failed(CallError::Lost("finality timeout".into())));
		assert_eq!(ask.open_job(), Some(JobId(7)));
	}

	#[test]
	fn somebody_elses_record_under_its_number_is_not_its_own() {
		let mut ask = ask();
		ask.sent();
		ask.hear(News::Placed(JobId(7)));
		ask.see(Some(record(&ask, 7, REFUNDED)), BOB);
		assert!(!ask.is_done(Wait::Placed));
		let mut other = record(&ask, 7, REFUNDED);
		other.task = TaskId([9; 32].into());
		ask.see(Some(other), ALICE);
		assert!(!ask.is_done(Wait::Placed));
	}

	#[test]
	fn a_job_that_stays_missing_counts_as_lost() {
		let mut ask = ask();
		ask.sent();
		ask.hear(News::Placed(JobId(7)));
		for _ in 0..MISSING_PATIENCE {
			ask.see(None, ALICE);
			assert!(!ask.is_done(Wait::Ended));
		}
		ask.see(None, ALICE);
		assert!(ask.is_done(Wait::Ended));
		assert!(ask.result().unwrap_err().contains("job 7"));
	}
}
