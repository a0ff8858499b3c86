//! What a job is about. Inference and probes share the state machine; everything in which they differ is here.

use crate::{BalanceOf, Config, Subject};
use assay_primitives::{
	api::{Assurance, Stats},
	batch::Answer,
	probe::{decode_finding, find_encoded_finding, probe_pool},
	task::{probe_id, task_id},
	traits::{JobResult, OnJobEnded, OnProbed},
	EngineId, InputDigest, JobId, ModelId, OutcomeDigest, StatementDigest, TaskId,
};
use frame_support::weights::Weight;

impl Subject {
	/// Returns the pool from which the workers for a job on `model` are drawn.
	pub fn pool(&self, model: ModelId) -> ModelId {
		match self {
			Self::Inference => model,
			Self::Probe { engine, .. } => probe_pool(*engine),
		}
	}

	/// Returns the statement that a probe compares the model with.
	pub fn statement(&self) -> Option<StatementDigest> {
		match self {
			Self::Inference => None,
			Self::Probe { statement, .. } => Some(*statement),
		}
	}

	/// Names the task of a job, given the `engine` with which the model is registered; `None` if it is needed and
	/// unknown. A model is registered only after its probe was accepted.
	pub fn task(&self, registered: Option<EngineId>, model: ModelId, input: InputDigest) -> Option<TaskId> {
		match self {
			Self::Inference => Some(task_id(registered?, model, input)),
			Self::Probe { engine, statement } => Some(probe_id(*engine, model, input, statement)),
		}
	}

	/// Whether `answer` has the form of an answer to `items` items.
	pub fn accepts(&self, answer: &Answer, items: u32) -> bool {
		match self {
			Self::Inference => answer.root.is_some() == (items > 1),
			Self::Probe { .. } => decode_finding(answer).is_some(),
		}
	}

	/// Returns the answer that a verdict names, if it follows from the verdict alone. It does for a probe, which has
	/// few possible findings.
	pub fn answer_of_verdict(&self, verdict: OutcomeDigest) -> Option<Answer> {
		match self {
			Self::Inference => None,
			Self::Probe { .. } => find_encoded_finding(verdict),
		}
	}

	/// Whether a worker that does not commit in time keeps its slot and its stake. In a probe it does: the file may be
	/// unavailable.
	pub fn excuses_no_shows(&self) -> bool {
		match self {
			Self::Inference => false,
			Self::Probe { .. } => true,
		}
	}

	/// Whether the requester pays for one try even if the job ends without an answer. For a probe it does: otherwise
	/// nothing would deter an owner from submitting unavailable models.
	pub fn charges_failure(&self) -> bool {
		match self {
			Self::Inference => false,
			Self::Probe { .. } => true,
		}
	}

	/// Counts a settled job of `items` items.
	pub(crate) fn count_settled<Balance>(&self, totals: &mut Stats<Balance>, items: u32) {
		totals.settled = totals.settled.saturating_add(1);
		match self {
			Self::Inference => totals.answered_items = totals.answered_items.saturating_add(items.into()),
			Self::Probe { .. } => totals.probes = totals.probes.saturating_add(1),
		}
	}

	/// Notifies other pallets of the answer to a job.
	pub(crate) fn notify_settled<T: Config>(
		&self,
		id: JobId,
		requester: &T::AccountId,
		model: &ModelId,
		answer: &Answer,
		assurance: &Assurance<BalanceOf<T>>,
	) {
		match self {
			Self::Inference => T::OnJobEnded::on_job_ended(id, requester, &JobResult::Settled { answer, assurance }),
			Self::Probe { .. } => T::OnProbed::on_probed(id, model, decode_finding(answer)),
		}
	}

	/// Notifies other pallets that a job has ended without an answer.
	pub(crate) fn notify_refunded<T: Config>(&self, id: JobId, requester: &T::AccountId, model: &ModelId) {
		match self {
			Self::Inference => T::OnJobEnded::on_job_ended(id, requester, &JobResult::Refunded),
			Self::Probe { .. } => T::OnProbed::on_probed(id, model, None),
		}
	}

	/// Returns the maximum weight of a notification.
	pub(crate) fn weight_of_notification<T: Config>(&self) -> Weight {
		match self {
			Self::Inference => T::OnJobEnded::weight(),
			Self::Probe { .. } => T::OnProbed::weight(),
		}
	}
}
