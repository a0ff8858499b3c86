//! Probes: jobs like any other, except that nobody is fined for a file that nobody can fetch.

use crate::{mock::*, Error, Event, JobState};
use assay_primitives::{
	api::{RefundReason, Role},
	batch::input_digest,
	probe::{encode_finding, Flaw, MAX_GOLDEN, PROBE_CHECKERS},
	task::{probe_id, task_id},
	traits::{DisputedJobs, Prober, SlotUse},
	Answer, FaultCode, Finding, JobId, Task,
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{transaction_validity::InvalidTransaction, Permill};

/// What each worker of a probe of one golden input gets: loading the model's file of five bytes costs nothing.
const PAY_OF_PROBE: u64 = PAY;

/// Starts a probe of one golden input, without an auditor.
fn probed() -> JobId {
	let id = <Jobs as Prober<u64, u64>>::probe(&OWNER, probe(1), u64::MAX).unwrap();
	crate::Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().terms.odds.audit_rate = Permill::zero());
	id
}

fn answer(finding: Finding) -> Answer {
	encode_finding(&finding)
}

fn task(id: JobId) -> Task {
	<Jobs as DisputedJobs<u64, u64>>::task(id).unwrap()
}

/// Runs past the window of a provisional finding.
fn pass(id: JobId) {
	let JobState::Provisional { until, .. } = state(id) else {
		panic!("{:?}", state(id));
	};
	run_to(until + 1);
}

#[test]
fn a_probe_has_an_executor_and_two_checkers_and_its_owner_pays() {
	build_and_execute(|| {
		let id = probed();
		assert_eq!(job(id).requester, OWNER);
		assert_eq!((job(id).terms.checkers(), job(id).escalated), (PROBE_CHECKERS, false));
		let fee = 3 * (PAY_OF_PROBE + LEVY + BURN);
		assert_eq!(held(OWNER), fee);
		revealed(id, &[answer(Ok(()))]);
		let all = workers(id);
		assert_eq!(all.len(), 3);
		pass(id);

		assert_eq!(Probed::get(), [Some(Ok(()))]);
		assert_eq!(Ended::get(), [], "probes are not notified as jobs");
		assert_eq!((held(OWNER), free_balance(OWNER)), (0, ENDOWMENT - fee));
		for worker in all {
			assert_eq!(free_balance(worker), ENDOWMENT + PAY_OF_PROBE);
		}
		let stats = Jobs::stats();
		assert_eq!((stats.settled, stats.probes, stats.answered_items), (1, 1, 0));
	});
}

#[test]
fn the_task_of_a_probe_contains_the_statement() {
	build_and_execute(|| {
		let id = probed();
		let asked = request(0);
		assert_eq!(task(id).statement, Some(probe(1).statement));
		assert_eq!(task(asked).statement, None);
		let digest = input_digest(1, input(1).content());
		assert_eq!(job(id).task, probe_id(ENGINE, MODEL, digest, &probe(1).statement));
		assert_eq!(job(asked).task, task_id(ENGINE, MODEL, digest));
		assert_eq!(Jobs::job(id).unwrap().statement, Some(probe(1).statement));
	});
}

#[test]
fn a_flaw_is_a_finding_like_any_other() {
	for flaw in [
		Flaw::DoesNotLoad(FaultCode::NotOnnx),
		Flaw::ManifestMismatch,
		Flaw::GoldenFault(FaultCode::Trap),
		Flaw::OutcomeMismatch,
	] {
		build_and_execute(|| {
			let id = probed();
			revealed(id, &[answer(Err(flaw))]);
			pass(id);
			assert_eq!(Probed::get(), [Some(Err(flaw))]);
		});
	}
}

#[test]
fn several_golden_inputs_result_in_one_finding() {
	build_and_execute(|| {
		let id = <Jobs as Prober<u64, u64>>::probe(&OWNER, probe(MAX_GOLDEN), u64::MAX).unwrap();
		revealed(id, &[answer(Ok(()))]);
		pass(id);
		assert_eq!(Probed::get(), [Some(Ok(()))]);
	});
}

