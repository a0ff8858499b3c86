//! # Jobs: escrow, draw, commit, reveal, settlement
//!
//! Escrow, draw, commit, reveal and settlement of inference jobs.
//!
//! ## Goals
//!
//! * **A fee is held, never lent.** It leaves its hold exactly once: to executor and owner at settlement, or back to the requester.
//! * **Every job ends.** Whoever falls silent, a job is settled or refunded within `ClaimPeriod + RevealPeriod` blocks.
//! * **An executor is bound to its answer before anyone sees it.** It commits first and reveals afterwards.
//! * **A submission that cannot succeed costs nobody anything.** It is refused before it enters a block.
//!
//! ## A job's life
//!
//! ```text
//! request ──> Claiming ──commit──> Revealing ──reveal──> Settled ──┐
//!                │                     │                           ├──> pruned
//!                └──── deadline ───────┴──────> Refunded ──────────┘
//! ```
//!
//! A requester calls `request`: the model's price is held and an executor is drawn from the model's free slots. The executor's node
//! runs the task off chain, commits to the outcome, and once the commitment is in a block opens it with `reveal`. That pays and
//! frees the slot. An executor that misses a deadline has a no-show on its record and loses the slot; the fee goes back in full.
//!
//! The outcome of a job is whatever the task comes to. If the input does not fit the model, the outcome is a named fault, which is
//! settled and paid like any other answer: everybody who runs the task gets it.
//!
//! ## Data
//!
//! `Jobs` holds the state machine, `Inputs` and `Outcomes` the bytes beside it, so that a transition does not move them.
//! `Assigned` is what an off-chain worker reads: its own live jobs. `Agenda` sorts jobs by the block at whose start something
//! happens unless it is done before (a refund while the job lives, the pruning of its record afterwards); it is worked off a bounded
//! number of jobs a block, and a backlog is carried over in order.
//!
//! ## Off-chain worker
//!
//! For each worker key in the node's keystore that is registered on chain, the hook asks the node (`assay_primitives::host`) for
//! the outcomes of the assigned jobs. The call returns at once, whatever the model costs. Finished outcomes are submitted as
//! authorised transactions, batched, without fee and nonce. Nothing but a note of recent submissions is kept: outcomes are
//! re-derived and salts follow from the key, so a node that was killed between commit and reveal reveals after its restart.
//!
//! ## Terminology
//!
//! * **Executor**: the worker drawn to answer a job.
//! * **Commitment**: a hash that binds an executor to an outcome and hides it (`assay_primitives::key::commitment`).
//! * **Outcome**: the answer's tensors, or a fault.
//! * **Task**: what is asked, whoever asks it: engine, model and input digest.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::arithmetic_side_effects,
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing
	)
)]

extern crate alloc;

mod authorize;
mod dispatchable_impls;
#[cfg(test)]
mod mock;
mod offchain;
#[cfg(test)]
mod tests;
mod tick_impls;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
mod utility_impls;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

const LOG_TARGET: &str = "runtime::jobs";

