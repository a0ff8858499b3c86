//! A chain with this pallet, a registry of one model and a pool of known slots.

use crate::{self as pallet_jobs, CommitBatch, Reveal, RevealBatch, Terms};
use assay_primitives::{
	host::{InferenceExt, Poll, Provider},
	key::{commitment, salt, salt_message, WorkerKey, WorkerPair, WorkerSignature, KEY_TYPE},
	traits::{ModelRegistry, Offer, Recipe, Service, WorkerPool},
	Artifact, BoundedSpec, EngineId, FaultCode, JobId, ModelId, Outcome, Payload, Task,
};
use codec::Encode;
use frame_support::{
	derive_impl, parameter_types,
	traits::{Authorize, ConstU32, ConstU64, Hooks},
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
	traits::{BlakeTwo256, Hash},
	transaction_validity::{TransactionSource, TransactionValidityError, ValidTransaction},
	BuildStorage, DispatchResult, Permill,
};
use std::sync::Arc;

pub const REQUESTER: u64 = 1;
pub const WORKER: u64 = 10;
pub const OTHER_WORKER: u64 = 11;
pub const OWNER: u64 = 20;
/// An owner without an account.
pub const POOR_OWNER: u64 = 21;
pub const MODEL: ModelId = ModelId(H256::repeat_byte(7));

type TxExtension = frame_system::AuthorizeCall<Test>;
pub type Extrinsic = sp_runtime::testing::TestXt<RuntimeCall, TxExtension>;
type Block = sp_runtime::generic::Block<sp_runtime::generic::Header<u64, BlakeTwo256>, Extrinsic>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Jobs: pallet_jobs,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type ExistentialDeposit = ConstU64<20>;
}

parameter_types! {
	pub static ModelOwner: u64 = OWNER;
	pub static Price: Option<u64> = Some(100);
	pub static FreeSlots: Vec<u64> = vec![WORKER; 4];
	pub static Released: Vec<(u64, Service)> = vec![];
	pub const OwnerShare: Permill = Permill::from_percent(10);
}

pub struct Registry;

impl ModelRegistry<u64, u64> for Registry {
	fn offer(model: &ModelId) -> Option<Offer<u64, u64>> {
		Price::get().filter(|_| *model == MODEL).map(|price| Offer {
			owner: ModelOwner::get(),
			price,
		})
	}

	fn recipe(model: &ModelId) -> Option<Recipe> {
		(*model == MODEL).then(|| Recipe {
			engine: EngineId::default(),
			artifact: Artifact::of(b"model"),
			spec: BoundedSpec::default(),
		})
	}
}

pub struct Slots;

impl WorkerPool<u64> for Slots {
	fn draw(_: &ModelId, _: H256) -> Option<u64> {
		FreeSlots::mutate(Vec::pop)
	}

	fn release(_: &ModelId, worker: &u64, service: Service) -> DispatchResult {
		Released::mutate(|released| released.push((*worker, service)));
		if service == Service::Answered {
			FreeSlots::mutate(|slots| slots.push(*worker));
		}
		Ok(())
	}

	fn free_slots(_: &ModelId) -> u32 {
		FreeSlots::get().len() as u32
	}

	fn key(worker: &u64) -> Option<WorkerKey> {
		[WORKER, OTHER_WORKER].contains(worker).then(|| pair(*worker).public())
	}

	fn worker(key: &WorkerKey) -> Option<u64> {
		[WORKER, OTHER_WORKER]
			.into_iter()
			.find(|worker| pair(*worker).public() == *key)
	}
}

impl pallet_jobs::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Models = Registry;
	type Workers = Slots;
	type Randomness = frame_support_test_randomness::Fixed;
	type ClaimPeriod = ConstU64<5>;
	type RevealPeriod = ConstU64<5>;
	type RecordPeriod = ConstU64<50>;
	type OwnerShare = OwnerShare;
	type DuePerBlock = ConstU32<3>;
	type WeightInfo = pallet_jobs::weights::SubstrateWeight<Test>;
}

mod frame_support_test_randomness {
	use super::*;

	pub struct Fixed;

	impl frame_support::traits::Randomness<H256, u64> for Fixed {
		fn random(subject: &[u8]) -> (H256, u64) {
			(BlakeTwo256::hash(subject), 0)
		}
	}
}

impl<LocalCall> frame_system::offchain::CreateTransactionBase<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	type RuntimeCall = RuntimeCall;
	type Extrinsic = Extrinsic;
}

impl<LocalCall> frame_system::offchain::CreateTransaction<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	type Extension = TxExtension;
	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl<LocalCall> frame_system::offchain::CreateAuthorizedTransaction<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() -> TxExtension {
		TxExtension::new()
	}
}

/// What the node behind the off-chain worker says, and how often it was asked.
#[derive(Clone)]
pub struct Node {
	pub answer: Arc<Mutex<Poll>>,
	pub asked: Arc<Mutex<Vec<Task>>>,
	pub pool: Arc<parking_lot::RwLock<PoolState>>,
}

impl Provider for Node {
	fn poll(&self, task: Task) -> Poll {
		self.asked.lock().push(task);
		self.answer.lock().clone()
	}
}

