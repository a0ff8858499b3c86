//! The ranges within which governance may set the parameters of the protocol.
//!
//! A range protects those who follow the rules from a vote: within it, an honest worker can commit, reveal and vote in
//! time, cheating is punished, and a fee is a number. [`Ranged`] lists every field with its range once. The runtime
//! refuses a value outside when it is set ([`Ranged::check`]) and reads stored values into their ranges
//! ([`Ranged::clamp`]), so that none takes effect, whichever way it was stored. Clients check before they propose.

use crate::terms::{Periods, Pricing, Security, SlashSplit};
use core::fmt;
use sp_runtime::{traits::Saturating, Permill, SaturatedConversion};

/// The minimum blocks to commit. A node submits in the block after its assignment, and again after three blocks if that
/// had no effect: two submissions may be lost (1 + 3 + 3), and one author may leave out the third.
pub const MIN_COMMIT: u32 = 8;
/// The maximum blocks to commit: an hour. A requester waits for it three times before its job fails.
pub const MAX_COMMIT: u32 = 1_200;
/// The minimum blocks to reveal: 48 seconds, in which a node restarts. Whoever does not reveal loses a bond.
pub const MIN_REVEAL: u32 = 16;
/// The minimum blocks to vote: 48 seconds, in which a validator's node restarts, runs the task and votes.
pub const MIN_VOTE: u32 = 16;
/// The maximum blocks to reveal, to vote, and of the standard window: a day. The slots of a job are busy for as long.
pub const MAX_DAY: u32 = 28_800;
/// The minimum multiply-accumulates a block: a hundredth of what the slowest machine of 2024 does. With fewer, small
/// jobs keep their slots busy for hours.
pub const MIN_MACS_PER_BLOCK: u64 = 30_000_000;
/// The maximum multiply-accumulates a block: what one core of a 2024 machine does. With more, an honest worker is too
/// late.
pub const MAX_MACS_PER_BLOCK: u64 = 18_000_000_000;
/// The minimum blocks of a window, without those for the work: three to notice a result, re-execute and submit a
/// challenge, and twenty in a row whose authors may leave it out. If a third of the authors do, that happens to one
/// challenge in 3.5 billion (3^-20).
pub const MIN_WINDOW: u32 = 23;
/// The maximum blocks of the short window: an hour. Probes have it.
pub const MAX_SHORT_WINDOW: u32 = 1_200;
/// Both the minimum audit levy and the maximum audit rate. The levy on the executor's pay alone then pays an auditor of
/// the same pay as often as one is drawn, in whichever order the two are changed.
pub const AUDIT: Permill = Permill::from_percent(12);
/// The maximum audit levy, and the maximum burn: more than half on top of what workers get drives requesters away.
pub const MAX_SURCHARGE: Permill = Permill::from_percent(50);
/// The minimum malicious share: with less, the assurance in records claims more than an open pool can.
pub const MIN_MALICIOUS: Permill = Permill::from_percent(20);
/// The maximum malicious share: from two thirds on, no number of checkers helps, and the tribunal would have to be
/// assumed malicious, too.
pub const MAX_MALICIOUS: Permill = Permill::from_percent(66);
/// The minimum share of colluding authors: with less, the assurance in records claims more than a set of validators
/// that anybody may join can.
pub const MIN_AUTHORS: Permill = Permill::from_percent(10);
/// The maximum share of colluding authors: from half on they decide which chain is the longest.
pub const MAX_AUTHORS: Permill = Permill::from_percent(50);
/// The minimum chance of re-execution: with it, an answer carries what the bonds behind it burn.
pub const MIN_REEXECUTION: Permill = Permill::from_percent(50);
/// The maximum chance of re-execution: an answer carries 99 times what the bonds behind it burn. No secret sample of a
/// few nodes finds more.
pub const MAX_REEXECUTION: Permill = Permill::from_percent(99);
/// The minimum burned share of a bond. Only what is burned deters.
pub const MIN_SLASH_BURN: Permill = Permill::from_percent(25);
/// The maximum burned share of a bond: the rest pays those who prove an answer wrong.
pub const MAX_SLASH_BURN: Permill = Permill::from_percent(90);
/// The minimum share of reporters: without a reward nobody challenges.
pub const MIN_REPORTERS: Permill = Permill::from_percent(5);

/// What ranges depend on besides constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// The stake behind each slot.
	pub slot_bond: u128,
	/// The minimum balance of an account.
	pub existential_deposit: u128,
	/// The blocks for which stake that is withdrawn stays locked. A job ends before.
	pub unbonding_period: u32,
	/// Whether votes are faster than on a live network. The owner of such a chain has the sudo key and runs its nodes,
	/// and tests want to see deadlines pass: one block is its minimum for periods and windows.
	pub is_local: bool,
}

/// A field of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
	Base,
	PerGigaMac,
	PerBlock,
	AuditLevy,
	Burn,
	Commit,
	Reveal,
	Vote,
	MacsPerBlock,
	ShortWindow,
	StandardWindow,
	LongWindow,
	MaliciousShare,
	AuditRate,
	AuthorShare,
	Reexecution,
	SlashBurn,
	SlashRequester,
	SlashReporters,
	NoShowFine,
	ChallengeBond,
}

