//! What must hold of an input, whatever it is.

use crate::{
	counters,
	ending::Ending,
	report::{self, Kind},
	sandbox::Sandbox,
	settings::{settings, SLOW},
	shipped::Shipped,
	story::{self, Counted, Host, Story},
};
use assay_primitives::{abi::MEMORY_LIMIT, FaultCode, Manifest, ModelSpec};
use codec::{DecodeAll, Encode};
use std::time::Duration;

/// A file up to this size should not be slow.
const SMALL: usize = 64 * 1024;

/// An input that reaches nothing new goes to the shipped engine every so often.
const SAMPLE: u64 = 16;

/// After so many inputs that were too slow, only a sample of them goes to the shipped engine.
const SLOW_ENOUGH: u64 = 20;

/// Beyond this an input is not worth changing further.
pub const DEAR: Duration = Duration::from_millis(800);

/// The guest with counters and the shipped engine.
pub struct Judge {
	pub counted: Sandbox,
	pub shipped: Shipped,
	inputs: u64,
	slow: u64,
}

/// An input as it is kept.
pub struct Evidence<'a> {
	pub extension: &'a str,
	pub bytes: &'a [u8],
	pub more: String,
}

impl Evidence<'_> {
	pub fn finding(&self, detail: &str) {
		report::keep(Kind::Finding, detail, &self.more, self.extension, self.bytes);
	}

	pub fn note(&self, detail: &str) {
		report::keep(Kind::Note, detail, &self.more, self.extension, self.bytes);
	}

	pub fn slow(&self, what: &str, took: Duration) {
		if self.bytes.len() <= SMALL && took > SLOW {
			let more = format!("{:.1} s, {}", took.as_secs_f64(), self.more);
			report::keep(Kind::Slow, what, &more, self.extension, self.bytes);
		}
	}

	pub fn trap(&self, place: &str) {
		report::keep(Kind::Trap, place, &self.more, self.extension, self.bytes);
	}

	/// What must hold of the guest with counters by itself.
	pub fn check(&self, call: &str, ending: &Ending) {
		report::ended(call, ending);
		if let Ending::Wrong(reason) = ending {
			self.finding(&format!("{call}: {reason}"));
		}
	}

	/// What must hold of the shipped engine by itself.
	pub fn check_shipped(&self, call: &str, ending: &Ending) {
		match ending {
			Ending::Wrong(reason) => self.finding(&format!("shipped {call}: {reason}")),
			Ending::StackOverflow => self.finding(&format!("shipped {call}: stack overflow")),
			_ => {}
		}
	}

	/// The guest with counters must come to what the shipped one comes to, but for what counters cost.
	pub fn compare(&self, call: &str, counted: &Ending, shipped: &Ending) {
		if counted == shipped || !shipped.is_outcome() {
			return;
		}
		let out_of_memory = Ending::Fault(FaultCode::OutOfMemory);
		let detail = format!("{call}: with counters {}, shipped {}", counted.kind(), shipped.kind());
		if !counted.is_outcome() || *counted == out_of_memory || *shipped == out_of_memory {
			self.note(&detail);
		} else {
			self.finding(&detail);
		}
	}

	/// An answer of a warm instance must be that of a fresh one. A fault counts only when a fresh one repeats it.
	pub fn compare_warm(&self, warm: &Ending, fresh: &Ending) {
		if warm != fresh && warm.is_outcome() && fresh.is_outcome() {
			let detail = format!("run: warm {}, fresh {}", warm.kind(), fresh.kind());
			match warm {
				Ending::Fault(_) => self.note(&detail),
				_ => self.finding(&detail),
			}
		}
	}
}

impl Judge {
	pub fn new() -> Self {
		let blob = std::fs::read(&settings().guest).expect("the guest with counters is there: run scripts/fuzz.sh");
		let shipped = Shipped::new();
		let counted = Sandbox::new(&blob);
		Self {
			counted,
			shipped,
			inputs: 0,
			slow: 0,
		}
	}

