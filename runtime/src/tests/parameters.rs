//! Parameters have floors: whatever is voted or stored, those who follow the rules lose nothing.

use super::{chain::go_live, genesis::state, jobs::*};
use crate::{
	genesis_presets::LOCAL_RUNTIME_PRESET,
	protocol::{
		current_parameters, dynamic_params::protocol as keys, limits, RuntimeParameters, RuntimeParametersKey,
		RuntimeParametersValue,
	},
	*,
};
use assay_primitives::{
	api::JobStatus,
	ranges::Ranged,
	terms::{Periods, Pricing, Security, Terms},
	traits::WorkerPool,
	JobId, ModelId,
};
use frame_support::{
	assert_noop, assert_ok,
	traits::{dynamic_params::AggregatedKeyValue, fungible::Inspect, Get},
};
use proptest::prelude::*;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Eve};
use sp_runtime::{traits::Dispatchable, DispatchError};

const WORKERS: [Sr25519Keyring; 3] = [Alice, Bob, Charlie];

fn pricing(value: Pricing<Balance>) -> RuntimeParameters {
	RuntimeParameters::Protocol(keys::Parameters::Pricing(keys::Pricing, Some(value)))
}

fn periods(value: Periods) -> RuntimeParameters {
	RuntimeParameters::Protocol(keys::Parameters::Periods(keys::Periods, Some(value)))
}

fn security(value: Security<Balance>) -> RuntimeParameters {
	RuntimeParameters::Protocol(keys::Parameters::Security(keys::Security, Some(value)))
}

/// Returns periods in which nobody can reveal.
fn no_reveal() -> RuntimeParameters {
	periods(Periods {
		reveal: 0,
		..current_parameters().periods
	})
}

fn refusal() -> DispatchError {
	parameters::pallet::Error::<Runtime>::OutOfRange.into()
}

fn set(value: RuntimeParameters) -> parameters::pallet::Call<Runtime> {
	parameters::pallet::Call::set_parameter { key_value: value }
}

#[test]
fn property_9_no_vote_takes_the_time_to_reveal_from_a_worker_that_has_committed() {
	with_model(sp_genesis_builder::DEV_RUNTIME_PRESET, &[Alice], 256, |model| {
		go_live();
		let _ = Parameters::set_parameter(RuntimeOrigin::root(), no_reveal());
		let job = request(model, 0);
		commit(Alice, job, &right());
		while matches!(status(job), JobStatus::Claiming { .. } | JobStatus::Drawing { .. }) {
			run_to(System::block_number() + 1);
		}
		run_to(System::block_number() + 1);
		assert_eq!(Jobs::stats().slashed, 0, "{:?}", status(job));
		reveal(Alice, job, &right());
	});
}

#[test]
fn neither_root_nor_a_track_nor_sudo_nor_a_batch_sets_a_value_out_of_range() {
	state(sp_genesis_builder::DEV_RUNTIME_PRESET).execute_with(|| {
		let root = RuntimeOrigin::root;
		let admin = RuntimeOrigin::from(governance::origins::Origin::ParameterAdmin);
		assert_noop!(Parameters::set_parameter(root(), no_reveal()), refusal());
		assert_noop!(Parameters::set_parameter(admin, no_reveal()), refusal());
		let anybody = RuntimeOrigin::signed(Bob.to_account_id());
		assert_noop!(
			Parameters::set_parameter(anybody, no_reveal()),
			DispatchError::BadOrigin
		);
		let batch = pallet_utility::Call::batch_all {
			calls: vec![set(no_reveal()).into()],
		};
		let batch = RuntimeCall::from(batch).dispatch(root()).map_err(|error| error.error);
		assert_eq!(batch.map(|_| ()), Err(refusal()));
		let before = current_parameters().periods;
		System::set_block_number(1);
		assert_ok!(Sudo::sudo(
			RuntimeOrigin::signed(Alice.to_account_id()),
			Box::new(set(no_reveal()).into())
		));
		System::assert_last_event(
			pallet_sudo::Event::Sudid {
				sudo_result: Err(refusal()),
			}
			.into(),
		);
		assert_eq!(current_parameters().periods, before);
	});
}

/// Genesis, an upgrade with other ranges, and root, which may write any storage.
#[test]
fn a_stored_value_out_of_range_is_read_into_its_range() {
	state(sp_genesis_builder::DEV_RUNTIME_PRESET).execute_with(|| {
		go_live();
		let (key, value): (RuntimeParametersKey, Option<RuntimeParametersValue>) = no_reveal().into_parts();
		parameters::pallet::Parameters::<Runtime>::insert(key, value.unwrap());
		assert_eq!(keys::Periods::get().reveal, 0);
		assert_eq!(current_parameters().periods.reveal, 16);
		let of_jobs = <<Runtime as pallet_jobs::Config>::Periods as Get<Periods>>::get();
		assert_eq!(of_jobs.reveal, 16);
	});
}

