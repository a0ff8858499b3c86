//! Why the store refuses.

use crate::{MAX_CHUNK, MAX_UPLOADS};
use assay_primitives::{payload::MAX_ARTIFACT, ArtifactId};
use std::{io, path::PathBuf};

/// Why the store refuses.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
	#[error("an artifact may have {MAX_ARTIFACT} bytes at most, not {0}")]
	TooLarge(u64),
	#[error("the artifact store is full: {free} bytes are free, {needed} are needed")]
	Full { free: u64, needed: u64 },
	#[error("{MAX_UPLOADS} uploads are under way; try again later")]
	TooManyUploads,
	#[error("a chunk may have {MAX_CHUNK} bytes at most, not {0}")]
	ChunkTooLarge(usize),
	#[error("this upload goes on at byte {expected}")]
	WrongOffset { expected: u64 },
	#[error("this chunk ends at byte {end} of an artifact of {len}")]
	PastTheEnd { end: u64, len: u64 },
	#[error("{id} has {actual} bytes, not {claimed}")]
	WrongLength { id: ArtifactId, actual: u64, claimed: u64 },
	#[error("the uploaded bytes are {actual}, not {claimed}; the upload was dropped")]
	WrongContent { actual: ArtifactId, claimed: ArtifactId },
	#[error("{}: {error}", path.display())]
	Io { path: PathBuf, error: io::Error },
}

impl StoreError {
	/// An error at `path`.
	pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
		let path = path.into();
		move |error| Self::Io { path, error }
	}
}
