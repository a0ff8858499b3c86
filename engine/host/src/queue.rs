//! The queue of tasks: waiting, running and finished. Plain data, which the service changes under its lock.

use crate::lru::LruCache;
use assay_primitives::{
	host::{Poll, Purpose, Unavailable},
	Answer, Task, TaskId,
};
use std::{
	collections::{HashMap, VecDeque},
	time::{Duration, Instant},
};

/// The maximum number of answers, and of failures, that are cached. An answer takes at most 16 KiB here, or is an
/// artifact in the store. One that is evicted is computed again when it is polled.
const MAX_CACHED_RESULTS: usize = 4096;

/// The time for which a task that failed is not run again: about two blocks. By then the cause may be gone, and until
/// then a task that always runs into its deadline does not occupy the threads.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(6);

/// The time for which a waiting task that nobody polls is kept: five blocks. Off-chain workers poll in every block as
/// long as they need the answer, so the rest are too late: results that can no longer be challenged, or votes in
/// disputes that are over. If they ran, those behind them would be too late as well.
const ABANDONED_AFTER: Duration = Duration::from_secs(15);

/// The priority of a task, the highest first. Tasks of one priority run in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Priority {
	/// A vote, or a reveal: without it, a bond is slashed. Rare, since most reveals find their answer cached.
	Slashable,
	/// A commitment: without it, a fine is due.
	Fineable,
	/// A result that is watched: nothing is lost without it.
	BestEffort,
}

impl Priority {
	/// The number of priorities.
	const COUNT: usize = Self::BestEffort as usize + 1;
}

impl From<Purpose> for Priority {
	fn from(purpose: Purpose) -> Self {
		match purpose {
			Purpose::Vote | Purpose::Reveal => Self::Slashable,
			Purpose::Claim | Purpose::Check => Self::Fineable,
			Purpose::Watch => Self::BestEffort,
		}
	}
}

/// A task that is waiting or running.
#[derive(Clone, Copy)]
struct Pending {
	/// The highest priority of the purposes it was polled for.
	priority: Priority,
	/// When it was last polled.
	polled_at: Instant,
	is_running: bool,
}

/// The tasks of a service.
pub(crate) struct Queue {
	max_waiting: usize,
	/// A line for each priority.
	waiting: [VecDeque<(TaskId, Task)>; Priority::COUNT],
	/// The tasks that are waiting or running.
	pending: HashMap<TaskId, Pending>,
	answers: LruCache<TaskId, Answer>,
	/// When tasks failed, and why.
	failures: LruCache<TaskId, (Instant, Unavailable)>,
}

impl Queue {
	/// Creates an empty queue in which at most `max_waiting` tasks may wait.
	pub(crate) fn new(max_waiting: usize) -> Self {
		Self {
			max_waiting,
			waiting: Default::default(),
			pending: HashMap::new(),
			answers: LruCache::new(MAX_CACHED_RESULTS),
			failures: LruCache::new(MAX_CACHED_RESULTS),
		}
	}

	/// Returns the state of task `id` at time `now`, or `None` if the task may be added. Raises a pending task to
	/// `priority` if its own is lower; it still runs once.
	pub(crate) fn look_up(&mut self, id: TaskId, priority: Priority, now: Instant) -> Option<Poll> {
		if let Some(pending) = self.pending.get_mut(&id) {
			pending.polled_at = now;
			if priority < pending.priority {
				let previous = std::mem::replace(&mut pending.priority, priority);
				if !pending.is_running {
					self.promote(id, previous, priority);
				}
			}
			return Some(Poll::Pending);
		}
		if let Some(answer) = self.answers.get(id) {
			return Some(Poll::Ready(answer.clone()));
		}
		let (failed_at, reason) = self.failures.get(id)?;
		(now < *failed_at + RETRY_AFTER).then_some(Poll::Unavailable(*reason))
	}

	/// Moves a waiting task from the line of one priority to that of another.
	fn promote(&mut self, id: TaskId, from: Priority, to: Priority) {
		let line = &mut self.waiting[from as usize];
		let task = line
			.iter()
			.position(|(waiting, _)| *waiting == id)
			.and_then(|at| line.remove(at));
		self.waiting[to as usize].extend(task);
	}

