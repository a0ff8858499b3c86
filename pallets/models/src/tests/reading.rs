use crate::{mock::*, Call};
use assay_primitives::{
	api::{ModelStatus, PAGE},
	names::{FamilyName, VersionName},
	traits::{ModelRegistry, Offer},
	JobId, ModelId, ModelRef,
};
use frame_support::assert_ok;

/// Registers `count` models that differ in their spec, and returns their ids in order.
fn submit_many(count: u32) -> Vec<ModelId> {
	let mut ids = (1..=count)
		.map(|extent| {
			let submission = Submission::batch(extent);
			assert_ok!(submission.submit(ALICE));
			submission.id()
		})
		.collect::<Vec<_>>();
	ids.sort();
	ids
}

fn page(after: Option<ModelId>, limit: u32) -> Vec<ModelId> {
	Models::page(after, limit, |_| 0)
		.into_iter()
		.map(|model| model.id)
		.collect()
}

fn name(text: &str) -> FamilyName {
	text.as_bytes().to_vec().try_into().unwrap()
}

fn families(after: Option<&FamilyName>, limit: u32) -> Vec<FamilyName> {
	Models::families(after.cloned(), limit)
		.into_iter()
		.map(|family| family.name)
		.collect()
}

#[test]
fn a_model_is_offered_with_its_royalty_its_work_and_whether_it_is_listed() {
	build_and_execute(|| {
		let model = Submission::default().open(BOB);
		let offer = |listed| Offer {
			owner: BOB,
			royalty: 50,
			macs: 7_000,
			listed,
		};
		assert_eq!(Models::offer(&model), Some(offer(false)));
		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_eq!(Models::offer(&model), Some(offer(true)));
	});
}

#[test]
fn the_recipe_names_the_model_again() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(BOB));
		let recipe = <Models as ModelRegistry<u64, u64>>::recipe(&submission.id()).unwrap();
		assert_eq!(recipe.engine, submission.engine);
		assert_eq!(recipe.artifact, submission.artifact);
		assert_eq!(recipe.spec, submission.spec);
	});
}

#[test]
fn the_inputs_of_a_model_are_those_of_its_manifest() {
	with_model(|model| {
		let inputs = <Models as ModelRegistry<u64, u64>>::inputs(&model);
		assert_eq!(inputs, manifest().inputs.into_inner());
	});
}

#[test]
fn an_unknown_model_is_nothing_to_anyone() {
	build_and_execute(|| {
		let unknown = Submission::default().id();
		assert_eq!(Models::info(unknown, |_| 1), None);
		assert!(!may_be_asked(unknown));
		assert_eq!(<Models as ModelRegistry<u64, u64>>::recipe(&unknown), None);
		assert_eq!(<Models as ModelRegistry<u64, u64>>::inputs(&unknown), []);
		assert!(!<Models as ModelRegistry<u64, u64>>::servable(&unknown));
		// An id means itself, known or not.
		assert_eq!(resolve(ModelRef::Id(unknown)), Some(unknown));
	});
}

#[test]
fn info_tells_all_and_asks_for_the_free_slots_of_that_model() {
	build_and_execute(|| {
		let submission = Submission::default();
		let id = submission.id();
		assert_ok!(submission.submit(BOB));
		let info = Models::info(id, |asked| {
			assert_eq!(*asked, id);
			7
		})
		.unwrap();
		assert_eq!((info.id, info.owner), (id, BOB));
		assert_eq!(info.metadata, submission.metadata);
		assert_eq!(info.manifest, Some(submission.statement.manifest));
		assert_eq!(info.golden, Some(submission.statement.golden));
		assert_eq!((info.royalty, info.announced), (50, None));
		assert_eq!((info.status, info.probe), (ModelStatus::Probation, JobId(0)));
		assert_eq!(info.free_slots, 7);
	});
}

#[test]
fn pages_follow_each_other_without_gap_or_overlap() {
	build_and_execute(|| {
		let ids = submit_many(7);
		assert_eq!(page(None, 3), ids[..3]);
		assert_eq!(page(Some(ids[2]), 3), ids[3..6]);
		assert_eq!(page(Some(ids[5]), 3), ids[6..]);
		assert_eq!(page(Some(ids[6]), 3), []);
	});
}

#[test]
fn a_page_is_never_longer_than_the_protocol_allows() {
	build_and_execute(|| {
		let ids = submit_many(PAGE + 1);
		assert_eq!(page(None, u32::MAX), ids[..PAGE as usize]);
	});
}

#[test]
fn families_are_read_page_by_page_too() {
	build_and_execute(|| {
		for number in 0..=PAGE {
			let name = name(&format!("family-{}", number + 3_000));
			assert_ok!(dispatch(ALICE, Call::claim_family { name }));
		}
		let first = families(None, u32::MAX);
		assert_eq!(first.len(), PAGE as usize);
		let rest = families(first.last(), u32::MAX);
		assert_eq!(rest.len(), 1);
		assert!(!first.contains(&rest[0]));
		assert_eq!(families(rest.last(), 10), Vec::<FamilyName>::new());
	});
}

#[test]
fn a_family_tells_its_versions_in_order() {
	with_model(|model| {
		assert_eq!(Models::family(name("digits")), None);
		assert_ok!(dispatch(ALICE, Call::claim_family { name: name("digits") }));
		let version = |text: &str| VersionName::try_from(text.as_bytes().to_vec()).unwrap();
		for number in ["2.0", "1.0", "1.1"] {
			let call = Call::publish {
				name: name("digits"),
				version: version(number),
				model,
				latest: number == "2.0",
			};
			assert_ok!(dispatch(ALICE, call));
		}
		let family = Models::family(name("digits")).unwrap();
		let versions = ["1.0", "1.1", "2.0"].map(|number| (version(number), model));
		assert_eq!(family.versions, versions);
		assert_eq!(family.latest, Some(version("2.0")));
		assert_eq!(Models::families(None, 10), [family]);
	});
}

#[test]
fn a_quote_says_what_a_submission_then_costs() {
	build_and_execute(|| {
		let submission = Submission {
			statement: statement(4),
			..Default::default()
		};
		let (deposit, fee) = submission.quote();
		assert_ok!(submission.submit(ALICE));
		assert_eq!(held(ALICE), deposit);
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - deposit - fee.total());
	});
}
