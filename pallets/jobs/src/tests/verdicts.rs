//! The effects of the tribunal's ruling.

use crate::{mock::*, Answers, Event, JobState, Totals};
use assay_primitives::{
	api::{JobStatus, ParticipantStatus, RefundReason, Role},
	traits::{DisputedJobs, Inference, Offence, Ruling, SlotUse},
	JobId,
};
use sp_runtime::Permill;

fn confirmed(role: Role) -> SlotUse {
	SlotUse::Answered { role, confirmed: true }
}

/// Returns a disputed job whose workers revealed these answers in their order.
fn disputed(answers: &[assay_primitives::Answer]) -> (JobId, Vec<u64>) {
	let id = request(answers.len() as u8 - 1);
	revealed(id, answers);
	if let JobState::Provisional { .. } = state(id) {
		<Jobs as DisputedJobs<u64, u64>>::begin_dispute(id).unwrap();
	}
	assert!(matches!(state(id), JobState::Disputed { .. }));
	(id, workers(id))
}

fn right_is(n: u8) -> Ruling<u64> {
	verdict(Some(wrong(n).digest()))
}

/// Returns a ruling for answer `n`, which these accounts brought.
fn upholding(n: u8, upheld: &[u64]) -> Ruling<u64> {
	Ruling {
		upheld: upheld.to_vec(),
		answer: Some(wrong(n)),
		..right_is(n)
	}
}

fn refund(id: JobId) -> RefundReason {
	match state(id) {
		JobState::Refunded { reason, .. } => reason,
		other => panic!("{other:?}"),
	}
}

#[test]
fn a_wrong_executor_is_slashed_once_and_the_honest_checker_answers() {
	build_and_execute(|| {
		let (id, all) = disputed(&[wrong(1), right()]);
		assert_eq!(Opened::get(), vec![(id, 6 + WORK)]);
		assert_eq!(rule(id, right_is(0)), vec![all[1]]);
		assert_eq!(Punished::get(), vec![(all[0], id, Offence::WrongAnswer, BOND)]);
		assert_eq!(Served::get(), vec![(all[1], id, confirmed(Role::Checker))]);
		// It gets its pay and the reporters' fifth.
		assert_eq!(free_balance(all[1]), ENDOWMENT + PAY + BOND / 5);
		assert_eq!(free_balance(all[0]), ENDOWMENT);
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - fee(1) + PAY + BOND / 5);
		assert_eq!(free_balance(FUND), ENDOWMENT + 2 * LEVY + BOND / 10);
		assert_eq!(free_balance(OWNER), ENDOWMENT + ROYALTY);
		assert_eq!(status(id, all[0]), ParticipantStatus::Wrong(wrong(1).digest()));
		let totals = Totals::<Test>::get();
		assert_eq!((totals.burned, totals.slashed), (BOND / 2 + 2 * BURN, BOND));
		assert_eq!((totals.wrong, totals.disputes, totals.overturned), (1, 1, 0));
		assert!(events().contains(&Event::Slashed {
			job: id,
			worker: all[0],
			amount: BOND
		}));
	});
}

#[test]
fn a_wrong_checker_is_slashed_and_the_executor_loses_nothing() {
	build_and_execute(|| {
		let (id, all) = disputed(&[right(), wrong(1), right()]);
		assert_eq!(rule(id, right_is(0)), vec![all[0], all[2]]);
		assert_eq!(Punished::get(), vec![(all[1], id, Offence::WrongAnswer, BOND)]);
		for honest in [all[0], all[2]] {
			assert_eq!(free_balance(honest), ENDOWMENT + PAY + BOND / 10);
		}
		let assurance = assurance(id);
		assert_eq!((assurance.confirmations, assurance.bond_at_risk), (1, 2 * BOND));
		assert_eq!(assurance.verdict, Some(right().digest()));
		assert_eq!(Ended::get(), vec![(id, REQUESTER, Some(right()))]);
	});
}

#[test]
fn a_unanimous_wrong_result_is_replaced_by_a_challengers_answer() {
	build_and_execute(|| {
		let (id, all) = disputed(&[wrong(1), wrong(1)]);
		assert_eq!(rule(id, upholding(0, &[CHALLENGER])), Vec::<u64>::new());
		assert_eq!(Punished::get().len(), 2);
		assert_eq!(free_balance(CHALLENGER), ENDOWMENT + 2 * (BOND / 5));
		for cheat in all {
			assert_eq!(free_balance(cheat), ENDOWMENT);
			assert_eq!(free_balance(stake_of(cheat)), 99 * BOND);
		}
		let (answer, assurance) = <Jobs as Inference<u64, u64>>::answer(id).unwrap();
		assert_eq!(answer, right());
		assert_eq!((assurance.confirmations, assurance.bond_at_risk), (0, 0));
		assert_eq!(assurance.verdict, Some(right().digest()));
		// No worker is paid. The rest of the fee is due because there is an answer.
		let due = 2 * (LEVY + BURN) + ROYALTY;
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - due + 2 * (BOND / 5));
		assert_eq!(Totals::<Test>::get().overturned, 1);
	});
}

