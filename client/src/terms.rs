//! Fees, odds, and what would keep the chain from accepting a request.

use crate::{amount::Amount, chain::Quote};
use assay_primitives::{
	api::ModelStatus,
	bounds::Bound,
	terms::{Fee, Pricing, Terms},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Returns the fee for one answer of a model, with `checkers` checkers and the short window.
pub fn fee_of_one_answer(pricing: &Pricing<u128>, macs: u64, royalty: u128, checkers: u8) -> Amount {
	Amount(Fee::new(pricing, 1, macs, royalty, checkers, 0).total())
}

/// Formats three significant digits, with words for large numbers.
fn rounded(value: f64) -> String {
	match value {
		v if v < 10.0 => format!("{v:.2}"),
		v if v < 100.0 => format!("{v:.1}"),
		v if v < 1e6 => format!("{v:.0}"),
		v if v < 1e9 => format!("{:.1} million", v / 1e6),
		v if v < 1e12 => format!("{:.1} billion", v / 1e9),
		v => format!("{v:.1e}"),
	}
}

/// The probability that no honest worker checks a false claim.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Probability(pub f64);

impl Probability {
	/// Converts parts of 10^18.
	pub fn from_parts(parts: u64) -> Self {
		Self(parts as f64 / 1e18)
	}
}

impl fmt::Display for Probability {
	/// Writes a percentage of three significant digits.
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let percent = self.0 * 100.0;
		if percent < 0.0001 {
			return write!(f, "less than 0.0001 %");
		}
		let magnitude = percent.log10().floor() as i32;
		let decimals = usize::try_from(2 - magnitude).unwrap_or(0);
		write!(f, "{percent:.decimals$} %")
	}
}

/// The average loss of cheating divided by its average gain; null where nothing is gained.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Deterrence(pub Option<f64>);

impl Deterrence {
	/// One, in parts of 10^18.
	const ONE: u128 = 1_000_000_000_000_000_000;

	/// Converts parts of 10^18, where the largest number means that nothing is gained.
	pub fn from_parts(parts: u128) -> Self {
		Self((parts != u128::MAX).then_some(parts as f64 / 1e18))
	}

	/// Returns whether cheating loses on average, from parts of 10^18.
	pub fn is_sufficient(parts: u128) -> bool {
		parts > Self::ONE
	}
}

impl fmt::Display for Deterrence {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.0 {
			None => write!(f, "cheating gains nothing"),
			Some(ratio) if ratio > 1.0 => {
				write!(f, "cheating loses on average {} times what it gains", rounded(ratio))
			}
			Some(0.0) => write!(f, "cheating would pay: it loses nothing"),
			Some(ratio) => write!(
				f,
				"cheating would pay: it gains on average {} times what it loses",
				rounded(1.0 / ratio)
			),
		}
	}
}

/// Why the chain would refuse a request now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Obstacle {
	/// The name of the error on chain.
	pub name: String,
	/// What is wrong and what to do.
	pub reason: String,
	/// Whether the same request may be accepted later: only slots or workers are missing.
	pub temporary: bool,
}

/// Returns the checks that a request is promised: one for each checker and, where another worker is available, one for
/// an auditor.
pub fn required_checks(quote: &Quote, checkers: u8) -> u32 {
	let workers = 1 + u32::from(checkers);
	u32::from(checkers) + u32::from(quote.available_workers > workers)
}

/// Returns the number of requests on these terms that the model can take now.
pub fn capacity(quote: &Quote, checkers: u8) -> u32 {
	if checkers > 0 && quote.available_workers <= checkers.into() {
		return 0;
	}
	let by_slots = quote.free_slots / u32::from(quote.backing.slots).max(1);
	match required_checks(quote, checkers) {
		0 => by_slots,
		checks => by_slots.min(quote.free_checks / checks),
	}
}

/// Says what to do about a request that exceeds a bound.
fn within_bounds(quote: &Quote, checkers: u8) -> String {
	let available = quote.available_workers;
	let most = match quote.most_at_risk {
		0 => "nothing may be at risk".to_owned(),
		most => format!("{} ASY may be at risk at most", Amount(most)),
	};
	let next = match quote.min_checkers {
		Some(min) if u32::from(min) < available && min != checkers => format!("ask for --checkers {min}"),
		// Otherwise the next refusal would be a lack of workers, which asks for fewer checkers.
		Some(min) if min != checkers => format!(
			"lower --value-at-risk or --batch. Or ask for --checkers {min} once {} workers have tickets of the model; \
			 {available} have some now",
			u32::from(min) + 1
		),
		_ => "lower --value-at-risk or --batch: no number of checkers suffices".to_owned(),
	};
	format!("with --checkers {checkers}, {most} on these terms: {next}")
}

