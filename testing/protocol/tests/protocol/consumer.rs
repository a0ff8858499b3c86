//! A pallet that acts on an answer, from the request to the payment: `assay_protocol::escrow`, which depends on the
//! trait `Inference` only.

use assay_primitives::{
	batch::Answer,
	terms::{Terms, Window},
	traits::Inference,
	DType, FaultCode, JobId, Outcome, Tensor,
};
use assay_protocol::{
	chain::*,
	escrow::{top_class, Deposits, Error, Event},
	ledger::{balance, pending_holds, try_state},
	runtime::*,
};
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::Jobs as JobMap;

const OWNER: AccountId = 10;
const DEPOSITOR: AccountId = 11;
const BENEFICIARY: AccountId = 12;
const VALIDATORS: [AccountId; 3] = [20, 21, 22];
const WORKERS: [AccountId; 4] = [30, 31, 32, 33];
const AMOUNT: Balance = 5 * ASY;

/// Returns an answer with these scores.
fn scores(scores: &[f32]) -> Answer {
	let tensor = Tensor {
		dtype: DType::F32,
		shape: vec![1, scores.len() as u32],
		data: scores.iter().flat_map(|score| score.to_le_bytes()).collect(),
	};
	Answer::of(&[Outcome::Answer(vec![tensor])]).0
}

fn delivered() -> Answer {
	scores(&[-7.5, 2.25, -0.0])
}

fn not_delivered() -> Answer {
	scores(&[1.5, -2.25, 0.5])
}

/// Runs `test` on a chain with a model and workers that serve it, and checks all invariants.
fn build_and_execute(test: impl FnOnce()) {
	let accounts: Vec<_> = [OWNER, DEPOSITOR, BENEFICIARY]
		.iter()
		.chain(&VALIDATORS)
		.chain(&WORKERS)
		.map(|account| (*account, 1_000 * ASY))
		.collect();
	new_chain(1, &accounts, &VALIDATORS).execute_with(|| {
		assert_ok!(open_model(OWNER, 1, 0, 1_000_000));
		for worker in WORKERS {
			employ(worker, model(1), 2);
		}
		test();
		try_state().unwrap();
	});
}

fn open(amount: Balance, terms: Terms<Balance>) -> sp_runtime::DispatchResult {
	let call = assay_protocol::escrow::Call::open {
		beneficiary: BENEFICIARY,
		amount,
		model: model(1),
		input: input(1, 1),
		terms,
	};
	signed(DEPOSITOR, call)
}

/// Makes a deposit, and returns the job that decides it.
fn deposit() -> JobId {
	let job = pallet_jobs::NextJob::<Runtime>::get();
	assert_ok!(open(AMOUNT, terms(1, AMOUNT, Window::Short)));
	assert_eq!(
		Deposits::<Runtime>::get(job).map(|deposit| deposit.amount),
		Some(AMOUNT)
	);
	job
}

/// Lets every participant answer `answer` until the result is final.
fn answer_all(job: JobId, answer: &Answer) {
	use assay_primitives::api::ParticipantStatus;
	while JobMap::<Runtime>::get(job).is_some_and(|job| job.state.is_live()) {
		let state = JobMap::<Runtime>::get(job).unwrap();
		for participant in &state.participants {
			let worker = participant.worker;
			let _ = match participant.status {
				ParticipantStatus::Drawn => submit(worker, vec![commit(worker, job, answer.digest())]),
				ParticipantStatus::Committed(_) => submit(worker, vec![reveal(worker, job, answer)]),
				_ => Ok(()),
			};
		}
		next_block();
	}
}

fn last_event() -> Event<Runtime> {
	take_events()
		.into_iter()
		.rev()
		.find_map(|event| match event {
			RuntimeEvent::Escrow(event) => Some(event),
			_ => None,
		})
		.expect("the escrow has emitted an event")
}

#[test]
fn the_right_class_releases_the_funds_to_the_beneficiary() {
	build_and_execute(|| {
		let before = balance(BENEFICIARY);
		let job = deposit();
		answer_all(job, &delivered());

		assert_eq!(balance(BENEFICIARY), before + AMOUNT);
		assert_eq!(last_event(), Event::Released { job, amount: AMOUNT });
		assert_eq!(pending_holds(), 0);
	});
}

#[test]
fn any_other_class_returns_the_funds_to_the_depositor() {
	build_and_execute(|| {
		let (depositor, beneficiary) = (balance(DEPOSITOR), balance(BENEFICIARY));
		let job = deposit();
		answer_all(job, &not_delivered());

		assert_eq!(balance(BENEFICIARY), beneficiary);
		assert_eq!(last_event(), Event::Declined { job, amount: AMOUNT });
		// The depositor has paid for the answer, whatever the answer was.
		let fee = JobMap::<Runtime>::get(job).unwrap().terms.fee.total();
		assert_eq!(balance(DEPOSITOR), depositor - fee);
		assert_eq!(pending_holds(), 0);
	});
}

