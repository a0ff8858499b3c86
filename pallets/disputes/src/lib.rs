//! # Disputes: the tribunal
//!
//! If the workers of a job disagree, or their result is challenged, every validator runs the task itself, and two
//! thirds of the validators make the verdict. A few workers execute, a random few check, and all validators judge what
//! is disputed.
//!
//! ## Goals
//!
//! * **A dispute ends with a verdict.** A round without two thirds of its electorate is followed by another one, before
//!   the validators of the session at its start. Bonds stay on hold and slots stay busy meanwhile, so that nobody gains
//!   by staying away. If the validators never agree, a referendum decides. The job is notified exactly once.
//! * **The electorate is known before it votes.** It consists of the validators of the session in which the round
//!   begins. Later sessions do not change it.
//! * **Silence decides nothing.** A verdict needs two thirds of the electorate, not of the votes. A third that never
//!   votes cannot stop it, and more than a third only delays it.
//! * **A vote is about a task.** It names the task that the validator ran, so a vote for another fork's task is
//!   refused.
//! * **A challenge always gets in.** Challenges have a lane of their own, ahead of everything else, and windows are
//!   measured in blocks that had room for one.
//! * **Nobody shuts out the right answer.** Eight challengers may bring wrong digests first: the validators find the
//!   right one, and whoever has the answer brings it after the verdict.
//! * **An accusation costs something if it is false, and nothing if it is true.** The bond of a challenger that was
//!   right is released. Of one that was wrong, the accused workers get a part; a share is burned, because otherwise a
//!   worker could accuse itself for free. A bond never stays on hold: what cannot be received is burned.
//! * **A vote or a challenge that cannot count costs nothing.** It is refused before it enters a block.
//!
//! ## Life of a dispute
//!
//! ```text
//! workers differ ------------> round --two thirds agree---> verdict: job settled or refunded,
//! a result is challenged --'   | ^ '--referendum-------'    bonds released or forfeited
//!                              '-'                     |            ^
//!                   deadline: next round               '-> awaited -' (only if the job lacks the answer)
//! ```
//!
//! * **Opening.** A job whose workers disagree opens its dispute itself
//!   ([`Tribunal`](assay_primitives::traits::Tribunal)). Any account may contest a provisional result with `challenge`:
//!   the challenger names the digest that it holds to be right and posts a bond. Until the first vote, others may join
//!   with another digest and a bond of their own, up to [`MAX_CHALLENGES`].
//! * **Voting.** Each validator votes once, in authorised submissions that carry many votes and cost no fee. The vote
//!   that completes two thirds decides at once. A vote is for the digest of an answer, or says that the task cannot be
//!   run; one that says so may be replaced by an answer.
//! * **Rounds.** Without a verdict at its deadline the dispute goes on before the validators of the current session.
//!   The next round is twice as long, up to a maximum. Votes belong to the validator's account: they count in a later
//!   round if the account sits in its electorate, whatever its key. Who has voted and left does not count until it
//!   returns.
//! * **The answer.** If neither the workers nor the verdict itself provide the right answer, the tribunal waits
//!   [`ANSWER_PERIOD`] blocks for it. Anybody may bring it, unsigned and without fee: the verdict names it. Validators'
//!   nodes do.
//! * **The end.** The job gets the verdict, the upheld challengers and the answer that was brought. It slashes, pays
//!   and returns the workers whose answers are confirmed. A challenger with another digest forfeits its bond: a share
//!   is burned, and the rest is paid to these workers in equal parts. If the task cannot be run, nobody can be shown
//!   wrong: the job is refunded and every bond released. Each validator's record says whether it voted with the
//!   verdict, for another answer, or was absent from a round.
//!
//! ## Data
//!
//! `Disputes` holds what every vote needs, and the tally, so that deciding searches nothing. `Votes` holds them by
//! account, so that they outlive a round. `Electorates` holds the validators of the current session and of those under
//! which rounds are under way, counted in `OpenDisputes`; it changes only when the validators do. `Agenda` sorts
//! disputes by the block at the start of which their round ends. A bounded number is serviced in each block, and a
//! backlog is carried over in order. `BlocksWithRoom` counts the blocks that had room for a challenge; pallet-jobs
//! measures windows by it ([`ChallengeLane`](assay_primitives::traits::ChallengeLane)).
//!
//! ## The challenge lane
//!
//! A challenge is authorised by its call: it carries the signature of its account, and no fee. It is operational, so
//! that it fits where ordinary transactions have filled a block, and has the highest priority that there is, so that
//! neither tips nor submissions precede it. It is accepted only if its bond can be held, so filling the lane takes a
//! bond for each place, and all but one of the digests brought against a result are wrong. An account has at most one
//! challenge in the pool.
//!
//! What room does not prove is goodwill: an author may leave a challenge out of a block that has room. Windows are long
//! enough that a run of such authors is improbable (`assay_primitives::ranges::MIN_WINDOW`).
//!
//! ## Off-chain worker
//!
//! **Votes.** For each of the node's keys that is in the electorate of an open dispute and has not voted, the hook asks
//! the node (`assay_primitives::host`) for the answer. The call returns at once, whatever the model costs. Votes are
//! cast with the answers that are ready. From the second round on, a node that lacks a file or the engine says that the
//! task cannot be run. Only a note of recent submissions is stored.
//!
//! **Watching.** A node that watches a share of results selects jobs by a hash of their number and of a secret that it
//! never reveals, so no worker can know which results are safe to falsify. It re-executes the selected jobs while they
//! may be challenged, and challenges wrong results from its watcher account. If there are more than it can hold or
//! re-execute, the same hash decides which are left out, so every result keeps the same chance, and the node is
//! notified of the share that is left. After a reorganisation it compares the results of the new fork.
//!
//! ## Terminology
//!
//! * **Round**: the blocks in which one electorate votes.
//! * **Electorate**: the validators that decide in a round, each with its key at its beginning.
//! * **Quorum**: the number of them that must agree: two thirds, rounded up.
//! * **Verdict**: what they agree on: the digest of an answer, or that the task cannot be run.
//! * **Challenge**: a claim, backed by a bond, that a provisional result is wrong. It is *upheld* if the verdict is its
//!   digest.
//! * **Watcher**: an account from which a node challenges.
//! * **Mismatch**: a watched result that differs from the node's own answer.

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
mod electorate;
mod lane;
#[cfg(test)]
mod mock;
mod offchain;
mod rounds;
mod ruling;
#[cfg(test)]
mod tests;
mod tick_impls;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
mod utility_impls;
mod watch;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use watch::WatcherAppCrypto;
pub use weights::WeightInfo;

