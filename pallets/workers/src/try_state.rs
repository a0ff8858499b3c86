//! The invariants of workers and pools, each checked against the whole state.

use super::*;
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{
	ensure,
	traits::{fungible::hold::Inspect, Get},
};
use sp_runtime::{
	traits::{Saturating, Zero},
	TryRuntimeError,
};

impl<T: Config> Pallet<T> {
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_stakes()?;
		Self::try_state_keys()?;
		Self::try_state_slots()?;
		Self::try_state_pools()
	}

	/// Checks that the funds on hold match the records, and that the stake covers the committed slots.
	fn try_state_stakes() -> Result<(), TryRuntimeError> {
		for (account, worker) in Workers::<T>::iter() {
			let total = worker
				.unbonding
				.iter()
				.fold(worker.stake, |total, chunk| total.saturating_add(chunk.amount));
			ensure!(!total.is_zero(), "a worker without stake or chunks is stored");
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::Stake.into(), &account) == total,
				"the funds on hold are not the active stake plus all chunks"
			);
			ensure!(
				worker.stake >= Self::required_stake(worker.committed),
				"the active stake does not cover the committed slots"
			);

			let (mut committed, mut models) = (0u32, 0u32);
			let mut jobs = BTreeSet::new();
			for slots in WorkerSlots::<T>::iter_prefix_values(&account) {
				committed = committed.saturating_add(slots.committed());
				models = models.saturating_add(1);
				for job in slots.busy {
					ensure!(jobs.insert(job), "two slots of a worker are busy with the same job");
				}
			}
			ensure!(
				worker.committed == committed,
				"a worker's committed slots are not the sum over its models"
			);
			ensure!(worker.models == models, "a worker miscounts its models");
			ensure!(committed <= T::MaxSlots::get(), "a worker has committed too many slots");
			ensure!(models <= T::MaxModels::get(), "a worker serves too many models");
		}
		Ok(())
	}

	/// Checks that keys and workers refer to each other.
	fn try_state_keys() -> Result<(), TryRuntimeError> {
		for (account, worker) in Workers::<T>::iter() {
			ensure!(
				KeyOwners::<T>::get(&worker.key) == Some(account),
				"a worker's key does not belong to it"
			);
		}
		ensure!(
			KeyOwners::<T>::iter_keys().count() == Workers::<T>::iter_keys().count(),
			"a key belongs to no worker"
		);
		Ok(())
	}

	/// Checks that all idle slots are in the pool, each at the place that its worker's record lists.
	fn try_state_slots() -> Result<(), TryRuntimeError> {
		for (worker, model, slots) in WorkerSlots::<T>::iter() {
			ensure!(Workers::<T>::contains_key(&worker), "slots belong to no worker");
			ensure!(
				slots.committed() > 0,
				"slots that are neither offered nor busy are stored"
			);
			ensure!(
				slots.pooled() == slots.idle(),
				"a worker's slots in the pool are not its idle ones"
			);
			let places = slots.free.iter().collect::<BTreeSet<_>>();
			ensure!(places.len() == slots.free.len(), "two slots of a worker share a place");
			for place in places {
				ensure!(
					FreeSlots::<T>::get(model, place).as_ref() == Some(&worker),
					"a slot is not at the place in its worker's record"
				);
			}
		}
		Ok(())
	}

	/// Checks that pools have no gaps, hold only slots in workers' records, and that their sums are right. Reservations
	/// are not checked here: the pallet that makes them does.
	fn try_state_pools() -> Result<(), TryRuntimeError> {
		let mut pooled = BTreeMap::<_, (u32, BTreeSet<_>)>::new();
		for (model, place, worker) in FreeSlots::<T>::iter() {
			ensure!(
				place < Pools::<T>::get(model).free,
				"a slot is beyond the end of its pool"
			);
			ensure!(
				WorkerSlots::<T>::get(&worker, model).free.contains(&place),
				"a slot in a pool is not in its worker's record"
			);
			let (slots, workers) = pooled.entry(model).or_default();
			*slots = slots.saturating_add(1);
			workers.insert(worker);
		}
		let mut busy = BTreeMap::<_, u32>::new();
		for (_, model, slots) in WorkerSlots::<T>::iter() {
			let sum = busy.entry(model).or_default();
			*sum = sum.saturating_add(slots.in_use());
		}
		for (model, pool) in Pools::<T>::iter() {
			ensure!(
				busy.remove(&model).unwrap_or_default() == pool.busy,
				"a model's busy slots are not the sum over its workers"
			);
			ensure!(pool != PoolInfo::default(), "an empty pool is stored");
			let (slots, workers) = pooled.remove(&model).unwrap_or_default();
			ensure!(pool.free == slots, "a pool's length is not its number of free slots");
			ensure!(
				u32::try_from(workers.len()) == Ok(pool.available_workers),
				"a model miscounts its available workers"
			);
		}
		ensure!(
			busy.values().all(|slots| *slots == 0),
			"busy slots belong to a pool that is not stored"
		);
		ensure!(pooled.is_empty(), "slots belong to a pool that is not stored");
		Ok(())
	}
}
