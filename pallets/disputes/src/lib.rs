//! # Disputes: the tribunal
//!
//! Where the workers of a job disagree, or somebody contests what they agree on, every validator runs the task itself, and two
//! thirds of them make the verdict. Few execute, a random few check, all judge what is disputed.
//!
//! ## Goals
//!
//! * **Every dispute ends.** With two thirds of its electorate, or without a verdict at its deadline. The job is told exactly once.
//! * **Those who judge are known before they judge.** The electorate of a dispute is the validators of the session in which it
//!   opens. Later sessions change nothing about it.
//! * **Silence decides nothing.** What counts is two thirds of the electorate, not of the votes; a third that never votes stops
//!   no verdict.
//! * **An accusation costs something if it is false, and nothing if it is true.** A challenger's bond comes back with the
//!   verdict; or a share of it is burned, so that nobody accuses itself for nothing, and the rest goes to those it accused. A bond
//!   is held, never lent, and never stuck: what cannot be received is burned.
//! * **A vote that cannot count costs nobody anything.** It is refused before it enters a block.
//!
//! ## Life of a dispute
//!
//! ```text
//! workers differ ────────────> open ──two thirds agree──> verdict: job settled or refunded, bonds back or forfeited
//! a result is challenged ──┘     │
//!                                └──deadline passes─────> no verdict: job refunded, bonds back
//! ```
//!
//! * **Opening.** The job hands a disagreement over by itself ([`Tribunal`](assay_primitives::traits::Tribunal)). A provisional
//!   result is contested with `challenge`: the challenger brings the answer it holds to be right and puts up a bond. Until the
//!   first vote is in, others may join with theirs, up to [`MAX_CHALLENGES`].
//! * **Voting.** Each validator votes once, in authorised submissions that carry many votes and cost no fee. The vote that
//!   completes two thirds decides at once.
//! * **The end.** The job learns the verdict, who challenged rightly, and the answer a challenger brought; it slashes, pays and
//!   says whose answers are confirmed. Of bonds of challengers with another digest a share is burned and the rest goes to those in equal
//!   parts. Each validator's record says whether it voted with the verdict, against it, or was absent.
//!
//! ## Data
//!
//! `Disputes` holds what every vote needs, and the tally, so that deciding searches nothing. The answers that challengers bring may be
//! large and matter only in the end, so they lie in `Answers`, equal ones once. `Electorates` keeps the validators of the present
//! session and of those under which disputes are open, counted in `OpenDisputes`; it changes only when the validators do.
//! `Agenda` sorts disputes by the block at whose start they end without a verdict; it is worked off a bounded number a block, and
//! a backlog is carried over in order.
//!
//! ## Off-chain worker
//!
//! **Votes.** For each of the node's keys that stands in the electorate of an open dispute and has not voted, the hook asks the
//! node (`assay_primitives::host`) for the answer. The call returns at once, whatever the model costs. What is ready is voted.
//! Nothing but a note of recent submissions is kept.
//!
//! **Watching.** A node that watches a share of results chooses jobs by a hash of their number and of a secret it never shows, so
//! nobody can know which results are safe to falsify. It re-executes those it chose while they may be challenged, and challenges
//! what differs in the name of its watcher account.
//!
//! ## Terminology
//!
//! * **Electorate**: the validators that decide a dispute, each with its key at that time.
//! * **Quorum**: how many of them must agree: two thirds, rounded up.
//! * **Verdict**: the digest of the answer they agree on.
//! * **Challenge**: somebody's word, backed by a bond, that a provisional result is wrong. It is *upheld* if the verdict is its digest.
//! * **Watcher**: an account in whose name a node challenges.

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
		traits::Docket,
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

		/// What bonds are put up in.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The jobs that are disputed.
		type Jobs: Docket<Self::AccountId, BlockNumberFor<Self>>;

		/// What a challenger puts up. Too small, and validators re-execute for the fun of strangers; too large, and only the rich can
		/// be right. A challenge keeps the bond it was made with.
		type ChallengeBond: Get<BalanceOf<Self>>;

		/// The share of a forfeited bond that is burned; those who were accused wrongly get the rest. Too small, and a worker that
		/// challenges itself has all validators work for nothing; too large, and whoever is accused wrongly gets nothing for it.
		type ForfeitBurn: Get<Permill>;

		/// The most validators that may vote. If a session has more, the rest have no vote, so it must not be smaller than the
		/// sessions' own bound.
		#[pallet::constant]
		type MaxValidators: Get<u32>;

		/// The most disputes that end without a verdict in one block. Further ones wait for the next block.
		#[pallet::constant]
		type DuePerBlock: Get<u32>;

		/// The most that one [`Docket::rule`] takes.
		type RuleWeight: Get<Weight>;

		/// How a watcher's account signs: [`WatcherAppCrypto`].
		type WatcherId: AppCrypto<Self::Public, Self::Signature>;

		/// Weights of the calls and hooks.
		type WeightInfo: WeightInfo;

		/// What benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper;
	}

	/// Why this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The bond of a challenge that is not decided. It goes back, or is burned in part and given to those who were accused
		/// wrongly.
		Challenge,
	}

	/// Every dispute that is not decided.
	///
	/// Invariants: each stands in [`Agenda`] exactly once, at [`Dispute::due`]; its tally counts its [`Votes`], and no digest has
	/// a quorum; its challenges are of distinct accounts, differ from the result they contest, and each bond is on hold.
	#[pallet::storage]
	pub type Disputes<T: Config> = StorageMap<_, Twox64Concat, JobId, Dispute<T>>;

	/// The answers that challengers brought, by digest.
	///
	/// Invariants: each has the digest it stands under, and they are those of the challenges.
	#[pallet::storage]
	pub type Answers<T> = StorageDoubleMap<_, Twox64Concat, JobId, Identity, OutcomeDigest, Answer>;

	/// What each validator voted in each open dispute, by its place in the electorate.
	#[pallet::storage]
	pub type Votes<T> = StorageDoubleMap<_, Twox64Concat, JobId, Twox64Concat, u32, OutcomeDigest>;

	/// The number of the electorate of the present session.
	#[pallet::storage]
	pub type CurrentElectorate<T> = StorageValue<_, u32, ValueQuery>;

	/// The validators of the present session, and of those under which disputes are open.
	///
	/// Invariant: no other.
	#[pallet::storage]
	pub type Electorates<T: Config> = StorageMap<_, Twox64Concat, u32, ElectorateOf<T>>;

	/// How many disputes are open under each electorate. Absent where there are none.
	#[pallet::storage]
	pub type OpenDisputes<T> = StorageMap<_, Twox64Concat, u32, u32, ValueQuery>;

	/// How each account has voted since genesis. Entries are never removed: a record outlives a validator.
	#[pallet::storage]
	pub type VoterRecords<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, VoterRecord, ValueQuery>;

	/// Which disputes end without a verdict at the start of which block unless they are decided before.
	///
	/// Invariants: every key's dispute is open, and no key lies before [`NextDue`].
	#[pallet::storage]
	pub type Agenda<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, JobId, (), OptionQuery>;

	/// The first block whose agenda is not worked off.
	#[pallet::storage]
	pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// So many validators may vote on a job, up to and including block `deadline`.
		Opened {
			job: JobId,
			electorate: u32,
			deadline: BlockNumberFor<T>,
		},
		/// Somebody contests a result, and put up a bond.
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
		/// A dispute has ended with so many votes cast, whatever for; without a verdict if too few agreed in time.
		Decided {
			job: JobId,
			verdict: Option<OutcomeDigest>,
			votes: u32,
		},
		/// A challenger was wrong, and its bond is gone: `burned` of `amount` was burned, the rest is with those it accused.
		Forfeited {
			job: JobId,
			challenger: T::AccountId,
			amount: BalanceOf<T>,
			burned: BalanceOf<T>,
		},
		/// A challenger was right, or there is no verdict, and its bond is released.
		Returned {
			job: JobId,
			challenger: T::AccountId,
			amount: BalanceOf<T>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The job has no result that may be challenged now.
		NotChallengeable,
		/// The challenger brings the very result it contests.
		SameResult,
		/// The account has challenged this result already.
		AlreadyChallenged,
		/// The result has as many challengers as it may have.
		TooManyChallenges,
		/// Validators have begun to vote, or had the time to: nobody may join after that.
		TooLate,
		/// The answer is an artifact that is empty or larger than the protocol allows.
		BadArtifact,
		/// The dispute is not one that this validator may vote in now.
		NotDue,
		/// The job is before the tribunal already.
		AlreadyDisputed,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::work_off_agenda(now)
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::vote_on_disputes(now);
			Self::watch_results(now);
		}

		fn integrity_test() {
			assert!(T::MaxValidators::get() > 0, "nobody could ever vote");
			assert!(T::DuePerBlock::get() > 0, "the agenda would never move");
			assert!(
				Self::weight_of(1).all_lte(Self::max_weight()),
				"not even one vote would fit into a block"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The dispute over a job; `None` if there is none, or no longer.
		pub fn info(job: JobId) -> Option<DisputeInfo<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
			Self::dispute(job)
		}

		/// How an account has voted since genesis.
		pub fn voter(account: T::AccountId) -> VoterRecord {
			VoterRecords::<T>::get(account)
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Contest a provisional result. The bond is held until the validators have decided. Others may join a challenge until the
		/// first vote is in.
		///
		/// - `job`: a job with a provisional result whose window is open, or that was challenged just now.
		/// - `answer`: the answer that the caller holds to be right. If the verdict is its digest, the job is settled with it.
		#[pallet::call_index(0)]
		#[pallet::weight({
			let b = answer.encoded_size() as u32;
			T::WeightInfo::challenge(b).max(T::WeightInfo::join_challenge(b))
		})]
		pub fn challenge(origin: OriginFor<T>, job: JobId, answer: Answer) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_challenge(who, job, answer)
		}

		/// Vote on what the right answers are. Accepted only if every vote is due and the validator signed. An authorised ballot has
		/// no signer, so nobody is charged; whoever signs one like an ordinary transaction pays and fails.
		///
		/// Weighed as if every vote decided; what that was too much is given back.
		///
		/// - `ballot`: the validator's key and its votes, ascending by job.
		/// - `signature`: by that key over [`Ballot::message`].
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
