//! What happens at the start of a block: disputes whose deadline has passed end without a verdict.

use crate::{Agenda, Config, Disputes, NextDue, Pallet, WeightInfo};
use alloc::vec::Vec;
use assay_primitives::JobId;
use frame_support::{traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{One, Saturating};

impl<T: Config> Pallet<T> {
	/// Works off what is due up to `now`: at most `DuePerBlock` disputes, as many blocks, and a quarter of a block's weight but for
	/// the last dispute. A backlog is carried over.
	pub(crate) fn work_off_agenda(now: BlockNumberFor<T>) -> Weight {
		let limit = T::DuePerBlock::get();
		let allowance = T::BlockWeights::get().max_block.saturating_div(4).ref_time();
		let mut spent = Weight::zero();
		let mut due = NextDue::<T>::get();
		let (mut disputes, mut steps) = (0u32, 0u32);
		while due <= now && steps < limit {
			steps = steps.saturating_add(1);
			let batch: Vec<JobId> = Agenda::<T>::iter_key_prefix(due)
				.take(limit.saturating_sub(disputes) as usize)
				.collect();
			for job in batch {
				if spent.ref_time() >= allowance {
					break;
				}
				disputes = disputes.saturating_add(1);
				spent.saturating_accrue(Self::run_out(due, job));
			}
			if disputes >= limit || spent.ref_time() >= allowance {
				break;
			}
			due = due.saturating_add(One::one());
		}
		NextDue::<T>::put(due);
		T::WeightInfo::work_off_agenda(disputes, steps).saturating_add(spent)
	}

	/// Ends one dispute that is due. Whatever happens it leaves this place of the agenda, so that it cannot hold up the others.
	fn run_out(due: BlockNumberFor<T>, job: JobId) -> Weight {
		Agenda::<T>::remove(due, job);
		let Some(dispute) = Disputes::<T>::get(job) else {
			frame_support::defensive!("the agenda names open disputes");
			return Weight::zero();
		};
		Self::decide(job, dispute, None)
	}
}
