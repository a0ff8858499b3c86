//! The migration of the next version: moves the tempo of votes.

use crate::{
	governance::{pallet_custom_origins::Tempo, tempo::WideTempo},
	Origins, Runtime,
};
use frame_support::{
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
	weights::Weight,
};

pub type Migrations = WidenTempo;

/// Moves the tempo to where this version stores it, once.
pub struct WidenTempo;

impl OnRuntimeUpgrade for WidenTempo {
	fn on_runtime_upgrade() -> Weight {
		let weights = <Runtime as frame_system::Config>::DbWeight::get();
		if Origins::on_chain_storage_version() > StorageVersion::new(0) {
			return weights.reads(1);
		}
		WideTempo::put(u64::from(Tempo::<Runtime>::take()));
		StorageVersion::new(1).put::<Origins>();
		weights.reads_writes(2, 3)
	}
}
