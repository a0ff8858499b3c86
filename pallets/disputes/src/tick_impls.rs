//! What happens at the start of a block: rounds that are over without a verdict are followed by others, and what nobody
//! brings is no longer awaited.

use crate::{Agenda, Config, Disputes, NextDue, Pallet, WeightInfo};
use assay_primitives::{
	agenda::{self, Allowance},
	api::Verdict,
	JobId,
};
use frame_support::{traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;

impl<T: Config> Pallet<T> {
	/// Acts on the disputes that are due up to `now`: at most `DuePerBlock` disputes, of at most as many blocks, until
	/// a quarter of a block's weight is spent. The last dispute may exceed it. A backlog is carried over.
	pub(crate) fn service_agendas(now: BlockNumberFor<T>) -> Weight {
		let mut allowance = Allowance::new(T::BlockWeights::get().max_block.saturating_div(4).ref_time());
		let serviced = agenda::service(
			NextDue::<T>::get(),
			now,
			T::DuePerBlock::get(),
			&mut allowance,
			Agenda::<T>::iter_key_prefix,
			Self::service_dispute,
		);
		NextDue::<T>::put(serviced.next_due);
		T::WeightInfo::service_agendas(serviced.entries, serviced.blocks).saturating_add(allowance.consumed())
	}

	/// Acts on one due dispute. It always leaves this place of the agenda, so that it cannot hold up the others.
	fn service_dispute(due: BlockNumberFor<T>, job: JobId) -> Weight {
		Agenda::<T>::remove(due, job);
		let Some(dispute) = Disputes::<T>::get(job) else {
			frame_support::defensive!("the agenda lists open disputes");
			return Weight::zero();
		};
		match dispute.awaited {
			Some(digest) => Self::decide(job, dispute, Verdict::Outcome(digest), None),
			None => Self::begin_round(job, dispute),
		}
	}
}
