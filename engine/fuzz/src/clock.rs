//! Time as the processor counts it: a fuzzer that is stopped or starved for a while has not become slower by that.

use std::{io, thread, time::Duration};
use wasmtime::Engine;

/// Between two epochs of the guest with counters.
const TICK: Duration = Duration::from_millis(20);

/// What this process has used.
pub fn used() -> Duration {
	let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
	// SAFETY: `time` is valid for the write, and every Linux has this clock.
	let result = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
	assert_eq!(result, 0, "{}", io::Error::last_os_error());
	Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The epochs of a guest that may use `deadline`.
pub fn epochs(deadline: Duration) -> u64 {
	deadline.as_nanos().div_ceil(TICK.as_nanos()) as u64 + 1
}

/// Advances the epochs of `engines` by what this process uses. Asks libFuzzer to end, which it does between two inputs, once `budget` is
/// spent.
pub fn start(engines: Vec<Engine>, budget: Option<Duration>) {
	let mut epochs = 0;
	let mut budget = budget;
	let tick = move || loop {
		thread::sleep(TICK / 2);
		let used = used();
		while TICK * epochs < used {
			epochs += 1;
			engines.iter().for_each(Engine::increment_epoch);
		}
		if budget.is_some_and(|budget| used > budget) {
			budget = None;
			// SAFETY: libFuzzer handles this signal.
			unsafe { libc::kill(libc::getpid(), libc::SIGUSR1) };
		}
	};
	let started = thread::Builder::new().name("clock".into()).spawn(tick);
	started.expect("a thread can be started");
}
