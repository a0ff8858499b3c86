use crate::{mock::*, Call, Error, Event, Families, Versions, MAX_VERSIONS};
use assay_primitives::{
	names::{FamilyName, VersionName},
	ModelId, ModelRef,
};
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		fungible::Mutate,
		tokens::{Fortitude, Precision, Preservation},
	},
};
use sp_runtime::{DispatchResult, TokenError};

fn name(text: impl AsRef<[u8]>) -> FamilyName {
	text.as_ref().to_vec().try_into().unwrap()
}

fn version(text: impl AsRef<[u8]>) -> VersionName {
	text.as_ref().to_vec().try_into().unwrap()
}

fn claim(who: u64, text: impl AsRef<[u8]>) -> DispatchResult {
	dispatch(who, Call::claim_family { name: name(text) })
}

fn transfer(who: u64, text: &str, to: u64) -> DispatchResult {
	dispatch(who, Call::transfer_family { name: name(text), to })
}

fn release(who: u64, text: &str) -> DispatchResult {
	dispatch(who, Call::release_family { name: name(text) })
}

fn publish(who: u64, text: &str, number: &str, model: ModelId, latest: bool) -> DispatchResult {
	let call = Call::publish {
		family: name(text),
		version: version(number),
		model,
		latest,
	};
	dispatch(who, call)
}

fn set_latest(who: u64, text: &str, number: &str) -> DispatchResult {
	let call = Call::set_latest {
		family: name(text),
		version: version(number),
	};
	dispatch(who, call)
}

/// Returns the model that `text` refers to now.
fn resolve(text: &str) -> Option<ModelId> {
	crate::mock::resolve(text.parse::<ModelRef>().unwrap())
}

/// Runs `test` with an open model of Alice and her family `digits`, which has no versions.
fn with_family(test: impl FnOnce(ModelId)) {
	with_model(|model| {
		assert_ok!(claim(ALICE, "digits"));
		test(model);
	});
}

#[test]
fn claiming_a_name_takes_it_and_holds_a_deposit() {
	build_and_execute(|| {
		assert_ok!(claim(ALICE, "digits"));
		let family = Models::family(name("digits")).unwrap();
		assert_eq!((family.owner, family.latest), (Some(ALICE), None));
		assert_eq!(family.versions, []);
		assert_eq!((held_for_families(ALICE), held(ALICE)), (FAMILY_DEPOSIT, 0));
		System::assert_last_event(
			Event::FamilyClaimed {
				name: name("digits"),
				owner: ALICE,
			}
			.into(),
		);
		assert_noop!(claim(BOB, "digits"), Error::<Test>::NameTaken);
		assert_noop!(claim(ALICE, "digits"), Error::<Test>::NameTaken);
		assert_noop!(claim(POOR, "letters"), TokenError::FundsUnavailable);
	});
}

#[test]
fn family_names_are_lower_case_ascii_letters_digits_and_single_hyphens() {
	build_and_execute(|| {
		let longest = "x".repeat(48);
		for good in ["ab", "a1", "resnet-50", "whisper-tiny-en", &longest] {
			assert_ok!(claim(ALICE, good));
		}
		for bad in [
			"",
			"a",
			"1st",
			"-digits",
			"digits-",
			"dig--its",
			"Digits",
			"dig its",
			"dig_its",
			"dig.its",
			"dig/its",
			"digits@1",
			"dïgits",
			"diɡits",
			"dıgits",
			"digits\u{200b}",
			"цифры",
			"数字",
			"digits\0",
		] {
			assert_noop!(claim(ALICE, bad), Error::<Test>::InvalidFamilyName);
		}
		assert_noop!(claim(ALICE, b"dig\xffits"), Error::<Test>::InvalidFamilyName);
	});
}

