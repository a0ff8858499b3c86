//! Who decides: token holders, by referendum, and nobody's key.
//!
//! A referendum speaks as the origin of its track ([`origins`]), after the periods and at the thresholds of that track ([`tracks`]).
//! Root is one of them; the others have one subject each, with lower bars. The treasury takes the deposits of referenda that are
//! killed. `docs/governance.md` tells people how to use it.

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
pub mod tracks;
pub mod view;

pub use origins::pallet_custom_origins;

use origins::{EngineAdmin, ModelAdmin, ParameterAdmin, Quarantiner, ReferendumCanceller, ReferendumKiller, Treasurer};
use tracks::{Paced, TracksInfo};

type Root = EnsureRoot<AccountId>;

/// Decides about models.
pub type ModelOrigin = EitherOf<Root, ModelAdmin>;
/// May quarantine models, besides [`ModelOrigin`].
pub type QuarantineOrigin = Quarantiner;
/// Decides about engines.
pub type EngineOrigin = EitherOf<Root, EngineAdmin>;
/// Sets parameters, keeps preimages that others must not remove, and schedules calls of its own.
pub type ParameterOrigin = EitherOf<Root, ParameterAdmin>;

impl pallet_custom_origins::Config for Runtime {}

impl pallet_conviction_voting::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type Polls = Referenda;
	/// What lies in the treasury cannot vote and is not asked.
	type MaxTurnout = ActiveIssuanceOf<Balances, AccountId>;
	/// Votes of one account on one track, delegated ones apart. With fewer, an active voter must remove old votes first; with more,
	/// the fee for a delegation, which counts them all, grows.
	type MaxVotes = ConstU32<128>;
	/// How long winners are bound to what they won with conviction 1; higher ones multiply it. Not shorter than any enactment, or a
	/// voter is gone before the consequences; too long, and nobody votes with conviction.
	type VoteLockingPeriod = Paced<{ 7 * DAYS }>;
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
	/// Goes back if the referendum passes or is cancelled. Too small, and proposals are spam; too large, and only the rich propose.
	type SubmissionDeposit = ConstU128<{ 10 * ASY }>;
	/// Referenda of one track that wait to be decided. The last of more has to be nudged again; many make each vote dearer.
	type MaxQueued = ConstU32<100>;
	/// From submission to the start of the decision. Too short, and nobody finds the decision deposit; too long, and forgotten
	/// proposals stay.
	type UndecidingTimeout = Paced<{ 14 * DAYS }>;
	type AlarmInterval = ConstU32<1>;
	type Tracks = TracksInfo;
	type Preimages = Preimage;
	type BlockNumberProvider = System;
}

parameter_types! {
	/// Has no key. Deposits of killed referenda go in; what root or the treasurer's track spends goes out.
	pub const TreasuryId: PalletId = PalletId(*b"assytrsy");
	pub const Unlimited: Balance = Balance::MAX;
	/// Too small, and every grant is a vote of all; too large, and the bar of the treasurer's track guards the whole treasury.
	pub const TreasurerLimit: Balance = 10_000 * ASY;
	/// The treasury is there to be kept: nothing of it is burned.
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
	/// Only for approvals of the deprecated kind, of which there are none.
	type SpendPeriod = Paced<{ 7 * DAYS }>;
	type Burn = TreasuryBurn;
	type BurnDestination = ();
	type SpendFunds = ();
	/// The deprecated way to spend is shut; `spend` and `payout` are the way.
	type MaxApprovals = ConstU32<0>;
	type AssetKind = ();
	type Beneficiary = AccountId;
	type BeneficiaryLookup = IdentityLookup<AccountId>;
	type Paymaster = PayFromAccount<Balances, pallet_treasury::TreasuryAccountId<Runtime>>;
	type BalanceConverter = UnityAssetBalanceConversion;
	/// How long an approved spend can be claimed. Too short, and a beneficiary misses it; too long, and the treasury promises what it
	/// may no longer have.
	type PayoutPeriod = Paced<{ 30 * DAYS }>;
	type BlockNumberProvider = System;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}
