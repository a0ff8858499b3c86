//! A chain with this pallet, a registry of one model, a pool of known slots, a beacon that tests can change, and a
//! tribunal that records what it is asked.

mod pool;
mod steps;

pub use pool::*;
pub use steps::*;

use crate as pallet_jobs;
use assay_mocks::{hex_seed, impl_create_transactions, MockNode};
use assay_primitives::{
	key::WORKER_KEY_TYPE,
	probe::{probe_pool, BoundedPort},
	terms::{Periods, Pricing, Security, SlashSplit},
	traits::{ChallengeLane, JobResult, ModelRegistry, ModelSource, ModelTerms, OnJobEnded, OnProbed, Tribunal},
	Answer, Artifact, BoundedSpec, EngineId, Finding, JobId, ModelId, ModelRef,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU64, Hooks, Randomness},
	weights::Weight,
};
use sp_core::H256;
use sp_keystore::{testing::MemoryKeystore, Keystore};
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	BuildStorage, DispatchError, DispatchResult, Permill,
};
use std::collections::{BTreeMap, BTreeSet};

pub const REQUESTER: u64 = 1;
/// A second requester.
pub const OTHER_REQUESTER: u64 = 2;
pub const CHALLENGER: u64 = 3;
pub const OTHER_CHALLENGER: u64 = 4;
pub const OWNER: u64 = 20_000;
/// An account that does not exist.
pub const POOR: u64 = 21_000;
pub const FUND: u64 = 30_000;
/// The initial balance of every account except [`POOR`].
pub const ENDOWMENT: u64 = 10_000_000;
/// The minimum balance of an account.
pub const DEPOSIT: u64 = 20;
/// The stake behind a slot.
pub const BOND: u64 = 1_000_000;
/// What a worker gets for one item.
pub const PAY: u64 = 200;
/// What the audit fund gets for each worker of a job of one item.
pub const LEVY: u64 = 24;
/// What is burned for each worker of a job of one item.
pub const BURN: u64 = 2;
/// What the owner gets for one item.
pub const ROYALTY: u64 = 10;
/// Blocks that are granted for the work on one item.
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
	pub static TermsOfModel: Option<ModelTerms<u64, u64>> = Some(model_terms());
	pub static Prices: Pricing<u64> = pricing();
	pub static Times: Periods = periods();
	pub static Threats: Security<u64> = security();
	/// The finding of each probe that ended.
	pub static Probed: Vec<Option<Finding>> = vec![];
	/// Whether the model is in quarantine.
	pub static Quarantined: bool = false;
	pub static Due: u32 = 64;
	pub static Draws: u32 = 64;
	/// Changes the beacon of all blocks.
	pub static BeaconSeed: u64 = 0;
	/// Changes the beacon of single blocks.
	pub static BeaconSeedOf: BTreeMap<u64, u64> = BTreeMap::new();
	/// Blocks without randomness.
	pub static SilentBeacons: BTreeSet<u64> = BTreeSet::new();
	/// Blocks that have no room for a challenge.
	pub static FullBlocks: BTreeSet<u64> = BTreeSet::new();
	/// The disputes that the tribunal was asked to open, with their periods.
	pub static Opened: Vec<(JobId, u64)> = vec![];
	/// The jobs whose end was notified, with their requester and, if there is one, their answer.
	pub static Ended: Vec<(JobId, u64, Option<Answer>)> = vec![];
	/// How often each worker has changed its key.
	pub static KeyChanges: BTreeMap<u64, u64> = BTreeMap::new();
	pub const AuditFund: u64 = FUND;
}

