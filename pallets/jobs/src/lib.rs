//! # Jobs: escrow, claim, draw, check, reveal, settlement
//!
//! Inference for pay, by workers who are bound to their answers before anyone can know who will check them.
//!
//! ## Goals
//!
//! * **A fee is held, never lent.** It leaves its hold exactly once: to those who worked, the audit fund, the model's owner and the
//!   fire, and what is not due goes back to the requester.
//! * **Every job ends.** Whoever falls silent, each state has a deadline, and the sum of them is a bound.
//! * **Who answers is bound before anyone can know who will check.** The executor locks a commitment; only then are checkers drawn,
//!   from randomness younger than the block of the claim. A committee drawn in public before it answers can cheat exactly when it
//!   finds itself alone.
//! * **Nothing passes with fewer eyes than promised.** Where workers are missing, or so many are busy that somebody might have seen
//!   to it, all validators look instead.
//! * **A submission that cannot succeed costs nobody anything.** It is refused before it enters a block.
//!
//! ## A job's life
//!
//! ```text
//! request ─> Claiming ─> Drawing ─> Checking ─> Revealing ─> Provisional ─> Settled
//!               │ ^         │ ^        │            │             │            ^
//!               └─┘         │ └────────┘            ├─> Disputed <┘            │
//!            silent:        └── nobody drawn ──>    │      └───────────────────┤
//!            next one                               └───> Refunded <───────────┘
//! ```
//!
//! * **Claiming.** An executor is drawn at the request and commits to the digest of its answer. A silent one is fined and replaced,
//!   [`MAX_REPLACEMENTS`] times.
//! * **Drawing.** At the end of the second block after the claim, checkers are drawn from the VRF outputs of these two blocks,
//!   and with the audit rate's chance one auditor more.
//! * **Checking.** All of them commit, without having seen an answer. Silent ones are fined and others drawn in their place. If
//!   that does not help, the job is *escalated*: it will not settle without the tribunal.
//! * **Revealing.** Everybody opens its commitment. Whoever does not loses its bond as for a wrong answer, so nobody can look
//!   first and abstain.
//! * **Provisional.** All agree. Anybody may challenge the result while its window is open.
//! * **Disputed.** Answers differ, or were challenged: every validator re-executes the task (pallet-disputes), the verdict slashes
//!   and settles. Without quorum the job is refunded and nobody is slashed.
//! * **Quarantine.** Token holders may stop a model. Its jobs in flight are refunded in full, those who had bound themselves to an
//!   answer are paid out of the audit fund, and the tribunal goes on with what is disputed.
//!
//! ## Probes
//!
//! A model that nobody has reproduced yet is not asked but *probed*: its workers are drawn from the pool of its engine's probers, and
//! answer whether the model is what its owner states (`assay_primitives::probe`). All else is as in any job, with two differences. Where
//! fewer probers serve than a probe calls for, all validators look as well. And nobody is fined for not coming to a finding, since
//! the file may be one that nobody can fetch: a probe that comes to none costs its owner one worker's pay, which goes to the first who
//! was bound to a finding, or else into the audit fund.
//!
//! The outcome of a task may be a named fault (the input does not fit the model, say), which is settled and paid like any other
//! answer: everybody who runs the task gets it.
//!
//! ## What a block author can bias
//!
//! The draw is a hash of the VRF outputs of the two blocks that follow the claim, and nothing else an author chooses. An author
//! can (a) withhold its block, at the price of its reward, when it holds the second of the two slots and dislikes the draw: with
//! a share g of slots it looks on average 1/(1-g) times, so m grows to m/(1-g) at most; (b) know both outputs in advance where it
//! has both slots, with chance g², and claim falsely only if the draw suits it; (c) keep a claim out of its block, which only
//! moves the draw. docs/protocol.md has the figures.
//!
//! ## Data
//!
//! `Jobs` holds the state machine, `Inputs` and `Answers` the bytes beside it, so that a transition does not move them. A worker's
//! live jobs stand with its slots (pallet-workers). `Agenda` sorts jobs by the block at whose start something is to happen; each
//! job stands there once, at or before the block in which it is due, and is put further back when its time has not come, so that
//! a job which moves on in time costs no entry. `Draws` sorts jobs by the block at whose end workers are drawn.
//!
//! ## Off-chain worker
//!
//! For each worker key in the node's keystore that is registered on chain, the hook asks the node (`assay_primitives::host`) for
//! the answers to the jobs it was drawn for. The call returns at once, whatever the model costs. A moment later what has been
//! answered is submitted: not sooner, since a pool that has not imported the block yet would refuse it, and a large model's answer with a
//! later block. All steps of a worker travel in one authorised transaction, without fee and nonce; one that seems lost is made again, and
//! takes the place of the first. Nothing but a note of recent submissions is kept: answers are re-derived and
//! salts follow from the key, so a node that was killed between commit and reveal reveals after its restart.
//!
//! ## Terminology
//!
//! * **Executor, checker, auditor**: workers drawn to answer; to repeat the work as the requester wished; to repeat it by chance.
//! * **Claim**: the executor's commitment.
//! * **Commitment**: a hash that binds a worker to an answer and hides it (`assay_primitives::key::commitment`).
//! * **Assurance**: what stands behind an answer (`assay_primitives::api::Assurance`).
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
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod dispatchable_impls;
mod docket;
mod draw;
mod ending;
#[cfg(test)]
mod mock;
mod offchain;
mod probing;
mod sweep;
#[cfg(test)]
mod tests;
mod tick_impls;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
mod utility_impls;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use sweep::{Sweep, MAX_LOOKS, MAX_SWEEPS};
pub use types::*;
pub use weights::WeightInfo;

