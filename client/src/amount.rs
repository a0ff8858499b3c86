//! Amounts of ASY, exact to the last unit: no floating point touches money.

use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Decimal places of ASY.
const DECIMALS: usize = 12;
/// Units in one ASY.
const ASY: u128 = 10u128.pow(DECIMALS as u32);

/// An amount in the smallest unit, 10^-12 ASY. It is parsed, printed and serialised as decimal ASY.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub u128);

/// Why a text is not an amount.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
	#[error("not an amount: give a decimal number of ASY, like 0.01 or 1000")]
	NotDecimal,
	#[error("{0} decimal places are too many: ASY has 12")]
	TooFine(usize),
	#[error("more ASY than can exist: give a smaller amount")]
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

impl Serialize for Amount {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for Amount {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
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
	fn only_decimal_numbers_are_amounts() {
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
			// In JSON they are strings, so that no reader rounds them.
			let json = serde_json::to_string(&Amount(units)).unwrap();
			assert_eq!(json, format!("\"{text}\""));
			assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), Amount(units));
		}
		assert!(serde_json::from_str::<Amount>("1").is_err());
	}
}
