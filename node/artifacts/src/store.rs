//! The store.

use crate::{
	ledger::Ledger,
	upload::{hex, Progress, Uploads},
	StoreError, MAX_CHUNK, QUOTA,
};
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
	shared: Arc<Shared>,
}

struct Shared {
	objects: PathBuf,
	writing: PathBuf,
	/// The number of the next file in `writing`.
	next_file: AtomicU64,
	ledger: Mutex<Ledger>,
}

impl ArtifactStore {
	/// Opens the store in the folder `path`, and creates the folder if it is missing. Limits it to [`QUOTA`] bytes.
	///
	/// Fails if the folder cannot be read and written.
	pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
		Self::with_quota(path, QUOTA)
	}

	/// Does the same as [`Self::open`], with a limit of `quota` bytes.
	pub fn with_quota(path: impl Into<PathBuf>, quota: u64) -> Result<Self, StoreError> {
		let root = path.into();
		let (objects, writing) = (root.join("objects"), root.join("writing"));
		// Files that were being written when the last process ended were never published.
		match fs::remove_dir_all(&writing) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(StoreError::io(&writing)(error)),
			_ => {}
		}
		for folder in [&objects, &writing] {
			fs::create_dir_all(folder).map_err(StoreError::io(folder))?;
		}
		let uploads = Uploads::open(root.join("uploads"))?;
		let published = size_of_folder(&objects).map_err(StoreError::io(&objects))?;
		let ledger = Mutex::new(Ledger::new(published, quota, uploads));
		Ok(Self {
			shared: Arc::new(Shared {
				objects,
				writing,
				next_file: AtomicU64::new(0),
				ledger,
			}),
		})
	}

	/// Stores `bytes` and returns their id and length. Storing what is already there changes nothing.
	///
	/// Fails if the bytes are too many for an artifact or for the quota, or cannot be written.
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
			// Another thread has stored the same bytes meanwhile, or the disk failed.
			Ok(false) | Err(_) => self.shared.ledger.lock().release(len),
		}
		published.map(|_| artifact)
	}

	/// Reads a whole artifact. Returns `None` if the store does not have it. Removes a file that does not match its id.
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

	/// Returns whether the store has a file with this id.
	pub fn has(&self, id: ArtifactId) -> bool {
		self.len(id).is_some()
	}

	/// Returns the length of an artifact in bytes. Returns `None` if the store does not have it.
	pub fn len(&self, id: ArtifactId) -> Option<u64> {
		fs::metadata(self.shared.object(id)).ok().map(|file| file.len())
	}

	/// Reads up to `len` bytes of an artifact, at most [`MAX_CHUNK`], from `offset` on. Returns fewer at the end of the
	/// artifact and none behind it, and `None` if the store does not have it. A chunk cannot be checked against the id:
	/// whoever joins the chunks must do so.
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

	/// Appends `bytes` to the upload of `artifact`, which starts with the chunk at `offset` 0. The chunk that completes
	/// it has the artifact checked and published, or dropped if its bytes are not those claimed. If the store has the
	/// artifact, nothing changes.
	///
	/// Fails if the chunk or the artifact is too large, the offset is not that of the next chunk, or there are too many
	/// uploads or too few free bytes.
	pub fn put_chunk(&self, artifact: Artifact, offset: u64, bytes: &[u8]) -> Result<Progress, StoreError> {
		if artifact.len > MAX_ARTIFACT {
			return Err(StoreError::TooLarge(artifact.len));
		}
		if bytes.len() > MAX_CHUNK {
			return Err(StoreError::ChunkTooLarge(bytes.len()));
		}
		if let Some(actual) = self.len(artifact.id) {
			return finished(artifact, actual);
		}

		let claim = (artifact.id, artifact.len);
		let path = {
			let mut ledger = self.shared.ledger.lock();
			let upload = ledger.upload(claim)?;
			upload.append(artifact.len, offset, bytes)?;
			if upload.received() < artifact.len {
				return Ok(Progress {
					received: upload.received(),
					complete: false,
				});
			}
			let actual = upload.content();
			let path = upload.path().to_path_buf();
			ledger.remove_upload(claim);
			if actual != artifact.id {
				ledger.release(artifact.len);
				fs::remove_file(&path).map_err(StoreError::io(path))?;
				return Err(StoreError::WrongContent {
					actual,
					claimed: artifact.id,
				});
			}
			path
		};
		// From here on the bytes that the upload reserved belong to the artifact.
		let published = self.shared.publish(&path, artifact.id);
		if !matches!(published, Ok(true)) {
			self.shared.ledger.lock().release(artifact.len);
		}
		published?;
		finished(artifact, artifact.len)
	}
}

/// Returns the progress of an upload whose artifact is in the store with `actual` bytes.
fn finished(artifact: Artifact, actual: u64) -> Result<Progress, StoreError> {
	if actual != artifact.len {
		return Err(StoreError::WrongLength {
			id: artifact.id,
			actual,
			claimed: artifact.len,
		});
	}
	Ok(Progress {
		received: actual,
		complete: true,
	})
}

impl Shared {
	/// Returns the path of a published artifact.
	fn object(&self, id: ArtifactId) -> PathBuf {
		self.objects.join(hex(id))
	}

	/// Writes `bytes` to a new file in `writing`, and returns its path.
	fn write(&self, bytes: &[u8]) -> Result<PathBuf, StoreError> {
		let path = self
			.writing
			.join(self.next_file.fetch_add(1, Ordering::Relaxed).to_string());
		let write = || -> io::Result<()> {
			let mut file = File::create_new(&path)?;
			file.write_all(bytes)?;
			file.sync_all()
		};
		match write() {
			Ok(()) => Ok(path),
			Err(error) => {
				// A file that cannot be removed now is removed at the next start.
				let _ = fs::remove_file(&path);
				Err(StoreError::io(path)(error))
			}
		}
	}

	/// Publishes the file at `path`, whose hash is `id`. Returns whether it is new.
	fn publish(&self, path: &Path, id: ArtifactId) -> Result<bool, StoreError> {
		let object = self.object(id);
		// Under the lock, so that exactly one of several publishers finds it new, and its bytes are counted once.
		let _ledger = self.ledger.lock();
		let is_new = !object.exists();
		fs::rename(path, &object).map_err(StoreError::io(object))?;
		Ok(is_new)
	}
}

/// Returns the total size of the files in a folder, in bytes.
fn size_of_folder(path: &Path) -> io::Result<u64> {
	fs::read_dir(path)?.try_fold(0, |sum, file| Ok(sum + file?.metadata()?.len()))
}
