//! # Disputes: the tribunal
//!
//! If the workers of a job disagree, or their result is challenged, every validator runs the task itself, and two
//! thirds of the validators make the verdict. A few workers execute, a random few check, and all validators judge what
//! is disputed.
//!
//! ## Goals
//!
//! * **Every dispute ends.** With two thirds of its electorate, or without a verdict at its deadline. The job is
//!   notified exactly once.
//! * **The electorate is known before it votes.** It consists of the validators of the session in which the dispute
//!   opens. Later sessions do not change it.
//! * **Silence decides nothing.** A verdict needs two thirds of the electorate, not of the votes. A third that never
//!   votes cannot stop it.
//! * **An accusation costs something if it is false, and nothing if it is true.** The bond of a challenger that was
//!   right is released. Of one that was wrong, the accused workers get a part; a share is burned, because otherwise a
//!   worker could accuse itself for free. A bond never stays on hold: what cannot be received is burned.
//! * **A vote that cannot count costs nothing.** It is refused before it enters a block.
//!
//! ## Life of a dispute
//!
//! ```text
//! workers differ ────────────> open ─two thirds agree─> verdict: job settled or refunded,
//! a result is challenged ──┘     │                      bonds released or forfeited
//!                                └─deadline passes──> no verdict: job refunded, bonds released
//! ```
//!
//! * **Opening.** A job whose workers disagree opens its dispute itself
//!   ([`Tribunal`](assay_primitives::traits::Tribunal)). Any account may contest a provisional result with `challenge`:
//!   the challenger brings the answer that it holds to be right and posts a bond. Until the first vote, others may join
//!   with an answer and a bond of their own, up to [`MAX_CHALLENGES`].
//! * **Voting.** Each validator votes once, in authorised submissions that carry many votes and cost no fee. The vote
//!   that completes two thirds decides at once.
//! * **The end.** The job gets the verdict, the upheld challengers, and the answer that they brought. It slashes, pays
//!   and returns the workers whose answers are confirmed. A challenger with another digest forfeits its bond: a share
//!   is burned, and the rest is paid to these workers in equal parts. Each validator's record says whether it voted
//!   with the verdict, against it, or was absent.
//!
//! ## Data
//!
//! `Disputes` holds what every vote needs, and the tally, so that deciding searches nothing. The answers that
//! challengers bring may be large and matter only in the end, so they are stored in `Answers`, equal ones once.
//! `Electorates` holds the validators of the current session and of those under which disputes are open, counted in
//! `OpenDisputes`; it changes only when the validators do. `Agenda` sorts disputes by the block at the start of which
//! they end without a verdict. A bounded number ends in each block, and a backlog is carried over in order.
//!
//! ## Off-chain worker
//!
//! **Votes.** For each of the node's keys that is in the electorate of an open dispute and has not voted, the hook asks
//! the node (`assay_primitives::host`) for the answer. The call returns at once, whatever the model costs. Votes are
//! cast with the answers that are ready. Only a note of recent submissions is stored.
//!
//! **Watching.** A node that watches a share of results selects jobs by a hash of their number and of a secret that it
//! never reveals, so no worker can know which results are safe to falsify. It re-executes the selected jobs while they
//! may be challenged, and challenges wrong results from its watcher account. If there are more than it can hold or
//! re-execute, the same hash decides which are left out, so every result keeps the same chance, and the node is
//! notified of the share that is left. After a reorganisation it compares the results of the new fork.
//!
//! ## Terminology
//!
//! * **Electorate**: the validators that decide a dispute, each with its key at that time.
//! * **Quorum**: the number of them that must agree: two thirds, rounded up.
//! * **Verdict**: the digest of the answer on which they agree.
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
#[cfg(test)]
mod mock;
mod offchain;
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
		api::{DisputeInfo, VoterRecord},
		batch::Answer,
		key::VoterSignature,
		traits::DisputedJobs,
		JobId, OutcomeDigest,
	};
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::{
		ensure_authorized,
		offchain::{AppCrypto, CreateAuthorizedTransaction, CreateSignedTransaction},
		pallet_prelude::*,
	};
	use sp_core::H256;
	use sp_runtime::Permill;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>>
		+ CreateSignedTransaction<Call<Self>>
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

		/// The maximum number of disputes that end without a verdict in one block. More wait for the next block. Too
		/// small, and deadlines pass late; if too large, a block has room for little else.
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
	/// Invariants: [`Agenda`] lists each exactly once, at [`Dispute::due`]; its tally counts its [`Votes`], and no
	/// digest has a quorum; its challenges are of distinct accounts, differ from the result that they contest, and each
	/// bond is on hold.
	#[pallet::storage]
	pub type Disputes<T: Config> = StorageMap<_, Twox64Concat, JobId, Dispute<T>>;

	/// The answers that challengers brought, by digest.
	///
	/// Invariants: each answer is stored under its own digest, and they are those of the challenges.
	#[pallet::storage]
	pub type Answers<T> = StorageDoubleMap<_, Twox64Concat, JobId, Identity, OutcomeDigest, Answer>;

	/// The vote of each validator in each open dispute, by its seat in the electorate.
	#[pallet::storage]
	pub type Votes<T> = StorageDoubleMap<_, Twox64Concat, JobId, Twox64Concat, u32, OutcomeDigest>;

	/// The number of the electorate of the current session.
	#[pallet::storage]
	pub type CurrentElectorate<T> = StorageValue<_, u32, ValueQuery>;

	/// The validators of the current session, and of those under which disputes are open.
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

	/// The disputes that end without a verdict at the start of each block, unless they are decided before.
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
			digest: OutcomeDigest,
		},
		/// A dispute has ended with `votes` votes; without a verdict if too few agreed in time.
		Decided {
			job: JobId,
			verdict: Option<OutcomeDigest>,
			votes: u32,
		},
		/// A challenger was wrong and lost its bond: `burned` of `amount` was burned, the rest was paid to the accused
		/// workers.
		BondForfeited {
			job: JobId,
			challenger: T::AccountId,
			amount: BalanceOf<T>,
			burned: BalanceOf<T>,
		},
		/// A challenger was right, or there is no verdict, and its bond was released.
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
		/// Challenges cannot be joined after the first vote, or after the deadline.
		ChallengesClosed,
		/// The answer is an artifact that is empty or longer than the protocol allows.
		InvalidArtifact,
		/// The validator may not vote in this dispute now.
		NotDue,
		/// There is already a dispute over the job.
		AlreadyDisputed,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::service_agendas(now)
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
		/// until the first vote.
		///
		/// - `job`: A job with a provisional result whose window is open, or with a challenge that can be joined.
		/// - `answer`: The answer that the caller holds to be right. If the verdict is its digest, the job is settled
		///   with it.
		#[pallet::call_index(0)]
		#[pallet::weight({
			let b = answer.encoded_size() as u32;
			T::WeightInfo::challenge(b).max(T::WeightInfo::join_challenge(b))
		})]
		pub fn challenge(origin: OriginFor<T>, job: JobId, answer: Answer) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_challenge(who, job, answer)
		}

		/// Votes for the right answers in disputes. Accepted only if every vote is due and the validator signed. An
		/// authorised ballot has no signer, so no account is charged. One that an account signs like an ordinary
		/// transaction is charged and fails.
		///
		/// Weighed as if every vote decided; the unspent weight is refunded.
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
	}
}
