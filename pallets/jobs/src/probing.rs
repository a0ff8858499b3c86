//! Probes: jobs in which a model is reproduced before it accepts any.

use crate::{AgreedTerms, BalanceOf, Config, Error, NewJob, Pallet, Subject};
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
		ensure!((1..=MAX_GOLDEN).contains(&probe.items), Error::<T>::InvalidItemCount);
		ensure!(probe.input.is_storable(), Error::<T>::InvalidArtifact);
		let (terms, escalated) = Self::agree_on_probe(&probe);
		ensure!(terms.fee.total() <= max_fee, Error::<T>::MaxFeeExceeded);
		let new = NewJob {
			requester: owner.clone(),
			owner: owner.clone(),
			model: probe.model,
			subject: Subject::Probe {
				engine: probe.engine,
				statement: probe.statement,
			},
			items: probe.items,
			input: probe.input,
			terms,
			escalated,
		};
		with_storage_layer(|| Self::accept(new))
	}

	fn quote(probe: &Probe) -> Fee<BalanceOf<T>> {
		Self::agree_on_probe(probe).0.fee
	}
}

impl<T: Config> Pallet<T> {
	/// Returns the terms of a probe that is accepted now, and whether it is escalated, because too few probers are
	/// available or cheating would pay. The fee is the same however many are available: the audit fund gets the pay of
	/// those that are missing.
	fn agree_on_probe(probe: &Probe) -> (AgreedTerms<BalanceOf<T>>, bool) {
		let capacity = T::Workers::capacity(&probe_pool(probe.engine));
		let others = capacity.workers.saturating_sub(1);
		let checkers = u8::try_from(others).unwrap_or(u8::MAX).min(PROBE_CHECKERS);
		let wished = Terms {
			checkers,
			max_fee: Bounded::max_value(),
			value_at_risk: Zero::zero(),
			window: Window::Short,
			allow_unlisted: true,
		};
		let macs = probe.macs_per_item();
		let (terms, exceeded) = Self::agree(macs, Zero::zero(), probe.items, &wished, capacity);
		let full = Fee::new(&T::Pricing::get(), probe.items, macs, Zero::zero(), PROBE_CHECKERS, 0);
		let missing: BalanceOf<T> = PROBE_CHECKERS.saturating_sub(checkers).into();
		let terms = AgreedTerms {
			fee: Fee {
				workers: terms.fee.workers,
				levy: full.levy.saturating_add(full.pay.saturating_mul(missing)),
				..full
			},
			fine: Zero::zero(),
			..terms
		};
		(terms, checkers < PROBE_CHECKERS || exceeded.is_some())
	}
}
