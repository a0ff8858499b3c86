//! The clock of the sandbox: wasmtime's epoch, which running code compares with its deadline at every loop and call.

use std::{io, thread, time::Duration};
use wasmtime::Engine;

/// The time between two epochs. A deadline is kept to within two of them.
const TICK: Duration = Duration::from_millis(20);

/// Starts a thread that advances the epoch of `engine` for as long as the engine is in use.
pub(crate) fn start_clock(engine: &Engine) -> io::Result<()> {
	let engine = engine.weak();
	thread::Builder::new().name("assay-clock".into()).spawn(move || {
		while let Some(engine) = engine.upgrade() {
			engine.increment_epoch();
			drop(engine);
			thread::sleep(TICK);
		}
	})?;
	Ok(())
}

/// Returns the number of epochs after which `deadline` has certainly passed.
pub(crate) fn epochs(deadline: Duration) -> u64 {
	let epochs = deadline.as_nanos().div_ceil(TICK.as_nanos());
	// Far below what would overflow when it is added to the epoch.
	u64::try_from(epochs).map_or(u64::MAX / 2, |epochs| epochs.min(u64::MAX / 2)) + 1
}
