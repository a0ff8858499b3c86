//! Proposals, votes and parameters, as governance encodes them.

use crate::{
	amount::{Amount, AmountError},
	chain::{encode_hex, Protocol},
};
use assay_primitives::{
	ranges::{Field, OutOfRange, Ranged, Unit},
	EngineId,
};
use codec::{Decode, Encode};
use std::str::FromStr;

/// The maximum length in bytes of a call that a proposal contains itself; a longer one needs a preimage.
pub const MAX_INLINE_CALL: usize = 128;

/// The call of a proposal, as `Referenda.submit` takes it.
#[derive(Debug, PartialEq, Eq, Encode)]
pub enum Proposed {
	#[codec(index = 1)]
	Inline(Vec<u8>),
	#[codec(index = 2)]
	Lookup { hash: [u8; 32], len: u32 },
}

impl Proposed {
	/// Wraps an encoded call.
	pub fn of(call: &[u8]) -> Self {
		match call.len() {
			0..=MAX_INLINE_CALL => Self::Inline(call.to_vec()),
			len => Self::Lookup {
				hash: blake2(call),
				// A call fits into a block.
				len: u32::try_from(len).unwrap_or(u32::MAX),
			},
		}
	}
}

/// Returns the hash by which the chain identifies preimages, runtimes and reasons. It also names engines.
pub fn blake2(bytes: &[u8]) -> [u8; 32] {
	EngineId::of(bytes).0 .0
}

/// The conviction of a vote: its weight, and the time for which it locks its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conviction(pub u8);

impl FromStr for Conviction {
	type Err = &'static str;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		match text.parse() {
			Ok(conviction @ 0..=6) => Ok(Self(conviction)),
			_ => Err("not a conviction: give a number from 0 to 6"),
		}
	}
}

impl Conviction {
	/// Returns the number of locking periods for which a winning vote locks its tokens.
	pub fn periods(self) -> u32 {
		match self.0 {
			0 => 0,
			// At most six.
			conviction => 1 << (conviction - 1),
		}
	}

	/// Encodes a vote of this conviction, as `ConvictionVoting.vote` takes it.
	pub fn vote(self, aye: bool) -> u8 {
		self.0 | if aye { 0x80 } else { 0 }
	}
}

/// Why a parameter cannot be set.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
	#[error(
		"governance has no parameter {0:?}: `assay protocol --json` shows its parameters, in pricing, periods and \
		 security"
	)]
	Unknown(String),
	#[error("{0:?}: {1}")]
	NotAmount(String, AmountError),
	#[error("{0:?} is not a whole number in range")]
	NotNumber(String),
	#[error("{0:?} is not a share: give a number from 0 to 1 with at most 6 decimal places, like 0.25")]
	NotShare(String),
	#[error(
		"{name} would be {value}, and governance may set it from {min} to {max} (docs/governance.md has the reasons)",
		name = .0.field.name(),
		value = show(.0.field, .0.value),
		min = show(.0.field, .0.range.min),
		max = show(.0.field, .0.range.max)
	)]
	OutOfRange(OutOfRange),
}

/// Writes the number of a field as [`parameter`] reads it.
fn show(field: Field, number: u128) -> String {
	match field.unit() {
		Unit::Amount => Amount(number).to_string(),
		// An amount has six more decimal places.
		Unit::Share => Amount(number.saturating_mul(1_000_000)).to_string(),
		Unit::Number => number.to_string(),
	}
}

/// Encodes what `Parameters.set_parameter` takes to set the parameter with this name, as `assay protocol --json` shows
/// it. All other parameters of its group keep their values. Refuses a value that the chain would refuse.
pub fn parameter(protocol: &Protocol, name: &str, value: &str) -> Result<Vec<u8>, ParameterError> {
	let Protocol {
		pricing,
		periods,
		security,
		..
	} = protocol;
	let (mut pricing, mut periods, mut security) = (pricing.clone(), periods.clone(), security.clone());
	let [short, standard, long] = &mut periods.windows;
	let slash = &mut security.slash;
	match name {
		"pricing.base" => pricing.base = amount(value)?,
		"pricing.per_giga_mac" => pricing.per_giga_mac = amount(value)?,
		"pricing.per_block" => pricing.per_block = amount(value)?,
		"pricing.audit_levy" => pricing.audit_levy = share(value)?,
		"pricing.burn" => pricing.burn = share(value)?,
		"periods.commit" => periods.commit = number(value)?,
		"periods.reveal" => periods.reveal = number(value)?,
		"periods.vote" => periods.vote = number(value)?,
		"periods.macs_per_block" => periods.macs_per_block = number(value)?,
		"periods.windows.short" => *short = number(value)?,
		"periods.windows.standard" => *standard = number(value)?,
		"periods.windows.long" => *long = number(value)?,
		"security.malicious_share" => security.malicious_share = share(value)?,
		"security.audit_rate" => security.audit_rate = share(value)?,
		"security.author_share" => security.author_share = share(value)?,
		"security.reexecution" => security.reexecution = share(value)?,
		"security.slash.burn" => slash.burn = share(value)?,
		"security.slash.requester" => slash.requester = share(value)?,
		"security.slash.reporters" => slash.reporters = share(value)?,
		"security.no_show_fine" => security.no_show_fine = amount(value)?,
		"security.challenge_bond" => security.challenge_bond = amount(value)?,
		_ => return Err(ParameterError::Unknown(name.to_owned())),
	}
	let limits = protocol.limits();
	// The groups are the variants of the runtime's only parameter set.
	let (checked, encoded) = match name.split('.').next() {
		Some("pricing") => (pricing.check(&limits), (0u8, 0u8, Some(pricing)).encode()),
		Some("periods") => (periods.check(&limits), (0u8, 1u8, Some(periods)).encode()),
		_ => (security.check(&limits), (0u8, 2u8, Some(security)).encode()),
	};
	checked.map_err(ParameterError::OutOfRange)?;
	Ok(encoded)
}

