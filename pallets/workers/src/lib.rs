//! # Workers: bonded capacity
//!
//! A worker is an account that holds stake and offers **slots** to models. A slot is the promise to answer one job of one model
//! at a time, backed by a slot bond out of the stake. The pallet keeps, for each model, the pool of slots that are free now,
//! and lets another pallet draw from it at random.
//!
//! ## Design
//!
//! * **A slot is the unit of chance.** A draw picks one free slot uniformly. Slots cost the same bond whoever holds them, so to
//!   sample slots is to sample stake, and splitting a stake over many accounts gains nothing.
//! * **A job sees each worker once.** A draw excludes the workers whom the job has already. With f the group's share of the
//!   free slots, its executor's included, the chance that all c checkers of a job belong to one group, given that its executor
//!   does, is at most f^c however the group splits its stake over accounts: every account drawn leaves with all its slots.
//! * **Every change of the pool touches a bounded number of entries.** A model's pool is the array `Pool[model][0..free]`.
//!   A slot that leaves is replaced by the last one, and each worker's record of a model lists the places of its free slots, so
//!   no operation searches the pool. A draw that excludes workers looks up their places and counts past them.
//! * **What is promised is always backed.** Slots in use count as long as they are in use, even when the worker has stopped
//!   offering them: the committed slots of a worker, the sum over its models of `max(offered, busy)`, times the slot bond never
//!   exceed its active stake.
//!
//! ## Life of a slot
//!
//! `serve` puts slots into the pool. A draw takes one out: it is busy with one job, until it is either released or lost. Its
//! release puts it back if the worker still offers that many. What is lost to a penalty does not return: the worker offers one
//! slot fewer from then on, so that a dead machine drains out of the pool by itself.
//!
//! A job that will draw checkers **reserves** slots of its model. That takes nothing out of the pool: it only lowers what
//! [`free_slots`](assay_primitives::traits::WorkerPool::free_slots) says is left for new jobs. A reservation is no guarantee.
//! Slots leave the pool by `serve` and `stop_serving`, and those lost to penalties do not come back to it, so that fewer may be
//! free than are reserved; and some of those left may belong to workers that the job excludes. Then a draw finds nobody, and the
//! job must do with that.
//!
//! ## Penalties
//!
//! Whoever drew a slot may penalise its worker instead of releasing it: for not committing in time, for not opening its
//! commitment, for a wrong answer. A penalty takes up to one slot bond of the **active** stake, on the spot. It pays whom the
//! caller names, burns the rest, what a payee cannot receive included, and takes the slot away. So a penalty never touches the
//! bond behind another slot, and the stake left covers the slots left. Stake that is unbonding backs nothing any more and is
//! safe, which is why stake that backs a busy slot cannot be unbonded.
//!
//! A penalty may leave a worker with less than [`Config::MinStake`]. It goes on serving what its stake covers; it may add any
//! amount, or unbond all it has, but not part of it. A worker whose last stake is taken, with nothing unbonding, is forgotten
//! with its key, and may register again.
//!
//! ## Life of a stake
//!
//! `register` and `bond_more` hold funds. `unbond` moves stake that backs no slot into a chunk that matures after the unbonding
//! period, `withdraw` releases what has matured. Funds on hold are always the active stake plus all chunks. A worker whose
//! last chunk is withdrawn and who has no stake left is forgotten with its key; its record stays.
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

