//! Between the off-chain worker and honest inference.

use super::{
	lie::lie,
	plan::{plan, Plan},
	submit,
	view::{Job, View},
	Fault,
};
use assay_primitives::{
	api::Standing,
	host::{Poll, Provider, Purpose},
	Answer, Task,
};
use assay_runtime::AccountId;
use sp_core::H256;
use sp_runtime::Permill;
use std::time::Duration;

/// What a dishonest node answers its off-chain worker.
pub struct Dishonest {
	pub fault: Fault,
	/// The cartel.
	pub members: Vec<AccountId>,
	pub view: View,
	pub honest: Box<dyn Provider>,
}

impl Provider for Dishonest {
	fn poll(&self, task: Task, purpose: Purpose) -> Poll {
		let job = self.view.job(purpose.job);
		match plan(self.fault, &self.members, purpose.role, job.as_ref()) {
			Plan::Honest => self.honest.poll(task, purpose),
			Plan::Silent => Poll::Pending,
			Plan::Lie => self.poll_and(task, purpose, |task, answer| self.lie(task, answer)),
			Plan::AsBound => self.poll_and(task, purpose, |task, answer| self.bound(task, answer, job.as_ref())),
			Plan::Copy(commitment) => {
				if let Some(job) = &job {
					self.copy(job, commitment);
				}
				Poll::Pending
			}
			Plan::Approve(digest) => self.view.answer(purpose.job, digest).map_or(Poll::Pending, Poll::Ready),
		}
	}

	fn wait(&self, grace: Duration, patience: Duration) {
		self.honest.wait(grace, patience);
	}

	fn watch_share(&self) -> Permill {
		self.honest.watch_share()
	}
}

impl Dishonest {
	/// What becomes of the honest answer, once there is one.
	fn poll_and(&self, task: Task, purpose: Purpose, change: impl FnOnce(&Task, Answer) -> Answer) -> Poll {
		match self.honest.poll(task.clone(), purpose) {
			Poll::Ready(answer) => Poll::Ready(change(&task, answer)),
			poll => poll,
		}
	}

	fn lie(&self, task: &Task, answer: Answer) -> Answer {
		lie(&self.view.tools.artifacts, task, &answer).unwrap_or_else(|| {
			log::warn!("There is nothing to twist, so this dishonest node is honest for once");
			answer
		})
	}

	/// The answer that this node is bound to: the wrong one, or else this one.
	fn bound(&self, task: &Task, answer: Answer, job: Option<&Job>) -> Answer {
		let lie = self.lie(task, answer.clone());
		match job {
			Some(job) if self.view.is_bound_to(&lie, job) => lie,
			_ => answer,
		}
	}

	/// Commits this node's workers to what the executor is bound to.
	fn copy(&self, job: &Job, commitment: H256) {
		let drawn = job
			.participants
			.iter()
			.filter(|participant| participant.standing == Standing::Drawn);
		for participant in drawn {
			let Some(key) = self.view.key_of(&participant.worker) else {
				continue;
			};
			let submission = submit::commit(participant.worker.clone(), job.id, commitment);
			if let Some(extrinsic) = submit::signed_by(&self.view, &key, submission) {
				submit::to_pool(&self.view, &extrinsic);
			}
		}
	}
}
