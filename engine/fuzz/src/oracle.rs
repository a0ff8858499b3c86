//! The properties that every input must have.

use crate::{
	call_result::CallResult,
	clock, counters,
	exercise::{self, FileResults, InstrumentedHost, ModelHost},
	report::{self, Kind},
	sandbox::Sandbox,
	settings::{settings, SLOW_THRESHOLD},
	shipped::Shipped,
};
use assay_primitives::{abi::MEMORY_LIMIT, FaultCode, Manifest, ModelSpec};
use codec::{DecodeAll, Encode};
use std::time::Duration;

/// The size in bytes up to which a file should not be slow.
const SMALL_FILE: usize = 64 * 1024;

/// The shipped engine runs one in this many of the inputs that reach nothing new.
const SAMPLE_INTERVAL: u64 = 16;

/// After this many inputs that timed out, the shipped engine runs only a sample of them.
const MAX_TIMEOUTS: u64 = 20;

/// The processor time beyond which an input is not worth mutating further.
pub const EXPENSIVE: Duration = Duration::from_millis(800);

/// Compares the instrumented guest with the shipped engine.
pub struct Oracle {
	pub instrumented: Sandbox,
	pub shipped: Shipped,
	inputs: u64,
	timeouts: u64,
}

/// An input in the form in which it is saved.
pub struct TestInput<'a> {
	/// The extension of its file.
	pub extension: &'a str,
	pub bytes: &'a [u8],
	/// More information for readers of the report.
	pub more: String,
}

impl TestInput<'_> {
	/// Saves the input because of a defect.
	pub fn save_defect(&self, detail: &str) {
		report::save(Kind::Defect, detail, &self.more, self.extension, self.bytes);
	}

	/// Saves the input because of a difference that the counters explain.
	pub fn save_note(&self, detail: &str) {
		report::save(Kind::Note, detail, &self.more, self.extension, self.bytes);
	}

	/// Saves the input if it is small and `time` is long.
	pub fn check_time(&self, what: &str, time: Duration) {
		if self.bytes.len() <= SMALL_FILE && time > SLOW_THRESHOLD {
			let more = format!("{:.1} s, {}", time.as_secs_f64(), self.more);
			report::save(Kind::Slow, what, &more, self.extension, self.bytes);
		}
	}

	/// Saves the input because it reaches a trap at `place`.
	pub fn save_trap(&self, place: &str) {
		report::save(Kind::Trap, place, &self.more, self.extension, self.bytes);
	}

	/// Checks a result of the instrumented guest by itself.
	pub fn check_instrumented(&self, call: &str, result: &CallResult) {
		report::count_result(call, result);
		if let CallResult::Wrong(reason) = result {
			self.save_defect(&format!("{call}: {reason}"));
		}
	}

	/// Checks a result of the shipped engine by itself.
	pub fn check_shipped(&self, call: &str, result: &CallResult) {
		match result {
			CallResult::Wrong(reason) => self.save_defect(&format!("shipped {call}: {reason}")),
			CallResult::StackOverflow => self.save_defect(&format!("shipped {call}: stack overflow")),
			_ => {}
		}
	}

	/// Checks that the instrumented guest has the result of the shipped engine, except where the cost of the counters
	/// explains a difference.
	pub fn compare(&self, call: &str, instrumented: &CallResult, shipped: &CallResult) {
		if instrumented == shipped || !shipped.is_outcome() {
			return;
		}
		let out_of_memory = CallResult::Fault(FaultCode::OutOfMemory);
		let detail = format!(
			"{call}: instrumented {}, shipped {}",
			instrumented.kind(),
			shipped.kind()
		);
		if !instrumented.is_outcome() || *instrumented == out_of_memory || *shipped == out_of_memory {
			self.save_note(&detail);
		} else {
			self.save_defect(&detail);
		}
	}

	/// Checks that a warm instance has the answer of a fresh one. Its fault counts only if a fresh one repeats it.
	pub fn compare_warm(&self, warm: &CallResult, fresh: &CallResult) {
		if warm != fresh && warm.is_outcome() && fresh.is_outcome() {
			let detail = format!("run: warm {}, fresh {}", warm.kind(), fresh.kind());
			match warm {
				CallResult::Fault(_) => self.save_note(&detail),
				_ => self.save_defect(&detail),
			}
		}
	}
}

impl Oracle {
	/// Compiles both engines, or loads them from the cache.
	pub fn new() -> Self {
		let path = &settings().guest;
		let blob = std::fs::read(path).unwrap_or_else(|error| {
			panic!(
				"the instrumented guest {}: {error}; run scripts/fuzz.sh",
				path.display()
			)
		});
		let shipped = Shipped::new();
		let instrumented = Sandbox::new(&blob);
		Self {
			instrumented,
			shipped,
			inputs: 0,
			timeouts: 0,
		}
	}

