//! Proofs that show one outcome of a job without the others.

use crate::{
	chain::{decode_hex, encode_hex},
	outcomes::single_digest,
};
use assay_primitives::{batch::OutcomeProof, payload::MAX_ARTIFACT, Answer, JobId, Outcome, OutcomeDigest};
use codec::{DecodeAll, Encode};
use serde::{Deserialize, Serialize};
use std::{
	fs, io,
	path::{Path, PathBuf},
};
use subxt::utils::H256;

/// The maximum size of a proof's file in bytes: an artifact in hexadecimal, and the hashes beside it.
const MAX_FILE: u64 = 2 * MAX_ARTIFACT + 64 * 1024;

/// Why a file is not a proof.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
	#[error("{}: {error}", .path.display())]
	Io { path: PathBuf, error: io::Error },
	#[error("{}: {len} bytes are too many for a proof, which has at most {MAX_FILE}", .path.display())]
	TooLarge { path: PathBuf, len: u64 },
	#[error("{}: not a proof that `assay job prove` wrote: {error}", .path.display())]
	Invalid { path: PathBuf, error: serde_json::Error },
	#[error("{}: its outcome does not decode: write the proof again with `assay job prove`", .path.display())]
	Undecodable { path: PathBuf },
}

/// One outcome of a job, and the proof that it is part of the job's answer. Its JSON is the content of a proof's file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenOutcome {
	pub job: JobId,
	/// The root over all outcomes of the job; `None` for a job of one input.
	pub root: Option<H256>,
	pub proof: OutcomeProof,
	/// SCALE of the outcome, in hexadecimal.
	pub outcome: String,
}

impl ProvenOutcome {
	/// Proves `item` of `outcomes`, which are packed in `answer` to `job`; `None` if there is no such item.
	pub fn new(job: JobId, answer: &Answer, outcomes: &[Outcome], item: u32) -> Option<Self> {
		Some(Self {
			job,
			root: answer.root,
			outcome: encode_hex(outcomes.get(item as usize)?.encode()),
			proof: OutcomeProof::new(outcomes, item, &answer.outcome)?,
		})
	}

	/// Writes the proof to `path`.
	pub fn write(&self, path: &Path) -> Result<(), ProofError> {
		let failed = |error| ProofError::Io {
			path: path.to_owned(),
			error,
		};
		let text = serde_json::to_string_pretty(self).map_err(|error| failed(error.into()))?;
		fs::write(path, text + "\n").map_err(failed)
	}

	/// Reads a proof, and the outcome in it.
	pub fn read(path: &Path) -> Result<(Self, Outcome), ProofError> {
		let path_buf = || path.to_owned();
		let failed = |error| ProofError::Io {
			path: path_buf(),
			error,
		};
		let len = fs::metadata(path).map_err(failed)?.len();
		if len > MAX_FILE {
			return Err(ProofError::TooLarge { path: path_buf(), len });
		}
		let text = fs::read_to_string(path).map_err(failed)?;
		let proven: Self = serde_json::from_str(&text).map_err(|error| ProofError::Invalid {
			path: path_buf(),
			error,
		})?;
		let outcome = proven
			.decode()
			.ok_or_else(|| ProofError::Undecodable { path: path_buf() })?;
		Ok((proven, outcome))
	}

	fn decode(&self) -> Option<Outcome> {
		Outcome::decode_all(&mut &decode_hex(&self.outcome).ok()?[..]).ok()
	}

	/// Returns whether the proof shows that `outcome` is part of the answer with this `digest` to a job of `items`
	/// inputs.
	pub fn verifies(&self, outcome: &Outcome, items: u32, digest: OutcomeDigest) -> bool {
		// The number of inputs determines an outcome's position in the tree, and only the chain's number is trusted.
		self.proof.items == items
			&& match self.root {
				Some(root) => items > 1 && self.proof.verifies(outcome, root, digest),
				None => items == 1 && self.proof.item == 0 && single_digest(outcome) == digest,
			}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::{FaultCode, Tensor};

	fn outcomes() -> Vec<Outcome> {
		let answer = Outcome::Answer(vec![Tensor {
			dtype: assay_primitives::DType::U8,
			shape: vec![1],
			data: vec![7],
		}]);
		vec![
			answer,
			Outcome::Fault(FaultCode::Trap),
			Outcome::Fault(FaultCode::RunFailed),
		]
	}

	fn prove(outcomes: &[Outcome], item: u32) -> (ProvenOutcome, OutcomeDigest) {
		let (answer, _) = Answer::of(outcomes);
		let proven = ProvenOutcome::new(JobId(7), &answer, outcomes, item).unwrap();
		(proven, answer.digest())
	}

	#[test]
	fn a_proof_is_read_as_it_was_written_and_shows_only_its_outcome() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("proof.json");
		for item in 0..3 {
			let (written, digest) = prove(&outcomes(), item);
			written.write(&path).unwrap();
			let (shown, outcome) = ProvenOutcome::read(&path).unwrap();
			assert_eq!((&shown, &outcome), (&written, &outcomes()[item as usize]));
			assert!(shown.verifies(&outcome, 3, digest));
			assert!(!shown.verifies(&outcomes()[(item as usize + 1) % 3], 3, digest));
			assert!(
				!shown.verifies(&outcome, 4, digest),
				"the chain says how many inputs the job has"
			);
			assert!(!shown.verifies(&outcome, 3, outcome.digest()));
		}
	}

	#[test]
	fn a_single_outcome_is_the_answer() {
		let (shown, digest) = prove(&outcomes()[..1], 0);
		assert_eq!(shown.root, None);
		assert!(shown.verifies(&outcomes()[0], 1, digest));
		assert!(!shown.verifies(&outcomes()[1], 1, digest));
		assert!(!shown.verifies(&outcomes()[0], 2, digest));
	}

	#[test]
	fn files_that_are_not_proofs_are_refused() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("proof.json");
		let (good, _) = prove(&outcomes(), 0);
		let mut bad = serde_json::to_value(&good).unwrap();
		bad["outcome"] = "0x09".into();
		for text in ["", "{}", "[1]", &bad.to_string()] {
			std::fs::write(&path, text).unwrap();
			assert!(ProvenOutcome::read(&path).is_err(), "{text}");
		}
		assert!(ProvenOutcome::new(JobId(7), &Answer::of(&outcomes()).0, &outcomes(), 3).is_none());
	}
}
