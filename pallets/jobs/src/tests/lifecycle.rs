//! From request to record, with honest participants.

use crate::{mock::*, Event, Inputs, JobState, Jobs as JobsMap, Totals};
use assay_primitives::{
	api::{JobStatus, ParticipantStatus, Role},
	traits::{DisputedJobs, Inference, SlotUse},
	Answer, FaultCode, JobId, Outcome, OutcomeDigest,
};
use sp_runtime::Permill;

fn answered(role: Role) -> SlotUse {
	SlotUse::Answered { role, confirmed: false }
}

#[test]
fn a_request_holds_the_fee_draws_an_executor_and_is_promised_its_checks() {
	build_and_execute(|| {
		let id = request(2);
		assert_eq!(held(REQUESTER), fee(2));
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - fee(2));
		assert_eq!(Pool::get().promised(), 3);
		assert_eq!(crate::ReservedDraws::<Test>::get(), 3);
		assert_eq!(state(id), JobState::Claiming { deadline: 1 + 5 + WORK });
		assert_eq!(
			events().last(),
			Some(&Event::Requested {
				job: id,
				model: MODEL,
				requester: REQUESTER,
				executor: executor(id),
				fee: fee(2),
			})
		);
	});
}

#[test]
fn jobs_settle_with_any_number_of_checkers_with_and_without_an_audit() {
	for number in [0, 1, 2, 12] {
		for audited in [false, true] {
			build_and_execute(|| settles_and_pays(number, audited));
		}
	}
}

fn settles_and_pays(number: u8, audited: bool) {
	let chance = if audited { Permill::one() } else { Permill::zero() };
	let id = request_audited(number, chance);
	claim(id, &right());
	run(3);
	assert_eq!(job(id).audited, audited);
	assert!(!job(id).escalated);
	assert_eq!(checkers(id).len(), usize::from(number));
	assert_eq!(with_role(id, Role::Auditor).len(), usize::from(audited));
	let all = workers(id);
	for worker in &all[1..] {
		commit(*worker, id, &right()).unwrap();
	}
	for worker in &all {
		reveal(*worker, id, &right()).unwrap();
	}
	let JobState::Provisional { since, until, .. } = state(id) else {
		panic!("{:?}", state(id));
	};
	// The claim is in block 1, the draw at the end of block 3, and everything else in block 4.
	assert_eq!((since, until), (4, 4 + 4 + WORK));
	run_to(until + 1);

	let k = u64::from(number) + 1;
	let audit = u64::from(audited) * PAY;
	assert_eq!(free_balance(REQUESTER), ENDOWMENT - fee(number));
	assert_eq!(held(REQUESTER), 0);
	assert_eq!(free_balance(FUND), ENDOWMENT + k * LEVY - audit);
	assert_eq!(free_balance(OWNER), ENDOWMENT + ROYALTY);
	for worker in &all {
		assert_eq!(free_balance(*worker), ENDOWMENT + PAY);
	}
	let mut served: Vec<_> = all
		.iter()
		.map(|worker| (*worker, id, answered(Role::Checker)))
		.collect();
	if audited {
		served.last_mut().unwrap().2 = answered(Role::Auditor);
	}
	served[0].2 = answered(Role::Executor);
	assert_eq!(Served::get(), served);
	let totals = Totals::<Test>::get();
	assert_eq!(totals.burned, k * BURN);
	assert_eq!(totals.paid_to_workers, k * PAY + audit);
	assert_eq!((totals.paid_to_owners, totals.answered_items), (ROYALTY, 1));
	assert_eq!((totals.audits, totals.disputes), (u64::from(audited), 0));
	assert_eq!(
		events().last(),
		Some(&Event::Settled {
			job: id,
			digest: right().digest(),
			to_workers: k * PAY + audit,
			to_owner: ROYALTY,
		})
	);

	let assurance = assurance(id);
	assert_eq!(u64::from(assurance.confirmations), k - 1 + u64::from(audited));
	assert_eq!(assurance.bond_at_risk, BOND * (k + u64::from(audited)));
	assert_eq!((assurance.audited, assurance.verdict), (audited, None));
	assert_eq!(
		assurance.evasion_probability,
		security().odds().evasion_probability(number)
	);
	assert!(assurance.deterrence > 1.into());
	assert_eq!(Ended::get(), vec![(id, REQUESTER, Some(right()))]);
}