	/// Returns whether the shipped engine should run an input that had these results.
	pub fn needs_shipped<'a>(&mut self, results: impl IntoIterator<Item = &'a CallResult>) -> bool {
		self.inputs += 1;
		let is_new = counters::is_new();
		let is_sampled = self.inputs.is_multiple_of(SAMPLE_INTERVAL);
		let mut results = results.into_iter();
		let needs_shipped = match results.find(|result| !result.is_outcome()) {
			Some(CallResult::TimedOut) => {
				self.timeouts += 1;
				self.timeouts <= MAX_TIMEOUTS || is_sampled
			}
			Some(_) => true,
			None => is_new || is_sampled,
		};
		if needs_shipped {
			report::count("run on the shipped engine");
		}
		needs_shipped
	}

	/// Checks a file. Returns whether it is worth mutating further.
	pub fn check_file(&mut self, onnx: &[u8]) -> bool {
		let start = clock::processor_time();
		let mut spec = ModelSpec::default();
		let mut instrumented = InstrumentedHost::new(&self.instrumented);
		let (mut results, mut inputs) = exercise::exercise(&mut instrumented, &spec, onnx);
		if results.load == CallResult::Fault(FaultCode::UnboundDimension) {
			let bound = exercise::bind_symbols(onnx);
			if bound != spec {
				spec = bound;
				(results, inputs) = exercise::exercise(&mut instrumented, &spec, onnx);
			}
		}
		let (traps, max_size, edges) = (instrumented.traps, instrumented.max_size, instrumented.instance.edges());
		let time = clock::processor_time() - start;

		let input = TestInput {
			extension: "onnx",
			bytes: onnx,
			more: format!("{:?}", spec.bindings),
		};
		input.check_instrumented("load", &results.load);
		if let Some(result) = &results.manifest {
			input.check_instrumented("describe", result);
		}
		for result in &results.runs {
			input.check_instrumented("run", result);
		}
		traps.iter().for_each(|place| input.save_trap(place));
		if max_size > MEMORY_LIMIT as usize {
			input.save_defect("memory beyond the limit");
		}
		if self.needs_shipped(results.all()) {
			self.compare_with_shipped(&input, &spec, onnx, &results, &inputs);
		}
		report::finish_input(edges);
		time < EXPENSIVE
	}

	/// Repeats everything on the shipped engine, in warm and fresh instances, and compares the results.
	fn compare_with_shipped(
		&self,
		input: &TestInput,
		spec: &ModelSpec,
		onnx: &[u8],
		instrumented: &FileResults,
		messages: &[Vec<u8>],
	) {
		let mut host = self.shipped.host();
		let load = host.load(spec, onnx);
		input.check_shipped("load", &load);
		input.compare("load", &instrumented.load, &load);
		if !matches!(load, CallResult::Answer(_)) {
			input.check_time(host.slowest.0, host.slowest.1);
			if load.is_outcome() {
				let again = host.load(spec, onnx);
				if again != load && again.is_outcome() {
					input.save_defect(&format!("load: {}, then {}", load.kind(), again.kind()));
				}
			}
			return;
		}
		let manifest = host.describe();
		input.check_shipped("describe", &manifest);
		if let Some(instrumented) = &instrumented.manifest {
			input.compare("describe", &without_memory(instrumented), &without_memory(&manifest));
		}
		let runs = exercise::run_all(&mut host, spec, onnx, messages);
		// The first again, in the memory that the others left.
		let again = exercise::run_all(&mut host, spec, onnx, &messages[..messages.len().min(1)]);
		input.check_time(host.slowest.0, host.slowest.1);
		for (instrumented, shipped) in instrumented.runs.iter().zip(&runs) {
			input.check_shipped("run", shipped);
			input.compare("run", instrumented, shipped);
		}
		if runs.len() < messages.len() {
			return;
		}
		for (warm, message) in runs
			.iter()
			.skip(1)
			.chain(&again)
			.zip(messages.iter().skip(1).chain(messages.first()))
		{
			input.compare_warm(warm, &self.shipped.execute(spec, onnx, message));
		}
	}
}

impl Default for Oracle {
	fn default() -> Self {
		Self::new()
	}
}

/// Returns a manifest without its peak memory, to which counters add.
fn without_memory(manifest: &CallResult) -> CallResult {
	let CallResult::Answer(bytes) = manifest else {
		return manifest.clone();
	};
	match Manifest::decode_all(&mut &bytes[..]) {
		Ok(manifest) => CallResult::Answer(
			Manifest {
				peak_bytes: 0,
				..manifest
			}
			.encode(),
		),
		Err(error) => CallResult::Wrong(format!("the manifest is not SCALE: {error}")),
	}
}
