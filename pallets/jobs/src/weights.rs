//! Weights of the calls, of their authorisation and of the agenda.
//!
//! They are counted, not measured: the storage items that each path touches at worst, priced by the runtime's `DbWeight`, and a
//! generous allowance for computation. Measured weights come with the FRAME benchmarks of the finished protocol and will replace
//! them behind the same trait. The chain keeps no storage proofs, so proof size is zero.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::WEIGHT_REF_TIME_PER_MICROS, RuntimeDbWeight, Weight},
};

/// What the calls and hooks of this pallet weigh.
pub trait WeightInfo {
	/// `b`: encoded bytes of the input.
	fn request(b: u32) -> Weight;
	/// `n`: items.
	fn commit(n: u32) -> Weight;
	/// `n`: items.
	fn authorize_commit(n: u32) -> Weight;
	/// `n`: items; `b`: encoded bytes of all.
	fn reveal(n: u32, b: u32) -> Weight;
	/// `n`: items; `b`: encoded bytes of all.
	fn authorize_reveal(n: u32, b: u32) -> Weight;
	/// `n`: jobs that fell due; `s`: blocks of the agenda that were looked at.
	fn on_initialize(n: u32, s: u32) -> Weight;
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

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Counted<Db> {
	/// Reads the model, the next number, randomness (2), the parent's hash, the pool (5), the account and its holds (2) and the
	/// totals; writes the next number, the pool (5), account and holds (2), job, input, agenda, assignment and totals.
	fn request(b: u32) -> Weight {
		STEP.saturating_add(bytes(b))
			.saturating_add(Db::get().reads_writes(13, 13))
	}

	/// Reads the job; writes it and two places of the agenda.
	fn commit(n: u32) -> Weight {
		STEP.saturating_add(Db::get().reads_writes(1, 3))
			.saturating_mul(n.into())
	}

	/// Reads the genesis hash and the worker once, and each job.
	fn authorize_commit(n: u32) -> Weight {
		let job = STEP.saturating_add(Db::get().reads(1)).saturating_mul(n.into());
		VERIFY.saturating_add(Db::get().reads(2)).saturating_add(job)
	}

	/// For each job: reads it, three accounts, the requester's holds and the owner's, the worker's slots, record and pool (4) and
	/// the totals; writes all these, the outcome, two places of the agenda and the assignment.
	fn reveal(n: u32, b: u32) -> Weight {
		STEP.saturating_add(Db::get().reads_writes(11, 15))
			.saturating_mul(n.into())
			.saturating_add(bytes(b))
	}

	/// Reads the genesis hash and the worker once, and each job.
	fn authorize_reveal(n: u32, b: u32) -> Weight {
		Self::authorize_commit(n).saturating_add(bytes(b))
	}

	/// The cursor; for each block of the agenda a read; for each job: reads its place, itself, account, holds, slots, record and
	/// pool (4) and the totals; writes all these, a new place and the assignment.
	fn on_initialize(n: u32, s: u32) -> Weight {
		STEP.saturating_add(Db::get().reads_writes(9, 11))
			.saturating_mul(n.into())
			.saturating_add(Db::get().reads(1).saturating_mul(s.into()))
			.saturating_add(Db::get().reads_writes(1, 1))
	}
}