#[test]
fn an_answer_that_is_not_a_finding_cannot_be_revealed_in_a_probe() {
	build_and_execute(|| {
		for (id, answer) in [(probed(), right()), (probed(), Answer::of(&[outcome(0), outcome(0)]).0)] {
			committed(id, std::slice::from_ref(&answer));
			assert_eq!(
				reveal(executor(id), id, &answer),
				Err(InvalidTransaction::BadProof.into())
			);
		}
		let id = request(0);
		committed(id, &[answer(Ok(()))]);
		assert_ok!(reveal(executor(id), id, &answer(Ok(()))));
	});
}

#[test]
fn a_false_finding_costs_the_bond() {
	build_and_execute(|| {
		let id = probed();
		let (truth, falsehood) = (answer(Err(Flaw::ManifestMismatch)), answer(Ok(())));
		revealed(id, &[falsehood, truth.clone()]);
		assert!(matches!(state(id), JobState::Disputed { .. }));
		let liar = executor(id);
		rule(id, verdict(Some(truth.digest())));
		assert_eq!(Probed::get(), [Some(Err(Flaw::ManifestMismatch))]);
		assert_eq!(Punished::get().len(), 1);
		assert_eq!(Punished::get()[0].0, liar);
	});
}

#[test]
fn a_probe_with_too_few_probers_is_escalated() {
	for (available_workers, checkers) in [(1, 0), (2, 1)] {
		build_and_execute(|| {
			let offered: Vec<_> = WORKERS
				.into_iter()
				.take(available_workers)
				.map(|worker| (worker, 9))
				.collect();
			Pool::offer(&offered);
			let id = probed();
			assert_eq!((job(id).terms.checkers(), job(id).escalated), (checkers, true));
			let truth = answer(Ok(()));
			revealed(id, std::slice::from_ref(&truth));
			assert!(matches!(state(id), JobState::Disputed { .. }));
			rule(id, verdict(Some(truth.digest())));
			assert_eq!(Probed::get(), [Some(Ok(()))]);
		});
	}
	build_and_execute(|| {
		Pool::offer(&[]);
		let refused = <Jobs as Prober<u64, u64>>::probe(&OWNER, probe(1), u64::MAX);
		assert_eq!(refused, Err(Error::<Test>::NoFreeSlot.into()));
	});
}

#[test]
fn a_file_that_nobody_can_fetch_costs_its_owner_one_workers_pay_and_nobody_is_fined() {
	build_and_execute(|| {
		let id = probed();
		run(30);
		assert!(matches!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::NoClaim,
				..
			}
		));
		assert_eq!(Probed::get(), [None]);
		assert_eq!(Punished::get(), []);
		assert!(Served::get()
			.iter()
			.all(|(_, _, slot_use)| *slot_use == SlotUse::Unused));
		assert_eq!(Served::get().len(), 3, "three executors were drawn one after the other");
		assert_eq!(free_balance(FUND), ENDOWMENT + PAY_OF_PROBE);
		assert_eq!((held(OWNER), free_balance(OWNER)), (0, ENDOWMENT - PAY_OF_PROBE));
	});
}

#[test]
fn a_checker_that_does_not_commit_to_a_finding_is_replaced_and_keeps_its_slot() {
	build_and_execute(|| {
		let id = probed();
		claim(id, &answer(Ok(())));
		run(3);
		let silent = checkers(id)[0];
		commit(checkers(id)[1], id, &answer(Ok(()))).unwrap();
		let JobState::Checking { deadline } = state(id) else {
			panic!("{:?}", state(id));
		};
		run_to(deadline + 1);
		assert_eq!(Punished::get(), []);
		assert_eq!(Served::get(), [(silent, id, SlotUse::Unused)]);
		assert!(!events().iter().any(|event| matches!(event, Event::NoShow { .. })));
		run(3);
		assert_eq!(with_role(id, Role::Checker).len(), 2);
	});
}

