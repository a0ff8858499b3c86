//! A runtime of this pallet and balances, with a registry in which tests open and close models.

use crate as pallet_workers;
use crate::{Config, SlotsOf};
use assay_primitives::{
	api::Role,
	key::{owner_message, WorkerKey, WorkerPair, WorkerSignature},
	probe::BoundedPort,
	traits::{ModelRegistry, ModelSource, ModelTerms, Named, Offence, Penalty, SlotUse, WorkerPool},
	JobId, ModelId, ModelRef,
};
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	storage::with_transaction,
	traits::{fungible::InspectHold, ConstU32, ConstU64, Hooks},
};
use sp_core::{Pair, H256};
use sp_io::{hashing::blake2_256, TestExternalities};
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, TransactionOutcome};
use std::collections::BTreeSet;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Workers: pallet_workers,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type ExistentialDeposit = ConstU64<EXISTENTIAL>;
}

parameter_types! {
	pub static OpenModels: BTreeSet<ModelId> = BTreeSet::from([DIGITS, TABLES, SPEECH]);
}

/// Knows the models in [`OpenModels`] and no others.
pub struct Registry;

impl ModelRegistry<u64, u64> for Registry {
	fn resolve(model: &ModelRef) -> Option<ModelId> {
		match model {
			ModelRef::Id(id) => Some(*id),
			_ => None,
		}
	}

	fn is_servable(model: &ModelId) -> bool {
		OpenModels::get().contains(model)
	}

	fn inputs(_: &ModelId) -> Vec<BoundedPort> {
		vec![]
	}

	fn terms(model: &ModelId) -> Option<ModelTerms<u64, u64>> {
		OpenModels::get().contains(model).then_some(ModelTerms {
			owner: 0,
			royalty: 1,
			macs: 1,
			listed: false,
		})
	}

	fn source(_: &ModelId) -> Option<ModelSource> {
		None
	}

	fn is_quarantined(_: &ModelId) -> bool {
		false
	}
}

/// The existential deposit.
pub const EXISTENTIAL: u64 = 3;
pub const SLOT_BOND: u64 = 10;
pub const MIN_STAKE: u64 = 50;
pub const UNBONDING: u64 = 20;
pub const MAX_SLOTS: u32 = 32;
pub const MAX_MODELS: u32 = 3;
/// Blocks until a change of tickets is due.
pub const AGE: u64 = 6;
/// The maximum number of tickets that join or leave in a block.
pub const PER_BLOCK: u32 = 12;

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Registry;
	type SlotBond = ConstU64<SLOT_BOND>;
	type MinStake = ConstU64<MIN_STAKE>;
	type UnbondingPeriod = ConstU64<UNBONDING>;
	type MaxSlots = ConstU32<MAX_SLOTS>;
	type MaxModels = ConstU32<MAX_MODELS>;
	type TicketAge = ConstU32<{ AGE as u32 }>;
	type TicketsPerBlock = ConstU32<PER_BLOCK>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Registry;
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_workers::BenchmarkHelper for Registry {
	fn open_model() -> ModelId {
		DIGITS
	}
}

pub const ALICE: u64 = 1;
pub const BOB: u64 = 2;
pub const CHARLIE: u64 = 3;
pub const ENDOWMENT: u64 = 10_000;
/// The number of endowed accounts.
pub const ENDOWED: u64 = 100;
/// An account that does not exist.
pub const NOBODY: u64 = 200;

/// The use of a slot that gave an ordinary answer.
pub const ANSWERED: SlotUse = SlotUse::Answered {
	role: Role::Executor,
	confirmed: false,
};

pub const DIGITS: ModelId = ModelId(H256::repeat_byte(1));
pub const TABLES: ModelId = ModelId(H256::repeat_byte(2));
pub const SPEECH: ModelId = ModelId(H256::repeat_byte(3));
/// A model that is unknown.
pub const UNKNOWN: ModelId = ModelId(H256::repeat_byte(9));

/// Builds a chain in block 1 with endowed accounts 1 to [`ENDOWED`] and these workers.
pub fn new_test_ext(workers: Vec<(u64, u64, WorkerKey)>) -> TestExternalities {
	genesis(workers, vec![])
}

/// Builds a chain with these workers at genesis, which offer these slots.
pub fn genesis(workers: Vec<(u64, u64, WorkerKey)>, serving: Vec<(u64, ModelId, u32)>) -> TestExternalities {
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: (1..=ENDOWED).map(|account| (account, ENDOWMENT)).collect(),
			..Default::default()
		},
		workers: pallet_workers::GenesisConfig { workers, serving },
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = TestExternalities::new(storage);
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs `test` and checks all invariants after it.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext(Vec::new()).execute_with(|| {
		test();
		Workers::do_try_state().unwrap();
	});
}

