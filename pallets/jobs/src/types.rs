//! The job, its states, and what workers submit.

use crate::Config;
use alloc::vec::Vec;
use assay_primitives::{
	api::{JobPeriods, Participant, ParticipantStatus, RefundReason, Role},
	batch::Answer,
	bounds::{Backing, Capacity, Odds},
	terms::{Fee, SlashSplit, MAX_CHECKERS},
	EngineId, JobId, ModelId, OutcomeDigest, Payload, StatementDigest, TaskId,
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

/// The maximum number of steps of one submission: bounds the work of one transaction. A worker with more sends another.
pub const MAX_STEPS: u32 = 48;

/// An executor, the maximum number of checkers, and an auditor.
pub const MAX_PARTICIPANTS: u32 = MAX_CHECKERS as u32 + 2;

/// The number of times that a silent executor is replaced before the job is refunded, and that the places of checkers
/// which are silent or could not be drawn are drawn again.
pub const MAX_REPLACEMENTS: u8 = 2;

/// Blocks from a claim to the draw of its checkers: the randomness of these two decides the draw.
pub const DRAW_DELAY: u32 = 2;

pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

pub type SubmissionOf<T> = Submission<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

pub type JobOf<T> = Job<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// The terms agreed when the job was accepted. They stay when governance changes parameters.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct AgreedTerms<Balance> {
	pub fee: Fee<Balance>,
	pub value_at_risk: Balance,
	/// The stake behind each slot, lost for a wrong answer.
	pub bond: Balance,
	/// The number of slots of the executor.
	pub slots: u8,
	pub slash: SlashSplit,
	/// What a worker loses if it does not commit in time.
	pub fine: Balance,
	/// The odds of a cheat.
	pub odds: Odds,
	/// What stood behind the model's answers at the request.
	pub capacity: Capacity,
	pub periods: JobPeriods,
	/// Blocks granted for running the task once, which the periods contain.
	pub work: u32,
	/// The probability that a false claim meets no honest worker.
	pub evasion_probability: Perquintill,
	/// The average loss of a cheat divided by its average gain.
	pub deterrence: FixedU128,
}

impl<Balance: AtLeast32BitUnsigned + Copy> AgreedTerms<Balance> {
	/// Returns the number of checkers that the requester pays.
	pub fn checkers(&self) -> u8 {
		self.fee.workers.saturating_sub(1)
	}

	/// Returns what the answer rests on.
	pub fn backing(&self) -> Backing<Balance> {
		Backing {
			odds: self.odds,
			capacity: self.capacity,
			bond: self.bond,
			slots: self.slots,
			checkers: self.checkers(),
		}
	}

	/// Returns the stake that a worker in this role loses for a wrong answer.
	pub fn bonds_of(&self, role: Role) -> Balance {
		match role {
			Role::Executor => self.bond.saturating_mul(self.slots.into()),
			Role::Checker | Role::Auditor => self.bond,
		}
	}

	/// Returns what a worker in this role gets.
	pub fn pay_of(&self, role: Role) -> Balance {
		match role {
			Role::Executor => self.fee.pay.saturating_add(self.fee.rent),
			Role::Checker | Role::Auditor => self.fee.pay,
		}
	}

	/// Returns the maximum number of workers that one draw for the job draws: the checkers, and the auditor that chance
	/// may call for.
	pub fn draws(&self) -> u32 {
		u32::from(self.checkers()).saturating_add(1)
	}
}

/// What a job is about.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub enum Subject {
	/// The answer of a model to a requester's input.
	Inference,
	/// Whether a model is what its owner states.
	Probe {
		/// The engine whose probers are drawn.
		engine: EngineId,
		statement: StatementDigest,
	},
}

/// A job.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Job<AccountId, Balance, BlockNumber> {
	pub requester: AccountId,
	/// The account that gets the royalty.
	pub owner: AccountId,
	pub model: ModelId,
	pub subject: Subject,
	pub task: TaskId,
	/// The number of items in the input.
	pub items: u32,
	pub terms: AgreedTerms<Balance>,
	pub requested_at: BlockNumber,
	/// The drawn workers, the executor first, without those that did not commit in time.
	pub participants: BoundedVec<Participant<AccountId>, ConstU32<MAX_PARTICIPANTS>>,
	/// The number of times that silent workers were replaced, or places without a worker drawn again, in the current
	/// state.
	pub replacements: u8,
	/// The fines of workers that did not commit in time. They pay the others if the job ends because of them.
	pub fines: Balance,
	/// Whether chance called for an auditor.
	pub audited: bool,
	/// Whether fewer workers were available at the request than the subject needs, so that the validators must
	/// re-execute the task.
	pub escalated: bool,
	pub state: JobState<BlockNumber>,
	/// The block of the agenda at which the job is listed, at or before the one in which it is due. `None` while the
	/// job is disputed, and once it has ended.
	pub agenda: Option<BlockNumber>,
}

