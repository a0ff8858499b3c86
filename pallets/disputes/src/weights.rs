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
	fn challenge() -> Weight;
	fn join_challenge() -> Weight;
	fn authorize_challenge() -> Weight;
	fn vote(n: u32, ) -> Weight;
	fn authorize_vote(n: u32, ) -> Weight;
	fn await_answer() -> Weight;
	fn bring_answer(b: u32, ) -> Weight;
	fn authorize_answer(b: u32, ) -> Weight;
	fn rule() -> Weight;
	fn begin_round(v: u32, ) -> Weight;
	fn decide(v: u32, c: u32, ) -> Weight;
	fn count_room() -> Weight;
	fn service_agendas(n: u32, s: u32, ) -> Weight;
}

/// The weights with the database as the runtime prices it.
pub type SubstrateWeight<T> = Measured<<T as frame_system::Config>::DbWeight>;

impl WeightInfo for () {
	fn challenge() -> Weight {
		Measured::<ParityDbWeight>::challenge()
	}
	fn join_challenge() -> Weight {
		Measured::<ParityDbWeight>::join_challenge()
	}
	fn authorize_challenge() -> Weight {
		Measured::<ParityDbWeight>::authorize_challenge()
	}
	fn vote(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::vote(n, )
	}
	fn authorize_vote(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::authorize_vote(n, )
	}
	fn await_answer() -> Weight {
		Measured::<ParityDbWeight>::await_answer()
	}
	fn bring_answer(b: u32, ) -> Weight {
		Measured::<ParityDbWeight>::bring_answer(b, )
	}
	fn authorize_answer(b: u32, ) -> Weight {
		Measured::<ParityDbWeight>::authorize_answer(b, )
	}
	fn rule() -> Weight {
		Measured::<ParityDbWeight>::rule()
	}
	fn begin_round(v: u32, ) -> Weight {
		Measured::<ParityDbWeight>::begin_round(v, )
	}
	fn decide(v: u32, c: u32, ) -> Weight {
		Measured::<ParityDbWeight>::decide(v, c, )
	}
	fn count_room() -> Weight {
		Measured::<ParityDbWeight>::count_room()
	}
	fn service_agendas(n: u32, s: u32, ) -> Weight {
		Measured::<ParityDbWeight>::service_agendas(n, s, )
	}
}

/// The weights with the database as `Db` prices it.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
	fn challenge() -> Weight {
		Weight::from_parts(300_000_000, 0)
			.saturating_add(Db::get().reads(10))
			.saturating_add(Db::get().writes(7))
	}

	fn join_challenge() -> Weight {
		Weight::from_parts(190_000_000, 0)
			.saturating_add(Db::get().reads(5))
			.saturating_add(Db::get().writes(3))
	}

	fn authorize_challenge() -> Weight {
		Weight::from_parts(220_000_000, 0)
			.saturating_add(Db::get().reads(7))
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

	fn await_answer() -> Weight {
		Weight::from_parts(60_000_000, 0)
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().writes(3))
	}

	fn bring_answer(b: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 0)
			.saturating_add(Weight::from_parts(10_000, 0).saturating_mul(b.into()))
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().writes(2))
	}

	fn authorize_answer(b: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 0)
			.saturating_add(Weight::from_parts(3_000, 0).saturating_mul(b.into()))
			.saturating_add(Db::get().reads(2))
	}

	fn rule() -> Weight {
		Weight::from_parts(30_000_000, 0)
			.saturating_add(Db::get().reads(1))
	}

	fn begin_round(v: u32, ) -> Weight {
		Weight::from_parts(150_000_000, 0)
			.saturating_add(Weight::from_parts(25_000_000, 0).saturating_mul(v.into()))
			.saturating_add(Db::get().reads(5))
			.saturating_add(Db::get().writes(6))
			.saturating_add(Db::get().reads((3_u64).saturating_mul(v.into())))
			.saturating_add(Db::get().writes((1_u64).saturating_mul(v.into())))
	}

	// At least 2_709_920 ns.
	fn decide(v: u32, c: u32, ) -> Weight {
		Weight::from_parts(2_807_310_000, 0)
			// Standard error: 4_543_454
			.saturating_add(Weight::from_parts(22_000_000, 0).saturating_mul(v.into()))
			// Standard error: 57_833_014
			.saturating_add(Weight::from_parts(709_307_887, 0).saturating_mul(c.into()))
			.saturating_add(Db::get().reads(55))
			.saturating_add(Db::get().reads((5_u64).saturating_mul(v.into())))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(Db::get().writes(67))
			.saturating_add(Db::get().writes((5_u64).saturating_mul(v.into())))
			.saturating_add(Db::get().writes((3_u64).saturating_mul(c.into())))
	}

	fn count_room() -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().writes(1))
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
