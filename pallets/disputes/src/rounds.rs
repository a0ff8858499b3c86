//! Rounds of votes: a dispute without a verdict goes on before the validators of a later session.

use crate::{Agenda, Config, Dispute, Disputes, ElectorateOf, Electorates, Event, Pallet, Votes, WeightInfo};
use alloc::{collections::BTreeSet, vec::Vec};
use assay_primitives::JobId;
use frame_support::{traits::Get, weights::Weight, BoundedVec};
use sp_runtime::traits::Saturating;

impl<T: Config> Pallet<T> {
	/// Begins the next round of a dispute before the validators of the current session, with the votes that they have
	/// cast already. Ends the dispute if these suffice. Returns the weight of that.
	pub(crate) fn begin_round(job: JobId, mut dispute: Dispute<T>) -> Weight {
		Self::record_absence(job, &dispute);
		let before = dispute.size;
		Self::release_electorate(dispute.electorate);
		(dispute.electorate, dispute.size) = Self::acquire_electorate();
		let recounting = Self::recount(job, &mut dispute, before);

		let now = frame_system::Pallet::<T>::block_number();
		let longer = dispute.period.saturating_mul(2u32.into()).min(T::MaxRound::get());
		dispute.period = dispute.period.max(longer);
		dispute.deadline = now.saturating_add(dispute.period);
		dispute.round = dispute.round.saturating_add(1);
		Agenda::<T>::insert(dispute.due(), job, ());
		Self::deposit_event(Event::RoundBegun {
			job,
			round: dispute.round,
			electorate: dispute.size,
			deadline: dispute.deadline,
		});
		match dispute.agreed() {
			Some(verdict) => recounting.saturating_add(Self::conclude(job, dispute, verdict)),
			None => {
				Disputes::<T>::insert(job, dispute);
				recounting
			}
		}
	}

	/// Counts the votes of the electorate, whose predecessor had `before` members. The votes of validators that have
	/// left stay for their return, unless they are more than an electorate may have members. Returns the weight of the
	/// beginning of a round.
	fn recount(job: JobId, dispute: &mut Dispute<T>, before: u32) -> Weight {
		let electorate: ElectorateOf<T> = Electorates::<T>::get(dispute.electorate).unwrap_or_default();
		let members: BTreeSet<_> = electorate.iter().map(|(validator, _)| validator).collect();
		let mut left = Vec::new();
		dispute.tally = BoundedVec::new();
		for (validator, verdict) in Votes::<T>::iter_prefix(job) {
			if !members.contains(&validator) {
				left.push(validator);
			} else if dispute.count(verdict).is_none() {
				frame_support::defensive!("a validator of the electorate votes once");
			}
		}
		let counted = dispute
			.tally
			.iter()
			.fold(0u32, |sum, (_, votes)| sum.saturating_add(*votes));
		let gone = u32::try_from(left.len()).unwrap_or(u32::MAX);
		let recounting =
			T::WeightInfo::begin_round(dispute.size.max(before).max(counted.saturating_add(gone).div_ceil(2)));
		if gone <= T::MaxValidators::get() {
			return recounting;
		}
		left.into_iter()
			.for_each(|validator| Votes::<T>::remove(job, validator));
		recounting.saturating_add(T::DbWeight::get().writes(gone.into()))
	}
}
