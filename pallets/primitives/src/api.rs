//! What clients read: one runtime API over all pallets, with every answer whole in one call.

// The macro writes the bounds of a trait's types again at each method.
#![allow(clippy::multiple_bound_locations)]

use crate::{
	batch::Answer,
	key::WorkerKey,
	metadata::Metadata,
	names::{FamilyName, VersionName},
	probe::{BoundedManifest, Flaw, Golden, Stated, Statement},
	terms::{Fee, Periods, Pricing, Security, Terms},
	Artifact, BoundedSpec, EngineId, JobId, ModelId, ModelRef, OutcomeDigest, Payload, TaskId,
};
use alloc::vec::Vec;
use codec::{Codec, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{FixedU128, Perquintill};

/// The most entries a listing returns at once.
pub const PAGE: u32 = 100;

/// Whether a model may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ModelStatus {
	/// No job may ask it yet: it is being reproduced.
	Probation,
	/// New jobs may ask it. It is what its owner states; nobody else stands behind it.
	Open,
	/// New jobs may ask it. Token holders have voted to stand behind it.
	Listed,
	/// No new job may ask it until it is released, which makes it listed or open again, as it was.
	Quarantined { listed: bool },
	/// No new job may ask it, ever again.
	Retired,
	/// It was not reproduced, and may be submitted anew.
	Rejected(Rejection),
}

/// Why a model was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Rejection {
	/// Nobody came to a finding: those drawn could not fetch the file or the golden inputs, or not run them in time, or the owner took
	/// the probe back.
	NotReproduced,
	/// It is not what its owner states.
	Flawed(Flaw),
}

impl ModelStatus {
	/// Whether new jobs may ask a model of this status, on an engine that serves.
	pub fn may_be_asked(&self) -> bool {
		matches!(self, Self::Open | Self::Listed)
	}
}

/// By whose right a model's status changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Authority {
	/// Those who were drawn to reproduce it.
	Committee,
	/// The model's owner.
	Owner,
	/// The origin that decides about models.
	ModelOrigin,
	/// The origin that may quarantine models, and nothing else.
	QuarantineOrigin,
}

/// One change of a model's status.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct StatusChange<BlockNumber> {
	/// The block in which it changed.
	pub at: BlockNumber,
	pub by: Authority,
	/// What it became.
	pub status: ModelStatus,
	/// Hash of the text that says why, wherever that is published.
	pub reason: Option<H256>,
}

/// A model as the registry knows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ModelInfo<AccountId, Balance, BlockNumber> {
	pub id: ModelId,
	pub owner: AccountId,
	pub engine: EngineId,
	pub artifact: Artifact,
	pub spec: BoundedSpec,
	/// What its owner says of it. Nothing once it is rejected.
	pub metadata: Metadata,
	/// What the owner states, and, unless the model is on probation, others have reproduced. Forgotten if it is rejected.
	pub manifest: Option<BoundedManifest>,
	/// With which others have reproduced it, or are to. Forgotten if it is rejected or retired.
	pub golden: Option<Golden>,
	/// Multiply-accumulates that one input takes: those of the manifest.
	pub macs: u64,
	/// What the owner gets for each input answered.
	pub royalty: Balance,
	/// What it will be.
	pub announced: Option<Announced<Balance, BlockNumber>>,
	/// The job in which the model is reproduced, or was the last time.
	pub probe: JobId,
	pub status: ModelStatus,
	/// The block in which the model was submitted.
	pub submitted_at: BlockNumber,
	/// Slots that a request could draw now.
	pub free_slots: u32,
}

/// A royalty that has been announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Announced<Balance, BlockNumber> {
	pub royalty: Balance,
	/// The first block in which requests pay it.
	pub from: BlockNumber,
}

/// A family of models.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct FamilyInfo<AccountId> {
	pub name: FamilyName,
	/// `None` if the family is closed: its versions keep their meaning, and no more are added.
	pub owner: Option<AccountId>,
	/// The version that is meant where none is named.
	pub latest: Option<VersionName>,
	/// In the order of their names.
	pub versions: Vec<(VersionName, ModelId)>,
}

/// What a request would cost and meet now.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Quote<Balance> {
	/// What the requester pays at most, part by part.
	pub fee: Fee<Balance>,
	/// Slots that a request could draw now. With none, a request is refused.
	pub free_slots: u32,
	/// Workers with free slots. A request needs one more than it asks checkers.
	pub servers: u32,
	/// The chance that a false claim would meet nobody honest.
	pub passing: Perquintill,
	/// How many times the average gain of cheating its average loss is. Above one, the request is accepted.
	pub deterrence: FixedU128,
	/// The fewest checkers with which the request would be accepted at this value at risk; `None` if not even the most suffice.
	pub fewest_checkers: Option<u8>,
	/// Blocks in which each step happens at the latest.
	pub periods: JobPeriods,
}

/// The periods of one job, in blocks: those of the protocol and what its work takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct JobPeriods {
	/// To commit, for the executor and again for checkers.
	pub commit: u32,
	/// To reveal.
	pub reveal: u32,
	/// To challenge a provisional result.
	pub window: u32,
	/// For validators to vote in a dispute.
	pub vote: u32,
}

