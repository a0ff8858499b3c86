//! The cache on this machine: everything in it can be compiled or fetched again.

use assay_primitives::ArtifactId;
use std::{fs, io, path::PathBuf};

/// Returns the cache folder: `ASSAY_CACHE`, or `assay` in the user's cache folder.
pub fn folder() -> PathBuf {
	let set = |name| {
		std::env::var_os(name)
			.filter(|value| !value.is_empty())
			.map(PathBuf::from)
	};
	set("ASSAY_CACHE").unwrap_or_else(|| {
		set("XDG_CACHE_HOME")
			.or_else(|| set("HOME").map(|home| home.join(".cache")))
			.unwrap_or_else(std::env::temp_dir)
			.join("assay")
	})
}

/// Artifacts that were fetched before. Several programs may use it at once; a cache that cannot be written only costs
/// time.
#[derive(Clone, Debug)]
pub struct Cache(PathBuf);

impl Cache {
	/// Returns the cache of the user.
	pub fn of_user() -> Self {
		Self(folder().join("artifacts"))
	}

	fn path(&self, id: ArtifactId) -> PathBuf {
		self.0.join(hex::encode(id.0))
	}

	/// Returns the bytes of an artifact, if they are cached and still match their name.
	pub fn get(&self, id: ArtifactId) -> Option<Vec<u8>> {
		fs::read(self.path(id)).ok().filter(|bytes| ArtifactId::of(bytes) == id)
	}

	/// Stores `bytes`, which the caller has checked against `id`.
	pub fn put(&self, id: ArtifactId, bytes: &[u8]) {
		// What is not stored is fetched again.
		let _ = self.try_put(id, bytes);
	}

	fn try_put(&self, id: ArtifactId, bytes: &[u8]) -> io::Result<()> {
		fs::create_dir_all(&self.0)?;
		let path = self.path(id);
		// Renamed into place, so that nobody reads half a file.
		let partial = path.with_extension(std::process::id().to_string());
		fs::write(&partial, bytes)?;
		fs::rename(partial, path)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_damaged_file_counts_as_absent() {
		let folder = tempfile::tempdir().unwrap();
		let cache = Cache(folder.path().join("artifacts"));
		let id = ArtifactId::of(b"onnx");
		assert_eq!(cache.get(id), None);
		cache.put(id, b"onnx");
		assert_eq!(cache.get(id).unwrap(), b"onnx");
		fs::write(cache.path(id), b"onny").unwrap();
		assert_eq!(cache.get(id), None);
	}
}