#[test]
fn a_prober_that_does_not_reveal_its_finding_loses_its_bond() {
	build_and_execute(|| {
		let id = probed();
		committed(id, &[answer(Ok(()))]);
		let JobState::Revealing { deadline } = state(id) else {
			panic!("{:?}", state(id));
		};
		run_to(deadline + 1);
		assert_eq!(Punished::get().len(), 3);
		assert_eq!(Probed::get(), [None]);
	});
}

#[test]
fn a_probe_without_a_finding_costs_its_owner_one_workers_pay() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 9)]);
		let id = probed();
		revealed(id, &[answer(Ok(()))]);
		rule(id, verdict(None));
		assert_eq!(Probed::get(), [None]);
		// The executor could fetch the file, so it is paid.
		assert_eq!(free_balance(WORKER), ENDOWMENT + PAY_OF_PROBE);
		assert_eq!(Jobs::stats().paid_to_workers, PAY_OF_PROBE);
		assert_eq!((held(OWNER), free_balance(OWNER)), (0, ENDOWMENT - PAY_OF_PROBE));
	});
}

#[test]
fn the_validators_finding_counts_although_no_prober_had_it() {
	for truth in [Ok(()), Err(Flaw::GoldenFault(FaultCode::RunFailed))] {
		build_and_execute(|| {
			Pool::offer(&[(WORKER, 9)]);
			let id = probed();
			revealed(id, &[answer(Err(Flaw::ManifestMismatch))]);
			rule(id, verdict(Some(answer(truth).digest())));
			assert_eq!(Probed::get(), [Some(truth)]);
			assert_eq!(Punished::get().len(), 1);
		});
	}
}

#[test]
fn a_probe_costs_the_same_however_many_probers_are_available() {
	let full = 3 * (PAY_OF_PROBE + LEVY + BURN);
	for available_workers in 1..=16 {
		build_and_execute(|| {
			let offered: Vec<_> = WORKERS
				.into_iter()
				.take(available_workers)
				.map(|worker| (worker, 9))
				.collect();
			Pool::offer(&offered);
			let quote = <Jobs as Prober<u64, u64>>::quote(&probe(1));
			assert_eq!(quote.total(), full, "{available_workers} available_workers");
			let id = probed();
			assert_eq!((held(OWNER), job(id).terms.fee), (full, quote));
		});
	}
}

#[test]
fn an_owner_may_cancel_a_probe_and_pays_the_executor() {
	build_and_execute(|| {
		let id = probed();
		let executor = executor(id);
		assert_ok!(Jobs::cancel(RuntimeOrigin::signed(OWNER), id, task_of(id)));
		assert_eq!(free_balance(executor), ENDOWMENT + PAY_OF_PROBE);
		assert_eq!(Probed::get(), [None]);
	});
}

#[test]
fn a_large_file_raises_the_fee_and_the_periods_of_a_probe() {
	build_and_execute(|| {
		let mut large = probe(2);
		large.artifact.len = 10_000_000;
		// A billion multiply-accumulates for the file, and a tenth of that for each run.
		let quote = <Jobs as Prober<u64, u64>>::quote(&large);
		assert_eq!(quote.pay, 2 * 100 + 1_000 + 2 * 100);
		let id = <Jobs as Prober<u64, u64>>::probe(&OWNER, large, u64::MAX).unwrap();
		assert_eq!(job(id).terms.fee, quote);
		assert_eq!(job(id).terms.periods.commit, periods().commit + 12);
	});
}

#[test]
fn a_probe_above_the_maximum_fee_or_with_a_wrong_number_of_items_is_refused() {
	build_and_execute(|| {
		let start = |probe, max| <Jobs as Prober<u64, u64>>::probe(&OWNER, probe, max);
		assert_noop!(start(probe(1), 600), Error::<Test>::MaxFeeExceeded);
		assert_noop!(start(probe(0), u64::MAX), Error::<Test>::InvalidItemCount);
		assert_noop!(start(probe(MAX_GOLDEN + 1), u64::MAX), Error::<Test>::InvalidItemCount);
		assert_ok!(start(probe(MAX_GOLDEN), u64::MAX));
	});
}
