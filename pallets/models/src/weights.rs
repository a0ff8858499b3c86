//! Weights of the calls.
//!
//! They are counted, not measured: the storage items that a call touches at worst, priced by the runtime's `DbWeight`, and a
//! generous allowance for computation. Measured weights come out of `benchmarking.rs` and will replace them behind the same
//! trait. The chain keeps no storage proofs, so proof size is zero.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{
		constants::{RocksDbWeight, WEIGHT_REF_TIME_PER_MICROS},
		RuntimeDbWeight, Weight,
	},
};

/// What the calls of this pallet weigh.
pub trait WeightInfo {
	fn submit() -> Weight;
	fn retire() -> Weight;
	fn list() -> Weight;
	fn delist() -> Weight;
	fn quarantine() -> Weight;
	fn release() -> Weight;
	fn force_retire() -> Weight;
	fn list_engine() -> Weight;
	fn retire_engine() -> Weight;
}

/// Counted weights, with the database as the runtime prices it.
pub type SubstrateWeight<T> = Counted<<T as frame_system::Config>::DbWeight>;

/// Counted weights, with the database as `Db` prices it.
pub struct Counted<Db>(PhantomData<Db>);

/// Computation of a call that hashes, checks and encodes a record of some 2 KB and moves a hold.
const COMPUTE: Weight = Weight::from_parts(60 * WEIGHT_REF_TIME_PER_MICROS, 0);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Counted<Db> {
	/// Reads the engine, the model, the owner's account and holds; writes the latter three.
	fn submit() -> Weight {
		COMPUTE.saturating_add(Db::get().reads_writes(4, 3))
	}

	/// Reads and writes the model, its history, the owner's account and holds.
	fn retire() -> Weight {
		COMPUTE.saturating_add(Db::get().reads_writes(4, 4))
	}

	/// Reads and writes the model and its history.
	fn list() -> Weight {
		COMPUTE.saturating_add(Db::get().reads_writes(2, 2))
	}

	fn delist() -> Weight {
		Self::list()
	}

	fn quarantine() -> Weight {
		Self::list()
	}

	fn release() -> Weight {
		Self::list()
	}

	fn force_retire() -> Weight {
		Self::retire()
	}

	/// Reads and writes the engine.
	fn list_engine() -> Weight {
		COMPUTE.saturating_add(Db::get().reads_writes(1, 1))
	}

	fn retire_engine() -> Weight {
		Self::list_engine()
	}
}

impl WeightInfo for () {
	fn submit() -> Weight {
		Counted::<RocksDbWeight>::submit()
	}

	fn retire() -> Weight {
		Counted::<RocksDbWeight>::retire()
	}

	fn list() -> Weight {
		Counted::<RocksDbWeight>::list()
	}

	fn delist() -> Weight {
		Counted::<RocksDbWeight>::delist()
	}

	fn quarantine() -> Weight {
		Counted::<RocksDbWeight>::quarantine()
	}

	fn release() -> Weight {
		Counted::<RocksDbWeight>::release()
	}

	fn force_retire() -> Weight {
		Counted::<RocksDbWeight>::force_retire()
	}

	fn list_engine() -> Weight {
		Counted::<RocksDbWeight>::list_engine()
	}

	fn retire_engine() -> Weight {
		Counted::<RocksDbWeight>::retire_engine()
	}
}
