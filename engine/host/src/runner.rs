//! One model, asked one question after another.

use crate::{
	engine::{confirm, left, outcome},
	Engine, Failure, Model, NoAnswer,
};
use assay_primitives::{FaultCode, Manifest, ModelSpec, Outcome, Tensor};
use std::time::Instant;

/// A model that is asked one question after another.
pub(crate) struct Runner<'a> {
	engine: &'a Engine,
	spec: ModelSpec,
	/// The instance that answered last, for the next question.
	pub(crate) model: Option<Model>,
	/// What loading the model came to, if that is a fault that was confirmed: then it is every input's.
	refused: Option<FaultCode>,
}

impl<'a> Runner<'a> {
	/// Nothing is loaded before the first question.
	pub(crate) fn new(engine: &'a Engine, spec: ModelSpec) -> Self {
		Self {
			engine,
			spec,
			model: None,
			refused: None,
		}
	}

	/// What no file and no instance is needed to tell: the outcome of every input to a model that does not load.
	pub(crate) fn refused(&self) -> Option<Outcome> {
		self.refused.map(Outcome::Fault)
	}

	/// What fresh instances find in the model in the file `onnx`, or the fault that they agree on.
	pub(crate) fn manifest(&mut self, onnx: &[u8], end: Instant) -> Result<Result<Manifest, FaultCode>, NoAnswer> {
		let mut describe = || {
			let mut model = self.engine.load(&self.spec, onnx, left(end)?)?;
			let manifest = model.manifest(left(end)?)?;
			self.model = Some(model);
			Ok(manifest)
		};
		confirm(describe(), describe)
	}

	/// Asks the instance at hand; `None` if there is none.
	pub(crate) fn ask(&mut self, input: &[u8], end: Instant) -> Option<Result<Vec<Tensor>, Failure>> {
		let model = self.model.take()?;
		Some(self.ask_one(model, input, end))
	}

	/// The outcome of an input, given what [`Self::ask`] came to. Fresh instances are loaded from the file `onnx` if they are needed.
	pub(crate) fn conclude(
		&mut self,
		asked: Option<Result<Vec<Tensor>, Failure>>,
		onnx: &[u8],
		input: &[u8],
		end: Instant,
	) -> Result<Outcome, NoAnswer> {
		let mut refusal = None;
		let first = asked.unwrap_or_else(|| self.ask_fresh(onnx, input, end, &mut refusal));
		let outcome = outcome(confirm(first, || self.ask_fresh(onnx, input, end, &mut refusal))?);
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
		let loaded = self.engine.load(&self.spec, onnx, left(end)?);
		*refusal = match &loaded {
			Err(Failure::Fault(fault)) => Some(*fault),
			_ => None,
		};
		self.ask_one(loaded?, input, end)
	}

	/// Asks `model`, and keeps it if it is fit for more.
	fn ask_one(&mut self, mut model: Model, input: &[u8], end: Instant) -> Result<Vec<Tensor>, Failure> {
		let outputs = model.run_encoded(input, left(end)?);
		if !model.is_broken() {
			self.model = Some(model);
		}
		outputs
	}
}