/// Runs `test` at block 1, then checks every invariant.
pub fn build_and_execute(test: impl FnOnce()) {
	build_with_node(|_| test());
}

/// Likewise, on a node that holds the key of [`WORKER`].
pub fn build_with_node(test: impl FnOnce(Node)) {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	let balances = vec![
		(REQUESTER, 1_000),
		(WORKER, 1_000),
		(OTHER_WORKER, 1_000),
		(OWNER, 1_000),
	];
	pallet_balances::GenesisConfig::<Test> {
		balances,
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);

	let (offchain, _) = TestOffchainExt::with_offchain_db(ext.offchain_db());
	let (pool, state) = TestTransactionPoolExt::new();
	let keystore = MemoryKeystore::new();
	keystore.ed25519_generate_new(KEY_TYPE, Some(&seed(WORKER))).unwrap();
	let node = Node {
		answer: Arc::new(Mutex::new(Poll::Pending)),
		asked: Default::default(),
		pool: state,
	};
	ext.register_extension(OffchainDbExt::new(offchain.clone()));
	ext.register_extension(OffchainWorkerExt::new(offchain));
	ext.register_extension(TransactionPoolExt::new(pool));
	ext.register_extension(KeystoreExt::new(keystore));
	ext.register_extension(InferenceExt(Box::new(node.clone())));

	ext.execute_with(|| {
		System::set_block_number(1);
		test(node);
		Jobs::do_try_state().unwrap();
	});
}

/// Starts each block up to and including `block`.
pub fn run_to(block: u64) {
	while System::block_number() < block {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Jobs::on_initialize(next);
	}
}

fn seed(worker: u64) -> String {
	format!("//worker{worker}")
}

pub fn pair(worker: u64) -> WorkerPair {
	WorkerPair::from_string(&seed(worker), None).unwrap()
}

pub fn genesis() -> H256 {
	System::block_hash(0)
}

pub fn outcome() -> Payload {
	Payload::of(Outcome::Answer(vec![]).encode())
}

pub fn other_outcome() -> Payload {
	Payload::of(Outcome::Fault(FaultCode::WrongInput).encode())
}

pub fn input() -> Payload {
	Payload::of(b"input".to_vec())
}

/// Requests an answer at the going price and returns the job's number.
pub fn request() -> JobId {
	let job = crate::NextJob::<Test>::get();
	Jobs::request(RuntimeOrigin::signed(REQUESTER), MODEL, input(), Terms { max_fee: 100 }).unwrap();
	job
}

pub fn salt_of(worker: u64, job: JobId) -> H256 {
	salt(&sign(worker, &salt_message(genesis(), job, &worker)))
}

pub fn sign(worker: u64, message: &[u8]) -> WorkerSignature {
	pair(worker).sign(message)
}

pub fn commit_batch(worker: u64, jobs: &[JobId], outcome: &Payload) -> CommitBatch<u64> {
	let digest = outcome.outcome_digest();
	let commits: Vec<_> = jobs
		.iter()
		.map(|job| {
			(
				*job,
				commitment(genesis(), *job, &worker, digest, salt_of(worker, *job)),
			)
		})
		.collect();
	CommitBatch {
		worker,
		commits: commits.try_into().unwrap(),
	}
}

pub fn reveal_batch(worker: u64, jobs: &[JobId], outcome: &Payload) -> RevealBatch<u64> {
	let reveals: Vec<_> = jobs
		.iter()
		.map(|job| Reveal {
			job: *job,
			outcome: outcome.clone(),
			salt: salt_of(worker, *job),
		})
		.collect();
	RevealBatch {
		worker,
		reveals: reveals.try_into().unwrap(),
	}
}

pub fn commit_call(batch: CommitBatch<u64>) -> RuntimeCall {
	let signature = sign(batch.worker, &batch.message(genesis()));
	pallet_jobs::Call::commit { batch, signature }.into()
}

pub fn reveal_call(batch: RevealBatch<u64>) -> RuntimeCall {
	let signature = sign(batch.worker, &batch.message(genesis()));
	pallet_jobs::Call::reveal { batch, signature }.into()
}

/// What the pool makes of a submission from outside.
pub fn authorize(call: &RuntimeCall) -> Result<ValidTransaction, TransactionValidityError> {
	call.authorize(TransactionSource::External)
		.unwrap()
		.map(|(valid, _)| valid)
}

/// Takes a submission through authorisation and dispatch, as a block does.
pub fn submit(call: RuntimeCall) -> Result<(), TransactionValidityError> {
	use sp_runtime::traits::Dispatchable;
	authorize(&call)?;
	call.dispatch(frame_system::RawOrigin::Authorized.into())
		.expect("what is authorised succeeds");
	Ok(())
}

pub fn commit(worker: u64, jobs: &[JobId]) -> Result<(), TransactionValidityError> {
	submit(commit_call(commit_batch(worker, jobs, &outcome())))
}

pub fn reveal(worker: u64, jobs: &[JobId]) -> Result<(), TransactionValidityError> {
	submit(reveal_call(reveal_batch(worker, jobs, &outcome())))
}
