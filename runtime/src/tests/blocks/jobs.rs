//! The heaviest jobs: with the maximum number of participants and the largest inline answers.

use crate::{
	fixtures::{input, WIDTH},
	tests::chain::{open_model, Worker},
	*,
};
use assay_primitives::{
	api::{Participant, ParticipantStatus, Role},
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

/// A commitment to anything.
const SALT: Hash = Hash::repeat_byte(1);
/// A deadline, in blocks from now, that no test reaches.
const LONG: BlockNumber = HOURS;

type Job = pallet_jobs::JobOf<Runtime>;

/// Returns the largest inline answer, a different one for each `seed`.
pub fn large_answer(seed: u8) -> Answer {
	Answer {
		root: None,
		outcome: Payload::Inline(BoundedVec::truncate_from(vec![seed; MAX_INLINE as usize])),
	}
}

/// Returns terms with ample periods.
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

/// Stores a job in a state whose last block is `last`, and moves it to the corresponding place on the agenda.
pub fn store(id: JobId, mut job: Job, state: JobState<BlockNumber>, last: BlockNumber) {
	if let Some(place) = job.agenda {
		pallet_jobs::Agenda::<Runtime>::remove(place, id);
	}
	pallet_jobs::Agenda::<Runtime>::insert(last + 1, id, ());
	job.agenda = Some(last + 1);
	if job.state.may_draw() && !state.may_draw() {
		pallet_jobs::ReservedDraws::<Runtime>::mutate(|reserved| *reserved -= job.terms.draws());
	}
	job.state = state;
	pallet_jobs::Jobs::<Runtime>::insert(id, job);
}

/// A model with enough slots for everything below.
pub struct Staff {
	pub model: ModelId,
}

impl Staff {
	/// Registers enough workers to offer `slots` slots.
	pub fn with_slots(slots: u32) -> Self {
		let model = open_model(b"everybody's");
		let workers = slots.div_ceil(<Runtime as pallet_workers::Config>::MaxSlots::get());
		for number in 0..workers.max(2 * MAX_PARTICIPANTS) {
			Worker::register(number).serve(model);
		}
		Self { model }
	}

	/// Creates a job with the maximum number of participants, each with the `status` for its index, in a state whose
	/// last block is `last`.
	fn staffed(
		&self,
		state: JobState<BlockNumber>,
		last: BlockNumber,
		status: impl Fn(usize) -> ParticipantStatus,
	) -> JobId {
		let id = request(self.model, MAX_CHECKERS);
		let mut job = job(id);
		let taken: Vec<_> = job.participants.iter().map(|p| p.worker.clone()).collect();
		let seeds: Vec<_> = (1..MAX_PARTICIPANTS).map(|n| BlakeTwo256::hash_of(&(id, n))).collect();
		for (n, named) in (1..).zip(Workers::draw_checkers(&self.model, id, &seeds, &taken)) {
			assert!(named.is_drawn, "there are enough workers");
			let role = match n > u32::from(MAX_CHECKERS) {
				true => Role::Auditor,
				false => Role::Checker,
			};
			let participant = Participant {
				worker: named.worker,
				role,
				status: ParticipantStatus::Drawn,
			};
			job.participants.try_push(participant).expect("there is room");
		}
		job.audited = true;
		for (place, participant) in job.participants.iter_mut().enumerate() {
			participant.status = status(place);
		}
		store(id, job, state, last);
		id
	}

	/// Creates a job in which all agree, which settles after block `until`.
	pub fn agreed(&self, until: BlockNumber) -> (JobId, OutcomeDigest) {
		let answer = large_answer(0);
		let digest = answer.digest();
		let state = JobState::Provisional {
			since: System::block_number(),
			until,
			closes_at: 0,
			digest,
		};
		let id = self.staffed(state, until, |_| ParticipantStatus::Revealed(digest));
		pallet_jobs::Answers::<Runtime>::insert(id, digest, answer);
		(id, digest)
	}

	/// Creates a job in which all except the executor fail to reveal their commitments by `deadline`, so that it goes
	/// to the tribunal.
	pub fn silent(&self, deadline: BlockNumber) -> JobId {
		let answer = large_answer(0);
		let digest = answer.digest();
		let id = self.staffed(JobState::Revealing { deadline }, deadline, |place| match place {
			0 => ParticipantStatus::Revealed(digest),
			_ => ParticipantStatus::Committed(SALT),
		});
		pallet_jobs::Answers::<Runtime>::insert(id, digest, answer);
		pallet_jobs::Jobs::<Runtime>::mutate(id, |job| job.as_mut().expect("it was just made").escalated = true);
		id
	}

	/// Creates a job in which only the executor has committed by `deadline`.
	pub fn absent(&self, deadline: BlockNumber) -> JobId {
		self.staffed(JobState::Checking { deadline }, deadline, |place| match place {
			0 => ParticipantStatus::Committed(SALT),
			_ => ParticipantStatus::Drawn,
		})
	}

	/// Creates a job that was just claimed, without checkers, but certain to be audited: the minimum number of draws
	/// for a job, which makes each the dearest.
	pub fn claimed(&self) -> JobId {
		let id = request(self.model, 0);
		let mut job = job(id);
		job.terms.odds.audit_rate = Permill::one();
		let submission = Submission {
			worker: job.participants[0].worker.clone(),
			at: System::block_number(),
			steps: BoundedVec::truncate_from(vec![Step::Commit {
				job: id,
				task: job.task,
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

/// Returns the heaviest submission of a worker: the maximum number of steps, each the last reveal of a job with the
/// largest answer.
pub fn largest_submission(worker: &Worker, model: ModelId) -> pallet_jobs::Call<Runtime> {
	let answer = large_answer(1);
	let digest = answer.digest();
	let deadline = System::block_number() + LONG;
	let steps: Vec<_> = (0..MAX_STEPS)
		.map(|_| {
			let id = request(model, 0);
			let mut job = job(id);
			let bound = commitment(System::block_hash(0), id, job.task, &worker.account(), digest, SALT);
			job.participants[0].status = ParticipantStatus::Committed(bound);
			let task = job.task;
			store(id, job, JobState::Revealing { deadline }, deadline);
			Step::Reveal {
				job: id,
				task,
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
