//! # Models: what may be asked
//!
//! A model is an ONNX file, the spec that answers its open questions, and the engine that runs it. The three together name it:
//! nothing about what a model computes can change under its id. Around that name the registry keeps what people need to know:
//! who owns it, what the owner asks for an answer, how much work an answer is, and whether it may be asked.
//!
//! ## Life of a model
//!
//! `submit` holds a deposit that grows with the size of the record, and the model is [`Open`](ModelStatus::Open) at once: it may be
//! asked, and nobody but its owner stands behind it.
//!
//! ```text
//!            list             quarantine
//!      Open <----> Listed     Open | Listed ----> Quarantined     any ----> Retired
//!           delist                          <----                   retire
//!                                           release
//! ```
//!
//! What token holders think of it is decided by two origins. The **model origin** may do all of that. The **quarantine origin** may
//! only quarantine, and is meant to be quick: no new job may ask a quarantined model from that block on, and a release makes it what
//! it was. The owner may do one thing, `retire`, which ends the model: no new job may ask it and the deposit goes back. The record
//! stays for ever, since every answer that the model ever gave must remain re-derivable from chain data alone; a retired model
//! cannot be submitted again. Jobs in flight go on, but those of a quarantined model are voided by whoever keeps them
//! ([`OnQuarantine`](assay_primitives::traits::OnQuarantine)).
//!
//! Each change is kept with its block, by whose right it happened, and the hash of the text that says why.
//!
//! ## Engines
//!
//! The **engine origin** lists engines, by the hash of their blob, and retires them with notice: no further model may name a retired
//! engine, and from the end of the notice no new job may ask one that does. Its id stays known, for results name it for ever.
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
mod engines;
mod registry;
mod status;
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

pub use assay_primitives::api::ModelStatus;
pub use pallet::*;
pub use status::Change;
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
	use assay_primitives::{api::Authority, traits::OnQuarantine, Artifact, BoundedSpec, EngineId, ModelId};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;

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

		/// Decides about models: lists, delists, quarantines, releases and retires them.
		type ModelOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// May quarantine models at once, and nothing else. If it is easily had, anybody can take a rival's model off the market; if
		/// hardly, a harmful model is asked for longer.
		type QuarantineOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Told of each quarantine, and may refuse it.
		type OnQuarantine: OnQuarantine;

		/// Lists and retires engines.
		type EngineOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// The engines that were ever listed. None ever leaves: results name their engine for ever. Every model's engine is among them.
	#[pallet::storage]
	pub type Engines<T: Config> = StorageMap<_, Identity, EngineId, EngineStatus<BlockNumberFor<T>>>;

	/// All models, whatever their status. The key is derived from the record's engine, artifact and spec, so it is a hash
	/// already and needs no hasher. Records are never removed.
	#[pallet::storage]
	pub type Models<T: Config> = StorageMap<_, Identity, ModelId, ModelOf<T>>;

	/// The latest [`MAX_HISTORY`] changes of each model's status, oldest first. The last one made it what it is, and each follows from
	/// the one before; a model without any is open. Kept for ever, as its model is.
	#[pallet::storage]
	pub type History<T: Config> = StorageMap<_, Identity, ModelId, HistoryOf<T>, ValueQuery>;

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
				Engines::<T>::insert(engine, EngineStatus::Listed);
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A model may be asked from now on.
		Submitted { model: ModelId, owner: T::AccountId },
		/// A model's status has changed.
		StatusChanged {
			model: ModelId,
			status: ModelStatus,
			by: Authority,
			reason: Option<H256>,
		},
		/// Models may name an engine from now on.
		EngineListed { engine: EngineId, reason: Option<H256> },
		/// No further model may name an engine, and from block `from` on no new job may ask one that does.
		EngineRetired {
			engine: EngineId,
			from: BlockNumberFor<T>,
			reason: Option<H256>,
		},
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
		/// The model is retired, which is for ever.
		AlreadyRetired,
		/// The model is listed already.
		AlreadyListed,
		/// The model is open and was never listed, or is no longer.
		NotListed,
		/// The model is in quarantine. It can be released or retired.
		InQuarantine,
		/// The model is not in quarantine.
		NotQuarantined,
		/// The engine is listed already.
		EngineListed,
		/// The engine is retired.
		EngineRetired,
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

		/// Lists an open model: token holders stand behind it. Needs the model origin.
		///
		/// - `model`: An open model.
		/// - `reason`: Hash of the text that says why, wherever that is published.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::list())]
		pub fn list(origin: OriginFor<T>, model: ModelId, reason: Option<H256>) -> DispatchResult {
			T::ModelOrigin::ensure_origin(origin)?;
			Self::do_change(model, Change::List, Authority::ModelOrigin, reason)
		}

		/// Makes a listed model an open one again. Needs the model origin.
		///
		/// - `model`: A listed model.
		/// - `reason`: Hash of the text that says why.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::delist())]
		pub fn delist(origin: OriginFor<T>, model: ModelId, reason: Option<H256>) -> DispatchResult {
			T::ModelOrigin::ensure_origin(origin)?;
			Self::do_change(model, Change::Delist, Authority::ModelOrigin, reason)
		}

		/// Puts a model into quarantine: no new job may ask it from now on. Needs the model origin or the quarantine origin.
		///
		/// - `model`: An open or a listed model.
		/// - `reason`: Hash of the text that says why.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::quarantine())]
		pub fn quarantine(origin: OriginFor<T>, model: ModelId, reason: Option<H256>) -> DispatchResult {
			let by = Self::ensure_may_quarantine(origin)?;
			Self::do_change(model, Change::Quarantine, by, reason)
		}

		/// Makes a quarantined model what it was before, listed or open. Needs the model origin.
		///
		/// - `model`: A quarantined model.
		/// - `reason`: Hash of the text that says why.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::release())]
		pub fn release(origin: OriginFor<T>, model: ModelId, reason: Option<H256>) -> DispatchResult {
			T::ModelOrigin::ensure_origin(origin)?;
			Self::do_change(model, Change::Release, Authority::ModelOrigin, reason)
		}

		/// Ends a model against its owner's will, who gets the deposit back. Needs the model origin.
		///
		/// - `model`: A model that is not retired.
		/// - `reason`: Hash of the text that says why.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::force_retire())]
		pub fn force_retire(origin: OriginFor<T>, model: ModelId, reason: Option<H256>) -> DispatchResult {
			T::ModelOrigin::ensure_origin(origin)?;
			Self::do_change(model, Change::Retire, Authority::ModelOrigin, reason)
		}

		/// Lists an engine, perhaps again: models may name it from now on. Needs the engine origin.
		///
		/// - `engine`: The hash of its blob.
		/// - `reason`: Hash of the text that says why.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::list_engine())]
		pub fn list_engine(origin: OriginFor<T>, engine: EngineId, reason: Option<H256>) -> DispatchResult {
			T::EngineOrigin::ensure_origin(origin)?;
			Self::do_list_engine(engine, reason)
		}

		/// Retires an engine: no further model may name it from now on. Needs the engine origin.
		///
		/// - `engine`: A listed engine.
		/// - `notice`: Blocks for which models that name it may still be asked.
		/// - `reason`: Hash of the text that says why.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::retire_engine())]
		pub fn retire_engine(
			origin: OriginFor<T>,
			engine: EngineId,
			notice: BlockNumberFor<T>,
			reason: Option<H256>,
		) -> DispatchResult {
			T::EngineOrigin::ensure_origin(origin)?;
			Self::do_retire_engine(engine, notice, reason)
		}
	}
}
