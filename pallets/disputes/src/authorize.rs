//! Whether a validator's ballot may enter the pool or a block. Cheap checks first, the signature last.
//!
//! A ballot is authorised only if every vote in it is due now, so nobody can make a block carry free failures. What becomes stale
//! on its way is dropped by the pool, and the validator submits the rest anew.

use crate::{electorate::Seats, Ballot, BallotOf, Config, Dispute, Disputes, Error, Pallet, Votes};
use assay_primitives::{key::VoterSignature, JobId};
use codec::Encode;
use frame_support::{ensure, pallet_prelude::*};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
	traits::{SaturatedConversion, Zero},
	transaction_validity::{
		InvalidTransaction, TransactionLongevity, TransactionPriority, TransactionSource, TransactionValidityError,
		ValidTransaction,
	},
	RuntimeAppPublic,
};

/// Blocks for which a ballot may wait in the pool. The off-chain worker submits anew before that.
const LONGEVITY: TransactionLongevity = 16;

/// Above ordinary transactions: a verdict must not fall to others' tips.
const PRIORITY: TransactionPriority = TransactionPriority::MAX / 2;

impl<T: Config> Pallet<T> {
	pub(crate) fn authorize_vote(
		_source: TransactionSource,
		ballot: &BallotOf<T>,
		signature: &VoterSignature,
	) -> Result<(ValidTransaction, Weight), TransactionValidityError> {
		let Ballot { voter, at, votes } = ballot;
		ensure!(
			*at <= frame_system::Pallet::<T>::block_number(),
			InvalidTransaction::Future
		);
		// One meaning, one encoding; and nothing twice.
		let ascending = votes
			.iter()
			.zip(votes.iter().skip(1))
			.all(|((first, _), (second, _))| first < second);
		ensure!(ascending && !votes.is_empty(), InvalidTransaction::Call);
		let mut seats = Seats::<T>::of(voter);
		for (job, _) in votes {
			Self::votable(&mut seats, *job).map_err(|_| InvalidTransaction::Stale)?;
		}
		let message = ballot.message(Self::genesis());
		ensure!(voter.verify(&message, signature), InvalidTransaction::BadProof);

		// One tag a vote: a second vote in a dispute that is already in the pool finds no place there, unless it is a later one.
		let priority = PRIORITY.saturating_add((*at).saturated_into());
		let builder = ValidTransaction::with_tag_prefix("assay/vote")
			.priority(priority)
			.longevity(LONGEVITY)
			.propagate(true);
		let valid = votes
			.iter()
			.fold(builder, |builder, (job, _)| builder.and_provides((voter, job).encode()))
			.build()?;
		Ok((valid, Weight::zero()))
	}

	/// The dispute over `job` and the voter's seat in its electorate, if the voter may vote now.
	pub(crate) fn votable(seats: &mut Seats<T>, job: JobId) -> Result<(Dispute<T>, u32, T::AccountId), Error<T>> {
		let dispute = Disputes::<T>::get(job).ok_or(Error::NotDue)?;
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now <= dispute.deadline, Error::NotDue);
		let (seat, validator) = seats.in_electorate(dispute.electorate).ok_or(Error::NotDue)?;
		ensure!(!Votes::<T>::contains_key(job, seat), Error::NotDue);
		Ok((dispute, seat, validator))
	}

	/// The hash that keeps signatures on this chain.
	pub(crate) fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}
}
