//! Files and the engine on this machine.

use crate::{error::usage, output::Output};
use anyhow::Context as _;
use assay_client::{engine, inputs::Inputs, labels::Labels};
use assay_engine::Engine;
use assay_primitives::payload::MAX_ARTIFACT;
use std::{fs, path::Path};

/// Reads a file that is to become an artifact.
pub fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
	let wrong = |reason: String| usage(format!("{}: {reason}", path.display()));
	let len = fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
	if len > MAX_ARTIFACT {
		return Err(wrong(format!(
			"{len} bytes are too many: an artifact may have {MAX_ARTIFACT}"
		)));
	}
	fs::read(path).map_err(|error| wrong(error.to_string()))
}

/// Writes a result to a file.
pub fn write_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
	fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Starts the engine. The first start on a machine compiles it.
pub fn start_engine(output: &Output) -> anyhow::Result<Engine> {
	let spinner = output.spinner("preparing the engine");
	let engine = engine::start()?;
	spinner.finish_and_clear();
	Ok(engine)
}

impl crate::args::InputArgs {
	/// Reads the inputs: one set for each row, or a single one.
	pub fn cases(&self) -> anyhow::Result<Vec<Inputs>> {
		let inputs = Inputs::read(&self.inputs).map_err(usage)?;
		Ok(inputs.cases(self.rows.as_ref().map(|rows| &rows.0))?)
	}

	/// Reads the labels of the rows, where they are given.
	pub fn labels(&self) -> anyhow::Result<Option<Labels>> {
		match (&self.labels, &self.rows) {
			(Some(path), Some(rows)) => Ok(Some(Labels::read(path, &rows.0).map_err(usage)?)),
			_ => Ok(None),
		}
	}
}