/// Returns the key pair with this number.
pub fn pair(number: u64) -> WorkerPair {
	WorkerPair::from_seed(&blake2_256(&number.to_le_bytes()))
}

pub fn key(number: u64) -> WorkerKey {
	pair(number).public()
}

/// Returns the signature by which key `number` agrees to serve `account`.
pub fn proof(number: u64, account: u64) -> WorkerSignature {
	pair(number).sign(&owner_message(System::block_hash(0), &account))
}

/// Registers `account` with the key of its own number.
pub fn register(account: u64, stake: u64) {
	let origin = RuntimeOrigin::signed(account);
	assert_ok!(Workers::register(origin, stake, key(account), proof(account, account)));
}

/// Offers `slots` slots to `model`; panics if that is refused.
pub fn serve(account: u64, model: ModelId, slots: u32) {
	assert_ok!(Workers::serve(RuntimeOrigin::signed(account), model, slots));
}

/// Registers `account` with exactly the stake that `slots` slots require, and offers them.
pub fn register_serving(account: u64, model: ModelId, slots: u32) {
	register(account, MIN_STAKE.max(u64::from(slots) * SLOT_BOND));
	serve(account, model, slots);
}

/// Returns a pseudo-random seed.
pub fn seed(number: u64) -> H256 {
	blake2_256(&number.to_le_bytes()).into()
}

/// Starts the next blocks until `block` has started.
pub fn run_to(block: u64) {
	while System::block_number() < block {
		let now = System::block_number() + 1;
		System::set_block_number(now);
		Workers::on_initialize(now);
	}
}

/// Runs this number of blocks.
pub fn run(blocks: u64) {
	run_to(System::block_number() + blocks);
}

/// Runs until no change of tickets is queued.
pub fn mature() {
	while crate::QueuedChanges::<Test>::iter().next().is_some() {
		run(1);
	}
}

/// Draws an executor for the job with this id, with a seed of its own.
pub fn draw(model: ModelId, job: u64) -> Option<u64> {
	draw_except(model, job, seed(job), &[])
}

/// Draws an executor for the job with this id from the free slots of workers that are not `excluded`.
pub fn draw_except(model: ModelId, job: u64, seed: H256, excluded: &[u64]) -> Option<u64> {
	<Workers as WorkerPool<_, _>>::draw_executor(&model, JobId(job), seed, excluded, 1, 0)
}

/// Names workers for checks of the job with this id.
pub fn draw_checkers(model: ModelId, job: u64, seeds: &[H256], excluded: &[u64]) -> Vec<Named<u64>> {
	<Workers as WorkerPool<u64, u64>>::draw_checkers(&model, JobId(job), seeds, excluded)
}

/// Names one worker for a check of the job with this id, with a seed of its own. Panics if it does not take it.
pub fn draw_checker(model: ModelId, job: u64) -> u64 {
	let named = draw_checkers(model, job, &[seed(job)], &[]);
	assert!(named[0].is_drawn, "{named:?}");
	named[0].worker
}

pub fn release(model: ModelId, worker: u64, job: u64, slot_use: SlotUse) -> DispatchResult {
	<Workers as WorkerPool<_, _>>::release(&model, &worker, JobId(job), slot_use)
}

/// Penalises a worker of DIGITS for its duty in the job with this id.
pub fn penalise(
	worker: u64,
	job: u64,
	offence: Offence,
	amount: u64,
	payees: &[(u64, u64)],
) -> Result<Penalty<u64>, DispatchError> {
	<Workers as WorkerPool<_, _>>::penalise(&DIGITS, &worker, JobId(job), offence, amount, payees)
}

/// Runs something and rolls back its changes.
pub fn rolled_back<R>(run: impl FnOnce() -> R) -> R {
	with_transaction(|| TransactionOutcome::Rollback(Ok::<_, DispatchError>(run()))).unwrap()
}

pub fn free_slots(model: ModelId) -> u32 {
	<Workers as WorkerPool<u64, u64>>::free_slots(&model)
}

pub fn available_workers(model: ModelId) -> u32 {
	<Workers as WorkerPool<u64, u64>>::available_workers(&model)
}

/// Returns the number of tickets of `account`.
pub fn tickets(account: u64, model: ModelId) -> u32 {
	slots(account, model).listed()
}

pub fn slots(account: u64, model: ModelId) -> SlotsOf<Test> {
	crate::WorkerSlots::<Test>::get(account, model)
}

pub fn held(account: u64) -> u64 {
	Balances::balance_on_hold(&pallet_workers::HoldReason::Stake.into(), &account)
}
