//! A pool of workers that tracks every slot and panics unless each draw ends exactly once.

use super::*;
use assay_primitives::{
	key::{WorkerKey, WorkerPair},
	traits::{ModelRegistry, Offence, Penalty, SlotUse, WorkerPool},
};
use codec::{Decode, Encode};
use frame_support::{
	storage::unhashed,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::{Fortitude, Precision, Preservation},
	},
};
use sp_core::Pair;
use std::{collections::HashMap, sync::LazyLock};

/// The worker whose keys the node holds.
pub const WORKER: u64 = 100;
pub const OTHER: u64 = 101;
pub const THIRD: u64 = 102;
/// More than any job needs.
pub const WORKERS: [u64; 16] = [
	WORKER, OTHER, THIRD, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115,
];

parameter_types! {
	/// Slots that were released, and how they were used.
	pub static Served: Vec<(u64, JobId, SlotUse)> = vec![];
	/// Slots that were removed, the offence, and what was taken.
	pub static Punished: Vec<(u64, JobId, Offence, u64)> = vec![];
}

/// Returns the account that holds a worker's stake.
pub fn stake_of(worker: u64) -> u64 {
	worker + 10_000
}

pub fn seed(worker: u64, changes: u64) -> String {
	hex_seed(1_000 * changes + worker)
}

/// Returns the key with which `worker` signs now.
pub fn pair(worker: u64) -> WorkerPair {
	static PAIRS: LazyLock<HashMap<(u64, u64), WorkerPair>> = LazyLock::new(|| {
		let all = WORKERS
			.iter()
			.flat_map(|worker| (0..2).map(move |changes| (*worker, changes)));
		all.map(|(worker, changes)| {
			let pair = WorkerPair::from_string(&seed(worker, changes), None).unwrap();
			((worker, changes), pair)
		})
		.collect()
	});
	let changes = KeyChanges::get().get(&worker).copied().unwrap_or_default();
	PAIRS[&(worker, changes)].clone()
}

/// Lies in storage, so that a failed call changes nothing.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct Pool {
	/// The worker of each slot, and the job with which it is busy.
	pub slots: Vec<(u64, Option<JobId>)>,
	pub reserved: u32,
}

const KEY: &[u8] = b"mock/pool";

impl Pool {
	pub fn get() -> Self {
		unhashed::get_or_default(KEY)
	}

	fn mutate<R>(change: impl FnOnce(&mut Self) -> R) -> R {
		let mut pool = Self::get();
		let result = change(&mut pool);
		unhashed::put(KEY, &pool);
		result
	}

	/// Replaces all free slots by the given number for each worker.
	pub fn offer(workers: &[(u64, usize)]) {
		Self::mutate(|pool| {
			pool.slots.retain(|(_, busy)| busy.is_some());
			for (worker, slots) in workers {
				pool.slots.extend(vec![(*worker, None); *slots]);
			}
		});
	}

	/// Returns the workers of the slots that are not busy.
	fn free(&self) -> impl Iterator<Item = u64> + '_ {
		self.slots
			.iter()
			.filter(|(_, busy)| busy.is_none())
			.map(|(worker, _)| *worker)
	}

	/// Returns the index of the slot of `worker` that is busy with `job`. There must be exactly one.
	fn busy_with(&self, worker: u64, job: JobId) -> usize {
		let mut indices = (0..self.slots.len()).filter(|index| self.slots[*index] == (worker, Some(job)));
		let index = indices
			.next()
			.unwrap_or_else(|| panic!("{worker} has no slot busy with {job:?}"));
		assert!(indices.next().is_none(), "{worker} was drawn for {job:?} twice");
		index
	}
}

impl WorkerPool<u64, u64> for Pool {
	fn draw(model: &ModelId, job: JobId, seed: H256, excluded: &[u64]) -> Option<u64> {
		assert!(Registry::is_servable(model));
		Self::mutate(|pool| {
			let eligible: Vec<usize> = (0..pool.slots.len())
				.filter(|index| pool.slots[*index].1.is_none() && !excluded.contains(&pool.slots[*index].0))
				.collect();
			let index = *eligible.get(seed.to_low_u64_be() as usize % eligible.len().max(1))?;
			pool.slots[index].1 = Some(job);
			Some(pool.slots[index].0)
		})
	}

