//! What the pool and a block refuse, at no cost to honest validators.

use crate::{mock::*, Call, Error, Votes, MAX_VOTES};
use assay_primitives::JobId;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{GetDispatchInfo, Pays},
	traits::Hooks,
};
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError,
};

fn refused(with: InvalidTransaction) -> TransactionValidityError {
	TransactionValidityError::Invalid(with)
}

#[test]
fn an_account_outside_the_electorate_has_no_vote() {
	build_and_execute(|| {
		let job = disputed_job();
		assert_eq!(vote(9, job, 1), Err(refused(InvalidTransaction::Stale)));
	});
}

#[test]
fn nobody_can_vote_for_another_validator() {
	build_and_execute(|| {
		let job = disputed_job();
		let ballot = ballot(0, votes(&[(job, outcome(1).digest())]));
		let signature = sign(1, &ballot.message(genesis()));
		let forged: RuntimeCall = Call::<Test>::vote { ballot, signature }.into();
		assert_eq!(authorize(&forged), Err(refused(InvalidTransaction::BadProof)));
	});
}

#[test]
fn a_signature_over_one_vote_is_invalid_for_another() {
	build_and_execute(|| {
		let job = disputed_job();
		let honest = ballot(0, votes(&[(job, outcome(1).digest())]));
		let signature = sign(0, &honest.message(genesis()));
		let ballot = ballot(0, votes(&[(job, outcome(2).digest())]));
		let turned: RuntimeCall = Call::<Test>::vote { ballot, signature }.into();
		assert_eq!(authorize(&turned), Err(refused(InvalidTransaction::BadProof)));
	});
}

#[test]
fn a_signature_for_another_chain_is_invalid() {
	build_and_execute(|| {
		let job = disputed_job();
		let ballot = ballot(0, votes(&[(job, outcome(1).digest())]));
		let signature = sign(0, &ballot.message(sp_core::H256::repeat_byte(1)));
		let foreign: RuntimeCall = Call::<Test>::vote { ballot, signature }.into();
		assert_eq!(authorize(&foreign), Err(refused(InvalidTransaction::BadProof)));
	});
}

#[test]
fn a_validator_votes_once() {
	build_and_execute(|| {
		let job = disputed_job();
		assert_ok!(vote(0, job, 1));
		assert_eq!(vote(0, job, 1), Err(refused(InvalidTransaction::Stale)));
		assert_eq!(vote(0, job, 2), Err(refused(InvalidTransaction::Stale)));
		assert_eq!(Votes::<Test>::iter().count(), 1);
	});
}

#[test]
fn a_vote_is_stale_after_the_verdict_and_counts_until_the_next_round_begins() {
	build_and_execute(|| {
		let (decided, late) = (disputed_job(), disputed_job());
		assert_ok!(vote(0, decided, 1));
		assert_ok!(vote(1, decided, 1));
		assert_eq!(vote(2, decided, 1), Err(refused(InvalidTransaction::Stale)));
		// The agenda has a backlog.
		System::set_block_number(2 + PERIOD);
		assert_ok!(vote(0, late, 1));
		run_to(10 + PERIOD);
		assert_eq!(Disputes::dispute(late).unwrap().round, 2);
		assert_ok!(vote(1, late, 1));
	});
}

#[test]
fn a_ballot_must_be_ascending_and_not_empty() {
	build_and_execute(|| {
		let (first, second) = (disputed_job(), disputed_job());
		let digest = outcome(1).digest();
		let call = refused(InvalidTransaction::Call);
		assert_eq!(submit(vote_call(0, &[])), Err(call));
		assert_eq!(submit(vote_call(0, &[(second, digest), (first, digest)])), Err(call));
		assert_eq!(submit(vote_call(0, &[(first, digest), (first, digest)])), Err(call));
		assert_ok!(submit(vote_call(0, &[(first, digest), (second, digest)])));
		assert_eq!(Votes::<Test>::iter().count(), 2);
	});
}

#[test]
fn a_vote_that_is_not_due_invalidates_the_whole_ballot() {
	build_and_execute(|| {
		let job = disputed_job();
		let digest = outcome(1).digest();
		assert_eq!(
			submit(vote_call(0, &[(job, digest), (JobId(99), digest)])),
			Err(refused(InvalidTransaction::Stale))
		);
		assert_eq!(Votes::<Test>::iter().count(), 0);
	});
}

#[test]
fn one_ballot_may_decide_many_disputes_of_several_electorates() {
	build_and_execute(|| {
		let mut jobs = vec![disputed_job(), disputed_job()];
		session([0, 1, 5]);
		jobs.push(disputed_job());
		let votes: Vec<_> = jobs.iter().map(|job| (*job, outcome(1).digest())).collect();
		assert_ok!(submit(vote_call(0, &votes)));
		assert_ok!(submit(vote_call(1, &votes)));
		assert!(!jobs.into_iter().any(is_open));
	});
}

