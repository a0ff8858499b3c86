//! Jobs.

mod convert;
mod names;

pub use names::{FlawName, JobStatusName, ParticipantStatus, RefundReason, Role};

use super::tensor::{Fault, Tensor};
use crate::{
	terms::{Deterrence, Probability},
	AccountId32, Amount,
};
use assay_primitives::{abi, ArtifactId, EngineId, JobId, ModelId, OutcomeDigest, TaskId};
use serde::{de::Error as _, Deserialize, Deserializer, Serialize};
use serde_json::Value;
use subxt::utils::H256;

documents! {
	/// The parts of a fee.
	pub struct FeeParts {
		/// To the executor, and to each checker.
		pub pay: Amount,
		/// To the executor in addition, for the slots that it has besides the first.
		pub rent: Amount,
		/// The number of workers, each of which gets `pay`.
		pub workers: u8,
		/// To the audit fund.
		pub levy: Amount,
		/// Burned.
		pub burn: Amount,
		/// To the model's owner.
		pub royalty: Amount,
	}

	/// The periods of a job, in blocks.
	pub struct JobPeriods {
		/// To commit, for the executor and again for checkers.
		pub commit: u32,
		/// To reveal.
		pub reveal: u32,
		/// To challenge a provisional answer.
		pub window: u32,
		/// To vote in a dispute.
		pub vote: u32,
	}

	/// The finding of a probe.
	pub struct Finding {
		/// Whether the model is as its owner states.
		pub reproduced: bool,
		/// The reason why it is not; null if it is.
		pub flaw: Option<FlawName>,
		/// The fault behind the flaw; null if there is none.
		pub fault: Option<Fault>,
	}

	/// The statement of a model's owner, by digests.
	pub struct Statement {
		/// The digest of the manifest.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub manifest: H256,
		/// The digest of the golden inputs' outcomes.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub outcomes: OutcomeDigest,
	}

	/// The packed inputs of a job.
	pub struct JobInput {
		/// BLAKE3 of the bytes: the id of the artifact, unless they are inline.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub hash: ArtifactId,
		/// The number of bytes.
		pub len: u64,
		/// Whether the bytes are on chain; otherwise they are an artifact.
		pub inline: bool,
	}

	/// A worker's part in a job.
	pub struct Participant {
		/// The worker.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub worker: AccountId32,
		/// The role for which it was drawn.
		pub role: Role,
		/// Its progress.
		pub status: ParticipantStatus,
		/// The digest of its answer, once that is known; else null.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		pub digest: Option<OutcomeDigest>,
	}

	/// What an answer rests on, when its job is accepted.
	pub struct Backing {
		/// The share of slots that may cheat together: the one assumed, or that of the largest account if it is larger.
		pub malicious_share: f64,
		/// The chance that an auditor is drawn; 0 where no worker is left for it.
		pub audit_rate: f64,
		/// The assumed share of blocks whose authors collude with the executor.
		pub author_share: f64,
		/// The assumed chance that an honest node outside the job re-executes a result.
		pub reexecution: f64,
		/// The bonds behind the tickets of the model.
		pub pool_bonds: Amount,
		/// Workers with tickets of the model.
		pub workers: u32,
		/// The share of the largest account in the tickets. One party may have many accounts.
		pub largest_share: f64,
		/// The mean age of the tickets, in blocks.
		pub mean_age: u32,
		/// The slots of the executor, each with a bond.
		pub slots: u8,
		/// The number of checkers.
		pub checkers: u8,
		/// The bonds of executor and checkers that are behind no other job.
		pub bonds: u32,
		/// Each bond.
		pub bond: Amount,
	}

	/// Why to believe a settled answer.
	pub struct Assurance {
		/// The engine, which gives this answer wherever it runs.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub engine: EngineId,
		/// The bonds, in total, that those who gave the answer would have lost if it had been wrong.
		pub bond_at_risk: Amount,
		/// What the job was judged by.
		pub backing: Backing,
		/// The probability that no honest worker would have checked a false claim, under these assumptions.
		pub evasion_probability: Probability,
		/// The average loss of cheating divided by its average gain; null where nothing is gained.
		pub deterrence: Deterrence,
	}

	/// The outcome of one input of a job.
	pub struct JobOutcome {
		/// The row of the input files; null where they were used whole. Only in `assay job request`.
		#[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "super::job::present")]
		#[cfg_attr(test, schemars(with = "Option<u64>"))]
		pub row: Option<Option<u64>>,
		/// The position of the input in the job, from 0.
		pub item: u32,
		/// The digest of the outcome; null where it cannot be read.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		pub digest: Option<OutcomeDigest>,
		/// The outputs; null in case of a fault, and where they cannot be read.
		pub outputs: Option<Vec<Tensor>>,
		/// The fault; null if there is none.
		pub fault: Option<Fault>,
		/// Whether the answer is correct by `--labels`.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub correct: Option<bool>,
	}

	/// A job.
	pub struct Job {
		/// Its number.
		#[cfg_attr(test, schemars(with = "u64"))]
		pub job: JobId,
		/// Its status.
		pub status: JobStatusName,
		/// The last block of the current step. Only while it is claiming, checking or revealing.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub deadline: Option<u32>,
		/// The block in which the claim was locked. Only while it is drawing.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub claimed_at: Option<u32>,
		/// The last block in which it can be challenged. Only while it is provisional.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub challenge_until: Option<u32>,
		/// The block in which the dispute began. Only while it is disputed.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub disputed_at: Option<u32>,
		/// The block in which it was refunded. Only if it was.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub refunded_at: Option<u32>,
		/// Why it was refunded. Only if it was.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub reason: Option<RefundReason>,
		/// The row of the input files; null where they were used whole. Only in `assay job request` of one input a job.
		#[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "super::job::present")]
		#[cfg_attr(test, schemars(with = "Option<u64>"))]
		pub row: Option<Option<u64>>,
		/// The model.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// The task: engine, model and input.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub task: TaskId,
		/// In a probe, what the model's owner states; else null.
		pub statement: Option<Statement>,
		/// The finding of an answered probe; else null.
		pub finding: Option<Finding>,
		/// The number of its inputs.
		pub items: u32,
		/// The packed inputs.
		pub input: JobInput,
		/// The account that requested it.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub requester: AccountId32,
		/// The executor; null if none is left.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Account>"))]
		pub executor: Option<AccountId32>,
		/// The number of checkers that were requested.
		pub checkers: u8,
		/// Its workers, the executor first.
		pub participants: Vec<Participant>,
		/// The most that it costs.
		pub fee: Amount,
		/// The parts of the fee.
		pub fee_parts: FeeParts,
		/// The gain beyond the fee that a wrong answer could bring to somebody.
		pub value_at_risk: Amount,
		/// Its periods.
		pub periods: JobPeriods,
		/// The block in which it was requested.
		pub requested_at: u32,
		/// The block since which its answer was provisional, where that was seen; else null.
		pub provisional_at: Option<u32>,
		/// The block in which it settled; null if it has not.
		pub settled_at: Option<u32>,
		/// Blocks from the request to the end; null before that.
		pub latency_blocks: Option<u32>,
		/// Blocks from the request to the provisional answer, where that was seen; else null.
		pub provisional_blocks: Option<u32>,
		/// The digest of the answer; null if there is none.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		pub digest: Option<OutcomeDigest>,
		/// Workers besides the executor that gave the answer; null if there is none.
		pub confirmations: Option<u8>,
		/// Whether an auditor was drawn.
		pub audited: bool,
		/// Whether it is or was disputed, so that validators decide.
		pub disputed: bool,
		/// The digest of the validators' answer; null if there is none.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		pub verdict: Option<OutcomeDigest>,
		/// Why to believe the answer; null if it is not settled.
		pub assurance: Option<Assurance>,
		/// In a job of one input, its outputs; null in case of a fault, and where there are none.
		pub outputs: Option<Vec<Tensor>>,
		/// In a job of one input, its fault; null if there is none.
		pub fault: Option<Fault>,
		/// The outcome of each input of a job of several, or of the input given with `--item`.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub outcomes: Option<Vec<JobOutcome>>,
		/// Whether the answer is correct by `--labels`.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub correct: Option<bool>,
		/// Why the outcomes cannot be read. Only where they cannot.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub error: Option<String>,
	}

	/// A request that became no job.
	pub struct FailedRequest {
		/// Always null.
		pub job: Option<u64>,
		/// Always `failed`.
		pub status: String,
		/// Why.
		pub error: String,
		/// The number of its inputs.
		pub items: u32,
		/// The row of the input files; null where they were used whole. Only in requests of one input a job.
		#[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "super::job::present")]
		#[cfg_attr(test, schemars(with = "Option<u64>"))]
		pub row: Option<Option<u64>>,
		/// The missing outcome of each input. Only in requests of several inputs a job.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub outcomes: Option<Vec<JobOutcome>>,
		/// False by `--labels`.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub correct: Option<bool>,
	}

	/// A job that was cancelled.
	pub struct CancelledJob {
		/// The job.
		#[cfg_attr(test, schemars(with = "u64"))]
		pub job: JobId,
		/// Its status.
		pub status: JobStatusName,
		/// Why it was refunded.
		pub reason: RefundReason,
	}

	/// The result of re-deriving a job for a challenge.
	pub struct Challenge {
		/// The job.
		#[cfg_attr(test, schemars(with = "u64"))]
		pub job: JobId,
		/// Whether it was challenged: this machine derives another answer.
		pub challenged: bool,
		/// The digest of the answer on chain.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub answer: OutcomeDigest,
		/// The digest of the answer that this machine derives.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub derived: OutcomeDigest,
		/// The bond that is held from the challenger. Only if it was challenged.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub bond: Option<Amount>,
		/// The last block in which validators may vote; null if the dispute is over. Only if it was challenged.
		#[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "super::job::present")]
		#[cfg_attr(test, schemars(with = "Option<u32>"))]
		pub deadline: Option<Option<u32>>,
	}
}

