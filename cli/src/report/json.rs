//! A job as programs read it.

use super::{
	words::{duty_name, status_name},
	Report,
};
use crate::{
	amount::Amount,
	chain::{JobStatus, Participant},
	findings::finding_json,
	outcomes::{answer_of, digest_alone},
	tensors,
	terms::{fee_json, periods_json, Chance, Odds},
};
use assay_primitives::{
	api::{Duty, Standing},
	Outcome, Tensor,
};
use serde_json::{json, Value};

impl Report {
	/// Everything, for programs. Amounts are decimal ASY in strings, so that no reader rounds them. A job of several inputs has its
	/// `outcomes` in a list; a job of one has `outputs` and `fault` itself.
	pub fn json(&self) -> Value {
		let mut value = self.head();
		match (&self.outcomes, self.job.items) {
			(Some(Err(error)), _) => value["error"] = json!(error),
			(Some(Ok(outcomes)), 1) => {
				let parts = outcomes.first().map(|outcome| self.outcome_json(outcome));
				value["outputs"] = parts.as_ref().map_or(Value::Null, |parts| parts["outputs"].clone());
				value["fault"] = parts.map_or(Value::Null, |parts| parts["fault"].clone());
			}
			(Some(Ok(_)), items) => value["outcomes"] = (0..items).map(|item| self.item_json(item)).collect(),
			(None, _) => {}
		}
		value
	}

	/// One of the job's inputs and what became of it, for programs.
	pub fn item_json(&self, item: u32) -> Value {
		let mut value = match self.outcomes().get(item as usize) {
			Some(outcome) => self.outcome_json(outcome),
			None => json!({ "digest": null, "fault": null, "outputs": null }),
		};
		value["item"] = json!(item);
		value
	}

	fn outcome_json(&self, outcome: &Outcome) -> Value {
		let (outputs, fault) = match outcome {
			Outcome::Answer(outputs) => (self.outputs_json(outputs), Value::Null),
			Outcome::Fault(code) => (Value::Null, json!(format!("{code:?}"))),
		};
		json!({ "digest": digest_alone(outcome), "fault": fault, "outputs": outputs })
	}

	fn head(&self) -> Value {
		let job = &self.job;
		let executor = job.participants.iter().find(|p| p.duty == Duty::Executor);
		let participant = |p: &Participant| {
			let (standing, revealed) = match &p.standing {
				Standing::Drawn => ("drawn", None),
				Standing::Committed(_) => ("committed", None),
				Standing::Revealed(digest) => ("revealed", Some(digest)),
				Standing::Silent => ("silent", None),
				Standing::Wrong(digest) => ("wrong", Some(digest)),
			};
			json!({
				"worker": p.worker.to_string(),
				"duty": duty_name(p.duty),
				"standing": standing,
				"revealed": revealed,
			})
		};
		let mut value = json!({
			"job": job.id,
			"status": status_name(&job.status),
			"model": job.model,
			"task": job.task,
			"stated": job.stated.map(|stated| json!({ "manifest": format!("{:?}", stated.manifest), "outcomes": stated.answer })),
			"finding": self.finding().as_ref().map(finding_json),
			"items": job.items,
			"requester": job.requester.to_string(),
			"executor": executor.map(|p| p.worker.to_string()),
			"checkers": job.fee.workers.saturating_sub(1),
			"participants": job.participants.iter().map(participant).collect::<Value>(),
			"fee": Amount(job.fee.total()).to_string(),
			"fee_parts": fee_json(&job.fee),
			"value_at_risk": Amount(job.value_at_risk).to_string(),
			"periods": periods_json(&job.periods),
			"requested_at": job.requested_at,
			"provisional_at": self.provisional_at,
			"settled_at": null,
			"latency_blocks": self.latency(),
			"provisional_blocks": self.provisional_latency(),
			"digest": answer_of(&job.status).map(|(_, digest)| digest),
			"confirmations": self.confirmations(),
			"audited": self.audited(),
			"disputed": self.disputed(),
			"verdict": self.found(),
			"assurance": self.assurance().map(|assurance| json!({
				"engine": assurance.engine,
				"bond_at_risk": Amount(assurance.bond_at_risk).to_string(),
				"passing": Chance(assurance.passing.deconstruct()).value(),
				"deterrence": Odds(assurance.deterrence.into_inner()).value(),
			})),
			"fault": null,
			"outputs": null,
		});
		match &job.status {
			JobStatus::Claiming { deadline } | JobStatus::Checking { deadline } | JobStatus::Revealing { deadline } => {
				value["deadline"] = json!(deadline)
			}
			JobStatus::Provisional { until, .. } => value["challenge_until"] = json!(until),
			JobStatus::Drawing { since } => value["claimed_at"] = json!(since),
			JobStatus::Disputed { since } => value["disputed_at"] = json!(since),
			JobStatus::Settled { at, .. } => value["settled_at"] = json!(at),
			JobStatus::Refunded { at, reason, .. } => {
				value["refunded_at"] = json!(at);
				value["reason"] = json!(format!("{reason:?}"));
			}
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
}
