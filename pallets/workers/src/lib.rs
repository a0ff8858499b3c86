//! # Workers: bonded capacity
//!
//! A worker is an account that holds stake and offers **slots** to models. A slot is the promise to answer one job of
//! one model at a time, and to repeat the work of others. It is backed by a slot bond from the stake. The pallet stores
//! for each model the pool of free slots, from which executors are drawn, and the list of **tickets**, one for each
//! slot offered, from which checkers are drawn.
//!
//! ## Design
//!
//! * **A slot is the unit of probability.** An executor is drawn uniformly from the free slots, a checker uniformly
//!   from the tickets, free or busy. Every slot costs the same bond, so sampling slots is sampling stake, and splitting
//!   a stake over many accounts gains nothing.
//! * **A job sees each worker once.** A draw excludes the workers that the job already has. Let f be the share of a
//!   group in the tickets. Given that the executor belongs to the group, the probability that all c checkers do is at
//!   most f^c, however the group splits its stake over accounts: every account drawn leaves with all its tickets.
//! * **Nobody can move the list after a claim.** The tickets change only by a queue. `serve`, `stop_serving` and lost
//!   slots append a change, which cannot be revoked and is due [`Config::TicketAge`] blocks later, never before an
//!   earlier one. At the start of each block the changes that are due are applied in order, at most
//!   [`Config::TicketsPerBlock`] tickets, whatever else happens in the block. So the list in block D follows from what
//!   was submitted before block D less the age. Jobs first draw checkers within less than that from the claim, so whom
//!   that seed names was decided before the claim. Whether jobs keep a worker busy does not matter: a check occupies no
//!   slot.
//! * **A named worker takes the check, or nobody does.** A worker without the stake for a bond, or with
//!   [`CHECKS_PER_TICKET`] open checks for each of its tickets, leaves a *gap*. The seed never names another one in its
//!   place, so nothing is gained by making workers unable to take checks. The pool promises one check for each ticket
//!   at most, so whoever requests jobs, a ticket drawn at random has at most one open check on average.
//! * **Every change touches a bounded number of entries.** The pool of a model is the array
//!   `FreeSlots[model][0..free]`, the list `Tickets[model][0..tickets]`. The last entry takes the place of one that
//!   leaves, and each worker's record of a model lists its places, so no operation searches. A draw looks up the places
//!   of the workers that it excludes and counts past them.
//! * **Slots are backed one by one, checks together.** The committed slots of a worker, the sum over its models of
//!   `max(offered, busy)`, times the slot bond do not exceed its active stake while any of its slots is free. Checks
//!   share that stake. A penalty for a check may eat the stake behind a slot; then free slots leave the pools until the
//!   stake covers the others. Only the executor's bond enters the deterrence of a job.
//!
//! ## Life of a slot
//!
//! `serve` puts slots into the pool at once, and queues their tickets. A draw takes as many slots of one worker out as
//! the executor of a job needs. They are busy with the job until they are released or lost. A released slot returns to
//! the pool if the worker still offers that many and its stake covers them. A penalty takes a slot away for each bond
//! that it takes in whole or in part: the worker offers fewer from then on, so a dead machine drains out of pool and
//! list by itself. A worker that stops serving answers as an executor no more, and as a checker until its tickets have
//! left the list.
//!
//! ## Penalties
//!
//! The pallet that drew a worker may penalise it instead of releasing it: for not committing in time, for not revealing
//! its commitment, or for a wrong answer. A penalty takes up to one bond for each slot of the duty, at once: from the
//! active stake, and from the unbonding chunks where that does not reach. It pays the payees that the caller names,
//! burns the rest, including what a payee cannot receive. Stake behind slots and tickets cannot be unbonded, and
//! `withdraw` leaves a bond for each open duty.
//!
//! A penalty may leave a worker with less than [`Config::MinStake`]. It goes on serving what its stake covers; it may
//! add any amount, or unbond all it has, but not a part of it. A worker that loses its last stake and has nothing
//! unbonding is removed with its key once its tickets have left and its duties have ended, and may register again.
//!
//! ## Life of a stake
//!
//! `register` and `bond_more` hold funds. `unbond` moves stake that backs no slot and no ticket into a chunk that
//! matures after the unbonding period; `withdraw` releases matured chunks. The funds on hold are always the active
//! stake plus all chunks. A worker that withdraws its last chunk and has no stake left is removed with its key; its
//! record stays.
//!
//! ## Keys
//!
//! A worker's node signs with an ed25519 key that belongs to no other worker and has agreed to serve this one
//! ([`owner_message`](assay_primitives::key::owner_message)).

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::arithmetic_side_effects,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::unwrap_used
	)
)]

extern crate alloc;

mod dispatchable_impls;
mod penalty_impls;
mod pool;
mod tickets;
mod types;
mod utility_impls;

pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::traits::fungible::Inspect;

/// The balance of the pallet's currency.
pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

#[allow(clippy::expect_used)] // FRAME's macros expand to `expect`.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use assay_primitives::{
		api::WorkerRecord,
		key::{WorkerKey, WorkerSignature},
		shares,
		traits::ModelRegistry,
		JobId, ModelId,
	};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use sp_runtime::traits::Bounded;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = H256> {
		/// The currency in which stake is held.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// The registry of models. Only models that accept jobs can be served.
		type Models: ModelRegistry<Self::AccountId, BalanceOf<Self>>;

		/// The stake behind each slot. If too small, a wrong answer is worth its price; if too large, capacity is
		/// scarce. Must not be zero.
		#[pallet::constant]
		type SlotBond: Get<BalanceOf<Self>>;

		/// The minimum active stake of a new worker, and the minimum that must remain when it unbonds a part. Penalties
		/// may leave less. If too small, the state fills with idle workers; if too large, only the rich are workers. At
		/// least [`Config::SlotBond`].
		#[pallet::constant]
		type MinStake: Get<BalanceOf<Self>>;

		/// Blocks between `unbond` and `withdraw`. Must exceed the longest time in which an answer can still be found
		/// wrong, or cheats leave before they pay.
		#[pallet::constant]
		type UnbondingPeriod: Get<BlockNumberFor<Self>>;

		/// The maximum number of committed slots of a worker, over all models. Bounds the work of one `serve`.
		#[pallet::constant]
		type MaxSlots: Get<u32>;

		/// The maximum number of models that a worker may serve at a time. Bounds what a query of a worker reads.
		#[pallet::constant]
		type MaxModels: Get<u32>;

		/// Blocks between a change of the slots that a worker offers and that of its tickets. Must exceed the longest
		/// time from a claim to the first draw of its checkers, or what is submitted after a claim changes who is
		/// drawn. If too large, new workers wait long for their first check, and leaving ones for their last.
		#[pallet::constant]
		type TicketAge: Get<u32>;

		/// The maximum number of tickets that join or leave in one block. If too small, changes wait longer than their
		/// age; if too large, a block has room for little else. Must not be zero.
		#[pallet::constant]
		type TicketsPerBlock: Get<u32>;

		/// The weights of the calls, and of what other pallets do through `WorkerPool`.
		type WeightInfo: WeightInfo;

		/// Sets up what the benchmarks need and this pallet cannot set up.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper;
	}

	/// All registered workers. An entry exists from `register` until neither stake nor chunks remain.
	///
	/// Invariants: the funds on hold for [`HoldReason::Stake`] are `stake` plus all chunks; `committed`, `listed` and
	/// `models` summarise [`WorkerSlots`]; `stake` covers `committed` slot bonds, or none of the worker's slots is
	/// free.
	#[pallet::storage]
	pub type Workers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, WorkerOf<T>>;

	/// The account behind each key: the inverse of [`Worker::key`], so keys are unique.
	#[pallet::storage]
	pub type KeyOwners<T: Config> = StorageMap<_, Blake2_128Concat, WorkerKey, T::AccountId>;

	/// The slots and tickets of each worker for each model that it serves. An entry exists while slots are offered or
	/// busy, tickets listed or queued, or checks open.
	///
	/// Invariants: `free` lists exactly the places in [`FreeSlots`] that hold the worker, and their number is that by
	/// which `offered` exceeds the number of `busy` ones; `tickets` lists exactly the places in [`Tickets`]; with
	/// the `pending` changes in [`QueuedChanges`] they become as many as `offered`, at no time more than `peak`;
	/// `checks` counts the entries in [`Checks`]; no two duties of a worker are in the same job.
	#[pallet::storage]
	pub type WorkerSlots<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, ModelId, SlotsOf<T>, ValueQuery>;

	/// The free slots of each model: the worker of the slot at each place.
	///
	/// Invariant: the places of a model are `0..free` of its entry in [`Pools`], without gaps.
	#[pallet::storage]
	pub type FreeSlots<T: Config> = StorageDoubleMap<_, Identity, ModelId, Twox64Concat, u32, T::AccountId>;

	/// The tickets of each model: the one at each place.
	///
	/// Invariants: the places of a model are `0..tickets` of its entry in [`Pools`], without gaps; only changes from
	/// [`QueuedChanges`] move them.
	#[pallet::storage]
	pub type Tickets<T: Config> = StorageDoubleMap<_, Identity, ModelId, Twox64Concat, u32, TicketOf<T>>;

	/// The number of workers with one ticket of each model, with two, and so on.
	///
	/// Invariants: the last number is not zero; they add up to `ticket_holders` of the entry in [`Pools`], and are as
	/// many as `largest`. Absent for a model without tickets.
	#[pallet::storage]
	pub type Holders<T: Config> = StorageMap<_, Identity, ModelId, BoundedVec<u32, T::MaxSlots>, ValueQuery>;

	/// The open checks of each worker: the job, and the model whose list named the worker.
	///
	/// Invariant: the worker has slots for the model, which count them.
	#[pallet::storage]
	pub type Checks<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, JobId, ModelId>;

	/// The changes of tickets that are not complete, by number.
	///
	/// Invariants: the numbers are those from [`QueueOfChanges`], without gaps; none is due before an earlier one; each
	/// has tickets left to join or leave.
	#[pallet::storage]
	pub type QueuedChanges<T: Config> = StorageMap<_, Twox64Concat, u64, QueuedChangeOf<T>>;

	/// The first and the next number of [`QueuedChanges`].
	#[pallet::storage]
	pub type QueueOfChanges<T: Config> = StorageValue<_, QueueEnds<BlockNumberFor<T>>, ValueQuery>;

	/// The summary of the slots and tickets of each model. Absent if all of it is zero.
	///
	/// Invariants: `free` is the number of places in [`FreeSlots`], `tickets` that in [`Tickets`], `ticket_holders`
	/// that of the workers at the latter, `largest` the maximum number of tickets of one of them, `joined` the sum of
	/// the blocks since which tickets are listed, and `promised_checks` the sum over all busy slots.
	#[pallet::storage]
	pub type Pools<T> = StorageMap<_, Identity, ModelId, PoolInfo, ValueQuery>;

	/// The record of each account since genesis. Entries are never removed: a record outlives its worker.
	#[pallet::storage]
	pub type Records<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, WorkerRecord, ValueQuery>;

	/// Why this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// A worker's active stake and all unbonding chunks.
		Stake,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The workers at genesis: each with its stake, which is held from its balance, and its key, which is accepted
		/// without proof.
		pub workers: Vec<(T::AccountId, BalanceOf<T>, WorkerKey)>,
		/// The slots that these workers offer to models, or to the probe pools of engines. Their tickets are listed
		/// from the first block on.
		pub serving: Vec<(T::AccountId, ModelId, u32)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (worker, stake, key) in &self.workers {
				if let Err(error) = Pallet::<T>::insert_worker(worker, *stake, key.clone()) {
					panic!("genesis worker {worker:?} cannot be registered: {error:?}");
				}
			}
			for (worker, model, slots) in &self.serving {
				if let Err(error) = Pallet::<T>::set_offered(worker, model, *slots) {
					panic!("genesis worker {worker:?} cannot serve: {error:?}");
				}
			}
			Pallet::<T>::apply_changes(BlockNumberFor::<T>::max_value(), u32::MAX);
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A worker has registered.
		Registered {
			worker: T::AccountId,
			stake: BalanceOf<T>,
			key: WorkerKey,
		},
		/// A worker has added to its stake.
		Bonded { worker: T::AccountId, amount: BalanceOf<T> },
		/// Stake was unbonded, and may be withdrawn from block `matures_at` on.
		Unbonded {
			worker: T::AccountId,
			amount: BalanceOf<T>,
			matures_at: BlockNumberFor<T>,
		},
		/// Matured stake has been released.
		Withdrawn { worker: T::AccountId, amount: BalanceOf<T> },
		/// A worker without any stake left was removed. Its key is free.
		Deregistered { worker: T::AccountId },
		/// A worker has changed its key.
		KeySet { worker: T::AccountId, key: WorkerKey },
		/// A worker has set the number of slots that it offers to a model.
		SlotsOffered {
			worker: T::AccountId,
			model: ModelId,
			slots: u32,
		},
		/// A penalty took `amount` of a worker's stake. `burned` of it was burned, the rest paid out.
		Slashed {
			worker: T::AccountId,
			model: ModelId,
			job: JobId,
			amount: BalanceOf<T>,
			burned: BalanceOf<T>,
		},
		/// A worker has lost slots to a penalty: it offers fewer, one for each bond.
		SlotsLost {
			worker: T::AccountId,
			model: ModelId,
			slots: u32,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account is already a worker.
		AlreadyRegistered,
		/// The account is not a worker.
		NotRegistered,
		/// The key already belongs to a worker.
		KeyTaken,
		/// The proof is not the key's signature that it serves this account.
		InvalidProof,
		/// The stake would be below the minimum.
		BelowMinStake,
		/// The amount is zero.
		ZeroAmount,
		/// The active stake is too small.
		InsufficientStake,
		/// The stake backs slots or tickets. Offer fewer slots, and wait until busy ones are released and the tickets
		/// have left the list.
		StakeInUse,
		/// The maximum number of chunks is unbonding. Withdraw, or wait until one matures.
		TooManyChunks,
		/// No chunk has matured.
		NothingToWithdraw,
		/// What would be left does not cover a bond for each job in which the worker takes part. Wait until some have
		/// ended.
		DutiesOpen,
		/// The model is unknown or accepts no jobs.
		ModelNotOpen,
		/// The worker would have more slots than a worker may have.
		TooManySlots,
		/// The worker would serve more models than a worker may serve.
		TooManyModels,
		/// The worker does not serve the model.
		NotServing,
		/// Too many changes of the worker's tickets of the model are queued to offer it more slots. Wait until one has
		/// taken effect.
		TooManyPending,
		/// The worker has no duty in the job for the model.
		SlotNotBusy,
		/// The stored state is inconsistent. This is a bug.
		InconsistentState,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			T::WeightInfo::apply_changes(Self::apply_changes(now, T::TicketsPerBlock::get()))
		}

		fn integrity_test() {
			assert!(T::TicketsPerBlock::get() > 0, "no ticket would ever be listed");
			let changes = T::WeightInfo::apply_changes(T::TicketsPerBlock::get());
			let share = shares::of_block(shares::POOL_CHANGES, T::BlockWeights::get().max_block);
			assert!(
				changes.all_lte(share),
				"the changes of tickets in a block, {changes:?}, do not fit their share, {share:?}"
			);
			assert!(
				!T::SlotBond::get().is_zero(),
				"a slot without a bond is backed by nothing"
			);
			assert!(
				T::MinStake::get() >= T::SlotBond::get(),
				"the minimum stake backs no slot"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers the caller as a worker.
		///
		/// - `stake`: The stake to hold; at least [`Config::MinStake`].
		/// - `key`: The key with which the worker's node will sign. No other worker has it.
		/// - `proof`: The key's signature over [`owner_message`](assay_primitives::key::owner_message) for the caller.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(
			origin: OriginFor<T>,
			stake: BalanceOf<T>,
			key: WorkerKey,
			proof: WorkerSignature,
		) -> DispatchResult {
			let worker = ensure_signed(origin)?;
			Self::do_register(worker, stake, key, proof)
		}

		/// Adds to the caller's stake.
		///
		/// - `amount`: The stake to add; at least [`Config::MinStake`] if no stake is active.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::bond_more())]
		pub fn bond_more(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
			let worker = ensure_signed(origin)?;
			Self::do_bond_more(worker, amount)
		}

		/// Unbonds stake that backs no slot and no ticket. It stays on hold for [`Config::UnbondingPeriod`].
		///
		/// - `amount`: The stake to unbond; all of it, or a part that leaves at least [`Config::MinStake`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::unbond())]
		pub fn unbond(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
			let worker = ensure_signed(origin)?;
			Self::do_unbond(worker, amount)
		}

		/// Releases all chunks whose unbonding period is over, if the rest covers a bond for each open duty. Removes a
		/// worker that has nothing left.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>) -> DispatchResult {
			let worker = ensure_signed(origin)?;
			Self::do_withdraw(worker)
		}

		/// Changes the key with which the caller's node signs, from this block on.
		///
		/// Jobs in flight belong to the account, so from now on the new key signs for them too. The salt of an earlier
		/// commitment is derived from the old key: keep that in the keystore until those jobs are settled.
		///
		/// - `key`: The new key. No worker has it.
		/// - `proof`: The key's signature over [`owner_message`](assay_primitives::key::owner_message) for the caller.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::set_key())]
		pub fn set_key(origin: OriginFor<T>, key: WorkerKey, proof: WorkerSignature) -> DispatchResult {
			let worker = ensure_signed(origin)?;
			Self::do_set_key(worker, key, proof)
		}

		/// Sets the number of slots that the caller offers to a model that accepts jobs, up or down. Executors are
		/// drawn from them at once, checkers [`Config::TicketAge`] blocks later at the earliest. Busy slots stay busy
		/// until their jobs end.
		///
		/// - `model`: The model to serve.
		/// - `slots`: The number of jobs of that model that the caller will answer at a time.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::serve(T::MaxSlots::get()))]
		pub fn serve(origin: OriginFor<T>, model: ModelId, slots: u32) -> DispatchResultWithPostInfo {
			let worker = ensure_signed(origin)?;
			Self::do_serve(worker, model, slots)
		}

		/// Withdraws all the caller's slots from a model, whatever its status. Busy slots stay busy until their jobs
		/// end, and the caller is drawn as a checker for at least [`Config::TicketAge`] blocks more.
		///
		/// - `model`: A model that the caller serves.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::serve(T::MaxSlots::get()))]
		pub fn stop_serving(origin: OriginFor<T>, model: ModelId) -> DispatchResultWithPostInfo {
			let worker = ensure_signed(origin)?;
			Self::do_stop_serving(worker, model)
		}
	}
}
