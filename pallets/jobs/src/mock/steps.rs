//! What tests do and look at.

use super::*;
use crate::{Call, Event, HoldReason, JobOf, JobState, Jobs as JobsMap, NextJob, Step, Submission, Totals};
use assay_primitives::{
	api::{Assurance, Duty, Standing},
	key::{commitment, salt, salt_message, WorkerSignature},
	probe::{BoundedPort, Probe},
	terms::{Terms, Window},
	traits::{Docket, Inference, Ruling},
	DType, Outcome, OutcomeDigest, Payload, Stated, Tensor,
};
use codec::Encode;
use frame_support::traits::{fungible::InspectHold, Authorize};
use sp_core::Pair;
use sp_runtime::{
	traits::Dispatchable,
	transaction_validity::{TransactionSource, TransactionValidityError, ValidTransaction},
};

pub type Refusal = Result<(), TransactionValidityError>;

/// Ends the present block and starts the next, until `block` has started.
pub fn run_to(block: u64) {
	while System::block_number() < block {
		let now = System::block_number();
		Jobs::on_finalize(now);
		System::set_block_number(now + 1);
		Jobs::on_initialize(now + 1);
	}
}

/// Runs so many blocks.
pub fn run(blocks: u64) {
	run_to(System::block_number() + blocks);
}

pub fn genesis() -> H256 {
	System::block_hash(0)
}

/// An outcome other than that of any other `n`; 0 is the right one.
pub fn outcome(n: u8) -> Outcome {
	Outcome::Answer(vec![Tensor {
		dtype: DType::U8,
		shape: vec![1],
		data: vec![n],
	}])
}

/// The right answer to one input.
pub fn right() -> Answer {
	wrong(0)
}

/// Answers to one input that are right for no `n` but 0.
pub fn wrong(n: u8) -> Answer {
	Answer::of(&[outcome(n)]).0
}

/// What the model takes.
pub fn port() -> BoundedPort {
	BoundedPort {
		name: Default::default(),
		dtype: DType::U8,
		shape: vec![5].try_into().unwrap(),
	}
}

/// So many inputs that fit the model.
pub fn input(items: u32) -> Payload {
	let one = vec![Tensor {
		dtype: DType::U8,
		shape: vec![5],
		data: b"input".to_vec(),
	}];
	Payload::of(match items {
		1 => one.encode(),
		_ => vec![one; items as usize].encode(),
	})
}

/// What a job of one input costs.
pub fn fee(checkers: u8) -> u64 {
	(u64::from(checkers) + 1) * (PAY + LEVY + BURN) + ROYALTY
}

pub fn terms(checkers: u8) -> Terms<u64> {
	Terms {
		checkers,
		max_fee: u64::MAX,
		value_at_risk: 0,
		window: Window::Short,
		allow_unlisted: false,
	}
}

/// Asks as a transaction does: all or nothing.
pub fn ask(who: u64, items: u32, terms: Terms<u64>) -> DispatchResult {
	let call = Call::request {
		model: MODEL.into(),
		items,
		input: input(items),
		terms,
	};
	RuntimeCall::from(call)
		.dispatch(RuntimeOrigin::signed(who))
		.map(|_| ())
		.map_err(|error| error.error)
}

/// What reproduces the model with so many golden inputs.
pub fn probe(items: u32) -> Probe {
	Probe {
		model: MODEL,
		engine: ENGINE,
		artifact: Artifact::of(b"model"),
		items,
		input: input(items),
		macs: 100_000_000,
		stated: Stated {
			manifest: H256::repeat_byte(8),
			answer: right().digest(),
		},
	}
}

/// Requests an answer to one input, of which no auditor will be drawn.
pub fn request(checkers: u8) -> JobId {
	let job = request_audited(checkers, Permill::zero());
	assert!(!JobsMap::<Test>::get(job).unwrap().audited);
	job
}

/// Requests an answer to one input, of which an auditor will be drawn with this chance.
pub fn request_audited(checkers: u8, chance: Permill) -> JobId {
	let job = NextJob::<Test>::get();
	ask(REQUESTER, 1, terms(checkers)).unwrap();
	JobsMap::<Test>::mutate(job, |entry| entry.as_mut().unwrap().deal.odds.audit = chance);
	job
}

