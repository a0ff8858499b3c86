use crate::mock::*;
use assay_primitives::{
	api::{Role, SlotsInfo, WorkerInfo, WorkerRecord},
	traits::{Offence, SlotUse, WorkerPool},
	JobId,
};
use frame_support::assert_ok;

#[test]
fn info_contains_stake_slots_and_record() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 4);
		assert_ok!(Workers::unbond(RuntimeOrigin::signed(ALICE), 20));
		for job in 0..3 {
			draw(DIGITS, job).unwrap();
		}
		mature();
		draw_checker(DIGITS, 3);
		let audit = SlotUse::Answered {
			role: Role::Auditor,
			confirmed: false,
		};
		assert_ok!(release(DIGITS, ALICE, 0, audit));
		assert_ok!(penalise(ALICE, 1, Offence::NoShow, 5, &[]));
		assert_eq!(
			Workers::info(&ALICE),
			Some(WorkerInfo {
				key: key(ALICE),
				stake: 75,
				unbonding: vec![(20, 1 + UNBONDING)],
				slots: vec![SlotsInfo {
					model: DIGITS,
					offered: 3,
					busy: 1,
					tickets: 4,
					checks: 1,
				}],
				record: WorkerRecord {
					answers: 1,
					audits: 1,
					no_shows: 1,
					..Default::default()
				},
			})
		);
	});
}

#[test]
fn an_account_that_is_not_a_worker_has_no_info() {
	build_and_execute(|| assert_eq!(Workers::info(&ALICE), None));
}

#[test]
fn the_assigned_jobs_of_a_worker_are_those_in_which_it_has_a_duty() {
	build_and_execute(|| {
		let assigned = |worker| <Workers as WorkerPool<u64, u64>>::assigned_jobs(&worker);
		assert_eq!(assigned(ALICE), []);
		register(ALICE, 100);
		serve(ALICE, DIGITS, 3);
		serve(ALICE, TABLES, 3);
		assert_eq!(assigned(ALICE), []);
		for (model, job) in [(TABLES, 9), (DIGITS, 4), (DIGITS, 7), (TABLES, 2)] {
			assert_eq!(draw(model, job), Some(ALICE));
		}
		assert_eq!(assigned(ALICE), [2, 4, 7, 9].map(JobId));
		assert_ok!(release(DIGITS, ALICE, 4, ANSWERED));
		assert_ok!(penalise(ALICE, 7, Offence::Silence, 10, &[]));
		assert_eq!(assigned(ALICE), [2, 9].map(JobId));
		mature();
		assert_eq!(draw_checker(DIGITS, 5), ALICE);
		assert_eq!(assigned(ALICE), [2, 5, 9].map(JobId));
		assert_eq!(assigned(BOB), []);
	});
}

#[test]
fn the_slot_bond_is_the_stake_behind_each_slot() {
	build_and_execute(|| assert_eq!(<Workers as WorkerPool<u64, u64>>::slot_bond(), SLOT_BOND));
}
