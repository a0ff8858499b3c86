//! A runtime of the protocol's pallets, with the parameters of the real one. What governance may change is a
//! thread-local value here, so that a test can change it in the middle of a job.

use crate::escrow;
use assay_mocks::impl_create_transactions;
use assay_primitives::{
	terms::{Periods, Pricing, Security, SlashSplit},
	traits::{JobResult, OnJobEnded},
	JobId, OutcomeDigest,
};
use codec::Encode;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU32, Randomness},
	weights::Weight,
};
use frame_system::{offchain::AppCrypto, EnsureRoot};
use sp_core::H256;
use sp_runtime::{
	testing::{TestSignature, UintAuthorityId},
	traits::{BlakeTwo256, Hash},
	Permill,
};

pub type AccountId = u64;
pub type Balance = u128;
pub type BlockNumber = u32;

/// One whole token.
pub const ASY: Balance = 1_000_000_000_000;
/// The stake behind each slot.
pub const SLOT_BOND: Balance = 10 * ASY;
/// The minimum stake of a worker.
pub const MIN_STAKE: Balance = 100 * ASY;
/// The initial balance of the audit fund.
pub const FUND_ENDOWMENT: Balance = 10_000 * ASY;
/// The audit fund.
pub const FUND: AccountId = 1;

type TxExtension = frame_system::AuthorizeCall<Runtime>;
pub type Extrinsic = sp_runtime::testing::TestXt<RuntimeCall, TxExtension>;
type Block = sp_runtime::generic::Block<sp_runtime::generic::Header<BlockNumber, BlakeTwo256>, Extrinsic>;

frame_support::construct_runtime!(
	pub enum Runtime {
		System: frame_system,
		Balances: pallet_balances,
		Models: pallet_models,
		Workers: pallet_workers,
		Jobs: pallet_jobs,
		Disputes: pallet_disputes,
		Escrow: escrow,
	}
);

parameter_types! {
	/// Every result of which consumers were notified, with the digest of the answer if there is one.
	pub static NotifiedResults: Vec<(JobId, AccountId, Option<OutcomeDigest>)> = Vec::new();
}

/// Records how jobs end.
pub struct Observer;

impl OnJobEnded<AccountId, Balance> for Observer {
	fn on_job_ended(job: JobId, requester: &AccountId, result: &JobResult<Balance>) {
		let digest = match result {
			JobResult::Settled { answer, .. } => Some(answer.digest()),
			JobResult::Refunded => None,
		};
		NotifiedResults::mutate(|results| results.push((job, *requester, digest)));
	}

	fn weight() -> Weight {
		Weight::zero()
	}
}

/// Returns the initial pricing.
pub fn pricing() -> Pricing<Balance> {
	Pricing {
		base: ASY / 1_000,
		per_giga_mac: ASY / 100,
		per_block: ASY / 100_000,
		audit_levy: Permill::from_percent(12),
		burn: Permill::from_percent(1),
	}
}

/// Returns the initial periods.
pub fn periods() -> Periods {
	Periods {
		commit: 20,
		reveal: 100,
		vote: 40,
		macs_per_block: 3_000_000_000,
		windows: [23, 100, 1_200],
	}
}

/// Returns the initial security parameters.
pub fn security() -> Security<Balance> {
	Security {
		malicious_share: Permill::from_parts(333_333),
		audit_rate: Permill::from_percent(10),
		author_share: Permill::from_parts(333_333),
		reexecution: Permill::from_percent(90),
		slash: SlashSplit {
			burn: Permill::from_percent(50),
			requester: Permill::from_percent(20),
			reporters: Permill::from_percent(20),
		},
		no_show_fine: ASY / 10,
		challenge_bond: 2 * ASY,
	}
}

parameter_types! {
	pub static CurrentPricing: Pricing<Balance> = pricing();
	pub static CurrentPeriods: Periods = periods();
	pub static CurrentSecurity: Security<Balance> = security();
	/// The seed of all randomness of the chain.
	pub static Seed: u64 = 0;
	/// Whether blocks carry no randomness for now.
	pub static BeaconSilent: bool = false;
	/// Two weeks in the real runtime.
	pub static Unbonding: BlockNumber = 2_000;
	/// A week in the real runtime.
	pub static RecordPeriod: BlockNumber = 50;
	pub const AuditFund: AccountId = FUND;
	pub ChallengeBond: Balance = CurrentSecurity::get().challenge_bond;
	/// The burned share of a lost challenge, which is that of a slot bond.
	pub ForfeitBurn: Permill = CurrentSecurity::get().slash.burn;
}

