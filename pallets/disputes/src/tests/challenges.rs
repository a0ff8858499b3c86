//! Who may challenge which result, and until when.

use crate::{mock::*, Error, Event, MAX_CHALLENGES};
use assay_primitives::JobId;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, TokenError};

#[test]
fn a_challenge_opens_a_dispute_and_holds_a_bond() {
	build_and_execute(|| {
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		assert_eq!(Stages::get(job), Some(Stage::Disputed));
		assert_eq!(
			(held(&account(1)), Balances::free_balance(account(1))),
			(100, RICH - 100)
		);
		let info = Disputes::dispute(job).unwrap();
		assert_eq!((info.electorate, info.deadline), (3, 1 + PERIOD));
		assert_eq!(
			(&info.challenges[0].challenger, info.challenges[0].bond),
			(&account(1), 100)
		);
		let digest = outcome(1).digest();
		assert_eq!(
			events(),
			vec![
				Event::Challenged {
					job,
					challenger: account(1),
					digest,
					bond: 100
				},
				Event::Opened {
					job,
					electorate: 3,
					deadline: 1 + PERIOD
				}
			]
		);
	});
}

#[test]
fn a_result_may_be_challenged_in_the_last_block_of_its_window_and_not_after() {
	build_and_execute(|| {
		let (in_time, late) = (provisional_job(), provisional_job());
		run_to(1 + WINDOW);
		assert_ok!(challenge(1, in_time, outcome(1)));
		run_to(2 + WINDOW);
		assert_noop!(challenge(1, late, outcome(1)), Error::<Test>::NotChallengeable);
	});
}

#[test]
fn only_a_provisional_result_may_be_challenged() {
	build_and_execute(|| {
		let running = running_job();
		assert_noop!(challenge(1, running, outcome(1)), Error::<Test>::NotChallengeable);
		assert_noop!(challenge(1, JobId(99), outcome(1)), Error::<Test>::NotChallengeable);
	});
}

#[test]
fn a_disagreement_of_workers_cannot_be_joined() {
	build_and_execute(|| {
		let job = disputed_job();
		assert_noop!(challenge(1, job, outcome(1)), Error::<Test>::NotChallengeable);
	});
}

#[test]
fn a_result_cannot_be_challenged_with_itself() {
	build_and_execute(|| {
		let job = provisional_job();
		assert_noop!(challenge(1, job, outcome(0)), Error::<Test>::SameResult);
		assert_ok!(challenge(1, job, outcome(1)));
		assert_noop!(challenge(2, job, outcome(0)), Error::<Test>::SameResult);
	});
}

#[test]
fn others_may_join_until_the_first_vote() {
	build_and_execute(|| {
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		run_to(1 + PERIOD);
		assert_ok!(challenge(2, job, outcome(2)));
		assert_eq!(Disputes::dispute(job).unwrap().challenges.len(), 2);
		assert_ok!(vote(0, job, 1));
		assert_noop!(challenge(4, job, outcome(3)), Error::<Test>::ChallengesClosed);
	});
}

#[test]
fn nobody_may_join_after_the_first_round() {
	build_and_execute(|| {
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		// A backlog: the deadline has passed, but the dispute is still open.
		System::set_block_number(2 + PERIOD);
		assert_noop!(challenge(2, job, outcome(2)), Error::<Test>::ChallengesClosed);
		run_to(10 + PERIOD);
		assert_eq!(Disputes::dispute(job).unwrap().round, 2);
		assert_noop!(challenge(2, job, outcome(2)), Error::<Test>::ChallengesClosed);
	});
}

#[test]
fn a_digest_has_one_challenger() {
	build_and_execute(|| {
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		assert_noop!(challenge(2, job, outcome(1)), Error::<Test>::DigestTaken);
		assert_ok!(challenge(2, job, outcome(2)));
	});
}

#[test]
fn an_account_challenges_once() {
	build_and_execute(|| {
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		assert_noop!(challenge(1, job, outcome(2)), Error::<Test>::AlreadyChallenged);
		// It may challenge another job.
		let other = provisional_job();
		assert_ok!(challenge(1, other, outcome(2)));
		assert_eq!(held(&account(1)), 200);
	});
}

#[test]
fn the_number_of_challengers_is_bounded() {
	build_and_execute(|| {
		let job = provisional_job();
		for who in 0..MAX_CHALLENGES {
			assert_ok!(challenge(who, job, outcome(1 + who)));
		}
		assert_noop!(challenge(9, job, outcome(9)), Error::<Test>::TooManyChallenges);
	});
}

#[test]
fn an_account_without_the_bond_cannot_challenge() {
	build_and_execute(|| {
		let job = provisional_job();
		let poor: DispatchError = TokenError::FundsUnavailable.into();
		assert_noop!(challenge(50, job, outcome(1)), poor);
		Bond::set(RICH - MINIMUM + 1);
		assert_noop!(challenge(1, job, outcome(1)), poor);
		Bond::set(RICH - MINIMUM);
		assert_ok!(challenge(1, job, outcome(1)));
	});
}

#[test]
fn a_challenge_needs_authorisation() {
	build_and_execute(|| {
		let job = provisional_job();
		let call = || match challenge_call(1, job, outcome(1)) {
			RuntimeCall::Disputes(crate::Call::challenge { challenge, signature }) => (challenge, signature),
			other => panic!("{other:?}"),
		};
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::signed(account(1))] {
			let (challenge, signature) = call();
			assert_noop!(
				Disputes::challenge(origin, challenge, signature),
				DispatchError::BadOrigin
			);
		}
	});
}
