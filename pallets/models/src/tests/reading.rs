use crate::mock::*;
use assay_primitives::{
	api::{ModelStatus, PAGE},
	traits::{ModelRegistry, Offer},
	ModelId,
};
use frame_support::assert_ok;

/// Registers `count` models that differ in their spec, and returns their ids in order.
fn submit_many(count: u32) -> Vec<ModelId> {
	let mut ids = (1..=count)
		.map(|extent| {
			let submission = Submission {
				spec: spec(&[("batch", extent)]),
				..Default::default()
			};
			assert_ok!(submission.clone().submit(ALICE));
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

#[test]
fn an_open_model_is_offered_with_its_royalty_and_its_work() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.clone().submit(BOB));
		assert_eq!(
			Models::offer(&submission.id()),
			Some(Offer {
				owner: BOB,
				royalty: 50,
				macs: 7_000,
			})
		);
	});
}

#[test]
fn the_recipe_names_the_model_again() {
	build_and_execute(|| {
		let submission = Submission::default();
		assert_ok!(submission.clone().submit(BOB));
		let recipe = <Models as ModelRegistry<u64, u64>>::recipe(&submission.id()).unwrap();
		assert_eq!(recipe.engine, submission.engine);
		assert_eq!(recipe.artifact, submission.artifact);
		assert_eq!(recipe.spec, submission.spec);
	});
}

#[test]
fn an_unknown_model_is_nothing_to_anyone() {
	build_and_execute(|| {
		let unknown = Submission::default().id();
		assert_eq!(Models::info(unknown, |_| 1), None);
		assert_eq!(<Models as ModelRegistry<u64, u64>>::offer(&unknown), None);
		assert_eq!(<Models as ModelRegistry<u64, u64>>::recipe(&unknown), None);
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
		assert_eq!(info.id, id);
		assert_eq!(info.owner, BOB);
		assert_eq!(info.name, b"digits");
		assert_eq!(info.description, b"reads digits");
		assert_eq!((info.royalty, info.macs), (50, 7_000));
		assert_eq!(info.status, ModelStatus::Open);
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
