//! A test chain: accounts, keys, models, blocks, and every call in the form in which a node submits it.

use crate::runtime::*;
use assay_mocks::authorize_in_block;
use assay_primitives::{
	api::Verdict,
	batch::Answer,
	key::{commitment, owner_message, salt, salt_message, VoterKey, VoterPair, WorkerKey, WorkerPair, WorkerSignature},
	metadata::Metadata,
	probe::{encode_finding, BoundedManifest, BoundedPort, Flaw, Golden, Statement},
	task::model_id,
	terms::{Terms, Window},
	traits::{ModelSource, OnProbed},
	Artifact, BoundedSpec, DType, EngineId, FaultCode, JobId, ModelId, Outcome, OutcomeDigest, Payload, TaskId, Tensor,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	storage::storage_prefix,
	traits::{OnFinalize, OnInitialize, OnPoll, OneSessionHandler},
	weights::WeightMeter,
};
use pallet_jobs::{Step, Subject, Submission};
use sp_core::{Pair, H256};
use sp_io::{hashing::blake2_256, TestExternalities};
use sp_runtime::{
	testing::TestSignature, traits::Dispatchable, transaction_validity::TransactionValidityError, BuildStorage,
	DispatchResult,
};
use std::{cell::RefCell, collections::HashMap};

/// Dispatches a call of `account`. A refused call changes nothing.
pub fn signed(account: AccountId, call: impl Into<RuntimeCall>) -> DispatchResult {
	call.into()
		.dispatch(RuntimeOrigin::signed(account))
		.map(|_| ())
		.map_err(|error| error.error)
}

/// The engine of all models.
pub const ENGINE: EngineId = EngineId(H256::repeat_byte(1));

/// The number of classes that every model tells apart.
pub const CLASSES: u8 = 10;

/// Builds a chain in block 1 with these accounts, their balances and these validators.
pub fn new_chain(seed: u64, accounts: &[(AccountId, Balance)], validators: &[AccountId]) -> TestExternalities {
	reset(seed);
	crate::runtime::NotifiedResults::take();
	let mut balances = accounts.to_vec();
	balances.push((FUND, FUND_ENDOWMENT));
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances,
			..Default::default()
		},
		models: pallet_models::GenesisConfig {
			engines: vec![ENGINE],
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut chain = TestExternalities::new(storage);
	chain.execute_with(|| {
		System::set_block_number(1);
		set_validators(validators);
		AllPalletsWithSystem::on_initialize(1);
	});
	chain
}

/// Ends the current block and begins the next.
pub fn next_block() {
	let now = System::block_number();
	AllPalletsWithSystem::on_finalize(now);
	System::set_block_number(now + 1);
	AllPalletsWithSystem::on_initialize(now + 1);
	AllPalletsWithSystem::on_poll(now + 1, &mut WeightMeter::new());
}

/// Returns the events since the last call, and clears them.
pub fn take_events() -> Vec<RuntimeEvent> {
	let events = System::read_events_no_consensus().map(|record| record.event).collect();
	// `System::reset_events` walks over all of a test chain's state to find topics, of which there are none.
	for item in [&b"Events"[..], b"EventCount"] {
		sp_io::storage::clear(&storage_prefix(b"System", item));
	}
	events
}

/// Begins a session with these validators.
pub fn set_validators(validators: &[AccountId]) {
	let keys: Vec<(AccountId, VoterKey)> = validators.iter().map(|v| (*v, voter_pair(*v).public())).collect();
	let all = || keys.iter().map(|(account, key)| (account, key.clone()));
	<Disputes as OneSessionHandler<AccountId>>::on_new_session(true, all(), all());
}

thread_local! {
	static PAIRS: RefCell<HashMap<u64, WorkerPair>> = Default::default();
	static VOTERS: RefCell<HashMap<AccountId, VoterPair>> = Default::default();
	static SECRETS: RefCell<HashMap<(u64, AccountId, H256), WorkerSignature>> = Default::default();
}

