//! A chain with this pallet, and jobs whose results a test sets.

mod steps;

pub use steps::*;

use crate::{self as pallet_disputes, Error};
use assay_mocks::{hex_seed, impl_create_transactions, MockNode};
use assay_primitives::{
	batch::Answer,
	host::PollContext,
	key::{VOTER_KEY_TYPE, WATCHER_KEY_TYPE},
	traits::{DisputedJobs, Ruling},
	Artifact, BoundedSpec, EngineId, JobId, OutcomeDigest, Payload, Task, TaskId,
};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl, parameter_types, storage_alias,
	traits::{ConstU32, ConstU64, Hooks},
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
	Twox64Concat,
};
use frame_system::{limits::BlockWeights, offchain::SigningTypes, EnsureRoot};
use sp_keystore::{testing::MemoryKeystore, Keystore};
use sp_runtime::{
	traits::{BlakeTwo256, IdentityLookup, Verify},
	AccountId32, BuildStorage, DispatchError, MultiSignature, Permill,
};

pub type AccountId = AccountId32;
type TxExtension = frame_system::AuthorizeCall<Test>;
pub type Extrinsic = sp_runtime::generic::UncheckedExtrinsic<AccountId, RuntimeCall, MultiSignature, TxExtension>;
type Block = sp_runtime::generic::Block<sp_runtime::generic::Header<u64, BlakeTwo256>, Extrinsic>;

/// Blocks in which validators have to vote.
pub const PERIOD: u64 = 10;
/// The maximum number of blocks of a round.
pub const MAX_ROUND: u64 = 35;
/// Blocks for which a result may be challenged.
pub const WINDOW: u64 = 5;
/// The initial balance of challengers.
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
	type BlockWeights = Weights;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type ExistentialDeposit = ConstU64<MINIMUM>;
}

parameter_types! {
	/// As on the chain: a quarter of a block is reserved for operational transactions.
	pub Weights: BlockWeights = BlockWeights::with_sensible_defaults(
		Weight::from_parts(1_000 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX),
		sp_runtime::Perbill::from_percent(75),
	);
	pub static Bond: u64 = 100;
	/// What tells two forks apart: it enters the task of every job.
	pub static Fork: u8 = 0;
	/// Whether workers provide the answer of every verdict.
	pub static AnswersKnown: bool = true;
	pub static Burn: Permill = Permill::zero();
	/// The workers of every job, each with the digest of its answer.
	pub static Workers: Vec<(AccountId, OutcomeDigest)> = vec![];
	pub static Rulings: Vec<(JobId, Ruling<AccountId>)> = vec![];
	pub const RulingWeight: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_MILLIS, 0);
}

impl pallet_disputes::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Jobs = Jobs;
	type ChallengeBond = Bond;
	type ForfeitBurn = Burn;
	type MaxValidators = ConstU32<100>;
	type MaxRound = ConstU64<MAX_ROUND>;
	type RulingOrigin = EnsureRoot<AccountId>;
	type DuePerBlock = ConstU32<DUE_PER_BLOCK>;
	type RulingWeight = RulingWeight;
	type WatcherId = pallet_disputes::WatcherAppCrypto;
	type WeightInfo = pallet_disputes::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Jobs;
}

/// The stage of a job.
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

/// Jobs in the stages that a test sets.
pub struct Jobs;

impl DisputedJobs<AccountId, u64> for Jobs {
	fn task(job: JobId) -> Option<Task> {
		Stages::get(job).map(|_| Task {
			engine: EngineId::default(),
			artifact: Artifact::of(b"model"),
			spec: BoundedSpec::default(),
			items: 1,
			statement: None,
			input: Payload::of((job, Fork::get()).encode()),
		})
	}

	fn task_id(job: JobId) -> Option<TaskId> {
		Self::task(job).map(|task| task.id())
	}

	fn next_job() -> JobId {
		NextJob::get()
	}

	fn provisional_digest(job: JobId) -> Option<OutcomeDigest> {
		match Stages::get(job)? {
			Stage::Provisional { digest, until } if System::block_number() <= until => Some(digest),
			_ => None,
		}
	}

	fn has_ended(job: JobId) -> bool {
		matches!(Stages::get(job), None | Some(Stage::Ended))
	}

	fn begin_dispute(job: JobId) -> Result<u64, DispatchError> {
		Self::provisional_digest(job).ok_or(Error::<Test>::NotChallengeable)?;
		Stages::insert(job, Stage::Disputed);
		Ok(PERIOD)
	}

	fn lacks_answer(_: JobId, digest: OutcomeDigest) -> bool {
		!AnswersKnown::get() && !Workers::get().iter().any(|(_, known)| *known == digest)
	}

	fn apply_ruling(job: JobId, ruling: Ruling<AccountId>) -> Vec<AccountId> {
		assert_eq!(Stages::get(job), Some(Stage::Disputed), "a dispute has one ruling");
		let brought = ruling.answer.as_ref().map(Answer::digest);
		assert!(
			brought.is_none() || brought == ruling.verdict.digest(),
			"another answer was brought"
		);
		assert!(ruling.upheld.len() <= 1, "a digest has one challenger");
		Stages::insert(job, Stage::Ended);
		let verdict = ruling.verdict;
		Rulings::mutate(|rulings| rulings.push((job, ruling)));
		let confirmed = Workers::get()
			.into_iter()
			.filter(|(_, digest)| Some(*digest) == verdict.digest());
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

impl_create_transactions!(
	Test,
	RuntimeCall,
	Extrinsic,
	TxExtension,
	frame_system::AuthorizeCall::new(),
);

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

/// Does the same on a node that holds the keys of validator 0 and of the watcher.
pub fn build_with_node(test: impl FnOnce(MockNode)) {
	build(&[0], true, test);
}

/// Does the same on a node that holds the keys of these validators, and that of the watcher if `watches`.
pub fn build(keys: &[u32], watches: bool, test: impl FnOnce(MockNode)) {
	let (mut ext, node) = externalities(keys, watches);
	ext.execute_with(|| {
		Bond::set(100);
		Fork::set(0);
		AnswersKnown::set(true);
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
	// The benchmarks of awaited answers need it.
	AnswersKnown::set(false);
	externalities(&[], false).0
}

/// Checks that a poll carries the task of the job that it names.
fn check_poll(task: &Task, context: PollContext) {
	assert_eq!(task.input, Payload::of((context.job, Fork::get()).encode()));
}

fn externalities(keys: &[u32], watches: bool) -> (sp_io::TestExternalities, MockNode) {
	let mut ext = sp_io::TestExternalities::new(storage());
	let keystore = MemoryKeystore::new();
	for key in keys {
		keystore
			.ed25519_generate_new(VOTER_KEY_TYPE, Some(&seed(*key)))
			.unwrap();
	}
	if watches {
		keystore
			.sr25519_generate_new(WATCHER_KEY_TYPE, Some(&watcher_seed()))
			.unwrap();
	}
	let node = MockNode::register(&mut ext, keystore, check_poll);
	(ext, node)
}
