//! The executor: silent ones are fined and replaced, and the requester may cancel the job.

use crate::{mock::*, Call, Error, Event, JobState, Totals};
use assay_primitives::{
	api::{ParticipantStatus, RefundReason},
	traits::{Offence, SlotUse, WorkerPool},
	JobId,
};
use frame_support::assert_noop;
use sp_runtime::traits::Dispatchable;

/// Blocks from the draw of an executor to its replacement if it is silent.
const CLAIM_PERIOD: u64 = 5 + WORK + 1;

fn refunded(id: JobId) -> Option<RefundReason> {
	match state(id) {
		JobState::Refunded { reason, .. } => Some(reason),
		_ => None,
	}
}

fn cancel(who: u64, id: JobId) -> sp_runtime::DispatchResult {
	let call = RuntimeCall::from(Call::cancel {
		job: id,
		task: task_of(id),
	});
	let done = call.dispatch(RuntimeOrigin::signed(who));
	done.map(|_| ()).map_err(|error| error.error)
}

#[test]
fn a_silent_executor_is_fined_and_another_is_drawn() {
	build_and_execute(|| {
		let id = request(1);
		let first = executor(id);
		run(CLAIM_PERIOD - 1);
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
fn after_three_silent_executors_the_fee_is_refunded() {
	build_and_execute(|| {
		let id = request(2);
		for silent in 1..=2 {
			run(CLAIM_PERIOD);
			assert_eq!(Punished::get().len(), silent);
			assert!(matches!(state(id), JobState::Claiming { .. }));
		}
		run(CLAIM_PERIOD);
		assert_eq!(Punished::get().len(), 3);
		assert_eq!(refunded(id), Some(RefundReason::NoClaim));
		assert_eq!(free_balance(REQUESTER), ENDOWMENT);
		assert_eq!(free_balance(FUND), ENDOWMENT + 3_000);
		assert_eq!(Totals::<Test>::get().no_shows, 3);
		assert_eq!(Totals::<Test>::get().slashed, 3_000);
		assert_eq!(Ended::get(), vec![(id, REQUESTER, None)]);
	});
}

#[test]
fn without_another_executor_the_fee_is_refunded_at_once() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 3)]);
		let id = request(0);
		run(CLAIM_PERIOD);
		assert_eq!(refunded(id), Some(RefundReason::NoClaim));
		assert_eq!(Punished::get().len(), 1);
	});
}

#[test]
fn a_replacement_is_promised_the_same_checks() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 1), (OTHER, 1), (THIRD, 1)]);
		let id = request(2);
		let first = executor(id);
		assert_eq!((Pool::free_slots(&MODEL), Pool::get().promised()), (2, 2));
		run(CLAIM_PERIOD);
		assert_ne!(executor(id), first);
		assert_eq!((Pool::free_slots(&MODEL), Pool::get().promised()), (1, 2));
	});
}

#[test]
fn a_claim_resets_the_number_of_replacements() {
	build_and_execute(|| {
		let id = request(1);
		run(2 * CLAIM_PERIOD);
		assert_eq!(job(id).replacements, 2);
		claim(id, &right());
		assert_eq!(job(id).replacements, 0);
	});
}

#[test]
fn a_claim_is_accepted_in_the_last_block_of_its_period_and_not_later() {
	build_and_execute(|| {
		let (in_time, late) = (request(0), request(0));
		run_to(CLAIM_PERIOD);
		claim(in_time, &right());
		let executor = executor(late);
		run(1);
		assert!(commit(executor, late, &right()).is_err());
	});
}

#[test]
fn a_job_cancelled_before_the_claim_pays_the_executor_with_levy_and_burn() {
	build_and_execute(|| {
		let id = request(3);
		let executor = executor(id);
		cancel(REQUESTER, id).unwrap();
		assert_eq!(refunded(id), Some(RefundReason::Cancelled));
		assert_eq!(free_balance(executor), ENDOWMENT + PAY);
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - PAY - LEVY - BURN);
		assert_eq!(free_balance(FUND), ENDOWMENT + LEVY);
		assert_eq!(Served::get(), vec![(executor, id, SlotUse::Unused)]);
		assert_eq!(Totals::<Test>::get().paid_to_workers, PAY);
		assert_eq!(Totals::<Test>::get().burned, BURN);
		check_idle();
	});
}

#[test]
fn cancelling_pays_the_executor_that_replaced_a_silent_one() {
	build_and_execute(|| {
		let id = request(0);
		let first = executor(id);
		run(CLAIM_PERIOD);
		let second = executor(id);
		cancel(REQUESTER, id).unwrap();
		assert_eq!(
			(free_balance(first), free_balance(second)),
			(ENDOWMENT, ENDOWMENT + PAY)
		);
	});
}

#[test]
fn only_the_requester_may_cancel_a_job() {
	build_and_execute(|| {
		let id = request(0);
		assert_noop!(cancel(OTHER_REQUESTER, id), Error::<Test>::NotRequester);
		assert_noop!(cancel(REQUESTER, JobId(7)), Error::<Test>::UnknownJob);
	});
}

#[test]
fn a_claimed_job_cannot_be_cancelled() {
	build_and_execute(|| {
		let id = request(1);
		let refused = || {
			assert_noop!(cancel(REQUESTER, id), Error::<Test>::NotCancellable);
		};
		claim(id, &right());
		assert!(matches!(status(id, executor(id)), ParticipantStatus::Committed(_)));
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
fn a_job_cannot_be_cancelled_twice() {
	build_and_execute(|| {
		let id = request(0);
		cancel(REQUESTER, id).unwrap();
		assert_noop!(cancel(REQUESTER, id), Error::<Test>::NotCancellable);
	});
}
