//! What may rest on an answer: pure arithmetic, without floating point.
//!
//! An account is not a party, so no number of accounts proves that a group has a certain share of the tickets. Three
//! bounds limit `S`, the fee and the value at risk together, for an executor with `n` slots and `c` checkers, where `B`
//! is the slot bond and `b` its burned share:
//!
//! 1. **Draw.** A group with a share `f` of the tickets loses on average: `b n B (1 - m') > m' S`. A false claim meets
//!    nobody honest with `m = f^c (1 - p (1 - f))`, p the audit rate. Authors of a share `g` of the blocks can reject a
//!    draw with `G = 1 - (1 - g)^2`, again and again: `m' = m / (1 - G (1 - m))`. `f` is at least the share of the
//!    largest account.
//! 2. **Capture.** One party may own the whole pool or foresee the draw. Then only a node outside the job finds a wrong
//!    result, with the chance `w` that an honest node re-executes it: `S <= w / (1 - w) b (n + c) B`.
//! 3. **Pool.** The capital that a group needs for a share of a third: half of what the others have. `S` is at most
//!    half of the bonds behind the tickets, without those of the largest account.
//!
//! Where nothing is at risk beyond the fee, the first bound alone must hold, with the governed `f`. Otherwise all three
//! must, and at least `2 (c + 1)` workers have tickets: in a pool of c + 2 everybody knows who will be drawn.

use crate::terms::Deterrence;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{
	helpers_128bit::multiply_by_rational_with_rounding,
	traits::{AtLeast32BitUnsigned, Saturating},
	PerThing, Permill, Perquintill, Rounding, SaturatedConversion,
};

/// The maximum number of slots of an executor. With more, a job of one worker would need more tries of the draw, and
/// more writes.
pub const MAX_EXECUTOR_SLOTS: u8 = 16;

/// What stands behind the answers of one model.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Capacity {
	/// The number of tickets. A bond is behind each.
	pub tickets: u32,
	/// The number of workers with at least one ticket.
	pub workers: u32,
	/// The number of tickets of the worker with the most.
	pub largest: u32,
	/// The mean number of blocks for which the tickets have been listed.
	pub mean_age: u32,
	/// The number of bonds behind no job: those of the free slots, without one for each check promised.
	pub idle: u32,
}

impl Capacity {
	/// Returns the share of the largest account in the tickets, rounded up.
	pub fn largest_share(&self) -> Permill {
		let (largest, all) = (u64::from(self.largest), u64::from(self.tickets));
		let parts = largest.saturating_mul(1_000_000).div_ceil(all.max(1));
		Permill::from_parts(u32::try_from(parts).unwrap_or(u32::MAX))
	}

	/// Whether a worker is left to audit besides an executor and `checkers` checkers.
	pub fn has_worker_to_spare(&self, checkers: u8) -> bool {
		self.workers > u32::from(checkers).saturating_add(1)
	}

	/// Whether it is open who will be drawn besides an executor and `checkers` checkers: there are twice as many
	/// workers.
	pub fn hides_draw(&self, checkers: u8) -> bool {
		self.workers >= u32::from(checkers).saturating_add(1).saturating_mul(2)
	}
}

/// The odds of a cheat.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Odds {
	/// The share f of tickets that may cheat together.
	pub malicious_share: Permill,
	/// The probability p that an auditor is drawn.
	pub audit_rate: Permill,
	/// The share b of a bond that is burned.
	pub burn: Permill,
	/// The share g of blocks whose authors may collude with the executor.
	pub author_share: Permill,
	/// The chance w that an honest node outside the job re-executes a result.
	pub reexecution: Permill,
}

impl Odds {
	/// Returns the odds in a pool of this capacity: the malicious share is at least that of the largest account, and
	/// without a worker to spare nobody audits.
	pub fn in_pool(self, capacity: &Capacity, checkers: u8) -> Self {
		Self {
			malicious_share: self.malicious_share.max(capacity.largest_share()),
			audit_rate: match capacity.has_worker_to_spare(checkers) {
				true => self.audit_rate,
				false => Permill::zero(),
			},
			..self
		}
	}

	/// Returns the probability that one draw names no honest worker: `m = f^c (1 - p (1 - f))`, with f the malicious
	/// share of tickets, c the number of checkers and p the audit rate. Rounded to 10^-18.
	pub fn draw_probability(&self, checkers: u8) -> Perquintill {
		let one = Perquintill::one();
		let f = quintillionths(self.malicious_share);
		let caught_by_audit = quintillionths(self.audit_rate).saturating_mul(one.saturating_sub(f));
		f.saturating_pow(checkers.into())
			.saturating_mul(one.saturating_sub(caught_by_audit))
	}

