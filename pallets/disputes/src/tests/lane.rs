//! The lane of challenges: they get in ahead of everything else and into full blocks, and windows wait for room.

use crate::{mock::*, BlocksWithRoom, Call, WeightInfo, CHALLENGE_LIFETIME};
use assay_primitives::{traits::ChallengeLane, JobId};
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::{Authorize, Get},
	weights::Weight,
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::{
	traits::Zero,
	transaction_validity::{
		InvalidTransaction, TransactionPriority, TransactionSource, TransactionValidityError, ValidTransaction,
	},
};

fn refused(with: InvalidTransaction) -> Result<ValidTransaction, TransactionValidityError> {
	Err(TransactionValidityError::Invalid(with))
}

/// Fills the current block with transactions of these weights and this length, and starts the next. Returns whether
/// the block had room.
fn end_block(normal: Weight, operational: Weight, length: u32) -> bool {
	let before = BlocksWithRoom::<Test>::get();
	System::set_block_consumed_resources(normal, length as usize);
	System::register_extra_weight_unchecked(operational, DispatchClass::Operational);
	run_to(System::block_number() + 1);
	BlocksWithRoom::<Test>::get() > before
}

#[test]
fn property_5_a_challenge_precedes_everything_else_and_is_free() {
	build_and_execute(|| {
		let job = provisional_job();
		let call = challenge_call(1, job, outcome(1));
		assert_eq!(call.get_dispatch_info().class, DispatchClass::Operational);
		for source in [
			TransactionSource::Local,
			TransactionSource::External,
			TransactionSource::InBlock,
		] {
			let (valid, _) = call.authorize(source).unwrap().unwrap();
			assert_eq!(valid.priority, TransactionPriority::MAX);
			assert_eq!(valid.longevity, u64::from(CHALLENGE_LIFETIME));
			assert!(valid.propagate && valid.requires.is_empty());
		}
		let vote = vote_call(0, &[(disputed_job(), outcome(1).digest())]);
		assert!(authorize(&vote).unwrap().priority < TransactionPriority::MAX);
		assert_ok!(submit(call));
		assert!(is_open(job));
		assert_eq!(Balances::free_balance(account(1)), RICH - 100);
	});
}

#[test]
fn property_5_an_account_has_one_challenge_in_the_pool() {
	build_and_execute(|| {
		let (first, second) = (provisional_job(), provisional_job());
		let [one, other, anothers] = [(1, first), (1, second), (2, first)]
			.map(|(who, job)| authorize(&challenge_call(who, job, outcome(1))).unwrap());
		assert_eq!(one.provides, other.provides);
		// The priority is the same, so that the second does not displace the first.
		assert_eq!(one.priority, other.priority);
		assert_ne!(one.provides, anothers.provides);
	});
}

#[test]
fn property_5_a_challenge_that_cannot_succeed_is_refused_before_it_enters_a_block() {
	build_and_execute(|| {
		let job = provisional_job();
		let stale = refused(InvalidTransaction::Stale);
		assert_eq!(authorize(&challenge_call(1, job, outcome(0))), stale);
		assert_eq!(authorize(&challenge_call(1, running_job(), outcome(1))), stale);
		assert_eq!(authorize(&challenge_call(1, JobId(99), outcome(1))), stale);
		assert_eq!(
			authorize(&challenge_call(50, job, outcome(1))),
			refused(InvalidTransaction::Payment)
		);
		let late = challenge_call(1, job, outcome(2));
		assert_ok!(challenge(1, job, outcome(1)));
		assert_eq!(authorize(&late), stale, "the account has challenged already");
		assert_eq!(authorize(&challenge_call(2, job, outcome(1))), stale);
		assert_ok!(vote(0, job, 1));
		assert_eq!(authorize(&challenge_call(2, job, outcome(2))), stale);
	});
}

