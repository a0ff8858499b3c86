//! From an answer on chain to the outcomes in it, one for each input of the job.

use crate::{
	artifacts,
	chain::{Chain, JobInfo, JobStatus},
	output::Output,
};
use anyhow::{bail, ensure};
use assay_primitives::{batch::outcome_root, Answer, Outcome, OutcomeDigest};
use codec::DecodeAll;

/// The answer of a job that has one, and the digest by which the chain knows it.
pub fn answer_of(status: &JobStatus) -> Option<(&Answer, OutcomeDigest)> {
	match status {
		JobStatus::Provisional { answer, digest, .. } | JobStatus::Settled { answer, digest, .. } => {
			Some((answer, *digest))
		}
		_ => None,
	}
}

/// The digest that a job of one input is settled with if this is its outcome.
pub fn digest_alone(outcome: &Outcome) -> OutcomeDigest {
	Answer::of(std::slice::from_ref(outcome)).0.digest()
}

/// The outcomes of an answered job, checked against the digest on chain.
pub async fn read(chain: &Chain, job: &JobInfo, output: &Output) -> anyhow::Result<Vec<Outcome>> {
	ensure!(
		job.stated.is_none(),
		"job {0} is a probe, whose one answer is what it found: `assay job show {0}` tells it",
		job.id
	);
	let Some((answer, digest)) = answer_of(&job.status) else {
		bail!(
			"job {0} has no answer: `assay job show {0}` tells how far it is",
			job.id
		)
	};
	ensure!(
		answer.digest() == digest,
		"the answer that the node sent is not the one whose digest is on chain: ask another node (--url)"
	);
	let bytes = artifacts::resolve(chain, &answer.outcome, output).await?;
	unpack(job.items, answer, &bytes)
}

/// The outcomes packed in `bytes`, which the caller has checked against their name in `answer`.
fn unpack(items: u32, answer: &Answer, bytes: &[u8]) -> anyhow::Result<Vec<Outcome>> {
	let mut bytes = bytes;
	let outcomes = match answer.root {
		None => vec![Outcome::decode_all(&mut bytes)?],
		Some(_) => Vec::<Outcome>::decode_all(&mut bytes)?,
	};
	ensure!(
		outcomes.len() == items as usize,
		"the answer holds {} outcomes, and the job has {items} inputs",
		outcomes.len()
	);
	// Whoever answered named both: only here is it seen whether they belong together.
	ensure!(
		answer.root.is_none_or(|root| root == outcome_root(&outcomes)),
		"the answer's root is not that of its outcomes: whoever gave it was wrong"
	);
	Ok(outcomes)
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::FaultCode;

	fn outcomes() -> Vec<Outcome> {
		vec![Outcome::Fault(FaultCode::Trap), Outcome::Answer(Vec::new())]
	}

	#[test]
	fn what_was_packed_comes_out() {
		for outcomes in [&outcomes()[..], &outcomes()[..1]] {
			let (answer, bytes) = Answer::of(outcomes);
			assert_eq!(unpack(outcomes.len() as u32, &answer, &bytes).unwrap(), outcomes);
		}
	}

	#[test]
	fn an_answer_that_contradicts_itself_is_refused() {
		let (answer, bytes) = Answer::of(&outcomes());
		let refused = |items, answer: &Answer, bytes: &[u8]| unpack(items, answer, bytes).unwrap_err().to_string();
		assert!(refused(3, &answer, &bytes).contains("2 outcomes"));
		assert!(unpack(2, &answer, &bytes[..2]).is_err());
		let wrong = Answer {
			root: Some(Default::default()),
			..answer
		};
		assert!(refused(2, &wrong, &bytes).contains("root"));
	}
}
