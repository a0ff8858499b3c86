//! Families of models, and the versions in them.

use crate::{
	calls,
	chain::{Chain, ChainError, FamilyInfo},
	text::printable,
	tx::{self, TxError},
	AccountId32, Signer,
};
use assay_primitives::{
	names::{skeleton, FamilyName, VersionName},
	ModelId,
};

/// Why the chain would refuse to publish a version.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
	#[error("{name} looks like {known}, which is the name of a family: choose another name")]
	TooSimilar { name: String, known: String },
	#[error("family {0} is closed: choose another family, or claim one with `assay family claim`")]
	Closed(String),
	#[error("family {family} belongs to {owner}: choose another family, or sign as that account (--suri)")]
	NotOwner { family: String, owner: AccountId32 },
	#[error("{name} is model {model} forever: choose another version")]
	VersionTaken { name: String, model: ModelId },
	#[error(transparent)]
	Chain(#[from] ChainError),
}

/// Returns `family@version`.
pub fn full_name(name: &FamilyName, version: &VersionName) -> String {
	format!("{}@{}", printable(name), printable(version))
}

/// Checks that the chain would let `account` publish this version, before anything is paid for it.
pub async fn check(
	chain: &Chain,
	name: &FamilyName,
	version: &VersionName,
	account: &AccountId32,
) -> Result<(), PublishError> {
	check_against(&chain.families().await?, name, version, account)
}

fn check_against(
	families: &[FamilyInfo],
	name: &FamilyName,
	version: &VersionName,
	account: &AccountId32,
) -> Result<(), PublishError> {
	let similar = families.iter().find(|family| skeleton(&family.name) == skeleton(name));
	let Some(family) = similar else {
		return Ok(());
	};
	let known = printable(&family.name);
	if family.name != *name {
		let name = printable(name);
		return Err(PublishError::TooSimilar { name, known });
	}
	match &family.owner {
		None => return Err(PublishError::Closed(known)),
		Some(owner) if owner != account => {
			return Err(PublishError::NotOwner {
				family: known,
				owner: *owner,
			})
		}
		Some(_) => {}
	}
	match family.versions.iter().find(|(taken, _)| taken == version) {
		Some((_, model)) => Err(PublishError::VersionTaken {
			name: full_name(name, version),
			model: *model,
		}),
		None => Ok(()),
	}
}

/// Publishes an open model as a version, and claims the family first if it does not exist. Returns the version's full
/// name.
pub async fn publish(
	chain: &Chain,
	signer: &Signer,
	name: &FamilyName,
	version: &VersionName,
	model: ModelId,
	latest: bool,
) -> Result<String, TxError> {
	let publish = calls::publish(name, version, model, latest);
	let call = match chain.find_family(name).await? {
		Some(_) => publish,
		None => {
			let mut both = Vec::with_capacity(2);
			for call in [calls::claim_family(name), publish] {
				both.push(calls::encoded(tx::encode_call(chain, &call).await?));
			}
			calls::batch_all(&both)
		}
	};
	tx::execute(chain, signer, &call).await?;
	Ok(full_name(name, version))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::{ALICE, BOB};

	fn bounded<T: TryFrom<Vec<u8>>>(text: &str) -> T {
		T::try_from(text.as_bytes().to_vec()).ok().unwrap()
	}

	fn refusal(owner: Option<AccountId32>, name: &str, version: &str) -> Option<String> {
		let digits = FamilyInfo {
			name: bounded("digits"),
			owner,
			latest: None,
			versions: vec![(bounded("1"), ModelId([7; 32].into()))],
		};
		let result = check_against(&[digits], &bounded(name), &bounded(version), &ALICE);
		result.err().map(|error| error.to_string())
	}

	#[test]
	fn what_cannot_be_published_is_refused_before_anything_is_paid() {
		assert_eq!(refusal(Some(ALICE), "digits", "2"), None);
		assert_eq!(refusal(Some(BOB), "letters", "1"), None);
		assert!(refusal(Some(BOB), "digits", "2").unwrap().contains(&BOB.to_string()));
		assert!(refusal(None, "digits", "2").unwrap().contains("closed"));
		assert!(refusal(Some(ALICE), "digits", "1")
			.unwrap()
			.contains("digits@1 is model 0x0707"));
		assert!(refusal(Some(ALICE), "diglts", "2")
			.unwrap()
			.contains("looks like digits"));
	}
}
