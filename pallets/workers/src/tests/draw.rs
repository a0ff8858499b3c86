use crate::{mock::*, PoolSize};
use assay_primitives::{traits::Service, traits::WorkerPool};
use frame_support::assert_ok;
use sp_core::H256;
use std::collections::BTreeMap;

/// Draws once per seed, releasing each slot again, and counts who was drawn.
fn tally(draws: u64) -> BTreeMap<u64, u64> {
	let mut drawn = BTreeMap::new();
	for number in 0..draws {
		let worker = draw(DIGITS, number).unwrap();
		assert_ok!(release(DIGITS, worker, Service::Answered));
		*drawn.entry(worker).or_default() += 1;
	}
	drawn
}

#[test]
fn an_empty_pool_gives_nobody() {
	build_and_execute(|| {
		assert_eq!(draw(DIGITS, 0), None);
		register_serving(ALICE, TABLES, 1);
		assert_eq!(draw(DIGITS, 0), None);
	});
}

#[test]
fn a_drawn_slot_is_not_drawn_again() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 2);
		register_serving(BOB, DIGITS, 3);
		let mut drawn = BTreeMap::<u64, u32>::new();
		for number in 0..5 {
			*drawn.entry(draw(DIGITS, number).unwrap()).or_default() += 1;
			Workers::do_try_state().unwrap();
		}
		assert_eq!(drawn, BTreeMap::from([(ALICE, 2), (BOB, 3)]));
		assert_eq!(draw(DIGITS, 5), None);
		assert_eq!(PoolSize::<Test>::iter().count(), 0);
	});
}

#[test]
fn a_draw_for_one_model_leaves_the_others() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 1);
		serve(ALICE, TABLES, 1);
		assert_eq!(draw(DIGITS, 0), Some(ALICE));
		assert_eq!(free_slots(TABLES), 1);
	});
}

#[test]
fn a_draw_depends_on_nothing_but_pool_and_seed() {
	let run = || {
		let mut drawn = Vec::new();
		build_and_execute(|| {
			for worker in 1..=10 {
				register_serving(worker, DIGITS, 3);
			}
			drawn = (0..20).map(|number| draw(DIGITS, number)).collect();
		});
		drawn
	};
	assert_eq!(run(), run());
}

#[test]
fn every_seed_hits_a_slot() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 3);
		for byte in 0..=255 {
			assert_eq!(
				<Workers as WorkerPool<_>>::draw(&DIGITS, H256::repeat_byte(byte)),
				Some(ALICE)
			);
			assert_ok!(release(DIGITS, ALICE, Service::Answered));
		}
	});
}

#[test]
fn each_worker_is_drawn_in_proportion_to_its_slots() {
	build_and_execute(|| {
		register_serving(ALICE, DIGITS, 10);
		register_serving(BOB, DIGITS, 30);
		let drawn = tally(4_000);
		// Expected 1000 with a standard deviation of 27.4: within four of them.
		assert!((890..=1_110).contains(&drawn[&ALICE]), "{drawn:?}");
	});
}

#[test]
fn splitting_a_stake_over_accounts_gains_nothing() {
	const DRAWS: u64 = 4_000;
	let honest = 24;
	// The same 200 of stake, in one account and in four of the least size.
	let whole = [(BOB, 20)].to_vec();
	let split = (11..=14).map(|account| (account, 5)).collect::<Vec<_>>();

	let share = |accounts: &[(u64, u32)]| {
		let mut share = 0;
		build_and_execute(|| {
			register_serving(ALICE, DIGITS, honest);
			for (account, slots) in accounts {
				register_serving(*account, DIGITS, *slots);
			}
			let staked = accounts.iter().map(|(account, _)| held(*account)).sum::<u64>();
			assert_eq!(staked, 20 * SLOT_BOND);
			share = DRAWS - tally(DRAWS)[&ALICE];
		});
		share
	};
	// Expected 20/44 of the draws, 1818, with a standard deviation of 31.5: within four of them.
	for accounts in [whole, split] {
		let share = share(&accounts);
		assert!((1_690..=1_946).contains(&share), "{accounts:?} drew {share}");
	}
}
