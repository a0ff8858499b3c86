//! A chain with this pallet, a registry of one model, a pool of known slots, a beacon that can be turned and a tribunal that takes
//! notes.

mod pool;
mod steps;

pub use pool::*;
pub use steps::*;

use crate as pallet_jobs;
use assay_primitives::{
	host::{InferenceExt, Poll, Provider, Purpose},
	key::KEY_TYPE,
	probe::{probe_pool, BoundedPort},
	terms::{Periods, Pricing, Security, SlashSplit},
	traits::{Ending, ModelRegistry, Offer, OnProbed, OnSettled, Recipe, Tribunal},
	Answer, Artifact, BoundedSpec, EngineId, Finding, JobId, ModelId, ModelRef, Task,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU64, Hooks, Randomness},
	weights::Weight,
};
use parking_lot::Mutex;
use sp_core::{
	offchain::{
		testing::{PoolState, TestOffchainExt, TestTransactionPoolExt},
		OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
	},
	H256,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	BuildStorage, DispatchError, DispatchResult, Permill,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
	time::Duration,
};

pub const REQUESTER: u64 = 1;
/// A second requester.
pub const OTHER_REQUESTER: u64 = 2;
pub const CHALLENGER: u64 = 3;
pub const OTHER_CHALLENGER: u64 = 4;
pub const OWNER: u64 = 20_000;
/// An account that does not exist.
pub const POOR: u64 = 21_000;
pub const FUND: u64 = 30_000;
/// What every account but [`POOR`] has at first.
pub const ENDOWMENT: u64 = 10_000_000;
/// The least an account may have.
pub const DEPOSIT: u64 = 20;
/// The stake behind a slot.
pub const BOND: u64 = 1_000_000;
/// What a worker gets for one input of the model.
pub const PAY: u64 = 200;
/// What the audit fund gets for each worker of a job of one input.
pub const LEVY: u64 = 24;
/// What is burned for each worker of a job of one input.
pub const BURN: u64 = 2;
/// What the owner gets for one input.
pub const ROYALTY: u64 = 10;
/// Blocks that one input takes by the model's measure.
pub const WORK: u64 = 1;
pub const MODEL: ModelId = ModelId(H256::repeat_byte(7));
pub const ENGINE: EngineId = EngineId(H256::repeat_byte(3));

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
	type BlockWeights = Weights;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type ExistentialDeposit = ConstU64<DEPOSIT>;
}

parameter_types! {
	pub static Weights: frame_system::limits::BlockWeights = Default::default();
	pub static ModelOffer: Option<Offer<u64, u64>> = Some(offer());
	pub static Prices: Pricing<u64> = pricing();
	pub static Times: Periods = periods();
	pub static Threats: Security<u64> = security();
	/// How each probe ended.
	pub static Probed: Vec<Option<Finding>> = vec![];
	/// Whether the model is in quarantine.
	pub static Quarantined: bool = false;
	pub static Due: u32 = 64;
	pub static Draws: u32 = 64;
	/// Turns the whole beacon.
	pub static Turn: u64 = 0;
	/// Turns the beacon of single blocks.
	pub static TurnOf: BTreeMap<u64, u64> = BTreeMap::new();
	/// Blocks without randomness.
	pub static Dark: BTreeSet<u64> = BTreeSet::new();
	pub static TribunalFails: bool = false;
	/// What was laid before the tribunal, with the period.
	pub static Opened: Vec<(JobId, u64)> = vec![];
	/// How each job ended for whom; with the answer, if there is one.
	pub static Endings: Vec<(JobId, u64, Option<Answer>)> = vec![];
	/// How often each worker has changed its key.
	pub static KeyChanges: BTreeMap<u64, u64> = BTreeMap::new();
	pub const AuditFund: u64 = FUND;
}

pub fn offer() -> Offer<u64, u64> {
	Offer {
		owner: OWNER,
		royalty: ROYALTY,
		macs: 100_000_000,
		listed: true,
	}
}

pub fn pricing() -> Pricing<u64> {
	Pricing {
		base: 100,
		per_giga_mac: 1_000,
		per_block: 3,
		audit_levy: Permill::from_percent(12),
		burn: Permill::from_percent(1),
	}
}

pub fn periods() -> Periods {
	Periods {
		commit: 5,
		reveal: 8,
		vote: 6,
		macs_per_block: 100_000_000,
		windows: [4, 10, 20],
	}
}

pub fn security() -> Security<u64> {
	Security {
		malicious: Permill::from_parts(333_333),
		audit: Permill::from_percent(1),
		slash: SlashSplit {
			burn: Permill::from_percent(50),
			requester: Permill::from_percent(20),
			provers: Permill::from_percent(20),
		},
		no_show_fine: 1_000,
		challenge_bond: 5_000,
	}
}

pub struct Registry;

impl ModelRegistry<u64, u64> for Registry {
	fn resolve(model: &ModelRef) -> Option<ModelId> {
		match model {
			ModelRef::Id(id) => Some(*id),
			ModelRef::Latest(family) => (family.as_slice() == b"digits").then_some(MODEL),
			ModelRef::Version(..) => None,
		}
	}

	fn servable(model: &ModelId) -> bool {
		*model == MODEL || *model == probe_pool(ENGINE)
	}

	fn inputs(_: &ModelId) -> Vec<BoundedPort> {
		vec![port()]
	}

	fn offer(model: &ModelId) -> Option<Offer<u64, u64>> {
		ModelOffer::get().filter(|_| *model == MODEL && !Quarantined::get())
	}