pub fn job(id: JobId) -> JobOf<Test> {
	JobsMap::<Test>::get(id).expect("the job exists")
}

pub fn state(id: JobId) -> JobState<u64> {
	job(id).state
}

/// Who takes part in `duty`.
pub fn those(id: JobId, duty: Duty) -> Vec<u64> {
	let participants = job(id).participants;
	participants
		.iter()
		.filter(|p| p.duty == duty)
		.map(|p| p.worker)
		.collect()
}

pub fn executor(id: JobId) -> u64 {
	those(id, Duty::Executor)[0]
}

pub fn checkers(id: JobId) -> Vec<u64> {
	those(id, Duty::Checker)
}

/// All who take part, the executor first.
pub fn workers(id: JobId) -> Vec<u64> {
	job(id).participants.iter().map(|p| p.worker).collect()
}

pub fn standing(id: JobId, worker: u64) -> Standing {
	job(id).participant(&worker).expect("it takes part").standing
}

pub fn free_balance(who: u64) -> u64 {
	Balances::free_balance(who)
}

pub fn held(who: u64) -> u64 {
	Balances::balance_on_hold(&HoldReason::Fee.into(), &who)
}

pub fn assurance(id: JobId) -> Assurance<u64> {
	<Jobs as Inference<u64, u64>>::answer(id).expect("it is settled").1
}

pub fn events() -> Vec<Event<Test>> {
	let records = System::events().into_iter();
	records
		.filter_map(|record| match record.event {
			RuntimeEvent::Jobs(event) => Some(event),
			_ => None,
		})
		.collect()
}

pub fn sign(worker: u64, message: &[u8]) -> WorkerSignature {
	pair(worker).sign(message)
}

pub fn salt_of(worker: u64, job: JobId) -> H256 {
	salt(&sign(worker, &salt_message(genesis(), &worker)), job)
}

pub fn commit_step(worker: u64, job: JobId, answer: &Answer) -> Step {
	let commitment = commitment(genesis(), job, &worker, answer.digest(), salt_of(worker, job));
	Step::Commit { job, commitment }
}

/// Reveals with or without the answer itself.
pub fn reveal_step(worker: u64, job: JobId, answer: &Answer, shown: bool) -> Step {
	Step::Reveal {
		job,
		digest: answer.digest(),
		salt: salt_of(worker, job),
		answer: shown.then(|| answer.clone()),
	}
}

pub fn submission(worker: u64, steps: Vec<Step>) -> Submission<u64, u64> {
	Submission {
		worker,
		at: System::block_number(),
		steps: steps.try_into().unwrap(),
	}
}

/// The call that submits these steps, signed by the worker.
pub fn signed(worker: u64, steps: Vec<Step>) -> RuntimeCall {
	let submission = submission(worker, steps);
	let signature = sign(worker, &submission.message(genesis()));
	Call::submit { submission, signature }.into()
}

/// What the pool makes of a submission from outside.
pub fn authorize(call: &RuntimeCall) -> Result<ValidTransaction, TransactionValidityError> {
	call.authorize(TransactionSource::External)
		.unwrap()
		.map(|(valid, _)| valid)
}

/// Takes a submission through authorisation and dispatch, as a block does.
pub fn submit(call: RuntimeCall) -> Refusal {
	authorize(&call)?;
	call.dispatch(frame_system::RawOrigin::Authorized.into())
		.expect("what is authorised succeeds");
	Ok(())
}

pub fn commit(worker: u64, job: JobId, answer: &Answer) -> Refusal {
	submit(signed(worker, vec![commit_step(worker, job, answer)]))
}

pub fn reveal(worker: u64, job: JobId, answer: &Answer) -> Refusal {
	submit(signed(worker, vec![reveal_step(worker, job, answer, true)]))
}

/// The executor binds itself to `answer`.
pub fn claim(id: JobId, answer: &Answer) {
	commit(executor(id), id, answer).unwrap();
}