	fn idle_slots(_: &ModelId) -> u32 {
		Self::get().free().count() as u32
	}

	fn slots_in_service(_: &ModelId) -> u32 {
		Self::get().slots.len() as u32
	}

	fn reserve(_: &ModelId, slots: u32) -> bool {
		let enough = Self::free_slots(&MODEL) >= slots;
		if enough {
			Self::mutate(|pool| pool.reserved += slots);
		}
		enough
	}

	fn unreserve(_: &ModelId, slots: u32) {
		Self::mutate(|pool| pool.reserved = pool.reserved.checked_sub(slots).expect("no more than was reserved"));
	}

	fn release(_: &ModelId, worker: &u64, job: JobId, slot_use: SlotUse) -> DispatchResult {
		Self::mutate(|pool| {
			let index = pool.busy_with(*worker, job);
			pool.slots[index].1 = None;
		});
		Served::mutate(|served| served.push((*worker, job, slot_use)));
		Ok(())
	}

	fn penalise(
		_: &ModelId,
		worker: &u64,
		job: JobId,
		offence: Offence,
		amount: u64,
		payees: &[(u64, u64)],
	) -> Result<Penalty<u64>, DispatchError> {
		assert!(amount <= BOND && payees.iter().map(|(_, part)| part).sum::<u64>() <= amount);
		Self::mutate(|pool| {
			let index = pool.busy_with(*worker, job);
			pool.slots.remove(index);
		});
		let stake = stake_of(*worker);
		let taken = Balances::reducible_balance(&stake, Preservation::Preserve, Fortitude::Force).min(amount);
		assert_eq!(taken, amount, "the stake behind a slot exists");
		let mut burned = taken;
		for (payee, part) in payees {
			if Balances::transfer(&stake, payee, *part, Preservation::Preserve).is_ok() {
				burned -= part;
			}
		}
		Balances::burn_from(
			&stake,
			burned,
			Preservation::Preserve,
			Precision::Exact,
			Fortitude::Force,
		)?;
		Punished::mutate(|punished| punished.push((*worker, job, offence, taken)));
		Ok(Penalty { taken, burned })
	}

	fn slot_bond() -> u64 {
		BOND
	}

	fn free_slots(_: &ModelId) -> u32 {
		let pool = Self::get();
		(pool.free().count() as u32).saturating_sub(pool.reserved)
	}

	fn available_workers(_: &ModelId) -> u32 {
		Self::get().free().collect::<BTreeSet<_>>().len() as u32
	}

	fn assigned_jobs(worker: &u64) -> Vec<JobId> {
		let slots = Self::get().slots;
		slots
			.into_iter()
			.filter(|(whose, _)| whose == worker)
			.filter_map(|(_, busy)| busy)
			.collect()
	}

	fn key(worker: &u64) -> Option<WorkerKey> {
		WORKERS.contains(worker).then(|| pair(*worker).public())
	}

	fn worker(key: &WorkerKey) -> Option<u64> {
		WORKERS.into_iter().find(|worker| pair(*worker).public() == *key)
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<u64> for Pool {
	fn model(_: u32) -> (ModelId, Payload) {
		(MODEL, input(1))
	}

	fn busy_model(_: u32) -> (ModelId, ModelRef, u32, Payload) {
		(MODEL, MODEL.into(), 1, input(1))
	}

	fn worker(seed: u32, slots: u32, _: ModelId) -> (u64, WorkerKey) {
		let worker = WORKER + u64::from(seed);
		Self::mutate(|pool| pool.slots.extend(vec![(worker, None); slots as usize]));
		Balances::set_balance(&stake_of(worker), 100 * BOND);
		(worker, pair(WORKER).public())
	}

	fn fund(who: &u64) {
		Balances::set_balance(who, ENDOWMENT);
	}
}