	/// Whether to ask the shipped engine about what has just ended so.
	pub fn asks<'a>(&mut self, endings: impl IntoIterator<Item = &'a Ending>) -> bool {
		self.inputs += 1;
		let is_new = counters::is_new();
		let is_sampled = self.inputs.is_multiple_of(SAMPLE);
		let mut endings = endings.into_iter();
		let asks = match endings.find(|ending| !ending.is_outcome()) {
			Some(Ending::TimedOut) => {
				self.slow += 1;
				self.slow <= SLOW_ENOUGH || is_sampled
			}
			Some(_) => true,
			None => is_new || is_sampled,
		};
		if asks {
			report::count("asked of the shipped engine");
		}
		asks
	}

	/// Judges a file. Says whether it is worth changing further.
	pub fn file(&mut self, onnx: &[u8]) -> bool {
		let start = crate::clock::used();
		let mut spec = ModelSpec::default();
		let mut counted = Counted::new(&self.counted);
		let (mut story, mut inputs) = story::tell(&mut counted, &spec, onnx);
		if story.load == Ending::Fault(FaultCode::UnboundDimension) {
			let bound = story::bound(onnx);
			if bound != spec {
				spec = bound;
				(story, inputs) = story::tell(&mut counted, &spec, onnx);
			}
		}
		let (traps, size, edges) = (counted.traps, counted.size, counted.instance.edges());
		let took = crate::clock::used() - start;

		let evidence = Evidence {
			extension: "onnx",
			bytes: onnx,
			more: format!("{:?}", spec.bindings),
		};
		evidence.check("load", &story.load);
		story
			.manifest
			.iter()
			.for_each(|ending| evidence.check("describe", ending));
		story.runs.iter().for_each(|ending| evidence.check("run", ending));
		traps.iter().for_each(|place| evidence.trap(place));
		if size > MEMORY_LIMIT as usize {
			evidence.finding("memory beyond the limit");
		}
		if self.asks(story.endings()) {
			self.ask(&evidence, &spec, onnx, &story, &inputs);
		}
		report::input(edges);
		took < DEAR
	}

	/// Does all of it on the shipped engine, warm and fresh.
	fn ask(&self, evidence: &Evidence, spec: &ModelSpec, onnx: &[u8], told: &Story, inputs: &[Vec<u8>]) {
		let mut host = self.shipped.host();
		let load = host.load(spec, onnx);
		evidence.check_shipped("load", &load);
		evidence.compare("load", &told.load, &load);
		if !matches!(load, Ending::Answer(_)) {
			evidence.slow(host.slowest.0, host.slowest.1);
			if load.is_outcome() {
				let again = host.load(spec, onnx);
				if again != load && again.is_outcome() {
					evidence.finding(&format!("load: {}, then {}", load.kind(), again.kind()));
				}
			}
			return;
		}
		let manifest = host.describe();
		evidence.check_shipped("describe", &manifest);
		if let Some(told) = &told.manifest {
			evidence.compare("describe", &without_memory(told), &without_memory(&manifest));
		}
		let runs = story::runs(&mut host, spec, onnx, inputs);
		// The first once more, on what the others have left behind.
		let again = story::runs(&mut host, spec, onnx, &inputs[..inputs.len().min(1)]);
		evidence.slow(host.slowest.0, host.slowest.1);
		for (told, shipped) in told.runs.iter().zip(&runs) {
			evidence.check_shipped("run", shipped);
			evidence.compare("run", told, shipped);
		}
		if runs.len() < inputs.len() {
			return;
		}
		for (warm, input) in runs
			.iter()
			.skip(1)
			.chain(&again)
			.zip(inputs.iter().skip(1).chain(inputs.first()))
		{
			evidence.compare_warm(warm, &self.shipped.execute(spec, onnx, input));
		}
	}
}

impl Default for Judge {
	fn default() -> Self {
		Self::new()
	}
}

/// A manifest but for the memory the model takes, which counters add to.
fn without_memory(manifest: &Ending) -> Ending {
	let Ending::Answer(bytes) = manifest else {
		return manifest.clone();
	};
	match Manifest::decode_all(&mut &bytes[..]) {
		Ok(manifest) => Ending::Answer(
			Manifest {
				peak_bytes: 0,
				..manifest
			}
			.encode(),
		),
		Err(error) => Ending::Wrong(format!("the manifest is no SCALE: {error}")),
	}
}
