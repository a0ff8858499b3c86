//! What a requester agrees to, what it costs, and when cheating cannot pay: pure arithmetic, without floating point.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{AtLeast32BitUnsigned, Bounded, Saturating},
	FixedPointNumber, FixedU128, Permill, Perquintill, SaturatedConversion,
};

/// The most checkers a requester may ask for. With a third of all slots malicious, one false claim in half a million meets
/// nobody honest among so many.
pub const MAX_CHECKERS: u8 = 12;

/// How long a provisional result may be challenged. The blocks are [`Periods::windows`].
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Window {
	#[default]
	Short,
	Standard,
	Long,
}

/// What a requester agrees to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Terms<Balance> {
	/// Workers that repeat the executor's work, drawn after it is bound to its answer. At most [`MAX_CHECKERS`].
	pub checkers: u8,
	/// The most the requester pays. Protects it from a price that rises while the request is on its way.
	pub max_fee: Balance,
	/// What somebody could gain beyond the fee if a wrong answer passed. The job is refused unless cheating loses on average
	/// even so.
	pub value_at_risk: Balance,
	pub window: Window,
	/// Whether a model will do that token holders have not voted for.
	pub allow_unlisted: bool,
}

/// What answers cost. A parameter under governance.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Pricing<Balance> {
	/// What each worker of a job gets for each input, whatever the model. Too little, and small models are not worth a
	/// worker's while.
	pub base: Balance,
	/// What each worker gets for a billion (10^9) multiply-accumulates.
	pub per_giga_mac: Balance,
	/// What each worker gets for each block by which the challenge window exceeds the short one: its slot stays busy and its bond at
	/// risk for so long. Too little, and whoever asks for long windows has capacity for nothing; too much, and nobody can afford
	/// results that may be challenged for long.
	pub per_block: Balance,
	/// Paid into the audit fund, as a share of the pay of all workers of the job. Below the audit rate divided by the
	/// number of workers, the fund shrinks.
	pub audit_levy: Permill,
	/// Burned, as a share of the pay of all workers.
	pub burn: Permill,
}

/// How long things may take. A parameter under governance.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Periods {
	/// Blocks an executor or checker has to commit, besides those for the work. Too few, and a node that loads a large model is
	/// fined; too many, and a requester waits long for the replacement of a silent one.
	pub commit: u32,
	/// Blocks to reveal, besides those for the work. Must cover the restart of a node, or it is slashed for a power cut.
	pub reveal: u32,
	/// Blocks validators have to vote, besides those for the work.
	pub vote: u32,
	/// Multiply-accumulates that the slowest machine worth having does in a block's time. Everything that runs a model gets one block
	/// more for each of these.
	pub macs_per_block: u64,
	/// Blocks for which a provisional result may be challenged, short, standard and long, besides those for the work.
	pub windows: [u32; 3],
}

/// Who gets what of the bond behind a wrong answer. The audit fund has the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct SlashSplit {
	/// Burned. This alone deters: all else might come back to the cheat under another name.
	pub burn: Permill,
	/// To the requester.
	pub requester: Permill,
	/// To whoever proved the answer wrong, in equal parts.
	pub provers: Permill,
}

/// What the protocol assumes of the world and threatens to cheats. A parameter under governance.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Security<Balance> {
	/// The share of slots that may act as one to cheat. Too small, and the assurance in records is a false one.
	pub malicious: Permill,
	/// The chance of an additional, unasked checker.
	pub audit: Permill,
	pub slash: SlashSplit,
	/// What a worker that does not commit in time loses, to the audit fund; at most the slot bond.
	pub no_show_fine: Balance,
	/// What a challenger puts up, and loses if those it accused were right: a share is burned, the rest is theirs. Too small, and validators re-execute for
	/// the fun of strangers; too large, and only the rich can be right.
	pub challenge_bond: Balance,
}

/// What one job costs its requester, part by part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Fee<Balance> {
	/// To the executor, and to each checker.
	pub pay: Balance,
	/// How many are paid so.
	pub workers: u8,
	/// To the audit fund.
	pub levy: Balance,
	/// Burned.
	pub burn: Balance,
	/// To the model's owner.
	pub royalty: Balance,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Fee<Balance> {
	/// The fee for `items` inputs of a model that takes `macs` multiply-accumulates for each and whose owner asks `royalty` for
	/// each, answered by an executor and `checkers` more, with a window `wait` blocks longer than the short one
	/// ([`Periods::wait`]): `k ((base + macs price) items + wait rent) (1 + levy + burn) + royalty items`, k = 1 + checkers.
	pub fn new(pricing: &Pricing<Balance>, items: u32, macs: u64, royalty: Balance, checkers: u8, wait: u32) -> Self {
		let work = u128::from(macs).saturating_mul(items.into());
		let priced = pricing
			.per_giga_mac
			.saturated_into::<u128>()
			.saturating_mul(work)
			.checked_div(1_000_000_000)
			.unwrap_or(0);
		let pay = pricing
			.base
			.saturating_mul(items.into())
			.saturating_add(priced.saturated_into())
			.saturating_add(pricing.per_block.saturating_mul(wait.into()));
		let workers = checkers.saturating_add(1);
		let all = pay.saturating_mul(workers.into());
		Self {
			pay,
			workers,
			levy: pricing.audit_levy.mul_floor(all),
			burn: pricing.burn.mul_floor(all),
			royalty: royalty.saturating_mul(items.into()),
		}
	}

	/// What the requester pays if all of it is due.
	pub fn total(&self) -> Balance {
		self.pay
			.saturating_mul(self.workers.into())
			.saturating_add(self.levy)
			.saturating_add(self.burn)
			.saturating_add(self.royalty)
	}
}

