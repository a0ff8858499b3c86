//! The weights of [`WeightInfo`](crate::WeightInfo), measured on the runtime.

// A benchmark that cannot be set up must fail loudly.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing)]

use crate::{
	Agenda, BalanceOf, Ballot, BallotOf, BlocksWithRoom, Call, Config, Disputes, Event, HoldReason, NewChallenge,
	NewChallengeOf, NextDue, Pallet, Vote, Votes, MAX_CHALLENGES, MAX_VOTES,
};
use alloc::vec::Vec;
use assay_primitives::{
	api::Verdict,
	batch::Answer,
	key::VoterKey,
	traits::{ChallengeLane, DisputedJobs},
	JobId, OutcomeDigest, Payload, TaskId, MAX_INLINE,
};
use frame_benchmarking::v2::*;
use frame_support::traits::{
	fungible::{hold::Inspect as _, Inspect as _, Mutate},
	Authorize, EnsureOrigin, Get,
};
use frame_system::{
	offchain::{AppCrypto, SigningTypes},
	pallet_prelude::BlockNumberFor,
	RawOrigin,
};
use sp_runtime::{
	traits::{IdentifyAccount, One, Saturating},
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

/// Gives an account enough balance for a few bonds.
fn endow<T: Config>(who: &T::AccountId)
where
	T::Currency: Mutate<T::AccountId>,
{
	let enough = T::ChallengeBond::get()
		.saturating_add(T::Currency::minimum_balance())
		.saturating_mul(100u32.into());
	T::Currency::set_balance(who, enough);
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

fn task<T: Config>(job: JobId) -> TaskId {
	T::Jobs::task_id(job).expect("the job exists")
}

/// Returns a challenge of the `n`th challenger, which has enough balance, with a digest of its own.
fn new_challenge<T: Config>(job: JobId, n: u32) -> NewChallengeOf<T>
where
	T::Currency: Mutate<T::AccountId>,
{
	let challenger = account::<T::AccountId>("challenger", n, 0);
	endow::<T>(&challenger);
	NewChallenge {
		challenger,
		at: frame_system::Pallet::<T>::block_number(),
		job,
		task: task::<T>(job),
		digest: answer(n, 16).digest(),
	}
}

/// Opens a dispute with `c` challenges. Returns the job and the digest of its result.
fn disputed_job<T: Config>(c: u32) -> (JobId, OutcomeDigest)
where
	T::Currency: Mutate<T::AccountId>,
{
	let (job, provisional) = T::BenchmarkHelper::provisional_job();
	for n in 0..c {
		Pallet::<T>::do_challenge(new_challenge::<T>(job, n)).expect("the result is provisional");
	}
	(job, provisional)
}

/// Opens a dispute with `c` challenges, which waits for an answer of `b` bytes.
fn awaiting_job<T: Config>(c: u32, b: u32) -> (JobId, Answer)
where
	T::Currency: Mutate<T::AccountId>,
{
	let (job, _) = disputed_job::<T>(c);
	let answer = answer(0, b);
	let dispute = Disputes::<T>::get(job).expect("the dispute is open");
	Pallet::<T>::conclude(job, dispute, Verdict::Outcome(answer.digest()));
	(job, answer)
}

/// Casts a vote for `verdict` of each of `n` accounts that are in no electorate.
fn strangers_vote<T: Config>(job: JobId, n: u32, verdict: Verdict) {
	for stranger in 0..n {
		Votes::<T>::insert(job, account::<T::AccountId>("stranger", stranger, 0), verdict);
	}
}

/// Opens `n` disputes and returns a ballot on them of the validator with `key`.
fn ballot<T: Config>(key: &VoterKey, n: u32) -> BallotOf<T>
where
	T::Currency: Mutate<T::AccountId>,
{
	let vote = |(job, provisional)| Vote {
		job,
		task: task::<T>(job),
		verdict: Verdict::Outcome(provisional),
	};
	let votes: Vec<_> = (0..n).map(|_| vote(disputed_job::<T>(1))).collect();
	let mut ballot = Ballot {
		voter: key.clone(),
		at: frame_system::Pallet::<T>::block_number(),
		votes: votes.try_into().expect("n is at most MAX_VOTES"),
	};
	ballot.votes.sort_by_key(|vote| vote.job);
	ballot
}

#[benchmarks(where T::Currency: Mutate<T::AccountId>)]
mod benches {
	use super::*;

	#[benchmark]
	fn challenge() {
		electorate::<T>(T::MaxValidators::get());
		let (job, _) = T::BenchmarkHelper::provisional_job();
		let new = new_challenge::<T>(job, 0);
		let who = new.challenger.clone();

		#[block]
		{
			Pallet::<T>::do_challenge(new).expect("the result is provisional");
		}

		let held: BalanceOf<T> = T::Currency::balance_on_hold(&HoldReason::ChallengeBond.into(), &who);
		assert_eq!(held, T::ChallengeBond::get());
	}

	#[benchmark]
	fn join_challenge() {
		electorate::<T>(T::MaxValidators::get());
		let (job, _) = disputed_job::<T>(MAX_CHALLENGES.saturating_sub(1));
		let new = new_challenge::<T>(job, MAX_CHALLENGES);

		#[block]
		{
			Pallet::<T>::do_challenge(new).expect("the challenge can be joined");
		}

		let dispute = Disputes::<T>::get(job).expect("the dispute is open");
		assert_eq!(dispute.challenges.len(), MAX_CHALLENGES as usize);
	}

	#[benchmark]
	fn authorize_challenge() -> Result<(), BenchmarkError> {
		electorate::<T>(T::MaxValidators::get());
		let (job, _) = disputed_job::<T>(MAX_CHALLENGES.saturating_sub(1));
		type Key<T> = <<T as Config>::WatcherId as AppCrypto<
			<T as SigningTypes>::Public,
			<T as SigningTypes>::Signature,
		>>::RuntimeAppPublic;
		type Generic<T> = <<T as Config>::WatcherId as AppCrypto<
			<T as SigningTypes>::Public,
			<T as SigningTypes>::Signature,
		>>::GenericPublic;
		let public: T::Public = Generic::<T>::from(Key::<T>::generate_pair(None)).into();
		let challenger = public.clone().into_account();
		endow::<T>(&challenger);
		let new = NewChallenge {
			challenger,
			..new_challenge::<T>(job, MAX_CHALLENGES)
		};
		let message = new.message(Pallet::<T>::genesis());
		let signature = T::WatcherId::sign(&message, public).expect("the keystore has the key");
		let call = Call::<T>::challenge {
			challenge: new,
			signature,
		};

		#[block]
		{
			call.authorize(TransactionSource::External)
				.ok_or("the call is authorised")?
				.map_err(|_| "the challenge can be made")?;
		}
		Ok(())
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

	#[benchmark]
	fn await_answer() {
		electorate::<T>(T::MaxValidators::get());
		let (job, _) = disputed_job::<T>(MAX_CHALLENGES);
		let dispute = Disputes::<T>::get(job).expect("the dispute is open");
		let digest = answer(0, 16).digest();

		#[block]
		{
			Pallet::<T>::conclude(job, dispute, Verdict::Outcome(digest));
		}

		let dispute = Disputes::<T>::get(job).expect("the dispute is open");
		assert_eq!(dispute.awaited, Some(digest));
	}

	/// Without the end of the dispute, which is charged by itself.
	#[benchmark]
	fn bring_answer(b: Linear<16, MAX_INLINE>) {
		electorate::<T>(T::MaxValidators::get());
		let (job, answer) = awaiting_job::<T>(MAX_CHALLENGES, b);
		let task = task::<T>(job);

		#[block]
		{
			let answer: Answer = codec::Decode::decode(&mut &codec::Encode::encode(&answer)[..]).expect("it decodes");
			assert!(Pallet::<T>::awaiting_dispute(job, task, &answer).is_ok());
		}
	}

	#[benchmark]
	fn authorize_answer(b: Linear<16, MAX_INLINE>) -> Result<(), BenchmarkError> {
		electorate::<T>(T::MaxValidators::get());
		let (job, answer) = awaiting_job::<T>(MAX_CHALLENGES, b);
		let task = task::<T>(job);
		let call = Call::<T>::bring_answer { job, task, answer };

		#[block]
		{
			call.authorize(TransactionSource::External)
				.ok_or("the call is authorised")?
				.map_err(|_| "the answer is awaited")?;
		}
		Ok(())
	}

	/// Without the end of the dispute, which is charged by itself: the verdict's answer is awaited.
	#[benchmark]
	fn rule() -> Result<(), BenchmarkError> {
		electorate::<T>(T::MaxValidators::get());
		let (job, _) = disputed_job::<T>(MAX_CHALLENGES);
		let origin = T::RulingOrigin::try_successful_origin().map_err(|_| "there is an origin that may rule")?;

		#[extrinsic_call]
		rule(
			origin as T::RuntimeOrigin,
			job,
			task::<T>(job),
			Verdict::Outcome(answer(0, 16).digest()),
		);

		assert!(Disputes::<T>::get(job).is_some_and(|dispute| dispute.awaited.is_some()));
		Ok(())
	}

	/// The electorate before was as large, and nobody in it has voted; twice as many others have.
	#[benchmark]
	fn begin_round(v: Linear<1, { T::MaxValidators::get() }>) {
		let before = electorate::<T>(v);
		let (job, provisional) = disputed_job::<T>(1);
		let dispute = Disputes::<T>::get(job).expect("the dispute is open");
		strangers_vote::<T>(job, v.saturating_mul(2), Verdict::Outcome(provisional));
		let strangers: Vec<_> = (0..v).map(|n| account::<T::AccountId>("stranger", n, 0)).collect();
		let after = strangers.into_iter().zip(before);
		// A quorum of strangers would end the dispute, which is charged by itself.
		let after: Vec<_> = after.collect();
		for (n, (who, _)) in (0u32..).zip(&after) {
			Votes::<T>::insert(job, who, Verdict::Outcome(answer(n, 32).digest()));
		}
		if v == 1 {
			Votes::<T>::remove(job, &after[0].0);
		}
		Pallet::<T>::set_electorate(after);
		Agenda::<T>::remove(dispute.due(), job);

		#[block]
		{
			Pallet::<T>::begin_round(job, dispute);
		}

		assert_eq!(Disputes::<T>::get(job).map(|dispute| dispute.round), Some(2));
	}

	/// As many votes are of validators that have left. Includes what the job does with the ruling, although that is
	/// charged by itself: a benchmark of this pallet cannot separate the two.
	#[benchmark]
	fn decide(v: Linear<1, { T::MaxValidators::get() }>, c: Linear<0, MAX_CHALLENGES>) {
		electorate::<T>(v);
		// Here only a challenge opens a dispute, so the first one is removed again.
		let (job, provisional) = disputed_job::<T>(c.max(1));
		let mut dispute = Disputes::<T>::get(job).expect("the dispute is open");
		dispute.challenges.truncate(c as usize);
		let verdict = Verdict::Outcome(provisional);
		strangers_vote::<T>(job, v, verdict);
		for n in 0..v {
			Votes::<T>::insert(job, account::<T::AccountId>("validator", n, 0), verdict);
		}
		dispute.tally.force_push((verdict, v));

		#[block]
		{
			Pallet::<T>::decide(job, dispute, verdict, None);
		}

		let decided = Event::<T>::Decided {
			job,
			verdict,
			votes: v.saturating_mul(2),
		};
		assert!(frame_system::Pallet::<T>::events()
			.into_iter()
			.any(|record| record.event == <T as frame_system::Config>::RuntimeEvent::from(decided.clone())));
		assert_eq!(Votes::<T>::iter().count(), 0);
	}

	#[benchmark]
	fn count_room() {
		#[block]
		{
			Pallet::<T>::count_room();
		}

		assert_eq!(Pallet::<T>::blocks_with_room(), BlocksWithRoom::<T>::get());
	}

	/// Includes the next rounds of the disputes, although they are charged by themselves.
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
