//! One instance of the guest, holding one model.

use crate::{deadline, Failure, NoAnswer};
use assay_primitives::{abi::MEMORY_LIMIT, payload::MAX_ARTIFACT, FaultCode, Manifest, ModelSpec, Tensor};
use codec::{Compact, DecodeAll, Encode};
use std::time::Duration;
use wasmtime::{InstancePre, Memory, ResourceLimiter, Store, Trap, TypedFunc, WasmParams, WasmResults};

/// The most bytes an encoded answer may have: its outcome, one byte longer, must fit an artifact.
const MAX_ANSWER: u64 = MAX_ARTIFACT - 1;

/// A model, loaded in an instance of its own.
pub struct Model {
	store: Store<Host>,
	guest: Guest,
	/// Whether a call did not return. What it left of the guest is in no defined state.
	broken: bool,
}

/// The guest's exports.
struct Guest {
	memory: Memory,
	alloc: TypedFunc<u32, u32>,
	load: TypedFunc<(u32, u32), i32>,
	describe: TypedFunc<(), i32>,
	run: TypedFunc<(u32, u32), i32>,
	result_ptr: TypedFunc<(), u32>,
	result_len: TypedFunc<(), u32>,
}

/// Keeps the guest within its memory, and remembers whether it wanted more.
#[derive(Default)]
pub(crate) struct Host {
	refused: bool,
	/// Where intrinsics compute, once there is an instance.
	pub(crate) memory: Option<Memory>,
}

impl ResourceLimiter for Host {
	fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
		let is_allowed = desired <= MEMORY_LIMIT as usize;
		self.refused |= !is_allowed;
		Ok(is_allowed)
	}

	/// Growth that the protocol allows and this machine cannot give must not pass for a fault: it ends the call.
	fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
		if self.refused {
			Ok(())
		} else {
			Err(error)
		}
	}

	/// The guest has one table and no instruction that lets it grow.
	fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
		Ok(true)
	}
}

impl Model {
	/// Loads the ONNX file `onnx` under `spec` in a fresh instance of `guest`.
	pub(crate) fn load(
		guest: &InstancePre<Host>,
		spec: &ModelSpec,
		onnx: &[u8],
		deadline: Duration,
	) -> Result<Self, Failure> {
		let mut store = Store::new(guest.module().engine(), Host::default());
		store.limiter(|host| host);
		store.set_epoch_deadline(deadline::epochs(deadline));
		let guest = Guest::new(guest, &mut store).map_err(NoAnswer::host)?;
		store.data_mut().memory = Some(guest.memory);
		use_large_pages(guest.memory.data_ptr(&store));
		let mut model = Self {
			store,
			guest,
			broken: false,
		};
		// SCALE((spec, file)), without copying the file before it is copied into the sandbox.
		let len = u32::try_from(onnx.len()).map_err(|_| FaultCode::OutOfMemory)?;
		let head = (spec, Compact(len)).encode();
		let call = model.guest.load.clone();
		model.call_with(&call, &[&head, onnx])?;
		Ok(model)
	}

	/// What the engine found out about the model.
	pub fn manifest(&mut self, deadline: Duration) -> Result<Manifest, Failure> {
		self.begin(deadline)?;
		let call = self.guest.describe.clone();
		self.call_status(&call, ())?;
		self.answer()
	}

	/// Runs the model on `inputs`, in the order of the manifest's inputs.
	pub fn run(&mut self, inputs: &[Tensor], deadline: Duration) -> Result<Vec<Tensor>, Failure> {
		self.run_encoded(&inputs.encode(), deadline)
	}

	/// Runs the model on `inputs`, SCALE-encoded tensors.
	pub fn run_encoded(&mut self, inputs: &[u8], deadline: Duration) -> Result<Vec<Tensor>, Failure> {
		self.begin(deadline)?;
		let call = self.guest.run.clone();
		self.call_with(&call, &[inputs])?;
		self.answer()
	}

	/// Whether a call did not return, so that this instance is good for nothing any more.
	pub fn is_broken(&self) -> bool {
		self.broken
	}

	/// Bytes of memory the instance holds.
	pub fn size(&self) -> u64 {
		self.guest.memory.data_size(&self.store) as u64
	}

