//! What the calls do.

use crate::{
	Accepted, AcceptedOf, BalanceOf, Config, Deal, Error, Event, HoldReason, Inputs, Job, JobOf, JobState, Jobs,
	NextJob, Pallet, PreviousBeacon, Step, SubmissionOf, Totals, WeightInfo,
};
use assay_primitives::{
	api::{Duty, JobPeriods, Participant, RefundReason, Standing},
	batch::{input_digest, Answer, MAX_ITEMS},
	probe::fit,
	task::{probe_id, task_id},
	terms::{Deterrence, Fee, Terms, MAX_CHECKERS},
	traits::{ModelRegistry, Service, WorkerPool},
	JobId, ModelId, ModelRef, OutcomeDigest, Payload,
};
use frame_support::{
	dispatch::{DispatchResult, DispatchResultWithPostInfo},
	ensure,
	traits::{fungible::hold::Mutate as _, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Bounded, Hash, Saturating},
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
		ensure!((1..=MAX_ITEMS).contains(&items), Error::<T>::BadItems);
		ensure!(Self::is_storable(&input), Error::<T>::BadArtifact);
		ensure!(terms.checkers <= MAX_CHECKERS, Error::<T>::TooManyCheckers);
		let model = T::Models::resolve(&model).ok_or(Error::<T>::ModelNotOpen)?;
		let offer = T::Models::offer(&model).ok_or(Error::<T>::ModelNotOpen)?;
		ensure!(offer.listed || terms.allow_unlisted, Error::<T>::Unlisted);
		if let Payload::Inline(bytes) = &input {
			ensure!(fit(&T::Models::inputs(&model), items, bytes), Error::<T>::WrongInput);
		}
		let (deal, deterred) = Self::deal(offer.macs, offer.royalty, items, &terms);
		ensure!(deal.fee.total() <= terms.max_fee, Error::<T>::Overpriced);
		ensure!(deterred, Error::<T>::Undeterred);
		let accepted = Accepted {
			requester,
			owner: offer.owner,
			model,
			probation: None,
			items,
			input,
			deal,
			escalated: false,
		};
		Self::accept(accepted)
	}

	/// Holds the fee of a job, draws its executor and sets it going.
	pub(crate) fn accept(accepted: AcceptedOf<T>) -> Result<JobId, DispatchError> {
		let Accepted {
			requester,
			owner,
			model,
			probation,
			items,
			input,
			deal,
			escalated,
		} = accepted;
		let engine = T::Models::recipe(&model).map(|recipe| recipe.engine);
		let engine = probation.map(|probation| probation.engine).or(engine);
		let engine = engine.ok_or(Error::<T>::ModelNotOpen)?;
		let digest = input_digest(items, input.content());
		let task = match &probation {
			None => task_id(engine, model, digest),
			Some(probation) => probe_id(engine, model, digest, &probation.stated),
		};
		let now = frame_system::Pallet::<T>::block_number();
		let deadline = now.saturating_add(deal.periods.commit.into());
		let checkers = deal.checkers();
		let fee = deal.fee.total();
		let mut job = Job {
			requester: requester.clone(),
			owner,
			model,
			probation,
			task,
			items,
			deal,
			requested_at: now,
			participants: Default::default(),
			reserved: 0,
			replacements: 0,
			audited: false,
			escalated,
			agenda: Bounded::max_value(),
			state: JobState::Claiming { deadline },
		};
		let id = NextJob::<T>::get();
		NextJob::<T>::put(JobId(id.0.checked_add(1).ok_or(Error::<T>::Exhausted)?));
		let (executor, reserved) = Self::engage(&job.pool(), id, checkers)?;
		job.reserved = reserved;
		T::Currency::hold(&HoldReason::Fee.into(), &requester, fee)?;
		Self::join(&mut job, executor.clone(), Duty::Executor);
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

	/// Draws an executor and reserves slots for its checkers, and for an auditor where there is a worker to spare.
	fn engage(model: &ModelId, id: JobId, checkers: u8) -> Result<(T::AccountId, u8), DispatchError> {
		let servers = T::Workers::servers(model);
		ensure!(servers > 0, Error::<T>::NoFreeSlot);
		ensure!(servers > checkers.into(), Error::<T>::TooFewWorkers);
		let reserved = match servers > u32::from(checkers).saturating_add(1) {
			true => checkers.saturating_add(1),
			false => checkers,
		};
		ensure!(T::Workers::free_slots(model) > reserved.into(), Error::<T>::NoFreeSlot);
		let seed = BlakeTwo256::hash_of(&(b"assay/executor", PreviousBeacon::<T>::get(), id));
		let executor = T::Workers::draw(model, id, seed, &[]).ok_or(Error::<T>::NoFreeSlot)?;
		ensure!(T::Workers::reserve(model, reserved.into()), Error::<T>::NoFreeSlot);
		Ok((executor, reserved))
	}

	/// What is agreed if a job of so many inputs is accepted now on these terms, each of which takes `macs` multiply-accumulates and
	/// costs `royalty`, and whether cheating would lose.
	pub(crate) fn deal(
		macs: u64,
		royalty: BalanceOf<T>,
		items: u32,
		terms: &Terms<BalanceOf<T>>,
	) -> (Deal<BalanceOf<T>>, bool) {
		let (pricing, periods, security) = (T::Pricing::get(), T::Periods::get(), T::Security::get());
		let wait = periods.wait(terms.window);
		let fee = Fee::new(&pricing, items, macs, royalty, terms.checkers, wait);
		let bond = T::Workers::slot_bond();
		let deterrence = Deterrence::new(security.odds(), bond, terms.checkers, fee.total(), terms.value_at_risk);
		let work = periods.work(items, macs);
		let deal = Deal {
			fee,
			value_at_risk: terms.value_at_risk,
			bond,
			slash: security.slash,
			fine: security.no_show_fine.min(bond),
			odds: security.odds(),
			periods: JobPeriods {
				commit: periods.commit.saturating_add(work),
				reveal: periods.reveal.saturating_add(work),
				window: periods.window(terms.window).saturating_add(work),
				vote: periods.vote.saturating_add(work),
			},
			passing: deterrence.passing,
			deterrence: deterrence.ratio(),
		};
		(deal, deterrence.holds())
	}

	/// Every reveal is charged as if it called the tribunal; what those took that did not is given back.
	pub(crate) fn do_submit(submission: SubmissionOf<T>) -> DispatchResultWithPostInfo {
		let most = Self::weight_of(&submission);
		let mut peaceful = submission.reveals();
		let worker = submission.worker;
		for step in submission.steps {
			match step {
				Step::Commit { job, commitment } => Self::commit(&worker, job, commitment)?,
				Step::Reveal {
					job,
					digest,
					salt,
					answer,
				} => {
					let disputed = Self::reveal(&worker, job, digest, salt, answer)?;
					peaceful = peaceful.saturating_sub(disputed.into());
				}
			}
		}
		let spared = T::WeightInfo::open_dispute().saturating_mul(peaceful.into());
		Ok(Some(most.saturating_sub(spared)).into())
	}

	fn commit(worker: &T::AccountId, id: JobId, commitment: H256) -> DispatchResult {
		let mut job = Self::committable(worker, id)?;
		let claims = matches!(job.state, JobState::Claiming { .. });
		let now = frame_system::Pallet::<T>::block_number();
		if claims && !Self::queue_draw(id, &job, now) {
			// The next blocks are full of draws. Nothing has changed, and the worker will submit again.
			return Ok(());
		}
		job.stand(worker, Standing::Committed(commitment));
		let worker = worker.clone();
		if claims {
			job.replacements = 0;
			Self::await_draw(id, job, now);
			Self::deposit_event(Event::Claimed { job: id, worker });
		} else {
			Self::reveal_or_wait(id, job, now);
			Self::deposit_event(Event::Committed { job: id, worker });
		}
		Ok(())
	}

	/// Goes on to the reveal if everybody has committed.
	pub(crate) fn reveal_or_wait(id: JobId, job: JobOf<T>, now: BlockNumberFor<T>) {
		if job.participants.iter().any(|p| p.standing == Standing::Drawn) {
			Jobs::<T>::insert(id, job);
		} else {
			let deadline = now.saturating_add(job.deal.periods.reveal.into());
			Self::advance(id, job, JobState::Revealing { deadline });
		}
	}

	/// Returns whether the tribunal is to decide now.
	fn reveal(
		worker: &T::AccountId,
		id: JobId,
		digest: OutcomeDigest,
		salt: H256,
		answer: Option<Answer>,
	) -> Result<bool, DispatchError> {
		let mut job = Self::revealable(worker, id, digest, salt, answer.as_ref())?;
		if let Some(answer) = answer {
			Self::keep(id, digest, answer);
		}
		job.stand(worker, Standing::Revealed(digest));
		Self::deposit_event(Event::Revealed {
			job: id,
			worker: worker.clone(),
			digest,
		});
		if job
			.participants
			.iter()
			.any(|p| matches!(p.standing, Standing::Committed(_)))
		{
			Jobs::<T>::insert(id, job);
			return Ok(false);
		}
		Ok(Self::conclude(id, job, frame_system::Pallet::<T>::block_number()))
	}

	pub(crate) fn do_cancel(requester: T::AccountId, id: JobId) -> DispatchResult {
		let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
		ensure!(job.requester == requester, Error::<T>::NotRequester);
		ensure!(
			matches!(job.state, JobState::Claiming { .. }),
			Error::<T>::NotCancellable
		);
		let paid = job.participants.first().map_or(Default::default(), |executor| {
			Self::pay(&job, &executor.worker, job.deal.fee.pay)
		});
		Totals::<T>::mutate(|totals| totals.paid_to_workers = totals.paid_to_workers.saturating_add(paid));
		Self::refund(id, job, paid, RefundReason::Cancelled, None);
		Ok(())
	}

	/// Adds `worker` to those who take part.
	pub(crate) fn join(job: &mut JobOf<T>, worker: T::AccountId, duty: Duty) {
		let participant = Participant {
			worker: worker.clone(),
			duty,
			standing: Standing::Drawn,
		};
		if job.participants.try_push(participant).is_err() {
			frame_support::defensive!("a job has no more participants than it may");
		}
	}

	/// Frees the slot of a worker that is not to blame.
	pub(crate) fn free(job: &JobOf<T>, id: JobId, worker: &T::AccountId, service: Service) {
		if let Err(error) = T::Workers::release(&job.pool(), worker, id, service) {
			log::error!(target: crate::LOG_TARGET, "job {id}: the slot of {worker:?} is not freed: {error:?}");
			frame_support::defensive!("a participant's slot is busy with its job");
		}
	}
}
