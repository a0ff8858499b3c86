//! Jobs, as clients read them.

use crate::{
	batch::Answer,
	bounds::{Backing, Bound},
	terms::Fee,
	Artifact, BoundedSpec, EngineId, JobId, ModelId, OutcomeDigest, Payload, StatementDigest, TaskId,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{FixedU128, Perquintill};

/// What a request would cost now, and whether it would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Quote<Balance> {
	/// The maximum that the requester pays, by part.
	pub fee: Fee<Balance>,
	/// The number of slots from which an executor could be drawn now. A request is refused if there is none.
	pub free_slots: u32,
	/// The number of checks that could be promised now. A request needs one for each checker, and one for an auditor if
	/// there is a worker to spare.
	pub free_checks: u32,
	/// The number of workers from which checkers are drawn. A request with checkers needs one more than it has.
	pub available_workers: u32,
	/// What the answer would rest on. The executor gets as many slots as the value at risk takes.
	pub backing: Backing<Balance>,
	/// The probability that a false claim would meet no honest worker, under these odds.
	pub evasion_probability: Perquintill,
	/// The average loss of a cheat by the draw divided by its average gain, under these odds.
	pub deterrence: FixedU128,
	/// The bound by which the request would be refused; `None` if it would not.
	pub exceeded: Option<Bound>,
	/// The maximum value at risk that would be accepted with as many checkers and such a window.
	pub most_at_risk: Balance,
	/// What limits it.
	pub bound: Bound,
	/// The minimum number of checkers with which the request would be accepted at this value at risk; `None` if the
	/// maximum does not suffice.
	pub min_checkers: Option<u8>,
	/// The maximum number of blocks of each step.
	pub periods: JobPeriods,
}

/// The periods of one job, in blocks: those of the protocol plus those for its work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct JobPeriods {
	/// For the executor to commit, and again for the checkers.
	pub commit: u32,
	/// For all of them to reveal.
	pub reveal: u32,
	/// For challenges of a provisional result.
	pub window: u32,
	/// For validators to vote in a dispute.
	pub vote: u32,
}

impl JobPeriods {
	/// Returns the blocks for which the executor's slots are busy at most, if nobody is replaced, no draw waits for
	/// room and nothing is disputed: it and the checkers commit, all reveal, and the window passes.
	pub fn undisputed(&self) -> u32 {
		self.commit
			.saturating_mul(2)
			.saturating_add(self.reveal)
			.saturating_add(self.window)
	}
}

/// Why a job ended without an answer. The requester got back what was not paid for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RefundReason {
	/// No executor committed in time.
	NoClaim,
	/// No worker revealed in time.
	NoReveal,
	/// The validators decided that the task cannot be run. Workers that had answered were paid.
	NotRunnable,
	/// All answers were found wrong, and nobody brought the right one.
	AllWrong,
	/// The requester cancelled the job before a worker committed to an answer.
	Cancelled,
	/// The model was put in quarantine.
	Quarantined,
	/// Fewer checkers than promised could be found, and the answers that were revealed agree.
	TooFewCheckers,
}

/// The role for which a worker was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Role {
	/// Answers.
	Executor,
	/// Repeats the work because the requester asked for checkers.
	Checker,
	/// Repeats the work by chance.
	Auditor,
}

/// The status of a participant in a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum ParticipantStatus {
	/// It was drawn, and has not committed to an answer yet.
	Drawn,
	/// It has committed to an answer that no other participant knows. This is the commitment.
	Committed(H256),
	/// It has revealed its answer.
	Revealed(OutcomeDigest),
	/// It committed to an answer, did not reveal it, and lost its bond.
	Silent,
	/// A verdict contradicted its answer, and it lost its bond.
	Wrong(OutcomeDigest),
}

/// A worker that takes part in a job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Participant<AccountId> {
	pub worker: AccountId,
	pub role: Role,
	pub status: ParticipantStatus,
}

/// The reasons to believe an answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Assurance<Balance> {
	/// The engine that gives this answer, wherever it runs.
	pub engine: EngineId,
	/// The number of workers besides the executor that gave the same answer. Each committed to it before it could know
	/// another's.
	pub confirmations: u8,
	/// Whether one of them was drawn by chance.
	pub audited: bool,
	/// What the workers that gave the answer would have lost in total if it had been found wrong.
	pub bond_at_risk: Balance,
	/// What the job was judged by when it was accepted.
	pub backing: Backing<Balance>,
	/// The probability that a false claim would have met no honest worker, under these odds.
	pub evasion_probability: Perquintill,
	/// The average loss of a cheat by the draw divided by its average gain, under these odds.
	pub deterrence: FixedU128,
	/// The verdict, if there was a dispute.
	pub verdict: Option<OutcomeDigest>,
}

/// The status of a job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum JobStatus<Balance, BlockNumber> {
	/// The executor may commit to an answer up to and including block `deadline`.
	Claiming { deadline: BlockNumber },
	/// The claim is in block `since`. Checkers are drawn from younger randomness.
	Drawing { since: BlockNumber },
	/// Checkers may commit to an answer up to and including block `deadline`.
	Checking { deadline: BlockNumber },
	/// All participants may reveal up to and including block `deadline`.
	Revealing { deadline: BlockNumber },
	/// All participants agree. The result may be challenged up to and including block `until`, and longer if blocks
	/// until then have no room for a challenge.
	Provisional {
		since: BlockNumber,
		until: BlockNumber,
		digest: OutcomeDigest,
		answer: Answer,
	},
	/// All validators re-execute the task.
	Disputed { since: BlockNumber },
	/// The answer is final on chain.
	Settled {
		at: BlockNumber,
		digest: OutcomeDigest,
		answer: Answer,
		assurance: Assurance<Balance>,
	},
	/// There is no answer, and the fee was refunded.
	Refunded {
		at: BlockNumber,
		reason: RefundReason,
		verdict: Option<OutcomeDigest>,
	},
}

/// A job with its input and, once there is one, its answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct JobInfo<AccountId, Balance, BlockNumber> {
	pub id: JobId,
	pub requester: AccountId,
	/// The executor first. Empty if there is none left.
	pub participants: Vec<Participant<AccountId>>,
	pub model: ModelId,
	pub engine: EngineId,
	pub artifact: Artifact,
	pub spec: BoundedSpec,
	/// The owner's statement about the model, if the job is a probe.
	pub statement: Option<StatementDigest>,
	pub task: TaskId,
	/// The number of items in `input`.
	pub items: u32,
	pub input: Payload,
	/// On hold until the job ends.
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
	/// Settled jobs that were probes.
	pub probes: u64,
	/// Items of the other settled jobs.
	pub answered_items: u64,
	/// Jobs for which an auditor was drawn.
	pub audits: u64,
	/// Jobs that were disputed.
	pub disputes: u64,
	/// Provisional results that a verdict contradicted.
	pub overturned: u64,
	/// Drawn workers that did not commit in time.
	pub no_shows: u64,
	/// Answers found wrong or not revealed.
	pub wrong: u64,
	/// Taken from the stake of workers: bonds and fines.
	pub slashed: Balance,
	/// Burned out of fees and slashes.
	pub burned: Balance,
	/// Paid to workers, out of fees and out of the audit fund.
	pub paid_to_workers: Balance,
	/// Paid to model owners.
	pub paid_to_owners: Balance,
}
