//! The Assay runtime: FRAME's own pallets and Assay's, wired together.
//!
//! `lib.rs` lists the pallets, `configs.rs` configures FRAME's, `protocol.rs` Assay's, and `governance` those by which
//! token holders decide. `parameters.rs` stores what they may change without an upgrade. `transactions.rs` builds the
//! transactions of off-chain workers, `apis.rs` answers the node and its clients, `genesis_presets.rs` defines chains,
//! `version.rs` and `migrations.rs` change with each upgrade. The rules of the protocol are in the pallets.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::arithmetic_side_effects,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::unwrap_used
	)
)]
#![recursion_limit = "256"]

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

extern crate alloc;

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
mod configs;
#[cfg(any(test, feature = "runtime-benchmarks"))]
mod fixtures;
pub mod genesis_presets;
pub mod governance;
mod migrations;
pub mod parameters;
pub mod protocol;
#[cfg(test)]
mod tests;
mod transactions;
mod version;
pub mod weights;

use alloc::{borrow::Cow, vec::Vec};
use frame_support::weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight};
use governance::pallet_custom_origins;
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

pub use apis::RuntimeApi;
pub use version::VERSION;

/// Opaque types, with which the node handles blocks without knowing the runtime's calls.
pub mod opaque {
	use super::*;
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
	pub type BlockId = generic::BlockId<Block>;
}

impl_opaque_keys! {
	pub struct SessionKeys {
		pub babe: Babe,
		pub grandpa: Grandpa,
		pub disputes: Disputes,
	}
}

pub type Signature = MultiSignature;
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
pub type Address = MultiAddress<AccountId, ()>;
pub type Balance = u128;
pub type BlockNumber = u32;
pub type Nonce = u32;
pub type Hash = sp_core::H256;
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;

/// The extensions of every transaction, in the order in which they check it.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckMortality<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

pub type Executive =
	frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// Milliseconds from one slot to the next.
pub const SLOT_DURATION: u64 = 3_000;
/// Blocks in a minute, an hour and a day, if every slot has a block.
pub const MINUTES: BlockNumber = 60_000 / SLOT_DURATION as BlockNumber;
pub const HOURS: BlockNumber = MINUTES * 60;
pub const DAYS: BlockNumber = HOURS * 24;
/// Slots in an epoch, which is also a session.
pub const EPOCH_DURATION: u64 = 10 * MINUTES as u64;

/// One ASY in its smallest units.
pub const ASY: Balance = 1_000_000_000_000;
/// A thousandth of an ASY.
pub const MILLI_ASY: Balance = ASY / 1_000;

/// The maximum weight of a block: a third of its slot.
pub const MAXIMUM_BLOCK_WEIGHT: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND, u64::MAX);

/// BABE's parameters: one slot in four has a primary author on average, and every other slot a secondary one with its
/// own VRF output, so that each block carries randomness.
pub const BABE_GENESIS_EPOCH_CONFIG: sp_consensus_babe::BabeEpochConfiguration =
	sp_consensus_babe::BabeEpochConfiguration {
		c: (1, 4),
		allowed_slots: sp_consensus_babe::AllowedSlots::PrimaryAndSecondaryVRFSlots,
	};

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Babe = pallet_babe;
	#[runtime::pallet_index(3)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(4)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(5)]
	pub type TransactionPayment = pallet_transaction_payment;
	#[runtime::pallet_index(6)]
	pub type Offences = pallet_offences;
	#[runtime::pallet_index(7)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(8)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(9)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(10)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(11)]
	pub type Preimage = pallet_preimage;
	#[runtime::pallet_index(12)]
	pub type Scheduler = pallet_scheduler;
	#[runtime::pallet_index(13)]
	pub type Sudo = pallet_sudo;

	#[runtime::pallet_index(14)]
	pub type Parameters = parameters::pallet;

	#[runtime::pallet_index(15)]
	pub type ConvictionVoting = pallet_conviction_voting;
	#[runtime::pallet_index(16)]
	pub type Referenda = pallet_referenda;
	#[runtime::pallet_index(17)]
	pub type Origins = pallet_custom_origins;
	#[runtime::pallet_index(18)]
	pub type Treasury = pallet_treasury;

	#[runtime::pallet_index(20)]
	pub type Models = pallet_models;
	#[runtime::pallet_index(21)]
	pub type Workers = pallet_workers;
	#[runtime::pallet_index(22)]
	pub type Jobs = pallet_jobs;
	#[runtime::pallet_index(23)]
	pub type Disputes = pallet_disputes;
}
