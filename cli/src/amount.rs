//! Amounts of ASY, exact to the last unit: no floating point touches money.

use std::{fmt, str::FromStr};

/// Decimal places of ASY.
const DECIMALS: usize = 12;
/// Units in one ASY.
const ASY: u128 = 10u128.pow(DECIMALS as u32);

/// An amount in the smallest unit, 10^-12 ASY. Read and written as decimal ASY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(pub u128);

/// Why a text is no amount.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
	#[error("an amount is a decimal number of ASY, like 0.01 or 1000")]
	NotDecimal,
	#[error("ASY has 12 decimal places, this has {0}")]
	TooFine(usize),
	#[error("this is more ASY than can exist")]
	TooLarge,
}

impl FromStr for Amount {
	type Err = AmountError;

	fn from_str(text: &str) -> Result<Self, AmountError> {
		let (whole, fraction) = match text.split_once('.') {
			Some((_, "")) => return Err(AmountError::NotDecimal),
			Some(parts) => parts,
			None => (text, ""),
		};
		let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
		if whole.is_empty() || !digits(whole) || !digits(fraction) {
			return Err(AmountError::NotDecimal);
		}
		if fraction.len() > DECIMALS {
			return Err(AmountError::TooFine(fraction.len()));
		}
		// All digits by now, so the only way to fail is to overflow.
		let parse = |digits: &str| digits.parse::<u128>().map_err(|_| AmountError::TooLarge);
		let units = parse(&format!("{fraction:0<DECIMALS$}"))?;
		parse(whole)?
			.checked_mul(ASY)
			.and_then(|whole| whole.checked_add(units))
			.map(Self)
			.ok_or(AmountError::TooLarge)
	}
}

impl fmt::Display for Amount {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let (whole, units) = (self.0 / ASY, self.0 % ASY);
		if units == 0 {
			return write!(f, "{whole}");
		}
		let fraction = format!("{units:0>DECIMALS$}");
		write!(f, "{whole}.{}", fraction.trim_end_matches('0'))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn decimal_asy_becomes_units_exactly() {
		for (text, units) in [
			("0", 0),
			("1", ASY),
			("0.01", ASY / 100),
			("1000", 1000 * ASY),
			("0.000000000001", 1),
			("12.345678901234", 12_345_678_901_234),
			("007", 7 * ASY),
		] {
			assert_eq!(text.parse(), Ok(Amount(units)), "{text}");
		}
	}

	#[test]
	fn what_is_not_decimal_is_refused() {
		for text in [
			"", ".", "1.", ".5", "-1", "+1", "1e3", "0x1", "1,000", " 1", "1.2.3", "ten",
		] {
			assert_eq!(text.parse::<Amount>(), Err(AmountError::NotDecimal), "{text:?}");
		}
		assert_eq!("0.0000000000001".parse::<Amount>(), Err(AmountError::TooFine(13)));
		assert_eq!(
			"340282366920938463463374608".parse::<Amount>(),
			Err(AmountError::TooLarge)
		);
		assert_eq!("9".repeat(60).parse::<Amount>(), Err(AmountError::TooLarge));
	}

	#[test]
	fn units_are_shown_as_the_shortest_decimal() {
		for (units, text) in [
			(0, "0"),
			(1, "0.000000000001"),
			(ASY / 100, "0.01"),
			(10 * ASY, "10"),
			(ASY + ASY / 2, "1.5"),
			(u128::MAX, "340282366920938463463374607.431768211455"),
		] {
			assert_eq!(Amount(units).to_string(), text);
			assert_eq!(text.parse(), Ok(Amount(units)));
		}
	}
}
