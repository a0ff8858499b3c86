//! The bytes of state of a job, keys and values, in each of its states and as a record.

use super::{
	chain::{ballot, challenge},
	jobs::{commitment_to, revelation_of, run_to, status, submission, terms, with_model, workers_of},
};
use crate::{
	fixtures::{input, WIDTH},
	genesis_presets::LOCAL_RUNTIME_PRESET,
	*,
};
use alloc::collections::BTreeMap;
use assay_primitives::{
	api::JobStatus, key::VoterPair, terms::Window, Answer, DType, FaultCode, JobId, ModelId, Outcome, Tensor,
};
use frame_support::assert_ok;
use sp_core::Pair;
use sp_io::{hashing::twox_128, storage};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve};
use sp_runtime::{traits::Dispatchable, Permill};

/// The pallets that store something of a job.
const PALLETS: [&str; 4] = ["Jobs", "Workers", "Disputes", "Balances"];

/// The states, each with the maximum number of bytes of a job of one worker, and of what each checker adds. What the
/// pool of free slots saves meanwhile is not deducted.
const MOST: [(&str, i64, i64); 9] = [
	("claiming", 850, 0),
	("drawing", 950, 0),
	("checking", 900, 36),
	("revealing", 900, 70),
	("provisional", 1_080, 70),
	("disputed", 1_490, 70),
	("with a vote", 1_620, 70),
	("settled", 1_060, 70),
	("settled by verdict", 1_110, 70),
];

/// The maximum number of bytes that a check takes with its worker.
const CHECK: i64 = 160;

/// Returns the bytes of all keys and values, and of those of each pallet in [`PALLETS`].
fn bytes_of_state() -> [i64; 5] {
	// Data of the current block is not state.
	System::reset_events();
	let mut bytes = [0; 5];
	let mut last = Vec::new();
	while let Some(key) = storage::next_key(&last) {
		let value = storage::get(&key).expect("the key is there");
		let size = (key.len() + value.len()) as i64;
		bytes[0] += size;
		if let Some(pallet) = PALLETS
			.iter()
			.position(|name| key.starts_with(&twox_128(name.as_bytes())))
		{
			bytes[pallet + 1] += size;
		}
		last = key;
	}
	bytes
}

/// Returns the bytes of all keys and values of a pallet.
pub(super) fn bytes_of(pallet: &str) -> i64 {
	let prefix = twox_128(pallet.as_bytes());
	let (mut bytes, mut last) = (0, prefix.to_vec());
	while let Some(key) = storage::next_key(&last).filter(|key| key.starts_with(&prefix)) {
		let value = storage::get(&key).expect("the key is there");
		bytes += (key.len() + value.len()) as i64;
		last = key;
	}
	bytes
}

/// Returns an answer of ten numbers, as of a classifier.
fn answer() -> Answer {
	let scores = Tensor {
		dtype: DType::F32,
		shape: vec![1, 10],
		data: vec![1; 40],
	};
	Answer::of(&[Outcome::Answer(vec![scores])]).0
}

fn another_answer() -> Answer {
	Answer::of(&[Outcome::Fault(FaultCode::WrongInput)]).0
}

fn dispatch(call: impl Into<RuntimeCall>) {
	assert_ok!(call.into().dispatch(frame_system::RawOrigin::Authorized.into()));
}

/// Requests a job for Eve with an inline input of about 250 bytes that will not be audited.
fn request(model: ModelId, checkers: u8, window: Window) -> JobId {
	let id = pallet_jobs::NextJob::<Runtime>::get();
	let terms = assay_primitives::terms::Terms {
		window,
		..terms(checkers)
	};
	let eve = RuntimeOrigin::signed(Eve.to_account_id());
	assert_ok!(Jobs::request(eve, model.into(), 1, input(WIDTH, 1), terms));
	pallet_jobs::Jobs::<Runtime>::mutate(id, |job| {
		job.as_mut().expect("it was just made").terms.odds.audit_rate = Permill::zero();
	});
	id
}

/// Called with the state that a job has reached.
type At<'a> = &'a mut dyn FnMut(&'static str);

/// Runs a job from its claim to its provisional result, and reports its states.
fn answer_job(id: JobId, at: At) {
	let commit = |worker| dispatch(submission(worker, vec![commitment_to(worker, id, &answer())]));
	at("claiming");
	commit(workers_of(id)[0]);
	at("drawing");
	run_to(System::block_number() + 3);
	let workers = workers_of(id);
	if workers.len() > 1 {
		at("checking");
	}
	workers.iter().skip(1).copied().for_each(commit);
	at("revealing");
	for worker in workers {
		dispatch(submission(worker, vec![revelation_of(worker, id, &answer())]));
	}
	at("provisional");
}

/// Lets the challenge window of a provisional result pass.
fn settle(id: JobId, at: At) {
	let JobStatus::Provisional { until, .. } = status(id) else {
		panic!("{:?}", status(id))
	};
	run_to(until + 1);
	at("settled");
}

/// Lets a provisional result be challenged and confirmed.
fn dispute(id: JobId, at: At) {
	dispatch(challenge(Dave, id, another_answer().digest()));
	at("disputed");
	let vote = |name| {
		let voter = VoterPair::from_string(name, None).unwrap();
		dispatch(ballot(&voter, vec![(id, answer().digest())]));
	};
	vote("//Alice");
	at("with a vote");
	vote("//Bob");
	at("settled by verdict");
}

/// Returns the bytes of a job with `checkers` checkers in each of its states.
fn bytes_of_job(checkers: u8) -> BTreeMap<&'static str, [i64; 5]> {
	let mut bytes = BTreeMap::new();
	with_model(LOCAL_RUNTIME_PRESET, &[Alice, Bob, Charlie], 64, |model| {
		// The workers have records before, and Eve a hold: they exist once, however many jobs there are.
		let first = request(model, 2, Window::Short);
		answer_job(first, &mut |_| {});
		dispute(first, &mut |_| {});
		answer_job(request(model, 0, Window::Long), &mut |_| {});

		for end in [settle as fn(JobId, At), dispute] {
			let before = bytes_of_state();
			let mut at = |state| {
				let now = bytes_of_state();
				bytes.insert(state, core::array::from_fn(|n| now[n] - before[n]));
			};
			let id = request(model, checkers, Window::Short);
			answer_job(id, &mut at);
			end(id, &mut at);
		}
	});
	bytes
}

#[test]
fn a_job_takes_at_most_the_recorded_bytes_of_state() {
	for checkers in 0..=2 {
		let bytes = bytes_of_job(checkers);
		println!("bytes with {checkers} checkers: all, {PALLETS:?}");
		for (state, one, each) in MOST {
			let Some(bytes) = bytes.get(state) else {
				assert_eq!((state, checkers), ("checking", 0));
				continue;
			};
			println!("{state:>20} {bytes:>5?}");
			let [all, jobs, workers, disputes, balances] = bytes;
			let taken = jobs + disputes + balances;
			assert_eq!(
				*all,
				taken + workers,
				"{state}: another pallet stores something of the job"
			);
			assert!(
				*workers <= CHECK * i64::from(checkers),
				"{state}: {workers}: a busy slot takes more than a free one, or a check too much"
			);
			assert!(taken <= one + each * i64::from(checkers), "{state}: {taken}");
		}
	}
}
