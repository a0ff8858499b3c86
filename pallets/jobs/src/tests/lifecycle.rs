//! From request to settlement, refund and pruning.

use crate::{mock::*, Error, Event, HoldReason, Inputs, JobState, Jobs as JobsMap, Outcomes, Terms, Totals};
use assay_primitives::{
	api::{JobStatus, RefundReason},
	payload::MAX_ARTIFACT,
	traits::Service,
	Artifact, ArtifactId, JobId, ModelId, Payload,
};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};

fn held() -> u64 {
	Balances::balance_on_hold(&HoldReason::Fee.into(), &REQUESTER)
}

#[test]
fn a_request_holds_the_fee_and_draws_an_executor() {
	build_and_execute(|| {
		let job = request();
		assert_eq!(held(), 100);
		assert_eq!(Balances::free_balance(REQUESTER), 900);
		assert_eq!(FreeSlots::get().len(), 3);
		System::assert_last_event(
			Event::Requested {
				job,
				model: MODEL,
				requester: REQUESTER,
				executor: WORKER,
				fee: 100,
			}
			.into(),
		);
		assert_eq!(
			JobsMap::<Test>::get(job).unwrap().state,
			JobState::Claiming { deadline: 6 }
		);
	});
}

#[test]
fn a_revealed_answer_is_paid_and_readable() {
	build_and_execute(|| {
		let job = request();
		assert_ok!(commit(WORKER, &[job]));
		assert_ok!(reveal(WORKER, &[job]));
		assert_eq!(held(), 0);
		assert_eq!(Balances::free_balance(REQUESTER), 900);
		assert_eq!(Balances::free_balance(WORKER), 1_090);
		assert_eq!(Balances::free_balance(OWNER), 1_010);
		assert_eq!(Released::get(), vec![(WORKER, Service::Answered)]);
		let digest = outcome().outcome_digest();
		System::assert_last_event(
			Event::Settled {
				job,
				digest,
				to_executor: 90,
				to_owner: 10,
			}
			.into(),
		);
		assert_eq!(
			Jobs::job(job).unwrap().status,
			JobStatus::Settled {
				at: 1,
				digest,
				outcome: outcome()
			}
		);
		assert_eq!(Totals::<Test>::get().paid_to_workers, 90);
	});
}

#[test]
fn an_owner_that_cannot_be_paid_leaves_its_share_to_the_executor() {
	build_and_execute(|| {
		ModelOwner::set(POOR_OWNER);
		let job = request();
		assert_ok!(commit(WORKER, &[job]));
		assert_ok!(reveal(WORKER, &[job]));
		assert_eq!(Balances::free_balance(WORKER), 1_100);
		assert_eq!(held(), 0);
	});
}

#[test]
fn a_requester_may_be_its_own_executor_and_owner() {
	build_and_execute(|| {
		ModelOwner::set(WORKER);
		assert_ok!(Jobs::request(
			RuntimeOrigin::signed(WORKER),
			MODEL,
			input(),
			Terms { max_fee: 100 }
		));
		assert_ok!(commit(WORKER, &[JobId(0)]));
		assert_ok!(reveal(WORKER, &[JobId(0)]));
		assert_eq!(Balances::free_balance(WORKER), 1_000);
	});
}

#[test]
fn a_free_model_is_answered_for_nothing() {
	build_and_execute(|| {
		Price::set(Some(0));
		let job = request();
		assert_ok!(commit(WORKER, &[job]));
		assert_ok!(reveal(WORKER, &[job]));
		assert_eq!(Balances::free_balance(REQUESTER), 1_000);
	});
}

#[test]
fn a_silent_executor_costs_the_requester_nothing() {
	build_and_execute(|| {
		let job = request();
		run_to(6);
		assert_eq!(held(), 100);
		run_to(7);
		assert_eq!(Balances::free_balance(REQUESTER), 1_000);
		assert_eq!(Released::get(), vec![(WORKER, Service::NoShow)]);
		System::assert_last_event(
			Event::Refunded {
				job,
				reason: RefundReason::NoCommit,
			}
			.into(),
		);
	});
}

#[test]
fn an_executor_that_commits_and_does_not_reveal_is_a_no_show() {
	build_and_execute(|| {
		let job = request();
		run_to(3);
		assert_ok!(commit(WORKER, &[job]));
		run_to(8);
		assert_eq!(held(), 100);
		run_to(9);
		assert_eq!(Balances::free_balance(REQUESTER), 1_000);
		System::assert_last_event(
			Event::Refunded {
				job,
				reason: RefundReason::NoReveal,
			}
			.into(),
		);
	});
}

#[test]
fn a_record_is_pruned_after_its_period() {
	build_and_execute(|| {
		let settled = request();
		assert_ok!(commit(WORKER, &[settled]));
		assert_ok!(reveal(WORKER, &[settled]));
		let refunded = request();
		run_to(50);
		assert!(Jobs::job(settled).is_some());
		run_to(51);
		assert!(Jobs::job(settled).is_none() && Jobs::job(refunded).is_some());
		assert!(!Inputs::<Test>::contains_key(settled) && !Outcomes::<Test>::contains_key(settled));
		run_to(57);
		assert!(Jobs::job(refunded).is_none());
		assert_eq!(Totals::<Test>::get().requested, 2);
	});
}

#[test]
fn more_due_jobs_than_a_block_takes_are_refunded_in_the_next() {
	build_and_execute(|| {
		for _ in 0..4 {
			request();
		}
		run_to(7);
		assert_eq!(held(), 100);
		run_to(8);
		assert_eq!(held(), 0);
	});
}

#[test]
fn a_job_past_its_deadline_takes_no_commitment_though_the_agenda_lags() {
	build_and_execute(|| {
		let jobs: Vec<_> = (0..4).map(|_| request()).collect();
		run_to(7);
		let late = jobs
			.into_iter()
			.find(|job| JobsMap::<Test>::get(job).unwrap().state.is_live())
			.unwrap();
		assert!(commit(WORKER, &[late]).is_err());
	});
}

#[test]
fn a_request_that_cannot_be_served_is_refused_whole() {
	build_and_execute(|| {
		let ask =
			|model, input, max_fee| Jobs::request(RuntimeOrigin::signed(REQUESTER), model, input, Terms { max_fee });
		let named = |len| {
			Payload::Artifact(Artifact {
				id: ArtifactId::of(b"x"),
				len,
			})
		};
		assert_noop!(ask(ModelId::default(), input(), 100), Error::<Test>::ModelNotOpen);
		assert_noop!(ask(MODEL, input(), 99), Error::<Test>::Overpriced);
		assert_noop!(ask(MODEL, named(0), 100), Error::<Test>::BadArtifact);
		assert_noop!(ask(MODEL, named(MAX_ARTIFACT + 1), 100), Error::<Test>::BadArtifact);
		FreeSlots::set(vec![]);
		assert_noop!(ask(MODEL, input(), 100), Error::<Test>::NoFreeSlot);
		FreeSlots::set(vec![WORKER]);
		Price::set(Some(10_000));
		let poor = Jobs::request(
			RuntimeOrigin::signed(REQUESTER),
			MODEL,
			input(),
			Terms { max_fee: 10_000 },
		);
		assert!(poor.is_err());
	});
}
