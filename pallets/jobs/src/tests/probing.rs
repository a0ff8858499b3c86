//! Models are reproduced as questions are answered, but that nobody is fined for what nobody could do.

use crate::{mock::*, Error, Event, JobState};
use assay_primitives::{
	api::{Duty, RefundReason},
	batch::input_digest,
	probe::{finding_answer, Flaw, MAX_GOLDEN, PROBE_CHECKERS},
	task::{probe_id, task_id},
	traits::{Docket, Prober, Service},
	Answer, FaultCode, Finding, JobId, Task,
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{transaction_validity::InvalidTransaction, Permill};

/// What each worker of a probe of one golden input gets: the model's file has five bytes, which take no time to speak of.
const PAY_OF_PROBE: u64 = PAY;

/// Starts a probe of one golden input, of which no auditor will be drawn.
fn probed() -> JobId {
	let id = <Jobs as Prober<u64, u64>>::probe(&OWNER, probe(1), u64::MAX).unwrap();
	crate::Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().deal.odds.audit = Permill::zero());
	id
}

fn answer(finding: Finding) -> Answer {
	finding_answer(&finding)
}

fn task(id: JobId) -> Task {
	<Jobs as Docket<u64, u64>>::task(id).unwrap()
}

/// Lets the window of a provisional finding pass.
fn pass(id: JobId) {
	let JobState::Provisional { until, .. } = state(id) else {
		panic!("{:?}", state(id));
	};
	run_to(until + 1);
}

#[test]
fn a_model_is_reproduced_by_an_executor_and_two_checkers_at_its_owners_expense() {
	build_and_execute(|| {
		let id = probed();
		assert_eq!(job(id).requester, OWNER);
		assert_eq!((job(id).deal.checkers(), job(id).escalated), (PROBE_CHECKERS, false));
		let fee = 3 * (PAY_OF_PROBE + LEVY + BURN);
		assert_eq!(held(OWNER), fee);
		revealed(id, &[answer(Ok(()))]);
		let all = workers(id);
		assert_eq!(all.len(), 3);
		pass(id);

		assert_eq!(Probed::get(), [Some(Ok(()))]);
		assert_eq!(Endings::get(), [], "others are not told of probes");
		assert_eq!((held(OWNER), free_balance(OWNER)), (0, ENDOWMENT - fee));
		for worker in all {
			assert_eq!(free_balance(worker), ENDOWMENT + PAY_OF_PROBE);
		}
		let stats = Jobs::stats();
		assert_eq!((stats.settled, stats.probes, stats.answered), (1, 1, 0));
	});
}

#[test]
fn what_is_run_is_what_the_owner_states_and_not_what_others_ask() {
	build_and_execute(|| {
		let id = probed();
		let asked = request(0);
		assert_eq!(task(id).stated, Some(probe(1).stated));
		assert_eq!(task(asked).stated, None);
		let digest = input_digest(1, input(1).content());
		assert_eq!(job(id).task, probe_id(ENGINE, MODEL, digest, &probe(1).stated));
		assert_eq!(job(asked).task, task_id(ENGINE, MODEL, digest));
		assert_eq!(Jobs::result(id).unwrap().stated, Some(probe(1).stated));
	});
}

#[test]
fn a_flaw_is_a_finding_like_any_other() {
	for flaw in [
		Flaw::DoesNotLoad(FaultCode::NotOnnx),
		Flaw::OtherManifest,
		Flaw::GoldenFault(FaultCode::Trap),
		Flaw::OtherOutcomes,
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
fn several_golden_inputs_come_to_one_finding() {
	build_and_execute(|| {
		let id = <Jobs as Prober<u64, u64>>::probe(&OWNER, probe(MAX_GOLDEN), u64::MAX).unwrap();
		revealed(id, &[answer(Ok(()))]);
		pass(id);
		assert_eq!(Probed::get(), [Some(Ok(()))]);
	});
}

#[test]
fn an_answer_that_is_no_finding_cannot_be_revealed() {
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
		let (truth, lie) = (answer(Err(Flaw::OtherManifest)), answer(Ok(())));
		revealed(id, &[lie, truth.clone()]);
		assert!(matches!(state(id), JobState::Disputed { .. }));
		let liar = executor(id);
		rule(id, verdict(Some(truth.digest())));
		assert_eq!(Probed::get(), [Some(Err(Flaw::OtherManifest))]);
		assert_eq!(Punished::get().len(), 1);
		assert_eq!(Punished::get()[0].0, liar);
	});
}

