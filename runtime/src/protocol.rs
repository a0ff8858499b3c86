//! The configuration of Assay's own pallets, and the parameters that governance may change without an upgrade.

use crate::*;
use assay_primitives::{
	api,
	terms::{self, SlashSplit},
	traits::{OnProbed, WorkerPool},
};
use frame_support::{
	derive_impl,
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	parameter_types,
	traits::{fungible::Inspect, AsEnsureOriginWithArg, ConstU128, ConstU32, Get},
	PalletId,
};
use pallet_jobs::WeightInfo as _;
use sp_runtime::{traits::AccountIdConversion, Permill};

/// The parameters under governance. Jobs keep those that were current when they were accepted. The type of each
/// parameter documents what breaks when a figure is too small or too large.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
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
			windows: [MINUTES / 2, 5 * MINUTES, HOURS],
		};

		/// The assumptions about adversaries, and the penalties.
		#[codec(index = 2)]
		pub static Security: terms::Security<Balance> = terms::Security {
			malicious_share: Permill::from_parts(333_333),
			audit_rate: Permill::from_percent(10),
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

#[cfg(feature = "runtime-benchmarks")]
impl Default for RuntimeParameters {
	fn default() -> Self {
		Self::Protocol(dynamic_params::protocol::Parameters::Security(
			Security,
			Some(Security::get()),
		))
	}
}

#[derive_impl(pallet_parameters::config_preludes::TestDefaultConfig, no_aggregated_types)]
impl pallet_parameters::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = RuntimeParameters;
	type AdminOrigin = AsEnsureOriginWithArg<governance::ParameterOrigin>;
}

parameter_types! {
	/// The current challenge bond.
	pub ChallengeBond: Balance = Security::get().challenge_bond;
	/// The burned share of a lost challenge bond. It equals that of a slashed slot bond: what returns to an accomplice
	/// deters nobody.
	pub ForfeitBurn: Permill = Security::get().slash.burn;
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

/// Ten minutes; 24 seconds where votes have a faster tempo.
pub struct TicketAge;

impl Get<u32> for TicketAge {
	fn get() -> u32 {
		governance::periods::scale_period(10 * MINUTES).max(8)
	}
}

impl pallet_workers::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Models;
	type SlotBond = ConstU128<{ 10 * ASY }>;
	type MinStake = ConstU128<{ 100 * ASY }>;
	/// Two weeks, which is longer than any challenge window.
	type UnbondingPeriod = ConstU32<{ 14 * DAYS }>;
	type MaxSlots = ConstU32<256>;
	type MaxModels = ConstU32<32>;
	type TicketAge = TicketAge;
	type TicketsPerBlock = ConstU32<256>;
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
	type Beacon = pallet_babe::ParentBlockRandomness<Self>;
	type Pricing = Pricing;
	type Periods = Periods;
	type Security = Security;
	type AuditFund = AuditFund;
	type OnJobEnded = ();
	type OnProbed = Models;
	type RecordPeriod = ConstU32<{ 7 * DAYS }>;
	type DuePerBlock = ConstU32<100>;
	/// Takes at most a quarter of a block.
	type MaxDraws = ConstU32<256>;
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
	type DuePerBlock = ConstU32<50>;
	type RulingWeight = RulingWeight;
	type WatcherId = pallet_disputes::WatcherAppCrypto;
	type WeightInfo = pallet_disputes::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}

/// Returns the current parameters, for clients.
pub(crate) fn current_parameters() -> api::Protocol<Balance> {
	api::Protocol {
		pricing: Pricing::get(),
		periods: Periods::get(),
		security: Security::get(),
		slot_bond: Workers::slot_bond(),
		audit_fund: Balances::total_balance(&AuditFund::get()),
	}
}
