//! The cost of a job to the chain, in balance transfers: everything that its extrinsics and hooks are charged, from the
//! request to the end of its record. The weights are those of one run of `scripts/weights.sh`. And what anybody pays:
//! how fees follow demand, and the price of keeping probers busy.

use super::{
	chain::{authorized, signed},
	jobs::*,
};
use crate::{
	fixtures::{input, metadata, statement, WIDTH},
	*,
};
use alloc::collections::BTreeMap;
use assay_primitives::{
	probe::probe_pool, traits::WorkerPool, Answer, Artifact, EngineId, JobId, ModelId, Outcome, Tensor,
};
use frame_support::{
	assert_ok,
	dispatch::DispatchClass,
	traits::{fungible::Inspect, Get},
	weights::Weight,
};
use pallet_jobs::{JobState, Step, WeightInfo};
use pallet_transaction_payment::{Multiplier, NextFeeMultiplier};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Eve, Ferdie};
use sp_runtime::{traits::Convert, FixedPointNumber};

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

/// Returns the number of blocks of this weight and length until fees are `factor` times as high, or as low.
fn blocks_until(weight: Weight, length: u32, factor: Multiplier) -> u32 {
	sp_io::TestExternalities::new_empty().execute_with(|| {
		System::set_block_consumed_resources(weight, length as usize);
		let one = Multiplier::from_u32(1);
		let (mut multiplier, mut blocks) = (one, 0);
		while (factor > one && multiplier < factor) || (factor < one && multiplier > factor) {
			multiplier = configs::FeeAdjustment::convert(multiplier);
			blocks += 1;
			assert!(blocks < 100_000, "fees do not change");
		}
		blocks
	})
}

#[test]
fn fees_double_in_ten_hours_of_full_blocks_whatever_fills_them() {
	let weight = <Runtime as frame_system::Config>::BlockWeights::get();
	let weight = weight.get(DispatchClass::Normal).max_total.unwrap();
	let length = *configs::BlockLength::get().max.get(DispatchClass::Normal);
	let (double, half) = (Multiplier::from_u32(2), Multiplier::saturating_from_rational(1, 2));
	for (weight, length) in [(weight, 0), (Weight::zero(), length), (weight, length)] {
		assert_eq!(blocks_until(weight, length, double), 12_323);
	}
	let empty = blocks_until(Weight::zero(), 0, half);
	println!(
		"fees double in {:.1} hours of full blocks, and halve in {:.1} of empty ones",
		12_323.0 / f64::from(HOURS),
		f64::from(empty) / f64::from(HOURS)
	);
	assert_eq!(empty, 36_968);
	sp_io::TestExternalities::new_empty().execute_with(|| {
		System::set_block_consumed_resources(weight / 4, length as usize / 4);
		assert_eq!(configs::FeeAdjustment::convert(double), double);
	});
}

#[test]
fn the_fee_for_length_follows_the_multiplier() {
	sp_io::TestExternalities::new_empty().execute_with(|| {
		let call = RuntimeCall::System(frame_system::Call::remark {
			remark: alloc::vec![0; 1_000],
		});
		let info = frame_support::dispatch::GetDispatchInfo::get_dispatch_info(&call);
		let parts = |multiplier| {
			NextFeeMultiplier::<Runtime>::put(multiplier);
			let details = TransactionPayment::compute_fee_details(1_000, &info, 0);
			let parts = details.inclusion_fee.unwrap();
			(parts.len_fee, parts.adjusted_weight_fee)
		};
		let (length, weight) = parts(Multiplier::from_u32(1));
		assert_eq!(length, 1_000 * ASY / 1_000_000);
		assert_eq!(parts(Multiplier::from_u32(7)), (7 * length, 7 * weight));
	});
}

/// Submits a model that nobody can fetch, and lets its probe end.
#[test]
fn keeping_probers_busy_in_vain_costs_twenty_times_what_transaction_and_failure_cost() {
	let workers = [Alice, Bob, Charlie];
	with_model(genesis_presets::LOCAL_RUNTIME_PRESET, &workers, 1, |_| {
		let pool = probe_pool(EngineId::default());
		for worker in workers {
			let worker = RuntimeOrigin::signed(worker.to_account_id());
			assert_ok!(Workers::serve(worker, pool, 4));
		}
		let funds = || Balances::total_balance(&Eve.to_account_id());
		let (before, free) = (funds(), Workers::free_slots(&pool));
		let submit = pallet_models::Call::submit {
			spec: Default::default(),
			artifact: Artifact::of(b"nobody has it"),
			engine: EngineId::default(),
			metadata: metadata("x"),
			royalty: 0,
			statement: statement(WIDTH, 0),
			max_fee: ASY,
		};
		apply(signed(&Eve.pair(), submit));
		let (start, busy) = (System::block_number(), free - Workers::free_slots(&pool));
		let on_probation = || {
			pallet_models::Models::<Runtime>::iter_values()
				.any(|model| model.status == pallet_models::ModelStatus::Probation)
		};
		assert!(on_probation());
		while on_probation() {
			run_to(System::block_number() + 1);
		}
		let blocks = System::block_number() - start;
		let burned: Balance = <<Runtime as pallet_models::Config>::FailedProbePrice as Get<Balance>>::get();
		let burned = burned * Balance::from(blocks);
		let rest = before - funds() - burned;
		println!(
			"a probe in vain takes {blocks} blocks and {busy} slots; it costs {} and {} millionths of an ASY",
			rest * 1_000_000 / ASY,
			burned * 1_000_000 / ASY,
		);
		assert_eq!(blocks, 66);
		assert!(rest > 0 && burned + rest >= 20 * rest);
		// As much as the fine of one worker that does not commit.
		assert!(burned < protocol::Security::get().no_show_fine);
	});
}
