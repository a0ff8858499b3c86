//! Where the programs under test and their input files are.

use assay_client::npy;
use assay_primitives::Tensor;
use std::{
	env,
	path::{Path, PathBuf},
};

/// Returns the root of the checkout.
pub fn checkout() -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns a file of `models/digits`.
pub fn digits(name: &str) -> PathBuf {
	checkout().join("models/digits").join(name)
}

/// Returns a file of `models/breast-cancer`.
pub fn breast_cancer(name: &str) -> PathBuf {
	checkout().join("models/breast-cancer").join(name)
}

/// Returns one of the fixtures that `engine/host/tests/fixtures/README.md` describes.
pub fn fixture(name: &str) -> PathBuf {
	checkout().join("engine/host/tests/fixtures").join(name)
}

/// Returns a path as a command line has it.
pub fn text(path: PathBuf) -> String {
	path.into_os_string()
		.into_string()
		.expect("paths of the checkout are UTF-8")
}

/// Reads the first `count` rows of an `.npy` file, each as a tensor whose first axis has extent 1.
pub fn read_rows(path: &Path, count: usize) -> Vec<Tensor> {
	let all = npy::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
	let mut shape = all.shape.clone();
	shape[0] = 1;
	let len = shape.iter().product::<u32>() as usize * all.dtype.size();
	let rows = all.data.chunks_exact(len).take(count);
	rows.map(|data| Tensor {
		dtype: all.dtype,
		shape: shape.clone(),
		data: data.to_vec(),
	})
	.collect()
}

/// Returns the folder of programs: `ASSAY_BIN_DIR`, or the folder into which cargo builds the programs beside this one.
fn bin_dir() -> PathBuf {
	env::var_os("ASSAY_BIN_DIR").map_or_else(
		|| {
			let this = env::current_exe().expect("a program knows its own path");
			// target/debug/testnet, or target/debug/deps/e2e-0123456789abcdef.
			let folder = this.parent().expect("a program is in a folder");
			match folder.parent() {
				Some(parent) if folder.ends_with("deps") => parent.to_owned(),
				_ => folder.to_owned(),
			}
		},
		PathBuf::from,
	)
}

/// Returns the path of `assay-node`, `assay-malus` or `assay`. Panics if it has not been built.
pub fn program(name: &str) -> PathBuf {
	let path = bin_dir().join(name);
	assert!(
		path.exists(),
		"{} is missing: run `cargo build -p assay-node -p assay-malus -p assay-cli`, or set ASSAY_BIN_DIR",
		path.display()
	);
	path
}

/// Returns the runtime that a chain is upgraded to: that of `testing/next-runtime`, as the substrate builder leaves it.
pub fn next_runtime() -> PathBuf {
	let path = bin_dir().join("wbuild/assay-next-runtime/assay_next_runtime.compact.compressed.wasm");
	assert!(
		path.exists(),
		"{} is missing: run `cargo build -p assay-next-runtime`",
		path.display()
	);
	path
}

/// Returns where all nodes of all tests keep the compiled engine, so that it is compiled once: `ASSAY_ENGINE_CACHE`, or
/// a folder beside `target/debug`.
pub fn engine_cache() -> PathBuf {
	env::var_os("ASSAY_ENGINE_CACHE").map_or_else(|| bin_dir().join("../engine-cache"), PathBuf::from)
}

/// Returns the file that a [`StartupLock`](crate::StartupLock) locks.
pub fn startup_lock() -> PathBuf {
	bin_dir().join("../assay-startup.lock")
}
