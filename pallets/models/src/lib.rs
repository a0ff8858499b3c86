//! # Models: the registry
//!
//! A model is an ONNX file, the spec that binds what the file leaves open, and the engine that runs it. The hash of the
//! three is its id, so nothing about what a model computes can change under its id. The registry also stores what
//! people need to know of a model: its owner, metadata and price, the work an answer takes, and whether it takes jobs.
//!
//! ## Life of a model
//!
//! An owner who submits a model **states** what it is: the manifest that the engine derives from the file, and golden
//! inputs with the digest of their outcomes. The registry holds a deposit that grows with the size of all this, and
//! starts a probe at the owner's expense: drawn workers reproduce the statement
//! ([`Prober`](assay_primitives::traits::Prober)). Until the probe has ended the model is on
//! [`Probation`](ModelStatus::Probation): it accepts no jobs, and it cannot be listed, transferred or retired.
//!
//! ```text
//!                  reproduced           list              quarantine
//!   submit      ,-------------> Open <--------> Listed    Open | Listed <---------> Quarantined
//!  --------> Probation                 delist                             release
//!              ^  |
//!     resubmit |  | not reproduced         retire                     retire, bar
//!              |  v           Open | Listed -----> Retired    Quarantined -----> Barred
//!   Retired | Rejected                                ^                            |
//!                                                     '----------------------------'
//!                                                                release
//! ```
//!
//! A model that was reproduced is [`Open`](ModelStatus::Open): it is what its owner states, and that is all that is
//! vouched for. One that was not is [`Rejected`](ModelStatus::Rejected): for a flaw that anyone can reproduce, or
//! because nobody reached a finding.
//!
//! Its owner may `retire` an open or listed model: it accepts no new jobs, and its jobs in flight go on. Anyone may
//! submit a rejected or retired model again, as its new owner, with another statement, metadata and royalty: it is
//! probed like a new one. So neither a mistake nor malice nor an owner who has lost interest can take a model from
//! everybody. The new statement must name a file of the same length if the model was ever reproduced, because the
//! answers that it gave are re-derived from the same record.
//!
//! Token holders decide about models through two origins. The **model origin** may list, delist, quarantine, release
//! and bar. The **quarantine origin** may only quarantine, and is meant to be quick: a quarantined model accepts no new
//! jobs from that block on, its jobs in flight are ended ([`OnQuarantine`](assay_primitives::traits::OnQuarantine)),
//! and a release restores its former status. No owner can evade this by retiring a model and submitting it again: a
//! model that is retired in quarantine is [`Barred`](ModelStatus::Barred), and so is one that is quarantined while it
//! is retired, rejected or on probation. A barred model is stopped for good: nobody can submit it again, unless the
//! model origin releases it, which makes it retired. `bar` bars a model whatever its status.
//!
//! ## Deposits
//!
//! Whatever is stored for a model is paid for by a deposit of its owner, at the same price for each byte. While the
//! model may accept jobs, that is all of it, and a base on top. Once it has ended (rejected, retired or barred), its
//! metadata and its statement are removed, and what they cost is released with the base. The record and the history
//! are never removed, since every answer that the model gave must remain re-derivable from chain data alone; the
//! deposit for them is released when somebody submits the model again, whose deposit takes its place.
//!
//! A probe keeps workers busy, who are not paid if nobody finds the file. Therefore a part of the deposit is burned for
//! each block that a probe took if it ends without a finding ([`Config::FailedProbePrice`]).
//!
//! Each change of status is recorded with its block, the authority that made it, and the hash of the text that gives
//! the reason.
//!
//! ## Owners
//!
//! An owner may replace the metadata of its model (`set_metadata`), transfer the model to another account (`transfer`),
//! and change its price. The deposit always belongs to the owner: a transfer moves it, still on hold, so the old owner
//! has nothing at stake any more and the new one gets it when the model ends. New metadata or a new owner makes a
//! listed model open again, because token holders voted for the old one.
//!
//! ## Royalty and work
//!
//! The price of an item has two parts. The **royalty** goes to the owner, who may ask for any amount, or none. It
//! changes by announcement: `announce_royalty` names the royalty that requests pay from a block on that is
//! [`Config::RoyaltyNotice`] away; until then they pay the old one. A new announcement replaces one that is not yet
//! due. No hook runs in the block in which one becomes due: the current royalty is computed when it is read
//! ([`Model::royalty_at`]).
//!
//! The other part pays for **work**: the protocol prices multiply-accumulates, and derives from them how long workers
//! may take. Their number for one item is in the manifest, so the probe verifies it like the rest.
//!
//! ## Families
//!
//! Ids are for machines. For people, an account claims the name of a **family** and publishes its models in it as
//! **versions**. A name must never change its meaning unnoticed:
//!
//! * A version names one model forever. Only the choice of the **latest** version can change, which is its purpose.
//! * Names that look alike count as one name: the owner of `digits` also occupies `d1gits` and `dig-its`, which then
//!   name nothing.
//! * Releasing a family without versions releases the deposit and removes the family, so its name is free again.
//!   Releasing one with versions closes it: the versions and the latest keep their meaning, no version can be added and
//!   the name cannot be claimed, and the deposit, which has grown with each version, is burned. Otherwise it would cost
//!   nothing to block names.
//!
//! A family may be transferred without its models, and a model without its family. Only an account that owns both can
//! publish.
//!
//! ## Engines
//!
//! The **engine origin** lists engines, by the hash of their blob, and retires them with notice. No new model may name
//! a retired engine, and at the end of the notice its models stop accepting jobs. Its id is never removed, because
//! results name it forever.
//!
//! ## What the registry does not do
//!
//! * It never sees a file. Probes find out whether files exist, load and do what is stated; the registry checks what is
//!   visible on chain: that texts are UTF-8, and that inline golden inputs have the types and shapes of the stated
//!   inputs.
//! * It does not judge metadata. Title, licence and the rest are the owner's words, and another model may have the same
//!   title.
//! * It does not decide who owns what a file contains. The first to submit a model owns its id; a file that differs in
//!   one byte is another model.
//! * It does not keep versions working. A name leads to its model even when that is retired or quarantined.

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
mod probation;
mod registry;
mod royalty;
mod status;
mod types;
mod validation;

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
pub use status::Transition;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::traits::fungible::Inspect;

