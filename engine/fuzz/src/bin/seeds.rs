//! Makes seeds of models: `fuzz-seeds OUT FOLDER...` reads every `.onnx` file below the folders that is small enough, and fills
//!
//! * `OUT/load` with the files,
//! * `OUT/message` with some of them as messages to `load`,
//! * `OUT/models` with a few that have every operator between them, for `run`,
//! * `OUT/run` with an input that chooses each of these.

use assay_fuzz::{onnx::Model, story::bound};
use assay_primitives::{ArtifactId, ModelSpec};
use codec::Encode;
use prost::Message;
use std::{
	collections::BTreeSet,
	env, fs, io,
	path::{Path, PathBuf},
};

/// Larger files are slow to change and slow to load.
const MOST: u64 = 6 * 1024;

fn main() -> io::Result<()> {
	let mut arguments = env::args_os().skip(1).map(PathBuf::from);
	let out = arguments.next().expect("usage: fuzz-seeds OUT FOLDER...");
	let mut files = BTreeSet::new();
	for folder in arguments {
		collect(&folder, &mut files)?;
	}
	// Smallest first, so that what is chosen is small.
	let mut files: Vec<_> = files.into_iter().collect();
	files.sort_by_key(Vec::len);
	println!("{} models", files.len());
	for file in &files {
		write(&out.join("load"), file)?;
	}

	let chosen = cover(&files);
	println!("{} of them have all operators", chosen.len());
	for file in &chosen {
		write(&out.join("models"), file)?;
		for spec in [ModelSpec::default(), bound(file)] {
			write(&out.join("message"), &(spec, file).encode())?;
		}
	}
	for choice in 0..chosen.len() as u16 {
		write(&out.join("run"), &[&choice.to_le_bytes()[..], &[0]].concat())?;
	}
	Ok(())
}

/// Adds the small models below `folder` to `files`.
fn collect(folder: &Path, files: &mut BTreeSet<Vec<u8>>) -> io::Result<()> {
	for entry in fs::read_dir(folder)? {
		let entry = entry?;
		let path = entry.path();
		if path.is_dir() {
			collect(&path, files)?;
		} else if path.extension().is_some_and(|extension| extension == "onnx") && entry.metadata()?.len() <= MOST {
			files.insert(fs::read(path)?);
		}
	}
	Ok(())
}

/// Files with every operator that any has, in the order in which they bring a new one.
fn cover(files: &[Vec<u8>]) -> Vec<&Vec<u8>> {
	let mut covered = BTreeSet::new();
	let mut brings_new = |file: &Vec<u8>| {
		let known = covered.len();
		let graph = Model::decode(&file[..]).ok().and_then(|model| model.graph);
		covered.extend(graph.into_iter().flat_map(|graph| graph.node).map(|node| node.op_type));
		covered.len() > known
	};
	files.iter().filter(|file| brings_new(file)).collect()
}

/// Writes `bytes` under the name of their hash.
fn write(folder: &Path, bytes: &[u8]) -> io::Result<()> {
	fs::create_dir_all(folder)?;
	let name = format!("{:x}", ArtifactId::of(bytes).0);
	fs::write(folder.join(&name[..16]), bytes)
}
