//! Governance by token holders, who decide by referendum.
//!
//! A referendum dispatches its call with the origin of its track ([`origins`]), after the periods and at the thresholds
//! of that track ([`tracks`]). Root is one track; the others have one subject each, with lower thresholds. The treasury
//! receives the deposits of killed referenda. `docs/governance.md` is the guide for users.

use crate::*;
use frame_support::{
	parameter_types,
	traits::{
		tokens::{currency::ActiveIssuanceOf, pay::PayFromAccount, UnityAssetBalanceConversion},
		ConstU128, ConstU32, EitherOf,
	},
	PalletId,
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess, EnsureSigned, EnsureWithSuccess};
use sp_runtime::{traits::IdentityLookup, Permill};

pub mod origins;
pub mod periods;
pub(crate) mod tempo;
pub mod tracks;
pub mod view;

pub use origins::pallet_custom_origins;

use origins::{EngineAdmin, ModelAdmin, ParameterAdmin, Quarantiner, ReferendumCanceller, ReferendumKiller, Treasurer};
use periods::ScaledPeriod;
use tracks::TracksInfo;

type Root = EnsureRoot<AccountId>;

/// Lists, delists, quarantines, releases and retires models.
pub type ModelOrigin = EitherOf<Root, ModelAdmin>;
/// May quarantine models, besides [`ModelOrigin`].
pub type QuarantineOrigin = Quarantiner;
/// Lists and retires engines.
pub type EngineOrigin = EitherOf<Root, EngineAdmin>;
/// Sets parameters, requests preimages that others must not remove, and schedules calls of its own.
pub type ParameterOrigin = EitherOf<Root, ParameterAdmin>;

impl pallet_custom_origins::Config for Runtime {}

impl pallet_conviction_voting::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type Polls = Referenda;
	/// Tokens in the treasury cannot vote and do not count.
	type MaxTurnout = ActiveIssuanceOf<Balances, AccountId>;
	/// The maximum number of votes of one account on one track, without delegated ones. With fewer, an active voter
	/// must first remove old votes; with more, the fee for a delegation, which processes them all, grows.
	type MaxVotes = ConstU32<128>;
	/// How long the tokens of winners stay locked with conviction 1; higher convictions multiply it. If shorter than an
	/// enactment, a voter can leave before the consequences; if too long, nobody votes with conviction.
	type VoteLockingPeriod = ScaledPeriod<{ 7 * DAYS }>;
	type BlockNumberProvider = System;
	type VotingHooks = ();
}

impl pallet_referenda::Config for Runtime {
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
	type Scheduler = Scheduler;
	type Currency = Balances;
	type SubmitOrigin = EnsureSigned<AccountId>;
	type CancelOrigin = EitherOf<Root, ReferendumCanceller>;
	type KillOrigin = EitherOf<Root, ReferendumKiller>;
	type Slash = Treasury;
	type Votes = pallet_conviction_voting::VotesOf<Runtime>;
	type Tally = pallet_conviction_voting::TallyOf<Runtime>;
	/// Refunded if the referendum passes or is cancelled. If too small, proposals are spam; if too large, only the rich
	/// propose.
	type SubmissionDeposit = ConstU128<{ 10 * ASY }>;
	/// The maximum number of referenda of one track in the queue. One beyond it has to be nudged again; a longer queue
	/// makes each vote dearer.
	type MaxQueued = ConstU32<100>;
	/// The period from submission to the start of the decision. If too short, nobody can place the decision deposit in
	/// time; if too long, abandoned proposals stay.
	type UndecidingTimeout = ScaledPeriod<{ 14 * DAYS }>;
	type AlarmInterval = ConstU32<1>;
	type Tracks = TracksInfo;
	type Preimages = Preimage;
	type BlockNumberProvider = System;
}

parameter_types! {
	/// The treasury, an account without a key. It receives the deposits of killed referenda, and pays what the root or
	/// the treasurer's track spends.
	pub const TreasuryId: PalletId = PalletId(*b"assytrsy");
	pub const Unlimited: Balance = Balance::MAX;
	/// The maximum amount of one spend of the treasurer's track. If too small, every grant needs the root track; if too
	/// large, the thresholds of the treasurer's track guard the whole treasury.
	pub const TreasurerLimit: Balance = 10_000 * ASY;
	/// Nothing of the treasury is burned.
	pub const TreasuryBurn: Permill = Permill::from_percent(0);
}

impl pallet_treasury::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type PalletId = TreasuryId;
	type RejectOrigin = EitherOf<Root, Treasurer>;
	type SpendOrigin =
		EitherOf<EnsureRootWithSuccess<AccountId, Unlimited>, EnsureWithSuccess<Treasurer, AccountId, TreasurerLimit>>;
	/// Used only by approvals of the deprecated kind, which cannot be made.
	type SpendPeriod = ScaledPeriod<{ 7 * DAYS }>;
	type Burn = TreasuryBurn;
	type BurnDestination = ();
	type SpendFunds = ();
	/// Disables the deprecated way to spend: `spend` and `payout` replace it.
	type MaxApprovals = ConstU32<0>;
	type AssetKind = ();
	type Beneficiary = AccountId;
	type BeneficiaryLookup = IdentityLookup<AccountId>;
	type Paymaster = PayFromAccount<Balances, pallet_treasury::TreasuryAccountId<Runtime>>;
	type BalanceConverter = UnityAssetBalanceConversion;
	/// The period in which an approved spend can be claimed. If too short, a beneficiary misses it; if too long, the
	/// treasury promises what it may no longer have.
	type PayoutPeriod = ScaledPeriod<{ 30 * DAYS }>;
	type BlockNumberProvider = System;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}
