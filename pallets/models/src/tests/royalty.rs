use crate::{mock::*, Call, Error, Event};
use assay_primitives::{api::AnnouncedRoyalty, traits::ModelRegistry, ModelId};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;

fn announce(who: u64, model: ModelId, royalty: u64) -> DispatchResult {
	dispatch(who, Call::announce_royalty { model, royalty })
}

/// Returns the royalty for each input of a request that is accepted in this block.
fn royalty_in(block: u64, model: ModelId) -> u64 {
	System::set_block_number(block);
	Models::terms(&model).unwrap().royalty
}

#[test]
fn a_royalty_applies_once_the_notice_has_passed_and_not_before() {
	with_model(|model| {
		assert_ok!(announce(ALICE, model, 80));
		System::assert_last_event(
			Event::RoyaltyAnnounced {
				model,
				royalty: 80,
				effective_at: 1 + NOTICE,
			}
			.into(),
		);
		assert_eq!(royalty_in(1, model), 50);
		assert_eq!(royalty_in(NOTICE, model), 50);
		assert_eq!(royalty_in(NOTICE + 1, model), 80);
		assert_eq!(royalty_in(NOTICE + 1_000, model), 80);
	});
}

#[test]
fn a_price_cannot_rise_within_the_notice_whatever_the_owner_does() {
	with_model(|model| {
		let seen_at = 7;
		let seen = royalty_in(seen_at, model);
		for block in seen_at..seen_at + NOTICE {
			assert_eq!(royalty_in(block, model), seen);
			assert_ok!(announce(ALICE, model, 1_000 * block));
		}
	});
}

#[test]
fn an_announcement_replaces_one_that_is_not_yet_due() {
	with_model(|model| {
		assert_ok!(announce(ALICE, model, 80));
		System::set_block_number(NOTICE);
		assert_ok!(announce(ALICE, model, 60));
		assert_eq!(royalty_in(NOTICE + 1, model), 50);
		assert_eq!(royalty_in(2 * NOTICE, model), 60);
	});
}

#[test]
fn an_announcement_that_is_due_applies_until_the_next_one_is() {
	with_model(|model| {
		assert_ok!(announce(ALICE, model, 80));
		System::set_block_number(NOTICE + 1);
		assert_ok!(announce(ALICE, model, 0));
		let record = record(model);
		assert_eq!(record.royalty, 80);
		assert_eq!(
			record.announced,
			Some(AnnouncedRoyalty {
				royalty: 0,
				effective_at: 2 * NOTICE + 1,
			})
		);
		assert_eq!(royalty_in(2 * NOTICE, model), 80);
		assert_eq!(royalty_in(2 * NOTICE + 1, model), 0);
	});
}

#[test]
fn announcing_costs_no_deposit() {
	with_model(|model| {
		let deposit = held(ALICE);
		assert_ok!(announce(ALICE, model, u64::MAX));
		assert_eq!((held(ALICE), record(model).deposit), (deposit, deposit));
	});
}

#[test]
fn only_the_owner_announces_and_only_until_the_model_ends() {
	with_model(|model| {
		assert_noop!(announce(BOB, model, 1), Error::<Test>::NotOwner);
		assert_noop!(announce(REGISTRAR, model, 1), Error::<Test>::NotOwner);
		assert_noop!(announce(ALICE, ModelId::default(), 1), Error::<Test>::UnknownModel);
		assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
		assert_noop!(announce(ALICE, model, 1), Error::<Test>::Retired);
	});
}

#[test]
fn a_royalty_may_be_announced_while_the_model_accepts_no_jobs() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(ALICE));
		assert_ok!(announce(ALICE, submission.id(), 60));
		conclude(submission.id(), Some(Ok(())));
		assert_eq!(royalty_in(NOTICE + 1, submission.id()), 60);
		assert_ok!(Models::quarantine(RuntimeOrigin::signed(GUARD), submission.id(), None));
		assert_ok!(announce(ALICE, submission.id(), 70));
	});
}

#[test]
fn info_names_the_current_royalty_and_the_announced_one() {
	with_model(|model| {
		assert_ok!(announce(ALICE, model, 80));
		let announced = Some(AnnouncedRoyalty {
			royalty: 80,
			effective_at: NOTICE + 1,
		});
		let read = || {
			let info = Models::info(model, |_| 0).unwrap();
			(info.royalty, info.announced)
		};
		assert_eq!(read(), (50, announced));
		System::set_block_number(NOTICE + 1);
		assert_eq!(read(), (80, None));
	});
}
