//! Once a claim is in a block, nothing that anyone submits later changes who is drawn, with real workers and jobs: two
//! copies of a chain at the end of that block, random calls of everybody in one, and the same beacon in both.

mod chain;

use chain::*;
use proptest::prelude::*;

/// Blocks from a claim to its draw.
const BLOCKS: usize = crate::DRAW_DELAY as usize;

/// Claims a job and returns those drawn for it: once undisturbed, and once with these acts in each block after the
/// claim.
fn drawn(before: Vec<Act>, checkers: u8, beacon: u64, after: Vec<Vec<Act>>) -> (Drawn, Drawn) {
	let mut quiet = new_chain();
	let id = quiet.execute_with(|| {
		before.into_iter().for_each(act);
		claimed_job(checkers)
	});
	quiet.commit_all().unwrap();
	let mut noisy = sp_io::TestExternalities::default();
	noisy.backend = quiet.backend.clone();
	let undisturbed = quiet.execute_with(|| {
		set_beacon(beacon);
		(0..=BLOCKS).for_each(|_| next_block());
		drawn_for(id)
	});
	let disturbed = noisy.execute_with(|| {
		set_beacon(beacon);
		for acts in after {
			next_block();
			acts.into_iter().for_each(act);
		}
		next_block();
		check();
		drawn_for(id)
	});
	(undisturbed, disturbed)
}

/// Acts of the time before the claim, with blocks between them.
fn history() -> impl Strategy<Value = Vec<Act>> {
	prop::collection::vec(prop_oneof![6 => any_act(), 1 => Just(Act::NextBlock)], 0..80)
}

fn acts_of_a_block() -> impl Strategy<Value = Vec<Act>> {
	prop::collection::vec(any_act(), 0..40)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn property_2_nothing_submitted_after_a_claim_changes_who_is_drawn(
		before in history(),
		checkers in 0u8..6,
		beacon in any::<u64>(),
		after in prop::collection::vec(acts_of_a_block(), BLOCKS),
	) {
		let (undisturbed, disturbed) = drawn(before, checkers, beacon, after);
		prop_assert_eq!(undisturbed.audited, disturbed.audited);
		if undisturbed.is_complete {
			// Each place names the same worker or nobody.
			let mut named = undisturbed.workers.iter();
			prop_assert!(
				disturbed.workers.iter().all(|worker| named.any(|other| other == worker)),
				"{:?} instead of {:?}", disturbed.workers, undisturbed.workers
			);
		}
	}
}

/// Idle stake offers many times the slots of the pool right after the claim, and leaves again after the draw.
#[test]
fn a_flood_of_the_pool_after_a_claim_does_not_change_who_is_drawn() {
	let flood: Vec<_> = RICH.map(|worker| Act::Serve(worker, 32)).collect();
	for beacon in 0..20 {
		let after = vec![flood.clone(), vec![]];
		let (undisturbed, disturbed) = drawn(vec![], 4, beacon, after);
		assert!(undisturbed.is_complete);
		assert_eq!(undisturbed, disturbed);
	}
}

/// The author of the second block after a claim knows the seed. It tries every order of its own acts.
#[test]
fn an_author_that_orders_its_own_block_does_not_change_who_is_drawn() {
	for worker in WORKERS.chain(RICH) {
		for own in [
			Act::Stop(worker),
			Act::Serve(worker, 1),
			Act::Request(0),
			Act::Request(3),
		] {
			let after = vec![vec![], vec![own; 4]];
			let (undisturbed, disturbed) = drawn(vec![], 3, 7, after);
			assert!(undisturbed.is_complete);
			assert_eq!(undisturbed, disturbed);
		}
	}
}
