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

	/// Holds match the books, and stake covers what is committed.
	fn try_state_stakes() -> Result<(), TryRuntimeError> {
		for (account, worker) in Workers::<T>::iter() {
			let total = worker
				.unbonding
				.iter()
				.fold(worker.stake, |total, chunk| total.saturating_add(chunk.amount));
			ensure!(
				!total.is_zero(),
				"a worker without stake or chunks has not been forgotten"
			);
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::Stake.into(), &account) == total,
				"the funds on hold are not the active stake and all chunks"
			);
			ensure!(
				worker.stake >= Self::bond_of(worker.committed),
				"the active stake does not cover the committed slots"
			);

			let (mut committed, mut models) = (0u32, 0u32);
			let mut jobs = BTreeSet::new();
			for slots in Serving::<T>::iter_prefix_values(&account) {
				committed = committed.saturating_add(slots.committed());
				models = models.saturating_add(1);
				for job in slots.busy {
					ensure!(jobs.insert(job), "two slots of a worker are busy with one job");
				}
			}
			ensure!(
				worker.committed == committed,
				"a worker's committed slots are not their sum"
			);
			ensure!(worker.models == models, "a worker's models are not their number");
			ensure!(committed <= T::MaxSlots::get(), "a worker has committed too many slots");
			ensure!(models <= T::MaxModels::get(), "a worker serves too many models");
		}
		Ok(())
	}

	/// Keys and workers name each other.
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

	/// All idle slots stand in the pool, each where its worker believes it to be.
	fn try_state_slots() -> Result<(), TryRuntimeError> {
		for (worker, model, slots) in Serving::<T>::iter() {
			ensure!(Workers::<T>::contains_key(&worker), "slots belong to no worker");
			ensure!(
				slots.committed() > 0,
				"slots that are neither offered nor busy are remembered"
			);
			ensure!(
				slots.pooled() == slots.idle(),
				"a worker's slots in the pool are not its idle ones"
			);
			let places = slots.free.iter().collect::<BTreeSet<_>>();
			ensure!(places.len() == slots.free.len(), "two slots of a worker share a place");
			for place in places {
				ensure!(
					Pool::<T>::get(model, place).as_ref() == Some(&worker),
					"a slot is not where its worker believes it to be"
				);
			}
		}
		Ok(())
	}

	/// Pools have no gaps, nothing stands in them but what workers know of, and their sums are right. What is reserved is the
	/// business of whoever reserved it.
	fn try_state_pools() -> Result<(), TryRuntimeError> {
		let mut standing = BTreeMap::<_, (u32, BTreeSet<_>)>::new();
		for (model, place, worker) in Pool::<T>::iter() {
			ensure!(
				place < Pools::<T>::get(model).free,
				"a slot stands behind the end of its pool"
			);
			ensure!(
				Serving::<T>::get(&worker, model).free.contains(&place),
				"a slot stands in a pool and its worker does not know"
			);
			let (slots, workers) = standing.entry(model).or_default();
			*slots = slots.saturating_add(1);
			workers.insert(worker);
		}
		let mut working = BTreeMap::<_, u32>::new();
		for (_, model, slots) in Serving::<T>::iter() {
			let busy = u32::try_from(slots.busy.len()).unwrap_or(u32::MAX);
			let sum = working.entry(model).or_default();
			*sum = sum.saturating_add(busy);
		}
		for (model, pool) in Pools::<T>::iter() {
			ensure!(
				working.remove(&model).unwrap_or_default() == pool.busy,
				"a model's busy slots are not those of its workers"
			);
			ensure!(
				pool != PoolInfo::default(),
				"a pool that nobody is in or counts on is remembered"
			);
			let (slots, workers) = standing.remove(&model).unwrap_or_default();
			ensure!(pool.free == slots, "a pool is not as long as its number of free slots");
			ensure!(
				u32::try_from(workers.len()) == Ok(pool.servers),
				"a model's servers are not the workers in its pool"
			);
		}
		ensure!(working.values().all(|busy| *busy == 0), "busy slots are not summed up");
		ensure!(standing.is_empty(), "slots stand in a pool that is not summed up");
		Ok(())
	}
}