#[test]
fn ballots_with_a_common_vote_exclude_each_other_in_the_pool() {
	build_and_execute(|| {
		let (first, second) = (disputed_job(), disputed_job());
		let digest = outcome(1).digest();
		let alone = authorize(&vote_call(0, &[(first, digest)])).unwrap();
		let both = authorize(&vote_call(0, &[(first, digest), (second, digest)])).unwrap();
		let others = authorize(&vote_call(1, &[(first, digest)])).unwrap();
		// The first tag is that of the block on which a ballot is based, the others are those of its votes.
		assert_eq!(both.provides.len(), 3);
		assert_eq!(alone.provides, both.provides[..2]);
		assert!(!both.provides.iter().any(|tag| others.provides.contains(tag)));
	});
}

#[test]
fn a_later_ballot_replaces_an_earlier_one_and_future_ones_are_refused() {
	build_and_execute(|| {
		let votes = [(disputed_job(), outcome(1).digest())];
		let earlier = vote_call(0, &votes);
		System::set_block_number(System::block_number() + 1);
		let later = vote_call(0, &votes);
		let [old, new] = [&earlier, &later].map(|call| authorize(call).unwrap());
		assert_ne!(old.provides[0], new.provides[0]);
		assert_eq!(old.provides[1..], new.provides[1..]);
		assert!(old.priority < new.priority);
		System::set_block_number(System::block_number() - 1);
		assert_eq!(authorize(&later).unwrap_err(), refused(InvalidTransaction::Future));
		assert!(authorize(&earlier).is_ok());
	});
}

#[test]
fn a_ballot_needs_authorisation() {
	build_and_execute(|| {
		let job = disputed_job();
		let ballot = ballot(0, votes(&[(job, outcome(1).digest())]));
		let signature = sign(0, &ballot.message(genesis()));
		for origin in [RuntimeOrigin::signed(validator(0)), RuntimeOrigin::none()] {
			assert_noop!(
				Disputes::vote(origin, ballot.clone(), signature.clone()),
				DispatchError::BadOrigin
			);
		}
		let unknown = crate::Ballot {
			votes: votes(&[(JobId(99), outcome(1).digest())]).try_into().unwrap(),
			..ballot
		};
		let failed = Disputes::do_vote(unknown).map_err(|failure| failure.error);
		assert_noop!(failed, Error::<Test>::NotDue);
	});
}

#[test]
fn a_ballot_signed_like_an_ordinary_transaction_would_be_charged() {
	build_and_execute(|| {
		let job = disputed_job();
		let call = vote_call(0, &[(job, outcome(1).digest())]);
		assert_eq!(call.get_dispatch_info().pays_fee, Pays::Yes);
	});
}

#[test]
fn a_ballot_is_weighed_as_if_every_vote_concluded_a_dispute_and_charged_for_what_it_did() {
	use sp_runtime::traits::Dispatchable;
	build_and_execute(|| {
		let job = disputed_job();
		let authorized = || frame_system::RawOrigin::Authorized.into();
		let weigh = |voter| {
			let call = vote_call(voter, &[(job, outcome(1).digest())]);
			call.dispatch(authorized()).unwrap().actual_weight.unwrap()
		};
		let (counting, deciding) = (weigh(0), weigh(1));
		assert_eq!(deciding, counting.saturating_add(Disputes::weight_of_decision(3, 0)));
		assert!(deciding.all_lte(Disputes::weight_of(1)));
		assert!(Disputes::weight_of(MAX_VOTES).all_gte(deciding.saturating_mul(MAX_VOTES.into())));
		Disputes::integrity_test();
	});
}

#[test]
fn property_1_a_vote_for_another_forks_task_is_stale() {
	// Two forks on which the same number stands for different tasks. The validator runs the one of the first.
	let mut signed = None;
	build_and_execute(|| {
		Fork::set(1);
		let job = disputed_job();
		signed = Some((job, vote_call(0, &[(job, outcome(1).digest())])));
		assert_ok!(authorize(&signed.clone().unwrap().1));
	});
	let (number, foreign) = signed.unwrap();
	build_and_execute(|| {
		Fork::set(2);
		let job = disputed_job();
		assert_eq!(job, number);
		assert_eq!(authorize(&foreign), Err(refused(InvalidTransaction::Stale)));
		// Nor can an author slip it past the pool.
		let RuntimeCall::Disputes(Call::vote { ballot, .. }) = foreign.clone() else {
			panic!("a vote");
		};
		let slipped = Disputes::do_vote(ballot).map_err(|failure| failure.error);
		assert_noop!(slipped, Error::<Test>::WrongTask);
		assert_eq!(Votes::<Test>::iter().count(), 0);
		assert_ok!(vote(0, job, 1));
	});
}

#[test]
fn property_1_a_challenge_for_another_forks_task_is_stale() {
	let mut signed = None;
	build_and_execute(|| {
		Fork::set(1);
		signed = Some(challenge_call(1, provisional_job(), outcome(1)));
		assert_ok!(authorize(signed.as_ref().unwrap()));
	});
	let foreign = signed.unwrap();
	build_and_execute(|| {
		Fork::set(2);
		let job = provisional_job();
		let stale = Err(refused(InvalidTransaction::Stale));
		assert_eq!(authorize(&foreign), stale);
		assert_ok!(challenge(2, job, outcome(2)));
		assert_eq!(authorize(&foreign), stale);
	});
}
