//! Names of model families, and of the versions in them.
//!
//! Names are for people, and must not deceive them: a family's name consists of lower-case ASCII letters, digits and
//! single hyphens, and no two families have names that look alike. Names that look alike have the same [`skeleton`].

use crate::ModelId;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The maximum length of a family's name, in bytes.
pub const MAX_FAMILY: u32 = 48;
/// The maximum length of a version's name, in bytes.
pub const MAX_VERSION: u32 = 24;

/// A family's name.
pub type FamilyName = BoundedVec<u8, ConstU32<MAX_FAMILY>>;
/// A version's name.
pub type VersionName = BoundedVec<u8, ConstU32<MAX_VERSION>>;

/// What names that look alike have in common. A letter becomes at most two.
pub type Skeleton = BoundedVec<u8, ConstU32<{ 2 * MAX_FAMILY }>>;

/// Whether `name` can name a family: two to [`MAX_FAMILY`] characters of `a-z` and `0-9`, with single hyphens between
/// them and a letter first.
pub fn is_family_name(name: &[u8]) -> bool {
	let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
	(2..=MAX_FAMILY as usize).contains(&name.len())
		&& name.first().is_some_and(u8::is_ascii_lowercase)
		&& name.split(|c| *c == b'-').all(is_word)
}

/// Whether `name` can name a version: one to [`MAX_VERSION`] characters of `a-z`, `0-9`, `.` and `-`, a letter or digit
/// first. `latest` cannot.
pub fn is_version_name(name: &[u8]) -> bool {
	let is_plain = |c: &u8| c.is_ascii_lowercase() || c.is_ascii_digit();
	(1..=MAX_VERSION as usize).contains(&name.len())
		&& name.first().is_some_and(is_plain)
		&& name.iter().all(|c| is_plain(c) || matches!(c, b'.' | b'-'))
		&& name != b"latest"
}

/// Returns what names that look alike have in common: without hyphens, and with one representative for all letters and
/// digits that are mistaken for one another. No two digits are, so `net-16` and `net-18` differ. This follows the
/// skeletons of Unicode Technical Standard 39, for the characters that a name may have.
pub fn skeleton(name: &FamilyName) -> Skeleton {
	let mut bytes = Vec::new();
	for c in name.iter().filter(|c| **c != b'-') {
		match c {
			b'0' => bytes.push(b'o'),
			b'1' | b'i' | b'j' => bytes.push(b'l'),
			b'5' => bytes.push(b's'),
			b'2' => bytes.push(b'z'),
			b'8' => bytes.push(b'b'),
			b'9' | b'q' => bytes.push(b'g'),
			b'w' => bytes.extend(b"vv"),
			b'm' => bytes.extend(b"rn"),
			b'd' => bytes.extend(b"cl"),
			_ => bytes.push(*c),
		}
	}
	Skeleton::truncate_from(bytes)
}

/// How a request names a model.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ModelRef {
	/// The model with this id.
	Id(ModelId),
	/// The family's latest version when the request is accepted.
	Latest(FamilyName),
	/// A version of a family.
	Version(FamilyName, VersionName),
}

impl From<ModelId> for ModelRef {
	fn from(id: ModelId) -> Self {
		Self::Id(id)
	}
}

#[cfg(feature = "std")]
impl core::fmt::Display for ModelRef {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		let text = |name: &[u8]| alloc::string::String::from_utf8_lossy(name).into_owned();
		match self {
			Self::Id(id) => write!(f, "{id}"),
			Self::Latest(family) => write!(f, "{}", text(family)),
			Self::Version(family, version) => write!(f, "{}@{}", text(family), text(version)),
		}
	}
}

#[cfg(feature = "std")]
impl core::str::FromStr for ModelRef {
	type Err = &'static str;

	/// Parses a model's id, `family`, `family@latest` or `family@version`.
	fn from_str(text: &str) -> Result<Self, Self::Err> {
		const EXPECTED: &str = "expected a model's id (64 hexadecimal digits), `family` or `family@version`";
		if let Ok(id) = text.parse::<ModelId>() {
			return Ok(Self::Id(id));
		}
		let (family, version) = text.split_once('@').unwrap_or((text, "latest"));
		if !is_family_name(family.as_bytes()) {
			return Err(EXPECTED);
		}
		let family = FamilyName::try_from(family.as_bytes().to_vec()).map_err(|_| EXPECTED)?;
		match version {
			"latest" => Ok(Self::Latest(family)),
			_ if is_version_name(version.as_bytes()) => {
				let version = VersionName::try_from(version.as_bytes().to_vec()).map_err(|_| EXPECTED)?;
				Ok(Self::Version(family, version))
			}
			_ => Err(EXPECTED),
		}
	}
}
