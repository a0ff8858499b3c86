//! What is done with a file: it is loaded, described, and run on a few inputs.

use crate::{
	ending::Ending,
	onnx,
	ports::{self, Filling},
	sandbox::{Call, Instance, Sandbox},
};
use assay_primitives::{Manifest, ModelSpec};
use codec::{DecodeAll, Encode};
use fastrand::Rng;
use prost::Message;

/// Whatever a file can be loaded into.
pub trait Host {
	/// Loads a file into a fresh instance.
	fn load(&mut self, spec: &ModelSpec, onnx: &[u8]) -> Ending;
	fn describe(&mut self) -> Ending;
	fn run(&mut self, input: &[u8]) -> Ending;
	/// Whether it must be loaded again before the next run.
	fn is_broken(&self) -> bool;
}

/// What a file came to.
pub struct Story {
	pub load: Ending,
	/// Of a file that loads: what the engine says of it.
	pub manifest: Option<Ending>,
	/// Its outcome on each of the inputs.
	pub runs: Vec<Ending>,
}

impl Story {
	pub fn endings(&self) -> impl Iterator<Item = &Ending> {
		[&self.load].into_iter().chain(&self.manifest).chain(&self.runs)
	}
}

/// Loads, describes and runs. Inputs are made when the manifest is known, which the other hosts are given.
pub fn tell(host: &mut impl Host, spec: &ModelSpec, onnx: &[u8]) -> (Story, Vec<Vec<u8>>) {
	let mut story = Story {
		load: host.load(spec, onnx),
		manifest: None,
		runs: Vec::new(),
	};
	if !matches!(story.load, Ending::Answer(_)) {
		return (story, Vec::new());
	}
	let manifest = host.describe();
	let inputs = match &manifest {
		Ending::Answer(bytes) => inputs(bytes),
		_ => Vec::new(),
	};
	story.manifest = Some(manifest);
	story.runs = runs(host, spec, onnx, &inputs);
	(story, inputs)
}

/// The outcomes of `inputs`, in order, on a host that has loaded the file. Ends early where time runs out: there is more to fuzz.
pub fn runs(host: &mut impl Host, spec: &ModelSpec, onnx: &[u8], inputs: &[Vec<u8>]) -> Vec<Ending> {
	let mut endings = Vec::new();
	for input in inputs {
		let loaded = if host.is_broken() {
			host.load(spec, onnx)
		} else {
			Ending::Answer(Vec::new())
		};
		let ending = match loaded {
			Ending::Answer(_) => host.run(input),
			other => other,
		};
		let is_over = ending == Ending::TimedOut;
		endings.push(ending);
		if is_over {
			break;
		}
	}
	endings
}

fn inputs(manifest: &[u8]) -> Vec<Vec<u8>> {
	let manifest = Manifest::decode_all(&mut &*manifest).expect("the engine writes SCALE");
	let mut random = Rng::with_seed(1);
	let fillings = [Filling::Zeros, Filling::Ones, Filling::Random, Filling::Hostile];
	let inputs = fillings
		.into_iter()
		.filter_map(|filling| ports::fill(&manifest.inputs, filling, &mut random));
	inputs.map(|tensors| tensors.encode()).collect()
}

/// The spec that gives every symbol of the file's inputs a small value; no binding if it is no file.
pub fn bound(onnx: &[u8]) -> ModelSpec {
	let symbols = onnx::Model::decode(onnx)
		.map(|model| model.symbols())
		.unwrap_or_default();
	ModelSpec {
		bindings: symbols.into_iter().zip([2, 3, 1, 4].into_iter().cycle()).collect(),
	}
}

/// The guest with counters.
pub struct Counted<'a> {
	sandbox: &'a Sandbox,
	pub instance: Instance,
	is_used: bool,
	/// Where it trapped.
	pub traps: Vec<String>,
	/// The most memory that any instance has owned.
	pub size: usize,
}

impl<'a> Counted<'a> {
	pub fn new(sandbox: &'a Sandbox) -> Self {
		Self {
			instance: sandbox.instance(),
			sandbox,
			is_used: false,
			traps: Vec::new(),
			size: 0,
		}
	}

	fn call(&mut self, call: impl FnOnce(&mut Instance) -> Ending) -> Ending {
		let ending = call(&mut self.instance);
		self.instance.count();
		self.traps.extend(self.instance.trap.take());
		self.size = self.size.max(self.instance.size());
		ending
	}
}

impl Host for Counted<'_> {
	fn load(&mut self, spec: &ModelSpec, onnx: &[u8]) -> Ending {
		if self.is_used {
			self.instance = self.sandbox.instance();
		}
		self.is_used = true;
		let message = (spec, onnx).encode();
		self.call(|instance| instance.call(Call::Load, &message))
	}

	fn describe(&mut self) -> Ending {
		self.call(Instance::describe)
	}

	fn run(&mut self, input: &[u8]) -> Ending {
		self.call(|instance| instance.call(Call::Run, input))
	}

	fn is_broken(&self) -> bool {
		self.instance.broken
	}
}
