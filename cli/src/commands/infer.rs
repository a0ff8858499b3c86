//! `assay infer`

use crate::{
	args::{Context, Infer},
	local::{read_file, start_engine},
	output::{ExitStatus, Text},
	text::{accuracy, fault, tensor},
	values,
};
use assay_client::{engine::Runner, json::InferredRow, tensors};
use assay_primitives::{batch::input_digest, Outcome, Payload, Tensor};
use codec::Encode;

/// Runs a model file on this machine.
pub fn run(args: Infer, context: &Context) -> anyhow::Result<ExitStatus> {
	let output = &context.output;
	let onnx = read_file(&args.model)?;
	let cases = args.input.cases()?;
	let labels = args.input.labels()?;
	let engine = start_engine(output)?;
	let mut runner = Runner::new(&engine, values::spec(&args.bindings), onnx);
	let manifest = runner.manifest()?;

	let first = args.input.rows.as_ref().map(|rows| rows.0.start as usize);
	let bar = output.bar(cases.len() as u64, "running");
	let (mut rows, mut outcomes) = (Vec::with_capacity(cases.len()), Vec::with_capacity(cases.len()));
	for (index, case) in cases.into_iter().enumerate() {
		let input = case.fit(&manifest.inputs)?.encode();
		let outcome = runner.outcome(&input)?;
		let row = first.map(|first| (first + index) as u64);
		if let (Some(folder), Outcome::Answer(outputs)) = (&args.out, &outcome) {
			let prefix = row.map_or_else(String::new, |row| format!("row-{row}-"));
			tensors::write_all(folder, &prefix, Some(&manifest.outputs), outputs)?;
		}
		let digest = input_digest(1, Payload::of(input).content());
		rows.push(InferredRow::new(row, digest, &outcome, &manifest.outputs));
		outcomes.push(outcome);
		bar.inc(1);
	}
	bar.finish_and_clear();

	if let (Some(labels), Some(first)) = (labels, first) {
		let marks = labels.mark(first, outcomes.iter().map(outputs));
		for (row, is_correct) in rows.iter_mut().zip(marks.0) {
			row.correct = Some(is_correct);
		}
	}
	output.results(&rows, text);
	Ok(ExitStatus::of(rows.iter().all(|row| row.fault.is_none())))
}

fn outputs(outcome: &Outcome) -> Option<&[Tensor]> {
	match outcome {
		Outcome::Answer(outputs) => Some(outputs),
		Outcome::Fault(_) => None,
	}
}

fn text(rows: &[InferredRow]) -> String {
	let mut lines: Vec<_> = rows.iter().map(Text::text).collect();
	let marks: Vec<_> = rows.iter().filter_map(|row| row.correct).collect();
	if !marks.is_empty() {
		lines.push(accuracy(&marks));
	}
	lines.join("\n")
}

impl Text for InferredRow {
	fn text(&self) -> String {
		let row = self.row.map_or_else(String::new, |row| format!("row {row}  "));
		let mut lines = vec![format!("{row}digest {}", self.digest)];
		lines.extend(
			self.outputs
				.iter()
				.flatten()
				.map(|output| format!("  {}", tensor(output))),
		);
		lines.extend(self.fault.map(|code| format!("  fault {}", fault(code))));
		lines.join("\n")
	}
}
