//! The compiled engine.

use crate::{cache, deadline, intrinsics, sandbox::Host, EngineError, Failure, Model, NoAnswer};
use assay_intrinsics::machine::Machine;
use assay_primitives::{EngineId, FaultCode, ModelSpec, Outcome, Tensor};
use std::{
	path::Path,
	sync::{Arc, OnceLock},
	time::{Duration, Instant},
};
use wasmtime::{Config, InstancePre, Linker, Module, OptLevel, Strategy};

/// The guest that `build/main.rs` built.
static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/engine.wasm"));

/// Bytes of native stack for the guest, below the 2 MiB that Rust gives to threads by default. The guest's own stack,
/// of 1 MiB in linear memory, holds most of what it pushes.
const STACK: usize = 1024 * 1024;

/// The compiled engine. Clones share it.
#[derive(Clone)]
pub struct Engine {
	guest: Arc<InstancePre<Host>>,
}

impl Engine {
	/// Compiles the engine that this crate was built with, which takes seconds, or loads the compiled module from
	/// `cache_dir`. A module that was compiled is saved there for the next start.
	///
	/// Fails if the module does not compile, the folder cannot be written, or no thread can be started.
	pub fn builtin(cache_dir: Option<&Path>) -> Result<Self, EngineError> {
		Self::with_intrinsics(cache_dir, Some(intrinsics::best()))
	}

	/// Does the same as [`Engine::builtin`], and has the intrinsics computed by `intrinsics`, one of [`Machine::all`],
	/// or by the engine itself if it is `None`. Outcomes do not depend on this choice.
	pub fn with_intrinsics(cache_dir: Option<&Path>, intrinsics: Option<Machine>) -> Result<Self, EngineError> {
		let wasmtime = wasmtime::Engine::new(&config()).map_err(EngineError::Compile)?;
		let module = match cache_dir {
			Some(folder) => cache::load_or_compile(&wasmtime, folder, Self::builtin_id(), BLOB)?,
			None => Module::new(&wasmtime, BLOB).map_err(EngineError::Compile)?,
		};
		// This refuses a guest that imports anything else.
		let mut linker = Linker::new(&wasmtime);
		intrinsics::link(&mut linker, intrinsics).map_err(EngineError::Compile)?;
		let guest = linker.instantiate_pre(&module).map_err(EngineError::Compile)?;
		deadline::start_clock(&wasmtime).map_err(EngineError::Thread)?;
		Ok(Self { guest: Arc::new(guest) })
	}

	/// Returns the id of the engine that this crate was built with. Does not compile it.
	pub fn builtin_id() -> EngineId {
		static ID: OnceLock<EngineId> = OnceLock::new();
		*ID.get_or_init(|| EngineId::of(BLOB))
	}

	/// Returns the blob of the engine that this crate was built with.
	pub fn builtin_blob() -> &'static [u8] {
		BLOB
	}

	/// Loads the ONNX file `onnx` under `spec` in a fresh instance, within `deadline`.
	///
	/// Fails with a fault if the engine refuses the file. That fault is unconfirmed; [`Self::execute`] confirms faults.
	pub fn load(&self, spec: &ModelSpec, onnx: &[u8], deadline: Duration) -> Result<Model, Failure> {
		Model::load(&self.guest, spec, onnx, deadline)
	}

	/// Runs the model in the ONNX file `onnx` under `spec` on `input`, SCALE-encoded tensors, in fresh instances and
	/// within `deadline`. Returns the outcome; a fault is one that a second instance has repeated.
	pub fn execute(
		&self,
		spec: &ModelSpec,
		onnx: &[u8],
		input: &[u8],
		deadline: Duration,
	) -> Result<Outcome, NoAnswer> {
		let end = Instant::now() + deadline;
		let fresh =
			|| -> Result<Vec<Tensor>, Failure> { self.load(spec, onnx, left(end)?)?.run_encoded(input, left(end)?) };
		confirm(fresh(), fresh).map(outcome)
	}
}

/// Returns the time left until `end`. Fails if there is none.
pub(crate) fn left(end: Instant) -> Result<Duration, NoAnswer> {
	let left = end.saturating_duration_since(Instant::now());
	if left.is_zero() {
		Err(NoAnswer::TimedOut)
	} else {
		Ok(left)
	}
}

/// Confirms the result of an instance. A fault counts only when a fresh instance repeats it, since a warm one may have
/// faulted because of what earlier runs left in it. If only the fresh instance has an answer, that is the answer.
pub(crate) fn confirm<T>(
	first: Result<T, Failure>,
	fresh: impl FnOnce() -> Result<T, Failure>,
) -> Result<Result<T, FaultCode>, NoAnswer> {
	let fault = match first {
		Ok(answer) => return Ok(Ok(answer)),
		Err(Failure::NoAnswer(reason)) => return Err(reason),
		Err(Failure::Fault(fault)) => fault,
	};
	match fresh() {
		Ok(answer) => Ok(Ok(answer)),
		Err(Failure::NoAnswer(reason)) => Err(reason),
		Err(Failure::Fault(again)) if again == fault => Ok(Err(fault)),
		Err(Failure::Fault(again)) => Err(NoAnswer::Host(format!("the fault was {fault:?}, then {again:?}"))),
	}
}

/// Converts a confirmed result to an outcome.
pub(crate) fn outcome(confirmed: Result<Vec<Tensor>, FaultCode>) -> Outcome {
	confirmed.map_or_else(Outcome::Fault, Outcome::Answer)
}

/// Returns the settings that the answers or the safety of the host depend on, each with its reason. All others are
/// wasmtime's defaults and affect neither.
pub fn config() -> Config {
	let mut config = Config::new();
	config
		.strategy(Strategy::Cranelift)
		.cranelift_opt_level(OptLevel::Speed)
		// NaN: the engine canonicalises NaNs where bytes leave it. Doing so after every operation would make it three
		// times slower.
		.cranelift_nan_canonicalization(false)
		// Exactly the features that the guest is built with: relaxed SIMD and threads are not deterministic.
		.wasm_simd(true)
		.wasm_relaxed_simd(false)
		.wasm_threads(false)
		.wasm_memory64(false)
		.wasm_multi_memory(false)
		.wasm_tail_call(false)
		// Memory: everything that 32 bits address is reserved from the start, with a guard region behind it. So no
		// access needs a bounds check, which would cost 17 % to 25 % of the speed, memory never moves, and an access
		// out of bounds traps. `MemoryLimiter` keeps memory within `MEMORY_LIMIT`.
		.memory_reservation(1 << 32)
		.memory_guard_size(32 << 20)
		// Epoch: a guest past its deadline is interrupted at its next loop or call. Checking the clock between
		// operators would not suffice, since a single operator can take hours on tensors that fit the memory. Only the
		// guest's own code is instrumented, which slows it by 2 % to 6 %; the intrinsics, which take most of the time,
		// are not.
		.epoch_interruption(true)
		// Stack: the depth to which calls may nest depends on the code that this machine compiles, so a stack overflow
		// is never an answer.
		.max_wasm_stack(STACK)
		// On all cores, since the first start waits for this.
		.parallel_compilation(true)
		// The names of the guest's functions are stripped, and the fault does not depend on where it trapped.
		.wasm_backtrace(false);
	config
}
