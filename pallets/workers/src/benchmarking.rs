//! What the calls and what other pallets do through `WorkerPool` weigh, measured at their worst.

#![cfg(feature = "runtime-benchmarks")]
#![allow(clippy::arithmetic_side_effects, clippy::expect_used)] // A benchmark that cannot be set up must not run.

use super::*;
use alloc::{vec, vec::Vec};
use assay_primitives::{
	key::{owner_message, WorkerKey, WorkerSignature},
	traits::{Offence, Service, WorkerPool},
	JobId, ModelId,
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{hold::Mutate, Inspect, Unbalanced},
		tokens::Precision,
		Get,
	},
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_core::{ed25519, H256};
use sp_runtime::{
	traits::{BlakeTwo256, Hash, One, Saturating, Zero},
	RuntimeAppPublic,
};

/// Makes what the benchmarks need and the pallet cannot make.
pub trait BenchmarkHelper {
	/// A model that can be served.
	fn open_model() -> ModelId;
}

/// The most workers that a draw is measured to exclude: more than any job has.
const MAX_EXCLUDED: u32 = 16;
/// The most payees that a penalty is measured with: more than any slash has.
const MAX_PAYEES: u32 = 16;

/// Gives `account` this much.
fn endow<T: Config>(account: &T::AccountId, amount: BalanceOf<T>) {
	T::Currency::set_total_issuance(T::Currency::total_issuance().saturating_add(amount));
	T::Currency::increase_balance(account, amount, Precision::Exact).expect("the account can be made");
}

/// The stake for as many slots as a worker may have.
fn full_stake<T: Config>() -> BalanceOf<T> {
	T::MinStake::get().max(Pallet::<T>::bond_of(T::MaxSlots::get()))
}

/// An account that can stake for all slots, twice.
fn funded<T: Config>(account: T::AccountId) -> T::AccountId {
	let amount = full_stake::<T>()
		.saturating_add(T::Currency::minimum_balance())
		.saturating_mul(2u32.into());
	endow::<T>(&account, amount);
	account
}

fn caller<T: Config>() -> T::AccountId {
	funded::<T>(whitelisted_caller())
}

/// A key out of the keystore, with its agreement to serve `worker`.
fn agreed<T: Config>(worker: &T::AccountId) -> (WorkerKey, WorkerSignature) {
	let key = WorkerKey::generate_pair(None);
	let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
	let proof = key
		.sign(&owner_message(genesis, worker))
		.expect("the keystore has the key");
	(key, proof)
}

/// A key of no use, for workers that need not sign.
fn some_key<T: Config>(worker: &T::AccountId) -> WorkerKey {
	ed25519::Public::from_raw(BlakeTwo256::hash_of(worker).0).into()
}

/// A worker with the stake for all slots.
fn registered<T: Config>(account: T::AccountId) -> T::AccountId {
	let worker = funded::<T>(account);
	Pallet::<T>::enlist(&worker, full_stake::<T>(), some_key::<T>(&worker)).expect("the account is no worker yet");
	worker
}

/// A worker beside the caller.
fn other<T: Config>(number: u32) -> T::AccountId {
	registered::<T>(account("worker", number, 0))
}

fn offer<T: Config>(worker: &T::AccountId, model: &ModelId, slots: u32) {
	Pallet::<T>::set_offered(worker, model, slots).expect("the stake covers all slots");
}

/// Lets `worker` unbond one unit in each of `chunks` blocks.
fn unbond_in_chunks<T: Config>(worker: &T::AccountId, chunks: u32) {
	for _ in 0..chunks {
		Pallet::<T>::do_unbond(worker.clone(), One::one()).expect("there is more stake than that");
		wait::<T>(One::one());
	}
}

fn wait<T: Config>(blocks: BlockNumberFor<T>) {
	let now = frame_system::Pallet::<T>::block_number();
	frame_system::Pallet::<T>::set_block_number(now.saturating_add(blocks));
}

/// A worker that has more than the least stake, so that single units can be unbonded.
fn registered_with_surplus<T: Config>(account: T::AccountId) -> T::AccountId {
	let worker = registered::<T>(account);
	Pallet::<T>::do_bond_more(worker.clone(), MAX_CHUNKS.into()).expect("the account has as much again");
	worker
}