#[test]
fn wrong_answers_without_a_right_one_refund_the_fee() {
	build_and_execute(|| {
		let (id, _) = disputed(&[wrong(1), wrong(2)]);
		assert!(rule(id, right_is(0)).is_empty());
		assert_eq!(refund(id), RefundReason::AllWrong);
		assert_eq!(free_balance(REQUESTER), ENDOWMENT + 2 * (BOND / 5));
		// There is no reporter, so the fund gets that part.
		assert_eq!(free_balance(FUND), ENDOWMENT + 2 * (3 * BOND / 10));
		assert_eq!(free_balance(OWNER), ENDOWMENT);
		let JobStatus::Refunded { verdict, .. } = Jobs::job(id).unwrap().status else {
			panic!("refunded");
		};
		assert_eq!(verdict, Some(right().digest()));
		assert_eq!(Answers::<Test>::iter_prefix(id).count(), 0);
		assert_eq!(Ended::get(), vec![(id, REQUESTER, None)]);
	});
}

#[test]
fn a_challenged_result_that_was_right_settles_and_nobody_is_slashed() {
	build_and_execute(|| {
		let (id, all) = disputed(&[right(), right()]);
		assert_eq!(rule(id, right_is(0)), all);
		assert!(Punished::get().is_empty());
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - fee(1));
		assert!(all.iter().all(|worker| free_balance(*worker) == ENDOWMENT + PAY));
		assert_eq!(
			Served::get(),
			[
				(all[0], id, confirmed(Role::Executor)),
				(all[1], id, confirmed(Role::Checker))
			]
		);
		let totals = Totals::<Test>::get();
		assert_eq!((totals.disputes, totals.overturned, totals.settled), (1, 0, 1));
	});
}

#[test]
fn property_6_a_task_that_cannot_be_run_is_refunded_and_the_requester_pays_those_who_answered() {
	build_and_execute(|| {
		let (id, all) = disputed(&[right(), wrong(1), wrong(2)]);
		assert!(rule(id, verdict(None)).is_empty());
		assert_eq!(refund(id), RefundReason::NotRunnable);
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - 3 * (PAY + LEVY + BURN));
		assert!(all.iter().all(|worker| free_balance(*worker) == ENDOWMENT + PAY));
		assert_eq!(free_balance(FUND), ENDOWMENT + 3 * LEVY);
		assert!(Punished::get().is_empty());
		assert!(Served::get().iter().all(|(.., slot_use)| *slot_use == SlotUse::Unused));
		assert_eq!(Answers::<Test>::iter_prefix(id).count(), 0);
		assert_eq!(Totals::<Test>::get().overturned, 0);
	});
}

#[test]
fn property_6_an_auditor_of_a_task_that_cannot_be_run_gets_what_is_left_of_the_fee() {
	build_and_execute(|| {
		let id = request_audited(0, Permill::one());
		revealed(id, &[right(), wrong(1)]);
		let auditor = workers(id)[1];
		rule(id, verdict(None));
		// The fund, which anybody could drain so, pays nothing.
		assert_eq!(free_balance(FUND), ENDOWMENT + LEVY);
		assert_eq!(free_balance(auditor), ENDOWMENT + fee(0) - PAY - LEVY - BURN);
		assert_eq!((held(REQUESTER), free_balance(REQUESTER)), (0, ENDOWMENT - fee(0)));
	});
}

#[test]
fn property_6_a_disputed_job_waits_for_its_ruling_off_the_agenda() {
	build_and_execute(|| {
		let (id, _) = disputed(&[right(), wrong(1)]);
		assert_eq!((job(id).agenda, state(id).due()), (None, None));
		run(500);
		assert!(matches!(state(id), JobState::Disputed { .. }));
		assert_eq!(held(REQUESTER), fee(1));
		check();
	});
}

#[test]
fn an_answer_is_lacking_unless_a_worker_or_the_verdict_itself_provides_it() {
	build_and_execute(|| {
		let (id, _) = disputed(&[right(), wrong(1)]);
		let lacks = |n| <Jobs as DisputedJobs<u64, u64>>::lacks_answer(id, wrong(n).digest());
		assert_eq!([lacks(0), lacks(1), lacks(2)], [false, false, true]);
		// It would be refunded in any case.
		Quarantined::set(true);
		assert!(!lacks(2));
	});
}

#[test]
fn several_reporters_get_equal_parts_and_the_fund_gets_the_rest() {
	build_and_execute(|| {
		Threats::mutate(|threats| threats.slash.reporters = Permill::from_parts(200_001));
		let (id, _) = disputed(&[wrong(1)]);
		rule(id, upholding(0, &[CHALLENGER, OTHER_CHALLENGER, OTHER_REQUESTER]));
		// 200,001 is divisible by three; 50 % are burned, 20 % go to the requester.
		let each = 200_001 / 3;
		for reporter in [CHALLENGER, OTHER_CHALLENGER, OTHER_REQUESTER] {
			assert_eq!(free_balance(reporter), ENDOWMENT + each);
		}
		assert_eq!(
			free_balance(FUND),
			ENDOWMENT + LEVY + BOND - BOND / 2 - BOND / 5 - 3 * each
		);
	});
}

