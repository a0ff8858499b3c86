//! The results of `assay verify`, and proofs.

use super::{
	job::{Finding, JobStatusName},
	tensor::{split, Fault, Tensor},
};
use crate::{chain::JobInfo, outcomes::single_digest, proof::ProvenOutcome};
use assay_primitives::{JobId, Outcome, OutcomeDigest};

named! {
	/// The finality of an answer on chain.
	Finality {
		/// It can still be challenged.
		Provisional = "provisional",
		/// It is final.
		Settled = "settled",
	}
}

named! {
	/// The result of verifying a job.
	CheckStatus {
		/// This machine derives the answer on chain.
		Equal = "equal",
		/// This machine derives another answer.
		Differs = "differs",
		/// The job has no answer.
		Skipped = "skipped",
		/// The job could not be checked.
		Failed = "failed",
	}
}

documents! {
	/// The result of verifying one job.
	pub struct VerifiedJob {
		/// The job.
		#[cfg_attr(test, schemars(with = "u64"))]
		pub job: JobId,
		/// The result of the comparison.
		pub status: CheckStatus,
		/// The finality of the answer. Only where it was derived.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub finality: Option<Finality>,
		/// The number of inputs that were run. Only where the answer was derived.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub items: Option<u32>,
		/// The digest of the answer on chain. Only where it was derived.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		#[serde(skip_serializing_if = "Option::is_none")]
		pub answer: Option<OutcomeDigest>,
		/// The digest of the answer that this machine derives. Only where it was derived.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		#[serde(skip_serializing_if = "Option::is_none")]
		pub derived: Option<OutcomeDigest>,
		/// In a probe, the finding on chain; else null.
		pub finding: Option<Finding>,
		/// In a probe whose answer differs, the finding that this machine derives.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub derived_finding: Option<Finding>,
		/// Why the job was skipped or not checked.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub reason: Option<String>,
	}

	/// The result of verifying several jobs.
	pub struct Verification {
		/// The result for each job.
		pub jobs: Vec<VerifiedJob>,
		/// Jobs of which this machine derives the answer on chain.
		pub equal: u32,
		/// Jobs of which this machine derives another answer.
		pub differs: u32,
		/// Jobs that could not be checked.
		pub failed: u32,
		/// Jobs without an answer.
		pub skipped: u32,
		/// Checked jobs whose answers are provisional.
		pub provisional: u32,
		/// Inputs that were run.
		pub items: u32,
		/// The time that it took.
		pub seconds: f64,
	}

	/// A proof that was written.
	pub struct WrittenProof {
		/// The job.
		#[cfg_attr(test, schemars(with = "u64"))]
		pub job: JobId,
		/// The position of the input in the job, from 0.
		pub item: u32,
		/// The number of inputs of the job.
		pub items: u32,
		/// The file.
		pub file: std::path::PathBuf,
	}

	/// A proof that was checked.
	pub struct CheckedProof {
		/// The job.
		#[cfg_attr(test, schemars(with = "u64"))]
		pub job: JobId,
		/// The position of the input in the job, from 0.
		pub item: u32,
		/// The number of inputs of the job.
		pub items: u32,
		/// The job's status.
		pub status: JobStatusName,
		/// The digest of the answer on chain.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub answer: OutcomeDigest,
		/// The digest of the outcome in the proof.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub digest: OutcomeDigest,
		/// Whether the outcome is part of the answer on chain.
		pub proven: bool,
		/// The outputs; null in case of a fault.
		pub outputs: Option<Vec<Tensor>>,
		/// The fault; null if there are outputs.
		pub fault: Option<Fault>,
	}
}

impl Verification {
	/// Counts the results.
	pub fn new(jobs: Vec<VerifiedJob>, seconds: f64) -> Self {
		let count = |status| jobs.iter().filter(|job| job.status == status).count() as u32;
		let is_provisional = |job: &&VerifiedJob| job.finality == Some(Finality::Provisional);
		Self {
			equal: count(CheckStatus::Equal),
			differs: count(CheckStatus::Differs),
			failed: count(CheckStatus::Failed),
			skipped: count(CheckStatus::Skipped),
			provisional: jobs.iter().filter(is_provisional).count() as u32,
			items: jobs.iter().filter_map(|job| job.items).sum(),
			seconds,
			jobs,
		}
	}

	/// Returns whether an answer was verified, and no answer differs or could not be checked.
	pub fn is_success(&self) -> bool {
		self.differs + self.failed == 0 && self.equal > 0
	}
}

impl CheckedProof {
	/// Checks a proof against the answer with this `digest` to `job`.
	pub fn new(proof: &ProvenOutcome, outcome: &Outcome, job: &JobInfo, digest: OutcomeDigest) -> Self {
		let (outputs, fault) = split(outcome, None);
		Self {
			job: job.id,
			item: proof.proof.item,
			items: job.items,
			status: (&job.status).into(),
			answer: digest,
			digest: single_digest(outcome),
			proven: proof.verifies(outcome, job.items, digest),
			outputs,
			fault,
		}
	}
}
