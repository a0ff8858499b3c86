//! Processor time, which does not grow while the fuzzer is stopped or waits for a processor.

use std::{io, thread, time::Duration};
use wasmtime::Engine;

/// The time between two epochs of the instrumented guest.
const TICK: Duration = Duration::from_millis(20);

/// Returns the processor time that this process has used.
pub fn processor_time() -> Duration {
	let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
	// SAFETY: `time` is valid for the write, and every Linux has this clock.
	let result = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
	assert_eq!(result, 0, "{}", io::Error::last_os_error());
	Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Returns the number of epochs that a guest may use within `deadline`.
pub fn epochs(deadline: Duration) -> u64 {
	deadline.as_nanos().div_ceil(TICK.as_nanos()) as u64 + 1
}

/// Starts a thread that advances the epochs of `engines` with the processor time of this process. Once `budget` is
/// spent, it asks libFuzzer to end, which happens between two inputs.
pub fn start(engines: Vec<Engine>, budget: Option<Duration>) {
	let mut epochs = 0;
	let mut budget = budget;
	let tick = move || loop {
		thread::sleep(TICK / 2);
		let used = processor_time();
		while TICK * epochs < used {
			epochs += 1;
			engines.iter().for_each(Engine::increment_epoch);
		}
		if budget.is_some_and(|budget| used > budget) {
			budget = None;
			// SAFETY: libFuzzer handles this signal by ending.
			unsafe { libc::kill(libc::getpid(), libc::SIGUSR1) };
		}
	};
	let started = thread::Builder::new().name("clock".into()).spawn(tick);
	started.expect("a thread can be started");
}
