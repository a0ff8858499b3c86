//! What [`WeightInfo`](crate::WeightInfo) names, measured on the runtime.

// A benchmark that cannot be set up is to fail loudly.
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

/// What benchmarks need of other pallets.
pub trait BenchmarkHelper {
	/// A new job whose result may be challenged, with as many workers as a job can have, all of whom agree. Returns the digest on which
	/// they do.
	fn provisional_job() -> (JobId, OutcomeDigest);
}

/// Makes `n` validators, whose keys the keystore has, the electorate of what is disputed from now on.
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
	Pallet::<T>::convene(validators);
	keys
}

/// An account with enough for a few bonds.
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

/// An answer of about `b` encoded bytes, different for each `n`.
fn answer(n: u32, b: u32) -> Answer {
	let mut bytes = alloc::vec![0u8; b.saturating_sub(8).max(4) as usize];
	bytes[..4].copy_from_slice(&n.to_le_bytes());
	Answer {
		root: None,
		outcome: Payload::of(bytes),
	}
}

/// A dispute that `c` accounts began with different answers.
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

/// A ballot of the validator with `key` on so many disputes.
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

		let held: BalanceOf<T> = T::Currency::balance_on_hold(&HoldReason::Challenge.into(), &who);
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

	/// What the job does then is measured along with it, though it is charged by itself: a bench of this pallet cannot tell them
	/// apart.
	#[benchmark]
	fn decide(v: Linear<1, { T::MaxValidators::get() }>, c: Linear<0, MAX_CHALLENGES>) {
		let keys = electorate::<T>(v);
		// Without a challenge a dispute cannot be had here, so the first one is taken out again.
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

	/// The end of the disputes is measured along with it, though it is charged by itself.
	#[benchmark]
	fn work_off_agenda(n: Linear<0, { T::DuePerBlock::get() }>, s: Linear<1, { T::DuePerBlock::get() }>) {
		electorate::<T>(1);
		for _ in 0..n {
			disputed_job::<T>(1);
		}
		// The last of the blocks looked at is that in which all are due.
		let due = Disputes::<T>::iter_values().map(|dispute| dispute.due()).max();
		let due = due.unwrap_or_else(|| BlockNumberFor::<T>::from(1_000u32));
		let steps = BlockNumberFor::<T>::from(s).saturating_sub(One::one());
		NextDue::<T>::put(due.saturating_sub(steps));

		#[block]
		{
			Pallet::<T>::work_off_agenda(due);
		}

		assert!(NextDue::<T>::get() > due.saturating_sub(steps) || n > 0);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
