//! What tests do and inspect.

use super::*;
use crate::{Call, Event, HoldReason, JobOf, JobState, Jobs as JobsMap, NextJob, Step, Submission, Totals};
pub use assay_mocks::{authorize, authorize_in_block};
use assay_primitives::{
	api::{Assurance, ParticipantStatus, Role, Verdict},
	key::{commitment, salt, salt_message, WorkerSignature},
	probe::Probe,
	terms::{Terms, Window},
	traits::{DisputedJobs, Inference, Ruling},
	DType, Outcome, OutcomeDigest, Payload, StatementDigest, TaskId, Tensor,
};
use codec::Encode;
use frame_support::{traits::fungible::InspectHold, weights::WeightMeter};
use sp_core::Pair;
use sp_runtime::{traits::Dispatchable, transaction_validity::TransactionValidityError};

pub type Refusal = Result<(), TransactionValidityError>;

/// Ends blocks and starts the next ones until `block` has started.
pub fn run_to(block: u64) {
	while System::block_number() < block {
		let now = System::block_number();
		Jobs::on_finalize(now);
		System::set_block_number(now + 1);
		Jobs::on_initialize(now + 1);
		Jobs::on_poll(now + 1, &mut WeightMeter::new());
	}
}

/// Runs this number of blocks.
pub fn run(blocks: u64) {
	run_to(System::block_number() + blocks);
}

pub fn genesis() -> H256 {
	System::block_hash(0)
}

/// Returns a different outcome for each `n`; that of 0 is the right one.
pub fn outcome(n: u8) -> Outcome {
	Outcome::Answer(vec![Tensor {
		dtype: DType::U8,
		shape: vec![1],
		data: vec![n],
	}])
}

/// Returns the right answer to one item.
pub fn right() -> Answer {
	wrong(0)
}

/// Returns a different answer to one item for each `n`, wrong unless `n` is 0.
pub fn wrong(n: u8) -> Answer {
	Answer::of(&[outcome(n)]).0
}

/// Returns the input port of the model.
pub fn port() -> BoundedPort {
	BoundedPort {
		name: Default::default(),
		dtype: DType::U8,
		shape: vec![5].try_into().unwrap(),
	}
}

/// Returns an input of `items` items that fit the model.
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

/// Returns the fee of a job of one item.
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

/// Requests as a transaction does: all or nothing.
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

/// Returns a probe of the model with `items` golden inputs.
pub fn probe(items: u32) -> Probe {
	Probe {
		model: MODEL,
		engine: ENGINE,
		artifact: Artifact::of(b"model"),
		items,
		input: input(items),
		macs: 100_000_000,
		statement: StatementDigest {
			manifest: H256::repeat_byte(8),
			answer: right().digest(),
		},
	}
}

/// Requests an answer to one item, without an auditor.
pub fn request(checkers: u8) -> JobId {
	let job = request_audited(checkers, Permill::zero());
	assert!(!JobsMap::<Test>::get(job).unwrap().audited);
	job
}

/// Requests an answer to one item, for which an auditor is drawn with this probability.
pub fn request_audited(checkers: u8, chance: Permill) -> JobId {
	let job = NextJob::<Test>::get();
	ask(REQUESTER, 1, terms(checkers)).unwrap();
	JobsMap::<Test>::mutate(job, |entry| entry.as_mut().unwrap().terms.odds.audit_rate = chance);
	job
}

pub fn job(id: JobId) -> JobOf<Test> {
	JobsMap::<Test>::get(id).expect("the job exists")
}

pub fn state(id: JobId) -> JobState<u64> {
	job(id).state
}

/// Returns the participants with this `role`.
pub fn with_role(id: JobId, role: Role) -> Vec<u64> {
	let participants = job(id).participants;
	participants
		.iter()
		.filter(|p| p.role == role)
		.map(|p| p.worker)
		.collect()
}

pub fn executor(id: JobId) -> u64 {
	with_role(id, Role::Executor)[0]
}

pub fn checkers(id: JobId) -> Vec<u64> {
	with_role(id, Role::Checker)
}

/// Returns all participants, the executor first.
pub fn workers(id: JobId) -> Vec<u64> {
	job(id).participants.iter().map(|p| p.worker).collect()
}