#[test]
fn a_name_that_looks_like_another_is_refused_and_names_nothing() {
	for (taken, alike) in [
		("digits", "d1gits"),
		("digits", "dig-its"),
		("digits", "digit5"),
		("digits", "cligits"),
		("model", "rnodel"),
		("whisper", "vvhisper"),
		("llama-2", "ilama-2"),
		("llama-2", "llama2"),
		("resnet-50", "resnet-5o"),
		("yolo", "y0l0"),
		("quick", "guick"),
	] {
		with_model(|model| {
			assert_ok!(claim(ALICE, taken));
			assert_ok!(publish(ALICE, taken, "1.0", model, true));
			assert_noop!(claim(BOB, alike), Error::<Test>::NameTooSimilar);
			assert_noop!(claim(ALICE, alike), Error::<Test>::NameTooSimilar);

			assert_eq!(resolve(taken), Some(model));
			assert_eq!((resolve(alike), resolve(&format!("{alike}@1.0"))), (None, None));
			assert_eq!(Models::family(name(alike)), None);
			assert_noop!(release(ALICE, alike), Error::<Test>::UnknownFamily);
			assert_noop!(publish(ALICE, alike, "2.0", model, true), Error::<Test>::UnknownFamily);
		});
	}
}

#[test]
fn names_that_do_not_look_alike_can_coexist() {
	build_and_execute(|| {
		for good in ["net-16", "net-18", "digits", "digit", "letters"] {
			assert_ok!(claim(ALICE, good));
		}
		assert_eq!(held_for_families(ALICE), 5 * FAMILY_DEPOSIT);
	});
}

#[test]
fn a_version_refers_to_its_model_and_the_name_alone_to_the_latest() {
	with_family(|first| {
		let second = Submission::batch(2).open(ALICE);
		assert_eq!(resolve("digits"), None);
		assert_ok!(publish(ALICE, "digits", "1.0", first, true));
		System::assert_last_event(
			Event::Published {
				family: name("digits"),
				version: version("1.0"),
				model: first,
				latest: true,
			}
			.into(),
		);
		assert_ok!(publish(ALICE, "digits", "2.0-rc1", second, false));
		assert_eq!(
			(resolve("digits"), resolve("digits@latest")),
			(Some(first), Some(first))
		);
		assert_eq!(resolve("digits@1.0"), Some(first));
		assert_eq!(resolve("digits@2.0-rc1"), Some(second));
		assert_eq!(resolve("digits@3.0"), None);
		assert_eq!(resolve("letters@1.0"), None);

		assert_ok!(set_latest(ALICE, "digits", "2.0-rc1"));
		System::assert_last_event(
			Event::LatestSet {
				family: name("digits"),
				version: version("2.0-rc1"),
			}
			.into(),
		);
		assert_eq!((resolve("digits"), resolve("digits@1.0")), (Some(second), Some(first)));
		// And back, if the new one turns out to be worse.
		assert_ok!(set_latest(ALICE, "digits", "1.0"));
		assert_eq!(resolve("digits"), Some(first));
	});
}

#[test]
fn a_published_version_never_refers_to_another_model() {
	with_family(|first| {
		let second = Submission::batch(2).open(ALICE);
		assert_ok!(publish(ALICE, "digits", "1.0", first, true));
		for model in [first, second] {
			assert_noop!(
				publish(ALICE, "digits", "1.0", model, true),
				Error::<Test>::VersionTaken
			);
		}
		// Not even when the model is retired.
		assert_ok!(dispatch(ALICE, Call::retire { model: first }));
		assert_noop!(
			publish(ALICE, "digits", "1.0", second, true),
			Error::<Test>::VersionTaken
		);
		assert_eq!(resolve("digits@1.0"), Some(first));
	});
}

#[test]
fn one_model_may_be_several_versions() {
	with_family(|model| {
		assert_ok!(publish(ALICE, "digits", "1.0", model, true));
		assert_ok!(publish(ALICE, "digits", "1.0.0", model, false));
		assert_eq!(resolve("digits@1.0"), resolve("digits@1.0.0"));
	});
}

