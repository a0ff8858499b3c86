//! Inference for the node: a bounded queue, threads that work it off, a poll that never waits, and a wait that ends soon.

use crate::{
	metrics::Metrics,
	queue::{Done, Queue, Urgency},
	run::{self, Bench, Limits, Run, LOG_TARGET},
	warm::Warm,
	Engine, EngineError,
};
use assay_artifacts::ArtifactStore;
use assay_primitives::{
	host::{InferenceExt, Poll, Provider, Purpose, Unavailable},
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

/// How much a service may take of the machine.
#[derive(Clone, Debug)]
pub struct ServiceConfig {
	/// Tasks that run at the same time; at least one does. More than there are cores only makes each slower.
	pub threads: usize,
	/// Tasks that may wait. Beyond it polls answer [`Unavailable::Busy`].
	pub queue_bound: usize,
	/// Where the compiled engine is kept; without it, every start compiles for seconds.
	pub cache_dir: Option<PathBuf>,
	/// Time for one input, loading of the model included. Much less than the protocol gives a worker, so that a hopeless task
	/// does not block those behind it; too short, and large models never answer.
	pub deadline: Duration,
	/// Time for all inputs of a task together, in which it holds one thread but for what is more urgent. The protocol gives a
	/// worker more blocks for more work, so this is no more than the end of what somebody may still wait for: the most inputs a
	/// job can have, at seven seconds each.
	pub task_deadline: Duration,
	/// Memory, in bytes, for models that are loaded and idle.
	pub warm_bytes: u64,
}

impl Default for ServiceConfig {
	/// One core is left to the node.
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

/// A running service. Its threads end when it is dropped, each after the input it is at.
pub struct InferenceService {
	shared: Arc<Shared>,
}

struct Shared {
	store: ArtifactStore,
	limits: Limits,
	metrics: Metrics,
	state: Mutex<State>,
	/// There is a task to take, or the service has ended.
	news: Condvar,
	/// A task has ended.
	ended: Condvar,
	warm: Mutex<Warm>,
}

struct State {
	queue: Queue,
	phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
	/// Tasks wait, for the engine or for a thread.
	Running,
	/// The engine does not compile: there will be no answers.
	Broken,
	/// The service was dropped.
	Ended,
}

impl InferenceService {
	/// Starts a service over the artifacts in `store`. Returns at once; the engine is compiled meanwhile, and tasks wait for it.
	pub fn start(
		config: ServiceConfig,
		store: ArtifactStore,
		registry: Option<&Registry>,
	) -> Result<Arc<Self>, EngineError> {
		let shared = Arc::new(Shared {
			store,
			limits: Limits {
				item: config.deadline,
				task: config.task_deadline,
			},
			metrics: Metrics::register(registry)?,
			state: Mutex::new(State {
				queue: Queue::new(config.queue_bound),
				phase: Phase::Running,
			}),
			news: Condvar::new(),
			ended: Condvar::new(),
			warm: Mutex::new(Warm::new(config.warm_bytes)),
		});
		let starter = shared.clone();
		spawn("assay-engine".into(), move || starter.open(&config))?;
		Ok(Arc::new(Self { shared }))
	}

	/// How far `task` is. A task not seen before, or failed a while ago, is queued. Never waits for anything.
	///
	/// What a bond hangs on, a vote or a reveal, runs before what a fine hangs on, a claim or a check, and that before what is watched.
	/// It even runs between the inputs of a task that is less urgent and has begun. In a full queue the less urgent makes room.
	pub fn poll(&self, task: Task, purpose: Purpose) -> Poll {
		self.shared.poll(task, purpose)
	}

	/// Waits for `grace`, then until no task is pending on which a bond or a fine hangs, or `patience` is over.
	pub fn wait(&self, grace: Duration, patience: Duration) {
		let started = Instant::now();
		thread::sleep(grace);
		self.shared.wait(started + patience);
	}

	/// The extension by which off-chain calls reach this service, on a node that watches this share of provisional results.
	pub fn extension(self: &Arc<Self>, watch_share: Permill) -> InferenceExt {
		InferenceExt(Box::new(Handle {
			service: self.clone(),
			watch_share,
		}))
	}
}

impl Drop for InferenceService {
	fn drop(&mut self) {
		self.shared.state.lock().phase = Phase::Ended;
		self.shared.news.notify_all();
		self.shared.ended.notify_all();
	}
}

struct Handle {
	service: Arc<InferenceService>,
	watch_share: Permill,
}

impl Provider for Handle {
	fn poll(&self, task: Task, purpose: Purpose) -> Poll {
		self.service.poll(task, purpose)
	}

	fn wait(&self, grace: Duration, patience: Duration) {
		self.service.wait(grace, patience);
	}

	fn watch_share(&self) -> Permill {
		self.watch_share
	}
}

fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> Result<(), EngineError> {
	thread::Builder::new()
		.name(name)
		.spawn(body)
		.map_err(EngineError::Thread)?;
	Ok(())
}

impl Shared {
	fn poll(&self, task: Task, purpose: Purpose) -> Poll {
		if task.engine != Engine::builtin_id() {
			return Poll::Unavailable(Unavailable::UnknownEngine);
		}
		// How long the file is belongs to what a probe finds out, and a file of another length is not the one that is stated.
		if task.stated.is_some() && self.store.len(task.artifact.id) != Some(task.artifact.len) {
			return Poll::Unavailable(Unavailable::NoModel);
		}
		let (id, urgency) = (task.id(), Urgency::from(purpose.role));
		let mut state = self.state.lock();
		match state.queue.look_up(id, urgency, Instant::now()) {
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
		let poll = state.queue.add(id, task, urgency);
		if poll == Poll::Pending {
			self.metrics.asked(purpose.role);
		}
		self.metrics.queued(state.queue.waiting());
		self.news.notify_one();
		poll
	}

	fn wait(&self, deadline: Instant) {
		let mut state = self.state.lock();
		while state.phase == Phase::Running && state.queue.has_duties() {
			if self.ended.wait_until(&mut state, deadline).timed_out() {
				break;
			}
		}
	}

	/// Whether `answer` names bytes that the store has no longer.
	fn has_lost(&self, answer: &Answer) -> bool {
		matches!(&answer.outcome, Payload::Artifact(bytes) if !self.store.has(bytes.id))
	}

	/// Compiles the engine and starts the threads that use it.
	fn open(self: Arc<Self>, config: &ServiceConfig) {
		let started = Instant::now();
		let engine = match Engine::builtin(config.cache_dir.as_deref()) {
			Ok(engine) => engine,
			Err(error) => return self.give_up(&error),
		};
		log::info!(
			target: LOG_TARGET,
			"Engine {} is ready after {} ms",
			Engine::builtin_id(),
			started.elapsed().as_millis(),
		);
		for n in 0..config.threads.max(1) {
			let (shared, engine) = (self.clone(), engine.clone());
			let started = spawn(format!("assay-infer-{n}"), move || shared.work(&engine));
			match started {
				Ok(()) => {}
				Err(error) if n == 0 => return self.give_up(&error),
				Err(error) => log::warn!(target: LOG_TARGET, "Fewer threads than wished for: {error}"),
			}
		}
	}

	/// There will be no engine: says so, and lets nothing wait for it.
	fn give_up(&self, error: &EngineError) {
		log::error!(target: LOG_TARGET, "No inference on this node: {error}");
		let mut state = self.state.lock();
		state.phase = Phase::Broken;
		state.queue.fail_all(Instant::now());
		self.ended.notify_all();
		self.metrics.queued(0);
	}

	/// Works off the queue until the service ends.
	fn work(&self, engine: &Engine) {
		loop {
			let mut state = self.state.lock();
			let (id, task) = loop {
				if state.phase == Phase::Ended {
					return;
				}
				if let Some(next) = state.queue.take() {
					break next;
				}
				self.news.wait(&mut state);
			};
			self.begin(state);
			self.serve(engine, id, &task);
		}
	}

	/// Shows that a task was taken, and lets others at the queue.
	fn begin(&self, state: MutexGuard<State>) {
		self.metrics.queued(state.queue.waiting());
	}

	/// Runs a task that was taken.
	fn serve(&self, engine: &Engine, id: TaskId, task: &Task) {
		let bench = Bench {
			engine,
			store: &self.store,
			warm: &self.warm,
			metrics: &self.metrics,
			limits: self.limits,
		};
		let serve = || {
			let finished = run::run(bench, task, |run| self.give_way(engine, id, run));
			self.metrics.done(finished.took, finished.conclusion.as_ref().ok());
			run::publish(&self.store, &finished.conclusion?)
		};
		// Nothing here is known to panic; should it, the task fails and the thread lives.
		let answer = catch_unwind(AssertUnwindSafe(serve)).unwrap_or_else(|_| {
			log::error!(target: LOG_TARGET, "Task {id} panicked");
			Err(Unavailable::Failed)
		});
		let done = match answer {
			Ok(answer) => Done::Ready(answer),
			Err(reason) => Done::Unavailable(reason),
		};
		self.state.lock().queue.finish(id, done, Instant::now());
		self.ended.notify_all();
	}

	/// Runs what is more urgent than task `id`, which is between two inputs; `false` if the service has ended. A task that is run here
	/// gives way only to one that is more urgent still, so this nests no deeper than there are urgencies.
	fn give_way(&self, engine: &Engine, id: TaskId, run: &mut Run) -> bool {
		loop {
			let mut state = self.state.lock();
			if state.phase == Phase::Ended {
				return false;
			}
			let Some((id, task)) = state.queue.take_before(id) else {
				return true;
			};
			self.begin(state);
			run.rest();
			self.serve(engine, id, &task);
		}
	}
}
