//! One task, input by input.

use crate::{batch, metrics::Metrics, probe, result::TaskResult, runner::Runner, warm::WarmInstances, Engine};
use assay_artifacts::ArtifactStore;
use assay_primitives::{
	host::Unavailable, ArtifactId, FaultCode, Finding, Manifest, ModelId, ModelSpec, Outcome, Payload, StatementDigest,
	Task,
};
use parking_lot::Mutex;
use std::{
	borrow::Cow,
	time::{Duration, Instant},
};

pub(crate) const LOG_TARGET: &str = "assay::inference";

/// The context of a task that runs.
#[derive(Clone, Copy)]
pub(crate) struct RunContext<'a> {
	pub(crate) engine: &'a Engine,
	pub(crate) store: &'a ArtifactStore,
	pub(crate) warm: &'a Mutex<WarmInstances>,
	pub(crate) metrics: &'a Metrics,
	pub(crate) limits: TimeLimits,
}

/// The time limits of a task.
#[derive(Clone, Copy)]
pub(crate) struct TimeLimits {
	/// The limit for one input, or for deriving the manifest in a probe, including the time to load the model.
	pub(crate) per_item: Duration,
	/// The limit for the whole task.
	pub(crate) per_task: Duration,
}

/// A task that has ended.
pub(crate) struct FinishedRun {
	pub(crate) result: Result<TaskResult, Unavailable>,
	/// The time that the task itself ran, without the tasks that ran between its inputs.
	pub(crate) duration: Duration,
}

/// Runs `task`. Calls `before_step` before each input, and before the model of a probe is loaded, so that tasks of a
/// higher priority need not wait for the rest. Stops without a result if `before_step` returns false.
pub(crate) fn run(context: RunContext, task: &Task, mut before_step: impl FnMut(&mut Run) -> bool) -> FinishedRun {
	let mut run = Run::new(context, task);
	let before_step = |run: &mut Run| before_step(run).then_some(()).ok_or(Unavailable::Failed);
	let result = match &task.statement {
		None => run.run_inputs(task, before_step).map(TaskResult::Outcomes),
		Some(statement) => run.run_probe(task, statement, before_step).map(TaskResult::Finding),
	};
	FinishedRun {
		result,
		duration: run.duration,
	}
}

/// Reads the packed inputs of `task`.
fn read_input<'a>(store: &ArtifactStore, task: &'a Task) -> Result<Cow<'a, [u8]>, Unavailable> {
	match &task.input {
		Payload::Inline(bytes) => Ok(Cow::Borrowed(bytes)),
		Payload::Artifact(artifact) => {
			let bytes = store.get(artifact.id).map_err(log_failure)?;
			bytes.map(Cow::Owned).ok_or(Unavailable::NoInput)
		}
	}
}

/// Logs why a task has no answer.
pub(crate) fn log_failure(reason: impl std::fmt::Display) -> Unavailable {
	log::warn!(target: LOG_TARGET, "A task has no answer: {reason}");
	Unavailable::Failed
}

/// A task that is running.
pub(crate) struct Run<'a> {
	context: RunContext<'a>,
	model_id: ModelId,
	runner: Runner<'a>,
	file: ModelFile<'a>,
	duration: Duration,
}

impl<'a> Run<'a> {
	fn new(context: RunContext<'a>, task: &Task) -> Self {
		Self {
			context,
			model_id: task.model(),
			runner: Runner::new(context.engine, ModelSpec::from(&task.spec)),
			file: ModelFile {
				store: context.store,
				id: task.artifact.id,
				bytes: None,
			},
			duration: Duration::ZERO,
		}
	}

	/// Makes the instance available to other tasks. The next input takes it back, or another one.
	pub(crate) fn release_instance(&mut self) {
		if let Some(model) = self.runner.model.take() {
			let evicted = self.context.warm.lock().put(self.model_id, model.size(), model);
			drop(evicted);
		}
	}

	/// Returns the outcomes of all inputs.
	fn run_inputs(
		&mut self,
		task: &Task,
		mut before_step: impl FnMut(&mut Self) -> Result<(), Unavailable>,
	) -> Result<Vec<Outcome>, Unavailable> {
		let bytes = read_input(self.context.store, task)?;
		batch::run_each(task.items, &bytes, |input| {
			before_step(self)?;
			self.run_step(|run, end| run.run_input(input, end))
		})
	}

	/// Returns whether the model is as its owner's `statement` says.
	fn run_probe(
		&mut self,
		task: &Task,
		statement: &StatementDigest,
		mut before_step: impl FnMut(&mut Self) -> Result<(), Unavailable>,
	) -> Result<Finding, Unavailable> {
		before_step(self)?;
		let manifest = self.run_step(Self::derive_manifest)?;
		probe::compare(statement, manifest, || self.run_inputs(task, before_step))
	}

	/// Runs `step`, whose deadline is the limit for one item or what is left of the limit for the task, whichever is
	/// earlier.
	fn run_step<T>(
		&mut self,
		step: impl FnOnce(&mut Self, Instant) -> Result<T, Unavailable>,
	) -> Result<T, Unavailable> {
		let started = Instant::now();
		let limits = self.context.limits;
		let end = started + limits.per_item.min(limits.per_task.saturating_sub(self.duration));
		let result = step(self, end);
		self.duration += started.elapsed();
		result
	}

	/// Derives the manifest of the model in a fresh instance. Returns it, or the fault of loading the model.
	fn derive_manifest(&mut self, end: Instant) -> Result<Result<Manifest, FaultCode>, Unavailable> {
		self.runner.derive_manifest(self.file.read()?, end).map_err(log_failure)
	}

	/// Returns the outcome of one input, from a warm instance if there is one.
	fn run_input(&mut self, input: &[u8], end: Instant) -> Result<Outcome, Unavailable> {
		if let Some(outcome) = self.runner.known_outcome() {
			return Ok(outcome);
		}
		if self.runner.model.is_none() {
			self.runner.model = self.context.warm.lock().take(self.model_id);
		}
		self.context.metrics.count_lookup(self.runner.model.is_some());
		match self.runner.run_warm(input, end) {
			Some(Ok(outputs)) => Ok(Outcome::Answer(outputs)),
			// The file is needed only from here on.
			warm => self
				.runner
				.settle(warm, self.file.read()?, input, end)
				.map_err(log_failure),
		}
	}
}

impl Drop for Run<'_> {
	fn drop(&mut self) {
		self.release_instance();
	}
}

/// The file of a model.
struct ModelFile<'a> {
	store: &'a ArtifactStore,
	id: ArtifactId,
	/// Its content, once it has been read.
	bytes: Option<Vec<u8>>,
}

impl ModelFile<'_> {
	/// Returns the content of the file, which is read on the first call.
	fn read(&mut self) -> Result<&[u8], Unavailable> {
		Ok(match &mut self.bytes {
			Some(bytes) => bytes,
			none => {
				let bytes = self.store.get(self.id).map_err(log_failure)?;
				none.insert(bytes.ok_or(Unavailable::NoModel)?)
			}
		})
	}
}
