//! Where the programs under test and the files they work on are.

use std::{
	env,
	path::{Path, PathBuf},
};

/// The checkout.
pub fn root() -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file of `models/digits`.
pub fn digits(name: &str) -> PathBuf {
	root().join("models/digits").join(name)
}

/// One of the fixtures that `tests/fixtures/onnx/README.md` describes.
pub fn fixture(name: &str) -> PathBuf {
	root().join("tests/fixtures/onnx").join(name)
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

/// Where all nodes of all tests keep the compiled engine, so that it is compiled once: `ASSAY_ENGINE_CACHE`, or a folder beside
/// `target/debug`.
pub fn engine_cache() -> PathBuf {
	env::var_os("ASSAY_ENGINE_CACHE").map_or_else(|| bin_dir().join("../engine-cache"), PathBuf::from)
}
