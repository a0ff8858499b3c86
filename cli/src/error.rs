//! The one distinction between errors that the exit code makes.

/// The command line itself is wrong: a file that cannot be read, a key that does not parse. Exit code 2; every other error is
/// exit code 1.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// A [`Usage`] error as `anyhow` carries it.
pub fn usage(message: impl Into<String>) -> anyhow::Error {
	Usage(message.into()).into()
}