/// A job that is about to be accepted.
pub(crate) struct NewJob<AccountId, Balance> {
	pub requester: AccountId,
	pub owner: AccountId,
	pub model: ModelId,
	pub subject: Subject,
	pub items: u32,
	pub input: Payload,
	pub terms: AgreedTerms<Balance>,
	pub escalated: bool,
}

pub(crate) type NewJobOf<T> = NewJob<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<AccountId: PartialEq, Balance: AtLeast32BitUnsigned + Copy, BlockNumber> Job<AccountId, Balance, BlockNumber> {
	/// Returns the pool from which its workers are drawn.
	pub fn pool(&self) -> ModelId {
		self.subject.pool(self.model)
	}

	/// Returns the participant with the account `worker`.
	pub fn participant(&self, worker: &AccountId) -> Option<&Participant<AccountId>> {
		self.participants
			.iter()
			.find(|participant| participant.worker == *worker)
	}

	/// Sets the status of `worker`.
	pub fn set_status(&mut self, worker: &AccountId, status: ParticipantStatus) {
		for participant in self.participants.iter_mut() {
			if participant.worker == *worker {
				participant.status = status;
			}
		}
	}

	/// Returns the number of participants with this `role`.
	pub fn count(&self, role: Role) -> u8 {
		let count = self.participants.iter().filter(|p| p.role == role).count();
		u8::try_from(count).unwrap_or(u8::MAX)
	}

	/// Returns the numbers of checkers and auditors that the job lacks.
	pub fn missing(&self) -> (u8, u8) {
		let checkers = self.terms.checkers().saturating_sub(self.count(Role::Checker));
		let auditors = u8::from(self.audited).saturating_sub(self.count(Role::Auditor));
		(checkers, auditors)
	}

	/// Whether the job has fewer participants than it was promised.
	pub fn is_understaffed(&self) -> bool {
		self.missing() != (0, 0)
	}

	/// Whether the answer of some participant has not been committed to yet.
	pub fn awaits_commitment(&self) -> bool {
		self.participants.iter().any(|p| p.status == ParticipantStatus::Drawn)
	}

	/// Whether some commitment has not been opened yet.
	pub fn awaits_reveal(&self) -> bool {
		self.participants
			.iter()
			.any(|p| matches!(p.status, ParticipantStatus::Committed(_)))
	}

	/// Returns the revealed answers, each once.
	pub fn revealed(&self) -> Vec<OutcomeDigest> {
		let mut digests = Vec::new();
		for participant in &self.participants {
			if let ParticipantStatus::Revealed(digest) | ParticipantStatus::Wrong(digest) = participant.status {
				if !digests.contains(&digest) {
					digests.push(digest);
				}
			}
		}
		digests
	}
}

