//! Whether a challenge, a validator's ballot or an awaited answer may enter the pool or a block. Cheap checks come
//! first, the signature last.
//!
//! Each is authorised only if it succeeds now, so blocks cannot be filled with free failures: a ballot if every vote in
//! it is due, a challenge if its bond can be held. The pool drops what becomes stale, and the node submits the rest
//! again.

use crate::{
	electorate::Seats, Ballot, BallotOf, Config, Dispute, Disputes, Error, HoldReason, NewChallengeOf, Pallet, Vote,
	Votes, CHALLENGE_LIFETIME,
};
use assay_primitives::{api::Verdict, batch::Answer, key::VoterSignature, submission, JobId, TaskId};
use codec::Encode;
use frame_support::{ensure, pallet_prelude::*, traits::fungible::hold::Inspect as _};
use frame_system::{offchain::SigningTypes, pallet_prelude::BlockNumberFor};
use sp_core::H256;
use sp_runtime::{
	traits::{Saturating, Verify, Zero},
	transaction_validity::{
		InvalidTransaction, TransactionLongevity, TransactionPriority, TransactionSource, TransactionValidityError,
		ValidTransaction,
	},
};

/// Blocks for which an awaited answer may wait in the pool. The off-chain worker submits it again before that.
const ANSWER_LONGEVITY: TransactionLongevity = 16;

/// A vote that is due.
pub(crate) struct DueVote<T: Config> {
	pub dispute: Dispute<T>,
	pub validator: T::AccountId,
	/// The validator's earlier vote, which this one would replace.
	pub previous: Option<Verdict>,
}

type Validity = Result<(ValidTransaction, Weight), TransactionValidityError>;

impl<T: Config> Pallet<T> {
	/// Authorises a challenge. Its priority is the highest there is and the same for all: no tip, submission or later
	/// challenge of the account displaces one. An account has at most one in the pool.
	pub(crate) fn authorize_challenge(
		_source: TransactionSource,
		challenge: &NewChallengeOf<T>,
		signature: &<T as SigningTypes>::Signature,
	) -> Validity {
		let (challenger, at) = (&challenge.challenger, challenge.at);
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(at <= now, InvalidTransaction::Future);
		ensure!(
			now <= at.saturating_add(CHALLENGE_LIFETIME.into()),
			InvalidTransaction::Stale
		);
		Self::challenge_target(challenge).map_err(|_| InvalidTransaction::Stale)?;
		ensure!(
			T::Currency::can_hold(&HoldReason::ChallengeBond.into(), challenger, T::ChallengeBond::get()),
			InvalidTransaction::Payment
		);
		let message = challenge.message(Self::genesis());
		ensure!(signature.verify(&message[..], challenger), InvalidTransaction::BadProof);
		let valid = ValidTransaction::with_tag_prefix("assay/challenge")
			.priority(TransactionPriority::MAX)
			.longevity(CHALLENGE_LIFETIME.into())
			.and_provides(challenger.encode())
			.propagate(true)
			.build()?;
		Ok((valid, Weight::zero()))
	}

	pub(crate) fn authorize_vote(
		_source: TransactionSource,
		ballot: &BallotOf<T>,
		signature: &VoterSignature,
	) -> Validity {
		let Ballot { voter, at, votes } = ballot;
		let now = frame_system::Pallet::<T>::block_number();
		submission::ensure_well_formed(*at, now, votes.iter().map(|vote| vote.job))?;
		let mut seats = Seats::<T>::of(voter);
		for vote in votes {
			Self::ensure_due(&mut seats, vote).map_err(|_| InvalidTransaction::Stale)?;
		}
		submission::ensure_signed(voter, &ballot.message(Self::genesis()), signature)?;
		let valid = submission::describe("assay/vote", voter, *at, votes.iter().map(|vote| vote.job))?;
		Ok((valid, Weight::zero()))
	}

	/// Authorises the awaited answer, whoever brings it: the verdict names it, so it needs no signature.
	pub(crate) fn authorize_answer(
		_source: TransactionSource,
		job: &JobId,
		task: &TaskId,
		answer: &Answer,
	) -> Validity {
		Self::awaiting_dispute(*job, *task, answer).map_err(|_| InvalidTransaction::Stale)?;
		let valid = ValidTransaction::with_tag_prefix("assay/answer")
			.priority(TransactionPriority::MAX / 2)
			.longevity(ANSWER_LONGEVITY)
			.and_provides((job, task).encode())
			.propagate(true)
			.build()?;
		Ok((valid, Weight::zero()))
	}

	/// Returns the vote of the validator on `job`, if one is due: until the next round begins, which may be late. Only
	/// a vote that the task cannot be run may be replaced.
	pub(crate) fn due_vote(seats: &mut Seats<T>, job: JobId) -> Result<DueVote<T>, Error<T>> {
		let dispute = Disputes::<T>::get(job).ok_or(Error::NotDue)?;
		ensure!(dispute.awaited.is_none(), Error::NotDue);
		let validator = seats.find(dispute.electorate).ok_or(Error::NotDue)?;
		let previous = Votes::<T>::get(job, &validator);
		ensure!(!matches!(previous, Some(Verdict::Outcome(_))), Error::NotDue);
		Ok(DueVote {
			dispute,
			validator,
			previous,
		})
	}

	/// Returns the same, if this very `vote` is due.
	pub(crate) fn ensure_due(seats: &mut Seats<T>, vote: &Vote) -> Result<DueVote<T>, Error<T>> {
		let due = Self::due_vote(seats, vote.job)?;
		ensure!(due.dispute.task == vote.task, Error::WrongTask);
		ensure!(due.previous != Some(vote.verdict), Error::NotDue);
		Ok(due)
	}

	/// Returns the dispute that waits for `answer`.
	pub(crate) fn awaiting_dispute(job: JobId, task: TaskId, answer: &Answer) -> Result<Dispute<T>, Error<T>> {
		let dispute = Disputes::<T>::get(job).ok_or(Error::NotDisputed)?;
		ensure!(dispute.task == task, Error::WrongTask);
		ensure!(answer.outcome.is_storable(), Error::InvalidArtifact);
		ensure!(dispute.awaited == Some(answer.digest()), Error::NotAwaited);
		Ok(dispute)
	}

	/// Returns the hash that ties signatures to this chain.
	pub(crate) fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}
}
