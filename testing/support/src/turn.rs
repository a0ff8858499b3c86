//! Whose turn it is to start a network.

use crate::files;
use std::fs::File;
use tokio::task;

/// Held by the test that is starting a network. Nodes that start keep all cores busy, compiling the runtime; if several tests, each
/// a process of its own, had all their nodes do that at the same time, all would be late.
///
/// The lock goes with this value, or with the process.
pub struct Turn {
	_lock: File,
}

impl Turn {
	/// Waits until nobody else is starting a network.
	pub async fn take() -> Self {
		let wait = || {
			let lock = File::create(files::turn()).expect("a writable folder of programs");
			lock.lock().expect("a file can be locked");
			Self { _lock: lock }
		};
		task::spawn_blocking(wait).await.expect("waiting does not panic")
	}
}
