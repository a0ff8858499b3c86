//! The executor: silent ones are fined and replaced, and the requester may take the job back.

use crate::{mock::*, Call, Error, Event, JobState, Totals};
use assay_primitives::{
	api::{RefundReason, Standing},
	traits::{Offence, Service, WorkerPool},
	JobId,
};
use frame_support::assert_noop;
use sp_runtime::traits::Dispatchable;

/// Blocks from a draw to the end of the patience with it.
const PATIENCE: u64 = 5 + WORK + 1;

fn refunded(id: JobId) -> Option<RefundReason> {
	match state(id) {
		JobState::Refunded { reason, .. } => Some(reason),
		_ => None,
	}
}

fn cancel(who: u64, id: JobId) -> sp_runtime::DispatchResult {
	let call = RuntimeCall::from(Call::cancel { job: id });
	let done = call.dispatch(RuntimeOrigin::signed(who));
	done.map(|_| ()).map_err(|error| error.error)
}

#[test]
fn a_silent_executor_is_fined_and_another_is_drawn() {
	build_and_execute(|| {
		let id = request(1);
		let first = executor(id);
		run(PATIENCE - 1);
		assert_eq!(executor(id), first);
		run(1);
		let second = executor(id);
		assert_ne!(first, second);
		assert_eq!(Punished::get(), vec![(first, id, Offence::NoShow, 1_000)]);
		assert_eq!(free_balance(FUND), ENDOWMENT + 1_000);
		assert_eq!(free_balance(stake_of(first)), 100 * BOND - 1_000);
		assert!(events().contains(&Event::NoShow {
			job: id,
			worker: first,
			fine: 1_000
		}));
		assert_eq!(
			state(id),
			JobState::Claiming {
				deadline: System::block_number() + 5 + WORK
			}
		);
		settled(id);
		assert_eq!(free_balance(second), ENDOWMENT + PAY);
		assert_eq!(
			free_balance(first),
			ENDOWMENT + if checkers(id).contains(&first) { PAY } else { 0 }
		);
	});
}

#[test]
fn after_three_silent_executors_the_fee_goes_back() {
	build_and_execute(|| {
		let id = request(2);
		for silent in 1..=2 {
			run(PATIENCE);
			assert_eq!(Punished::get().len(), silent);
			assert!(matches!(state(id), JobState::Claiming { .. }));
		}
		run(PATIENCE);
		assert_eq!(Punished::get().len(), 3);
		assert_eq!(refunded(id), Some(RefundReason::NoClaim));
		assert_eq!(free_balance(REQUESTER), ENDOWMENT);
		assert_eq!(free_balance(FUND), ENDOWMENT + 3_000);
		assert_eq!(Totals::<Test>::get().no_shows, 3);
		assert_eq!(Totals::<Test>::get().slashed, 3_000);
		assert_eq!(Endings::get(), vec![(id, REQUESTER, None)]);
	});
}

#[test]
fn with_nobody_left_to_draw_the_fee_goes_back_at_once() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 3)]);
		let id = request(0);
		run(PATIENCE);
		assert_eq!(refunded(id), Some(RefundReason::NoClaim));
		assert_eq!(Punished::get().len(), 1);
	});
}

#[test]
fn a_replacement_does_not_take_what_is_reserved_for_checkers() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 1), (OTHER, 1), (THIRD, 1)]);
		let id = request(2);
		assert_eq!(Pool::free_slots(&MODEL), 0);
		run(PATIENCE);
		assert_eq!(refunded(id), Some(RefundReason::NoClaim));
		assert_eq!(Pool::get().reserved, 0);
	});
}

#[test]
fn the_count_of_replacements_begins_anew_with_the_claim() {
	build_and_execute(|| {
		let id = request(1);
		run(2 * PATIENCE);
		assert_eq!(job(id).replacements, 2);
		claim(id, &right());
		assert_eq!(job(id).replacements, 0);
	});
}

#[test]
fn a_claim_is_taken_in_the_last_block_of_its_period_and_not_later() {
	build_and_execute(|| {
		let (in_time, late) = (request(0), request(0));
		run_to(PATIENCE);
		claim(in_time, &right());
		let executor = executor(late);
		run(1);
		assert!(commit(executor, late, &right()).is_err());
	});
}

#[test]
fn a_job_taken_back_before_the_claim_pays_the_executor_alone() {
	build_and_execute(|| {
		let id = request(3);
		let executor = executor(id);
		cancel(REQUESTER, id).unwrap();
		assert_eq!(refunded(id), Some(RefundReason::Cancelled));
		assert_eq!(free_balance(executor), ENDOWMENT + PAY);
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - PAY);
		assert_eq!(free_balance(FUND), ENDOWMENT);
		assert_eq!(Served::get(), vec![(executor, id, Service::Unused)]);
		assert_eq!(Totals::<Test>::get().paid_to_workers, PAY);
		assert_eq!(Totals::<Test>::get().burned, 0);
		check_idle();
	});
}

#[test]
fn the_executor_that_replaced_a_silent_one_is_the_one_that_is_paid() {
	build_and_execute(|| {
		let id = request(0);
		let first = executor(id);
		run(PATIENCE);
		let second = executor(id);
		cancel(REQUESTER, id).unwrap();
		assert_eq!(
			(free_balance(first), free_balance(second)),
			(ENDOWMENT, ENDOWMENT + PAY)
		);
	});
}

#[test]
fn only_the_requester_may_take_a_job_back() {
	build_and_execute(|| {
		let id = request(0);
		assert_noop!(cancel(OTHER_REQUESTER, id), Error::<Test>::NotRequester);
		assert_noop!(cancel(REQUESTER, JobId(7)), Error::<Test>::UnknownJob);
	});
}

#[test]
fn once_somebody_is_bound_a_job_cannot_be_taken_back() {
	build_and_execute(|| {
		let id = request(1);
		let refused = || {
			assert_noop!(cancel(REQUESTER, id), Error::<Test>::NotCancellable);
		};
		claim(id, &right());
		assert!(matches!(standing(id, executor(id)), Standing::Committed(_)));
		refused();
		run(3);
		assert!(matches!(state(id), JobState::Checking { .. }));
		refused();
		commit(checkers(id)[0], id, &right()).unwrap();
		assert!(matches!(state(id), JobState::Revealing { .. }));
		refused();
		for worker in workers(id) {
			reveal(worker, id, &right()).unwrap();
		}
		assert!(matches!(state(id), JobState::Provisional { .. }));
		refused();
		run(6);
		assert!(matches!(state(id), JobState::Settled { .. }));
		refused();

		let disputed = request(1);
		revealed(disputed, &[right(), wrong(1)]);
		assert!(matches!(state(disputed), JobState::Disputed { .. }));
		assert_noop!(cancel(REQUESTER, disputed), Error::<Test>::NotCancellable);
	});
}

#[test]
fn a_job_taken_back_is_not_taken_back_twice() {
	build_and_execute(|| {
		let id = request(0);
		cancel(REQUESTER, id).unwrap();
		assert_noop!(cancel(REQUESTER, id), Error::<Test>::NotCancellable);
	});
}