	fn begin(&mut self, deadline: Duration) -> Result<(), NoAnswer> {
		if self.broken {
			return Err(NoAnswer::Host("this instance has trapped before".into()));
		}
		self.store.set_epoch_deadline(deadline::epochs(deadline));
		self.store.data_mut().refused = false;
		Ok(())
	}

	/// Passes `message`, in pieces, to a call.
	fn call_with(&mut self, call: &TypedFunc<(u32, u32), i32>, message: &[&[u8]]) -> Result<(), Failure> {
		let len = message.iter().map(|piece| piece.len()).sum::<usize>();
		let len = u32::try_from(len).map_err(|_| FaultCode::OutOfMemory)?;
		let alloc = self.guest.alloc.clone();
		let ptr = self.call(&alloc, len)?;
		let mut at = ptr as usize;
		for piece in message {
			self.guest
				.memory
				.write(&mut self.store, at, piece)
				.map_err(NoAnswer::host)?;
			at += piece.len();
		}
		self.call_status(call, (ptr, len))
	}

	/// Makes a call that returns a status.
	fn call_status<P: WasmParams>(&mut self, call: &TypedFunc<P, i32>, params: P) -> Result<(), Failure> {
		match self.call(call, params)? {
			0 => Ok(()),
			// Whatever the guest made of it, this is what went wrong.
			_ if self.store.data().refused => Err(FaultCode::OutOfMemory.into()),
			status => Err(match FaultCode::from_status(status) {
				Some(fault) => fault.into(),
				None => NoAnswer::Host(format!("the engine returned status {status}")).into(),
			}),
		}
	}

	/// Makes any call. One that does not return breaks the instance.
	fn call<P: WasmParams, R: WasmResults>(&mut self, call: &TypedFunc<P, R>, params: P) -> Result<R, Failure> {
		call.call(&mut self.store, params).map_err(|error| {
			self.broken = true;
			match error.downcast_ref::<Trap>() {
				Some(Trap::Interrupt) => NoAnswer::TimedOut.into(),
				Some(Trap::StackOverflow) => NoAnswer::StackOverflow.into(),
				Some(_) if self.store.data().refused => FaultCode::OutOfMemory.into(),
				Some(_) => FaultCode::Trap.into(),
				None => NoAnswer::Host(format!("{error:#}")).into(),
			}
		})
	}

	/// Reads what the last call left.
	fn answer<T: DecodeAll>(&mut self) -> Result<T, Failure> {
		let (ptr, len) = (self.guest.result_ptr.clone(), self.guest.result_len.clone());
		let (ptr, len) = (self.call(&ptr, ())?, self.call(&len, ())?);
		if u64::from(len) > MAX_ANSWER {
			return Err(FaultCode::OutputTooLarge.into());
		}
		let memory = self.guest.memory.data(&self.store);
		let mut bytes = memory
			.get(ptr as usize..)
			.and_then(|rest| rest.get(..len as usize))
			.ok_or_else(|| NoAnswer::Host("the engine's answer lies outside its memory".into()))?;
		T::decode_all(&mut bytes).map_err(|error| NoAnswer::host(error).into())
	}
}

/// Asks for large pages behind the memory at `base`. A model with large weights loads in two thirds of the time and runs three percent
/// faster.
fn use_large_pages(base: *mut u8) {
	#[cfg(target_os = "linux")]
	// SAFETY: the engine's memory is reserved in full from the start, and advice changes no byte of it. Where there is none, all is well.
	let _ = unsafe { rustix::mm::madvise(base.cast(), MEMORY_LIMIT as usize, rustix::mm::Advice::LinuxHugepage) };
}

impl Guest {
	fn new(guest: &InstancePre<Host>, store: &mut Store<Host>) -> wasmtime::Result<Self> {
		let instance = guest.instantiate(&mut *store)?;
		let memory = instance.get_memory(&mut *store, "memory");
		Ok(Self {
			memory: memory.ok_or_else(|| wasmtime::Error::msg("the engine exports no memory"))?,
			alloc: instance.get_typed_func(&mut *store, "alloc")?,
			load: instance.get_typed_func(&mut *store, "load")?,
			describe: instance.get_typed_func(&mut *store, "describe")?,
			run: instance.get_typed_func(&mut *store, "run")?,
			result_ptr: instance.get_typed_func(&mut *store, "result_ptr")?,
			result_len: instance.get_typed_func(&mut *store, "result_len")?,
		})
	}
}
