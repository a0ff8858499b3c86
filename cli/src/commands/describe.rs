//! `assay describe`

use super::read_file;
use crate::{
	args::{Context, Describe},
	engine::{self, Runner},
	inputs,
	output::{printable, table, Verdict},
	values,
};
use assay_primitives::{Manifest, Port};
use serde_json::{json, Value};

/// Shows the manifest of a model file.
pub fn run(args: Describe, context: &Context) -> anyhow::Result<Verdict> {
	let onnx = read_file(&args.model)?;
	let engine = engine::start(&context.output)?;
	let spinner = context.output.spinner("describing the model");
	let manifest = Runner::new(&engine, values::spec(&args.bindings), onnx).manifest();
	spinner.finish_and_clear();
	let manifest = manifest?;
	context.output.result(table(lines(&manifest)), &to_json(&manifest));
	Ok(Verdict::Fine)
}

/// A manifest, a line for each fact.
pub fn lines(manifest: &Manifest) -> Vec<(&'static str, String)> {
	let ports = |name, ports: &[Port]| {
		ports
			.iter()
			.map(move |port| (name, inputs::describe(port)))
			.collect::<Vec<_>>()
	};
	let mut lines = ports("input", &manifest.inputs);
	lines.extend(ports("output", &manifest.outputs));
	lines.extend([
		("parameters", manifest.parameters.to_string()),
		("multiply-adds", manifest.macs.to_string()),
		("memory", format!("{} bytes", manifest.peak_bytes)),
		("opset", manifest.opset.to_string()),
		("operators", printable(manifest.operators.join(", ").as_bytes())),
	]);
	lines
}

/// A manifest for programs.
pub fn to_json(manifest: &Manifest) -> Value {
	let ports = |ports: &[Port]| -> Value {
		ports
			.iter()
			.map(|port| json!({ "name": port.name, "dtype": port.dtype.name(), "shape": port.shape }))
			.collect()
	};
	json!({
		"inputs": ports(&manifest.inputs),
		"outputs": ports(&manifest.outputs),
		"parameters": manifest.parameters,
		"macs": manifest.macs,
		"peak_bytes": manifest.peak_bytes,
		"opset": manifest.opset,
		"operators": manifest.operators,
	})
}