#[test]
fn what_does_not_divide_evenly_goes_to_the_fund() {
	build_and_execute(|| {
		let (id, all) = disputed(&[right(), wrong(1), right(), right()]);
		rule(id, right_is(0));
		let each = BOND / 5 / 3;
		assert_eq!(each * 3 + 2, BOND / 5);
		for honest in [all[0], all[2], all[3]] {
			assert_eq!(free_balance(honest), ENDOWMENT + PAY + each);
		}
		assert_eq!(free_balance(FUND), ENDOWMENT + 4 * LEVY + BOND / 10 + 2);
		assert_eq!(Totals::<Test>::get().burned, BOND / 2 + 4 * BURN);
	});
}

#[test]
fn upheld_challengers_are_the_reporters_and_confirmed_workers_are_only_paid() {
	build_and_execute(|| {
		let (id, all) = disputed(&[right(), wrong(1)]);
		rule(id, upholding(0, &[CHALLENGER]));
		assert_eq!(free_balance(CHALLENGER), ENDOWMENT + BOND / 5);
		assert_eq!(free_balance(all[0]), ENDOWMENT + PAY);
	});
}

#[test]
fn a_challengers_answer_with_another_digest_than_the_verdict_is_ignored() {
	build_and_execute(|| {
		let (id, _) = disputed(&[wrong(1), wrong(1)]);
		let ruling = Ruling {
			answer: Some(wrong(2)),
			..right_is(0)
		};
		rule(id, ruling);
		assert_eq!(refund(id), RefundReason::AllWrong);
		assert_eq!(Answers::<Test>::iter_prefix(id).count(), 0);
	});
}

#[test]
fn the_part_of_a_reporter_that_cannot_be_paid_is_burned() {
	build_and_execute(|| {
		Threats::mutate(|threats| threats.slash.reporters = Permill::from_parts(DEPOSIT as u32 - 1));
		let (id, _) = disputed(&[wrong(1)]);
		rule(id, upholding(0, &[POOR]));
		assert_eq!(free_balance(POOR), 0);
		assert_eq!(Totals::<Test>::get().burned, BOND / 2 + DEPOSIT - 1 + BURN);
	});
}

#[test]
fn shares_of_more_than_the_whole_take_no_more_than_the_bond() {
	build_and_execute(|| {
		Threats::mutate(|threats| {
			threats.slash.burn = Permill::from_percent(90);
			threats.slash.requester = Permill::from_percent(10);
			threats.slash.reporters = Permill::from_percent(80);
		});
		let (id, _) = disputed(&[wrong(1)]);
		rule(id, upholding(0, &[CHALLENGER]));
		assert_eq!(free_balance(CHALLENGER), ENDOWMENT);
		assert_eq!(Totals::<Test>::get().burned, BOND * 9 / 10 + BURN);
	});
}

#[test]
fn a_confirmed_auditor_is_paid_by_the_fund_and_its_slot_use_says_so() {
	build_and_execute(|| {
		let id = request_audited(0, Permill::one());
		revealed(id, &[wrong(1), right()]);
		let auditor = workers(id)[1];
		rule(id, right_is(0));
		assert_eq!(Served::get(), vec![(auditor, id, confirmed(Role::Auditor))]);
		assert_eq!(free_balance(auditor), ENDOWMENT + PAY + BOND / 5);
		assert_eq!(free_balance(FUND), ENDOWMENT + LEVY + BOND / 10 - PAY);
		assert!(assurance(id).audited);
	});
}

#[test]
fn the_verdict_on_a_job_with_an_empty_place_counts_as_any_other() {
	build_and_execute(|| {
		let id = request(2);
		claim(id, &right());
		let other = WORKERS.into_iter().find(|worker| *worker != executor(id)).unwrap();
		Pool::offer(&[(other, 1)]);
		run(7);
		commit(other, id, &wrong(1)).unwrap();
		reveal(executor(id), id, &right()).unwrap();
		reveal(other, id, &wrong(1)).unwrap();
		assert_eq!(rule(id, right_is(0)), vec![executor(id)]);
		// Two right answers fewer than agreed cost two pays less.
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - fee(2) + 2 * PAY + BOND / 5);
		assert_eq!(assurance(id).confirmations, 0);
	});
}

#[test]
fn a_requester_that_is_also_the_cheat_loses_at_least_the_burned_half() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 1)]);
		let id = crate::NextJob::<Test>::get();
		ask(WORKER, 1, terms(0)).unwrap();
		crate::Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().terms.odds.audit_rate = Permill::zero());
		revealed(id, &[wrong(1)]);
		<Jobs as DisputedJobs<u64, u64>>::begin_dispute(id).unwrap();
		// It challenges itself, too.
		rule(id, upholding(0, &[WORKER]));
		let loss = 100 * BOND + ENDOWMENT - free_balance(stake_of(WORKER)) - free_balance(WORKER);
		assert_eq!(loss, BOND / 2 + BOND / 10 + LEVY + BURN + ROYALTY);
	});
}