	/// Adds a task that [`Self::look_up`] does not know. In a full queue, it replaces the last of the tasks with the
	/// lowest priority, if that is below `priority`; the replaced task is forgotten, and may be added again. Otherwise
	/// the queue is busy.
	pub(crate) fn add(&mut self, id: TaskId, task: Task, priority: Priority, now: Instant) -> Poll {
		if self.waiting() >= self.max_waiting {
			let mut lower = self.waiting[priority as usize + 1..].iter_mut().rev();
			match lower.find_map(VecDeque::pop_back) {
				Some((replaced, _)) => self.pending.remove(&replaced),
				None => return Poll::Unavailable(Unavailable::Busy),
			};
		}
		self.pending.insert(
			id,
			Pending {
				priority,
				polled_at: now,
				is_running: false,
			},
		);
		self.waiting[priority as usize].push_back((id, task));
		Poll::Pending
	}

	/// Takes the next task to run at time `now`.
	pub(crate) fn take(&mut self, now: Instant) -> Option<(TaskId, Task)> {
		self.take_from(Priority::COUNT, now)
	}

	/// Takes the next task whose priority is above that of the task `running`.
	pub(crate) fn take_above(&mut self, running: TaskId, now: Instant) -> Option<(TaskId, Task)> {
		let priority = self.pending.get(&running)?.priority;
		self.take_from(priority as usize, now)
	}

	/// Takes the next task from the first `lines` lines, and forgets those before it that nobody polls any more.
	fn take_from(&mut self, lines: usize, now: Instant) -> Option<(TaskId, Task)> {
		loop {
			let (id, task) = self.waiting[..lines].iter_mut().find_map(VecDeque::pop_front)?;
			match self.pending.get_mut(&id) {
				Some(pending) if now >= pending.polled_at + ABANDONED_AFTER => {
					self.pending.remove(&id);
				}
				Some(pending) => {
					pending.is_running = true;
					return Some((id, task));
				}
				None => return Some((id, task)),
			}
		}
	}

	/// Ends a task that was taken, and caches its result.
	pub(crate) fn finish(&mut self, id: TaskId, result: Result<Answer, Unavailable>, now: Instant) {
		self.pending.remove(&id);
		match result {
			Ok(answer) => {
				self.failures.remove(id);
				self.answers.insert(id, answer);
			}
			Err(reason) => self.failures.insert(id, (now, reason)),
		}
	}

	/// Forgets the answer to a task, whose bytes the store has lost.
	pub(crate) fn forget(&mut self, id: TaskId) {
		self.answers.remove(id);
	}

	/// Fails every waiting task, because there is no engine to run it.
	pub(crate) fn fail_all(&mut self, now: Instant) {
		while let Some((id, _)) = self.take(now) {
			self.finish(id, Err(Unavailable::Failed), now);
		}
	}

	/// Returns whether a task is pending that costs its worker a bond or a fine if it is late.
	pub(crate) fn has_punishable_tasks(&self) -> bool {
		self.pending
			.values()
			.any(|pending| pending.priority < Priority::BestEffort)
	}

