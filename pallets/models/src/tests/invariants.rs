//! What would be found if the registry were corrupt.

use crate::{
	mock::*, Call, Cards, Families, Goldens, History, Manifests, ModelStatus as Status, Models as Registered, Versions,
};
use assay_primitives::{
	names::{skeleton, FamilyName, VersionName},
	ModelId,
};
use frame_support::{assert_ok, storage::with_transaction};
use sp_runtime::{DispatchError, TransactionOutcome};

fn name(text: &str) -> FamilyName {
	text.as_bytes().to_vec().try_into().unwrap()
}

/// Runs `test` with an open model that is version `1.0` of `digits`.
fn with_version(test: impl FnOnce(ModelId)) {
	with_model(|model| {
		assert_ok!(dispatch(ALICE, Call::claim_family { name: name("digits") }));
		let publish = Call::publish {
			name: name("digits"),
			version: b"1.0".to_vec().try_into().unwrap(),
			model,
			latest: true,
		};
		assert_ok!(dispatch(ALICE, publish));
		test(model);
	});
}

/// Expects `damage` to be found, and undoes it.
fn found(damage: impl FnOnce()) {
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
fn a_model_without_what_belongs_to_it_and_what_belongs_to_no_model_are_found() {
	with_version(|model| {
		found(|| Cards::<Test>::remove(model));
		found(|| Manifests::<Test>::remove(model));
		found(|| Goldens::<Test>::remove(model));
		found(|| Cards::<Test>::insert(ModelId::default(), metadata(b"stray", b"")));
		found(|| Manifests::<Test>::insert(ModelId::default(), manifest()));
		found(|| Goldens::<Test>::insert(ModelId::default(), statement(1).golden));
		found(|| History::<Test>::insert(ModelId::default(), History::<Test>::get(model)));
	});
}

#[test]
fn a_record_that_contradicts_itself_is_found() {
	with_version(|model| {
		found(|| with_record(model, |record| record.engine = OTHER_ENGINE));
		found(|| with_record(model, |record| record.macs += 1));
		found(|| with_record(model, |record| record.deposit -= 1));
		found(|| with_record(model, |record| record.owner = BOB));
		found(|| with_record(model, |record| record.status = Status::Retired));
		found(|| Cards::<Test>::insert(model, metadata(b"", b"")));
		found(|| Goldens::<Test>::mutate(model, |golden| golden.as_mut().unwrap().items = 2));
	});
}

#[test]
fn a_history_that_does_not_hang_together_is_found() {
	with_version(|model| {
		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), model, None));
		found(|| History::<Test>::remove(model));
		found(|| History::<Test>::mutate(model, |history| history.truncate(1)));
		found(|| {
			History::<Test>::mutate(model, |history| {
				history.retain(|change| change.status == Status::Listed)
			})
		});
		found(|| History::<Test>::mutate(model, |history| history[0].at = 2));
		found(|| {
			History::<Test>::mutate(model, |history| {
				history.iter_mut().for_each(|change| change.status = Status::Retired)
			})
		});
	});
}

#[test]
fn a_family_that_is_not_what_it_says_is_found() {
	with_version(|model| {
		found(|| with_family(|family| family.versions = 2));
		found(|| with_family(|family| family.name = name("letters")));
		found(|| with_family(|family| family.latest = Some(b"2.0".to_vec().try_into().unwrap())));
		found(|| with_family(|family| family.deposit -= 1));
		found(|| with_family(|family| family.owner = Some(BOB)));
		found(|| with_family(|family| family.owner = None));
		found(|| Families::<Test>::remove(skeleton(&name("digits"))));
		found(|| {
			let version = VersionName::try_from(b"1.0".to_vec()).unwrap();
			Versions::<Test>::insert(skeleton(&name("letters")), version, model)
		});
		found(|| {
			let rejected = Submission::batch(2);
			assert_ok!(rejected.submit(ALICE));
			conclude(rejected.id(), None);
			let version = VersionName::try_from(b"1.0".to_vec()).unwrap();
			Versions::<Test>::insert(skeleton(&name("digits")), version, rejected.id())
		});
	});
}
