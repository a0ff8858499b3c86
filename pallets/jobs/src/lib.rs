//! # Jobs: escrow, claim, draw, check, reveal, settlement
//!
//! Paid inference by workers that commit to their answers before they can know who will check them.
//!
//! ## Goals
//!
//! * **A fee is held, never lent.** It leaves its hold exactly once: it is paid to the workers, the audit fund and the
//!   model's owner, and burned in part. What is not due is refunded to the requester.
//! * **Every job ends.** Each state has a deadline, so no silent participant can stop a job, and the sum of all
//!   deadlines is bounded. Two wait for others: a challenge window for blocks that had room for a challenge, and a
//!   dispute for its verdict.
//! * **Workers commit before they can know who will check them.** Checkers are drawn only after the executor has
//!   committed, from randomness younger than the block of the claim. A committee that is drawn in public before it
//!   answers can cheat exactly when it finds itself alone.
//! * **Nothing that happens after a claim changes who is drawn.** Checkers are drawn from tickets as they stood before
//!   the claim (pallet-workers). A worker that is named but cannot take the check leaves its place empty under that
//!   seed.
//! * **No valid step is dropped.** A draw waits for the first block with room. Requests are refused before the queue is
//!   so long that a draw would wait for more than half the age of a ticket.
//! * **No answer passes with fewer commitments than promised.** Empty places are drawn again from a younger seed. If
//!   that does not help, those who were drawn reveal: unequal answers go to the tribunal, equal ones are paid and the
//!   job is refunded.
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
//! * **Claiming.** An executor is drawn at the request, with as many slots as the value at risk takes
//!   (`assay_primitives::bounds`), and commits to the digest of its answer. A silent one is fined
//!   and replaced, [`MAX_REPLACEMENTS`] times.
//! * **Drawing.** At the end of the second block after the claim, or of the next one with room, checkers are drawn from
//!   the VRF outputs of this block and the one before, and one more auditor with the probability of the audit rate.
//!   While a place is empty the job draws again, from blocks after that, [`MAX_REPLACEMENTS`] times.
//! * **Checking.** All of them commit without having seen an answer. Silent ones are fined, and others are drawn in
//!   their place, as for empty places.
//! * **Revealing.** All workers open their commitments. One that does not loses its bond as for a wrong answer, so no
//!   worker can look at the other answers first and abstain.
//! * **Provisional.** All agree. Any account may challenge the result while its window is open. Only blocks that had
//!   room for a challenge count.
//! * **Disputed.** Answers differ or were challenged. Every validator re-executes the task (pallet-disputes), and the
//!   verdict slashes and settles. Fee and slots wait as long as it takes. If the verdict is that the task cannot be
//!   run, the job is refunded, no worker is slashed, and the requester pays those that had answered.
//! * **Quarantine.** Token holders may stop a model. Its jobs in flight end: workers that had committed to an answer
//!   are paid out of the fee, the rest of the fee is refunded, and the tribunal still decides the open disputes.
//!
//! ## Probes
//!
//! A model that nobody has reproduced yet is *probed*: workers are drawn from the pool of its engine's probers, and
//! answer whether the model is what its owner states (`assay_primitives::probe`). The state machine is the same;
//! [`Subject`] has the differences. If fewer probers are available than a probe needs, or if cheating would pay, the
//! probe is *escalated*: it does not settle without the tribunal. A prober that finds nothing is not fined, because the
//! file may be unavailable. A probe that ends without a finding costs its owner the pay of the workers that had
//! answered, or one worker's pay into the audit fund if none had.
//!
//! The outcome of a task may be a named fault, for instance because the input does not fit the model. It is settled and
//! paid like any other answer: every run of the task ends in it.
//!
//! ## What a block author can bias
//!
//! The seed of a draw is a hash of the VRF outputs of two blocks younger than the claim. The tickets from which it
//! draws were decided long before, whatever the author puts into its block. An author can (a) withhold its block, or
//! orphan that of another while no further block stands on it, when it knows what the draw would be and dislikes it;
//! (b) know both outputs in advance when it has both slots, with probability g², and claim falsely only if the draw
//! suits it; (c) keep a claim out of its block, which only moves the draw. docs/protocol.md has the figures.
//!
//! ## Data
//!
//! `Jobs` holds the state machine. `Inputs` and `Answers` hold the bytes beside it, so that a transition does not move
//! them. A worker's live jobs are listed with its slots and checks (pallet-workers). `Agenda` sorts jobs by the block
//! at the start of which they are due. It lists each live job that is not disputed once, at or before the block in
//! which it is due, and moves it to a later block when it is not due yet, so that a job which advances in time costs no
//! entry. `Draws` sorts jobs by the block at the end of which their workers are drawn; `DrawCursor` is the last one in
//! use, and `ReservedDraws` bounds how far that can be.
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
//! * **Place**: of a checker or auditor in a job. *Empty* if the worker named for it could not take the check, or did
//!   not commit.
//! * **Escalated**: of a probe that only a verdict settles, because it has fewer workers than it needs from the start,
//!   or cheating would pay.

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

