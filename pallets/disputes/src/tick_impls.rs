//! What happens at the start of a block: rounds that are over without a verdict are followed by others, and what nobody
//! brings is no longer awaited.

use crate::{Agenda, Config, Disputes, NextDue, Pallet, WeightInfo};
use assay_primitives::{
	agenda::{self, Costs},
	api::Verdict,
	shares, JobId,
};
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;

impl<T: Config> Pallet<T> {
	/// Returns what disputes may take of a block.
	pub(crate) fn share() -> Weight {
		shares::of_block(shares::DISPUTES, T::BlockWeights::get().max_block)
	}

	/// Returns the weight of finding one due dispute.
	fn weight_of_entry() -> Weight {
		T::WeightInfo::service_agendas(1, 0).saturating_sub(T::WeightInfo::service_agendas(0, 0))
	}

	/// Returns what the agenda has to have left before it goes on.
	fn agenda_costs() -> Costs {
		let base = T::WeightInfo::service_agendas(0, 0);
		let heaviest = Self::weight_of_conclusion().max(T::WeightInfo::begin_round(T::MaxValidators::get()));
		Costs {
			block: T::WeightInfo::service_agendas(0, 1).saturating_sub(base),
			entry: heaviest.saturating_add(Self::weight_of_entry()),
		}
	}

	/// Returns the maximum weight with which the agenda advances by one dispute.
	pub(crate) fn weight_of_agenda() -> Weight {
		let costs = Self::agenda_costs();
		T::WeightInfo::service_agendas(0, 0)
			.saturating_add(costs.block)
			.saturating_add(costs.entry)
	}

	/// Acts on the disputes that are due up to `now`: at most `DuePerBlock` disputes, of at most as many blocks, within
	/// their share of a block. A backlog is carried over.
	pub(crate) fn service_agendas(now: BlockNumberFor<T>) -> Weight {
		let mut meter = WeightMeter::with_limit(Self::share());
		if meter.try_consume(T::WeightInfo::service_agendas(0, 0)).is_err() {
			return meter.consumed();
		}
		let next_due = agenda::service(
			NextDue::<T>::get(),
			now,
			T::DuePerBlock::get(),
			&mut meter,
			Self::agenda_costs(),
			Agenda::<T>::iter_key_prefix,
			|due, job| Self::service_dispute(due, job).saturating_add(Self::weight_of_entry()),
		);
		NextDue::<T>::put(next_due);
		meter.consumed()
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
