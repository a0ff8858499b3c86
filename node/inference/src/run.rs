//! One task, input by input.

use crate::{
	batch,
	engine::{confirm, left},
	metrics::Metrics,
	warm::Warm,
	Engine, Failure, Model,
};
use assay_artifacts::ArtifactStore;
use assay_primitives::{
	host::Unavailable, Answer, ArtifactId, FaultCode, ModelId, ModelSpec, Outcome, Payload, Task, Tensor, MAX_INLINE,
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
	/// For one input, loading of the model included.
	pub(crate) item: Duration,
	/// For all of them.
	pub(crate) task: Duration,
}

/// What running a task has come to.
pub(crate) struct Finished {
	pub(crate) outcomes: Result<Vec<Outcome>, Unavailable>,
	/// How long it ran itself, what went before it not counted.
	pub(crate) took: Duration,
}

/// Runs `task`. `give_way` is called before each input, so that what is more urgent need not wait for the rest; it says whether to
/// go on.
pub(crate) fn run(bench: Bench, task: &Task, mut give_way: impl FnMut(&mut Run) -> bool) -> Finished {
	let mut run = Run::new(bench, task);
	let outcomes = input(bench.store, task).and_then(|bytes| {
		batch::outcomes(task.items, &bytes, |input| {
			if give_way(&mut run) {
				run.outcome(input)
			} else {
				Err(Unavailable::Failed)
			}
		})
	});
	Finished {
		outcomes,
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

/// Packs the outcomes of a task, and makes what does not travel inline ready to be fetched.
pub(crate) fn publish(store: &ArtifactStore, outcomes: &[Outcome]) -> Result<Answer, Unavailable> {
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
	artifact: ArtifactId,
	spec: ModelSpec,
	/// The instance that ran the last input.
	model: Option<Model>,
	/// The model's file, once it was needed.
	onnx: Option<Vec<u8>>,
	/// What loading the model came to, if that is a fault that was confirmed: then it is every input's.
	refused: Option<FaultCode>,
	took: Duration,
}

impl<'a> Run<'a> {
	fn new(bench: Bench<'a>, task: &Task) -> Self {
		Self {
			bench,
			model_id: task.model(),
			artifact: task.artifact.id,
			spec: ModelSpec::from(&task.spec),
			model: None,
			onnx: None,
			refused: None,
			took: Duration::ZERO,
		}
	}

	/// Leaves the instance to whoever needs it. The next input takes it back, or another.
	pub(crate) fn rest(&mut self) {
		if let Some(model) = self.model.take() {
			let evicted = self.bench.warm.lock().put(self.model_id, model.size(), model);
			drop(evicted);
		}
	}

	/// The outcome of one input, from a warm instance if there is one.
	fn outcome(&mut self, input: &[u8]) -> Result<Outcome, Unavailable> {
		let started = Instant::now();
		let limits = self.bench.limits;
		let end = started + limits.item.min(limits.task.saturating_sub(self.took));
		let outcome = self.outcome_until(end, input);
		self.took += started.elapsed();
		outcome
	}

	fn outcome_until(&mut self, end: Instant, input: &[u8]) -> Result<Outcome, Unavailable> {
		if let Some(fault) = self.refused {
			return Ok(Outcome::Fault(fault));
		}
		let model = self.model.take().or_else(|| self.bench.warm.lock().take(self.model_id));
		self.bench.metrics.warm(model.is_some());
		let first = match model.map(|model| self.ask(model, input, end)) {
			Some(Ok(outputs)) => return Ok(Outcome::Answer(outputs)),
			first => first,
		};
		// Only now is the file needed.
		let onnx = match self.onnx.take() {
			Some(onnx) => onnx,
			None => {
				let stored = self.bench.store.get(self.artifact).map_err(failed)?;
				stored.ok_or(Unavailable::NoModel)?
			}
		};
		let mut refusal = None;
		let first = first.unwrap_or_else(|| self.ask_fresh(&onnx, input, end, &mut refusal));
		let outcome = confirm(first, || self.ask_fresh(&onnx, input, end, &mut refusal)).map_err(failed)?;
		self.onnx = Some(onnx);
		self.refused = refusal.filter(|fault| outcome == Outcome::Fault(*fault));
		Ok(outcome)
	}

	/// Asks a fresh instance. `refusal` is the fault that its loading came to.
	fn ask_fresh(
		&mut self,
		onnx: &[u8],
		input: &[u8],
		end: Instant,
		refusal: &mut Option<FaultCode>,
	) -> Result<Vec<Tensor>, Failure> {
		let loaded = self.bench.engine.load(&self.spec, onnx, left(end)?);
		*refusal = match &loaded {
			Err(Failure::Fault(fault)) => Some(*fault),
			_ => None,
		};
		self.ask(loaded?, input, end)
	}

	/// Asks `model`, and keeps it if it is fit for more.
	fn ask(&mut self, mut model: Model, input: &[u8], end: Instant) -> Result<Vec<Tensor>, Failure> {
		let outputs = model.run_encoded(input, left(end)?);
		if !model.is_broken() {
			self.model = Some(model);
		}
		outputs
	}
}

impl Drop for Run<'_> {
	fn drop(&mut self) {
		self.rest();
	}
}
