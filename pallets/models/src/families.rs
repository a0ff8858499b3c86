//! Families of models, and their versions: the names that people rely on.
//!
//! A family is stored under the skeleton of its name, so that at most one of all names that look alike is taken.

use super::*;
use alloc::vec::Vec;
use assay_primitives::{
	api::{FamilyInfo, ModelStatus as Status, PAGE},
	names::{is_family_name, is_version_name, skeleton, FamilyName, Skeleton, VersionName},
	ModelId,
};
use frame_support::{
	pallet_prelude::*,
	traits::{
		fungible::hold::Mutate,
		tokens::{Fortitude, Precision},
	},
};
use sp_runtime::{traits::Zero, Saturating};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_claim_family(owner: T::AccountId, name: FamilyName) -> DispatchResult {
		ensure!(is_family_name(&name), Error::<T>::InvalidFamilyName);
		let key = skeleton(&name);
		match Families::<T>::get(&key) {
			Some(family) if family.name == name => return Err(Error::<T>::NameTaken.into()),
			Some(_) => return Err(Error::<T>::NameTooSimilar.into()),
			None => {}
		}
		let deposit = T::FamilyDeposit::get();
		T::Currency::hold(&HoldReason::FamilyDeposit.into(), &owner, deposit)?;
		let family = Family {
			name: name.clone(),
			owner: Some(owner.clone()),
			latest: None,
			versions: 0,
			deposit,
		};
		Families::<T>::insert(key, family);
		Self::deposit_event(Event::FamilyClaimed { name, owner });
		Ok(())
	}

	pub(crate) fn do_transfer_family(owner: T::AccountId, name: FamilyName, to: T::AccountId) -> DispatchResult {
		let (key, mut family) = Self::ensure_family_owner(&name, &owner)?;
		Self::move_deposit(HoldReason::FamilyDeposit, &owner, &to, family.deposit)?;
		family.owner = Some(to.clone());
		Families::<T>::insert(key, family);
		Self::deposit_event(Event::FamilyTransferred { name, from: owner, to });
		Ok(())
	}

	pub(crate) fn do_release_family(owner: T::AccountId, name: FamilyName) -> DispatchResult {
		let (key, mut family) = Self::ensure_family_owner(&name, &owner)?;
		let reason = HoldReason::FamilyDeposit.into();
		if family.versions == 0 {
			T::Currency::release(&reason, &owner, family.deposit, Precision::Exact)?;
			Families::<T>::remove(key);
			Self::deposit_event(Event::FamilyReleased { name });
		} else {
			T::Currency::burn_held(&reason, &owner, family.deposit, Precision::Exact, Fortitude::Polite)?;
			family.owner = None;
			family.deposit = Zero::zero();
			Families::<T>::insert(key, family);
			Self::deposit_event(Event::FamilyClosed { name });
		}
		Ok(())
	}

	pub(crate) fn do_publish(
		owner: T::AccountId,
		name: FamilyName,
		version: VersionName,
		id: ModelId,
		latest: bool,
	) -> DispatchResult {
		let (key, mut family) = Self::ensure_family_owner(&name, &owner)?;
		match Self::ensure_owner(id, &owner)?.status {
			Status::Probation => return Err(Error::<T>::OnProbation.into()),
			Status::Quarantined { .. } => return Err(Error::<T>::Quarantined.into()),
			_ => {}
		}
		ensure!(is_version_name(&version), Error::<T>::InvalidVersionName);
		ensure!(!Versions::<T>::contains_key(&key, &version), Error::<T>::VersionTaken);
		ensure!(family.versions < MAX_VERSIONS, Error::<T>::TooManyVersions);
		let deposit = T::VersionDeposit::get();
		T::Currency::hold(&HoldReason::FamilyDeposit.into(), &owner, deposit)?;
		family.deposit = family.deposit.saturating_add(deposit);
		Versions::<T>::insert(&key, &version, id);
		family.versions = family.versions.saturating_add(1);
		if latest {
			family.latest = Some(version.clone());
		}
		Families::<T>::insert(key, family);
		Self::deposit_event(Event::Published {
			family: name,
			version,
			model: id,
			latest,
		});
		Ok(())
	}

	pub(crate) fn do_set_latest(owner: T::AccountId, name: FamilyName, version: VersionName) -> DispatchResult {
		let (key, mut family) = Self::ensure_family_owner(&name, &owner)?;
		ensure!(Versions::<T>::contains_key(&key, &version), Error::<T>::UnknownVersion);
		family.latest = Some(version.clone());
		Families::<T>::insert(key, family);
		Self::deposit_event(Event::LatestSet { family: name, version });
		Ok(())
	}

	/// Returns the model that a version of a family names, or its latest version if `version` is `None`.
	pub(crate) fn find_version(name: &FamilyName, version: Option<&VersionName>) -> Option<ModelId> {
		let (key, family) = Self::find_family(name)?;
		Versions::<T>::get(key, version.cloned().or(family.latest)?)
	}

	/// Returns a family of models.
	pub fn family(name: FamilyName) -> Option<FamilyInfo<T::AccountId>> {
		Self::find_family(&name).map(|(key, family)| Self::family_info(key, family))
	}

	/// Returns up to `limit` families, and at most [`PAGE`], that follow `after` in the order of storage.
	pub fn families(after: Option<FamilyName>, limit: u32) -> Vec<FamilyInfo<T::AccountId>> {
		let families = match after {
			Some(name) => Families::<T>::iter_from(Families::<T>::hashed_key_for(skeleton(&name))),
			None => Families::<T>::iter(),
		};
		families
			.take(limit.min(PAGE) as usize)
			.map(|(key, family)| Self::family_info(key, family))
			.collect()
	}

	fn family_info(key: Skeleton, family: FamilyOf<T>) -> FamilyInfo<T::AccountId> {
		let mut versions = Versions::<T>::iter_prefix(key).collect::<Vec<_>>();
		versions.sort();
		FamilyInfo {
			name: family.name,
			owner: family.owner,
			latest: family.latest,
			versions,
		}
	}

	/// Returns the family with exactly this name, and its key.
	fn find_family(name: &FamilyName) -> Option<(Skeleton, FamilyOf<T>)> {
		let key = skeleton(name);
		let family = Families::<T>::get(&key)?;
		(family.name == *name).then_some((key, family))
	}

	/// Returns the family with this name, and its key. Refuses if `owner` does not own it, or if it is closed.
	fn ensure_family_owner(name: &FamilyName, owner: &T::AccountId) -> Result<(Skeleton, FamilyOf<T>), Error<T>> {
		let (key, family) = Self::find_family(name).ok_or(Error::<T>::UnknownFamily)?;
		match &family.owner {
			Some(current) if current == owner => Ok((key, family)),
			Some(_) => Err(Error::NotFamilyOwner),
			None => Err(Error::FamilyClosed),
		}
	}
}
