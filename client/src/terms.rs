//! Fees, odds, and what would keep the chain from accepting a request.

use crate::{amount::Amount, chain::Quote};
use assay_primitives::{
	api::ModelStatus,
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

	/// Returns whether cheating loses on average, from parts of 10^18. Only then does the chain accept a request.
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

/// Returns the number of requests that the model can take now.
pub fn capacity(quote: &Quote, checkers: u8) -> u32 {
	if checkers > 0 && quote.available_workers <= checkers.into() {
		return 0;
	}
	match quote.free_checks.checked_div(required_checks(quote, checkers)) {
		Some(requests) => quote.free_slots.min(requests),
		None => quote.free_slots,
	}
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
	let available = quote.available_workers;
	let deterrence = quote.deterrence.into_inner();
	// Where nothing is at risk, the chain accepts a job that nobody can audit.
	if quote.min_checkers.is_none_or(|min| terms.checkers < min) {
		let next = match quote.min_checkers {
			Some(min) if u32::from(min) < available => format!("ask for --checkers {min}"),
			// Otherwise the next refusal would be a lack of workers, which asks for fewer checkers.
			Some(min) => format!(
				"lower --value-at-risk or --batch. Or ask for --checkers {min} once {} workers serve the model; \
					 {available} do now",
				u32::from(min) + 1
			),
			None => "no number of checkers deters that: lower --value-at-risk or --batch".to_owned(),
		};
		add(
			"InsufficientDeterrence",
			false,
			format!("{}; {next}", Deterrence::from_parts(deterrence)),
		);
	}
	let workers = 1 + u32::from(terms.checkers);
	let checks = required_checks(quote, terms.checkers);
	if terms.checkers > 0 && available < workers {
		// Fewer checkers help only where they still deter cheating.
		let fewer = quote
			.min_checkers
			.filter(|min| u32::from(*min) < available)
			.map(|_| format!("ask for --checkers {}, or ", available - 1));
		add(
			"TooFewWorkers",
			true,
			format!(
				"the job needs {workers} workers that can be drawn as checkers, and {available} can be now: {}wait \
					 for more workers",
				fewer.unwrap_or_default()
			),
		);
	} else if quote.free_slots == 0 || quote.free_checks < checks {
		add(
			"NoFreeSlot",
			true,
			format!(
				"the job needs a free slot and {checks} checks, and the model has {} and {} now: try again when a job \
				 has ended",
				quote.free_slots, quote.free_checks
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
		workers: 2,
		levy: 480_000_000,
		burn: 40_000_000,
		royalty: 0,
	};

	/// Returns a quote with as many free checks as free slots. Fractions can only be made by decoding them.
	fn quote(deterrence: u128, min_checkers: Option<u8>, free_slots: u32, available_workers: u32) -> Quote {
		let free_checks = free_slots;
		let evasion_probability = 311_111_111_111_111_111u64;
		let parts = (
			FEE,
			free_slots,
			free_checks,
			available_workers,
			evasion_probability,
			deterrence,
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
		let quote = quote(2 * Deterrence::ONE, Some(0), 9, 3);
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
		let good = 2 * Deterrence::ONE;
		assert_eq!(names(&quote(good, Some(0), 9, 3), &terms(1, FEE.total())), [""; 0]);
		assert_eq!(
			names(&quote(good, Some(0), 9, 3), &terms(1, FEE.total() - 1)),
			["MaxFeeExceeded"]
		);
		let undeterred = obstacles(
			&quote(Deterrence::ONE, Some(4), 9, 3),
			&terms(1, u128::MAX),
			ModelStatus::Listed,
		);
		assert_eq!(undeterred[0].name, "InsufficientDeterrence");
		assert!(undeterred[0].reason.contains("--checkers 4") && !undeterred[0].temporary);
		assert!(
			obstacles(&quote(0, None, 9, 3), &terms(1, u128::MAX), ModelStatus::Listed)[0]
				.reason
				.contains("--value-at-risk")
		);
		assert_eq!(
			names(&quote(good, Some(0), 9, 1), &terms(1, u128::MAX)),
			["TooFewWorkers"]
		);
		assert_eq!(names(&quote(good, Some(0), 1, 3), &terms(1, u128::MAX)), ["NoFreeSlot"]);
	}

	#[test]
	fn two_obstacles_never_ask_for_more_and_for_fewer_checkers() {
		let reasons = |deterrence, checkers, min_checkers, available| {
			let quote = quote(deterrence, min_checkers, 9, available);
			let found = obstacles(&quote, &terms(checkers, u128::MAX), ModelStatus::Listed);
			found.into_iter().map(|obstacle| obstacle.reason).collect::<Vec<_>>()
		};
		// Four checkers deter, and there are workers enough.
		assert!(reasons(0, 1, Some(4), 5)[0].contains("ask for --checkers 4"));
		// There are not: less must be at risk.
		let few = reasons(0, 2, Some(4), 2);
		assert!(
			few[0].contains("lower --value-at-risk") && few[0].contains("once 5 workers"),
			"{few:?}"
		);
		assert!(few[1].ends_with("2 can be now: wait for more workers"), "{few:?}");
		// More were asked for than are needed.
		let many = reasons(2 * Deterrence::ONE, 4, Some(1), 3);
		assert!(many[0].contains("ask for --checkers 2"), "{many:?}");
	}

	#[test]
	fn a_check_is_promised_for_an_auditor_where_one_is_available() {
		let quote = |available_workers| quote(0, None, 9, available_workers);
		assert_eq!(required_checks(&quote(1), 0), 0);
		assert_eq!(required_checks(&quote(2), 0), 1);
		assert_eq!(required_checks(&quote(3), 2), 2);
		assert_eq!(required_checks(&quote(9), 2), 3);
		assert_eq!([1, 2].map(|workers| capacity(&quote(workers), 0)), [9, 9]);
		assert_eq!([2, 3, 9].map(|workers| capacity(&quote(workers), 2)), [0, 4, 3]);
	}
}
