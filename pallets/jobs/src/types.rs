//! The job, its states and what workers submit.

use crate::Config;
use alloc::vec::Vec;
use assay_primitives::{
	api::{Duty, JobPeriods, Participant, RefundReason, Standing},
	batch::Answer,
	probe::probe_pool,
	terms::{Deterrence, Fee, Odds, SlashSplit, MAX_CHECKERS},
	EngineId, JobId, ModelId, OutcomeDigest, Payload, Stated, TaskId,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::fungible;
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{
	traits::{AtLeast32BitUnsigned, ConstU32, One, Saturating},
	BoundedVec, FixedU128, Perquintill,
};

/// The most steps of one submission: bounds the work of one transaction. A worker with more sends a further one.
pub const MAX_STEPS: u32 = 64;

/// An executor, the most checkers, and an auditor.
pub const MAX_PARTICIPANTS: u32 = MAX_CHECKERS as u32 + 2;

/// How often a silent executor is replaced before the job is given up, and how often missing checkers are before the job goes to the
/// tribunal.
pub const MAX_REPLACEMENTS: u8 = 2;

/// Blocks from a claim to the draw of its checkers: the two whose randomness decides it.
pub const DRAW_DELAY: u32 = 2;

pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

pub type SubmissionOf<T> = Submission<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

pub type JobOf<T> = Job<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// What was agreed when the job was accepted. Governance may change parameters; this stays.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Deal<Balance> {
	pub fee: Fee<Balance>,
	pub value_at_risk: Balance,
	/// The stake behind each slot, lost for a wrong answer.
	pub bond: Balance,
	pub slash: SlashSplit,
	/// What a worker that does not commit in time loses.
	pub fine: Balance,
	/// What a cheat is up against: the malicious share assumed, the chance of an auditor, the share of a bond that is burned.
	pub odds: Odds,
	pub periods: JobPeriods,
	/// The chance that a false claim meets nobody honest.
	pub passing: Perquintill,
	/// How many times the average gain of cheating its average loss is.
	pub deterrence: FixedU128,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Deal<Balance> {
	/// Checkers that the requester pays.
	pub fn checkers(&self) -> u8 {
		self.fee.workers.saturating_sub(1)
	}

	/// Whether cheating loses on average while only `free` of `in_service` slots can be drawn.
	pub fn deters(&self, free: u32, in_service: u32) -> bool {
		let odds = self.odds.crowded(free, in_service);
		Deterrence::new(odds, self.bond, self.checkers(), self.fee.total(), self.value_at_risk).holds()
	}
}

/// What makes a job a probe.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Probation {
	/// The engine whose probers are drawn.
	pub engine: EngineId,
	/// What the model's owner states.
	pub stated: Stated,
}

/// A job.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Job<AccountId, Balance, BlockNumber> {
	pub requester: AccountId,
	/// Who gets the royalty.
	pub owner: AccountId,
	pub model: ModelId,
	/// Whether the model is reproduced, not asked.
	pub probation: Option<Probation>,
	pub task: TaskId,
	/// How many inputs there are.
	pub items: u32,
	pub deal: Deal<Balance>,
	pub requested_at: BlockNumber,
	/// Who was drawn, the executor first. Whoever did not commit in time is taken out.
	pub participants: BoundedVec<Participant<AccountId>, ConstU32<MAX_PARTICIPANTS>>,
	/// Slots reserved for the checkers that are not drawn yet.
	pub reserved: u8,
	/// How often silent workers were replaced in the present state.
	pub replacements: u8,
	/// Whether an auditor was drawn by lot.
	pub audited: bool,
	/// Whether fewer workers were found than promised, so that validators must look.
	pub escalated: bool,
	pub state: JobState<BlockNumber>,
	/// The place of a live job on the agenda: at or before the block in which it is due. The greatest block number while it stands
	/// nowhere, as when it has ended.
	pub agenda: BlockNumber,
}

/// What a job is made of when it is accepted.
pub(crate) struct Accepted<AccountId, Balance> {
	pub requester: AccountId,
	pub owner: AccountId,
	pub model: ModelId,
	pub probation: Option<Probation>,
	pub items: u32,
	pub input: Payload,
	pub deal: Deal<Balance>,
	pub escalated: bool,
}

pub(crate) type AcceptedOf<T> = Accepted<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<AccountId: PartialEq, Balance, BlockNumber> Job<AccountId, Balance, BlockNumber> {
	/// The pool that its workers are drawn from.
	pub fn pool(&self) -> ModelId {
		self.probation
			.map_or(self.model, |probation| probe_pool(probation.engine))
	}

	/// What the model's owner states, in a probe.
	pub fn stated(&self) -> Option<Stated> {
		self.probation.map(|probation| probation.stated)
	}

	/// The part of `worker` in this job.
	pub fn participant(&self, worker: &AccountId) -> Option<&Participant<AccountId>> {
		self.participants
			.iter()
			.find(|participant| participant.worker == *worker)
	}

	/// Sets how far `worker` is.
	pub fn stand(&mut self, worker: &AccountId, standing: Standing) {
		for participant in self.participants.iter_mut() {
			if participant.worker == *worker {
				participant.standing = standing;
			}
		}
	}

	/// How many were drawn for `duty`.
	pub fn count(&self, duty: Duty) -> u8 {
		let count = self.participants.iter().filter(|p| p.duty == duty).count();
		u8::try_from(count).unwrap_or(u8::MAX)
	}

	/// The answers that were revealed, each once.
	pub fn revealed(&self) -> Vec<OutcomeDigest> {
		let mut digests = Vec::new();
		for participant in &self.participants {
			if let Standing::Revealed(digest) | Standing::Wrong(digest) = participant.standing {
				if !digests.contains(&digest) {
					digests.push(digest);
				}
			}
		}
		digests
	}
}

