//! Where the programs under test and the files they work on are.

use assay_primitives::{DType, Tensor};
use std::{
	env, fs,
	path::{Path, PathBuf},
};

/// The checkout.
pub fn root() -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of `models/digits`.
pub fn digits(name: &str) -> PathBuf {
	root().join("models/digits").join(name)
}

/// The rows of an `.npy` file of `<f4`, each as a tensor with a leading axis of extent 1.
pub fn rows(path: &Path, count: usize) -> Vec<Tensor> {
	let bytes = fs::read(path).expect("a readable file");
	// Magic, version 1.0, the header's length, the header.
	let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
	let header = String::from_utf8_lossy(&bytes[10..start]).into_owned();
	assert!(header.contains("'<f4'"), "{header}");
	let (_, shape) = header.split_once('(').expect("a shape");
	let (shape, _) = shape.split_once(')').expect("a shape");
	let mut shape: Vec<u32> = shape
		.split(',')
		.filter_map(|extent| extent.trim().parse().ok())
		.collect();
	shape[0] = 1;
	let len = shape.iter().product::<u32>() as usize * DType::F32.size();
	let rows = bytes[start..].chunks_exact(len).take(count);
	rows.map(|data| Tensor {
		dtype: DType::F32,
		shape: shape.clone(),
		data: data.to_vec(),
	})
	.collect()
}

/// One of the fixtures that `engine/host/tests/fixtures/README.md` describes.
pub fn fixture(name: &str) -> PathBuf {
	root().join("engine/host/tests/fixtures").join(name)
}

/// `ASSAY_BIN_DIR`, or the folder into which cargo builds the programs beside this test.
fn bin_dir() -> PathBuf {
	env::var_os("ASSAY_BIN_DIR").map_or_else(
		|| {
			let test = env::current_exe().expect("a test knows its own path");
			// target/debug/deps/answers-0123456789abcdef
			test.ancestors()
				.nth(2)
				.expect("a test lies in target/debug/deps")
				.to_owned()
		},
		PathBuf::from,
	)
}

/// The path of `assay-node` or `assay`.
pub fn program(name: &str) -> PathBuf {
	let path = bin_dir().join(name);
	assert!(
		path.exists(),
		"{} is missing: run `cargo build -p assay-node -p assay-cli`, or set ASSAY_BIN_DIR to where it is",
		path.display()
	);
	path
}

/// The runtime that a chain is upgraded to: that of the crate in `testing/next-runtime`, as the substrate builder leaves it.
pub fn next_runtime() -> PathBuf {
	let path = bin_dir().join("wbuild/assay-next-runtime/assay_next_runtime.compact.compressed.wasm");
	assert!(
		path.exists(),
		"{} is missing: run `cargo build -p assay-next-runtime`",
		path.display()
	);
	path
}

/// Where all nodes of all tests keep the compiled engine, so that it is compiled once: `ASSAY_ENGINE_CACHE`, or a folder beside
/// `target/debug`.
pub fn engine_cache() -> PathBuf {
	env::var_os("ASSAY_ENGINE_CACHE").map_or_else(|| bin_dir().join("../engine-cache"), PathBuf::from)
}

/// The file that [`Turn`](crate::Turn) locks.
pub fn turn() -> PathBuf {
	bin_dir().join("../assay-tests.turn")
}
