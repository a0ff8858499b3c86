//! Why the store refuses a call.

use crate::{MAX_CHUNK, MAX_UPLOADS};
use assay_primitives::{payload::MAX_ARTIFACT, ArtifactId};
use std::{io, path::PathBuf};

/// Why the store refuses a call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
	#[error("an artifact may have at most {MAX_ARTIFACT} bytes, this one has {0}")]
	TooLarge(u64),
	#[error("the artifact store is full: {needed} bytes are needed, {free} are free")]
	Full { free: u64, needed: u64 },
	#[error("{MAX_UPLOADS} uploads are in progress, the maximum; try again later")]
	TooManyUploads,
	#[error("a chunk may have at most {MAX_CHUNK} bytes, this one has {0}")]
	ChunkTooLarge(usize),
	#[error("this upload continues at byte {expected}")]
	WrongOffset { expected: u64 },
	#[error("this chunk ends at byte {end} of an artifact of {len} bytes")]
	PastTheEnd { end: u64, len: u64 },
	#[error("{id} has {actual} bytes, not {claimed}")]
	WrongLength { id: ArtifactId, actual: u64, claimed: u64 },
	#[error("the uploaded bytes are {actual}, not {claimed}; the upload was dropped, start it again")]
	WrongContent { actual: ArtifactId, claimed: ArtifactId },
	#[error("{}: {error}", path.display())]
	Io { path: PathBuf, error: io::Error },
}

impl StoreError {
	/// Returns a conversion from an I/O error at `path`.
	pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
		let path = path.into();
		move |error| Self::Io { path, error }
	}
}
