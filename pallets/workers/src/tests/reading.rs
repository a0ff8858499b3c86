use crate::mock::*;
use assay_primitives::{
	api::{SlotsInfo, WorkerInfo},
	traits::Service,
};
use frame_support::assert_ok;

#[test]
fn info_tells_stake_slots_and_record() {
	build_and_execute(|| {
		register(ALICE, 100);
		serve(ALICE, DIGITS, 3);
		assert_ok!(Workers::unbond(RuntimeOrigin::signed(ALICE), 20));
		draw(DIGITS, 0).unwrap();
		draw(DIGITS, 1).unwrap();
		assert_ok!(release(DIGITS, ALICE, Service::Answered));
		assert_eq!(
			Workers::info(&ALICE),
			Some(WorkerInfo {
				key: key(ALICE),
				stake: 80,
				unbonding: vec![(20, 1 + UNBONDING)],
				slots: vec![SlotsInfo {
					model: DIGITS,
					offered: 3,
					busy: 1,
				}],
				answers: 1,
				no_shows: 0,
			})
		);
	});
}

#[test]
fn there_is_no_info_on_who_is_no_worker() {
	build_and_execute(|| assert_eq!(Workers::info(&ALICE), None));
}
