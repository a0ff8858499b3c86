//! One task, input by input.

use crate::{batch, metrics::Metrics, probe, runner::Runner, warm::Warm, Engine};
use assay_artifacts::ArtifactStore;
use assay_primitives::{
	host::Unavailable, probe::finding_answer, Answer, ArtifactId, FaultCode, Finding, Manifest, ModelId, ModelSpec,
	Outcome, Payload, Stated, Task, MAX_INLINE,
};
use parking_lot::Mutex;
use std::{
	borrow::Cow,
	time::{Duration, Instant},
};

pub(crate) const LOG_TARGET: &str = "assay::inference";

/// What a task is run with.
#[derive(Clone, Copy)]
pub(crate) struct Bench<'a> {
	pub(crate) engine: &'a Engine,
	pub(crate) store: &'a ArtifactStore,
	pub(crate) warm: &'a Mutex<Warm>,
	pub(crate) metrics: &'a Metrics,
	pub(crate) limits: Limits,
}

/// The time that a task may take.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
	/// For one input, or for the manifest that a probe derives, loading of the model included.
	pub(crate) item: Duration,
	/// For all of them.
	pub(crate) task: Duration,
}

/// What a task comes to.
pub(crate) enum Conclusion {
	/// The outcomes of its inputs.
	Outcomes(Vec<Outcome>),
	/// That of a probe.
	Finding(Finding),
}

/// What running a task has come to.
pub(crate) struct Finished {
	pub(crate) conclusion: Result<Conclusion, Unavailable>,
	/// How long it ran itself, what went before it not counted.
	pub(crate) took: Duration,
}

/// Runs `task`. `give_way` is called before each input, and before the model of a probe is loaded, so that what is more urgent need not
/// wait for the rest; it says whether to go on.
pub(crate) fn run(bench: Bench, task: &Task, mut give_way: impl FnMut(&mut Run) -> bool) -> Finished {
	let mut run = Run::new(bench, task);
	let give_way = |run: &mut Run| give_way(run).then_some(()).ok_or(Unavailable::Failed);
	let conclusion = match &task.stated {
		None => run.outcomes(task, give_way).map(Conclusion::Outcomes),
		Some(stated) => run.finding(task, stated, give_way).map(Conclusion::Finding),
	};
	Finished {
		conclusion,
		took: run.took,
	}
}

/// The packed inputs of `task`.
fn input<'a>(store: &ArtifactStore, task: &'a Task) -> Result<Cow<'a, [u8]>, Unavailable> {
	match &task.input {
		Payload::Inline(bytes) => Ok(Cow::Borrowed(bytes)),
		Payload::Artifact(artifact) => {
			let bytes = store.get(artifact.id).map_err(failed)?;
			bytes.map(Cow::Owned).ok_or(Unavailable::NoInput)
		}
	}
}

/// The answer that shows `conclusion`. Makes what does not travel inline ready to be fetched.
pub(crate) fn publish(store: &ArtifactStore, conclusion: &Conclusion) -> Result<Answer, Unavailable> {
	let outcomes = match conclusion {
		Conclusion::Outcomes(outcomes) => outcomes,
		Conclusion::Finding(finding) => return Ok(finding_answer(finding)),
	};
	let (answer, bytes) = Answer::of(outcomes);
	if bytes.len() > MAX_INLINE as usize {
		store.put(&bytes).map_err(failed)?;
	}
	Ok(answer)
}

/// Notes why there is no answer.
fn failed(reason: impl std::fmt::Display) -> Unavailable {
	log::warn!(target: LOG_TARGET, "A task has no answer: {reason}");
	Unavailable::Failed
}

/// A task that runs.
pub(crate) struct Run<'a> {
	bench: Bench<'a>,
	model_id: ModelId,
	runner: Runner<'a>,
	file: File<'a>,
	took: Duration,
}

impl<'a> Run<'a> {
	fn new(bench: Bench<'a>, task: &Task) -> Self {
		Self {
			bench,
			model_id: task.model(),
			runner: Runner::new(bench.engine, ModelSpec::from(&task.spec)),
			file: File {
				store: bench.store,
				id: task.artifact.id,
				bytes: None,
			},
			took: Duration::ZERO,
		}
	}

	/// Leaves the instance to whoever needs it. The next input takes it back, or another.
	pub(crate) fn rest(&mut self) {
		if let Some(model) = self.runner.model.take() {
			let evicted = self.bench.warm.lock().put(self.model_id, model.size(), model);
			drop(evicted);
		}
	}

	/// The outcomes of all inputs.
	fn outcomes(
		&mut self,
		task: &Task,
		mut give_way: impl FnMut(&mut Self) -> Result<(), Unavailable>,
	) -> Result<Vec<Outcome>, Unavailable> {
		let bytes = input(self.bench.store, task)?;
		batch::outcomes(task.items, &bytes, |input| {
			give_way(self)?;
			self.step(|run, end| run.outcome(end, input))
		})
	}

	/// Whether the model is what is `stated` of it.
	fn finding(
		&mut self,
		task: &Task,
		stated: &Stated,
		mut give_way: impl FnMut(&mut Self) -> Result<(), Unavailable>,
	) -> Result<Finding, Unavailable> {
		give_way(self)?;
		let manifest = self.step(Self::manifest)?;
		probe::compare(stated, manifest, || self.outcomes(task, give_way))
	}

	/// Takes a step, which ends when its time is over or that of the task.
	fn step<T>(&mut self, step: impl FnOnce(&mut Self, Instant) -> Result<T, Unavailable>) -> Result<T, Unavailable> {
		let started = Instant::now();
		let limits = self.bench.limits;
		let end = started + limits.item.min(limits.task.saturating_sub(self.took));
		let result = step(self, end);
		self.took += started.elapsed();
		result
	}

	/// What the engine finds in the model, or the fault that loading it comes to. A warm instance is not asked.
	fn manifest(&mut self, end: Instant) -> Result<Result<Manifest, FaultCode>, Unavailable> {
		self.runner.manifest(self.file.read()?, end).map_err(failed)
	}

	/// The outcome of one input, from a warm instance if there is one.
	fn outcome(&mut self, end: Instant, input: &[u8]) -> Result<Outcome, Unavailable> {
		if let Some(outcome) = self.runner.refused() {
			return Ok(outcome);
		}
		if self.runner.model.is_none() {
			self.runner.model = self.bench.warm.lock().take(self.model_id);
		}
		self.bench.metrics.warm(self.runner.model.is_some());
		match self.runner.ask(input, end) {
			Some(Ok(outputs)) => Ok(Outcome::Answer(outputs)),
			// Only now is the file needed.
			asked => self
				.runner
				.conclude(asked, self.file.read()?, input, end)
				.map_err(failed),
		}
	}
}

impl Drop for Run<'_> {
	fn drop(&mut self) {
		self.rest();
	}
}

/// The file of a model.
struct File<'a> {
	store: &'a ArtifactStore,
	id: ArtifactId,
	/// Its content, once it was needed.
	bytes: Option<Vec<u8>>,
}

impl File<'_> {
	fn read(&mut self) -> Result<&[u8], Unavailable> {
		Ok(match &mut self.bytes {
			Some(bytes) => bytes,
			none => {
				let bytes = self.store.get(self.id).map_err(failed)?;
				none.insert(bytes.ok_or(Unavailable::NoModel)?)
			}
		})
	}
}
