//! The off-chain worker's first part: votes in the disputes that this node's keys are asked in.
//!
//! It decides nothing that is not on chain and keeps nothing but a note of what it has submitted lately, so a node may stop at
//! any moment: answers are re-derived, and what was lost on its way is submitted anew.

use crate::{electorate::Seats, Ballot, Call, Config, Disputes, Pallet, LOG_TARGET, MAX_VOTES};
use alloc::vec::Vec;
use assay_primitives::{
	batch::Answer,
	host::{self, Poll, Purpose, Role},
	key::VoterKey,
	traits::Docket,
	JobId, OutcomeDigest,
};
use codec::Encode;
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use sp_runtime::{
	offchain::storage::{MutateStorageError, StorageRetrievalError, StorageValueRef},
	traits::Saturating,
	RuntimeAppPublic,
};

/// Blocks after which a submission that has had no effect is made again. It takes the place of the earlier one in every pool.
pub(crate) const RESUBMIT_AFTER: u32 = 3;

/// The most disputes for which the node is asked in one block. More are open only if the queue of the node is full anyway.
const MAX_ASKED: u32 = 512;

/// Where the note on a key's submissions lies in the node's local storage.
const NOTE_PREFIX: &[u8] = b"assay/voted/";

/// In which disputes a key has voted when.
type Note<BlockNumber> = Vec<(JobId, BlockNumber)>;

#[derive(Debug)]
enum Failure {
	/// Another run of the off-chain worker holds the note, or it cannot be read.
	Note,
	/// The key left the keystore.
	Sign,
	/// The pool refused the submission.
	Pool,
}

impl<T: Config> Pallet<T> {
	/// Votes, with every key of this node, in each dispute where that is due and the node has the answer in a moment.
	pub(crate) fn vote_on_disputes(now: BlockNumberFor<T>) {
		let keys = VoterKey::all();
		if !keys.is_empty() && Self::votes_due(&keys).1 > 0 {
			host::wait();
			for (key, votes) in keys.iter().zip(Self::votes_due(&keys).0) {
				if let Err(failure) = Self::submit_votes(key, votes, now) {
					log::debug!(target: LOG_TARGET, "votes deferred at {now:?}: {failure:?}");
				}
			}
		}
	}

	/// The votes that each of `keys` is to cast, as far as the node has the answers, and the number of disputes in which any is. The node
	/// is set to work on the others.
	fn votes_due(keys: &[VoterKey]) -> (Vec<Vec<(JobId, OutcomeDigest)>>, u32) {
		let mut voters: Vec<_> = keys.iter().map(|key| (Seats::<T>::of(key), Vec::new())).collect();
		let mut asked = 0u32;
		for job in Disputes::<T>::iter_keys() {
			let due: Vec<_> = voters
				.iter_mut()
				.filter_map(|(seats, votes)| Self::votable(seats, job).ok().map(|_| votes))
				.collect();
			if due.is_empty() {
				continue;
			}
			if asked >= MAX_ASKED {
				break;
			}
			asked = asked.saturating_add(1);
			if let Some(answer) = Self::answer(job, Role::Vote) {
				let digest = answer.digest();
				due.into_iter().for_each(|votes| votes.push((job, digest)));
			}
		}
		(voters.into_iter().map(|(_, votes)| votes).collect(), asked)
	}

	/// The answer to a job, if the node has it; sets the node to work otherwise.
	pub(crate) fn answer(job: JobId, role: Role) -> Option<Answer> {
		let task = T::Jobs::task(job)?;
		match host::poll(&task, Purpose { job, role }) {
			Poll::Ready(answer) => Some(answer),
			Poll::Pending => None,
			Poll::Unavailable(reason) => {
				// A validator fails its duty then; a watcher misses a chance.
				let level = match role {
					Role::Vote => log::Level::Warn,
					_ => log::Level::Debug,
				};
				log::log!(target: LOG_TARGET, level, "job {job} cannot be run here yet ({role:?}): {reason:?}");
				None
			}
		}
	}

	fn submit_votes(
		voter: &VoterKey,
		mut votes: Vec<(JobId, OutcomeDigest)>,
		now: BlockNumberFor<T>,
	) -> Result<(), Failure> {
		let fresh = Self::take_note(voter, votes.iter().map(|(job, _)| *job).collect(), now)?;
		votes.retain(|(job, _)| fresh.contains(job));
		votes.sort_by_key(|(job, _)| *job);
		for items in votes.chunks(Self::ballot_size()) {
			let ballot = Ballot {
				voter: voter.clone(),
				at: now,
				votes: items.to_vec().try_into().map_err(|_| Failure::Pool)?,
			};
			let signature = voter.sign(&ballot.message(Self::genesis())).ok_or(Failure::Sign)?;
			let call = Call::vote { ballot, signature };
			let transaction = T::create_authorized_transaction(call.into());
			SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| Failure::Pool)?;
		}
		Ok(())
	}

	/// How many votes travel in one ballot: at most [`MAX_VOTES`], and a quarter of the weight that a transaction may have, since a
	/// ballot is weighed as if every vote decided and must find room in a block whose hooks take all that they may.
	pub(crate) fn ballot_size() -> usize {
		let room = Self::max_weight().saturating_div(4);
		let votes = (1..=MAX_VOTES)
			.rev()
			.find(|votes| Self::weight_of(*votes).all_lte(room));
		votes.unwrap_or(1) as usize
	}

	/// Of `jobs`, those on which `voter` has not voted lately; notes that it is voting now. Two runs of the off-chain worker
	/// cannot both take the same one.
	fn take_note(voter: &VoterKey, jobs: Vec<JobId>, now: BlockNumberFor<T>) -> Result<Vec<JobId>, Failure> {
		if jobs.is_empty() {
			return Ok(jobs);
		}
		let key = (NOTE_PREFIX, voter).encode();
		let mut fresh = Vec::new();
		let written = StorageValueRef::persistent(&key).mutate(
			|note: Result<Option<Note<BlockNumberFor<T>>>, StorageRetrievalError>| -> Result<_, Failure> {
				let mut note = note.ok().flatten().unwrap_or_default();
				// What lies ahead of this block was noted on a fork that has lost.
				note.retain(|(_, at)| is_recent(*at, now));
				fresh = jobs
					.iter()
					.copied()
					.filter(|job| !note.iter().any(|(noted, _)| noted == job))
					.collect();
				note.extend(fresh.iter().map(|job| (*job, now)));
				Ok(note)
			},
		);
		match written {
			Ok(_) => Ok(fresh),
			Err(MutateStorageError::ConcurrentModification(_) | MutateStorageError::ValueFunctionFailed(_)) => {
				Err(Failure::Note)
			}
		}
	}
}

/// Whether what was submitted `at` some block may still be on its way.
pub(crate) fn is_recent<BlockNumber: Copy + Ord + Saturating + From<u32>>(at: BlockNumber, now: BlockNumber) -> bool {
	at <= now && now < at.saturating_add(RESUBMIT_AFTER.into())
}