/// The executor claims the right answer, and whoever is drawn commits to what `answers` says: to the executor's first, then to
/// those of the others in their order, and the last of them for all the rest.
pub fn committed(id: JobId, answers: &[Answer]) {
	claim(id, &answers[0]);
	run(3);
	for (n, worker) in workers(id).into_iter().enumerate().skip(1) {
		commit(worker, id, &answers[n.min(answers.len() - 1)]).unwrap();
	}
	assert!(matches!(state(id), JobState::Revealing { .. }), "{:?}", state(id));
}

/// Takes a job through [`committed`] and all reveals.
pub fn revealed(id: JobId, answers: &[Answer]) {
	committed(id, answers);
	for (n, worker) in workers(id).into_iter().enumerate() {
		reveal(worker, id, &answers[n.min(answers.len() - 1)]).unwrap();
	}
}

/// Takes a job all the way, everybody honest.
pub fn settled(id: JobId) {
	revealed(id, &[right()]);
	let JobState::Provisional { until, .. } = state(id) else {
		panic!("{:?}", state(id));
	};
	run_to(until + 1);
	assert!(matches!(state(id), JobState::Settled { .. }));
}

/// A ruling without challengers.
pub fn verdict(verdict: Option<OutcomeDigest>) -> Ruling<u64> {
	Ruling {
		verdict,
		upheld: vec![],
		answer: None,
	}
}

pub fn rule(id: JobId, ruling: Ruling<u64>) -> Vec<u64> {
	<Jobs as Docket<u64, u64>>::rule(id, ruling)
}

/// Every invariant, of the pallet and across what it is joined to.
pub fn check() {
	Jobs::do_try_state().unwrap();
	let pool = Pool::get();
	let reserved: u32 = JobsMap::<Test>::iter_values().map(|job| u32::from(job.reserved)).sum();
	assert_eq!(pool.reserved, reserved, "a reservation without its job");
	for (worker, busy) in pool.slots {
		let Some(id) = busy else {
			continue;
		};
		assert!(
			job(id).participant(&worker).is_some(),
			"a slot of {worker} is busy with {id:?}"
		);
	}
	for job in JobsMap::<Test>::iter_values().filter(|job| job.escalated) {
		// Fewer eyes than promised: nothing but a verdict lets it pass.
		let passed = matches!(
			job.state,
			JobState::Provisional { .. } | JobState::Settled { verdict: None, .. }
		);
		assert!(!passed, "an escalated job passed without a verdict");
	}
	let burned = Totals::<Test>::get().burned;
	let initial = ENDOWMENT * (6 + WORKERS.len() as u64) + 100 * BOND * WORKERS.len() as u64;
	assert_eq!(
		Balances::total_issuance() + burned,
		initial,
		"a unit appeared or vanished"
	);
}

/// Lets every job end: nobody does anything, and the tribunal finds no quorum.
pub fn end_all() {
	Dark::take();
	for _ in 0..1_000 {
		let live: Vec<_> = JobsMap::<Test>::iter().filter(|(_, job)| job.state.is_live()).collect();
		if live.is_empty() {
			return;
		}
		for (id, job) in live {
			if matches!(job.state, JobState::Disputed { .. }) {
				rule(id, verdict(None));
			}
		}
		run(1);
	}
	panic!("a job does not end");
}

/// Nothing is held, busy or reserved, and everybody has been told of every job.
pub fn check_idle() {
	let pool = Pool::get();
	assert_eq!(pool.reserved, 0);
	assert!(pool.slots.iter().all(|(_, busy)| busy.is_none()));
	assert_eq!(held(REQUESTER) + held(OTHER_REQUESTER), 0);
	let told: Vec<_> = Endings::get().into_iter().map(|(job, ..)| job).collect();
	let distinct: BTreeSet<_> = told.iter().collect();
	assert_eq!(distinct.len(), told.len(), "somebody was told of a job twice");
	assert_eq!((told.len() + Probed::get().len()) as u64, NextJob::<Test>::get().0);
}
