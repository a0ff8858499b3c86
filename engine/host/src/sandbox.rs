//! One instance of the guest, holding one model.

use crate::{deadline, Failure, MemoryLimiter, NoAnswer};
use assay_primitives::{abi::MEMORY_LIMIT, payload::MAX_ARTIFACT, FaultCode, Manifest, ModelSpec, Tensor};
use codec::{Compact, DecodeAll, Encode};
use std::time::Duration;
use wasmtime::{InstancePre, Memory, Store, Trap, TypedFunc, WasmParams, WasmResults};

/// The maximum length in bytes of an encoded answer: its outcome, one byte longer, must fit an artifact.
const MAX_ANSWER_BYTES: u64 = MAX_ARTIFACT - 1;

/// A model, loaded in an instance of its own.
pub struct Model {
	store: Store<Host>,
	guest: Guest,
	/// Whether a call did not return, which leaves the guest in an undefined state.
	is_broken: bool,
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

/// The data of the host for one instance.
#[derive(Default)]
pub(crate) struct Host {
	limiter: MemoryLimiter,
	/// The memory that intrinsics compute on, once there is an instance.
	pub(crate) memory: Option<Memory>,
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
		store.limiter(|host| &mut host.limiter);
		store.set_epoch_deadline(deadline::epochs(deadline));
		let guest = Guest::new(guest, &mut store).map_err(NoAnswer::host)?;
		store.data_mut().memory = Some(guest.memory);
		use_large_pages(guest.memory.data_ptr(&store));
		let mut model = Self {
			store,
			guest,
			is_broken: false,
		};
		// SCALE((spec, file)), without a copy of the file besides the one in the sandbox.
		let len = u32::try_from(onnx.len()).map_err(|_| FaultCode::OutOfMemory)?;
		let head = (spec, Compact(len)).encode();
		let call = model.guest.load.clone();
		model.call_with(&call, &[&head, onnx])?;
		Ok(model)
	}

	/// Has the engine describe the model, within `deadline`. Fails with a fault where the engine does.
	pub fn describe(&mut self, deadline: Duration) -> Result<Manifest, Failure> {
		self.begin(deadline)?;
		let call = self.guest.describe.clone();
		self.call_status(&call, ())?;
		self.read_answer()
	}

	/// Runs the model on `inputs`, in the order of the manifest's inputs, within `deadline`. Returns its outputs, in
	/// the order of the manifest's outputs.
	///
	/// Fails with a fault where the engine does. That fault is unconfirmed; [`Engine::execute`](crate::Engine::execute)
	/// confirms faults.
	pub fn run(&mut self, inputs: &[Tensor], deadline: Duration) -> Result<Vec<Tensor>, Failure> {
		self.run_encoded(&inputs.encode(), deadline)
	}

	/// Does the same as [`Self::run`], on SCALE-encoded tensors.
	pub fn run_encoded(&mut self, inputs: &[u8], deadline: Duration) -> Result<Vec<Tensor>, Failure> {
		self.begin(deadline)?;
		let call = self.guest.run.clone();
		self.call_with(&call, &[inputs])?;
		self.read_answer()
	}

	/// Returns whether a call did not return, so that this instance cannot be used again.
	pub fn is_broken(&self) -> bool {
		self.is_broken
	}

	/// Returns the size in bytes of the instance's memory.
	pub fn size(&self) -> u64 {
		self.guest.memory.data_size(&self.store) as u64
	}

	/// Prepares the instance for a call with a new deadline. Fails if an earlier call broke it.
	fn begin(&mut self, deadline: Duration) -> Result<(), NoAnswer> {
		if self.is_broken {
			return Err(NoAnswer::Host("an earlier call to this instance did not return".into()));
		}
		self.store.set_epoch_deadline(deadline::epochs(deadline));
		self.store.data_mut().limiter.reset();
		Ok(())
	}

	/// Copies `message`, given in pieces, into the guest and makes a call with it.
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

	/// Makes a call that returns a status, and turns the status into a fault.
	fn call_status<P: WasmParams>(&mut self, call: &TypedFunc<P, i32>, params: P) -> Result<(), Failure> {
		match self.call(call, params)? {
			0 => Ok(()),
			// The cause of the failure, whatever status the guest returned.
			_ if self.store.data().limiter.has_refused() => Err(FaultCode::OutOfMemory.into()),
			status => Err(match FaultCode::from_status(status) {
				Some(fault) => fault.into(),
				None => NoAnswer::Host(format!("the engine returned status {status}")).into(),
			}),
		}
	}

	/// Makes any call. A call that does not return breaks the instance.
	fn call<P: WasmParams, R: WasmResults>(&mut self, call: &TypedFunc<P, R>, params: P) -> Result<R, Failure> {
		call.call(&mut self.store, params).map_err(|error| {
			self.is_broken = true;
			match error.downcast_ref::<Trap>() {
				Some(Trap::Interrupt) => NoAnswer::TimedOut.into(),
				Some(Trap::StackOverflow) => NoAnswer::StackOverflow.into(),
				Some(_) if self.store.data().limiter.has_refused() => FaultCode::OutOfMemory.into(),
				Some(_) => FaultCode::Trap.into(),
				None => NoAnswer::Host(format!("{error:#}")).into(),
			}
		})
	}

	/// Reads the answer of the last call.
	fn read_answer<T: DecodeAll>(&mut self) -> Result<T, Failure> {
		let (ptr, len) = (self.guest.result_ptr.clone(), self.guest.result_len.clone());
		let (ptr, len) = (self.call(&ptr, ())?, self.call(&len, ())?);
		if u64::from(len) > MAX_ANSWER_BYTES {
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

/// Advises the operating system to use large pages for the memory at `base`. With them, a model with large weights
/// loads in two thirds of the time and runs 3 % faster.
fn use_large_pages(base: *mut u8) {
	#[cfg(target_os = "linux")]
	// SAFETY: the engine's memory is reserved in full from the start, and the advice changes no byte of it. A kernel
	// may ignore it.
	let _ = unsafe { rustix::mm::madvise(base.cast(), MEMORY_LIMIT as usize, rustix::mm::Advice::LinuxHugepage) };
}

impl Guest {
	/// Instantiates `guest` and looks up its exports.
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
