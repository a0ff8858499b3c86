//! Workers and validators.

use super::job::{Job, JobStatusName};
use crate::{
	chain::{encode_hex, DisputeInfo, JobInfo, WorkerInfo},
	AccountId32, Amount,
};
use assay_primitives::{
	api::{Verdict, VoterRecord},
	EngineId, JobId, ModelId, OutcomeDigest,
};

documents! {
	/// Stake that is unbonding.
	pub struct UnbondingChunk {
		/// The amount.
		pub amount: Amount,
		/// The block from which it can be withdrawn.
		pub matures_at: u32,
	}

	/// A worker's slots for one model, or for probes.
	pub struct WorkerSlots {
		/// The model, or the pool of probes.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// The model's title; null for probes.
		pub title: Option<String>,
		/// The engine whose new models are reproduced; null for a model.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		pub probes_of: Option<EngineId>,
		/// Slots that the worker offers.
		pub offered: u32,
		/// Slots that are busy with jobs.
		pub busy: u32,
	}

	/// A worker.
	pub struct Worker {
		/// Its account.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub worker: AccountId32,
		/// The key with which its node signs.
		pub key: String,
		/// Its stake.
		pub stake: Amount,
		/// Stake that is unbonding.
		pub unbonding: Vec<UnbondingChunk>,
		/// Jobs that it answered in time and was not found wrong in, including audits.
		pub answers: u64,
		/// Audits that it did.
		pub audits: u64,
		/// Jobs in which it did not commit in time.
		pub no_shows: u64,
		/// Answers that were wrong or not revealed.
		pub slashed_answers: u64,
		/// Disputes whose verdict confirmed it.
		pub disputes_won: u64,
		/// Disputes whose verdict contradicted it.
		pub disputes_lost: u64,
		/// Its slots.
		pub slots: Vec<WorkerSlots>,
	}

	/// A worker that was registered.
	pub struct RegisteredWorker {
		/// Its account.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub worker: AccountId32,
		/// Its stake.
		pub stake: Amount,
		/// The key with which its node signs.
		pub key: String,
	}

	/// The slots that a worker offers for one model, or for probes.
	pub struct OfferedSlots {
		/// The model, or the pool of probes.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// The model's title; null for probes.
		pub title: Option<String>,
		/// The engine whose new models are reproduced; null for a model.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		pub probes_of: Option<EngineId>,
		/// Slots that are offered.
		pub slots: u32,
	}

	/// Stake that was added.
	pub struct BondedStake {
		/// The amount added.
		pub bonded: Amount,
	}

	/// Stake that began to unbond.
	pub struct UnbondingStake {
		/// The amount that began to unbond.
		pub unbonding: Amount,
	}

	/// Stake that was withdrawn.
	pub struct WithdrawnStake {
		/// The amount withdrawn.
		pub withdrawn: Amount,
	}

	/// Votes for one answer.
	pub struct AnswerVotes {
		/// The answer's digest.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub digest: OutcomeDigest,
		/// The number of validators that voted for it.
		pub votes: u32,
	}

	/// A challenge of an answer.
	pub struct DisputeChallenge {
		/// The challenger.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub challenger: AccountId32,
		/// The digest of its answer.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub digest: OutcomeDigest,
		/// The bond that is held until the verdict.
		pub bond: Amount,
	}

	/// The dispute over a job.
	pub struct Dispute {
		/// The job.
		#[cfg_attr(test, schemars(with = "u64"))]
		pub job: JobId,
		/// Whether validators can still vote.
		pub open: bool,
		/// The job's status.
		pub status: JobStatusName,
		/// The block in which it began. Only while the dispute is open.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub opened_at: Option<u32>,
		/// The round of votes, from 1 on. Only while the dispute is open.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub round: Option<u32>,
		/// The last block of the round. Without a verdict another one follows. Only while the dispute is open.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub deadline: Option<u32>,
		/// The number of validators that may vote in this round. Only while the dispute is open.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub electorate: Option<u32>,
		/// The number of votes for one answer that decides. Only while the dispute is open.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub quorum: Option<u32>,
		/// The votes for each answer, those of earlier rounds included. Only while the dispute is open.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub tally: Option<Vec<AnswerVotes>>,
		/// The number of validators that voted that the job cannot be run. Only while the dispute is open.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub not_runnable: Option<u32>,
		/// The challenges; empty if the workers themselves disagreed. Only while the dispute is open.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub challenges: Option<Vec<DisputeChallenge>>,
		/// The digest of the validators' answer; null if there is none. While the dispute is open, the answer with this
		/// digest is awaited.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		pub verdict: Option<OutcomeDigest>,
	}

	/// The record of a validator in disputes.
	pub struct Voter {
		/// Its account.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub validator: AccountId32,
		/// Votes that agreed with the verdict.
		pub with_verdict: u64,
		/// Votes for another answer than that of the verdict.
		pub against_verdict: u64,
		/// Rounds that ended without its vote.
		pub absent: u64,
	}
}

impl Worker {
	/// Reports a worker.
	pub fn new(account: AccountId32, worker: &WorkerInfo, slots: Vec<WorkerSlots>) -> Self {
		let record = &worker.record;
		Self {
			worker: account,
			key: encode_hex(&worker.key),
			stake: Amount(worker.stake),
			unbonding: worker
				.unbonding
				.iter()
				.map(|(amount, matures_at)| UnbondingChunk {
					amount: Amount(*amount),
					matures_at: *matures_at,
				})
				.collect(),
			answers: record.answers,
			audits: record.audits,
			no_shows: record.no_shows,
			slashed_answers: record.wrong,
			disputes_won: record.disputes_won,
			disputes_lost: record.disputes_lost,
			slots,
		}
	}
}

impl Dispute {
	/// Reports an open dispute.
	pub fn open(dispute: &DisputeInfo) -> Self {
		Self {
			job: dispute.job,
			open: true,
			status: JobStatusName::Disputed,
			opened_at: Some(dispute.opened_at),
			round: Some(dispute.round),
			deadline: Some(dispute.deadline),
			electorate: Some(dispute.electorate),
			quorum: Some(dispute.quorum),
			tally: Some(
				dispute
					.tally
					.iter()
					.filter_map(|(verdict, votes)| {
						Some(AnswerVotes {
							digest: verdict.digest()?,
							votes: *votes,
						})
					})
					.collect(),
			),
			not_runnable: Some(
				dispute
					.tally
					.iter()
					.find(|(verdict, _)| *verdict == Verdict::NotRunnable)
					.map_or(0, |(_, votes)| *votes),
			),
			challenges: Some(
				dispute
					.challenges
					.iter()
					.map(|challenge| DisputeChallenge {
						challenger: challenge.challenger,
						digest: challenge.digest,
						bond: Amount(challenge.bond),
					})
					.collect(),
			),
			verdict: dispute.awaited,
		}
	}

	/// Reports that a job is not disputed now.
	pub fn closed(job: &JobInfo) -> Self {
		Self {
			job: job.id,
			open: false,
			status: (&job.status).into(),
			opened_at: None,
			round: None,
			deadline: None,
			electorate: None,
			quorum: None,
			tally: None,
			not_runnable: None,
			challenges: None,
			verdict: Job::new(job, None).verdict,
		}
	}
}

impl Voter {
	/// Reports how a validator has voted.
	pub fn new(validator: AccountId32, record: &VoterRecord) -> Self {
		Self {
			validator,
			with_verdict: record.with_verdict,
			against_verdict: record.against_verdict,
			absent: record.absent,
		}
	}
}
