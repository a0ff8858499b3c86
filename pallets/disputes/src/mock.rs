//! A chain with this pallet and jobs whose results are as a test says.

use crate::{self as pallet_disputes, Ballot, Error};
use assay_primitives::{
	batch::Answer,
	host::{InferenceExt, Poll, Provider, Purpose},
	key::{VoterKey, VoterPair, VoterSignature, VOTER_KEY_TYPE, WATCHER_KEY_TYPE},
	traits::{Docket, Ruling, Tribunal},
	Artifact, BoundedSpec, EngineId, FaultCode, JobId, Outcome, OutcomeDigest, Payload, Task,
};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl, parameter_types, storage_alias,
	traits::{Authorize, ConstU32, ConstU64, Hooks, OneSessionHandler},
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
	Twox64Concat,
};
use frame_system::offchain::{
	AppCrypto, CreateAuthorizedTransaction, CreateSignedTransaction, CreateTransaction, CreateTransactionBase,
	SigningTypes,
};
use parking_lot::Mutex;
use sp_core::{
	offchain::{
		testing::{PoolState, TestOffchainExt, TestTransactionPoolExt},
		OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
	},
	Pair, H256,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
	traits::{BlakeTwo256, IdentityLookup, Verify},
	transaction_validity::{TransactionSource, TransactionValidityError, ValidTransaction},
	AccountId32, BuildStorage, DispatchError, MultiSignature, Permill,
};
use std::{sync::Arc, time::Duration};

pub type AccountId = AccountId32;
type TxExtension = (frame_system::AuthorizeCall<Test>, frame_system::CheckNonce<Test>);
pub type Extrinsic = sp_runtime::generic::UncheckedExtrinsic<AccountId, RuntimeCall, MultiSignature, TxExtension>;
type Block = sp_runtime::generic::Block<sp_runtime::generic::Header<u64, BlakeTwo256>, Extrinsic>;

/// Blocks in which validators have to vote.
pub const PERIOD: u64 = 10;
/// Blocks for which a result may be challenged.
pub const WINDOW: u64 = 5;
/// What challengers have at first.
pub const RICH: u64 = 1_000;
pub const MINIMUM: u64 = 20;
pub const DUE_PER_BLOCK: u32 = 3;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Disputes: pallet_disputes,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<u64>;
	type DbWeight = frame_support::weights::constants::ParityDbWeight;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type ExistentialDeposit = ConstU64<MINIMUM>;
}

parameter_types! {
	pub static Bond: u64 = 100;
	pub static Burn: Permill = Permill::zero();
	/// Who gave which answer to each job.
	pub static Workers: Vec<(AccountId, OutcomeDigest)> = vec![];
	pub static Rulings: Vec<(JobId, Ruling<AccountId>)> = vec![];
	pub const RuleWeight: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_MILLIS, 0);
}

impl pallet_disputes::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Jobs = Jobs;
	type ChallengeBond = Bond;
	type ForfeitBurn = Burn;
	type MaxValidators = ConstU32<100>;
	type DuePerBlock = ConstU32<DUE_PER_BLOCK>;
	type RuleWeight = RuleWeight;
	type WatcherId = pallet_disputes::WatcherAppCrypto;
	type WeightInfo = pallet_disputes::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Jobs;
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub enum Stage {
	Running,
	Provisional { digest: OutcomeDigest, until: u64 },
	Disputed,
	Ended,
}

#[storage_alias]
pub type Stages = StorageMap<Mock, Twox64Concat, JobId, Stage>;

#[storage_alias]
pub type NextJob = StorageValue<Mock, JobId, frame_support::pallet_prelude::ValueQuery>;

/// Jobs that are in the stage a test puts them in.
pub struct Jobs;

