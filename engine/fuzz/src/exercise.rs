//! Exercises a file: it is loaded, described, and run on a few inputs.

use crate::{
	call_result::CallResult,
	onnx,
	ports::{self, Filling},
	sandbox::{Call, Instance, Sandbox},
};
use assay_primitives::{Manifest, ModelSpec};
use codec::{DecodeAll, Encode};
use fastrand::Rng;
use prost::Message;

/// A host that runs models: the instrumented guest or the shipped engine.
pub trait ModelHost {
	/// Loads a file in a fresh instance.
	fn load(&mut self, spec: &ModelSpec, onnx: &[u8]) -> CallResult;
	/// Describes the loaded model.
	fn describe(&mut self) -> CallResult;
	/// Runs the loaded model on `input`, SCALE-encoded tensors.
	fn run(&mut self, input: &[u8]) -> CallResult;
	/// Returns whether the file must be loaded again before the next run.
	fn is_broken(&self) -> bool;
}

/// The results of exercising a file.
pub struct FileResults {
	pub load: CallResult,
	/// The manifest, if the file loads.
	pub manifest: Option<CallResult>,
	/// The result for each input.
	pub runs: Vec<CallResult>,
}

impl FileResults {
	/// Returns all results, in the order of the calls.
	pub fn all(&self) -> impl Iterator<Item = &CallResult> {
		[&self.load].into_iter().chain(&self.manifest).chain(&self.runs)
	}
}

/// Loads, describes and runs a file. Generates inputs from its manifest, and returns them for other hosts.
pub fn exercise(host: &mut impl ModelHost, spec: &ModelSpec, onnx: &[u8]) -> (FileResults, Vec<Vec<u8>>) {
	let mut results = FileResults {
		load: host.load(spec, onnx),
		manifest: None,
		runs: Vec::new(),
	};
	if !matches!(results.load, CallResult::Answer(_)) {
		return (results, Vec::new());
	}
	let manifest = host.describe();
	let inputs = match &manifest {
		CallResult::Answer(bytes) => generate_inputs(bytes),
		_ => Vec::new(),
	};
	results.manifest = Some(manifest);
	results.runs = run_all(host, spec, onnx, &inputs);
	(results, inputs)
}

/// Runs `inputs` in order on a host that has loaded the file, and returns their results. Stops after a timeout, since
/// there is more to fuzz.
pub fn run_all(host: &mut impl ModelHost, spec: &ModelSpec, onnx: &[u8], inputs: &[Vec<u8>]) -> Vec<CallResult> {
	let mut results = Vec::new();
	for input in inputs {
		let loaded = if host.is_broken() {
			host.load(spec, onnx)
		} else {
			CallResult::Answer(Vec::new())
		};
		let result = match loaded {
			CallResult::Answer(_) => host.run(input),
			other => other,
		};
		let has_timed_out = result == CallResult::TimedOut;
		results.push(result);
		if has_timed_out {
			break;
		}
	}
	results
}

/// Generates inputs for the ports in `manifest`, SCALE-encoded, one for each filling.
fn generate_inputs(manifest: &[u8]) -> Vec<Vec<u8>> {
	let manifest = Manifest::decode_all(&mut &*manifest).expect("the engine writes SCALE");
	let mut random = Rng::with_seed(1);
	let fillings = [Filling::Zeros, Filling::Ones, Filling::Random, Filling::Hostile];
	let inputs = fillings
		.into_iter()
		.filter_map(|filling| ports::fill(&manifest.inputs, filling, &mut random));
	inputs.map(|tensors| tensors.encode()).collect()
}

/// Returns a spec that binds every symbol in the inputs of a file to a small value. It is empty if the file does not
/// parse.
pub fn bind_symbols(onnx: &[u8]) -> ModelSpec {
	let symbols = onnx::Model::decode(onnx)
		.map(|model| model.symbols())
		.unwrap_or_default();
	ModelSpec {
		bindings: symbols.into_iter().zip([2, 3, 1, 4].into_iter().cycle()).collect(),
	}
}

/// A host that runs the instrumented guest.
pub struct InstrumentedHost<'a> {
	sandbox: &'a Sandbox,
	pub instance: Instance,
	/// Whether a file was loaded, so that the next one needs another instance.
	is_used: bool,
	/// The places where it trapped.
	pub traps: Vec<String>,
	/// The maximum size of the memory of all instances, in bytes.
	pub max_size: usize,
}

impl<'a> InstrumentedHost<'a> {
	/// Creates a host with a fresh instance.
	pub fn new(sandbox: &'a Sandbox) -> Self {
		Self {
			instance: sandbox.instance(),
			sandbox,
			is_used: false,
			traps: Vec::new(),
			max_size: 0,
		}
	}

	/// Makes a call, and collects counters, traps and the size of the memory.
	fn call(&mut self, call: impl FnOnce(&mut Instance) -> CallResult) -> CallResult {
		let result = call(&mut self.instance);
		self.instance.report_counters();
		self.traps.extend(self.instance.trap.take());
		self.max_size = self.max_size.max(self.instance.size());
		result
	}
}

impl ModelHost for InstrumentedHost<'_> {
	fn load(&mut self, spec: &ModelSpec, onnx: &[u8]) -> CallResult {
		if self.is_used {
			self.instance = self.sandbox.instance();
		}
		self.is_used = true;
		let message = (spec, onnx).encode();
		self.call(|instance| instance.call(Call::Load, &message))
	}

	fn describe(&mut self) -> CallResult {
		self.call(Instance::describe)
	}

	fn run(&mut self, input: &[u8]) -> CallResult {
		self.call(|instance| instance.call(Call::Run, input))
	}

	fn is_broken(&self) -> bool {
		self.instance.is_broken
	}
}
