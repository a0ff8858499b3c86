//! The bytes that the folder holds.

use crate::{
	upload::{Claim, Upload, Uploads},
	StoreError, MAX_UPLOADS,
};

/// The bytes that the folder holds, and the uploads that have reserved some.
pub(crate) struct Ledger {
	/// Bytes of published artifacts, and the full length of every incomplete upload.
	used: u64,
	/// The maximum of `used`.
	quota: u64,
	uploads: Uploads,
}

impl Ledger {
	/// Creates a ledger for `published` bytes of artifacts and for `uploads`.
	pub(crate) fn new(published: u64, quota: u64, uploads: Uploads) -> Self {
		Self {
			used: published + uploads.reserved(),
			quota,
			uploads,
		}
	}

	/// Reserves `needed` bytes of the quota. Fails if they are not free.
	pub(crate) fn reserve(&mut self, needed: u64) -> Result<(), StoreError> {
		let free = self.quota.saturating_sub(self.used);
		if needed > free {
			return Err(StoreError::Full { free, needed });
		}
		self.used += needed;
		Ok(())
	}

	/// Releases `bytes` of the quota.
	pub(crate) fn release(&mut self, bytes: u64) {
		self.used = self.used.saturating_sub(bytes);
	}

	/// Returns the upload of `claim`, which starts if it is new. Fails if there are too many uploads or too few free
	/// bytes.
	pub(crate) fn upload(&mut self, claim: Claim) -> Result<&mut Upload, StoreError> {
		if self.uploads.get(claim).is_none() {
			if self.uploads.len() >= MAX_UPLOADS {
				let dropped = self.uploads.drop_idle().ok_or(StoreError::TooManyUploads)?;
				self.release(dropped);
			}
			self.reserve(claim.1)?;
			if let Err(error) = self.uploads.start(claim) {
				self.release(claim.1);
				return Err(error);
			}
		}
		// It was there, or has just started.
		self.uploads.get(claim).ok_or(StoreError::TooManyUploads)
	}

	/// Removes a complete upload. The bytes that it reserved stay reserved, for the artifact.
	pub(crate) fn remove_upload(&mut self, claim: Claim) {
		self.uploads.remove(claim);
	}
}
