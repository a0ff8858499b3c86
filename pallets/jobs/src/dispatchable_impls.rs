//! What the calls do.

use crate::{
	Agenda, Assigned, BalanceOf, CommitBatch, Config, Error, Event, HoldReason, Inputs, Job, JobOf, JobState, Jobs,
	NextJob, Outcomes, Pallet, RevealBatch, Terms, Totals,
};
use assay_primitives::{
	task::task_id,
	traits::{ModelRegistry, Service, WorkerPool},
	JobId, ModelId, Payload,
};
use codec::Encode;
use frame_support::{
	dispatch::DispatchResult,
	ensure,
	traits::{
		fungible::{hold::Mutate as _, Inspect},
		tokens::{Fortitude, Precision, Restriction},
		Get, Randomness,
	},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{BlakeTwo256, Hash, Saturating, Zero},
	DispatchError,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_request(
		requester: T::AccountId,
		model: ModelId,
		input: Payload,
		terms: Terms<BalanceOf<T>>,
	) -> DispatchResult {
		ensure!(Self::is_storable(&input), Error::<T>::BadArtifact);
		let offer = T::Models::offer(&model).ok_or(Error::<T>::ModelNotOpen)?;
		let recipe = T::Models::recipe(&model).ok_or(Error::<T>::ModelNotOpen)?;
		ensure!(offer.price <= terms.max_fee, Error::<T>::Overpriced);

		let id = NextJob::<T>::get();
		NextJob::<T>::put(JobId(id.0.checked_add(1).ok_or(Error::<T>::Exhausted)?));

		let (random, _) = T::Randomness::random(&(b"assay/executor", id).encode());
		let seed = BlakeTwo256::hash_of(&(random, frame_system::Pallet::<T>::parent_hash(), id));
		let executor = T::Workers::draw(&model, seed).ok_or(Error::<T>::NoFreeSlot)?;
		T::Currency::hold(&HoldReason::Fee.into(), &requester, offer.price)?;

		let now = frame_system::Pallet::<T>::block_number();
		let job = Job {
			requester: requester.clone(),
			executor: executor.clone(),
			owner: offer.owner,
			model,
			task: task_id(recipe.engine, model, input.input_digest()),
			fee: offer.price,
			requested_at: now,
			state: JobState::Claiming {
				deadline: now.saturating_add(T::ClaimPeriod::get()),
			},
		};
		Agenda::<T>::insert(job.state.due(), id, ());
		Assigned::<T>::insert(&executor, id, ());
		Inputs::<T>::insert(id, input);
		Totals::<T>::mutate(|totals| totals.requested = totals.requested.saturating_add(1));
		Self::deposit_event(Event::Requested {
			job: id,
			model,
			requester,
			executor,
			fee: job.fee,
		});
		Jobs::<T>::insert(id, job);
		Ok(())
	}

	pub(crate) fn do_commit(batch: CommitBatch<T::AccountId>) -> DispatchResult {
		let now = frame_system::Pallet::<T>::block_number();
		for (id, commitment) in batch.commits {
			let job = Self::claimable(&batch.worker, id)?;
			let deadline = now.saturating_add(T::RevealPeriod::get());
			Self::advance(
				id,
				job,
				JobState::Revealing {
					commitment,
					committed_at: now,
					deadline,
				},
			);
			Self::deposit_event(Event::Committed {
				job: id,
				executor: batch.worker.clone(),
			});
		}
		Ok(())
	}

	pub(crate) fn do_reveal(batch: RevealBatch<T::AccountId>) -> DispatchResult {
		for reveal in batch.reveals {
			let job = Self::revealable(&batch.worker, &reveal)?;
			Self::settle(reveal.job, job, reveal.outcome)?;
		}
		Ok(())
	}

	/// Moves a job to its next state, and its place on the agenda with it.
	pub(crate) fn advance(id: JobId, mut job: JobOf<T>, state: JobState<BlockNumberFor<T>>) {
		Agenda::<T>::remove(job.state.due(), id);
		Agenda::<T>::insert(state.due(), id, ());
		if job.state.is_live() && !state.is_live() {
			Assigned::<T>::remove(&job.executor, id);
		}
		job.state = state;
		Jobs::<T>::insert(id, job);
	}

	/// Pays for the answer, frees the slot and writes the record.
	fn settle(id: JobId, job: JobOf<T>, outcome: Payload) -> DispatchResult {
		let to_owner = Self::pay(&job, &job.owner, T::OwnerShare::get().mul_floor(job.fee))?;
		let to_executor = Self::pay(&job, &job.executor, job.fee.saturating_sub(to_owner))?;
		let unpaid = job.fee.saturating_sub(to_owner).saturating_sub(to_executor);
		T::Currency::release(&HoldReason::Fee.into(), &job.requester, unpaid, Precision::Exact)?;
		T::Workers::release(&job.model, &job.executor, Service::Answered)?;

		Totals::<T>::mutate(|totals| {
			totals.settled = totals.settled.saturating_add(1);
			totals.paid_to_workers = totals.paid_to_workers.saturating_add(to_executor);
			totals.paid_to_owners = totals.paid_to_owners.saturating_add(to_owner);
		});
		let at = frame_system::Pallet::<T>::block_number();
		let digest = outcome.outcome_digest();
		Outcomes::<T>::insert(id, outcome);
		Self::advance(
			id,
			job,
			JobState::Settled {
				at,
				digest,
				until: at.saturating_add(T::RecordPeriod::get()),
			},
		);
		Self::deposit_event(Event::Settled {
			job: id,
			digest,
			to_executor,
			to_owner,
		});
		Ok(())
	}

	/// Moves `amount` of the held fee to `payee` and returns what was moved: nothing if the account cannot exist with so
	/// little. What an owner cannot receive is the executor's, and what an executor cannot receive is the requester's.
	fn pay(job: &JobOf<T>, payee: &T::AccountId, amount: BalanceOf<T>) -> Result<BalanceOf<T>, DispatchError> {
		let after = T::Currency::total_balance(payee).saturating_add(amount);
		if amount.is_zero() || after < T::Currency::minimum_balance() {
			return Ok(Zero::zero());
		}
		T::Currency::transfer_on_hold(
			&HoldReason::Fee.into(),
			&job.requester,
			payee,
			amount,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)
	}
}