const LOG_TARGET: &str = "runtime::disputes";

#[allow(clippy::expect_used)] // FRAME's macros expand to some.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use assay_primitives::{
		api::{DisputeInfo, Verdict, VoterRecord},
		batch::Answer,
		key::VoterSignature,
		traits::DisputedJobs,
		JobId, OutcomeDigest, TaskId,
	};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::{
		ensure_authorized,
		offchain::{AppCrypto, CreateAuthorizedTransaction, SigningTypes},
		pallet_prelude::*,
	};
	use sp_core::H256;
	use sp_runtime::{
		traits::{Verify, Zero},
		Permill,
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>>
		+ SigningTypes<Signature: Parameter + Verify<Signer = <Self as SigningTypes>::Public>>
		+ frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = H256>
	{
		/// The runtime's overarching hold reason.
		type RuntimeHoldReason: From<HoldReason>;

		/// The currency of bonds.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The jobs that are disputed.
		type Jobs: DisputedJobs<Self::AccountId, BlockNumberFor<Self>>;

		/// The bond of a challenger. If too small, strangers make validators re-execute for fun; if too large, only
		/// the rich can challenge. A challenge keeps the bond with which it was made.
		type ChallengeBond: Get<BalanceOf<Self>>;

		/// The share of a forfeited bond that is burned; wrongly accused workers get the rest. If too small, a worker
		/// that challenges itself makes all validators work for free; if too large, wrongly accused workers get
		/// nothing.
		type ForfeitBurn: Get<Permill>;

		/// The maximum number of validators that may vote. If a session has more, the rest have no vote, so it must not
		/// be smaller than the sessions' own bound.
		#[pallet::constant]
		type MaxValidators: Get<u32>;

		/// The maximum number of blocks of a round of votes, unless the first one is longer already. If too small,
		/// rounds begin before the validators can change or files arrive; if too large, a dispute stays open after they
		/// have.
		#[pallet::constant]
		type MaxRound: Get<BlockNumberFor<Self>>;

		/// Decides disputes on which the validators never agree. Whoever has this origin can slash and pay at will: it
		/// needs the highest threshold.
		type RulingOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The maximum number of disputes whose rounds end in one block. More wait for the next block. Too small, and
		/// deadlines pass late; if too large, a block has room for little else.
		#[pallet::constant]
		type DuePerBlock: Get<u32>;

		/// The maximum weight of one [`DisputedJobs::apply_ruling`].
		type RulingWeight: Get<Weight>;

		/// How a watcher's account signs: [`WatcherAppCrypto`].
		type WatcherId: AppCrypto<Self::Public, Self::Signature>;

		/// Weights of the calls and hooks.
		type WeightInfo: WeightInfo;

		/// What benchmarks need from other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper;
	}

	/// Why this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The bond of an open challenge. It is released, or burned in part and paid to wrongly accused workers.
		ChallengeBond,
	}

	/// Every open dispute.
	///
	/// Invariants: [`Agenda`] lists each exactly once, at [`Dispute::due`]; its tally counts those of its [`Votes`]
	/// that are of its electorate, and nothing has a quorum unless its answer is awaited; its challenges are of
	/// distinct accounts with distinct digests, differ from the result that they contest, and each bond is on hold.
	#[pallet::storage]
	pub type Disputes<T: Config> = StorageMap<_, Twox64Concat, JobId, Dispute<T>>;

	/// The vote of each validator in each open dispute, whatever the round in which it was cast.
	///
	/// Invariant: at most `MaxValidators` votes in a dispute are of validators outside its electorate.
	#[pallet::storage]
	pub type Votes<T: Config> =
		StorageDoubleMap<_, Twox64Concat, JobId, Blake2_128Concat, T::AccountId, Verdict, OptionQuery>;

	/// The number of blocks since genesis that had room for a challenge when they ended.
	///
	/// Invariant: at most the number of the current block.
	#[pallet::storage]
	pub type BlocksWithRoom<T> = StorageValue<_, u64, ValueQuery>;

	/// The number of the electorate of the current session.
	#[pallet::storage]
	pub type CurrentElectorate<T> = StorageValue<_, u32, ValueQuery>;

	/// The validators of the current session, and of those under which rounds are under way.
	///
	/// Invariant: there are no others.
	#[pallet::storage]
	pub type Electorates<T: Config> = StorageMap<_, Twox64Concat, u32, ElectorateOf<T>>;

	/// The number of open disputes under each electorate. Absent if there are none.
	#[pallet::storage]
	pub type OpenDisputes<T> = StorageMap<_, Twox64Concat, u32, u32, ValueQuery>;

	/// The record of each validator since genesis. Records are never removed: they outlive a validator.
	#[pallet::storage]
	pub type VoterRecords<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, VoterRecord, ValueQuery>;

	/// The disputes whose round ends at the start of each block, unless they are decided before.
	///
	/// Invariants: every dispute in it is open, and no key is before [`NextDue`].
	#[pallet::storage]
	pub type Agenda<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, JobId, (), OptionQuery>;

	/// The first block whose agenda is not finished.
	#[pallet::storage]
	pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A dispute was opened. `electorate` validators may vote up to and including block `deadline`.
		Opened {
			job: JobId,
			electorate: u32,
			deadline: BlockNumberFor<T>,
		},
		/// A result was challenged, and the bond was put on hold.
		Challenged {
			job: JobId,
			challenger: T::AccountId,
			digest: OutcomeDigest,
			bond: BalanceOf<T>,
		},
		/// A validator has voted.
		Voted {
			job: JobId,
			validator: T::AccountId,
			verdict: Verdict,
		},
		/// A round ended without a verdict, and the next one began. `electorate` validators may vote up to and
		/// including block `deadline`.
		RoundBegun {
			job: JobId,
			round: u32,
			electorate: u32,
			deadline: BlockNumberFor<T>,
		},
		/// The verdict is the answer with this digest, which anybody may bring up to and including block `until`.
		AnswerAwaited {
			job: JobId,
			digest: OutcomeDigest,
			until: BlockNumberFor<T>,
		},
		/// A dispute has ended, after `votes` votes.
		Decided { job: JobId, verdict: Verdict, votes: u32 },
		/// A challenger was wrong and lost its bond: `burned` of `amount` was burned, the rest was paid to the accused
		/// workers.
		BondForfeited {
			job: JobId,
			challenger: T::AccountId,
			amount: BalanceOf<T>,
			burned: BalanceOf<T>,
		},
		/// A challenger was right, or the task cannot be run, and its bond was released.
		BondReleased {
			job: JobId,
			challenger: T::AccountId,
			amount: BalanceOf<T>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The job has no result that may be challenged now.
		NotChallengeable,
		/// The challenger brings the same result that it contests.
		SameResult,
		/// The account has already challenged this result.
		AlreadyChallenged,
		/// The result has the maximum number of challengers.
		TooManyChallenges,
		/// Another challenger has brought this digest.
		DigestTaken,
		/// Challenges cannot be joined after the first vote, or after the first round.
		ChallengesClosed,
		/// The answer is an artifact that is empty or longer than the protocol allows.
		InvalidArtifact,
		/// The validator may not vote in this dispute now.
		NotDue,
		/// The job has another task.
		WrongTask,
		/// There is no open dispute over the job.
		NotDisputed,
		/// The dispute has its verdict, and waits for the answer.
		AlreadyDecided,
		/// The dispute does not wait for this answer.
		NotAwaited,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::service_agendas(now).saturating_add(T::WeightInfo::count_room())
		}

		fn on_finalize(_: BlockNumberFor<T>) {
			Self::count_room();
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::vote_on_disputes(now);
			Self::watch_results(now);
		}

		fn integrity_test() {
			assert!(T::MaxValidators::get() > 0, "nobody could ever vote");
			assert!(T::DuePerBlock::get() > 0, "the agenda would never advance");
			assert!(
				Self::weight_of_agenda().all_lte(Self::share()),
				"the heaviest dispute does not fit its share of a block"
			);
			assert!(
				Self::weight_of(1).all_lte(Self::max_weight()),
				"a ballot of one vote does not fit into a block"
			);
			assert!(T::MaxRound::get() > Zero::zero(), "a round would have no block");
			assert!(Self::has_room(), "an empty block has no room for a challenge");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Returns the open dispute over a job.
		pub fn dispute(job: JobId) -> Option<DisputeInfo<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
			Self::dispute_info(job)
		}

		/// Returns the record of a validator since genesis.
		pub fn voter(account: T::AccountId) -> VoterRecord {
			VoterRecords::<T>::get(account)
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Challenges a provisional result. The bond is on hold until the dispute ends. Others may join a challenge
		/// with another digest until the first vote. Accepted only if the bond can be held and the account signed. An
		/// authorised challenge has no signer, so no fee is charged. One that an account signs like an ordinary
		/// transaction is charged and fails.
		///
		/// - `challenge`: The challenger, the job with its task, whose window is open or whose challenge can be joined,
		///   and the digest that the challenger holds to be right.
		/// - `signature`: The signature of the challenger's account over [`NewChallenge::message`].
		#[pallet::call_index(0)]
		#[pallet::weight((Pallet::<T>::weight_of_challenge(), DispatchClass::Operational))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_challenge())]
		#[pallet::authorize(Self::authorize_challenge)]
		pub fn challenge(
			origin: OriginFor<T>,
			challenge: NewChallengeOf<T>,
			_signature: <T as SigningTypes>::Signature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_challenge(challenge)
		}

		/// Votes for the right answers in disputes. Accepted only if every vote is due and the validator signed. An
		/// authorised ballot has no signer, so no account is charged. One that an account signs like an ordinary
		/// transaction is charged and fails.
		///
		/// Weighed as if every vote concluded a dispute; the unspent weight is refunded.
		///
		/// - `ballot`: The validator's key and its votes, ascending by job.
		/// - `signature`: The signature by that key over [`Ballot::message`].
		#[pallet::call_index(1)]
		#[pallet::weight(Pallet::<T>::weight_of(ballot.votes.len() as u32))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_vote(ballot.votes.len() as u32))]
		#[pallet::authorize(Self::authorize_vote)]
		pub fn vote(
			origin: OriginFor<T>,
			ballot: BallotOf<T>,
			_signature: VoterSignature,
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			Self::do_vote(ballot)
		}

		/// Brings the answer for which the tribunal waits, so that the job is settled with it. Accepted only if the
		/// verdict is its digest. Anybody may submit it, unsigned and without fee.
		///
		/// - `job`: A job whose dispute has a verdict.
		/// - `task`: The job's task.
		/// - `answer`: The answer with the digest of the verdict.
		#[pallet::call_index(2)]
		#[pallet::weight(
			T::WeightInfo::bring_answer(answer.encoded_size() as u32)
				.saturating_add(Pallet::<T>::weight_of_conclusion())
		)]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_answer(answer.encoded_size() as u32))]
		#[pallet::authorize(Self::authorize_answer)]
		pub fn bring_answer(
			origin: OriginFor<T>,
			job: JobId,
			task: TaskId,
			answer: Answer,
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			Self::do_bring_answer(job, task, answer)
		}

		/// Decides a dispute on which the validators do not agree.
		///
		/// - `job`: A job with an open dispute.
		/// - `task`: The job's task.
		/// - `verdict`: The digest of the right answer, or that the task cannot be run.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::rule().saturating_add(Pallet::<T>::weight_of_conclusion()))]
		pub fn rule(origin: OriginFor<T>, job: JobId, task: TaskId, verdict: Verdict) -> DispatchResultWithPostInfo {
			T::RulingOrigin::ensure_origin(origin)?;
			Self::do_rule(job, task, verdict)
		}
	}
}
