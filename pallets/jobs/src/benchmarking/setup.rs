//! What the benchmarks set up.

use crate::{draw::QUEUE_TRIES, *};
use alloc::{vec, vec::Vec};
use assay_primitives::{
	api::{Duty, Standing},
	batch::Answer,
	key::{commitment, WorkerKey},
	terms::{Terms, Window, MAX_CHECKERS},
	traits::WorkerPool,
	JobId, ModelId, OutcomeDigest, Payload, MAX_INLINE,
};
use frame_benchmarking::v2::*;
use frame_support::{traits::Get, BoundedVec};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Bounded, Hash, One, Saturating, Zero};

/// The most accounts that can have challenged one result.
pub(super) const MAX_PROVERS: u32 = 8;
/// More workers than any job has, so that draws find one.
pub(super) const CREW: u32 = 2 * MAX_PARTICIPANTS;
/// Whatever was committed to.
pub(super) const SALT: H256 = H256::repeat_byte(1);

pub(super) type WorkerOf<T> = (<T as frame_system::Config>::AccountId, WorkerKey);

/// An open model that so many workers serve with so many slots each.
pub(super) fn crew<T: Config>(workers: u32, slots: u32) -> (ModelId, Vec<WorkerOf<T>>) {
	let (model, _) = T::BenchmarkHelper::model(64);
	let crew = (0..workers)
		.map(|seed| T::BenchmarkHelper::worker(seed, slots, model))
		.collect();
	(model, crew)
}

pub(super) fn now<T: Config>() -> BlockNumberFor<T> {
	frame_system::Pallet::<T>::block_number()
}

pub(super) fn requester<T: Config>() -> T::AccountId {
	let requester = whitelisted_caller();
	T::BenchmarkHelper::fund(&requester);
	requester
}

/// Terms that are accepted as they are.
pub(super) fn terms<T: Config>(checkers: u32) -> Terms<BalanceOf<T>> {
	Terms {
		checkers: checkers as u8,
		max_fee: Bounded::max_value(),
		value_at_risk: Zero::zero(),
		window: Window::Short,
		allow_unlisted: false,
	}
}

/// A new job, its executor drawn.
pub(super) fn requested<T: Config>(model: ModelId, checkers: u32) -> JobId {
	let (_, input) = T::BenchmarkHelper::model(64);
	Pallet::<T>::do_request(requester::<T>(), model.into(), 1, input, terms::<T>(checkers))
		.expect("the request is accepted")
}

pub(super) fn job<T: Config>(id: JobId) -> JobOf<T> {
	Jobs::<T>::get(id).expect("the job exists")
}

/// A new job with so many participants, the last of fourteen an auditor; [`CREW`] workers serve its model.
pub(super) fn staffed<T: Config>(participants: u32) -> JobId {
	let (model, _) = crew::<T>(CREW, 1);
	let id = requested::<T>(model, (participants - 1).min(MAX_CHECKERS.into()));
	let mut job = job::<T>(id);
	Pallet::<T>::unreserve(&mut job);
	while (job.participants.len() as u32) < participants {
		let taken: Vec<_> = job.participants.iter().map(|p| p.worker.clone()).collect();
		let worker = (0..1_000u32)
			.find_map(|n| T::Workers::draw(&model, id, BlakeTwo256::hash_of(&(taken.len() as u32, n)), &taken))
			.expect("there are more workers than participants");
		let duty = match taken.len() as u32 > MAX_CHECKERS.into() {
			true => Duty::Auditor,
			false => Duty::Checker,
		};
		Pallet::<T>::join(&mut job, worker, duty);
		job.audited |= duty == Duty::Auditor;
	}
	Jobs::<T>::insert(id, job);
	id
}