const LOG_TARGET: &str = "runtime::jobs";

#[allow(clippy::expect_used)] // FRAME's macros expand to some.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use assay_primitives::{
		api::{JobInfo, Quote, RefundReason, Stats},
		batch::Answer,
		key::WorkerSignature,
		terms::{Periods, Pricing, Security, Terms},
		traits::{ModelRegistry, OnProbed, OnSettled, Tribunal, WorkerPool},
		JobId, ModelId, ModelRef, OutcomeDigest, Payload,
	};
	use frame_support::{pallet_prelude::*, traits::fungible, traits::Randomness};
	use frame_system::{ensure_authorized, offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use sp_core::H256;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>> + frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = H256>
	{
		/// The runtime's overarching hold reason.
		type RuntimeHoldReason: From<HoldReason>;

		/// What fees are paid in.
		type Currency: fungible::Mutate<Self::AccountId>
			+ fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// Which models may be asked, and at what royalty.
		type Models: ModelRegistry<Self::AccountId, BalanceOf<Self>>;

		/// Who may be drawn.
		type Workers: WorkerPool<Self::AccountId, BalanceOf<Self>>;

		/// Where disagreements are decided.
		type Tribunal: Tribunal<BlockNumberFor<Self>>;

		/// Randomness of the present block, asked at its end. Who makes the block may know it before; nobody else may, and nobody
		/// may choose it.
		type Beacon: Randomness<Option<H256>, BlockNumberFor<Self>>;

		/// What answers cost.
		type Pricing: Get<Pricing<BalanceOf<Self>>>;

		/// How long things may take.
		type Periods: Get<Periods>;

		/// What is assumed of the world, and threatened.
		type Security: Get<Security<BalanceOf<Self>>>;

		/// The account that levies and a part of each slash go to, and that auditors are paid from.
		type AuditFund: Get<Self::AccountId>;

		/// Told of each job that ends, probes aside.
		type OnSettled: OnSettled<Self::AccountId, BalanceOf<Self>>;

		/// Told of each probe that ends.
		type OnProbed: OnProbed;

		/// Blocks for which the record of a finished job is kept at least. Too few, and nobody can look up what it was told; too
		/// many, and state grows.
		#[pallet::constant]
		type RecordPeriod: Get<BlockNumberFor<Self>>;

		/// The most jobs on which the agenda acts in one block, and the most records that are forgotten in one. Further ones wait
		/// for the next block.
		#[pallet::constant]
		type DuePerBlock: Get<u32>;

		/// The most workers that are drawn in one block. A claim that finds the next blocks full must be submitted again.
		#[pallet::constant]
		type MaxDraws: Get<u32>;

		/// Weights of the calls and hooks.
		type WeightInfo: WeightInfo;

		/// What benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// Why this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The fee of a job that has not ended. It leaves by settlement or by refund.
		Fee,
	}

	/// The number of the next job, and so how many were requested since genesis.
	#[pallet::storage]
	pub type NextJob<T> = StorageValue<_, JobId, ValueQuery>;

	/// The oldest job that may still be known.
	#[pallet::storage]
	pub type OldestJob<T> = StorageValue<_, JobId, ValueQuery>;

	/// All jobs before this one have ended.
	#[pallet::storage]
	pub type OldestLive<T> = StorageValue<_, JobId, ValueQuery>;

	/// The models whose jobs in flight are being ended because they were put in quarantine, the first of them now.
	///
	/// Invariant: each model once.
	#[pallet::storage]
	pub type Sweeps<T> = StorageValue<_, BoundedVec<Sweep, ConstU32<MAX_SWEEPS>>, ValueQuery>;

	/// Every job that is alive or whose record is still kept.
	///
	/// Invariants: its keys are the numbers from [`OldestJob`] to [`NextJob`]; each live job stands in [`Agenda`] exactly once, at
	/// [`Job::agenda`], which is not after the block in which it is due; it has an entry in [`Inputs`]; its participants are
	/// distinct, the executor first.
	#[pallet::storage]
	pub type Jobs<T: Config> = StorageMap<_, Twox64Concat, JobId, JobOf<T>>;

	/// What each job asks.
	///
	/// Invariant: same keys as [`Jobs`].
	#[pallet::storage]
	pub type Inputs<T> = StorageMap<_, Twox64Concat, JobId, Payload>;

	/// The answers to each job that were revealed, by digest: while it lives all of them, once it is settled the right one.
	///
	/// Invariant: each has the digest it stands under.
	#[pallet::storage]
	pub type Answers<T> = StorageDoubleMap<_, Twox64Concat, JobId, Identity, OutcomeDigest, Answer>;

	/// What is to happen at the start of which block unless it is done before.
	///
	/// Invariant: every key's job is live, and no key lies before [`NextDue`].
	#[pallet::storage]
	pub type Agenda<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, JobId, (), OptionQuery>;

	/// The first block whose agenda is not worked off.
	#[pallet::storage]
	pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	/// For which jobs workers are drawn at the end of which block.
	///
	/// Invariants: the jobs are those in state `Drawing`, each once, besides such as were voided in it; no key lies before the
	/// present block; the workers of one block are at most `MaxDraws`.
	#[pallet::storage]
	pub type Draws<T: Config> = StorageMap<_, Twox64Concat, BlockNumberFor<T>, DrawList<T::MaxDraws>, ValueQuery>;

	/// The randomness of the block before the present one.
	#[pallet::storage]
	pub type PreviousBeacon<T> = StorageValue<_, H256>;

	/// Totals since genesis, but for `requested`, which is [`NextJob`].
	///
	/// Invariant: the settled, refunded and live jobs are together as many as were requested.
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
		Claimed { job: JobId, worker: T::AccountId },
		/// Workers were drawn to repeat the executor's work, an auditor among them if `audited`.
		Drawn { job: JobId, workers: u32, audited: bool },
		/// A checker or auditor is bound to its answer.
		Committed { job: JobId, worker: T::AccountId },
		/// A worker has opened its commitment.
		Revealed {
			job: JobId,
			worker: T::AccountId,
			digest: OutcomeDigest,
		},
		/// All agree. The result may be challenged up to and including block `until`.
		Provisional {
			job: JobId,
			digest: OutcomeDigest,
			until: BlockNumberFor<T>,
		},
		/// The tribunal decides.
		Disputed { job: JobId },
		/// The answer is final on chain, and paid.
		Settled {
			job: JobId,
			digest: OutcomeDigest,
			to_workers: BalanceOf<T>,
			to_owner: BalanceOf<T>,
		},
		/// There is no answer; the fee went back.
		Refunded { job: JobId, reason: RefundReason },
		/// A worker did not commit in time and was fined.
		NoShow {
			job: JobId,
			worker: T::AccountId,
			fine: BalanceOf<T>,
		},
		/// A worker was found wrong, or did not reveal what it was bound to, and lost its bond.
		Slashed {
			job: JobId,
			worker: T::AccountId,
			amount: BalanceOf<T>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The model is unknown, or may not be asked.
		ModelNotOpen,
		/// Token holders have not voted for the model, and the terms do not allow that.
		Unlisted,
		/// The inputs do not fit the model's, in number, type or shape.
		WrongInput,
		/// The job would cost more than the requester's `max_fee`.
		Overpriced,
		/// More checkers than may be asked for.
		TooManyCheckers,
		/// A job has at least one input, and not more than the protocol allows.
		BadItems,
		/// Cheating would pay on average. Ask more checkers, or put less at risk.
		Undeterred,
		/// Fewer workers have free slots than the job needs, executor and checkers together.
		TooFewWorkers,
		/// Too few slots of the model are free: try again when a job has settled.
		NoFreeSlot,
		/// The input artifact is empty or larger than the protocol allows.
		BadArtifact,
		/// The chain has given out all job numbers.
		Exhausted,
		/// There is no such job, or its record is gone.
		UnknownJob,
		/// The caller did not request the job.
		NotRequester,
		/// Somebody is bound to an answer already, or the job has ended.
		NotCancellable,
		/// The job is not one that this worker may take this step in now.
		NotDue,
		/// Digest and salt do not open the commitment, or the answer is not the one the digest names.
		Mismatch,
		/// The result is not, or no longer, provisional.
		NotProvisional,
		/// The jobs in flight of too many models are being ended already: try again when that is done.
		TooManySweeps,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			// Deadlines, quarantines and old records share a quarter of a block. Each gets on by one job at least, and records have a
			// small part of their own, so that state does not grow for ever while there is much to do.
			let block = T::BlockWeights::get().max_block;
			let (allowance, for_records) = (block.saturating_div(4).ref_time(), block.saturating_div(32).ref_time());
			let mut spent = Self::work_off_agenda(now, allowance);
			spent.saturating_accrue(Self::sweep(allowance.saturating_sub(spent.ref_time())));
			let left = allowance.saturating_sub(spent.ref_time()).max(for_records);
			spent.saturating_accrue(Self::prune(now, left));
			spent
				.saturating_add(Self::pass_ended())
				.saturating_add(Self::weight_of_draws(now))
		}

		fn on_finalize(now: BlockNumberFor<T>) {
			Self::draw_due(now);
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::answer_assigned(now);
		}

		fn integrity_test() {
			assert!(
				T::MaxDraws::get() >= MAX_PARTICIPANTS,
				"no draw may be too large for a block"
			);
			assert!(T::DuePerBlock::get() > 0, "the agenda would never move");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What a request of so many inputs on these terms would cost and meet now; `None` if the model is unknown or not open.
		pub fn quote(model: ModelId, items: u32, terms: Terms<BalanceOf<T>>) -> Option<Quote<BalanceOf<T>>> {
			Self::quotation(model, items, &terms)
		}

		/// A job with its input and, once there is one, its answer; `None` if it never was or its record is pruned.
		pub fn result(job: JobId) -> Option<JobInfo<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
			Self::job(job)
		}

		/// Totals since genesis.
		pub fn stats() -> Stats<BalanceOf<T>> {
			Stats {
				requested: NextJob::<T>::get().0,
				..Totals::<T>::get()
			}
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Ask a model. The fee is held until the job ends; an executor is drawn at once from the model's free slots.
		///
		/// - `model`: the model to ask, by its id or by a name that says which one is meant in this block. It must be listed, or open if
		///   the terms allow that.
		/// - `items`: how many inputs there are.
		/// - `input`: the inputs as `assay_primitives::batch` packs them, each one tensor per input of the model in the graph's own
		///   order; inline up to 16 KiB, by name beyond that.
		/// - `terms`: what the requester agrees to.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::request(input.encoded_size() as u32))]
		pub fn request(
			origin: OriginFor<T>,
			model: ModelRef,
			items: u32,
			input: Payload,
			terms: Terms<BalanceOf<T>>,
		) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			Self::do_request(requester, model, items, input, terms).map(|_| ())
		}

		/// Take a worker's next steps in its jobs: bind it to answers and open what it is bound to. Accepted only if every step is
		/// due and the worker signed. An authorised submission has no signer, so nobody is charged; whoever signs one like an
		/// ordinary transaction pays and fails.
		///
		/// - `submission`: the worker and its steps, ascending by job.
		/// - `signature`: by the worker's key over [`Submission::message`].
		#[pallet::call_index(1)]
		#[pallet::weight(Pallet::<T>::weight_of(submission))]
		#[pallet::weight_of_authorize(
			T::WeightInfo::authorize_submit(submission.steps.len() as u32, submission.encoded_size() as u32)
		)]
		#[pallet::authorize(Self::authorize_submit)]
		pub fn submit(
			origin: OriginFor<T>,
			submission: SubmissionOf<T>,
			_signature: WorkerSignature,
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			Self::do_submit(submission)
		}

		/// Take a job back while nobody is bound to an answer. The executor is paid, for it may have done the work already; the rest
		/// of the fee is released.
		///
		/// - `job`: a job of the caller.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::cancel().saturating_add(T::OnSettled::weight().max(T::OnProbed::weight())))]
		pub fn cancel(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			Self::do_cancel(requester, job)
		}
	}
}
