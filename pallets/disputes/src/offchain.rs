//! The first part of the off-chain worker: votes in the disputes in which this node's keys may vote, and brings the
//! answers for which the tribunal waits.
//!
//! It decides nothing that is not on chain and stores nothing except a note of recent submissions, so a node may stop
//! at any moment: answers are re-derived, and what was lost on its way is submitted again.

use crate::{
	authorize::DueVote, electorate::Seats, Ballot, Call, Config, Disputes, Pallet, Vote, LOG_TARGET, MAX_VOTES,
};
use alloc::vec::Vec;
use assay_primitives::{
	api::Verdict,
	batch::Answer,
	host::{self, Poll, PollContext, Purpose, Unavailable},
	key::VoterKey,
	offchain::{poll_answer, submit_due, SubmitError},
	traits::DisputedJobs,
	JobId, Task,
};
use codec::Encode;
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use sp_runtime::RuntimeAppPublic;

/// The maximum number of disputes whose tasks the node is asked to run in one block. If more are open, the node's queue
/// is full anyway. Tasks that it cannot run do not count.
const MAX_POLLED: u32 = 512;

/// Where the note of a key's submissions lies in the node's local storage.
const NOTE_PREFIX: &[u8] = b"assay/voted/";

/// Where the note of the answers that this node has brought lies in its local storage.
const ANSWERS_NOTE: &[u8] = b"assay/brought";

/// The votes of each key that are due.
struct DueVotes {
	of_keys: Vec<Vec<Vote>>,
	/// Whether the node is running a task of one of them, or has its answer.
	any: bool,
}

impl<T: Config> Pallet<T> {
	/// Votes with every key of this node in each dispute in which a vote is due and the node has the answer in a
	/// moment, and brings the answers that are awaited.
	pub(crate) fn vote_on_disputes(now: BlockNumberFor<T>) {
		let keys = VoterKey::all();
		if keys.is_empty() {
			return;
		}
		if Self::due_votes(&keys).any {
			host::wait();
			for (key, votes) in keys.iter().zip(Self::due_votes(&keys).of_keys) {
				if let Err(error) = Self::submit_votes(key, votes, now) {
					log::debug!(target: LOG_TARGET, "votes deferred at {now:?}: {error:?}");
				}
			}
		}
		if let Err(error) = Self::bring_answers(now) {
			log::debug!(target: LOG_TARGET, "answers deferred at {now:?}: {error:?}");
		}
	}

	/// Returns the votes that each of `keys` must cast, as far as the node has the answers. The node begins with the
	/// other tasks.
	fn due_votes(keys: &[VoterKey]) -> DueVotes {
		let mut voters: Vec<_> = keys.iter().map(|key| (Seats::<T>::of(key), Vec::new())).collect();
		let (mut polled, mut any) = (0u32, false);
		for job in Disputes::<T>::iter_keys() {
			let due: Vec<_> = voters
				.iter_mut()
				.filter_map(|(seats, votes)| Self::due_vote(seats, job).ok().map(|due| (due, votes)))
				.collect();
			let Some((first, _)) = due.first() else {
				continue;
			};
			if polled >= MAX_POLLED {
				break;
			}
			let (task, round) = (first.dispute.task, first.dispute.round);
			let Some(poll) = Self::poll_dispute(job) else {
				continue;
			};
			polled = polled.saturating_add(u32::from(occupies_node(&poll)));
			any |= occupies_node(&poll);
			let Some(verdict) = verdict_of(poll, round) else {
				continue;
			};
			any = true;
			for (DueVote { previous, .. }, votes) in due {
				if previous != Some(verdict) {
					votes.push(Vote { job, task, verdict });
				}
			}
		}
		DueVotes {
			of_keys: voters.into_iter().map(|(_, votes)| votes).collect(),
			any,
		}
	}

	/// Asks the node for the answer to a disputed job, and logs why it has none.
	fn poll_dispute(job: JobId) -> Option<Poll> {
		let task: Task = T::Jobs::task(job)?;
		let context = PollContext {
			job,
			purpose: Purpose::Vote,
		};
		let poll = host::poll(&task, context);
		if let Poll::Unavailable(reason) = &poll {
			log::warn!(target: LOG_TARGET, "the disputed job {job} cannot be run here yet: {reason:?}");
		}
		Some(poll)
	}

	/// Returns the answer to a job, if the node has it, and lets the node begin with the task otherwise.
	pub(crate) fn poll_job(job: JobId, purpose: Purpose) -> Option<Answer> {
		let task = T::Jobs::task(job)?;
		poll_answer(LOG_TARGET, &task, PollContext { job, purpose })
	}

	/// Submits the first votes that are not on their way already.
	fn submit_votes(voter: &VoterKey, mut votes: Vec<Vote>, now: BlockNumberFor<T>) -> Result<(), SubmitError> {
		let note = (NOTE_PREFIX, voter).encode();
		votes.sort_by_key(|vote| vote.job);
		let fit = |votes: &[Vote]| votes.len().min(Self::ballot_size());
		submit_due(
			&note,
			votes,
			|vote| *vote,
			fit,
			now,
			|votes| {
				let ballot = Ballot {
					voter: voter.clone(),
					at: now,
					votes: votes.try_into().map_err(|_| SubmitError::PoolRefused)?,
				};
				let signature = voter
					.sign(&ballot.message(Self::genesis()))
					.ok_or(SubmitError::KeyMissing)?;
				Self::submit_call(Call::vote { ballot, signature })
			},
		)
	}

	/// Brings the awaited answers that this node has and that were not brought recently.
	fn bring_answers(now: BlockNumberFor<T>) -> Result<(), SubmitError> {
		let awaited = Disputes::<T>::iter().filter_map(|(job, dispute)| Some((job, dispute.task, dispute.awaited?)));
		let known = awaited.filter_map(|(job, task, digest)| {
			let answer = Self::poll_job(job, Purpose::Vote)?;
			(answer.digest() == digest).then_some((job, task, answer))
		});
		let known: Vec<_> = known.take(MAX_VOTES as usize).collect();
		submit_due(
			ANSWERS_NOTE,
			known,
			|(job, task, _)| (*job, *task),
			|_| 1,
			now,
			|answers| {
				let mut calls = answers
					.into_iter()
					.map(|(job, task, answer)| Call::bring_answer { job, task, answer });
				calls.try_for_each(Self::submit_call)
			},
		)
	}

	/// Submits a call that is authorised by itself.
	pub(crate) fn submit_call(call: Call<T>) -> Result<(), SubmitError> {
		let transaction = T::create_authorized_transaction(call.into());
		SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| SubmitError::PoolRefused)
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

/// Whether the node runs the task or has run it, or its queue is full.
fn occupies_node(poll: &Poll) -> bool {
	matches!(
		poll,
		Poll::Pending | Poll::Ready(_) | Poll::Unavailable(Unavailable::Busy)
	)
}

/// Returns what the answer of the node means for a vote in this `round`; `None` if it is too early to tell.
///
/// A missing file or engine may be missing only here, and arrive. From the second round on the node says that it cannot
/// run the task, and takes that back once it can. What fails on this machine, another one may be able to do.
fn verdict_of(poll: Poll, round: u32) -> Option<Verdict> {
	match poll {
		Poll::Ready(answer) => Some(Verdict::Outcome(answer.digest())),
		Poll::Unavailable(Unavailable::UnknownEngine | Unavailable::NoModel | Unavailable::NoInput) if round > 1 => {
			Some(Verdict::NotRunnable)
		}
		Poll::Unavailable(_) | Poll::Pending => None,
	}
}
