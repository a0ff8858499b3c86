//! The first part of the off-chain worker: votes in the disputes in which this node's keys may vote.
//!
//! It decides nothing that is not on chain and stores nothing except a note of recent submissions, so a node may stop
//! at any moment: answers are re-derived, and what was lost on its way is submitted again.

use crate::{electorate::Seats, Ballot, Call, Config, Disputes, Pallet, LOG_TARGET, MAX_VOTES};
use alloc::vec::Vec;
use assay_primitives::{
	batch::Answer,
	host::{self, PollContext, Purpose},
	key::VoterKey,
	offchain::{poll_answer, submit_due, SubmitError},
	traits::DisputedJobs,
	JobId, OutcomeDigest,
};
use codec::Encode;
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use sp_runtime::RuntimeAppPublic;

/// The maximum number of disputes for which the node is polled in one block. If more are open, the node's queue is full
/// anyway.
const MAX_POLLED: u32 = 512;

/// Where the note of a key's submissions lies in the node's local storage.
const NOTE_PREFIX: &[u8] = b"assay/voted/";

/// A vote of one key.
type Vote = (JobId, OutcomeDigest);

impl<T: Config> Pallet<T> {
	/// Votes with every key of this node in each dispute in which a vote is due and the node has the answer in a
	/// moment.
	pub(crate) fn vote_on_disputes(now: BlockNumberFor<T>) {
		let keys = VoterKey::all();
		if !keys.is_empty() && Self::due_votes(&keys).1 > 0 {
			host::wait();
			for (key, votes) in keys.iter().zip(Self::due_votes(&keys).0) {
				if let Err(error) = Self::submit_votes(key, votes, now) {
					log::debug!(target: LOG_TARGET, "votes deferred at {now:?}: {error:?}");
				}
			}
		}
	}

	/// Returns the votes that each of `keys` must cast, as far as the node has the answers, and the number of disputes
	/// in which a vote is due. The node begins with the other tasks.
	fn due_votes(keys: &[VoterKey]) -> (Vec<Vec<Vote>>, u32) {
		let mut voters: Vec<_> = keys.iter().map(|key| (Seats::<T>::of(key), Vec::new())).collect();
		let mut polled = 0u32;
		for job in Disputes::<T>::iter_keys() {
			let due: Vec<_> = voters
				.iter_mut()
				.filter_map(|(seats, votes)| Self::votable_dispute(seats, job).ok().map(|_| votes))
				.collect();
			if due.is_empty() {
				continue;
			}
			if polled >= MAX_POLLED {
				break;
			}
			polled = polled.saturating_add(1);
			if let Some(answer) = Self::poll_job(job, Purpose::Vote) {
				let digest = answer.digest();
				due.into_iter().for_each(|votes| votes.push((job, digest)));
			}
		}
		(voters.into_iter().map(|(_, votes)| votes).collect(), polled)
	}

	/// Returns the answer to a job, if the node has it, and lets the node begin with the task otherwise.
	pub(crate) fn poll_job(job: JobId, purpose: Purpose) -> Option<Answer> {
		let task = T::Jobs::task(job)?;
		poll_answer(LOG_TARGET, &task, PollContext { job, purpose })
	}

	/// Submits the first votes that are not on their way already.
	fn submit_votes(voter: &VoterKey, mut votes: Vec<Vote>, now: BlockNumberFor<T>) -> Result<(), SubmitError> {
		let note = (NOTE_PREFIX, voter).encode();
		votes.sort_by_key(|(job, _)| *job);
		let id = |(job, _): &Vote| *job;
		let fit = |votes: &[Vote]| votes.len().min(Self::ballot_size());
		submit_due(&note, votes, id, fit, now, |votes| {
			let ballot = Ballot {
				voter: voter.clone(),
				at: now,
				votes: votes.try_into().map_err(|_| SubmitError::PoolRefused)?,
			};
			let signature = voter
				.sign(&ballot.message(Self::genesis()))
				.ok_or(SubmitError::KeyMissing)?;
			let call = Call::vote { ballot, signature };
			let transaction = T::create_authorized_transaction(call.into());
			SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| SubmitError::PoolRefused)
		})
	}

	/// Returns the number of votes in one ballot: at most [`MAX_VOTES`], and at most a quarter of the maximum weight of
	/// a transaction, because a ballot is weighed as if every vote decided and must fit into a block whose hooks use
	/// all of their share.
	pub(crate) fn ballot_size() -> usize {
		let room = Self::max_weight().saturating_div(4);
		let votes = (1..=MAX_VOTES)
			.rev()
			.find(|votes| Self::weight_of(*votes).all_lte(room));
		votes.unwrap_or(1) as usize
	}
}
