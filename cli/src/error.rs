//! The distinction between errors that the exit status makes.

/// The command line itself is wrong, like a file that cannot be read or a key that does not parse. The exit status is
/// 2; that of every other error is 1.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Makes a [`Usage`] error.
pub fn usage(message: impl std::fmt::Display) -> anyhow::Error {
	Usage(message.to_string()).into()
}
