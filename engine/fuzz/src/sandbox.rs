//! A blob in a sandbox like that of `engine/host`, but for what a fuzzer wants to know besides: counters, and where a trap was.

use crate::{
	clock, counters,
	ending::Ending,
	settings::{settings, DEADLINE},
};
use assay_primitives::{abi::MEMORY_LIMIT, FaultCode};
use std::ops::Range;
use wasmtime::{
	Cache, CacheConfig, Caller, Config, Engine, InstancePre, Linker, Memory, Module, ResourceLimiter, Store, Trap,
	TypedFunc, Val, WasmBacktrace, WasmParams, WasmResults,
};

/// Frames of a trap that tell it from others.
const FRAMES: usize = 2;

/// What stops for its caller's sake.
const LIBRARIES: [&str; 5] = ["core::", "alloc::", "std::", "ndarray::", "__rust"];

/// A compiled blob.
pub struct Sandbox {
	pre: InstancePre<State>,
}

/// One instance.
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
	pub broken: bool,
	/// Where the last trap was.
	pub trap: Option<String>,
}

#[derive(Default)]
struct State {
	/// Whether the guest wanted more memory than it may have.
	refused: bool,
	/// Where in its memory the guest counts.
	counters: Range<usize>,
}

/// The two calls that take a message.
#[derive(Clone, Copy)]
pub enum Call {
	Load,
	Run,
}

impl ResourceLimiter for State {
	fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
		let is_allowed = desired <= MEMORY_LIMIT as usize;
		self.refused |= !is_allowed;
		Ok(is_allowed)
	}

	fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
		if self.refused {
			Ok(())
		} else {
			Err(error)
		}
	}

	fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
		Ok(true)
	}
}

impl Sandbox {
	/// Compiles `blob`.
	pub fn new(blob: &[u8]) -> Self {
		let engine = Engine::new(&config()).expect("the settings are valid");
		let module = Module::new(&engine, blob).expect("the guest compiles");
		let mut linker = Linker::<State>::new(&engine);
		// The guest's constructors tell where its counters are.
		let told = |mut caller: Caller<State>, start: u32, stop: u32| {
			caller.data_mut().counters = start as usize..stop as usize;
		};
		linker
			.func_wrap("env", "__sanitizer_cov_8bit_counters_init", told)
			.expect("the name is free");
		// A host without intrinsics: `caps` is 0, and so the others are not called.
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

	pub fn engine(&self) -> &Engine {
		self.pre.module().engine()
	}

	pub fn instance(&self) -> Instance {
		let mut store = Store::new(self.engine(), State::default());
		store.limiter(|state| state);
		store.set_epoch_deadline(clock::epochs(DEADLINE));
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
			broken: false,
			trap: None,
		}
	}
}

impl Instance {
	/// Makes a call that takes `message`.
	pub fn call(&mut self, call: Call, message: &[u8]) -> Ending {
		self.begin();
		let alloc = self.alloc.clone();
		let ptr = match self.enter(&alloc, message.len() as u32) {
			Ok(ptr) => ptr,
			Err(ending) => return ending,
		};
		if let Err(error) = self.memory.write(&mut self.store, ptr as usize, message) {
			return Ending::Wrong(format!("the room for the message: {error}"));
		}
		let call = match call {
			Call::Load => self.load.clone(),
			Call::Run => self.run.clone(),
		};
		self.finish(&call, (ptr, message.len() as u32))
	}

	pub fn describe(&mut self) -> Ending {
		self.begin();
		let describe = self.describe.clone();
		self.finish(&describe, ())
	}

	/// Bytes of memory it owns.
	pub fn size(&self) -> usize {
		self.memory.data_size(&self.store)
	}

	/// Hands what it has counted to libFuzzer, and counts from zero.
	pub fn count(&mut self) {
		let range = self.store.data().counters.clone();
		let guest = &mut self.memory.data_mut(&mut self.store)[range];
		counters::add(guest);
		guest.fill(0);
	}

	/// Forgets what it has counted.
	pub fn clear(&mut self) {
		let range = self.store.data().counters.clone();
		self.memory.data_mut(&mut self.store)[range].fill(0);
	}

	/// The number of its counters.
	pub fn edges(&self) -> usize {
		self.store.data().counters.len()
	}

	fn begin(&mut self) {
		self.store.set_epoch_deadline(clock::epochs(DEADLINE));
		self.store.data_mut().refused = false;
		self.trap = None;
	}

	/// Makes a call that returns a status, and reads the answer.
	fn finish<P: WasmParams>(&mut self, call: &TypedFunc<P, i32>, params: P) -> Ending {
		match self.enter(call, params) {
			Ok(0) => self.answer(),
			Ok(_) if self.store.data().refused => Ending::Fault(FaultCode::OutOfMemory),
			Ok(status) => match FaultCode::from_status(status) {
				Some(fault) => Ending::Fault(fault),
				None => Ending::Wrong(format!("the engine returned status {status}")),
			},
			Err(ending) => ending,
		}
	}

	fn answer(&mut self) -> Ending {
		let (ptr, len) = (self.result_ptr.clone(), self.result_len.clone());
		let range = self.enter(&ptr, ()).and_then(|ptr| Ok((ptr, self.enter(&len, ())?)));
		let (ptr, len) = match range {
			Ok(range) => range,
			Err(ending) => return ending,
		};
		let memory = self.memory.data(&self.store);
		let bytes = memory.get(ptr as usize..).and_then(|rest| rest.get(..len as usize));
		bytes.map_or_else(
			|| Ending::Wrong("the answer lies outside the memory".into()),
			|bytes| Ending::Answer(bytes.into()),
		)
	}

	fn enter<P: WasmParams, R: WasmResults>(&mut self, call: &TypedFunc<P, R>, params: P) -> Result<R, Ending> {
		call.call(&mut self.store, params).map_err(|error| {
			self.broken = true;
			match error.downcast_ref::<Trap>() {
				Some(Trap::Interrupt) => Ending::TimedOut,
				Some(Trap::StackOverflow) => Ending::StackOverflow,
				Some(_) if self.store.data().refused => Ending::Fault(FaultCode::OutOfMemory),
				Some(trap) => {
					self.trap = Some(format!("{trap:?}: {}", place(&error)));
					Ending::Fault(FaultCode::Trap)
				}
				None => Ending::Wrong(format!("{error:#}")),
			}
		})
	}
}

/// The innermost functions of the guest that are neither Rust's way of stopping nor its library.
fn place(error: &wasmtime::Error) -> String {
	let Some(trace) = error.downcast_ref::<WasmBacktrace>() else {
		return "nowhere".into();
	};
	let names = trace.frames().iter().map(|frame| match frame.func_name() {
		// Without the hash.
		Some(name) => format!("{:#}", rustc_demangle::demangle(name)),
		None => format!("function {}", frame.func_index()),
	});
	let is_library = |name: &String| {
		let name = name.trim_start_matches('<');
		LIBRARIES.iter().any(|library| name.starts_with(library))
	};
	let places: Vec<_> = names.skip_while(is_library).take(FRAMES).collect();
	places.join(" < ")
}

/// The node's own settings, with the place of a trap and a cache for guests of any kind.
fn config() -> Config {
	let mut config = assay_engine::config();
	config.wasm_backtrace(true);
	let mut cache = CacheConfig::new();
	cache.with_directory(settings().cache.join("fuzz"));
	config.cache(Some(Cache::new(cache).expect("the cache can be written")));
	config
}