impl Periods {
	/// Blocks that running `items` inputs of `macs` multiply-accumulates each may take.
	pub fn work(&self, items: u32, macs: u64) -> u32 {
		let work = u128::from(macs).saturating_mul(items.into());
		work.div_ceil(u128::from(self.macs_per_block.max(1))).saturated_into()
	}

	/// Blocks of a challenge window, without those for the work.
	pub fn window(&self, window: Window) -> u32 {
		let [short, standard, long] = self.windows;
		match window {
			Window::Short => short,
			Window::Standard => standard,
			Window::Long => long,
		}
	}

	/// Blocks by which a challenge window exceeds the short one.
	pub fn wait(&self, window: Window) -> u32 {
		self.window(window).saturating_sub(self.window(Window::Short))
	}
}

impl<Balance> Security<Balance> {
	/// What a cheat is up against, where every slot can be drawn.
	pub fn odds(&self) -> Odds {
		Odds {
			malicious: self.malicious,
			audit: self.audit,
			burn: self.slash.burn,
		}
	}
}

/// What a cheat is up against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Odds {
	/// The share of slots that may act as one.
	pub malicious: Permill,
	/// The chance of an auditor.
	pub audit: Permill,
	/// The share of a bond that is burned.
	pub burn: Permill,
}

impl Odds {
	/// The same where only `free` of `in_service` slots can be drawn, since all malicious ones may be among them: whoever keeps
	/// honest slots busy with jobs of its own would otherwise choose its checkers.
	pub fn crowded(self, free: u32, in_service: u32) -> Self {
		let parts = u64::from(self.malicious.deconstruct())
			.saturating_mul(in_service.into())
			.div_ceil(free.max(1).into());
		Self {
			malicious: Permill::from_parts(u32::try_from(parts).unwrap_or(u32::MAX)),
			..self
		}
	}

	/// The chance that a false claim meets nobody honest: `m = f^c (1 - p (1 - f))`, with f the malicious share of slots, c the
	/// checkers and p the audit rate (DESIGN.md, section 5). Rounded to 10^-18.
	pub fn passing(&self, checkers: u8) -> Perquintill {
		let one = Perquintill::one();
		let f = Perquintill::from_parts(u64::from(self.malicious.deconstruct()).saturating_mul(1_000_000_000_000));
		let p = Perquintill::from_parts(u64::from(self.audit.deconstruct()).saturating_mul(1_000_000_000_000));
		let caught_by_audit = p.saturating_mul(one.saturating_sub(f));
		f.saturating_pow(checkers.into())
			.saturating_mul(one.saturating_sub(caught_by_audit))
	}
}

/// What cheating loses and gains on average, by the protocol's assumptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deterrence<Balance> {
	/// The chance that a false claim meets nobody honest.
	pub passing: Perquintill,
	/// `b B (1 - m)`: what a false claim burns on average, with b the burned share and B the slot bond. Rounded down.
	pub loss: Balance,
	/// `m (fee + value at risk)`: what it gains on average. Rounded up.
	pub gain: Balance,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Deterrence<Balance> {
	/// Weighs a job of this `fee` and `value_at_risk` with so many checkers.
	pub fn new(odds: Odds, bond: Balance, checkers: u8, fee: Balance, value_at_risk: Balance) -> Self {
		let passing = odds.passing(checkers);
		let noticed = Perquintill::one().saturating_sub(passing);
		let burned = odds.burn.mul_floor(bond);
		let stake: u128 = fee.saturating_add(value_at_risk).saturated_into();
		Self {
			passing,
			loss: noticed.mul_floor(burned.saturated_into::<u128>()).saturated_into(),
			gain: passing.mul_ceil(stake).saturated_into(),
		}
	}

	/// Whether cheating loses on average. Only then is a job accepted.
	pub fn holds(&self) -> bool {
		self.loss > self.gain
	}

	/// How many times the gain the loss is. [`FixedU128::max_value`] where there is no gain.
	pub fn ratio(&self) -> FixedU128 {
		FixedU128::checked_from_rational(self.loss.saturated_into::<u128>(), self.gain.saturated_into::<u128>())
			.unwrap_or_else(<FixedU128 as Bounded>::max_value)
	}
}
