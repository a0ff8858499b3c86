//! # Models: what may be asked
//!
//! A model is an ONNX file, the spec that answers its open questions, and the engine that runs it. The three together name it:
//! nothing about what a model computes can change under its id. Around that name the registry keeps what people need to know:
//! who owns it, what it is for, what the owner asks for an answer, how much work an answer is, and whether it may be asked.
//!
//! ## Life of a model
//!
//! Whoever submits a model **states** what it is: the manifest that the engine derives from the file, and golden inputs with the name
//! of their outcomes. A deposit is held that grows with the size of all of it, and a probe begins, at the owner's expense: workers who
//! are drawn for it reproduce the statement ([`Prober`](assay_primitives::traits::Prober)). Until that has ended the model is on
//! [`Probation`](ModelStatus::Probation): it can be neither asked nor voted on, neither transferred nor retired.
//!
//! ```text
//!                  reproduced           list              quarantine
//!   submit      ,-------------> Open <--------> Listed    Open | Listed <---------> Quarantined
//!  --------> Probation                 delist                             release
//!               ^ |
//!      resubmit | | not reproduced                retire
//!               | v             Open | Listed | Quarantined ----> Retired
//!            Rejected
//! ```
//!
//! What was reproduced is [`Open`](ModelStatus::Open): it is what its owner states, and nobody else stands behind it. What was not is
//! [`Rejected`](ModelStatus::Rejected) for a reason that anybody can repeat, and its deposit goes back at once. The same file, spec and
//! engine may then be submitted anew, by anybody and with another statement: a mistake, or somebody else's malice, bars no model.
//!
//! What token holders think of a model is decided by two origins. The **model origin** may list, delist, quarantine, release and
//! retire. The **quarantine origin** may only quarantine, and is meant to be quick: no new job may ask a quarantined model from that
//! block on, and a release makes it what it was. The owner may `retire` it, which ends the model: no new job may ask it and the deposit
//! goes back. The record stays for ever, since every answer that the model ever gave must remain re-derivable from chain data alone; a
//! retired model cannot be submitted again. Jobs in flight go on, but those of a quarantined model are voided by whoever keeps them
//! ([`OnQuarantine`](assay_primitives::traits::OnQuarantine)).
//!
//! Each change is kept with its block, by whose right it happened, and the hash of the text that says why.
//!
//! ## Owners
//!
//! An owner may `describe` its model anew, hand it to somebody else by `transfer`, and ask another price. A deposit always belongs to
//! the owner: a transfer moves it, still on hold, so that the old owner has nothing at stake any more and the new one gets it when the
//! model ends. A listed model that is described anew or transferred is an open one again, since token holders voted for what it was.
//!
//! ## Royalty and work
//!
//! An input's price has two parts. The **royalty** is the owner's, who may ask for anything or nothing. It changes by announcement:
//! `announce_royalty` says what requests will pay from a block on that is [`Config::PriceNotice`] away, and until then they pay what
//! they paid before. An announcement replaces one that is not due. Nothing happens in the block in which one falls due: what is in
//! force is computed when it is read ([`Model::royalty_at`]).
//!
//! The rest of the price pays for **work**: the protocol prices multiply-accumulates, and derives from them how long workers may take.
//! How many of them an input takes is in the manifest, so it is found out like all the rest of it.
//!
//! ## Families
//!
//! Ids are for machines. For people, an account claims the name of a **family** and publishes its models in it as **versions**.
//! Names must never come to mean something else behind the back of those who rely on them:
//!
//! * A version names one model for ever. Only which version is the **latest** can be changed, which is what `latest` is for.
//! * Names that look alike are one name: whoever claims `digits` has `d1gits` and `dig-its` too, which then name nothing.
//! * Whoever releases a family without versions gets the deposit back; it is forgotten, and its name is free. One with versions is
//!   closed: they and the latest mean what they meant, nobody can ever add to it or claim its name, and the deposit, which has grown
//!   with each version, is burned, or it would cost nothing to take names from everybody.
//!
//! A family may be transferred without its models, and a model without its family. Only an owner of both publishes.
//!
//! ## Engines
//!
//! The **engine origin** lists engines, by the hash of their blob, and retires them with notice: no further model may name a retired
//! engine, and from the end of the notice no new job may ask one that does. Its id stays known, for results name it for ever.
//!
//! ## What the registry does not do
//!
//! * It never sees a file. Whether files exist, load and do what is stated is for probes to find out; the registry checks what can be
//!   seen on chain: that texts are texts, and that inline golden inputs have the types and shapes of the stated inputs.
//! * It does not judge a description. Title, licence and the rest are the owner's words, and a title may be anybody else's.
//! * It does not decide who owns what a file contains. Whoever is first to submit a model owns its id; a file that differs in one byte
//!   is another model.
//! * It does not keep versions in working order. A name leads to its model whatever has become of that, retired or in quarantine.

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

