//! What tests do and inspect.

use super::*;
use crate::{Ballot, NewChallenge, Vote};
pub use assay_mocks::authorize;
use assay_primitives::{
	api::Verdict,
	key::{VoterKey, VoterPair, VoterSignature},
	traits::Tribunal,
	FaultCode, Outcome,
};
use frame_support::{
	dispatch::GetDispatchInfo,
	traits::{fungible::InspectHold, OneSessionHandler},
};
use sp_core::{ed25519, sr25519, Pair, H256};
use sp_runtime::{traits::Dispatchable, transaction_validity::TransactionValidityError};

/// Ends blocks and starts empty ones up to and including `block`.
pub fn run_to(block: u64) {
	while System::block_number() < block {
		let next = System::block_number() + 1;
		Disputes::on_finalize(System::block_number());
		System::set_block_number(next);
		frame_system::BlockWeight::<Test>::kill();
		System::set_block_consumed_resources(Weight::zero(), 0);
		Disputes::on_initialize(next);
	}
}

/// Returns account `n`. Those from 0 to 19 are rich, all others do not exist.
pub fn account(n: u32) -> AccountId {
	account_pair(n).public().into()
}

fn account_pair(n: u32) -> ed25519::Pair {
	ed25519::Pair::from_seed(&sp_io::hashing::blake2_256(&n.to_le_bytes()))
}

pub fn watcher() -> AccountId {
	watcher_pair().public().into()
}

fn watcher_pair() -> sr25519::Pair {
	sr25519::Pair::from_string(&watcher_seed(), None).unwrap()
}

/// Returns the account of a validator.
pub fn validator(n: u32) -> AccountId {
	account(1_000 + n)
}

pub(super) fn watcher_seed() -> String {
	hex_seed(u64::MAX)
}

pub(super) fn seed(validator: u32) -> String {
	hex_seed(u64::from(validator) + 1)
}

pub fn pair(validator: u32) -> VoterPair {
	VoterPair::from_string(&seed(validator), None).unwrap()
}

/// Returns the key with which a validator votes.
pub fn key(validator: u32) -> VoterKey {
	pair(validator).public()
}

/// Starts a session with these validators.
pub fn session(validators: impl IntoIterator<Item = u32>) {
	let set: Vec<(AccountId, VoterKey)> = validators.into_iter().map(|n| (validator(n), key(n))).collect();
	let all = || set.iter().map(|(validator, key)| (validator, key.clone()));
	Disputes::on_new_session(true, all(), all());
}

pub fn genesis() -> H256 {
	System::block_hash(0)
}

/// Returns a different answer for each `n`; that of 0 is the result of a [`provisional_job`].
pub fn outcome(n: u32) -> Answer {
	let tensor = assay_primitives::Tensor {
		dtype: assay_primitives::DType::U8,
		shape: vec![n],
		data: vec![0; n as usize],
	};
	Answer::of(&[Outcome::Answer(vec![tensor])]).0
}

/// Returns an answer that validators never give in these tests.
pub fn fault() -> Answer {
	Answer::of(&[Outcome::Fault(FaultCode::WrongInput)]).0
}

fn new_job(stage: Stage) -> JobId {
	let job = NextJob::get();
	NextJob::put(JobId(job.0 + 1));
	Stages::insert(job, stage);
	job
}

/// Returns a job without a result.
pub fn running_job() -> JobId {
	new_job(Stage::Running)
}

/// Makes the result of a job provisional.
pub fn finish(job: JobId) {
	Stages::insert(
		job,
		Stage::Provisional {
			digest: outcome(0).digest(),
			until: System::block_number() + WINDOW,
		},
	);
}

/// Returns a job with the provisional result `outcome(0)`.
pub fn provisional_job() -> JobId {
	let job = running_job();
	finish(job);
	job
}

/// Returns a job whose workers disagree, with its dispute.
pub fn disputed_job() -> JobId {
	let job = new_job(Stage::Disputed);
	<Disputes as Tribunal<u64>>::open(job, PERIOD);
	job
}

pub fn task(job: JobId) -> TaskId {
	<Jobs as DisputedJobs<AccountId, u64>>::task_id(job).unwrap_or_default()
}

pub fn new_challenge(challenger: AccountId, job: JobId, answer: Answer) -> NewChallenge<AccountId, u64> {
	NewChallenge {
		challenger,
		at: System::block_number(),
		job,
		task: task(job),
		digest: answer.digest(),
	}
}

