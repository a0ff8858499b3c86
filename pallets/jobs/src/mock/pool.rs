//! A pool of workers that tracks every slot and check, and panics unless each duty ends exactly once.

use super::*;
use assay_primitives::{
	bounds::Capacity,
	key::{WorkerKey, WorkerPair},
	traits::{ModelRegistry, Named, Offence, Penalty, SlotUse, WorkerPool},
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
	/// Workers that cannot take checks.
	pub static Unready: BTreeSet<u64> = BTreeSet::new();
	/// The duties of each worker that fall to one slot.
	pub static Workload: u32 = 1;
	pub static Age: u32 = 200;
	pub static MeanAge: u32 = 1_000;
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
	/// The worker of each ticket.
	pub tickets: Vec<u64>,
	/// The worker and the job of each check.
	pub checks: Vec<(u64, JobId)>,
	/// The executor of each job, and the checks promised to it.
	pub promised: Vec<(u64, JobId, u32)>,
}

const KEY: &[u8] = b"mock/pool";

impl Pool {
	pub fn get() -> Self {
		unhashed::get_or_default(KEY)
	}

	pub fn mutate<R>(change: impl FnOnce(&mut Self) -> R) -> R {
		let mut pool = Self::get();
		let result = change(&mut pool);
		unhashed::put(KEY, &pool);
		result
	}

	/// Replaces all free slots and all tickets by the given number for each worker.
	pub fn offer(workers: &[(u64, usize)]) {
		Self::mutate(|pool| {
			pool.slots.retain(|(_, busy)| busy.is_some());
			pool.tickets.clear();
			for (worker, slots) in workers {
				pool.slots.extend(vec![(*worker, None); *slots]);
				pool.tickets.extend(vec![*worker; *slots]);
			}
		});
	}

	/// Returns the number of checks promised to jobs.
	pub fn promised(&self) -> u32 {
		self.promised.iter().map(|(_, _, checks)| checks).sum()
	}

	/// Ends the duty of `worker` in `job`, of whose slots the first `lost` are removed. Returns the number of slots;
	/// none for a check.
	fn end_duty(&mut self, worker: u64, job: JobId, lost: usize) -> usize {
		if let Some(index) = self.checks.iter().position(|check| *check == (worker, job)) {
			self.checks.swap_remove(index);
			return 0;
		}
		let promises = self.promised.len();
		self.promised
			.retain(|(executor, of, _)| (*executor, *of) != (worker, job));
		assert_eq!(
			promises - self.promised.len(),
			1,
			"{worker} has no slot busy with {job:?}"
		);
		let mut ended = 0;
		self.slots.retain_mut(|slot| {
			if *slot != (worker, Some(job)) {
				return true;
			}
			ended += 1;
			slot.1 = None;
			ended > lost
		});
		assert!(ended > 0, "{worker} has no slot busy with {job:?}");
		ended
	}

	/// Returns the workers of the slots that are not busy.
	fn free(&self) -> impl Iterator<Item = u64> + '_ {
		self.slots
			.iter()
			.filter(|(_, busy)| busy.is_none())
			.map(|(worker, _)| *worker)
	}
}

impl WorkerPool<u64, u64> for Pool {
	fn draw_executor(
		model: &ModelId,
		job: JobId,
		seed: H256,
		excluded: &[u64],
		slots: u32,
		checks: u32,
	) -> Option<u64> {
		assert!(Registry::is_servable(model));
		if checks > Self::free_checks(model) {
			return None;
		}
		Self::mutate(|pool| {
			let free = |worker: &u64| pool.free().filter(|other| other == worker).count() >= slots as usize;
			let eligible: Vec<usize> = (0..pool.slots.len())
				.filter(|index| pool.slots[*index].1.is_none() && !excluded.contains(&pool.slots[*index].0))
				.filter(|index| free(&pool.slots[*index].0))
				.collect();
			let index = *eligible.get(seed.to_low_u64_be() as usize % eligible.len().max(1))?;
			let worker = pool.slots[index].0;
			pool.slots[index].1 = Some(job);
			let others = pool.slots.iter_mut().filter(|slot| **slot == (worker, None));
			others.take(slots as usize - 1).for_each(|slot| slot.1 = Some(job));
			pool.promised.push((worker, job, checks));
			Some(worker)
		})
	}

	fn draw_checkers(model: &ModelId, job: JobId, seeds: &[H256], excluded: &[u64]) -> Vec<Named<u64>> {
		assert!(Registry::is_servable(model));
		let mut taken = excluded.to_vec();
		Self::mutate(|pool| {
			let mut named = vec![];
			for seed in seeds {
				let open: Vec<u64> = pool.tickets.iter().copied().filter(|w| !taken.contains(w)).collect();
				let Some(worker) = open.get(seed.to_low_u64_be() as usize % open.len().max(1)) else {
					break;
				};
				let is_drawn = !Unready::get().contains(worker);
				if is_drawn {
					pool.checks.push((*worker, job));
				}
				taken.push(*worker);
				named.push(Named {
					worker: *worker,
					is_drawn,
				});
			}
			named
		})
	}

	fn ticket_age() -> u32 {
		Age::get()
	}

	fn free_checks(_: &ModelId) -> u32 {
		let pool = Self::get();
		(pool.tickets.len() as u32).saturating_sub(pool.promised())
	}

	fn workload(_: &ModelId, _: &u64) -> u32 {
		Workload::get()
	}

	fn release(_: &ModelId, worker: &u64, job: JobId, slot_use: SlotUse) -> DispatchResult {
		Self::mutate(|pool| pool.end_duty(*worker, job, 0));
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
		let lost = amount.div_ceil(BOND).max(1);
		let slots = Self::mutate(|pool| pool.end_duty(*worker, job, lost as usize));
		assert!(lost <= slots.max(1) as u64 && payees.iter().map(|(_, part)| part).sum::<u64>() <= amount);
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
		Self::get().free().count() as u32
	}

	fn capacity(_: &ModelId) -> Capacity {
		let pool = Self::get();
		let mut tickets = BTreeMap::<u64, u32>::new();
		for worker in &pool.tickets {
			*tickets.entry(*worker).or_default() += 1;
		}
		Capacity {
			tickets: pool.tickets.len() as u32,
			workers: tickets.len() as u32,
			largest: tickets.into_values().max().unwrap_or_default(),
			mean_age: MeanAge::get(),
			idle: (pool.free().count() as u32).saturating_sub(pool.promised()),
		}
	}

	fn available_workers(_: &ModelId) -> u32 {
		Self::get().tickets.into_iter().collect::<BTreeSet<_>>().len() as u32
	}

	fn assigned_jobs(worker: &u64) -> Vec<JobId> {
		let pool = Self::get();
		let slots = pool.slots.into_iter().filter(|(whose, _)| whose == worker);
		let checks = pool.checks.into_iter().filter(|(whose, _)| whose == worker);
		slots
			.filter_map(|(_, busy)| busy)
			.chain(checks.map(|(_, job)| job))
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
		Self::mutate(|pool| {
			pool.slots.extend(vec![(worker, None); slots as usize]);
			pool.tickets.extend(vec![worker; slots as usize]);
		});
		Balances::set_balance(&stake_of(worker), 100 * BOND);
		(worker, pair(WORKER).public())
	}

	fn fund(who: &u64) {
		Balances::set_balance(who, ENDOWMENT);
	}
}
