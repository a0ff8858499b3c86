//! `try_state` finds a corrupt registry.

use crate::{
	mock::*, Call, Families, GoldenInputs, History, Manifests, ModelMetadata, ModelStatus as Status,
	Models as Registered, Versions,
};
use assay_primitives::{
	names::{skeleton, FamilyName, VersionName},
	ModelId,
};
use frame_support::{
	assert_ok,
	storage::with_transaction,
	traits::{fungible::hold::Mutate, tokens::Precision},
};
use sp_runtime::{DispatchError, TransactionOutcome};

fn name(text: &str) -> FamilyName {
	text.as_bytes().to_vec().try_into().unwrap()
}

/// Runs `test` with an open model that is version `1.0` of `digits`.
fn with_version(test: impl FnOnce(ModelId)) {
	with_model(|model| {
		assert_ok!(dispatch(ALICE, Call::claim_family { name: name("digits") }));
		let publish = Call::publish {
			family: name("digits"),
			version: b"1.0".to_vec().try_into().unwrap(),
			model,
			latest: true,
		};
		assert_ok!(dispatch(ALICE, publish));
		test(model);
	});
}

/// Asserts that `try_state` finds `damage`, and undoes it.
fn assert_found(damage: impl FnOnce()) {
	let result = with_transaction(|| {
		damage();
		TransactionOutcome::Rollback(Ok::<_, DispatchError>(Models::do_try_state()))
	});
	assert!(result.unwrap().is_err());
	Models::do_try_state().unwrap();
}

fn with_record(model: ModelId, damage: impl FnOnce(&mut crate::ModelOf<Test>)) {
	Registered::<Test>::mutate(model, |model| damage(model.as_mut().unwrap()));
}

fn with_family(damage: impl FnOnce(&mut crate::FamilyOf<Test>)) {
	Families::<Test>::mutate(skeleton(&name("digits")), |family| damage(family.as_mut().unwrap()));
}

#[test]
fn missing_and_orphaned_records_are_found() {
	with_version(|model| {
		assert_found(|| ModelMetadata::<Test>::remove(model));
		assert_found(|| Manifests::<Test>::remove(model));
		assert_found(|| GoldenInputs::<Test>::remove(model));
		assert_found(|| ModelMetadata::<Test>::insert(ModelId::default(), metadata(b"stray", b"")));
		assert_found(|| Manifests::<Test>::insert(ModelId::default(), manifest()));
		assert_found(|| GoldenInputs::<Test>::insert(ModelId::default(), statement(1).golden));
		assert_found(|| History::<Test>::insert(ModelId::default(), History::<Test>::get(model)));
	});
}

#[test]
fn an_inconsistent_record_is_found() {
	with_version(|model| {
		assert_found(|| with_record(model, |record| record.engine = OTHER_ENGINE));
		assert_found(|| with_record(model, |record| record.macs += 1));
		assert_found(|| with_record(model, |record| record.deposit -= 1));
		assert_found(|| with_record(model, |record| record.owner = BOB));
		assert_found(|| with_record(model, |record| record.reproduced = false));
		assert_found(|| with_record(model, |record| record.status = Status::Retired));
		assert_found(|| ModelMetadata::<Test>::insert(model, metadata(b"", b"")));
		assert_found(|| GoldenInputs::<Test>::mutate(model, |golden| golden.as_mut().unwrap().items = 2));
	});
}

#[test]
fn a_model_that_has_ended_with_more_or_less_than_its_record_is_found() {
	with_model(|model| {
		assert_ok!(dispatch(ALICE, Call::retire { model }));
		assert_found(|| ModelMetadata::<Test>::insert(model, metadata(b"Digits", b"")));
		assert_found(|| Manifests::<Test>::insert(model, manifest()));
		assert_found(|| GoldenInputs::<Test>::insert(model, statement(1).golden));
		assert_found(|| {
			let deposit = record(model).deposit;
			with_record(model, |record| record.deposit = 0);
			let hold = crate::HoldReason::ModelDeposit.into();
			assert_ok!(Balances::release(&hold, &ALICE, deposit, Precision::Exact));
		});
	});
}

#[test]
fn an_inconsistent_history_is_found() {
	with_version(|model| {
		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_found(|| History::<Test>::remove(model));
		assert_found(|| History::<Test>::mutate(model, |history| history.truncate(1)));
		assert_found(|| {
			History::<Test>::mutate(model, |history| {
				history.retain(|change| change.status == Status::Listed)
			})
		});
		assert_found(|| History::<Test>::mutate(model, |history| history[0].at = 2));
		assert_found(|| {
			History::<Test>::mutate(model, |history| {
				history.iter_mut().for_each(|change| change.status = Status::Retired)
			})
		});
	});
}

#[test]
fn an_inconsistent_family_is_found() {
	with_version(|model| {
		assert_found(|| with_family(|family| family.versions = 2));
		assert_found(|| with_family(|family| family.name = name("letters")));
		assert_found(|| with_family(|family| family.latest = Some(b"2.0".to_vec().try_into().unwrap())));
		assert_found(|| with_family(|family| family.deposit -= 1));
		assert_found(|| with_family(|family| family.owner = Some(BOB)));
		assert_found(|| with_family(|family| family.owner = None));
		assert_found(|| Families::<Test>::remove(skeleton(&name("digits"))));
		assert_found(|| {
			let version = VersionName::try_from(b"1.0".to_vec()).unwrap();
			Versions::<Test>::insert(skeleton(&name("letters")), version, model)
		});
		assert_found(|| {
			let rejected = Submission::batch(2);
			assert_ok!(rejected.submit(ALICE));
			conclude(rejected.id(), None);
			let version = VersionName::try_from(b"1.0".to_vec()).unwrap();
			Versions::<Test>::insert(skeleton(&name("digits")), version, rejected.id())
		});
	});
}
