//! Inference for a node: a bounded queue, threads that run its tasks, a poll that never blocks, and a wait that ends
//! soon.

use crate::{
	metrics::Metrics,
	queue::{Priority, Queue},
	run::{self, log_failure, Run, RunContext, TimeLimits, LOG_TARGET},
	warm::WarmInstances,
	Engine, EngineError,
};
use assay_artifacts::ArtifactStore;
use assay_primitives::{
	host::{InferenceExt, Poll, PollContext, Provider, Unavailable},
	Answer, Payload, Task, TaskId,
};
use parking_lot::{Condvar, Mutex, MutexGuard};
use sp_runtime::Permill;
use std::{
	panic::{catch_unwind, AssertUnwindSafe},
	path::PathBuf,
	sync::Arc,
	thread,
	time::{Duration, Instant},
};
use substrate_prometheus_endpoint::Registry;

/// The resources that a service may use.
#[derive(Clone, Debug)]
pub struct ServiceConfig {
	/// The number of tasks that run at the same time, at least one. More than the machine has cores only makes each
	/// slower.
	pub threads: usize,
	/// The maximum number of waiting tasks. Beyond it, polls answer [`Unavailable::Busy`].
	pub queue_bound: usize,
	/// The folder that caches the compiled engine. Without one, every start compiles for seconds.
	pub cache_dir: Option<PathBuf>,
	/// The time limit for one input, including the time to load the model. Much shorter than what the protocol gives a
	/// worker, so that a hopeless task does not block those behind it. If it is too short, large models never answer.
	pub deadline: Duration,
	/// The time limit for all inputs of a task together. The task occupies a thread for that long, except while tasks
	/// of a higher priority run. The protocol gives a worker more blocks for more work, so this is the longest time
	/// that a result may still be waited for: the maximum number of inputs of a job, at seven seconds each.
	pub task_deadline: Duration,
	/// The maximum size in bytes of the models that are loaded and idle.
	pub warm_bytes: u64,
}

impl Default for ServiceConfig {
	/// Returns limits that leave one core to the node.
	fn default() -> Self {
		let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
		Self {
			threads: cores.saturating_sub(1).max(1),
			queue_bound: 1024,
			cache_dir: None,
			deadline: Duration::from_secs(30),
			task_deadline: Duration::from_secs(30 * 60),
			warm_bytes: 2 * 1024 * 1024 * 1024,
		}
	}
}

/// A running service. Dropping it stops its threads, each after the input that it is running.
pub struct InferenceService {
	shared: Arc<Shared>,
}

struct Shared {
	store: ArtifactStore,
	limits: TimeLimits,
	metrics: Metrics,
	state: Mutex<State>,
	/// Notified when there is a task to take, or the service has stopped.
	work_available: Condvar,
	/// Notified when a task has ended.
	task_ended: Condvar,
	warm: Mutex<WarmInstances>,
}

struct State {
	queue: Queue,
	phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
	/// Tasks run, or wait for the engine to compile.
	Running,
	/// The engine does not compile, so there will be no answers.
	Failed,
	/// The service was dropped.
	Stopped,
}

impl InferenceService {
	/// Starts a service over the artifacts in `store`. Returns at once; the engine compiles meanwhile, and tasks wait
	/// for it.
	///
	/// Fails if the metrics cannot be registered or no thread can be started.
	pub fn start(
		config: ServiceConfig,
		store: ArtifactStore,
		registry: Option<&Registry>,
	) -> Result<Arc<Self>, EngineError> {
		let shared = Arc::new(Shared {
			store,
			limits: TimeLimits {
				per_item: config.deadline,
				per_task: config.task_deadline,
			},
			metrics: Metrics::register(registry)?,
			state: Mutex::new(State {
				queue: Queue::new(config.queue_bound),
				phase: Phase::Running,
			}),
			work_available: Condvar::new(),
			task_ended: Condvar::new(),
			warm: Mutex::new(WarmInstances::new(config.warm_bytes)),
		});
		let starter = shared.clone();
		spawn("assay-engine".into(), move || starter.start_workers(&config))?;
		Ok(Arc::new(Self { shared }))
	}

