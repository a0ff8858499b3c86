//! Bonds: released, paid and burned to the unit.

use crate::{mock::*, Event};
use assay_primitives::{api::Verdict, JobId};
use frame_support::{
	assert_ok,
	traits::{fungible::Inspect, Hooks},
};
use sp_runtime::Permill;

/// Returns the balance of an account, free and on hold.
fn balance(who: u32) -> u64 {
	Balances::total_balance(&account(who))
}

fn decide(job: JobId, n: u32) {
	assert_ok!(vote(0, job, n));
	assert_ok!(vote(1, job, n));
	assert!(!is_open(job));
}

/// Makes `n` accounts from 10 on the workers that gave the provisional result.
fn workers(n: u32) {
	Workers::set((0..n).map(|i| (account(10 + i), outcome(0).digest())).collect());
}

#[test]
fn the_bond_of_an_upheld_challenger_is_released() {
	build_and_execute(|| {
		workers(3);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		let issuance = Balances::total_issuance();
		events();
		decide(job, 1);
		let ruling = ruling(job).unwrap();
		assert_eq!(ruling.verdict, right_is(1));
		assert_eq!((ruling.upheld, ruling.answer), (vec![account(1)], None));
		assert_eq!((balance(1), held(&account(1))), (RICH, 0));
		assert_eq!(Balances::total_issuance(), issuance);
		let (challenger, amount) = (account(1), 100);
		assert_eq!(
			events().last(),
			Some(&Event::BondReleased {
				job,
				challenger,
				amount
			})
		);
	});
}

#[test]
fn a_false_challenge_pays_the_accused_workers_in_equal_parts() {
	build_and_execute(|| {
		workers(3);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		let issuance = Balances::total_issuance();
		events();
		decide(job, 0);
		let ruling = ruling(job).unwrap();
		assert_eq!((ruling.upheld, ruling.answer), (vec![], None));
		assert_eq!((balance(1), held(&account(1))), (RICH - 100, 0));
		assert_eq!([balance(10), balance(11), balance(12)], [RICH + 33; 3]);
		// What does not divide evenly is burned.
		assert_eq!(Balances::total_issuance(), issuance - 1);
		let (challenger, amount, burned) = (account(1), 100, 1);
		assert_eq!(
			events().last(),
			Some(&Event::BondForfeited {
				job,
				challenger,
				amount,
				burned
			})
		);
	});
}

#[test]
fn if_everybody_was_wrong_the_bond_is_burned() {
	build_and_execute(|| {
		workers(3);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		let issuance = Balances::total_issuance();
		decide(job, 2);
		assert_eq!((balance(1), held(&account(1))), (RICH - 100, 0));
		assert_eq!([balance(10), balance(11), balance(12)], [RICH; 3]);
		assert_eq!(Balances::total_issuance(), issuance - 100);
	});
}

#[test]
fn if_the_task_cannot_be_run_every_bond_is_released() {
	build_and_execute(|| {
		workers(3);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		assert_ok!(challenge(2, job, outcome(2)));
		assert_ok!(vote(0, job, 1));
		let issuance = Balances::total_issuance();
		assert_ok!(vote_not_runnable(1, job));
		assert_ok!(vote_not_runnable(2, job));
		assert!(!is_open(job));
		assert_eq!((balance(1), balance(2)), (RICH, RICH));
		assert_eq!((held(&account(1)), held(&account(2))), (0, 0));
		assert_eq!(Balances::total_issuance(), issuance);
	});
}

#[test]
fn each_challenger_is_judged_by_its_own_digest() {
	build_and_execute(|| {
		workers(2);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(2)));
		assert_ok!(challenge(2, job, outcome(1)));
		assert_ok!(challenge(4, job, fault()));
		let issuance = Balances::total_issuance();
		decide(job, 1);
		let ruling = ruling(job).unwrap();
		assert_eq!(ruling.upheld, vec![account(2)]);
		// Nobody is confirmed, so forfeited bonds are burned.
		assert_eq!([balance(1), balance(4)], [RICH - 100; 2]);
		assert_eq!([balance(2), balance(10), balance(11)], [RICH; 3]);
		assert_eq!(Balances::total_issuance(), issuance - 200);
	});
}