/// The balance of the pallet's currency.
pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

// FRAME's macros expand to `expect`; a submission carries everything about a model.
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
		traits::{ModelSource, OnQuarantine, Prober},
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
		/// The currency in which deposits are held.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// Deposit for any model. If too small, squatting on ids is cheap; if too large, only the rich submit models.
		#[pallet::constant]
		type ModelDepositBase: Get<BalanceOf<Self>>;

		/// Deposit for each byte stored for a model: its record, history, metadata, manifest and golden inputs. If too
		/// small, state grows at no cost; if too large, models come with few golden inputs and poor descriptions.
		#[pallet::constant]
		type ModelDepositPerByte: Get<BalanceOf<Self>>;

		/// Burned from the deposit of a model that was not reproduced, for each block that its probe took. If too
		/// small, models of files that nobody can fetch keep all probers busy at little cost; if too large, a broken
		/// mirror costs a newcomer dearly.
		#[pallet::constant]
		type FailedProbePrice: Get<BalanceOf<Self>>;

		/// Deposit for the name of a family. If too small, names are claimed for resale; if too large, models go
		/// without names.
		#[pallet::constant]
		type FamilyDeposit: Get<BalanceOf<Self>>;

		/// Deposit for each version of a family. If too small, state grows at no cost; if too large, owners
		/// publish no updates.
		#[pallet::constant]
		type VersionDeposit: Get<BalanceOf<Self>>;

		/// Blocks from the announcement of a royalty until requests pay it. If too few, prices rise while requests are
		/// in flight and before users can move to another model; if too many, owners cannot follow the market.
		type RoyaltyNotice: Get<BlockNumberFor<Self>>;

		/// Starts the probe of a submitted model.
		type Prober: Prober<Self::AccountId, BalanceOf<Self>>;

		/// The origin that lists, delists, quarantines, releases and bars models.
		type ModelOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The origin that may quarantine models at once, and nothing else. If it is too easy to obtain, anyone can
		/// take a rival's model off the market; if too hard, a harmful model goes on accepting jobs.
		type QuarantineOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Notified of each quarantine, and may refuse it.
		type OnQuarantine: OnQuarantine;

		/// The origin that lists and retires engines.
		type EngineOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The weights of the calls, and of the notification that a probe has ended.
		type WeightInfo: WeightInfo;

		/// Sets up what the benchmarks need from other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper;
	}

	/// The engines that were ever listed. Entries are never removed, because results name their engine forever. Every
	/// model's engine is among them.
	#[pallet::storage]
	pub type Engines<T: Config> = StorageMap<_, Identity, EngineId, EngineStatus<BlockNumberFor<T>>>;

	/// All models, whatever their status. The key is derived from the record's engine, artifact and spec, so it is a
	/// hash already and needs no hasher. Records are never removed; that of a rejected or retired model is replaced
	/// when the model is submitted again. A record's deposit is the price of all that is stored for its model.
	#[pallet::storage]
	pub type Models<T: Config> = StorageMap<_, Identity, ModelId, ModelOf<T>>;

	/// The metadata of each model, in the owner's words. It is valid UTF-8; has the keys of the [`Models`] that have
	/// not ended.
	#[pallet::storage]
	pub type ModelMetadata<T: Config> = StorageMap<_, Identity, ModelId, Metadata>;

	/// The manifest that each model's owner states. Its work equals that of the model; has the keys of the [`Models`]
	/// that have not ended.
	#[pallet::storage]
	pub type Manifests<T: Config> = StorageMap<_, Identity, ModelId, BoundedManifest>;

	/// The golden inputs of each model. Inline ones fit the manifest's inputs; has the keys of the [`Models`] that have
	/// not ended.
	#[pallet::storage]
	pub type GoldenInputs<T: Config> = StorageMap<_, Identity, ModelId, Golden>;

	/// The latest [`MAX_HISTORY`] changes of each model's status, oldest first. The last one is the current status, and
	/// each follows from the one before; a model without any is on probation for the first time. Entries are never
	/// removed.
	#[pallet::storage]
	pub type History<T: Config> = StorageMap<_, Identity, ModelId, HistoryOf<T>, ValueQuery>;

	/// The families, keyed by the skeletons of their names. Those with versions are never removed. A family without an
	/// owner has versions, and they never change.
	#[pallet::storage]
	pub type Families<T: Config> = StorageMap<_, Blake2_128Concat, Skeleton, FamilyOf<T>>;

	/// The versions of each family: [`Family::versions`] of them, the latest included. Each names a model that was
	/// reproduced, whatever has become of it. Entries are never changed or removed.
	#[pallet::storage]
	pub type Versions<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, Skeleton, Blake2_128Concat, VersionName, ModelId>;

	/// Why this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The deposits of an owner's models: the sum of [`Model::deposit`] over them.
		ModelDeposit,
		/// The deposits of an owner's families: the sum of [`Family::deposit`] over them.
		FamilyDeposit,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The engines that are listed at genesis.
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
		/// A model was submitted, and is on probation until job `probe` ends.
		Submitted {
			model: ModelId,
			owner: T::AccountId,
			probe: JobId,
		},
		/// The status of a model has changed.
		StatusChanged {
			model: ModelId,
			status: ModelStatus,
			by: Authority,
			reason: Option<H256>,
		},
		/// A part of the deposit of a model that was not reproduced was burned, for the blocks that its probe took.
		FailedProbeCharged {
			model: ModelId,
			owner: T::AccountId,
			burned: BalanceOf<T>,
		},
		/// An engine was listed: models may name it.
		EngineListed { engine: EngineId, reason: Option<H256> },
		/// An engine was retired: no new model may name it, and from block `effective_at` on its models accept no
		/// jobs.
		EngineRetired {
			engine: EngineId,
			effective_at: BlockNumberFor<T>,
			reason: Option<H256>,
		},
		/// The metadata of a model was replaced.
		MetadataUpdated { model: ModelId },
		/// A royalty was announced: requests accepted in block `effective_at` or later pay `royalty` for
		/// each item.
		RoyaltyAnnounced {
			model: ModelId,
			royalty: BalanceOf<T>,
			effective_at: BlockNumberFor<T>,
		},
		/// A model and its deposit were transferred to a new owner.
		Transferred {
			model: ModelId,
			from: T::AccountId,
			to: T::AccountId,
		},
		/// A family was claimed: its name, and all that look like it, are taken.
		FamilyClaimed { name: FamilyName, owner: T::AccountId },
		/// A family and its deposit were transferred to a new owner.
		FamilyTransferred {
			name: FamilyName,
			from: T::AccountId,
			to: T::AccountId,
		},
		/// A family without versions was released, and its name is free.
		FamilyReleased { name: FamilyName },
		/// A family with versions was closed: its versions and its latest are final, and its name is taken forever.
		FamilyClosed { name: FamilyName },
		/// A model was published as a version of a family. `latest`: it is also the latest version now.
		Published {
			family: FamilyName,
			version: VersionName,
			model: ModelId,
			latest: bool,
		},
		/// The latest version of a family was set.
		LatestSet { family: FamilyName, version: VersionName },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// No engine with this id was ever listed.
		UnknownEngine,
		/// The same file with the same spec and engine is registered already.
		AlreadySubmitted,
		/// The model was reproduced with a file of another length.
		LengthMismatch,
		/// No model with this id is registered.
		UnknownModel,
		/// The caller does not own the model.
		NotOwner,
		/// The model's probe has not ended. After it, the model is open or rejected.
		OnProbation,
		/// The model is not on probation.
		NotOnProbation,
		/// The model was not reproduced. It can be submitted again.
		Rejected,
		/// The model is retired. It can be submitted again.
		Retired,
		/// The model is barred: it can neither be used nor submitted again. Token holders can release it.
		Barred,
		/// The model is already listed.
		AlreadyListed,
		/// The model is open, not listed.
		NotListed,
		/// The model is quarantined. It can be released, retired or barred.
		Quarantined,
		/// The model is not quarantined.
		NotQuarantined,
		/// The engine is already listed.
		EngineAlreadyListed,
		/// The engine is retired.
		EngineRetired,
		/// The spec is not canonical: its symbols must be UTF-8, sorted and distinct, and no extent may be zero.
		InvalidSpec,
		/// The model's file is empty.
		EmptyModel,
		/// The model's file exceeds the size limit of artifacts.
		ModelTooLarge,
		/// The model has no title.
		MissingTitle,
		/// A text of the metadata is not UTF-8.
		MetadataNotUtf8,
		/// The card is empty, or exceeds the size limit of artifacts.
		InvalidCardLength,
		/// The name of an input, an output or an operator is not UTF-8.
		ManifestNotUtf8,
		/// There are no golden inputs, or too many.
		InvalidGoldenCount,
		/// The golden inputs do not match the inputs of the manifest in number, type or shape.
		GoldenInputMismatch,
		/// The file of the golden inputs is empty, or exceeds the size limit of artifacts.
		InvalidGoldenLength,
		/// The new owner has no account to hold a deposit. Any balance creates one.
		UnknownRecipient,
		/// A family name has 2 to 48 lower-case letters, digits and single hyphens between them, and begins with a
		/// letter.
		InvalidFamilyName,
		/// A version name has up to 24 lower-case letters, digits, dots and hyphens, and begins with a letter or digit.
		/// It is not `latest`.
		InvalidVersionName,
		/// A family with this name exists, perhaps a closed one.
		NameTaken,
		/// The name looks like that of an existing family.
		NameTooSimilar,
		/// No family has this name.
		UnknownFamily,
		/// The caller does not own the family.
		NotFamilyOwner,
		/// The family is closed, which is final.
		FamilyClosed,
		/// The family has the maximum number of versions.
		TooManyVersions,
		/// The family already has this version, and versions never change.
		VersionTaken,
		/// The family does not have this version.
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
		/// Registers a model, or a rejected or retired one again, and starts its probe. The caller becomes its owner,
		/// and it accepts jobs once the probe has reproduced it. Holds the fee of the probe, and a deposit for all that
		/// is stored until the model ends, and for its record until somebody submits it again.
		///
		/// - `spec`: The extents of the graph's symbolic dimensions, sorted by symbol.
		/// - `artifact`: The ONNX file. The chain never sees it; workers must be able to fetch it.
		/// - `engine`: The engine that runs it.
		/// - `metadata`: What people should know about it.
		/// - `royalty`: What the owner receives for each item answered; may be zero.
		/// - `statement`: What the probe must reproduce: the manifest, and golden inputs with the digest of their
		///   outcomes.
		/// - `max_fee`: The maximum fee of the probe, besides the deposit.
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
			let source = ModelSource { engine, artifact, spec };
			Self::do_submit(owner, source, metadata, royalty, statement, max_fee)
		}

		/// Retires a model, and releases its deposit except the part for its record, which stays readable. Its jobs in
		/// flight go on, and anyone may submit it again. A quarantined model is barred instead.
		///
		/// - `model`: An open, listed or quarantined model of the caller.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::retire())]
		pub fn retire(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_retire(owner, model)
		}

		/// Lists an open model: token holders vouch for it. Needs the model origin.
		///
		/// - `model`: An open model.
		/// - `reason`: The hash of the text that gives the reason, wherever that is published.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::list())]
		pub fn list(origin: OriginFor<T>, model: ModelId, reason: Option<H256>) -> DispatchResult {
			T::ModelOrigin::ensure_origin(origin)?;
			Self::apply_transition(model, Transition::List, Authority::ModelOrigin, reason)
		}

		/// Makes a listed model open again. Needs the model origin.
		///
		/// - `model`: A listed model.
		/// - `reason`: The hash of the text that gives the reason.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::delist())]
		pub fn delist(origin: OriginFor<T>, model: ModelId, reason: Option<H256>) -> DispatchResult {
			T::ModelOrigin::ensure_origin(origin)?;
			Self::apply_transition(model, Transition::Delist, Authority::ModelOrigin, reason)
		}

		/// Quarantines a model: it accepts no new jobs from now on, and those in flight are voided. Bars one that is on
		/// probation, rejected or retired. Needs the model origin or the quarantine origin.
		///
		/// - `model`: A model that is neither quarantined nor barred.
		/// - `reason`: The hash of the text that gives the reason.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::quarantine())]
		pub fn quarantine(origin: OriginFor<T>, model: ModelId, reason: Option<H256>) -> DispatchResult {
			let by = Self::ensure_quarantine_origin(origin)?;
			Self::apply_transition(model, Transition::Quarantine, by, reason)
		}

		/// Releases a quarantined model to its former status, listed or open. A barred one becomes retired, so that
		/// anyone may submit it again. Needs the model origin.
		///
		/// - `model`: A quarantined or a barred model.
		/// - `reason`: The hash of the text that gives the reason.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::release())]
		pub fn release(origin: OriginFor<T>, model: ModelId, reason: Option<H256>) -> DispatchResult {
			T::ModelOrigin::ensure_origin(origin)?;
			Self::apply_transition(model, Transition::Release, Authority::ModelOrigin, reason)
		}

		/// Bars a model for good: it accepts no jobs, those in flight are voided, and nobody can submit it again. Its
		/// owner gets the deposit except the part for its record. Needs the model origin.
		///
		/// - `model`: A model that is not barred.
		/// - `reason`: The hash of the text that gives the reason.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::bar())]
		pub fn bar(origin: OriginFor<T>, model: ModelId, reason: Option<H256>) -> DispatchResult {
			T::ModelOrigin::ensure_origin(origin)?;
			Self::apply_transition(model, Transition::Bar, Authority::ModelOrigin, reason)
		}

		/// Lists an engine, or a retired one again: models may name it from now on. Needs the engine origin.
		///
		/// - `engine`: The hash of its blob.
		/// - `reason`: The hash of the text that gives the reason.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::list_engine())]
		pub fn list_engine(origin: OriginFor<T>, engine: EngineId, reason: Option<H256>) -> DispatchResult {
			T::EngineOrigin::ensure_origin(origin)?;
			Self::do_list_engine(engine, reason)
		}

		/// Retires an engine: no new model may name it from now on. Needs the engine origin.
		///
		/// - `engine`: A listed engine.
		/// - `notice`: The number of blocks for which its models still accept jobs.
		/// - `reason`: The hash of the text that gives the reason.
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

		/// Replaces the metadata of a model. The deposit becomes what a model with the new metadata costs today. A
		/// listed model becomes open.
		///
		/// - `model`: A model of the caller that has not ended.
		/// - `metadata`: What people should know about it. Replaces all of the old metadata.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_metadata())]
		pub fn set_metadata(origin: OriginFor<T>, model: ModelId, metadata: Metadata) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_set_metadata(owner, model, metadata)
		}

		/// Announces a royalty, which requests pay once the notice has passed. Replaces an announcement that is not yet
		/// due.
		///
		/// - `model`: A model of the caller that has not ended.
		/// - `royalty`: What the owner will receive for each item answered; may be zero.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::announce_royalty())]
		pub fn announce_royalty(origin: OriginFor<T>, model: ModelId, royalty: BalanceOf<T>) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_announce_royalty(owner, model, royalty)
		}

		/// Transfers a model to another account, and with it the deposit, which stays on hold. A listed model becomes
		/// open.
		///
		/// - `model`: An open, listed or quarantined model of the caller.
		/// - `to`: The new owner. Its account must exist.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::transfer())]
		pub fn transfer(origin: OriginFor<T>, model: ModelId, to: T::AccountId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_transfer(owner, model, to)
		}

		/// Claims the name of a family, and all that look like it. Holds a deposit until the family is released.
		///
		/// - `name`: 2 to 48 lower-case letters, digits and single hyphens between them; begins with a letter.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::claim_family())]
		pub fn claim_family(origin: OriginFor<T>, name: FamilyName) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_claim_family(owner, name)
		}

		/// Transfers a family to another account, and with it the deposit, which stays on hold. Its models keep their
		/// owners.
		///
		/// - `name`: A family of the caller.
		/// - `to`: The new owner. Its account must exist.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::transfer_family())]
		pub fn transfer_family(origin: OriginFor<T>, name: FamilyName, to: T::AccountId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_transfer_family(owner, name, to)
		}

		/// Releases a family. Without versions it is removed, its deposit is released and its name is free; with
		/// versions it is closed, its deposit is burned, and its versions keep their meaning forever.
		///
		/// - `name`: A family of the caller.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::release_family())]
		pub fn release_family(origin: OriginFor<T>, name: FamilyName) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_release_family(owner, name)
		}

		/// Publishes a model as a version of a family, forever.
		///
		/// - `family`: A family of the caller.
		/// - `version`: Up to 24 lower-case letters, digits, dots and hyphens; begins with a letter or digit. New to
		///   the family, and not `latest`.
		/// - `model`: An open or listed model of the caller.
		/// - `latest`: Whether this version becomes the latest one.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::publish())]
		pub fn publish(
			origin: OriginFor<T>,
			family: FamilyName,
			version: VersionName,
			model: ModelId,
			latest: bool,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_publish(owner, family, version, model, latest)
		}

		/// Sets the latest version of a family: the one that the family's name alone refers to.
		///
		/// - `family`: A family of the caller.
		/// - `version`: Any of its versions.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::set_latest())]
		pub fn set_latest(origin: OriginFor<T>, family: FamilyName, version: VersionName) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_set_latest(owner, family, version)
		}
	}
}
