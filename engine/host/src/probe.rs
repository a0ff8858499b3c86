//! Probes: whether a model is as its owner states.
//!
//! `assay_primitives::probe` specifies the findings. The manifest is derived in a fresh instance, so that it is a
//! function of engine, file and spec alone; the golden inputs are then run like those of any task. Like an outcome, a
//! finding never depends on a deadline that passed or a machine that failed.

use crate::{batch, runner::Runner, Engine, NoAnswer};
use assay_primitives::{
	probe::{BoundedManifest, Flaw, Golden, Statement},
	Answer, FaultCode, Finding, Manifest, ModelSpec, Outcome, Payload, StatementDigest,
};
use std::time::{Duration, Instant};

/// Compares the model in the ONNX file `onnx` under `spec` with its owner's `statement`, on the `items` golden inputs
/// packed in `input`. Returns the finding with which a node answers the probe of that model. `deadline` is the time
/// limit for deriving the manifest, and for each input.
pub fn derive_finding(
	engine: &Engine,
	spec: &ModelSpec,
	onnx: &[u8],
	items: u32,
	input: &[u8],
	statement: &StatementDigest,
	deadline: Duration,
) -> Result<Finding, NoAnswer> {
	let mut runner = Runner::new(engine, spec.clone());
	let manifest = runner.derive_manifest(onnx, Instant::now() + deadline)?;
	compare(statement, manifest, || run_inputs(runner, onnx, items, input, deadline))
}

