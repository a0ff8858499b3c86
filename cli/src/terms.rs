//! Fees, periods, chances and refusals as people and programs read them.

use crate::{amount::Amount, chain::Quote};
use assay_primitives::{
	api::{JobPeriods, ModelStatus},
	terms::{Fee, Pricing, Terms},
};
use serde_json::{json, Value};
use std::{fmt, time::Duration};

/// The fee for one answer of a model, with so many checkers and the short window.
pub fn one_answer(pricing: &Pricing<u128>, macs: u64, royalty: u128, checkers: u8) -> Amount {
	Amount(Fee::new(pricing, 1, macs, royalty, checkers, 0).total())
}

/// Who gets which part of a fee, a line for each. Shares of nothing are left out.
pub fn fee_lines(fee: &Fee<u128>) -> Vec<(&'static str, String)> {
	let each = match fee.workers {
		1 => "for the executor".to_owned(),
		workers => format!("for each of {workers} workers"),
	};
	let part = |name, amount: u128, to: &str| (amount > 0).then(|| (name, format!("{} ASY {to}", Amount(amount))));
	[
		Some(("fee", format!("{} ASY at most", Amount(fee.total())))),
		part("  pay", fee.pay, &each),
		part("  levy", fee.levy, "for the audit fund"),
		part("  burn", fee.burn, "burned"),
		part("  royalty", fee.royalty, "for the model's owner"),
	]
	.into_iter()
	.flatten()
	.collect()
}

/// The parts of a fee, in decimal ASY.
pub fn fee_json(fee: &Fee<u128>) -> Value {
	let amount = |amount| Amount(amount).to_string();
	json!({
		"pay": amount(fee.pay),
		"workers": fee.workers,
		"levy": amount(fee.levy),
		"burn": amount(fee.burn),
		"royalty": amount(fee.royalty),
	})
}

/// Periods, in blocks.
pub fn periods_json(periods: &JobPeriods) -> Value {
	json!({
		"commit": periods.commit,
		"reveal": periods.reveal,
		"window": periods.window,
		"vote": periods.vote,
	})
}

/// The periods of a job in one line.
pub fn periods_text(periods: &JobPeriods) -> String {
	let JobPeriods {
		commit,
		reveal,
		window,
		vote,
	} = periods;
	format!("{commit} blocks to commit, {reveal} to reveal, {window} to challenge, {vote} to vote")
}

/// `20 blocks (1 min)`
pub fn blocks(count: u32, block_time: Duration) -> String {
	let seconds = (block_time * count).as_secs();
	let time = match seconds {
		0..=119 => format!("{seconds} s"),
		120..=7199 => format!("{} min", seconds / 60),
		_ => format!("{:.1} h", seconds as f64 / 3600.0),
	};
	format!("{count} blocks ({time})")
}

/// Three significant digits, with words for what is large.
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

/// The chance that a false claim meets nobody honest, in parts of 10^18.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance(pub u64);

impl Chance {
	/// Between 0 and 1.
	pub fn value(self) -> f64 {
		self.0 as f64 / 1e18
	}
}

impl fmt::Display for Chance {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.0 {
			0 => write!(f, "less than one in 10^18"),
			_ => write!(f, "1 in {}", rounded(1.0 / self.value())),
		}
	}
}

/// How many times the average gain of cheating its average loss is, in parts of 10^18. The greatest number where nothing is gained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Odds(pub u128);

impl Odds {
	const ONE: u128 = 1_000_000_000_000_000_000;

	/// Whether cheating loses on average. Only then does the chain accept a request.
	pub fn deter(self) -> bool {
		self.0 > Self::ONE
	}

	/// The ratio; `None` where nothing is gained.
	pub fn value(self) -> Option<f64> {
		(self.0 != u128::MAX).then_some(self.0 as f64 / 1e18)
	}
}

impl fmt::Display for Odds {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.value() {
			None => write!(f, "cheating gains nothing"),
			Some(ratio) if self.deter() => {
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

/// Why the chain would refuse a request, and whether that may pass by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
	/// The name of the error on chain.
	pub name: &'static str,
	/// What is wrong and what to do.
	pub reason: String,
	/// Whether it is for now only: all slots are taken.
	pub passes: bool,
}

/// The slots that a request on these terms takes: its workers and, where there is one to spare, an auditor's.
pub fn slots(quote: &Quote, checkers: u8) -> u32 {
	let workers = 1 + u32::from(checkers);
	workers + u32::from(quote.servers > workers)
}

/// Why a request on these terms to a model of this status would be refused now, in the order in which the chain looks.
pub fn obstacles(quote: &Quote, terms: &Terms<u128>, status: ModelStatus) -> Vec<Obstacle> {
	let mut found = Vec::new();
	let mut note = |name, passes, reason| found.push(Obstacle { name, reason, passes });
	if status == ModelStatus::Open && !terms.allow_unlisted {
		note(
			"Unlisted",
			false,
			"the model is open and not listed: others have reproduced that it is what its owner states, and token holders have not \
			 voted to stand behind it. If that will do, add --allow-unlisted"
				.to_owned(),
		);
	}
	let fee = quote.fee.total();
	if fee > terms.max_fee {
		note(
			"Overpriced",
			false,
			format!(
				"a job costs {} ASY, more than --max-fee {}",
				Amount(fee),
				Amount(terms.max_fee)
			),
		);
	}
	let odds = Odds(quote.deterrence.into_inner());
	if !odds.deter() {
		let next = match quote.fewest_checkers {
			Some(fewest) => format!("ask --checkers {fewest}"),
			None => "no number of checkers deters that: lower --value-at-risk or --batch".to_owned(),
		};
		note("Undeterred", false, format!("{odds}; {next}"));
	}
	let (workers, needed) = (1 + u32::from(terms.checkers), slots(quote, terms.checkers));
	if quote.servers < workers {
		note(
			"TooFewWorkers",
			true,
			format!(
				"the job needs {workers} workers with a free slot, now there are {}: ask fewer --checkers, or wait for more workers",
				quote.servers
			),
		);
	} else if quote.free_slots < needed {
		note(
			"NoFreeSlot",
			true,
			format!(
				"the job needs {needed} free slots, now there are {}: try again when a job has ended",
				quote.free_slots
			),
		);
	}
	found
}

#[cfg(test)]
pub mod tests {
	use super::*;
	use codec::{Decode, Encode};

