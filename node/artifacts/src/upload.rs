//! Artifacts that arrive in chunks.

use crate::{StoreError, MAX_UPLOADS, UPLOAD_IDLE};
use assay_primitives::{payload::MAX_ARTIFACT, ArtifactId};
use std::{
	collections::HashMap,
	fs::{self, File, OpenOptions},
	io::{self, Write},
	path::{Path, PathBuf},
	time::SystemTime,
};

/// The progress of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
	/// The number of bytes received, which is the offset of the next chunk.
	pub received: u64,
	/// Whether the artifact is published.
	pub complete: bool,
}

/// The id and the length in bytes that an upload claims for its artifact. They identify the upload.
pub(crate) type Claim = (ArtifactId, u64);

/// The incomplete uploads.
pub(crate) struct Uploads {
	folder: PathBuf,
	active: HashMap<Claim, Upload>,
}

/// An incomplete upload.
pub(crate) struct Upload {
	path: PathBuf,
	received: u64,
	/// The hash of the bytes received so far, so that the last chunk costs no more than the others.
	hasher: blake3::Hasher,
	/// When it last received bytes.
	touched: SystemTime,
}

impl Uploads {
	/// Resumes the uploads that an earlier process left in `folder`, and deletes all other files there.
	pub(crate) fn open(folder: PathBuf) -> Result<Self, StoreError> {
		fs::create_dir_all(&folder).map_err(StoreError::io(&folder))?;
		let mut active = HashMap::new();
		for entry in fs::read_dir(&folder).map_err(StoreError::io(&folder))? {
			let path = entry.map_err(StoreError::io(&folder))?.path();
			match claim_of(&path) {
				Some(claim) if active.len() < MAX_UPLOADS => {
					active.insert(claim, Upload::resume(path.clone()).map_err(StoreError::io(path))?);
				}
				_ => fs::remove_file(&path).map_err(StoreError::io(path))?,
			}
		}
		Ok(Self { folder, active })
	}

	/// Returns the bytes of all artifacts that the uploads claim.
	pub(crate) fn reserved(&self) -> u64 {
		self.active.keys().map(|(_, len)| len).sum()
	}

	/// Returns the number of incomplete uploads.
	pub(crate) fn len(&self) -> usize {
		self.active.len()
	}

	/// Returns the upload of `claim`.
	pub(crate) fn get(&mut self, claim: Claim) -> Option<&mut Upload> {
		self.active.get_mut(&claim)
	}

	/// Starts the upload of `claim`.
	pub(crate) fn start(&mut self, claim: Claim) -> Result<(), StoreError> {
		let path = self.folder.join(format!("{}-{}", hex(claim.0), claim.1));
		File::create(&path).map_err(StoreError::io(&path))?;
		let upload = Upload::resume(path.clone()).map_err(StoreError::io(path))?;
		self.active.insert(claim, upload);
		Ok(())
	}

	/// Removes the upload of `claim`. Its file stays.
	pub(crate) fn remove(&mut self, claim: Claim) {
		self.active.remove(&claim);
	}

	/// Drops the upload that has been idle the longest, if that is at least [`UPLOAD_IDLE`]. Returns the bytes that it
	/// had reserved.
	pub(crate) fn drop_idle(&mut self) -> Option<u64> {
		let (claim, upload) = self.active.iter().min_by_key(|(_, upload)| upload.touched)?;
		// If the clock was set back, an upload looks recent, and is kept.
		if upload.touched.elapsed().unwrap_or_default() < UPLOAD_IDLE {
			return None;
		}
		let claim = *claim;
		let upload = self.active.remove(&claim)?;
		// A file that cannot be deleted is resumed at the next start.
		let _ = fs::remove_file(upload.path);
		Some(claim.1)
	}
}

impl Upload {
	/// Returns the upload whose bytes so far are in the file at `path`.
	fn resume(path: PathBuf) -> io::Result<Self> {
		let mut hasher = blake3::Hasher::new();
		let mut file = File::open(&path)?;
		let received = io::copy(&mut file, &mut hasher)?;
		let touched = file.metadata()?.modified()?;
		Ok(Self {
			path,
			received,
			hasher,
			touched,
		})
	}

	/// Returns the number of bytes received.
	pub(crate) fn received(&self) -> u64 {
		self.received
	}

	/// Returns the path of its file.
	pub(crate) fn path(&self) -> &Path {
		&self.path
	}

	/// Returns the id of the bytes received.
	pub(crate) fn content(&self) -> ArtifactId {
		ArtifactId(self.hasher.finalize().as_bytes().into())
	}

	/// Appends `bytes` at `offset` of an artifact of `len` bytes. Fails if the offset is not that of the next chunk, or
	/// the bytes exceed the artifact.
	pub(crate) fn append(&mut self, len: u64, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
		if offset != self.received {
			return Err(StoreError::WrongOffset {
				expected: self.received,
			});
		}
		let end = offset + bytes.len() as u64;
		if end > len {
			return Err(StoreError::PastTheEnd { end, len });
		}
		let append = || -> io::Result<()> {
			let mut file = OpenOptions::new().append(true).open(&self.path)?;
			// Removes what an earlier write may have left when it failed halfway.
			file.set_len(self.received)?;
			file.write_all(bytes)
		};
		append().map_err(StoreError::io(&self.path))?;
		self.hasher.update(bytes);
		self.received = end;
		self.touched = SystemTime::now();
		Ok(())
	}
}

/// Returns the file name of an artifact: its id in 64 hex digits.
pub(crate) fn hex(id: ArtifactId) -> String {
	format!("{:x}", id.0)
}

/// Returns what the file at `path` claims to become. Returns `None` if it is not an upload, or longer than it claims.
fn claim_of(path: &Path) -> Option<Claim> {
	let (id, len) = path.file_name()?.to_str()?.split_once('-')?;
	let (id, len) = (id.parse().ok()?, len.parse().ok()?);
	let is_possible = len <= MAX_ARTIFACT && fs::metadata(path).ok()?.len() <= len;
	is_possible.then_some((id, len))
}
