//! # Models: what may be asked
//!
//! A model is an ONNX file, the spec that answers its open questions, and the engine that runs it. The three together name it:
//! nothing about what a model computes can change under its id. Around that name the registry keeps what people need to know:
//! who owns it, what the owner asks for an answer, how much work an answer is, and whether it may be asked.
//!
//! ## Life of a model
//!
//! `submit` holds a deposit that grows with the size of the record, and the model is [`Open`](Status::Open) at once. `retire`
//! ends it: no new job may ask it and the deposit goes back. The record stays for ever, since every answer that the model ever
//! gave must remain re-derivable from chain data alone; a retired model cannot be submitted again.
//!
//! ## Royalty and work
//!
//! An input's price has two parts. The **royalty** is the owner's, who may ask for anything or nothing. The rest pays for work:
//! the protocol prices **multiply-accumulates**, and derives from them how long workers may take. How many of them one input
//! takes is what the owner states. A statement too low underpays workers and gives them too little time, so none will serve the
//! model; one too high makes the model dear and slow. Neither can be changed: a spec or file that differs makes another model.
//!
//! ## What the registry does not do
//!
//! It never sees the file. Whether the file is ONNX, loads, and fits its spec is found out by running it, and a fault is an
//! answer like any other. For the same reason it takes the owner's word for the work.

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
mod registry;
mod types;

pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

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
	use assay_primitives::{Artifact, BoundedSpec, EngineId, ModelId};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::pallet_prelude::*;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// In which deposits are held.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// Deposit for any model. Too small, and squatting on ids is cheap; too large, and only the rich submit models.
		#[pallet::constant]
		type ModelDepositBase: Get<BalanceOf<Self>>;

		/// Deposit for each byte of a model's record. Too small, and state grows at nobody's cost.
		#[pallet::constant]
		type ModelDepositPerByte: Get<BalanceOf<Self>>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// The engines that models may name. None ever leaves: results name their engine for ever.
	#[pallet::storage]
	pub type Engines<T> = StorageMap<_, Identity, EngineId, ()>;

	/// All models, whatever their status. The key is derived from the record's engine, artifact and spec, so it is a hash
	/// already and needs no hasher. Records are never removed.
	#[pallet::storage]
	pub type Models<T: Config> = StorageMap<_, Identity, ModelId, ModelOf<T>>;

	/// Why this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The deposits of an owner's models: the sum of [`Model::deposit`] over them.
		Deposit,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The engines to begin with.
		pub engines: Vec<EngineId>,
		#[serde(skip)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for engine in &self.engines {
				Engines::<T>::insert(engine, ());
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A model may be asked from now on.
		Submitted { model: ModelId, owner: T::AccountId },
		/// A model may no longer be asked.
		Retired { model: ModelId },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// No engine of that id is listed.
		UnknownEngine,
		/// The same file under the same spec on the same engine is registered already, perhaps retired.
		AlreadySubmitted,
		/// No model of that id is registered.
		UnknownModel,
		/// The caller does not own the model.
		NotOwner,
		/// The model is retired already.
		AlreadyRetired,
		/// The spec's symbols are not UTF-8, sorted and distinct, or an extent is zero.
		NotCanonical,
		/// The artifact is empty.
		Empty,
		/// The artifact is larger than an artifact may be.
		TooLarge,
		/// The model has no name.
		Unnamed,
		/// Name or description is not UTF-8.
		NotUtf8,
		/// No model runs without a single multiply-accumulate.
		NoWork,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers a model, which may be asked at once. Holds a deposit until it is retired.
		///
		/// - `spec`: Extents of the graph's symbolic dimensions, sorted by symbol.
		/// - `artifact`: The ONNX file. The chain never sees it; workers must be able to fetch it.
		/// - `engine`: The engine that runs it.
		/// - `metadata`: What people should know of it.
		/// - `royalty`: What the owner gets for each input answered; may be zero.
		/// - `macs`: Multiply-accumulates that one input takes. Workers are paid, and given time, by them.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::submit())]
		pub fn submit(
			origin: OriginFor<T>,
			spec: BoundedSpec,
			artifact: Artifact,
			engine: EngineId,
			metadata: Metadata,
			royalty: BalanceOf<T>,
			macs: u64,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_submit(owner, spec, artifact, engine, metadata, royalty, macs)
		}

		/// Ends a model and releases its deposit. Jobs that asked it before go on; its record stays readable.
		///
		/// - `model`: A model of the caller.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::retire())]
		pub fn retire(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_retire(owner, model)
		}
	}
}