#[test]
fn version_names_are_restricted_and_latest_is_reserved() {
	with_family(|model| {
		for good in ["1", "1.0", "2026-11-26", "v2", "0.1-beta.3", &"9".repeat(24)] {
			assert_ok!(publish(ALICE, "digits", good, model, false));
		}
		for bad in ["", "latest", ".1", "-1", "1.0 ", "V1", "1_0", "1@0", "½", "1.0\0"] {
			assert_noop!(
				publish(ALICE, "digits", bad, model, false),
				Error::<Test>::InvalidVersionName
			);
		}
	});
}

#[test]
fn only_an_account_that_owns_model_and_family_publishes() {
	with_family(|of_alice| {
		let of_bob = Submission::batch(2).open(BOB);
		assert_noop!(
			publish(BOB, "digits", "1.0", of_bob, true),
			Error::<Test>::NotFamilyOwner
		);
		assert_noop!(publish(ALICE, "digits", "1.0", of_bob, true), Error::<Test>::NotOwner);
		assert_noop!(
			publish(ALICE, "letters", "1.0", of_alice, true),
			Error::<Test>::UnknownFamily
		);
		assert_noop!(
			publish(ALICE, "digits", "1.0", ModelId::default(), true),
			Error::<Test>::UnknownModel
		);
		assert_ok!(publish(ALICE, "digits", "1.0", of_alice, true));
		assert_noop!(set_latest(BOB, "digits", "1.0"), Error::<Test>::NotFamilyOwner);
		assert_noop!(set_latest(ALICE, "digits", "1.1"), Error::<Test>::UnknownVersion);
	});
}

#[test]
fn only_a_model_that_accepts_jobs_is_published() {
	with_family(|listed| {
		let submission = Submission::batch(2);
		let model = submission.id();
		let try_it = || publish(ALICE, "digits", "1.0", model, true);
		assert_ok!(submission.submit(ALICE));
		assert_noop!(try_it(), Error::<Test>::OnProbation);
		conclude(model, None);
		assert_noop!(try_it(), Error::<Test>::Rejected);
		submission.open(ALICE);
		assert_ok!(Models::quarantine(RuntimeOrigin::signed(GUARD), model, None));
		assert_noop!(try_it(), Error::<Test>::Quarantined);
		assert_ok!(dispatch(ALICE, Call::retire { model }));
		assert_noop!(try_it(), Error::<Test>::Barred);
		assert_ok!(Models::release(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_noop!(try_it(), Error::<Test>::Retired);

		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), listed, None));
		assert_ok!(publish(ALICE, "digits", "1.0", listed, true));
	});
}

#[test]
fn a_full_family_takes_no_more_versions_but_its_latest_can_change() {
	with_family(|model| {
		for number in 0..MAX_VERSIONS {
			assert_ok!(publish(ALICE, "digits", &number.to_string(), model, true));
		}
		assert_noop!(
			publish(ALICE, "digits", "one-more", model, true),
			Error::<Test>::TooManyVersions
		);
		assert_ok!(set_latest(ALICE, "digits", "0"));
	});
}

#[test]
fn a_transferred_family_takes_its_deposit_along_but_not_its_models() {
	with_family(|model| {
		assert_ok!(publish(ALICE, "digits", "1.0", model, true));
		assert_ok!(transfer(ALICE, "digits", BOB));
		System::assert_last_event(
			Event::FamilyTransferred {
				name: name("digits"),
				from: ALICE,
				to: BOB,
			}
			.into(),
		);
		let deposit = FAMILY_DEPOSIT + VERSION_DEPOSIT;
		assert_eq!((held_for_families(ALICE), held_for_families(BOB)), (0, deposit));
		assert_eq!(record(model).owner, ALICE);
		assert_eq!(resolve("digits"), Some(model));
		assert_noop!(
			publish(ALICE, "digits", "2.0", model, true),
			Error::<Test>::NotFamilyOwner
		);
		assert_noop!(transfer(ALICE, "digits", ALICE), Error::<Test>::NotFamilyOwner);
		assert_noop!(publish(BOB, "digits", "2.0", model, true), Error::<Test>::NotOwner);
		assert_ok!(set_latest(BOB, "digits", "1.0"));
	});
}

