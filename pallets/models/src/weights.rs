//! Weights of `pallet_models`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-26, frame-omni-bencher's CLI 64.0.0, 12 steps, 4 repeats at least, on Intel(R) Xeon(R) Processor. The chain
//! keeps no storage proofs, so proof size is zero.

#![cfg_attr(rustfmt, rustfmt_skip)]

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, RuntimeDbWeight, Weight},
};

/// What the calls, their authorisation and the hooks of this pallet weigh; `benchmarking.rs` says what each stands for.
pub trait WeightInfo {
	/// Storage: `Models::Engines` (r:1 w:0)
	/// Proof: `Models::Engines` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1355), added: 3830, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	fn submit() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1355), added: 3830, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1313), added: 3788, mode: `MaxEncodedLen`)
	fn retire() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1355), added: 3830, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1313), added: 3788, mode: `MaxEncodedLen`)
	fn list() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1355), added: 3830, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1313), added: 3788, mode: `MaxEncodedLen`)
	fn delist() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1355), added: 3830, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Sweeps` (r:1 w:1)
	/// Proof: `Jobs::Sweeps` (`max_values`: Some(1), `max_size`: Some(641), added: 1136, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::NextJob` (r:1 w:0)
	/// Proof: `Jobs::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1313), added: 3788, mode: `MaxEncodedLen`)
	fn quarantine() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1355), added: 3830, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1313), added: 3788, mode: `MaxEncodedLen`)
	fn release() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1355), added: 3830, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1313), added: 3788, mode: `MaxEncodedLen`)
	fn force_retire() -> Weight;
	/// Storage: `Models::Engines` (r:1 w:1)
	/// Proof: `Models::Engines` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
	fn list_engine() -> Weight;
	/// Storage: `Models::Engines` (r:1 w:1)
	/// Proof: `Models::Engines` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
	fn retire_engine() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1400), added: 3875, mode: `MaxEncodedLen`)
	/// Storage: `Models::Manifests` (r:1 w:0)
	/// Proof: `Models::Manifests` (`max_values`: None, `max_size`: Some(19000), added: 21475, mode: `MaxEncodedLen`)
	/// Storage: `Models::Goldens` (r:1 w:0)
	/// Proof: `Models::Goldens` (`max_values`: None, `max_size`: Some(16500), added: 18975, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Models::Cards` (r:1 w:1)
	/// Proof: `Models::Cards` (`max_values`: None, `max_size`: Some(1900), added: 4375, mode: `MaxEncodedLen`)
	fn describe() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1400), added: 3875, mode: `MaxEncodedLen`)
	fn announce_royalty() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1400), added: 3875, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:2 w:2)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	fn transfer() -> Weight;
	/// Storage: `Models::Families` (r:1 w:1)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(270), added: 2745, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	fn claim_family() -> Weight;
	/// Storage: `Models::Families` (r:1 w:1)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(270), added: 2745, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:2 w:2)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	fn transfer_family() -> Weight;
	/// Storage: `Models::Families` (r:1 w:1)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(270), added: 2745, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	fn release_family() -> Weight;
	/// Storage: `Models::Families` (r:1 w:1)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(270), added: 2745, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1400), added: 3875, mode: `MaxEncodedLen`)
	/// Storage: `Models::Versions` (r:1 w:1)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(190), added: 2665, mode: `MaxEncodedLen`)
	fn publish() -> Weight;
	/// Storage: `Models::Families` (r:1 w:1)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(270), added: 2745, mode: `MaxEncodedLen`)
	/// Storage: `Models::Versions` (r:1 w:0)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(190), added: 2665, mode: `MaxEncodedLen`)
	fn point_latest() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1400), added: 3875, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1500), added: 3975, mode: `MaxEncodedLen`)
	fn on_probed() -> Weight;
}

/// With the database as the runtime prices it.
pub type SubstrateWeight<T> = Measured<<T as frame_system::Config>::DbWeight>;

