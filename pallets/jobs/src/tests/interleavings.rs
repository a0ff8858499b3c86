//! Random interleavings of every call and block: invariants hold after each step, no unit appears or vanishes, every job ends.

use crate::{mock::*, HoldReason, Jobs as JobsMap, Terms};
use assay_primitives::JobId;
use frame_support::traits::{fungible::InspectHold, Hooks};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Request { max_fee: u64, price: u64 },
	Commit { worker: u64, jobs: Vec<u64> },
	Reveal { worker: u64, jobs: Vec<u64>, honest: bool },
	Block,
	Slot { worker: u64 },
}

fn worker() -> impl Strategy<Value = u64> {
	prop_oneof![Just(WORKER), Just(OTHER_WORKER)]
}

fn jobs() -> impl Strategy<Value = Vec<u64>> {
	prop::collection::btree_set(0u64..12, 1..3).prop_map(|jobs| jobs.into_iter().collect())
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		3 => (50u64..120, 0u64..120).prop_map(|(max_fee, price)| Step::Request { max_fee, price }),
		4 => (worker(), jobs()).prop_map(|(worker, jobs)| Step::Commit { worker, jobs }),
		4 => (worker(), jobs(), any::<bool>()).prop_map(|(worker, jobs, honest)| Step::Reveal { worker, jobs, honest }),
		3 => Just(Step::Block),
		1 => worker().prop_map(|worker| Step::Slot { worker }),
	]
}

fn take(step: Step) {
	let ids = |jobs: Vec<u64>| jobs.into_iter().map(JobId).collect::<Vec<_>>();
	match step {
		Step::Request { max_fee, price } => {
			Price::set(Some(price));
			let _ = frame_support::storage::with_storage_layer(|| {
				Jobs::request(RuntimeOrigin::signed(REQUESTER), MODEL, input(), Terms { max_fee })
			});
		}
		Step::Commit { worker, jobs } => {
			let _ = commit(worker, &ids(jobs));
		}
		Step::Reveal { worker, jobs, honest } => {
			let revealed = if honest { outcome() } else { other_outcome() };
			let _ = submit(reveal_call(reveal_batch(worker, &ids(jobs), &revealed)));
		}
		Step::Block => run_to(System::block_number() + 1),
		Step::Slot { worker } => FreeSlots::mutate(|slots| slots.push(worker)),
	}
}

proptest! {
	#[test]
	fn every_interleaving_keeps_the_invariants_and_ends_every_job(steps in prop::collection::vec(step(), 1..80)) {
		build_and_execute(|| {
			let issuance = Balances::total_issuance();
			for step in steps {
				take(step);
				Jobs::do_try_state().unwrap();
				assert_eq!(Balances::total_issuance(), issuance);
			}
			// Both periods, and time to work off the most jobs there can be.
			run_to(System::block_number() + 5 + 5 + 30);
			assert!(JobsMap::<Test>::iter_values().all(|job| !job.state.is_live()));
			assert_eq!(Balances::balance_on_hold(&HoldReason::Fee.into(), &REQUESTER), 0);
			Jobs::offchain_worker(System::block_number());
		});
	}
}
