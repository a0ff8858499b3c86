//! Names that people rely on: families of models, and the versions in them.
//!
//! A family is kept under the skeleton of its name, so that of all names that look alike one at most names anything.

use super::*;
use alloc::vec::Vec;
use assay_primitives::{
	api::{FamilyInfo, ModelStatus as Status, PAGE},
	names::{is_family, is_version, skeleton, FamilyName, Skeleton, VersionName},
	ModelId, ModelRef,
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
		ensure!(is_family(&name), Error::<T>::NotAFamilyName);
		let key = skeleton(&name);
		match Families::<T>::get(&key) {
			Some(family) if family.name == name => return Err(Error::<T>::NameTaken.into()),
			Some(_) => return Err(Error::<T>::LooksAlike.into()),
			None => {}
		}
		let deposit = T::FamilyDeposit::get();
		T::Currency::hold(&HoldReason::Family.into(), &owner, deposit)?;
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
		let (key, mut family) = Self::tended_family(&name, &owner)?;
		Self::move_deposit(HoldReason::Family, &owner, &to, family.deposit)?;
		family.owner = Some(to.clone());
		Families::<T>::insert(key, family);
		Self::deposit_event(Event::FamilyTransferred { name, from: owner, to });
		Ok(())
	}

	pub(crate) fn do_release_family(owner: T::AccountId, name: FamilyName) -> DispatchResult {
		let (key, mut family) = Self::tended_family(&name, &owner)?;
		let reason = HoldReason::Family.into();
		if family.versions == 0 {
			T::Currency::release(&reason, &owner, family.deposit, Precision::Exact)?;
			Families::<T>::remove(key);
			Self::deposit_event(Event::FamilyForgotten { name });
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
		let (key, mut family) = Self::tended_family(&name, &owner)?;
		match Self::tended(id, &owner)?.status {
			Status::Probation => return Err(Error::<T>::OnProbation.into()),
			Status::Quarantined { .. } => return Err(Error::<T>::InQuarantine.into()),
			_ => {}
		}
		ensure!(is_version(&version), Error::<T>::NotAVersionName);
		ensure!(!Versions::<T>::contains_key(&key, &version), Error::<T>::VersionTaken);
		ensure!(family.versions < MAX_VERSIONS, Error::<T>::FamilyFull);
		let deposit = T::VersionDeposit::get();
		T::Currency::hold(&HoldReason::Family.into(), &owner, deposit)?;
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

	pub(crate) fn do_point_latest(owner: T::AccountId, name: FamilyName, version: VersionName) -> DispatchResult {
		let (key, mut family) = Self::tended_family(&name, &owner)?;
		ensure!(Versions::<T>::contains_key(&key, &version), Error::<T>::UnknownVersion);
		family.latest = Some(version.clone());
		Families::<T>::insert(key, family);
		Self::deposit_event(Event::LatestPointed { family: name, version });
		Ok(())
	}

	/// The model that is meant now.
	pub(crate) fn meant(model: &ModelRef) -> Option<ModelId> {
		match model {
			ModelRef::Id(id) => Some(*id),
			ModelRef::Latest(name) => {
				let (key, family) = Self::named(name)?;
				Versions::<T>::get(key, family.latest?)
			}
			ModelRef::Version(name, version) => {
				let (key, _) = Self::named(name)?;
				Versions::<T>::get(key, version)
			}
		}
	}

	/// A family of models.
	pub fn family(name: FamilyName) -> Option<FamilyInfo<T::AccountId>> {
		Self::named(&name).map(|(key, family)| Self::family_info(key, family))
	}

	/// Up to `limit` families, and never more than [`PAGE`], that follow `after` in the order of storage.
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

	/// The family of exactly this name, and what it is kept under.
	fn named(name: &FamilyName) -> Option<(Skeleton, FamilyOf<T>)> {
		let key = skeleton(name);
		let family = Families::<T>::get(&key)?;
		(family.name == *name).then_some((key, family))
	}

	/// The family called `name`, if `owner` has it.
	fn tended_family(name: &FamilyName, owner: &T::AccountId) -> Result<(Skeleton, FamilyOf<T>), Error<T>> {
		let (key, family) = Self::named(name).ok_or(Error::<T>::UnknownFamily)?;
		match &family.owner {
			Some(current) if current == owner => Ok((key, family)),
			Some(_) => Err(Error::NotFamilyOwner),
			None => Err(Error::FamilyClosed),
		}
	}
}