/// What the number of a field means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
	/// The smallest units of the currency.
	Amount,
	/// Millionths of one.
	Share,
	/// A number, of blocks or multiply-accumulates.
	Number,
}

impl Field {
	/// Returns its name, as clients show it.
	pub fn name(self) -> &'static str {
		match self {
			Self::Base => "pricing.base",
			Self::PerGigaMac => "pricing.per_giga_mac",
			Self::PerBlock => "pricing.per_block",
			Self::AuditLevy => "pricing.audit_levy",
			Self::Burn => "pricing.burn",
			Self::Commit => "periods.commit",
			Self::Reveal => "periods.reveal",
			Self::Vote => "periods.vote",
			Self::MacsPerBlock => "periods.macs_per_block",
			Self::ShortWindow => "periods.windows.short",
			Self::StandardWindow => "periods.windows.standard",
			Self::LongWindow => "periods.windows.long",
			Self::MaliciousShare => "security.malicious_share",
			Self::AuditRate => "security.audit_rate",
			Self::AuthorShare => "security.author_share",
			Self::Reexecution => "security.reexecution",
			Self::SlashBurn => "security.slash.burn",
			Self::SlashRequester => "security.slash.requester",
			Self::SlashReporters => "security.slash.reporters",
			Self::NoShowFine => "security.no_show_fine",
			Self::ChallengeBond => "security.challenge_bond",
		}
	}

	/// Returns what its number means.
	pub fn unit(self) -> Unit {
		match self {
			Self::Base | Self::PerGigaMac | Self::PerBlock | Self::NoShowFine | Self::ChallengeBond => Unit::Amount,
			Self::AuditLevy
			| Self::Burn
			| Self::MaliciousShare
			| Self::AuditRate
			| Self::AuthorShare
			| Self::Reexecution
			| Self::SlashBurn
			| Self::SlashRequester
			| Self::SlashReporters => Unit::Share,
			Self::Commit
			| Self::Reveal
			| Self::Vote
			| Self::MacsPerBlock
			| Self::ShortWindow
			| Self::StandardWindow
			| Self::LongWindow => Unit::Number,
		}
	}
}

/// The range of a field, ends included, as numbers of its [`Unit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
	pub min: u128,
	pub max: u128,
}

impl Range {
	/// Returns the range from `min` to `max`; `min` alone if `max` is smaller.
	fn new(min: impl Into<u128>, max: impl Into<u128>) -> Self {
		let min = min.into();
		Self {
			min,
			max: max.into().max(min),
		}
	}

	fn shares(min: Permill, max: Permill) -> Self {
		Self::new(min.deconstruct(), max.deconstruct())
	}

	/// Whether it includes `value`.
	pub fn contains(&self, value: u128) -> bool {
		(self.min..=self.max).contains(&value)
	}
}

/// A field whose value is not in its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange {
	pub field: Field,
	pub value: u128,
	pub range: Range,
}

impl fmt::Display for OutOfRange {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { field, value, range } = self;
		write!(
			f,
			"{} is {value}, and may be from {} to {}",
			field.name(),
			range.min,
			range.max
		)
	}
}

/// A parameter whose fields have ranges.
pub trait Ranged: Clone {
	/// Calls `each` with every field, its value and its range, and gives the field the value that `each` returns. The
	/// range of a later field may depend on the values of earlier ones.
	fn visit(&mut self, limits: &Limits, each: impl FnMut(Field, u128, Range) -> u128);

	/// Refuses a value that is not in its range, and names the first field that is not.
	fn check(&self, limits: &Limits) -> Result<(), OutOfRange> {
		let mut refused = None;
		self.clone().visit(limits, |field, value, range| {
			if !range.contains(value) && refused.is_none() {
				refused = Some(OutOfRange { field, value, range });
			}
			value
		});
		refused.map_or(Ok(()), Err)
	}

	/// Moves each field that is not in its range to the end that is nearer.
	fn clamp(mut self, limits: &Limits) -> Self {
		self.visit(limits, |_, value, range| value.clamp(range.min, range.max));
		self
	}
}

/// Sets a share to what `each` returns.
fn visit_share(share: &mut Permill, mut each: impl FnMut(u128) -> u128) {
	*share = Permill::from_parts(each(share.deconstruct().into()).saturated_into());
}

/// Sets a number of blocks to what `each` returns.
fn visit_blocks(blocks: &mut u32, mut each: impl FnMut(u128) -> u128) {
	*blocks = each((*blocks).into()).saturated_into();
}

