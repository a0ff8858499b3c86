//! What the calls do.

use crate::{
	BalanceOf, Config, Error, Event, HoldReason, Inputs, Job, JobOf, JobState, Jobs, NewJob, NewJobOf, NextJob, Pallet,
	PreviousBeacon, Step, Subject, SubmissionOf,
};
use assay_primitives::{
	api::{ParticipantStatus, RefundReason, Role},
	batch::{input_digest, Answer, MAX_ITEMS},
	probe::inputs_fit,
	terms::{Terms, MAX_CHECKERS},
	traits::{ModelRegistry, WorkerPool},
	JobId, ModelRef, OutcomeDigest, Payload, TaskId,
};
use frame_support::{
	dispatch::{DispatchResult, DispatchResultWithPostInfo},
	ensure,
	traits::fungible::hold::Mutate as _,
	weights::Weight,
};
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Hash, Saturating, Zero},
	DispatchError,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_request(
		requester: T::AccountId,
		model: ModelRef,
		items: u32,
		input: Payload,
		terms: Terms<BalanceOf<T>>,
	) -> Result<JobId, DispatchError> {
		ensure!((1..=MAX_ITEMS).contains(&items), Error::<T>::InvalidItemCount);
		ensure!(input.is_storable(), Error::<T>::InvalidArtifact);
		ensure!(terms.checkers <= MAX_CHECKERS, Error::<T>::TooManyCheckers);
		let model = T::Models::resolve(&model).ok_or(Error::<T>::ModelNotOpen)?;
		let of_model = T::Models::terms(&model).ok_or(Error::<T>::ModelNotOpen)?;
		ensure!(of_model.listed || terms.allow_unlisted, Error::<T>::ModelNotListed);
		if let Payload::Inline(bytes) = &input {
			ensure!(
				inputs_fit(&T::Models::inputs(&model), items, bytes),
				Error::<T>::InvalidInput
			);
		}
		let capacity = T::Workers::capacity(&model);
		let (agreed, exceeded) = Self::agree(of_model.macs, of_model.royalty, items, &terms, capacity);
		ensure!(agreed.fee.total() <= terms.max_fee, Error::<T>::MaxFeeExceeded);
		if let Some(bound) = exceeded {
			return Err(Error::<T>::of_bound(bound).into());
		}
		Self::accept(NewJob {
			requester,
			owner: of_model.owner,
			model,
			subject: Subject::Inference,
			items,
			input,
			terms: agreed,
			escalated: false,
		})
	}

	/// Holds the fee of a job, draws its executor and lets it claim.
	pub(crate) fn accept(new: NewJobOf<T>) -> Result<JobId, DispatchError> {
		let NewJob {
			requester,
			owner,
			model,
			subject,
			items,
			input,
			terms,
			escalated,
		} = new;
		let registered = T::Models::source(&model).map(|source| source.engine);
		let digest = input_digest(items, input.content());
		let task = subject
			.task(registered, model, digest)
			.ok_or(Error::<T>::ModelNotOpen)?;
		let now = frame_system::Pallet::<T>::block_number();
		let deadline = now.saturating_add(terms.periods.commit.into());
		let (fee, draws) = (terms.fee.total(), terms.draws());
		let mut job = Job {
			requester: requester.clone(),
			owner,
			model,
			subject,
			task,
			items,
			terms,
			requested_at: now,
			participants: Default::default(),
			replacements: 0,
			fines: Zero::zero(),
			audited: false,
			escalated,
			agenda: None,
			state: JobState::Claiming { deadline },
		};
		let id = NextJob::<T>::get();
		NextJob::<T>::put(JobId(id.0.checked_add(1).ok_or(Error::<T>::JobIdsExhausted)?));
		Self::reserve_draws(draws)?;
		let executor = Self::assign_executor(id, &job)?;
		T::Currency::hold(&HoldReason::Fee.into(), &requester, fee)?;
		Self::add_participant(&mut job, executor.clone(), Role::Executor);
		Inputs::<T>::insert(id, input);
		let state = job.state.clone();
		Self::advance(id, job, state);
		Self::deposit_event(Event::Requested {
			job: id,
			model,
			requester,
			executor,
			fee,
		});
		Ok(id)
	}

	/// Draws the first executor of `job`.
	fn assign_executor(id: JobId, job: &JobOf<T>) -> Result<T::AccountId, DispatchError> {
		let (pool, checkers) = (job.pool(), job.terms.checkers());
		ensure!(T::Workers::free_slots(&pool) > 0, Error::<T>::NoFreeSlot);
		ensure!(
			checkers == 0 || T::Workers::available_workers(&pool) > checkers.into(),
			Error::<T>::TooFewWorkers
		);
		let seed = BlakeTwo256::hash_of(&(b"assay/executor", PreviousBeacon::<T>::get(), id));
		let refused = match job.terms.slots {
			0 | 1 => Error::<T>::NoFreeSlot,
			_ if T::Workers::free_checks(&pool) < Self::checks_of(job) => Error::<T>::NoFreeSlot,
			_ => Error::<T>::NoCover,
		};
		Self::draw_executor(id, job, seed, &[]).ok_or(refused.into())
	}

	/// Draws an executor that is not `excluded`, if the pool can promise the checks that the job may need.
	pub(crate) fn draw_executor(
		id: JobId,
		job: &JobOf<T>,
		seed: H256,
		excluded: &[T::AccountId],
	) -> Option<T::AccountId> {
		let (slots, checks) = (job.terms.slots.into(), Self::checks_of(job));
		T::Workers::draw_executor(&job.pool(), id, seed, excluded, slots, checks)
	}

	/// Returns the number of checks that `job` may need: one for each checker, and one for an auditor if there is a
	/// worker to spare.
	fn checks_of(job: &JobOf<T>) -> u32 {
		let checkers = job.terms.checkers();
		let auditor = T::Workers::capacity(&job.pool()).has_worker_to_spare(checkers);
		u32::from(checkers).saturating_add(auditor.into())
	}

	/// Takes the steps. Every reveal is charged as if it were the last one and ended the job in the heaviest way; what
	/// is not used is refunded.
	pub(crate) fn do_submit(submission: SubmissionOf<T>) -> DispatchResultWithPostInfo {
		let charged = Self::weight_of(&submission);
		let mut unspent = Self::max_weight_of_comparison().saturating_mul(submission.reveals().into());
		let worker = submission.worker;
		for step in submission.steps {
			match step {
				Step::Commit { job, task, commitment } => Self::commit(&worker, job, task, commitment)?,
				Step::Reveal {
					job,
					task,
					digest,
					salt,
					answer,
				} => {
					let followed = Self::reveal(&worker, job, task, digest, salt, answer)?;
					unspent = unspent.saturating_sub(followed);
				}
			}
		}
		Ok(Some(charged.saturating_sub(unspent)).into())
	}

	fn commit(worker: &T::AccountId, id: JobId, task: TaskId, commitment: H256) -> DispatchResult {
		let mut job = Self::job_to_commit(worker, id, task)?;
		let claims = matches!(job.state, JobState::Claiming { .. });
		let now = frame_system::Pallet::<T>::block_number();
		job.set_status(worker, ParticipantStatus::Committed(commitment));
		let worker = worker.clone();
		if claims {
			job.replacements = 0;
			Self::await_draw(id, job, now);
			Self::deposit_event(Event::Claimed { job: id, worker });
		} else {
			Self::reveal_if_committed(id, job, now);
			Self::deposit_event(Event::Committed { job: id, worker });
		}
		Ok(())
	}

	/// Opens the commitment of `worker`. Returns the weight of what follows the last reveal.
	fn reveal(
		worker: &T::AccountId,
		id: JobId,
		task: TaskId,
		digest: OutcomeDigest,
		salt: H256,
		answer: Option<Answer>,
	) -> Result<Weight, DispatchError> {
		let mut job = Self::job_to_reveal(worker, id, task, digest, salt, answer.as_ref())?;
		if let Some(answer) = answer {
			Self::store_answer(id, digest, answer);
		}
		job.set_status(worker, ParticipantStatus::Revealed(digest));
		Self::deposit_event(Event::Revealed {
			job: id,
			worker: worker.clone(),
			digest,
		});
		if job.awaits_reveal() {
			Jobs::<T>::insert(id, job);
			return Ok(Weight::zero());
		}
		Ok(Self::compare_answers(
			id,
			job,
			frame_system::Pallet::<T>::block_number(),
		))
	}

	pub(crate) fn do_cancel(requester: T::AccountId, id: JobId, task: TaskId) -> DispatchResult {
		let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
		ensure!(job.task == task, Error::<T>::WrongTask);
		ensure!(job.requester == requester, Error::<T>::NotRequester);
		ensure!(
			matches!(job.state, JobState::Claiming { .. }),
			Error::<T>::NotCancellable
		);
		let paid = job.participants.first().map_or(Default::default(), |executor| {
			Self::pay(&job, &executor.worker, job.terms.pay_of(executor.role))
		});
		Self::count_paid_to_workers(paid);
		let levy = Self::charge_levy(&job, 1);
		Self::refund(id, job, paid.saturating_add(levy), RefundReason::Cancelled, None);
		Ok(())
	}
}
