//! The commands, one module for each noun. Each returns how it ended; what it found goes to [`Output`](crate::output::Output).

pub mod artifact;
pub mod describe;
pub mod infer;
pub mod job;
pub mod model;
pub mod request;
pub mod stats;
pub mod verify;
pub mod worker;

use crate::error::usage;
use assay_primitives::payload::MAX_ARTIFACT;
use std::path::Path;

/// The bytes of a file that is to become an artifact.
fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
	let wrong = |reason: String| usage(format!("{}: {reason}", path.display()));
	let len = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
	if len > MAX_ARTIFACT {
		return Err(wrong(format!(
			"{len} bytes are more than the {MAX_ARTIFACT} that an artifact may have"
		)));
	}
	std::fs::read(path).map_err(|error| wrong(error.to_string()))
}
