//! What the tests share: one compiled engine, the fixtures and the digits model.

#![allow(dead_code, reason = "each test program uses a part")]

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

/// Long enough for anything but what is meant to run for ever.
pub const AMPLE: Duration = Duration::from_secs(120);

/// Where test programs, this run's and the next's, find the compiled engine.
pub fn cache_dir() -> &'static Path {
	Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/engine"))
}

pub fn engine() -> &'static Engine {
	static ENGINE: OnceLock<Engine> = OnceLock::new();
	ENGINE.get_or_init(|| Engine::builtin(Some(cache_dir())).unwrap())
}

fn read(path: PathBuf) -> Vec<u8> {
	fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file made by `scripts/models/make_fixtures.py`.
pub fn fixture(name: &str) -> Vec<u8> {
	let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
	read(Path::new(folder).join(name).with_extension("onnx"))
}

/// A file of the corpus.
pub fn corpus(file: &str) -> Vec<u8> {
	read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/corpus")).join(file))
}

/// The name of a fault, or the digest of an answer as `assay infer` prints it.
pub fn in_words(outcome: Outcome) -> String {
	match outcome {
		Outcome::Answer(_) => format!("{:x}", Answer::of(&[outcome]).0.digest().0),
		Outcome::Fault(fault) => format!("{fault:?}"),
	}
}

/// A file of the digits model.
pub fn digits(file: &str) -> Vec<u8> {
	read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/digits")).join(file))
}

/// The elements of a `.npy` file of the digits model. Version 1.0, whose header says its own length.
fn npy(file: &str) -> Vec<u8> {
	let file = digits(file);
	let header = usize::from(u16::from_le_bytes([file[8], file[9]]));
	file[10 + header..].to_vec()
}

/// The held-out images, as inputs of the digits model, and what they show.
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

pub fn spec(bindings: &[(&str, u32)]) -> ModelSpec {
	ModelSpec {
		bindings: bindings
			.iter()
			.map(|(symbol, extent)| (symbol.to_string(), *extent))
			.collect(),
	}
}

/// That nothing before has done lasting harm.
pub fn assert_usable() {
	let input = images().0[..1].to_vec().encode();
	let outcome = engine()
		.execute(&spec(&[("N", 1)]), &digits("digits.onnx"), &input, AMPLE)
		.unwrap();
	assert!(matches!(outcome, Outcome::Answer(_)));
}

/// A vector of float32.
pub fn floats(values: &[f32]) -> Tensor {
	Tensor {
		dtype: DType::F32,
		shape: vec![values.len() as u32],
		data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
	}
}

/// The elements of a float32 tensor.
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
