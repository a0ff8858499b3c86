//! Weights of `pallet_disputes`, measured by `scripts/weights.sh`: do not edit.
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
	/// Storage: `Disputes::Disputes` (r:1 w:1) Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(4308),
	/// added: 6783, mode: `MaxEncodedLen`) Storage: `Jobs::Jobs` (r:1 w:1) Proof: `Jobs::Jobs` (`max_values`: None,
	/// `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`) Storage: `Parameters::Parameters` (r:1 w:0) Proof:
	/// `Parameters::Parameters` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`) Storage:
	/// `System::Account` (r:1 w:1) Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603,
	/// mode: `MaxEncodedLen`) Storage: `Balances::Holds` (r:1 w:1) Proof: `Balances::Holds` (`max_values`: None,
	/// `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`) Storage: `Jobs::Totals` (r:1 w:1) Proof:
	/// `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(144), added: 639, mode: `MaxEncodedLen`) Storage:
	/// `Disputes::CurrentElectorate` (r:1 w:0) Proof: `Disputes::CurrentElectorate` (`max_values`: Some(1), `max_size`:
	/// Some(4), added: 499, mode: `MaxEncodedLen`) Storage: `Disputes::OpenDisputes` (r:1 w:1) Proof:
	/// `Disputes::OpenDisputes` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`) Storage:
	/// `Disputes::Electorates` (r:1 w:0) Proof: `Disputes::Electorates` (`max_values`: None, `max_size`: Some(6414),
	/// added: 8889, mode: `MaxEncodedLen`) Storage: `Disputes::Agenda` (r:0 w:1) Proof: `Disputes::Agenda`
	/// (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`) Storage: `Disputes::Answers` (r:0
	/// w:1) Proof: `Disputes::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode:
	/// `MaxEncodedLen`) `b`: from 16 to 16384.
	fn challenge(b: u32, ) -> Weight;
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(4308), added: 6783, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:1 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Answers` (r:0 w:1)
	/// Proof: `Disputes::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`)
	/// `b`: from 16 to 16384.
	fn join_challenge(b: u32, ) -> Weight;
	/// Storage: `Disputes::Disputes` (r:63 w:63)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(4308), added: 6783, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Electorates` (r:1 w:0)
	/// Proof: `Disputes::Electorates` (`max_values`: None, `max_size`: Some(6414), added: 8889, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Votes` (r:63 w:63)
	/// Proof: `Disputes::Votes` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 64.
	fn vote(n: u32, ) -> Weight;
	/// Storage: `Disputes::Disputes` (r:63 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(4308), added: 6783, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Electorates` (r:1 w:0)
	/// Proof: `Disputes::Electorates` (`max_values`: None, `max_size`: Some(6414), added: 8889, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Votes` (r:63 w:0)
	/// Proof: `Disputes::Votes` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 64.
	fn authorize_vote(n: u32, ) -> Weight;
	/// Storage: `Disputes::Electorates` (r:1 w:0) Proof: `Disputes::Electorates` (`max_values`: None, `max_size`:
	/// Some(6414), added: 8889, mode: `MaxEncodedLen`) Storage: `Disputes::Votes` (r:100 w:100) Proof:
	/// `Disputes::Votes` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`) Storage:
	/// `Disputes::VoterRecords` (r:100 w:100) Proof: `Disputes::VoterRecords` (`max_values`: None, `max_size`:
	/// Some(72), added: 2547, mode: `MaxEncodedLen`) Storage: `Disputes::OpenDisputes` (r:1 w:1) Proof:
	/// `Disputes::OpenDisputes` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`) Storage:
	/// `Disputes::CurrentElectorate` (r:1 w:0) Proof: `Disputes::CurrentElectorate` (`max_values`: Some(1), `max_size`:
	/// Some(4), added: 499, mode: `MaxEncodedLen`) Storage: `Disputes::Answers` (r:1 w:8) Proof: `Disputes::Answers`
	/// (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`) Storage: `Jobs::Jobs` (r:1
	/// w:1) Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0) Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added:
	/// 3281, mode: `MaxEncodedLen`) Storage: `Jobs::Answers` (r:1 w:0) Proof: `Jobs::Answers` (`max_values`: None,
	/// `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`) Storage: `System::Account` (r:25 w:25) Proof:
	/// `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`) Storage:
	/// `Balances::Holds` (r:9 w:9) Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650,
	/// mode: `MaxEncodedLen`) Storage: `Workers::WorkerSlots` (r:14 w:14) Proof: `Workers::WorkerSlots` (`max_values`:
	/// None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`) Storage: `Workers::Pools` (r:1 w:1) Proof:
	/// `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`) Storage:
	/// `Workers::Records` (r:14 w:14) Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571,
	/// mode: `MaxEncodedLen`) Storage: `Jobs::Totals` (r:1 w:1) Proof: `Jobs::Totals` (`max_values`: Some(1),
	/// `max_size`: Some(144), added: 639, mode: `MaxEncodedLen`) Storage: `Parameters::Parameters` (r:1 w:0) Proof:
	/// `Parameters::Parameters` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`) Storage:
	/// `Workers::FreeSlots` (r:0 w:14) Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added:
	/// 2551, mode: `MaxEncodedLen`) Storage: `Jobs::Agenda` (r:0 w:1) Proof: `Jobs::Agenda` (`max_values`: None,
	/// `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`) Storage: `Disputes::Agenda` (r:0 w:1) Proof:
	/// `Disputes::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`) Storage:
	/// `Disputes::Disputes` (r:0 w:1) Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(4308), added:
	/// 6783, mode: `MaxEncodedLen`) `v`: from 1 to 100. `c`: from 0 to 8.
	fn decide(v: u32, c: u32, ) -> Weight;
	/// Storage: `Disputes::NextDue` (r:1 w:1) Proof: `Disputes::NextDue` (`max_values`: Some(1), `max_size`: Some(4),
	/// added: 499, mode: `MaxEncodedLen`) Storage: `Disputes::Agenda` (r:92 w:12) Proof: `Disputes::Agenda`
	/// (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`) Storage: `Disputes::Disputes`
	/// (r:12 w:12) Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(4308), added: 6783, mode:
	/// `MaxEncodedLen`) Storage: `Disputes::Electorates` (r:1 w:0) Proof: `Disputes::Electorates` (`max_values`: None,
	/// `max_size`: Some(6414), added: 8889, mode: `MaxEncodedLen`) Storage: `Disputes::Votes` (r:12 w:0) Proof:
	/// `Disputes::Votes` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`) Storage:
	/// `Disputes::VoterRecords` (r:1 w:1) Proof: `Disputes::VoterRecords` (`max_values`: None, `max_size`: Some(72),
	/// added: 2547, mode: `MaxEncodedLen`) Storage: `Disputes::OpenDisputes` (r:1 w:1) Proof: `Disputes::OpenDisputes`
	/// (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`) Storage:
	/// `Disputes::CurrentElectorate` (r:1 w:0) Proof: `Disputes::CurrentElectorate` (`max_values`: Some(1), `max_size`:
	/// Some(4), added: 499, mode: `MaxEncodedLen`) Storage: `Jobs::Jobs` (r:12 w:12) Proof: `Jobs::Jobs` (`max_values`:
	/// None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`) Storage: `System::Account` (r:2 w:2) Proof:
	/// `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`) Storage:
	/// `Balances::Holds` (r:2 w:2) Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650,
	/// mode: `MaxEncodedLen`) Storage: `Workers::WorkerSlots` (r:14 w:14) Proof: `Workers::WorkerSlots` (`max_values`:
	/// None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`) Storage: `Workers::Pools` (r:1 w:1) Proof:
	/// `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`) Storage:
	/// `Jobs::Totals` (r:1 w:1) Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(144), added: 639, mode:
	/// `MaxEncodedLen`) Storage: `Workers::FreeSlots` (r:0 w:168) Proof: `Workers::FreeSlots` (`max_values`: None,
	/// `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`) Storage: `Jobs::Agenda` (r:0 w:12) Proof:
	/// `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`) Storage:
	/// `Jobs::Answers` (r:0 w:12) Proof: `Jobs::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945,
	/// mode: `MaxEncodedLen`) Storage: `Disputes::Answers` (r:0 w:12) Proof: `Disputes::Answers` (`max_values`: None,
	/// `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`) `n`: from 0 to 50. `s`: from 1 to 50.
	fn service_agendas(n: u32, s: u32, ) -> Weight;
}