pub fn status(id: JobId, worker: u64) -> ParticipantStatus {
	job(id).participant(&worker).expect("it is a participant").status
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

/// Returns the task of a job; that of no job if there is none with this number.
pub fn task_of(job: JobId) -> TaskId {
	JobsMap::<Test>::get(job).map(|job| job.task).unwrap_or_default()
}

pub fn salt_of(worker: u64, job: JobId) -> H256 {
	salt(&sign(worker, &salt_message(genesis(), &worker)), job, task_of(job))
}

pub fn commit_step(worker: u64, job: JobId, answer: &Answer) -> Step {
	let (task, salt) = (task_of(job), salt_of(worker, job));
	let commitment = commitment(genesis(), job, task, &worker, answer.digest(), salt);
	Step::Commit { job, task, commitment }
}

/// Returns a reveal, with the answer itself if `shown`.
pub fn reveal_step(worker: u64, job: JobId, answer: &Answer, shown: bool) -> Step {
	Step::Reveal {
		job,
		task: task_of(job),
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

/// Returns the call that submits these steps, signed by the worker.
pub fn signed(worker: u64, steps: Vec<Step>) -> RuntimeCall {
	let submission = submission(worker, steps);
	let signature = sign(worker, &submission.message(genesis()));
	Call::submit { submission, signature }.into()
}

/// Authorises and dispatches a submission, as a block does.
pub fn submit(call: RuntimeCall) -> Refusal {
	authorize_in_block(&call)?;
	call.dispatch(frame_system::RawOrigin::Authorized.into())
		.expect("an authorised submission succeeds");
	Ok(())
}

pub fn commit(worker: u64, job: JobId, answer: &Answer) -> Refusal {
	submit(signed(worker, vec![commit_step(worker, job, answer)]))
}

pub fn reveal(worker: u64, job: JobId, answer: &Answer) -> Refusal {
	submit(signed(worker, vec![reveal_step(worker, job, answer, true)]))
}

/// Lets the executor commit to `answer`.
pub fn claim(id: JobId, answer: &Answer) {
	commit(executor(id), id, answer).unwrap();
}

/// Lets all participants commit: the executor to the first of `answers`, the others to the following ones in their
/// order, and the rest to the last one.
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

/// Settles a job with honest participants.
pub fn settled(id: JobId) {
	revealed(id, &[right()]);
	let JobState::Provisional { until, .. } = state(id) else {
		panic!("{:?}", state(id));
	};
	run_to(until + 1);
	assert!(matches!(state(id), JobState::Settled { .. }));
}

/// Returns a ruling without challengers: for the answer with this digest, or that the task cannot be run.
pub fn verdict(right: Option<OutcomeDigest>) -> Ruling<u64> {
	Ruling {
		verdict: right.map_or(Verdict::NotRunnable, Verdict::Outcome),
		upheld: vec![],
		answer: None,
	}
}

pub fn rule(id: JobId, ruling: Ruling<u64>) -> Vec<u64> {
	<Jobs as DisputedJobs<u64, u64>>::apply_ruling(id, ruling)
}

/// Checks every invariant of the pallet, and those between it and its neighbours.
pub fn check() {
	Jobs::do_try_state().unwrap();
	let pool = Pool::get();
	let busy = pool
		.slots
		.into_iter()
		.filter_map(|(worker, busy)| Some((worker, busy?)));
	for (worker, id) in busy.chain(pool.checks) {
		assert!(job(id).participant(&worker).is_some(), "{worker} has a duty in {id:?}");
	}
	for job in JobsMap::<Test>::iter_values().filter(|job| job.escalated || job.is_understaffed()) {
		// It has fewer checkers than promised: only a verdict lets it pass.
		let passed = matches!(
			job.state,
			JobState::Provisional { .. } | JobState::Settled { verdict: None, .. }
		);
		assert!(!passed, "a job with too few participants passed without a verdict");
	}
	let burned = Totals::<Test>::get().burned;
	let initial = ENDOWMENT * (6 + WORKERS.len() as u64) + 100 * BOND * WORKERS.len() as u64;
	assert_eq!(
		Balances::total_issuance() + burned,
		initial,
		"a unit appeared or vanished"
	);
}

/// Lets every job end without further steps, the disputed ones because their tasks cannot be run.
pub fn end_all() {
	SilentBeacons::take();
	FullBlocks::take();
	for _ in 0..1_000 {
		let live: Vec<_> = JobsMap::<Test>::iter().filter(|(_, job)| job.state.is_live()).collect();
		if live.is_empty() {
			// A job that was voided while it waited for its draw keeps its place in the queue.
			return run_to(crate::DrawCursor::<Test>::get() + 1);
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

/// Checks that nothing is on hold, busy or promised, and that the end of every job was notified once.
pub fn check_idle() {
	let pool = Pool::get();
	assert_eq!((pool.promised(), pool.checks.len()), (0, 0));
	assert_eq!(crate::ReservedDraws::<Test>::get(), 0);
	assert!(pool.slots.iter().all(|(_, busy)| busy.is_none()));
	assert_eq!(held(REQUESTER) + held(OTHER_REQUESTER), 0);
	let notified: Vec<_> = Ended::get().into_iter().map(|(job, ..)| job).collect();
	let distinct: BTreeSet<_> = notified.iter().collect();
	assert_eq!(distinct.len(), notified.len(), "the end of a job was notified twice");
	assert_eq!((notified.len() + Probed::get().len()) as u64, NextJob::<Test>::get().0);
}