/// How far a job is.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub enum JobState<BlockNumber> {
	/// The executor may commit up to and including `deadline`.
	Claiming { deadline: BlockNumber },
	/// Workers are to be drawn, from randomness younger than block `since`. By `until` they have been, and what they lack is theirs.
	Drawing { since: BlockNumber, until: BlockNumber },
	/// Those drawn may commit up to and including `deadline`.
	Checking { deadline: BlockNumber },
	/// Everybody has committed and may reveal up to and including `deadline`.
	Revealing { deadline: BlockNumber },
	/// All agree. The result may be challenged up to and including `until`.
	Provisional {
		since: BlockNumber,
		until: BlockNumber,
		digest: OutcomeDigest,
	},
	/// The tribunal rules by `until`. `challenged` is the result that was provisional before.
	Disputed {
		since: BlockNumber,
		until: BlockNumber,
		challenged: Option<OutcomeDigest>,
	},
	/// Answered and paid.
	Settled {
		at: BlockNumber,
		digest: OutcomeDigest,
		verdict: Option<OutcomeDigest>,
	},
	/// Ended without an answer.
	Refunded {
		at: BlockNumber,
		reason: RefundReason,
		verdict: Option<OutcomeDigest>,
	},
}

impl<BlockNumber: Copy + Saturating + One> JobState<BlockNumber> {
	/// The block at whose start the agenda acts on a job in this state; `None` if the job has ended.
	pub fn due(&self) -> Option<BlockNumber> {
		let last = match self {
			Self::Claiming { deadline } | Self::Checking { deadline } | Self::Revealing { deadline } => deadline,
			Self::Drawing { until, .. } | Self::Provisional { until, .. } | Self::Disputed { until, .. } => until,
			Self::Settled { .. } | Self::Refunded { .. } => return None,
		};
		Some(last.saturating_add(One::one()))
	}

	/// The block in which the job ended; `None` if it has not.
	pub fn ended_at(&self) -> Option<BlockNumber> {
		match self {
			Self::Settled { at, .. } | Self::Refunded { at, .. } => Some(*at),
			_ => None,
		}
	}

	/// Whether the fee is still held.
	pub fn is_live(&self) -> bool {
		self.ended_at().is_none()
	}
}

/// Jobs whose workers are to be drawn at the end of one block.
#[derive(
	Clone,
	PartialEq,
	Eq,
	Encode,
	Decode,
	MaxEncodedLen,
	TypeInfo,
	frame_support::DebugNoBound,
	frame_support::DefaultNoBound,
)]
#[codec(mel_bound())]
#[scale_info(skip_type_params(MaxDraws))]
pub struct DrawList<MaxDraws: frame_support::traits::Get<u32>> {
	/// Each with the number of workers to draw, one at least.
	pub jobs: BoundedVec<(JobId, u8), MaxDraws>,
}

impl<MaxDraws: frame_support::traits::Get<u32>> DrawList<MaxDraws> {
	/// Workers to draw in all.
	pub fn workers(&self) -> u32 {
		self.jobs
			.iter()
			.fold(0u32, |sum, (_, workers)| sum.saturating_add((*workers).into()))
	}
}

/// What one worker submits, at most once a block however many jobs it has.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub struct Submission<AccountId, BlockNumber> {
	pub worker: AccountId,
	/// The block on whose state it rests. A later submission takes the place of an earlier one in the pool, so that one that some
	/// pools have refused, as they did not know that block yet, is not lost.
	pub at: BlockNumber,
	/// Strictly ascending by job, not empty.
	pub steps: BoundedVec<Step, ConstU32<MAX_STEPS>>,
}

/// A worker's next step in one job.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub enum Step {
	/// Binds the worker to an answer.
	Commit {
		job: JobId,
		/// [`assay_primitives::key::commitment`].
		commitment: H256,
	},
	/// Opens the commitment.
	Reveal {
		job: JobId,
		digest: OutcomeDigest,
		salt: H256,
		/// The answer with that digest; may be left out if somebody has revealed it before.
		answer: Option<Answer>,
	},
}

impl Step {
	pub fn job(&self) -> JobId {
		match self {
			Self::Commit { job, .. } | Self::Reveal { job, .. } => *job,
		}
	}
}

impl<AccountId: Encode, BlockNumber: Encode> Submission<AccountId, BlockNumber> {
	/// What the worker signs.
	pub fn message(&self, genesis: H256) -> Vec<u8> {
		(b"assay/submit", genesis, self).encode()
	}
}

impl<AccountId, BlockNumber> Submission<AccountId, BlockNumber> {
	/// Steps that commit.
	pub fn commits(&self) -> u32 {
		let commits = self.steps.iter().filter(|step| matches!(step, Step::Commit { .. }));
		u32::try_from(commits.count()).unwrap_or(u32::MAX)
	}

	/// Steps that reveal.
	pub fn reveals(&self) -> u32 {
		let reveals = self.steps.iter().filter(|step| matches!(step, Step::Reveal { .. }));
		u32::try_from(reveals.count()).unwrap_or(u32::MAX)
	}
}
