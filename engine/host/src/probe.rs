//! Probes: whether a model is what its owner states.
//!
//! What a probe comes to is said in `assay_primitives::probe`. The manifest is derived in a fresh instance, so that it is a function of
//! engine, file and spec alone; the golden inputs are then run as those of any task. Like an outcome, a finding is never made of a
//! deadline that passed or of a machine that failed.

use crate::{batch, runner::Runner, Engine, NoAnswer};
use assay_primitives::{
	probe::{BoundedManifest, Flaw, Golden, Statement},
	Answer, FaultCode, Finding, Manifest, ModelSpec, Outcome, Payload, Stated,
};
use std::time::{Duration, Instant};

/// What comparing the ONNX file `onnx` under `spec` with what is `stated` of it comes to: what a node answers to the probe of that model
/// with the `items` golden inputs packed in `input`. `deadline` is what deriving the manifest may take, and each input by itself.
pub fn finding(
	engine: &Engine,
	spec: &ModelSpec,
	onnx: &[u8],
	items: u32,
	input: &[u8],
	stated: &Stated,
	deadline: Duration,
) -> Result<Finding, NoAnswer> {
	let mut runner = Runner::new(engine, spec.clone());
	let manifest = runner.manifest(onnx, Instant::now() + deadline)?;
	compare(stated, manifest, || outcomes(runner, onnx, items, input, deadline))
}

