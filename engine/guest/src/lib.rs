//! The guest: tract behind seven exports. It imports nothing but exact arithmetic. `README.md` says what it promises.
//!
//! A host asks [`alloc`] for room, writes a message there, and passes the same pointer and length to a call. It calls
//! [`load`] once, and then [`describe`] and [`run`] as often as it likes. These three return a status: 0 for success,
//! or else the number of a [`FaultCode`]. The result of the last call is at [`result_ptr`], and [`result_len`] bytes
//! long; after a fault it is empty. Messages and results are SCALE.

#![cfg(target_family = "wasm")]

mod allocator;
mod inspect;
mod int32_guard;
mod int64_constants;
mod integer_sums;
mod limits;
mod macs;
mod model;
mod onnx;
mod operators;
mod optimise;
mod peak_memory;
mod ports;
mod quantise;
mod rank_guard;
mod shapes;
mod tensors;
mod tract_bugs;
mod tree_ensembles;

use assay_abi::{FaultCode, ModelSpec, Tensor};
use codec::{Compact, Decode, DecodeAll, Encode};
use model::Model;
use std::cell::RefCell;

/// The state between calls.
struct Guest {
	/// The buffer that `alloc` returned last.
	message: Vec<u8>,
	/// The model, once it is loaded.
	model: Option<Model>,
	/// The result of the last call.
	result: Vec<u8>,
}

thread_local! {
	static GUEST: RefCell<Guest> = const {
		RefCell::new(Guest { message: Vec::new(), model: None, result: Vec::new() })
	};
}

impl Guest {
	/// Takes the message, which must fill the buffer that `alloc` returned last.
	fn take_message(&mut self, ptr: u32, len: u32) -> Result<Vec<u8>, FaultCode> {
		let message = core::mem::take(&mut self.message);
		if message.as_ptr() as u32 == ptr && message.len() as u32 == len {
			Ok(message)
		} else {
			Err(FaultCode::MalformedMessage)
		}
	}

	/// Loads the only model of this instance. A second one could observe what the first has left behind, and is
	/// refused.
	fn load(&mut self, message: Vec<u8>) -> Result<Vec<u8>, FaultCode> {
		if self.model.is_some() {
			return Err(FaultCode::MalformedMessage);
		}
		let mut input = message.as_slice();
		let spec = ModelSpec::decode(&mut input).map_err(|_| FaultCode::MalformedMessage)?;
		// The file is read in place, not decoded into a copy.
		let Compact(len) = Compact::<u32>::decode(&mut input).map_err(|_| FaultCode::MalformedMessage)?;
		if input.len() != len as usize {
			return Err(FaultCode::MalformedMessage);
		}
		assay_kernels::init();
		let file = inspect::decode(input)?;
		drop(message);
		self.model = Some(allocator::with_allocation_limit(limits::MAX_ALLOCATIONS, || {
			Model::build(&spec, file)
		})?);
		Ok(Vec::new())
	}

	/// Returns the model, which must be loaded.
	fn model(&self) -> Result<&Model, FaultCode> {
		self.model.as_ref().ok_or(FaultCode::MalformedMessage)
	}

	/// Runs the model on the tensors in `message`.
	fn run(&mut self, message: Vec<u8>) -> Result<Vec<u8>, FaultCode> {
		let inputs = Vec::<Tensor>::decode_all(&mut message.as_slice()).map_err(|_| FaultCode::MalformedMessage)?;
		drop(message);
		let outputs = self.model()?.run(inputs)?;
		// A buffer that grows would be in memory twice while it does.
		let mut message = Vec::with_capacity(outputs.encoded_size());
		outputs.encode_to(&mut message);
		Ok(message)
	}
}

/// Calls the guest, stores the result and returns the status.
fn call(action: impl FnOnce(&mut Guest) -> Result<Vec<u8>, FaultCode>) -> i32 {
	GUEST.with_borrow_mut(|guest| {
		guest.result = Vec::new();
		match action(guest) {
			Ok(result) => {
				guest.result = result;
				0
			}
			Err(fault) => fault as i32,
		}
	})
}

/// Allocates a buffer of `len` zeros for a message, and returns its address. The buffer returned before is freed. Traps
/// if there is not enough memory.
#[no_mangle]
pub extern "C" fn alloc(len: u32) -> u32 {
	GUEST.with_borrow_mut(|guest| {
		guest.message = Vec::new();
		guest.message = vec![0; len as usize];
		guest.message.as_ptr() as u32
	})
}

/// Loads a model, once per instance.
///
/// * Input: SCALE(([`ModelSpec`], `Vec<u8>`)), where the bytes are an ONNX file. `ptr` and `len` are those of the last
///   [`alloc`].
/// * Result: empty.
/// * Faults: [`FaultCode::MalformedMessage`] if the message is not that, or a model is loaded already; every fault
///   under "What it refuses at load" in `README.md`. The instance then has no model.
#[no_mangle]
pub extern "C" fn load(ptr: u32, len: u32) -> i32 {
	call(|guest| {
		let message = guest.take_message(ptr, len)?;
		guest.load(message)
	})
}

/// Describes the model.
///
/// * Result: SCALE([`assay_abi::Manifest`]).
/// * Faults: [`FaultCode::MalformedMessage`] if no model is loaded.
#[no_mangle]
pub extern "C" fn describe() -> i32 {
	call(|guest| Ok(guest.model()?.manifest().encode()))
}

/// Runs the model. A run does not affect later runs.
///
/// * Input: SCALE(`Vec<`[`Tensor`]`>`), one tensor for each input port of the manifest, in its order. `ptr` and `len`
///   are those of the last [`alloc`].
/// * Result: SCALE(`Vec<`[`Tensor`]`>`), one tensor for each output port, in its order. Every NaN is canonical.
/// * Faults: [`FaultCode::MalformedMessage`] if the message is not that, or no model is loaded;
///   [`FaultCode::WrongInput`] if a tensor does not match its port; [`FaultCode::RunFailed`] if an operator rejects its
///   operands; [`FaultCode::OutOfMemory`] if it needs a tensor larger than any memory. Where memory runs out, the guest
///   traps, and the host reports that as [`FaultCode::OutOfMemory`].
#[no_mangle]
pub extern "C" fn run(ptr: u32, len: u32) -> i32 {
	call(|guest| {
		let message = guest.take_message(ptr, len)?;
		guest.run(message)
	})
}

/// Returns the address of the last result, which is valid until the next call of [`load`], [`describe`] or [`run`].
#[no_mangle]
pub extern "C" fn result_ptr() -> u32 {
	GUEST.with_borrow(|guest| guest.result.as_ptr() as u32)
}

/// Returns the length of the last result in bytes, which is 0 after a fault.
#[no_mangle]
pub extern "C" fn result_len() -> u32 {
	GUEST.with_borrow(|guest| guest.result.len() as u32)
}

/// Fills a buffer with zeros in place of random bytes, since the engine has no randomness.
///
/// # Safety
///
/// `dest` must be valid for writes of `len` bytes, which `getrandom` ensures.
#[no_mangle]
unsafe extern "Rust" fn __getrandom_v03_custom(dest: *mut u8, len: usize) -> Result<(), getrandom::Error> {
	core::ptr::write_bytes(dest, 0, len);
	Ok(())
}