/// Slots of one worker for one model.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct SlotsInfo {
	pub model: ModelId,
	/// Slots the worker keeps in service.
	pub offered: u32,
	/// Slots drawn by jobs that are not settled.
	pub busy: u32,
}

/// A worker, its stake and its record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WorkerInfo<Balance, BlockNumber> {
	pub key: WorkerKey,
	/// Stake that backs slots.
	pub stake: Balance,
	/// Stake on its way out, with the block from which it may be withdrawn.
	pub unbonding: Vec<(Balance, BlockNumber)>,
	pub slots: Vec<SlotsInfo>,
	/// What became of the jobs it was drawn for.
	pub record: WorkerRecord,
}

/// How an account has served since genesis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct WorkerRecord {
	/// Jobs answered in time and not found wrong, audits among them.
	pub answers: u64,
	/// Jobs in which it did not commit in time.
	pub no_shows: u64,
	/// Answers found wrong or not revealed.
	pub wrong: u64,
	/// Audits done.
	pub audits: u64,
	/// Disputes whose verdict confirmed it.
	pub disputes_won: u64,
	/// Disputes whose verdict contradicted it.
	pub disputes_lost: u64,
}

/// Why a job ended without an answer. What was not spent on work that was done went back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RefundReason {
	/// No drawn executor committed in time.
	NoClaim,
	/// Nobody who committed revealed in time.
	NoReveal,
	/// Too few validators agreed in time.
	NoQuorum,
	/// The answers were found wrong, and nobody had the right one.
	AllWrong,
	/// The requester took it back before anybody was bound to an answer.
	Cancelled,
	/// The model was put in quarantine meanwhile.
	Quarantined,
}

/// For what a worker was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Duty {
	/// To answer.
	Executor,
	/// To repeat the work, as the requester wished.
	Checker,
	/// To repeat the work, by chance.
	Auditor,
}

/// How far a worker of a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Standing {
	/// Drawn, and not bound to an answer yet.
	Drawn,
	/// Bound to an answer that nobody else knows: the commitment.
	Committed(H256),
	/// Its answer is known.
	Revealed(OutcomeDigest),
	/// It was bound to an answer and did not reveal it. Its bond is gone.
	Silent,
	/// A verdict contradicts its answer. Its bond is gone.
	Wrong(OutcomeDigest),
}

/// A worker's part in a job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Participant<AccountId> {
	pub worker: AccountId,
	pub duty: Duty,
	pub standing: Standing,
}

/// Why anybody should believe an answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Assurance<Balance> {
	/// The engine that gives this answer, wherever it runs.
	pub engine: EngineId,
	/// Workers besides the executor that came to the same answer, each bound to it before it could know another's.
	pub confirmations: u8,
	/// Whether one of them was drawn by chance.
	pub audited: bool,
	/// What those who gave the answer would have lost together, had it been found wrong.
	pub bond_at_risk: Balance,
	/// The chance that a false claim would have met nobody honest, by the protocol's assumptions when the job was accepted.
	pub passing: Perquintill,
	/// How many times the average gain of cheating its average loss was then.
	pub deterrence: FixedU128,
	/// What the tribunal found, if it was called.
	pub verdict: Option<OutcomeDigest>,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum JobStatus<Balance, BlockNumber> {
	/// The executor is to bind itself to an answer up to and including block `deadline`.
	Claiming { deadline: BlockNumber },
	/// The claim is locked in block `since`; checkers are drawn from randomness younger than it.
	Drawing { since: BlockNumber },
	/// Checkers are to bind themselves to an answer up to and including block `deadline`.
	Checking { deadline: BlockNumber },
	/// All are to reveal up to and including block `deadline`.
	Revealing { deadline: BlockNumber },
	/// Everybody asked agrees. The result may be challenged up to and including block `until`.
	Provisional {
		since: BlockNumber,
		until: BlockNumber,
		digest: OutcomeDigest,
		answer: Answer,
	},
	/// Validators re-execute the task.
	Disputed { since: BlockNumber },
	/// The answer is final on chain.
	Settled {
		at: BlockNumber,
		digest: OutcomeDigest,
		answer: Answer,
		assurance: Assurance<Balance>,
	},
	/// There is no answer, and the fee went back.
	Refunded {
		at: BlockNumber,
		reason: RefundReason,
		verdict: Option<OutcomeDigest>,
	},
}

/// A job, its input and, once there is one, its answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct JobInfo<AccountId, Balance, BlockNumber> {
	pub id: JobId,
	pub requester: AccountId,
	/// The executor first. Empty if none is left.
	pub participants: Vec<Participant<AccountId>>,
	pub model: ModelId,
	pub engine: EngineId,
	pub artifact: Artifact,
	pub spec: BoundedSpec,
	/// In a probe, what the model's owner states of it.
	pub stated: Option<Stated>,
	pub task: TaskId,
	/// How many inputs there are.
	pub items: u32,
	pub input: Payload,
	/// Held until the job ends.
	pub fee: Fee<Balance>,
	pub value_at_risk: Balance,
	pub periods: JobPeriods,
	pub requested_at: BlockNumber,
	pub status: JobStatus<Balance, BlockNumber>,
}

