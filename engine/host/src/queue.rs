//! Which tasks wait, run and are done: plain data, moved on by the service under its lock.

use crate::recent::Recent;
use assay_primitives::{
	host::{Poll, Role, Unavailable},
	Answer, Task, TaskId,
};
use std::{
	collections::{HashMap, VecDeque},
	time::{Duration, Instant},
};

/// Answers that are remembered. Each is at most 16 KiB here, or an artifact in the store; one that is forgotten is
/// computed again when it is asked for.
const REMEMBERED: usize = 4096;

/// How long a task that had no answer is left alone: about two blocks. The cause may be gone by then, and a task that always runs
/// into its deadline does not take every thread.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(6);

/// What waits for a task, the most urgent first. Tasks of one urgency are taken in the order in which they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
	/// A vote, or a reveal that a bond hangs on. Rare: most reveals find their answer remembered.
	Bond,
	/// A commitment, without which a fine is due.
	Fine,
	/// Curiosity.
	Nothing,
}

impl Urgency {
	/// How many there are.
	const COUNT: usize = Self::Nothing as usize + 1;
}

impl From<Role> for Urgency {
	fn from(role: Role) -> Self {
		match role {
			Role::Vote | Role::Reveal => Self::Bond,
			Role::Claim | Role::Check => Self::Fine,
			Role::Watch => Self::Nothing,
		}
	}
}

/// What a task came to.
pub(crate) enum Done {
	Ready(Answer),
	Unavailable(Unavailable),
}

/// A task on its way.
#[derive(Clone, Copy)]
struct Pending {
	/// The most urgent purpose it was asked for.
	urgency: Urgency,
	is_running: bool,
}

/// The tasks of a service.
pub(crate) struct Queue {
	bound: usize,
	waiting: [VecDeque<(TaskId, Task)>; Urgency::COUNT],
	/// Waiting or running.
	pending: HashMap<TaskId, Pending>,
	ready: Recent<TaskId, Answer>,
	/// When a task failed, and how.
	failed: Recent<TaskId, (Instant, Unavailable)>,
}

impl Queue {
	/// A queue in which at most `bound` tasks wait.
	pub(crate) fn new(bound: usize) -> Self {
		Self {
			bound,
			waiting: Default::default(),
			pending: HashMap::new(),
			ready: Recent::new(REMEMBERED),
			failed: Recent::new(REMEMBERED),
		}
	}

	/// What is known of task `id` at `now`; `None` if it could be added. A task that is pending is from now on as urgent as the
	/// most urgent of its purposes, and still runs once.
	pub(crate) fn look_up(&mut self, id: TaskId, urgency: Urgency, now: Instant) -> Option<Poll> {
		if let Some(pending) = self.pending.get_mut(&id) {
			if urgency < pending.urgency {
				let was = std::mem::replace(&mut pending.urgency, urgency);
				if !pending.is_running {
					self.promote(id, was, urgency);
				}
			}
			return Some(Poll::Pending);
		}
		if let Some(answer) = self.ready.get(id) {
			return Some(Poll::Ready(answer.clone()));
		}
		let (failed_at, reason) = self.failed.get(id)?;
		(now < *failed_at + RETRY_AFTER).then_some(Poll::Unavailable(*reason))
	}

	fn promote(&mut self, id: TaskId, from: Urgency, to: Urgency) {
		let line = &mut self.waiting[from as usize];
		let task = line
			.iter()
			.position(|(waiting, _)| *waiting == id)
			.and_then(|at| line.remove(at));
		self.waiting[to as usize].extend(task);
	}

	/// Adds a task that [`Self::look_up`] does not know. In a full queue it takes the place of the one that came last among those
	/// that are less urgent; that one is forgotten, and may be asked for again.
	pub(crate) fn add(&mut self, id: TaskId, task: Task, urgency: Urgency) -> Poll {
		if self.waiting() >= self.bound {
			let mut behind = self.waiting[urgency as usize + 1..].iter_mut().rev();
			match behind.find_map(VecDeque::pop_back) {
				Some((last, _)) => self.pending.remove(&last),
				None => return Poll::Unavailable(Unavailable::Busy),
			};
		}
		self.pending.insert(
			id,
			Pending {
				urgency,
				is_running: false,
			},
		);
		self.waiting[urgency as usize].push_back((id, task));
		Poll::Pending
	}

	/// Takes the task that is to run next.
	pub(crate) fn take(&mut self) -> Option<(TaskId, Task)> {
		self.take_of(Urgency::COUNT)
	}

	/// Takes a task that is more urgent than `running`.
	pub(crate) fn take_before(&mut self, running: TaskId) -> Option<(TaskId, Task)> {
		let urgency = self.pending.get(&running)?.urgency;
		self.take_of(urgency as usize)
	}

	/// Takes the next task of the first `lines`.
	fn take_of(&mut self, lines: usize) -> Option<(TaskId, Task)> {
		let (id, task) = self.waiting[..lines].iter_mut().find_map(VecDeque::pop_front)?;
		if let Some(pending) = self.pending.get_mut(&id) {
			pending.is_running = true;
		}
		Some((id, task))
	}

	/// Ends a task that was taken.
	pub(crate) fn finish(&mut self, id: TaskId, done: Done, now: Instant) {
		self.pending.remove(&id);
		match done {
			Done::Ready(answer) => {
				self.failed.remove(id);
				self.ready.insert(id, answer);
			}
			Done::Unavailable(reason) => self.failed.insert(id, (now, reason)),
		}
	}

