//! The configuration of Assay's own pallets, and the parameters that governance may change without an upgrade.

use crate::*;
use assay_primitives::{
	api,
	ranges::{Limits, OutOfRange, Ranged, MIN_WINDOW},
	terms::{self, SlashSplit},
	traits::OnProbed,
};
use core::marker::PhantomData;
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	parameter_types,
	traits::{fungible::Inspect, ConstU128, ConstU32, Get},
	PalletId,
};
use pallet_jobs::WeightInfo as _;
use sp_runtime::{traits::AccountIdConversion, Permill};

/// The parameters under governance. Jobs keep those that were current when they were accepted. The type of each
/// parameter documents what breaks when a figure is too small or too large; `assay_primitives::ranges` has the range of
/// each. Read them through [`InRange`].
#[dynamic_params(RuntimeParameters, parameters::pallet::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// The parameters of jobs and disputes.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod protocol {
		/// The price of answers. An answer of a model with 300 million multiply-accumulates costs 0.004 ASY per worker.
		#[codec(index = 0)]
		pub static Pricing: terms::Pricing<Balance> = terms::Pricing {
			base: MILLI_ASY,
			per_giga_mac: 10 * MILLI_ASY,
			// An hour of a slot costs as much as 12 small answers.
			per_block: MILLI_ASY / 100,
			// A little more than the audit rate, so that the fund lasts even if no job has checkers and nobody cheats.
			audit_levy: Permill::from_percent(12),
			burn: Permill::from_percent(1),
		};

		/// The periods of a job.
		#[codec(index = 1)]
		pub static Periods: terms::Periods = terms::Periods {
			commit: MINUTES,
			reveal: 5 * MINUTES,
			vote: 2 * MINUTES,
			// A billion per second: a sixth of what one core of a 2024 machine achieves.
			macs_per_block: 3_000_000_000,
			windows: [short_window(), 5 * MINUTES, HOURS],
		};

		/// The assumptions about adversaries, and the penalties.
		#[codec(index = 2)]
		pub static Security: terms::Security<Balance> = terms::Security {
			malicious_share: Permill::from_parts(333_333),
			audit_rate: Permill::from_percent(10),
			author_share: Permill::from_parts(333_333),
			reexecution: Permill::from_percent(90),
			slash: SlashSplit {
				burn: Permill::from_percent(50),
				requester: Permill::from_percent(20),
				reporters: Permill::from_percent(20),
			},
			no_show_fine: 100 * MILLI_ASY,
			challenge_bond: 2 * ASY,
		};
	}
}

pub use dynamic_params::protocol::{Periods, Pricing, Security};

/// Returns the default of the short window: half a minute where votes are fast, since probes wait for it, and otherwise
/// what a challenge needs while a third of all authors leave it out.
fn short_window() -> BlockNumber {
	match limits().is_local {
		true => MINUTES / 2,
		false => MIN_WINDOW,
	}
}

/// Returns what the ranges of parameters depend on.
pub(crate) fn limits() -> Limits {
	Limits {
		slot_bond: SLOT_BOND,
		existential_deposit: configs::EXISTENTIAL_DEPOSIT,
		unbonding_period: UNBONDING_PERIOD,
		is_local: governance::tempo::current() > 1,
	}
}

/// The age at which a ticket counts, in blocks: ten minutes, and 24 seconds where votes are fast. On a live network it
/// must exceed what an executor can foresee before it claims.
pub struct TicketAge;

impl Get<u32> for TicketAge {
	fn get() -> u32 {
		match limits().is_local {
			true => 8,
			false => 10 * MINUTES,
		}
	}
}

/// Reads a parameter, each field moved into its range.
pub struct InRange<Parameter>(PhantomData<Parameter>);

impl<Value: Ranged, Parameter: Get<Value>> Get<Value> for InRange<Parameter> {
	fn get() -> Value {
		Parameter::get().clamp(&limits())
	}
}

impl RuntimeParameters {
	/// Refuses a value that is not in its range. A parameter without a value gets its default.
	pub fn check(&self) -> Result<(), OutOfRange> {
		use dynamic_params::protocol::Parameters;
		let Self::Protocol(parameter) = self;
		match parameter {
			Parameters::Pricing(_, Some(pricing)) => pricing.check(&limits()),
			Parameters::Periods(_, Some(periods)) => periods.check(&limits()),
			Parameters::Security(_, Some(security)) => security.check(&limits()),
			Parameters::Pricing(_, None) | Parameters::Periods(_, None) | Parameters::Security(_, None) => Ok(()),
		}
	}
}