#[test]
fn property_5_nobody_can_challenge_for_another_account_or_with_another_digest() {
	build_and_execute(|| {
		let job = provisional_job();
		let bad = refused(InvalidTransaction::BadProof);
		let parts = |call| match call {
			RuntimeCall::Disputes(Call::challenge { challenge, signature }) => (challenge, signature),
			other => panic!("{other:?}"),
		};
		let (challenge, signature) = parts(challenge_call(1, job, outcome(1)));
		let forge = |challenge| -> RuntimeCall {
			let signature = signature.clone();
			Call::challenge { challenge, signature }.into()
		};
		assert_ok!(authorize(&forge(challenge.clone())));
		let mut forged = challenge.clone();
		forged.challenger = account(2);
		assert_eq!(authorize(&forge(forged)), bad);
		let mut forged = challenge.clone();
		forged.digest = outcome(2).digest();
		assert_eq!(authorize(&forge(forged)), bad);
		let mut forged = challenge;
		forged.job = provisional_job();
		forged.task = task(forged.job);
		assert_eq!(authorize(&forge(forged)), bad);
	});
}

#[test]
fn property_5_a_challenge_is_valid_for_a_time() {
	build_and_execute(|| {
		let job = provisional_job();
		assert_ok!(challenge(2, job, outcome(2)));
		let call = challenge_call(1, job, outcome(1));
		System::set_block_number(0);
		assert_eq!(authorize(&call), refused(InvalidTransaction::Future));
		System::set_block_number(1 + PERIOD);
		assert_ok!(authorize(&call));
		// Even if it could still be made.
		crate::Disputes::<Test>::mutate(job, |dispute| dispute.as_mut().unwrap().deadline = 1_000);
		System::set_block_number(1 + u64::from(CHALLENGE_LIFETIME));
		assert_ok!(authorize(&call));
		System::set_block_number(2 + u64::from(CHALLENGE_LIFETIME));
		assert_eq!(authorize(&call), refused(InvalidTransaction::Stale));
		System::set_block_number(1);
		crate::Disputes::<Test>::mutate(job, |dispute| dispute.as_mut().unwrap().deadline = 1 + PERIOD);
	});
}

#[test]
fn property_5_blocks_that_leave_room_for_a_challenge_are_counted() {
	build_and_execute(|| {
		let limits: BlockWeights = <Test as frame_system::Config>::BlockWeights::get();
		let (zero, all) = (Weight::zero(), limits.max_block);
		let reserved = limits.get(DispatchClass::Operational).reserved.unwrap();
		type Weighs = crate::weights::SubstrateWeight<Test>;
		let place = Weighs::challenge() + Weighs::authorize_challenge();
		assert!(end_block(zero, zero, 0));
		// Ordinary transactions and hooks leave what is reserved for operational ones.
		assert!(end_block(all, zero, 0));
		assert!(end_block(all, reserved.saturating_sub(place * 3), 0));
		assert!(!end_block(all, reserved.saturating_sub(place), 0));
		assert!(!end_block(zero, all, 0));
		let lengths: BlockLength = <Test as frame_system::Config>::BlockLength::get();
		let most = *lengths.max.get(DispatchClass::Operational);
		assert!(end_block(zero, zero, most - 2_000));
		assert!(!end_block(zero, zero, most - 300));
		assert_eq!(Disputes::blocks_with_room(), 4);
	});
}

#[test]
fn property_5_a_transaction_with_a_challenge_fits_into_its_place() {
	build_and_execute(|| {
		use codec::Encode;
		let call = challenge_call(1, provisional_job(), outcome(1));
		let info = call.get_dispatch_info();
		assert!(!info.call_weight.is_zero());
		let extrinsic =
			<Test as frame_system::offchain::CreateAuthorizedTransaction<Call<Test>>>::create_authorized_transaction(
				call,
			);
		assert!(extrinsic.encoded_size() < 300, "{}", extrinsic.encoded_size());
	});
}
