//! Progress of long tasks. The library reports it and prints nothing.

/// A transfer of an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
	/// An artifact, from this machine to a node.
	Upload,
	/// An artifact, from a node to this machine.
	Download,
}

/// Is notified of the progress of long tasks. `()` ignores it.
pub trait Progress: Sync {
	/// Starts to meter a transfer of `len` bytes. The transfer has ended once the meter is dropped.
	fn transfer(&self, what: Transfer, len: u64) -> Box<dyn Meter>;
}

/// Meters one task.
pub trait Meter: Send {
	/// Reports that `done` bytes have been transferred.
	fn set(&self, done: u64);
}

impl Progress for () {
	fn transfer(&self, _: Transfer, _: u64) -> Box<dyn Meter> {
		Box::new(())
	}
}

impl Meter for () {
	fn set(&self, _: u64) {}
}
