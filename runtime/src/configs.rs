//! The configuration of FRAME's pallets.

use crate::*;
use assay_primitives::shares;
use frame_support::{
	derive_impl,
	dispatch::DispatchClass,
	parameter_types,
	traits::{
		fungible::{Balanced, Credit, HoldConsideration},
		tokens::imbalance::OnUnbalanced,
		ConstU128, ConstU32, ConstU64, EqualPrivilegeOnly, LinearStoragePrice, VariantCountOf,
	},
	weights::{constants::ParityDbWeight, IdentityFee, WeightToFee},
};
use frame_system::limits;
use pallet_session::historical as pallet_session_historical;
use pallet_transaction_payment::{FungibleAdapter, Multiplier, MultiplierUpdate, TargetedFeeAdjustment};
use sp_runtime::{
	traits::{Bounded, Convert, ConvertInto, OpaqueKeys, Saturating},
	FixedPointNumber, PerThing, Perbill, Perquintill,
};

/// The share of a block that ordinary transactions may fill; the rest is for operational ones and inherents.
const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);

parameter_types! {
	pub const Version: RuntimeVersion = VERSION;
	pub const SS58Prefix: u16 = 42;
	pub BlockWeights: limits::BlockWeights =
		limits::BlockWeights::with_sensible_defaults(MAXIMUM_BLOCK_WEIGHT, NORMAL_DISPATCH_RATIO);
	pub BlockLength: limits::BlockLength = limits::BlockLength::builder()
		.max_length(5 * 1024 * 1024)
		.modify_max_length_for_class(DispatchClass::Normal, |length| *length = NORMAL_DISPATCH_RATIO.mul_floor(*length))
		.build();
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type Block = Block;
	type BlockWeights = BlockWeights;
	type BlockLength = BlockLength;
	type AccountId = AccountId;
	type Nonce = Nonce;
	type Hash = Hash;
	/// Longer than the mortality of any transaction.
	type BlockHashCount = ConstU32<4096>;
	type DbWeight = ParityDbWeight;
	type Version = Version;
	type AccountData = pallet_balances::AccountData<Balance>;
	type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
	type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
	type SS58Prefix = SS58Prefix;
	type MaxConsumers = ConstU32<16>;
	type SingleBlockMigrations = migrations::Migrations;
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = Babe;
	type MinimumPeriod = ConstU64<{ SLOT_DURATION / 2 }>;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

/// The number of sessions whose validators are stored, so that an equivocation in them can be proven: a little over a
/// day.
const RETAINED_SESSIONS: u32 = 168;

parameter_types! {
	/// The number of slots for which an equivocation can be reported; within [`RETAINED_SESSIONS`].
	pub const ReportLongevity: u64 = DAYS as u64;
}

impl pallet_babe::Config for Runtime {
	type EpochDuration = ConstU64<EPOCH_DURATION>;
	type ExpectedBlockTime = ConstU64<SLOT_DURATION>;
	type EpochChangeTrigger = pallet_babe::ExternalTrigger;
	type DisabledValidators = Session;
	type WeightInfo = ();
	type MaxAuthorities = ConstU32<100>;
	type MaxNominators = ConstU32<0>;
	type KeyOwnerProof = sp_session::MembershipProof;
	type EquivocationReportSystem = pallet_babe::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
}

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = ConstU32<100>;
	type MaxNominators = ConstU32<0>;
	type MaxSetIdSessionEntries = ConstU64<{ RETAINED_SESSIONS as u64 }>;
	type KeyOwnerProof = sp_session::MembershipProof;
	type EquivocationReportSystem =
		pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
}

impl pallet_authorship::Config for Runtime {
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Babe>;
	type EventHandler = ();
}

impl pallet_offences::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = pallet_session_historical::IdentificationTuple<Self>;
	/// Reports are verified and recorded. Validators of a fixed set have no stake to slash.
	type OnOffenceHandler = ();
}

/// The validators are the accounts with session keys at genesis, and never change. Other accounts may set keys, without
/// effect.
pub struct FixedValidators;

impl pallet_session::SessionManager<AccountId> for FixedValidators {
	fn new_session(_: u32) -> Option<alloc::vec::Vec<AccountId>> {
		None
	}
	fn new_session_genesis(_: u32) -> Option<alloc::vec::Vec<AccountId>> {
		let mut validators: alloc::vec::Vec<_> = pallet_session::NextKeys::<Runtime>::iter_keys().collect();
		validators.sort();
		Some(validators)
	}
	fn start_session(_: u32) {}
	fn end_session(_: u32) {}
}

impl pallet_session_historical::SessionManager<AccountId, ()> for FixedValidators {
	fn new_session(_: u32) -> Option<alloc::vec::Vec<(AccountId, ())>> {
		None
	}
	fn new_session_genesis(index: u32) -> Option<alloc::vec::Vec<(AccountId, ())>> {
		let validators = <Self as pallet_session::SessionManager<AccountId>>::new_session_genesis(index)?;
		Some(validators.into_iter().map(|validator| (validator, ())).collect())
	}
	fn start_session(_: u32) {}
	fn end_session(ended: u32) {
		if let Some(kept_from) = ended.checked_sub(RETAINED_SESSIONS) {
			Historical::prune_up_to(kept_from);
		}
	}
}

/// Identifies validators by their accounts alone.
pub struct NoIdentification;