/// Why there is no true statement about a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
	/// The engine refuses the file under its spec.
	#[error("the engine refuses the model ({:?}): {}", .0, .0.explanation())]
	DoesNotLoad(FaultCode),
	/// The chain does not store a manifest of this size.
	#[error("the chain does not accept this model: {0}")]
	ManifestTooLarge(&'static str),
	/// A golden input, counted from zero, has no answer.
	#[error("golden input {item} results in a fault ({fault:?}): {}", .fault.explanation())]
	GoldenFault { item: usize, fault: FaultCode },
	/// This machine has no answer.
	#[error(transparent)]
	NoAnswer(#[from] NoAnswer),
}

/// Derives the true statement about the ONNX file `onnx` under `spec` with the `items` golden inputs packed in `input`:
/// one in which [`derive_finding`] finds no flaw. `deadline` is the same as there. If the inputs are too large to
/// travel inline, the caller stores them.
///
/// Fails if the engine refuses the file, the chain does not accept its manifest, or a golden input has no answer.
pub fn derive_statement(
	engine: &Engine,
	spec: &ModelSpec,
	onnx: &[u8],
	items: u32,
	input: Vec<u8>,
	deadline: Duration,
) -> Result<Statement, StatementError> {
	let mut runner = Runner::new(engine, spec.clone());
	let manifest = runner.derive_manifest(onnx, Instant::now() + deadline)?;
	let manifest = manifest.map_err(StatementError::DoesNotLoad)?;
	let manifest = BoundedManifest::try_from(&manifest).map_err(StatementError::ManifestTooLarge)?;
	let outcomes = run_inputs(runner, onnx, items, &input, deadline)?;
	if let Some((item, fault)) = first_fault(&outcomes) {
		return Err(StatementError::GoldenFault { item, fault });
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

/// Compares the `statement` about a model with its `manifest`, or the fault of loading it, and with the `outcomes` of
/// its golden inputs. Calls `outcomes` only if the manifest matches.
pub(crate) fn compare<E>(
	statement: &StatementDigest,
	manifest: Result<Manifest, FaultCode>,
	outcomes: impl FnOnce() -> Result<Vec<Outcome>, E>,
) -> Result<Finding, E> {
	let manifest = match manifest {
		Ok(manifest) => manifest,
		Err(fault) => return Ok(Err(Flaw::DoesNotLoad(fault))),
	};
	// No statement has a manifest that the chain does not store.
	let is_stated = BoundedManifest::try_from(&manifest).is_ok_and(|manifest| manifest.digest() == statement.manifest);
	if !is_stated {
		return Ok(Err(Flaw::ManifestMismatch));
	}
	let outcomes = outcomes()?;
	Ok(match first_fault(&outcomes) {
		Some((_, fault)) => Err(Flaw::GoldenFault(fault)),
		None if Answer::of(&outcomes).0.digest() != statement.answer => Err(Flaw::OutcomeMismatch),
		None => Ok(()),
	})
}

/// Returns the first fault among `outcomes`, and its index.
fn first_fault(outcomes: &[Outcome]) -> Option<(usize, FaultCode)> {
	let mut numbered = outcomes.iter().enumerate();
	numbered.find_map(|(item, outcome)| match outcome {
		Outcome::Answer(_) => None,
		Outcome::Fault(fault) => Some((item, *fault)),
	})
}

/// Returns the outcomes of the golden inputs.
fn run_inputs(
	mut runner: Runner,
	onnx: &[u8],
	items: u32,
	input: &[u8],
	deadline: Duration,
) -> Result<Vec<Outcome>, NoAnswer> {
	batch::run_each(items, input, |input| {
		let end = Instant::now() + deadline;
		let warm = runner.run_warm(input, end);
		runner.settle(warm, onnx, input, end)
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

	fn statement(manifest: &Manifest, outcomes: &[Outcome]) -> StatementDigest {
		StatementDigest {
			manifest: manifest_digest(&manifest.encode()),
			answer: Answer::of(outcomes).0.digest(),
		}
	}

	/// Returns the finding about a model with this manifest and these outcomes.
	fn find(statement: &StatementDigest, manifest: &Manifest, outcomes: &[Outcome]) -> Finding {
		compare(statement, Ok(manifest.clone()), || {
			Ok::<_, Infallible>(outcomes.to_vec())
		})
		.unwrap()
	}

	#[test]
	fn a_true_statement_is_reproduced() {
		let manifest = manifest("x");
		for outcomes in [vec![answer(1)], vec![answer(1), answer(2)]] {
			assert_eq!(find(&statement(&manifest, &outcomes), &manifest, &outcomes), Ok(()));
		}
	}

	#[test]
	fn no_golden_input_is_run_unless_the_manifest_matches() {
		let run = || -> Result<_, Infallible> { panic!("a golden input was run") };
		let honest = manifest("x");
		let statement = statement(&honest, &[answer(1)]);
		let mut others = vec![honest; 5];
		others[0].inputs[0].name = "y".into();
		others[1].outputs = others[1].inputs.clone();
		others[2].operators.clear();
		others[3].macs += 1;
		others[4].peak_bytes -= 1;
		for other in others {
			assert_eq!(compare(&statement, Ok(other), run), Ok(Err(Flaw::ManifestMismatch)));
		}
		let refused = compare(&statement, Err(FaultCode::NotOnnx), run);
		assert_eq!(refused, Ok(Err(Flaw::DoesNotLoad(FaultCode::NotOnnx))));
	}

	#[test]
	fn a_manifest_that_the_chain_does_not_store_is_a_mismatch_whatever_the_statement_says() {
		let outcomes = [answer(1)];
		let (fits, long) = (
			manifest(&"x".repeat(MAX_PORT_NAME as usize)),
			manifest(&"x".repeat(MAX_PORT_NAME as usize + 1)),
		);
		assert_eq!(find(&statement(&fits, &outcomes), &fits, &outcomes), Ok(()));
		assert_eq!(
			find(&statement(&long, &outcomes), &long, &outcomes),
			Err(Flaw::ManifestMismatch)
		);
	}

	#[test]
	fn the_first_fault_is_the_flaw_even_if_the_statement_has_it() {
		let manifest = manifest("x");
		let outcomes = [
			answer(1),
			Outcome::Fault(FaultCode::WrongInput),
			Outcome::Fault(FaultCode::Trap),
		];
		let flaw = Err(Flaw::GoldenFault(FaultCode::WrongInput));
		assert_eq!(find(&statement(&manifest, &outcomes), &manifest, &outcomes), flaw);
	}

	#[test]
	fn outcomes_that_differ_in_a_bit_in_order_or_in_number_are_a_mismatch() {
		let manifest = manifest("x");
		let statement = statement(&manifest, &[answer(1), answer(2)]);
		for others in [
			vec![answer(1), answer(3)],
			vec![answer(2), answer(1)],
			vec![answer(1)],
			vec![answer(1), answer(2), answer(2)],
		] {
			assert_eq!(find(&statement, &manifest, &others), Err(Flaw::OutcomeMismatch));
		}
	}

	#[test]
	fn without_outcomes_there_is_no_finding() {
		let manifest = manifest("x");
		let statement = statement(&manifest, &[answer(1)]);
		assert_eq!(compare(&statement, Ok(manifest), || Err("no answer")), Err("no answer"));
	}
}
