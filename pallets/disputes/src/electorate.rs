//! Who may vote: the validators of each session, for as long as a dispute refers to them.

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
		Self::convene(validators.map(|(validator, key)| (validator.clone(), key)).collect());
	}

	fn on_new_session<'a, I>(_changed: bool, validators: I, _queued_validators: I)
	where
		I: Iterator<Item = (&'a T::AccountId, VoterKey)> + 'a,
	{
		Self::convene(validators.map(|(validator, key)| (validator.clone(), key)).collect());
	}

	/// A disabled validator keeps its vote: who judges is fixed when a dispute opens.
	fn on_disabled(_validator: u32) {}
}

impl<T: Config> Pallet<T> {
	/// Makes `validators` the electorate of disputes that open from now on.
	pub(crate) fn convene(validators: Vec<(T::AccountId, VoterKey)>) {
		let all = validators.len();
		let electorate: ElectorateOf<T> = BoundedVec::truncate_from(validators);
		if electorate.len() < all {
			log::error!(target: LOG_TARGET, "only {} of {all} validators may vote in disputes", electorate.len());
			frame_support::defensive!("a session has no more validators than MaxValidators");
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
			Self::forget_unused(current);
		}
	}

	/// Takes note that a dispute is open under the present electorate. Returns its number and how many validators it has.
	pub(crate) fn refer() -> (u32, u32) {
		let current = CurrentElectorate::<T>::get();
		OpenDisputes::<T>::mutate(current, |open| *open = open.saturating_add(1));
		let size = Electorates::<T>::decode_len(current).unwrap_or(0);
		(current, u32::try_from(size).unwrap_or(T::MaxValidators::get()))
	}

	/// Takes note that a dispute is no longer open under the electorate `number`.
	pub(crate) fn unrefer(number: u32) {
		match OpenDisputes::<T>::get(number).saturating_sub(1) {
			0 => OpenDisputes::<T>::remove(number),
			open => OpenDisputes::<T>::insert(number, open),
		}
		Self::forget_unused(number);
	}

	/// Removes the electorate `number` unless it is the present one or a dispute refers to it.
	fn forget_unused(number: u32) {
		if number != CurrentElectorate::<T>::get() && !OpenDisputes::<T>::contains_key(number) {
			Electorates::<T>::remove(number);
		}
	}
}

/// Where one key stands in the electorates that were looked up: each is read once, however many disputes refer to it.
pub(crate) struct Seats<'a, T: Config> {
	voter: &'a VoterKey,
	known: BTreeMap<u32, Option<(u32, T::AccountId)>>,
}

impl<'a, T: Config> Seats<'a, T> {
	pub(crate) fn of(voter: &'a VoterKey) -> Self {
		Self {
			voter,
			known: BTreeMap::new(),
		}
	}

	/// The place of the key in the electorate `number`, and the validator it belongs to; `None` if it does not stand there.
	pub(crate) fn in_electorate(&mut self, number: u32) -> Option<(u32, T::AccountId)> {
		let voter = self.voter;
		self.known
			.entry(number)
			.or_insert_with(|| {
				let electorate = Electorates::<T>::get(number)?;
				(0u32..)
					.zip(electorate)
					.find(|(_, (_, key))| key == voter)
					.map(|(seat, (validator, _))| (seat, validator))
			})
			.clone()
	}
}
