//! The compiled engine on disk.
//!
//! Compiling takes seconds, reading the result back milliseconds. The file is machine code that this process will run,
//! so only its owner may write it, and it begins with the hash of the rest, since wasmtime does not check a module for
//! damage.

use crate::EngineError;
use assay_primitives::{ArtifactId, EngineId};
use std::{
	fs::{self, DirBuilder, File, OpenOptions},
	hash::{DefaultHasher, Hash, Hasher},
	io::{self, Write},
	path::{Path, PathBuf},
};
use wasmtime::{Engine, Module};

/// The length in bytes of the hash in front of the module.
const HASH_BYTES: usize = 32;

/// Loads the module of `blob`, whose hash is `id`, from `folder`, or compiles it and saves it there.
pub(crate) fn load_or_compile(
	engine: &Engine,
	folder: &Path,
	id: EngineId,
	blob: &[u8],
) -> Result<Module, EngineError> {
	let path = folder.join(file_name(engine, id));
	if let Some(module) = load(engine, &path) {
		return Ok(module);
	}
	let failed = |error| EngineError::Cache {
		path: folder.into(),
		error,
	};
	private_folder(folder).map_err(failed)?;
	// Several nodes may start at once: one compiles, and the others wait for its file. The lock is released with its
	// process.
	let lock = private_file(&path.with_extension("lock")).map_err(failed)?;
	lock.lock().map_err(failed)?;
	if let Some(module) = load(engine, &path) {
		return Ok(module);
	}
	let module = Module::new(engine, blob).map_err(EngineError::Compile)?;
	let bytes = module.serialize().map_err(EngineError::Compile)?;
	if let Err(error) = save(&path, &bytes) {
		log::warn!(
			"The compiled engine cannot be saved, so that every start compiles it: {}: {error}",
			path.display()
		);
	}
	Ok(module)
}

/// Returns a file name of its own for each engine, compiler version and set of processor features.
fn file_name(engine: &Engine, id: EngineId) -> String {
	let mut hasher = DefaultHasher::new();
	engine.precompile_compatibility_hash().hash(&mut hasher);
	format!("{:x}-{:016x}.module", id.0, hasher.finish())
}

/// Loads the module at `path` if it exists, is undamaged and fits this machine.
fn load(engine: &Engine, path: &Path) -> Option<Module> {
	if !is_private(path) {
		return None;
	}
	let file = fs::read(path).ok()?;
	let (hash, bytes) = file.split_at_checked(HASH_BYTES)?;
	if ArtifactId::of(bytes).0.as_bytes() != hash {
		log::warn!("{} is damaged; compiling the engine again", path.display());
		return None;
	}
	// SAFETY: `save` wrote these bytes, since only this user can write the file and the hash matches.
	match unsafe { Module::deserialize(engine, bytes) } {
		Ok(module) => Some(module),
		Err(error) => {
			log::warn!(
				"{} does not load: {error:#}; compiling the engine again",
				path.display()
			);
			None
		}
	}
}

/// Writes the module and publishes it in one step, so that nobody reads half of it.
fn save(path: &Path, bytes: &[u8]) -> io::Result<()> {
	let writing = path.with_extension("writing");
	let mut file = private_file(&writing)?;
	file.set_len(0)?;
	file.write_all(ArtifactId::of(bytes).0.as_bytes())?;
	file.write_all(bytes)?;
	file.sync_all()?;
	fs::rename(&writing, path)
}

#[cfg(unix)]
fn private_folder(path: &Path) -> io::Result<()> {
	use std::os::unix::fs::DirBuilderExt;
	DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(unix)]
fn private_file(path: &PathBuf) -> io::Result<File> {
	use std::os::unix::fs::OpenOptionsExt;
	OpenOptions::new()
		.write(true)
		.create(true)
		.truncate(false)
		.mode(0o600)
		.open(path)
}

/// Returns whether only its owner may read and write the file.
#[cfg(unix)]
fn is_private(path: &Path) -> bool {
	use std::os::unix::fs::PermissionsExt;
	fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 == 0)
}

#[cfg(test)]
mod tests {
	use super::*;

	/// A module that compiles in no time.
	const EMPTY: &[u8] = b"\0asm\x01\0\0\0";

	fn file(folder: &Path) -> PathBuf {
		let mut files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
		files
			.find(|file| file.extension().is_some_and(|end| end == "module"))
			.unwrap()
	}

	#[test]
	fn a_file_that_is_damaged_truncated_or_writable_by_others_is_replaced() {
		let folder = tempfile::tempdir().unwrap();
		let folder = folder.path().join("deeper");
		let engine = Engine::default();
		let id = EngineId::default();
		assert!(load_or_compile(&engine, &folder, id, EMPTY).is_ok());
		let path = file(&folder);
		let good = fs::read(&path).unwrap();
		assert!(is_private(&path) && load(&engine, &path).is_some());

		let mut damaged = good.clone();
		*damaged.last_mut().unwrap() ^= 1;
		for bad in [&damaged[..], &good[..good.len() / 2], &good[..3], &[]] {
			fs::write(&path, bad).unwrap();
			assert!(load(&engine, &path).is_none());
			assert!(load_or_compile(&engine, &folder, id, EMPTY).is_ok());
			assert!(load(&engine, &path).is_some());
		}

		use std::os::unix::fs::PermissionsExt;
		fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
		assert!(load(&engine, &path).is_none());
		assert!(load_or_compile(&engine, &folder, id, EMPTY).is_ok());
		assert!(load(&engine, &path).is_some());
	}

	#[test]
	fn each_engine_and_each_configuration_has_a_file_of_its_own() {
		let engine = Engine::default();
		let other = Engine::new(wasmtime::Config::new().epoch_interruption(true)).unwrap();
		let (id, other_id) = (EngineId::default(), EngineId([1; 32].into()));
		assert_ne!(file_name(&engine, id), file_name(&engine, other_id));
		assert_ne!(file_name(&engine, id), file_name(&other, id));
		assert_eq!(file_name(&engine, id), file_name(&Engine::default(), id));
	}
}