	/// Returns the probability that a false claim meets no honest worker although authors reject draws that do not
	/// suit: `m' = m / (1 - G (1 - m))` with `G = 1 - (1 - g)^2`. Rounded up to 10^-18.
	pub fn evasion_probability(&self, checkers: u8) -> Perquintill {
		let one = Perquintill::one();
		let m = self.draw_probability(checkers);
		let g = quintillionths(self.author_share);
		let rejected = one.saturating_sub(one.saturating_sub(g).saturating_pow(2));
		let decided = one.saturating_sub(rejected.saturating_mul(one.saturating_sub(m)));
		let parts = multiply_by_rational_with_rounding(
			m.deconstruct().into(),
			one.deconstruct().into(),
			decided.deconstruct().into(),
			Rounding::Up,
		);
		Perquintill::from_parts(parts.map_or(u64::MAX, |parts| parts.saturated_into()))
	}
}

fn quintillionths(share: Permill) -> Perquintill {
	Perquintill::from_parts(u64::from(share.deconstruct()).saturating_mul(1_000_000_000_000))
}

/// What limits the value at risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Bound {
	/// Fewer than twice as many workers have tickets as the job draws: it can be foreseen who will be drawn.
	Workers,
	/// What the draw deters.
	Draw,
	/// What one party would lose that owns the pool.
	Capture,
	/// The capital that it takes to own a third of the pool.
	Pool,
}

/// What an answer rests on.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Backing<Balance> {
	/// The odds of a cheat.
	pub odds: Odds,
	/// What stood behind the model's answers, before workers were drawn for this one.
	pub capacity: Capacity,
	/// The bond behind each slot.
	pub bond: Balance,
	/// The number of slots of the executor.
	pub slots: u8,
	/// The number of checkers.
	pub checkers: u8,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Backing<Balance> {
	/// Returns the number of bonds that a party would lose which owns the pool: those of executor and checkers, but no
	/// more than are idle. Checks share the stake of their workers with slots, so the bonds that jobs count at a time
	/// are never more than there are.
	pub fn bonds(&self) -> u32 {
		u32::from(self.slots)
			.saturating_add(self.checkers.into())
			.min(self.capacity.idle)
	}

	/// Returns the probability that a false claim meets no honest worker, under these odds.
	pub fn evasion_probability(&self) -> Perquintill {
		self.odds.evasion_probability(self.checkers)
	}

	/// Returns what a cheat loses and gains on average by the draw.
	pub fn deterrence(&self, fee: Balance, value_at_risk: Balance) -> Deterrence<Balance> {
		let bonds = self.bond.saturating_mul(self.slots.into());
		Deterrence::new(self.odds, bonds, self.checkers, fee, value_at_risk)
	}

	/// Returns the maximum of fee and value at risk by each bound.
	pub fn limits(&self) -> [(Bound, u128); 3] {
		let Odds { burn, reexecution, .. } = self.odds;
		let bond: u128 = self.bond.saturated_into();
		let (accuracy, watched) = (Permill::ACCURACY, reexecution.deconstruct());
		let detected = Perquintill::one().saturating_sub(self.evasion_probability());
		let loss = detected.mul_floor(burn.mul_floor(bond.saturating_mul(self.slots.into())));
		let ratio = |amount, numerator: u64, denominator: u64| match denominator {
			0 => u128::MAX,
			_ => multiply_by_rational_with_rounding(amount, numerator.into(), denominator.into(), Rounding::Down)
				.unwrap_or(u128::MAX),
		};
		let draw = ratio(
			loss.saturating_sub(1),
			Perquintill::one().deconstruct(),
			self.evasion_probability().deconstruct(),
		);
		let capture = ratio(
			burn.mul_floor(bond).saturating_mul(self.bonds().into()),
			watched.into(),
			accuracy.saturating_sub(watched).into(),
		);
		let others = self.capacity.tickets.saturating_sub(self.capacity.largest);
		let pool = bond.saturating_mul(others.into()) / 2;
		[(Bound::Draw, draw), (Bound::Capture, capture), (Bound::Pool, pool)]
	}

	/// Returns the first bound by which `value_at_risk`, which is not zero, may not rest on the answer besides the
	/// `fee`; `None` if it may.
	pub fn exceeded(&self, fee: Balance, value_at_risk: Balance) -> Option<Bound> {
		if !self.capacity.hides_draw(self.checkers) {
			return Some(Bound::Workers);
		}
		if !self.deterrence(fee, value_at_risk).is_sufficient() {
			return Some(Bound::Draw);
		}
		let all = fee.saturating_add(value_at_risk).saturated_into::<u128>();
		self.limits()
			.into_iter()
			.find(|(_, limit)| all > *limit)
			.map(|(bound, _)| bound)
	}

	/// Returns the maximum value at risk besides this `fee`, and the bound that limits it.
	pub fn most_at_risk(&self, fee: Balance) -> (Balance, Bound) {
		if !self.capacity.hides_draw(self.checkers) {
			return (Balance::zero(), Bound::Workers);
		}
		let [first, rest @ ..] = self.limits();
		let (bound, limit) = rest
			.into_iter()
			.fold(first, |least, other| if other.1 < least.1 { other } else { least });
		(limit.saturating_sub(fee.saturated_into()).saturated_into(), bound)
	}
}