#[test]
fn a_family_cannot_be_transferred_to_an_unknown_account() {
	with_family(|_| {
		assert_noop!(transfer(ALICE, "digits", NOBODY), Error::<Test>::UnknownRecipient);
		assert_eq!(held_for_families(ALICE), FAMILY_DEPOSIT);
		assert_eq!(Models::family(name("digits")).unwrap().owner, Some(ALICE));
	});
}

#[test]
fn releasing_a_family_without_versions_frees_its_name() {
	with_family(|_| {
		assert_noop!(release(BOB, "digits"), Error::<Test>::NotFamilyOwner);
		assert_ok!(release(ALICE, "digits"));
		System::assert_last_event(Event::FamilyReleased { name: name("digits") }.into());
		assert_eq!(held_for_families(ALICE), 0);
		assert_eq!(Families::<Test>::iter().count(), 0);
		assert_noop!(release(ALICE, "digits"), Error::<Test>::UnknownFamily);
		assert_ok!(claim(BOB, "d1gits"));
	});
}

#[test]
fn releasing_a_family_with_versions_closes_it_and_its_versions_stay() {
	with_family(|model| {
		assert_ok!(publish(ALICE, "digits", "1.0", model, true));
		assert_ok!(publish(ALICE, "digits", "1.1", model, false));
		let (deposit, issued) = (held_for_families(ALICE), Balances::total_issuance());
		assert_eq!(deposit, FAMILY_DEPOSIT + 2 * VERSION_DEPOSIT);
		assert_ok!(release(ALICE, "digits"));
		System::assert_last_event(Event::FamilyClosed { name: name("digits") }.into());
		assert_eq!(held_for_families(ALICE), 0);
		assert_eq!(
			Balances::total_issuance(),
			issued - deposit,
			"blocking a name forever costs the deposit"
		);

		let family = Models::family(name("digits")).unwrap();
		assert_eq!((family.owner, family.latest), (None, Some(version("1.0"))));
		assert_eq!(family.versions, [(version("1.0"), model), (version("1.1"), model)]);
		assert_eq!((resolve("digits"), resolve("digits@1.1")), (Some(model), Some(model)));
		for who in [ALICE, BOB] {
			assert_noop!(claim(who, "digits"), Error::<Test>::NameTaken);
			assert_noop!(claim(who, "d1gits"), Error::<Test>::NameTooSimilar);
			assert_noop!(publish(who, "digits", "2.0", model, true), Error::<Test>::FamilyClosed);
			assert_noop!(set_latest(who, "digits", "1.1"), Error::<Test>::FamilyClosed);
			assert_noop!(transfer(who, "digits", BOB), Error::<Test>::FamilyClosed);
			assert_noop!(release(who, "digits"), Error::<Test>::FamilyClosed);
		}
	});
}

#[test]
fn a_name_leads_to_its_model_whatever_its_status() {
	with_family(|model| {
		assert_ok!(publish(ALICE, "digits", "1.0", model, true));
		assert_ok!(dispatch(ALICE, Call::transfer { model, to: BOB }));
		assert_eq!(resolve("digits"), Some(model));
		assert_ok!(Models::quarantine(RuntimeOrigin::signed(GUARD), model, None));
		assert_eq!(resolve("digits"), Some(model));
		assert_ok!(dispatch(BOB, Call::retire { model }));
		assert_eq!(resolve("digits@1.0"), Some(model));
		assert!(!accepts_jobs(model));
		assert_eq!(Versions::<Test>::iter().count(), 1);
	});
}

#[test]
fn publishing_fails_without_funds_for_the_deposit() {
	with_family(|model| {
		let spare = Balances::free_balance(ALICE) - VERSION_DEPOSIT;
		let away = Call::transfer_family {
			name: name("digits"),
			to: BOB,
		};
		assert_ok!(<Balances as Mutate<u64>>::burn_from(
			&ALICE,
			spare,
			Preservation::Expendable,
			Precision::Exact,
			Fortitude::Polite
		));
		assert_noop!(
			publish(ALICE, "digits", "1.0", model, true),
			TokenError::FundsUnavailable
		);
		assert_ok!(dispatch(ALICE, away));
	});
}