impl WeightInfo for () {
	fn submit() -> Weight {
		Measured::<ParityDbWeight>::submit()
	}
	fn retire() -> Weight {
		Measured::<ParityDbWeight>::retire()
	}
	fn list() -> Weight {
		Measured::<ParityDbWeight>::list()
	}
	fn delist() -> Weight {
		Measured::<ParityDbWeight>::delist()
	}
	fn quarantine() -> Weight {
		Measured::<ParityDbWeight>::quarantine()
	}
	fn release() -> Weight {
		Measured::<ParityDbWeight>::release()
	}
	fn force_retire() -> Weight {
		Measured::<ParityDbWeight>::force_retire()
	}
	fn list_engine() -> Weight {
		Measured::<ParityDbWeight>::list_engine()
	}
	fn retire_engine() -> Weight {
		Measured::<ParityDbWeight>::retire_engine()
	}
	fn describe() -> Weight {
		Measured::<ParityDbWeight>::describe()
	}
	fn announce_royalty() -> Weight {
		Measured::<ParityDbWeight>::announce_royalty()
	}
	fn transfer() -> Weight {
		Measured::<ParityDbWeight>::transfer()
	}
	fn claim_family() -> Weight {
		Measured::<ParityDbWeight>::claim_family()
	}
	fn transfer_family() -> Weight {
		Measured::<ParityDbWeight>::transfer_family()
	}
	fn release_family() -> Weight {
		Measured::<ParityDbWeight>::release_family()
	}
	fn publish() -> Weight {
		Measured::<ParityDbWeight>::publish()
	}
	fn point_latest() -> Weight {
		Measured::<ParityDbWeight>::point_latest()
	}
	fn on_probed() -> Weight {
		Measured::<ParityDbWeight>::on_probed()
	}
}

/// With the database as `Db` prices it.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
	// At least 700_000 ns.
	fn submit() -> Weight {
		Weight::from_parts(1_000_000_000, 0)
			.saturating_add(Db::get().reads(20))
			.saturating_add(Db::get().writes(18))
	}

	// At least 112_440 ns.
	fn retire() -> Weight {
		Weight::from_parts(192_870_000, 0)
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().writes(3))
	}

	// At least 45_212 ns.
	fn list() -> Weight {
		Weight::from_parts(84_095_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 70_424 ns.
	fn delist() -> Weight {
		Weight::from_parts(88_539_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 85_040 ns.
	fn quarantine() -> Weight {
		Weight::from_parts(110_889_000, 0)
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().writes(3))
	}

	// At least 77_002 ns.
	fn release() -> Weight {
		Weight::from_parts(96_561_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 109_444 ns.
	fn force_retire() -> Weight {
		Weight::from_parts(184_837_000, 0)
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().writes(3))
	}

	// At least 16_956 ns.
	fn list_engine() -> Weight {
		Weight::from_parts(29_185_000, 0)
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().writes(1))
	}

	// At least 19_561 ns.
	fn retire_engine() -> Weight {
		Weight::from_parts(34_390_000, 0)
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().writes(1))
	}

	// At least 225_000 ns.
	fn describe() -> Weight {
		Weight::from_parts(300_000_000, 0)
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().writes(3))
	}

	// At least 67_000 ns.
	fn announce_royalty() -> Weight {
		Weight::from_parts(90_000_000, 0)
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().writes(1))
	}

	// At least 187_000 ns.
	fn transfer() -> Weight {
		Weight::from_parts(250_000_000, 0)
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().writes(4))
	}

	// At least 127_000 ns.
	fn claim_family() -> Weight {
		Weight::from_parts(170_000_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 187_000 ns.
	fn transfer_family() -> Weight {
		Weight::from_parts(250_000_000, 0)
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().writes(4))
	}

	// At least 135_000 ns.
	fn release_family() -> Weight {
		Weight::from_parts(180_000_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 90_000 ns.
	fn publish() -> Weight {
		Weight::from_parts(120_000_000, 0)
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().writes(2))
	}

	// At least 67_000 ns.
	fn point_latest() -> Weight {
		Weight::from_parts(90_000_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(1))
	}

	// At least 150_000 ns.
	fn on_probed() -> Weight {
		Weight::from_parts(200_000_000, 0)
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().writes(3))
	}

}
