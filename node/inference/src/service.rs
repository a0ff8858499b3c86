//! Inference for the node: a bounded queue, threads that work it off, and a poll that never waits.

use crate::{
	engine::{confirm, left},
	metrics::Metrics,
	queue::{Done, Queue},
	warm::Warm,
	Engine, EngineError, Failure, Model,
};
use assay_artifacts::ArtifactStore;
use assay_primitives::{
	host::{InferenceExt, Poll, Provider, Unavailable},
	ModelSpec, Outcome, Payload, Task, Tensor, MAX_INLINE,
};
use codec::Encode;
use parking_lot::{Condvar, Mutex};
use std::{
	borrow::Cow,
	panic::{catch_unwind, AssertUnwindSafe},
	path::PathBuf,
	sync::Arc,
	thread,
	time::{Duration, Instant},
};
use substrate_prometheus_endpoint::Registry;

const LOG_TARGET: &str = "assay::inference";

/// How much a service may take of the machine.
#[derive(Clone, Debug)]
pub struct ServiceConfig {
	/// Tasks that run at the same time; at least one does. More than there are cores only makes each slower.
	pub threads: usize,
	/// Tasks that may wait. Beyond it polls answer [`Unavailable::Busy`].
	pub queue_bound: usize,
	/// Where the compiled engine is kept; without it, every start compiles for seconds.
	pub cache_dir: Option<PathBuf>,
	/// Time for one task, loading of the model included. Much less than the protocol gives a worker, so that a hopeless task
	/// does not block those behind it; too short, and large models never answer.
	pub deadline: Duration,
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
			warm_bytes: 2 * 1024 * 1024 * 1024,
		}
	}
}

/// A running service. Its threads end when it is dropped, each after the task it is at.
pub struct InferenceService {
	shared: Arc<Shared>,
}

struct Shared {
	store: ArtifactStore,
	deadline: Duration,
	metrics: Metrics,
	state: Mutex<State>,
	/// There is a task to take, or the service has ended.
	news: Condvar,
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
			deadline: config.deadline,
			metrics: Metrics::register(registry)?,
			state: Mutex::new(State {
				queue: Queue::new(config.queue_bound),
				phase: Phase::Running,
			}),
			news: Condvar::new(),
			warm: Mutex::new(Warm::new(config.warm_bytes)),
		});
		let starter = shared.clone();
		spawn("assay-engine".into(), move || starter.open(&config))?;
		Ok(Arc::new(Self { shared }))
	}

	/// How far `task` is. A task not seen before, or failed a while ago, is queued. Never waits for anything.
	pub fn poll(&self, task: Task) -> Poll {
		self.shared.poll(task)
	}

	/// The extension by which off-chain calls reach this service.
	pub fn extension(self: &Arc<Self>) -> InferenceExt {
		InferenceExt(Box::new(Handle(self.clone())))
	}
}

impl Drop for InferenceService {
	fn drop(&mut self) {
		self.shared.state.lock().phase = Phase::Ended;
		self.shared.news.notify_all();
	}
}

struct Handle(Arc<InferenceService>);

impl Provider for Handle {
	fn poll(&self, task: Task) -> Poll {
		self.0.poll(task)
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
	fn poll(&self, task: Task) -> Poll {
		if task.engine != Engine::builtin_id() {
			return Poll::Unavailable(Unavailable::UnknownEngine);
		}
		let id = task.id();
		let mut state = self.state.lock();
		match state.queue.look_up(id, Instant::now()) {
			Some(Poll::Ready(Payload::Artifact(outcome))) if !self.store.has(outcome.id) => state.queue.forget(id),
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
		let poll = state.queue.add(id, task);
		self.metrics.queued(state.queue.waiting());
		self.news.notify_one();
		poll
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
			self.metrics.queued(state.queue.waiting());
			drop(state);

			let started = Instant::now();
			// Nothing here is known to panic; should it, the task fails and the thread lives.
			let result = catch_unwind(AssertUnwindSafe(|| self.answer(engine, &task))).unwrap_or_else(|_| {
				log::error!(target: LOG_TARGET, "Task {id} panicked");
				Err(Unavailable::Failed)
			});
			self.metrics.done(started.elapsed(), result.as_ref().ok());
			let done = match result.and_then(|outcome| self.publish(&outcome)) {
				Ok(payload) => Done::Ready(payload),
				Err(reason) => Done::Unavailable(reason),
			};
			self.state.lock().queue.finish(id, done, Instant::now());
		}
	}

	/// The outcome of `task`, from a warm instance if there is one.
	fn answer(&self, engine: &Engine, task: &Task) -> Result<Outcome, Unavailable> {
		let input = self.input(task)?;
		let end = Instant::now() + self.deadline;
		let id = task.model();
		let run = |mut model: Model| -> Result<Vec<Tensor>, Failure> {
			let outputs = model.run_encoded(&input, left(end)?);
			if !model.is_broken() {
				let evicted = self.warm.lock().put(id, model.size(), model);
				drop(evicted);
			}
			outputs
		};

		let warm = self.warm.lock().take(id);
		self.metrics.warm(warm.is_some());
		let first = match warm.map(run) {
			Some(Ok(outputs)) => return Ok(Outcome::Answer(outputs)),
			first => first,
		};
		// Only now is the file needed.
		let onnx = self
			.store
			.get(task.artifact.id)
			.map_err(failed)?
			.ok_or(Unavailable::NoModel)?;
		let spec = ModelSpec::from(&task.spec);
		let fresh = || -> Result<Vec<Tensor>, Failure> { run(engine.load(&spec, &onnx, left(end)?)?) };
		confirm(first.unwrap_or_else(fresh), fresh).map_err(failed)
	}

	/// The encoded input tensors.
	fn input<'a>(&self, task: &'a Task) -> Result<Cow<'a, [u8]>, Unavailable> {
		match &task.input {
			Payload::Inline(bytes) => Ok(Cow::Borrowed(bytes)),
			Payload::Artifact(artifact) => {
				let bytes = self
					.store
					.get(artifact.id)
					.map_err(failed)?
					.ok_or(Unavailable::NoInput)?;
				Ok(Cow::Owned(bytes))
			}
		}
	}

	/// Makes `outcome` ready to be sent: a large one is stored.
	fn publish(&self, outcome: &Outcome) -> Result<Payload, Unavailable> {
		let bytes = outcome.encode();
		if bytes.len() > MAX_INLINE as usize {
			self.store.put(&bytes).map_err(failed)?;
		}
		Ok(Payload::of(bytes))
	}
}

/// Notes why there is no answer.
fn failed(reason: impl std::fmt::Display) -> Unavailable {
	log::warn!(target: LOG_TARGET, "A task has no answer: {reason}");
	Unavailable::Failed
}
