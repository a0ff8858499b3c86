use crate::{mock::*, Call};
use assay_primitives::{
	api::{ModelStatus, PAGE},
	names::{FamilyName, VersionName},
	traits::{ModelRegistry, ModelTerms},
	JobId, ModelId, ModelRef,
};
use frame_support::assert_ok;

/// Submits `count` models that differ in their spec, and returns their ids in order.
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
fn the_terms_of_a_model_name_its_royalty_its_work_and_whether_it_is_listed() {
	build_and_execute(|| {
		let model = Submission::default().open(BOB);
		let offer = |listed| ModelTerms {
			owner: BOB,
			royalty: 50,
			macs: 7_000,
			listed,
		};
		assert_eq!(Models::terms(&model), Some(offer(false)));
		assert_ok!(Models::list(RuntimeOrigin::signed(REGISTRAR), model, None));
		assert_eq!(Models::terms(&model), Some(offer(true)));
	});
}

#[test]
fn the_source_of_a_model_hashes_to_its_id() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.submit(BOB));
		let source = <Models as ModelRegistry<u64, u64>>::source(&submission.id()).unwrap();
		assert_eq!(source.engine, submission.engine);
		assert_eq!(source.artifact, submission.artifact);
		assert_eq!(source.spec, submission.spec);
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
fn an_unknown_model_has_no_terms_source_or_info() {
	build_and_execute(|| {
		let unknown = Submission::default().id();
		assert_eq!(Models::info(unknown, |_| 1), None);
		assert!(!accepts_jobs(unknown));
		assert_eq!(<Models as ModelRegistry<u64, u64>>::source(&unknown), None);
		assert_eq!(<Models as ModelRegistry<u64, u64>>::inputs(&unknown), []);
		assert!(!<Models as ModelRegistry<u64, u64>>::is_servable(&unknown));
		// An id resolves to itself, known or not.
		assert_eq!(resolve(ModelRef::Id(unknown)), Some(unknown));
	});
}

#[test]
fn info_is_complete_and_includes_the_free_slots_of_the_model() {
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
fn pages_have_neither_gaps_nor_overlaps() {
	build_and_execute(|| {
		let ids = submit_many(7);
		assert_eq!(page(None, 3), ids[..3]);
		assert_eq!(page(Some(ids[2]), 3), ids[3..6]);
		assert_eq!(page(Some(ids[5]), 3), ids[6..]);
		assert_eq!(page(Some(ids[6]), 3), []);
	});
}

#[test]
fn a_page_never_exceeds_the_limit() {
	build_and_execute(|| {
		let ids = submit_many(PAGE + 1);
		assert_eq!(page(None, u32::MAX), ids[..PAGE as usize]);
	});
}

#[test]
fn families_are_read_page_by_page() {
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
fn the_versions_of_a_family_are_in_order() {
	with_model(|model| {
		assert_eq!(Models::family(name("digits")), None);
		assert_ok!(dispatch(ALICE, Call::claim_family { name: name("digits") }));
		let version = |text: &str| VersionName::try_from(text.as_bytes().to_vec()).unwrap();
		for number in ["2.0", "1.0", "1.1"] {
			let call = Call::publish {
				family: name("digits"),
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
fn a_quote_equals_the_cost_of_the_submission() {
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