	/// Returns the state of `task`, and queues it if it is new or failed a while ago. Never blocks.
	///
	/// A task whose absence would be slashed, a vote or a reveal, runs before one whose absence would be fined, a claim
	/// or a check, and that before one that is watched. It even runs between the inputs of a running task of a lower
	/// priority. In a full queue it replaces a task of a lower priority.
	pub fn poll(&self, task: Task, context: PollContext) -> Poll {
		self.shared.poll(task, context)
	}

	/// Waits for `delay`, and then until no task is pending whose absence would be slashed or fined. Returns after
	/// `timeout` at the latest, counted from the call.
	pub fn wait(&self, delay: Duration, timeout: Duration) {
		let started = Instant::now();
		thread::sleep(delay);
		self.shared.wait_until(started + timeout);
	}

	/// Returns the extension through which off-chain calls reach this service. `watch_share` is the share of
	/// provisional results that the node watches.
	pub fn extension(self: &Arc<Self>, watch_share: Permill) -> InferenceExt {
		InferenceExt(Box::new(ServiceProvider {
			service: self.clone(),
			watch_share,
		}))
	}
}

impl Drop for InferenceService {
	fn drop(&mut self) {
		self.shared.state.lock().phase = Phase::Stopped;
		self.shared.work_available.notify_all();
		self.shared.task_ended.notify_all();
	}
}

struct ServiceProvider {
	service: Arc<InferenceService>,
	watch_share: Permill,
}

impl Provider for ServiceProvider {
	fn poll(&self, task: Task, context: PollContext) -> Poll {
		self.service.poll(task, context)
	}

	fn wait(&self, delay: Duration, timeout: Duration) {
		self.service.wait(delay, timeout);
	}

	fn watch_share(&self) -> Permill {
		self.watch_share
	}
}

/// Starts a thread.
fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> Result<(), EngineError> {
	thread::Builder::new()
		.name(name)
		.spawn(body)
		.map_err(EngineError::Thread)?;
	Ok(())
}

impl Shared {
	fn poll(&self, task: Task, context: PollContext) -> Poll {
		if task.engine != Engine::builtin_id() {
			return Poll::Unavailable(Unavailable::UnknownEngine);
		}
		// A probe also finds out the length of the file: a file of another length is not the one in the statement.
		if task.statement.is_some() && self.store.len(task.artifact.id) != Some(task.artifact.len) {
			return Poll::Unavailable(Unavailable::NoModel);
		}
		let (id, priority) = (task.id(), Priority::from(context.purpose));
		let mut state = self.state.lock();
		let now = Instant::now();
		match state.queue.look_up(id, priority, now) {
			Some(Poll::Ready(answer)) if self.has_lost(&answer) => state.queue.forget(id),
			Some(poll) => return poll,
			None => {}
		}
		if state.phase != Phase::Running {
			return Poll::Unavailable(Unavailable::Failed);
		}
		if !self.store.has(task.artifact.id) {
			return Poll::Unavailable(Unavailable::NoModel);
		}
		if matches!(&task.input, Payload::Artifact(input) if !self.store.has(input.id)) {
			return Poll::Unavailable(Unavailable::NoInput);
		}
		let poll = state.queue.add(id, task, priority, now);
		if poll == Poll::Pending {
			self.metrics.count_task(context.purpose);
		}
		self.metrics.set_queue_depth(state.queue.waiting());
		self.work_available.notify_one();
		poll
	}

	fn wait_until(&self, deadline: Instant) {
		let mut state = self.state.lock();
		while state.phase == Phase::Running && state.queue.has_punishable_tasks() {
			if self.task_ended.wait_until(&mut state, deadline).timed_out() {
				break;
			}
		}
	}

