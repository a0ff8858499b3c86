//! The engine as it ships, run by `assay-engine`.

use crate::{
	call_result::CallResult,
	clock,
	exercise::ModelHost,
	settings::{settings, SHIPPED_TIMEOUT},
};
use assay_engine::{Engine, Model};
use assay_primitives::{ModelSpec, Outcome};
use codec::Encode;
use std::time::Duration;

/// The shipped engine, compiled.
pub struct Shipped {
	engine: Engine,
}

/// A host that remembers its slowest call.
pub struct TimedHost<'a> {
	engine: &'a Engine,
	model: Option<Model>,
	/// The slowest call, with its processor time.
	pub slowest: (&'static str, Duration),
}

impl Shipped {
	/// Compiles the engine, or loads it from the cache.
	pub fn new() -> Self {
		let engine = Engine::builtin(Some(&settings().cache)).expect("the engine compiles");
		Self { engine }
	}

	/// Returns a host without a model.
	pub fn host(&self) -> TimedHost<'_> {
		TimedHost {
			engine: &self.engine,
			model: None,
			slowest: ("nothing", Duration::ZERO),
		}
	}

	/// Returns the outcome in fresh instances; a fault is confirmed.
	pub fn execute(&self, spec: &ModelSpec, onnx: &[u8], input: &[u8]) -> CallResult {
		match self.engine.execute(spec, onnx, input, SHIPPED_TIMEOUT) {
			Ok(Outcome::Answer(tensors)) => CallResult::Answer(tensors.encode()),
			Ok(Outcome::Fault(fault)) => CallResult::Fault(fault),
			Err(reason) => CallResult::of::<()>(Err(reason.into())),
		}
	}
}

impl Default for Shipped {
	fn default() -> Self {
		Self::new()
	}
}

impl TimedHost<'_> {
	/// Makes a call and measures its processor time.
	fn timed<T>(&mut self, what: &'static str, call: impl FnOnce(&mut Self) -> T) -> T {
		let start = clock::processor_time();
		let result = call(self);
		let took = clock::processor_time() - start;
		if took > self.slowest.1 {
			self.slowest = (what, took);
		}
		result
	}
}

impl ModelHost for TimedHost<'_> {
	fn load(&mut self, spec: &ModelSpec, onnx: &[u8]) -> CallResult {
		self.model = None;
		match self.timed("load", |host| host.engine.load(spec, onnx, SHIPPED_TIMEOUT)) {
			Ok(model) => {
				self.model = Some(model);
				CallResult::Answer(Vec::new())
			}
			Err(failure) => CallResult::of::<()>(Err(failure)),
		}
	}

	fn describe(&mut self) -> CallResult {
		self.timed("describe", |host| match &mut host.model {
			Some(model) => CallResult::of(model.describe(SHIPPED_TIMEOUT)),
			None => CallResult::Wrong("no model is loaded".into()),
		})
	}

	fn run(&mut self, input: &[u8]) -> CallResult {
		self.timed("run", |host| match &mut host.model {
			Some(model) => CallResult::of(model.run_encoded(input, SHIPPED_TIMEOUT)),
			None => CallResult::Wrong("no model is loaded".into()),
		})
	}

	fn is_broken(&self) -> bool {
		self.model.as_ref().is_none_or(Model::is_broken)
	}
}
