//! The weights of [`WeightInfo`](crate::WeightInfo), measured on the runtime.

// A benchmark that cannot be set up must fail loudly.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing)]

use crate::{
	BalanceOf, Ballot, BallotOf, Call, Config, Disputes, Event, HoldReason, NextDue, Pallet, Votes, MAX_CHALLENGES,
	MAX_VOTES,
};
use alloc::vec::Vec;
use assay_primitives::{batch::Answer, key::VoterKey, JobId, OutcomeDigest, Payload, MAX_INLINE};
use frame_benchmarking::v2::*;
use frame_support::traits::{
	fungible::{hold::Inspect as _, Inspect as _, Mutate},
	Authorize, Get,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::{
	traits::{One, Saturating},
	transaction_validity::TransactionSource,
	RuntimeAppPublic,
};

/// What benchmarks need from other pallets.
pub trait BenchmarkHelper {
	/// Returns a new job whose result may be challenged, and the digest of that result. The job has the maximum number
	/// of workers, which all agree.
	fn provisional_job() -> (JobId, OutcomeDigest);
}

/// Makes `n` validators, whose keys are in the keystore, the electorate of new disputes. Returns their keys.
fn electorate<T: Config>(n: u32) -> Vec<VoterKey> {
	let validators: Vec<_> = (0..n)
		.map(|i| {
			(
				account::<T::AccountId>("validator", i, 0),
				VoterKey::generate_pair(None),
			)
		})
		.collect();
	let keys = validators.iter().map(|(_, key)| key.clone()).collect();
	Pallet::<T>::set_electorate(validators);
	keys
}

/// Returns an account with enough balance for a few bonds.
fn challenger<T: Config>(n: u32) -> T::AccountId
where
	T::Currency: Mutate<T::AccountId>,
{
	let who = account::<T::AccountId>("challenger", n, 0);
	let enough = T::ChallengeBond::get()
		.saturating_add(T::Currency::minimum_balance())
		.saturating_mul(100u32.into());
	T::Currency::set_balance(&who, enough);
	who
}

/// Returns an answer of about `b` encoded bytes, different for each `n`.
fn answer(n: u32, b: u32) -> Answer {
	let mut bytes = alloc::vec![0u8; b.saturating_sub(8).max(4) as usize];
	bytes[..4].copy_from_slice(&n.to_le_bytes());
	Answer {
		root: None,
		outcome: Payload::of(bytes),
	}
}

/// Opens a dispute with `c` challenges that bring different answers. Returns the job and the digest of its result.
fn disputed_job<T: Config>(c: u32) -> (JobId, OutcomeDigest)
where
	T::Currency: Mutate<T::AccountId>,
{
	let (job, provisional) = T::BenchmarkHelper::provisional_job();
	for n in 0..c {
		let who = challenger::<T>(n);
		Pallet::<T>::do_challenge(who, job, answer(n, MAX_INLINE)).expect("the result is provisional");
	}
	(job, provisional)
}

/// Opens `n` disputes and returns a ballot on them of the validator with `key`.
fn ballot<T: Config>(key: &VoterKey, n: u32) -> BallotOf<T>
where
	T::Currency: Mutate<T::AccountId>,
{
	let votes: Vec<_> = (0..n).map(|_| disputed_job::<T>(1)).collect();
	let mut ballot = Ballot {
		voter: key.clone(),
		at: frame_system::Pallet::<T>::block_number(),
		votes: votes.try_into().expect("n is at most MAX_VOTES"),
	};
	ballot.votes.sort();
	ballot
}

#[benchmarks(where T::Currency: Mutate<T::AccountId>)]
mod benches {
	use super::*;

	#[benchmark]
	fn challenge(b: Linear<16, MAX_INLINE>) {
		electorate::<T>(T::MaxValidators::get());
		let (job, _) = T::BenchmarkHelper::provisional_job();
		let who = challenger::<T>(0);

		#[extrinsic_call]
		challenge(RawOrigin::Signed(who.clone()), job, answer(0, b));

		let held: BalanceOf<T> = T::Currency::balance_on_hold(&HoldReason::ChallengeBond.into(), &who);
		assert_eq!(held, T::ChallengeBond::get());
	}

	#[benchmark]
	fn join_challenge(b: Linear<16, MAX_INLINE>) {
		electorate::<T>(T::MaxValidators::get());
		let (job, _) = disputed_job::<T>(MAX_CHALLENGES.saturating_sub(1));
		let who = challenger::<T>(MAX_CHALLENGES);

		#[extrinsic_call]
		challenge(RawOrigin::Signed(who), job, answer(MAX_CHALLENGES, b));

		let dispute = Disputes::<T>::get(job).expect("the dispute is open");
		assert_eq!(dispute.challenges.len(), MAX_CHALLENGES as usize);
	}

	#[benchmark]
	fn vote(n: Linear<1, MAX_VOTES>) {
		let keys = electorate::<T>(T::MaxValidators::get());
		let ballot = ballot::<T>(&keys[keys.len() - 1], n);
		let message = ballot.message(Pallet::<T>::genesis());
		let signature = ballot.voter.sign(&message).expect("the keystore has the key");

		#[extrinsic_call]
		vote(RawOrigin::Authorized, ballot, signature);

		assert_eq!(Votes::<T>::iter().count(), n as usize);
	}

	#[benchmark]
	fn authorize_vote(n: Linear<1, MAX_VOTES>) -> Result<(), BenchmarkError> {
		let keys = electorate::<T>(T::MaxValidators::get());
		let ballot = ballot::<T>(&keys[keys.len() - 1], n);
		let message = ballot.message(Pallet::<T>::genesis());
		let signature = ballot.voter.sign(&message).expect("the keystore has the key");
		let call = Call::<T>::vote { ballot, signature };

		#[block]
		{
			call.authorize(TransactionSource::External)
				.ok_or("the call is authorised")?
				.map_err(|_| "the ballot is due")?;
		}
		Ok(())
	}

	/// Includes what the job does with the ruling, although that is charged by itself: a benchmark of this pallet
	/// cannot separate the two.
	#[benchmark]
	fn decide(v: Linear<1, { T::MaxValidators::get() }>, c: Linear<0, MAX_CHALLENGES>) {
		let keys = electorate::<T>(v);
		// Here only a challenge opens a dispute, so the first one is removed again.
		let (job, verdict) = disputed_job::<T>(c.max(1));
		let mut dispute = Disputes::<T>::get(job).expect("the dispute is open");
		dispute.challenges.truncate(c as usize);
		for (seat, _) in (0u32..).zip(&keys) {
			Votes::<T>::insert(job, seat, verdict);
		}
		dispute.tally.force_push((verdict, v));

		#[block]
		{
			Pallet::<T>::decide(job, dispute, Some(verdict));
		}

		let decided = Event::<T>::Decided {
			job,
			verdict: Some(verdict),
			votes: v,
		};
		assert!(frame_system::Pallet::<T>::events()
			.into_iter()
			.any(|record| record.event == <T as frame_system::Config>::RuntimeEvent::from(decided.clone())));
		assert_eq!(Votes::<T>::iter().count(), 0);
	}

	/// Includes the end of the disputes, although that is charged by itself.
	#[benchmark]
	fn service_agendas(n: Linear<0, { T::DuePerBlock::get() }>, s: Linear<1, { T::DuePerBlock::get() }>) {
		electorate::<T>(1);
		for _ in 0..n {
			disputed_job::<T>(1);
		}
		// All disputes are due in the last of the blocks.
		let due = Disputes::<T>::iter_values().map(|dispute| dispute.due()).max();
		let due = due.unwrap_or_else(|| BlockNumberFor::<T>::from(1_000u32));
		let steps = BlockNumberFor::<T>::from(s).saturating_sub(One::one());
		NextDue::<T>::put(due.saturating_sub(steps));

		#[block]
		{
			Pallet::<T>::service_agendas(due);
		}

		assert!(NextDue::<T>::get() > due.saturating_sub(steps) || n > 0);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
