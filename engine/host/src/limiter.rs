//! The limit on the guest's memory.

use assay_primitives::abi::MEMORY_LIMIT;
use wasmtime::ResourceLimiter;

/// Keeps a guest within [`MEMORY_LIMIT`], and remembers whether it asked for more.
#[derive(Debug, Default)]
pub struct MemoryLimiter {
	has_refused: bool,
}

impl MemoryLimiter {
	/// Returns whether the guest has asked for more than [`MEMORY_LIMIT`] since [`Self::reset`]. If so, a call that
	/// fails has run out of memory, which is a fault.
	pub fn has_refused(&self) -> bool {
		self.has_refused
	}

	/// Forgets earlier refusals, before another call.
	pub fn reset(&mut self) {
		self.has_refused = false;
	}
}

impl ResourceLimiter for MemoryLimiter {
	fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
		let is_allowed = desired <= MEMORY_LIMIT as usize;
		self.has_refused |= !is_allowed;
		Ok(is_allowed)
	}

	/// Ends the call if the protocol allows the growth and this machine cannot provide it: that must not become a
	/// fault.
	fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
		if self.has_refused {
			Ok(())
		} else {
			Err(error)
		}
	}

	/// Allows it: the guest has one table and no instruction that grows it.
	fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
		Ok(true)
	}
}
