//! Families of models.

use crate::{chain::FamilyInfo, text::printable, AccountId32};
use assay_primitives::ModelId;

documents! {
	/// A version of a family.
	pub struct Version {
		/// Its name.
		pub version: String,
		/// The model that it refers to. This never changes.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
	}

	/// A family of models.
	pub struct Family {
		/// Its name.
		pub family: String,
		/// Its owner; null if it is closed.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Account>"))]
		pub owner: Option<AccountId32>,
		/// The version that its name alone stands for; null if there is none.
		pub latest: Option<String>,
		/// Its versions, sorted by name.
		pub versions: Vec<Version>,
	}

	/// A family that was claimed.
	pub struct ClaimedFamily {
		/// Its name.
		pub family: String,
	}

	/// A version that was published.
	pub struct PublishedVersion {
		/// Its full name, `family@version`.
		pub name: String,
		/// The model that it stands for.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// Whether the family's name alone stands for it too.
		pub latest: bool,
	}

	/// A family's new latest version.
	pub struct LatestVersion {
		/// Its name.
		pub family: String,
		/// The version.
		pub latest: String,
	}

	/// A family's new owner.
	pub struct TransferredFamily {
		/// Its name.
		pub family: String,
		/// The new owner.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub owner: AccountId32,
	}

	/// A family that was released.
	pub struct ReleasedFamily {
		/// Its name.
		pub family: String,
		/// Whether it has versions and so is closed; otherwise anybody may claim its name.
		pub closed: bool,
	}
}

impl Family {
	/// Converts a family.
	pub fn new(family: &FamilyInfo) -> Self {
		Self {
			family: printable(&family.name),
			owner: family.owner,
			latest: family.latest.as_ref().map(|version| printable(version)),
			versions: family
				.versions
				.iter()
				.map(|(version, model)| Version {
					version: printable(version),
					model: *model,
				})
				.collect(),
		}
	}
}
