//! A runtime of the protocol's pallets, with the parameters of the real one. What governance may change is a thread-local
//! value here, so that a test can change it in the middle of a job.

use crate::{books::Observer, escrow};
use assay_primitives::terms::{Periods, Pricing, Security, SlashSplit};
use codec::Encode;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU32, Get, Randomness},
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
/// The least stake of a worker.
pub const MIN_STAKE: Balance = 100 * ASY;
/// What the audit fund begins with.
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

/// The pricing that the chain begins with.
pub fn pricing() -> Pricing<Balance> {
	Pricing {
		base: ASY / 1_000,
		per_giga_mac: ASY / 100,
		per_block: ASY / 100_000,
		audit_levy: Permill::from_percent(12),
		burn: Permill::from_percent(1),
	}
}

/// The periods that the chain begins with.
pub fn periods() -> Periods {
	Periods {
		commit: 20,
		reveal: 100,
		vote: 40,
		macs_per_block: 3_000_000_000,
		windows: [10, 100, 1_200],
	}
}

/// The security parameters that the chain begins with.
pub fn security() -> Security<Balance> {
	Security {
		malicious: Permill::from_parts(333_333),
		audit: Permill::from_percent(10),
		slash: SlashSplit {
			burn: Permill::from_percent(50),
			requester: Permill::from_percent(20),
			provers: Permill::from_percent(20),
		},
		no_show_fine: ASY / 10,
		challenge_bond: 2 * ASY,
	}
}

parameter_types! {
	pub static CurrentPricing: Pricing<Balance> = pricing();
	pub static CurrentPeriods: Periods = periods();
	pub static CurrentSecurity: Security<Balance> = security();
	/// Behind all randomness of the chain.
	pub static Seed: u64 = 0;
	/// Whether blocks carry no randomness at present.
	pub static Dark: bool = false;
	/// Two weeks in the real runtime.
	pub static Unbonding: BlockNumber = 2_000;
	/// A week in the real runtime.
	pub static RecordPeriod: BlockNumber = 50;
	pub const AuditFund: AccountId = FUND;
}

/// Sets all that outlives a chain on this thread back to what it was before the first.
pub fn reset(seed: u64) {
	CurrentPricing::set(pricing());
	CurrentPeriods::set(periods());
	CurrentSecurity::set(security());
	Seed::set(seed);
	Dark::set(false);
	Unbonding::set(2_000);
	RecordPeriod::set(50);
}

/// Stands for the VRF output of each block: a hash of the seed and the block's number.
pub struct Beacon;

impl Randomness<Option<H256>, BlockNumber> for Beacon {
	fn random(subject: &[u8]) -> (Option<H256>, BlockNumber) {
		let now = System::block_number();
		let output = BlakeTwo256::hash(&(b"vrf", Seed::get(), now, subject).encode());
		((!Dark::get()).then_some(output), now)
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
	type ModelOrigin = EnsureRoot<AccountId>;
	type QuarantineOrigin = EnsureRoot<AccountId>;
	type OnQuarantine = Jobs;
	type EngineOrigin = EnsureRoot<AccountId>;
	type Prober = Jobs;
	type PriceNotice = ConstU32<10>;
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
	type WeightInfo = ();
}

impl pallet_jobs::Config for Runtime {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Models = Models;
	type Workers = Workers;
	type Tribunal = Disputes;
	type Beacon = Beacon;
	type Pricing = CurrentPricing;
	type Periods = CurrentPeriods;
	type Security = CurrentSecurity;
	type AuditFund = AuditFund;
	type OnSettled = (Observer, Escrow);
	type OnProbed = Models;
	type RecordPeriod = RecordPeriod;
	type DuePerBlock = ConstU32<100>;
	type MaxDraws = ConstU32<64>;
	type WeightInfo = pallet_jobs::weights::SubstrateWeight<Runtime>;
}

/// The bond that the security parameters name.
pub struct ChallengeBond;

impl Get<Balance> for ChallengeBond {
	fn get() -> Balance {
		CurrentSecurity::get().challenge_bond
	}
}

/// As much as of a slot bond.
pub struct ForfeitBurn;

impl Get<Permill> for ForfeitBurn {
	fn get() -> Permill {
		CurrentSecurity::get().slash.burn
	}
}

impl pallet_disputes::Config for Runtime {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Jobs = Jobs;
	type ChallengeBond = ChallengeBond;
	type ForfeitBurn = ForfeitBurn;
	type MaxValidators = ConstU32<100>;
	type DuePerBlock = ConstU32<100>;
	type RuleWeight = ();
	type WatcherId = Nobody;
	type WeightInfo = ();
}

/// Signs nothing: tests make the calls of watchers themselves.
pub struct Nobody;

impl AppCrypto<UintAuthorityId, TestSignature> for Nobody {
	type RuntimeAppPublic = UintAuthorityId;
	type GenericPublic = UintAuthorityId;
	type GenericSignature = TestSignature;
}

impl frame_system::offchain::SigningTypes for Runtime {
	type Public = UintAuthorityId;
	type Signature = TestSignature;
}

impl<LocalCall> frame_system::offchain::CreateSignedTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_signed_transaction<C: AppCrypto<Self::Public, Self::Signature>>(
		_: RuntimeCall,
		_: UintAuthorityId,
		_: AccountId,
		_: Self::Nonce,
	) -> Option<Extrinsic> {
		None
	}
}

impl escrow::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Inference = Jobs;
}

impl<LocalCall> frame_system::offchain::CreateTransactionBase<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type RuntimeCall = RuntimeCall;
	type Extrinsic = Extrinsic;
}

impl<LocalCall> frame_system::offchain::CreateTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type Extension = TxExtension;
	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl<LocalCall> frame_system::offchain::CreateAuthorizedTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() -> TxExtension {
		TxExtension::new()
	}
}
