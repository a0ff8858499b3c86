//! Whether a validator's ballot may enter the pool or a block. Cheap checks come first, the signature last.
//!
//! A ballot is authorised only if every vote in it is due now, so blocks cannot be filled with free failures. The pool
//! drops what becomes stale, and the validator submits the rest again.

use crate::{electorate::Seats, Ballot, BallotOf, Config, Dispute, Disputes, Error, Pallet, Votes};
use assay_primitives::{key::VoterSignature, submission, JobId};
use frame_support::{ensure, pallet_prelude::*};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
	traits::Zero,
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn authorize_vote(
		_source: TransactionSource,
		ballot: &BallotOf<T>,
		signature: &VoterSignature,
	) -> Result<(ValidTransaction, Weight), TransactionValidityError> {
		let Ballot { voter, at, votes } = ballot;
		let now = frame_system::Pallet::<T>::block_number();
		submission::ensure_well_formed(*at, now, votes.iter().map(|(job, _)| *job))?;
		let mut seats = Seats::<T>::of(voter);
		for (job, _) in votes {
			Self::votable_dispute(&mut seats, *job).map_err(|_| InvalidTransaction::Stale)?;
		}
		submission::ensure_signed(voter, &ballot.message(Self::genesis()), signature)?;
		let valid = submission::describe("assay/vote", voter, *at, votes.iter().map(|(job, _)| job))?;
		Ok((valid, Weight::zero()))
	}

	/// Returns the dispute over `job`, and the seat and the account of the voter in its electorate, if the voter may
	/// vote now.
	pub(crate) fn votable_dispute(
		seats: &mut Seats<T>,
		job: JobId,
	) -> Result<(Dispute<T>, u32, T::AccountId), Error<T>> {
		let dispute = Disputes::<T>::get(job).ok_or(Error::NotDue)?;
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now <= dispute.deadline, Error::NotDue);
		let (seat, validator) = seats.find(dispute.electorate).ok_or(Error::NotDue)?;
		ensure!(!Votes::<T>::contains_key(job, seat), Error::NotDue);
		Ok((dispute, seat, validator))
	}

	/// Returns the hash that ties signatures to this chain.
	pub(crate) fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}
}
