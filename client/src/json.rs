//! The documents that `assay --json` prints, as types: the command serialises them, other programs can parse them.
//!
//! Each document carries the version of this schema, [`SCHEMA`]. Within a version keys are added and never renamed,
//! removed or given another meaning, so a reader ignores keys that it does not know. A list is an array of documents.
//! `docs/json.md` describes all documents, and `client/schema/v1.json` is their JSON Schema; a test keeps both up to
//! date.
//!
//! Amounts are decimal ASY in strings, so that no reader rounds them. Hashes are `0x` and 64 hexadecimal digits.
//! Accounts are SS58 addresses. Blocks are block numbers.

use serde::{
	de::{DeserializeOwned, Error as _},
	Deserialize, Deserializer, Serialize,
};
use serde_json::Value;

/// Defines enums whose variants have a name, in JSON and in text.
macro_rules! named {
	($(#[$doc:meta])* $enum:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:tt,)+ }) => {
		$(#[$doc])*
		#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
		#[cfg_attr(test, derive(schemars::JsonSchema))]
		pub enum $enum {
			$($(#[$variant_doc])* #[serde(rename = $name)] $variant,)+
		}

		impl $enum {
			/// Returns the name.
			pub const fn name(self) -> &'static str {
				match self {
					$(Self::$variant => $name,)+
				}
			}
		}

		impl std::fmt::Display for $enum {
			fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
				f.write_str(self.name())
			}
		}
	};
}

/// Defines documents and their parts: structs that are serialised and parsed.
macro_rules! documents {
	($($(#[$attribute:meta])* pub struct $name:ident $body:tt)+) => {
		$(
			$(#[$attribute])*
			#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
			#[cfg_attr(test, derive(schemars::JsonSchema))]
			pub struct $name $body
		)+
	};
}

mod family;
mod governance;
mod job;
mod model;
mod network;
#[cfg(test)]
mod schema;
mod tensor;
#[cfg(test)]
mod tests;
mod verify;
mod worker;

pub use crate::{
	tensors::Element,
	terms::{Deterrence, Obstacle, Probability},
	Amount,
};
pub use family::*;
pub use governance::*;
pub use job::*;
pub use model::*;
pub use network::*;
pub use tensor::*;
pub use verify::*;
pub use worker::*;

/// The version of the schema.
pub const SCHEMA: u32 = 1;

/// A document with the version of its schema.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document<T> {
	/// The version of the schema.
	pub schema: u32,
	#[serde(flatten)]
	pub body: T,
}

impl<T> Document<T> {
	/// Makes a document of this version.
	pub fn new(body: T) -> Self {
		Self { schema: SCHEMA, body }
	}
}

// Buffering, as serde does for flattened and untagged types, loses numbers where some crate enables serde_json's
// `arbitrary_precision`. Parsing from a value does not.
impl<'de, T: DeserializeOwned> Deserialize<'de> for Document<T> {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		#[derive(Deserialize)]
		struct Version {
			schema: u32,
		}
		let value = Value::deserialize(deserializer)?;
		let Version { schema } = Version::deserialize(&value).map_err(D::Error::custom)?;
		let body = serde_json::from_value(value).map_err(D::Error::custom)?;
		Ok(Self { schema, body })
	}
}

documents! {
	/// Why a command failed. Its exit status is 1, or 2 where the command line itself was wrong.
	pub struct Error {
		/// The error, and what to do about it.
		pub error: String,
	}
}
