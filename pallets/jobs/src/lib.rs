//! # Jobs: escrow, claim, draw, check, reveal, settlement
//!
//! Paid inference by workers that commit to their answers before they can know who will check them.
//!
//! ## Goals
//!
//! * **A fee is held, never lent.** It leaves its hold exactly once: it is paid to the workers, the audit fund and the
//!   model's owner, and burned in part. What is not due is refunded to the requester.
//! * **Every job ends.** Each state has a deadline, so no silent participant can stop a job, and the sum of all
//!   deadlines is bounded.
//! * **Workers commit before they can know who will check them.** Checkers are drawn only after the executor has
//!   committed, from randomness younger than the block of the claim. A committee that is drawn in public before it
//!   answers can cheat exactly when it finds itself alone.
//! * **No answer passes with fewer checkers than promised.** If workers are missing, or so many are busy that a cheat
//!   might have arranged it, all validators re-execute the task instead.
//! * **A submission that cannot succeed costs nothing.** It is refused before it enters a block.
//! * **A commitment is about a task, not a number.** Two forks may have different jobs under one number. A step or a
//!   cancellation for the one is not valid for the other, and opens nothing there.
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
//! * **Claiming.** An executor is drawn at the request and commits to the digest of its answer. A silent one is fined
//!   and replaced, [`MAX_REPLACEMENTS`] times.
//! * **Drawing.** At the end of the second block after the claim, checkers are drawn from the VRF outputs of these two
//!   blocks, and one more auditor with the probability of the audit rate.
//! * **Checking.** All of them commit without having seen an answer. Silent ones are fined, and others are drawn in
//!   their place. If that does not help, the job is *escalated*: it does not settle without the tribunal.
//! * **Revealing.** All workers open their commitments. One that does not loses its bond as for a wrong answer, so no
//!   worker can look at the other answers first and abstain.
//! * **Provisional.** All agree. Any account may challenge the result while its window is open.
//! * **Disputed.** Answers differ or were challenged. Every validator re-executes the task (pallet-disputes), and the
//!   verdict slashes and settles. Without a quorum the job is refunded and no worker is slashed.
//! * **Quarantine.** Token holders may stop a model. Its jobs in flight are refunded in full, workers that had
//!   committed to an answer are paid out of the audit fund, and the tribunal still decides the open disputes.
//!
//! ## Probes
//!
//! A model that nobody has reproduced yet is *probed*: workers are drawn from the pool of its engine's probers, and
//! answer whether the model is what its owner states (`assay_primitives::probe`). The state machine is the same;
//! [`Subject`] has the differences. If fewer probers are available than a probe needs, the probe is escalated. A prober
//! that finds nothing is not fined, because the file may be unavailable. A probe that ends without a
//! finding costs its owner one worker's pay, which goes to the first worker that had committed to a finding, or else
//! into the audit fund.
//!
//! The outcome of a task may be a named fault, for instance because the input does not fit the model. It is settled and
//! paid like any other answer: every run of the task ends in it.
//!
//! ## What a block author can bias
//!
//! The draw is a hash of the VRF outputs of the two blocks that follow the claim, and of nothing else that an author
//! chooses. An author can (a) withhold its block, at the price of its reward, when it holds the second of the two slots
//! and dislikes the draw: with a share g of slots it tries on average 1/(1-g) times, so m grows to at most m/(1-g); (b)
//! know both outputs in advance when it has both slots, with probability g², and claim falsely only if the draw suits
//! it; (c) keep a claim out of its block, which only moves the draw. docs/protocol.md has the figures.
//!
//! ## Data
//!
//! `Jobs` holds the state machine. `Inputs` and `Answers` hold the bytes beside it, so that a transition does not move
//! them. A worker's live jobs are listed with its slots (pallet-workers). `Agenda` sorts jobs by the block at the
//! start of which they are due. It lists each live job once, at or before the block in which it is due, and moves it to
//! a later block when it is not due yet, so that a job which advances in time costs no entry. `Draws` sorts jobs by the
//! block at the end of which their workers are drawn.
//!
//! ## Off-chain worker
//!
//! For each worker key in the node's keystore that is registered on chain, the hook asks the node
//! (`assay_primitives::host`) for the answers to its jobs. The call returns at once, whatever the model costs. The hook
//! waits a moment and then submits what has been answered: not earlier, because a pool that has not imported the block
//! yet would refuse it. The answer of a large model follows with a later block. The steps of a worker travel in one
//! authorised transaction a block, without fee and nonce. A transaction that seems lost is submitted again and replaces
//! the first. Only a note of recent submissions is stored: answers are re-derived and salts follow from the key, so a
//! node that was killed between commit and reveal reveals after its restart.
//!
//! ## Terminology
//!
//! * **Executor, checker, auditor**: a worker drawn to answer; to repeat the work because the requester asked for it;
//!   to repeat it by chance.
//! * **Claim**: the executor's commitment.
//! * **Commitment**: a hash that binds a worker to an answer and hides it (`assay_primitives::key::commitment`).
//! * **Assurance**: the reasons to believe an answer (`assay_primitives::api::Assurance`).
//! * **Task**: engine, model and input digest, independent of the requester.
//! * **Escalated**: of a job, with fewer workers than promised, so that only a verdict settles it.

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
mod disputed_jobs;
mod draw;
mod ending;
#[cfg(test)]
mod mock;
mod offchain;
mod payment;
mod probing;
mod state;
mod subject;
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
pub use sweep::{Sweep, MAX_SWEEPS, MAX_VISITS};
pub use types::*;
pub use weights::WeightInfo;

