use crate::{mock::*, Error, Event, ModelStatus as Status, MAX_HISTORY};
use assay_primitives::{
	api::{Authority, StatusChange},
	probe::Flaw,
	traits::ModelRegistry,
	ModelId,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

const REASON: Option<H256> = Some(H256::repeat_byte(7));

fn is_quarantined(model: ModelId) -> bool {
	<Models as ModelRegistry<u64, u64>>::is_quarantined(&model)
}

/// A call with a reason, made by an account.
type Verb = fn(u64, ModelId) -> DispatchResult;

const LIST: Verb = |who, model| Models::list(RuntimeOrigin::signed(who), model, REASON);
const DELIST: Verb = |who, model| Models::delist(RuntimeOrigin::signed(who), model, REASON);
const QUARANTINE: Verb = |who, model| Models::quarantine(RuntimeOrigin::signed(who), model, REASON);
const RELEASE: Verb = |who, model| Models::release(RuntimeOrigin::signed(who), model, REASON);
const BAR: Verb = |who, model| Models::bar(RuntimeOrigin::signed(who), model, REASON);

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
fn a_barred_model_ends_without_its_owners_consent_and_its_jobs_in_flight_are_voided() {
	for quarantined in [false, true] {
		with_model(|model| {
			Stopped::take();
			if quarantined {
				assert_ok!(QUARANTINE(REGISTRAR, model));
			}
			assert_ok!(BAR(REGISTRAR, model));
			assert_eq!(status(model), Status::Barred);
			assert!(!accepts_jobs(model) && is_quarantined(model));
			// The jobs of a quarantined model are voided already.
			assert_eq!(Stopped::take(), [model]);
			let rest = record_deposit(&record(model).spec);
			assert_eq!(held(ALICE), rest);
			assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - PROBE_FEE - rest);
		});
	}
}

/// Owners see a referendum long before it is enacted.
#[test]
fn no_status_evades_a_quarantine() {
	let submission = Submission::default();
	let model = submission.id();
	let retire = |who| Models::retire(RuntimeOrigin::signed(who), model);
	let evasions: [&dyn Fn(); 4] = [
		&|| retire(ALICE).unwrap(),
		&|| {
			assert_ok!(retire(ALICE));
			assert_ok!(submission.submit(BOB));
		},
		&|| {
			assert_ok!(retire(ALICE));
			assert_ok!(submission.submit(ALICE));
			conclude(model, None);
		},
		&|| {
			let new = metadata(b"Harmless", b"");
			assert_ok!(Models::set_metadata(RuntimeOrigin::signed(ALICE), model, new));
		},
	];
	for stop in [QUARANTINE, BAR] {
		for evade in evasions {
			with_model(|_| {
				evade();
				assert_ok!(stop(REGISTRAR, model));
				assert!(is_quarantined(model));
				for who in [ALICE, BOB] {
					let _ = retire(who);
					assert!(submission.submit(who).is_err());
				}
				assert!(is_quarantined(model) && !accepts_jobs(model));
			});
		}
	}
}

#[test]
fn a_model_that_is_retired_in_quarantine_is_barred_until_it_is_released() {
	with_model(|model| {
		assert_ok!(QUARANTINE(GUARD, model));
		assert_ok!(Models::retire(RuntimeOrigin::signed(ALICE), model));
		assert_eq!(status(model), Status::Barred);
		assert!(is_quarantined(model));
		for who in [ALICE, BOB] {
			assert_noop!(Submission::default().submit(who), Error::<Test>::Barred);
		}
		assert_ok!(RELEASE(REGISTRAR, model));
		assert_eq!(status(model), Status::Retired);
		assert!(!is_quarantined(model));
		assert_eq!(Submission::default().open(BOB), model);
	});
}

#[test]
fn a_model_barred_on_probation_stays_barred_whatever_its_probe_finds() {
	for finding in [Some(Ok(())), Some(Err(Flaw::ManifestMismatch)), None] {
		build_and_execute(|| {
			let submission = Submission::default();
			assert_ok!(submission.submit(ALICE));
			assert_ok!(QUARANTINE(GUARD, submission.id()));
			conclude(submission.id(), finding);
			assert_eq!(status(submission.id()), Status::Barred);
			assert_eq!(held(ALICE), record_deposit(&submission.spec));
		});
	}
}

#[test]
fn each_origin_has_its_own_powers_and_no_account_has_any() {
	with_model(|model| {
		for verb in [LIST, DELIST, RELEASE, BAR] {
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
		assert_ok!(BAR(REGISTRAR, model));
		refused(model, [LIST, DELIST, QUARANTINE, BAR].map(|verb| (verb, Error::Barred)));
		assert_ok!(RELEASE(REGISTRAR, model));
		refused(model, [LIST, DELIST, RELEASE].map(|verb| (verb, Error::Retired)));
	});
}

#[test]
fn the_status_of_an_unknown_model_cannot_change() {
	build_and_execute(|| {
		let unknown = Submission::default().id();
		for verb in [LIST, DELIST, QUARANTINE, RELEASE, BAR] {
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
				change(9, Authority::Owner, Status::Barred, None),
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
