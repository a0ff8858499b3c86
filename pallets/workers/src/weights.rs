//! Weights of `pallet_workers`, measured by `scripts/weights.sh`: do not edit.
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
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::KeyOwners` (r:1 w:1)
	/// Proof: `Workers::KeyOwners` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	fn register() -> Weight;
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	fn bond_more() -> Weight;
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	fn unbond() -> Weight;
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Workers::KeyOwners` (r:0 w:1)
	/// Proof: `Workers::KeyOwners` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	fn withdraw() -> Weight;
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::KeyOwners` (r:1 w:2)
	/// Proof: `Workers::KeyOwners` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn set_key() -> Weight;
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Models::Engines` (r:1 w:0)
	/// Proof: `Models::Engines` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:257 w:257)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::FreeSlots` (r:256 w:512)
	/// Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// `m`: from 0 to 256.
	fn serve(m: u32, ) -> Weight;
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:17 w:1)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::FreeSlots` (r:1 w:1)
	/// Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// `e`: from 0 to 16.
	fn draw_executor(e: u32, ) -> Weight;
	/// `n`: from 1 to 13.
	fn draw_checkers(n: u32, ) -> Weight;
	/// Storage: `Workers::WorkerSlots` (r:1 w:1)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:1 w:1)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Workers::FreeSlots` (r:0 w:1)
	/// Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	fn release() -> Weight;
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:1 w:1)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:17 w:17)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:1 w:1)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Workers::KeyOwners` (r:0 w:1)
	/// Proof: `Workers::KeyOwners` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `p`: from 0 to 16.
	fn penalise(p: u32, ) -> Weight;
	/// `t`: from 0 to 256.
	fn apply_changes(t: u32, ) -> Weight;
}

/// The weights with the database as the runtime prices it.
pub type SubstrateWeight<T> = Measured<<T as frame_system::Config>::DbWeight>;

impl WeightInfo for () {
	fn register() -> Weight {
		Measured::<ParityDbWeight>::register()
	}
	fn bond_more() -> Weight {
		Measured::<ParityDbWeight>::bond_more()
	}
	fn unbond() -> Weight {
		Measured::<ParityDbWeight>::unbond()
	}
	fn withdraw() -> Weight {
		Measured::<ParityDbWeight>::withdraw()
	}
	fn set_key() -> Weight {
		Measured::<ParityDbWeight>::set_key()
	}
	fn serve(m: u32, ) -> Weight {
		Measured::<ParityDbWeight>::serve(m, )
	}
	fn draw_executor(e: u32, ) -> Weight {
		Measured::<ParityDbWeight>::draw_executor(e, )
	}
	fn draw_checkers(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::draw_checkers(n, )
	}
	fn release() -> Weight {
		Measured::<ParityDbWeight>::release()
	}
	fn penalise(p: u32, ) -> Weight {
		Measured::<ParityDbWeight>::penalise(p, )
	}
	fn apply_changes(t: u32, ) -> Weight {
		Measured::<ParityDbWeight>::apply_changes(t, )
	}
}

/// The weights with the database as `Db` prices it.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
	// At least 148_156 ns.
	fn register() -> Weight {
		Weight::from_parts(164_800_000, 0)
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().writes(3))
	}

	// At least 86_911 ns.
	fn bond_more() -> Weight {
		Weight::from_parts(101_473_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(2))
	}

	// At least 21_487 ns.
	fn unbond() -> Weight {
		Weight::from_parts(25_445_000, 0)
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().writes(1))
	}

	// At least 77_853 ns.
	fn withdraw() -> Weight {
		Weight::from_parts(500_000_000, 0)
			.saturating_add(Db::get().reads(34))
			.saturating_add(Db::get().writes(3))
	}

	// At least 92_438 ns.
	fn set_key() -> Weight {
		Weight::from_parts(133_469_000, 0)
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().writes(3))
	}

	// At least 44_628 ns.
	fn serve(m: u32, ) -> Weight {
		Weight::from_parts(110_000_000, 0)
			.saturating_add(Weight::from_parts(20_304_460, 0).saturating_mul(m.into()))
			.saturating_add(Db::get().reads(6))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(m.into())))
			.saturating_add(Db::get().writes(5))
			.saturating_add(Db::get().writes((3_u64).saturating_mul(m.into())))
	}

	fn draw_executor(e: u32, ) -> Weight {
		Weight::from_parts(42_260_243, 0)
			.saturating_add(Weight::from_parts(25_543_127, 0).saturating_mul(e.into()))
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(e.into())))
			.saturating_add(Db::get().writes(4))
	}

	fn draw_checkers(n: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 0)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().reads((4_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes((2_u64).saturating_mul(n.into())))
	}

	fn release() -> Weight {
		Weight::from_parts(80_000_000, 0)
			.saturating_add(Db::get().reads(5))
			.saturating_add(Db::get().writes(20))
	}

	fn penalise(p: u32, ) -> Weight {
		Weight::from_parts(350_000_000, 0)
			.saturating_add(Weight::from_parts(56_627_817, 0).saturating_mul(p.into()))
			.saturating_add(Db::get().reads(43))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(Db::get().writes(16))
			.saturating_add(Db::get().writes((1_u64).saturating_mul(p.into())))
	}

	fn apply_changes(t: u32, ) -> Weight {
		Weight::from_parts(10_000_000, 0)
			.saturating_add(Weight::from_parts(70_000_000, 0).saturating_mul(t.into()))
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().reads((8_u64).saturating_mul(t.into())))
			.saturating_add(Db::get().writes(1))
			.saturating_add(Db::get().writes((8_u64).saturating_mul(t.into())))
	}

}
