//! What a model's owner asks for an answer. It changes by announcement only, so that whoever asks knows what it will pay.

use super::*;
use assay_primitives::{api::Announced, ModelId};
use frame_support::pallet_prelude::*;
use sp_runtime::Saturating;

impl<AccountId, Balance: Copy, BlockNumber: Copy + PartialOrd> Model<AccountId, Balance, BlockNumber> {
	/// What the owner gets for each input of a request that is accepted in block `now`.
	pub fn royalty_at(&self, now: BlockNumber) -> Balance {
		self.due_at(now).unwrap_or(self.royalty)
	}

	/// Makes what was announced the royalty, if it is due.
	pub(crate) fn fold(&mut self, now: BlockNumber) {
		if let Some(royalty) = self.due_at(now) {
			self.royalty = royalty;
			self.announced = None;
		}
	}

	/// What was announced, if it is due.
	fn due_at(&self, now: BlockNumber) -> Option<Balance> {
		let announced = self.announced.as_ref()?;
		(announced.from <= now).then_some(announced.royalty)
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_announce_royalty(owner: T::AccountId, id: ModelId, royalty: BalanceOf<T>) -> DispatchResult {
		let mut model = Self::tended(id, &owner)?;
		let now = frame_system::Pallet::<T>::block_number();
		let from = now.saturating_add(T::PriceNotice::get());
		model.fold(now);
		model.announced = Some(Announced { royalty, from });
		Models::<T>::insert(id, model);
		Self::deposit_event(Event::RoyaltyAnnounced {
			model: id,
			royalty,
			from,
		});
		Ok(())
	}
}