#[allow(clippy::expect_used)] // FRAME's macros expand to some.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use assay_primitives::{
		api::{RefundReason, Stats},
		key::WorkerSignature,
		traits::{ModelRegistry, WorkerPool},
		JobId, ModelId, OutcomeDigest, Payload,
	};
	use frame_support::{pallet_prelude::*, traits::fungible, traits::Randomness};
	use frame_system::{ensure_authorized, offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use sp_core::H256;
	use sp_runtime::Permill;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>> + frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = H256>
	{
		/// The runtime's overarching hold reason.
		type RuntimeHoldReason: From<HoldReason>;

		/// What fees are paid in.
		type Currency: fungible::Inspect<Self::AccountId>
			+ fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// Which models may be asked, and at what price.
		type Models: ModelRegistry<Self::AccountId, BalanceOf<Self>>;

		/// Who may be drawn.
		type Workers: WorkerPool<Self::AccountId>;

		/// Spreads jobs over slots. Nothing rests on its being unpredictable.
		type Randomness: Randomness<H256, BlockNumberFor<Self>>;

		/// Blocks an executor has to commit. Too few and slow models always fail; too many and a requester waits long for the
		/// refund of a silent executor.
		#[pallet::constant]
		type ClaimPeriod: Get<BlockNumberFor<Self>>;

		/// Blocks an executor has to reveal after it committed. Must cover the restart of a node.
		#[pallet::constant]
		type RevealPeriod: Get<BlockNumberFor<Self>>;

		/// Blocks for which the record of a finished job is kept.
		#[pallet::constant]
		type RecordPeriod: Get<BlockNumberFor<Self>>;

		/// The share of a fee that goes to the model's owner; the executor has the rest.
		#[pallet::constant]
		type OwnerShare: Get<Permill>;

		/// The most jobs that are refunded or pruned in one block. Further ones wait for the next block.
		#[pallet::constant]
		type DuePerBlock: Get<u32>;

		type WeightInfo: WeightInfo;
	}

	/// Why this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The fee of a job that has not ended. It leaves by settlement or by refund.
		Fee,
	}

	/// The number of the next job.
	///
	/// Invariant: greater than every key of [`Jobs`].
	#[pallet::storage]
	pub type NextJob<T> = StorageValue<_, JobId, ValueQuery>;

	/// Every job that is alive or whose record is still kept.
	///
	/// Invariant: each job stands in [`Agenda`] exactly once, at [`JobState::due`], and has an entry in [`Inputs`].
	#[pallet::storage]
	pub type Jobs<T: Config> = StorageMap<_, Twox64Concat, JobId, JobOf<T>>;

	/// What each job asks.
	///
	/// Invariant: same keys as [`Jobs`].
	#[pallet::storage]
	pub type Inputs<T> = StorageMap<_, Twox64Concat, JobId, Payload>;

	/// What each settled job was answered.
	///
	/// Invariant: a key for each job in state `Settled`, and no other; the digest in the state is that of the payload.
	#[pallet::storage]
	pub type Outcomes<T> = StorageMap<_, Twox64Concat, JobId, Payload>;

	/// The live jobs of each executor.
	///
	/// Invariant: a key for each job in state `Claiming` or `Revealing`, and no other. A worker has no more of them than slots.
	#[pallet::storage]
	pub type Assigned<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, JobId, (), OptionQuery>;

	/// What is to happen at the start of which block unless it is done before: refunds and prunings.
	///
	/// Invariant: every key's job exists, and no key lies before [`NextDue`].
	#[pallet::storage]
	pub type Agenda<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, JobId, (), OptionQuery>;

	/// The first block whose agenda is not worked off.
	#[pallet::storage]
	pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	/// Totals since genesis.
	///
	/// Invariant: `requested` is the number of settled, refunded and live jobs together.
	#[pallet::storage]
	pub type Totals<T: Config> = StorageValue<_, Stats<BalanceOf<T>>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A job was accepted, its fee held and its executor drawn.
		Requested {
			job: JobId,
			model: ModelId,
			requester: T::AccountId,
			executor: T::AccountId,
			fee: BalanceOf<T>,
		},
		/// The executor is bound to its answer.
		Committed { job: JobId, executor: T::AccountId },
		/// The answer is on chain and paid.
		Settled {
			job: JobId,
			digest: OutcomeDigest,
			to_executor: BalanceOf<T>,
			to_owner: BalanceOf<T>,
		},
		/// The executor stayed silent; the fee went back.
		Refunded { job: JobId, reason: RefundReason },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The model is unknown or no longer open.
		ModelNotOpen,
		/// The model costs more than the requester's `max_fee`.
		Overpriced,
		/// All slots of the model are taken: try again when a job has settled.
		NoFreeSlot,
		/// The input artifact is empty or larger than the protocol allows.
		BadArtifact,
		/// The chain has given out all job numbers.
		Exhausted,
		/// The job is not one that this worker may answer in this way now.
		NotDue,
		/// The outcome and salt do not open the commitment.
		Mismatch,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::work_off_agenda(now)
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::answer_assigned(now);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Ask a model. The fee is held until the job ends; an executor is drawn at once from the model's free slots.
		///
		/// - `model`: the model to ask. It must be open.
		/// - `input`: SCALE-encoded `Vec<Tensor>`, one per input of the model in the graph's own order; inline up to 16 KiB, by
		///   name beyond that.
		/// - `terms`: what the requester agrees to.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::request(input.encoded_size() as u32))]
		pub fn request(
			origin: OriginFor<T>,
			model: ModelId,
			input: Payload,
			terms: Terms<BalanceOf<T>>,
		) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			Self::do_request(requester, model, input, terms)
		}

		/// Bind a worker to its answers. Accepted only if every item is due and the worker signed the batch. An authorised
		/// submission has no signer, so nobody is charged; whoever signs one like an ordinary transaction pays and fails.
		///
		/// - `batch`: the worker and its commitments, ascending by job.
		/// - `signature`: by the worker's key over [`CommitBatch::message`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::commit(batch.commits.len() as u32))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_commit(batch.commits.len() as u32))]
		#[pallet::authorize(Self::authorize_commit)]
		pub fn commit(
			origin: OriginFor<T>,
			batch: CommitBatch<T::AccountId>,
			_signature: WorkerSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_commit(batch)
		}

		/// Open commitments. Each opened job is settled: paid, its slot freed, its answer readable.
		///
		/// - `batch`: the worker, its outcomes and salts, ascending by job.
		/// - `signature`: by the worker's key over [`RevealBatch::message`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::reveal(batch.reveals.len() as u32, batch.encoded_size() as u32))]
		#[pallet::weight_of_authorize(
			T::WeightInfo::authorize_reveal(batch.reveals.len() as u32, batch.encoded_size() as u32)
		)]
		#[pallet::authorize(Self::authorize_reveal)]
		pub fn reveal(
			origin: OriginFor<T>,
			batch: RevealBatch<T::AccountId>,
			_signature: WorkerSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_reveal(batch)
		}
	}
}
