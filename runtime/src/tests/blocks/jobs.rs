//! Jobs at their dearest: with as many participants as may be and the largest answers that travel inline.

use crate::{
	fixtures::{input, WIDTH},
	tests::chain::{open_model, Worker},
	*,
};
use assay_primitives::{
	api::{Duty, Participant, Standing},
	key::{commitment, WorkerSignature},
	terms::{Terms, Window, MAX_CHECKERS},
	traits::WorkerPool,
	Answer, JobId, ModelId, OutcomeDigest, Payload, MAX_INLINE,
};
use frame_support::{assert_ok, traits::Get};
use frame_system::RawOrigin;
use pallet_jobs::{JobState, Step, Submission, MAX_PARTICIPANTS, MAX_STEPS};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::Eve;
use sp_runtime::{
	traits::{BlakeTwo256, Dispatchable, Hash as _},
	BoundedVec, Permill,
};

/// Whatever was committed to, and whatever hides it.
const SALT: Hash = Hash::repeat_byte(1);
/// Blocks for which a job that is not to fall due has time.
const LONG: BlockNumber = HOURS;

type Job = pallet_jobs::JobOf<Runtime>;

/// The largest answer that travels inline, another for each `seed`.
pub fn large_answer(seed: u8) -> Answer {
	Answer {
		root: None,
		outcome: Payload::Inline(BoundedVec::truncate_from(vec![seed; MAX_INLINE as usize])),
	}
}

/// Terms that leave time for everything.
pub fn terms(checkers: u8) -> Terms<Balance> {
	Terms {
		checkers,
		max_fee: ASY,
		value_at_risk: 0,
		window: Window::Long,
		allow_unlisted: false,
	}
}

pub fn job(id: JobId) -> Job {
	pallet_jobs::Jobs::<Runtime>::get(id).expect("the job exists")
}

fn request(model: ModelId, checkers: u8) -> JobId {
	let id = pallet_jobs::NextJob::<Runtime>::get();
	let eve = RuntimeOrigin::signed(Eve.to_account_id());
	assert_ok!(Jobs::request(eve, model.into(), 1, input(WIDTH, 1), terms(checkers)));
	id
}

/// Takes a job to a state whose last block is `last`, and to the place on the agenda that follows from it.
pub fn bring(id: JobId, mut job: Job, state: JobState<BlockNumber>, last: BlockNumber) {
	pallet_jobs::Agenda::<Runtime>::remove(job.agenda, id);
	pallet_jobs::Agenda::<Runtime>::insert(last + 1, id, ());
	job.agenda = last + 1;
	job.state = state;
	pallet_jobs::Jobs::<Runtime>::insert(id, job);
}

/// A model with so many slots that nothing below runs out of them.
pub struct Staff {
	pub model: ModelId,
}

impl Staff {
	/// Has as many workers as it takes to offer so many slots.
	pub fn with_slots(slots: u32) -> Self {
		let model = open_model(b"everybody's");
		let workers = slots.div_ceil(<Runtime as pallet_workers::Config>::MaxSlots::get());
		for number in 0..workers.max(2 * MAX_PARTICIPANTS) {
			Worker::register(number).serve(model);
		}
		Self { model }
	}

	/// A job in which as many take part as may, each `standing` as its place in the list says, in a state whose last block is `last`.
	fn staffed(&self, state: JobState<BlockNumber>, last: BlockNumber, standing: impl Fn(usize) -> Standing) -> JobId {
		let id = request(self.model, MAX_CHECKERS);
		let mut job = job(id);
		Workers::unreserve(&self.model, core::mem::take(&mut job.reserved).into());
		while (job.participants.len() as u32) < MAX_PARTICIPANTS {
			let taken: Vec<_> = job.participants.iter().map(|p| p.worker.clone()).collect();
			let duty = match taken.len() > usize::from(MAX_CHECKERS) {
				true => Duty::Auditor,
				false => Duty::Checker,
			};
			let seed = BlakeTwo256::hash_of(&(id, taken.len() as u32));
			let worker = Workers::draw(&self.model, id, seed, &taken).expect("there are slots enough");
			let participant = Participant {
				worker,
				duty,
				standing: Standing::Drawn,
			};
			job.participants.try_push(participant).expect("there is room");
		}
		job.audited = true;
		for (place, participant) in job.participants.iter_mut().enumerate() {
			participant.standing = standing(place);
		}
		bring(id, job, state, last);
		id
	}

