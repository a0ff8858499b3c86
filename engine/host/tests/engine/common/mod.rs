//! Shared by the tests: one compiled engine, the fixtures and the digits model.

pub mod figures;
pub mod models;
pub mod node;
pub mod onnx;

use assay_engine::Engine;
use assay_primitives::{Answer, DType, ModelSpec, Outcome, Tensor};
use codec::Encode;
use std::{
	fs,
	path::{Path, PathBuf},
	sync::OnceLock,
	time::Duration,
};

/// Long enough for everything except what is meant to run forever.
pub const AMPLE: Duration = Duration::from_secs(120);

/// Returns the folder that caches the compiled engine, for this run and later ones.
pub fn cache_dir() -> &'static Path {
	Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/engine"))
}

/// Returns the engine, compiled once for all tests of the process.
pub fn engine() -> &'static Engine {
	static ENGINE: OnceLock<Engine> = OnceLock::new();
	ENGINE.get_or_init(|| Engine::builtin(Some(cache_dir())).unwrap())
}

fn read(path: PathBuf) -> Vec<u8> {
	fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a file that `scripts/models/make_fixtures.py` wrote.
pub fn fixture(name: &str) -> Vec<u8> {
	let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
	read(Path::new(folder).join(name).with_extension("onnx"))
}

/// Reads a file of the corpus.
pub fn corpus(file: &str) -> Vec<u8> {
	read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/corpus")).join(file))
}

/// Returns the name of a fault, or the digest of an answer, as `assay infer` prints it.
pub fn describe_outcome(outcome: Outcome) -> String {
	match outcome {
		Outcome::Answer(_) => format!("{:x}", Answer::of(&[outcome]).0.digest().0),
		Outcome::Fault(fault) => format!("{fault:?}"),
	}
}

/// Reads a file of the digits model.
pub fn digits(file: &str) -> Vec<u8> {
	read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/digits")).join(file))
}

/// Returns the bytes of the elements in a `.npy` file of the digits model, of version 1.0.
fn npy(file: &str) -> Vec<u8> {
	let file = digits(file);
	let header = usize::from(u16::from_le_bytes([file[8], file[9]]));
	file[10 + header..].to_vec()
}

/// Returns the held-out images, as inputs of the digits model, and their labels.
pub fn images() -> (Vec<Tensor>, Vec<i64>) {
	let images = npy("test_images.npy");
	let images = images.chunks_exact(64 * 4).map(|image| Tensor {
		dtype: DType::F32,
		shape: vec![1, 1, 8, 8],
		data: image.to_vec(),
	});
	let labels = npy("test_labels.npy");
	let labels = labels.as_chunks::<8>().0.iter().map(|label| i64::from_le_bytes(*label));
	(images.collect(), labels.collect())
}

/// Returns a spec with these bindings.
pub fn spec(bindings: &[(&str, u32)]) -> ModelSpec {
	ModelSpec {
		bindings: bindings
			.iter()
			.map(|(symbol, extent)| (symbol.to_string(), *extent))
			.collect(),
	}
}

/// Asserts that the engine still answers.
pub fn assert_usable() {
	let input = images().0[..1].to_vec().encode();
	let outcome = engine()
		.execute(&spec(&[("N", 1)]), &digits("digits.onnx"), &input, AMPLE)
		.unwrap();
	assert!(matches!(outcome, Outcome::Answer(_)));
}

/// Returns a vector of float32.
pub fn floats(values: &[f32]) -> Tensor {
	Tensor {
		dtype: DType::F32,
		shape: vec![values.len() as u32],
		data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
	}
}

/// Returns the elements of a float32 tensor.
pub fn as_floats(tensor: &Tensor) -> Vec<f32> {
	assert_eq!(tensor.dtype, DType::F32);
	tensor
		.data
		.as_chunks::<4>()
		.0
		.iter()
		.map(|bytes| f32::from_le_bytes(*bytes))
		.collect()
}