mod agreement;
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
		api::{JobInfo, Quote, RefundReason, Stats},
		batch::Answer,
		key::WorkerSignature,
		shares,
		terms::{Periods, Pricing, Security, Terms},
		traits::{ChallengeLane, ModelRegistry, OnJobEnded, OnProbed, Tribunal, WorkerPool},
		JobId, ModelId, ModelRef, OutcomeDigest, Payload, TaskId,
	};
	use frame_support::{pallet_prelude::*, traits::fungible, traits::Randomness, weights::WeightMeter};
	use frame_system::{ensure_authorized, offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use sp_core::H256;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
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

		/// Measures challenge windows.
		type ChallengeLane: ChallengeLane;

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

		/// The maximum number of jobs on which the agenda acts in one block. More wait for the next block. If too
		/// small, deadlines pass late; if too large, the records of ended jobs come faster than they are removed.
		#[pallet::constant]
		type DuePerBlock: Get<u32>;

		/// The maximum number of workers that are drawn in one block. Further draws wait for the next block. If too
		/// small, requests are refused; if too large, a block has room for little else.
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

	/// The jobs that have ended and whose records are stored, numbered from 0 in the order in which jobs end, so that a
	/// job that takes long holds up no other record.
	///
	/// Invariants: its keys are the numbers from [`OldestRecord`] to that of all jobs that have ended; its values are
	/// the jobs of [`Jobs`] that have ended, each once.
	#[pallet::storage]
	pub type Records<T> = StorageMap<_, Twox64Concat, u64, JobId>;

	/// The number of records that have been removed.
	#[pallet::storage]
	pub type OldestRecord<T> = StorageValue<_, u64, ValueQuery>;

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
	/// Invariants: its keys are smaller than [`NextJob`]; [`Agenda`] lists each live job that is not disputed exactly
	/// once, at [`Job::agenda`], which is not after the block in which it is due, and [`Records`] each job that has
	/// ended; each job has an entry in [`Inputs`]; its participants are distinct, the executor first.
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
	/// Invariant: every job in it is live and not disputed, and no key is before [`NextDue`].
	#[pallet::storage]
	pub type Agenda<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, JobId, (), OptionQuery>;

	/// The first block whose agenda is not finished.
	#[pallet::storage]
	pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	/// The jobs whose workers are drawn at the end of each block.
	///
	/// Invariants: the jobs are those in state `Drawing`, each once, and jobs that were voided in that state; no key is
	/// before the current block or after [`DrawCursor`]; the workers of one block are at most `MaxDraws`.
	#[pallet::storage]
	pub type Draws<T: Config> = StorageMap<_, Twox64Concat, BlockNumberFor<T>, DrawList<T::MaxDraws>, ValueQuery>;

	/// The last block for which a draw was queued: the next one is queued for no earlier block.
	#[pallet::storage]
	pub type DrawCursor<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	/// The draws that live jobs may still need.
	///
	/// Invariant: the sum of [`AgreedTerms::draws`] over the jobs whose workers are not all drawn and committed, and
	/// those in [`Draws`]. It bounds the workers there, and so how long a draw waits.
	#[pallet::storage]
	pub type ReservedDraws<T> = StorageValue<_, u32, ValueQuery>;

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
		/// All workers agree. The result may be challenged up to and including block `until`, and longer if blocks
		/// until then have no room for a challenge.
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
		/// The bonds that are behind no other job do not carry the fee and the value at risk if one party owns the
		/// pool. Ask for more checkers, put less value at risk, or try again when a job has settled.
		BondsTooSmall,
		/// Too small a part of the pool's bonds would remain for others if fee and value at risk were spent on it. Put
		/// less value at risk, or wait for more workers.
		PoolTooSmall,
		/// Fewer workers have tickets of the model than the job needs for its executor and checkers, or fewer than
		/// twice as many although there is value at risk.
		TooFewWorkers,
		/// The model has no free slot, or its workers have too many checks. Try again when a job has settled.
		NoFreeSlot,
		/// No worker was found with as many free slots as the value at risk takes. Ask for more checkers, put less
		/// value at risk, or try again.
		NoCover,
		/// Too many draws of checkers are queued or may follow. Try again in some blocks.
		DrawsExhausted,
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
			let mut meter = WeightMeter::with_limit(Self::share(shares::DUE_JOBS));
			Self::service_agendas(now, &mut meter);
			meter.consumed().saturating_add(Self::weight_of_draws(now))
		}

		/// Does what may wait: removes old records, and ends the jobs of quarantined models. Leaves transactions their
		/// share of the block.
		fn on_poll(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
			let left = weight.remaining().min(T::BlockWeights::get().max_block);
			let mut meter = WeightMeter::with_limit(left.saturating_sub(Self::share(shares::TRANSACTIONS)));
			let mut records = WeightMeter::with_limit(Self::share(shares::RECORDS).min(meter.remaining()));
			Self::prune(now, &mut records);
			meter.consume(records.consumed());
			Self::sweep(&mut meter);
			Self::skip_ended_jobs(&mut meter);
			weight.consume(meter.consumed());
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
			for (item, share) in [
				(Self::weight_of_agenda(), shares::DUE_JOBS),
				(Self::max_weight_of_draws(), shares::DRAWS),
				(T::WeightInfo::prune(), shares::RECORDS),
				(Self::weight_of_sweep(), shares::SWEEPS),
			] {
				assert!(
					item.all_lte(Self::share(share)),
					"the heaviest item of a hook, {item:?}, does not fit its share, {share:?} of a block"
				);
			}
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
		#[pallet::weight(Pallet::<T>::weight_of_request(input.encoded_size() as u32, terms.value_at_risk))]
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
