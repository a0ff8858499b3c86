//! The terms of a job, its price, and the condition under which cheating does not pay: pure arithmetic, without
//! floating point.

use crate::bounds::Odds;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{AtLeast32BitUnsigned, Bounded, Saturating},
	FixedPointNumber, FixedU128, Permill, Perquintill, SaturatedConversion,
};

/// The maximum number of checkers of a job. If a third of all tickets is malicious, one false claim in half a million
/// meets no honest one among this many.
pub const MAX_CHECKERS: u8 = 12;

/// The length of the challenge window, in blocks given by [`Periods::windows`].
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Window {
	#[default]
	Short,
	Standard,
	Long,
}

/// The terms on which a requester asks for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Terms<Balance> {
	/// Workers that repeat the executor's work, drawn after it has committed to its answer. At most [`MAX_CHECKERS`].
	pub checkers: u8,
	/// The maximum fee. Protects the requester from a price that rises while the request is on its way.
	pub max_fee: Balance,
	/// What a cheat could gain beyond the fee if a wrong answer passed. The job is refused unless bonds carry it
	/// ([`bounds`](crate::bounds)): the executor gets as many slots as that takes, each of which costs rent.
	pub value_at_risk: Balance,
	pub window: Window,
	/// Whether to accept a model that token holders have not voted for.
	pub allow_unlisted: bool,
}

/// The price of answers. A parameter under governance.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Pricing<Balance> {
	/// What each worker of a job gets for each item, whatever the model. If too small, small models do not pay a
	/// worker's costs.
	pub base: Balance,
	/// What each worker gets for a billion (10^9) multiply-accumulates.
	pub per_giga_mac: Balance,
	/// What each worker gets for each block by which the challenge window exceeds the short one, and the executor for
	/// each further slot and block, because slots stay busy and bonds at risk. If too small, long windows and much
	/// value at risk occupy capacity for free; if too large, nobody can afford them.
	pub per_block: Balance,
	/// Paid into the audit fund, as a share of the pay of all workers of the job. Below the audit rate divided by the
	/// number of workers, the fund shrinks.
	pub audit_levy: Permill,
	/// Burned, as a share of the pay of all workers.
	pub burn: Permill,
}

/// The periods of a job. A parameter under governance.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Periods {
	/// Blocks in which an executor or checker must commit, in addition to those for the work. If too small, a node
	/// that loads a large model is fined; if too large, a requester waits long for the replacement of a silent worker.
	pub commit: u32,
	/// Blocks in which workers must reveal, in addition to those for the work. Must cover the restart of a node, or a
	/// power cut costs a bond.
	pub reveal: u32,
	/// Blocks in which validators may vote, in addition to those for the work.
	pub vote: u32,
	/// Multiply-accumulates that the slowest acceptable machine does in a block's time. Whatever runs a model gets one
	/// more block for each multiple of this.
	pub macs_per_block: u64,
	/// Blocks in which a provisional result may be challenged (short, standard and long), in addition to those for the
	/// work.
	pub windows: [u32; 3],
}

/// The shares of the bond behind a wrong answer. The audit fund gets the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct SlashSplit {
	/// Burned. Only this share deters: the rest might return to the cheat under another name.
	pub burn: Permill,
	/// Paid to the requester.
	pub requester: Permill,
	/// Paid to those who reported the wrong answer, in equal parts: challengers whose challenge was upheld, or else the
	/// workers whose answers the verdict confirms.
	pub reporters: Permill,
}

/// What the protocol assumes about cheats, and how it punishes them. A parameter under governance.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Security<Balance> {
	/// The share of tickets that may cheat together, at least. If too small, the assurance in records is false.
	pub malicious_share: Permill,
	/// The probability that an auditor is drawn in addition to the checkers.
	pub audit_rate: Permill,
	/// The share of blocks whose authors may collude with an executor. If too small, the assurance in records is false.
	pub author_share: Permill,
	/// The chance that an honest node outside the job re-executes a result. If too large, more rests on bonds than they
	/// carry where one party owns a pool; if too small, little may rest on any answer.
	pub reexecution: Permill,
	pub slash: SlashSplit,
	/// What a worker that does not commit in time pays into the audit fund; at most the slot bond.
	pub no_show_fine: Balance,
	/// The bond of a challenger. If the accused workers were right, a share is burned and they get the rest. Too small,
	/// and strangers make validators re-execute for fun; if too large, only the rich can challenge.
	pub challenge_bond: Balance,
}