/// A request and what it became.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum RequestedJob {
	/// A job.
	Placed(Box<Job>),
	/// No job.
	Failed(FailedRequest),
}

impl<'de> Deserialize<'de> for RequestedJob {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let value = Value::deserialize(deserializer)?;
		match value["job"].is_null() {
			true => serde_json::from_value(value).map(Self::Failed),
			false => serde_json::from_value(value).map(Self::Placed),
		}
		.map_err(D::Error::custom)
	}
}

/// Parses a key that is there, so that null differs from a missing key.
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
	T::deserialize(deserializer).map(Some)
}

/// The outcomes of a job, as they are reported.
pub struct ReadOutcomes<'a> {
	/// One for each input. The error says why they cannot be read; `None` if the job is a probe or has no answer.
	pub outcomes: Option<Result<&'a [assay_primitives::Outcome], String>>,
	/// The model's outputs, where they are known.
	pub ports: Option<&'a [abi::Port]>,
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		chain,
		fixtures::{job, probe, settled_finding},
	};
	use assay_primitives::{probe::Flaw, FaultCode, Outcome};

	#[test]
	fn a_settled_probe_reports_its_finding() {
		let good = Job::new(&probe(settled_finding(&Ok(()))), None);
		assert!(good.is_success() && good.finding.unwrap().reproduced);
		let flaw = Flaw::GoldenFault(FaultCode::RunFailed);
		let bad = Job::new(&probe(settled_finding(&Err(flaw))), None);
		assert!(!bad.is_success() && bad.statement.is_some());
		assert_eq!(
			bad.finding.unwrap(),
			Finding {
				reproduced: false,
				flaw: Some(FlawName::GoldenFault),
				fault: Some(Fault(FaultCode::RunFailed)),
			}
		);
	}

	#[test]
	fn only_an_answered_probe_has_a_finding() {
		let claiming = chain::JobStatus::Claiming { deadline: 9 };
		let probe = Job::new(&probe(claiming), None);
		assert!(probe.finding.is_none() && probe.deadline == Some(9));
		let other = Job::new(&job(settled_finding(&Ok(()))), None);
		assert!(other.finding.is_none() && other.statement.is_none());
	}

	#[test]
	fn a_job_of_several_inputs_lists_its_outcomes() {
		let outcomes = [Outcome::Fault(FaultCode::Trap), Outcome::Answer(Vec::new())];
		let read = |outcomes: &'static [Outcome]| ReadOutcomes {
			outcomes: Some(Ok(outcomes)),
			ports: None,
		};
		let mut info = job(settled_finding(&Ok(())));
		let leaked: &'static [Outcome] = Vec::from(outcomes).leak();
		let single = Job::new(&info, None).with_outcomes(&read(&leaked[..1]));
		assert_eq!((single.fault, single.outcomes), (Some(Fault(FaultCode::Trap)), None));
		info.items = 2;
		let several = Job::new(&info, None).with_outcomes(&read(leaked));
		assert_eq!(several.faults(), [(0, Fault(FaultCode::Trap))]);
		assert!(!several.is_success());
		assert_eq!(several.outcomes.unwrap().len(), 2);
	}
}
