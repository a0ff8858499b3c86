//! Inputs from fuzzing (`scripts/fuzz.sh`), on the engine as it ships: each has the outcome in
//! `engine/fuzz/regressions/outcomes.csv`, in a fresh instance and in a warm one.

use crate::common::{describe_outcome, engine, AMPLE};
use assay_engine::Failure;
use assay_primitives::{ModelSpec, Outcome, Port, Tensor};
use codec::Encode;
use std::{
	fs,
	path::{Path, PathBuf},
};

/// A line of the table.
struct Case {
	model: String,
	spec: ModelSpec,
	/// `ones`, which are generated for the model's ports, or a file that holds a message to `run`.
	input: String,
	/// The name of a fault, or the digest of an answer.
	outcome: String,
}

fn folder() -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/regressions")
}

fn read(name: &str) -> Vec<u8> {
	let path = folder().join(name);
	fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn cases() -> Vec<Case> {
	let table = String::from_utf8(read("outcomes.csv")).unwrap();
	let case = |line: &str| {
		let [model, bindings, input, outcome] = line.split(',').collect::<Vec<_>>()[..] else {
			panic!("a line without four columns: {line}");
		};
		let binding = |binding: &str| {
			let (symbol, extent) = binding.split_once('=').unwrap();
			(symbol.into(), extent.parse().unwrap())
		};
		Case {
			model: model.into(),
			spec: ModelSpec {
				bindings: bindings.split_whitespace().map(binding).collect(),
			},
			input: input.into(),
			outcome: outcome.into(),
		}
	};
	table.lines().skip(1).map(case).collect()
}

/// Returns a tensor of ones for `port`.
fn ones(port: &Port) -> Tensor {
	let mut one = vec![0; port.dtype.size()];
	match port.dtype.name() {
		"float16" => one.copy_from_slice(&0x3c00_u16.to_le_bytes()),
		"float32" => one.copy_from_slice(&1_f32.to_le_bytes()),
		"float64" => one.copy_from_slice(&1_f64.to_le_bytes()),
		_ => one[0] = 1,
	}
	let mut tensor = Tensor {
		dtype: port.dtype,
		shape: port.shape.clone(),
		data: Vec::new(),
	};
	tensor.data = one.repeat(tensor.expected_len().unwrap() / port.dtype.size());
	tensor
}

impl Case {
	fn input(&self, onnx: &[u8]) -> Vec<u8> {
		if self.input != "ones" {
			return read(&self.input);
		}
		match engine().load(&self.spec, onnx, AMPLE) {
			Ok(mut model) => {
				let ports = model.describe(AMPLE).unwrap().inputs;
				ports.iter().map(ones).collect::<Vec<_>>().encode()
			}
			// A model that does not load takes no input.
			Err(_) => Vec::new(),
		}
	}

	/// Returns the outcome, as the table writes it.
	fn outcome(&self) -> String {
		let onnx = read(&self.model);
		let input = self.input(&onnx);
		let outcome = match engine().execute(&self.spec, &onnx, &input, AMPLE) {
			Ok(outcome) => outcome,
			Err(reason) => return format!("no answer: {reason}"),
		};
		if let Ok(mut model) = engine().load(&self.spec, &onnx, AMPLE) {
			for _ in 0..3 {
				let warm = match model.run_encoded(&input, AMPLE) {
					Ok(answer) => Outcome::Answer(answer),
					Err(Failure::Fault(fault)) => Outcome::Fault(fault),
					Err(Failure::NoAnswer(reason)) => return format!("no answer: {reason}"),
				};
				if warm != outcome {
					return "a warm instance has another outcome".into();
				}
				if model.is_broken() {
					break;
				}
			}
		}
		describe_outcome(outcome)
	}
}

#[test]
fn every_input_from_fuzzing_has_the_outcome_in_the_table() {
	let cases = cases();
	assert!(!cases.is_empty());
	let differences: Vec<_> = cases
		.iter()
		.map(|case| (case, case.outcome()))
		.filter(|(case, outcome)| case.outcome != *outcome)
		.map(|(case, outcome)| format!("{} on {}: {outcome}, not {}", case.model, case.input, case.outcome))
		.collect();
	assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn every_file_of_the_folder_is_in_the_table() {
	let cases = cases();
	for entry in fs::read_dir(folder()).unwrap() {
		let name = entry.unwrap().file_name().into_string().unwrap();
		let is_used = cases.iter().any(|case| case.model == name || case.input == name);
		assert!(is_used || ["outcomes.csv", "README.md"].contains(&&*name), "{name}");
	}
}
