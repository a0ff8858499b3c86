//! Benchmarks of the worst cases of the calls, and of what other pallets do through `WorkerPool`.

#![cfg(feature = "runtime-benchmarks")]
#![allow(clippy::arithmetic_side_effects, clippy::expect_used)] // A benchmark that cannot be set up must not run.

use super::*;
use alloc::{vec, vec::Vec};
use assay_primitives::{
	api::Role,
	bounds::MAX_EXECUTOR_SLOTS,
	key::{owner_message, WorkerKey, WorkerSignature},
	traits::{Offence, SlotUse, WorkerPool},
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
use sp_core::{ed25519, H256, U256};
use sp_runtime::{
	traits::{BlakeTwo256, Bounded, Hash, One, Saturating, Zero},
	RuntimeAppPublic, SaturatedConversion,
};

/// Sets up what the benchmarks need and this pallet cannot set up.
pub trait BenchmarkHelper {
	/// Registers a model that can be served.
	fn open_model() -> ModelId;
}

/// The maximum number of workers that a measured draw excludes: more than any job has.
const MAX_EXCLUDED: u32 = 16;
/// The maximum number of payees of a measured penalty: more than any slash has.
const MAX_PAYEES: u32 = 16;

/// Endows `account` with `amount`.
fn endow<T: Config>(account: &T::AccountId, amount: BalanceOf<T>) {
	T::Currency::set_total_issuance(T::Currency::total_issuance().saturating_add(amount));
	T::Currency::increase_balance(account, amount, Precision::Exact).expect("the account can be made");
}

/// Returns the stake for the maximum number of slots.
fn full_stake<T: Config>() -> BalanceOf<T> {
	T::MinStake::get().max(Pallet::<T>::required_stake(T::MaxSlots::get()))
}

/// Endows an account with twice the stake for the maximum number of slots.
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

/// Returns a key from the keystore, with its agreement to serve `worker`.
fn key_with_proof<T: Config>(worker: &T::AccountId) -> (WorkerKey, WorkerSignature) {
	let key = WorkerKey::generate_pair(None);
	let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
	let proof = key
		.sign(&owner_message(genesis, worker))
		.expect("the keystore has the key");
	(key, proof)
}

/// Returns a dummy key, for workers that need not sign.
fn dummy_key<T: Config>(worker: &T::AccountId) -> WorkerKey {
	ed25519::Public::from_raw(BlakeTwo256::hash_of(worker).0).into()
}

/// Registers a worker with the stake for the maximum number of slots.
fn register_worker<T: Config>(account: T::AccountId) -> T::AccountId {
	let worker = funded::<T>(account);
	Pallet::<T>::insert_worker(&worker, full_stake::<T>(), dummy_key::<T>(&worker))
		.expect("the account is no worker yet");
	worker
}

/// Registers a worker other than the caller.
fn other<T: Config>(number: u32) -> T::AccountId {
	register_worker::<T>(account("worker", number, 0))
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

/// Registers a worker with more than the minimum stake, so that single units can be unbonded.
fn register_with_surplus<T: Config>(account: T::AccountId) -> T::AccountId {
	let worker = register_worker::<T>(account);
	Pallet::<T>::do_bond_more(worker.clone(), MAX_CHUNKS.into()).expect("the account has as much again");
	worker
}

/// Stores a ticket that joins the list in this block.
fn insert_ticket<T: Config>(model: &ModelId, place: u32, worker: &T::AccountId) {
	let ticket = Ticket {
		worker: worker.clone(),
		since: frame_system::Pallet::<T>::block_number(),
	};
	Tickets::<T>::insert(model, place, ticket);
}

/// Stores a pool and a list of the same size, in which `worker` has the entry at `place`, and `excluded` have all
/// others, as evenly as possible.
fn store_full_pool<T: Config>(
	model: &ModelId,
	size: u32,
	place: u32,
	worker: &T::AccountId,
	excluded: &[T::AccountId],
) {
	let mut held = vec![Vec::<u32>::new(); excluded.len()];
	let mut turn = 0;
	for other in (0..size).filter(|other| *other != place) {
		if let (Some(places), Some(owner)) = (held.get_mut(turn), excluded.get(turn)) {
			places.push(other);
			FreeSlots::<T>::insert(model, other, owner);
			insert_ticket::<T>(model, other, owner);
		}
		turn = (turn + 1) % excluded.len().max(1);
	}
	FreeSlots::<T>::insert(model, place, worker);
	insert_ticket::<T>(model, place, worker);
	let owners = excluded.iter().zip(held).chain([(worker, vec![place])]);
	let (mut ticket_holders, mut holders) = (0, vec![0; T::MaxSlots::get() as usize]);
	for (owner, places) in owners {
		if let Some(number) = holders.get_mut(places.len().saturating_sub(1)) {
			*number += 1;
		}
		let slots = SlotsOf::<T> {
			offered: places.len() as u32,
			free: BoundedVec::truncate_from(places.clone()),
			peak: places.len() as u32,
			tickets: BoundedVec::truncate_from(places),
			..Default::default()
		};
		store_with_sums::<T>(owner, model, slots);
		ticket_holders += 1;
	}
	while holders.last() == Some(&0) {
		holders.pop();
	}
	let pool = PoolInfo {
		free: size,
		tickets: size,
		ticket_holders,
		largest: holders.len() as u32,
		joined: u64::from(size) * frame_system::Pallet::<T>::block_number().saturated_into::<u64>(),
		promised_checks: 0,
	};
	Holders::<T>::insert(model, BoundedVec::truncate_from(holders));
	Pools::<T>::insert(model, pool);
}

/// Stores the slots of a worker that has none for `model`.
fn store_with_sums<T: Config>(worker: &T::AccountId, model: &ModelId, slots: SlotsOf<T>) {
	Workers::<T>::mutate(worker, |record| {
		if let Some(record) = record {
			record.update_sums(SlotsOf::<T>::default().sums(), slots.sums());
		}
	});
	WorkerSlots::<T>::insert(worker, model, slots);
}

/// Applies all queued changes.
fn list_tickets<T: Config>() {
	Pallet::<T>::apply_changes(Bounded::max_value(), u32::MAX);
}

/// Returns the seed that names the ticket at `place` if no ticket is barred.
fn seed_of(place: u32) -> H256 {
	H256(U256::from(place).to_little_endian())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() {
		let caller = caller::<T>();
		let (key, proof) = key_with_proof::<T>(&caller);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), full_stake::<T>(), key, proof);

		assert!(Workers::<T>::contains_key(caller));
	}

	/// Bonds more for a worker whose list of chunks is full.
	#[benchmark]
	fn bond_more() {
		let caller = register_with_surplus::<T>(whitelisted_caller());
		unbond_in_chunks::<T>(&caller, MAX_CHUNKS);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), One::one());

		assert!(Workers::<T>::get(caller).is_some_and(|worker| worker.stake > full_stake::<T>()));
	}

	/// Unbonds into the last chunk.
	#[benchmark]
	fn unbond() {
		let caller = register_with_surplus::<T>(whitelisted_caller());
		unbond_in_chunks::<T>(&caller, MAX_CHUNKS - 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), One::one());

		assert!(Workers::<T>::get(caller).is_some_and(|worker| worker.unbonding.is_full()));
	}

	/// Withdraws the maximum number of chunks, which are all that is left, so that the worker is removed.
	#[benchmark]
	fn withdraw() {
		let caller = register_with_surplus::<T>(whitelisted_caller());
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
		let caller = register_worker::<T>(whitelisted_caller());
		let (key, proof) = key_with_proof::<T>(&caller);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), key.clone(), proof);

		assert_eq!(KeyOwners::<T>::get(key), Some(caller));
	}

	/// Withdraws `m` slots that are in front of those of `m` other workers, each of which moves.
	#[benchmark]
	fn serve(m: Linear<0, { T::MaxSlots::get() }>) {
		let model = T::BenchmarkHelper::open_model();
		let caller = register_worker::<T>(whitelisted_caller());
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

	/// Draws from a pool in which only the last place belongs to a worker that is not excluded.
	#[benchmark]
	fn draw_executor(e: Linear<0, MAX_EXCLUDED>) {
		let model = T::BenchmarkHelper::open_model();
		let size = e * T::MaxSlots::get() + 1;
		let place = size - 1;
		let worker = other::<T>(e);
		let excluded = (0..e).map(other::<T>).collect::<Vec<_>>();
		store_full_pool::<T>(&model, size, place, &worker, &excluded);
		let drawn;

		#[block]
		{
			drawn = Pallet::<T>::draw_executor(&model, JobId(0), H256::zero(), &excluded, 1, 1);
		}

		assert_eq!(drawn, Some(worker));
	}

	/// Names `n` workers with the maximum number of tickets each, all of which take the check.
	#[benchmark]
	fn draw_checkers(n: Linear<1, 13>) {
		let model = T::BenchmarkHelper::open_model();
		let size = n * T::MaxSlots::get() + 1;
		let executor = other::<T>(n);
		let workers = (0..n).map(other::<T>).collect::<Vec<_>>();
		store_full_pool::<T>(&model, size, size - 1, &executor, &workers);
		let seeds = (0..n).map(seed_of).collect::<Vec<_>>();
		let named;

		#[block]
		{
			named = Pallet::<T>::draw_checkers(&model, JobId(0), &seeds, &[executor]);
		}

		assert!(named.len() as u32 == n && named.iter().all(|named| named.is_drawn));
	}

	/// Returns as many slots as an executor may have to the pool, of a worker with the maximum number of slots.
	#[benchmark]
	fn release() {
		let model = T::BenchmarkHelper::open_model();
		let worker = other::<T>(0);
		let slots = T::MaxSlots::get();
		offer::<T>(&worker, &model, slots);
		list_tickets::<T>();
		let drawn = u32::from(MAX_EXECUTOR_SLOTS).min(slots);
		Pallet::<T>::draw_executor(&model, JobId(0), H256::zero(), &[], drawn, 1).expect("the pool is full");
		let service = SlotUse::Answered {
			role: Role::Auditor,
			confirmed: true,
		};

		#[block]
		{
			Pallet::<T>::release(&model, &worker, JobId(0), service).expect("the slot is busy");
		}

		assert_eq!(Pools::<T>::get(model).free, slots);
	}

	/// Takes the last bond of a worker for a check, for `p` payees whose accounts are created. Its last slot leaves the
	/// pool, in front of that of another worker. The worker serves the maximum number of models, with other slots only
	/// in the last one, which the stake does not cover any more.
	#[benchmark]
	fn penalise(p: Linear<0, MAX_PAYEES>) {
		let model = T::BenchmarkHelper::open_model();
		let bond = T::SlotBond::get();
		let worker = other::<T>(0);
		offer::<T>(&worker, &model, 1);
		offer::<T>(&other::<T>(1), &model, 1);
		list_tickets::<T>();
		let drawn = Pallet::<T>::draw_checkers(&model, JobId(0), &[seed_of(0)], &[]);
		assert!(drawn.iter().all(|named| named.is_drawn && named.worker == worker));
		for number in 1..T::MaxModels::get() {
			let idle = ModelId(BlakeTwo256::hash_of(&number));
			let slots = SlotsOf::<T> {
				checks: 1,
				..Default::default()
			};
			store_with_sums::<T>(&worker, &idle, slots);
		}
		// As after other penalties, only the bond of one slot is left.
		Workers::<T>::mutate(&worker, |record| {
			if let Some(record) = record {
				record.stake = bond;
				record.committed += 1;
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
				.expect("the check is open");
		}

		assert_eq!(penalised.taken, bond);
		let paid = T::Currency::minimum_balance().saturating_mul(p.into());
		// The bond of a test runtime may be too small for all.
		assert!(paid > bond || penalised.burned == bond.saturating_sub(paid));
		assert_eq!(WorkerSlots::<T>::get(worker, model).offered, 0);
	}

	/// Lets `t` tickets leave, each the last one of its worker, and in front of that of another worker.
	#[benchmark]
	fn apply_changes(t: Linear<0, { T::TicketsPerBlock::get() }>) {
		let model = T::BenchmarkHelper::open_model();
		let leaving = (0..t).map(other::<T>).collect::<Vec<_>>();
		let staying = (t..2 * t).map(other::<T>).collect::<Vec<_>>();
		for worker in leaving.iter().chain(&staying) {
			offer::<T>(worker, &model, 1);
		}
		list_tickets::<T>();
		for worker in &leaving {
			offer::<T>(worker, &model, 0);
		}
		let due = QueueOfChanges::<T>::get().last_due;
		let applied;

		#[block]
		{
			applied = Pallet::<T>::apply_changes(due, T::TicketsPerBlock::get());
		}

		assert_eq!(applied, t);
		assert_eq!(Pools::<T>::get(model).tickets, t);
	}
}