#[allow(clippy::expect_used)] // FRAME's macros expand to some.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use assay_primitives::{
		api::WorkerRecord,
		key::{WorkerKey, WorkerSignature},
		traits::ModelRegistry,
		JobId, ModelId,
	};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = H256> {
		/// In which stake is held.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// Where models are registered. Only open models can be served.
		type Models: ModelRegistry<Self::AccountId, BalanceOf<Self>>;

		/// Stake behind each slot. Too small, and a wrong answer is worth its price; too large, and capacity is scarce. Must
		/// not be zero.
		#[pallet::constant]
		type SlotBond: Get<BalanceOf<Self>>;

		/// The least active stake with which a worker begins, and the least that it may leave when it unbonds a part. Penalties
		/// may leave less. Too small, and the state fills with idle workers; at least [`Config::SlotBond`].
		#[pallet::constant]
		type MinStake: Get<BalanceOf<Self>>;

		/// Blocks between `unbond` and `withdraw`. Must exceed the longest time in which an answer can still be found wrong,
		/// or cheats leave before they pay.
		#[pallet::constant]
		type UnbondingPeriod: Get<BlockNumberFor<Self>>;

		/// The most slots a worker may have committed, over all models. Bounds the work of one `serve`.
		#[pallet::constant]
		type MaxSlots: Get<u32>;

		/// The most models a worker may serve at a time. Bounds the length of a worker's listing.
		#[pallet::constant]
		type MaxModels: Get<u32>;

		/// Weights of the calls, and of what other pallets do through `WorkerPool`.
		type WeightInfo: WeightInfo;

		/// Makes what benchmarks need and this pallet cannot make.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper;
	}

	/// All registered workers. An entry lives from `register` until neither stake nor chunks remain.
	///
	/// Invariants: the funds on hold for [`HoldReason::Stake`] are `stake` plus all chunks; `committed` and `models` summarise
	/// [`Serving`]; `stake` covers `committed` slot bonds.
	#[pallet::storage]
	pub type Workers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, WorkerOf<T>>;

	/// The account behind each key: the inverse of [`Worker::key`], so keys are unique.
	#[pallet::storage]
	pub type KeyOwners<T: Config> = StorageMap<_, Blake2_128Concat, WorkerKey, T::AccountId>;

	/// The slots of each worker for each model it serves. An entry lives while slots are offered or busy.
	///
	/// Invariants: `free` lists exactly the places in [`Pool`] that hold the worker, and they are as many as `offered` exceeds
	/// the number of `busy` ones; no two slots of a worker are busy with one job.
	#[pallet::storage]
	pub type Serving<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, ModelId, SlotsOf<T>, ValueQuery>;

	/// The free slots of each model: at each place the worker whose slot it is.
	///
	/// Invariant: the places of a model are `0..free` of its [`Pools`], without gaps.
	#[pallet::storage]
	pub type Pool<T: Config> = StorageDoubleMap<_, Identity, ModelId, Twox64Concat, u32, T::AccountId>;

	/// The free slots of each model, summed up. Absent where all is zero.
	///
	/// Invariants: `free` is the number of places in [`Pool`], and `servers` that of the workers at them. `reserved` is what
	/// others have reserved and not given back; it may exceed `free`.
	#[pallet::storage]
	pub type Pools<T> = StorageMap<_, Identity, ModelId, PoolInfo, ValueQuery>;

	/// How each account has served since genesis. Entries are never removed: a record outlives its worker.
	#[pallet::storage]
	pub type Records<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, WorkerRecord, ValueQuery>;

	/// Why this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// A worker's active stake and all that is unbonding.
		Stake,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The workers to begin with, each with its stake, to be held out of its balance, and its key, taken without proof.
		pub workers: Vec<(T::AccountId, BalanceOf<T>, WorkerKey)>,
		/// How many slots these workers offer for which model, or for probes of an engine's models.
		pub serving: Vec<(T::AccountId, ModelId, u32)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (worker, stake, key) in &self.workers {
				if let Err(error) = Pallet::<T>::enlist(worker, *stake, key.clone()) {
					panic!("genesis worker {worker:?} cannot be registered: {error:?}");
				}
			}
			for (worker, model, slots) in &self.serving {
				if let Err(error) = Pallet::<T>::set_offered(worker, model, *slots) {
					panic!("genesis worker {worker:?} cannot serve: {error:?}");
				}
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A worker has joined.
		Registered {
			worker: T::AccountId,
			stake: BalanceOf<T>,
			key: WorkerKey,
		},
		/// A worker has added to its stake.
		Bonded { worker: T::AccountId, amount: BalanceOf<T> },
		/// Stake is on its way out and may be withdrawn from block `at`.
		Unbonding {
			worker: T::AccountId,
			amount: BalanceOf<T>,
			at: BlockNumberFor<T>,
		},
		/// Matured stake has been released.
		Withdrawn { worker: T::AccountId, amount: BalanceOf<T> },
		/// A worker has left: it has no stake any more. Its key is free.
		Left { worker: T::AccountId },
		/// A worker signs with another key.
		KeySet { worker: T::AccountId, key: WorkerKey },
		/// A worker offers this many slots to a model.
		Serving {
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
		/// A penalty took a slot: the worker offers one fewer.
		SlotLost { worker: T::AccountId, model: ModelId },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account is a worker already.
		AlreadyRegistered,
		/// The account is not a worker.
		NotRegistered,
		/// The key belongs to a worker already.
		KeyTaken,
		/// The key has not signed that it serves this account.
		BadProof,
		/// Less would be staked than a worker must stake.
		BelowMinimum,
		/// Nothing is not an amount.
		ZeroAmount,
		/// The active stake is smaller than that.
		InsufficientStake,
		/// The stake backs slots. Offer fewer, and wait for busy ones to be released.
		StakeInUse,
		/// Too many chunks are unbonding. Withdraw, or wait for one to mature.
		TooManyChunks,
		/// No chunk has matured.
		NothingMatured,
		/// The model is unknown or not open.
		ModelNotOpen,
		/// A worker may not have that many slots.
		TooManySlots,
		/// A worker may not serve that many models at a time.
		TooManyModels,
		/// The worker does not serve the model.
		NotServing,
		/// No slot of the worker for the model is busy with that job.
		NotBusy,
		/// The stored state contradicts itself. This is a bug.
		Corrupt,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(
				!T::SlotBond::get().is_zero(),
				"a slot without bond would be backed by nothing"
			);
			assert!(
				T::MinStake::get() >= T::SlotBond::get(),
				"the least stake would back no slot"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Makes the caller a worker.
		///
		/// - `stake`: What to hold; at least [`Config::MinStake`].
		/// - `key`: The key by which the worker's node will sign. No other worker has it.
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
		/// - `amount`: What to hold in addition; at least [`Config::MinStake`] if no stake is active.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::bond_more())]
		pub fn bond_more(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
			let worker = ensure_signed(origin)?;
			Self::do_bond_more(worker, amount)
		}

		/// Sets stake that backs no slot on its way out. It stays on hold for [`Config::UnbondingPeriod`].
		///
		/// - `amount`: What to unbond; all of the stake, or what leaves at least [`Config::MinStake`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::unbond())]
		pub fn unbond(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
			let worker = ensure_signed(origin)?;
			Self::do_unbond(worker, amount)
		}

		/// Releases all stake whose unbonding period is over. A caller with nothing left is a worker no more.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>) -> DispatchResult {
			let worker = ensure_signed(origin)?;
			Self::do_withdraw(worker)
		}

		/// Changes the key by which the caller's node signs, from this block on.
		///
		/// Jobs in flight belong to the account, so from now on the new key signs for them too. A commitment made before hides
		/// its outcome behind a salt derived from the old key: keep the old one in the keystore until those jobs are settled.
		///
		/// - `key`: The new key. No worker has it.
		/// - `proof`: The key's signature over [`owner_message`](assay_primitives::key::owner_message) for the caller.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::set_key())]
		pub fn set_key(origin: OriginFor<T>, key: WorkerKey, proof: WorkerSignature) -> DispatchResult {
			let worker = ensure_signed(origin)?;
			Self::do_set_key(worker, key, proof)
		}

		/// Sets the number of slots that the caller offers to an open model, up or down. Busy slots stay busy until their jobs
		/// end.
		///
		/// - `model`: The model to serve.
		/// - `slots`: Jobs of that model that the caller will answer at a time.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::serve(T::MaxSlots::get()))]
		pub fn serve(origin: OriginFor<T>, model: ModelId, slots: u32) -> DispatchResultWithPostInfo {
			let worker = ensure_signed(origin)?;
			Self::do_serve(worker, model, slots)
		}

		/// Takes all the caller's slots from a model, whatever its status. Busy slots stay busy until their jobs end.
		///
		/// - `model`: A model the caller serves.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::serve(T::MaxSlots::get()))]
		pub fn stop_serving(origin: OriginFor<T>, model: ModelId) -> DispatchResultWithPostInfo {
			let worker = ensure_signed(origin)?;
			Self::do_stop_serving(worker, model)
		}
	}
}