	/// Returns the number of waiting tasks.
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
			statement: None,
		};
		(task.id(), task)
	}

	fn add_for(queue: &mut Queue, n: u8, purpose: Purpose, now: Instant) -> Poll {
		let (id, task) = task(n);
		let priority = Priority::from(purpose);
		queue
			.look_up(id, priority, now)
			.unwrap_or_else(|| queue.add(id, task, priority, now))
	}

	fn add(queue: &mut Queue, n: u8, now: Instant) -> Poll {
		add_for(queue, n, Purpose::Claim, now)
	}

	/// Takes the next task and returns its number.
	fn take(queue: &mut Queue) -> Option<u8> {
		let (id, _) = queue.take(Instant::now())?;
		(0..=u8::MAX).find(|n| task(*n).0 == id)
	}

	#[test]
	fn a_task_is_queued_once_and_its_answer_is_cached() {
		let now = Instant::now();
		let mut queue = Queue::new(8);
		assert_eq!(add(&mut queue, 1, now), Poll::Pending);
		assert_eq!(add(&mut queue, 1, now), Poll::Pending);
		assert_eq!(queue.waiting(), 1);

		let (id, _) = queue.take(now).unwrap();
		assert_eq!(add(&mut queue, 1, now), Poll::Pending);
		assert!(queue.take(now).is_none());

		let answer = Answer {
			root: None,
			outcome: Payload::of(vec![7]),
		};
		queue.finish(id, Ok(answer.clone()), now);
		for purpose in [Purpose::Claim, Purpose::Reveal, Purpose::Watch] {
			assert_eq!(add_for(&mut queue, 1, purpose, now), Poll::Ready(answer.clone()));
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
	fn slashable_tasks_run_first_and_watched_ones_last() {
		let now = Instant::now();
		let mut queue = Queue::new(8);
		let purposes = [
			Purpose::Watch,
			Purpose::Check,
			Purpose::Claim,
			Purpose::Reveal,
			Purpose::Vote,
		];
		for (n, purpose) in (0..).zip(purposes) {
			add_for(&mut queue, n, purpose, now);
		}
		let order: Vec<_> = std::iter::from_fn(|| take(&mut queue)).collect();
		assert_eq!(order, [3, 4, 1, 2, 0]);
	}

	#[test]
	fn a_task_polled_for_several_purposes_has_the_highest_of_their_priorities_and_runs_once() {
		let now = Instant::now();
		let mut queue = Queue::new(8);
		for (n, purpose) in [
			(0, Purpose::Claim),
			(1, Purpose::Watch),
			(1, Purpose::Vote),
			(1, Purpose::Claim),
		] {
			assert_eq!(add_for(&mut queue, n, purpose, now), Poll::Pending);
		}
		assert_eq!(queue.waiting(), 2);
		assert_eq!(take(&mut queue), Some(1));
		assert!(queue.has_punishable_tasks());
		// A running task does not run a second time either.
		add_for(&mut queue, 1, Purpose::Reveal, now);
		assert_eq!(take(&mut queue), Some(0));
		assert_eq!(take(&mut queue), None);
	}

	#[test]
	fn only_a_task_of_a_higher_priority_interrupts_a_running_one() {
		let now = Instant::now();
		let mut queue = Queue::new(8);
		add_for(&mut queue, 0, Purpose::Watch, now);
		assert_eq!(take(&mut queue), Some(0));
		for (n, purpose) in [(1, Purpose::Watch), (2, Purpose::Claim), (3, Purpose::Vote)] {
			add_for(&mut queue, n, purpose, now);
		}
		let watched = task(0).0;
		assert_eq!(queue.take_above(watched, now).map(|(id, _)| id), Some(task(3).0));
		// The watched task is now needed for a claim too, so another claim waits.
		add_for(&mut queue, 0, Purpose::Claim, now);
		assert!(queue.take_above(watched, now).is_none());
		assert_eq!(take(&mut queue), Some(2));
		assert_eq!(take(&mut queue), Some(1));
	}

	#[test]
	fn a_full_queue_drops_the_task_of_the_lowest_priority() {
		let now = Instant::now();
		let busy = Poll::Unavailable(Unavailable::Busy);
		let mut queue = Queue::new(2);
		add_for(&mut queue, 0, Purpose::Watch, now);
		add_for(&mut queue, 1, Purpose::Claim, now);
		assert_eq!(add_for(&mut queue, 2, Purpose::Watch, now), busy);
		assert_eq!(add_for(&mut queue, 2, Purpose::Vote, now), Poll::Pending);
		assert_eq!(add_for(&mut queue, 0, Purpose::Watch, now), busy);
		assert_eq!(add_for(&mut queue, 3, Purpose::Claim, now), busy);
		assert_eq!(add_for(&mut queue, 4, Purpose::Reveal, now), Poll::Pending);
		assert_eq!(add_for(&mut queue, 5, Purpose::Vote, now), busy);
		assert_eq!(queue.waiting(), 2);
		assert_eq!((take(&mut queue), take(&mut queue)), (Some(2), Some(4)));
	}

	#[test]
	fn a_waiting_task_that_nobody_polls_any_more_is_not_run() {
		let now = Instant::now();
		let later = now + ABANDONED_AFTER;
		let mut queue = Queue::new(8);
		for n in 0..4 {
			add_for(&mut queue, n, Purpose::Watch, now);
		}
		assert_eq!(queue.take(now).unwrap().0, task(0).0);
		add_for(&mut queue, 2, Purpose::Watch, later);
		assert_eq!(queue.take(later).unwrap().0, task(2).0);
		assert!(queue.take(later).is_none());
		assert_eq!(queue.waiting(), 0);
		// A running one is not abandoned, and a forgotten one can be added again.
		assert_eq!(add_for(&mut queue, 0, Purpose::Watch, later), Poll::Pending);
		assert_eq!(queue.waiting(), 0);
		add_for(&mut queue, 1, Purpose::Watch, later);
		assert_eq!(queue.take(later).unwrap().0, task(1).0);
	}

	#[test]
	fn a_task_that_failed_is_run_again_after_a_while() {
		let now = Instant::now();
		let mut queue = Queue::new(8);
		add(&mut queue, 1, now);
		let (id, _) = queue.take(now).unwrap();
		queue.finish(id, Err(Unavailable::NoModel), now);
		assert_eq!(add(&mut queue, 1, now), Poll::Unavailable(Unavailable::NoModel));
		assert_eq!(add(&mut queue, 1, now + RETRY_AFTER), Poll::Pending);
		assert_eq!(queue.take(now + RETRY_AFTER).unwrap().0, id);
	}
}
