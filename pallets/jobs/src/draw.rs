//! The draw of checkers and auditors, at the end of the second block after a claim or a later one that has room.
//!
//! Each live job reserves the draws that it may still need, and a request is refused while too many are reserved. So a
//! draw never waits longer than half the age of a ticket, and no draw is ever dropped.

use crate::{
	Config, DrawCursor, Draws, Error, Event, JobOf, JobState, Jobs, Pallet, PreviousBeacon, ReservedDraws, Totals,
	WeightInfo, DRAW_DELAY, MAX_PARTICIPANTS, MAX_REPLACEMENTS,
};
use alloc::vec::Vec;
use assay_primitives::{
	api::{ParticipantStatus, Role},
	traits::WorkerPool,
	JobId,
};
use frame_support::{
	defensive,
	dispatch::DispatchResult,
	ensure,
	traits::{Get, Randomness},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::{H256, U256};
use sp_runtime::{
	traits::{BlakeTwo256, Hash, One, Saturating},
	Permill,
};

impl<T: Config> Pallet<T> {
	/// Reserves the draws of a new job, until it can have no more. Refuses if the queue could then become so long that
	/// a draw waits for longer than half the age of a ticket.
	pub(crate) fn reserve_draws(draws: u32) -> DispatchResult {
		let reserved = ReservedDraws::<T>::get().saturating_add(draws);
		ensure!(reserved <= Self::max_reserved_draws(), Error::<T>::DrawsExhausted);
		ReservedDraws::<T>::put(reserved);
		Ok(())
	}

	/// Returns the number of draws that are made within half the age of a ticket, whatever their order: where a draw
	/// finds no room, less room is left than the largest one takes.
	fn max_reserved_draws() -> u32 {
		let blocks = T::Workers::ticket_age().checked_div(2).unwrap_or_default();
		let a_block = T::MaxDraws::get().saturating_add(2).saturating_sub(MAX_PARTICIPANTS);
		blocks.saturating_mul(a_block)
	}

	/// Ends the reservation of the draws of a job.
	pub(crate) fn unreserve_draws(draws: u32) {
		ReservedDraws::<T>::mutate(|reserved| match reserved.checked_sub(draws) {
			Some(left) => *reserved = left,
			None => {
				defensive!("a live job has reserved its draws");
				*reserved = 0;
			}
		});
	}

	/// Queues the draw of the workers that `job` lacks, with randomness younger than block `since`: for the first block
	/// with room, not before the draws that were queued earlier. Returns that block.
	pub(crate) fn queue_draw(id: JobId, job: &JobOf<T>, since: BlockNumberFor<T>) -> BlockNumberFor<T> {
		let drawn = job.count(Role::Checker).saturating_add(job.count(Role::Auditor));
		let workers = job.terms.draws().saturating_sub(drawn.into()).max(1);
		let mut block = since.saturating_add(DRAW_DELAY.into()).max(DrawCursor::<T>::get());
		let mut list = Draws::<T>::get(block);
		if list.workers().saturating_add(workers) > T::MaxDraws::get() {
			// No draw is queued for a later block.
			block = block.saturating_add(One::one());
			list = Draws::<T>::get(block);
		}
		let workers = u8::try_from(workers).unwrap_or(u8::MAX);
		if list.jobs.try_push((id, workers)).is_err() {
			defensive!("an empty block has room for the largest draw");
		}
		Draws::<T>::insert(block, list);
		DrawCursor::<T>::put(block);
		block
	}

	/// Queues a draw, and moves the job to the state in which it waits for it.
	pub(crate) fn await_draw(id: JobId, job: JobOf<T>, since: BlockNumberFor<T>) {
		let block = Self::queue_draw(id, &job, since);
		// Not before the claim would have been due, so that the job keeps its place on the agenda.
		let until = since.saturating_add(job.terms.periods.commit.into()).max(block);
		Self::advance(id, job, JobState::Drawing { since, until });
	}

	/// Returns the weight of the draws at the end of this block.
	pub(crate) fn weight_of_draws(now: BlockNumberFor<T>) -> Weight {
		let list = Draws::<T>::get(now);
		list.jobs.iter().fold(T::WeightInfo::beacon(), |sum, (_, workers)| {
			sum.saturating_add(T::WeightInfo::draw((*workers).into()))
		})
	}

	/// Returns the maximum weight of the draws at the end of a block: every job lacks one worker.
	pub(crate) fn max_weight_of_draws() -> Weight {
		let most = T::MaxDraws::get().into();
		T::WeightInfo::beacon().saturating_add(T::WeightInfo::draw(1).saturating_mul(most))
	}

	/// Draws for every job that is queued for this block. The seed is a hash of the randomness of this block and of the
	/// one before.
	pub(crate) fn draw_due(now: BlockNumberFor<T>) {
		let (present, _) = T::Beacon::random(b"assay/beacon");
		let previous = PreviousBeacon::<T>::get();
		match present {
			Some(present) => PreviousBeacon::<T>::put(present),
			None => PreviousBeacon::<T>::kill(),
		}
		let due = Draws::<T>::take(now);
		for (id, _) in due.jobs {
			let Some(job) = Jobs::<T>::get(id) else {
				defensive!("a job to draw for exists");
				continue;
			};
			if !matches!(job.state, JobState::Drawing { .. }) {
				// The job was voided in the meantime.
				Self::unreserve_draws(job.terms.draws());
				continue;
			}
			match (previous, present) {
				(Some(previous), Some(present)) => {
					Self::draw(id, job, BlakeTwo256::hash_of(&(previous, present, id)), now)
				}
				// A block lacks randomness: the draw waits for two new blocks.
				_ => {
					Self::queue_draw(id, &job, now);
				}
			}
		}
	}

	/// Names a worker for each place that is empty. A place whose worker cannot take the check stays empty under this
	/// seed.
	pub(crate) fn draw(id: JobId, mut job: JobOf<T>, seed: H256, now: BlockNumberFor<T>) {
		if job.count(Role::Checker) == 0 && job.replacements == 0 {
			job.audited = is_selected(BlakeTwo256::hash_of(&(b"assay/audit", seed)), job.terms.odds.audit_rate);
			if job.audited {
				Totals::<T>::mutate(|totals| totals.audits = totals.audits.saturating_add(1));
			}
		}
		let (checkers, auditors) = job.missing();
		let roles = core::iter::repeat_n(Role::Checker, checkers.into())
			.chain(core::iter::repeat_n(Role::Auditor, auditors.into()))
			.take(MAX_PARTICIPANTS as usize);
		let seeds: Vec<H256> = (0u32..checkers.saturating_add(auditors).into())
			.map(|place| BlakeTwo256::hash_of(&(b"assay/worker", seed, place)))
			.collect();
		let taken: Vec<T::AccountId> = job.participants.iter().map(|p| p.worker.clone()).collect();
		let mut drawn = 0u32;
		for (role, named) in roles.zip(T::Workers::draw_checkers(&job.pool(), id, &seeds, &taken)) {
			if named.is_drawn {
				Self::add_participant(&mut job, named.worker, role);
				drawn = drawn.saturating_add(1);
			}
		}
		Self::deposit_event(Event::Drawn {
			job: id,
			workers: drawn,
			audited: job.audited,
		});
		if job.is_understaffed() {
			Self::fill_places(id, job, now);
		} else {
			Self::begin_checks(id, job, now);
		}
	}

	/// Draws for the empty places again, from randomness younger than block `now`. If that has been tried often enough,
	/// or the validators run the task anyway, the job continues with the participants that it has.
	pub(crate) fn fill_places(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) {
		if !job.escalated && job.replacements < MAX_REPLACEMENTS {
			job.replacements = job.replacements.saturating_add(1);
			Self::await_draw(id, job, now);
		} else {
			Self::begin_checks(id, job, now);
		}
	}

	/// Lets the workers that were drawn commit. They have as many blocks as the busiest of them needs for all its
	/// duties.
	fn begin_checks(id: JobId, job: JobOf<T>, now: BlockNumberFor<T>) {
		if !job.awaits_commitment() {
			return Self::reveal_if_committed(id, job, now);
		}
		let drawn = job.participants.iter().filter(|p| p.status == ParticipantStatus::Drawn);
		let runs = drawn.map(|p| T::Workers::workload(&job.pool(), &p.worker)).max();
		// The period contains the first one.
		let waiting = job
			.terms
			.work
			.saturating_mul(runs.unwrap_or_default().saturating_sub(1));
		let deadline = now
			.saturating_add(job.terms.periods.commit.into())
			.saturating_add(waiting.into());
		Self::advance(id, job, JobState::Checking { deadline });
	}
}

/// Whether `seed` selects an event of this `chance`. The bias is below 2^-44.
fn is_selected(seed: H256, chance: Permill) -> bool {
	let parts = U256::from_little_endian(seed.as_bytes())
		.checked_rem(U256::from(Permill::one().deconstruct()))
		.unwrap_or_default();
	parts < chance.deconstruct().into()
}
