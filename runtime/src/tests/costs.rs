//! The cost of a job to the chain, in balance transfers: everything that its extrinsics and hooks are charged, from the
//! request to the end of its record. The weights are those of one run of `scripts/weights.sh`.

use super::{
	chain::{authorized, signed},
	jobs::*,
};
use crate::{
	fixtures::{input, WIDTH},
	*,
};
use alloc::collections::BTreeMap;
use assay_primitives::{Answer, JobId, ModelId, Outcome, Tensor};
use pallet_jobs::{JobState, Step, WeightInfo};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Eve, Ferdie};

type Weights = <Runtime as pallet_jobs::Config>::WeightInfo;

/// Returns the reference time that the block is charged for `run`.
fn charged(run: impl FnOnce()) -> u64 {
	let before = System::block_weight().total().ref_time();
	run();
	System::block_weight().total().ref_time() - before
}

fn apply(extrinsic: UncheckedExtrinsic) {
	Executive::apply_extrinsic(extrinsic).unwrap().unwrap();
}

/// Returns a request with one checker and `items` inputs of about 250 bytes each.
fn request(model: ModelId, items: u32) -> RuntimeCall {
	pallet_jobs::Call::request {
		model: model.into(),
		items,
		input: input(WIDTH, items),
		terms: terms(1),
	}
	.into()
}

/// Returns an answer of ten numbers for each input.
fn answer_to(items: u32) -> Answer {
	let scores = Tensor {
		dtype: assay_primitives::DType::F32,
		shape: alloc::vec![1, 10],
		data: alloc::vec![1; 40],
	};
	let outcomes: Vec<_> = (0..items)
		.map(|_| Outcome::Answer(alloc::vec![scores.clone()]))
		.collect();
	Answer::of(&outcomes).0
}

/// Lets each worker of these jobs take its next step, all of a worker in one extrinsic. Returns what was charged.
fn steps(jobs: &[JobId], step: impl Fn(Sr25519Keyring, JobId) -> Step, takes_part: impl Fn(usize) -> bool) -> u64 {
	let mut by_worker = BTreeMap::<_, Vec<Step>>::new();
	for job in jobs {
		for (n, worker) in workers_of(*job).into_iter().enumerate() {
			if takes_part(n) {
				by_worker
					.entry(worker.to_account_id())
					.or_default()
					.push(step(worker, *job));
			}
		}
	}
	by_worker
		.into_iter()
		.map(|(account, steps)| {
			let worker = Sr25519Keyring::from_account_id(&account).unwrap();
			charged(|| apply(authorized(submission(worker, steps))))
		})
		.sum()
}

/// Returns what `number` jobs of `items` inputs cost, requested in one extrinsic, with honest workers and without
/// audits.
fn happy_path(number: u32, items: u32) -> u64 {
	let mut cost = 0;
	with_model(
		genesis_presets::LOCAL_RUNTIME_PRESET,
		&[Alice, Bob, Charlie],
		128,
		|model| {
			let answer = answer_to(items);
			let calls: Vec<_> = (0..number).map(|_| request(model, items)).collect();
			let request = match calls.as_slice() {
				[one] => one.clone(),
				_ => pallet_utility::Call::batch_all { calls }.into(),
			};
			cost += charged(|| apply(signed(&Eve.pair(), request)));
			let jobs: Vec<_> = (0..number).map(|id| JobId(id.into())).collect();
			for job in &jobs {
				pallet_jobs::Jobs::<Runtime>::mutate(job, |job| {
					job.as_mut().unwrap().terms.odds.audit_rate = sp_runtime::Permill::zero()
				});
			}
			let commit = |worker, job| commitment_to(worker, job, &answer);
			let reveal = |worker, job| revelation_of(worker, job, &answer);
			cost += steps(&jobs, commit, |n| n == 0);
			run_to(System::block_number() + 3);
			cost += Weights::draw(1).ref_time() * u64::from(number);
			cost += steps(&jobs, commit, |n| n > 0);
			cost += steps(&jobs, reveal, |_| true);
			run_to(System::block_number() + MINUTES);
			for job in &jobs {
				let state = pallet_jobs::Jobs::<Runtime>::get(job).unwrap().state;
				assert!(matches!(state, JobState::Settled { .. }), "{state:?}");
			}
			cost += (Weights::settle(2).ref_time() + Weights::prune().ref_time()) * u64::from(number);
		},
	);
	cost
}

fn transfer() -> u64 {
	let mut cost = 0;
	with_model(genesis_presets::LOCAL_RUNTIME_PRESET, &[], 1, |_| {
		let call = pallet_balances::Call::transfer_allow_death {
			dest: Ferdie.to_account_id().into(),
			value: ASY,
		};
		cost = charged(|| apply(signed(&Eve.pair(), call)));
	});
	cost
}

#[test]
fn a_job_costs_at_most_the_recorded_number_of_transfers() {
	let transfer = transfer();
	let in_transfers = |cost: u64| cost as f64 / transfer as f64;
	let alone = in_transfers(happy_path(1, 1));
	let together = in_transfers(happy_path(32, 1)) / 32.0;
	let batched = in_transfers(happy_path(1, 32)) / 32.0;
	println!("a transfer takes {} ns", transfer / 1_000);
	println!(
		"in transfers: a job alone {alone:.2}, one of 32 submitted together {together:.2}, an answer of a batch of 32 \
		 {batched:.2}"
	);
	assert!(alone < 14.5 && together < 8.5 && batched < 0.5);
}
