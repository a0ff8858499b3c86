//! The outcomes in an answer on chain, one for each input of the job.

use crate::{
	artifacts::{self, ArtifactError},
	chain::{Chain, JobInfo, JobStatus},
	progress::Progress,
};
use assay_primitives::{batch::outcome_root, Answer, JobId, Outcome, OutcomeDigest};
use codec::DecodeAll;

/// Why the outcomes of a job cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OutcomeError {
	#[error("job {0} is a probe and has no outcome for each input: `assay job show {0}` shows its finding")]
	Probe(JobId),
	#[error("job {job} has {items} inputs, counted from 0: give --item 0 to {}, not {item}", .items.saturating_sub(1))]
	UnknownItem { job: JobId, items: u32, item: u32 },
	#[error("job {0} has no answer: `assay job show {0}` shows its status")]
	NoAnswer(JobId),
	#[error(
		"the node at {url} sent another answer to job {job} than the one whose digest is on chain: name another \
		 node with --url"
	)]
	WrongAnswer { job: JobId, url: String },
	#[error("the answer does not decode ({0}): whoever gave it was wrong")]
	Undecodable(#[from] codec::Error),
	#[error("the answer has {found} outcomes, and the job has {items} inputs: whoever gave it was wrong")]
	WrongCount { found: usize, items: u32 },
	#[error("the answer's root is not that of its outcomes: whoever gave it was wrong")]
	WrongRoot,
	#[error(transparent)]
	Artifact(#[from] ArtifactError),
}

/// Returns the answer of a job that has one, and the digest that is on chain for it.
pub fn answer_of(status: &JobStatus) -> Option<(&Answer, OutcomeDigest)> {
	match status {
		JobStatus::Provisional { answer, digest, .. } | JobStatus::Settled { answer, digest, .. } => {
			Some((answer, *digest))
		}
		_ => None,
	}
}

/// Returns the digest with which a job of one input settles if this is its outcome.
pub fn single_digest(outcome: &Outcome) -> OutcomeDigest {
	Answer::of(std::slice::from_ref(outcome)).0.digest()
}

/// Checks that the job has an input with this index.
pub fn check_item(job: &JobInfo, item: u32) -> Result<(), OutcomeError> {
	match job.statement {
		Some(_) => Err(OutcomeError::Probe(job.id)),
		None if item >= job.items => Err(OutcomeError::UnknownItem {
			job: job.id,
			items: job.items,
			item,
		}),
		None => Ok(()),
	}
}

/// Reads the outcomes of an answered job, checked against the digest on chain.
pub async fn read(chain: &Chain, job: &JobInfo, progress: &dyn Progress) -> Result<Vec<Outcome>, OutcomeError> {
	if job.statement.is_some() {
		return Err(OutcomeError::Probe(job.id));
	}
	let (answer, digest) = answer_of(&job.status).ok_or(OutcomeError::NoAnswer(job.id))?;
	if answer.digest() != digest {
		return Err(OutcomeError::WrongAnswer {
			job: job.id,
			url: chain.url().to_owned(),
		});
	}
	let bytes = artifacts::resolve(chain, &answer.outcome, progress).await?;
	unpack(job.items, answer, &bytes)
}

/// Unpacks the outcomes in `bytes`, which the caller has checked against their name in `answer`.
fn unpack(items: u32, answer: &Answer, bytes: &[u8]) -> Result<Vec<Outcome>, OutcomeError> {
	let mut bytes = bytes;
	let outcomes = match answer.root {
		None => vec![Outcome::decode_all(&mut bytes)?],
		Some(_) => Vec::<Outcome>::decode_all(&mut bytes)?,
	};
	if outcomes.len() != items as usize {
		return Err(OutcomeError::WrongCount {
			found: outcomes.len(),
			items,
		});
	}
	// Whoever answered named both the root and the bytes; only here is it known whether they match.
	if answer.root.is_some_and(|root| root != outcome_root(&outcomes)) {
		return Err(OutcomeError::WrongRoot);
	}
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
	fn packed_outcomes_are_unpacked() {
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
