use crate::{mock::*, Error, Event, ModelStatus as Status, MAX_HISTORY};
use assay_primitives::{
	api::{Authority, StatusChange},
	traits::ModelRegistry,
	ModelId,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

const REASON: Option<H256> = Some(H256::repeat_byte(7));

/// A call with a reason, made by an account.
type Verb = fn(u64, ModelId) -> DispatchResult;

const LIST: Verb = |who, model| Models::list(RuntimeOrigin::signed(who), model, REASON);
const DELIST: Verb = |who, model| Models::delist(RuntimeOrigin::signed(who), model, REASON);
const QUARANTINE: Verb = |who, model| Models::quarantine(RuntimeOrigin::signed(who), model, REASON);
const RELEASE: Verb = |who, model| Models::release(RuntimeOrigin::signed(who), model, REASON);
const FORCE_RETIRE: Verb = |who, model| Models::force_retire(RuntimeOrigin::signed(who), model, REASON);

#[test]
fn a_model_listed_by_the_model_origin_still_accepts_jobs() {
	with_model(|model| {
		assert_ok!(LIST(REGISTRAR, model));
		assert_eq!(status(model), Status::Listed);
		assert!(accepts_jobs(model));
		System::assert_last_event(
			Event::StatusChanged {
				model,
				status: Status::Listed,
				by: Authority::ModelOrigin,
				reason: REASON,
			}
			.into(),
		);
	});
}

#[test]
fn a_delisted_model_is_open() {
	with_model(|model| {
		assert_ok!(LIST(REGISTRAR, model));
		assert_ok!(DELIST(REGISTRAR, model));
		assert_eq!(status(model), Status::Open);
		assert!(accepts_jobs(model));
	});
}

#[test]
fn quarantine_stops_new_jobs_at_once_and_release_restores_the_status() {
	for listed in [false, true] {
		with_model(|model| {
			if listed {
				assert_ok!(LIST(REGISTRAR, model));
			}
			let before = status(model);
			assert_ok!(QUARANTINE(GUARD, model));
			assert_eq!(status(model), Status::Quarantined { listed });
			assert!(!accepts_jobs(model));
			assert!(<Models as ModelRegistry<u64, u64>>::source(&model).is_some());
			assert_ok!(RELEASE(REGISTRAR, model));
			assert_eq!(status(model), before);
			assert!(accepts_jobs(model));
		});
	}
}

#[test]
fn the_jobs_pallet_is_notified_of_a_quarantine_and_may_refuse_it() {
	with_model(|model| {
		IsBusy::set(true);
		assert_noop!(QUARANTINE(GUARD, model), DispatchError::Exhausted);
		IsBusy::set(false);
		assert_ok!(QUARANTINE(GUARD, model));
		assert_ok!(RELEASE(REGISTRAR, model));
		assert_eq!(Stopped::take(), vec![model]);
	});
}

#[test]
fn a_model_is_retired_without_its_owners_consent_and_the_deposit_is_released() {
	with_model(|model| {
		assert_ok!(QUARANTINE(REGISTRAR, model));
		assert_ok!(FORCE_RETIRE(REGISTRAR, model));
		assert_eq!(status(model), Status::Retired);
		assert_eq!(held(ALICE), 0);
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - PROBE_FEE);
	});
}

#[test]
fn each_origin_has_its_own_powers_and_no_account_has_any() {
	with_model(|model| {
		for verb in [LIST, DELIST, RELEASE, FORCE_RETIRE] {
			for who in [ALICE, BOB, GUARD, ENGINEER] {
				assert_noop!(verb(who, model), DispatchError::BadOrigin);
			}
		}
		for who in [ALICE, BOB, ENGINEER] {
			assert_noop!(QUARANTINE(who, model), DispatchError::BadOrigin);
		}
		let owners = |who| Models::retire(RuntimeOrigin::signed(who), model);
		assert_noop!(owners(REGISTRAR), Error::<Test>::NotOwner);
	});
}

fn refused<const N: usize>(model: ModelId, cases: [(Verb, Error<Test>); N]) {
	for (verb, error) in cases {
		assert_noop!(verb(REGISTRAR, model), error);
	}
}

#[test]
fn every_invalid_transition_is_refused_with_its_error() {
	with_model(|model| {
		refused(model, [(DELIST, Error::NotListed), (RELEASE, Error::NotQuarantined)]);
		assert_ok!(LIST(REGISTRAR, model));
		refused(model, [(LIST, Error::AlreadyListed), (RELEASE, Error::NotQuarantined)]);
		assert_ok!(QUARANTINE(GUARD, model));
		refused(model, [LIST, DELIST, QUARANTINE].map(|verb| (verb, Error::Quarantined)));
		assert_ok!(FORCE_RETIRE(REGISTRAR, model));
		refused(
			model,
			[LIST, DELIST, QUARANTINE, RELEASE, FORCE_RETIRE].map(|verb| (verb, Error::Retired)),
		);
	});
}

#[test]
fn the_status_of_an_unknown_model_cannot_change() {
	build_and_execute(|| {
		let unknown = Submission::default().id();
		for verb in [LIST, DELIST, QUARANTINE, RELEASE, FORCE_RETIRE] {
			assert_noop!(verb(REGISTRAR, unknown), Error::<Test>::UnknownModel);
		}
	});
}

#[test]
fn history_records_when_by_whom_and_why() {
	build_and_execute(|| {
		let submission = Submission::default();
		let model = submission.id();
		assert_ok!(submission.submit(ALICE));
		assert_eq!(Models::history(model), []);
		System::set_block_number(2);
		conclude(model, Some(Ok(())));
		System::set_block_number(3);
		assert_ok!(LIST(REGISTRAR, model));
		System::set_block_number(5);
		assert_ok!(QUARANTINE(GUARD, model));
		System::set_block_number(9);
		assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
		let change = |at, by, status, reason| StatusChange { at, by, status, reason };
		assert_eq!(
			Models::history(model),
			[
				change(2, Authority::Probe, Status::Open, None),
				change(3, Authority::ModelOrigin, Status::Listed, REASON),
				change(
					5,
					Authority::QuarantineOrigin,
					Status::Quarantined { listed: true },
					REASON
				),
				change(9, Authority::Owner, Status::Retired, None),
			]
		);
	});
}

#[test]
fn a_full_history_drops_its_oldest_change() {
	with_model(|model| {
		for round in 0..MAX_HISTORY {
			System::set_block_number(u64::from(round) + 1);
			assert_ok!(LIST(REGISTRAR, model));
			assert_ok!(DELIST(REGISTRAR, model));
			Models::do_try_state().unwrap();
		}
		let history = Models::history(model);
		assert_eq!(history.len(), MAX_HISTORY as usize);
		assert_eq!(history.last().unwrap().at, u64::from(MAX_HISTORY));
	});
}
