//! Sits between the off-chain worker and the honest inference service.

use crate::{
	action::{choose_action, Action},
	chain_view::{ChainView, Job},
	cli::Behaviour,
	submission,
	wrong_answer::wrong_answer,
};
use assay_primitives::{
	api::ParticipantStatus,
	host::{Poll, PollContext, Provider},
	Answer, Task,
};
use assay_runtime::AccountId;
use sp_core::H256;
use sp_runtime::Permill;
use std::time::Duration;

/// Answers the off-chain worker of a node that misbehaves.
pub struct MisbehavingProvider {
	pub behaviour: Behaviour,
	/// The members of the cartel.
	pub cartel: Vec<AccountId>,
	pub view: ChainView,
	pub honest: Box<dyn Provider>,
}

impl Provider for MisbehavingProvider {
	fn poll(&self, task: Task, context: PollContext) -> Poll {
		let job = self.view.job(context.job);
		match choose_action(self.behaviour, &self.cartel, context.purpose, job.as_ref()) {
			Action::Honest => self.honest.poll(task, context),
			Action::Silent => Poll::Pending,
			Action::Wrong => self.poll_and(task, context, |task, answer| self.falsify(task, answer)),
			Action::AsCommitted => self.poll_and(task, context, |task, answer| {
				self.committed_answer(task, answer, job.as_ref())
			}),
			Action::Copy(commitment) => {
				if let Some(job) = &job {
					self.submit_copies(job, commitment);
				}
				Poll::Pending
			}
			Action::Approve(digest) => self.view.answer(context.job, digest).map_or(Poll::Pending, Poll::Ready),
		}
	}

	fn wait(&self, delay: Duration, timeout: Duration) {
		self.honest.wait(delay, timeout);
	}

	fn watch_share(&self) -> Permill {
		self.honest.watch_share()
	}
}

impl MisbehavingProvider {
	/// Polls the honest service and changes the answer, once there is one.
	fn poll_and(&self, task: Task, context: PollContext, change: impl FnOnce(&Task, Answer) -> Answer) -> Poll {
		match self.honest.poll(task.clone(), context) {
			Poll::Ready(answer) => Poll::Ready(change(&task, answer)),
			poll => poll,
		}
	}

	/// Returns the wrong answer, or the right one if the node cannot make a wrong one.
	fn falsify(&self, task: &Task, answer: Answer) -> Answer {
		wrong_answer(&self.view.handles.artifacts, task, &answer).unwrap_or_else(|| {
			log::warn!("This node cannot read the right answer, so it cannot make a wrong one and stays honest");
			answer
		})
	}

	/// Returns the wrong answer if this node has committed to it, or the right one otherwise.
	fn committed_answer(&self, task: &Task, answer: Answer, job: Option<&Job>) -> Answer {
		let wrong = self.falsify(task, answer.clone());
		match job {
			Some(job) if self.view.has_committed_to(&wrong, job) => wrong,
			_ => answer,
		}
	}

	/// Submits the executor's commitment for each worker of this node that was drawn.
	fn submit_copies(&self, job: &Job, commitment: H256) {
		let drawn = job
			.participants
			.iter()
			.filter(|participant| participant.status == ParticipantStatus::Drawn);
		for participant in drawn {
			let Some(key) = self.view.key_of(&participant.worker) else {
				continue;
			};
			let submission = submission::commit(&self.view, participant.worker.clone(), job.id, job.task, commitment);
			if let Some(extrinsic) = submission::sign(&self.view, &key, submission) {
				submission::send_to_pool(&self.view, &extrinsic);
			}
		}
	}
}
