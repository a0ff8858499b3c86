//! One model, run on one input after another.

use crate::{
	engine::{confirm, left, outcome},
	Engine, Failure, Model, NoAnswer,
};
use assay_primitives::{FaultCode, Manifest, ModelSpec, Outcome, Tensor};
use std::time::Instant;

/// A model that is run on one input after another.
pub(crate) struct Runner<'a> {
	engine: &'a Engine,
	spec: ModelSpec,
	/// The instance that answered last, for the next input.
	pub(crate) model: Option<Model>,
	/// The confirmed fault of loading the model, if it does not load. It is then the outcome of every input.
	load_fault: Option<FaultCode>,
}

impl<'a> Runner<'a> {
	/// Creates a runner without loading anything.
	pub(crate) fn new(engine: &'a Engine, spec: ModelSpec) -> Self {
		Self {
			engine,
			spec,
			model: None,
			load_fault: None,
		}
	}

	/// Returns the outcome of every input if the model is known not to load.
	pub(crate) fn known_outcome(&self) -> Option<Outcome> {
		self.load_fault.map(Outcome::Fault)
	}

	/// Derives the manifest of the model in the file `onnx` in a fresh instance. Returns it, or the fault that two
	/// fresh instances agree on.
	pub(crate) fn derive_manifest(
		&mut self,
		onnx: &[u8],
		end: Instant,
	) -> Result<Result<Manifest, FaultCode>, NoAnswer> {
		let mut describe = || {
			let mut model = self.engine.load(&self.spec, onnx, left(end)?)?;
			let manifest = model.describe(left(end)?)?;
			self.model = Some(model);
			Ok(manifest)
		};
		confirm(describe(), describe)
	}

	/// Runs the warm instance on `input`. Returns `None` if there is no warm instance.
	pub(crate) fn run_warm(&mut self, input: &[u8], end: Instant) -> Option<Result<Vec<Tensor>, Failure>> {
		let model = self.model.take()?;
		Some(self.run_on(model, input, end))
	}

	/// Returns the outcome of `input`, given the result `warm` of [`Self::run_warm`]. Loads fresh instances from the
	/// file `onnx` where there was no warm one, or to confirm a fault.
	pub(crate) fn settle(
		&mut self,
		warm: Option<Result<Vec<Tensor>, Failure>>,
		onnx: &[u8],
		input: &[u8],
		end: Instant,
	) -> Result<Outcome, NoAnswer> {
		let mut load_fault = None;
		let first = warm.unwrap_or_else(|| self.run_fresh(onnx, input, end, &mut load_fault));
		let outcome = outcome(confirm(first, || self.run_fresh(onnx, input, end, &mut load_fault))?);
		self.load_fault = load_fault.filter(|fault| outcome == Outcome::Fault(*fault));
		Ok(outcome)
	}

	/// Runs a fresh instance on `input`. Sets `load_fault` to the fault of loading the model, if there is one.
	fn run_fresh(
		&mut self,
		onnx: &[u8],
		input: &[u8],
		end: Instant,
		load_fault: &mut Option<FaultCode>,
	) -> Result<Vec<Tensor>, Failure> {
		let loaded = self.engine.load(&self.spec, onnx, left(end)?);
		*load_fault = match &loaded {
			Err(Failure::Fault(fault)) => Some(*fault),
			_ => None,
		};
		self.run_on(loaded?, input, end)
	}

	/// Runs `model` on `input`, and keeps it warm unless the call broke it.
	fn run_on(&mut self, mut model: Model, input: &[u8], end: Instant) -> Result<Vec<Tensor>, Failure> {
		let outputs = model.run_encoded(input, left(end)?);
		if !model.is_broken() {
			self.model = Some(model);
		}
		outputs
	}
}
