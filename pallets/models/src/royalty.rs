//! The royalty of a model. It changes by announcement only, so that requesters know what they will pay.

use super::*;
use assay_primitives::{api::AnnouncedRoyalty, ModelId};
use frame_support::pallet_prelude::*;
use sp_runtime::Saturating;

impl<AccountId, Balance: Copy, BlockNumber: Copy + PartialOrd> Model<AccountId, Balance, BlockNumber> {
	/// Returns what the owner receives for each item of a request that is accepted in block `now`.
	pub fn royalty_at(&self, now: BlockNumber) -> Balance {
		self.due_royalty(now).unwrap_or(self.royalty)
	}

	/// Replaces the royalty with the announced one, if that is due.
	pub(crate) fn apply_due_royalty(&mut self, now: BlockNumber) {
		if let Some(royalty) = self.due_royalty(now) {
			self.royalty = royalty;
			self.announced = None;
		}
	}

	/// Returns the announced royalty, if it is due.
	fn due_royalty(&self, now: BlockNumber) -> Option<Balance> {
		let announced = self.announced.as_ref()?;
		(announced.effective_at <= now).then_some(announced.royalty)
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_announce_royalty(owner: T::AccountId, id: ModelId, royalty: BalanceOf<T>) -> DispatchResult {
		let mut model = Self::ensure_owner(id, &owner)?;
		let now = frame_system::Pallet::<T>::block_number();
		let effective_at = now.saturating_add(T::RoyaltyNotice::get());
		model.apply_due_royalty(now);
		model.announced = Some(AnnouncedRoyalty { royalty, effective_at });
		Models::<T>::insert(id, model);
		Self::deposit_event(Event::RoyaltyAnnounced {
			model: id,
			royalty,
			effective_at,
		});
		Ok(())
	}
}