impl sp_runtime::traits::Convert<AccountId, Option<()>> for NoIdentification {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Babe;
	type NextSessionRotation = Babe;
	type SessionManager = pallet_session_historical::NoteHistoricalRoot<Self, FixedValidators>;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	type DisablingStrategy = ();
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type KeyDeposit = ConstU128<{ 10 * MILLI_ASY }>;
}

impl pallet_session_historical::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = NoIdentification;
}

/// The minimum balance of an account. If too small, the state fills with empty accounts; if too large, new users cannot
/// join.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_ASY;

impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type DustRemoval = ();
	type DoneSlashHandler = ();
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
	type ReserveIdentifier = [u8; 8];
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type WeightInfo = weights::pallet_balances::WeightInfo<Runtime>;
}

/// Pays transaction fees to the author of the block.
pub struct FeesToAuthor;

impl OnUnbalanced<Credit<AccountId, Balances>> for FeesToAuthor {
	fn on_nonzero_unbalanced(fee: Credit<AccountId, Balances>) {
		if let Some(author) = Authorship::author() {
			// What the author's account cannot receive is burned with the imbalance.
			let _ = Balances::resolve(&author, fee);
		}
	}
}

parameter_types! {
	/// Fees rise while blocks are fuller than this, and fall while they are emptier.
	pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
	/// How fast fees change: they double in 12,323 full blocks (about ten hours), and halve in three times as many
	/// empty ones. If too small, they do not follow demand; if too large, an hour of spam prices everybody out for a
	/// day.
	pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
	pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 10);
	pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

type AdjustmentByWeight =
	TargetedFeeAdjustment<Runtime, TargetBlockFullness, AdjustmentVariable, MinimumMultiplier, MaximumMultiplier>;

/// Adjusts the fee multiplier by how full a block is: of computation, as [`TargetedFeeAdjustment`] measures it, or of
/// bytes, which it does not look at, whichever is fuller.
pub struct FeeAdjustment;

impl FeeAdjustment {
	/// Returns the next multiplier by the length of the block, from the formula of [`TargetedFeeAdjustment`].
	fn by_length(previous: Multiplier) -> Multiplier {
		let max = u128::from(*BlockLength::get().max.get(DispatchClass::Normal));
		let fullness = Multiplier::saturating_from_rational(u128::from(System::block_size()).min(max), max);
		let target = TargetBlockFullness::get();
		let target = Multiplier::saturating_from_rational(target.deconstruct(), Perquintill::ACCURACY);
		let (above, below) = (fullness.saturating_sub(target), target.saturating_sub(fullness));
		let step = AdjustmentVariable::get().saturating_mul(above.max(below));
		let half = Multiplier::saturating_from_rational(1, 2);
		let half_square = step.saturating_mul(step).saturating_mul(half);
		let next = match above >= below {
			true => previous.saturating_add(step.saturating_add(half_square).saturating_mul(previous)),
			false => previous.saturating_sub(step.saturating_sub(half_square).saturating_mul(previous)),
		};
		next.clamp(MinimumMultiplier::get(), MaximumMultiplier::get())
	}
}

impl Convert<Multiplier, Multiplier> for FeeAdjustment {
	fn convert(previous: Multiplier) -> Multiplier {
		AdjustmentByWeight::convert(previous).max(Self::by_length(previous.max(MinimumMultiplier::get())))
	}
}

impl MultiplierUpdate for FeeAdjustment {
	fn min() -> Multiplier {
		MinimumMultiplier::get()
	}

	fn max() -> Multiplier {
		MaximumMultiplier::get()
	}

	fn target() -> Perquintill {
		TargetBlockFullness::get()
	}

	fn variability() -> Multiplier {
		AdjustmentVariable::get()
	}
}

/// The price of bytes: a MiB costs about one ASY, times the fee multiplier, by which the payment pallet multiplies the
/// price of computation only.
pub struct LengthToFee;

impl WeightToFee for LengthToFee {
	type Balance = Balance;

	fn weight_to_fee(length: &Weight) -> Balance {
		let price = Balance::from(length.ref_time()).saturating_mul(ASY / 1_000_000);
		TransactionPayment::next_fee_multiplier().saturating_mul_int(price)
	}
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, FeesToAuthor>;
	type OperationalFeeMultiplier = frame_support::traits::ConstU8<5>;
	/// A second of computation costs one ASY, times the fee multiplier.
	type WeightToFee = IdentityFee<Balance>;
	type LengthToFee = LengthToFee;
	type FeeMultiplierUpdate = FeeAdjustment;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	pub const PreimageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
	pub const PreimageBaseDeposit: Balance = ASY;
	pub const PreimageByteDeposit: Balance = ASY / 100_000;
}

impl pallet_preimage::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type ManagerOrigin = governance::ParameterOrigin;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		PreimageHoldReason,
		LinearStoragePrice<PreimageBaseDeposit, PreimageByteDeposit, Balance>,
	>;
}

parameter_types! {
	pub MaximumSchedulerWeight: Weight = shares::of_block(shares::SCHEDULER, BlockWeights::get().max_block);
}

impl pallet_scheduler::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type MaximumWeight = MaximumSchedulerWeight;
	type ScheduleOrigin = governance::ParameterOrigin;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	type MaxScheduledPerBlock = ConstU32<50>;
	type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
	type Preimages = Preimage;
	type BlockNumberProvider = System;
}

/// Used by the local presets only, which set a key. Without a key in genesis nobody has sudo rights, and only a
/// referendum on the root track could grant them.
impl pallet_sudo::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}
