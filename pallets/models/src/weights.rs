//! Weights of `pallet_models`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-26, frame-omni-bencher's CLI 64.0.0, 12 steps, at least 4 repeats, on Intel(R) Xeon(R) Processor. The chain
//! keeps no storage proofs, so proof size is zero.

#![cfg_attr(rustfmt, rustfmt_skip)]

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, RuntimeDbWeight, Weight},
};

/// The weights of the calls, their authorisation and the hooks of this pallet. `benchmarking.rs` says what each
/// measures.
pub trait WeightInfo {
	/// Storage: `Models::Engines` (r:1 w:0)
	/// Proof: `Models::Engines` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:3 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::NextJob` (r:1 w:1)
	/// Proof: `Jobs::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::PreviousBeacon` (r:1 w:0)
	/// Proof: `Jobs::PreviousBeacon` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Workers::FreeSlots` (r:1 w:1)
	/// Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:1 w:1)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1377), added: 3852, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:0 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Inputs` (r:0 w:1)
	/// Proof: `Jobs::Inputs` (`max_values`: None, `max_size`: Some(16405), added: 18880, mode: `MaxEncodedLen`)
	/// Storage: `Models::Manifests` (r:0 w:1)
	/// Proof: `Models::Manifests` (`max_values`: None, `max_size`: Some(19012), added: 21487, mode: `MaxEncodedLen`)
	/// Storage: `Models::GoldenInputs` (r:0 w:1)
	/// Proof: `Models::GoldenInputs` (`max_values`: None, `max_size`: Some(16457), added: 18932, mode: `MaxEncodedLen`)
	/// Storage: `Models::ModelMetadata` (r:0 w:1)
	/// Proof: `Models::ModelMetadata` (`max_values`: None, `max_size`: Some(1748), added: 4223, mode: `MaxEncodedLen`)
	fn submit() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1377), added: 3852, mode: `MaxEncodedLen`)
	/// Storage: `Models::GoldenInputs` (r:0 w:1)
	/// Proof: `Models::GoldenInputs` (`max_values`: None, `max_size`: Some(16457), added: 18932, mode: `MaxEncodedLen`)
	fn retire() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1377), added: 3852, mode: `MaxEncodedLen`)
	fn list() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1377), added: 3852, mode: `MaxEncodedLen`)
	fn delist() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Sweeps` (r:1 w:1)
	/// Proof: `Jobs::Sweeps` (`max_values`: Some(1), `max_size`: Some(641), added: 1136, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::NextJob` (r:1 w:0)
	/// Proof: `Jobs::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1377), added: 3852, mode: `MaxEncodedLen`)
	fn quarantine() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1377), added: 3852, mode: `MaxEncodedLen`)
	fn release() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1377), added: 3852, mode: `MaxEncodedLen`)
	/// Storage: `Models::GoldenInputs` (r:0 w:1)
	/// Proof: `Models::GoldenInputs` (`max_values`: None, `max_size`: Some(16457), added: 18932, mode: `MaxEncodedLen`)
	fn bar() -> Weight;
	/// Storage: `Models::Engines` (r:1 w:1)
	/// Proof: `Models::Engines` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
	fn list_engine() -> Weight;
	/// Storage: `Models::Engines` (r:1 w:1)
	/// Proof: `Models::Engines` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
	fn retire_engine() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Models::Manifests` (r:1 w:0)
	/// Proof: `Models::Manifests` (`max_values`: None, `max_size`: Some(19012), added: 21487, mode: `MaxEncodedLen`)
	/// Storage: `Models::GoldenInputs` (r:1 w:0)
	/// Proof: `Models::GoldenInputs` (`max_values`: None, `max_size`: Some(16457), added: 18932, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1377), added: 3852, mode: `MaxEncodedLen`)
	/// Storage: `Models::ModelMetadata` (r:0 w:1)
	/// Proof: `Models::ModelMetadata` (`max_values`: None, `max_size`: Some(1748), added: 4223, mode: `MaxEncodedLen`)
	fn set_metadata() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Origins::Tempo` (r:1 w:0)
	/// Proof: `Origins::Tempo` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn announce_royalty() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:2 w:2)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1377), added: 3852, mode: `MaxEncodedLen`)
	fn transfer() -> Weight;
	/// Storage: `Models::Families` (r:1 w:1)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(242), added: 2717, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	fn claim_family() -> Weight;
	/// Storage: `Models::Families` (r:1 w:1)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(242), added: 2717, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:2 w:2)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	fn transfer_family() -> Weight;
	/// Storage: `Models::Families` (r:1 w:1)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(242), added: 2717, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	fn release_family() -> Weight;
	/// Storage: `Models::Families` (r:1 w:1)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(242), added: 2717, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Models::Versions` (r:1 w:1)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(187), added: 2662, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	fn publish() -> Weight;
	/// Storage: `Models::Families` (r:1 w:1)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(242), added: 2717, mode: `MaxEncodedLen`)
	/// Storage: `Models::Versions` (r:1 w:0)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(187), added: 2662, mode: `MaxEncodedLen`)
	fn set_latest() -> Weight;
	/// Storage: `Models::Models` (r:1 w:1)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Models::History` (r:1 w:1)
	/// Proof: `Models::History` (`max_values`: None, `max_size`: Some(1377), added: 3852, mode: `MaxEncodedLen`)
	/// Storage: `Models::Manifests` (r:0 w:1)
	/// Proof: `Models::Manifests` (`max_values`: None, `max_size`: Some(19012), added: 21487, mode: `MaxEncodedLen`)
	/// Storage: `Models::GoldenInputs` (r:0 w:1)
	/// Proof: `Models::GoldenInputs` (`max_values`: None, `max_size`: Some(16457), added: 18932, mode: `MaxEncodedLen`)
	/// Storage: `Models::ModelMetadata` (r:0 w:1)
	/// Proof: `Models::ModelMetadata` (`max_values`: None, `max_size`: Some(1748), added: 4223, mode: `MaxEncodedLen`)
	fn on_probed() -> Weight;
}