	/// A fee of two workers.
	pub const FEE: Fee<u128> = Fee {
		pay: 2_000_000_000,
		workers: 2,
		levy: 480_000_000,
		burn: 40_000_000,
		royalty: 0,
	};

	/// Fractions are made of what they are encoded as.
	fn quote(deterrence: u128, fewest_checkers: Option<u8>, free_slots: u32, servers: u32) -> Quote {
		let passing = 311_111_111_111_111_111u64;
		let parts = (
			FEE,
			free_slots,
			servers,
			passing,
			deterrence,
			fewest_checkers,
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

	fn names(quote: &Quote, terms: &Terms<u128>) -> Vec<&'static str> {
		let obstacles = obstacles(quote, terms, ModelStatus::Listed);
		obstacles.iter().map(|obstacle| obstacle.name).collect()
	}

	#[test]
	fn a_model_that_nobody_voted_for_is_asked_only_by_those_who_say_so() {
		let quote = quote(2 * Odds::ONE, Some(0), 9, 3);
		let refused = |allow_unlisted, status| {
			let terms = Terms {
				allow_unlisted,
				..terms(1, u128::MAX)
			};
			obstacles(&quote, &terms, status)
		};
		let unlisted = refused(false, ModelStatus::Open);
		assert_eq!(unlisted[0].name, "Unlisted");
		assert!(unlisted[0].reason.contains("--allow-unlisted") && !unlisted[0].passes);
		assert!(refused(true, ModelStatus::Open).is_empty());
		assert!(refused(false, ModelStatus::Listed).is_empty());
	}

	#[test]
	fn a_fee_is_told_part_by_part() {
		let lines = fee_lines(&FEE);
		assert_eq!(lines[0], ("fee", "0.00452 ASY at most".to_owned()));
		assert_eq!(lines[1], ("  pay", "0.002 ASY for each of 2 workers".to_owned()));
		assert!(
			!lines.iter().any(|(name, _)| name.contains("royalty")),
			"nobody gets nothing"
		);
		assert_eq!(fee_json(&FEE)["levy"], "0.00048");
	}

	#[test]
	fn chances_and_odds_read_as_words() {
		assert_eq!(Chance(311_111_111_111_111_111).to_string(), "1 in 3.21");
		assert_eq!(Chance(1_756_000_000_000).to_string(), "1 in 569476");
		assert_eq!(Chance(100_000_000_000).to_string(), "1 in 10.0 million");
		assert_eq!(Chance(0).to_string(), "less than one in 10^18");
		assert!(Odds(14_700_000_000_000_000_000)
			.to_string()
			.contains("loses on average 14.7 times"));
		assert!(Odds(Odds::ONE / 2)
			.to_string()
			.contains("would pay: it gains on average 2.00 times"));
		assert!(Odds(0).to_string().contains("loses nothing"));
		assert_eq!(Odds(u128::MAX).to_string(), "cheating gains nothing");
		assert!(!Odds(Odds::ONE).deter(), "to break even deters nobody");
	}

	#[test]
	fn what_would_be_refused_is_told_before() {
		let good = 2 * Odds::ONE;
		assert_eq!(names(&quote(good, Some(0), 9, 3), &terms(1, FEE.total())), [""; 0]);
		assert_eq!(
			names(&quote(good, Some(0), 9, 3), &terms(1, FEE.total() - 1)),
			["Overpriced"]
		);
		let undeterred = obstacles(
			&quote(Odds::ONE, Some(4), 9, 3),
			&terms(1, u128::MAX),
			ModelStatus::Listed,
		);
		assert_eq!(undeterred[0].name, "Undeterred");
		assert!(undeterred[0].reason.contains("--checkers 4") && !undeterred[0].passes);
		assert!(
			obstacles(&quote(0, None, 9, 3), &terms(1, u128::MAX), ModelStatus::Listed)[0]
				.reason
				.contains("--value-at-risk")
		);
		assert_eq!(
			names(&quote(good, Some(0), 9, 1), &terms(1, u128::MAX)),
			["TooFewWorkers"]
		);
		assert_eq!(names(&quote(good, Some(0), 1, 2), &terms(1, u128::MAX)), ["NoFreeSlot"]);
	}

	#[test]
	fn a_slot_is_kept_for_an_auditor_where_one_can_be_found() {
		let quote = |servers| quote(0, None, 0, servers);
		assert_eq!(slots(&quote(1), 0), 1);
		assert_eq!(slots(&quote(2), 0), 2);
		assert_eq!(slots(&quote(3), 2), 3);
		assert_eq!(slots(&quote(9), 2), 4);
	}

	#[test]
	fn blocks_are_told_in_time_too() {
		let three = Duration::from_secs(3);
		assert_eq!(blocks(10, three), "10 blocks (30 s)");
		assert_eq!(blocks(100, three), "100 blocks (5 min)");
		assert_eq!(blocks(2400, three), "2400 blocks (2.0 h)");
	}
}
