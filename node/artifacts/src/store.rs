//! Whole artifacts.

use crate::{upload::Uploads, StoreError, MAX_CHUNK, QUOTA};
use assay_primitives::{payload::MAX_ARTIFACT, Artifact, ArtifactId};
use parking_lot::Mutex;
use std::{
	fs::{self, File},
	io::{self, Read, Seek, SeekFrom, Write},
	path::{Path, PathBuf},
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
};

/// A content-addressed folder. Clones share it.
#[derive(Clone)]
pub struct ArtifactStore {
	pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
	objects: PathBuf,
	writing: PathBuf,
	/// Numbers the files in `writing`.
	next: AtomicU64,
	pub(crate) ledger: Mutex<Ledger>,
}

/// What the folder holds, in bytes.
pub(crate) struct Ledger {
	/// Published artifacts, and the full length of every upload under way.
	pub(crate) used: u64,
	pub(crate) quota: u64,
	pub(crate) uploads: Uploads,
}

impl Ledger {
	/// Takes `needed` bytes of the quota.
	pub(crate) fn reserve(&mut self, needed: u64) -> Result<(), StoreError> {
		let free = self.quota.saturating_sub(self.used);
		if needed > free {
			return Err(StoreError::Full { free, needed });
		}
		self.used += needed;
		Ok(())
	}

	/// Gives `bytes` back.
	pub(crate) fn release(&mut self, bytes: u64) {
		self.used = self.used.saturating_sub(bytes);
	}
}

impl ArtifactStore {
	/// Opens the store in the folder `path`, which is made if it is missing.
	pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
		Self::with_quota(path, QUOTA)
	}

	/// Like [`Self::open`], with another bound than [`QUOTA`].
	pub fn with_quota(path: impl Into<PathBuf>, quota: u64) -> Result<Self, StoreError> {
		let root = path.into();
		let (objects, writing) = (root.join("objects"), root.join("writing"));
		// What was being written when the last process ended was never published.
		match fs::remove_dir_all(&writing) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(StoreError::io(&writing)(error)),
			_ => {}
		}
		for folder in [&objects, &writing] {
			fs::create_dir_all(folder).map_err(StoreError::io(folder))?;
		}
		let uploads = Uploads::open(root.join("uploads"))?;
		let used = size_of_folder(&objects).map_err(StoreError::io(&objects))? + uploads.reserved();
		let ledger = Mutex::new(Ledger { used, quota, uploads });
		Ok(Self {
			shared: Arc::new(Shared {
				objects,
				writing,
				next: AtomicU64::new(0),
				ledger,
			}),
		})
	}

	/// Stores `bytes` and returns their name. Storing what is there already changes nothing.
	pub fn put(&self, bytes: &[u8]) -> Result<Artifact, StoreError> {
		let len = bytes.len() as u64;
		if len > MAX_ARTIFACT {
			return Err(StoreError::TooLarge(len));
		}
		let artifact = Artifact::of(bytes);
		if self.get(artifact.id)?.is_some() {
			return Ok(artifact);
		}
		self.shared.ledger.lock().reserve(len)?;
		let published = self
			.shared
			.write(bytes)
			.and_then(|path| self.shared.publish(&path, artifact.id));
		match published {
			Ok(true) => {}
			// Nothing new: another thread stored the same bytes meanwhile, or the disk refused.
			Ok(false) | Err(_) => self.shared.ledger.lock().release(len),
		}
		published.map(|_| artifact)
	}

	/// Reads a whole artifact, or `None` if the store does not have it. A file that does not match its name is removed.
	pub fn get(&self, id: ArtifactId) -> Result<Option<Vec<u8>>, StoreError> {
		let path = self.shared.object(id);
		let bytes = match fs::read(&path) {
			Ok(bytes) => bytes,
			Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
			Err(error) => return Err(StoreError::io(path)(error)),
		};
		if ArtifactId::of(&bytes) == id {
			return Ok(Some(bytes));
		}
		if fs::remove_file(&path).is_ok() {
			self.shared.ledger.lock().release(bytes.len() as u64);
		}
		Ok(None)
	}

	/// Whether the store has a file of this name.
	pub fn has(&self, id: ArtifactId) -> bool {
		self.len(id).is_some()
	}

	/// The length in bytes of an artifact; `None` if the store does not have it.
	pub fn len(&self, id: ArtifactId) -> Option<u64> {
		fs::metadata(self.shared.object(id)).ok().map(|file| file.len())
	}

	/// Reads `len` bytes of an artifact, at most [`MAX_CHUNK`], from `offset` on; fewer at the end, none behind it, and `None` if the
	/// store does not have it. A part cannot be checked against the name: whoever puts the parts together must.
	pub fn read_chunk(&self, id: ArtifactId, offset: u64, len: u32) -> Result<Option<Vec<u8>>, StoreError> {
		let path = self.shared.object(id);
		let mut file = match File::open(&path) {
			Ok(file) => file,
			Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
			Err(error) => return Err(StoreError::io(path)(error)),
		};
		let len = u64::from(len).min(MAX_CHUNK as u64);
		let mut chunk = Vec::new();
		file.seek(SeekFrom::Start(offset))
			.and_then(|_| file.take(len).read_to_end(&mut chunk))
			.map_err(StoreError::io(path))?;
		Ok(Some(chunk))
	}
}

impl Shared {
	fn object(&self, id: ArtifactId) -> PathBuf {
		self.objects.join(hex(id))
	}

	/// Writes `bytes` to a file of their own in `writing`.
	fn write(&self, bytes: &[u8]) -> Result<PathBuf, StoreError> {
		let path = self.writing.join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
		let write = || -> io::Result<()> {
			let mut file = File::create_new(&path)?;
			file.write_all(bytes)?;
			file.sync_all()
		};
		match write() {
			Ok(()) => Ok(path),
			Err(error) => {
				// What cannot be removed now is at the next start.
				let _ = fs::remove_file(&path);
				Err(StoreError::io(path)(error))
			}
		}
	}

	/// Publishes the file at `path`, which was hashed as `id`. Returns whether it was new.
	pub(crate) fn publish(&self, path: &Path, id: ArtifactId) -> Result<bool, StoreError> {
		let object = self.object(id);
		// Under the lock, so that of several publishers exactly one finds it new and the bytes are counted once.
		let _ledger = self.ledger.lock();
		let is_new = !object.exists();
		fs::rename(path, &object).map_err(StoreError::io(object))?;
		Ok(is_new)
	}
}

/// The file name of an artifact.
pub(crate) fn hex(id: ArtifactId) -> String {
	format!("{:x}", id.0)
}

fn size_of_folder(path: &Path) -> io::Result<u64> {
	fs::read_dir(path)?.try_fold(0, |sum, file| Ok(sum + file?.metadata()?.len()))
}