#[test]
fn without_an_answer_the_deposit_is_returned() {
	build_and_execute(|| {
		let (depositor, beneficiary) = (balance(DEPOSITOR), balance(BENEFICIARY));
		let job = deposit();
		// No worker acts.
		while JobMap::<Runtime>::get(job).unwrap().state.is_live() {
			next_block();
		}

		assert_eq!(last_event(), Event::Unanswered { job, amount: AMOUNT });
		assert_eq!((balance(DEPOSITOR), balance(BENEFICIARY)), (depositor, beneficiary));
		assert!(!Deposits::<Runtime>::contains_key(job));
		assert_eq!(pending_holds(), 0);
	});
}

#[test]
fn a_cancelled_job_returns_the_deposit() {
	build_and_execute(|| {
		let job = deposit();
		assert_ok!(cancel(DEPOSITOR, job));
		assert_eq!(last_event(), Event::Unanswered { job, amount: AMOUNT });
		assert_eq!(pending_holds(), 0);
	});
}

#[test]
fn a_wrong_answer_that_is_challenged_does_not_release_the_funds() {
	build_and_execute(|| {
		let before = balance(BENEFICIARY);
		let job = deposit();
		let wrong = delivered();
		// All workers agree on a wrong answer, until it is provisional.
		while !matches!(
			JobMap::<Runtime>::get(job).unwrap().state,
			pallet_jobs::JobState::Provisional { .. }
		) {
			for participant in JobMap::<Runtime>::get(job).unwrap().participants {
				let worker = participant.worker;
				if submit(worker, vec![commit(worker, job, wrong.digest())]).is_err() {
					let _ = submit(worker, vec![reveal(worker, job, &wrong)]);
				}
			}
			next_block();
		}
		assert_ok!(challenge(VALIDATORS[0], job, not_delivered().digest()));
		assert_eq!(balance(BENEFICIARY), before, "a disputed answer has released the funds");
		for validator in &VALIDATORS[..2] {
			assert_ok!(vote(*validator, vec![(job, not_delivered().digest())]));
		}
		assert_eq!(balance(BENEFICIARY), before, "the answer is not there yet");
		assert_ok!(bring_answer(job, not_delivered()));

		assert_eq!(last_event(), Event::Declined { job, amount: AMOUNT });
		assert_eq!(balance(BENEFICIARY), before);
		let (answer, assurance) = <Jobs as Inference<_, _>>::answer(job).unwrap();
		assert_eq!(answer, not_delivered());
		assert_eq!(assurance.verdict, Some(answer.digest()));
	});
}

#[test]
fn a_fault_returns_the_deposit() {
	build_and_execute(|| {
		let job = deposit();
		answer_all(job, &Answer::of(&[Outcome::Fault(FaultCode::WrongInput)]).0);
		assert_eq!(last_event(), Event::Declined { job, amount: AMOUNT });
	});
}

#[test]
fn a_deposit_above_the_declared_value_at_risk_is_refused() {
	build_and_execute(|| {
		assert_noop!(
			open(AMOUNT, terms(1, AMOUNT - 1, Window::Short)),
			Error::<Runtime>::ValueAtRiskTooLow
		);
	});
}

#[test]
fn a_deposit_above_what_the_checkers_secure_is_refused() {
	build_and_execute(|| {
		let most = most_at_risk(1, model(1));
		assert_noop!(
			open(most + 1, terms(1, most + 1, Window::Short)),
			pallet_jobs::Error::<Runtime>::InsufficientDeterrence
		);
		assert_ok!(open(most, terms(1, most, Window::Short)));
	});
}

#[test]
fn a_deposit_that_cannot_be_held_requests_no_job() {
	build_and_execute(|| {
		let next = pallet_jobs::NextJob::<Runtime>::get();
		assert!(open(2_000 * ASY, terms(8, 2_000 * ASY, Window::Short)).is_err());
		assert_eq!(pallet_jobs::NextJob::<Runtime>::get(), next);
		assert_eq!(pending_holds(), 0);
	});
}

#[test]
fn the_top_class_has_the_largest_score_of_either_sign() {
	let of = |list: &[f32]| top_class(&scores(list).outcome);
	assert_eq!(of(&[-3.0, -1.0, -2.0]), Some(1));
	assert_eq!(of(&[0.5, 0.25, f32::INFINITY]), Some(2));
	assert_eq!(of(&[1e-30, -1e30]), Some(0));
	assert_eq!(of(&[]), None);
}