	/// Forgets the answer to a task: the store has lost it.
	pub(crate) fn forget(&mut self, id: TaskId) {
		self.ready.remove(id);
	}

	/// Ends every task that waits, for want of an engine.
	pub(crate) fn fail_all(&mut self, now: Instant) {
		while let Some((id, _)) = self.take() {
			self.finish(id, Done::Unavailable(Unavailable::Failed), now);
		}
	}

	/// Whether a task is waiting or running on which a bond or a fine hangs.
	pub(crate) fn has_duties(&self) -> bool {
		self.pending.values().any(|pending| pending.urgency < Urgency::Nothing)
	}

	/// Tasks that wait.
	pub(crate) fn waiting(&self) -> usize {
		self.waiting.iter().map(VecDeque::len).sum()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::{Artifact, BoundedSpec, EngineId, Payload};

	fn task(n: u8) -> (TaskId, Task) {
		let task = Task {
			engine: EngineId::default(),
			artifact: Artifact::of(b"model"),
			spec: BoundedSpec::default(),
			items: 1,
			input: Payload::of(vec![n]),
			stated: None,
		};
		(task.id(), task)
	}

	fn add_as(queue: &mut Queue, n: u8, role: Role, now: Instant) -> Poll {
		let (id, task) = task(n);
		let urgency = Urgency::from(role);
		queue
			.look_up(id, urgency, now)
			.unwrap_or_else(|| queue.add(id, task, urgency))
	}

	fn add(queue: &mut Queue, n: u8, now: Instant) -> Poll {
		add_as(queue, n, Role::Claim, now)
	}

	/// Which task comes next.
	fn take(queue: &mut Queue) -> Option<u8> {
		let (id, _) = queue.take()?;
		(0..=u8::MAX).find(|n| task(*n).0 == id)
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

		let answer = Answer {
			root: None,
			outcome: Payload::of(vec![7]),
		};
		queue.finish(id, Done::Ready(answer.clone()), now);
		for role in [Role::Claim, Role::Reveal, Role::Watch] {
			assert_eq!(add_as(&mut queue, 1, role, now), Poll::Ready(answer.clone()));
		}
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
		assert_eq!(take(&mut queue), Some(1));
		assert_eq!(add(&mut queue, 3, now), Poll::Pending);
		assert_eq!(take(&mut queue), Some(2));
	}

	#[test]
	fn what_a_bond_hangs_on_comes_first_and_watching_last() {
		let now = Instant::now();
		let mut queue = Queue::new(8);
		let roles = [Role::Watch, Role::Check, Role::Claim, Role::Reveal, Role::Vote];
		for (n, role) in (0..).zip(roles) {
			add_as(&mut queue, n, role, now);
		}
		let order: Vec<_> = std::iter::from_fn(|| take(&mut queue)).collect();
		assert_eq!(order, [3, 4, 1, 2, 0]);
	}

	#[test]
	fn a_task_asked_for_again_is_as_urgent_as_its_most_urgent_purpose_and_runs_once() {
		let now = Instant::now();
		let mut queue = Queue::new(8);
		for (n, role) in [(0, Role::Claim), (1, Role::Watch), (1, Role::Vote), (1, Role::Claim)] {
			assert_eq!(add_as(&mut queue, n, role, now), Poll::Pending);
		}
		assert_eq!(queue.waiting(), 2);
		assert_eq!(take(&mut queue), Some(1));
		assert!(queue.has_duties());
		// Nor is one that runs run again.
		add_as(&mut queue, 1, Role::Reveal, now);
		assert_eq!(take(&mut queue), Some(0));
		assert_eq!(take(&mut queue), None);
	}

	#[test]
	fn only_what_is_more_urgent_goes_before_a_running_task() {
		let now = Instant::now();
		let mut queue = Queue::new(8);
		add_as(&mut queue, 0, Role::Watch, now);
		assert_eq!(take(&mut queue), Some(0));
		for (n, role) in [(1, Role::Watch), (2, Role::Claim), (3, Role::Vote)] {
			add_as(&mut queue, n, role, now);
		}
		let watched = task(0).0;
		assert_eq!(queue.take_before(watched).map(|(id, _)| id), Some(task(3).0));
		// What was watched is wanted for a claim by now, so another claim waits.
		add_as(&mut queue, 0, Role::Claim, now);
		assert!(queue.take_before(watched).is_none());
		assert_eq!(take(&mut queue), Some(2));
		assert_eq!(take(&mut queue), Some(1));
	}

	#[test]
	fn a_full_queue_turns_the_least_urgent_away() {
		let now = Instant::now();
		let busy = Poll::Unavailable(Unavailable::Busy);
		let mut queue = Queue::new(2);
		add_as(&mut queue, 0, Role::Watch, now);
		add_as(&mut queue, 1, Role::Claim, now);
		assert_eq!(add_as(&mut queue, 2, Role::Watch, now), busy);
		assert_eq!(add_as(&mut queue, 2, Role::Vote, now), Poll::Pending);
		assert_eq!(add_as(&mut queue, 0, Role::Watch, now), busy);
		assert_eq!(add_as(&mut queue, 3, Role::Claim, now), busy);
		assert_eq!(add_as(&mut queue, 4, Role::Reveal, now), Poll::Pending);
		assert_eq!(add_as(&mut queue, 5, Role::Vote, now), busy);
		assert_eq!(queue.waiting(), 2);
		assert_eq!((take(&mut queue), take(&mut queue)), (Some(2), Some(4)));
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
