//! The guest: tract behind seven exports, importing nothing but exact arithmetic. See `README.md` for what it promises.
//!
//! The host puts a message where [`alloc`] says, calls [`load`] once, and then [`describe`] and [`run`] as often as it likes. Each
//! returns 0, or the fault's code; the answer lies at [`result_ptr`] until the next call.

#![cfg(target_family = "wasm")]

extern crate alloc;

mod flaws;
mod graph;
mod inspect;
mod limits;
mod macs;
mod memory;
mod narrow;
mod operators;
mod optimise;
mod peak;
mod ports;
mod quantise;
mod ranks;
mod shapes;
mod sums;
mod tensors;
mod trees;
mod whole;

use assay_abi::{self as abi, FaultCode, ModelSpec, Tensor};
use codec::{Compact, Decode, DecodeAll, Encode};
use graph::Model;
use std::cell::RefCell;

/// What outlives a call.
struct Guest {
	/// The buffer last handed out by `alloc`.
	message: Vec<u8>,
	model: Option<Model>,
	result: Vec<u8>,
}

thread_local! {
	static GUEST: RefCell<Guest> = const {
		RefCell::new(Guest { message: Vec::new(), model: None, result: Vec::new() })
	};
}

impl Guest {
	/// Takes the message, which must be the whole buffer that `alloc` handed out last.
	fn message(&mut self, ptr: u32, len: u32) -> Result<Vec<u8>, FaultCode> {
		let message = core::mem::take(&mut self.message);
		if message.as_ptr() as u32 == ptr && message.len() as u32 == len {
			Ok(message)
		} else {
			Err(FaultCode::MalformedMessage)
		}
	}

	/// A second model in one instance could tell what the first had left behind, so there is none.
	fn load(&mut self, message: Vec<u8>) -> Result<Vec<u8>, FaultCode> {
		if self.model.is_some() {
			return Err(FaultCode::MalformedMessage);
		}
		let mut input = message.as_slice();
		let spec = ModelSpec::decode(&mut input).map_err(|_| FaultCode::MalformedMessage)?;
		// The file is read in place rather than decoded into a copy.
		let Compact(len) = Compact::<u32>::decode(&mut input).map_err(|_| FaultCode::MalformedMessage)?;
		if input.len() != len as usize {
			return Err(FaultCode::MalformedMessage);
		}
		assay_kernels::init();
		let file = inspect::decode(input)?;
		drop(message);
		self.model = Some(memory::within(limits::BLOCKS, || Model::build(&spec, file))?);
		Ok(Vec::new())
	}

	fn model(&self) -> Result<&Model, FaultCode> {
		self.model.as_ref().ok_or(FaultCode::MalformedMessage)
	}

	fn run(&mut self, message: Vec<u8>) -> Result<Vec<u8>, FaultCode> {
		let inputs = Vec::<Tensor>::decode_all(&mut message.as_slice()).map_err(|_| FaultCode::MalformedMessage)?;
		drop(message);
		let outputs = self.model()?.run(inputs)?;
		// A buffer that grew would be there twice while it does.
		let mut message = Vec::with_capacity(outputs.encoded_size());
		outputs.encode_to(&mut message);
		Ok(message)
	}
}

/// Runs `call` on the guest, keeps its result and returns its status.
fn status(call: impl FnOnce(&mut Guest) -> Result<Vec<u8>, FaultCode>) -> i32 {
	GUEST.with_borrow_mut(|guest| {
		guest.result = Vec::new();
		match call(guest) {
			Ok(result) => {
				guest.result = result;
				0
			}
			Err(fault) => fault as i32,
		}
	})
}

/// Makes room for a message of `len` bytes and returns its address. A room handed out before is given up.
#[no_mangle]
pub extern "C" fn alloc(len: u32) -> u32 {
	GUEST.with_borrow_mut(|guest| {
		guest.message = Vec::new();
		guest.message = vec![0; len as usize];
		guest.message.as_ptr() as u32
	})
}

/// Takes SCALE(([`ModelSpec`], `Vec<u8>`)), the bytes being an ONNX file, and makes it ready to run. Once per instance.
#[no_mangle]
pub extern "C" fn load(ptr: u32, len: u32) -> i32 {
	status(|guest| {
		let message = guest.message(ptr, len)?;
		guest.load(message)
	})
}

/// Answers with SCALE([`assay_abi::Manifest`]).
#[no_mangle]
pub extern "C" fn describe() -> i32 {
	status(|guest| Ok(guest.model()?.manifest().encode()))
}

/// Takes SCALE(`Vec<`[`Tensor`]`>`), one for each input port, and answers in kind.
#[no_mangle]
pub extern "C" fn run(ptr: u32, len: u32) -> i32 {
	status(|guest| {
		let message = guest.message(ptr, len)?;
		guest.run(message)
	})
}

/// Address of the last answer.
#[no_mangle]
pub extern "C" fn result_ptr() -> u32 {
	GUEST.with_borrow(|guest| guest.result.as_ptr() as u32)
}

/// Length of the last answer; 0 after a fault.
#[no_mangle]
pub extern "C" fn result_len() -> u32 {
	GUEST.with_borrow(|guest| guest.result.len() as u32)
}

/// The engine has no randomness: where a dependency wants some, it gets zeros.
///
/// # Safety
///
/// `dest` must be valid for `len` bytes; `getrandom` sees to it.
#[no_mangle]
unsafe extern "Rust" fn __getrandom_v03_custom(dest: *mut u8, len: usize) -> Result<(), getrandom::Error> {
	core::ptr::write_bytes(dest, 0, len);
	Ok(())
}
