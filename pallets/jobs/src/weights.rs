//! Weights of the calls, of their authorisation, of the draw and of the agenda.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::WEIGHT_REF_TIME_PER_MICROS, RuntimeDbWeight, Weight},
};

/// What the calls and hooks of this pallet weigh.
pub trait WeightInfo {
	/// `b`: encoded bytes of the input.
	fn request(b: u32) -> Weight;
	/// `n`: jobs.
	fn commit(n: u32) -> Weight;
	/// `n`: jobs, each of which becomes provisional; `b`: encoded bytes of all.
	fn reveal(n: u32, b: u32) -> Weight;
	/// What a reveal takes in addition that makes the tribunal decide.
	fn open_dispute() -> Weight;
	/// `n`: steps; `b`: encoded bytes of all.
	fn authorize_submit(n: u32, b: u32) -> Weight;
	fn cancel() -> Weight;
	/// Randomness at the end of a block.
	fn beacon() -> Weight;
	/// `n`: workers of one job.
	fn draw(n: u32) -> Weight;
	/// `n`: blocks looked at.
	fn agenda(n: u32) -> Weight;
	fn postpone() -> Weight;
	fn replace_executor() -> Weight;
	/// `n`: participants.
	fn replace_checkers(n: u32) -> Weight;
	/// `n`: participants.
	fn punish_silence(n: u32) -> Weight;
	/// `n`: participants.
	fn settle(n: u32) -> Weight;
	/// A verdict. `n`: participants.
	fn rule(n: u32) -> Weight;
	fn prune() -> Weight;
	/// `n`: jobs of other models, or that have ended, that a sweep looks at.
	fn sweep(n: u32) -> Weight;
	/// `n`: participants.
	fn void_job(n: u32) -> Weight;
	/// `n`: jobs that have ended.
	fn pass_ended(n: u32) -> Weight;
}

/// Counted weights, with the database as the runtime prices it.
pub type SubstrateWeight<T> = Counted<<T as frame_system::Config>::DbWeight>;

/// Counted weights, with the database as `Db` prices it.
pub struct Counted<Db>(PhantomData<Db>);

/// Verification of an ed25519 signature.
const VERIFY: Weight = Weight::from_parts(100 * WEIGHT_REF_TIME_PER_MICROS, 0);
/// Checks, coding of records and events of one job.
const STEP: Weight = Weight::from_parts(30 * WEIGHT_REF_TIME_PER_MICROS, 0);
/// BLAKE3 and coding of one byte, in picoseconds.
const BYTE: u64 = 20_000;

fn bytes(b: u32) -> Weight {
	Weight::from_parts(BYTE.saturating_mul(b.into()), 0)
}

fn each(n: u32, weight: Weight) -> Weight {
	weight.saturating_mul(n.into())
}

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Counted<Db> {
	fn request(b: u32) -> Weight {
		STEP.saturating_add(bytes(b))
			.saturating_add(Db::get().reads_writes(17, 12))
	}

	fn commit(n: u32) -> Weight {
		each(n, STEP.saturating_add(Db::get().reads_writes(10, 4)))
	}

	fn reveal(n: u32, b: u32) -> Weight {
		each(n, STEP.saturating_add(Db::get().reads_writes(8, 11))).saturating_add(bytes(b))
	}

	fn open_dispute() -> Weight {
		STEP.saturating_add(Db::get().reads_writes(5, 6))
	}

	fn authorize_submit(n: u32, b: u32) -> Weight {
		VERIFY
			.saturating_add(Db::get().reads(2))
			.saturating_add(each(n, STEP.saturating_add(Db::get().reads(2))))
			.saturating_add(bytes(b))
	}

	fn cancel() -> Weight {
		STEP.saturating_add(Db::get().reads_writes(10, 10))
	}

	fn beacon() -> Weight {
		Db::get().reads_writes(3, 2)
	}

	fn draw(n: u32) -> Weight {
		let worker = STEP.saturating_add(Db::get().reads_writes(6, 5));
		STEP.saturating_add(Db::get().reads_writes(3, 4))
			.saturating_add(each(n, worker))
	}

	fn agenda(n: u32) -> Weight {
		each(n, Db::get().reads(1)).saturating_add(Db::get().reads_writes(1, 1))
	}

	fn postpone() -> Weight {
		STEP.saturating_add(Db::get().reads_writes(1, 3))
	}

	fn replace_executor() -> Weight {
		STEP.saturating_add(Db::get().reads_writes(14, 16))
	}

	fn replace_checkers(n: u32) -> Weight {
		STEP.saturating_add(Db::get().reads_writes(3, 6))
			.saturating_add(each(n, STEP.saturating_add(Db::get().reads_writes(6, 7))))
	}

	fn punish_silence(n: u32) -> Weight {
		STEP.saturating_add(Db::get().reads_writes(4, 8))
			.saturating_add(each(n, STEP.saturating_add(Db::get().reads_writes(7, 8))))
	}

	fn settle(n: u32) -> Weight {
		STEP.saturating_add(Db::get().reads_writes(8, 10))
			.saturating_add(each(n, STEP.saturating_add(Db::get().reads_writes(5, 6))))
	}

	fn rule(n: u32) -> Weight {
		Self::settle(n).saturating_add(each(n, STEP.saturating_add(Db::get().reads_writes(12, 12))))
	}

	fn prune() -> Weight {
		Db::get().reads_writes(2, 5)
	}

	fn sweep(n: u32) -> Weight {
		each(n, Db::get().reads(1)).saturating_add(Db::get().reads_writes(3, 1))
	}

	fn void_job(n: u32) -> Weight {
		Self::settle(n)
	}

	fn pass_ended(n: u32) -> Weight {
		each(n, Db::get().reads(1)).saturating_add(Db::get().reads_writes(2, 1))
	}
}
