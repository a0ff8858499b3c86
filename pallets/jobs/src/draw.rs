//! The draw of checkers and auditors, at the end of the second block after a claim.

use crate::{
	Config, Draws, Event, JobOf, JobState, Jobs, Pallet, PreviousBeacon, Totals, WeightInfo, DRAW_DELAY,
	MAX_PARTICIPANTS,
};
use alloc::vec::Vec;
use assay_primitives::{api::Role, traits::WorkerPool, JobId};
use frame_support::{
	traits::{Get, Randomness},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::{H256, U256};
use sp_runtime::{
	traits::{BlakeTwo256, Hash, Saturating},
	Permill,
};

/// The number of blocks that are tried for a draw: the one in which it should happen, and the next ones if that is
/// full.
pub(crate) const QUEUE_TRIES: u32 = 8;

impl<T: Config> Pallet<T> {
	/// Queues the draw of the workers that `job` lacks, with randomness younger than block `since`. Returns `false` and
	/// does nothing if the next blocks are full.
	pub(crate) fn queue_draw(id: JobId, job: &JobOf<T>, since: BlockNumberFor<T>) -> bool {
		// One more than the checkers, for the auditor that chance may call for.
		let workers = job
			.terms
			.checkers()
			.saturating_add(1)
			.saturating_sub(job.count(Role::Checker))
			.saturating_sub(job.count(Role::Auditor));
		let first = since.saturating_add(DRAW_DELAY.into());
		(0..QUEUE_TRIES).any(|offset| {
			let block = first.saturating_add(offset.into());
			let mut list = Draws::<T>::get(block);
			let fits = list.workers().saturating_add(workers.into()) <= T::MaxDraws::get()
				&& list.jobs.try_push((id, workers.max(1))).is_ok();
			if fits {
				Draws::<T>::insert(block, list);
			}
			fits
		})
	}

	/// Moves a job to the state in which it waits for its queued draw.
	pub(crate) fn await_draw(id: JobId, job: JobOf<T>, since: BlockNumberFor<T>) {
		// Not before the claim would have been due, so that the job keeps its place on the agenda.
		let blocks = job.terms.periods.commit.max(DRAW_DELAY.saturating_add(QUEUE_TRIES));
		let until = since.saturating_add(blocks.into());
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
				frame_support::defensive!("a job to draw for exists");
				continue;
			};
			if !matches!(job.state, JobState::Drawing { .. }) {
				// The job was voided in the meantime.
				continue;
			}
			match (previous, present) {
				(Some(previous), Some(present)) => {
					Self::draw(id, job, BlakeTwo256::hash_of(&(previous, present, id)), now)
				}
				// A block lacks randomness: the draw waits for two new blocks.
				_ if Self::queue_draw(id, &job, now) => {}
				_ => Self::escalate(id, job, now),
			}
		}
	}

	/// Draws the workers that `job` lacks. If there are too few, the job is escalated.
	pub(crate) fn draw(id: JobId, mut job: JobOf<T>, seed: H256, now: BlockNumberFor<T>) {
		if job.count(Role::Checker) == 0 && job.replacements == 0 {
			job.audited = is_selected(BlakeTwo256::hash_of(&(b"assay/audit", seed)), job.terms.odds.audit_rate);
			if job.audited {
				Totals::<T>::mutate(|totals| totals.audits = totals.audits.saturating_add(1));
			}
		}
		Self::unreserve(&mut job);
		let checkers = job.terms.checkers().saturating_sub(job.count(Role::Checker));
		let auditors = u8::from(job.audited).saturating_sub(job.count(Role::Auditor));
		let roles = core::iter::repeat_n(Role::Checker, checkers.into())
			.chain(core::iter::repeat_n(Role::Auditor, auditors.into()))
			.take(MAX_PARTICIPANTS as usize);
		// A cheat may keep honest slots busy with other jobs, so that its own slots are drawn.
		let own = u32::try_from(job.participants.len()).unwrap_or(MAX_PARTICIPANTS);
		let others = T::Workers::slots_in_service(&job.pool()).saturating_sub(own);
		let deterred = job.terms.deters_cheating(T::Workers::idle_slots(&job.pool()), others);
		job.escalated |= (checkers > 0 || auditors > 0) && !deterred;
		let mut drawn = 0u32;
		for (n, role) in roles.enumerate() {
			let taken: Vec<T::AccountId> = job.participants.iter().map(|p| p.worker.clone()).collect();
			let seed = BlakeTwo256::hash_of(&(b"assay/worker", seed, n as u32));
			match T::Workers::draw(&job.pool(), id, seed, &taken) {
				Some(worker) => {
					Self::add_participant(&mut job, worker, role);
					drawn = drawn.saturating_add(1);
				}
				None => job.escalated = true,
			}
		}
		Self::deposit_event(Event::Drawn {
			job: id,
			workers: drawn,
			audited: job.audited,
		});
		if job.awaits_commitment() {
			let deadline = now.saturating_add(job.terms.periods.commit.into());
			Self::advance(id, job, JobState::Checking { deadline });
		} else {
			Self::reveal_if_committed(id, job, now);
		}
	}
}

/// Whether `seed` selects an event of this `chance`. The bias is below 2^-44.
fn is_selected(seed: H256, chance: Permill) -> bool {
	let parts = U256::from_little_endian(seed.as_bytes())
		.checked_rem(U256::from(Permill::one().deconstruct()))
		.unwrap_or_default();
	parts < chance.deconstruct().into()
}