/// What a job costs its requester, by part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Fee<Balance> {
	/// Paid to the executor and to each checker.
	pub pay: Balance,
	/// Paid to the executor in addition, for the slots that it has besides the first.
	pub rent: Balance,
	/// The number of workers that get `pay`.
	pub workers: u8,
	/// Paid into the audit fund.
	pub levy: Balance,
	/// Burned.
	pub burn: Balance,
	/// Paid to the model's owner.
	pub royalty: Balance,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Fee<Balance> {
	/// Computes the fee for `items` items of a model that takes `macs` multiply-accumulates and costs `royalty` for
	/// each, answered by an executor and `checkers` checkers, with a window `extra` blocks longer than the short one
	/// ([`Periods::extra_window`]): `k ((base + macs price) items + extra rent) (1 + levy + burn) + royalty items`, k =
	/// 1 + checkers.
	pub fn new(pricing: &Pricing<Balance>, items: u32, macs: u64, royalty: Balance, checkers: u8, extra: u32) -> Self {
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
			.saturating_add(pricing.per_block.saturating_mul(extra.into()));
		let workers = checkers.saturating_add(1);
		let all = pay.saturating_mul(workers.into());
		Self {
			pay,
			rent: Balance::zero(),
			workers,
			levy: pricing.audit_levy.mul_floor(all),
			burn: pricing.burn.mul_floor(all),
			royalty: royalty.saturating_mul(items.into()),
		}
	}

	/// Adds the rent for the `slots` slots of the executor, which are busy for `blocks` blocks at most if nothing is
	/// disputed and nobody replaced. The first slot is paid with the work.
	pub fn with_slots(self, pricing: &Pricing<Balance>, slots: u8, blocks: u32) -> Self {
		let further = u32::from(slots.saturating_sub(1));
		let rent = pricing.per_block.saturating_mul(further.saturating_mul(blocks).into());
		Self { rent, ..self }
	}

	/// Returns the sum of all parts: what the requester pays at most.
	pub fn total(&self) -> Balance {
		self.pay
			.saturating_mul(self.workers.into())
			.saturating_add(self.rent)
			.saturating_add(self.levy)
			.saturating_add(self.burn)
			.saturating_add(self.royalty)
	}
}

impl Periods {
	/// Returns the blocks granted for running `items` items of `macs` multiply-accumulates each.
	pub fn work_blocks(&self, items: u32, macs: u64) -> u32 {
		let work = u128::from(macs).saturating_mul(items.into());
		work.div_ceil(u128::from(self.macs_per_block.max(1))).saturated_into()
	}

	/// Returns the blocks of a challenge window, without those for the work.
	pub fn window(&self, window: Window) -> u32 {
		let [short, standard, long] = self.windows;
		match window {
			Window::Short => short,
			Window::Standard => standard,
			Window::Long => long,
		}
	}

	/// Returns the blocks by which a challenge window exceeds the short one.
	pub fn extra_window(&self, window: Window) -> u32 {
		self.window(window).saturating_sub(self.window(Window::Short))
	}
}

impl<Balance> Security<Balance> {
	/// Returns the odds of a cheat.
	pub fn odds(&self) -> Odds {
		Odds {
			malicious_share: self.malicious_share,
			audit_rate: self.audit_rate,
			burn: self.slash.burn,
			author_share: self.author_share,
			reexecution: self.reexecution,
		}
	}
}

/// What a cheat loses and gains on average, under the protocol's assumptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deterrence<Balance> {
	/// The probability that a false claim meets no honest worker.
	pub evasion_probability: Perquintill,
	/// The average loss: `b B (1 - m')`, with b the burned share and B the executor's bonds. Rounded down.
	pub loss: Balance,
	/// The average gain: `m' (fee + value at risk)`. Rounded up.
	pub gain: Balance,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Deterrence<Balance> {
	/// Computes loss and gain for a job with this `fee`, `value_at_risk` and number of `checkers`, whose executor has
	/// these `bonds` at stake.
	pub fn new(odds: Odds, bonds: Balance, checkers: u8, fee: Balance, value_at_risk: Balance) -> Self {
		let evasion_probability = odds.evasion_probability(checkers);
		let detected = Perquintill::one().saturating_sub(evasion_probability);
		let burned = odds.burn.mul_floor(bonds);
		let stake: u128 = fee.saturating_add(value_at_risk).saturated_into();
		Self {
			evasion_probability,
			loss: detected.mul_floor(burned.saturated_into::<u128>()).saturated_into(),
			gain: evasion_probability.mul_ceil(stake).saturated_into(),
		}
	}

	/// Whether cheating loses on average. Only then is a job accepted.
	pub fn is_sufficient(&self) -> bool {
		self.loss > self.gain
	}

	/// Returns the loss divided by the gain; [`FixedU128::max_value`] if there is no gain.
	pub fn ratio(&self) -> FixedU128 {
		FixedU128::checked_from_rational(self.loss.saturated_into::<u128>(), self.gain.saturated_into::<u128>())
			.unwrap_or_else(<FixedU128 as Bounded>::max_value)
	}
}
