//! The lane of challenges: which blocks had room for one. Windows are measured in these blocks alone, so that full
//! blocks cannot close a window.

use crate::{BlocksWithRoom, Config, Pallet, WeightInfo};
use assay_primitives::traits::ChallengeLane;
use frame_support::{dispatch::DispatchClass, traits::Get, weights::Weight};

/// The maximum length of a transaction with a challenge, in bytes, with its extensions. It takes about 250.
const LENGTH: u32 = 512;

/// The number of challenges for which a block must have room to count: a second one covers what the extensions of a
/// transaction weigh.
const PLACES: u32 = 2;

impl<T: Config> ChallengeLane for Pallet<T> {
	fn blocks_with_room() -> u64 {
		BlocksWithRoom::<T>::get()
	}
}

impl<T: Config> Pallet<T> {
	/// Counts the block that ends, if a challenge still had room in it.
	pub(crate) fn count_room() {
		if Self::has_room() {
			BlocksWithRoom::<T>::mutate(|blocks| *blocks = blocks.saturating_add(1));
		}
	}

	/// Whether a challenge has room in the current block, in weight and in length.
	pub(crate) fn has_room() -> bool {
		let (limits, used) = (T::BlockWeights::get(), frame_system::Pallet::<T>::block_weight());
		let class = DispatchClass::Operational;
		let limit = limits.get(class);
		let challenges = Self::weight_of_lane();
		let of_class = used.get(class).saturating_add(challenges);
		let of_block = used.total().saturating_add(challenges);
		let fits_class = limit.max_total.is_none_or(|most| of_class.all_lte(most));
		let fits_block =
			of_block.all_lte(limits.max_block) || limit.reserved.is_none_or(|reserved| of_class.all_lte(reserved));
		let length = frame_system::Pallet::<T>::block_size().saturating_add(LENGTH.saturating_mul(PLACES));
		fits_class && fits_block && length <= *T::BlockLength::get().max.get(class)
	}

	/// Returns the weight for which a block with room has a place.
	fn weight_of_lane() -> Weight {
		let base = T::BlockWeights::get().get(DispatchClass::Operational).base_extrinsic;
		Self::weight_of_challenge()
			.saturating_add(T::WeightInfo::authorize_challenge())
			.saturating_add(base)
			.saturating_mul(PLACES.into())
	}
}