/// Stores a pool in which `worker` has the slot at `place` and `excluded` have all others, as evenly as can be.
fn lay_pool<T: Config>(model: &ModelId, size: u32, place: u32, worker: &T::AccountId, excluded: &[T::AccountId]) {
	let mut held = vec![Vec::<u32>::new(); excluded.len()];
	let mut turn = 0;
	for other in (0..size).filter(|other| *other != place) {
		if let (Some(places), Some(owner)) = (held.get_mut(turn), excluded.get(turn)) {
			places.push(other);
			Pool::<T>::insert(model, other, owner);
		}
		turn = (turn + 1) % excluded.len().max(1);
	}
	Pool::<T>::insert(model, place, worker);
	let owners = excluded.iter().zip(held).chain([(worker, vec![place])]);
	let mut servers = 0;
	for (owner, free) in owners {
		let slots = SlotsOf::<T> {
			offered: free.len() as u32,
			busy: Default::default(),
			free: BoundedVec::truncate_from(free),
		};
		Workers::<T>::mutate(owner, |record| {
			if let Some(record) = record {
				record.recommit(0, slots.committed());
			}
		});
		servers += 1;
		Serving::<T>::insert(owner, model, slots);
	}
	let pool = PoolInfo {
		busy: 0,
		free: size,
		reserved: 0,
		servers,
	};
	Pools::<T>::insert(model, pool);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() {
		let caller = caller::<T>();
		let (key, proof) = agreed::<T>(&caller);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), full_stake::<T>(), key, proof);

		assert!(Workers::<T>::contains_key(caller));
	}

	/// By a worker whose list of chunks is full.
	#[benchmark]
	fn bond_more() {
		let caller = registered_with_surplus::<T>(whitelisted_caller());
		unbond_in_chunks::<T>(&caller, MAX_CHUNKS);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), One::one());

		assert!(Workers::<T>::get(caller).is_some_and(|worker| worker.stake > full_stake::<T>()));
	}

	/// Into the last chunk that may be.
	#[benchmark]
	fn unbond() {
		let caller = registered_with_surplus::<T>(whitelisted_caller());
		unbond_in_chunks::<T>(&caller, MAX_CHUNKS - 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), One::one());

		assert!(Workers::<T>::get(caller).is_some_and(|worker| worker.unbonding.is_full()));
	}

	/// Of as many chunks as may be, which are all that is left, so that the worker leaves.
	#[benchmark]
	fn withdraw() {
		let caller = registered_with_surplus::<T>(whitelisted_caller());
		unbond_in_chunks::<T>(&caller, MAX_CHUNKS - 1);
		let stake = Workers::<T>::get(&caller)
			.map(|worker| worker.stake)
			.unwrap_or_default();
		Pallet::<T>::do_unbond(caller.clone(), stake).expect("it backs no slots");
		wait::<T>(T::UnbondingPeriod::get());

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()));

		assert!(!Workers::<T>::contains_key(caller));
	}

	#[benchmark]
	fn set_key() {
		let caller = registered::<T>(whitelisted_caller());
		let (key, proof) = agreed::<T>(&caller);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), key.clone(), proof);

		assert_eq!(KeyOwners::<T>::get(key), Some(caller));
	}

	/// Down by `m` slots that stand in front of those of as many other workers, each of which moves.
	#[benchmark]
	fn serve(m: Linear<0, { T::MaxSlots::get() }>) {
		let model = T::BenchmarkHelper::open_model();
		let caller = registered::<T>(whitelisted_caller());
		// One slot must stay if none is to move.
		let kept = u32::from(m == 0);
		offer::<T>(&caller, &model, m + kept);
		for number in 0..m {
			offer::<T>(&other::<T>(number), &model, 1);
		}

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), model, kept);

		assert_eq!(Pools::<T>::get(model).free, m + kept);
	}

	/// From a pool in which only the last place belongs to a worker that is not excluded.
	#[benchmark]
	fn draw(e: Linear<0, MAX_EXCLUDED>) {
		let model = T::BenchmarkHelper::open_model();
		let size = e * T::MaxSlots::get() + 1;
		let place = size - 1;
		let worker = other::<T>(e);
		let excluded = (0..e).map(other::<T>).collect::<Vec<_>>();
		lay_pool::<T>(&model, size, place, &worker, &excluded);
		let drawn;

		#[block]
		{
			drawn = Pallet::<T>::draw(&model, JobId(0), H256::zero(), &excluded);
		}

		assert_eq!(drawn, Some(worker));
	}

	/// Back into the pool, of a worker with as many slots as may be.
	#[benchmark]
	fn release() {
		let model = T::BenchmarkHelper::open_model();
		let worker = other::<T>(0);
		let slots = T::MaxSlots::get();
		offer::<T>(&worker, &model, slots);
		Pallet::<T>::draw(&model, JobId(0), H256::zero(), &[]).expect("the pool is full");
		let service = Service::Answered {
			audit: true,
			disputed: true,
		};

		#[block]
		{
			Pallet::<T>::release(&model, &worker, JobId(0), service).expect("the slot is busy");
		}

		assert_eq!(Pools::<T>::get(model).free, slots);
	}

	/// Of all the stake of a worker, which is forgotten, with `p` payees whose accounts are made.
	#[benchmark]
	fn penalise(p: Linear<0, MAX_PAYEES>) {
		let model = T::BenchmarkHelper::open_model();
		let bond = T::SlotBond::get();
		let worker = other::<T>(0);
		offer::<T>(&worker, &model, 1);
		Pallet::<T>::draw(&model, JobId(0), H256::zero(), &[]).expect("the pool is not empty");
		// As after other penalties, nothing is left but the bond of one slot.
		Workers::<T>::mutate(&worker, |record| {
			if let Some(record) = record {
				record.stake = bond;
			}
		});
		T::Currency::set_on_hold(&HoldReason::Stake.into(), &worker, bond).expect("more is on hold");
		let payees = (0..p)
			.map(|number| (account("payee", number, 0), T::Currency::minimum_balance()))
			.collect::<Vec<(T::AccountId, _)>>();
		let penalised;

		#[block]
		{
			penalised = Pallet::<T>::penalise(&model, &worker, JobId(0), Offence::WrongAnswer, bond, &payees)
				.expect("the slot is busy");
		}

		assert_eq!(penalised.taken, bond);
		let paid = T::Currency::minimum_balance().saturating_mul(p.into());
		// A test runtime's bond may not reach for all.
		assert!(paid > bond || penalised.burned == bond.saturating_sub(paid));
		assert!(!Workers::<T>::contains_key(worker));
	}
}