/// The weights with the database as the runtime prices it.
pub type SubstrateWeight<T> = Measured<<T as frame_system::Config>::DbWeight>;

impl WeightInfo for () {
	fn challenge(b: u32, ) -> Weight {
		Measured::<ParityDbWeight>::challenge(b, )
	}
	fn join_challenge(b: u32, ) -> Weight {
		Measured::<ParityDbWeight>::join_challenge(b, )
	}
	fn vote(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::vote(n, )
	}
	fn authorize_vote(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::authorize_vote(n, )
	}
	fn decide(v: u32, c: u32, ) -> Weight {
		Measured::<ParityDbWeight>::decide(v, c, )
	}
	fn service_agendas(n: u32, s: u32, ) -> Weight {
		Measured::<ParityDbWeight>::service_agendas(n, s, )
	}
}

/// The weights with the database as `Db` prices it.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
	// At least 283_889 ns.
	fn challenge(b: u32, ) -> Weight {
		Weight::from_parts(301_245_750, 0)
			// Standard error: 2_281
			.saturating_add(Weight::from_parts(14_941, 0).saturating_mul(b.into()))
			.saturating_add(Db::get().reads(9))
			.saturating_add(Db::get().writes(8))
	}

	// At least 185_812 ns.
	fn join_challenge(b: u32, ) -> Weight {
		Weight::from_parts(247_466_756, 0)
			// Standard error: 2_394
			.saturating_add(Weight::from_parts(8_768, 0).saturating_mul(b.into()))
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().writes(4))
	}

	// At least 117_363 ns.
	fn vote(n: u32, ) -> Weight {
		Weight::from_parts(115_975_465, 0)
			// Standard error: 259_234
			.saturating_add(Weight::from_parts(19_849_002, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes((2_u64).saturating_mul(n.into())))
	}

	// At least 166_235 ns.
	fn authorize_vote(n: u32, ) -> Weight {
		Weight::from_parts(105_177_079, 0)
			// Standard error: 1_114_397
			.saturating_add(Weight::from_parts(15_631_394, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(n.into())))
	}

	// At least 2_709_920 ns.
	fn decide(v: u32, c: u32, ) -> Weight {
		Weight::from_parts(2_807_310_000, 0)
			// Standard error: 4_543_454
			.saturating_add(Weight::from_parts(7_685_089, 0).saturating_mul(v.into()))
			// Standard error: 57_833_014
			.saturating_add(Weight::from_parts(709_307_887, 0).saturating_mul(c.into()))
			.saturating_add(Db::get().reads(55))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(v.into())))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(Db::get().writes(67))
			.saturating_add(Db::get().writes((2_u64).saturating_mul(v.into())))
			.saturating_add(Db::get().writes((3_u64).saturating_mul(c.into())))
	}

	// At least 183_811 ns.
	fn service_agendas(n: u32, s: u32, ) -> Weight {
		Weight::from_parts(1_695_286_029, 0)
			// Standard error: 10_055_452
			.saturating_add(Weight::from_parts(52_334_804, 0).saturating_mul(n.into()))
			// Standard error: 10_224_273
			.saturating_add(Weight::from_parts(23_165_044, 0).saturating_mul(s.into()))
			.saturating_add(Db::get().reads(31))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(s.into())))
			.saturating_add(Db::get().writes(107))
			.saturating_add(Db::get().writes((3_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes((1_u64).saturating_mul(s.into())))
	}

}
