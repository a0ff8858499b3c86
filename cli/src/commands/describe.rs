//! `assay describe`

use crate::{
	args::{Context, Describe},
	local::{read_file, start_engine},
	output::{ExitStatus, Text},
	text::{manifest_lines, table},
	values,
};
use assay_client::{engine::Runner, json::Manifest};

/// Prints the manifest of a model file.
pub fn run(args: Describe, context: &Context) -> anyhow::Result<ExitStatus> {
	let onnx = read_file(&args.model)?;
	let engine = start_engine(&context.output)?;
	let spinner = context.output.spinner("describing the model");
	let manifest = Runner::new(&engine, values::spec(&args.bindings), onnx).manifest();
	spinner.finish_and_clear();
	context.output.document(&Manifest::new(&manifest?));
	Ok(ExitStatus::Success)
}

impl Text for Manifest {
	fn text(&self) -> String {
		table(manifest_lines(self))
	}
}