/// Resets everything on this thread that outlives a chain.
pub fn reset(seed: u64) {
	CurrentPricing::set(pricing());
	CurrentPeriods::set(periods());
	CurrentSecurity::set(security());
	Seed::set(seed);
	BeaconSilent::set(false);
	Unbonding::set(2_000);
	RecordPeriod::set(50);
}

/// Stands in for the VRF output of each block: a hash of the seed and the block's number.
pub struct Beacon;

impl Randomness<Option<H256>, BlockNumber> for Beacon {
	fn random(subject: &[u8]) -> (Option<H256>, BlockNumber) {
		let now = System::block_number();
		let output = BlakeTwo256::hash(&(b"vrf", Seed::get(), now, subject).encode());
		((!BeaconSilent::get()).then_some(output), now)
	}
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
	type Balance = Balance;
	type AccountStore = System;
	type ExistentialDeposit = ConstU128<{ ASY / 1_000 }>;
}

impl pallet_models::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ModelDepositBase = ConstU128<{ 10 * ASY }>;
	type ModelDepositPerByte = ConstU128<{ ASY / 100 }>;
	type FailedProbePrice = ConstU128<{ 3 * ASY / 2_000 }>;
	type ModelOrigin = EnsureRoot<AccountId>;
	type QuarantineOrigin = EnsureRoot<AccountId>;
	type OnQuarantine = Jobs;
	type EngineOrigin = EnsureRoot<AccountId>;
	type Prober = Jobs;
	type RoyaltyNotice = ConstU32<10>;
	type FamilyDeposit = ConstU128<{ 10 * ASY }>;
	type VersionDeposit = ConstU128<ASY>;
	type WeightInfo = ();
}

impl pallet_workers::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Models;
	type SlotBond = ConstU128<SLOT_BOND>;
	type MinStake = ConstU128<MIN_STAKE>;
	type UnbondingPeriod = Unbonding;
	type MaxSlots = ConstU32<256>;
	type MaxModels = ConstU32<32>;
	type TicketAge = ConstU32<16>;
	type TicketsPerBlock = ConstU32<50>;
	type WeightInfo = ();
}

impl pallet_jobs::Config for Runtime {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Models = Models;
	type Workers = Workers;
	type Tribunal = Disputes;
	type ChallengeLane = Disputes;
	type Beacon = Beacon;
	type Pricing = CurrentPricing;
	type Periods = CurrentPeriods;
	type Security = CurrentSecurity;
	type AuditFund = AuditFund;
	type OnJobEnded = (Observer, Escrow);
	type OnProbed = Models;
	type RecordPeriod = RecordPeriod;
	type DuePerBlock = ConstU32<100>;
	type MaxDraws = ConstU32<64>;
	type WeightInfo = pallet_jobs::weights::SubstrateWeight<Runtime>;
}

impl pallet_disputes::Config for Runtime {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Jobs = Jobs;
	type ChallengeBond = ChallengeBond;
	type ForfeitBurn = ForfeitBurn;
	type MaxValidators = ConstU32<100>;
	type MaxRound = ConstU32<28_800>;
	type RulingOrigin = EnsureRoot<AccountId>;
	type DuePerBlock = ConstU32<100>;
	type RulingWeight = ();
	type WatcherId = NoWatcher;
	type WeightInfo = ();
}

/// Signs nothing: tests submit the calls of watchers themselves.
pub struct NoWatcher;

impl AppCrypto<UintAuthorityId, TestSignature> for NoWatcher {
	type RuntimeAppPublic = UintAuthorityId;
	type GenericPublic = UintAuthorityId;
	type GenericSignature = TestSignature;
}

impl frame_system::offchain::SigningTypes for Runtime {
	type Public = UintAuthorityId;
	type Signature = TestSignature;
}

impl escrow::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Inference = Jobs;
}

impl_create_transactions!(Runtime, RuntimeCall, Extrinsic, TxExtension, TxExtension::new());