/// Returns why the chain would refuse a request on these terms to a model of this status now, in the order in which the
/// chain checks.
pub fn obstacles(quote: &Quote, terms: &Terms<u128>, status: ModelStatus) -> Vec<Obstacle> {
	let mut found = Vec::new();
	let mut add = |name: &str, temporary, reason| {
		found.push(Obstacle {
			name: name.to_owned(),
			reason,
			temporary,
		})
	};
	if status == ModelStatus::Open && !terms.allow_unlisted {
		add(
			"ModelNotListed",
			false,
			"the model is open and not listed: others have reproduced it, and token holders have not voted to endorse \
			 it. To use it anyway, add --allow-unlisted"
				.to_owned(),
		);
	}
	let fee = quote.fee.total();
	if fee > terms.max_fee {
		add(
			"MaxFeeExceeded",
			false,
			format!(
				"a job costs {0} ASY, more than --max-fee {1}: raise --max-fee to {0}, or omit it",
				Amount(fee),
				Amount(terms.max_fee)
			),
		);
	}
	let (available, checkers) = (quote.available_workers, terms.checkers);
	let next = || within_bounds(quote, checkers);
	match quote.exceeded {
		Some(Bound::Draw) => {
			let deterrence = Deterrence::from_parts(quote.deterrence.into_inner());
			add("InsufficientDeterrence", false, format!("{deterrence}; {}", next()));
		}
		Some(Bound::Capture) => add(
			"BondsTooSmall",
			false,
			format!(
				"if one party owned the pool, it would gain more than its bonds; {}",
				next()
			),
		),
		Some(Bound::Pool) => add(
			"PoolTooSmall",
			false,
			format!(
				"a third of the pool would cost less than a wrong answer could bring; {}",
				next()
			),
		),
		Some(Bound::Workers) => add(
			"TooFewWorkers",
			true,
			format!(
				"with a value at risk the job needs tickets of {} workers, so that nobody can foresee who is drawn, \
				 and {available} have some now: lower --value-at-risk to 0, ask for fewer checkers, or wait for more \
				 workers",
				2 * (u32::from(checkers) + 1)
			),
		),
		None => {}
	}
	let workers = 1 + u32::from(checkers);
	if quote.exceeded == Some(Bound::Workers) {
		// Said already.
	} else if checkers > 0 && available < workers {
		// Fewer checkers help only where they still deter cheating.
		let fewer = quote
			.min_checkers
			.filter(|min| u32::from(*min) < available)
			.map(|_| format!("ask for --checkers {}, or ", available - 1));
		add(
			"TooFewWorkers",
			true,
			format!(
				"the job needs tickets of {workers} workers, and {available} have some now: {}wait for more workers",
				fewer.unwrap_or_default()
			),
		);
	} else if capacity(quote, checkers) == 0 {
		add(
			"NoFreeSlot",
			true,
			format!(
				"the job needs {} free slots of one worker and {} checks, and {} slots and {} checks are free now: try \
				 again when a job has ended",
				quote.backing.slots,
				required_checks(quote, checkers),
				quote.free_slots,
				quote.free_checks
			),
		);
	}
	found
}

#[cfg(test)]
pub mod tests {
	use super::*;
	use assay_primitives::api::JobPeriods;
	use codec::{Decode, Encode};

	/// A fee of two workers.
	pub const FEE: Fee<u128> = Fee {
		pay: 2_000_000_000,
		rent: 0,
		workers: 2,
		levy: 480_000_000,
		burn: 40_000_000,
		royalty: 0,
	};

	/// Returns a quote for a job that takes one slot. Fractions can only be made by decoding them.
	pub fn quote(exceeded: Option<Bound>, min_checkers: Option<u8>, free: u32, available_workers: u32) -> Quote {
		let evasion_probability = 311_111_111_111_111_111u64;
		let odds = (333_333u32, 100_000u32, 500_000u32, 333_333u32, 900_000u32);
		let capacity = (100u32, available_workers, 10u32, 28_800u32, free);
		let backing = (odds, capacity, 10_000_000_000_000u128, 1u8, 1u8);
		let deterrence = match exceeded {
			Some(Bound::Draw) => Deterrence::ONE,
			_ => 2 * Deterrence::ONE,
		};
		let judged = (
			backing,
			evasion_probability,
			deterrence,
			exceeded,
			4_000_000_000_000u128,
			Bound::Draw,
		);
		let parts = (
			FEE,
			free,
			free,
			available_workers,
			judged,
			min_checkers,
			JobPeriods::default(),
		);
		Quote::decode(&mut &parts.encode()[..]).unwrap()
	}

	fn terms(checkers: u8, max_fee: u128) -> Terms<u128> {
		Terms {
			checkers,
			max_fee,
			value_at_risk: 0,
			window: Default::default(),
			allow_unlisted: false,
		}
	}

	fn names(quote: &Quote, terms: &Terms<u128>) -> Vec<String> {
		let obstacles = obstacles(quote, terms, ModelStatus::Listed);
		obstacles.into_iter().map(|obstacle| obstacle.name).collect()
	}

