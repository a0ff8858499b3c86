//! The challenge window.

use crate::{mock::*, Error, Event, JobState, Totals};
use assay_primitives::{
	terms::{Terms, Window},
	traits::DisputedJobs,
	JobId, OutcomeDigest,
};
use frame_support::assert_noop;

type Court = dyn Fn(JobId) -> Option<OutcomeDigest>;

const PROVISIONAL: &Court = &|id| <Jobs as DisputedJobs<u64, u64>>::provisional_digest(id);

fn begin_dispute_over(id: JobId) -> Result<u64, sp_runtime::DispatchError> {
	<Jobs as DisputedJobs<u64, u64>>::begin_dispute(id)
}

fn window(id: JobId) -> (u64, u64) {
	match state(id) {
		JobState::Provisional { since, until, .. } => (since, until),
		other => panic!("{other:?}"),
	}
}

#[test]
fn each_window_has_its_length_and_its_price() {
	for (tier, blocks) in [(Window::Short, 4), (Window::Standard, 10), (Window::Long, 20)] {
		build_and_execute(|| {
			let id = JobId(0);
			let wished = Terms {
				window: tier,
				..terms(1)
			};
			ask(REQUESTER, 1, wished).unwrap();
			assert_eq!(job(id).terms.fee.pay, PAY + pricing().per_block * (blocks - 4));
			revealed(id, &[right()]);
			let (since, until) = window(id);
			assert_eq!(until - since, blocks + WORK);
			run_to(until);
			assert!(matches!(state(id), JobState::Provisional { .. }));
			run(1);
			assert!(matches!(state(id), JobState::Settled { at, .. } if at == until + 1));
		});
	}
}

#[test]
fn the_last_reveal_makes_the_result_provisional() {
	build_and_execute(|| {
		let id = request(0);
		revealed(id, &[right()]);
		let (_, until) = window(id);
		assert_eq!(
			events().last(),
			Some(&Event::Provisional {
				job: id,
				digest: right().digest(),
				until
			})
		);
		assert_eq!(PROVISIONAL(id), Some(right().digest()));
	});
}

#[test]
fn a_challenge_in_the_last_block_of_the_window_disputes_the_result() {
	build_and_execute(|| {
		let id = request(1);
		revealed(id, &[right()]);
		let (_, until) = window(id);
		run_to(until);
		assert_eq!(begin_dispute_over(id), Ok(6 + WORK));
		assert_eq!(
			state(id),
			JobState::Disputed {
				since: until,
				challenged: Some(right().digest())
			}
		);
		assert_eq!(events().last(), Some(&Event::Disputed { job: id }));
		assert_eq!(Totals::<Test>::get().disputes, 1);
		// The dispute of a challenge is opened by the tribunal, not by the job.
		assert!(Opened::get().is_empty());
		run(5);
		assert!(matches!(state(id), JobState::Disputed { .. }));
	});
}

#[test]
fn a_challenge_after_the_window_is_refused() {
	build_and_execute(|| {
		let id = request(1);
		revealed(id, &[right()]);
		run_to(window(id).1 + 1);
		assert_noop!(begin_dispute_over(id), Error::<Test>::NotProvisional);
		assert!(matches!(state(id), JobState::Settled { .. }));
	});
}

#[test]
fn a_challenge_after_the_window_is_refused_even_if_the_agenda_has_a_backlog() {
	build_and_execute(|| {
		Due::set(1);
		let jobs: Vec<_> = (0..4).map(|_| request(0)).collect();
		for id in &jobs {
			claim(*id, &right());
		}
		run(3);
		for id in &jobs {
			reveal(executor(*id), *id, &right()).unwrap();
		}
		let until = window(jobs[0]).1;
		run_to(until + 1);
		let late: Vec<_> = jobs
			.into_iter()
			.filter(|id| matches!(state(*id), JobState::Provisional { .. }))
			.collect();
		assert!(!late.is_empty());
		for id in late {
			assert_eq!(PROVISIONAL(id), None);
			assert_noop!(begin_dispute_over(id), Error::<Test>::NotProvisional);
		}
	});
}

#[test]
fn only_a_provisional_result_can_be_challenged() {
	build_and_execute(|| {
		let id = request(1);
		let refused = || {
			assert_eq!(PROVISIONAL(id), None);
			assert_noop!(begin_dispute_over(id), Error::<Test>::NotProvisional);
		};
		refused();
		claim(id, &right());
		refused();
		run(3);
		refused();
		commit(checkers(id)[0], id, &right()).unwrap();
		refused();
		for worker in workers(id) {
			reveal(worker, id, &right()).unwrap();
		}
		assert_eq!(begin_dispute_over(id), Ok(6 + WORK));
		refused();
		rule(id, crate::mock::verdict(Some(right().digest())));
		refused();
		assert_noop!(begin_dispute_over(JobId(5)), Error::<Test>::NotProvisional);
	});
}

#[test]
fn a_disputed_result_is_not_settled_by_time() {
	build_and_execute(|| {
		let id = request(1);
		revealed(id, &[right()]);
		begin_dispute_over(id).unwrap();
		run(200);
		assert!(matches!(
			state(id),
			JobState::Disputed {
				challenged: Some(_),
				..
			}
		));
		assert_eq!(held(REQUESTER), fee(1));
		check();
	});
}

#[test]
fn property_5_a_window_runs_only_over_blocks_with_room_for_a_challenge() {
	build_and_execute(|| {
		let id = request(1);
		revealed(id, &[right()]);
		let (since, until) = window(id);
		// Somebody fills the whole window, and some blocks more.
		let full = until - since + 7;
		FullBlocks::set((since + 1..=since + full).collect());
		run_to(until + 1);
		assert!(matches!(state(id), JobState::Provisional { .. }), "{:?}", state(id));
		assert_eq!(PROVISIONAL(id), Some(right().digest()));
		// The agenda looks again when the window can be over at the earliest.
		assert!(window(id).1 > until);
		let last = until + full;
		run_to(last);
		assert_eq!(begin_dispute_over(id), Ok(6 + WORK));
	});
}

#[test]
fn property_5_a_window_is_over_after_its_blocks_with_room() {
	build_and_execute(|| {
		let id = request(1);
		revealed(id, &[right()]);
		let (since, until) = window(id);
		FullBlocks::set([since + 1, since + 3, until].into());
		run_to(until + 3);
		assert_eq!(PROVISIONAL(id), Some(right().digest()));
		run(1);
		assert!(matches!(state(id), JobState::Settled { at, .. } if at == until + 4));
		check();
	});
}
