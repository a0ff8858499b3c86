//! Makes seeds from models: `fuzz-seeds OUT FOLDER...` reads every small `.onnx` file below the folders, and writes
//!
//! * the files to `OUT/load`,
//! * some of them, as messages to `load`, to `OUT/message`,
//! * a few that together have every operator, for `run`, to `OUT/models`,
//! * an input that chooses each of these to `OUT/run`.

use assay_fuzz::{exercise::bind_symbols, onnx::Model};
use assay_primitives::{ArtifactId, ModelSpec};
use codec::Encode;
use prost::Message;
use std::{
	collections::BTreeSet,
	env, fs, io,
	path::{Path, PathBuf},
};

/// The maximum size of a file in bytes: larger ones are slow to mutate and to load.
const MAX_FILE_BYTES: u64 = 6 * 1024;

fn main() -> io::Result<()> {
	let mut arguments = env::args_os().skip(1).map(PathBuf::from);
	let out = arguments.next().expect("usage: fuzz-seeds OUT FOLDER...");
	let mut files = BTreeSet::new();
	for folder in arguments {
		collect(&folder, &mut files)?;
	}
	// The smallest first, so that small files are chosen.
	let mut files: Vec<_> = files.into_iter().collect();
	files.sort_by_key(Vec::len);
	println!("{} models", files.len());
	for file in &files {
		write(&out.join("load"), file)?;
	}

	let chosen = choose_cover(&files);
	println!("{} of them cover all operators", chosen.len());
	for file in &chosen {
		write(&out.join("models"), file)?;
		for spec in [ModelSpec::default(), bind_symbols(file)] {
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
		} else if path.extension().is_some_and(|extension| extension == "onnx")
			&& entry.metadata()?.len() <= MAX_FILE_BYTES
		{
			files.insert(fs::read(path)?);
		}
	}
	Ok(())
}

/// Chooses files that together have every operator of any file: each that has an operator which none before it has.
fn choose_cover(files: &[Vec<u8>]) -> Vec<&Vec<u8>> {
	let mut covered = BTreeSet::new();
	let mut has_new_operator = |file: &Vec<u8>| {
		let known = covered.len();
		let graph = Model::decode(&file[..]).ok().and_then(|model| model.graph);
		covered.extend(graph.into_iter().flat_map(|graph| graph.node).map(|node| node.op_type));
		covered.len() > known
	};
	files.iter().filter(|file| has_new_operator(file)).collect()
}

/// Writes `bytes` to a file named by their hash.
fn write(folder: &Path, bytes: &[u8]) -> io::Result<()> {
	fs::create_dir_all(folder)?;
	let name = format!("{:x}", ArtifactId::of(bytes).0);
	fs::write(folder.join(&name[..16]), bytes)
}