#[test]
fn where_few_serve_the_validators_look_as_well() {
	for (servers, checkers) in [(1, 0), (2, 1)] {
		build_and_execute(|| {
			let offered: Vec<_> = WORKERS.into_iter().take(servers).map(|worker| (worker, 9)).collect();
			Pool::offer(&offered);
			let id = probed();
			assert_eq!((job(id).deal.checkers(), job(id).escalated), (checkers, true));
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
fn the_owner_of_a_file_that_nobody_can_fetch_pays_for_one_try_and_nobody_is_fined() {
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
		assert!(Served::get().iter().all(|(_, _, service)| *service == Service::Unused));
		assert_eq!(Served::get().len(), 3, "three were drawn, one after the other");
		assert_eq!(free_balance(FUND), ENDOWMENT + PAY_OF_PROBE);
		assert_eq!((held(OWNER), free_balance(OWNER)), (0, ENDOWMENT - PAY_OF_PROBE));
	});
}

#[test]
fn a_checker_that_comes_to_nothing_is_replaced_and_keeps_its_slot() {
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
		assert_eq!(Served::get(), [(silent, id, Service::Unused)]);
		assert!(!events().iter().any(|event| matches!(event, Event::NoShow { .. })));
		run(3);
		assert_eq!(those(id, Duty::Checker).len(), 2);
	});
}

#[test]
fn whoever_does_not_open_a_finding_loses_its_bond() {
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
fn a_probe_that_comes_to_no_finding_costs_its_owner_one_workers_pay() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 9)]);
		let id = probed();
		revealed(id, &[answer(Ok(()))]);
		rule(id, verdict(None));
		assert_eq!(Probed::get(), [None]);
		// The executor could fetch the file.
		assert_eq!(free_balance(WORKER), ENDOWMENT + PAY_OF_PROBE);
		assert_eq!(Jobs::stats().paid_to_workers, PAY_OF_PROBE);
		assert_eq!((held(OWNER), free_balance(OWNER)), (0, ENDOWMENT - PAY_OF_PROBE));
	});
}

#[test]
fn what_the_validators_find_is_found_though_nobody_who_was_drawn_found_it() {
	for truth in [Ok(()), Err(Flaw::GoldenFault(FaultCode::RunFailed))] {
		build_and_execute(|| {
			Pool::offer(&[(WORKER, 9)]);
			let id = probed();
			revealed(id, &[answer(Err(Flaw::OtherManifest))]);
			rule(id, verdict(Some(answer(truth).digest())));
			assert_eq!(Probed::get(), [Some(truth)]);
			assert_eq!(Punished::get().len(), 1);
		});
	}
}

#[test]
fn a_probe_costs_the_same_however_many_serve() {
	let full = 3 * (PAY_OF_PROBE + LEVY + BURN);
	for servers in 1..=16 {
		build_and_execute(|| {
			let offered: Vec<_> = WORKERS.into_iter().take(servers).map(|worker| (worker, 9)).collect();
			Pool::offer(&offered);
			let quote = <Jobs as Prober<u64, u64>>::quote(&probe(1));
			assert_eq!(quote.total(), full, "{servers} servers");
			let id = probed();
			assert_eq!((held(OWNER), job(id).deal.fee), (full, quote));
		});
	}
}

#[test]
fn an_owner_may_take_a_probe_back_and_pays_the_executor() {
	build_and_execute(|| {
		let id = probed();
		let executor = executor(id);
		assert_ok!(Jobs::cancel(RuntimeOrigin::signed(OWNER), id));
		assert_eq!(free_balance(executor), ENDOWMENT + PAY_OF_PROBE);
		assert_eq!(Probed::get(), [None]);
	});
}

#[test]
fn loading_a_large_file_costs_and_takes_time() {
	build_and_execute(|| {
		let mut large = probe(2);
		large.artifact.len = 10_000_000;
		// A billion for the file, and a tenth of one for each of the runs.
		let quote = <Jobs as Prober<u64, u64>>::quote(&large);
		assert_eq!(quote.pay, 2 * 100 + 1_000 + 2 * 100);
		let id = <Jobs as Prober<u64, u64>>::probe(&OWNER, large, u64::MAX).unwrap();
		assert_eq!(job(id).deal.fee, quote);
		assert_eq!(job(id).deal.periods.commit, periods().commit + 12);
	});
}

#[test]
fn a_probe_is_refused_beyond_what_its_owner_would_pay_and_beyond_what_is_a_probe() {
	build_and_execute(|| {
		let start = |probe, max| <Jobs as Prober<u64, u64>>::probe(&OWNER, probe, max);
		assert_noop!(start(probe(1), 600), Error::<Test>::Overpriced);
		assert_noop!(start(probe(0), u64::MAX), Error::<Test>::BadItems);
		assert_noop!(start(probe(MAX_GOLDEN + 1), u64::MAX), Error::<Test>::BadItems);
		assert_ok!(start(probe(MAX_GOLDEN), u64::MAX));
	});
}
