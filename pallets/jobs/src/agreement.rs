//! The terms on which a job is accepted, and what may rest on its answer.

use crate::{AgreedTerms, BalanceOf, Config, Error, Pallet};
use assay_primitives::{
	api::JobPeriods,
	bounds::{Backing, Bound, Capacity, MAX_EXECUTOR_SLOTS},
	terms::{Fee, Periods, Pricing, Security, Terms},
	traits::WorkerPool,
};
use frame_support::traits::Get;
use sp_runtime::traits::Zero;

impl<T: Config> Error<T> {
	/// Returns the error of a request that exceeds `bound`.
	pub(crate) fn of_bound(bound: Bound) -> Self {
		match bound {
			Bound::Workers => Self::TooFewWorkers,
			Bound::Draw => Self::InsufficientDeterrence,
			Bound::Capture => Self::BondsTooSmall,
			Bound::Pool => Self::PoolTooSmall,
		}
	}
}

/// A request, and what it is judged by.
struct Case<'a, Balance> {
	macs: u64,
	royalty: Balance,
	items: u32,
	terms: &'a Terms<Balance>,
	capacity: Capacity,
	bond: Balance,
	pricing: Pricing<Balance>,
	periods: Periods,
	security: Security<Balance>,
}

impl<T: Config> Pallet<T> {
	fn case<'a>(
		macs: u64,
		royalty: BalanceOf<T>,
		items: u32,
		terms: &'a Terms<BalanceOf<T>>,
		capacity: Capacity,
	) -> Case<'a, BalanceOf<T>> {
		Case {
			macs,
			royalty,
			items,
			terms,
			capacity,
			bond: T::Workers::slot_bond(),
			pricing: T::Pricing::get(),
			periods: T::Periods::get(),
			security: T::Security::get(),
		}
	}

	/// Returns the terms of a job that is accepted now, and the bound by which it may not be. Each of its `items` items
	/// takes `macs` multiply-accumulates and costs `royalty`. The executor gets the minimum number of slots that
	/// suffices.
	///
	/// Where nothing is at risk beyond the fee, the draw must deter under the assumptions of governance alone, so that
	/// a single worker can answer. The agreed odds are those of the pool all the same.
	pub(crate) fn agree(
		macs: u64,
		royalty: BalanceOf<T>,
		items: u32,
		terms: &Terms<BalanceOf<T>>,
		capacity: Capacity,
	) -> (AgreedTerms<BalanceOf<T>>, Option<Bound>) {
		let case = Self::case(macs, royalty, items, terms, capacity);
		if terms.value_at_risk.is_zero() {
			let governed = Backing {
				odds: case.security.odds(),
				..case.backing(1)
			};
			let is_deterred = governed.deterrence(case.fee(1).total(), Zero::zero()).is_sufficient();
			return (case.agreed(1), (!is_deterred).then_some(Bound::Draw));
		}
		let exceeded = |slots| {
			case.backing(slots)
				.exceeded(case.fee(slots).total(), terms.value_at_risk)
		};
		let most = case.max_slots();
		match (1..=most).find(|slots| exceeded(*slots).is_none()) {
			Some(slots) => (case.agreed(slots), None),
			None => (case.agreed(most), exceeded(most)),
		}
	}

	/// Returns the maximum value at risk of such a request, and what limits it.
	pub(crate) fn most_at_risk(
		macs: u64,
		royalty: BalanceOf<T>,
		items: u32,
		terms: &Terms<BalanceOf<T>>,
		capacity: Capacity,
	) -> (BalanceOf<T>, Bound) {
		let case = Self::case(macs, royalty, items, terms, capacity);
		let most = |slots| case.backing(slots).most_at_risk(case.fee(slots).total());
		(2..=case.max_slots()).fold(most(1), |best, slots| {
			let next = most(slots);
			if next.0 > best.0 {
				next
			} else {
				best
			}
		})
	}
}

impl<Balance: sp_runtime::traits::AtLeast32BitUnsigned + Copy> Case<'_, Balance> {
	/// Returns the maximum number of slots of the executor: no worker has more than the one with most tickets.
	fn max_slots(&self) -> u8 {
		let largest = u8::try_from(self.capacity.largest).unwrap_or(u8::MAX);
		largest.clamp(1, MAX_EXECUTOR_SLOTS)
	}

	fn job_periods(&self) -> JobPeriods {
		let Periods {
			commit, reveal, vote, ..
		} = self.periods;
		let work = self.work();
		JobPeriods {
			commit: commit.saturating_add(work),
			reveal: reveal.saturating_add(work),
			window: self.periods.window(self.terms.window).saturating_add(work),
			vote: vote.saturating_add(work),
		}
	}

	fn work(&self) -> u32 {
		self.periods.work_blocks(self.items, self.macs)
	}

	fn fee(&self, slots: u8) -> Fee<Balance> {
		let extra = self.periods.extra_window(self.terms.window);
		let checkers = self.terms.checkers;
		Fee::new(&self.pricing, self.items, self.macs, self.royalty, checkers, extra).with_slots(
			&self.pricing,
			slots,
			self.job_periods().undisputed(),
		)
	}

	fn backing(&self, slots: u8) -> Backing<Balance> {
		let checkers = self.terms.checkers;
		Backing {
			odds: self.security.odds().in_pool(&self.capacity, checkers),
			capacity: self.capacity,
			bond: self.bond,
			slots,
			checkers,
		}
	}

	fn agreed(&self, slots: u8) -> AgreedTerms<Balance> {
		let (backing, fee) = (self.backing(slots), self.fee(slots));
		let deterrence = backing.deterrence(fee.total(), self.terms.value_at_risk);
		AgreedTerms {
			fee,
			value_at_risk: self.terms.value_at_risk,
			bond: self.bond,
			slots,
			slash: self.security.slash,
			fine: self.security.no_show_fine.min(self.bond),
			odds: backing.odds,
			capacity: self.capacity,
			periods: self.job_periods(),
			work: self.work(),
			evasion_probability: deterrence.evasion_probability,
			deterrence: deterrence.ratio(),
		}
	}
}