	fn recipe(model: &ModelId) -> Option<Recipe> {
		(*model == MODEL).then(|| Recipe {
			engine: ENGINE,
			artifact: Artifact::of(b"model"),
			spec: BoundedSpec::default(),
		})
	}

	fn is_quarantined(model: &ModelId) -> bool {
		*model == MODEL && Quarantined::get()
	}
}

/// One value a block.
pub struct Beacon;

impl Randomness<Option<H256>, u64> for Beacon {
	fn random(_: &[u8]) -> (Option<H256>, u64) {
		let now = System::block_number();
		let turned = TurnOf::get().get(&now).copied();
		let random = BlakeTwo256::hash_of(&(Turn::get(), now, turned));
		((!Dark::get().contains(&now)).then_some(random), now)
	}
}

pub struct Court;

impl Tribunal<u64> for Court {
	fn open(job: JobId, period: u64) -> DispatchResult {
		if TribunalFails::get() {
			return Err(DispatchError::Unavailable);
		}
		Opened::mutate(|opened| opened.push((job, period)));
		Ok(())
	}
}

pub struct Recorder;

impl OnSettled<u64, u64> for Recorder {
	fn on_settled(job: JobId, requester: &u64, ending: &Ending<u64>) {
		let answer = match ending {
			Ending::Settled { answer, .. } => Some((*answer).clone()),
			Ending::Refunded => None,
		};
		Endings::mutate(|endings| endings.push((job, *requester, answer)));
	}

	fn weight() -> Weight {
		Weight::from_parts(77, 0)
	}
}

impl OnProbed for Recorder {
	fn on_probed(model: &ModelId, finding: Option<Finding>) {
		assert_eq!(*model, MODEL);
		Probed::mutate(|probed| probed.push(finding));
	}

	fn weight() -> Weight {
		Weight::from_parts(99, 0)
	}
}

impl pallet_jobs::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Models = Registry;
	type Workers = Pool;
	type Tribunal = Court;
	type Beacon = Beacon;
	type Pricing = Prices;
	type Periods = Times;
	type Security = Threats;
	type AuditFund = AuditFund;
	type OnSettled = Recorder;
	type OnProbed = Recorder;
	type RecordPeriod = ConstU64<50>;
	type DuePerBlock = Due;
	type MaxDraws = Draws;
	type WeightInfo = pallet_jobs::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Pool;
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

/// What the node behind the off-chain worker says, and what it was asked.
#[derive(Clone)]
pub struct Node {
	pub answer: Arc<Mutex<Poll>>,
	/// What the answer is once somebody has waited for it.
	pub soon: Arc<Mutex<Option<Poll>>>,
	pub asked: Arc<Mutex<Vec<(Task, Purpose)>>>,
	pub pool: Arc<parking_lot::RwLock<PoolState>>,
}

impl Provider for Node {
	fn poll(&self, task: Task, purpose: Purpose) -> Poll {
		self.asked.lock().push((task, purpose));
		self.answer.lock().clone()
	}

	fn wait(&self, _: Duration, _: Duration) {
		if let Some(answer) = self.soon.lock().take() {
			*self.answer.lock() = answer;
		}
	}

	fn watch_share(&self) -> Permill {
		Permill::zero()
	}
}

fn reset() {
	Weights::set(Default::default());
	ModelOffer::set(Some(offer()));
	Probed::set(vec![]);
	Quarantined::set(false);
	Prices::set(pricing());
	Times::set(periods());
	Threats::set(security());
	Due::set(64);
	Draws::set(64);
	Turn::set(0);
	TurnOf::take();
	Dark::take();
	TribunalFails::set(false);
	Opened::take();
	Endings::take();
	KeyChanges::take();
	Served::take();
	Punished::take();
}

/// Runs `test` in block 1, checks every invariant, lets every job end, and checks that nothing is left held, busy or reserved.
pub fn build_and_execute(test: impl FnOnce()) {
	build_with_node(|_| test());
}

/// Likewise, on a node that holds the keys of the first worker.
pub fn build_with_node(test: impl FnOnce(Node)) {
	let (mut ext, node) = new_test_ext();
	ext.execute_with(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 2)));
		System::set_block_number(1);
		Jobs::on_initialize(1);
		test(node);
		check();
		end_all();
		check();
		check_idle();
	});
}

/// A chain at genesis, with nobody in the pool, and the node that runs it.
pub fn new_test_ext() -> (sp_io::TestExternalities, Node) {
	reset();
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	let rich = [REQUESTER, OTHER_REQUESTER, CHALLENGER, OTHER_CHALLENGER, OWNER, FUND];
	let balances = rich
		.into_iter()
		.chain(WORKERS)
		.map(|account| (account, ENDOWMENT))
		.chain(WORKERS.map(|worker| (stake_of(worker), 100 * BOND)))
		.collect();
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
	for change in 0..2 {
		let seed = seed(WORKER, change);
		keystore.ed25519_generate_new(KEY_TYPE, Some(&seed)).unwrap();
	}
	let node = Node {
		answer: Arc::new(Mutex::new(Poll::Pending)),
		soon: Default::default(),
		asked: Default::default(),
		pool: state,
	};
	ext.register_extension(OffchainDbExt::new(offchain.clone()));
	ext.register_extension(OffchainWorkerExt::new(offchain));
	ext.register_extension(TransactionPoolExt::new(pool));
	ext.register_extension(KeystoreExt::new(keystore));
	ext.register_extension(InferenceExt(Box::new(node.clone())));
	(ext, node)
}
