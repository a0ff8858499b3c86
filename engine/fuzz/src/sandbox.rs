//! A blob in a sandbox like that of `engine/host`, which also gives a fuzzer coverage counters and the places of traps.

use crate::{
	call_result::CallResult,
	clock, counters,
	settings::{settings, INSTRUMENTED_TIMEOUT},
};
use assay_engine::MemoryLimiter;
use assay_primitives::FaultCode;
use std::ops::Range;
use wasmtime::{
	Cache, CacheConfig, Caller, Config, Engine, InstancePre, Linker, Memory, Module, Store, Trap, TypedFunc, Val,
	WasmBacktrace, WasmParams, WasmResults,
};

/// The number of stack frames that identify a trap.
const PLACE_FRAMES: usize = 2;

/// Functions with these prefixes trap because of their callers.
const LIBRARY_PREFIXES: [&str; 5] = ["core::", "alloc::", "std::", "ndarray::", "__rust"];

/// A compiled blob.
pub struct Sandbox {
	pre: InstancePre<State>,
}

/// An instance of the blob.
pub struct Instance {
	store: Store<State>,
	memory: Memory,
	alloc: TypedFunc<u32, u32>,
	load: TypedFunc<(u32, u32), i32>,
	describe: TypedFunc<(), i32>,
	run: TypedFunc<(u32, u32), i32>,
	result_ptr: TypedFunc<(), u32>,
	result_len: TypedFunc<(), u32>,
	/// Whether a call did not return.
	pub is_broken: bool,
	/// The place of the last trap.
	pub trap: Option<String>,
}

#[derive(Default)]
struct State {
	limiter: MemoryLimiter,
	/// The addresses of the counters in the guest's memory.
	counters: Range<usize>,
}

/// The two calls that take a message.
#[derive(Clone, Copy)]
pub enum Call {
	Load,
	Run,
}

impl Sandbox {
	/// Compiles `blob`.
	pub fn new(blob: &[u8]) -> Self {
		let engine = Engine::new(&config()).expect("the settings are valid");
		let module = Module::new(&engine, blob).expect("the guest compiles");
		let mut linker = Linker::<State>::new(&engine);
		// The guest's constructors call this with the addresses of its counters.
		let init_counters = |mut caller: Caller<State>, start: u32, stop: u32| {
			caller.data_mut().counters = start as usize..stop as usize;
		};
		linker
			.func_wrap("env", "__sanitizer_cov_8bit_counters_init", init_counters)
			.expect("the name is free");
		// This host offers no intrinsics: `caps` returns 0, and the guest calls no others.
		let intrinsics = module.imports().filter(|import| import.module() == "assay");
		for import in intrinsics {
			let kind = import.ty().unwrap_func().clone();
			linker
				.func_new("assay", import.name(), kind, |_, _, results| {
					results.iter_mut().for_each(|result| *result = Val::I32(0));
					Ok(())
				})
				.expect("the name is free");
		}
		let pre = linker.instantiate_pre(&module).expect("all imports are defined");
		Self { pre }
	}

	/// Returns wasmtime's engine.
	pub fn engine(&self) -> &Engine {
		self.pre.module().engine()
	}

	/// Creates a fresh instance.
	pub fn instance(&self) -> Instance {
		let mut store = Store::new(self.engine(), State::default());
		store.limiter(|state| &mut state.limiter);
		store.set_epoch_deadline(clock::epochs(INSTRUMENTED_TIMEOUT));
		let instance = self.pre.instantiate(&mut store).expect("the guest starts");
		let memory = instance.get_memory(&mut store, "memory").expect("the guest has memory");
		macro_rules! export {
			($name:literal) => {
				instance
					.get_typed_func(&mut store, $name)
					.expect(concat!("the guest exports ", $name))
			};
		}
		Instance {
			memory,
			alloc: export!("alloc"),
			load: export!("load"),
			describe: export!("describe"),
			run: export!("run"),
			result_ptr: export!("result_ptr"),
			result_len: export!("result_len"),
			store,
			is_broken: false,
			trap: None,
		}
	}
}

impl Instance {
	/// Makes a call that takes `message`.
	pub fn call(&mut self, call: Call, message: &[u8]) -> CallResult {
		self.begin();
		let alloc = self.alloc.clone();
		let ptr = match self.enter(&alloc, message.len() as u32) {
			Ok(ptr) => ptr,
			Err(result) => return result,
		};
		if let Err(error) = self.memory.write(&mut self.store, ptr as usize, message) {
			return CallResult::Wrong(format!(
				"the message does not fit where the guest allocated it: {error}"
			));
		}
		let call = match call {
			Call::Load => self.load.clone(),
			Call::Run => self.run.clone(),
		};
		self.finish(&call, (ptr, message.len() as u32))
	}

