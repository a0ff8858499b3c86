//! Why array files cannot be used.

use std::{io, path::PathBuf};

/// The maximum size of an array in bytes: more than any model takes, and little enough for every machine.
pub(super) const MAX_BYTES: u64 = 1 << 31;

/// Why an array file cannot be used, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum NpyError {
	#[error("{0}")]
	Io(#[from] io::Error),
	#[error("not a NumPy array file (write one with numpy.save): {0}")]
	NotNpy(&'static str),
	#[error(
		"the elements are big-endian: save them little-endian, numpy.save(f, a.astype(a.dtype.newbyteorder('<')))"
	)]
	BigEndian,
	#[error("no model takes elements of type {0}: convert them first, like a.astype('float32')")]
	UnsupportedType(String),
	#[error("an axis of {0} elements is too long for a tensor: write a part of the array")]
	TooLong(String),
	#[error("the file is larger than the {MAX_BYTES} bytes that an array may have: write a part of it")]
	TooLarge,
	#[error(
		"the header promises an array of shape {0:?}, more than {MAX_BYTES} bytes: the file is damaged, write it again"
	)]
	Impossible(Vec<u32>),
	#[error("the header promises {expected} bytes of data and {found} follow: the file is damaged, write it again")]
	WrongLength { expected: usize, found: usize },
	#[error("a bool in the file is neither 0 nor 1: the file is damaged, write it again")]
	NotBool,
}

/// Why a certain file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", .path.display())]
pub struct FileError {
	pub path: PathBuf,
	pub error: NpyError,
}
