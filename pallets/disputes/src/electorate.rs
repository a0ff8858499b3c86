//! The electorates: the validators of each session, for as long as a dispute refers to them.

use crate::{Config, CurrentElectorate, ElectorateOf, Electorates, OpenDisputes, Pallet, LOG_TARGET};
use alloc::{collections::BTreeMap, vec::Vec};
use assay_primitives::key::VoterKey;
use frame_support::{
	traits::{Get, OneSessionHandler},
	BoundedVec,
};
use sp_runtime::BoundToRuntimeAppPublic;

impl<T: Config> BoundToRuntimeAppPublic for Pallet<T> {
	type Public = VoterKey;
}

impl<T: Config> OneSessionHandler<T::AccountId> for Pallet<T> {
	type Key = VoterKey;

	fn on_genesis_session<'a, I>(validators: I)
	where
		I: Iterator<Item = (&'a T::AccountId, VoterKey)> + 'a,
	{
		Self::set_electorate(validators.map(|(validator, key)| (validator.clone(), key)).collect());
	}

	fn on_new_session<'a, I>(_changed: bool, validators: I, _queued_validators: I)
	where
		I: Iterator<Item = (&'a T::AccountId, VoterKey)> + 'a,
	{
		Self::set_electorate(validators.map(|(validator, key)| (validator.clone(), key)).collect());
	}

	/// A disabled validator keeps its vote: the electorate is fixed when a round begins.
	fn on_disabled(_validator: u32) {}
}

impl<T: Config> Pallet<T> {
	/// Makes `validators` the electorate of rounds that begin from now on.
	pub(crate) fn set_electorate(validators: Vec<(T::AccountId, VoterKey)>) {
		let all = validators.len();
		let electorate: ElectorateOf<T> = BoundedVec::truncate_from(validators);
		if electorate.len() < all {
			log::error!(target: LOG_TARGET, "only {} of {all} validators may vote in disputes", electorate.len());
			frame_support::defensive!("a session has at most MaxValidators validators");
		}
		let current = CurrentElectorate::<T>::get();
		let next = match Electorates::<T>::get(current) {
			Some(unchanged) if unchanged == electorate => return,
			Some(_) => current.saturating_add(1),
			None => current,
		};
		Electorates::<T>::insert(next, electorate);
		CurrentElectorate::<T>::put(next);
		if current != next {
			Self::remove_unused(current);
		}
	}

	/// Adds the reference of a dispute to the current electorate. Returns the electorate's number and size.
	pub(crate) fn acquire_electorate() -> (u32, u32) {
		let current = CurrentElectorate::<T>::get();
		OpenDisputes::<T>::mutate(current, |open| *open = open.saturating_add(1));
		let size = Electorates::<T>::decode_len(current).unwrap_or(0);
		(current, u32::try_from(size).unwrap_or(T::MaxValidators::get()))
	}

	/// Removes the reference of a dispute to the electorate `number`.
	pub(crate) fn release_electorate(number: u32) {
		match OpenDisputes::<T>::get(number).saturating_sub(1) {
			0 => OpenDisputes::<T>::remove(number),
			open => OpenDisputes::<T>::insert(number, open),
		}
		Self::remove_unused(number);
	}

	/// Removes the electorate `number` unless it is the current one or a dispute refers to it.
	fn remove_unused(number: u32) {
		if number != CurrentElectorate::<T>::get() && !OpenDisputes::<T>::contains_key(number) {
			Electorates::<T>::remove(number);
		}
	}
}

/// The seats of one key in the electorates that were looked up. Each electorate is read once, however many disputes
/// refer to it.
pub(crate) struct Seats<'a, T: Config> {
	voter: &'a VoterKey,
	known: BTreeMap<u32, Option<T::AccountId>>,
}

impl<'a, T: Config> Seats<'a, T> {
	pub(crate) fn of(voter: &'a VoterKey) -> Self {
		Self {
			voter,
			known: BTreeMap::new(),
		}
	}

	/// Returns the validator to which the key belongs in the electorate `number`; `None` if it has no seat there.
	pub(crate) fn find(&mut self, number: u32) -> Option<T::AccountId> {
		let voter = self.voter;
		self.known
			.entry(number)
			.or_insert_with(|| {
				let electorate = Electorates::<T>::get(number)?;
				let mut seats = electorate.into_iter();
				seats.find(|(_, key)| key == voter).map(|(validator, _)| validator)
			})
			.clone()
	}
}
