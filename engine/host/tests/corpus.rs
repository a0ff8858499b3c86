//! A fifth of the corpus (`scripts/corpus.sh`): every outcome is the one that is committed, whether the host computes the intrinsics or the
//! engine does.

mod common;

use assay_engine::Engine;
use assay_primitives::{ModelSpec, Outcome, Tensor};
use codec::{Decode, Encode};
use common::{cache_dir, corpus, engine, in_words, AMPLE};
use std::collections::HashMap;

/// As `engine/conformance/corpus/excerpt.py` writes it.
#[derive(Decode)]
struct Case {
	name: String,
	bindings: Vec<(String, u32)>,
	onnx: Vec<u8>,
	samples: Vec<Vec<(String, Tensor)>>,
}

impl Case {
	/// The outcomes of all samples in fresh instances, in the words of the table. A warm instance must come to the same.
	fn outcomes(&self, engine: &Engine) -> Vec<String> {
		let spec = ModelSpec {
			bindings: self.bindings.clone(),
		};
		let mut warm = engine.load(&spec, &self.onnx, AMPLE).ok();
		let ports = warm.as_mut().map(|model| model.manifest(AMPLE).unwrap().inputs);
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
			in_words(outcome)
		};
		self.samples.iter().map(outcome).collect()
	}
}

/// The column of outcomes, by case.
fn table() -> HashMap<String, String> {
	let table = String::from_utf8(corpus("outcomes.csv")).unwrap();
	let row = |line: &str| {
		let (case, rest) = line.split_once(',').unwrap();
		(case.into(), rest.rsplit(',').next().unwrap().into())
	};
	table.lines().skip(1).map(row).collect()
}

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
fn the_outcomes_are_those_of_every_machine() {
	check(engine());
}

#[test]
fn the_outcomes_are_the_same_without_intrinsics() {
	check(&Engine::with_intrinsics(Some(cache_dir()), None).unwrap());
}