/// Totals since genesis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Stats<Balance> {
	/// Jobs accepted.
	pub requested: u64,
	pub settled: u64,
	pub refunded: u64,
	/// Of the settled jobs, those in which a model was reproduced.
	pub probes: u64,
	/// Inputs of the other settled jobs.
	pub answered: u64,
	/// Jobs with an auditor drawn.
	pub audits: u64,
	/// Jobs that went before the tribunal.
	pub disputes: u64,
	/// Provisional results that a verdict contradicted.
	pub overturned: u64,
	/// Times a drawn worker did not commit in time.
	pub no_shows: u64,
	/// Answers found wrong or not revealed.
	pub wrong: u64,
	/// Taken from the stake of workers: bonds and fines.
	pub slashed: Balance,
	/// Burned, of fees and of slashes.
	pub burned: Balance,
	/// Paid to workers, out of fees and out of the audit fund.
	pub paid_to_workers: Balance,
	/// Paid to model owners.
	pub paid_to_owners: Balance,
}

/// Somebody who says that a provisional result is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ChallengeInfo<AccountId, Balance> {
	pub challenger: AccountId,
	pub digest: OutcomeDigest,
	/// Held until the verdict.
	pub bond: Balance,
}

/// A dispute that is not decided.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DisputeInfo<AccountId, Balance, BlockNumber> {
	pub job: JobId,
	pub opened_at: BlockNumber,
	/// The last block in which votes count.
	pub deadline: BlockNumber,
	/// How many validators may vote.
	pub electorate: u32,
	/// How many agreeing votes make a verdict.
	pub quorum: u32,
	pub tally: Vec<(OutcomeDigest, u32)>,
	pub challenges: Vec<ChallengeInfo<AccountId, Balance>>,
}

/// How a validator has voted in disputes since genesis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct VoterRecord {
	/// Votes that agreed with the verdict.
	pub with_verdict: u64,
	/// Votes that contradicted it.
	pub against_verdict: u64,
	/// Disputes it had not voted in when they were decided or ran out.
	pub absent: u64,
}

/// The parameters that governance sets.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Protocol<Balance> {
	pub pricing: Pricing<Balance>,
	pub periods: Periods,
	pub security: Security<Balance>,
	/// The stake behind each slot.
	pub slot_bond: Balance,
	/// What the audit fund holds.
	pub audit_fund: Balance,
}

sp_api::decl_runtime_apis! {
	/// Everything a client of Assay reads.
	pub trait AssayApi<AccountId: Codec, Balance: Codec, BlockNumber: Codec> {
		/// The model that is meant now; `None` if no family or version has that name.
		fn resolve(model: ModelRef) -> Option<ModelId>;
		/// A family of models.
		fn family(name: FamilyName) -> Option<FamilyInfo<AccountId>>;
		/// Up to [`PAGE`] families that follow `after`, in no order that means anything.
		fn families(after: Option<FamilyName>) -> Vec<FamilyInfo<AccountId>>;
		/// What a submission would cost: the deposit, and what reproducing the model costs at most. The model need not be known.
		fn submission_quote(
			engine: EngineId,
			artifact: Artifact,
			spec: BoundedSpec,
			metadata: Metadata,
			statement: Statement,
		) -> (Balance, Fee<Balance>);
		/// What a request of so many inputs on these terms would cost and meet; `None` if the model is unknown or not open.
		fn quote(model: ModelId, items: u32, terms: Terms<Balance>) -> Option<Quote<Balance>>;
		/// A model, whatever its status.
		fn model(model: ModelId) -> Option<ModelInfo<AccountId, Balance, BlockNumber>>;
		/// Up to [`PAGE`] models whose ids follow `after`, in no order that means anything.
		fn models(after: Option<ModelId>) -> Vec<ModelInfo<AccountId, Balance, BlockNumber>>;
		/// A worker.
		fn worker(account: AccountId) -> Option<WorkerInfo<Balance, BlockNumber>>;
		/// A job; `None` if it never was or its record has been pruned.
		fn job(job: JobId) -> Option<JobInfo<AccountId, Balance, BlockNumber>>;
		/// The dispute over a job; `None` if there is none, or no longer.
		fn dispute(job: JobId) -> Option<DisputeInfo<AccountId, Balance, BlockNumber>>;
		/// How a validator has voted.
		fn voter(account: AccountId) -> VoterRecord;
		/// The parameters in force.
		fn protocol() -> Protocol<Balance>;
		/// Totals since genesis.
		fn stats() -> Stats<Balance>;
		/// The engines the network stands behind.
		fn engines() -> Vec<EngineId>;
		/// The latest changes of a model's status, oldest first. A model without any is on probation.
		fn model_history(model: ModelId) -> Vec<StatusChange<BlockNumber>>;
	}
}