fn amount(text: &str) -> Result<u128, ParameterError> {
	text.parse::<Amount>()
		.map(|amount| amount.0)
		.map_err(|error| ParameterError::NotAmount(text.to_owned(), error))
}

fn number<T: FromStr>(text: &str) -> Result<T, ParameterError> {
	text.parse().map_err(|_| ParameterError::NotNumber(text.to_owned()))
}

/// Parses a share of one, in millionths.
fn share<T: Decode>(text: &str) -> Result<T, ParameterError> {
	let invalid = || ParameterError::NotShare(text.to_owned());
	// An amount has six more decimal places.
	let units = text.parse::<Amount>().map_err(|_| invalid())?.0;
	let parts = u32::try_from(units / 1_000_000).map_err(|_| invalid())?;
	if units % 1_000_000 != 0 || parts > 1_000_000 {
		return Err(invalid());
	}
	T::decode(&mut &parts.encode()[..]).map_err(|_| invalid())
}

/// Returns the first argument of an encoded call as an id, in hexadecimal; `None` if the call is too short for one.
pub fn first_id(call: &[u8]) -> Option<String> {
	Some(encode_hex(call.get(2..34)?))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::protocol;

	#[test]
	fn a_short_call_is_inlined_and_a_long_one_is_hashed() {
		assert_eq!(Proposed::of(&[7; 3]).encode(), [1, 12, 7, 7, 7]);
		let long = Proposed::of(&[7; 200]).encode();
		assert_eq!((long[0], long.len()), (2, 1 + 32 + 4));
		assert_eq!(long[33..], 200u32.to_le_bytes());
	}

	#[test]
	fn one_parameter_changes_and_the_rest_of_its_group_stays() {
		let changed = parameter(&protocol(), "security.audit_rate", "0.05").unwrap();
		let mut security = protocol().security;
		security.audit_rate = share("0.05").unwrap();
		assert_eq!(changed, (0u8, 2u8, Some(security)).encode());
		let changed = parameter(&protocol(), "periods.windows.long", "700").unwrap();
		assert_eq!(changed[..2], [0, 1]);
		for (name, value) in [
			("security.audit_rate", "1.1"),
			("security.audit_rate", "0.0000001"),
			("periods.commit", "-1"),
			("pricing.base", "cheap"),
			("pricing.margin", "1"),
			("slot_bond", "1"),
		] {
			assert!(parameter(&protocol(), name, value).is_err(), "{name} {value}");
		}
	}

	#[test]
	fn a_value_out_of_range_is_refused_with_its_name_number_and_range() {
		for (name, value, refusal) in [
			(
				"periods.reveal",
				"0",
				"periods.reveal would be 0, and governance may set it from 16 to 28800",
			),
			(
				"security.slash.burn",
				"0.1",
				"security.slash.burn would be 0.1, and governance may set it from 0.25 to 0.9",
			),
			(
				"security.no_show_fine",
				"2",
				"security.no_show_fine would be 2, and governance may set it from 0.001 to 1",
			),
			(
				"periods.windows.long",
				"7",
				"periods.windows.long would be 7, and governance may set it from 100 to 201600",
			),
		] {
			let error = parameter(&protocol(), name, value).unwrap_err().to_string();
			assert!(error.starts_with(refusal), "{error}");
		}
	}

	#[test]
	fn each_conviction_doubles_the_locking_time() {
		let periods = [0, 1, 2, 3, 4, 5, 6].map(|conviction| Conviction(conviction).periods());
		assert_eq!(periods, [0, 1, 2, 4, 8, 16, 32]);
		assert_eq!(Conviction(3).vote(true), 0x83);
		assert_eq!(Conviction(0).vote(false), 0);
		assert!("7".parse::<Conviction>().is_err() && "-1".parse::<Conviction>().is_err());
	}
}
