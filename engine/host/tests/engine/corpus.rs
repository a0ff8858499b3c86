//! A fifth of the corpus (`scripts/corpus.sh`): every outcome equals the committed one, whether the host computes the
//! intrinsics or the engine does.

use crate::common::{cache_dir, corpus, describe_outcome, engine, AMPLE};
use assay_engine::Engine;
use assay_primitives::{ModelSpec, Outcome, Tensor};
use codec::{Decode, Encode};
use std::collections::HashMap;

/// A case of the corpus, as `engine/conformance/corpus/excerpt.py` encodes it.
#[derive(Decode)]
struct Case {
	name: String,
	bindings: Vec<(String, u32)>,
	onnx: Vec<u8>,
	samples: Vec<Vec<(String, Tensor)>>,
}

impl Case {
	/// Returns the outcomes of all samples in fresh instances, as the table writes them. Asserts that a warm instance
	/// gives the same.
	fn outcomes(&self, engine: &Engine) -> Vec<String> {
		let spec = ModelSpec {
			bindings: self.bindings.clone(),
		};
		let mut warm = engine.load(&spec, &self.onnx, AMPLE).ok();
		let ports = warm.as_mut().map(|model| model.describe(AMPLE).unwrap().inputs);
		let names: Vec<_> = ports.into_iter().flatten().map(|port| port.name).collect();
		let outcome = |sample: &Vec<(String, Tensor)>| {
			let input: HashMap<_, _> = sample.iter().map(|(name, tensor)| (name, tensor)).collect();
			let input = names.iter().map(|name| input[name]).collect::<Vec<_>>().encode();
			let outcome = engine.execute(&spec, &self.onnx, &input, AMPLE).unwrap();
			if let (Some(warm), Outcome::Answer(answer)) = (&mut warm, &outcome) {
				assert_eq!(
					warm.run_encoded(&input, AMPLE).as_ref().ok(),
					Some(answer),
					"{}",
					self.name
				);
			}
			describe_outcome(outcome)
		};
		self.samples.iter().map(outcome).collect()
	}
}

/// Returns the outcomes of the table, by case.
fn table() -> HashMap<String, String> {
	let table = String::from_utf8(corpus("outcomes.csv")).unwrap();
	let row = |line: &str| {
		let (case, rest) = line.split_once(',').unwrap();
		(case.into(), rest.rsplit(',').next().unwrap().into())
	};
	table.lines().skip(1).map(row).collect()
}

/// Asserts that the outcomes of all cases on `engine` are those of the table.
fn check(engine: &Engine) {
	let cases = Vec::<Case>::decode(&mut &corpus("excerpt.scale")[..]).unwrap();
	assert!(cases.len() > 200);
	let table = table();
	let differences: Vec<_> = cases
		.iter()
		.map(|case| (&case.name, case.outcomes(engine).join(" ")))
		.filter(|(name, outcomes)| table[*name] != *outcomes)
		.map(|(name, outcomes)| format!("{name}: {outcomes}, not {}", table[name]))
		.collect();
	assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_outcomes_equal_those_of_every_other_machine() {
	check(engine());
}

#[test]
fn the_outcomes_are_the_same_without_intrinsics() {
	check(&Engine::with_intrinsics(Some(cache_dir()), None).unwrap());
}
