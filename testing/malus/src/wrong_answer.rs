//! Wrong answers.

use assay_artifacts::ArtifactStore;
use assay_primitives::{
	probe::{decode_finding, encode_finding, Flaw},
	Answer, FaultCode, Finding, Outcome, Payload, Task, Tensor, MAX_INLINE,
};
use codec::DecodeAll;

/// Returns a wrong answer to `task`, given the right one. It is always the same one, and is stored if it is too large
/// to be inline. Returns `None` if the right answer cannot be read.
pub fn wrong_answer(store: &ArtifactStore, task: &Task, answer: &Answer) -> Option<Answer> {
	match task.statement {
		Some(_) => Some(encode_finding(&opposite(decode_finding(answer)?))),
		None => wrong_outcomes(store, task.items, answer),
	}
}

/// Returns that a flawed model is sound, or that a sound one is flawed.
fn opposite(finding: Finding) -> Finding {
	match finding {
		Ok(()) => Err(Flaw::OutcomeMismatch),
		Err(_) => Ok(()),
	}
}

/// Returns the answer of `items` outcomes in which the last one is wrong.
fn wrong_outcomes(store: &ArtifactStore, items: u32, answer: &Answer) -> Option<Answer> {
	let stored;
	let bytes: &[u8] = match &answer.outcome {
		Payload::Inline(bytes) => bytes,
		Payload::Artifact(artifact) => {
			stored = store.get(artifact.id).ok()??;
			&stored
		}
	};
	let (wrong, bytes) = Answer::of(&falsify_last(items, bytes)?);
	if bytes.len() > MAX_INLINE as usize {
		store.put(&bytes).ok()?;
	}
	Some(wrong)
}

/// Decodes `items` outcomes from `bytes` and makes the last one wrong.
fn falsify_last(items: u32, mut bytes: &[u8]) -> Option<Vec<Outcome>> {
	let mut outcomes = match items {
		1 => vec![Outcome::decode_all(&mut bytes).ok()?],
		_ => Vec::decode_all(&mut bytes).ok()?,
	};
	let last = outcomes.last_mut()?;
	match last {
		Outcome::Answer(tensors) => match tensors.last_mut().filter(|tensor| !tensor.data.is_empty()) {
			Some(tensor) => falsify(tensor),
			None => *last = Outcome::Fault(FaultCode::Trap),
		},
		Outcome::Fault(FaultCode::Trap) => *last = Outcome::Fault(FaultCode::RunFailed),
		Outcome::Fault(_) => *last = Outcome::Fault(FaultCode::Trap),
	}
	Some(outcomes)
}

/// Rotates the elements by one, which gives a plausible answer: another class of a classifier. Flips a bit if the
/// rotation changes nothing.
fn falsify(tensor: &mut Tensor) {
	let honest = tensor.data.clone();
	let element = tensor.dtype.size().min(honest.len());
	tensor.data.rotate_right(element);
	if tensor.data == honest {
		tensor.data[0] ^= 1;
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::{Artifact, BoundedSpec, DType, EngineId, StatementDigest};
	use codec::Encode;

	fn task(items: u32) -> Task {
		Task {
			engine: EngineId::default(),
			artifact: Artifact::of(b"onnx"),
			spec: BoundedSpec::default(),
			items,
			input: Payload::of(vec![]),
			statement: None,
		}
	}

	fn tensor(data: &[u8]) -> Tensor {
		Tensor {
			dtype: DType::U16,
			shape: vec![data.len() as u32 / 2],
			data: data.to_vec(),
		}
	}

	fn store() -> (tempfile::TempDir, ArtifactStore) {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let store = ArtifactStore::open(folder.path()).expect("a fresh store");
		(folder, store)
	}

	#[test]
	fn a_wrong_answer_is_plausible_and_always_the_same() {
		let (_folder, store) = store();
		let outcomes = [
			Outcome::Answer(vec![tensor(&[1, 2]), tensor(&[1, 2, 3, 4, 5, 6])]),
			Outcome::Answer(vec![tensor(&[7, 7, 7, 7])]),
			Outcome::Answer(vec![tensor(&[])]),
			Outcome::Answer(vec![]),
			Outcome::Fault(FaultCode::WrongInput),
			Outcome::Fault(FaultCode::Trap),
		];
		for outcome in &outcomes {
			let (honest, _) = Answer::of(std::slice::from_ref(outcome));
			let wrong = wrong_answer(&store, &task(1), &honest).expect("a wrong answer");
			assert_ne!(wrong.digest(), honest.digest());
			assert_eq!(wrong_answer(&store, &task(1), &honest), Some(wrong.clone()));
			let Payload::Inline(bytes) = &wrong.outcome else {
				panic!("large")
			};
			let decoded = Outcome::decode_all(&mut &bytes[..]).expect("an outcome");
			if let (Outcome::Answer(wrong), Outcome::Answer(honest)) = (decoded, outcome) {
				let shapes =
					|tensors: &[Tensor]| tensors.iter().map(|t| (t.dtype, t.shape.clone())).collect::<Vec<_>>();
				assert_eq!(shapes(&wrong), shapes(honest));
			}
		}
		let decoded = falsify_last(1, &outcomes[0].encode()).expect("an outcome");
		let moved = Outcome::Answer(vec![tensor(&[1, 2]), tensor(&[5, 6, 1, 2, 3, 4])]);
		assert_eq!(decoded, [moved]);
	}

	#[test]
	fn a_wrong_answer_to_a_large_batch_differs_in_its_last_outcome_and_is_stored() {
		let (_folder, store) = store();
		let large: Vec<u8> = (0..MAX_INLINE).map(|n| n as u8).collect();
		let outcomes = [
			Outcome::Answer(vec![tensor(&large)]),
			Outcome::Answer(vec![tensor(&large)]),
		];
		let (honest, bytes) = Answer::of(&outcomes);
		assert_eq!(wrong_answer(&store, &task(2), &honest), None);
		store.put(&bytes).expect("room");
		let wrong = wrong_answer(&store, &task(2), &honest).expect("a wrong answer");
		assert_ne!(wrong.digest(), honest.digest());
		let bytes = store.get(wrong.outcome.content()).expect("a store").expect("stored");
		let decoded = Vec::<Outcome>::decode_all(&mut &bytes[..]).expect("outcomes");
		assert_eq!(decoded[0], outcomes[0]);
		assert_ne!(decoded[1], outcomes[1]);
		assert_eq!(Answer::of(&decoded).0, wrong);
	}

	#[test]
	fn a_wrong_answer_to_a_probe_is_the_opposite_finding() {
		let (_folder, store) = store();
		let probe = Task {
			statement: Some(StatementDigest {
				manifest: Default::default(),
				answer: Default::default(),
			}),
			..task(1)
		};
		let wrong = |finding: Finding| {
			wrong_answer(&store, &probe, &encode_finding(&finding)).map(|wrong| decode_finding(&wrong))
		};
		assert_eq!(wrong(Ok(())), Some(Some(Err(Flaw::OutcomeMismatch))));
		for flaw in [
			Flaw::DoesNotLoad(FaultCode::NotOnnx),
			Flaw::ManifestMismatch,
			Flaw::GoldenFault(FaultCode::Trap),
			Flaw::OutcomeMismatch,
		] {
			assert_eq!(wrong(Err(flaw)), Some(Some(Ok(()))));
		}
	}
}