	/// Returns whether the store no longer has the bytes of `answer`.
	fn has_lost(&self, answer: &Answer) -> bool {
		matches!(&answer.outcome, Payload::Artifact(bytes) if !self.store.has(bytes.id))
	}

	/// Compiles the engine and starts the threads that run tasks.
	fn start_workers(self: Arc<Self>, config: &ServiceConfig) {
		let started = Instant::now();
		let engine = match Engine::builtin(config.cache_dir.as_deref()) {
			Ok(engine) => engine,
			Err(error) => return self.fail(&error),
		};
		log::info!(
			target: LOG_TARGET,
			"Engine {} is ready after {} ms",
			Engine::builtin_id(),
			started.elapsed().as_millis(),
		);
		let threads = config.threads.max(1);
		for n in 0..threads {
			let (shared, engine) = (self.clone(), engine.clone());
			let started = spawn(format!("assay-infer-{n}"), move || shared.run_tasks(&engine));
			match started {
				Ok(()) => {}
				Err(error) if n == 0 => return self.fail(&error),
				Err(error) => log::warn!(
					target: LOG_TARGET,
					"Inference thread {} of {threads} does not start, so fewer tasks run at a time: {error}",
					n + 1,
				),
			}
		}
	}

	/// Logs that there will be no engine, and fails all tasks.
	fn fail(&self, error: &EngineError) {
		log::error!(target: LOG_TARGET, "This node has no inference until it is restarted: {error}");
		let mut state = self.state.lock();
		state.phase = Phase::Failed;
		state.queue.fail_all(Instant::now());
		self.task_ended.notify_all();
		self.metrics.set_queue_depth(0);
	}

	/// Runs tasks from the queue until the service stops.
	fn run_tasks(&self, engine: &Engine) {
		loop {
			let mut state = self.state.lock();
			let (id, task) = loop {
				if state.phase == Phase::Stopped {
					return;
				}
				if let Some(next) = state.queue.take(Instant::now()) {
					break next;
				}
				self.work_available.wait(&mut state);
			};
			self.note_taken(state);
			self.run_task(engine, id, &task);
		}
	}

	/// Updates the metrics after a task was taken, and releases the queue.
	fn note_taken(&self, state: MutexGuard<State>) {
		self.metrics.set_queue_depth(state.queue.waiting());
	}

	/// Runs a task that was taken.
	fn run_task(&self, engine: &Engine, id: TaskId, task: &Task) {
		let context = RunContext {
			engine,
			store: &self.store,
			warm: &self.warm,
			metrics: &self.metrics,
			limits: self.limits,
		};
		let run = || {
			let finished = run::run(context, task, |run| self.run_urgent_tasks(engine, id, run));
			self.metrics
				.record_result(finished.duration, finished.result.as_ref().ok());
			finished.result?.publish(&self.store).map_err(log_failure)
		};
		// Nothing here is known to panic. If something does, the task fails and the thread survives.
		let result = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
			log::error!(target: LOG_TARGET, "Task {id} panicked; please report this as a bug");
			Err(Unavailable::Failed)
		});
		self.state.lock().queue.finish(id, result, Instant::now());
		self.task_ended.notify_all();
	}

	/// Runs the tasks of a higher priority than task `id`, which is between two inputs. Returns false if the service
	/// has stopped. A task that runs here is itself interrupted only by tasks of a still higher priority, so the
	/// nesting is bounded by the number of priorities.
	fn run_urgent_tasks(&self, engine: &Engine, id: TaskId, run: &mut Run) -> bool {
		loop {
			let mut state = self.state.lock();
			if state.phase == Phase::Stopped {
				return false;
			}
			let Some((id, task)) = state.queue.take_above(id, Instant::now()) else {
				return true;
			};
			self.note_taken(state);
			run.release_instance();
			self.run_task(engine, id, &task);
		}
	}
}