/// Takes a job to `state`, its participants standing as they are said to.
pub(super) fn bring<T: Config>(id: JobId, state: JobState<BlockNumberFor<T>>, standing: impl Fn(usize) -> Standing) {
	let mut job = job::<T>(id);
	Pallet::<T>::unreserve(&mut job);
	for (n, participant) in job.participants.iter_mut().enumerate() {
		participant.standing = standing(n);
	}
	Pallet::<T>::advance(id, job, state);
}

/// An answer of so many bytes.
pub(super) fn answer(bytes: u32) -> Answer {
	Answer {
		root: None,
		outcome: Payload::Inline(BoundedVec::truncate_from(vec![3; bytes as usize])),
	}
}

/// So many records of jobs with as many participants as there can be.
pub(super) fn recorded<T: Config>(jobs: u32) {
	if jobs == 0 {
		return;
	}
	let id = staffed::<T>(MAX_PARTICIPANTS);
	let since = now::<T>();
	let digest = agreed::<T>(id, |digest| JobState::Provisional {
		since,
		until: since,
		digest,
	});
	Pallet::<T>::settle(id, job::<T>(id), digest, None);
	let record = job::<T>(id);
	for n in 0..u64::from(jobs) {
		Jobs::<T>::insert(JobId(n), record.clone());
	}
	NextJob::<T>::put(JobId(jobs.into()));
}

/// Fills all blocks but the last in which a draw of block `since` may be.
pub(super) fn crowd_draws<T: Config>(since: BlockNumberFor<T>) {
	let others = (0..T::MaxDraws::get()).map(|n| (JobId(u64::MAX - u64::from(n)), 1));
	let jobs = BoundedVec::truncate_from(others.collect());
	for offset in 0..QUEUE_TRIES - 1 {
		let block = since.saturating_add((DRAW_DELAY + offset).into());
		Draws::<T>::insert(block, DrawList { jobs: jobs.clone() });
	}
}

/// Everybody gave the largest answer that travels inline, which is kept.
pub(super) fn agreed<T: Config>(
	id: JobId,
	state: impl Fn(OutcomeDigest) -> JobState<BlockNumberFor<T>>,
) -> OutcomeDigest {
	let answer = answer(MAX_INLINE);
	let digest = answer.digest();
	Pallet::<T>::keep(id, digest, answer);
	bring::<T>(id, state(digest), |_| Standing::Revealed(digest));
	digest
}

/// Lets a job fall due as the agenda does, in the block in which it is.
pub(super) fn due<T: Config>(id: JobId) -> (BlockNumberFor<T>, BlockNumberFor<T>) {
	let job = job::<T>(id);
	let at = job.state.due().expect("the job is live");
	frame_system::Pallet::<T>::set_block_number(at);
	(job.agenda, at)
}

/// One worker, and its reveals in so many jobs, each the last one of its job; all answers together have so many bytes.
pub(super) fn reveals<T: Config>(jobs: u32, bytes: u32) -> (WorkerKey, SubmissionOf<T>) {
	// Two slots stay idle for each that is busy, or the pool would be too crowded.
	let (model, mut crew) = crew::<T>(1, 3 * jobs);
	let (worker, key) = crew.pop().expect("there is one");
	let answer = answer(bytes / jobs);
	let digest = answer.digest();
	let steps: Vec<_> = (0..jobs)
		.map(|_| {
			let job = requested::<T>(model, 0);
			let committed = commitment(Pallet::<T>::genesis(), job, &worker, digest, SALT);
			let deadline = now::<T>().saturating_add(One::one());
			bring::<T>(job, JobState::Revealing { deadline }, |_| {
				Standing::Committed(committed)
			});
			Step::Reveal {
				job,
				digest,
				salt: SALT,
				answer: Some(answer.clone()),
			}
		})
		.collect();
	let steps = BoundedVec::truncate_from(steps);
	(
		key,
		Submission {
			worker,
			at: now::<T>(),
			steps,
		},
	)
}

pub(super) fn is_provisional<T: Config>(id: JobId) -> bool {
	matches!(job::<T>(id).state, JobState::Provisional { .. })
}