impl Docket<AccountId, u64> for Jobs {
	fn task(job: JobId) -> Option<Task> {
		Stages::get(job).map(|_| Task {
			engine: EngineId::default(),
			artifact: Artifact::of(b"model"),
			spec: BoundedSpec::default(),
			items: 1,
			stated: None,
			input: Payload::of(job.encode()),
		})
	}

	fn next() -> JobId {
		NextJob::get()
	}

	fn provisional(job: JobId) -> Option<OutcomeDigest> {
		match Stages::get(job)? {
			Stage::Provisional { digest, until } if System::block_number() <= until => Some(digest),
			_ => None,
		}
	}

	fn suspend(job: JobId) -> Result<u64, DispatchError> {
		Self::provisional(job).ok_or(Error::<Test>::NotChallengeable)?;
		Stages::insert(job, Stage::Disputed);
		Ok(PERIOD)
	}

	fn rule(job: JobId, ruling: Ruling<AccountId>) -> Vec<AccountId> {
		assert_eq!(Stages::get(job), Some(Stage::Disputed), "a dispute is ruled on once");
		assert_eq!(
			ruling.answer.as_ref().map(Answer::digest),
			ruling.verdict.filter(|_| !ruling.upheld.is_empty()),
			"the answer is that of the upheld challengers"
		);
		Stages::insert(job, Stage::Ended);
		let verdict = ruling.verdict;
		Rulings::mutate(|rulings| rulings.push((job, ruling)));
		let confirmed = Workers::get()
			.into_iter()
			.filter(|(_, digest)| Some(*digest) == verdict);
		confirmed.map(|(worker, _)| worker).collect()
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_disputes::BenchmarkHelper for Jobs {
	fn provisional_job() -> (JobId, OutcomeDigest) {
		(provisional_job(), outcome(0).digest())
	}
}

impl SigningTypes for Test {
	type Public = <MultiSignature as Verify>::Signer;
	type Signature = MultiSignature;
}

impl<LocalCall> CreateTransactionBase<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	type RuntimeCall = RuntimeCall;
	type Extrinsic = Extrinsic;
}

impl<LocalCall> CreateTransaction<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	type Extension = TxExtension;
	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl<LocalCall> CreateAuthorizedTransaction<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() -> TxExtension {
		(frame_system::AuthorizeCall::new(), frame_system::CheckNonce::from(0))
	}
}

impl<LocalCall> CreateSignedTransaction<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	fn create_signed_transaction<C: AppCrypto<Self::Public, Self::Signature>>(
		call: RuntimeCall,
		public: Self::Public,
		account: AccountId,
		nonce: u32,
	) -> Option<Extrinsic> {
		let signature = C::sign(&call.encode(), public)?;
		let extension = (
			frame_system::AuthorizeCall::new(),
			frame_system::CheckNonce::from(nonce),
		);
		Some(Extrinsic::new_signed(call, account, signature, extension))
	}
}

/// What the node behind the off-chain worker says, and what it was asked.
#[derive(Clone)]
pub struct Node {
	pub answer: Arc<Mutex<Poll>>,
	pub asked: Arc<Mutex<Vec<Purpose>>>,
	pub share: Arc<Mutex<Permill>>,
	pub pool: Arc<parking_lot::RwLock<PoolState>>,
}

impl Provider for Node {
	fn poll(&self, task: Task, purpose: Purpose) -> Poll {
		assert_eq!(task.input, Payload::of(purpose.job.encode()));
		self.asked.lock().push(purpose);
		self.answer.lock().clone()
	}

	fn wait(&self, _: Duration, _: Duration) {}

	fn watch_share(&self) -> Permill {
		*self.share.lock()
	}
}

