//! What governance takes on the wire, and says to people.

use crate::{amount::Amount, chain::Protocol, error::usage};
use assay_primitives::{governance::ProposedCall, EngineId};
use codec::{Decode, Encode};
use std::str::FromStr;

/// The longest call that a proposal carries itself; a longer one needs a preimage.
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
	/// For a call with this encoding.
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

/// The hash by which the chain knows preimages, runtimes and reasons. It is also the one that names engines.
pub fn blake2(bytes: &[u8]) -> [u8; 32] {
	EngineId::of(bytes).0 .0
}

/// How much a vote counts, and for how long it binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conviction(pub u8);

impl FromStr for Conviction {
	type Err = &'static str;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		match text.parse() {
			Ok(conviction @ 0..=6) => Ok(Self(conviction)),
			_ => Err("a conviction is a number from 0 to 6"),
		}
	}
}

impl Conviction {
	/// Locking periods for which a vote that wins binds.
	pub fn periods(self) -> u32 {
		match self.0 {
			0 => 0,
			// At most six.
			conviction => 1 << (conviction - 1),
		}
	}

	/// A vote of this conviction, as `ConvictionVoting.vote` takes it.
	pub fn vote(self, aye: bool) -> u8 {
		self.0 | if aye { 0x80 } else { 0 }
	}
}

/// What `Parameters.set_parameter` takes to set the parameter called `name`, as `assay protocol --json` names it, and leave all others of
/// its group as they are.
pub fn parameter(protocol: &Protocol, name: &str, value: &str) -> anyhow::Result<Vec<u8>> {
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
		"security.malicious" => security.malicious = share(value)?,
		"security.audit" => security.audit = share(value)?,
		"security.slash.burn" => slash.burn = share(value)?,
		"security.slash.requester" => slash.requester = share(value)?,
		"security.slash.provers" => slash.provers = share(value)?,
		"security.no_show_fine" => security.no_show_fine = amount(value)?,
		"security.challenge_bond" => security.challenge_bond = amount(value)?,
		_ => {
			return Err(usage(format!(
				"no parameter under governance is called {name:?}: `assay protocol --json` shows those in pricing, periods and security"
			)))
		}
	}
	// The groups are the variants of the runtime's only parameter set.
	Ok(match name.split('.').next() {
		Some("pricing") => (0u8, 0u8, Some(pricing)).encode(),
		Some("periods") => (0u8, 1u8, Some(periods)).encode(),
		_ => (0u8, 2u8, Some(security)).encode(),
	})
}

fn amount(text: &str) -> anyhow::Result<u128> {
	text.parse::<Amount>()
		.map(|amount| amount.0)
		.map_err(|error| usage(format!("{text:?}: {error}")))
}

fn number<T: FromStr>(text: &str) -> anyhow::Result<T> {
	text.parse()
		.map_err(|_| usage(format!("{text:?} is not a whole number in range")))
}

/// A share of one, to a millionth.
fn share<T: Decode>(text: &str) -> anyhow::Result<T> {
	let wrong = || {
		usage(format!(
			"{text:?} is no share: a number from 0 to 1, to a millionth, like 0.25"
		))
	};
	// An amount has six more places.
	let units = text.parse::<Amount>().map_err(|_| wrong())?.0;
	let parts = u32::try_from(units / 1_000_000).map_err(|_| wrong())?;
	if units % 1_000_000 != 0 || parts > 1_000_000 {
		return Err(wrong());
	}
	T::decode(&mut &parts.encode()[..]).map_err(|_| wrong())
}

/// The first argument of a call that is an id, in hexadecimal.
pub fn subject(call: &ProposedCall) -> Option<String> {
	match call {
		ProposedCall::Known(bytes) => Some(format!("0x{}", hex::encode(bytes.get(2..34)?))),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_short_call_is_carried_and_a_long_one_is_hashed() {
		assert_eq!(Proposed::of(&[7; 3]).encode(), [1, 12, 7, 7, 7]);
		let long = Proposed::of(&[7; 200]).encode();
		assert_eq!((long[0], long.len()), (2, 1 + 32 + 4));
		assert_eq!(long[33..], 200u32.to_le_bytes());
	}

	fn protocol() -> Protocol {
		let pricing = (1u128, 2u128, 3u128, 120_000u32, 10_000u32);
		let periods = (20u32, 100u32, 40u32, 3_000_000_000u64, [10u32, 100, 1200]);
		let security = (
			333_333u32,
			100_000u32,
			(500_000u32, 200_000u32, 200_000u32),
			1u128,
			2u128,
		);
		Protocol::decode(&mut &(pricing, periods, security, 10u128, 0u128).encode()[..]).unwrap()
	}

	#[test]
	fn one_parameter_changes_and_its_group_stays() {
		let changed = parameter(&protocol(), "security.audit", "0.05").unwrap();
		let mut security = protocol().security;
		security.audit = share("0.05").unwrap();
		assert_eq!(changed, (0u8, 2u8, Some(security)).encode());
		let changed = parameter(&protocol(), "periods.windows.long", "7").unwrap();
		assert_eq!(changed[..2], [0, 1]);
		for (name, value) in [
			("security.audit", "1.1"),
			("security.audit", "0.0000001"),
			("periods.commit", "-1"),
			("pricing.base", "cheap"),
			("pricing.margin", "1"),
			("slot_bond", "1"),
		] {
			assert!(parameter(&protocol(), name, value).is_err(), "{name} {value}");
		}
	}

	#[test]
	fn conviction_doubles_the_time_that_it_binds() {
		let periods = [0, 1, 2, 3, 4, 5, 6].map(|conviction| Conviction(conviction).periods());
		assert_eq!(periods, [0, 1, 2, 4, 8, 16, 32]);
		assert_eq!(Conviction(3).vote(true), 0x83);
		assert_eq!(Conviction(0).vote(false), 0);
		assert!("7".parse::<Conviction>().is_err() && "-1".parse::<Conviction>().is_err());
	}
}
