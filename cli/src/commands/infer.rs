//! `assay infer`

use super::read_file;
use crate::{
	args::{Context, Infer},
	engine::{self, Runner},
	inputs::Inputs,
	outcomes::digest_alone,
	output::Verdict,
	tensors, values,
};
use assay_primitives::{batch::input_digest, Outcome, Payload, Port, Tensor};
use codec::Encode;
use serde_json::{json, Value};

/// Runs a model file on this machine.
pub fn run(args: Infer, context: &Context) -> anyhow::Result<Verdict> {
	let output = &context.output;
	let onnx = read_file(&args.model)?;
	let cases = Inputs::read(&args.input.inputs)?.cases(args.input.rows.as_ref())?;
	let labels = args.input.labels()?;
	let engine = engine::start(output)?;
	let mut runner = Runner::new(&engine, values::spec(&args.bindings), onnx);
	let manifest = runner.manifest()?;

	let first = args.input.rows.as_ref().map(|rows| rows.0.start as usize);
	let bar = output.bar(cases.len() as u64, "running");
	let mut answers = Vec::with_capacity(cases.len());
	for (index, case) in cases.into_iter().enumerate() {
		let input = case.fit(&manifest.inputs)?.encode();
		let outcome = runner.outcome(&input)?;
		let row = first.map(|first| first + index);
		if let (Some(folder), Outcome::Answer(outputs)) = (&args.out, &outcome) {
			let prefix = row.map_or_else(String::new, |row| format!("row-{row}-"));
			tensors::write_all(folder, &prefix, Some(&manifest.outputs), outputs)?;
		}
		answers.push(Answer {
			row,
			input: Payload::of(input),
			outcome,
		});
		bar.inc(1);
	}
	bar.finish_and_clear();

	let ports = &manifest.outputs;
	let lines: Vec<_> = answers.iter().map(|answer| answer.text(ports)).collect();
	let (mut human, mut json) = (
		lines.join("\n"),
		answers.iter().map(|answer| answer.json(ports)).collect::<Vec<_>>(),
	);
	if let (Some(labels), Some(first)) = (labels, first) {
		labels
			.mark(first, answers.iter().map(Answer::outputs))
			.add_to(&mut human, json.iter_mut());
	}
	output.result(human, &json.into());
	let faulted = answers.iter().any(|answer| matches!(answer.outcome, Outcome::Fault(_)));
	Ok(if faulted { Verdict::Refused } else { Verdict::Fine })
}

struct Answer {
	/// The row of the input files; `None` where they were taken whole.
	row: Option<usize>,
	input: Payload,
	outcome: Outcome,
}

impl Answer {
	fn outputs(&self) -> Option<&[Tensor]> {
		match &self.outcome {
			Outcome::Answer(outputs) => Some(outputs),
			Outcome::Fault(_) => None,
		}
	}

	fn text(&self, ports: &[Port]) -> String {
		let row = self.row.map_or_else(String::new, |row| format!("row {row}  "));
		let mut lines = vec![format!("{row}digest {}", digest_alone(&self.outcome))];
		match &self.outcome {
			Outcome::Answer(outputs) => lines.extend(outputs.iter().enumerate().map(|(index, tensor)| {
				format!(
					"  {} {}",
					tensors::output_name(Some(ports), index),
					tensors::summary(tensor)
				)
			})),
			Outcome::Fault(code) => lines.push(format!("  fault {code:?}: {}", code.explanation().trim())),
		}
		lines.join("\n")
	}

	fn json(&self, ports: &[Port]) -> Value {
		let (outputs, fault) = match &self.outcome {
			Outcome::Answer(outputs) => {
				let spell = |(index, tensor)| tensors::to_json(&tensors::output_name(Some(ports), index), tensor);
				(outputs.iter().enumerate().map(spell).collect(), Value::Null)
			}
			Outcome::Fault(code) => (Value::Null, json!(format!("{code:?}"))),
		};
		json!({
			"row": self.row,
			"input_digest": input_digest(1, self.input.content()),
			"digest": digest_alone(&self.outcome),
			"outputs": outputs,
			"fault": fault,
		})
	}
}
