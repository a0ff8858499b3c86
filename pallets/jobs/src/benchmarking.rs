//! The weights of the calls, their authorisation, the draw and the agenda, measured in the worst case.

#![allow(clippy::arithmetic_side_effects, clippy::expect_used)] // A benchmark that cannot be set up must not run.

mod setup;

use super::*;
use alloc::vec::Vec;
use assay_primitives::{
	api::{ParticipantStatus, Verdict},
	bounds::MAX_EXECUTOR_SLOTS,
	key::WorkerKey,
	traits::{DisputedJobs, OnQuarantine, Ruling, WorkerPool},
	JobId, ModelId, ModelRef, Payload, MAX_INLINE,
};
use frame_benchmarking::v2::*;
use frame_support::{pallet_prelude::TransactionSource, traits::Get, weights::WeightMeter, BoundedVec};
use frame_system::RawOrigin;
use setup::*;
use sp_runtime::{
	traits::{One, Saturating},
	Permill, RuntimeAppPublic,
};

/// What benchmarks need from other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// Returns a listed model, and an input for it of about `bytes` bytes, at least 16. Each length has its own model.
	fn model(bytes: u32) -> (ModelId, Payload);

	/// Returns a listed model with the maximum number of ports, a version of a family that names it, and the number of
	/// items and the input of a batch of the smallest tensors in at most `bytes` bytes.
	fn busy_model(bytes: u32) -> (ModelId, ModelRef, u32, Payload);

	/// Returns a registered worker, a different one for each `seed`, that offers `slots` slots for `model`. Its key is
	/// in the keystore.
	fn worker(seed: u32, slots: u32, model: ModelId) -> (AccountId, WorkerKey);

	/// Gives `who` enough for the fees of hundreds of jobs.
	fn fund(who: &AccountId);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// Requests by name, with the maximum number of tensors, a checker and perhaps an auditor, and as much value at
	/// risk as takes `n` slots.
	#[benchmark]
	fn request(b: Linear<256, MAX_INLINE>, n: Linear<1, { MAX_EXECUTOR_SLOTS as u32 }>) {
		let (model, named, items, input) = T::BenchmarkHelper::busy_model(b);
		for seed in 0..CREW {
			T::BenchmarkHelper::worker(seed, n, model);
		}
		let requester = requester::<T>();
		let terms = valuable::<T>(model, items, 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(requester), named, items, input, terms);

		assert_eq!(u32::from(job::<T>(JobId(0)).terms.slots), n);
		assert_eq!(ReservedDraws::<T>::get(), 2);
	}

	/// Claims, which weigh more than commitments of checkers. The first block for their draws is full.
	#[benchmark]
	fn commit(n: Linear<1, MAX_STEPS>) -> Result<(), BenchmarkError> {
		let (model, mut crew) = crew::<T>(1, n);
		let (worker, _) = crew.pop().ok_or(BenchmarkError::Stop("no worker"))?;
		let jobs: Vec<_> = (0..n).map(|_| request_job::<T>(model, 0)).collect();
		let commits = jobs.iter().map(|id| Step::Commit {
			job: *id,
			task: job::<T>(*id).task,
			commitment: SALT,
		});
		let steps = BoundedVec::truncate_from(commits.collect());
		fill_draws::<T>(now::<T>());

		#[block]
		{
			Pallet::<T>::do_submit(Submission {
				worker,
				at: now::<T>(),
				steps,
			})
			.map_err(|error| error.error)?;
		}

		for id in jobs {
			assert!(matches!(job::<T>(id).state, JobState::Drawing { .. }));
		}
		Ok(())
	}

	/// Makes the last reveal of each job, so that its result becomes provisional.
	#[benchmark]
	fn reveal(n: Linear<1, MAX_STEPS>, b: Linear<0, MAX_INLINE>) -> Result<(), BenchmarkError> {
		let (_, submission) = last_reveals::<T>(n, b);

		#[block]
		{
			Pallet::<T>::do_submit(submission).map_err(|error| error.error)?;
		}

		for id in 0..u64::from(n) {
			assert!(is_provisional::<T>(JobId(id)));
		}
		Ok(())
	}

	/// Opens a dispute, as the last reveal of an escalated job does.
	#[benchmark]
	fn open_dispute() {
		let id = staff_job::<T>(MAX_PARTICIPANTS);
		let answer = answer(MAX_INLINE);
		let digest = answer.digest();
		Pallet::<T>::store_answer(id, digest, answer);
		let deadline = now::<T>().saturating_add(One::one());
		advance_to::<T>(id, JobState::Revealing { deadline }, |_| {
			ParticipantStatus::Revealed(digest)
		});
		let mut revealed = job::<T>(id);
		revealed.escalated = true;

		#[block]
		{
			Pallet::<T>::compare_answers(id, revealed, deadline);
		}

		assert!(matches!(job::<T>(id).state, JobState::Disputed { .. }));
	}

	/// Authorises reveals, whose checks weigh more than those of commitments.
	#[benchmark]
	fn authorize_submit(n: Linear<1, MAX_STEPS>, b: Linear<0, MAX_INLINE>) -> Result<(), BenchmarkError> {
		let (key, submission) = last_reveals::<T>(n, b);
		let signature = key
			.sign(&submission.message(Pallet::<T>::genesis()))
			.ok_or(BenchmarkError::Stop("the key is not in the keystore"))?;

		#[block]
		{
			Pallet::<T>::authorize_submit(TransactionSource::External, &submission, &signature)
				.map_err(|_| BenchmarkError::Stop("the submission is not authorised"))?;
		}
		Ok(())
	}

	/// Cancels a job whose executor has the maximum number of slots.
	#[benchmark]
	fn cancel() {
		let (model, _) = crew::<T>(CREW, MAX_EXECUTOR_SLOTS.into());
		let id = request_job::<T>(model, 1);
		let task = job::<T>(id).task;

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), id, task);

		assert!(!job::<T>(id).state.is_live());
	}

	#[benchmark]
	fn beacon() {
		#[block]
		{
			Pallet::<T>::draw_due(now::<T>());
		}
	}

	/// Draws `n - 1` checkers and an auditor, all workers with many slots and tickets.
	#[benchmark]
	fn draw(n: Linear<1, 13>) {
		let (model, _) = crew::<T>(CREW, BUSY_SLOTS);
		let id = request_job::<T>(model, n - 1);
		let since = now::<T>();
		advance_to::<T>(id, JobState::Drawing { since, until: since }, |_| {
			ParticipantStatus::Committed(SALT)
		});
		let mut drawn = job::<T>(id);
		drawn.terms.odds.audit_rate = Permill::one();

		#[block]
		{
			Pallet::<T>::draw(id, drawn, SALT, since);
		}

		assert!(job::<T>(id).audited);
		assert!(matches!(job::<T>(id).state, JobState::Checking { .. }));
	}

	/// Reads the agendas of blocks in which nothing is due.
	#[benchmark]
	fn service_agendas(n: Linear<1, { T::DuePerBlock::get() }>) {
		let first = now::<T>();
		let last = first.saturating_add((n - 1).into());
		NextDue::<T>::put(first);

		#[block]
		{
			Pallet::<T>::service_agendas(last, &mut WeightMeter::new());
		}

		assert_eq!(NextDue::<T>::get(), last.saturating_add(One::one()));
	}

	#[benchmark]
	fn postpone() {
		let id = staff_job::<T>(MAX_PARTICIPANTS);
		let place = job::<T>(id).agenda.expect("a live job has a place on the agenda");
		let deadline = place.saturating_add(100u32.into());
		advance_to::<T>(id, JobState::Revealing { deadline }, |_| {
			ParticipantStatus::Committed(SALT)
		});
		frame_system::Pallet::<T>::set_block_number(place);

		#[block]
		{
			Pallet::<T>::service_job(place, id, place);
		}

		assert_eq!(job::<T>(id).agenda, Some(deadline.saturating_add(One::one())));
	}

	/// Replaces an executor with the maximum number of slots.
	#[benchmark]
	fn replace_executor() {
		let (model, _) = crew::<T>(CREW, MAX_EXECUTOR_SLOTS.into());
		let id = request_job::<T>(model, 1);
		let (place, now) = make_due::<T>(id);

		#[block]
		{
			Pallet::<T>::service_job(place, id, now);
		}

		assert_eq!(job::<T>(id).replacements, 1);
	}

	/// Replaces all checkers: only the executor has committed.
	#[benchmark]
	fn replace_checkers(n: Linear<1, MAX_PARTICIPANTS>) {
		let id = staff_job::<T>(n);
		let deadline = now::<T>();
		advance_to::<T>(id, JobState::Checking { deadline }, |participant| match participant {
			0 => ParticipantStatus::Committed(SALT),
			_ => ParticipantStatus::Drawn,
		});
		let (place, now) = make_due::<T>(id);
		fill_draws::<T>(now);

		#[block]
		{
			Pallet::<T>::service_job(place, id, now);
		}

		assert_eq!(job::<T>(id).participants.len(), 1);
		assert!(matches!(job::<T>(id).state, JobState::Drawing { .. }));
	}

	/// Slashes all participants except the executor, which revealed, and opens a dispute.
	#[benchmark]
	fn punish_silence(n: Linear<1, MAX_PARTICIPANTS>) {
		let id = staff_job::<T>(n);
		let answer = answer(MAX_INLINE);
		let digest = answer.digest();
		Pallet::<T>::store_answer(id, digest, answer);
		Jobs::<T>::mutate(id, |job| job.iter_mut().for_each(|job| job.escalated = true));
		let deadline = now::<T>();
		advance_to::<T>(id, JobState::Revealing { deadline }, |participant| match participant {
			0 => ParticipantStatus::Revealed(digest),
			_ => ParticipantStatus::Committed(SALT),
		});
		let (place, now) = make_due::<T>(id);

		#[block]
		{
			Pallet::<T>::service_job(place, id, now);
		}

		assert!(!matches!(job::<T>(id).state, JobState::Revealing { .. }));
	}

	#[benchmark]
	fn settle(n: Linear<1, MAX_PARTICIPANTS>) {
		let id = staff_job::<T>(n);
		let since = now::<T>();
		all_reveal::<T>(id, |digest| JobState::Provisional {
			since,
			until: since,
			closes_at: 0,
			digest,
		});
		let (place, now) = make_due::<T>(id);

		#[block]
		{
			Pallet::<T>::service_job(place, id, now);
		}

		assert!(matches!(job::<T>(id).state, JobState::Settled { .. }));
	}

	/// Finds all workers wrong, pays the maximum number of reporters, and settles with the answer that somebody
	/// brought.
	#[benchmark]
	fn apply_ruling(n: Linear<1, MAX_PARTICIPANTS>) {
		let id = staff_job::<T>(n);
		let since = now::<T>();
		all_reveal::<T>(id, |digest| JobState::Disputed {
			since,
			challenged: Some(digest),
		});
		let upheld: Vec<T::AccountId> = (0..MAX_REPORTERS).map(|n| account("reporter", n, 0)).collect();
		for reporter in &upheld {
			T::BenchmarkHelper::fund(reporter);
		}
		let brought = answer(MAX_INLINE - 1);
		let ruling = Ruling {
			verdict: Verdict::Outcome(brought.digest()),
			upheld,
			answer: Some(brought),
		};

		#[block]
		{
			<Pallet<T> as DisputedJobs<_, _>>::apply_ruling(id, ruling);
		}

		assert!(matches!(job::<T>(id).state, JobState::Settled { .. }));
		assert_eq!(Totals::<T>::get().wrong, u64::from(n));
	}

	/// Removes the oldest record with its input and answer.
	#[benchmark]
	fn prune() {
		let id = staff_job::<T>(MAX_PARTICIPANTS);
		let since = now::<T>();
		let digest = all_reveal::<T>(id, |digest| JobState::Provisional {
			since,
			until: since,
			closes_at: 0,
			digest,
		});
		Pallet::<T>::settle(id, job::<T>(id), digest, None);
		let now = since.saturating_add(T::RecordPeriod::get());

		#[block]
		{
			Pallet::<T>::prune(now, &mut WeightMeter::new());
		}

		assert!(!Jobs::<T>::contains_key(id));
	}

	/// Visits jobs of another model.
	#[benchmark]
	fn sweep(n: Linear<0, MAX_VISITS>) -> Result<(), BenchmarkError> {
		insert_records::<T>(n);
		let other = ModelId(sp_core::H256::repeat_byte(9));
		<Pallet<T> as OnQuarantine>::on_quarantine(&other)?;

		#[block]
		{
			Pallet::<T>::sweep(&mut WeightMeter::new());
		}

		assert!(Sweeps::<T>::get().is_empty());
		Ok(())
	}

	/// Pays participants that have all revealed.
	#[benchmark]
	fn void_job(n: Linear<1, MAX_PARTICIPANTS>) {
		let id = staff_job::<T>(n);
		let since = now::<T>();
		all_reveal::<T>(id, |digest| JobState::Provisional {
			since,
			until: since,
			closes_at: 0,
			digest,
		});
		T::BenchmarkHelper::fund(&T::AuditFund::get());
		let voided = job::<T>(id);

		#[block]
		{
			Pallet::<T>::void_job(id, voided);
		}

		assert!(!job::<T>(id).state.is_live());
	}

	#[benchmark]
	fn skip_ended_jobs(n: Linear<1, MAX_VISITS>) {
		insert_records::<T>(n);

		#[block]
		{
			Pallet::<T>::skip_ended_jobs(&mut WeightMeter::new());
		}

		assert_eq!(OldestLive::<T>::get(), JobId(n.into()));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext().0, crate::mock::Test);
}