#[test]
fn a_result_can_be_read_in_every_state() {
	build_and_execute(|| {
		let id = request(1);
		let status = |id| Jobs::job(id).unwrap().status;
		assert!(matches!(status(id), JobStatus::Claiming { deadline: 7 }));
		assert_eq!(<Jobs as DisputedJobs<u64, u64>>::next_job(), JobId(1));
		claim(id, &right());
		assert!(matches!(status(id), JobStatus::Drawing { since: 1 }));
		run(3);
		assert!(matches!(status(id), JobStatus::Checking { deadline: 9 }));
		commit(checkers(id)[0], id, &right()).unwrap();
		assert!(matches!(status(id), JobStatus::Revealing { deadline: 13 }));
		for worker in workers(id) {
			reveal(worker, id, &right()).unwrap();
		}
		let digest = right().digest();
		let answer = right();
		let provisional = JobStatus::Provisional {
			since: 4,
			until: 9,
			digest,
			answer: answer.clone(),
		};
		assert_eq!(status(id), provisional);
		assert_eq!(<Jobs as Inference<u64, u64>>::answer(id), None);
		run_to(10);
		let assurance = assurance(id);
		let settled = JobStatus::Settled {
			at: 10,
			digest,
			answer: answer.clone(),
			assurance: assurance.clone(),
		};
		assert_eq!(status(id), settled);
		assert_eq!(<Jobs as Inference<u64, u64>>::answer(id), Some((answer, assurance)));
		let info = Jobs::job(id).unwrap();
		assert_eq!((info.requester, info.items, info.input), (REQUESTER, 1, input(1)));
		let task = <Jobs as DisputedJobs<u64, u64>>::task(id).unwrap();
		assert_eq!((task.items, task.input), (1, input(1)));
		assert!(info
			.participants
			.iter()
			.all(|p| p.status == ParticipantStatus::Revealed(digest)));
	});
}

#[test]
fn a_batch_is_answered_under_one_root_paid_by_item_and_given_more_time() {
	build_and_execute(|| {
		let id = JobId(0);
		ask(REQUESTER, 3, terms(1)).unwrap();
		assert_eq!(held(REQUESTER), 3 * fee(1));
		assert_eq!(job(id).terms.periods.commit, 5 + 3 * WORK as u32);
		let (answer, _) = Answer::of(&[outcome(0), outcome(0), outcome(0)]);
		assert!(answer.root.is_some());
		JobsMap::<Test>::mutate(id, |job| job.as_mut().unwrap().terms.odds.audit_rate = Permill::zero());
		revealed(id, std::slice::from_ref(&answer));
		run_to(20);
		assert_eq!(<Jobs as Inference<u64, u64>>::answer(id).unwrap().0, answer);
		assert_eq!(free_balance(OWNER), ENDOWMENT + 3 * ROYALTY);
		assert_eq!(Totals::<Test>::get().answered_items, 3);
	});
}

#[test]
fn a_fault_of_the_task_is_an_answer_like_any_other() {
	build_and_execute(|| {
		let id = request(1);
		let (fault, _) = Answer::of(&[Outcome::Fault(FaultCode::WrongInput)]);
		revealed(id, std::slice::from_ref(&fault));
		run(6);
		assert_eq!(<Jobs as Inference<u64, u64>>::answer(id).unwrap().0, fault);
		assert_eq!(free_balance(workers(id)[1]), ENDOWMENT + PAY);
	});
}

#[test]
fn a_record_is_pruned_after_its_period_and_not_before() {
	build_and_execute(|| {
		let id = request(0);
		let refunded = request(1);
		settled(id);
		let JobState::Settled { at, digest, .. } = state(id) else {
			panic!("not settled");
		};
		assert_eq!(at, System::block_number());
		run_to(at + 49);
		assert!(Jobs::job(id).is_some());
		run_to(at + 50);
		assert!(Jobs::job(id).is_none());
		assert!(!Inputs::<Test>::contains_key(id) && !crate::Answers::<Test>::contains_key(id, digest));
		run(60);
		assert!(Jobs::job(refunded).is_none());
		assert_eq!(
			JobsMap::<Test>::iter().count() + crate::Agenda::<Test>::iter().count(),
			0
		);
		assert_eq!(Jobs::stats().requested, 2);
	});
}

#[test]
fn job_numbers_are_never_reused() {
	build_and_execute(|| {
		let first = request(0);
		run(200);
		let second = request(0);
		assert_eq!((first, second), (JobId(0), JobId(1)));
		assert_eq!(
			<Jobs as DisputedJobs<u64, u64>>::provisional_digest(JobId(9)),
			None::<OutcomeDigest>
		);
	});
}