pub fn model_terms() -> ModelTerms<u64, u64> {
	ModelTerms {
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
		malicious_share: Permill::from_parts(333_333),
		audit_rate: Permill::from_percent(1),
		author_share: Permill::from_parts(333_333),
		reexecution: Permill::from_percent(90),
		slash: SlashSplit {
			burn: Permill::from_percent(50),
			requester: Permill::from_percent(20),
			reporters: Permill::from_percent(20),
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

	fn is_servable(model: &ModelId) -> bool {
		*model == MODEL || *model == probe_pool(ENGINE)
	}

	fn inputs(_: &ModelId) -> Vec<BoundedPort> {
		vec![port()]
	}

	fn terms(model: &ModelId) -> Option<ModelTerms<u64, u64>> {
		TermsOfModel::get().filter(|_| *model == MODEL && !Quarantined::get())
	}

	fn source(model: &ModelId) -> Option<ModelSource> {
		(*model == MODEL).then(|| ModelSource {
			engine: ENGINE,
			artifact: Artifact::of(b"model"),
			spec: BoundedSpec::default(),
		})
	}

	fn is_quarantined(model: &ModelId) -> bool {
		*model == MODEL && Quarantined::get()
	}
}

/// One value in each block.
pub struct Beacon;

impl Randomness<Option<H256>, u64> for Beacon {
	fn random(_: &[u8]) -> (Option<H256>, u64) {
		let now = System::block_number();
		let seed = BeaconSeedOf::get().get(&now).copied();
		let random = BlakeTwo256::hash_of(&(BeaconSeed::get(), now, seed));
		((!SilentBeacons::get().contains(&now)).then_some(random), now)
	}
}

pub struct MockTribunal;

impl Tribunal<u64> for MockTribunal {
	fn open(job: JobId, period: u64) {
		Opened::mutate(|opened| opened.push((job, period)));
	}
}

pub struct Lane;

impl ChallengeLane for Lane {
	fn blocks_with_room() -> u64 {
		let now = System::block_number();
		now - FullBlocks::get().range(..now).count() as u64
	}
}

pub struct Recorder;

impl OnJobEnded<u64, u64> for Recorder {
	fn on_job_ended(job: JobId, requester: &u64, result: &JobResult<u64>) {
		let answer = match result {
			JobResult::Settled { answer, .. } => Some((*answer).clone()),
			JobResult::Refunded => None,
		};
		Ended::mutate(|ended| ended.push((job, *requester, answer)));
	}

	fn weight() -> Weight {
		Weight::from_parts(77, 0)
	}
}

impl OnProbed for Recorder {
	fn on_probed(_: JobId, model: &ModelId, finding: Option<Finding>) {
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
	type Tribunal = MockTribunal;
	type ChallengeLane = Lane;
	type Beacon = Beacon;
	type Pricing = Prices;
	type Periods = Times;
	type Security = Threats;
	type AuditFund = AuditFund;
	type OnJobEnded = Recorder;
	type OnProbed = Recorder;
	type RecordPeriod = ConstU64<50>;
	type DuePerBlock = Due;
	type MaxDraws = Draws;
	type WeightInfo = pallet_jobs::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Pool;
}

impl_create_transactions!(Test, RuntimeCall, Extrinsic, TxExtension, TxExtension::new());

fn reset() {
	Weights::set(Default::default());
	TermsOfModel::set(Some(model_terms()));
	Probed::set(vec![]);
	Quarantined::set(false);
	Prices::set(pricing());
	Times::set(periods());
	Threats::set(security());
	Due::set(64);
	Draws::set(64);
	BeaconSeed::set(0);
	BeaconSeedOf::take();
	SilentBeacons::take();
	FullBlocks::take();
	Opened::take();
	Ended::take();
	KeyChanges::take();
	Served::take();
	Punished::take();
	Unready::take();
	Workload::set(1);
	Age::set(200);
}

/// Runs `test` in block 1, checks every invariant, lets every job end, and checks that nothing is left on hold, busy or
/// promised.
pub fn build_and_execute(test: impl FnOnce()) {
	build_with_node(|_| test());
}

/// Does the same on a node that holds the keys of the first worker.
pub fn build_with_node(test: impl FnOnce(MockNode)) {
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

/// Returns a chain at genesis without workers, and the node that runs it.
pub fn new_test_ext() -> (sp_io::TestExternalities, MockNode) {
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
	let keystore = MemoryKeystore::new();
	for change in 0..2 {
		let seed = seed(WORKER, change);
		keystore.ed25519_generate_new(WORKER_KEY_TYPE, Some(&seed)).unwrap();
	}
	let node = MockNode::register(&mut ext, keystore, |_, _| ());
	(ext, node)
}
