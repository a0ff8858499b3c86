//! Answers to several items, and the proof of one of them.

use crate::{
	batch::{input_digest, Answer, OutcomeProof},
	ArtifactId, Outcome, Payload,
};
use crate::{DType, Tensor};
use alloc::vec::Vec;
use sp_core::H256;

fn outcomes(n: u32) -> Vec<Outcome> {
	let tensor = |i| Tensor {
		dtype: DType::U8,
		shape: alloc::vec![1, i],
		data: alloc::vec![0; i as usize],
	};
	(0..n).map(|i| Outcome::Answer(alloc::vec![tensor(i)])).collect()
}

#[test]
fn an_answer_to_one_item_has_the_digest_of_its_outcome() {
	let single = outcomes(1);
	assert_eq!(Answer::of(&single).0.digest(), single[0].digest());
}

#[test]
fn each_outcome_of_a_batch_has_a_proof_that_fits_no_other_item() {
	for n in 2..20 {
		let outcomes = outcomes(n);
		let (answer, _) = Answer::of(&outcomes);
		let root = answer.root.unwrap();
		for (item, outcome) in outcomes.iter().enumerate() {
			let proof = OutcomeProof::new(&outcomes, item as u32, &answer.outcome).unwrap();
			for (other, candidate) in outcomes.iter().enumerate() {
				assert_eq!(proof.verifies(candidate, root, answer.digest()), other == item);
			}
			assert!(!proof.verifies(outcome, H256::zero(), answer.digest()));
			let content = ArtifactId::of(b"other");
			assert!(!OutcomeProof { content, ..proof }.verifies(outcome, root, answer.digest()));
		}
		assert!(OutcomeProof::new(&outcomes, n, &answer.outcome).is_none());
	}
}

#[test]
fn the_same_bytes_as_an_artifact_are_another_answer() {
	let (inline, bytes) = Answer::of(&outcomes(1));
	let named = Answer {
		root: None,
		outcome: Payload::Artifact(crate::Artifact::of(&bytes)),
	};
	assert_ne!(inline.digest(), named.digest());
}

#[test]
fn the_number_of_items_is_part_of_the_input_digest() {
	let content = ArtifactId::of(b"inputs");
	assert_ne!(input_digest(2, content), input_digest(3, content));
	assert_eq!(input_digest(1, content).0, content.0);
}
