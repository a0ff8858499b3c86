//! What the calls, their authorisation, the draw and the agenda weigh, measured at their worst.

#![allow(clippy::arithmetic_side_effects, clippy::expect_used)] // A benchmark that cannot be set up must not run.

mod setup;

use super::*;
use alloc::vec::Vec;
use assay_primitives::{
	api::Standing,
	key::WorkerKey,
	traits::{Docket, OnQuarantine, Ruling, WorkerPool},
	JobId, ModelId, ModelRef, Payload, MAX_INLINE,
};
use frame_benchmarking::v2::*;
use frame_support::{pallet_prelude::TransactionSource, traits::Get, BoundedVec};
use frame_system::RawOrigin;
use setup::*;
use sp_runtime::{
	traits::{One, Saturating},
	Permill, RuntimeAppPublic,
};

/// What benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// A listed model, and an input of it that has about so many bytes, 16 at least. Models for other lengths are other models.
	fn model(bytes: u32) -> (ModelId, Payload);

	/// A listed model with as many ports as may be, the version of a family by which it is called, and inputs for it of the smallest
	/// tensors, in at most so many bytes, with their number.
	fn busy_model(bytes: u32) -> (ModelId, ModelRef, u32, Payload);

	/// A registered worker, another for each `seed`, that serves `model` with so many slots. Its key is in the keystore.
	fn worker(seed: u32, slots: u32, model: ModelId) -> (AccountId, WorkerKey);

	/// Gives `who` enough for the fees of hundreds of jobs.
	fn fund(who: &AccountId);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// With slots reserved for a checker and an auditor, by name, and with as many tensors as fit.
	#[benchmark]
	fn request(b: Linear<256, MAX_INLINE>) {
		let (model, named, items, input) = T::BenchmarkHelper::busy_model(b);
		for seed in 0..CREW {
			T::BenchmarkHelper::worker(seed, 1, model);
		}
		let requester = requester::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(requester), named, items, input, terms::<T>(1));

		assert_eq!(NextJob::<T>::get(), JobId(1));
		assert_eq!(job::<T>(JobId(0)).reserved, 2);
	}

	/// Claims, each of which queues a draw behind as many as fill all blocks but the last that it may be in: dearer than a checker's
	/// commitment.
	#[benchmark]
	fn commit(n: Linear<1, MAX_STEPS>) -> Result<(), BenchmarkError> {
		// Two slots stay idle for each that is busy, or the pool would be too crowded.
		let (model, mut crew) = crew::<T>(1, 3 * n);
		let (worker, _) = crew.pop().ok_or(BenchmarkError::Stop("no worker"))?;
		let jobs: Vec<_> = (0..n).map(|_| requested::<T>(model, 0)).collect();
		let commits = jobs.iter().map(|job| Step::Commit {
			job: *job,
			commitment: SALT,
		});
		let steps = BoundedVec::truncate_from(commits.collect());
		crowd_draws::<T>(now::<T>());

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

	/// The last reveal of each job, which makes its result provisional.
	#[benchmark]
	fn reveal(n: Linear<1, MAX_STEPS>, b: Linear<0, MAX_INLINE>) -> Result<(), BenchmarkError> {
		let (_, submission) = reveals::<T>(n, b);

		#[block]
		{
			Pallet::<T>::do_submit(submission).map_err(|error| error.error)?;
		}

		for id in 0..u64::from(n) {
			assert!(is_provisional::<T>(JobId(id)));
		}
		Ok(())
	}

	/// What the last reveal of a job leads to if it cannot settle without the tribunal.
	#[benchmark]
	fn open_dispute() {
		let id = staffed::<T>(MAX_PARTICIPANTS);
		let answer = answer(MAX_INLINE);
		let digest = answer.digest();
		Pallet::<T>::keep(id, digest, answer);
		let deadline = now::<T>().saturating_add(One::one());
		bring::<T>(id, JobState::Revealing { deadline }, |_| Standing::Revealed(digest));
		let mut revealed = job::<T>(id);
		revealed.escalated = true;

		#[block]
		{
			Pallet::<T>::conclude(id, revealed, deadline);
		}

		assert!(matches!(job::<T>(id).state, JobState::Disputed { .. }));
	}

	/// Of reveals: their checks take more than those of commitments.
	#[benchmark]
	fn authorize_submit(n: Linear<1, MAX_STEPS>, b: Linear<0, MAX_INLINE>) -> Result<(), BenchmarkError> {
		let (key, submission) = reveals::<T>(n, b);
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

	#[benchmark]
	fn cancel() {
		let (model, _) = crew::<T>(CREW, 1);
		let id = requested::<T>(model, 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), id);

		assert!(!job::<T>(id).state.is_live());
	}

	#[benchmark]
	fn beacon() {
		#[block]
		{
			Pallet::<T>::draw_due(now::<T>());
		}
	}

	/// All checkers but one, and an auditor in its place.
	#[benchmark]
	fn draw(n: Linear<1, 13>) {
		let (model, _) = crew::<T>(CREW, 1);
		let id = requested::<T>(model, n - 1);
		let since = now::<T>();
		bring::<T>(id, JobState::Drawing { since, until: since }, |_| {
			Standing::Committed(SALT)
		});
		let mut drawn = job::<T>(id);
		drawn.deal.odds.audit = Permill::one();
		drawn.reserved = n as u8;
		assert!(T::Workers::reserve(&model, n));

		#[block]
		{
			Pallet::<T>::draw(id, drawn, SALT, since);
		}

		assert!(job::<T>(id).audited);
		assert!(matches!(job::<T>(id).state, JobState::Checking { .. }));
	}

	/// Blocks in which nothing is due.
	#[benchmark]
	fn agenda(n: Linear<1, { T::DuePerBlock::get() }>) {
		let first = now::<T>();
		let last = first.saturating_add((n - 1).into());
		NextDue::<T>::put(first);

		#[block]
		{
			Pallet::<T>::work_off_agenda(last, u64::MAX);
		}

		assert_eq!(NextDue::<T>::get(), last.saturating_add(One::one()));
	}

	#[benchmark]
	fn postpone() {
		let id = staffed::<T>(MAX_PARTICIPANTS);
		let place = job::<T>(id).agenda;
		let deadline = place.saturating_add(100u32.into());
		bring::<T>(id, JobState::Revealing { deadline }, |_| Standing::Committed(SALT));
		frame_system::Pallet::<T>::set_block_number(place);

		#[block]
		{
			Pallet::<T>::fall_due(place, id, place);
		}

		assert_eq!(job::<T>(id).agenda, deadline.saturating_add(One::one()));
	}

	#[benchmark]
	fn replace_executor() {
		let (model, _) = crew::<T>(CREW, 1);
		let id = requested::<T>(model, 1);
		let (place, now) = due::<T>(id);

		#[block]
		{
			Pallet::<T>::fall_due(place, id, now);
		}

		assert_eq!(job::<T>(id).replacements, 1);
	}

	/// Nobody has committed but the executor.
	#[benchmark]
	fn replace_checkers(n: Linear<1, MAX_PARTICIPANTS>) {
		let id = staffed::<T>(n);
		let deadline = now::<T>();
		bring::<T>(id, JobState::Checking { deadline }, |participant| match participant {
			0 => Standing::Committed(SALT),
			_ => Standing::Drawn,
		});
		let (place, now) = due::<T>(id);
		crowd_draws::<T>(now);

		#[block]
		{
			Pallet::<T>::fall_due(place, id, now);
		}

		assert_eq!(job::<T>(id).participants.len(), 1);
		assert!(matches!(job::<T>(id).state, JobState::Drawing { .. }));
	}

	/// Only the executor has revealed, and the tribunal is called.
	#[benchmark]
	fn punish_silence(n: Linear<1, MAX_PARTICIPANTS>) {
		let id = staffed::<T>(n);
		let answer = answer(MAX_INLINE);
		let digest = answer.digest();
		Pallet::<T>::keep(id, digest, answer);
		Jobs::<T>::mutate(id, |job| job.iter_mut().for_each(|job| job.escalated = true));
		let deadline = now::<T>();
		bring::<T>(id, JobState::Revealing { deadline }, |participant| match participant {
			0 => Standing::Revealed(digest),
			_ => Standing::Committed(SALT),
		});
		let (place, now) = due::<T>(id);

		#[block]
		{
			Pallet::<T>::fall_due(place, id, now);
		}

		assert!(!matches!(job::<T>(id).state, JobState::Revealing { .. }));
	}

	#[benchmark]
	fn settle(n: Linear<1, MAX_PARTICIPANTS>) {
		let id = staffed::<T>(n);
		let since = now::<T>();
		agreed::<T>(id, |digest| JobState::Provisional {
			since,
			until: since,
			digest,
		});
		let (place, now) = due::<T>(id);

		#[block]
		{
			Pallet::<T>::fall_due(place, id, now);
		}

		assert!(matches!(job::<T>(id).state, JobState::Settled { .. }));
	}

	/// All are found wrong, as many as may have proved it, and the right answer is a challenger's.
	#[benchmark]
	fn rule(n: Linear<1, MAX_PARTICIPANTS>) {
		let id = staffed::<T>(n);
		let since = now::<T>();
		agreed::<T>(id, |digest| JobState::Disputed {
			since,
			until: since,
			challenged: Some(digest),
		});
		let upheld: Vec<T::AccountId> = (0..MAX_PROVERS).map(|n| account("prover", n, 0)).collect();
		for prover in &upheld {
			T::BenchmarkHelper::fund(prover);
		}
		let brought = answer(MAX_INLINE - 1);
		let ruling = Ruling {
			verdict: Some(brought.digest()),
			upheld,
			answer: Some(brought),
		};

		#[block]
		{
			<Pallet<T> as Docket<_, _>>::rule(id, ruling);
		}

		assert!(matches!(job::<T>(id).state, JobState::Settled { .. }));
		assert_eq!(Totals::<T>::get().wrong, u64::from(n));
	}

	/// The oldest record, with all that there is to forget of it.
	#[benchmark]
	fn prune() {
		let id = staffed::<T>(MAX_PARTICIPANTS);
		let since = now::<T>();
		let digest = agreed::<T>(id, |digest| JobState::Provisional {
			since,
			until: since,
			digest,
		});
		Pallet::<T>::settle(id, job::<T>(id), digest, None);
		let now = since.saturating_add(T::RecordPeriod::get());

		#[block]
		{
			Pallet::<T>::prune(now, u64::MAX);
		}

		assert!(!Jobs::<T>::contains_key(id));
	}

	/// Over jobs of another model.
	#[benchmark]
	fn sweep(n: Linear<0, MAX_LOOKS>) -> Result<(), BenchmarkError> {
		recorded::<T>(n);
		let other = ModelId(sp_core::H256::repeat_byte(9));
		<Pallet<T> as OnQuarantine>::on_quarantine(&other)?;

		#[block]
		{
			Pallet::<T>::sweep(u64::MAX);
		}

		assert!(Sweeps::<T>::get().is_empty());
		Ok(())
	}

	/// All have revealed, and are paid.
	#[benchmark]
	fn void_job(n: Linear<1, MAX_PARTICIPANTS>) {
		let id = staffed::<T>(n);
		let since = now::<T>();
		agreed::<T>(id, |digest| JobState::Provisional {
			since,
			until: since,
			digest,
		});
		T::BenchmarkHelper::fund(&T::AuditFund::get());
		let voided = job::<T>(id);

		#[block]
		{
			Pallet::<T>::void(id, voided);
		}

		assert!(!job::<T>(id).state.is_live());
	}

	#[benchmark]
	fn pass_ended(n: Linear<1, MAX_LOOKS>) {
		recorded::<T>(n);

		#[block]
		{
			Pallet::<T>::pass_ended();
		}

		assert_eq!(OldestLive::<T>::get(), JobId(n.into()));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext().0, crate::mock::Test);
}
