//! The set-up of the benchmarks.

use crate::*;
use alloc::{vec, vec::Vec};
use assay_primitives::{
	api::{ParticipantStatus, Role},
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

/// The maximum number of accounts that can challenge one result.
pub(super) const MAX_REPORTERS: u32 = 8;
/// More workers than any job has, so that every draw finds one.
pub(super) const CREW: u32 = 2 * MAX_PARTICIPANTS;
/// The number of slots of each worker where that matters.
pub(super) const BUSY_SLOTS: u32 = 256;
/// An arbitrary commitment or salt.
pub(super) const SALT: H256 = H256::repeat_byte(1);

pub(super) type WorkerOf<T> = (<T as frame_system::Config>::AccountId, WorkerKey);

/// Returns an open model and its workers, each with `slots` slots.
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

/// Returns terms that are accepted.
pub(super) fn terms<T: Config>(checkers: u32) -> Terms<BalanceOf<T>> {
	Terms {
		checkers: checkers as u8,
		max_fee: Bounded::max_value(),
		value_at_risk: Zero::zero(),
		window: Window::Short,
		allow_unlisted: false,
	}
}

/// Returns terms with as much value at risk as is accepted, which takes all slots that an executor may have.
pub(super) fn valuable<T: Config>(model: ModelId, items: u32, checkers: u32) -> Terms<BalanceOf<T>> {
	let terms = terms::<T>(checkers);
	let quote = Pallet::<T>::quote_request(model, items, &terms).expect("the model is open");
	Terms {
		value_at_risk: quote.most_at_risk,
		..terms
	}
}

/// Requests a job, which draws its executor, with as many slots as the workers have, up to the maximum.
pub(super) fn request_job<T: Config>(model: ModelId, checkers: u32) -> JobId {
	let (_, input) = T::BenchmarkHelper::model(64);
	let terms = valuable::<T>(model, 1, checkers);
	Pallet::<T>::do_request(requester::<T>(), model.into(), 1, input, terms).expect("the request is accepted")
}

pub(super) fn job<T: Config>(id: JobId) -> JobOf<T> {
	Jobs::<T>::get(id).expect("the job exists")
}

/// Requests a job and gives it this number of participants, the last of fourteen an auditor. [`CREW`] workers serve its
/// model, with as many slots as possible.
pub(super) fn staff_job<T: Config>(participants: u32) -> JobId {
	let (model, _) = crew::<T>(CREW, BUSY_SLOTS);
	let id = request_job::<T>(model, (participants - 1).min(MAX_CHECKERS.into()));
	let mut job = job::<T>(id);
	let taken: Vec<_> = job.participants.iter().map(|p| p.worker.clone()).collect();
	let seeds: Vec<_> = (1..participants).map(|n| BlakeTwo256::hash_of(&n)).collect();
	let named = T::Workers::draw_checkers(&model, id, &seeds, &taken);
	assert!(named.len() == seeds.len() && named.iter().all(|named| named.is_drawn));
	for (n, named) in (1..).zip(named) {
		let role = match n > u32::from(MAX_CHECKERS) {
			true => Role::Auditor,
			false => Role::Checker,
		};
		Pallet::<T>::add_participant(&mut job, named.worker, role);
		job.audited |= role == Role::Auditor;
	}
	Jobs::<T>::insert(id, job);
	id
}

/// Advances a job to `state`, and gives each participant, by its index, the status that `status` returns.
pub(super) fn advance_to<T: Config>(
	id: JobId,
	state: JobState<BlockNumberFor<T>>,
	status: impl Fn(usize) -> ParticipantStatus,
) {
	let mut job = job::<T>(id);
	for (n, participant) in job.participants.iter_mut().enumerate() {
		participant.status = status(n);
	}
	Pallet::<T>::advance(id, job, state);
}

/// Returns an answer of `bytes` bytes.
pub(super) fn answer(bytes: u32) -> Answer {
	Answer {
		root: None,
		outcome: Payload::Inline(BoundedVec::truncate_from(vec![3; bytes as usize])),
	}
}

/// Inserts this number of records of settled jobs with the maximum number of participants.
pub(super) fn insert_records<T: Config>(jobs: u32) {
	if jobs == 0 {
		return;
	}
	let id = staff_job::<T>(MAX_PARTICIPANTS);
	let since = now::<T>();
	let digest = all_reveal::<T>(id, |digest| JobState::Provisional {
		since,
		until: since,
		closes_at: 0,
		digest,
	});
	Pallet::<T>::settle(id, job::<T>(id), digest, None);
	let record = job::<T>(id);
	for n in 0..u64::from(jobs) {
		Jobs::<T>::insert(JobId(n), record.clone());
	}
	NextJob::<T>::put(JobId(jobs.into()));
}

/// Fills the first block for a draw with randomness younger than block `since`, as far as the next draw finds no room.
pub(super) fn fill_draws<T: Config>(since: BlockNumberFor<T>) {
	let others = (0..T::MaxDraws::get()).map(|n| (JobId(u64::MAX - u64::from(n)), 1));
	let jobs = BoundedVec::truncate_from(others.collect());
	let block = since.saturating_add(DRAW_DELAY.into());
	Draws::<T>::insert(block, DrawList { jobs });
	DrawCursor::<T>::put(block);
}

/// Makes all participants reveal the longest inline answer, stores it and returns its digest.
pub(super) fn all_reveal<T: Config>(
	id: JobId,
	state: impl Fn(OutcomeDigest) -> JobState<BlockNumberFor<T>>,
) -> OutcomeDigest {
	let answer = answer(MAX_INLINE);
	let digest = answer.digest();
	Pallet::<T>::store_answer(id, digest, answer);
	advance_to::<T>(id, state(digest), |_| ParticipantStatus::Revealed(digest));
	digest
}

/// Advances to the block in which a job is due. Returns the job's place on the agenda and that block.
pub(super) fn make_due<T: Config>(id: JobId) -> (BlockNumberFor<T>, BlockNumberFor<T>) {
	let job = job::<T>(id);
	let at = job.state.due().expect("the job is live");
	frame_system::Pallet::<T>::set_block_number(at);
	(job.agenda.expect("a live job has a place on the agenda"), at)
}

/// Returns a worker's key and its reveals in this number of jobs, each the last one of its job. All answers together
/// have `bytes` bytes.
pub(super) fn last_reveals<T: Config>(jobs: u32, bytes: u32) -> (WorkerKey, SubmissionOf<T>) {
	let (model, mut crew) = crew::<T>(1, jobs);
	let (worker, key) = crew.pop().expect("there is one");
	let answer = answer(bytes / jobs);
	let digest = answer.digest();
	let steps: Vec<_> = (0..jobs)
		.map(|_| {
			let id = request_job::<T>(model, 0);
			let task = job::<T>(id).task;
			let committed = commitment(Pallet::<T>::genesis(), id, task, &worker, digest, SALT);
			let deadline = now::<T>().saturating_add(One::one());
			advance_to::<T>(id, JobState::Revealing { deadline }, |_| {
				ParticipantStatus::Committed(committed)
			});
			Step::Reveal {
				job: id,
				task,
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
