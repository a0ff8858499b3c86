//! The blob, compiled.

use crate::{cache, deadline, intrinsics, sandbox::Host, EngineError, Failure, Model, NoAnswer};
use assay_intrinsics::machine::Machine;
use assay_primitives::{EngineId, FaultCode, ModelSpec, Outcome, Tensor};
use std::{
	path::Path,
	sync::{Arc, OnceLock},
	time::{Duration, Instant},
};
use wasmtime::{Config, InstancePre, Linker, Module, OptLevel, Strategy};

/// The guest, as `build/main.rs` has built it.
static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/engine.wasm"));

/// Bytes of native stack for the guest, below the 2 MiB that Rust gives to threads by default. Its own stack, of 1 MiB in
/// linear memory, holds most of what it pushes.
const STACK: usize = 1024 * 1024;

/// The compiled engine. Clones share it.
#[derive(Clone)]
pub struct Engine {
	guest: Arc<InstancePre<Host>>,
}

impl Engine {
	/// Compiles the engine this crate was built with, which takes seconds, or takes the compiled module from `cache_dir`, where it
	/// is left for next time.
	pub fn builtin(cache_dir: Option<&Path>) -> Result<Self, EngineError> {
		Self::with_intrinsics(cache_dir, Some(intrinsics::best()))
	}

	/// As [`Engine::builtin`], with a choice of what computes the engine's intrinsics: one of [`Machine::all`], or the engine itself. Outcomes do not depend on it.
	pub fn with_intrinsics(cache_dir: Option<&Path>, intrinsics: Option<Machine>) -> Result<Self, EngineError> {
		let wasmtime = wasmtime::Engine::new(&config()).map_err(EngineError::Compile)?;
		let module = match cache_dir {
			Some(folder) => cache::load_or_compile(&wasmtime, folder, Self::builtin_id(), BLOB)?,
			None => Module::new(&wasmtime, BLOB).map_err(EngineError::Compile)?,
		};
		// A guest that imports anything else is refused here.
		let mut linker = Linker::new(&wasmtime);
		intrinsics::link(&mut linker, intrinsics).map_err(EngineError::Compile)?;
		let guest = linker.instantiate_pre(&module).map_err(EngineError::Compile)?;
		deadline::start_clock(&wasmtime).map_err(EngineError::Thread)?;
		Ok(Self { guest: Arc::new(guest) })
	}

	/// The id of the engine this crate was built with. Needs no compiled engine.
	pub fn builtin_id() -> EngineId {
		static ID: OnceLock<EngineId> = OnceLock::new();
		*ID.get_or_init(|| EngineId::of(BLOB))
	}

	/// The blob itself.
	pub fn builtin_blob() -> &'static [u8] {
		BLOB
	}

	/// Loads the ONNX file `onnx` under `spec` in a fresh instance, within `deadline`.
	pub fn load(&self, spec: &ModelSpec, onnx: &[u8], deadline: Duration) -> Result<Model, Failure> {
		Model::load(&self.guest, spec, onnx, deadline)
	}

	/// The outcome of running the model on `input`, SCALE-encoded tensors, in fresh instances and within `deadline`.
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

/// The time left until `end`.
pub(crate) fn left(end: Instant) -> Result<Duration, NoAnswer> {
	let left = end.saturating_duration_since(Instant::now());
	if left.is_zero() {
		Err(NoAnswer::TimedOut)
	} else {
		Ok(left)
	}
}

/// Turns what an instance came to into what is certain. A fault counts only when a fresh instance repeats it: the first may have come
/// from what earlier runs had left in a warm one. An answer that only the fresh instance gives is the answer.
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

/// The outcome of a run that came to this.
pub(crate) fn outcome(certain: Result<Vec<Tensor>, FaultCode>) -> Outcome {
	certain.map_or_else(Outcome::Fault, Outcome::Answer)
}

/// The settings that the answers or the safety of the host rest on, each with its reason. What is not named here is wasmtime's default
/// and reaches neither.
pub fn config() -> Config {
	let mut config = Config::new();
	config
		.strategy(Strategy::Cranelift)
		.cranelift_opt_level(OptLevel::Speed)
		// NaN: the engine canonicalises where bytes leave it; doing so after every operation costs a factor of three.
		.cranelift_nan_canonicalization(false)
		// What the guest is built with, and nothing beyond: relaxed SIMD and threads are not deterministic.
		.wasm_simd(true)
		.wasm_relaxed_simd(false)
		.wasm_threads(false)
		.wasm_memory64(false)
		.wasm_multi_memory(false)
		.wasm_tail_call(false)
		// Memory: all that 32 bits address is reserved from the start and guarded behind. No access needs a check, which would cost
		// a sixth to a quarter; memory never moves; and one that is out of bounds traps. `Host` keeps it within `MEMORY_LIMIT`.
		.memory_reservation(1 << 32)
		.memory_guard_size(32 << 20)
		// Epoch: a guest past its deadline is interrupted at its next loop or call, wherever it is: a single operator can take hours
		// on tensors that fit the memory, so that looking at the clock between operators would not do. Instrumented is what the
		// guest does itself; what takes most of its time, the intrinsics, is not, and the rest pays two to six percent.
		.epoch_interruption(true)
		// Stack: how deep calls nest depends on the code that this machine compiles, so that running out of it is never an answer.
		.max_wasm_stack(STACK)
		// Both cores or all of them: the first start waits for this.
		.parallel_compilation(true)
		// Names of the guest's functions are stripped, and a trap's place is no part of its fault.
		.wasm_backtrace(false);
	config
}
