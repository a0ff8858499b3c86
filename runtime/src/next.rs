//! What the next version of the runtime changes, for the test that upgrades a running chain (`tests/tests/upgrade.rs`): its number, and
//! where it keeps the tempo of votes. Only with the feature `next`, which no node has.

use crate::{apis, governance::pallet_custom_origins::Tempo, Cow, Origins, Runtime, RuntimeVersion, Weight};
use frame_support::{
	storage_alias,
	traits::{Get, GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
};

#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("assay"),
	impl_name: Cow::Borrowed("assay"),
	authoring_version: 1,
	spec_version: 2,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

/// What [`Tempo`] was, in a wider type.
#[storage_alias]
type Pace = StorageValue<Origins, u64>;

/// The tempo of votes.
pub fn tempo() -> u32 {
	Pace::get().and_then(|pace| pace.try_into().ok()).unwrap_or(1)
}

/// Moves the tempo to where this version keeps it, once.
pub struct MoveTempo;

impl OnRuntimeUpgrade for MoveTempo {
	fn on_runtime_upgrade() -> Weight {
		let weights = <Runtime as frame_system::Config>::DbWeight::get();
		if Origins::on_chain_storage_version() > StorageVersion::new(0) {
			return weights.reads(1);
		}
		Pace::put(u64::from(Tempo::<Runtime>::take()));
		StorageVersion::new(1).put::<Origins>();
		weights.reads_writes(2, 3)
	}
}