	/// All agree. The job settles after block `until`.
	pub fn agreed(&self, until: BlockNumber) -> (JobId, OutcomeDigest) {
		let answer = large_answer(0);
		let digest = answer.digest();
		let state = JobState::Provisional {
			since: System::block_number(),
			until,
			digest,
		};
		let id = self.staffed(state, until, |_| Standing::Revealed(digest));
		pallet_jobs::Answers::<Runtime>::insert(id, digest, answer);
		(id, digest)
	}

	/// All but the executor are bound to an answer that they do not show by `deadline`, and the tribunal is to look at the rest.
	pub fn silent(&self, deadline: BlockNumber) -> JobId {
		let answer = large_answer(0);
		let digest = answer.digest();
		let id = self.staffed(JobState::Revealing { deadline }, deadline, |place| match place {
			0 => Standing::Revealed(digest),
			_ => Standing::Committed(SALT),
		});
		pallet_jobs::Answers::<Runtime>::insert(id, digest, answer);
		pallet_jobs::Jobs::<Runtime>::mutate(id, |job| job.as_mut().expect("it was just made").escalated = true);
		id
	}

	/// Nobody but the executor is bound to an answer by `deadline`.
	pub fn absent(&self, deadline: BlockNumber) -> JobId {
		self.staffed(JobState::Checking { deadline }, deadline, |place| match place {
			0 => Standing::Committed(SALT),
			_ => Standing::Drawn,
		})
	}

	/// Claimed just now, without checkers, but certain to be audited: the fewest workers that are drawn for a job, and so the dearest
	/// ones.
	pub fn claimed(&self) -> JobId {
		let id = request(self.model, 0);
		let mut job = job(id);
		job.deal.odds.audit = Permill::one();
		let submission = Submission {
			worker: job.participants[0].worker.clone(),
			at: System::block_number(),
			steps: BoundedVec::truncate_from(vec![Step::Commit {
				job: id,
				commitment: SALT,
			}]),
		};
		pallet_jobs::Jobs::<Runtime>::insert(id, job);
		let signature = WorkerSignature::from(sp_core::ed25519::Signature::default());
		let call = RuntimeCall::from(pallet_jobs::Call::submit { submission, signature });
		assert_ok!(call.dispatch(RawOrigin::Authorized.into()));
		assert!(matches!(self::job(id).state, JobState::Drawing { .. }));
		id
	}
}

/// The dearest submission that a worker can make: in as many jobs as it may name the last reveal, each of the largest answer.
pub fn largest_submission(worker: &Worker, model: ModelId) -> pallet_jobs::Call<Runtime> {
	let answer = large_answer(1);
	let digest = answer.digest();
	let deadline = System::block_number() + LONG;
	let steps: Vec<_> = (0..MAX_STEPS)
		.map(|_| {
			let id = request(model, 0);
			let mut job = job(id);
			let bound = commitment(System::block_hash(0), id, &worker.account(), digest, SALT);
			job.participants[0].standing = Standing::Committed(bound);
			bring(id, job, JobState::Revealing { deadline }, deadline);
			Step::Reveal {
				job: id,
				digest,
				salt: SALT,
				answer: Some(answer.clone()),
			}
		})
		.collect();
	let submission = Submission {
		worker: worker.account(),
		at: System::block_number(),
		steps: BoundedVec::truncate_from(steps),
	};
	let signature = worker.key.sign(&submission.message(System::block_hash(0)));
	pallet_jobs::Call::submit { submission, signature }
}