/// Returns the worker key with this number.
pub fn pair(number: u64) -> WorkerPair {
	let new = || WorkerPair::from_seed(&blake2_256(&(b"worker", number).encode()));
	PAIRS.with_borrow_mut(|pairs| pairs.entry(number).or_insert_with(new).clone())
}

/// Returns the public worker key with this number.
pub fn public(number: u64) -> WorkerKey {
	pair(number).public()
}

/// Returns the voter key of a validator.
pub fn voter_pair(validator: AccountId) -> VoterPair {
	let new = || VoterPair::from_seed(&blake2_256(&(b"voter", validator).encode()));
	VOTERS.with_borrow_mut(|pairs| pairs.entry(validator).or_insert_with(new).clone())
}

fn genesis() -> H256 {
	System::block_hash(0)
}

/// Returns the signature by which key `number` agrees to serve `account`.
pub fn proof(number: u64, account: AccountId) -> WorkerSignature {
	pair(number).sign(&owner_message(genesis(), &account))
}

/// Registers `account` with the key of its own number.
pub fn register(account: AccountId, stake: Balance) -> DispatchResult {
	register_with(account, account, stake)
}

/// Registers `account` with key `number`.
pub fn register_with(number: u64, account: AccountId, stake: Balance) -> DispatchResult {
	let (key, proof) = (pair(number).public(), proof(number, account));
	signed(account, pallet_workers::Call::register { stake, key, proof })
}

/// Sets the number of slots that `account` offers to `model`.
pub fn serve(account: AccountId, model: ModelId, slots: u32) -> DispatchResult {
	signed(account, pallet_workers::Call::serve { model, slots })
}

/// Lists the tickets of all slots offered, as if they had been for a long time.
pub fn list_tickets() {
	Workers::apply_changes(BlockNumber::MAX, u32::MAX);
}

/// Registers `account` with stake for `slots` slots, offers them to `model`, and lists their tickets.
pub fn employ(account: AccountId, model: ModelId, slots: u32) {
	assert_ok!(register(account, MIN_STAKE.max(SLOT_BOND * Balance::from(slots))));
	assert_ok!(serve(account, model, slots));
	list_tickets();
}

/// Returns the id of model `number`.
pub fn model(number: u8) -> ModelId {
	model_id(ENGINE, Artifact::of(&[number]).id, &BoundedSpec::default())
}

/// Returns the metadata of every model.
fn metadata() -> Metadata {
	Metadata {
		title: b"model".to_vec().try_into().unwrap(),
		..Default::default()
	}
}

/// Returns the statement of a model that takes eight bytes.
fn statement(macs: u64) -> Statement {
	let port = |extent: u32| BoundedPort {
		name: Default::default(),
		dtype: DType::U8,
		shape: vec![extent].try_into().unwrap(),
	};
	Statement {
		manifest: BoundedManifest {
			inputs: vec![port(8)].try_into().unwrap(),
			outputs: vec![port(CLASSES.into())].try_into().unwrap(),
			opset: 17,
			operators: Default::default(),
			parameters: 0,
			macs,
			peak_bytes: 0,
		},
		golden: Golden {
			items: 1,
			input: input(0, 1),
			answer: answer(0, 1).digest(),
		},
	}
}

/// Registers and lists model `number`, as if a probe had reproduced it.
pub fn open_model(owner: AccountId, number: u8, royalty: Balance, macs: u64) -> DispatchResult {
	let source = ModelSource {
		engine: ENGINE,
		artifact: Artifact::of(&[number]),
		spec: BoundedSpec::default(),
	};
	let no_probe = |_| Ok(JobId::default());
	let model = Models::put_on_probation(owner, source, metadata(), royalty, statement(macs), no_probe)?;
	Models::on_probed(JobId::default(), &model, Some(Ok(())));
	Models::list(RuntimeOrigin::root(), model, None)
}