/// The state of a job.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub enum JobState<BlockNumber> {
	/// The executor may commit up to and including `deadline`.
	Claiming { deadline: BlockNumber },
	/// Workers are to be drawn from randomness younger than block `since`. The agenda looks at the job after `until`.
	Drawing { since: BlockNumber, until: BlockNumber },
	/// The drawn workers may commit up to and including `deadline`.
	Checking { deadline: BlockNumber },
	/// All participants have committed and may reveal up to and including `deadline`.
	Revealing { deadline: BlockNumber },
	/// All agree. The result may be challenged while fewer than `closes_at` blocks with room for a challenge have
	/// ended, and so up to and including `until` at the earliest. The agenda looks at the job after `until`.
	Provisional {
		since: BlockNumber,
		until: BlockNumber,
		closes_at: u64,
		digest: OutcomeDigest,
	},
	/// The tribunal will rule, whose rounds have no end in time. `challenged` is the result that was provisional
	/// before.
	Disputed {
		since: BlockNumber,
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
	/// Returns the block at the start of which the agenda acts on a job in this state; `None` if the job has ended or
	/// is disputed.
	pub fn due(&self) -> Option<BlockNumber> {
		let last = match self {
			Self::Claiming { deadline } | Self::Checking { deadline } | Self::Revealing { deadline } => deadline,
			Self::Drawing { until, .. } | Self::Provisional { until, .. } => until,
			Self::Disputed { .. } | Self::Settled { .. } | Self::Refunded { .. } => return None,
		};
		Some(last.saturating_add(One::one()))
	}

	/// Returns the block in which the job ended; `None` if it has not.
	pub fn ended_at(&self) -> Option<BlockNumber> {
		match self {
			Self::Settled { at, .. } | Self::Refunded { at, .. } => Some(*at),
			_ => None,
		}
	}

	/// Whether workers may still be drawn for a job in this state, besides another executor.
	pub fn may_draw(&self) -> bool {
		matches!(
			self,
			Self::Claiming { .. } | Self::Drawing { .. } | Self::Checking { .. }
		)
	}

	/// Whether the fee is still on hold.
	pub fn is_live(&self) -> bool {
		self.ended_at().is_none()
	}
}

/// The jobs for which workers are drawn at the end of one block.
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
	/// Each job with the number of workers to draw, at least one.
	pub jobs: BoundedVec<(JobId, u8), MaxDraws>,
}

impl<MaxDraws: frame_support::traits::Get<u32>> DrawList<MaxDraws> {
	/// Returns the number of workers to draw in total.
	pub fn workers(&self) -> u32 {
		self.jobs
			.iter()
			.fold(0u32, |sum, (_, workers)| sum.saturating_add((*workers).into()))
	}
}

/// The steps of one worker in all its jobs. It submits at most one of these in a block.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub struct Submission<AccountId, BlockNumber> {
	pub worker: AccountId,
	/// The block on which the submission is based, at most [`LONGEVITY`](assay_primitives::submission::LONGEVITY)
	/// blocks ago. A later submission replaces an earlier one in the pool: some pools may have refused the earlier one
	/// because they did not know its block yet.
	pub at: BlockNumber,
	/// Strictly ascending by job, not empty.
	pub steps: BoundedVec<Step, ConstU32<MAX_STEPS>>,
}

/// A worker's next step in one job. It names the job's task: two forks may have different jobs under one number, and a
/// step for the one is not valid for the other.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub enum Step {
	/// Binds the worker to an answer.
	Commit {
		job: JobId,
		task: TaskId,
		/// See [`assay_primitives::key::commitment`].
		commitment: H256,
	},
	/// Opens the commitment.
	Reveal {
		job: JobId,
		task: TaskId,
		digest: OutcomeDigest,
		salt: H256,
		/// The answer with that digest. Left out if another worker has revealed it: the pool refuses an answer that is
		/// on chain already.
		answer: Option<Answer>,
	},
}

impl Step {
	/// Returns the job in which the step is taken.
	pub fn job(&self) -> JobId {
		match self {
			Self::Commit { job, .. } | Self::Reveal { job, .. } => *job,
		}
	}

	/// Returns the task that the job must have.
	pub fn task(&self) -> TaskId {
		match self {
			Self::Commit { task, .. } | Self::Reveal { task, .. } => *task,
		}
	}

	/// Whether the step opens a commitment.
	pub fn is_reveal(&self) -> bool {
		matches!(self, Self::Reveal { .. })
	}

	/// Whether the step carries an answer.
	pub fn has_answer(&self) -> bool {
		matches!(self, Self::Reveal { answer: Some(_), .. })
	}
}

impl<AccountId: Encode, BlockNumber: Encode> Submission<AccountId, BlockNumber> {
	/// Returns the message that the worker signs. It names the chain, so that a submission is valid on no other.
	pub fn message(&self, genesis: H256) -> Vec<u8> {
		(b"assay/submit", genesis, self).encode()
	}
}

impl<AccountId, BlockNumber> Submission<AccountId, BlockNumber> {
	/// Returns the number of steps that commit.
	pub fn commits(&self) -> u32 {
		let steps = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
		steps.saturating_sub(self.reveals())
	}

	/// Returns the number of steps that reveal.
	pub fn reveals(&self) -> u32 {
		let reveals = self.steps.iter().filter(|step| step.is_reveal());
		u32::try_from(reveals.count()).unwrap_or(u32::MAX)
	}
}
