//! Wrong answers.

use assay_artifacts::ArtifactStore;
use assay_primitives::{
	probe::{finding_answer, finding_of, Flaw},
	Answer, FaultCode, Finding, Outcome, Payload, Task, Tensor, MAX_INLINE,
};
use codec::DecodeAll;

/// The wrong answer to `task`, whose right one is `answer`: always the same, and stored if it does not travel inline. `None` if the right
/// one is not to be had.
pub fn lie(store: &ArtifactStore, task: &Task, answer: &Answer) -> Option<Answer> {
	match task.stated {
		Some(_) => Some(finding_answer(&other(finding_of(answer)?))),
		None => other_outcomes(store, task.items, answer),
	}
}

/// Praises what is flawed, and finds fault with what is not.
fn other(finding: Finding) -> Finding {
	match finding {
		Ok(()) => Err(Flaw::OtherOutcomes),
		Err(_) => Ok(()),
	}
}

/// The answer of `items` outcomes with the last one wrong.
fn other_outcomes(store: &ArtifactStore, items: u32, answer: &Answer) -> Option<Answer> {
	let stored;
	let bytes: &[u8] = match &answer.outcome {
		Payload::Inline(bytes) => bytes,
		Payload::Artifact(artifact) => {
			stored = store.get(artifact.id).ok()??;
			&stored
		}
	};
	let (lie, bytes) = Answer::of(&twisted(items, bytes)?);
	if bytes.len() > MAX_INLINE as usize {
		store.put(&bytes).ok()?;
	}
	Some(lie)
}

/// The outcomes packed in `bytes`, the last one wrong.
fn twisted(items: u32, mut bytes: &[u8]) -> Option<Vec<Outcome>> {
	let mut outcomes = match items {
		1 => vec![Outcome::decode_all(&mut bytes).ok()?],
		_ => Vec::decode_all(&mut bytes).ok()?,
	};
	let last = outcomes.last_mut()?;
	match last {
		Outcome::Answer(tensors) => match tensors.last_mut().filter(|tensor| !tensor.data.is_empty()) {
			Some(tensor) => twist(tensor),
			None => *last = Outcome::Fault(FaultCode::Trap),
		},
		Outcome::Fault(FaultCode::Trap) => *last = Outcome::Fault(FaultCode::RunFailed),
		Outcome::Fault(_) => *last = Outcome::Fault(FaultCode::Trap),
	}
	Some(outcomes)
}

/// Moves the elements on by one, so that a classifier finds another class, and all looks well. Where that changes nothing, flips a bit.
fn twist(tensor: &mut Tensor) {
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
	use assay_primitives::{Artifact, BoundedSpec, DType, EngineId, Stated};
	use codec::Encode;

	fn task(items: u32) -> Task {
		Task {
			engine: EngineId::default(),
			artifact: Artifact::of(b"onnx"),
			spec: BoundedSpec::default(),
			items,
			input: Payload::of(vec![]),
			stated: None,
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
	fn a_lie_is_wrong_plausible_and_always_the_same() {
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
			let lied = lie(&store, &task(1), &honest).expect("a lie");
			assert_ne!(lied.digest(), honest.digest());
			assert_eq!(lie(&store, &task(1), &honest), Some(lied.clone()));
			let Payload::Inline(bytes) = &lied.outcome else {
				panic!("large")
			};
			let twisted = Outcome::decode_all(&mut &bytes[..]).expect("an outcome");
			if let (Outcome::Answer(lied), Outcome::Answer(honest)) = (twisted, outcome) {
				let shapes =
					|tensors: &[Tensor]| tensors.iter().map(|t| (t.dtype, t.shape.clone())).collect::<Vec<_>>();
				assert_eq!(shapes(&lied), shapes(honest));
			}
		}
		let twisted = twisted(1, &outcomes[0].encode()).expect("an outcome");
		let moved = Outcome::Answer(vec![tensor(&[1, 2]), tensor(&[5, 6, 1, 2, 3, 4])]);
		assert_eq!(twisted, [moved]);
	}

	#[test]
	fn a_lie_about_a_large_batch_is_in_its_last_outcome_and_stored() {
		let (_folder, store) = store();
		let large: Vec<u8> = (0..MAX_INLINE).map(|n| n as u8).collect();
		let outcomes = [
			Outcome::Answer(vec![tensor(&large)]),
			Outcome::Answer(vec![tensor(&large)]),
		];
		let (honest, bytes) = Answer::of(&outcomes);
		assert_eq!(lie(&store, &task(2), &honest), None);
		store.put(&bytes).expect("room");
		let lied = lie(&store, &task(2), &honest).expect("a lie");
		assert_ne!(lied.digest(), honest.digest());
		let bytes = store.get(lied.outcome.content()).expect("a store").expect("stored");
		let twisted = Vec::<Outcome>::decode_all(&mut &bytes[..]).expect("outcomes");
		assert_eq!(twisted[0], outcomes[0]);
		assert_ne!(twisted[1], outcomes[1]);
		assert_eq!(Answer::of(&twisted).0, lied);
	}

	#[test]
	fn a_lie_about_a_probe_is_another_finding() {
		let (_folder, store) = store();
		let probe = Task {
			stated: Some(Stated {
				manifest: Default::default(),
				answer: Default::default(),
			}),
			..task(1)
		};
		let lie = |finding: Finding| lie(&store, &probe, &finding_answer(&finding)).map(|lie| finding_of(&lie));
		assert_eq!(lie(Ok(())), Some(Some(Err(Flaw::OtherOutcomes))));
		for flaw in [
			Flaw::DoesNotLoad(FaultCode::NotOnnx),
			Flaw::OtherManifest,
			Flaw::GoldenFault(FaultCode::Trap),
			Flaw::OtherOutcomes,
		] {
			assert_eq!(lie(Err(flaw)), Some(Some(Ok(()))));
		}
	}
}