impl parameters::pallet::Config for Runtime {
	type AdminOrigin = governance::ParameterOrigin;
}

/// The stake behind each slot.
const SLOT_BOND: Balance = 10 * ASY;
/// The blocks for which withdrawn stake stays locked: two weeks, which is longer than any job.
const UNBONDING_PERIOD: BlockNumber = 14 * DAYS;

parameter_types! {
	/// The current challenge bond.
	pub ChallengeBond: Balance = InRange::<Security>::get().challenge_bond;
	/// The burned share of a lost challenge bond. It equals that of a slashed slot bond: what returns to an accomplice
	/// deters nobody.
	pub ForfeitBurn: Permill = InRange::<Security>::get().slash.burn;
	/// The audit fund, an account without a key. It receives levies and a part of each slash, and pays auditors.
	pub AuditFund: AccountId = PalletId(*b"assyaudt").into_account_truncating();
	/// The maximum weight of a verdict in pallet-jobs.
	pub RulingWeight: Weight = <Runtime as pallet_jobs::Config>::WeightInfo::apply_ruling(pallet_jobs::MAX_PARTICIPANTS)
		.saturating_add(<Models as OnProbed>::weight());
}

impl pallet_models::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ModelDepositBase = ConstU128<{ 10 * ASY }>;
	type ModelDepositPerByte = ConstU128<{ 10 * MILLI_ASY }>;
	/// A probe for which nobody claims takes 66 blocks and costs about as much as a no-show.
	type FailedProbePrice = ConstU128<{ 3 * MILLI_ASY / 2 }>;
	type ModelOrigin = governance::ModelOrigin;
	type QuarantineOrigin = governance::QuarantineOrigin;
	type OnQuarantine = Jobs;
	type EngineOrigin = governance::EngineOrigin;
	type Prober = Jobs;
	/// A day, in the tempo of this chain: enough for users of a model to see a new price coming.
	type RoyaltyNotice = governance::periods::ScaledPeriod<DAYS>;
	type FamilyDeposit = ConstU128<{ 10 * ASY }>;
	type VersionDeposit = ConstU128<ASY>;
	type WeightInfo = pallet_models::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}

impl pallet_workers::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Models;
	type SlotBond = ConstU128<SLOT_BOND>;
	type MinStake = ConstU128<{ 100 * ASY }>;
	type UnbondingPeriod = ConstU32<UNBONDING_PERIOD>;
	type MaxSlots = ConstU32<256>;
	type MaxModels = ConstU32<32>;
	type TicketAge = TicketAge;
	type TicketsPerBlock = ConstU32<50>;
	type WeightInfo = pallet_workers::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}

impl pallet_jobs::Config for Runtime {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Models = Models;
	type Workers = Workers;
	type Tribunal = Disputes;
	type ChallengeLane = Disputes;
	type Beacon = pallet_babe::ParentBlockRandomness<Self>;
	type Pricing = InRange<Pricing>;
	type Periods = InRange<Periods>;
	type Security = InRange<Security>;
	type AuditFund = AuditFund;
	type OnJobEnded = ();
	type OnProbed = Models;
	type RecordPeriod = ConstU32<{ 7 * DAYS }>;
	type DuePerBlock = ConstU32<100>;
	/// Takes at most `assay_primitives::shares::DRAWS` of a block.
	type MaxDraws = ConstU32<200>;
	type WeightInfo = pallet_jobs::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}

impl pallet_disputes::Config for Runtime {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Jobs = Jobs;
	type ChallengeBond = ChallengeBond;
	type ForfeitBurn = ForfeitBurn;
	type MaxValidators = ConstU32<100>;
	/// A day.
	type MaxRound = ConstU32<DAYS>;
	/// The track with the highest thresholds, and no other: a ruling may slash and pay at will.
	type RulingOrigin = frame_system::EnsureRoot<AccountId>;
	type DuePerBlock = ConstU32<50>;
	type RulingWeight = RulingWeight;
	type WatcherId = pallet_disputes::WatcherAppCrypto;
	type WeightInfo = pallet_disputes::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}

/// Returns the current parameters, for clients.
pub(crate) fn current_parameters() -> api::Protocol<Balance> {
	let limits = limits();
	api::Protocol {
		pricing: InRange::<Pricing>::get(),
		periods: InRange::<Periods>::get(),
		security: InRange::<Security>::get(),
		slot_bond: limits.slot_bond,
		audit_fund: Balances::total_balance(&AuditFund::get()),
		existential_deposit: limits.existential_deposit,
		unbonding_period: limits.unbonding_period,
		is_local: limits.is_local,
	}
}
