use crate::{mock::*, types::MAX_CHUNKS, Error, Event, KeyOwners, Records, Workers as Registered};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchResult, TokenError};

fn bond_more(account: u64, amount: u64) -> DispatchResult {
	Workers::bond_more(RuntimeOrigin::signed(account), amount)
}

fn unbond(account: u64, amount: u64) -> DispatchResult {
	Workers::unbond(RuntimeOrigin::signed(account), amount)
}

fn withdraw(account: u64) -> DispatchResult {
	Workers::withdraw(RuntimeOrigin::signed(account))
}

fn stake(account: u64) -> u64 {
	Registered::<Test>::get(account).unwrap().stake
}

#[test]
fn registering_holds_the_stake() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_eq!(held(ALICE), 100);
		assert_eq!(stake(ALICE), 100);
		System::assert_last_event(
			Event::Registered {
				worker: ALICE,
				stake: 100,
				key: key(ALICE),
			}
			.into(),
		);
	});
}

#[test]
fn registering_twice_below_the_minimum_or_without_funds_is_refused() {
	build_and_execute(|| {
		let register = |stake| Workers::register(RuntimeOrigin::signed(ALICE), stake, key(ALICE), proof(ALICE, ALICE));
		assert_noop!(register(MIN_STAKE - 1), Error::<Test>::BelowMinStake);
		assert_noop!(register(ENDOWMENT + 1), TokenError::FundsUnavailable);
		assert_ok!(register(MIN_STAKE));
		assert_noop!(register(MIN_STAKE), Error::<Test>::AlreadyRegistered);
	});
}

#[test]
fn bonding_more_adds_to_stake_and_hold() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_ok!(bond_more(ALICE, 11));
		assert_eq!(stake(ALICE), 111);
		assert_eq!(held(ALICE), 111);
		assert_noop!(bond_more(ALICE, 0), Error::<Test>::ZeroAmount);
		assert_noop!(bond_more(ALICE, ENDOWMENT), TokenError::FundsUnavailable);
		assert_noop!(bond_more(BOB, 1), Error::<Test>::NotRegistered);
	});
}

#[test]
fn unbonded_stake_stays_on_hold_until_it_matures_and_is_withdrawn() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_ok!(unbond(ALICE, 30));
		let matures_at = 1 + UNBONDING;
		System::assert_last_event(
			Event::Unbonded {
				worker: ALICE,
				amount: 30,
				matures_at,
			}
			.into(),
		);
		assert_eq!(stake(ALICE), 70);
		assert_eq!(held(ALICE), 100);

		System::set_block_number(matures_at - 1);
		assert_noop!(withdraw(ALICE), Error::<Test>::NothingToWithdraw);
		System::set_block_number(matures_at);
		assert_ok!(withdraw(ALICE));
		assert_eq!(held(ALICE), 70);
		assert_noop!(withdraw(ALICE), Error::<Test>::NothingToWithdraw);
	});
}

#[test]
fn withdrawing_releases_matured_chunks_only() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_ok!(unbond(ALICE, 10));
		System::set_block_number(5);
		assert_ok!(unbond(ALICE, 20));
		System::set_block_number(1 + UNBONDING);
		assert_ok!(withdraw(ALICE));
		assert_eq!(held(ALICE), 90);
		System::assert_last_event(
			Event::Withdrawn {
				worker: ALICE,
				amount: 10,
			}
			.into(),
		);
	});
}

#[test]
fn unbonding_leaves_nothing_or_the_minimum() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_noop!(unbond(ALICE, 0), Error::<Test>::ZeroAmount);
		assert_noop!(unbond(ALICE, 101), Error::<Test>::InsufficientStake);
		assert_noop!(unbond(ALICE, 100 - MIN_STAKE + 1), Error::<Test>::BelowMinStake);
		assert_ok!(unbond(ALICE, 100 - MIN_STAKE));
		assert_ok!(unbond(ALICE, MIN_STAKE));
		assert_eq!(stake(ALICE), 0);
		assert_noop!(unbond(BOB, 1), Error::<Test>::NotRegistered);
	});
}

#[test]
fn stake_that_backs_slots_cannot_be_unbonded() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 6);
		assert_noop!(unbond(ALICE, 41), Error::<Test>::StakeInUse);
		assert_ok!(unbond(ALICE, 40));
	});
}

