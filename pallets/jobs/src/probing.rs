//! Probes: jobs in which a model is reproduced before anybody may ask it.

use crate::{Accepted, BalanceOf, Config, Deal, Error, Pallet, Probation};
use assay_primitives::{
	probe::{probe_pool, Probe, MAX_GOLDEN, PROBE_CHECKERS},
	terms::{Fee, Terms, Window},
	traits::{Prober, WorkerPool},
	JobId,
};
use frame_support::{ensure, storage::with_storage_layer, traits::Get};
use sp_runtime::{
	traits::{Bounded, Saturating, Zero},
	DispatchError,
};

impl<T: Config> Prober<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn probe(owner: &T::AccountId, probe: Probe, max_fee: BalanceOf<T>) -> Result<JobId, DispatchError> {
		ensure!((1..=MAX_GOLDEN).contains(&probe.items), Error::<T>::BadItems);
		ensure!(Self::is_storable(&probe.input), Error::<T>::BadArtifact);
		let (deal, escalated) = Self::deal_of_probe(&probe);
		ensure!(deal.fee.total() <= max_fee, Error::<T>::Overpriced);
		let probation = Probation {
			engine: probe.engine,
			stated: probe.stated,
		};
		let accepted = Accepted {
			requester: owner.clone(),
			owner: owner.clone(),
			model: probe.model,
			probation: Some(probation),
			items: probe.items,
			input: probe.input,
			deal,
			escalated,
		};
		with_storage_layer(|| Self::accept(accepted))
	}

	fn quote(probe: &Probe) -> Fee<BalanceOf<T>> {
		Self::deal_of_probe(probe).0.fee
	}
}

impl<T: Config> Pallet<T> {
	/// What is agreed if a probe is accepted now, and whether the validators are to look as well, as too few probers serve or cheating
	/// would pay. It costs the same however many serve: the audit fund has the pay of those who are missing.
	fn deal_of_probe(probe: &Probe) -> (Deal<BalanceOf<T>>, bool) {
		let others = T::Workers::servers(&probe_pool(probe.engine)).saturating_sub(1);
		let checkers = u8::try_from(others).unwrap_or(u8::MAX).min(PROBE_CHECKERS);
		let terms = Terms {
			checkers,
			max_fee: Bounded::max_value(),
			value_at_risk: Zero::zero(),
			window: Window::Short,
			allow_unlisted: true,
		};
		let macs = probe.macs_per_item();
		let (deal, deterred) = Self::deal(macs, Zero::zero(), probe.items, &terms);
		let full = Fee::new(&T::Pricing::get(), probe.items, macs, Zero::zero(), PROBE_CHECKERS, 0);
		let missing: BalanceOf<T> = PROBE_CHECKERS.saturating_sub(checkers).into();
		let deal = Deal {
			fee: Fee {
				workers: deal.fee.workers,
				levy: full.levy.saturating_add(full.pay.saturating_mul(missing)),
				..full
			},
			fine: Zero::zero(),
			..deal
		};
		(deal, checkers < PROBE_CHECKERS || !deterred)
	}
}