/// Submits model `number`, which starts its probe.
pub fn submit_model(owner: AccountId, number: u8, royalty: Balance, macs: u64) -> DispatchResult {
	let call = pallet_models::Call::submit {
		spec: BoundedSpec::default(),
		artifact: Artifact::of(&[number]),
		engine: ENGINE,
		metadata: metadata(),
		royalty,
		statement: statement(macs),
		max_fee: Balance::MAX,
	};
	signed(owner, call)
}

/// Returns `items` equal inputs that carry `number`.
pub fn input(number: u64, items: u32) -> Payload {
	let one = vec![Tensor {
		dtype: DType::U8,
		shape: vec![8],
		data: number.to_le_bytes().to_vec(),
	}];
	Payload::of(match items {
		1 => one.encode(),
		_ => vec![one; items as usize].encode(),
	})
}

/// Returns terms without a limit on the fee.
pub fn terms(checkers: u8, value_at_risk: Balance, window: Window) -> Terms<Balance> {
	Terms {
		checkers,
		max_fee: Balance::MAX,
		value_at_risk,
		window,
		allow_unlisted: false,
	}
}

/// Requests a job from `model`, and returns its id.
pub fn request(
	requester: AccountId,
	model: ModelId,
	items: u32,
	number: u64,
	terms: Terms<Balance>,
) -> Result<JobId, sp_runtime::DispatchError> {
	let job = pallet_jobs::NextJob::<Runtime>::get();
	let call = pallet_jobs::Call::request {
		model: model.into(),
		items,
		input: input(number, items),
		terms,
	};
	signed(requester, call).map(|_| job)
}

/// Returns the maximum value at risk that `model` accepts now for a job of one input with this many checkers.
pub fn most_at_risk(checkers: u8, model: ModelId) -> Balance {
	let quote = Jobs::quote(model, 1, terms(checkers, 0, Window::Short));
	quote.expect("the model is open").most_at_risk
}

/// Returns an answer with this class for the first input, the next class for the second, and so on.
pub fn answer(class: u8, items: u32) -> Answer {
	let outcomes: Vec<Outcome> = (0..items)
		.map(|item| {
			let mut scores = vec![0u8; CLASSES.into()];
			scores[(usize::from(class) + item as usize) % usize::from(CLASSES)] = 1;
			Outcome::Answer(vec![Tensor {
				dtype: DType::U8,
				shape: vec![1, CLASSES.into()],
				data: scores,
			}])
		})
		.collect();
	Answer::of(&outcomes).0
}

/// Returns the answer to a job that stands for this class: each class gives a different answer. For a probe, the true
/// class says that the model matches its statement; every other class says that it does not load, each for a different
/// reason.
pub fn reply(job: &pallet_jobs::JobOf<Runtime>, class: u8) -> Answer {
	let off = (class + CLASSES - true_class(job.task)) % CLASSES;
	match (job.subject, FaultCode::from_status(off.into())) {
		(Subject::Inference, _) => answer(class, job.items),
		(Subject::Probe { .. }, None) => encode_finding(&Ok(())),
		(Subject::Probe { .. }, Some(fault)) => encode_finding(&Err(Flaw::DoesNotLoad(fault))),
	}
}

/// Returns the class that running `task` yields.
pub fn true_class(task: TaskId) -> u8 {
	task.0.as_bytes()[0] % CLASSES
}

/// Returns the answer that running `task` yields.
pub fn truth(task: TaskId, items: u32) -> Answer {
	answer(true_class(task), items)
}

/// Returns the task of a job; that of no job if there is none with this number.
fn task_of(job: JobId) -> TaskId {
	pallet_jobs::Jobs::<Runtime>::get(job)
		.map(|job| job.task)
		.unwrap_or_default()
}

/// Returns the salt of `worker` for `job`, derived from key `number`.
pub fn salt_of(number: u64, worker: AccountId, job: JobId) -> H256 {
	let secret = || pair(number).sign(&salt_message(genesis(), &worker));
	SECRETS.with_borrow_mut(|secrets| {
		let secret = secrets.entry((number, worker, genesis())).or_insert_with(secret);
		salt(secret, job, task_of(job))
	})
}