#[test]
fn stake_behind_a_busy_slot_cannot_be_unbonded_even_if_it_is_no_longer_offered() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 5);
		assert_eq!(draw(DIGITS, 0), Some(ALICE));
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		assert_noop!(unbond(ALICE, 50), Error::<Test>::StakeInUse);
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert_noop!(unbond(ALICE, 50), Error::<Test>::StakeInUse);
		mature();
		assert_ok!(unbond(ALICE, 50));
	});
}

#[test]
fn chunks_of_one_block_merge() {
	build_and_execute(|| {
		register(ALICE, 1_000);
		for _ in 0..=MAX_CHUNKS {
			assert_ok!(unbond(ALICE, 1));
		}
		let worker = Registered::<Test>::get(ALICE).unwrap();
		assert_eq!(worker.unbonding.len(), 1);
		assert_eq!(worker.unbonding[0].amount, u64::from(MAX_CHUNKS) + 1);
	});
}

#[test]
fn one_chunk_too_many_is_refused_until_one_is_withdrawn() {
	build_and_execute(|| {
		register(ALICE, 1_000);
		for block in 1..=u64::from(MAX_CHUNKS) {
			System::set_block_number(block);
			assert_ok!(unbond(ALICE, 1));
		}
		System::set_block_number(1 + UNBONDING);
		assert_noop!(unbond(ALICE, 1), Error::<Test>::TooManyChunks);
		assert_ok!(withdraw(ALICE));
		assert_ok!(unbond(ALICE, 1));
	});
}

#[test]
fn a_worker_that_withdraws_everything_is_removed_with_its_key_but_not_its_record() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 1);
		assert_eq!(draw(DIGITS, 0), Some(ALICE));
		assert_ok!(release(DIGITS, ALICE, 0, ANSWERED));
		assert_ok!(Workers::stop_serving(RuntimeOrigin::signed(ALICE), DIGITS));
		mature();
		assert_ok!(unbond(ALICE, MIN_STAKE));
		run(UNBONDING);
		assert_ok!(withdraw(ALICE));

		System::assert_last_event(Event::Deregistered { worker: ALICE }.into());
		assert_eq!(held(ALICE), 0);
		assert!(!Registered::<Test>::contains_key(ALICE));
		assert!(!KeyOwners::<Test>::contains_key(key(ALICE)));
		assert_eq!(Records::<Test>::get(ALICE).answers, 1);
		register(ALICE, 100);
	});
}

#[test]
fn a_worker_that_is_unbonding_everything_may_return_with_the_minimum() {
	build_and_execute(|| {
		register(ALICE, 100);
		assert_ok!(unbond(ALICE, 100));
		assert_noop!(bond_more(ALICE, MIN_STAKE - 1), Error::<Test>::BelowMinStake);
		assert_ok!(bond_more(ALICE, MIN_STAKE));
		assert_eq!(held(ALICE), 100 + MIN_STAKE);
		System::set_block_number(1 + UNBONDING);
		assert_ok!(withdraw(ALICE));
		assert_eq!(held(ALICE), MIN_STAKE);
	});
}

#[test]
fn stake_behind_tickets_cannot_be_unbonded_until_they_have_left_the_list() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 8);
		mature();
		serve(ALICE, DIGITS, 1);
		assert_noop!(unbond(ALICE, 50), Error::<Test>::StakeInUse);
		run(AGE - 1);
		assert_noop!(unbond(ALICE, 50), Error::<Test>::StakeInUse);
		run(1);
		assert_eq!(tickets(ALICE, DIGITS), 1);
		assert_ok!(unbond(ALICE, 50));
	});
}

#[test]
fn stake_behind_tickets_that_will_be_listed_for_a_while_cannot_be_unbonded() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 8);
		run(1);
		serve(ALICE, DIGITS, 1);
		assert_noop!(unbond(ALICE, 50), Error::<Test>::StakeInUse);
		run(AGE - 1);
		assert_eq!(tickets(ALICE, DIGITS), 8);
		assert_noop!(unbond(ALICE, 50), Error::<Test>::StakeInUse);
		run(1);
		assert_ok!(unbond(ALICE, 50));
	});
}

#[test]
fn what_is_left_after_a_withdrawal_covers_a_bond_for_each_open_duty() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 5);
		mature();
		assert_ok!(unbond(ALICE, 50));
		for job in 0..5 {
			assert_eq!(draw(DIGITS, job), Some(ALICE));
		}
		assert_eq!(draw_checker(DIGITS, 5), ALICE);
		run(UNBONDING);
		assert_noop!(withdraw(ALICE), Error::<Test>::DutiesOpen);
		assert_ok!(release(DIGITS, ALICE, 5, ANSWERED));
		assert_ok!(withdraw(ALICE));
	});
}