#[test]
fn another_false_challenge_costs_as_much_as_the_first() {
	build_and_execute(|| {
		workers(1);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		assert_ok!(challenge(2, job, outcome(2)));
		decide(job, 0);
		assert_eq!(
			[balance(1), balance(2), balance(10)],
			[RICH - 100, RICH - 100, RICH + 200]
		);
	});
}

#[test]
fn what_a_worker_cannot_receive_is_burned() {
	build_and_execute(|| {
		// Two accounts do not exist, and the parts are too small to create them.
		Bond::set(3 * MINIMUM - 3);
		let digest = outcome(0).digest();
		Workers::set(vec![
			(account(60), digest),
			(account(10), digest),
			(account(61), digest),
		]);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		let issuance = Balances::total_issuance();
		decide(job, 0);
		let part = MINIMUM - 1;
		assert_eq!((held(&account(1)), balance(1)), (0, RICH - 3 * part));
		assert_eq!([balance(60), balance(10), balance(61)], [0, RICH + part, 0]);
		assert_eq!(Balances::total_issuance(), issuance - 2 * part);
	});
}

#[test]
fn a_part_that_is_large_enough_creates_an_account() {
	build_and_execute(|| {
		Workers::set(vec![(account(60), outcome(0).digest())]);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		decide(job, 0);
		assert_eq!(balance(60), 100);
	});
}

#[test]
fn a_worker_that_challenges_its_own_answer_is_paid_its_part_of_the_bond() {
	build_and_execute(|| {
		workers(2);
		let job = provisional_job();
		assert_ok!(challenge(10, job, outcome(1)));
		decide(job, 0);
		assert_eq!(
			(held(&account(10)), balance(10), balance(11)),
			(0, RICH - 50, RICH + 50)
		);
	});
}

#[test]
fn a_worker_that_challenges_itself_alone_loses_the_burned_share() {
	build_and_execute(|| {
		Burn::set(Permill::from_percent(50));
		workers(1);
		let job = provisional_job();
		assert_ok!(challenge(10, job, outcome(1)));
		let issuance = Balances::total_issuance();
		decide(job, 0);
		assert_eq!((held(&account(10)), balance(10)), (0, RICH - 50));
		assert_eq!(Balances::total_issuance(), issuance - 50);
	});
}

#[test]
fn a_challenge_keeps_the_bond_with_which_it_was_made() {
	build_and_execute(|| {
		workers(1);
		let (right, wrong) = (provisional_job(), provisional_job());
		assert_ok!(challenge(1, right, outcome(1)));
		assert_ok!(challenge(2, wrong, outcome(1)));
		Bond::set(500);
		decide(right, 1);
		decide(wrong, 0);
		assert_eq!([balance(1), balance(2), balance(10)], [RICH, RICH - 100, RICH + 100]);
	});
}

#[test]
fn an_account_that_depends_on_its_bond_gets_it_back() {
	build_and_execute(|| {
		// The bond is smaller than the minimum balance, and the rest is spent.
		Bond::set(MINIMUM / 2);
		let job = provisional_job();
		assert_ok!(challenge(1, job, outcome(1)));
		let everything = Balances::free_balance(account(1)) - MINIMUM;
		assert_ok!(Balances::transfer_allow_death(
			RuntimeOrigin::signed(account(1)),
			account(2),
			everything
		));
		assert_ok!(rule(job, Verdict::NotRunnable));
		assert_eq!((held(&account(1)), balance(1)), (0, MINIMUM + MINIMUM / 2));
	});
}

#[test]
fn disputes_end_with_a_bond_of_zero() {
	build_and_execute(|| {
		Bond::set(0);
		workers(2);
		let (right, wrong) = (provisional_job(), provisional_job());
		assert_ok!(challenge(1, right, outcome(1)));
		assert_ok!(challenge(1, wrong, outcome(1)));
		decide(right, 1);
		decide(wrong, 0);
		assert_eq!(balance(1), RICH);
		Disputes::on_initialize(System::block_number());
	});
}