/// Returns the step by which `worker` commits to `digest`, with a salt derived from key `number`.
pub fn commit_with(number: u64, worker: AccountId, job: JobId, digest: OutcomeDigest) -> Step {
	let (task, salt) = (task_of(job), salt_of(number, worker, job));
	Step::Commit {
		job,
		task,
		commitment: commitment(genesis(), job, task, &worker, digest, salt),
	}
}

/// Returns the step by which `worker` reveals `answer`, with a salt derived from key `number`.
pub fn reveal_with(number: u64, worker: AccountId, job: JobId, answer: &Answer) -> Step {
	Step::Reveal {
		job,
		task: task_of(job),
		digest: answer.digest(),
		salt: salt_of(number, worker, job),
		answer: Some(answer.clone()),
	}
}

/// Returns the step by which `worker` commits to `digest`.
pub fn commit(worker: AccountId, job: JobId, digest: OutcomeDigest) -> Step {
	commit_with(worker, worker, job, digest)
}

/// Returns the step by which `worker` reveals `answer`.
pub fn reveal(worker: AccountId, job: JobId, answer: &Answer) -> Step {
	reveal_with(worker, worker, job, answer)
}

/// Authorises and dispatches a call, as a block does.
fn apply_authorized(call: RuntimeCall) -> Result<(), TransactionValidityError> {
	authorize_in_block(&call)?;
	call.dispatch(frame_system::RawOrigin::Authorized.into())
		.expect("an authorised call succeeds");
	Ok(())
}

/// Submits `steps`, ascending by job, signed with key `number`.
pub fn submit_as(number: u64, worker: AccountId, steps: Vec<Step>) -> Result<(), TransactionValidityError> {
	let submission = Submission {
		worker,
		at: System::block_number(),
		steps: steps.try_into().expect("no more steps than one submission takes"),
	};
	let signature = pair(number).sign(&submission.message(genesis()));
	apply_authorized(pallet_jobs::Call::submit { submission, signature }.into())
}

/// Submits `steps`, ascending by job.
pub fn submit(worker: AccountId, steps: Vec<Step>) -> Result<(), TransactionValidityError> {
	submit_as(worker, worker, steps)
}

/// Challenges the result of a job: claims that the answer with this digest is the right one.
pub fn challenge(challenger: AccountId, job: JobId, digest: OutcomeDigest) -> Result<(), TransactionValidityError> {
	let challenge = pallet_disputes::NewChallenge {
		challenger,
		at: System::block_number(),
		job,
		task: task_of(job),
		digest,
	};
	let signature = TestSignature(challenger, challenge.message(genesis()));
	apply_authorized(pallet_disputes::Call::challenge { challenge, signature }.into())
}

/// Brings the answer for which the tribunal waits.
pub fn bring_answer(job: JobId, answer: Answer) -> Result<(), TransactionValidityError> {
	let task = task_of(job);
	apply_authorized(pallet_disputes::Call::bring_answer { job, task, answer }.into())
}

/// Cancels a job.
pub fn cancel(requester: AccountId, job: JobId) -> DispatchResult {
	let task = task_of(job);
	signed(requester, pallet_jobs::Call::cancel { job, task })
}

/// Votes in disputes, ascending by job.
pub fn vote(validator: AccountId, votes: Vec<(JobId, OutcomeDigest)>) -> Result<(), TransactionValidityError> {
	let pair = voter_pair(validator);
	let vote = |(job, digest)| pallet_disputes::Vote {
		job,
		task: task_of(job),
		verdict: Verdict::Outcome(digest),
	};
	let votes: Vec<_> = votes.into_iter().map(vote).collect();
	let ballot = pallet_disputes::Ballot {
		voter: pair.public(),
		at: System::block_number(),
		votes: votes.try_into().expect("no more votes than one ballot takes"),
	};
	let signature = pair.sign(&ballot.message(genesis()));
	apply_authorized(pallet_disputes::Call::vote { ballot, signature }.into())
}
