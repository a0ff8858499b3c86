//! Moving a job from state to state, with its place on the agenda, its participants and its answers.

use crate::{Agenda, Answers, Config, JobOf, JobState, Jobs, Pallet, Records, LOG_TARGET};
use assay_primitives::{
	api::{Participant, ParticipantStatus, Role},
	batch::Answer,
	traits::{SlotUse, WorkerPool},
	JobId, OutcomeDigest,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Saturating;

impl<T: Config> Pallet<T> {
	/// Moves a job to its next state. Its place on the agenda changes only if it would be too late, or if it has none.
	/// A job that has no deadline leaves the agenda: it is disputed, or it has ended, has been counted and becomes the
	/// latest record. One that needs no more draws does not reserve any.
	pub(crate) fn advance(id: JobId, mut job: JobOf<T>, state: JobState<BlockNumberFor<T>>) {
		// A job that ends while it waits for its draw stays in the queue.
		let is_queued = matches!(job.state, JobState::Drawing { .. }) && !state.is_live();
		if job.state.may_draw() && !state.may_draw() && !is_queued {
			Self::unreserve_draws(job.terms.draws());
		}
		let due = state.due();
		let keeps_place = matches!((job.agenda, due), (Some(place), Some(due)) if place <= due);
		if !keeps_place {
			if let Some(place) = job.agenda {
				Agenda::<T>::remove(place, id);
			}
			match due {
				Some(due) => Agenda::<T>::insert(due, id, ()),
				None if state.is_live() => {}
				None => Records::<T>::insert(Self::ended_jobs().saturating_sub(1), id),
			}
			job.agenda = due;
		}
		job.state = state;
		Jobs::<T>::insert(id, job);
	}

	/// Moves a job to the reveal if all participants have committed.
	pub(crate) fn reveal_if_committed(id: JobId, job: JobOf<T>, now: BlockNumberFor<T>) {
		if job.awaits_commitment() {
			Jobs::<T>::insert(id, job);
		} else {
			let deadline = now.saturating_add(job.terms.periods.reveal.into());
			Self::advance(id, job, JobState::Revealing { deadline });
		}
	}

	/// Adds `worker` to the participants.
	pub(crate) fn add_participant(job: &mut JobOf<T>, worker: T::AccountId, role: Role) {
		let participant = Participant {
			worker,
			role,
			status: ParticipantStatus::Drawn,
		};
		if job.participants.try_push(participant).is_err() {
			frame_support::defensive!("a job has at most MAX_PARTICIPANTS participants");
		}
	}

	/// Ends the duty of a worker that is not penalised.
	pub(crate) fn release_slot(id: JobId, job: &JobOf<T>, worker: &T::AccountId, slot_use: SlotUse) {
		if let Err(error) = T::Workers::release(&job.pool(), worker, id, slot_use) {
			log::error!(target: LOG_TARGET, "job {id}: the duty of {worker:?} does not end: {error:?}");
			frame_support::defensive!("a participant has a duty in its job");
		}
	}

	/// Stores a revealed answer, unless it is stored already.
	pub(crate) fn store_answer(id: JobId, digest: OutcomeDigest, answer: Answer) {
		if !Answers::<T>::contains_key(id, digest) {
			Answers::<T>::insert(id, digest, answer);
		}
	}

	/// Removes the revealed answers except `kept`.
	pub(crate) fn remove_answers(id: JobId, job: &JobOf<T>, kept: Option<OutcomeDigest>) {
		for digest in job.revealed() {
			if Some(digest) != kept {
				Answers::<T>::remove(id, digest);
			}
		}
	}
}