/// Why nothing can be stated of a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
	/// The engine refuses the file under its spec.
	#[error("the engine refuses the model ({:?}): {}", .0, .0.explanation().trim())]
	DoesNotLoad(FaultCode),
	/// The chain does not keep manifests like this.
	#[error("the chain does not take such a model: {0}")]
	TooLarge(&'static str),
	/// A golden input, counted from zero, has no answer.
	#[error("golden input {item} comes to a fault ({fault:?}): {}", .fault.explanation().trim())]
	GoldenFault { item: usize, fault: FaultCode },
	/// This machine cannot tell.
	#[error(transparent)]
	NoAnswer(#[from] NoAnswer),
}

/// What can truly be stated of the ONNX file `onnx` under `spec` with the `items` golden inputs packed in `input`: [`finding`] finds no
/// flaw in it. The caller stores the inputs if they travel as an artifact. `deadline` is as there.
pub fn statement(
	engine: &Engine,
	spec: &ModelSpec,
	onnx: &[u8],
	items: u32,
	input: Vec<u8>,
	deadline: Duration,
) -> Result<Statement, Unfit> {
	let mut runner = Runner::new(engine, spec.clone());
	let manifest = runner.manifest(onnx, Instant::now() + deadline)?;
	let manifest = manifest.map_err(Unfit::DoesNotLoad)?;
	let manifest = BoundedManifest::try_from(&manifest).map_err(Unfit::TooLarge)?;
	let outcomes = outcomes(runner, onnx, items, &input, deadline)?;
	if let Some((item, fault)) = first_fault(&outcomes) {
		return Err(Unfit::GoldenFault { item, fault });
	}
	Ok(Statement {
		manifest,
		golden: Golden {
			items,
			input: Payload::of(input),
			answer: Answer::of(&outcomes).0.digest(),
		},
	})
}

/// Compares what is `stated` of a model with its `manifest`, or the fault that loading it comes to, and with the `outcomes` of its golden
/// inputs, which are asked for only if the manifest is as stated.
pub(crate) fn compare<E>(
	stated: &Stated,
	manifest: Result<Manifest, FaultCode>,
	outcomes: impl FnOnce() -> Result<Vec<Outcome>, E>,
) -> Result<Finding, E> {
	let manifest = match manifest {
		Ok(manifest) => manifest,
		Err(fault) => return Ok(Err(Flaw::DoesNotLoad(fault))),
	};
	// What the chain cannot keep, nobody has stated.
	let is_stated = BoundedManifest::try_from(&manifest).is_ok_and(|manifest| manifest.digest() == stated.manifest);
	if !is_stated {
		return Ok(Err(Flaw::OtherManifest));
	}
	let outcomes = outcomes()?;
	Ok(match first_fault(&outcomes) {
		Some((_, fault)) => Err(Flaw::GoldenFault(fault)),
		None if Answer::of(&outcomes).0.digest() != stated.answer => Err(Flaw::OtherOutcomes),
		None => Ok(()),
	})
}

/// The first of `outcomes` that is a fault, and which it is.
fn first_fault(outcomes: &[Outcome]) -> Option<(usize, FaultCode)> {
	let mut numbered = outcomes.iter().enumerate();
	numbered.find_map(|(item, outcome)| match outcome {
		Outcome::Answer(_) => None,
		Outcome::Fault(fault) => Some((item, *fault)),
	})
}

/// The outcomes of the golden inputs.
fn outcomes(
	mut runner: Runner,
	onnx: &[u8],
	items: u32,
	input: &[u8],
	deadline: Duration,
) -> Result<Vec<Outcome>, NoAnswer> {
	batch::outcomes(items, input, |input| {
		let end = Instant::now() + deadline;
		let asked = runner.ask(input, end);
		runner.conclude(asked, onnx, input, end)
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::{
		probe::{manifest_digest, MAX_PORT_NAME},
		DType, Port, Tensor,
	};
	use codec::Encode;
	use std::convert::Infallible;

	fn manifest(port: &str) -> Manifest {
		Manifest {
			inputs: vec![Port {
				name: port.into(),
				dtype: DType::U8,
				shape: vec![1],
			}],
			outputs: vec![],
			opset: 17,
			operators: vec!["Add".into()],
			parameters: 1,
			macs: 2,
			peak_bytes: 3,
		}
	}

	fn answer(byte: u8) -> Outcome {
		Outcome::Answer(vec![Tensor {
			dtype: DType::U8,
			shape: vec![1],
			data: vec![byte],
		}])
	}

	fn stated(manifest: &Manifest, outcomes: &[Outcome]) -> Stated {
		Stated {
			manifest: manifest_digest(&manifest.encode()),
			answer: Answer::of(outcomes).0.digest(),
		}
	}

	/// What a model with this manifest and these outcomes comes to.
	fn found(stated: &Stated, manifest: &Manifest, outcomes: &[Outcome]) -> Finding {
		compare(stated, Ok(manifest.clone()), || Ok::<_, Infallible>(outcomes.to_vec())).unwrap()
	}

	#[test]
	fn what_is_as_stated_is_reproduced() {
		let manifest = manifest("x");
		for outcomes in [vec![answer(1)], vec![answer(1), answer(2)]] {
			assert_eq!(found(&stated(&manifest, &outcomes), &manifest, &outcomes), Ok(()));
		}
	}

	#[test]
	fn nothing_is_run_unless_the_manifest_is_as_stated() {
		let run = || -> Result<_, Infallible> { panic!("run") };
		let honest = manifest("x");
		let stated = stated(&honest, &[answer(1)]);
		let mut others = vec![honest; 5];
		others[0].inputs[0].name = "y".into();
		others[1].outputs = others[1].inputs.clone();
		others[2].operators.clear();
		others[3].macs += 1;
		others[4].peak_bytes -= 1;
		for other in others {
			assert_eq!(compare(&stated, Ok(other), run), Ok(Err(Flaw::OtherManifest)));
		}
		let refused = compare(&stated, Err(FaultCode::NotOnnx), run);
		assert_eq!(refused, Ok(Err(Flaw::DoesNotLoad(FaultCode::NotOnnx))));
	}

	#[test]
	fn a_manifest_that_the_chain_does_not_keep_is_another_whatever_is_stated() {
		let outcomes = [answer(1)];
		let (fits, long) = (
			manifest(&"x".repeat(MAX_PORT_NAME as usize)),
			manifest(&"x".repeat(MAX_PORT_NAME as usize + 1)),
		);
		assert_eq!(found(&stated(&fits, &outcomes), &fits, &outcomes), Ok(()));
		assert_eq!(
			found(&stated(&long, &outcomes), &long, &outcomes),
			Err(Flaw::OtherManifest)
		);
	}

	#[test]
	fn the_first_fault_is_the_flaw_even_if_it_is_stated() {
		let manifest = manifest("x");
		let outcomes = [
			answer(1),
			Outcome::Fault(FaultCode::WrongInput),
			Outcome::Fault(FaultCode::Trap),
		];
		let flaw = Err(Flaw::GoldenFault(FaultCode::WrongInput));
		assert_eq!(found(&stated(&manifest, &outcomes), &manifest, &outcomes), flaw);
	}

	#[test]
	fn other_outcomes_are_other_in_any_bit_in_their_order_and_in_their_number() {
		let manifest = manifest("x");
		let stated = stated(&manifest, &[answer(1), answer(2)]);
		for others in [
			vec![answer(1), answer(3)],
			vec![answer(2), answer(1)],
			vec![answer(1)],
			vec![answer(1), answer(2), answer(2)],
		] {
			assert_eq!(found(&stated, &manifest, &others), Err(Flaw::OtherOutcomes));
		}
	}

	#[test]
	fn where_there_are_no_outcomes_there_is_no_finding() {
		let manifest = manifest("x");
		let stated = stated(&manifest, &[answer(1)]);
		assert_eq!(compare(&stated, Ok(manifest), || Err("no answer")), Err("no answer"));
	}
}