/// The weights with the database as the runtime prices it.
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
	fn bar() -> Weight {
		Measured::<ParityDbWeight>::bar()
	}
	fn list_engine() -> Weight {
		Measured::<ParityDbWeight>::list_engine()
	}
	fn retire_engine() -> Weight {
		Measured::<ParityDbWeight>::retire_engine()
	}
	fn set_metadata() -> Weight {
		Measured::<ParityDbWeight>::set_metadata()
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
	fn set_latest() -> Weight {
		Measured::<ParityDbWeight>::set_latest()
	}
	fn on_probed() -> Weight {
		Measured::<ParityDbWeight>::on_probed()
	}
}

/// The weights with the database as `Db` prices it.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
	// At least 728_688 ns.
	fn submit() -> Weight {
		Weight::from_parts(860_000_000, 0)
			.saturating_add(Db::get().reads(14))
			.saturating_add(Db::get().writes(15))
	}

	// At least 98_211 ns.
	fn retire() -> Weight {
		Weight::from_parts(140_000_000, 0)
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().writes(6))
	}

	// At least 42_507 ns.
	fn list() -> Weight {
		Weight::from_parts(46_314_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 42_473 ns.
	fn delist() -> Weight {
		Weight::from_parts(81_536_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 52_409 ns.
	fn quarantine() -> Weight {
		Weight::from_parts(180_000_000, 0)
			.saturating_add(Db::get().reads(5))
			.saturating_add(Db::get().writes(7))
	}

	// At least 43_064 ns.
	fn release() -> Weight {
		Weight::from_parts(54_068_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 98_480 ns.
	fn bar() -> Weight {
		Weight::from_parts(200_000_000, 0)
			.saturating_add(Db::get().reads(5))
			.saturating_add(Db::get().writes(7))
	}

	// At least 13_141 ns.
	fn list_engine() -> Weight {
		Weight::from_parts(27_164_000, 0)
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().writes(1))
	}

	// At least 25_551 ns.
	fn retire_engine() -> Weight {
		Weight::from_parts(35_199_000, 0)
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().writes(1))
	}

	// At least 204_945 ns.
	fn set_metadata() -> Weight {
		Weight::from_parts(220_338_000, 0)
			.saturating_add(Db::get().reads(5))
			.saturating_add(Db::get().writes(4))
	}

	// At least 31_275 ns.
	fn announce_royalty() -> Weight {
		Weight::from_parts(35_682_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(1))
	}

	// At least 133_454 ns.
	fn transfer() -> Weight {
		Weight::from_parts(146_287_000, 0)
			.saturating_add(Db::get().reads(5))
			.saturating_add(Db::get().writes(5))
	}

	// At least 76_557 ns.
	fn claim_family() -> Weight {
		Weight::from_parts(83_957_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 100_058 ns.
	fn transfer_family() -> Weight {
		Weight::from_parts(108_235_000, 0)
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().writes(4))
	}

	// At least 56_917 ns.
	fn release_family() -> Weight {
		Weight::from_parts(62_949_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 112_727 ns.
	fn publish() -> Weight {
		Weight::from_parts(127_463_000, 0)
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().writes(3))
	}

	// At least 31_166 ns.
	fn set_latest() -> Weight {
		Weight::from_parts(34_612_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(1))
	}

	// At least 96_709 ns.
	fn on_probed() -> Weight {
		Weight::from_parts(140_000_000, 0)
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().writes(7))
	}

}
