//! Weights of the calls, of their authorisation, of decisions and of the agenda.
//!
//! They are counted, not measured: the storage items that each path touches at worst, priced by the runtime's `DbWeight`, and a
//! generous allowance for computation. Measured weights come with the FRAME benchmarks and will replace them behind the same
//! trait. The chain keeps no storage proofs, so proof size is zero.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{
		constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_MICROS},
		RuntimeDbWeight, Weight,
	},
};

/// What the calls and hooks of this pallet weigh.
pub trait WeightInfo {
	/// A challenge that opens a dispute, with what the job does then. `b`: encoded bytes of the answer.
	fn challenge(b: u32) -> Weight;
	/// A challenge that joins a dispute. `b`: encoded bytes of the answer.
	fn join_challenge(b: u32) -> Weight;
	/// `n`: votes, none of which decides.
	fn vote(n: u32) -> Weight;
	/// `n`: votes.
	fn authorize_vote(n: u32) -> Weight;
	/// The end of a dispute, without what the job does then. `v`: validators that may vote; `c`: challenges, each of which is
	/// forfeited to as many workers as a job can have.
	fn decide(v: u32, c: u32) -> Weight;
	/// `n`: disputes taken from the agenda, without their end; `s`: blocks of the agenda that were looked at.
	fn work_off_agenda(n: u32, s: u32) -> Weight;
}

/// Counted weights, with the database as the runtime prices it.
pub type SubstrateWeight<T> = Counted<<T as frame_system::Config>::DbWeight>;

/// Counted weights, with the database as `Db` prices it.
pub struct Counted<Db>(PhantomData<Db>);

/// Verification of an ed25519 signature.
const VERIFY: Weight = Weight::from_parts(100 * WEIGHT_REF_TIME_PER_MICROS, 0);
/// Checks, coding of records and events of one dispute.
const STEP: Weight = Weight::from_parts(30 * WEIGHT_REF_TIME_PER_MICROS, 0);
/// The same of one voter's record, or one payment.
const ENTRY: Weight = Weight::from_parts(5 * WEIGHT_REF_TIME_PER_MICROS, 0);
/// BLAKE3 and coding of one byte, in picoseconds.
const BYTE: u64 = 20_000;
/// An executor, the most checkers and an auditor.
const WORKERS: u32 = assay_primitives::terms::MAX_CHECKERS as u32 + 2;

fn bytes(b: u32) -> Weight {
	Weight::from_parts(BYTE.saturating_mul(b.into()), 0)
}

fn each(n: u32, weight: Weight) -> Weight {
	weight.saturating_mul(n.into())
}

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Counted<Db> {
	/// Reads the dispute, the bond (a parameter), the account and its holds, the present electorate, its number and the count of its
	/// disputes; writes the dispute, its place on the agenda, the answer, the account, its holds and the count. The job reads and
	/// writes itself, two places of its agenda and its totals, and reads its totals and periods.
	fn challenge(b: u32) -> Weight {
		STEP.saturating_mul(2)
			.saturating_add(bytes(b))
			.saturating_add(Db::get().reads_writes(12, 11))
	}

	/// Reads the dispute, the bond, the account and its holds; writes all but the bond, and the answer.
	fn join_challenge(b: u32) -> Weight {
		STEP.saturating_add(bytes(b))
			.saturating_add(Db::get().reads_writes(4, 4))
	}

	/// Each vote reads the dispute, its electorate and whether the validator has voted; writes the dispute and the vote.
	fn vote(n: u32) -> Weight {
		each(n, STEP.saturating_add(Db::get().reads_writes(3, 2)))
	}

	/// The genesis hash and a signature; each vote reads the dispute, its electorate and whether the validator has voted.
	fn authorize_vote(n: u32) -> Weight {
		VERIFY
			.saturating_add(Db::get().reads(1))
			.saturating_add(each(n, STEP.saturating_add(Db::get().reads(3))))
	}

	/// Reads the electorate, its number and the count of its disputes; writes the dispute, its place on the agenda, the electorate
	/// and the count. Each validator's vote and record are read and written; so are each challenger's account and holds and each
	/// account it pays, and the issuance once for each, and its answer is removed.
	fn decide(v: u32, c: u32) -> Weight {
		let validator = ENTRY.saturating_add(Db::get().reads_writes(2, 2));
		let payments = each(WORKERS, ENTRY.saturating_add(Db::get().reads_writes(3, 3)));
		let challenge = STEP
			.saturating_add(payments)
			.saturating_add(Db::get().reads_writes(4, 4));
		STEP.saturating_add(Db::get().reads_writes(3, 4))
			.saturating_add(each(v, validator))
			.saturating_add(each(c, challenge))
	}

	/// Reads and writes the cursor; reads each block; reads and removes each dispute's place, and reads it.
	fn work_off_agenda(n: u32, s: u32) -> Weight {
		each(n, Db::get().reads_writes(2, 1))
			.saturating_add(each(s, Db::get().reads(1)))
			.saturating_add(Db::get().reads_writes(1, 1))
	}
}

/// For tests that do not care.
impl WeightInfo for () {
	fn challenge(b: u32) -> Weight {
		Counted::<ParityDbWeight>::challenge(b)
	}

	fn join_challenge(b: u32) -> Weight {
		Counted::<ParityDbWeight>::join_challenge(b)
	}

	fn vote(n: u32) -> Weight {
		Counted::<ParityDbWeight>::vote(n)
	}

	fn authorize_vote(n: u32) -> Weight {
		Counted::<ParityDbWeight>::authorize_vote(n)
	}

	fn decide(v: u32, c: u32) -> Weight {
		Counted::<ParityDbWeight>::decide(v, c)
	}

	fn work_off_agenda(n: u32, s: u32) -> Weight {
		Counted::<ParityDbWeight>::work_off_agenda(n, s)
	}
}