mod deposits;
mod engines;
mod families;
mod ownership;
mod pricing;
mod probation;
mod registry;
mod status;
mod types;
#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
mod unproven;
mod well_formed;

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
#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use status::Change;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::traits::fungible::Inspect;

/// The balance of the pallet's currency.
pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

// FRAME's macros expand to some of the first; a submission says all of a model at once.
#[allow(clippy::expect_used, clippy::large_enum_variant, clippy::too_many_arguments)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use assay_primitives::{
		api::Authority,
		metadata::Metadata,
		names::{FamilyName, Skeleton, VersionName},
		probe::{BoundedManifest, Golden, Statement},
		traits::{OnQuarantine, Prober, Recipe},
		Artifact, BoundedSpec, EngineId, JobId, ModelId,
	};
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

		/// Deposit for each byte of what is kept of a model: its record, description, manifest and golden inputs. Too small, and state
		/// grows at nobody's cost; too large, and models come with few golden inputs and poor descriptions.
		#[pallet::constant]
		type ModelDepositPerByte: Get<BalanceOf<Self>>;

		/// Deposit for the name of a family. Too small, and names are claimed in the hope of selling them; too large, and models go
		/// without.
		#[pallet::constant]
		type FamilyDeposit: Get<BalanceOf<Self>>;

		/// Deposit for each version of a family. Too small, and state grows at nobody's cost; too large, and models are not mended.
		#[pallet::constant]
		type VersionDeposit: Get<BalanceOf<Self>>;

		/// Blocks from the announcement of a royalty until requests pay it. Too few, and prices rise while requests are on their way
		/// and while those who depend on a model look for another; too many, and owners cannot follow the market.
		type PriceNotice: Get<BlockNumberFor<Self>>;

		/// Has submitted models reproduced.
		type Prober: Prober<Self::AccountId, BalanceOf<Self>>;

		/// Decides about models: lists, delists, quarantines, releases and retires them.
		type ModelOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// May quarantine models at once, and nothing else. If it is easily had, anybody can take a rival's model off the market; if
		/// hardly, a harmful model is asked for longer.
		type QuarantineOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Told of each quarantine, and may refuse it.
		type OnQuarantine: OnQuarantine;

		/// Lists and retires engines.
		type EngineOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Weights of the calls, and of being told how a probe ended.
		type WeightInfo: WeightInfo;

		/// Makes what the benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper;
	}

	/// The engines that were ever listed. None ever leaves: results name their engine for ever. Every model's engine is among them.
	#[pallet::storage]
	pub type Engines<T: Config> = StorageMap<_, Identity, EngineId, EngineStatus<BlockNumberFor<T>>>;

	/// All models, whatever their status. The key is derived from the record's engine, artifact and spec, so it is a hash
	/// already and needs no hasher. Records are never removed; that of a rejected model is replaced when it is submitted anew.
	#[pallet::storage]
	pub type Models<T: Config> = StorageMap<_, Identity, ModelId, ModelOf<T>>;

	/// What each model's owner says of it. Readable; has the keys of the [`Models`] that are not rejected.
	#[pallet::storage]
	pub type Cards<T: Config> = StorageMap<_, Identity, ModelId, Metadata>;

	/// The manifest that each model's owner states. Its work is the model's; has the keys of the [`Models`] that are not rejected.
	#[pallet::storage]
	pub type Manifests<T: Config> = StorageMap<_, Identity, ModelId, BoundedManifest>;

	/// The golden inputs of each model. Those that travel inline fit the manifest's inputs; has the keys of the [`Models`] that are
	/// neither rejected nor retired.
	#[pallet::storage]
	pub type Goldens<T: Config> = StorageMap<_, Identity, ModelId, Golden>;

	/// The latest [`MAX_HISTORY`] changes of each model's status, oldest first. The last one made it what it is, and each follows from
	/// the one before; a model without any is on probation for the first time. Kept for ever, as its model is.
	#[pallet::storage]
	pub type History<T: Config> = StorageMap<_, Identity, ModelId, HistoryOf<T>, ValueQuery>;

	/// The families, under the skeletons of their names. Those with versions are never removed. A family without an owner has versions,
	/// and they never change.
	#[pallet::storage]
	pub type Families<T: Config> = StorageMap<_, Blake2_128Concat, Skeleton, FamilyOf<T>>;

	/// The versions of each family: as many as [`Family::versions`] says, the latest among them. Each names a model that has been
	/// reproduced. None is ever changed or removed.
	#[pallet::storage]
	pub type Versions<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, Skeleton, Blake2_128Concat, VersionName, ModelId>;

	/// Why this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The deposits of an owner's models: the sum of [`Model::deposit`] over them.
		Deposit,
		/// The deposits of an owner's families: the sum of [`Family::deposit`] over them.
		Family,
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
		/// A model is on probation: `probe` is to reproduce it.
		Submitted {
			model: ModelId,
			owner: T::AccountId,
			probe: JobId,
		},
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
		/// A model is described anew.
		Described { model: ModelId },
		/// Requests that are accepted in block `from` or later pay `royalty` for each input.
		RoyaltyAnnounced {
			model: ModelId,
			royalty: BalanceOf<T>,
			from: BlockNumberFor<T>,
		},
		/// A model and its deposit have a new owner.
		Transferred {
			model: ModelId,
			from: T::AccountId,
			to: T::AccountId,
		},
		/// A family's name, and all that look like it, are taken.
		FamilyClaimed { name: FamilyName, owner: T::AccountId },
		/// A family and its deposit have a new owner.
		FamilyTransferred {
			name: FamilyName,
			from: T::AccountId,
			to: T::AccountId,
		},
		/// A family without versions is no more, and its name is free.
		FamilyForgotten { name: FamilyName },
		/// A family's versions and its latest are final, and its name is taken for ever.
		FamilyClosed { name: FamilyName },
		/// A version of a family names a model. `latest`: it is what the family's name means from now on.
		Published {
			family: FamilyName,
			version: VersionName,
			model: ModelId,
			latest: bool,
		},
		/// What a family's name means from now on.
		LatestPointed { family: FamilyName, version: VersionName },
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
		/// The model is being reproduced. When that is done, it is open or rejected.
		OnProbation,
		/// The model is not on probation, so there is nothing to find out.
		NotOnProbation,
		/// The model was not reproduced. It can be submitted anew.
		Rejected,
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
		/// The model's file is empty.
		Empty,
		/// The model's file is larger than an artifact may be.
		TooLarge,
		/// The model has no title.
		Untitled,
		/// Some text of the description is not UTF-8.
		NotUtf8,
		/// The long description is empty, or larger than an artifact may be.
		WrongCard,
		/// The name of an input, an output or an operator is not UTF-8.
		ManifestNotUtf8,
		/// There are no golden inputs, or too many.
		WrongGoldenCount,
		/// The golden inputs do not fit the inputs of the manifest, in number, type or shape.
		GoldenDoesNotFit,
		/// The file of the golden inputs is empty, or larger than an artifact may be.
		WrongGoldenLength,
		/// The new owner has no account, so nothing can be held of it. Any balance makes one.
		NoAccount,
		/// Names of families are two to 48 small letters, digits and single hyphens between them, a letter first.
		NotAFamilyName,
		/// Names of versions are up to 24 small letters, digits, dots and hyphens, a letter or digit first. `latest` is none.
		NotAVersionName,
		/// The name is that of a family, perhaps a closed one.
		NameTaken,
		/// The name looks like that of a family.
		LooksAlike,
		/// No family has that name.
		UnknownFamily,
		/// The caller does not own the family.
		NotFamilyOwner,
		/// The family is closed, which is for ever.
		FamilyClosed,
		/// The family has as many versions as may be.
		FamilyFull,
		/// The family has that version already, and versions never change.
		VersionTaken,
		/// The family has no such version.
		UnknownVersion,
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
		/// Registers a model, or one anew that was rejected, and has it reproduced. It may be asked once that has succeeded. Holds a
		/// deposit until it is retired or rejected, and the fee of the probe.
		///
		/// - `spec`: Extents of the graph's symbolic dimensions, sorted by symbol.
		/// - `artifact`: The ONNX file. The chain never sees it; workers must be able to fetch it.
		/// - `engine`: The engine that runs it.
		/// - `metadata`: What people should know of it.
		/// - `royalty`: What the owner gets for each input answered; may be zero.
		/// - `statement`: What others are to find: the manifest, and golden inputs with the name of their outcomes.
		/// - `max_fee`: The most that the probe may cost, besides the deposit.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::submit())]
		pub fn submit(
			origin: OriginFor<T>,
			spec: BoundedSpec,
			artifact: Artifact,
			engine: EngineId,
			metadata: Metadata,
			royalty: BalanceOf<T>,
			statement: Statement,
			max_fee: BalanceOf<T>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			let recipe = Recipe { engine, artifact, spec };
			Self::do_submit(owner, recipe, metadata, royalty, statement, max_fee)
		}

		/// Ends a model and releases its deposit. Jobs that asked it before go on; its record stays readable.
		///
		/// - `model`: An open, listed or quarantined model of the caller.
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
		/// - `model`: An open, listed or quarantined model.
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

		/// Describes a model anew. The deposit becomes what a model so described costs today.
		///
		/// - `model`: A model of the caller that is neither rejected nor retired.
		/// - `metadata`: What people should know of it. Replaces all that was said before.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::describe())]
		pub fn describe(origin: OriginFor<T>, model: ModelId, metadata: Metadata) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_describe(owner, model, metadata)
		}

		/// Announces a royalty, which requests pay once the notice has passed. Replaces an announcement that is not due.
		///
		/// - `model`: A model of the caller that is neither rejected nor retired.
		/// - `royalty`: What the owner will get for each input answered; may be zero.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::announce_royalty())]
		pub fn announce_royalty(origin: OriginFor<T>, model: ModelId, royalty: BalanceOf<T>) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_announce_royalty(owner, model, royalty)
		}

		/// Gives a model to somebody else, and the deposit with it, which stays on hold.
		///
		/// - `model`: An open, listed or quarantined model of the caller.
		/// - `to`: The new owner. It must have an account.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::transfer())]
		pub fn transfer(origin: OriginFor<T>, model: ModelId, to: T::AccountId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_transfer(owner, model, to)
		}

		/// Claims the name of a family, and all that look like it. Holds a deposit until the family is released.
		///
		/// - `name`: Two to 48 small letters, digits and single hyphens between them, a letter first.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::claim_family())]
		pub fn claim_family(origin: OriginFor<T>, name: FamilyName) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_claim_family(owner, name)
		}

		/// Gives a family to somebody else, and the deposit with it, which stays on hold. Its models stay whose they are.
		///
		/// - `name`: A family of the caller.
		/// - `to`: The new owner. It must have an account.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::transfer_family())]
		pub fn transfer_family(origin: OriginFor<T>, name: FamilyName, to: T::AccountId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_transfer_family(owner, name, to)
		}

		/// Gives a family up for its deposit. Without versions it is forgotten and its name is free; with versions it is closed, and all
		/// that it names it names for ever.
		///
		/// - `name`: A family of the caller.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::release_family())]
		pub fn release_family(origin: OriginFor<T>, name: FamilyName) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_release_family(owner, name)
		}

		/// Publishes a model as a version of a family, for ever.
		///
		/// - `name`: A family of the caller.
		/// - `version`: Up to 24 small letters, digits, dots and hyphens, a letter or digit first. New to the family, and not `latest`.
		/// - `model`: An open or listed model of the caller.
		/// - `latest`: Whether the family's name alone means this version from now on.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::publish())]
		pub fn publish(
			origin: OriginFor<T>,
			name: FamilyName,
			version: VersionName,
			model: ModelId,
			latest: bool,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_publish(owner, name, version, model, latest)
		}

		/// Says which version a family's name alone means from now on.
		///
		/// - `name`: A family of the caller.
		/// - `version`: Any of its versions.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::point_latest())]
		pub fn point_latest(origin: OriginFor<T>, name: FamilyName, version: VersionName) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_point_latest(owner, name, version)
		}
	}
}
