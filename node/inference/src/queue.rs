//! Which tasks wait, run and are done: plain data, moved on by the service under its lock.

use crate::recent::Recent;
use assay_primitives::{
	host::{Poll, Unavailable},
	Payload, Task, TaskId,
};
use std::{
	collections::{HashSet, VecDeque},
	time::{Duration, Instant},
};

/// Outcomes that are remembered. Each is at most 16 KiB here, or an artifact in the store; one that is forgotten is
/// computed again when it is asked for.
const REMEMBERED: usize = 4096;

/// How long a task that had no answer is left alone: about two blocks. The cause may be gone by then, and a task that always runs
/// into its deadline does not take every thread.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(6);

/// What a task came to.
pub(crate) enum Done {
	Ready(Payload),
	Unavailable(Unavailable),
}

/// The tasks of a service.
pub(crate) struct Queue {
	bound: usize,
	waiting: VecDeque<(TaskId, Task)>,
	/// Waiting or running.
	pending: HashSet<TaskId>,
	ready: Recent<TaskId, Payload>,
	/// When a task failed, and how.
	failed: Recent<TaskId, (Instant, Unavailable)>,
}

impl Queue {
	/// A queue in which at most `bound` tasks wait.
	pub(crate) fn new(bound: usize) -> Self {
		Self {
			bound,
			waiting: VecDeque::new(),
			pending: HashSet::new(),
			ready: Recent::new(REMEMBERED),
			failed: Recent::new(REMEMBERED),
		}
	}

	/// What is known of task `id` at `now`; `None` if it could be added.
	pub(crate) fn look_up(&mut self, id: TaskId, now: Instant) -> Option<Poll> {
		if self.pending.contains(&id) {
			return Some(Poll::Pending);
		}
		if let Some(outcome) = self.ready.get(id) {
			return Some(Poll::Ready(outcome.clone()));
		}
		let (failed_at, reason) = self.failed.get(id)?;
		(now < *failed_at + RETRY_AFTER).then_some(Poll::Unavailable(*reason))
	}

	/// Adds a task that [`Self::look_up`] does not know.
	pub(crate) fn add(&mut self, id: TaskId, task: Task) -> Poll {
		if self.waiting.len() >= self.bound {
			return Poll::Unavailable(Unavailable::Busy);
		}
		self.pending.insert(id);
		self.waiting.push_back((id, task));
		Poll::Pending
	}

	/// Takes the task that has waited longest, to run it.
	pub(crate) fn take(&mut self) -> Option<(TaskId, Task)> {
		self.waiting.pop_front()
	}

	/// Ends a task that was taken.
	pub(crate) fn finish(&mut self, id: TaskId, done: Done, now: Instant) {
		self.pending.remove(&id);
		match done {
			Done::Ready(outcome) => {
				self.failed.remove(id);
				self.ready.insert(id, outcome);
			}
			Done::Unavailable(reason) => self.failed.insert(id, (now, reason)),
		}
	}

	/// Forgets the outcome of a task: the store has lost it.
	pub(crate) fn forget(&mut self, id: TaskId) {
		self.ready.remove(id);
	}

	/// Ends every task that waits, for want of an engine.
	pub(crate) fn fail_all(&mut self, now: Instant) {
		while let Some((id, _)) = self.take() {
			self.finish(id, Done::Unavailable(Unavailable::Failed), now);
		}
	}

	/// Tasks that wait.
	pub(crate) fn waiting(&self) -> usize {
		self.waiting.len()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::{Artifact, BoundedSpec, EngineId};

	fn task(n: u8) -> (TaskId, Task) {
		let task = Task {
			engine: EngineId::default(),
			artifact: Artifact::of(b"model"),
			spec: BoundedSpec::default(),
			input: Payload::of(vec![n]),
		};
		(task.id(), task)
	}

	fn add(queue: &mut Queue, n: u8, now: Instant) -> Poll {
		let (id, task) = task(n);
		queue.look_up(id, now).unwrap_or_else(|| queue.add(id, task))
	}

	#[test]
	fn a_task_is_queued_once_and_then_remembered() {
		let now = Instant::now();
		let mut queue = Queue::new(8);
		assert_eq!(add(&mut queue, 1, now), Poll::Pending);
		assert_eq!(add(&mut queue, 1, now), Poll::Pending);
		assert_eq!(queue.waiting(), 1);

		let (id, _) = queue.take().unwrap();
		assert_eq!(add(&mut queue, 1, now), Poll::Pending);
		assert!(queue.take().is_none());

		let outcome = Payload::of(vec![7]);
		queue.finish(id, Done::Ready(outcome.clone()), now);
		assert_eq!(add(&mut queue, 1, now), Poll::Ready(outcome));
		queue.forget(id);
		assert_eq!(add(&mut queue, 1, now), Poll::Pending);
	}

	#[test]
	fn the_queue_is_bounded_and_first_in_first_out() {
		let now = Instant::now();
		let mut queue = Queue::new(2);
		assert_eq!(add(&mut queue, 1, now), Poll::Pending);
		assert_eq!(add(&mut queue, 2, now), Poll::Pending);
		assert_eq!(add(&mut queue, 3, now), Poll::Unavailable(Unavailable::Busy));
		assert_eq!(queue.take().unwrap().0, task(1).0);
		assert_eq!(add(&mut queue, 3, now), Poll::Pending);
		assert_eq!(queue.take().unwrap().0, task(2).0);
	}

	#[test]
	fn a_task_that_failed_is_tried_again_after_a_while() {
		let now = Instant::now();
		let mut queue = Queue::new(8);
		add(&mut queue, 1, now);
		let (id, _) = queue.take().unwrap();
		queue.finish(id, Done::Unavailable(Unavailable::NoModel), now);
		assert_eq!(add(&mut queue, 1, now), Poll::Unavailable(Unavailable::NoModel));
		assert_eq!(add(&mut queue, 1, now + RETRY_AFTER), Poll::Pending);
		assert_eq!(queue.take().unwrap().0, id);
	}
}
