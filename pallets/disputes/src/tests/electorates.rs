//! Who may vote in which dispute, across sessions.

use crate::{mock::*, CurrentElectorate, Electorates, OpenDisputes, VoterRecords};
use frame_support::{
	assert_ok,
	traits::{Get, OneSessionHandler},
};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

const STALE: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Stale);

#[test]
fn the_validators_of_the_session_in_which_the_round_begins_decide() {
	build_and_execute(|| {
		let old = disputed_job();
		session(3..6);
		let new = disputed_job();
		assert_eq!(vote(3, old, 1), Err(STALE));
		assert_eq!(vote(0, new, 1), Err(STALE));
		assert_ok!(vote(0, old, 1));
		assert_ok!(vote(1, old, 1));
		assert_ok!(vote(4, new, 2));
		assert_ok!(vote(5, new, 2));
		assert!(!is_open(old) && !is_open(new));
		assert_eq!(VoterRecords::<Test>::get(validator(2)).absent, 1);
		assert_eq!(VoterRecords::<Test>::get(validator(3)).absent, 1);
	});
}

#[test]
fn an_electorate_is_stored_while_a_dispute_refers_to_it() {
	build_and_execute(|| {
		let (first, second) = (disputed_job(), disputed_job());
		let number = CurrentElectorate::<Test>::get();
		assert_eq!(OpenDisputes::<Test>::get(number), 2);
		for session_number in 1..10 {
			session(session_number * 3..session_number * 3 + 3);
			Disputes::do_try_state().unwrap();
		}
		assert_eq!(Electorates::<Test>::iter().count(), 2);
		for job in [first, second] {
			assert!(Electorates::<Test>::contains_key(number));
			assert_ok!(vote(0, job, 1));
			assert_ok!(vote(1, job, 1));
		}
		assert!(!Electorates::<Test>::contains_key(number));
		assert_eq!(Electorates::<Test>::iter().count(), 1);
	});
}

#[test]
fn a_session_of_the_same_validators_changes_nothing() {
	build_and_execute(|| {
		let number = CurrentElectorate::<Test>::get();
		session(0..3);
		assert_eq!(CurrentElectorate::<Test>::get(), number);
		session(0..4);
		assert_eq!(CurrentElectorate::<Test>::get(), number + 1);
		assert_eq!(Electorates::<Test>::iter().count(), 1);
	});
}

#[test]
fn a_validator_votes_with_the_key_it_had_when_the_round_began() {
	build_and_execute(|| {
		let job = disputed_job();
		let rotated = [(validator(0), key(50)), (validator(1), key(51))];
		let all = || rotated.iter().map(|(validator, key)| (validator, key.clone()));
		Disputes::on_new_session(true, all(), all());
		assert_eq!(vote(50, job, 1), Err(STALE));
		assert_ok!(vote(0, job, 1));
		assert_ok!(vote(1, job, 1));
		assert!(!is_open(job));
	});
}

#[test]
fn the_validators_of_genesis_may_vote() {
	build_and_execute(|| {
		let set = [(validator(7), key(7))];
		Disputes::on_genesis_session(set.iter().map(|(validator, key)| (validator, key.clone())));
		let job = disputed_job();
		assert_ok!(vote(7, job, 1));
		assert!(!is_open(job));
	});
}

#[test]
fn validators_beyond_the_maximum_have_no_vote() {
	build_and_execute(|| {
		let most: u32 = <Test as crate::Config>::MaxValidators::get();
		session(0..most + 5);
		let job = disputed_job();
		assert_eq!(Disputes::dispute(job).unwrap().electorate, most);
		assert_eq!(vote(most, job, 1), Err(STALE));
		assert_ok!(vote(most - 1, job, 1));
	});
}

#[test]
fn a_disabled_validator_keeps_its_vote() {
	build_and_execute(|| {
		let job = disputed_job();
		<Disputes as OneSessionHandler<AccountId>>::on_disabled(0);
		assert_ok!(vote(0, job, 1));
	});
}