impl Ranged for Pricing<u128> {
	/// Prices are at most a slot bond: an answer that costs more is deterred by no number of checkers, and the fee of
	/// the largest job stays far below the maximum number. They are not zero: a job that costs nothing occupies a slot
	/// all the same.
	fn visit(&mut self, limits: &Limits, mut each: impl FnMut(Field, u128, Range) -> u128) {
		let Self {
			base,
			per_giga_mac,
			per_block,
			audit_levy,
			burn,
		} = self;
		let deposit = limits.existential_deposit;
		// A hundred answers pay for an account at least, and a block of rent is worth a hundredth of an answer.
		let (an_answer, a_block) = (deposit.div_ceil(100), deposit.div_ceil(10_000));
		*base = each(Field::Base, *base, Range::new(an_answer, limits.slot_bond));
		*per_giga_mac = each(
			Field::PerGigaMac,
			*per_giga_mac,
			Range::new(an_answer, limits.slot_bond),
		);
		*per_block = each(Field::PerBlock, *per_block, Range::new(a_block, limits.slot_bond));
		visit_share(audit_levy, |value| {
			each(Field::AuditLevy, value, Range::shares(AUDIT, MAX_SURCHARGE))
		});
		visit_share(burn, |value| {
			each(Field::Burn, value, Range::shares(Permill::zero(), MAX_SURCHARGE))
		});
	}
}

impl Ranged for Periods {
	/// Half of the unbonding period is left for the longest window, and the maxima of all other periods of a job fit
	/// into the other half: nobody can withdraw the stake behind an answer before the answer is settled.
	fn visit(&mut self, limits: &Limits, mut each: impl FnMut(Field, u128, Range) -> u128) {
		let Self {
			commit,
			reveal,
			vote,
			macs_per_block,
			windows: [short, standard, long],
		} = self;
		let floor = |live: u32| if limits.is_local { 1 } else { live };
		visit_blocks(commit, |value| {
			each(Field::Commit, value, Range::new(floor(MIN_COMMIT), MAX_COMMIT))
		});
		visit_blocks(reveal, |value| {
			each(Field::Reveal, value, Range::new(floor(MIN_REVEAL), MAX_DAY))
		});
		visit_blocks(vote, |value| {
			each(Field::Vote, value, Range::new(floor(MIN_VOTE), MAX_DAY))
		});
		*macs_per_block = each(
			Field::MacsPerBlock,
			(*macs_per_block).into(),
			Range::new(MIN_MACS_PER_BLOCK, MAX_MACS_PER_BLOCK),
		)
		.saturated_into();
		visit_blocks(short, |value| {
			each(
				Field::ShortWindow,
				value,
				Range::new(floor(MIN_WINDOW), MAX_SHORT_WINDOW),
			)
		});
		visit_blocks(standard, |value| {
			each(Field::StandardWindow, value, Range::new(*short, MAX_DAY))
		});
		visit_blocks(long, |value| {
			each(
				Field::LongWindow,
				value,
				Range::new(*standard, limits.unbonding_period / 2),
			)
		});
	}
}

impl Ranged for Security<u128> {
	/// The shares of a bond add up to at most one. A fine is at most a tenth of a slot bond, because the worker may
	/// only have been away. A challenge costs at least a hundredth of one, so that strangers do not make validators
	/// re-execute for fun, and at most ten, so that others than the rich can challenge.
	fn visit(&mut self, limits: &Limits, mut each: impl FnMut(Field, u128, Range) -> u128) {
		let Self {
			malicious_share,
			audit_rate,
			author_share,
			reexecution,
			slash: SlashSplit {
				burn,
				requester,
				reporters,
			},
			no_show_fine,
			challenge_bond,
		} = self;
		visit_share(malicious_share, |value| {
			each(
				Field::MaliciousShare,
				value,
				Range::shares(MIN_MALICIOUS, MAX_MALICIOUS),
			)
		});
		visit_share(audit_rate, |value| {
			each(Field::AuditRate, value, Range::shares(Permill::zero(), AUDIT))
		});
		visit_share(author_share, |value| {
			each(Field::AuthorShare, value, Range::shares(MIN_AUTHORS, MAX_AUTHORS))
		});
		visit_share(reexecution, |value| {
			each(
				Field::Reexecution,
				value,
				Range::shares(MIN_REEXECUTION, MAX_REEXECUTION),
			)
		});
		visit_share(burn, |value| {
			each(Field::SlashBurn, value, Range::shares(MIN_SLASH_BURN, MAX_SLASH_BURN))
		});
		let rest = Permill::one().saturating_sub(*burn);
		visit_share(requester, |value| {
			let max = rest.saturating_sub(MIN_REPORTERS);
			each(Field::SlashRequester, value, Range::shares(Permill::zero(), max))
		});
		let rest = rest.saturating_sub(*requester);
		visit_share(reporters, |value| {
			each(Field::SlashReporters, value, Range::shares(MIN_REPORTERS, rest))
		});
		let (deposit, bond) = (limits.existential_deposit, limits.slot_bond);
		*no_show_fine = each(Field::NoShowFine, *no_show_fine, Range::new(deposit, bond / 10));
		*challenge_bond = each(
			Field::ChallengeBond,
			*challenge_bond,
			Range::new(deposit.max(bond / 100), bond.saturating_mul(10)),
		);
	}
}