	#[test]
	fn an_unlisted_model_is_used_only_with_the_flag() {
		let quote = quote(None, Some(0), 9, 3);
		let refused = |allow_unlisted, status| {
			let terms = Terms {
				allow_unlisted,
				..terms(1, u128::MAX)
			};
			obstacles(&quote, &terms, status)
		};
		let unlisted = refused(false, ModelStatus::Open);
		assert_eq!(unlisted[0].name, "ModelNotListed");
		assert!(unlisted[0].reason.contains("--allow-unlisted") && !unlisted[0].temporary);
		assert!(refused(true, ModelStatus::Open).is_empty());
		assert!(refused(false, ModelStatus::Listed).is_empty());
	}

	#[test]
	fn probability_and_deterrence_read_as_words() {
		let chance = |parts| Probability::from_parts(parts).to_string();
		assert_eq!(chance(1_000_000_000_000_000_000), "100 %");
		assert_eq!(chance(933_333_333_333_333_333), "93.3 %");
		assert_eq!(chance(34_567_000_000_000_000), "3.46 %");
		assert_eq!(chance(1_756_000_000_000), "0.000176 %");
		assert_eq!(chance(999_999_999_999), "less than 0.0001 %");
		assert_eq!(chance(0), "less than 0.0001 %");
		let odds = |parts| Deterrence::from_parts(parts).to_string();
		assert!(odds(14_700_000_000_000_000_000).contains("loses on average 14.7 times"));
		assert!(odds(Deterrence::ONE / 2).contains("would pay: it gains on average 2.00 times"));
		assert!(odds(0).contains("loses nothing"));
		assert_eq!(odds(u128::MAX), "cheating gains nothing");
		assert!(
			!Deterrence::is_sufficient(Deterrence::ONE),
			"breaking even deters nobody"
		);
		assert_eq!(
			serde_json::to_string(&Deterrence::from_parts(u128::MAX)).unwrap(),
			"null"
		);
	}

	#[test]
	fn refusals_are_predicted() {
		assert_eq!(names(&quote(None, Some(0), 9, 3), &terms(1, FEE.total())), [""; 0]);
		assert_eq!(
			names(&quote(None, Some(0), 9, 3), &terms(1, FEE.total() - 1)),
			["MaxFeeExceeded"]
		);
		for (bound, name, temporary) in [
			(Bound::Draw, "InsufficientDeterrence", false),
			(Bound::Capture, "BondsTooSmall", false),
			(Bound::Pool, "PoolTooSmall", false),
			(Bound::Workers, "TooFewWorkers", true),
		] {
			let found = obstacles(
				&quote(Some(bound), None, 9, 3),
				&terms(1, u128::MAX),
				ModelStatus::Listed,
			);
			assert_eq!((found[0].name.as_str(), found[0].temporary), (name, temporary));
			assert!(found[0].reason.contains("--value-at-risk"), "{found:?}");
		}
		let undeterred = quote(Some(Bound::Draw), Some(4), 9, 5);
		let reason = &obstacles(&undeterred, &terms(1, u128::MAX), ModelStatus::Listed)[0].reason;
		assert!(
			reason.contains("--checkers 4") && reason.contains("4 ASY may be at risk"),
			"{reason}"
		);
		assert_eq!(
			names(&quote(None, Some(0), 9, 1), &terms(1, u128::MAX)),
			["TooFewWorkers"]
		);
		assert_eq!(names(&quote(None, Some(0), 0, 2), &terms(1, u128::MAX)), ["NoFreeSlot"]);
		// One worker answers alone.
		assert_eq!(names(&quote(None, Some(0), 1, 1), &terms(0, u128::MAX)), [""; 0]);
	}

	#[test]
	fn two_obstacles_never_ask_for_more_and_for_fewer_checkers() {
		let reasons = |exceeded, checkers, min_checkers, available| {
			let quote = quote(exceeded, min_checkers, 9, available);
			let found = obstacles(&quote, &terms(checkers, u128::MAX), ModelStatus::Listed);
			found.into_iter().map(|obstacle| obstacle.reason).collect::<Vec<_>>()
		};
		let draw = Some(Bound::Draw);
		// Four checkers deter, and there are workers enough.
		assert!(reasons(draw, 1, Some(4), 5)[0].contains("ask for --checkers 4"));
		// There are not: less must be at risk.
		let few = reasons(draw, 2, Some(4), 2);
		assert!(
			few[0].contains("lower --value-at-risk") && few[0].contains("once 5 workers"),
			"{few:?}"
		);
		assert!(few[1].ends_with("2 have some now: wait for more workers"), "{few:?}");
		// More were asked for than are needed.
		let many = reasons(None, 4, Some(1), 3);
		assert!(many[0].contains("ask for --checkers 2"), "{many:?}");
	}

	#[test]
	fn a_check_is_promised_to_an_auditor_where_one_is_available() {
		let quote = |available_workers| quote(None, None, 8, available_workers);
		for (available, checkers, checks, jobs) in
			[(1, 0, 0, 8), (2, 0, 1, 8), (2, 2, 2, 0), (3, 2, 2, 4), (9, 2, 3, 2)]
		{
			assert_eq!(required_checks(&quote(available), checkers), checks);
			assert_eq!(capacity(&quote(available), checkers), jobs);
		}
	}
}
