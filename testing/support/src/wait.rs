//! Waiting for a condition, with a deadline.

use std::{future::Future, time::Duration};

/// The time limit for a condition that needs a few blocks of three seconds, on a machine that also runs other tests.
pub const WAIT_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a condition is polled: many times in a block, and rarely enough not to load the machine.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// Polls until there is a value, and returns it. Panics once `timeout` has passed, with `what` it waited for.
pub async fn wait_until<T, F: Future<Output = Option<T>>>(
	what: &str,
	timeout: Duration,
	mut poll: impl FnMut() -> F,
) -> T {
	let value = async {
		loop {
			if let Some(value) = poll().await {
				return value;
			}
			tokio::time::sleep(POLL_INTERVAL).await;
		}
	};
	match tokio::time::timeout(timeout, value).await {
		Ok(value) => value,
		Err(_) => panic!("timed out after {timeout:?}, waiting until {what}"),
	}
}
