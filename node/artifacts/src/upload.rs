//! Artifacts that arrive in pieces.

use crate::{
	store::{hex, Ledger},
	ArtifactStore, StoreError, MAX_CHUNK, MAX_UPLOADS, UPLOAD_IDLE,
};
use assay_primitives::{payload::MAX_ARTIFACT, Artifact, ArtifactId};
use std::{
	collections::HashMap,
	fs::{self, File, OpenOptions},
	io::{self, Write},
	path::{Path, PathBuf},
	time::SystemTime,
};

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
	/// Bytes received: where the next chunk starts.
	pub received: u64,
	/// Whether the artifact is published.
	pub complete: bool,
}

/// An upload is known by what it claims to become.
type Claim = (ArtifactId, u64);

/// The uploads under way.
pub(crate) struct Uploads {
	folder: PathBuf,
	active: HashMap<Claim, Upload>,
}

struct Upload {
	path: PathBuf,
	received: u64,
	/// Of the bytes received, so that the last chunk costs no more than the others.
	hasher: blake3::Hasher,
	/// When it last grew.
	touched: SystemTime,
}

impl ArtifactStore {
	/// Adds `bytes` to the upload of `artifact`, and starts it at `offset` 0. The chunk that completes it has it checked and
	/// published, or dropped if the bytes are others than claimed. For an artifact that the store has, nothing is left to do.
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
			if upload.received < artifact.len {
				return Ok(Progress {
					received: upload.received,
					complete: false,
				});
			}
			let actual = ArtifactId(upload.hasher.finalize().as_bytes().into());
			let path = upload.path.clone();
			ledger.uploads.active.remove(&claim);
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
		// From here on the bytes that were reserved for the upload belong to the artifact.
		let published = self.shared.publish(&path, artifact.id);
		if !matches!(published, Ok(true)) {
			self.shared.ledger.lock().release(artifact.len);
		}
		published?;
		finished(artifact, artifact.len)
	}
}

/// The progress of an upload whose artifact is in the store with `actual` bytes.
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

impl Ledger {
	/// The upload of `claim`, begun if need be.
	fn upload(&mut self, claim: Claim) -> Result<&mut Upload, StoreError> {
		if !self.uploads.active.contains_key(&claim) {
			if self.uploads.active.len() >= MAX_UPLOADS {
				let dropped = self.uploads.drop_idle().ok_or(StoreError::TooManyUploads)?;
				self.release(dropped);
			}
			self.reserve(claim.1)?;
			if let Err(error) = self.uploads.begin(claim) {
				self.release(claim.1);
				return Err(error);
			}
		}
		// Present, or begun just now.
		self.uploads.active.get_mut(&claim).ok_or(StoreError::TooManyUploads)
	}
}

impl Uploads {
	/// Takes up what an earlier process left in `folder`.
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

	/// Bytes that uploads under way may come to.
	pub(crate) fn reserved(&self) -> u64 {
		self.active.keys().map(|(_, len)| len).sum()
	}

	fn begin(&mut self, claim: Claim) -> Result<(), StoreError> {
		let path = self.folder.join(format!("{}-{}", hex(claim.0), claim.1));
		File::create(&path).map_err(StoreError::io(&path))?;
		let upload = Upload::resume(path.clone()).map_err(StoreError::io(path))?;
		self.active.insert(claim, upload);
		Ok(())
	}

	/// Drops the upload that has been idle longest, if it has been for [`UPLOAD_IDLE`]. Returns the bytes it had reserved.
	fn drop_idle(&mut self) -> Option<u64> {
		let (claim, upload) = self.active.iter().min_by_key(|(_, upload)| upload.touched)?;
		// A clock set back makes an upload look fresh, which is the safe side.
		if upload.touched.elapsed().unwrap_or_default() < UPLOAD_IDLE {
			return None;
		}
		let claim = *claim;
		let upload = self.active.remove(&claim)?;
		// A file that stays behind is taken up again at the next start.
		let _ = fs::remove_file(upload.path);
		Some(claim.1)
	}
}

impl Upload {
	/// The upload whose bytes so far are in the file at `path`.
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

	/// Adds `bytes` at `offset` of an artifact of `len` bytes.
	fn append(&mut self, len: u64, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
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
			// Cuts off what a write that failed half-way may have left.
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

/// What the file at `path` claims to become; `None` if it is no upload, or longer than it claims.
fn claim_of(path: &Path) -> Option<Claim> {
	let (id, len) = path.file_name()?.to_str()?.split_once('-')?;
	let (id, len) = (id.parse().ok()?, len.parse().ok()?);
	let is_possible = len <= MAX_ARTIFACT && fs::metadata(path).ok()?.len() <= len;
	is_possible.then_some((id, len))
}
