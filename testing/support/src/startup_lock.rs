//! One network starts at a time.

use crate::files;
use std::fs::File;
use tokio::task;

/// Held by the process that is starting a network. Starting nodes keep all cores busy, since each compiles the runtime.
/// If several tests, each a process of its own, started their nodes at the same time, all of them would be late.
///
/// The lock is released when this value is dropped, or when its process ends.
pub struct StartupLock {
	_file: File,
}

impl StartupLock {
	/// Waits until nobody else is starting a network.
	pub async fn acquire() -> Self {
		let lock = || {
			let file = File::create(files::startup_lock()).expect("the target folder is writable");
			file.lock().expect("a file can be locked");
			Self { _file: file }
		};
		task::spawn_blocking(lock).await.expect("locking does not panic")
	}
}