#[test]
fn the_defaults_are_in_range_and_local_chains_have_a_shorter_window() {
	for is_local in [true, false] {
		state(LOCAL_RUNTIME_PRESET).execute_with(|| {
			if !is_local {
				go_live();
			}
			let (pricing, periods, security) = (keys::Pricing::get(), keys::Periods::get(), keys::Security::get());
			assert_eq!(pricing.check(&limits()), Ok(()));
			assert_eq!(periods.check(&limits()), Ok(()));
			assert_eq!(security.check(&limits()), Ok(()));
			assert_eq!(periods.windows, [if is_local { 10 } else { 23 }, 100, 1_200]);
		});
	}
}

/// Gives each field of `value` the end of its range, or a number between, that `points` picks.
fn at<T: Ranged>(mut value: T, points: &[u8]) -> T {
	let mut points = points.iter().cycle();
	value.visit(&limits(), |_, _, range| {
		match points.next().copied().unwrap_or_default() {
			0..=99 => range.min,
			100..=199 => range.max,
			between => range.min + (range.max - range.min) / u128::from(between),
		}
	});
	value
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	/// Workers take each step in the block after it becomes possible, as nodes do.
	#[test]
	fn no_parameters_in_range_cost_an_honest_party_anything(
		points in prop::collection::vec(any::<u8>(), 19),
		checkers in 0u8..=2,
	) {
		with_model(LOCAL_RUNTIME_PRESET, &WORKERS, 64, |model| {
			go_live();
			for value in [
				pricing(at(current_parameters().pricing, &points)),
				periods(at(current_parameters().periods, points.get(5..).unwrap_or_default())),
				security(at(current_parameters().security, points.get(12..).unwrap_or_default())),
			] {
				assert_ok!(Parameters::set_parameter(RuntimeOrigin::root(), value));
			}
			let before = WORKERS.map(|who| Balances::total_balance(&who.to_account_id()));
			let Some(job) = accepted(model, checkers) else {
				// Cheating would pay: nothing is accepted, and nobody loses.
				return;
			};
			follow(job);
			assert!(matches!(status(job), JobStatus::Settled { .. }), "{:?}", status(job));
			let totals = Jobs::stats();
			assert_eq!((totals.slashed, totals.wrong, totals.no_shows), (0, 0, 0));
			let after = WORKERS.map(|who| Balances::total_balance(&who.to_account_id()));
			assert!(before.into_iter().zip(after).all(|(before, after)| after >= before));
			assert_eq!(Workers::free_slots(&model), 3 * 64);
		});
	}
}

/// Requests a job at any fee; `None` if it is refused.
fn accepted(model: ModelId, checkers: u8) -> Option<JobId> {
	let id = pallet_jobs::NextJob::<Runtime>::get();
	let terms = Terms {
		max_fee: Balance::MAX,
		..terms(checkers)
	};
	let eve = RuntimeOrigin::signed(Eve.to_account_id());
	let input = crate::fixtures::input(crate::fixtures::WIDTH, 1);
	Jobs::request(eve, model.into(), 1, input, terms).ok().map(|()| id)
}

/// Runs `job` to its end: each of its workers commits and reveals, and the validators vote, one block after they can.
fn follow(job: JobId) {
	loop {
		match status(job) {
			JobStatus::Claiming { .. } => {
				run_to(System::block_number() + 1);
				commit(workers_of(job)[0], job, &right());
			}
			JobStatus::Drawing { .. } => run_to(System::block_number() + 1),
			JobStatus::Checking { .. } => {
				run_to(System::block_number() + 1);
				workers_of(job)
					.into_iter()
					.skip(1)
					.for_each(|worker| commit(worker, job, &right()));
			}
			JobStatus::Revealing { .. } => {
				run_to(System::block_number() + 1);
				workers_of(job)
					.into_iter()
					.for_each(|worker| reveal(worker, job, &right()));
			}
			JobStatus::Provisional { until, .. } => run_to(until + 1),
			JobStatus::Disputed { .. } => {
				run_to(System::block_number() + 1);
				// The last of two thirds decides.
				vote(Alice, job, right().digest());
				vote(Bob, job, right().digest());
			}
			JobStatus::Settled { .. } | JobStatus::Refunded { .. } => return,
		}
	}
}
