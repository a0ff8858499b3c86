//! The engine as it ships, through `assay-engine`.

use crate::{
	clock,
	ending::Ending,
	settings::{settings, PATIENCE},
	story::Host,
};
use assay_engine::{Engine, Model};
use assay_primitives::{ModelSpec, Outcome};
use codec::Encode;
use std::time::Duration;

pub struct Shipped {
	engine: Engine,
}

/// A host that keeps the time of its slowest call.
pub struct Timed<'a> {
	engine: &'a Engine,
	model: Option<Model>,
	pub slowest: (&'static str, Duration),
}

impl Shipped {
	pub fn new() -> Self {
		let engine = Engine::builtin(Some(&settings().cache)).expect("the engine compiles");
		Self { engine }
	}

	pub fn host(&self) -> Timed<'_> {
		Timed {
			engine: &self.engine,
			model: None,
			slowest: ("nothing", Duration::ZERO),
		}
	}

	/// The outcome in fresh instances, a fault being confirmed.
	pub fn execute(&self, spec: &ModelSpec, onnx: &[u8], input: &[u8]) -> Ending {
		match self.engine.execute(spec, onnx, input, PATIENCE) {
			Ok(Outcome::Answer(tensors)) => Ending::Answer(tensors.encode()),
			Ok(Outcome::Fault(fault)) => Ending::Fault(fault),
			Err(reason) => Ending::of::<()>(Err(reason.into())),
		}
	}
}

impl Default for Shipped {
	fn default() -> Self {
		Self::new()
	}
}

impl Timed<'_> {
	fn timed<T>(&mut self, what: &'static str, call: impl FnOnce(&mut Self) -> T) -> T {
		let start = clock::used();
		let result = call(self);
		let took = clock::used() - start;
		if took > self.slowest.1 {
			self.slowest = (what, took);
		}
		result
	}
}

impl Host for Timed<'_> {
	fn load(&mut self, spec: &ModelSpec, onnx: &[u8]) -> Ending {
		self.model = None;
		match self.timed("load", |host| host.engine.load(spec, onnx, PATIENCE)) {
			Ok(model) => {
				self.model = Some(model);
				Ending::Answer(Vec::new())
			}
			Err(failure) => Ending::of::<()>(Err(failure)),
		}
	}

	fn describe(&mut self) -> Ending {
		self.timed("describe", |host| match &mut host.model {
			Some(model) => Ending::of(model.manifest(PATIENCE)),
			None => Ending::Wrong("no model is loaded".into()),
		})
	}

	fn run(&mut self, input: &[u8]) -> Ending {
		self.timed("run", |host| match &mut host.model {
			Some(model) => Ending::of(model.run_encoded(input, PATIENCE)),
			None => Ending::Wrong("no model is loaded".into()),
		})
	}

	fn is_broken(&self) -> bool {
		self.model.as_ref().is_none_or(Model::is_broken)
	}
}
