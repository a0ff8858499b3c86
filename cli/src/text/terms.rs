//! Fees and periods.

use assay_client::{
	json::{FeeParts, JobPeriods},
	Amount,
};

/// Returns a fee and who gets which part of it, a line for each. Parts of nothing are left out.
pub fn fee_lines(total: Amount, parts: &FeeParts) -> Vec<(&'static str, String)> {
	let each = match parts.workers {
		1 => "to the executor".to_owned(),
		workers => format!("to each of {workers} workers"),
	};
	let part = |name, amount: Amount, to: &str| (amount.0 > 0).then(|| (name, format!("{amount} ASY {to}")));
	[
		Some(("fee", format!("{total} ASY at most"))),
		part("  pay", parts.pay, &each),
		part("  rent", parts.rent, "to the executor, for further slots"),
		part("  levy", parts.levy, "to the audit fund"),
		part("  burn", parts.burn, "burned"),
		part("  royalty", parts.royalty, "to the model's owner"),
	]
	.into_iter()
	.flatten()
	.collect()
}

/// Formats the periods of a job in one line.
pub fn periods(periods: &JobPeriods) -> String {
	let JobPeriods {
		commit,
		reveal,
		window,
		vote,
	} = periods;
	format!("{commit} blocks to commit, {reveal} to reveal, {window} to challenge, {vote} to vote")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_fee_is_shown_part_by_part() {
		let parts = FeeParts {
			pay: Amount(2_000_000_000),
			rent: Amount(0),
			workers: 2,
			levy: Amount(480_000_000),
			burn: Amount(40_000_000),
			royalty: Amount(0),
		};
		let lines = fee_lines(Amount(4_520_000_000), &parts);
		assert_eq!(lines[0], ("fee", "0.00452 ASY at most".to_owned()));
		assert_eq!(lines[1], ("  pay", "0.002 ASY to each of 2 workers".to_owned()));
		assert!(
			!lines.iter().any(|(name, _)| name.contains("royalty")),
			"a part of nothing is left out"
		);
	}
}
