//! Weights of the calls, and of what other pallets do through `WorkerPool`.
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

/// What the calls of this pallet weigh, and what ends or begins the use of a slot.
pub trait WeightInfo {
	fn register() -> Weight;
	fn bond_more() -> Weight;
	fn unbond() -> Weight;
	fn withdraw() -> Weight;
	fn set_key() -> Weight;
	/// `serve` and `stop_serving`, with `m` slots entering or leaving the pool.
	fn serve(m: u32) -> Weight;
	/// A draw that excludes `e` workers, at worst: with any excluded, only the last of all tries may hit.
	fn draw(e: u32) -> Weight;
	fn release() -> Weight;
	/// A penalty with `p` payees.
	fn penalise(p: u32) -> Weight;
}

/// Counted weights, with the database as the runtime prices it.
pub type SubstrateWeight<T> = Counted<<T as frame_system::Config>::DbWeight>;

/// Counted weights, with the database as `Db` prices it.
pub struct Counted<Db>(PhantomData<Db>);

/// Computation of a call: checks, a hold, and the coding of records up to 1 KB.
const COMPUTE: Weight = Weight::from_parts(50 * WEIGHT_REF_TIME_PER_MICROS, 0);
/// Verification of an ed25519 signature.
const VERIFY: Weight = Weight::from_parts(100 * WEIGHT_REF_TIME_PER_MICROS, 0);
/// Computation for each slot that enters or leaves a pool: the search of a list of up to 256 places, twice, and the coding of
/// one.
const COMPUTE_SLOT: Weight = Weight::from_parts(5 * WEIGHT_REF_TIME_PER_MICROS, 0);

/// Sorting of the places of an excluded worker, and counting past them.
const COMPUTE_EXCLUDED: Weight = Weight::from_parts(10 * WEIGHT_REF_TIME_PER_MICROS, 0);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Counted<Db> {
	/// Reads the worker, the key's owner, the genesis hash, the account and its holds; writes all but the hash.
	fn register() -> Weight {
		COMPUTE
			.saturating_add(VERIFY)
			.saturating_add(Db::get().reads_writes(5, 4))
	}

	/// Reads and writes the worker, the account and its holds.
	fn bond_more() -> Weight {
		COMPUTE.saturating_add(Db::get().reads_writes(3, 3))
	}

	/// Reads and writes the worker.
	fn unbond() -> Weight {
		COMPUTE.saturating_add(Db::get().reads_writes(1, 1))
	}

	/// Reads the worker, the account and its holds; writes them and the key's owner.
	fn withdraw() -> Weight {
		COMPUTE.saturating_add(Db::get().reads_writes(3, 4))
	}

	/// Reads the worker, the new key's owner and the genesis hash; writes the worker and both keys' owners.
	fn set_key() -> Weight {
		COMPUTE
			.saturating_add(VERIFY)
			.saturating_add(Db::get().reads_writes(3, 3))
	}

	/// Reads the model, its engine, the worker, its slots and the pool's sums; writes the latter three. Each slot that leaves reads the
	/// last place and the slots of the worker there, and writes both and the place left.
	fn serve(m: u32) -> Weight {
		let slot = COMPUTE_SLOT.saturating_add(Db::get().reads_writes(2, 3));
		COMPUTE
			.saturating_add(Db::get().reads_writes(5, 3))
			.saturating_add(slot.saturating_mul(m.into()))
	}

	/// Reads and writes the pool's sums, the place drawn, the last place, and the slots of the workers at both. Reads the slots of
	/// each excluded worker, and counts past them.
	fn draw(e: u32) -> Weight {
		let excluded = COMPUTE_EXCLUDED.saturating_add(Db::get().reads(1));
		COMPUTE_SLOT
			.saturating_add(Db::get().reads_writes(5, 5))
			.saturating_add(excluded.saturating_mul(e.into()))
	}

	/// Reads and writes the worker's slots and its record, and either the worker or the pool's sums and a place.
	fn release() -> Weight {
		COMPUTE_SLOT.saturating_add(Db::get().reads_writes(4, 4))
	}

	/// Reads and writes the worker, its slots and record, its account and holds, and the issuance; writes the key's owner. Each
	/// payee's account is read and written.
	fn penalise(p: u32) -> Weight {
		let payee = COMPUTE.saturating_add(Db::get().reads_writes(1, 1));
		COMPUTE
			.saturating_add(Db::get().reads_writes(6, 7))
			.saturating_add(payee.saturating_mul(p.into()))
	}
}

impl WeightInfo for () {
	fn register() -> Weight {
		Counted::<RocksDbWeight>::register()
	}

	fn bond_more() -> Weight {
		Counted::<RocksDbWeight>::bond_more()
	}

	fn unbond() -> Weight {
		Counted::<RocksDbWeight>::unbond()
	}

	fn withdraw() -> Weight {
		Counted::<RocksDbWeight>::withdraw()
	}

	fn set_key() -> Weight {
		Counted::<RocksDbWeight>::set_key()
	}

	fn serve(m: u32) -> Weight {
		Counted::<RocksDbWeight>::serve(m)
	}

	fn draw(e: u32) -> Weight {
		Counted::<RocksDbWeight>::draw(e)
	}

	fn release() -> Weight {
		Counted::<RocksDbWeight>::release()
	}

	fn penalise(p: u32) -> Weight {
		Counted::<RocksDbWeight>::penalise(p)
	}
}