	/// Has the guest describe the loaded model.
	pub fn describe(&mut self) -> CallResult {
		self.begin();
		let describe = self.describe.clone();
		self.finish(&describe, ())
	}

	/// Returns the size of its memory in bytes.
	pub fn size(&self) -> usize {
		self.memory.data_size(&self.store)
	}

	/// Adds its counters to those that libFuzzer reads, and resets them.
	pub fn report_counters(&mut self) {
		let range = self.store.data().counters.clone();
		let guest = &mut self.memory.data_mut(&mut self.store)[range];
		counters::add(guest);
		guest.fill(0);
	}

	/// Resets its counters.
	pub fn reset_counters(&mut self) {
		let range = self.store.data().counters.clone();
		self.memory.data_mut(&mut self.store)[range].fill(0);
	}

	/// Returns the number of its counters.
	pub fn edges(&self) -> usize {
		self.store.data().counters.len()
	}

	/// Prepares the instance for a call.
	fn begin(&mut self) {
		self.store.set_epoch_deadline(clock::epochs(INSTRUMENTED_TIMEOUT));
		self.store.data_mut().limiter.reset();
		self.trap = None;
	}

	/// Makes a call that returns a status, and reads the answer.
	fn finish<P: WasmParams>(&mut self, call: &TypedFunc<P, i32>, params: P) -> CallResult {
		match self.enter(call, params) {
			Ok(0) => self.read_answer(),
			Ok(_) if self.store.data().limiter.has_refused() => CallResult::Fault(FaultCode::OutOfMemory),
			Ok(status) => match FaultCode::from_status(status) {
				Some(fault) => CallResult::Fault(fault),
				None => CallResult::Wrong(format!("the engine returned status {status}")),
			},
			Err(result) => result,
		}
	}

	/// Reads the answer of the last call.
	fn read_answer(&mut self) -> CallResult {
		let (ptr, len) = (self.result_ptr.clone(), self.result_len.clone());
		let range = self.enter(&ptr, ()).and_then(|ptr| Ok((ptr, self.enter(&len, ())?)));
		let (ptr, len) = match range {
			Ok(range) => range,
			Err(result) => return result,
		};
		let memory = self.memory.data(&self.store);
		let bytes = memory.get(ptr as usize..).and_then(|rest| rest.get(..len as usize));
		bytes.map_or_else(
			|| CallResult::Wrong("the answer lies outside the guest's memory".into()),
			|bytes| CallResult::Answer(bytes.into()),
		)
	}

	/// Makes any call. A call that does not return breaks the instance.
	fn enter<P: WasmParams, R: WasmResults>(&mut self, call: &TypedFunc<P, R>, params: P) -> Result<R, CallResult> {
		call.call(&mut self.store, params).map_err(|error| {
			self.is_broken = true;
			match error.downcast_ref::<Trap>() {
				Some(Trap::Interrupt) => CallResult::TimedOut,
				Some(Trap::StackOverflow) => CallResult::StackOverflow,
				Some(_) if self.store.data().limiter.has_refused() => CallResult::Fault(FaultCode::OutOfMemory),
				Some(trap) => {
					self.trap = Some(format!("{trap:?}: {}", place(&error)));
					CallResult::Fault(FaultCode::Trap)
				}
				None => CallResult::Wrong(format!("{error:#}")),
			}
		})
	}
}

/// Returns the innermost functions of the guest that belong neither to Rust's panic machinery nor to its libraries.
fn place(error: &wasmtime::Error) -> String {
	let Some(trace) = error.downcast_ref::<WasmBacktrace>() else {
		return "unknown".into();
	};
	let names = trace.frames().iter().map(|frame| match frame.func_name() {
		// Without the hash.
		Some(name) => format!("{:#}", rustc_demangle::demangle(name)),
		None => format!("function {}", frame.func_index()),
	});
	let is_library = |name: &String| {
		let name = name.trim_start_matches('<');
		LIBRARY_PREFIXES.iter().any(|library| name.starts_with(library))
	};
	let places: Vec<_> = names.skip_while(is_library).take(PLACE_FRAMES).collect();
	places.join(" < ")
}

/// Returns the node's settings, with backtraces of traps and a cache for any guest.
fn config() -> Config {
	let mut config = assay_engine::config();
	config.wasm_backtrace(true);
	let mut cache = CacheConfig::new();
	cache.with_directory(settings().cache.join("fuzz"));
	config.cache(Some(Cache::new(cache).expect("the cache can be written")));
	config
}