/// Returns the challenge of account `who`, signed by it.
pub fn challenge_call(who: u32, job: JobId, answer: Answer) -> RuntimeCall {
	let challenge = new_challenge(account(who), job, answer);
	let signature = account_pair(who).sign(&challenge.message(genesis())).into();
	pallet_disputes::Call::challenge { challenge, signature }.into()
}

/// Challenges as a block does, without the checks of the authorisation.
pub fn challenge(who: u32, job: JobId, answer: Answer) -> Result<(), DispatchError> {
	dispatch_challenge(challenge_call(who, job, answer))
}

/// Challenges as the watcher.
pub fn challenge_as_watcher(job: JobId, answer: Answer) -> Result<(), DispatchError> {
	let challenge = new_challenge(watcher(), job, answer);
	let signature = watcher_pair().sign(&challenge.message(genesis())).into();
	dispatch_challenge(pallet_disputes::Call::challenge { challenge, signature }.into())
}

fn dispatch_challenge(call: RuntimeCall) -> Result<(), DispatchError> {
	call.dispatch(frame_system::RawOrigin::Authorized.into())
		.map(|_| ())
		.map_err(|error| error.error)
}

/// Returns the votes for these digests.
pub fn votes(votes: &[(JobId, OutcomeDigest)]) -> Vec<Vote> {
	votes
		.iter()
		.map(|(job, digest)| Vote {
			job: *job,
			task: task(*job),
			verdict: Verdict::Outcome(*digest),
		})
		.collect()
}

pub fn ballot(voter: u32, votes: Vec<Vote>) -> Ballot<u64> {
	Ballot {
		voter: key(voter),
		at: System::block_number(),
		votes: votes.try_into().unwrap(),
	}
}

pub fn sign(voter: u32, message: &[u8]) -> VoterSignature {
	pair(voter).sign(message)
}

pub fn ballot_call(voter: u32, votes: Vec<Vote>) -> RuntimeCall {
	let ballot = ballot(voter, votes);
	let signature = sign(voter, &ballot.message(genesis()));
	pallet_disputes::Call::vote { ballot, signature }.into()
}

pub fn vote_call(voter: u32, digests: &[(JobId, OutcomeDigest)]) -> RuntimeCall {
	ballot_call(voter, votes(digests))
}

/// Authorises and dispatches a call, as a block does.
pub fn submit(call: RuntimeCall) -> Result<(), TransactionValidityError> {
	authorize(&call)?;
	let announced = call.get_dispatch_info().call_weight;
	let info = call
		.dispatch(frame_system::RawOrigin::Authorized.into())
		.expect("an authorised call succeeds");
	assert!(info.actual_weight.is_none_or(|weight| weight.all_lte(announced)));
	Ok(())
}

/// Votes for `outcome(n)`.
pub fn vote(voter: u32, job: JobId, n: u32) -> Result<(), TransactionValidityError> {
	submit(vote_call(voter, &[(job, outcome(n).digest())]))
}

/// Votes that the task cannot be run.
pub fn vote_not_runnable(voter: u32, job: JobId) -> Result<(), TransactionValidityError> {
	let vote = Vote {
		job,
		task: task(job),
		verdict: Verdict::NotRunnable,
	};
	submit(ballot_call(voter, vec![vote]))
}

/// Brings an answer.
pub fn bring(job: JobId, answer: Answer) -> Result<(), TransactionValidityError> {
	let task = task(job);
	submit(pallet_disputes::Call::bring_answer { job, task, answer }.into())
}

/// Rules as a referendum does.
pub fn rule(job: JobId, verdict: Verdict) -> Result<(), DispatchError> {
	let ruled = Disputes::rule(RuntimeOrigin::root(), job, task(job), verdict);
	ruled.map(|_| ()).map_err(|error| error.error)
}

/// Returns the verdict for `outcome(n)`.
pub fn right_is(n: u32) -> Verdict {
	Verdict::Outcome(outcome(n).digest())
}

pub fn is_open(job: JobId) -> bool {
	crate::Disputes::<Test>::contains_key(job)
}

/// Returns the latest ruling on `job`.
pub fn ruling(job: JobId) -> Option<Ruling<AccountId>> {
	let rulings = Rulings::get().into_iter().rev();
	rulings
		.into_iter()
		.find(|(ruled, _)| *ruled == job)
		.map(|(_, ruling)| ruling)
}

pub fn held(who: &AccountId) -> u64 {
	Balances::balance_on_hold(&crate::HoldReason::ChallengeBond.into(), who)
}

pub fn events() -> Vec<crate::Event<Test>> {
	let records = System::read_events_for_pallet::<crate::Event<Test>>();
	System::reset_events();
	records
}
