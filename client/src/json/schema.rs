//! The JSON Schema of types that are serialised as strings, or elsewhere.

use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use std::borrow::Cow;

/// Defines schemas of strings.
macro_rules! strings {
	($($(#[$attribute:meta])* $name:ident: $pattern:literal, $description:literal;)+) => {
		$(
			$(#[$attribute])*
			impl JsonSchema for $name {
				fn schema_name() -> Cow<'static, str> {
					stringify!($name).into()
				}

				fn json_schema(_: &mut SchemaGenerator) -> Schema {
					json_schema!({ "type": "string", "pattern": $pattern, "description": $description })
				}
			}
		)+
	};
}

pub(super) use strings;

/// The schema of an id or a digest.
pub struct Hash;
/// The schema of an account.
pub struct Account;

strings! {
	Hash: "^0x[0-9a-f]{64}$", "A hash: `0x` and 64 hexadecimal digits.";
	Account: "^[1-9A-HJ-NP-Za-km-z]+$", "An account: an SS58 address.";
}

/// An artifact.
#[derive(JsonSchema)]
#[allow(dead_code)]
pub struct ArtifactRef {
	/// BLAKE3 of its bytes.
	id: Hash,
	/// The number of its bytes.
	len: u64,
}