fn storage() -> sp_runtime::Storage {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	pallet_balances::GenesisConfig::<Test> {
		balances: (0..20)
			.map(|who| (account(who), RICH))
			.chain([(watcher(), RICH)])
			.collect(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	storage
}

/// Runs `test` at block 1 with three validators, then checks every invariant.
pub fn build_and_execute(test: impl FnOnce()) {
	build(&[0], true, |_| test());
}

/// Likewise, on a node that holds the key of validator 0 and a watcher's.
pub fn build_with_node(test: impl FnOnce(Node)) {
	build(&[0], true, test);
}

/// Likewise, on a node that holds the keys of these validators, and a watcher's if so said.
pub fn build(keys: &[u32], watches: bool, test: impl FnOnce(Node)) {
	let (mut ext, node) = externalities(keys, watches);
	ext.execute_with(|| {
		Bond::set(100);
		Workers::set(vec![]);
		Rulings::set(vec![]);
		System::set_block_number(1);
		session(0..3);
		test(node);
		Disputes::do_try_state().unwrap();
	});
}

#[cfg(feature = "runtime-benchmarks")]
pub fn new_test_ext() -> sp_io::TestExternalities {
	externalities(&[], false).0
}

fn externalities(keys: &[u32], watches: bool) -> (sp_io::TestExternalities, Node) {
	let mut ext = sp_io::TestExternalities::new(storage());
	let (offchain, _) = TestOffchainExt::with_offchain_db(ext.offchain_db());
	let (pool, state) = TestTransactionPoolExt::new();
	let keystore = MemoryKeystore::new();
	for key in keys {
		keystore
			.ed25519_generate_new(VOTER_KEY_TYPE, Some(&seed(*key)))
			.unwrap();
	}
	if watches {
		keystore
			.sr25519_generate_new(WATCHER_KEY_TYPE, Some(&secret(u64::MAX)))
			.unwrap();
	}
	let node = Node {
		answer: Arc::new(Mutex::new(Poll::Pending)),
		asked: Default::default(),
		share: Arc::new(Mutex::new(Permill::zero())),
		pool: state,
	};
	ext.register_extension(OffchainDbExt::new(offchain.clone()));
	ext.register_extension(OffchainWorkerExt::new(offchain));
	ext.register_extension(TransactionPoolExt::new(pool));
	ext.register_extension(KeystoreExt::new(keystore));
	ext.register_extension(InferenceExt(Box::new(node.clone())));
	(ext, node)
}

/// Starts each block up to and including `block`.
pub fn run_to(block: u64) {
	while System::block_number() < block {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Disputes::on_initialize(next);
	}
}

/// An account; those from 0 to 19 are rich, all others do not exist.
pub fn account(n: u32) -> AccountId {
	let mut bytes = [7; 32];
	bytes[..4].copy_from_slice(&n.to_le_bytes());
	AccountId::new(bytes)
}

pub fn watcher() -> AccountId {
	sp_core::sr25519::Pair::from_string(&secret(u64::MAX), None)
		.unwrap()
		.public()
		.into()
}

/// The account of a validator.
pub fn validator(n: u32) -> AccountId {
	account(1_000 + n)
}

/// A seed in hexadecimal, from which keys are had much faster than from a phrase.
fn secret(n: u64) -> String {
	format!("0x{n:064x}")
}

fn seed(validator: u32) -> String {
	secret(u64::from(validator) + 1)
}

pub fn pair(validator: u32) -> VoterPair {
	VoterPair::from_string(&seed(validator), None).unwrap()
}

/// The key by which a validator votes.
pub fn key(validator: u32) -> VoterKey {
	pair(validator).public()
}

/// Begins a session with these validators.
pub fn session(validators: impl IntoIterator<Item = u32>) {
	let set: Vec<(AccountId, VoterKey)> = validators.into_iter().map(|n| (validator(n), key(n))).collect();
	let all = || set.iter().map(|(validator, key)| (validator, key.clone()));
	Disputes::on_new_session(true, all(), all());
}

pub fn genesis() -> H256 {
	System::block_hash(0)
}

/// Distinct answers, the first of which is what [`provisional_job`] results in.
pub fn outcome(n: u32) -> Answer {
	let tensor = assay_primitives::Tensor {
		dtype: assay_primitives::DType::U8,
		shape: vec![n],
		data: vec![0; n as usize],
	};
	Answer::of(&[Outcome::Answer(vec![tensor])]).0
}

/// An answer that validators never give in these tests.
pub fn fault() -> Answer {
	Answer::of(&[Outcome::Fault(FaultCode::WrongInput)]).0
}

fn new_job(stage: Stage) -> JobId {
	let job = NextJob::get();
	NextJob::put(JobId(job.0 + 1));
	Stages::insert(job, stage);
	job
}

/// A job that nobody has finished.
pub fn running_job() -> JobId {
	new_job(Stage::Running)
}

/// The result of a job becomes provisional.
pub fn finish(job: JobId) {
	Stages::insert(
		job,
		Stage::Provisional {
			digest: outcome(0).digest(),
			until: System::block_number() + WINDOW,
		},
	);
}

/// A job with the result `outcome(0)`, which may be challenged from now on.
pub fn provisional_job() -> JobId {
	let job = running_job();
	finish(job);
	job
}

/// A job whose workers do not agree, before the tribunal.
pub fn disputed_job() -> JobId {
	let job = new_job(Stage::Disputed);
	<Disputes as Tribunal<u64>>::open(job, PERIOD).unwrap();
	job
}

pub fn challenge(who: u32, job: JobId, answer: Answer) -> Result<(), DispatchError> {
	frame_support::storage::with_storage_layer(|| Disputes::challenge(RuntimeOrigin::signed(account(who)), job, answer))
}

pub fn ballot(voter: u32, votes: &[(JobId, OutcomeDigest)]) -> Ballot<u64> {
	Ballot {
		voter: key(voter),
		at: System::block_number(),
		votes: votes.to_vec().try_into().unwrap(),
	}
}

pub fn sign(voter: u32, message: &[u8]) -> VoterSignature {
	pair(voter).sign(message)
}

pub fn vote_call(voter: u32, votes: &[(JobId, OutcomeDigest)]) -> RuntimeCall {
	let ballot = ballot(voter, votes);
	let signature = sign(voter, &ballot.message(genesis()));
	pallet_disputes::Call::vote { ballot, signature }.into()
}

/// What the pool makes of a ballot from outside.
pub fn authorize(call: &RuntimeCall) -> Result<ValidTransaction, TransactionValidityError> {
	call.authorize(TransactionSource::External)
		.unwrap()
		.map(|(valid, _)| valid)
}

/// Takes a ballot through authorisation and dispatch, as a block does.
pub fn submit(call: RuntimeCall) -> Result<(), TransactionValidityError> {
	use frame_support::dispatch::GetDispatchInfo;
	use sp_runtime::traits::Dispatchable;
	authorize(&call)?;
	let announced = call.get_dispatch_info().call_weight;
	let info = call
		.dispatch(frame_system::RawOrigin::Authorized.into())
		.expect("what is authorised succeeds");
	assert!(info.actual_weight.unwrap().all_lte(announced));
	Ok(())
}

/// Votes for `outcome(n)`.
pub fn vote(voter: u32, job: JobId, n: u32) -> Result<(), TransactionValidityError> {
	submit(vote_call(voter, &[(job, outcome(n).digest())]))
}

pub fn is_open(job: JobId) -> bool {
	crate::Disputes::<Test>::contains_key(job)
}

/// The last ruling on `job`.
pub fn ruling(job: JobId) -> Option<Ruling<AccountId>> {
	let rulings = Rulings::get().into_iter().rev();
	rulings
		.into_iter()
		.find(|(ruled, _)| *ruled == job)
		.map(|(_, ruling)| ruling)
}

pub fn held(who: &AccountId) -> u64 {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&crate::HoldReason::Challenge.into(), who)
}

pub fn events() -> Vec<crate::Event<Test>> {
	let records = System::read_events_for_pallet::<crate::Event<Test>>();
	System::reset_events();
	records
}