const LOG_TARGET: &str = "runtime::jobs";

#[allow(clippy::expect_used)] // FRAME's macros expand to some.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use assay_primitives::{
		agenda::Allowance,
		api::{JobInfo, Quote, RefundReason, Stats},
		batch::Answer,
		key::WorkerSignature,
		terms::{Periods, Pricing, Security, Terms},
		traits::{ModelRegistry, OnJobEnded, OnProbed, Tribunal, WorkerPool},
		JobId, ModelId, ModelRef, OutcomeDigest, Payload, TaskId,
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

		/// The currency of fees.
		type Currency: fungible::Mutate<Self::AccountId>
			+ fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The models that accept jobs, and their royalties.
		type Models: ModelRegistry<Self::AccountId, BalanceOf<Self>>;

		/// The workers that can be drawn.
		type Workers: WorkerPool<Self::AccountId, BalanceOf<Self>>;

		/// Decides disputes.
		type Tribunal: Tribunal<BlockNumberFor<Self>>;

		/// The randomness of the current block, read at its end. The block's author may know it earlier.
		/// No other party may know it, and none may choose it.
		type Beacon: Randomness<Option<H256>, BlockNumberFor<Self>>;

		/// The price of answers.
		type Pricing: Get<Pricing<BalanceOf<Self>>>;

		/// The periods of a job.
		type Periods: Get<Periods>;

		/// The assumptions about cheats, and their punishment.
		type Security: Get<Security<BalanceOf<Self>>>;

		/// The account that receives levies and a part of each slash, and that pays auditors.
		type AuditFund: Get<Self::AccountId>;

		/// Is notified of the end of each job that is not a probe.
		type OnJobEnded: OnJobEnded<Self::AccountId, BalanceOf<Self>>;

		/// Is notified of the end of each probe.
		type OnProbed: OnProbed;

		/// The minimum number of blocks for which the record of an ended job is stored. If too small, clients cannot
		/// look up their answers; if too large, the state grows.
		#[pallet::constant]
		type RecordPeriod: Get<BlockNumberFor<Self>>;

		/// The maximum number of jobs on which the agenda acts in one block, and of records that are removed in one.
		/// More wait for the next block. If too small, deadlines pass late; if too large, a block has room for little
		/// else.
		#[pallet::constant]
		type DuePerBlock: Get<u32>;

		/// The maximum number of workers that are drawn in one block. A claim that finds the next blocks full must be
		/// submitted again.
		#[pallet::constant]
		type MaxDraws: Get<u32>;

		/// Weights of the calls and hooks.
		type WeightInfo: WeightInfo;

		/// What benchmarks need from other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// Why this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The fee of a live job. Settlement or a refund releases it.
		Fee,
	}

	/// The number of the next job, and so the number of jobs requested since genesis.
	#[pallet::storage]
	pub type NextJob<T> = StorageValue<_, JobId, ValueQuery>;

	/// The oldest job whose record may still be stored.
	#[pallet::storage]
	pub type OldestJob<T> = StorageValue<_, JobId, ValueQuery>;

	/// All jobs before this one have ended.
	#[pallet::storage]
	pub type OldestLive<T> = StorageValue<_, JobId, ValueQuery>;

	/// The quarantines whose jobs in flight are being ended. The first one is in progress.
	///
	/// Invariant: each model is listed once.
	#[pallet::storage]
	pub type Sweeps<T> = StorageValue<_, BoundedVec<Sweep, ConstU32<MAX_SWEEPS>>, ValueQuery>;

	/// Every job that is live or whose record is still stored.
	///
	/// Invariants: its keys are the numbers from [`OldestJob`] to [`NextJob`]; [`Agenda`] lists each live job exactly
	/// once, at [`Job::agenda`], which is not after the block in which it is due; each job has an entry in [`Inputs`];
	/// its participants are distinct, the executor first.
	#[pallet::storage]
	pub type Jobs<T: Config> = StorageMap<_, Twox64Concat, JobId, JobOf<T>>;

	/// The input of each job.
	///
	/// Invariant: same keys as [`Jobs`].
	#[pallet::storage]
	pub type Inputs<T> = StorageMap<_, Twox64Concat, JobId, Payload>;

	/// The revealed answers to each job, by digest: all of them while it is live, the right one once it is settled.
	///
	/// Invariant: each answer is stored under its own digest.
	#[pallet::storage]
	pub type Answers<T> = StorageDoubleMap<_, Twox64Concat, JobId, Identity, OutcomeDigest, Answer>;

	/// The jobs on which to act at the start of each block, unless they advance before.
	///
	/// Invariant: every job in it is live, and no key is before [`NextDue`].
	#[pallet::storage]
	pub type Agenda<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, JobId, (), OptionQuery>;

	/// The first block whose agenda is not finished.
	#[pallet::storage]
	pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	/// The jobs whose workers are drawn at the end of each block.
	///
	/// Invariants: the jobs are those in state `Drawing`, each once, and jobs that were voided in that state; no key is
	/// before the current block; the workers of one block are at most `MaxDraws`.
	#[pallet::storage]
	pub type Draws<T: Config> = StorageMap<_, Twox64Concat, BlockNumberFor<T>, DrawList<T::MaxDraws>, ValueQuery>;

	/// The randomness of the block before the current one.
	#[pallet::storage]
	pub type PreviousBeacon<T> = StorageValue<_, H256>;

	/// Totals since genesis, except for `requested`, which is [`NextJob`].
	///
	/// Invariant: the number of requested jobs is the sum of settled, refunded and live ones.
	#[pallet::storage]
	pub type Totals<T: Config> = StorageValue<_, Stats<BalanceOf<T>>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A job was accepted, its fee was put on hold and its executor drawn.
		Requested {
			job: JobId,
			model: ModelId,
			requester: T::AccountId,
			executor: T::AccountId,
			fee: BalanceOf<T>,
		},
		/// The executor has committed to its answer.
		Claimed { job: JobId, worker: T::AccountId },
		/// `workers` workers were drawn to repeat the executor's work, including an auditor if `audited`.
		Drawn { job: JobId, workers: u32, audited: bool },
		/// A checker or auditor has committed to its answer.
		Committed { job: JobId, worker: T::AccountId },
		/// A worker has opened its commitment.
		Revealed {
			job: JobId,
			worker: T::AccountId,
			digest: OutcomeDigest,
		},
		/// All workers agree. The result may be challenged up to and including block `until`.
		Provisional {
			job: JobId,
			digest: OutcomeDigest,
			until: BlockNumberFor<T>,
		},
		/// The tribunal will decide.
		Disputed { job: JobId },
		/// The answer is final on chain and paid for.
		Settled {
			job: JobId,
			digest: OutcomeDigest,
			to_workers: BalanceOf<T>,
			to_owner: BalanceOf<T>,
		},
		/// There is no answer, and the fee was refunded.
		Refunded { job: JobId, reason: RefundReason },
		/// A worker did not commit in time and was fined.
		NoShow {
			job: JobId,
			worker: T::AccountId,
			fine: BalanceOf<T>,
		},
		/// A worker was found wrong, or did not reveal its answer, and lost its bond.
		Slashed {
			job: JobId,
			worker: T::AccountId,
			amount: BalanceOf<T>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The model is unknown or accepts no jobs.
		ModelNotOpen,
		/// Token holders have not voted for the model, and the terms do not allow unlisted ones.
		ModelNotListed,
		/// The input does not fit the model in number, type or shape of its tensors.
		InvalidInput,
		/// The fee would exceed the requester's `max_fee`.
		MaxFeeExceeded,
		/// The terms ask for more checkers than the protocol allows.
		TooManyCheckers,
		/// The job has no items, or more than the protocol allows.
		InvalidItemCount,
		/// Cheating would pay on average. Ask for more checkers, or put less value at risk.
		InsufficientDeterrence,
		/// Fewer workers have free slots than the job needs for its executor and checkers.
		TooFewWorkers,
		/// The model has too few free slots. Try again when a job has settled.
		NoFreeSlot,
		/// The artifact is empty or longer than the protocol allows.
		InvalidArtifact,
		/// All job numbers are in use.
		JobIdsExhausted,
		/// There is no such job, or its record has been pruned.
		UnknownJob,
		/// The caller did not request the job.
		NotRequester,
		/// A worker has committed to an answer, or the job has ended.
		NotCancellable,
		/// The job with this number has another task: on this fork it is another request.
		WrongTask,
		/// The worker may not take this step in this job now.
		NotDue,
		/// Digest and salt do not open the commitment, or the answer has another digest or the wrong form.
		InvalidReveal,
		/// The result is not provisional, or is no longer.
		NotProvisional,
		/// The jobs in flight of too many quarantined models are being ended. Try again later.
		TooManySweeps,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			// Deadlines, quarantines and old records share a quarter of a block. Each advances by at least one job, and
			// records have a small share of their own, so that the state does not grow forever while there is much to
			// do.
			let block = T::BlockWeights::get().max_block;
			let for_records = block.saturating_div(32).ref_time();
			let mut allowance = Allowance::new(block.saturating_div(4).ref_time());
			allowance.consume(Self::service_agendas(now, allowance.remaining()));
			allowance.consume(Self::sweep(allowance.remaining()));
			allowance.consume(Self::prune(now, allowance.remaining().max(for_records)));
			allowance
				.consumed()
				.saturating_add(Self::skip_ended_jobs())
				.saturating_add(Self::weight_of_draws(now))
		}

		fn on_finalize(now: BlockNumberFor<T>) {
			Self::draw_due(now);
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::answer_assigned_jobs(now);
		}

		fn integrity_test() {
			assert!(
				T::MaxDraws::get() >= MAX_PARTICIPANTS,
				"the largest draw does not fit into a block"
			);
			assert!(T::DuePerBlock::get() > 0, "the agenda would never advance");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Returns what a request of `items` items on these terms would cost now; `None` if the model is unknown or
		/// accepts no jobs.
		pub fn quote(model: ModelId, items: u32, terms: Terms<BalanceOf<T>>) -> Option<Quote<BalanceOf<T>>> {
			Self::quote_request(model, items, &terms)
		}

		/// Returns a job with its input and, once there is one, its answer; `None` if it does not exist or its record
		/// has been pruned.
		pub fn job(job: JobId) -> Option<JobInfo<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
			Self::job_info(job)
		}

		/// Returns totals since genesis.
		pub fn stats() -> Stats<BalanceOf<T>> {
			Stats {
				requested: NextJob::<T>::get().0,
				..Totals::<T>::get()
			}
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Requests an answer of a model. The fee is on hold until the job ends. An executor is drawn at once from the
		/// model's free slots.
		///
		/// - `model`: The model, by its id or by a name that is resolved in this block. It must be listed, or open if
		///   the terms allow unlisted models.
		/// - `items`: The number of items in `input`.
		/// - `input`: The items, packed as `assay_primitives::batch` describes. Each item has one tensor for each input
		///   of the model, in the graph's own order. Inline up to 16 KiB, an artifact beyond that.
		/// - `terms`: The requester's terms.
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

		/// Takes a worker's next steps in its jobs: commits to answers and opens commitments. Accepted only if every
		/// step is due and the worker signed. An authorised submission has no signer, so no account is charged. One
		/// that an account signs like an ordinary transaction is charged and fails.
		///
		/// - `submission`: The worker and its steps, ascending by job.
		/// - `signature`: The signature by the worker's key over [`Submission::message`].
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

		/// Cancels a job before a worker has committed to an answer. The executor is paid because it may have done the
		/// work already. The rest of the fee is refunded.
		///
		/// - `job`: A job of the caller.
		/// - `task`: The task of this job. Another fork may have another job under the same number.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::cancel().saturating_add(T::OnJobEnded::weight().max(T::OnProbed::weight())))]
		pub fn cancel(origin: OriginFor<T>, job: JobId, task: TaskId) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			Self::do_cancel(requester, job, task)
		}
	}
}
